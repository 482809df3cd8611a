"""Which vectors a run asks for: a tier, or what its user names."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ibperp_conformance.files import WrongUseError, read_whole
from ibperp_conformance.json_text import JsonTextError, decode, told, visible
from ibperp_conformance.runner.capabilities import NEEDED
from ibperp_conformance.runner.vectors import KINDS, TIERS, WHYS, Suite, Vector, needs

REPORT_FORMAT: Final = "1"
"""The format of the JSON report that a run writes, and that a later run reads."""

CAPABILITIES: Final = ("custody", "money_market", "portfolio", *NEEDED, "events", "states")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The selection: every part that is given must hold, by one of its values.

    `vectors` are ids, or what an id starts with up to a hyphen; with them, the tier does not count.
    """

    tier: str = "core"
    vectors: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    whys: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


def choose(suite: Suite, wanted: Wanted) -> list[Vector]:
    """Return the vectors that are wanted, in the order of the suite; raise `WrongUseError`."""
    _known("--tier", [wanted.tier], TIERS)
    _known("--capability", wanted.capabilities, CAPABILITIES)
    _known("--kind", wanted.kinds, KINDS)
    _known("--why", wanted.whys, WHYS)
    vectors = suite.vectors.values()
    _known("--clause", wanted.clauses, {clause for each in vectors for clause in each.clauses})
    _known("--code", wanted.codes, {code for each in vectors for code in codes_of(each)})
    chosen = _named(suite, wanted.vectors) if wanted.vectors else _tier(suite, wanted.tier)
    setups, claimed = suite.setups, wanted.capabilities
    tests: tuple[tuple[Sequence[str], Callable[[Vector], bool]], ...] = (
        (wanted.clauses, lambda each: not {*wanted.clauses}.isdisjoint(each.clauses)),
        (wanted.kinds, lambda each: each.kind in wanted.kinds),
        (wanted.whys, lambda each: each.why in wanted.whys),
        (wanted.codes, lambda each: not {*wanted.codes}.isdisjoint(codes_of(each))),
        (
            wanted.capabilities,
            lambda each: needs(setups[each.setup], each, claimed) <= {*claimed},
        ),
    )
    for values, test in tests:
        if values:
            chosen = [each for each in chosen if test(each)]
    if not chosen:
        where = "among those named" if wanted.vectors else f"of the {wanted.tier} tier"
        raise WrongUseError(f"no vector {where} is of that kind; ask for less at once")
    return chosen


def select(suite: Suite, tier: str, ids: Sequence[str]) -> list[Vector]:
    """Return the vectors of a tier, or those whose ids are or begin as named."""
    return choose(suite, Wanted(tier, tuple(ids)))


def codes_of(vector: Vector) -> list[str]:
    """Return the rejection codes that a vector expects, in order."""
    return [step.expect.code for step in vector.steps if step.expect.code is not None]


def failed_in(path: Path, suite: Suite) -> tuple[list[str], list[str]]:
    """Return the ids that failed or were skipped in a JSON report, and those now gone.

    Raises `WrongUseError` for what is no report, and when nothing in it failed.
    """
    try:
        document = decode(read_whole(path, "report"))
    except JsonTextError as error:
        raise WrongUseError(f"the report {path}: {error}") from None
    failed = [_id(path, place, each) for place, each in _results(path, document) if not each["ok"]]
    if not failed:
        raise WrongUseError(f"nothing failed in the report {path}; run without --rerun-failed")
    standing = [name for name in failed if name in suite.vectors]
    gone = [name for name in failed if name not in suite.vectors]
    if not standing:
        raise WrongUseError(f"none of the vectors that failed in {path} exists any more")
    return standing, gone


def _results(path: Path, document: Any) -> Iterable[tuple[int, Mapping[str, Any]]]:
    remedy = "name a file that ibperp conform --json wrote"
    if not isinstance(document, Mapping) or "results" not in document:
        raise WrongUseError(f"{path} is no report of a run: it has no results; {remedy}")
    if document.get("format") != REPORT_FORMAT:
        found = document.get("format")
        raise WrongUseError(
            f'{path}, format: expected "{REPORT_FORMAT}", found {told(found)}; {remedy}'
        )
    results = document["results"]
    for place, each in enumerate(results if isinstance(results, list) else [results]):
        if not isinstance(each, Mapping) or not isinstance(each.get("ok"), bool):
            raise WrongUseError(
                f"{path}, results[{place}]: an object with id and ok is needed; {remedy}"
            )
        yield place, each


def _id(path: Path, place: int, result: Mapping[str, Any]) -> str:
    name = result.get("id")
    if not isinstance(name, str):
        raise WrongUseError(f"{path}, results[{place}], id: a string is needed, found {told(name)}")
    return name


def _tier(suite: Suite, tier: str) -> list[Vector]:
    return [vector for vector in suite.vectors.values() if tier == "full" or vector.core]


def _named(suite: Suite, names: Sequence[str]) -> list[Vector]:
    """Return the vectors that names stand for, each once, in the order of the names."""
    chosen: dict[str, Vector] = {}
    for name in names:
        prefix = name if name.endswith("-") else f"{name}-"
        found = {
            each.id: each
            for each in suite.vectors.values()
            if each.id == name or each.id.startswith(prefix)
        }
        if not found:
            raise WrongUseError(f"there is no vector {_hinted(name, suite.vectors)}")
        chosen |= found
    return list(chosen.values())


def _known(option: str, given: Iterable[str], allowed: Collection[str]) -> None:
    for name in given:
        if name not in allowed and isinstance(allowed, tuple):
            listed = ", ".join(allowed)
            raise WrongUseError(f"{option} is one of {listed}, not {visible(name, 80)!r}")
        if name not in allowed:
            raise WrongUseError(f"{option}: the vectors have no {_hinted(name, allowed)}")


def _hinted(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), 3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"{visible(name, 80)!r}{hint}"
