"""A small world for the search: two assets, one spot and two perpetual markets, five accounts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    ApplyFunding,
    Borrow,
    CancelAllOrders,
    CreateAccount,
    Deposit,
    Lend,
    ListAsset,
    ListMarket,
    ListPerpetual,
    PlaceOrder,
    Redeem,
    Repay,
    RequestWithdrawal,
    SetAccountSettings,
    SetPerpetualParameters,
    SetPrice,
    Settle,
    SettleMarket,
    UpdateMark,
)
from ibperp.numbers import INT128_MAX, RATIO, mul_div_down
from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import Accepted
from ibperp.parameters import (
    AssetParameters,
    HaircutKind,
    HaircutParameters,
    OrderBookState,
    PerpetualParameters,
    TokenParameters,
)
from ibperp.state import Perpetual, at, genesis
from ibperp.transition import transition
from ibperp_invariants.search.risk import RISK_CHOICES
from ibperp_invariants.worlds import asset_of, market_of, perpetual_of, pool_of, system_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from ibperp.state import State

PRICES: Final = {"USD": 100, "ORE": 250}
LOTS: Final = {"ORE_USD": 25, "ORE_PERP": 250, "GEM_PERP": 40}
"""What a lot of each market is worth at first, in quote atoms."""

OWNERS: Final = (2, 3, 4, 5, 6)
BASIS_POINT: Final = 10**14
CENT: Final = 100 * BASIS_POINT


def start(random: Random) -> State:
    """Return the world with limits drawn by chance, its accounts funded and a little lent."""
    system = system_of(
        quote_unit=100,
        accrual_interval=60,
        entry_fee=random.choice((True, False)),
        order_price_age=10**8,
        borrow_price_age=10**8,
        withdrawal_price_age=10**8,
        order_limit=8,
        settlement_asset="USD",
        settlement_interval=60,
        unrealized_weight=random.choice((0, 50, 100)) * CENT,
        unrealized_cap=random.choice((100, INT128_MAX)),
        unsettled_weight=random.choice((50, 100)) * CENT,
        unsettled_cap=random.choice((100, INT128_MAX)),
        account_virtual_limit=random.choice((0, 60, 300, INT128_MAX)),
        system_virtual_limit=random.choice((50, 500, INT128_MAX)),
        book_utilization_limit=random.choice((10, 50, 95)) * CENT,
        liquidation_price_age=random.choice((600, 10**8, 10**8)),
        liquidation_fraction=random.choice((10, 50, 100)) * CENT,
        liquidation_fee=random.choice((0, 1, 10)) * CENT,
        insurance_limit=random.choice((0, 10, 10**15)),
        non_recourse=random.randrange(5) > 0,
        ramp_interval=random.choice((0, 0, 600)),
        request_lifetime=random.choice((300, 10**6)),
    )
    actions: list[Action] = [ListAsset(symbol, _asset(random)) for symbol in PRICES]
    actions += [SetPrice(symbol, price) for symbol, price in PRICES.items()]
    actions.append(ListMarket("ORE_USD", SPOT))
    for symbol in ("ORE_PERP", "GEM_PERP"):
        actions.append(ListPerpetual(symbol, _perpetual(random)))
        actions.append(UpdateMark(symbol, LOTS[symbol], has_basis=False, basis=0))
    for account in OWNERS:
        actions.append(CreateAccount(account, account))
        for place, symbol in enumerate(PRICES):
            amount = random.choice((50, 400, 2000))
            actions.append(Deposit(account, symbol, "north", 2 * account - 3 + place, amount))
    actions.append(Lend(6, "USD", 40))
    state = genesis(system)
    for action in actions:
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted), (action, outcome)
        state = outcome.state
    return state


def drawn(random: Random, state: State) -> Action:
    """Return an action that a state has a fair chance to accept."""
    weights = [weight for weight, _ in CHOICES]
    ((_, make),) = random.choices(CHOICES, weights)
    return make(random, state)


def _asset(random: Random) -> AssetParameters:
    return asset_of(
        decimals=2,
        lot_atoms=100,
        haircut=HaircutParameters(HaircutKind.IDENTITY, random.choice((90, 100)) * CENT, 0, 0),
        imf_base=2 * CENT,
        imf_factor=BASIS_POINT * 10,
        mmf_base=CENT,
        mmf_factor=BASIS_POINT * 5,
        price_update_min=80 * CENT,
        price_update_max=125 * CENT,
        tokens=(TokenParameters("north", 1, 1, 2, 10**6, 1),),
        pool=pool_of(
            base_rate=random.choice((0, 2, 100)) * CENT,
            reserve_fee=random.choice((0, 10, 100)) * CENT,
            open_borrow_lend_limit=random.choice((1000, 10**6)),
        ),
    )


SPOT: Final = market_of(
    base="ORE",
    quote="USD",
    lot_atoms=10,
    maker_fee=CENT,
    taker_fee=2 * CENT,
    premium_tolerance=RATIO,
)


def _perpetual(random: Random) -> PerpetualParameters:
    return perpetual_of(
        lots_per_unit=1,
        maker_fee=random.choice((-50, 0, 50)) * BASIS_POINT,
        taker_fee=CENT,
        premium_tolerance=RATIO,
        imf_base=5 * CENT,
        imf_factor=BASIS_POINT * 10,
        mmf_base=250 * BASIS_POINT,
        mmf_factor=BASIS_POINT * 5,
        open_interest_limit=200,
        position_limit=random.choice((20, 100)),
        funding_interval=random.choice((60, 3600)),
        interest_rate=CENT,
        interest_clamp=50 * BASIS_POINT,
        funding_floor=-2 * CENT,
        funding_cap=2 * CENT,
        mark_threshold=20 * CENT,
        price_update_min=60 * CENT,
        price_update_max=166 * CENT,
    )


def _placed(random: Random, state: State) -> Action:
    market, side = random.choice(tuple(LOTS)), random.choice(tuple(Side))
    found = next(item for item in state.markets if item.symbol == market)
    mark = found.mark_price if isinstance(found, Perpetual) else LOTS[market]
    price = max(mark + random.choice((-9, -2, -1, 0, 0, 0, 1, 2, 9)), 1)
    return PlaceOrder(
        account=random.choice(OWNERS),
        market=market,
        side=side,
        kind=OrderKind.LIMIT,
        lots=random.choice((1, 1, 2, 3, 5, 8, 20)),
        price=price,
        time_in_force=random.choice((TimeInForce.GTC, TimeInForce.GTC, TimeInForce.IOC)),
        post_only=False,
        reduce_only=random.randrange(6) == 0,
        self_trade_prevention=random.choice(tuple(SelfTradePrevention)),
        flags=OrderFlags(*(random.choice((True, False)) for _ in range(4))),
    )


def _marked(random: Random, state: State) -> Action:
    market = random.choice(("ORE_PERP", "GEM_PERP"))
    found = next(item for item in state.markets if item.symbol == market)
    mark = found.mark_price if isinstance(found, Perpetual) else 1
    mark = LOTS[market] if random.randrange(3) == 0 else mark
    moved = mul_div_down(mark, random.choice((60, 90, 97, 100, 101, 103, 110, 160)), 100)
    return UpdateMark(market, max(moved, 1), has_basis=random.randrange(4) == 0, basis=3)


def _switched(random: Random, _state: State) -> Action:
    flags = [random.randrange(share) == 0 for share in (3, 3, 2, 3)]
    lend, repay, borrow, realize = flags
    return SetAccountSettings(random.choice(OWNERS), lend, repay, borrow, realize, 10 * RATIO)


def _closed(random: Random, state: State) -> Action:
    market = random.choice(("ORE_PERP", "GEM_PERP"))
    found = next(item for item in state.markets if item.symbol == market)
    limits = found.parameters
    assert isinstance(limits, PerpetualParameters)
    assert isinstance(found, Perpetual)
    if limits.order_book_state is OrderBookState.CLOSED and found.open_interest:
        return SettleMarket(market, max(found.mark_price + random.choice((-9, 0, 9)), 1))
    books = (*[OrderBookState.OPEN] * 6, OrderBookState.CLOSED, OrderBookState.REDUCE_ONLY)
    return SetPerpetualParameters(market, replace(limits, order_book_state=random.choice(books)))


def _drained(random: Random, state: State) -> Action:
    account, symbol = random.choice(OWNERS), random.choice(tuple(PRICES))
    free = at(state.accounts[account].free, tuple(PRICES).index(symbol))
    amount = max(random.choice((free, free - 1, free - 50, 1, 7)), 1)
    return random.choice(
        (
            Lend(account, symbol, amount),
            Redeem(account, symbol, random.choice((None, amount))),
            Borrow(account, symbol, random.choice((1, 5, 50, 400))),
            Repay(account, symbol, random.choice((None, amount))),
            RequestWithdrawal(account, symbol, "north", amount + 1, True, True),  # noqa: FBT003
            RequestWithdrawal(account, symbol, "north", amount, False, False),  # noqa: FBT003
            Deposit(account, symbol, "north", state.chains[0].next_sequence, amount),
        )
    )


CHOICES: Final[tuple[tuple[int, Callable[[Random, State], Action]], ...]] = (
    (40, _placed),
    (12, _marked),
    (14, lambda _random, _state: Settle()),
    (9, lambda random, state: AdvanceTime(state.time + random.choice((60, 3600, 10**6, 10**7)))),
    (5, lambda random, _: ApplyFunding("ORE_PERP", random.choice((-5, 0, 5)) * CENT)),
    (6, _switched),
    (2, _closed),
    (10, _drained),
    (3, lambda random, _: CancelAllOrders(random.choice(OWNERS), random.choice(tuple(LOTS)))),
    *RISK_CHOICES,
)
"""What happens in the world, by weight."""
