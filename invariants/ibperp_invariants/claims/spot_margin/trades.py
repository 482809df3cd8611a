"""Invariants of trades, of orders' ids, and of the books that they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp import book as kernel
from ibperp.actions import (
    AmendOrder,
    ConvertCollateral,
    ConvertDust,
    Liquidate,
    PlaceOrder,
    RunRisk,
)
from ibperp.fill import Fill
from ibperp.numbers import mul_div_down
from ibperp.orders import Side
from ibperp.state import FEES
from ibperp_invariants.claims.perpetuals.perpetuals import turned_round
from ibperp_invariants.claims.spot_margin.books import BOOKS
from ibperp_invariants.step.inflows import inflows_of
from ibperp_invariants.step.step import step_invariant, wealth
from ibperp_invariants.view.view import limits_of, perpetual_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.step.facts import Trade
    from ibperp_invariants.step.step import Invariant, Step


def fills_are_transfers(step: Step) -> Iterator[str]:
    """Check the trades against the orders, the fees account and what the parties have (SM-9)."""
    if not step.is_accepted():
        return
    if isinstance(step.action, Fill):
        yield from _mislaid(step)
        return
    for trade in step.facts.trades:
        yield from _misfilled(step, trade)
    if isinstance(step.action, PlaceOrder | AmendOrder):
        yield from _miscounted_lots(step)
        yield from _mislaid(step)
    yield from _misconverted(step)


def reduce_only_reduces(step: Step) -> Iterator[str]:
    """Check that reduce-only orders brought a net base position nearer to zero (SM-4, SM-9)."""
    if isinstance(step.action, Fill):
        return
    is_reducing: dict[int, bool] = {}
    for trade, maker, taker in step.trades():
        resting = step.before.orders[trade.maker_order]
        is_reducing[maker] = is_reducing.get(maker, True) and resting.reduce_only
        is_reducing[taker] = _taker_reduces(step)
    for account in sorted(account for account, is_only in is_reducing.items() if is_only):
        for symbol in {trade.market for trade in step.facts.trades}:
            limits = limits_of(step.before, symbol)
            if perpetual_of(step.before, symbol):
                yield from turned_round(step, account, symbol)
            if limits is None:
                continue
            base = limits.base
            old, new = wealth(step.before, account, base), wealth(step.after, account, base)
            slack = step.rounding_atoms(base) + step.facts.interest.get(base, (0, 0))[0]
            if not min(old, 0) - slack <= new <= max(old, 0) + slack:
                yield f"account {account}: net {base} went from {old} to {new} by reduce-only"


def self_trade_never(step: Step) -> Iterator[str]:
    """Check that the two accounts of a trade belong to two users (SM-8)."""
    if isinstance(step.action, Fill):
        return
    accounts = step.before.accounts
    for trade, maker, taker in step.trades():
        if maker in accounts and taker in accounts:
            users = accounts[maker].user, accounts[taker].user
            if users[0] == users[1]:
                yield f"{trade.market}: accounts {maker}, {taker} of user {users[0]} traded"
    for fact in step.facts.blocks:
        request = step.before.requests.get(fact.request)
        pair = (fact.quoter, request.account) if request else ()
        if len({accounts[account].user for account in pair if account in accounts}) == 1:
            yield f"{fact.market}: accounts {pair} of one user traded off the book"


OF_SYSTEM: Final = (ConvertCollateral, Liquidate, RunRisk)
"""The actions in which the system places orders."""


def order_ids_dense(step: Step) -> Iterator[str]:
    """Check that each placed order took the next id, and no other id appeared (SM-4)."""
    is_placed = isinstance(step.action, PlaceOrder) and step.is_accepted()
    old, new = step.before.next_order, step.after.next_order
    if old is None or new is None:
        return
    if isinstance(step.action, OF_SYSTEM):
        accepted = list(step.facts.accepted)
        if accepted != list(range(old, new)):
            yield f"orders {accepted} of the system were accepted, {old} to {new - 1} are new"
        return
    if new != old + is_placed:
        yield f"the next order went from {old} to {new}"
    for index in step.changed_orders():
        if index not in step.before.orders and not (is_placed and index == old):
            yield f"order {index} appeared, the next was {old}"
    expected = step.action.order if isinstance(step.action, AmendOrder) else old
    if any(order != expected for order in step.facts.accepted):
        yield f"orders {list(step.facts.accepted)} were accepted, not {expected}"


def _taker_reduces(step: Step) -> bool:
    action = step.action
    if isinstance(action, AmendOrder):
        order = step.before.orders.get(action.order)
        return order is not None and order.reduce_only
    return isinstance(action, PlaceOrder) and action.reduce_only


def _taken(step: Step) -> tuple[str, Side, int] | None:
    """Return the market, the side and the lots of the order that an action works."""
    match step.action:
        case PlaceOrder(market=market, side=side, lots=lots):
            return market, side, lots
        case AmendOrder(order=index, lots=lots) if index in step.before.orders:
            order = step.before.orders[index]
            return order.market, order.side, lots
        case _:
            return None


def _misfilled(step: Step, trade: Trade) -> Iterator[str]:
    taken, resting = _taken(step), step.before.orders.get(trade.maker_order)
    told = f"{trade.market}: {trade.lots} lots at {trade.price}"
    if isinstance(step.action, OF_SYSTEM) and resting:
        taken = trade.market, kernel.opposite(resting.side), trade.lots
    if taken is None or resting is None:
        yield f"{told} traded with order {trade.maker_order}, which was not open"
        return
    market, side, _ = taken
    is_met = (resting.market, resting.side) == (market, kernel.opposite(side))
    if not is_met or resting.price != trade.price or trade.lots <= 0:
        yield f"{told}: order {trade.maker_order} is a {resting.side} at {resting.price}"
    traded, paid = step.before.markets.get(trade.market), trade.lots * trade.price
    limits = traded.parameters if traded else None
    fees = trade.maker_fee, trade.taker_fee
    if limits:
        expected = kernel.fee(paid, limits.maker_fee), kernel.fee(paid, limits.taker_fee)
        if fees != expected:
            yield f"{told}: the fees are {fees}, they should be {expected}"
    if sum(fees) < 0:
        yield f"{told}: the fees {fees} sum to less than 0"


def _miscounted_lots(step: Step) -> Iterator[str]:
    """Yield orders whose lots are not what was filled, what ended, and what is still open."""
    if not step.facts.accepted:
        return
    counted: dict[int, int] = {}
    for trade in step.facts.trades:
        for order in (trade.maker_order, trade.taker_order):
            counted[order] = counted.get(order, 0) + trade.lots
    for index, lots in step.facts.ended.items():
        counted[index] = counted.get(index, 0) + lots
    taken, worked = _taken(step), step.facts.accepted[0]
    for index in sorted({*counted, *step.changed_orders()}):
        old, new = step.before.orders.get(index), step.after.orders.get(index)
        had = taken[2] if taken and index == worked else old.lots if old else 0
        left = new.lots if new else 0
        if had != counted.get(index, 0) + left:
            yield (
                f"order {index}: of {had} lots {counted.get(index, 0)} traded or ended, "
                f"and {left} are open"
            )


def _mislaid(step: Step) -> Iterator[str]:
    """Yield accounts that have less than their trades leave them, and a wrong fees account.

    What the fees account lends, as a settlement without cash leaves it, gains by others' roundings.
    """
    inflows = inflows_of(step)
    if inflows is None:
        return
    for account in sorted({account for account, _ in inflows} | {FEES}):
        for symbol in step.after.assets:
            old = wealth(step.before, account, symbol)
            new = wealth(step.after, account, symbol)
            inflow = inflows.get((account, symbol), 0)
            lost = step.rounding_atoms(symbol) + step.facts.interest.get(symbol, (0, 0))[0]
            low = old + inflow - (lost if account != FEES else 0)
            lends = account == FEES and step.after.accounts[account].shares.get(symbol, 0) > 0
            if new < low or (account == FEES and new > low + (lost if lends else 0)):
                yield (
                    f"account {account}, {symbol}: free + claim - debt went from {old} to {new}, "
                    f"the trades make it {old + inflow}"
                )
    for symbol, market in step.after.markets.items():
        before = step.before.markets.get(symbol)
        prices = [trade.price for trade in step.facts.trades if trade.market == symbol]
        expected = prices[-1] if prices else before.last_price if before else 0
        if market.last_price != expected:
            yield f"{symbol}: the last price is {market.last_price}, not {expected}"


def _misconverted(step: Step) -> Iterator[str]:
    """Yield dust that the fees account did not buy at its price (SM-12)."""
    if not isinstance(step.action, ConvertDust):
        return
    limits = limits_of(step.before, step.action.market)
    base = step.before.assets.get(limits.base) if limits else None
    quote = step.before.assets.get(limits.quote) if limits else None
    if not (limits and base and quote and base.parameters and quote.parameters):
        return
    bought, paid = (
        sign * (wealth(step.after, FEES, symbol) - wealth(step.before, FEES, symbol))
        for sign, symbol in ((1, limits.base), (-1, limits.quote))
    )
    numerator = bought * base.price * quote.parameters.lot_atoms
    expected = mul_div_down(1, numerator, max(base.parameters.lot_atoms * quote.price, 1))
    if not 0 < bought < limits.minimum_lots * limits.lot_atoms or paid != expected:
        yield (
            f"account {step.action.account} sold {bought} {limits.base} of dust "
            f"for {paid} {limits.quote}, worth {expected}"
        )


SPOT_MARGIN: Final[tuple[Invariant, ...]] = (
    *BOOKS,
    step_invariant(
        fills_are_transfers,
        "SM-9 SM-7 SM-12 MM-18",
        "A trade moves base and quote between two accounts at the maker's price, and fees, never "
        "below zero in sum, to the fees account; pools only round and charge entry fees.",
    ),
    step_invariant(
        reduce_only_reduces,
        "SM-4 SM-9 PP-5",
        "A reduce-only order never enlarges a net base or a perpetual position, and never turns it "
        "round.",
    ),
    step_invariant(self_trade_never, "SM-8 PG-3", "No two accounts of one user trade."),
    step_invariant(
        order_ids_dense,
        "SM-4 SM-11",
        "Orders are numbered in the order of acceptance, without gaps; an amended one keeps its "
        "number.",
    ),
)
