"""Measure the reference: transitions per second as accounts and books grow, vectors, memory.

`python -m ibperp_authoring.bench [FILE.json] [--full]` prints one JSON object (and writes it to
FILE): figures as measured, of one run on one machine. The full run settles a million positions too,
lets a hundred thousand fall, and keeps the due list of a million.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ibperp import actions
from ibperp.numbers import RATIO
from ibperp.outcomes import Accepted
from ibperp.transition import transition
from ibperp_authoring.bench import engines, fuzzing, liquidation, quint
from ibperp_authoring.bench import orders as bench_orders
from ibperp_authoring.bench.liquidation import cascade, due_list
from ibperp_authoring.bench.settlement import settlements
from ibperp_authoring.bench.states import FIRST, POOL, TRANSITIONS, populated, with_orders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ibperp.actions import Action

SIZES: Final = (10, 10**3, 10**5, 10**6)
BOOK_SIZES: Final = (10, 10**3, 10**5)
SETTLED_SIZES: Final = (10**3, 10**5)
SETTLED_SIZES_FULL: Final = (*SETTLED_SIZES, 10**6)
DUE_SIZES: Final = (10**3, 10**4)
DUE_SIZES_FULL: Final = (*DUE_SIZES, 10**5)
INDEX_SIZES: Final = (10**3, 10**5)
INDEX_SIZES_FULL: Final = (*INDEX_SIZES, 10**6)
FULL: Final = "--full"
REPEATS: Final = 5
WITHOUT_STATES: Final = (
    sys.executable,
    "-c",
    (
        "from ibperp_conformance.protocol import server; "
        "server.CAPABILITIES = server.CAPABILITIES[:-1]; server.main_server()"
    ),
)
"""The reference as an engine that keeps no states: every vector builds its setup again."""


def kinds(accounts: int) -> dict[str, Callable[[int], Action]]:
    """Return, per kind of action, a maker of the n-th accepted action over `accounts` accounts."""
    pick = random.Random(7).randrange
    last = accounts - 1

    def some() -> int:
        return pick(FIRST, last) if last > FIRST else FIRST

    def paired() -> tuple[int, int]:
        sender = FIRST + 2 * pick((last - FIRST) // 2)
        return sender, sender + 1

    return {
        "create_account": lambda n: actions.CreateAccount(accounts + n, 1),
        "deposit": lambda n: actions.Deposit(some(), "USDC", "solana", n + 1, 1000),
        "request_withdrawal": lambda _: actions.RequestWithdrawal(
            some(), "USDC", "solana", 1000, auto_lend_redeem=True, auto_borrow=False
        ),
        "confirm_withdrawal": actions.ConfirmWithdrawal,
        "fail_withdrawal": actions.FailWithdrawal,
        "start_rebalance": lambda _: actions.StartRebalance("SOL", "solana", "ethereum", 1000),
        "complete_rebalance": lambda n: actions.CompleteRebalance(n, 1000),
        "transfer": lambda _: actions.Transfer(*paired(), "USDC", 1000),
        "lend": lambda _: actions.Lend(some(), "USDC", 1000),
        "redeem": lambda _: actions.Redeem(some(), "USDC", 1000),
        "borrow": lambda _: actions.Borrow(some(), "SOL", 1000),
        "repay": lambda _: actions.Repay(some(), "SOL", 1000),
        "set_account_settings": lambda n: actions.SetAccountSettings(
            some(),
            auto_lend=False,
            auto_repay_borrows=False,
            auto_borrow_settlements=False,
            auto_realize=True,
            leverage_limit=(8 + n % 2) * RATIO,
        ),
        "set_pool_parameters": lambda n: actions.SetPoolParameters(
            "SOL", replace(POOL, base_rate=n)
        ),
        "set_price": lambda n: actions.SetPrice("SOL", 10**6 + n),
        "advance_time": lambda n: actions.AdvanceTime(n + 1),
    }


def rates(accounts: int) -> Iterator[tuple[str, float]]:
    """Yield each kind of action with its accepted transitions per second, the best of some runs."""
    state = populated(accounts)
    gc.freeze()
    for kind, make in kinds(accounts).items():
        best = 0.0
        for _ in range(REPEATS):
            after, todo = state, [make(n) for n in range(TRANSITIONS)]
            start = time.perf_counter()
            for action in todo:
                outcome = transition(after, action)
                assert isinstance(outcome, Accepted), (kind, outcome)
                after = outcome.state
            best = max(best, TRANSITIONS / (time.perf_counter() - start))
        yield kind, round(best)
    gc.unfreeze()


def book_rates(orders: int) -> dict[str, float]:
    """Return each row of `bench_orders`, measured with as many resting orders."""
    state = with_orders(orders)
    gc.freeze()
    measured = bench_orders.rates(state, orders)
    gc.unfreeze()
    return measured


def conformance(*selection: str) -> dict[str, float]:
    """Return vectors and seconds of a run against the embedded engine, and their ratio.

    Of the core tier, unless `selection` has options of `ibperp conform` that name others.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "ibperp_conformance.cli", "conform", *selection]
        command[4:4] = ["--json", str(report)]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds = time.perf_counter() - start
        vectors = len(json.loads(report.read_text())["results"])
    return {
        "vectors": vectors,
        "seconds": round(seconds, 2),
        "per_second": round(vectors / seconds, 1),
    }


def cascades(sizes: Iterable[int], *, is_helped: bool) -> dict[str, dict[str, float]]:
    """Return what a cascade takes, by the number of positions; without help all are deleveraged."""
    return {str(size): cascade(size, is_helped=is_helped) for size in sizes}


def measured(*, full: bool) -> dict[str, object]:
    """Return every figure."""
    per_size = {str(size): dict(rates(size)) for size in SIZES}
    growth = {
        kind: round(per_size["1000"][kind] / per_size["1000000"][kind], 2)
        for kind in per_size["1000"]
    }
    per_book = {str(size): book_rates(size) for size in BOOK_SIZES}
    book_growth = {
        kind: round(per_book["10"][kind] / per_book["100000"][kind], 2) for kind in per_book["10"]
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "transitions_per_second": per_size,
        "cost_from_1e3_to_1e6": growth,
        "transitions_per_second_by_resting_orders": per_book,
        "cost_from_10_to_1e5_resting_orders": book_growth,
        "per_second_of_10_assets_debts_and_orders": bench_orders.portfolio_rates(),
        "settlement_by_positions": settlements(SETTLED_SIZES_FULL if full else SETTLED_SIZES),
        "per_second_of_failing_accounts_and_programs": liquidation.rates(),
        "cascade_by_positions": cascades(DUE_SIZES_FULL if full else DUE_SIZES, is_helped=True),
        "deleveraging_by_positions": cascades(
            DUE_SIZES_FULL if full else DUE_SIZES, is_helped=False
        ),
        "due_list_by_positions": {
            str(size): due_list(size) for size in (INDEX_SIZES_FULL if full else INDEX_SIZES)
        },
        "peak_memory_mib_at_1e6": round(peak * unit / 2**20),
        "conformance": conformance(),
        "conformance_without_states": conformance("--", *WITHOUT_STATES),
        "microseconds_through_the_protocol_by_engine": engines.microseconds(kinds(engines.SIZE)),
        "steps_per_second_beside_a_model_in_quint": quint.compared(),
        "fuzz_steps_per_second_by_engine_and_jobs": fuzzing.rates(),
        "shrinking_over_the_zoo": fuzzing.shrinking(),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures as JSON, and write them to a file; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ibperp_authoring.bench")
    parser.description = "Measure the reference on this machine; it takes some minutes."
    parser.epilog = "exit codes: 0 measured, 2 wrong use"
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="write the JSON here")
    parser.add_argument(
        FULL, action="store_true", help="settle a million positions and let 100,000 fall, too"
    )
    options = parser.parse_args(arguments)
    if options.file is not None and not options.file.absolute().parent.is_dir():
        parser.error(f"{options.file}: there is no such folder")
    text = json.dumps(measured(full=options.full), indent=2)
    print(text)
    if options.file is not None:
        options.file.write_text(text + "\n", encoding="utf-8")
    return 0
