"""Faults of the ladder of liquidation and of its rungs: what each has replaced."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

from ibperp import liquidation as kernel
from ibperp import ranking
from ibperp.events import OrderEnd
from ibperp.margin import Health
from ibperp.numbers import RATIO, mul_div_down, mul_div_up
from ibperp.operations import effect
from ibperp.operations.liquidation import backstop, book, deleveraging, handover, ladder
from ibperp.operations.money_market.moves import free_of
from ibperp.operations.perpetuals.perpetual_trade import credited_unsettled
from ibperp.operations.programs import quotes
from ibperp.operations.spot_margin import checks
from ibperp.operations.spot_margin.checks import mark_price
from ibperp.operations.spot_margin.resting import ended_order
from ibperp.orders import SelfTradePrevention
from ibperp.portfolio import valuation
from ibperp.risk import exposures_of
from ibperp.state import INSURANCE, position_of
from ibperp.valuation import collateral_of

if TYPE_CHECKING:
    from ibperp.operations.effect import Effect
    from ibperp.portfolio import Valuation
    from ibperp.position import Position
    from ibperp.risk import Exposure, Failing
    from ibperp.state import Account, Pool, State

_step, _holdings, _zero_price = ladder.step, handover.holdings, kernel.zero_price
_reduce, _request, _backstop, _deleverage = ladder.RUNGS


def _ended_by_owner(begun: Effect, index: int, _reason: Any) -> Effect:
    return ended_order(begun, index, OrderEnd.CANCELLED)


def _as_begun(begun: Effect, *_: Any) -> Effect:
    return begun


def _netted(pool: Pool, first: int, second: int) -> tuple[Pool, int]:
    return pool, first + second


def _step_by_exposure(state: State, account: int, *more: Any) -> Effect | None:
    """Do the ladder of the first exposure to its end before the next one is looked at."""
    for exposure in exposures_of(valuation(state, state.accounts[account])):
        with mock.patch.object(ladder, "exposures_of", return_value=(exposure,)):
            done = _step(state, account, *more)
        if done is not None:
            return done
    return _step(state, account, *more)


def _smallest_first(account: Valuation) -> tuple[Exposure, ...]:
    return tuple(reversed(exposures_of(account)))


def _by_listing(account: Valuation) -> tuple[Exposure, ...]:
    return tuple(
        sorted(exposures_of(account), key=lambda exposure: (exposure.is_position, exposure.index))
    )


def _reduce_until_nothing(begun: Effect, failing: Failing, exposure: Exposure) -> Effect | None:
    health = replace(failing.health, auto_close=min(failing.health.auto_close, 0))
    return _reduce(begun, replace(failing, health=health), exposure)


def _limit_without_fee(state: State, of: Health, place: int, side: Any) -> int:
    mark = mark_price(state, state.markets[place]) or 0
    return _zero_price(mark, of.equity, of.exposure, is_long=side is not side.BID)


def _always(*_: Any) -> bool:
    return True


def _never(*_: Any) -> bool:
    return False


def _nothing(*_: Any) -> None:
    return None


class _RejectTaker:
    REJECT_MAKER = SelfTradePrevention.REJECT_TAKER


def _credited_but_insurance(begun: Effect, account: int, *more: Any) -> Effect:
    return begun if account == INSURANCE else credited_unsettled(begun, account, *more)


def _even(*_: Any) -> int:
    return 0


_none_freed = _even


def _holdings_by_listing(state: State, account: Account) -> list[int]:
    return sorted(_holdings(state, account))


def _untouched(begun: Effect, account: int, market: int) -> tuple[Effect, Position]:
    return begun, position_of(begun.state.accounts[account], market)


def _fraction_down(size: int, fraction: int, minimum: int) -> int:
    part = max(mul_div_down(size, fraction, RATIO), minimum)
    return size if size - part < minimum else part


def _fee_down(value: int, ratio: int, equity: int) -> int:
    return min(mul_div_down(value, ratio, RATIO), max(equity, 0))


def _zero_price_up(price: int, equity: int, exposure: int, *, is_long: bool) -> int:
    share = mul_div_up(price, equity, exposure)
    return max(price - share if is_long else price + share, 1)


def _by_profit_alone(gain: int, cost: int, _exposure: int, equity: int) -> tuple[int, int]:
    return (2, 0) if equity <= 0 else (0, -mul_div_down(gain, RATIO, max(cost, 1)))


def _strictly_below(health: Health) -> bool:
    return health.exposure > 0 and health.equity < health.maintenance


LIQUIDATION_FAULTS: Final[dict[str, tuple[tuple[Any, str, Any], ...]]] = {
    "safe_at_maintenance": ((effect, "is_liquidatable", _strictly_below),),
    "orders_end_as_by_owner": ((ladder, "ended_order", _ended_by_owner),),
    "own_money_kept": ((ladder, "_paid_own", _as_begun),),
    "virtual_shares_left": ((ladder, "assumed_shares", _as_begun),),
    "lend_beside_debt": ((handover, "merged", _netted),),
    "exposure_by_exposure": ((ladder, "step", _step_by_exposure),),
    "deleveraged_before_backstop": (
        (ladder, "RUNGS", (_reduce, _request, _deleverage, _backstop)),
    ),
    "smallest_exposure_first": ((ladder, "exposures_of", _smallest_first),),
    "exposures_by_listing": ((ladder, "exposures_of", _by_listing),),
    "book_below_auto_close": (
        (ladder, "RUNGS", (_reduce_until_nothing, _request, _backstop, _deleverage)),
    ),
    "lender_made_due": ((deleveraging, "_is_due", _never),),
    "old_bound_serves": ((quotes, "_serves_now", _always),),
    "limit_without_fee": ((book, "limit_price", _limit_without_fee),),
    "paused_book_used": ((book, "is_tradable", _always),),
    "stopped_by_own_bid": ((book, "SelfTradePrevention", _RejectTaker),),
    "liquidation_fee_to_nobody": ((book, "credited_unsettled", _credited_but_insurance),),
    "liquidation_fee_down": ((book, "bounded_fee", _fee_down),),
    "fraction_down": ((book, "step_size", _fraction_down),),
    "lend_not_reached": ((book, "_reachable", free_of),),
    "request_again": ((book, "is_open", _never),),
    "zero_price_to_winner": tuple(
        (module, "zero_price", _zero_price_up) for module in (checks, backstop, deleveraging)
    ),
    "leverage_not_ranked": ((ranking, "deleverage_rank", _by_profit_alone),),
    "collateral_by_listing": ((handover, "holdings", _holdings_by_listing),),
    "sale_not_compared": ((book, "urgency", _even),),
    "sale_by_listing": ((book, "freed_by", _none_freed),),
    "paid_by_haircut": ((handover, "worth_of", collateral_of),),
    "moved_without_funding": ((handover, "funded_position", _untouched),),
    "moved_without_resizing": ((handover, "resized_orders", _as_begun),),
    "insurance_before_lenders": ((deleveraging, "_lends_deleveraged", _nothing),),
}
