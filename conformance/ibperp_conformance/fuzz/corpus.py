"""A corpus: how runs began that reached what few others do, kept for later campaigns.

A file of lines: the first names the format, each other one is the beginning of a run, as JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Final

from ibperp.parameter_laws import system_violations
from ibperp_conformance.files import WrongUseError, read_whole
from ibperp_conformance.fuzz.generator.reached import expected, features
from ibperp_conformance.fuzz.generator.worlds import World
from ibperp_conformance.json_text import JsonTextError, decode
from ibperp_conformance.protocol.wire import (
    WireError,
    decode_action,
    decode_system,
    encode_action,
    encode_system,
)

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from ibperp_conformance.fuzz.generator.generate import Generated

FILE: Final = "corpus.jsonl"
HEADER: Final = '{"format":"ibperp-corpus-1"}'
MOST: Final = 64
"""The most beginnings that a file keeps: those of what was reached least."""

CUTS: Final = (0, 0, 1, 3, 10)
"""How many steps a run begins before the end of a beginning."""

REMEDY: Final = "remove the line, or name another corpus"


def beginnings(run: Generated, known: Counter[str]) -> Iterator[tuple[str, str]]:
    """Yield what a run reached that no run did that is known, and the line that leads there.

    Nothing of the first runs of a campaign: what they reach is not rare.
    """
    missing = {name for name in expected() if run.reached[name] and not known[name]}
    if not known or not missing:
        return
    for number, step in enumerate(run.steps, 1):
        for name in sorted(missing & features(step)):
            missing.remove(name)
            actions = [encode_action(step.action) for step in run.steps[:number]]
            line = {"reached": name, "system": encode_system(run.start.system), "actions": actions}
            yield name, json.dumps(line, separators=(",", ":"))


def text(lines: Mapping[str, str], reached: Counter[str]) -> str:
    """Return the text of a corpus: the beginnings of what was reached least."""
    rarest = sorted(lines, key=lambda name: (reached[name], name))[:MOST]
    return "".join(f"{line}\n" for line in (HEADER, *(lines[name] for name in rarest)))


def chosen(corpus: tuple[World, ...], seed: int) -> World | None:
    """Return the beginning for the run of a seed, None for half of them.

    Some steps before its end, at times: what was rare may then happen again, otherwise.
    """
    random = Random(f"corpus {seed}")
    if not corpus or random.randrange(2):
        return None
    world, cut = random.choice(corpus), random.choice(CUTS)
    return replace(world, actions=world.actions[: max(len(world.actions) - cut, 0)])


def digest(corpus: tuple[World, ...]) -> str:
    """Return what tells a corpus from others; nothing for none."""
    if not corpus:
        return ""
    told = [[encode_action(action) for action in world.actions] for world in corpus]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def read(path: Path) -> tuple[World, ...]:
    """Return the beginnings in a corpus, or in the folder of a campaign; raise WrongUseError."""
    return tuple(world for world, _ in _read(path))


def lines_of(path: Path) -> dict[str, str]:
    """Return the lines of a corpus by what they reach; raise WrongUseError."""
    return {world.name: line for world, line in _read(path)}


def _read(path: Path) -> Iterator[tuple[World, str]]:
    file = path / FILE if path.is_dir() else path
    try:
        written = read_whole(file, "corpus").splitlines()
    except WrongUseError as error:
        remedy = "name the --out folder of a campaign that came far enough to keep a run"
        raise WrongUseError(f"{error}; {remedy}") from None
    if not written or written[0] != HEADER.encode():
        raise WrongUseError(f"{file}, line 1: no corpus, which begins with {HEADER}; {REMEDY}")
    for number, line in enumerate(written[1:], 2):
        try:
            yield _world(decode(line)), line.decode()
        except (JsonTextError, WireError, KeyError, TypeError, ValueError) as error:
            told = f"{error} is missing" if isinstance(error, KeyError) else error
            raise WrongUseError(f"{file}, line {number}: {told}; {REMEDY}") from None


def _world(entry: Mapping[str, object]) -> World:
    """Return the world of a line; raise WireError, KeyError, TypeError, ValueError."""
    system, actions = decode_system(entry["system"]), entry["actions"]
    if broken := system_violations(system):
        raise ValueError(f"system: {broken[0].path} is {broken[0].expected}")
    if not isinstance(actions, list) or not isinstance(entry["reached"], str):
        raise TypeError("reached is a text, and actions a list")
    return World(entry["reached"], system, tuple(decode_action(action) for action in actions))
