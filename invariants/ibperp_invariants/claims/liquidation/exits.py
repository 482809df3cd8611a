"""Invariants of the ways out: of a debt, of the system, and of a market that closes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import Repay, RequestWithdrawal, SetPerpetualParameters, SettleMarket
from ibperp.fill import Fill
from ibperp.numbers import in_range, remainder
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.parameters import OrderBookState
from ibperp.pool import debt
from ibperp.state import FEES, INSURANCE
from ibperp.transition import transition
from ibperp_invariants.step.step import step_invariant
from ibperp_invariants.view.view import perpetual_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.actions import Action
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.view import AccountView, View

WINDING_DOWN: Final = {
    OrderBookState.REDUCE_ONLY,
    OrderBookState.CANCEL_ONLY,
    OrderBookState.CLOSED,
}
"""The states of a book in which nobody opens a position."""


def exits_are_open(step: Step) -> Iterator[str]:
    """Check that debts can be repaid, and free atoms leave, whatever prices are (MM-14, CU-5).

    Of the reference it is tried on the state after, for the accounts that changed.
    """
    action = step.action
    if isinstance(action, Repay | RequestWithdrawal):
        yield from _refused(step)
    if not step.is_accepted():
        return
    if isinstance(action, Repay) and action.amount is None:
        left = step.after.accounts[action.account].shares.get(action.asset, 0)
        if left:
            yield f"account {action.account} repaid all {action.asset}, and has {left} shares"
    for account in step.changed_accounts() if step.index else ():
        for exit_ in _exits(step.after, account):
            yield from _barred(step, exit_)


def closed_market_settles(step: Step) -> Iterator[str]:
    """Check that a closed market can be settled, and that nothing is open afterwards (PP-9)."""
    action = step.action
    if isinstance(action, SettleMarket):
        yield from _refused(step)
    if not step.is_accepted() or not isinstance(action, SettleMarket | SetPerpetualParameters):
        return
    market = perpetual_of(step.after, action.market)
    if market is None:
        return
    if isinstance(action, SettleMarket) and market.open_interest:
        yield f"{action.market}: {market.open_interest} lots are open after its settlement"
    yield from _barred(step, SettleMarket(action.market, market.mark_price))


def winding_down_only_shrinks(step: Step) -> Iterator[str]:
    """Check that no lots are opened in a market that only reduces, or is closed (PP-2, PP-5).

    The state of a market is judged by the book that a fill comes from (CF-11).
    """
    if isinstance(step.action, Fill):
        return
    for symbol in step.touched_markets:
        old, new = (perpetual_of(view, symbol) for view in (step.before, step.after))
        if old is None or new is None or new.open_interest <= old.open_interest:
            continue
        if old.parameters and old.parameters.order_book_state in WINDING_DOWN:
            state = old.parameters.order_book_state
            yield f"{symbol}, {state}: {old.open_interest} lots became {new.open_interest}"


def _refused(step: Step) -> Iterator[str]:
    """Yield an action that was refused and must not be, except for its result's range (NT-7)."""
    is_refused = step.code not in {None, RejectionCode.OUT_OF_RANGE.value}
    if is_refused and _must_pass(step.before, step.action):
        yield f"{step.action} was refused with {step.code} at {step.before.time}"


def _barred(step: Step, action: Action) -> Iterator[str]:
    """Yield an action that must pass after a step of the reference, and does not."""
    if step.index is None or not _must_pass(step.after, action):
        return
    try:
        outcome = transition(step.index.state, action)
    except AssertionError:
        yield f"{action} would find a broken state at {step.after.time}"
        return
    if isinstance(outcome, Rejected) and outcome.code is not RejectionCode.OUT_OF_RANGE:
        yield f"{action} would be refused with {outcome.code} at {step.after.time}"


def _exits(view: View, account: int) -> Iterator[Action]:
    """Yield the repayment of each debt, and the largest withdrawal of each asset and chain."""
    holder = view.accounts[account]
    for symbol, shares in holder.shares.items():
        if shares < 0:
            yield Repay(account, symbol, None)
    for symbol, free in holder.free.items():
        asset = view.assets[symbol]
        for limits in asset.parameters.tokens if asset.parameters else ():
            token = asset.tokens[limits.chain]
            amount = min(free, limits.maximum_withdrawal, token.custody - token.pending)
            amount -= remainder(amount, limits.native_unit)
            yield RequestWithdrawal(
                account, symbol, limits.chain, amount, auto_lend_redeem=False, auto_borrow=False
            )


def _must_pass(view: View, action: Action | Fill) -> bool:
    """Tell whether an action leads out and has all that it needs, so that nothing may refuse it."""
    match action:
        case Repay(account=account, asset=symbol, amount=None):
            holder = _owner(view, account)
            shares = holder.shares.get(symbol, 0) if holder else 0
            if holder is None or shares >= 0:
                return False
            available = holder.free.get(symbol, 0) - holder.reserved.get(symbol, 0)
            return available >= debt(view.assets[symbol].pool, -shares)
        case RequestWithdrawal(account=account):
            holder = _owner(view, account)
            is_free = holder is not None and _owes_nothing(holder) and not view.is_halted
            return is_free and _is_payable(view, action)
        case SettleMarket(market=symbol, price=price):
            market = perpetual_of(view, symbol)
            limits = market.parameters if market else None
            is_closed = limits is not None and limits.order_book_state is OrderBookState.CLOSED
            return is_closed and price > 0 and in_range(price) and not view.is_halted
        case _:
            return False


def _owner(view: View, account: int) -> AccountView | None:
    return None if account in {FEES, INSURANCE} else view.accounts.get(account)


def _owes_nothing(holder: AccountView) -> bool:
    is_flat = not (holder.orders or holder.positions)
    return is_flat and min((0, holder.unsettled, *holder.shares.values())) == 0


def _is_payable(view: View, action: RequestWithdrawal) -> bool:
    """Tell whether free atoms cover a withdrawal that the chain takes and can pay (CU-5)."""
    asset, amount = view.assets.get(action.asset), action.amount
    for limits in asset.parameters.tokens if asset and asset.parameters else ():
        if asset and limits.chain == action.chain:
            token = asset.tokens[limits.chain]
            most = min(
                view.accounts[action.account].free.get(action.asset, 0),
                limits.maximum_withdrawal,
                token.custody - token.pending,
            )
            is_whole = remainder(amount, limits.native_unit) == 0
            return is_whole and max(limits.minimum_withdrawal, 1) <= amount <= most
    return False


EXITS: Final[tuple[Invariant, ...]] = (
    step_invariant(
        exits_are_open,
        "MM-14 CU-5 PF-8",
        "An account with enough free atoms may repay all of a debt, and then owes nothing of it; "
        "an account without debts may withdraw its free balance, as far as a chain holds it.",
    ),
    step_invariant(
        closed_market_settles,
        "PP-2 PP-9",
        "A closed market can be settled at any price, and has no open lots afterwards.",
    ),
    step_invariant(
        winding_down_only_shrinks,
        "PP-2 PP-4 PP-5",
        "The open interest of a market that only reduces, or that is closed, never rises.",
    ),
)
