"""Perpetual markets of the tiny system, and what a random walk does with them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

from ibperp.actions import ListPerpetual, UpdateMark
from ibperp.numbers import RATIO
from ibperp.orders import Side
from ibperp.parameters import SystemParameters
from ibperp_invariants.worlds import perpetual_of
from worlds.tiny import NO_FLAGS, SYSTEM, funded, order, quoted, run

if TYPE_CHECKING:
    from ibperp.state import State

MARK: Final = 250
SLOW: Final = perpetual_of(
    lots_per_unit=1,
    maker_fee=RATIO // 200,
    taker_fee=RATIO // 100,
    limit_min=RATIO // 2,
    limit_max=2 * RATIO,
    impact_min=RATIO * 9 // 10,
    impact_max=RATIO * 11 // 10,
    mean_mark_min=RATIO * 8 // 10,
    mean_mark_max=RATIO * 12 // 10,
    premium_tolerance=RATIO // 10,
    imf_base=RATIO // 20,
    imf_factor=RATIO // 1000,
    mmf_base=RATIO // 40,
    mmf_factor=RATIO // 2000,
    open_interest_limit=120,
    position_limit=60,
    interest_rate=RATIO // 100,
    interest_clamp=RATIO // 200,
    funding_floor=-RATIO // 50,
    funding_cap=RATIO // 50,
    mark_threshold=RATIO // 5,
    price_update_min=RATIO * 3 // 5,
    price_update_max=RATIO * 5 // 3,
)
FAST: Final = replace(SLOW, maker_fee=-RATIO // 200, tick=2, funding_interval=60)
PERPETUALS: Final = {"ORE_PERP": SLOW, "GEM_PERP": FAST}


def with_perpetuals(state: State) -> State:
    """List both perpetual markets and mark them."""
    return run(
        state,
        *(ListPerpetual(symbol, parameters) for symbol, parameters in PERPETUALS.items()),
        *(UpdateMark(symbol, MARK, has_basis=False, basis=0) for symbol in PERPETUALS),
    )


@cache
def perpetual(system: SystemParameters = SYSTEM) -> State:
    """The funded system with perpetuals; account 2 is long and account 4 short of both."""
    state = with_perpetuals(funded(system))
    for symbol in PERPETUALS:
        state = run(
            state,
            order(2, symbol, Side.BID, 8, MARK, flags=NO_FLAGS),
            order(4, symbol, Side.ASK, 6, MARK, flags=NO_FLAGS),
        )
    return state


@cache
def quoted_perpetual(system: SystemParameters = SYSTEM) -> State:
    """The quoted system with perpetuals, and orders on both sides of them."""
    state = with_perpetuals(quoted(system))
    for symbol in PERPETUALS:
        state = run(
            state,
            order(2, symbol, Side.BID, 10, MARK - 2),
            order(4, symbol, Side.ASK, 10, MARK + 2),
        )
    return state
