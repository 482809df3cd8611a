"""Which accounts an action may change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.actions import (
    AmendOrder,
    CompleteRebalance,
    ConfirmWithdrawal,
    ConvertDust,
    FailWithdrawal,
    FundInsurance,
    PlaceOrder,
    SetMarketParameters,
    SetPerpetualParameters,
    Settle,
    SettleMarket,
    Transfer,
)
from ibperp.state import FEES, INSURANCE
from ibperp_invariants.frame.risk import accounts_of_risk
from ibperp_invariants.step.step import is_settled, owner_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibperp_invariants.step.step import Step
    from ibperp_invariants.view.view import PositionView, View


def named_accounts(step: Step) -> set[int]:
    """Return the accounts that an action may change: its own, fees, and those of other orders."""
    action, withdrawals = step.action, step.before.withdrawals
    owner = owner_of(action)
    named = set() if owner is None else {owner}
    match action:
        case Transfer(receiver=receiver):
            named.add(receiver)
        case ConfirmWithdrawal() | CompleteRebalance() | ConvertDust():
            named.add(FEES)
        case FailWithdrawal(withdrawal=index) if index in withdrawals:
            named.add(withdrawals[index].account)
        case PlaceOrder() | AmendOrder():
            named |= {FEES, *_owners_of_changed_orders(step)}
        case SetMarketParameters() | SetPerpetualParameters():
            named |= _owners_of_changed_orders(step)
        case SettleMarket(market=symbol):
            named |= {n for n in step.changed_accounts() if symbol in _positions(step.before, n)}
        case Settle():
            named |= {n for n in step.changed_accounts() if is_settled(step.before, n)}
        case FundInsurance():
            named.add(INSURANCE)
        case _:
            named |= accounts_of_risk(step)
    return named


def _positions(view: View, account: int) -> Mapping[str, PositionView]:
    holder = view.accounts.get(account)
    return holder.positions if holder else {}


def _owners_of_changed_orders(step: Step) -> set[int]:
    orders = step.before.orders
    return {orders[index].account for index in step.changed_orders() if index in orders}
