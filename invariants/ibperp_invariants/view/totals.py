"""The sums over accounts and requests that the invariants of every state compare with."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Final, TypeVar

from ibperp.state import RequestStatus
from ibperp_invariants.view.view import changed

if TYPE_CHECKING:
    from ibperp_invariants.view.view import AccountView, RebalanceView, View, WithdrawalView

S = TypeVar("S")

UNSETTLED: Final = ""
"""In place of a market: unsettled balances, in the sums of the fund."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over accounts and requests, by symbol and by (symbol, chain).

    By perpetual market: `lots`, `long_lots`; `indexed`, of lots times the funding index up to which
    they are settled; `virtual_lends`, `virtual_borrows`, shares; `fund`, of costs below zero, with
    all that is unsettled under the name of no market.
    """

    free: dict[str, int] = field(default_factory=dict)
    lend_shares: dict[str, int] = field(default_factory=dict)
    borrow_shares: dict[str, int] = field(default_factory=dict)
    pending: dict[tuple[str, str], int] = field(default_factory=dict)
    in_transit: dict[str, int] = field(default_factory=dict)
    lots: dict[str, int] = field(default_factory=dict)
    long_lots: dict[str, int] = field(default_factory=dict)
    indexed: dict[str, int] = field(default_factory=dict)
    fund: dict[str, int] = field(default_factory=dict)
    virtual_lends: dict[str, int] = field(default_factory=dict)
    virtual_borrows: dict[str, int] = field(default_factory=dict)


def totals_of(view: View) -> Totals:
    """Return the sums over all accounts and requests of a view."""
    totals = Totals()
    for account in view.accounts.values():
        _add_account(totals, account, 1)
    for withdrawal in view.withdrawals.values():
        _add_withdrawal(totals, withdrawal, 1)
    for rebalance in view.rebalances.values():
        _add_rebalance(totals, rebalance, 1)
    return totals


def totals_after(totals: Totals, before: View, after: View) -> Totals:
    """Return the sums of `after` from those of `before`, at the cost of what changed."""
    new = Totals(**{part.name: dict(getattr(totals, part.name)) for part in fields(Totals)})
    for sign, view in ((-1, before), (1, after)):
        for index in changed(before.accounts, after.accounts):
            if index in view.accounts:
                _add_account(new, view.accounts[index], sign)
        for index in changed(before.withdrawals, after.withdrawals):
            if index in view.withdrawals:
                _add_withdrawal(new, view.withdrawals[index], sign)
        for index in changed(before.rebalances, after.rebalances):
            if index in view.rebalances:
                _add_rebalance(new, view.rebalances[index], sign)
    return new


def _add(sums: dict[S, int], key: S, amount: int) -> None:
    total = sums.get(key, 0) + amount
    sums[key] = total
    if total == 0:
        del sums[key]


def _add_account(totals: Totals, account: AccountView, sign: int) -> None:
    for symbol, amount in account.free.items():
        _add(totals.free, symbol, sign * amount)
    for symbol, shares in account.shares.items():
        side = totals.lend_shares if shares > 0 else totals.borrow_shares
        _add(side, symbol, sign * abs(shares))
    _add(totals.fund, UNSETTLED, sign * account.unsettled)
    for symbol, own in account.positions.items():
        _add(totals.lots, symbol, sign * own.lots)
        _add(totals.long_lots, symbol, sign * max(own.lots, 0))
        _add(totals.indexed, symbol, sign * own.lots * own.funding_index)
        _add(totals.fund, symbol, -sign * own.cost)
        side = totals.virtual_lends if own.virtual > 0 else totals.virtual_borrows
        _add(side, symbol, sign * abs(own.virtual))


def _add_withdrawal(totals: Totals, withdrawal: WithdrawalView, sign: int) -> None:
    if withdrawal.status is RequestStatus.PENDING:
        _add(totals.pending, (withdrawal.asset, withdrawal.chain), sign * withdrawal.amount)


def _add_rebalance(totals: Totals, rebalance: RebalanceView, sign: int) -> None:
    if rebalance.status is RequestStatus.PENDING:
        _add(totals.in_transit, rebalance.asset, sign * rebalance.amount)
