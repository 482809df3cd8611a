"""What the benchmark measures of books and portfolios: always from one and the same state."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Final, TypeVar

from ibperp import actions
from ibperp.orders import Side
from ibperp.outcomes import Accepted
from ibperp.portfolio import health
from ibperp.queries import max_order
from ibperp.transition import transition
from ibperp_authoring.bench.states import (
    ASSET,
    DUSTY,
    FIRST,
    LEVELS,
    LOTS,
    MAKERS,
    MARK,
    MARKET,
    ORDERS_EACH,
    SELLER,
    TAKER,
    market,
    placed,
    wide,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.actions import Action
    from ibperp.state import State

REPEATS: Final = 5
Item = TypeVar("Item")

STEPS: Final = 500
ROUNDS: Final = 50
"""How often a query runs: one runs many transitions."""


def kinds(orders: int) -> dict[str, Callable[[int], Action]]:
    """Return, per row, a maker of the n-th action on a state of `bench_states.with_orders`."""
    pick = random.Random(7).randrange

    def order() -> tuple[int, int]:
        index = pick(orders)
        return MAKERS + index // ORDERS_EACH, index

    def price(index: int) -> int:
        distance = 1 + index % LEVELS
        return MARK - distance if index % 2 else MARK + distance

    def fewer(account: int, index: int) -> Action:
        return actions.AmendOrder(account, index, LOTS - 1, price(index))

    def dearer(account: int, index: int) -> Action:
        step = -1 if index % 2 else 1
        return actions.AmendOrder(account, index, LOTS, price(index) + step)

    return {
        "place_order": lambda n: placed(TAKER, MARKET, Side.BID, 1, MARK - 1 - n % LEVELS),
        "fill": lambda _: placed(TAKER, MARKET, Side.BID, 1, 2 * MARK, rests=False),
        "fill_borrowing": lambda _: placed(SELLER, MARKET, Side.ASK, 1, MARK // 2, rests=False),
        "cancel_order": lambda _: actions.CancelOrder(*order()),
        "cancel_all_orders": lambda _: actions.CancelAllOrders(order()[0], MARKET),
        "amend_in_place": lambda _: fewer(*order()),
        "amend_price": lambda _: dearer(*order()),
        "convert_dust": lambda _: actions.ConvertDust(DUSTY, MARKET),
        "list_asset": lambda n: actions.ListAsset(f"A{n}", ASSET),
        "list_market": lambda n: actions.ListMarket(f"M{n}", market("SOL", "USDC")),
        "set_market_parameters": lambda _: actions.SetMarketParameters(
            MARKET, market("SOL", "USDC")
        ),
        "set_market_reference": lambda n: actions.SetMarketReference(MARKET, MARK, MARK + n, 0),
    }


def rates(state: State, orders: int) -> dict[str, float]:
    """Return, per row, the accepted transitions per second from `state`, the best of some runs."""
    return {
        kind: per_second([make(n) for n in range(STEPS)], lambda step: accepted(state, step))
        for kind, make in kinds(orders).items()
    }


def portfolio_rates() -> dict[str, float]:
    """Return how often a second a wide account's health is told, and its largest order."""
    state = wide()
    account = state.accounts[FIRST]
    order = placed(FIRST, "A1_A0", Side.BID, 1, MARK - 2)
    return {
        "health": per_second([account] * STEPS, lambda holder: health(state, holder)),
        "max_order": per_second([order] * ROUNDS, lambda asked: max_order(state, asked)),
    }


def accepted(state: State, action: Action) -> None:
    """Apply an action that must be accepted."""
    outcome = transition(state, action)
    assert isinstance(outcome, Accepted), (action, outcome)


def per_second(todo: list[Item], run: Callable[[Item], object]) -> float:
    """Return how many of `todo` are run a second, the best of some runs."""
    best = 0.0
    for _ in range(REPEATS):
        start = time.perf_counter()
        for item in todo:
            run(item)
        best = max(best, len(todo) / (time.perf_counter() - start))
    return round(best)
