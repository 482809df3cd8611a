"""Theorems behind the numbers of LQ-10: after how many steps of a kind nothing of it is left.

What is done in one step as a whole is in `due`.
"""

from ibperp import book
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import backstop, bankruptcy, deleveraging
from ibperp.operations.liquidation import book as on_book
from ibperp.operations.liquidation.handover import Handover
from ibperp.operations.spot_margin import matching, resting
from ibperp.operations.spot_margin.trade import Trade
from ibperp.orders import Side
from ibperp.persistent import Vector
from ibperp.programs import Backstop, RequestKind
from ibperp.ranking import Rankings
from ibperp.records import replace
from ibperp.risk import Exposure, Failing, resources
from ibperp.state import INSURANCE, Book, OrderStatus, Perpetual, Pool, State, at, position_of, put
from ibperp_invariants.proofs.states import order_of, perpetual_of, request_of, side_of
from ibperp_invariants.proofs.theorems.liquidation.debts import never, one_lender, one_sale
from ibperp_invariants.proofs.theorems.liquidation.payments import (
    LENT,
    OTHER,
    SETTLED,
    lending,
    owing,
)
from ibperp_invariants.proofs.theorems.liquidation.rank import (
    FAILED,
    FIRST,
    HEALTHY,
    MARKET,
    OWN,
    RESTING,
    exchanged,
    failing,
    handed,
    is_safe,
    nobody,
    replaced,
    some_price,
)
from ibperp_invariants.proofs.theorems.liquidation.together_debts import paid, payable, some_atoms


def filled(effect: Effect, market: Perpetual, trade: Trade) -> Effect:
    """Fill both positions of a trade, as far as lots know of it, and resize the maker's orders."""
    effect = exchanged(effect, market, trade)
    return resting.resized_orders(effect, trade.maker.account, trade.market)


def atoms_of(pool: Pool, owed: int, amount: int) -> int:
    """Return the shares of a part of a debt, of which each is an atom."""
    del pool
    return min(owed, amount)


def cancelled(effect: Effect, asset: int, amount: int, between: Handover) -> Effect:
    """Pass a lend to a debtor, whose debt it ends: shares on both sides are atoms."""
    for account, change in ((between.giver, -amount), (between.taker, amount)):
        holder = effect.state.accounts[account]
        shares = put(holder.shares, asset, at(holder.shares, asset) + change)
        effect = effect.noted(replaced(effect.state, account, replace(holder, shares=shares)))
    return effect


CONTRACTS = {
    "ibperp.operations.effect.with_account": replaced,
    "ibperp.operations.spot_margin.resting.with_account": replaced,
    "ibperp.operations.perpetuals.perpetual_trade.with_account": replaced,
    "ibperp.operations.perpetuals.perpetual_trade.exchanged_positions": filled,
    "ibperp.operations.spot_margin.matching._maker_rejection": nobody,
    "ibperp.operations.liquidation.backstop.position_moved": handed,
    "ibperp.operations.liquidation.backstop.zero_price": some_price,
    "ibperp.operations.liquidation.backstop._is_safe": is_safe,
    "ibperp.operations.liquidation.deleveraging.paid_in_kind": paid,
    "ibperp.operations.liquidation.deleveraging._payable": payable,
    "ibperp.operations.liquidation.deleveraging._lenders": one_lender,
    "ibperp.operations.liquidation.deleveraging._is_due": never,
    "ibperp.operations.liquidation.deleveraging.debt_of": some_atoms,
    "ibperp.operations.liquidation.deleveraging.claim_of": some_atoms,
    "ibperp.operations.liquidation.deleveraging.shares_to_repay": atoms_of,
    "ibperp.operations.liquidation.deleveraging.claim_moved": cancelled,
    "ibperp.operations.liquidation.book.conversions": one_sale,
    "ibperp.operations.liquidation.book.limit_price": some_price,
}
"""What is called, as other theorems say of it."""


def t_an_order_of_the_system_is_filled_or_uses_up_another(
    lots: int, other: int, held: int, price: int, *, is_bid: bool, is_reducing: bool
) -> None:
    """Of two orders that meet one is used up: a step fills its order, or ends another (LQ-4)."""
    assert all((lots > 0, other > 0, price > 0))
    side = side_of(is_bid=is_bid)
    own = order_of(FAILED, side, price, lots)
    maker = replace(order_of(FIRST, book.opposite(side), price, other), reduce_only=is_reducing)
    state = replace(failing(held), orders=Vector((own, maker)))
    holder = replace(state.accounts[FIRST], orders=(RESTING,))
    placed = replace(state.markets[MARKET], book=book.rested(Book(), RESTING, maker))
    state = replace(replaced(state, FIRST, holder), markets=(placed, state.markets[1]))
    done = matching._met(Effect(state), OWN, RESTING)  # noqa: SLF001
    after = done.state if isinstance(done, Effect) else state
    rest = after.orders[RESTING]
    is_used_up = any((rest.status is not OrderStatus.OPEN, after.accounts[FIRST].orders == ()))
    assert any((after.orders[OWN].lots == 0, is_used_up))


def t_a_resolution_with_recourse_spends_its_limit(fund: int, cash: int, limit: int) -> None:
    """With recourse the insurance pays the debt, its limit, or all that it has (LQ-9, LQ-10)."""
    assert all((fund > 0, cash >= 0, limit > 0))
    state = owing((0, 0), (0, 0), LENT, LENT)
    state = replaced(state, INSURANCE, replace(state.accounts[INSURANCE], free=(0, cash)))
    state = replaced(state, FAILED, replace(state.accounts[FAILED], unsettled=-fund))
    system = replace(state.system, non_recourse=False, insurance_limit=limit)
    state = replace(state, system=system)
    after = bankruptcy.resolved_bankruptcy(state, FAILED).state
    spent = resources(state) - resources(after)
    left = after.accounts[FAILED].unsettled
    ends = any((left == 0, spent == limit, resources(after) == 0))
    assert all((ends, spent <= limit, left == spent - fund))


def t_a_provider_takes_all_or_keeps_less_than_a_lot(size: int, capacity: int, price: int) -> None:
    """A provider takes a position as a whole, or has less capacity left than a lot (LQ-6)."""
    assert all((size != 0, capacity > 0, price > 0))
    state, provider = failing(size), Backstop(FIRST, capacity)
    market = perpetual_of(mark_price=price, funding_index=0, open_interest=1)
    state = replace(state, backstops=(provider,), markets=(market, state.markets[1]))
    account = Failing(FAILED, HEALTHY, Rankings())
    exposure = Exposure(MARKET, size, 0, abs(size) * price, is_position=True)
    after, _ = backstop._shared(Effect(state), account, exposure, [provider])  # noqa: SLF001
    left = position_of(after.state.accounts[FAILED], MARKET).lots
    capacities = sum(own.capacity for own in after.state.backstops)
    assert any((left == 0, capacities < price))


def t_a_request_for_quotes_is_one_at_a_time(expires: int, lots: int, free: int) -> None:
    """While quotes for its collateral are requested an account makes no other request (LQ-5)."""
    assert all((free > 0, lots > 0, expires > 0))
    state = owing((free, 0), (0, 0), LENT, LENT)
    request = replace(
        request_of(FAILED, Side.ASK, 1, expires),
        price=1,
        immediate=True,
        kind=RequestKind.CONVERSION,
    )
    asked = replaced(state, FAILED, replace(state.accounts[FAILED], conversion=0))
    system = replace(state.system, request_lifetime=1)
    asked = replace(asked, system=system, requests=Vector((request,)))
    account, exposure = Failing(FAILED, HEALTHY, Rankings()), Exposure(SETTLED, lots, 0, 1)
    assert on_book.request_conversion(Effect(asked), account, exposure) is None


def priced(state: State, price: int) -> State:
    """Return a state with the price of the asset that is owed; a lot of it is an atom."""
    return replace(state, assets=(replace(state.assets[OTHER], price=price), state.assets[SETTLED]))


def t_the_insurance_takes_at_once_all_that_can_be_paid_for(
    owed: int, free: int, price: int
) -> None:
    """What a debtor can pay for the insurance takes in one step; a second takes nothing (LQ-7)."""
    assert all((owed > 0, free >= 0, price > 0))
    state = priced(owing((0, free), (-owed, 0), LENT, LENT), price)
    account, exposure = Failing(FAILED, HEALTHY, Rankings()), Exposure(OTHER, owed, 0, 1)
    once = deleveraging._insured(Effect(state), account, exposure)  # noqa: SLF001
    after = once.state if once else state
    again = deleveraging._insured(Effect(after), account, exposure)  # noqa: SLF001
    assert again is None


def t_lenders_close_at_once_all_that_can_be_paid_for(
    owed: int, lent: int, free: int, price: int
) -> None:
    """What a debtor can pay for lenders close in one step; a second closes nothing (LQ-7)."""
    assert all((owed > 0, lent > 0, free >= 0, price > 0))
    state = priced(owing((0, free), (-owed, 0), LENT, LENT), price)
    state = lending(state, FIRST, OTHER, lent)
    account, exposure = Failing(FAILED, HEALTHY, Rankings()), Exposure(OTHER, owed, 0, 1)
    once = deleveraging._lends_deleveraged(Effect(state), account, exposure)  # noqa: SLF001
    after = once.state if once else state
    again = deleveraging._lends_deleveraged(Effect(after), account, exposure)  # noqa: SLF001
    assert again is None
