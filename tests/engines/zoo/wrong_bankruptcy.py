"""Faults of the insurance, of bankruptcies and of the due list: what each has replaced."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ibperp import risk
from ibperp.numbers import INT128_MAX, mul_div_down
from ibperp.operations.effect import rejection
from ibperp.operations.liquidation import bankruptcy
from ibperp.operations.liquidation.ladder import liquidation_rejection, step
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.state import FEES, INSURANCE
from ibperp.valuation import held_atoms, settlement_asset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibperp.margin import Health
    from ibperp.operations.effect import Check, Effect
    from ibperp.state import State

_resolved, _claims = bankruptcy.resolved_bankruptcy, bankruptcy._claims
_insurance_paid, _fund_debt_ended = bankruptcy._insurance_paid, bankruptcy._fund_debt_ended
_pool_debt_ended, _spread = bankruptcy._pool_debt_ended, bankruptcy._spread


def _signs_ignored(*checks: Check) -> Rejected | None:
    return rejection(*(row for row in checks if row[1] is not RejectionCode.AMOUNT_NOT_POSITIVE))


def _no_checks(*_: Any) -> tuple[Check, ...]:
    return ()


def _never(*_: Any) -> tuple[Check, ...]:
    return ((False, RejectionCode.AMOUNT_TOO_SMALL),)


def _nothing(*_: Any) -> int:
    return 0


def _paid_without_limit(
    effect: Effect, account: int, asset: int, _budget: int
) -> tuple[Effect, int]:
    return _insurance_paid(effect, account, asset, INT128_MAX)


def _ended_without_limit(effect: Effect, account: int, _budget: int) -> Effect:
    return _fund_debt_ended(effect, account, INT128_MAX)


def _limited_anew(effect: Effect, account: int, asset: int, budget: int) -> tuple[Effect, int]:
    after, _ = _pool_debt_ended(effect, account, asset, budget)
    return after, budget


def _held_by_insurance(state: State) -> int:
    return held_atoms(state, state.accounts[INSURANCE], settlement_asset(state))


def _resolved_for_ever(state: State, account: int) -> Effect:
    system = replace(state.system, non_recourse=True)
    done = _resolved(replace(state, system=system), account)
    return replace(done, state=replace(done.state, system=state.system))


def _shared_alone(available: int, amounts: Sequence[int]) -> list[int]:
    """Round the part of every claim down by itself."""
    return [mul_div_down(available, amount, sum(amounts)) for amount in amounts]


def _without_positions(state: State) -> dict[int, int]:
    owed = {one: state.accounts[one].unsettled for (one,) in state.active}
    return {account: amount for account, amount in owed.items() if amount > 0}


def _without_system(state: State) -> dict[int, int]:
    system = {FEES, INSURANCE}
    return {own: amount for own, amount in _claims(state).items() if own not in system}


def _gross(state: State) -> dict[int, int]:
    """Return claims of all that accounts have won, whatever they lost elsewhere."""
    found = {}
    for (account,) in state.active:
        holder = state.accounts[account]
        gains = sum(max(bankruptcy._gain(state, own), 0) for own in holder.positions)
        found[account] = max(holder.unsettled, 0) + gains
    return {account: amount for account, amount in found.items() if amount > 0}


def _halved(effect: Effect, loss: int) -> Effect:
    return _spread(effect, mul_div_down(loss, 1, 2))


def _left_alone(state: State, account: int, *_: Any) -> Effect | None:
    return None if liquidation_rejection(state, account) else step(state, account)


def _by_equity(of: Health) -> int:
    return of.equity


BANKRUPTCY_FAULTS: Final[dict[str, tuple[tuple[Any, str, Any], ...]]] = {
    "gift_of_any_sign": ((bankruptcy, "rejection", _signs_ignored),),
    "gift_without_margin": ((bankruptcy, "margin_checks", _no_checks),),
    "gift_repays_nothing": ((bankruptcy, "repay_checks", _never),),
    "insurance_unlimited": (
        (bankruptcy, "_insurance_paid", _paid_without_limit),
        (bankruptcy, "_fund_debt_ended", _ended_without_limit),
    ),
    "limit_for_each_debt": ((bankruptcy, "_pool_debt_ended", _limited_anew),),
    "insurance_owes_nothing": ((bankruptcy, "resources", _held_by_insurance),),
    "insurance_keeps_lend": ((bankruptcy, "claim_of", _nothing),),
    "recourse_ignored": ((bankruptcy, "resolved_bankruptcy", _resolved_for_ever),),
    "loss_shared_alone": ((bankruptcy, "parts", _shared_alone),),
    "loss_halved": ((bankruptcy, "_spread", _halved),),
    "gains_spared": ((bankruptcy, "_claims", _without_positions),),
    "gains_in_gross": ((bankruptcy, "_claims", _gross),),
    "system_spared": ((bankruptcy, "_claims", _without_system),),
    "funding_in_claims": ((bankruptcy, "funding_due", _nothing),),
    "bankrupt_left_alone": ((bankruptcy, "worked_account", _left_alone),),
    "due_by_equity": ((risk, "urgency", _by_equity),),
}
"""What each wrong engine has replaced in the reference."""
