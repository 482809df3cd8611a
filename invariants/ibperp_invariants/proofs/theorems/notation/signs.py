"""Theorems that what is stored is never below zero, where no other law says so (notation)."""

from dataclasses import replace

from ibperp.actions import AmendOrder, Deposit, ListAsset, PlaceOrder, SetMarketReference, Settle
from ibperp.margin import Health
from ibperp.numbers import RATIO
from ibperp.operations.custody.accounts import deposit
from ibperp.operations.custody.assets import list_asset
from ibperp.operations.effect import Effect
from ibperp.operations.money_market import pools
from ibperp.operations.programs.conversion_terms import conversion_limit
from ibperp.operations.settlement.settle import settle
from ibperp.operations.spot_margin import checks, matching, orders
from ibperp.operations.spot_margin.markets import set_market_reference
from ibperp.orders import OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import Accepted, Outcome, Rejected
from ibperp.parameters import PoolParameters, TokenParameters
from ibperp.state import Account, Asset, Chain, Pool, Reference, State, Token
from ibperp_invariants.proofs.states import (
    FLAGS,
    asset_of,
    market_of,
    order_of,
    side_of,
    spot_of,
    state_of,
)
from ibperp_invariants.worlds import ASSET

OWNER = 2
LIMIT = 10**30


def any_rate(limits: PoolParameters, used: int) -> int:
    """Return a borrow rate, no less than its base (t_borrow_rate_is_within_the_curve)."""
    del used
    return limits.base_rate


def any_rate_of_unpaid(limits: PoolParameters, books: Pool, owed: int) -> int:
    """Return the rate on what is unpaid, a borrow rate too."""
    del books, owed
    return limits.base_rate


CONTRACTS = {"ibperp.pool.borrow_rate": any_rate, "ibperp.pool.unpaid_rate": any_rate_of_unpaid}
"""Rates, which may be any that are not below zero."""


def rated(asset: Asset, rate: int) -> Asset:
    """Return an asset whose rate is this at any utilization."""
    limits = replace(asset.parameters.pool, base_rate=rate)
    return replace(asset, parameters=replace(asset.parameters, pool=limits))


def clocked(state: State, time: int, interval: int) -> State:
    """Return a state at a time, with an accrual interval."""
    return replace(state, time=time, system=replace(state.system, accrual_interval=interval))


def spot_at(price: int, fee: int) -> State:
    """Return a state of two assets and a market between them at this mark."""
    accounts = (Account(0), Account(0), Account(1))
    market = market_of(taker_fee=fee)
    return state_of((asset_of(price=price), asset_of(price=1)), accounts, market)


def t_rate_and_time_are_never_below_zero(
    books: Pool, rate: int, time: int, later: int, interval: int
) -> None:
    """Rate and time of a pool are never below zero, whatever boundaries pass (MM-6)."""
    assert all((books.rate_time >= 0, rate >= 0, time >= 0, time < later, interval > 0))
    assert all((books.lent >= 0, books.borrowed >= 0, books.unearned >= 0))
    state = clocked(state_of((rated(asset_of(pool=books), rate),), ()), later, interval)
    after = pools._accrued(Effect(state), 0, time)  # noqa: SLF001
    assert after.state.assets[0].pool.rate_time >= 0


def t_rate_and_time_of_what_is_unpaid_are_never_below_zero(
    time: int, later: int, interval: int, rate: int, owed: int, *, counted: int
) -> None:
    """Rate and time of what is unpaid are never below zero, whatever boundaries pass (ST-10)."""
    assert all((time >= 0, time < later, interval > 0, rate >= 0, owed >= 0, counted >= 0))
    before = clocked(state_of((rated(asset_of(), rate),), ()), time, interval)
    before = replace(before, unpaid=owed, unpaid_rate_time=counted)
    effect = pools._counted(before, Effect(replace(before, time=later)))  # noqa: SLF001
    assert effect.state.unpaid_rate_time >= 0


def t_a_settlement_counts_anew(time: int, settled: int, interval: int, counted: int) -> None:
    """After a settlement rate and time of what is unpaid are zero, else as they were (ST-10)."""
    assert all((settled >= 0, settled <= time, interval > 0))
    state = replace(state_of((asset_of(),), ()), time=time, settlement_time=settled)
    system = replace(state.system, settlement_interval=interval)
    outcome = settle(replace(state, system=system, unpaid_rate_time=counted), Settle())
    is_due, expected = time - settled >= interval, 0 if time - settled >= interval else counted
    after = outcome.state.unpaid_rate_time if isinstance(outcome, Accepted) else counted
    assert all((isinstance(outcome, Accepted) == is_due, after == expected))


def t_a_listed_asset_has_nothing_below_zero(
    time: int, interval: int, rate: int, throttle: int, ramp: int
) -> None:
    """All that is stored of a new asset is zero or more; its chains await a deposit (CU-2)."""
    assert all((time >= 0, interval > 0, ramp >= 0, rate >= 0, throttle >= 0))
    state = clocked(state_of((), ()), time, interval)
    state = replace(state, system=replace(state.system, ramp_interval=ramp))
    terms = replace(ASSET.pool, base_rate=rate, throttle_utilization=throttle)
    outcome = list_asset(state, ListAsset("A", replace(ASSET, pool=terms)))
    after = outcome.state if isinstance(outcome, Accepted) else state
    kept = all(all((one.pool.rate_time >= 0, one.pool.throttle_bound >= 0)) for one in after.assets)
    empty = [replace(one.pool, rate_time=0, throttle_bound=0) == Pool() for one in after.assets]
    sums = [one.price == one.in_transit == 0 and one.tokens == (Token(),) for one in after.assets]
    counted = all(chain.next_sequence == 1 for chain in after.chains)
    assert all((kept, counted, *empty, *sums))


def t_a_deposit_is_counted_on_its_chain(first: int, second: int, number: int, amount: int) -> None:
    """A deposit raises the next number of its chain by one, and of no other (CU-4)."""
    assert all((first > 0, second > 0, amount > 0, amount < LIMIT))
    terms = tuple(TokenParameters(chain, 1, 1, 1, LIMIT, 1) for chain in ("C", "D"))
    asset = asset_of(tokens=(Token(), Token()))
    asset = replace(asset, parameters=replace(asset.parameters, tokens=terms))
    state = state_of((asset,), (Account(0), Account(0), Account(1)))
    state = replace(state, chains=(Chain("C", first), Chain("D", second)))
    outcome = deposit(state, Deposit(OWNER, "A", "C", number, amount))
    after = outcome.state.chains if isinstance(outcome, Accepted) else state.chains
    moved = first + 1 if isinstance(outcome, Accepted) else first
    assert all((after[0].next_sequence == moved, after[1].next_sequence == second))


def t_a_trade_notes_the_price_of_its_maker(
    price: int, lots: int, last: int, *, is_bid: bool
) -> None:
    """The last price of a book is the price of the order that was met, and no other part (SM-7)."""
    assert all((price >= 0, lots > 0, last >= 0))
    state = state_of((asset_of(), asset_of()), (Account(1),), market_of())
    market = spot_of(state)
    state = replace(state, markets=(replace(market, book=replace(market.book, last_price=last)),))
    met = order_of(0, side_of(is_bid=is_bid), price, lots)
    after = matching._with_last(state, met)  # noqa: SLF001
    book = spot_of(after).book
    same = replace(book, last_price=last) == spot_of(state).book
    assert all((book.last_price == price, same))


def placed(state: State, price: int, lots: int, *, is_bid: bool, is_limit: bool) -> Outcome:
    """Return what becomes of an order of the owner."""
    kind = OrderKind.LIMIT if is_limit else OrderKind.MARKET
    return orders.place_order(
        state,
        PlaceOrder(
            OWNER,
            "B_Q",
            side_of(is_bid=is_bid),
            kind,
            lots,
            price,
            TimeInForce.IOC,
            post_only=False,
            reduce_only=False,
            self_trade_prevention=SelfTradePrevention.REJECT_TAKER,
            flags=FLAGS,
        ),
    )


def t_no_order_has_a_price_below_zero(
    mark: int, price: int, other: int, lots: int, *, is_bid: bool, is_limit: bool
) -> None:
    """An order below zero is refused, as an order and as an amendment of one (SM-4, SM-11)."""
    assert all((mark > 0, price < 0, other > 0))
    state = spot_at(mark, 0)
    own = order_of(OWNER, side_of(is_bid=is_bid), other, 1)
    resting = replace(state, orders=state.orders.append(own))
    asked = placed(state, price, lots, is_bid=bool(is_bid), is_limit=bool(is_limit))
    amended = orders.amend_order(resting, AmendOrder(OWNER, 0, lots, price))
    assert all((isinstance(asked, Rejected), isinstance(amended, Rejected)))


def t_the_system_never_orders_below_zero(mark: int, health: Health, fee: int) -> None:
    """Orders of a liquidation or a conversion have a price above zero (LQ-4, ST-9)."""
    assert all((mark >= 0, health.exposure > 0, fee >= 0, fee <= RATIO))
    state = spot_at(mark, fee)
    prices = [checks.limit_price(state, health, 0, side) for side in Side]
    assert all((*(price > 0 for price in prices), conversion_limit(state, spot_of(state)) > 0))


def t_a_reference_is_above_zero(index: int, mean: int, premium: int, old: int) -> None:
    """Index and mean mark of a reference are what was asked, above zero; else it stays (SM-3)."""
    assert old >= 0
    state = spot_at(1, 0)
    market = replace(spot_of(state), reference=Reference(old, old, 0))
    state = replace(state, markets=(market,))
    outcome = set_market_reference(state, SetMarketReference("B_Q", index, mean, premium))
    after = spot_of(outcome.state).reference if isinstance(outcome, Accepted) else market.reference
    asked = after == Reference(index, mean, premium) and min(index, mean) > 0
    assert any((asked, all((isinstance(outcome, Rejected), after is market.reference))))
