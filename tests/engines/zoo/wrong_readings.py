"""Faults that are other readings of the text: entries of the register of ambiguities."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ibperp.events import BankruptcyResolved, Liability, Reason
from ibperp.operations.liquidation import bankruptcy, ladder
from ibperp.operations.liquidation.handover import Handover
from ibperp.operations.spot_margin import orders
from ibperp.operations.spot_margin.checks import order_checks
from ibperp.state import with_account

if TYPE_CHECKING:
    from ibperp.operations.effect import Check
    from ibperp.state import Order, State


def _in_no_asset(account: int, asset: int, liability: Liability, *amounts: int) -> Any:
    """CF-5: the fund is in no asset."""
    told = BankruptcyResolved(account, asset, liability, *amounts)
    return replace(told, asset=None) if liability is Liability.FUND else told  # type: ignore[arg-type]


def _with_its_own_lots(state: State, order: Order) -> tuple[Check, ...]:
    """SM-4: the lots of an amended order count among the resting ones."""
    for index, stored in enumerate(state.orders):
        if stored == order:
            holder = state.accounts[order.account]
            holder = replace(holder, orders=(*holder.orders, index))
            state = with_account(state, order.account, holder)
    return order_checks(state, order)


def _as_insurance_payment(giver: int, taker: int, _reason: Reason) -> Handover:
    """LQ-3: a lend passes to the insurance with the reason of its payments."""
    return Handover(giver, taker, Reason.INSURANCE)


READING_FAULTS: Final[dict[str, tuple[tuple[Any, str, Any], ...]]] = {
    "fund_in_no_asset": ((bankruptcy, "BankruptcyResolved", _in_no_asset),),
    "amended_lots_counted": ((orders, "order_checks", _with_its_own_lots),),
    "passed_as_insurance": ((ladder, "Handover", _as_insurance_payment),),
}
"""What each wrong engine has replaced in the reference."""
