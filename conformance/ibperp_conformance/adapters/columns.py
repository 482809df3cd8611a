"""Lays out generated Go as `gofmt` does: what stands below one another begins in one column."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Final

SHAPES: Final = tuple(
    re.compile(rf"(?P<indent>\t*){shape}")
    for shape in (
        r"(?P<first>\w+) (?P<second>\S+) (?P<third>`json:.*`)",  # a field
        r"(?P<first>\w+) (?P<second>\w+) (?P<third>= .*)",  # a constant
        r"(?P<first>\w+:) (?P<second>)(?P<third>\S.*,)",  # a member of a value
        r"(?P<first>func .*\)(?: \w+)?) (?P<second>)(?P<third>\{.*\})",  # a method on one line
    )
)
"""The lines that are laid out, in three parts each."""

EMPTY: Final = re.compile(r"\{\n\t*\}$", re.MULTILINE)
"""Braces with nothing in them, on two lines."""


def aligned(text: str) -> str:
    """Return Go source whose consecutive lines of one shape have their parts in columns."""
    closed = EMPTY.sub("{}", text).replace("struct {}", "struct{}")
    lines = [(line, _shape_of(line)) for line in closed.split("\n")]
    laid = list[str]()
    for shape, group in groupby(lines, key=lambda own: own[1]):
        block = [line for line, _ in group]
        laid += block if shape is None else _laid(block, SHAPES[shape[0]])
    return "\n".join(laid)


def _shape_of(line: str) -> tuple[int, str] | None:
    """Return which shape a line has, and its indentation, None for another line."""
    for number, shape in enumerate(SHAPES):
        if found := shape.fullmatch(line):
            return number, found["indent"]
    return None


def _laid(block: list[str], shape: re.Pattern[str]) -> list[str]:
    parts = [found for line in block if (found := shape.fullmatch(line))]
    first, second = (max(len(each[name]) for each in parts) for name in ("first", "second"))
    return [
        f"{each['indent']}{each['first']:{first}} "
        + (f"{each['second']:{second}} " if second else "")
        + each["third"]
        for each in parts
    ]
