"""Invariants of liquidations: whom they touch, in which order, at what price, and to what end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp.actions import Liquidate, ResolveBankruptcy, RunRisk, SubmitQuote
from ibperp.events import LiquidationStage, SettlementSource
from ibperp.margin import counted_equity, is_no_riskier
from ibperp.numbers import RATIO, mul_div_up
from ibperp.orders import Side
from ibperp.outcomes import RejectionCode
from ibperp.state import INSURANCE
from ibperp_invariants.claims.liquidation.liquidated import (
    is_due,
    keeps_share,
    liquidated_step,
    mark_of,
    new_fund_debt,
    position,
    urgency_of,
)
from ibperp_invariants.claims.portfolio.health import eased, face_value, health_of, rounding_value
from ibperp_invariants.claims.portfolio.portfolio import OF_OWNERS
from ibperp_invariants.claims.portfolio.positions import valued
from ibperp_invariants.step.step import OF_LIQUIDATION, owner_of, step_invariant
from ibperp_invariants.view.view import perpetual_of, settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.claims.liquidation.liquidated import LiquidatedStep
    from ibperp_invariants.step.facts import Trade
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.view import AccountView

ON_BOOKS: Final = {LiquidationStage.ON_BOOK, LiquidationStage.CONVERSION}
IN_KIND: Final = {
    LiquidationStage.ON_BACKSTOP,
    LiquidationStage.ON_ADL,
    LiquidationStage.LENDING_ADL,
    LiquidationStage.IN_KIND,
}
"""The stages in which claims, debts and assets pass from account to account, and no cash."""


def liquidates_only_the_due(step: Step) -> Iterator[str]:
    """Check that touched accounts had failed their maintenance, the worst first (LQ-1, LQ-10)."""
    action = step.action
    told = step.facts.liquidation.worked_on() if isinstance(action, OF_LIQUIDATION) else []
    if not step.is_accepted():
        is_refused = RejectionCode.NOT_LIQUIDATABLE.value in (step.code, *step.violated)
        account = _judged_account(step)
        if is_refused and is_due(step.before, account):
            yield f"account {account} was refused as sound: {health_of(step.before, account)}"
        return
    if isinstance(action, Liquidate | ResolveBankruptcy):
        told = sorted({*told, action.account})
    for account in told:
        if health_of(step.before, account) is not None and not is_due(step.before, account):
            yield f"account {account} was not due: {health_of(step.before, account)}"
    ranks = [urgency_of(step.before, account) for account in told]
    if isinstance(action, RunRisk) and ranks != sorted(ranks):
        yield f"the accounts {told} were worked on, their urgencies are {ranks}"


def _judged_account(step: Step) -> int:
    """Return the account that an action requires to be due: of a quote, the requester (PG-6)."""
    action = step.action
    if isinstance(action, SubmitQuote) and action.request in step.before.requests:
        return step.before.requests[action.request].account
    return int(getattr(action, "account", -1))


def liquidation_step_told(step: Step) -> Iterator[str]:
    """Check the events of a liquidation: one step a call, orders before all else (LQ-2)."""
    action, liquidation = step.action, step.facts.liquidation
    if not step.is_accepted():
        return
    steps, resolved = liquidation.steps(), {fact.account for fact in liquidation.resolved()}
    match action:
        case Liquidate(account=account):
            is_told = [fact.account for fact in steps] == [account] and not resolved
        case ResolveBankruptcy(account=account):
            is_told = resolved == {account} and not steps
        case RunRisk(steps=most):
            is_told = len(steps) + len(resolved) <= most
        case _:
            is_told = not (steps or resolved or liquidation.moved() or liquidation.spread())
    if not is_told:
        yield f"{action} told the steps {steps} and resolved {sorted(resolved)}"
    rung = liquidated_step(step)
    if rung is not None:
        yield from _mistold(step, rung)


def liquidation_makes_progress(step: Step) -> Iterator[str]:
    """Check that a step takes something off, and leaves no less equity per exposure (LQ-2)."""
    rung = liquidated_step(step)
    if rung is None:
        return
    account, slack = rung.account, rung.slack + _fees_value(step, rung.account)
    old, new = (view.accounts[account] for view in (step.before, step.after))
    is_asked = rung.stage is LiquidationStage.CONVERSION_REQUEST
    is_less = is_asked and len(step.after.requests) > len(step.before.requests)
    if not (is_less or _is_less(old, new, settlement_asset(step.before))):
        yield f"account {account}: {rung.stage} took nothing off {old}"
    booked = new_fund_debt(step, account)
    after = replace(rung.after, exposure=rung.after.exposure - booked)
    grew = after.exposure > rung.before.exposure + slack
    before = replace(rung.before, equity=rung.before.equity - _newly_aside(step, rung))
    if grew or not keeps_share(before, after, slack):
        yield f"account {account}: {rung.stage} made {rung.before} to {rung.after}"


def liquidation_price_bounded(step: Step) -> Iterator[str]:
    """Check that the book served no worse than the zero price, the fee included (LQ-4, LQ-5)."""
    rung = liquidated_step(step)
    if rung is None or rung.stage not in ON_BOOKS:
        return
    health = rung.before
    if health.equity <= health.auto_close:
        yield f"account {rung.account}: on the book with {health}"
    for trade in step.facts.trades:
        mark, resting = mark_of(step.before, trade.market), step.before.orders[trade.maker_order]
        if mark is None or health.exposure <= 0:
            continue
        paid, whole = trade.lots * trade.price, trade.lots * mark
        is_sale = resting.side is Side.BID
        cost = whole - paid if is_sale else paid - whole
        share = mul_div_up(whole, health.equity, health.exposure)
        fee = max(trade.taker_fee, 0)
        if cost + fee > share + trade.lots + 1:
            yield (
                f"account {rung.account}: {trade.lots} lots at {trade.price} and a fee of {fee} "
                f"cost {cost + fee}, their share of the equity is {share}"
            )


def liquidation_fee_bounded(step: Step) -> Iterator[str]:
    """Check that the fee is at most its ratio, and taken from equity alone (LQ-4)."""
    rung, system = liquidated_step(step), step.before.system
    source = SettlementSource.TRADING_FEES_SYSTEM
    taken: dict[int, int] = {
        account: amount for (account, _, of), amount in step.facts.credited.items() if of is source
    }
    if not taken:
        return
    if not isinstance(step.action, Liquidate | RunRisk) or sum(taken.values()) != 0:
        yield f"{type(step.action).__name__} took fees of a liquidation: {taken}"
    if rung is None or system is None:
        return
    fee, value = taken.get(INSURANCE, 0), sum(t.lots * t.price for t in step.facts.trades)
    most = mul_div_up(value, system.liquidation_fee, RATIO)
    if not 0 <= fee <= most or set(taken) != {INSURANCE, rung.account}:
        yield f"account {rung.account}: the fees are {taken}, at most {most} of {value}"
    if fee and rung.after.equity < -rung.slack:
        yield f"account {rung.account}: a fee of {fee} left an equity of {rung.after.equity}"


def no_dust_left(step: Step) -> Iterator[str]:
    """Check that what an order of the system leaves of a position may be ordered again (LQ-4)."""
    rung = liquidated_step(step)
    if rung is None or rung.stage is not LiquidationStage.ON_BOOK:
        return
    for order in step.facts.accepted:
        trades = [trade for trade in step.facts.trades if trade.taker_order == order]
        market = perpetual_of(step.before, trades[0].market) if trades else None
        if market is None or market.parameters is None:
            continue
        asked = sum(trade.lots for trade in trades) + step.facts.ended.get(order, 0)
        size, least = _size(step, rung, trades[0]), market.parameters.minimum_lots
        if asked > size or 0 < size - asked < least:
            yield (
                f"account {rung.account}, {trades[0].market}: {asked} of {size} lots were "
                f"ordered, the minimum is {least}"
            )


def claims_move_not_cash(step: Step) -> Iterator[str]:
    """Check that a handover never waits for a pool's cash: claims move as claims (LQ-6, LQ-7)."""
    rung = liquidated_step(step)
    if rung is None or rung.stage not in IN_KIND:
        return
    for symbol, old, new in step.pools():
        if old.cash != new.cash:
            yield f"{symbol}: {rung.stage} changed the pool's cash from {old.cash} to {new.cash}"


def negative_account_waits(step: Step) -> Iterator[str]:
    """Check that an account with less than nothing only gets safer by its owner (PF-8, LQ-1).

    A reduction may cost it a tenth of the maintenance that it releases.
    """
    owner = owner_of(step.action)
    if not step.is_accepted() or not isinstance(step.action, OF_OWNERS) or owner is None:
        return
    before, after = health_of(step.before, owner), health_of(step.after, owner)
    if before is None or after is None or before.equity >= 0:
        return
    slack = rounding_value(step)
    eased_before = eased(before, slack)
    cost = eased_before.equity - after.equity
    is_poorer = cost * 10 > eased_before.maintenance - after.maintenance
    is_kept = not is_poorer and is_no_riskier(eased_before, after)
    if not is_kept and counted_equity(after) < after.initial:
        yield f"account {owner} below zero: {before} became {after}"


def _mistold(step: Step, rung: LiquidatedStep) -> Iterator[str]:
    """Yield a stage that is not the one of what was done (LQ-2)."""
    before, after = (view.accounts[rung.account] for view in (step.before, step.after))
    trades, moves = step.facts.trades, step.facts.liquidation.moved()
    is_first = rung.stage is LiquidationStage.CANCEL_ORDERS
    kept = tuple(index for index in after.orders if index in before.orders)
    wrong = (
        (is_first != bool(before.orders), "has orders"),
        (bool(kept), "keeps orders"),
        (bool(trades) != (rung.stage in ON_BOOKS), "trades"),
        (bool(moves) and rung.stage not in IN_KIND, "moves positions"),
        (rung.stage is LiquidationStage.ON_ADL and not moves, "moves no position"),
    )
    for is_wrong, what in wrong:
        if is_wrong:
            yield f"account {rung.account}: {rung.stage}, with the orders {before.orders}, {what}"


def _is_less(old: AccountView, new: AccountView, settlement: str | None) -> bool:
    """Tell whether an account has fewer orders, debts, lots or assets to sell."""
    symbols, markets = {*old.shares, *new.shares}, {*old.positions, *new.positions}
    lots = [
        [of.positions[name].lots if name in of.positions else 0 for of in (old, new)]
        for name in markets
    ]
    sold = any(
        new.free.get(name, 0) < amount for name, amount in old.free.items() if name != settlement
    )
    return (
        len(new.orders) < len(old.orders)
        or any(min(old.shares.get(s, 0), 0) < min(new.shares.get(s, 0), 0) for s in symbols)
        or any(max(new.shares.get(s, 0), 0) < max(old.shares.get(s, 0), 0) for s in symbols)
        or min(old.unsettled, 0) < min(new.unsettled, 0)
        or any(abs(after) < abs(before) for before, after in lots)
        or len(new.positions) < len(old.positions)
        or sold
    )


def _newly_aside(step: Step, rung: LiquidatedStep) -> int:
    """Return what a haircut sets aside of virtual lends that became the account's own (LQ-3).

    Of proceeds too, until they pay the fund or buy back what is owed: the settlement asset may have
    a weight below one; and of what the last lot of a buy-back brings beyond the debt (LQ-5).
    """
    transfer = SettlementSource.SYSTEM_LIABILITY_TRANSFER
    is_sold = rung.stage in ON_BOOKS
    is_ended = any(move.source is transfer for move in step.facts.virtual())
    faces = [face_value(view, rung.account) for view in (step.before, step.after)]
    if not (is_sold or is_ended) or None in faces:
        return 0
    old, new = (
        (face or 0) - of.equity for face, of in zip(faces, (rung.before, rung.after), strict=True)
    )
    return max(new - old, 0)


def _fees_value(step: Step, account: int) -> int:
    """Return the quote atoms of the fee that a liquidation took."""
    source = SettlementSource.TRADING_FEES_SYSTEM
    taken = sum(
        -amount
        for (of, _, why), amount in step.facts.credited.items()
        if of == account and why is source
    )
    return -(valued(step.before, -taken) or 0)


def _size(step: Step, rung: LiquidatedStep, trade: Trade) -> int:
    return abs(position(step.before, rung.account, trade.market).lots)


LIQUIDATION: Final[tuple[Invariant, ...]] = (
    step_invariant(
        liquidates_only_the_due,
        "LQ-1 LQ-9 LQ-10",
        "A liquidation touches accounts alone whose equity does not exceed their maintenance, the "
        "one with the least equity per maintenance first.",
    ),
    step_invariant(
        liquidation_step_told,
        "LQ-2 LQ-3 LQ-10",
        "A liquidation tells each step with its stage, one a call; open orders end before all "
        "else.",
    ),
    step_invariant(
        liquidation_makes_progress,
        "LQ-2 LQ-3 LQ-4 LQ-6 LQ-7",
        "A step takes orders, debts, lots or assets off the account, adds no exposure but a loss "
        "that it realizes, and leaves it no less equity per exposure, except for the fee, and the "
        "haircut of a virtual lend that becomes its own.",
    ),
    step_invariant(
        liquidation_price_bounded,
        "LQ-1 LQ-4 LQ-5",
        "A liquidation uses the book only above auto-close, at a price whose cost with the fee is "
        "at most the exposure's share of the equity.",
    ),
    step_invariant(
        liquidation_fee_bounded,
        "LQ-4",
        "The fee of a liquidation is at most its ratio of the traded value, goes to the "
        "insurance, and takes no equity below zero.",
    ),
    step_invariant(
        no_dust_left,
        "LQ-4",
        "An order of the system takes a whole position, or leaves at least a minimum order of it.",
    ),
    step_invariant(
        claims_move_not_cash,
        "LQ-6 LQ-7",
        "Off the book claims, debts and assets change hands; no pool's cash moves.",
    ),
    step_invariant(
        negative_account_waits,
        "PF-8 LQ-1",
        "What the owner of an account below zero does costs it at most a tenth of the maintenance "
        "that it releases and leaves it no riskier, or with all that it requires.",
    ),
)
