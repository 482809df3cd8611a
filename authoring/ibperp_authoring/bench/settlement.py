"""What the benchmark measures of perpetuals and of a settlement of many positions."""

from __future__ import annotations

import gc
import multiprocessing
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp import actions
from ibperp.numbers import RATIO
from ibperp.operations.settlement.settle import settle
from ibperp.ordered import Ordered
from ibperp.outcomes import Accepted
from ibperp.parameters import OrderBookState
from ibperp.persistent import Vector
from ibperp.pool import SHARES_PER_ATOM
from ibperp.position import Position
from ibperp.state import Account, Perpetual, Settings, State, Token, genesis
from ibperp.transition import transition
from ibperp_authoring.bench.floor import floor_seconds
from ibperp_authoring.bench.states import ASSET, FIRST, FREE, SYSTEM, UNIT
from ibperp_invariants.worlds import perpetual_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.actions import Action

POSITION_LOTS: Final = 1000
MARK: Final = 1000
MOVE: Final = MARK // 100
ROUNDS: Final = 4
"""Settlements measured, after one that makes the virtual shares."""

OPEN, CLOSED = "SOL_PERP", "OLD_PERP"
"""A market with every position, and one without that waits to be settled."""

PERPETUAL: Final = perpetual_of(
    lots_per_unit=1,
    maker_fee=0,
    taker_fee=RATIO // 2000,
    imf_base=RATIO // 50,
    mmf_base=RATIO // 80,
    open_interest_limit=10**30,
    position_limit=10**30,
    mark_threshold=RATIO,
)


def with_positions(count: int) -> State:
    """Return a state with `count` positions, half long and half short, half of them automatic.

    It is built as it stands; beside it there is a closed market without positions.
    """
    closed = replace(PERPETUAL, order_book_state=OrderBookState.CLOSED)
    state = _applied(
        genesis(SYSTEM),
        actions.ListAsset("USDC", ASSET),
        actions.SetPrice("USDC", UNIT),
        actions.ListPerpetual(OPEN, PERPETUAL),
        actions.ListPerpetual(CLOSED, closed),
        actions.UpdateMark(OPEN, MARK, has_basis=False, basis=0),
        actions.AdvanceTime(PERPETUAL.funding_interval),
    )
    lent = FREE * max(count, 1)
    lender = Account(1, shares=(lent * SHARES_PER_ATOM,))
    accounts = Vector((Account(0), Account(0), *map(_holder, range(count)), lender))
    (asset,) = state.assets
    pool = replace(asset.pool, cash=lent, lent=lent, lend_shares=lent * SHARES_PER_ATOM)
    tokens = (Token(FREE * count + lent), *asset.tokens[1:])
    market = state.markets[0]
    assert isinstance(market, Perpetual)
    market = replace(market, open_interest=count // 2 * POSITION_LOTS)
    return replace(
        state,
        assets=(replace(asset, tokens=tokens, pool=pool),),
        accounts=accounts,
        markets=(market, *state.markets[1:]),
        active=Ordered((FIRST + index,) for index in range(count)),
    )


def _holder(index: int) -> Account:
    """Return the holder of one position: two long, two short, every other one automatic."""
    lots = POSITION_LOTS if index % 4 < 2 else -POSITION_LOTS  # noqa: PLR2004 - a pair of each
    cost = lots * MARK
    settings = Settings(auto_realize=index % 2 == 0)
    position = Position(0, lots=lots, cost=cost, entry_cost=cost)
    return Account(1 + index, (FREE,), settings=settings, positions=(position,))


def kinds() -> dict[str, Callable[[int], Action]]:
    """Return, per row, a maker of the n-th action on a state of `with_positions`."""
    return {
        "list_perpetual": lambda n: actions.ListPerpetual(f"P{n}", PERPETUAL),
        "set_perpetual_parameters": lambda _: actions.SetPerpetualParameters(OPEN, PERPETUAL),
        "update_mark": lambda n: actions.UpdateMark(OPEN, MARK + n, has_basis=False, basis=0),
        "apply_funding": lambda n: actions.ApplyFunding(OPEN, n),
        "settle_market": lambda _: actions.SettleMarket(CLOSED, MARK),
        "settle": lambda _: actions.Settle(),
    }


def settled(state: State, rounds: int) -> tuple[float, State]:
    """Mark and settle, up and down in turn; return the seconds that settling alone took, best."""
    best = float("inf")
    for _ in range(rounds):
        state = moved(state)
        start = time.perf_counter()
        outcome = settle(state, actions.Settle())
        best = min(best, time.perf_counter() - start)
        assert isinstance(outcome, Accepted)
        state = outcome.state
        del outcome  # its events are not kept while the next settlement makes its own
    return best, state


def moved(state: State) -> State:
    """Return the state when the next settlement is due, at a mark that moved: up, down in turn."""
    market = state.markets[0]
    assert isinstance(market, Perpetual)
    mark = MARK - MOVE if market.mark_price > MARK else MARK + MOVE
    return _applied(
        state,
        actions.AdvanceTime(state.time + SYSTEM.settlement_interval),
        actions.UpdateMark(OPEN, mark, has_basis=False, basis=0),
    )


def settlement(positions: int) -> dict[str, float]:
    """Return seconds, microseconds a position, and the peak memory of this process in MiB."""
    _, state = settled(with_positions(positions), 1)
    gc.freeze()
    seconds, state = settled(state, ROUNDS)
    gc.unfreeze()
    floor = floor_seconds(moved(state))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "seconds": round(seconds, 4),
        "microseconds_per_position": round(seconds / positions * 10**6, 1),
        "floor_microseconds_per_position": round(floor / positions * 10**6, 2),
        "peak_memory_mib": round(peak * unit / 2**20),
    }


def settlements(sizes: tuple[int, ...]) -> dict[str, dict[str, float]]:
    """Return `settlement` by number of positions, each in a process of its own."""
    context = multiprocessing.get_context("spawn")
    found = {}
    for size in sizes:
        with ProcessPoolExecutor(1, mp_context=context) as executor:
            found[str(size)] = executor.submit(settlement, size).result()
    return found


def _applied(state: State, *todo: Action) -> State:
    for action in todo:
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted), (action, outcome)
        state = outcome.state
    return state
