"""Invariants of what an action may touch, and of what it leaves as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    AdvanceTime,
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    CompleteRebalance,
    ConfirmWithdrawal,
    ConvertDust,
    Deposit,
    FailWithdrawal,
    Liquidate,
    ListAsset,
    ListMarket,
    PlaceOrder,
    RequestWithdrawal,
    RunRisk,
    SetAccountSettings,
    SetMarketParameters,
    SetMarketReference,
    SetPerpetualParameters,
    Settle,
    StartRebalance,
)
from ibperp.book import opposite
from ibperp.parameters import OrderBookState
from ibperp.state import RequestStatus
from ibperp_invariants.frame.accounts import named_accounts
from ibperp_invariants.frame.assets import changed_parts, frame_of_asset
from ibperp_invariants.frame.perpetuals import (
    frame_of_positions,
    frame_of_settlement_time,
    lists_market,
    perpetual_parts,
    reduces_in,
    settled_assets,
)
from ibperp_invariants.frame.risk import (
    OF_QUOTES,
    OF_RISK,
    assets_of_risk,
    frame_of_governance,
    may_change_order,
    parts_of_risk,
)
from ibperp_invariants.step.step import step_invariant
from ibperp_invariants.view.view import AccountView, OrderView, changed, limits_of, perpetual_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ibperp_invariants.step.step import Invariant, Step

OF_ORDERS: Final = (
    PlaceOrder,
    AmendOrder,
    CancelOrder,
    CancelAllOrders,
    SetMarketParameters,
    Liquidate,
    RunRisk,
)
"""The actions after which an account may reserve other amounts."""


def frame_rule(step: Step) -> Iterator[str]:
    """Check that an accepted action changed only the kind of things it names (NT-9)."""
    if not step.is_accepted():
        return
    yield from _frame_of_clock(step)
    yield from frame_of_settlement_time(step)
    yield from frame_of_governance(step)
    yield from _frame_of_requests(step)
    yield from _frame_of_markets(step)
    yield from _frame_of_orders(step)
    allowed = _assets_named(step)
    for symbol in sorted(step.before.assets.keys() | step.after.assets.keys()):
        old, new = step.before.assets.get(symbol), step.after.assets.get(symbol)
        if old is None or new is None:
            if old is not None or not _lists(step, symbol):
                yield f"asset {symbol} {'vanished' if old else 'appeared'}"
        elif allowed is not None and symbol not in allowed and old != new:
            yield f"asset {symbol} changed: {changed_parts(old, new)}"
        else:
            yield from frame_of_asset(step, symbol, old, new)
    for index in step.changed_accounts():
        before, after = step.before.accounts.get(index), step.after.accounts.get(index)
        if before is not None and after is not None:
            yield from _frame_of_account(step, index, before, after, allowed)


def subaccount_isolation(step: Step) -> Iterator[str]:
    """Check that no account but the named ones changed, whoever owns it (CU-3, CU-10)."""
    if not step.is_accepted():
        return
    named = named_accounts(step)
    for index in step.changed_accounts():
        if index not in named:
            old, new = step.before.accounts.get(index), step.after.accounts.get(index)
            yield (
                f"account {index} changed, the action names {sorted(named)}: "
                f"{_holdings(old)} became {_holdings(new)}"
            )


def _holdings(account: AccountView | None) -> str:
    if account is None:
        return "nothing"
    return f"free {dict(account.free)} shares {dict(account.shares)} of user {account.user}"


def _lists(step: Step, symbol: str) -> bool:
    return isinstance(step.action, ListAsset) and step.action.asset == symbol


def _assets_named(step: Step) -> tuple[str, ...] | None:
    """Return the symbols an action may change; None if it may change all."""
    match step.action:
        case AdvanceTime() | SetAccountSettings():
            return None
        case ConfirmWithdrawal(withdrawal=index) | FailWithdrawal(withdrawal=index):
            asked = step.before.withdrawals.get(index)
            return (asked.asset,) if asked else ()
        case CompleteRebalance(rebalance=index):
            moved = step.before.rebalances.get(index)
            return (moved.asset,) if moved else ()
        case PlaceOrder(market=market) | ConvertDust(market=market):
            return _assets_of_market(step, market)
        case AmendOrder(order=index):
            order = step.before.orders.get(index)
            return _assets_of_market(step, order.market) if order else ()
        case Settle():
            return settled_assets(step)
        case _ if isinstance(step.action, (*OF_RISK, *OF_QUOTES)):
            return assets_of_risk(step)
        case action:
            symbol = getattr(action, "asset", None)
            return (symbol,) if symbol is not None else ()


def _assets_of_market(step: Step, symbol: str) -> tuple[str, ...] | None:
    limits = limits_of(step.before, symbol)
    if perpetual_of(step.before, symbol):
        return ()
    return (limits.base, limits.quote) if limits else None


def _frame_of_clock(step: Step) -> Iterator[str]:
    action = step.action
    time = action.time if isinstance(action, AdvanceTime) else step.before.time
    if step.after.time != time:
        yield f"time went from {step.before.time} to {step.after.time}, the action makes it {time}"
    for name in sorted(step.before.chains.keys() | step.after.chains.keys()):
        old, new = step.before.chains.get(name), step.after.chains.get(name)
        expected = old
        if isinstance(action, Deposit) and action.chain == name and old is not None:
            expected = old + 1
        if old is None and isinstance(action, ListAsset):
            expected = 1
        if new != expected:
            yield f"next sequence of {name} went from {old} to {new}, not to {expected}"


def _frame_of_requests(step: Step) -> Iterator[str]:
    action, before, after = step.action, step.before, step.after
    for index in changed(before.withdrawals, after.withdrawals):
        old, new = before.withdrawals.get(index), after.withdrawals.get(index)
        match action:
            case RequestWithdrawal():
                is_named = old is None and index == len(before.withdrawals)
            case ConfirmWithdrawal(withdrawal=named) | FailWithdrawal(withdrawal=named):
                is_pending = old is not None and old.status is RequestStatus.PENDING
                is_named = index == named and is_pending
            case _:
                is_named = False
        if not is_named or new is None:
            yield f"withdrawal {index} changed from {old} to {new}"
    for index in changed(before.rebalances, after.rebalances):
        sent, now = before.rebalances.get(index), after.rebalances.get(index)
        match action:
            case StartRebalance():
                is_named = sent is None and index == len(before.rebalances)
            case CompleteRebalance(rebalance=named):
                is_pending = sent is not None and sent.status is RequestStatus.PENDING
                is_named = index == named and is_pending
            case _:
                is_named = False
        if not is_named or now is None:
            yield f"rebalance {index} changed from {sent} to {now}"


def _frame_of_markets(step: Step) -> Iterator[str]:
    action, before, after = step.action, step.before.markets, step.after.markets
    for symbol in sorted(before.keys() | after.keys()):
        old, new = before.get(symbol), after.get(symbol)
        if old is None or new is None:
            is_listed = isinstance(action, ListMarket) and action.market == symbol
            is_listed |= lists_market(step, symbol)
            if old is not None or not is_listed:
                yield f"market {symbol} {'vanished' if old else 'appeared'}"
            continue
        allowed = _parts_named(step, symbol)
        for part in fields(old):
            was, now = getattr(old, part.name), getattr(new, part.name, None)
            if part.name not in allowed and was != now:
                was, now = (list(x) if isinstance(x, Sequence) else x for x in (was, now))
                yield f"market {symbol}: {part.name} went from {was} to {now}"


def _parts_named(step: Step, symbol: str) -> tuple[str, ...]:
    """Return the parts of a market that an action may change."""
    action = step.action
    if isinstance(action, (*OF_RISK, *OF_QUOTES)):
        return parts_of_risk(step, symbol)
    if isinstance(action, AdvanceTime):
        perpetual = perpetual_of(step.before, symbol)
        return ("parameters", "ramp") if perpetual and perpetual.ramp else ()
    named = getattr(action, "market", None)
    if isinstance(action, CancelOrder | AmendOrder):
        order = step.before.orders.get(action.order)
        named = order.market if order else None
    if named != symbol:
        return ()
    if perpetual_of(step.before, symbol) and (parts := perpetual_parts(step)) is not None:
        return parts
    match action:
        case PlaceOrder() | AmendOrder():
            return ("bids", "asks", "last_price")
        case CancelOrder() | CancelAllOrders():
            return ("bids", "asks")
        case SetMarketParameters(parameters=parameters):
            is_closed = parameters.order_book_state is OrderBookState.CLOSED
            return ("parameters", "bids", "asks") if is_closed else ("parameters",)
        case SetMarketReference():
            return ("index_price", "mean_mark_price", "mean_premium")
        case _:
            return ()


def _frame_of_orders(step: Step) -> Iterator[str]:
    for index in step.changed_orders():
        old, new = step.before.orders.get(index), step.after.orders.get(index)
        if old is None:
            is_named = isinstance(step.action, PlaceOrder)
        elif new is None:
            is_named = _may_end(step, index, old)
        else:
            fixed = replace(new, price=old.price, lots=old.lots, reserved=old.reserved) == old
            is_amended = isinstance(step.action, AmendOrder) and step.action.order == index
            is_shrunk = new.price == old.price and new.lots < old.lots and _is_worked(step, old)
            is_named = fixed and (is_amended or is_shrunk)
        if not is_named:
            yield f"order {index} changed from {old} to {new}"


def _may_end(step: Step, index: int, order: OrderView) -> bool:
    """Tell whether an action may end an open order."""
    match step.action:
        case CancelOrder(order=named):
            return named == index
        case AmendOrder(order=named):
            return named == index or _meets(step, order) or reduces_in(step, order)
        case CancelAllOrders(account=account, market=market):
            return (order.account, order.market) == (account, market)
        case (
            SetMarketParameters(market=market, parameters=parameters)
            | SetPerpetualParameters(market=market, parameters=parameters)
        ):
            is_closed = parameters.order_book_state is OrderBookState.CLOSED
            return is_closed and order.market == market
        case _:
            return _is_worked(step, order)


def _is_worked(step: Step, order: OrderView) -> bool:
    """Tell whether an action may trade an open order away, in part or as a whole."""
    return _meets(step, order) or reduces_in(step, order) or may_change_order(step, order)


def _meets(step: Step, resting: OrderView) -> bool:
    """Tell whether an action matches orders of the other side of a resting order's market."""
    match step.action:
        case PlaceOrder(market=market, side=side):
            return (market, opposite(side)) == (resting.market, resting.side)
        case AmendOrder(order=index) if index in step.before.orders:
            order = step.before.orders[index]
            return (order.market, opposite(order.side)) == (resting.market, resting.side)
        case _:
            return False


def _frame_of_account(
    step: Step,
    index: int,
    before: AccountView,
    after: AccountView,
    allowed: tuple[str, ...] | None,
) -> Iterator[str]:
    if before.user != after.user:
        yield f"account {index}: the user went from {before.user} to {after.user}"
    if before.settings != after.settings and not isinstance(step.action, SetAccountSettings):
        yield f"account {index}: settings went from {before.settings} to {after.settings}"
    if before.reserved != after.reserved and not isinstance(step.action, OF_ORDERS):
        yield (
            f"account {index}: reserved went from {dict(before.reserved)} to {dict(after.reserved)}"
        )
    yield from frame_of_positions(step, index, before, after)
    for name, old, new in (
        ("free", before.free, after.free),
        ("shares", before.shares, after.shares),
    ):
        for symbol in _changed_symbols(old, new):
            if allowed is not None and symbol not in allowed:
                values = f"{old.get(symbol, 0)} to {new.get(symbol, 0)}"
                yield f"account {index}: {name} of {symbol} went from {values}"


def _changed_symbols(old: Mapping[str, int], new: Mapping[str, int]) -> list[str]:
    return [name for name in sorted({*old, *new}) if old.get(name, 0) != new.get(name, 0)]


FRAME: Final[tuple[Invariant, ...]] = (
    step_invariant(
        frame_rule,
        "NT-9 CU-4 CU-6 CU-9 CU-11 MM-6 MM-16 SM-1 SM-2 SM-3 SM-10 SM-11 PP-2 PP-6 PP-8 ST-2 "
        "LQ-2 PG-1 PG-2 PG-3 GV-1 GV-2 GV-4",
        "An action changes only the assets, chains, requests, markets, orders, positions, "
        "parameters, backstops and settings that it names.",
    ),
    step_invariant(
        subaccount_isolation,
        "CU-3 CU-10 SM-7 SM-9 PP-9 ST-2 LQ-2 LQ-6 LQ-7 LQ-9 PG-4",
        "An action changes no account but those it names, whoever owns them; a paid withdrawal "
        "and an arrived rebalance also change the fees account, an order also fees and the makers "
        "that it meets; a settlement changes whoever has a position or is unsettled; a liquidation "
        "whoever its events name, and lenders where it closes a debt against lends.",
    ),
)
