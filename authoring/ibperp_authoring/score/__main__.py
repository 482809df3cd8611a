"""Scores the vectors: `python -m ibperp_authoring.score [--seconds N] [--seed S] [--fresh]`.

Draws mutants in the order of the seed and asks the vectors that run the changed line. What was
tried is kept beside this module after every few, so that an interrupt loses little; the same
command goes on from there. When a mutant or a vector has changed, the score begins anew.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from ibperp_authoring.score.mutants import Mutant, mutants, planted
from ibperp_authoring.score.record import PAGE, SCORE, Score, Verdict, load, page, store
from ibperp_authoring.score.replay import Lines, Replays
from ibperp_conformance.files import WrongUseError, write_atomically
from ibperp_conformance.progress import Progress
from ibperp_conformance.runner.evidence import digest
from ibperp_conformance.runner.vectors import Suite, load_suite

EVERY: Final = 20
"""After so many mutants what is known is written."""


class Judge:
    """Judges mutants by vectors: the likely places first, then light vectors, up to one."""

    def __init__(self, replays: Replays, known: Mapping[str, str] = MappingProxyType({})) -> None:
        """Judge by `replays`; `known`: vectors that noticed mutants before, by their names."""
        self.replays = replays
        self._lines: Lines = {}
        self._paths = {each.id: each.path for each in replays.vectors}
        self._known = {name: each for name, each in known.items() if each in self._paths}
        self._liked = set(self._known.values())
        self._likely = {place for each in self._liked for place in self._paths[each]}

    def judged(self, mutant: Mutant) -> Verdict:
        """Return the verdict on a mutant."""
        places = self._running(mutant)
        before = self._paths.get(self._known.get(mutant.name, ""), ())
        ordered = sorted(places, key=lambda at: (at not in before, at not in self._likely, at))
        with planted(mutant):
            by = self.replays.noticing(ordered, self._liked)
        if by is not None and by not in self._liked:
            self._liked.add(by)
            self._likely.update(self._paths[by])
        return Verdict(mutant.name, mutant.line, mutant.what, len(places), by)

    def is_noticed_as_before(self, mutant: Mutant) -> bool:
        """Tell whether the vector that noticed a mutant of this name before still does."""
        before = self._paths.get(self._known.get(mutant.name, ""), ())
        with planted(mutant):
            return self.replays.noticing(before) is not None

    def _running(self, mutant: Mutant) -> Sequence[int]:
        """Return the places that run the changed line."""
        if not self._lines:
            self._lines = self.replays.lines()
        file = importlib.import_module(mutant.module).__file__ or ""
        return self._lines.get(file, {}).get(mutant.line, ())


def drawn(seed: int) -> list[Mutant]:
    """Return all mutants in the order of a seed."""
    order = list(mutants())
    random.Random(seed).shuffle(order)
    return order


def begun(suite: Suite, seed: int, *, fresh: bool) -> tuple[Score, Mapping[str, str]]:
    """Return the score to go on from, and which vector noticed each mutant so far.

    For other vectors, mutants or another seed the score is empty, and what noticed runs first.
    """
    empty = Score("", digest(suite), seed, len(mutants()), ())
    if fresh or not SCORE.exists():
        return empty, {}
    last = load()
    known = {each.name: each.noticed_by for each in last.verdicts if each.noticed_by}
    is_same = (last.digest, last.seed, last.mutants) == (empty.digest, seed, empty.mutants)
    return last if is_same else empty, known


def scored(suite: Suite, score: Score, known: Mapping[str, str], seconds: float) -> Iterator[Score]:
    """Yield the score after each mutant that was not tried before, until the time is over."""
    lightest = sorted(suite.vectors.values(), key=lambda each: len(repr(each.steps)))
    judge = Judge(Replays(suite, lightest), known)
    tried = {each.name for each in score.verdicts}
    left = [each for each in drawn(score.seed) if each.name not in tried]
    end = time.monotonic() + seconds
    with Progress("mutants", len(left)) as progress:
        for mutant in left:
            if time.monotonic() > end:
                return
            score = replace(score, verdicts=(*score.verdicts, judge.judged(mutant)))
            progress.step()
            yield score


def write(score: Score) -> None:
    """Write a score and its page."""
    dated = replace(score, date=datetime.now(UTC).date().isoformat())
    store(dated)
    write_atomically(PAGE, [page(dated)], "page")


def main(arguments: Sequence[str] | None = None) -> int:
    """Go on with the score, and write file and page."""
    parser = argparse.ArgumentParser(prog="score", description=__doc__)
    parser.add_argument("--seconds", type=float, default=86400.0, help="end after so many")
    parser.add_argument("--seed", type=int, default=1, help="the order of the mutants")
    parser.add_argument("--fresh", action="store_true", help="forget what was tried")
    given = parser.parse_args(arguments)
    suite = load_suite()
    try:
        score, known = begun(suite, given.seed, fresh=given.fresh)
        try:
            each = scored(suite, score, known, given.seconds)
            for count, score in enumerate(each, 1):
                if count % EVERY == 0:
                    write(score)
        except KeyboardInterrupt:
            sys.stderr.write("score: interrupted; the same command goes on\n")
        write(score)
    except WrongUseError as error:
        sys.stderr.write(f"score: {error}\n")
        return 2
    missed = sum(each.noticed_by is None for each in score.verdicts)
    tried = len(score.verdicts)
    sys.stdout.write(f"{tried} of {score.mutants} mutants tried, {missed} not noticed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
