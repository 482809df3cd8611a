"""Which faults of the zoo `ibperp fuzz` finds without their vectors, and how small it makes them.

`python -m ibperp_authoring.hunt` draws the same runs for every fault, asks a faulty engine in this
process, and prints a table; `--out FILE` keeps what was found, and goes on from it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

from ibperp_conformance.files import write_atomically
from ibperp_conformance.fuzz.ask import Asked, differs
from ibperp_conformance.fuzz.generator.generate import generate
from ibperp_conformance.fuzz.local import LocalEngine
from ibperp_conformance.fuzz.script import scripted
from ibperp_conformance.fuzz.shrink import STEPS_MAX, Shrinker
from ibperp_conformance.fuzz.work import EVERY, starts
from ibperp_conformance.protocol.client import Reply
from ibperp_conformance.protocol.server import CAPABILITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ibperp_conformance.fuzz.ask import Difference, Request
    from ibperp_conformance.fuzz.generator.generate import Generated

ZOO: Final = Path(__file__).parents[2] / "tests" / "engines"
SHRINK_SECONDS: Final = 45.0
SLICE: Final = 4
"""After so many runs what was found is written."""


def faults() -> dict[str, Any]:
    """Return what each wrong engine of the zoo has replaced, by the name of the fault."""
    if str(ZOO) not in sys.path:
        sys.path.insert(0, str(ZOO))
    from zoo.wrong_engine import FAULTS

    found: dict[str, Any] = FAULTS
    return found


class Wrong:
    """An engine of the zoo in this process: wrong while it answers, and at no other time."""

    def __init__(self, fault: str) -> None:
        """Have `fault`."""
        from zoo.wrong_engine import WrongEngine

        self.capabilities = frozenset(CAPABILITIES)
        self._fault, self._served = fault, WrongEngine()
        self._local = LocalEngine(self._served)

    def batch(self, requests: Sequence[Request]) -> list[Reply]:
        """Return a reply to each request."""
        self._served._turn(self._fault)  # noqa: SLF001 - the zoo takes the name of its fault so
        try:
            return self._local.batch([self._named(request) for request in requests])
        finally:
            self._served._turn("")  # noqa: SLF001 - the reference in this process is right again

    def _named(self, request: Request) -> Request:
        operation, fields = request
        if operation != "reset":
            return request
        system: Any = fields["system"]
        return operation, {"system": {**system, "fault": self._fault}}


class Watched:
    """The reference, which notes what of a fault's targets it calls."""

    def __init__(self, names: Iterable[str]) -> None:
        """Watch the targets of the faults of these names."""
        self.capabilities = frozenset(CAPABILITIES)
        self.seen: set[str] = set()
        self._local, self._targets = LocalEngine(), dict[tuple[int, str], tuple[Any, set[str]]]()
        for name in names:
            targets = faults().get(name, ())
            if not targets or not all(_is_function(getattr(own, at)) for own, at, _ in targets):
                self.seen.add(name)
            for own, at, _ in targets:
                self._targets.setdefault((id(own), at), (own, set()))[1].add(name)

    def batch(self, requests: Sequence[Request]) -> list[Reply]:
        """Return a reply to each request."""
        with ExitStack() as stack:
            for (_, at), (own, names) in self._targets.items():
                right = getattr(own, at)
                if _is_function(right):
                    stack.enter_context(mock.patch.object(own, at, self._noting(right, names)))
            return self._local.batch(requests)

    def _noting(self, right: Callable[..., Any], names: set[str]) -> Callable[..., Any]:
        def noted(*values: Any, **named: Any) -> Any:
            self.seen |= names
            return right(*values, **named)

        return noted


def _is_function(value: Any) -> bool:
    return callable(value) and not isinstance(value, type)


def hunted(names: Sequence[str], runs: range) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each fault as it is found: the run and step, and how small it became."""
    remaining, known = list(names), Counter[str]()
    for number in runs:
        run = generate(number, known, starts())
        known.update(run.reached)
        watched = Watched(remaining)
        every = EVERY[number % len(EVERY)]
        differs(watched, run.start.system, run.steps, every)
        for name in [name for name in remaining if name in watched.seen]:
            found = differs(Wrong(name), run.start.system, run.steps, every)
            if found is None or found.kind == "violated":
                continue
            remaining.remove(name)
            yield name, {"run": number, **small(name, run, found)}


def small(name: str, run: Generated, found: Difference) -> dict[str, Any]:
    """Return how small a finding became, and in what time."""
    system = run.start.system
    exact = differs(Wrong(name), system, run.steps, 1) or found

    def opened() -> Asked:
        return Wrong(name)

    shrunk = Shrinker(scripted(system, run.steps), exact, opened, SHRINK_SECONDS).shrunk()
    return {
        "before": exact.step + 1,
        "actions": len(shrunk.steps),
        "own": shrunk.own,
        "seconds": round(shrunk.seconds, 1),
        "signature": shrunk.difference.signature,
    }


def _part(names: Sequence[str], runs: range) -> list[tuple[str, dict[str, Any]]]:
    faults()
    return list(hunted(names, runs))


def main(arguments: Sequence[str] | None = None) -> int:
    """Hunt, print the table, and return 1 if a fault was not found or stayed large."""
    parser = argparse.ArgumentParser(prog="ibperp_authoring.hunt", description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="runs at the most")
    parser.add_argument("--seed", type=int, default=0, help="the first run")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--out", type=Path, help="keep what was found here, and go on from it")
    parser.add_argument("names", nargs="*", help="faults; all without any")
    given = parser.parse_args(arguments)
    results: dict[str, dict[str, Any]] = {}
    if given.out and given.out.exists():
        results = json.loads(given.out.read_text(encoding="utf-8"))
    wanted = list(given.names or faults())
    with ProcessPoolExecutor(given.jobs) as pool:
        for first in range(given.seed, given.seed + given.runs, SLICE):
            names = [name for name in wanted if name not in results]
            runs = range(first, min(first + SLICE, given.seed + given.runs))
            parts = [names[place :: given.jobs] for place in range(given.jobs)]
            for part in [pool.submit(_part, part, runs) for part in parts if part]:
                results |= part.result()
            sys.stderr.write(f"runs to {runs.stop}: {len(results)} of {len(wanted)} found\n")
            if given.out:
                write_atomically(given.out, [json.dumps(results, indent=1, sort_keys=True), "\n"])
    return _told(results, wanted)


def _told(results: dict[str, dict[str, Any]], names: Iterable[str]) -> int:
    """Print the table and what it comes to."""
    columns = ("run", "before", "actions", "own", "seconds")
    print(f"{'fault':<34}" + "".join(f"{name:>9}" for name in columns))
    lost, large = [], []
    for name in sorted(names):
        what = results.get(name)
        if what is None:
            lost.append(name)
            continue
        if what["own"] > STEPS_MAX:
            large.append(name)
        print(f"{name:<34}" + "".join(f"{what[column]:>9}" for column in columns))
    for column in ("run", "before", "actions", "own", "seconds"):
        found = sorted(results[name][column] for name in names if name in results)
        if found:
            print(f"{column}: {found[len(found) // 2]} (median), {found[-1]} (most)")
    print(f"not found: {', '.join(lost) or 'none'}")
    print(f"more than {STEPS_MAX} steps of their own: {', '.join(large) or 'none'}")
    return 1 if lost or large else 0


if __name__ == "__main__":
    sys.exit(main())
