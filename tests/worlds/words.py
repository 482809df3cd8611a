"""Integers of a fixed number of bits that wrap, as the registers of a machine do."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from math import isqrt
from typing import Any

from ibperp.records import replace


class Word(int):
    """An integer that keeps its lowest bits alone; whatever is computed from one is one."""


def wrapping(bits: int) -> type[Word]:
    """Return a word of so many bits, its sign included."""
    half = 1 << (bits - 1)

    class Narrow(Word):
        pass

    def narrow(name: str) -> Any:
        exact = getattr(int, name)

        def operation(*values: int) -> Any:
            return Narrow((exact(*values) + half) % (2 * half) - half)

        return operation

    for name in ("add", "sub", "mul", "floordiv", "mod", "pow"):
        setattr(Narrow, f"__{name}__", narrow(f"__{name}__"))
        setattr(Narrow, f"__r{name}__", narrow(f"__r{name}__"))
    for name in ("neg", "abs"):
        setattr(Narrow, f"__{name}__", narrow(f"__{name}__"))
    return Narrow


def worded(value: Any, word: type[Word]) -> Any:
    """Return an action whose integers are words."""
    if type(value) is int:
        return word(value)
    if isinstance(value, tuple):
        return tuple(worded(each, word) for each in value)
    if is_dataclass(value) and not isinstance(value, Enum | type):
        names = (each.name for each in fields(value))
        return replace(value, **{name: worded(getattr(value, name), word) for name in names})
    return value


def root_of_word(value: int) -> int:
    """Return the square root of a word as a word, rounded down."""
    return type(value)(isqrt(value))
