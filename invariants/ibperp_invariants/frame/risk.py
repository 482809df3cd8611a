"""What liquidations, the market makers' programs and governance may touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    AcceptQuote,
    AdvanceTime,
    CancelRequest,
    Halt,
    Liquidate,
    ListAsset,
    RefreshRequest,
    RegisterBackstop,
    RequestQuote,
    ResolveBankruptcy,
    Resume,
    RunRisk,
    SetAssetParameters,
    SetSystemParameters,
    SubmitQuote,
    WithdrawQuote,
)
from ibperp.events import LiquidationStage
from ibperp.programs import RequestKind
from ibperp.state import FEES, INSURANCE
from ibperp_invariants.step.risk_facts import MoveFact
from ibperp_invariants.view.view import AccountView, PositionView, changed, limits_of, perpetual_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.step.step import Step
    from ibperp_invariants.view.view import OrderView, QuoteRequestView

OF_RISK: Final = (Liquidate, RunRisk, ResolveBankruptcy)
"""The actions that liquidate, or resolve what a liquidation left."""

OF_QUOTES: Final = (SubmitQuote, AcceptQuote)
"""The actions that may trade off the book."""

TOUCHES_LENDERS: Final = {LiquidationStage.LENDING_ADL}
BOOK_PARTS: Final = ("bids", "asks", "last_price", "open_interest")


def frame_of_governance(step: Step) -> Iterator[str]:
    """Yield what changed of the system's parameters, halts, backstops and requests for quotes."""
    action, before, after = step.action, step.before, step.after
    is_known = before.system is not None and after.system is not None
    if is_known and before.system != after.system and not isinstance(action, SetSystemParameters):
        yield f"the parameters of the system went from {before.system} to {after.system}"
    is_halted = {Halt: True, Resume: False}.get(type(action), before.is_halted)
    if after.is_halted != is_halted:
        yield f"halted went from {before.is_halted} to {after.is_halted} at {after.time}"
    waits = before.liquidation_time
    if isinstance(action, Resume):
        grace = before.system.liquidation_grace if before.system else 0
        waits = before.time + grace if before.system else after.liquidation_time
    if after.liquidation_time != waits:
        yield f"liquidations wait until {after.liquidation_time}, not {waits}"
    yield from _frame_of_backstops(step)
    for index in changed(before.requests, after.requests):
        old, new = before.requests.get(index), after.requests.get(index)
        if not _is_request_named(step, index, old, new):
            yield f"request {index} changed from {old} to {new}"


def _frame_of_backstops(step: Step) -> Iterator[str]:
    action, before, after = step.action, step.before.backstops, step.after.backstops
    takers = {
        account
        for fact in step.facts.risk.steps()
        if fact.stage is LiquidationStage.ON_BACKSTOP
        for account in before
    }
    for account in changed(before, after):
        old, new = before.get(account, 0), after.get(account, 0)
        if isinstance(action, RegisterBackstop):
            is_named = account == action.account and new == action.capacity
        else:
            is_named = account in takers and new < old
        if not is_named:
            yield f"the backstop of account {account} went from {old} to {new}"


def _is_request_named(
    step: Step, index: int, old: QuoteRequestView | None, new: QuoteRequestView | None
) -> bool:
    """Tell whether an action opens, changes or ends a request for quotes."""
    match step.action:
        case RequestQuote(account=account):
            is_own = new is not None and (new.account, new.kind) == (account, RequestKind.USER)
            return old is None and is_own
        case Liquidate() | RunRisk():
            asked = {
                fact.account
                for fact in step.facts.risk.steps()
                if fact.stage is LiquidationStage.CONVERSION_REQUEST
            }
            is_system = new is not None and new.kind is RequestKind.CONVERSION
            return old is None and new is not None and is_system and new.account in asked
        case SubmitQuote(request=named):
            return index == named and old is not None and (new is None) == old.immediate
        case AcceptQuote(request=named) | CancelRequest(request=named):
            return index == named and new is None
        case WithdrawQuote(request=named) | RefreshRequest(request=named):
            return index == named and old is not None and new is not None
        case _:
            return False


def assets_of_risk(step: Step) -> tuple[str, ...] | None:
    """Return the symbols that a quote's trade may change; None if an action may change all."""
    if isinstance(step.action, OF_RISK):
        return None
    market = traded_off_book(step)
    limits = limits_of(step.before, market) if market else None
    return (limits.base, limits.quote) if limits else ()


def traded_off_book(step: Step) -> str | None:
    """Return the market of the request that an action may trade."""
    if isinstance(step.action, OF_QUOTES):
        request = step.before.requests.get(step.action.request)
        return request.market if request else None
    return None


def block_parties(step: Step) -> set[int]:
    """Return the accounts of the trades off the book."""
    found = set[int]()
    for fact in step.facts.risk.blocks():
        request = step.before.requests.get(fact.request)
        found |= {fact.quoter, request.account} if request else set()
    return found


def accounts_of_risk(step: Step) -> set[int]:
    """Return the accounts that a liquidation, a bankruptcy or a quote's trade may change."""
    if isinstance(step.action, OF_QUOTES):
        parties = block_parties(step)
        return parties | {FEES} if parties else set()
    if not isinstance(step.action, OF_RISK):
        return set()
    named, risk = {INSURANCE}, step.facts.risk
    for trade, maker, taker in step.trades():
        is_known = trade.maker_order in step.before.orders
        named |= {maker, taker, FEES} if is_known else set()
    for fact in risk.all:
        named.add(getattr(fact, "account", FEES))
        if isinstance(fact, MoveFact):
            named.add(fact.counterparty)
    stages = {fact.stage for fact in risk.steps()}
    if stages & TOUCHES_LENDERS or any(fact.insurance for fact in risk.resolved()):
        named |= {
            account
            for account in step.changed_accounts()
            if max(_holder(step, account).shares.values(), default=0) > 0
        }
    if LiquidationStage.ON_BACKSTOP in stages:
        named |= set(step.before.backstops)
    if risk.resolved():
        named |= {account for account, market, _ in step.facts.credited if market == ""}
    named |= {order.account for order in _ended_by_risk(step)}
    return named


def _ended_by_risk(step: Step) -> Iterator[OrderView]:
    for index in step.changed_orders():
        order = step.before.orders.get(index)
        if order is not None and may_change_order(step, order):
            yield order


def _holder(step: Step, account: int) -> AccountView:
    return step.before.accounts[account]


def parts_of_risk(step: Step, symbol: str) -> tuple[str, ...]:
    """Return the parts of a market that a liquidation or a quote's trade may change."""
    if isinstance(step.action, Liquidate | RunRisk):
        return BOOK_PARTS
    is_perpetual = perpetual_of(step.before, symbol) is not None
    if is_perpetual and traded_off_book(step) == symbol:
        return ("bids", "asks", "open_interest")
    return ()


def may_change_order(step: Step, order: OrderView) -> bool:
    """Tell whether a liquidation ends an order or meets it, or a trade shrinks a reduce-only."""
    if isinstance(step.action, OF_QUOTES):
        is_here = traded_off_book(step) == order.market
        return is_here and order.reduce_only and order.account in block_parties(step)
    risk = step.facts.risk
    failing = {fact.account for fact in risk.steps()}
    markets = {trade.market for trade in step.facts.trades}
    moved = {(fact.market, fact.counterparty) for fact in risk.moved()}
    return isinstance(step.action, Liquidate | RunRisk) and (
        order.account in failing
        or order.market in markets
        or (order.reduce_only and (order.market, order.account) in moved)
    )


def frame_of_risk_positions(
    step: Step, index: int, before: AccountView, after: AccountView
) -> Iterator[str]:
    """Yield positions and unsettled balances that changed otherwise than the events say."""
    told: set[str] = {fact.market for fact in step.facts.risk.blocks()}
    for trade, *both in step.trades():
        told |= {trade.market} if index in both else set()
    risk = step.facts.risk
    told |= {fact.market for fact in risk.moved() if index in {fact.account, fact.counterparty}}
    told |= {fact.market for fact in risk.spread() if fact.account == index}
    told |= {move.market for move in step.facts.virtual() if move.account == index}
    for symbol in sorted({*before.positions, *after.positions}):
        old, new = (of.positions.get(symbol, PositionView()) for of in (before, after))
        if old != new and symbol not in told:
            yield f"account {index}: the position in {symbol} went from {old} to {new}"
    credited = sum(amount for (of, *_), amount in step.facts.credited.items() if of == index)
    if after.unsettled != before.unsettled + credited:
        yield (
            f"account {index}: unsettled went from {before.unsettled} to {after.unsettled}, "
            f"the events credit {credited}"
        )


def may_set_parameters(step: Step, symbol: str, *, has_ramp: bool) -> bool:
    """Tell whether an action may change the parameters of an asset or its ramp."""
    match step.action:
        case AdvanceTime():
            return has_ramp
        case ListAsset():
            return False
        case SetAssetParameters(asset=named):
            return named == symbol
        case _:
            return False
