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
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from ibperp_authoring.score.mutants import Mutant, mutants, planted
from ibperp_authoring.score.record import PAGE, SCORE, Score, Verdict, load, page, store
from ibperp_authoring.score.replay import Replay, noticing, reached, replays
from ibperp_conformance.files import WrongUseError, write_atomically
from ibperp_conformance.progress import Progress
from ibperp_conformance.runner.evidence import digest
from ibperp_conformance.runner.vectors import Suite, load_suite

EVERY: Final = 20
"""After so many mutants what is known is written."""

Lines = Mapping[str, Mapping[int, list[int]]]


def judged(
    mutant: Mutant, replayed: Sequence[Replay], lines: Lines, noticed: Collection[str] = ()
) -> Verdict:
    """Return the verdict on a mutant: the first vector that notices.

    Vectors that noticed others are asked first, then short ones: few vectors notice many mutants.
    """
    file = importlib.import_module(mutant.module).__file__ or ""
    places = lines.get(file, {}).get(mutant.line, [])
    asked = sorted(
        (replayed[place] for place in places),
        key=lambda each: (each.id not in noticed, len(each.actions)),
    )
    with planted(mutant):
        by = noticing(asked)
    return Verdict(mutant.name, mutant.line, mutant.what, len(asked), by)


def drawn(seed: int) -> list[Mutant]:
    """Return all mutants in the order of a seed."""
    order = list(mutants())
    random.Random(seed).shuffle(order)
    return order


def begun(suite: Suite, seed: int, *, fresh: bool) -> Score:
    """Return the score to go on from; an empty one for other vectors, mutants or another seed."""
    empty = Score("", digest(suite), seed, len(mutants()), ())
    if fresh or not SCORE.exists():
        return empty
    last = load()
    is_same = (last.digest, last.seed, last.mutants) == (empty.digest, seed, empty.mutants)
    return last if is_same else empty


def scored(suite: Suite, score: Score, seconds: float) -> Iterator[Score]:
    """Yield the score after each mutant that was not tried before, until the time is over."""
    replayed = list(replays(suite, suite.vectors.values()))
    lines = reached(replayed)
    known = {each.name for each in score.verdicts}
    left = [each for each in drawn(score.seed) if each.name not in known]
    end = time.monotonic() + seconds
    with Progress("mutants", len(left)) as progress:
        for mutant in left:
            if time.monotonic() > end:
                return
            noticed = {each.noticed_by for each in score.verdicts if each.noticed_by}
            verdict = judged(mutant, replayed, lines, noticed)
            score = replace(score, verdicts=(*score.verdicts, verdict))
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
        score = begun(suite, given.seed, fresh=given.fresh)
        try:
            for count, score in enumerate(scored(suite, score, given.seconds), 1):  # noqa: B020
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
