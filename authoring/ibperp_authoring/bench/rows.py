"""What two versions are compared by: each row is CPU time of work that both can do.

`python rows.py ROW` prints seconds. It is run with the sources of the version that is measured on
the path, so that it may use only what older versions have too.
"""

from __future__ import annotations

import gc
import io
import resource
import subprocess
import sys
import time
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POSITIONS: Final = 20_000
ROUNDS: Final = 2
ACCOUNTS: Final = 1000
FALLEN: Final = 1000
HOUR: Final = 60
COMMAND: Final = (sys.executable, "-m", "ibperp_conformance.cli")


def settlement() -> float:
    """Settle many positions, half of them automatic, at a mark that moved."""
    return _settled(POSITIONS, moves=True)


def settlement_unchanged() -> float:
    """Settle the same positions at the mark of the last settlement."""
    return _settled(POSITIONS, moves=False)


def _settled(count: int, *, moves: bool) -> float:
    from ibperp import actions
    from ibperp_authoring.bench import settlement as bench

    bench.time.perf_counter = time.process_time  # type: ignore[attr-defined]
    _, state = bench.settled(bench.with_positions(count), 1)
    gc.freeze()
    if moves:
        return float(bench.settled(state, ROUNDS)[0])
    found = []
    for _ in range(ROUNDS):
        later = actions.AdvanceTime(state.time + state.system.settlement_interval)
        state = bench._applied(state, later)  # noqa: SLF001
        started = time.process_time()
        state = bench._applied(state, actions.Settle())  # noqa: SLF001
        found.append(time.process_time() - started)
    return min(found)


def cascade() -> float:
    """Let a quarter of many accounts fail, with a book and a provider that take them."""
    return _fallen(is_helped=True)


def deleveraging() -> float:
    """Let a quarter of many accounts fail, without help."""
    return _fallen(is_helped=False)


def _fallen(*, is_helped: bool) -> float:
    from ibperp import actions
    from ibperp.transition import transition
    from ibperp_authoring.bench import liquidation as bench
    from ibperp_authoring.bench.settlement import MARK

    fall = actions.UpdateMark(bench.CROWDED, MARK - bench.FALL, has_basis=False, basis=0)
    state = bench._applied(bench.with_leverage(FALLEN, is_helped=is_helped), fall)  # noqa: SLF001
    gc.freeze()
    started = time.process_time()
    while True:
        done = transition(state, actions.RunRisk(bench.STEPS))
        if not done.events:  # type: ignore[union-attr]
            break
        state = done.state  # type: ignore[union-attr]
    return time.process_time() - started


def transitions() -> float:
    """Do every kind of action that the benchmark knows, as often as it does."""
    from ibperp.transition import transition
    from ibperp_authoring.bench import states, table

    state = states.populated(ACCOUNTS)
    todo = [[make(n) for n in range(states.TRANSITIONS)] for make in table.kinds(ACCOUNTS).values()]
    gc.freeze()
    started = time.process_time()
    for actions in todo:
        after: Any = state
        for action in actions:
            after = transition(after, action).state  # type: ignore[union-attr]
    return time.process_time() - started


def day_with_invariants() -> float:
    """Run an hour of the day of settlements, with all invariants after each step."""
    from ibperp_conformance import run_command

    with _hour() as hour:
        started = time.process_time()
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            run_command.main_run(hour, False, None, None)  # noqa: FBT003
        return time.process_time() - started


def log_with_invariants() -> float:
    """Check the log of that hour, without the reference."""
    from ibperp_conformance.scenario.run import run_scenario
    from ibperp_conformance.traces.write import trace_lines
    from ibperp_invariants import report_of_trace

    with _hour() as hour:
        lines = [*trace_lines(run_scenario(hour, is_checked=False))]
    started = time.process_time()
    report_of_trace(lines)
    return time.process_time() - started


@contextmanager
def _hour() -> Iterator[Path]:
    """Give a file with one hour of the day of settlements."""
    import ibperp_conformance

    root = Path(ibperp_conformance.__file__).parents[2]
    day = (root / "docs" / "scenarios" / "interest-bearing-day.yaml").read_text(encoding="utf-8")
    hour = root / "hour.yaml"
    hour.write_text(day.replace("times: 12", "times: 1"), encoding="utf-8")
    try:
        yield hour
    finally:
        hour.unlink()


def help_text() -> float:
    """Print the help of the command line."""
    return _command("--help")


def one_vector() -> float:
    """Hold the embedded engine to one vector."""
    return _command("conform", "--vector", "CU-4-003")


def _command(*arguments: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run((*COMMAND, *arguments), check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


ROWS: Final[dict[str, Callable[[], float]]] = {
    row.__name__: row
    for row in (
        settlement,
        settlement_unchanged,
        cascade,
        deleveraging,
        transitions,
        day_with_invariants,
        log_with_invariants,
        help_text,
        one_vector,
    )
}
"""The rows by name."""


if __name__ == "__main__":
    print(ROWS[sys.argv[1]]())
