"""Theorems that each step of a liquidation lowers the rank of the state (LQ-10).

The rank of the state is summed over all accounts but the insurance, so that steps for one account
after another lower it, in any order. It needs no bound on what a borrow share owes. As in `rank`
the first part that changes decides, and a few accounts stand for any number. `together_debts` has
the steps that are about a debt.
"""

from typing import Any

from ibperp import book
from ibperp import pool as kernel
from ibperp.events import LiquidationStage, OrderEnd, Reason
from ibperp.margin import Health
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import backstop, deleveraging, handover
from ibperp.operations.liquidation import book as on_book
from ibperp.operations.spot_margin import matching, resting
from ibperp.operations.spot_margin.resting import with_order
from ibperp.ordered import Ordered
from ibperp.orders import Side, TimeInForce
from ibperp.persistent import Vector
from ibperp.position import Position
from ibperp.programs import Backstop
from ibperp.records import replace
from ibperp.risk import Exposure, Failing
from ibperp.state import INSURANCE, Order, Pool, State
from ibperp_invariants.proofs.states import asset_of, order_of, perpetual_of, side_of
from ibperp_invariants.proofs.theorems.liquidation.debts import is_asked, one_sale
from ibperp_invariants.proofs.theorems.liquidation.due import Opposite, some_equity, some_health
from ibperp_invariants.proofs.theorems.liquidation.payments import LENT, OTHER, SETTLED, owing
from ibperp_invariants.proofs.theorems.liquidation.rank import (
    FAILED,
    FIRST,
    MARKET,
    OWN,
    RESTING,
    exchanged,
    failing,
    handed,
    is_lower,
    joined,
    nobody,
    replaced,
    some_price,
    the_mark,
    uncharged,
)
from ibperp_invariants.proofs.theorems.money_market.moves import sound

OF = Failing(FAILED, Health(1, 0, 0, 1, 0, 0, 0), Opposite())


def worked(effect: Effect, index: int, order: Order, how: TimeInForce) -> Effect:
    """Trade any lots of an order at once, as many as the clock says, off one that rests.

    That no more are traded than are off is `t_a_trade_takes_its_lots_off_the_books`, and that the
    order is not open afterwards `t_an_order_that_takes_at_once_never_rests`.
    """
    del how
    lots, other = min(effect.state.time, order.lots), effect.state.orders[RESTING]
    lots = min(lots, other.lots)
    state = with_order(effect.state, index, replace(order, lots=order.lots - lots))
    return effect.noted(with_order(state, RESTING, replace(other, lots=other.lots - lots)))


def traded(effect: Effect, index: int) -> tuple[Effect, OrderEnd | None]:
    """Trade any lots of an order, as many as the clock says; where they are from is another's."""
    order = effect.state.orders[index]
    left = max(order.lots - effect.state.time, 0)
    return effect.noted(with_order(effect.state, index, replace(order, lots=left))), None


def later(effect: Effect, *of: object) -> Any:
    """Move what counts later in the rank than capacities: nothing, as far as a rank is decided."""
    return (effect, 0) if len(of) == len(("value", "between")) else effect


_LIQUIDATION = "ibperp.operations.liquidation"
CONTRACTS = {
    "ibperp.operations.effect.with_account": replaced,
    "ibperp.operations.spot_margin.resting.with_account": replaced,
    "ibperp.operations.perpetuals.perpetual_trade.with_account": replaced,
    "ibperp.operations.spot_margin.matching.matched_order": traded,
    "ibperp.operations.spot_margin.matching._maker_rejection": nobody,
    "ibperp.operations.perpetuals.perpetual_trade.exchanged_positions": exchanged,
    f"{_LIQUIDATION}.book.with_account": replaced,
    f"{_LIQUIDATION}.book.worked_order": worked,
    f"{_LIQUIDATION}.book._charged": uncharged,
    f"{_LIQUIDATION}.book.limit_price": some_price,
    f"{_LIQUIDATION}.book.mark_price": the_mark,
    f"{_LIQUIDATION}.book.conversions": one_sale,
    f"{_LIQUIDATION}.backstop.position_moved": handed,
    f"{_LIQUIDATION}.backstop.zero_price": some_price,
    f"{_LIQUIDATION}.backstop.paid_in_kind": later,
    f"{_LIQUIDATION}.backstop.shares_moved": later,
    f"{_LIQUIDATION}.backstop.unsettled_moved": later,
    f"{_LIQUIDATION}.deleveraging.position_moved": handed,
    f"{_LIQUIDATION}.deleveraging.lacking": some_equity,
    f"{_LIQUIDATION}.deleveraging.insured_equity": some_equity,
    f"{_LIQUIDATION}.deleveraging.health": some_health,
    f"{_LIQUIDATION}.deleveraging.zero_price": some_price,
    f"{_LIQUIDATION}.deleveraging.borne_price": some_price,
    f"{_LIQUIDATION}.handover.merged": joined,
}
"""What is called, as other theorems say of it, and what no part of a rank here depends on."""


def open_lots(state: State) -> int:
    """Return the lots of all open orders."""
    return sum(state.orders[index].lots for own in state.accounts for index in own.orders)


def rank(state: State) -> tuple[int, ...]:
    """Return the rank of the state: of all accounts but the insurance, and what that has (LQ-10).

    Lots of open orders, capacities of providers, lots of positions, positions, shares of pools,
    free atoms, what is unsettled; then whether quotes are requested, and what the insurance has.
    """
    holders = [own for place, own in enumerate(state.accounts) if place != INSURANCE]
    held, insurance = [own.positions for own in holders], state.accounts[INSURANCE]
    return (
        open_lots(state),
        sum(provider.capacity for provider in state.backstops),
        sum(abs(position.lots) for own in held for position in own),
        sum(len(own) for own in held),
        sum(abs(shares) for own in holders for shares in own.shares),
        sum(atoms for own in holders for atoms in own.free),
        sum(abs(own.unsettled) for own in holders),
        0 if is_asked(state) else 1,
        sum((*insurance.free, *(max(shares, 0) for shares in insurance.shares))),
    )


def t_an_order_that_ends_lowers_the_rank_of_the_state(
    price: int, lots: int, reserved: int, *, is_bid: bool
) -> None:
    """An order that ends takes its lots off those of all open orders (LQ-3, LQ-10)."""
    assert all((price > 0, lots > 0, reserved >= 0))
    own = order_of(FAILED, side_of(is_bid=is_bid), price, lots, reserved)
    state = replace(failing(1, orders=(OWN,)), orders=Vector((own,)))
    market = state.markets[MARKET]
    placed = replace(market, book=book.rested(market.book, OWN, own))
    state = replace(state, markets=(placed, state.markets[1]))
    after = resting.ended_order(Effect(state), OWN, OrderEnd.LIQUIDATION).state
    assert is_lower(rank(after), rank(state))


def t_virtual_shares_that_become_own_lower_the_rank_of_the_state(
    pool: Pool, virtual: int, held: int, lots: int
) -> None:
    """A position without lots ends when its shares become own, and no lot moves (LQ-3, LQ-10)."""
    assert all((sound(pool), pool.borrowed > 0, pool.borrow_shares > 0, virtual != 0, lots != 0))
    before = failing(0, other=lots)
    holder = before.accounts[FAILED]
    positions = (Position(MARKET, virtual=virtual), holder.positions[1])
    holder = replace(holder, shares=(held,), positions=positions)
    before = replace(before, accounts=before.accounts.set(FAILED, holder))
    before = replace(before, assets=(asset_of(price=1, pool=pool),))
    listed = Ordered(((FAILED,),) if held < 0 else ())
    effect = Effect(replace(before, exposed=listed, active=Ordered(((FAILED,),))))
    after = handover.assumed_shares(effect, FAILED, Reason.LIQUIDATION_REPAY).state
    assert is_lower(rank(after), rank(before))


def t_a_trade_takes_its_lots_off_the_books(
    size: int, lots: int, other: int, price: int, *, is_bid: bool
) -> None:
    """What an order trades is off the one that it meets, whether that performs or ends (SM-7)."""
    assert all((size != 0, lots > 0, other > 0, price > 0))
    side = side_of(is_bid=is_bid)
    own = order_of(FAILED, side, price, lots)
    maker = order_of(FIRST, book.opposite(side), price, other)
    state = replace(failing(size), orders=Vector((own, maker)))
    holder = replace(state.accounts[FIRST], orders=(RESTING,))
    market = state.markets[MARKET]
    placed = replace(market, book=book.rested(market.book, RESTING, maker))
    accounts = state.accounts.set(FIRST, holder)
    state = replace(state, accounts=accounts, markets=(placed, state.markets[1]))
    done = matching._met(Effect(state), OWN, RESTING)  # noqa: SLF001
    after = done.state if isinstance(done, Effect) else state
    taken = lots - after.orders[OWN].lots
    assert all((taken > 0, open_lots(state) - open_lots(after) >= taken))


def t_orders_that_only_reduce_never_grow(size: int, lots: int, *, is_bid: bool) -> None:
    """After a position shrank no order of its account has more lots than it had (PP-5, LQ-10)."""
    assert lots > 0
    own = replace(order_of(FAILED, side_of(is_bid=is_bid), 1, lots), reduce_only=True)
    state = replace(failing(size, orders=(OWN,)), orders=Vector((own,)))
    market = state.markets[MARKET]
    placed = replace(market, book=book.rested(market.book, OWN, own))
    state = replace(state, markets=(placed, state.markets[1]))
    after = resting.resized_orders(Effect(state), FAILED, MARKET).state
    assert open_lots(after) <= open_lots(state)


def t_an_order_that_takes_at_once_never_rests(size: int, lots: int, most: int) -> None:
    """What is left of an order of the system expires: no lots are open but others' (SM-7)."""
    assert all((size != 0, lots > 0, most >= 0))
    state = replace(failing(size), time=most)
    order = order_of(FAILED, Side.ASK, 1, lots)
    done = matching.worked_order(Effect(state), OWN, order, TimeInForce.IOC)
    assert all((isinstance(done, Effect), open_lots(getattr(done, "state", state)) == 0))


def t_an_order_of_the_system_lowers_the_rank_of_the_state(
    size: int, lots: int, other: int, most: int
) -> None:
    """A step on a book takes lots off orders that rest, or changes nothing (LQ-4, LQ-5)."""
    assert all((size != 0, lots > 0, other > 0, most >= 0))
    state = replace(failing(size), time=most)
    orders = order_of(FIRST, Side.BID, 1, 1), order_of(FIRST, Side.BID, 1, other)
    state = replaced(state, FIRST, replace(state.accounts[FIRST], orders=(RESTING,)))
    state = replace(state, orders=Vector(orders))
    deal = on_book.Deal(MARKET, Side.ASK, lots, LiquidationStage.ON_BOOK)
    done = on_book._worked_deal(Effect(state), OF, deal)  # noqa: SLF001
    assert any((done is None, is_lower(rank((done or Effect(state)).state), rank(state))))


def t_a_request_for_quotes_lowers_the_rank_of_the_state(
    time: int, lifetime: int, lots: int, free: int
) -> None:
    """A request for quotes lowers the part of the rank that counts requests (LQ-5, LQ-10)."""
    assert all((free > 0, lots > 0, lifetime >= 0))
    state = owing((free, 0), (0, 0), LENT, LENT)
    system = replace(state.system, request_lifetime=lifetime)
    state = replace(state, time=time, system=system)
    done = on_book.request_conversion(Effect(state), OF, Exposure(SETTLED, lots, 0, 1))
    assert any((done is None, is_lower(rank((done or Effect(state)).state), rank(state))))


def t_a_provider_that_takes_lots_lowers_the_rank_of_the_state(
    size: int, lots: int, capacity: int, price: int
) -> None:
    """What a provider takes of a position is off its capacity, a lot at a unit at least (LQ-6)."""
    assert all((size != 0, lots > 0, capacity > 0, price > 0))
    state, provider = failing(size), Backstop(FIRST, capacity)
    market = perpetual_of(mark_price=price, funding_index=0, open_interest=1)
    state = replace(state, backstops=(provider,), markets=(market, state.markets[1]))
    exposure = Exposure(MARKET, size, 0, 1, is_position=True)
    done = backstop._position_taken(Effect(state), OF, exposure, provider, lots)  # noqa: SLF001
    assert is_lower(rank((done or Effect(state)).state), rank(state))


def t_a_provider_that_takes_a_debt_lowers_the_rank_of_the_state(
    pool: Pool, owed: int, capacity: int, amount: int
) -> None:
    """What a provider takes of a debt is off its capacity, whatever a share owes (LQ-6)."""
    assert all((sound(pool), pool.borrowed > 0, owed > 0, owed <= pool.borrow_shares))
    assert all((capacity > 0, amount > 0, amount <= kernel.debt(pool, owed)))
    state = owing((0, 0), (-owed, 0), pool, LENT)
    provider = Backstop(FIRST, capacity)
    state = replace(state, backstops=(provider,))
    exposure = Exposure(OTHER, kernel.debt(pool, owed), 0, 1)
    done = backstop._debt_taken(Effect(state), OF, exposure, provider, amount)  # noqa: SLF001
    assert any((done is None, is_lower(rank((done or Effect(state)).state), rank(state))))


def t_a_deleveraging_lowers_the_rank_of_the_state(size: int, equity: int) -> None:
    """Two positions that are closed against each other leave fewer lots in all (LQ-7, LQ-10)."""
    assert size != 0
    account = Failing(FAILED, Health(equity, 0, 0, 1, 0, 0, 0), Opposite())
    exposure = Exposure(MARKET, size, 0, 1, is_position=True)
    state = failing(size)
    done = deleveraging._deleveraged(Effect(state), account, exposure)  # noqa: SLF001
    assert is_lower(rank(done.state), rank(state))
