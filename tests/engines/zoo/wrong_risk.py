"""Faults of liquidation, programs and governance, by name: what each has replaced."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ibperp import pool as kernel
from ibperp import ramps, ranking, relevance
from ibperp.feeds import ADMITTED, ActionClass, PriceLevel
from ibperp.numbers import RATIO, mul_div_down, mul_div_up
from ibperp.operations import effect
from ibperp.operations.governance import halts
from ibperp.operations.liquidation import backstop, bankruptcy, book, deleveraging, ladder
from ibperp.operations.programs import quotes
from ibperp.operations.spot_margin import checks
from ibperp.outcomes import RejectionCode
from ibperp.programs import QuoteStatus
from ibperp.risk import due_accounts
from ibperp.transition import OPERATIONS
from ibperp.valuation import collateral_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibperp.operations.effect import Check, Effect
    from ibperp.outcomes import Rejected
    from ibperp.programs import QuoteRequest
    from ibperp.state import Account, Pool, State

_due_checks = effect.due_checks
_liquidation_rejection = ladder.liquidation_rejection
_lenders, _written_off = deleveraging._lenders, kernel.written_off


def _due_before_reserved(state: State, account: int, *_: Any) -> Rejected | None:
    """Exchange two stages that follow: whether an account is due goes before what it is."""
    is_known = 0 <= account < len(state.accounts)
    due = effect.rejection(*_due_checks(state, account)) if is_known else None
    return due or _liquidation_rejection(state, account)


def _at_the_mark(price: int, *_: int, is_long: bool) -> int:  # noqa: ARG001
    return price


def _leaving_dust(size: int, fraction: int, minimum: int) -> int:
    return min(max(mul_div_up(size, fraction, RATIO), minimum), size)


def _unbounded_fee(value: int, ratio: int, _equity: int) -> int:
    return mul_div_up(value, ratio, RATIO)


def _rounded_down(total: int, weights: Sequence[int]) -> list[int]:
    return [mul_div_down(total, weight, sum(weights)) for weight in weights]


def _unused(begun: Effect, *_: Any) -> Effect:
    return begun


def _unranked(*_: int) -> tuple[int, int]:
    return 0, 0


def _at_the_zero_price(_price: int, zero: int, _bearable: int, *, is_long: bool) -> int:  # noqa: ARG001
    return zero


def _uninsured(_state: State, equity: int) -> int:
    return equity


def _with_haircuts(_state: State, _account: Account, equity: int) -> int:
    return equity


def _lenders_by_id(state: State, debtor: int, asset: int) -> list[int]:
    return sorted(_lenders(state, debtor, asset))


def _reserve_spared(pool: Pool, shares: int) -> tuple[Pool, int, int]:
    after, by_reserve, by_lenders = _written_off(pool, shares)
    spared = replace(after, reserve=after.reserve + by_reserve, lent=after.lent - by_reserve)
    return spared, 0, by_reserve + by_lenders


def _by_id(state: State) -> tuple[int, ...]:
    return tuple(sorted(due_accounts(state)))


def _without_grace(state: State, account: int, *_: Any) -> tuple[Check, ...]:
    checks = _due_checks(state, account)
    return tuple(check for check in checks if check[1] is not RejectionCode.LIQUIDATION_PAUSED)


def _whatever(*_: Any) -> bool:
    return True


def _never_over(_state: State, request: QuoteRequest) -> bool:
    return request.status is QuoteStatus.OPEN


def _at_once(ramp: Any, *_: int) -> Any:
    return ramp.target


_LOOSE: Final = {of: levels | {PriceLevel.DEVIATING} for of, levels in ADMITTED.items()}
_FLOOR_TAKEN: Final = {of: levels | {PriceLevel.AT_FLOOR} for of, levels in ADMITTED.items()}
_STRICT: Final = {**ADMITTED, ActionClass.LIQUIDATION: frozenset({PriceLevel.VALID})}


def _admitting(levels: object) -> tuple[tuple[Any, str, Any], ...]:
    return tuple((module, "ADMITTED", levels) for module in (effect, relevance))


RISK_FAULTS: Final[dict[str, tuple[tuple[Any, str, Any], ...]]] = {
    "stages_exchanged": (
        (ladder, "liquidation_rejection", _due_before_reserved),
        (bankruptcy, "liquidation_rejection", _due_before_reserved),
    ),
    "zero_price_is_the_mark": ((checks, "zero_price", _at_the_mark),),
    "takeover_at_the_mark": ((backstop, "zero_price", _at_the_mark),),
    "liquidation_dust_left": ((book, "step_size", _leaving_dust),),
    "liquidation_fee_unbounded": ((book, "bounded_fee", _unbounded_fee),),
    "portions_rounded_down": ((backstop, "portions", _rounded_down),),
    "unsafe_provider_takes": ((backstop, "_is_safe", _whatever),),
    "capacity_never_used": ((backstop, "_used", _unused),),
    "deleveraged_by_id": ((ranking, "deleverage_rank", _unranked),),
    "deleveraged_beyond_bearing": ((deleveraging, "borne_price", _at_the_zero_price),),
    "winners_before_insurance": ((deleveraging, "insured_equity", _uninsured),),
    "winners_pay_for_haircuts": ((deleveraging, "lacking", _with_haircuts),),
    "lenders_by_id": ((deleveraging, "_lenders", _lenders_by_id),),
    "reserve_spared": ((kernel, "written_off", _reserve_spared),),
    "due_by_id": ((bankruptcy, "due_accounts", _by_id),),
    "grace_ignored": (
        (ladder, "due_checks", _without_grace),
        (quotes, "due_checks", _without_grace),
    ),
    "deviating_price_serves": _admitting(_LOOSE),
    "floor_price_serves": _admitting(_FLOOR_TAKEN),
    "deviating_price_saves": _admitting(_STRICT),
    "unpriced_by_haircut": ((relevance, "worth_of", collateral_of),),
    "ramp_at_once": ((ramps, "margins_at", _at_once),),
    "halt_stops_nothing": ((halts, "ADMITTED_WHILE_HALTED", frozenset(OPERATIONS)),),
    "request_never_over": ((quotes, "is_open", _never_over),),
}
