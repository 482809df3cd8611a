"""Faults of perpetuals and settlement, by name: what each has replaced in the reference."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ibperp import funding, portfolio, position
from ibperp import pool as kernel
from ibperp.events import Reason, SettlementSource
from ibperp.numbers import INT128_MAX, mul_div_down, mul_div_up
from ibperp.open_orders import firm_atoms
from ibperp.operations import effect
from ibperp.operations.perpetuals import markets, perpetual_trade
from ibperp.operations.settlement import clearing, settle
from ibperp.operations.settlement.clearing import Clearing, Sheet
from ibperp.state import FEES, Perpetual, position_of, with_market
from ibperp.valuation import ended_debt, settlement_value, unpaid_atoms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ibperp.margin import Health
    from ibperp.operations.effect import Effect
    from ibperp.operations.spot_margin.trade import Trade
    from ibperp.parameters import FundingPart
    from ibperp.position import Position
    from ibperp.state import Account, State

_filled, _funding_due = position.filled, position.funding_due
_credited, _exchanged = perpetual_trade.credited_unsettled, perpetual_trade.exchanged_positions
_part_due, _mark_of = funding.part_due, funding.mark_of
_health, _position_line = portfolio._health, portfolio._position_line
_pay_in, _pay_out = Clearing.pay_in, Clearing.pay_out
_ending = settle._ending


def _filled_rounding_away(held: Position, lots: int, price: int) -> tuple[Position, int]:
    after, gain = _filled(held, lots, price)
    is_adding = held.lots * lots >= 0
    closed, before = min(abs(held.lots), abs(lots)), max(abs(held.lots), 1)
    parts = (each(held.cost, closed, before) for each in (mul_div_down, mul_div_up))
    down, up = (0, 0) if is_adding else parts
    return after, gain - (up - down)


def _filled_keeping_cost(held: Position, lots: int, price: int) -> tuple[Position, int]:
    after, gain = _filled(held, lots, price)
    flipped = after.lots * held.lots < 0
    return replace(after, cost=after.cost + held.cost) if flipped else after, gain


def _credited_but_fees(
    eff: Effect, account: int, market: int, amount: int, source: SettlementSource
) -> Effect:
    if account == FEES and source is SettlementSource.TRADING_FEES:
        return eff
    return _credited(eff, account, market, amount, source)


def _untouched(eff: Effect, account: int, market: int) -> tuple[Effect, Position]:
    return eff, position_of(eff.state.accounts[account], market)


def _opposite_funding(held: Position, index: int) -> int:
    return -_funding_due(held, index)


def _exchanged_but_interest(eff: Effect, market: Perpetual, trade: Trade) -> Any:
    done = _exchanged(eff, market, trade)
    if not isinstance(done, effect.Effect):
        return done
    books = done.state.markets[trade.market]
    assert isinstance(books, Perpetual)
    stale = replace(books, open_interest=market.open_interest)
    return done.noted(with_market(done.state, trade.market, stale))


def _exchanged_without(limit: str) -> Callable[..., Any]:
    def exchanged(eff: Effect, market: Perpetual, trade: Trade) -> Any:
        limits: Any = {limit: INT128_MAX}
        parameters = replace(market.parameters, **limits)
        return _exchanged(eff, replace(market, parameters=parameters), trade)

    return exchanged


def _mark_with_basis(*inputs: Any, post_only: bool) -> int | None:
    del post_only
    return _mark_of(*inputs, post_only=False)


def _rate_unbounded(premium: int, part: FundingPart) -> int:
    return _part_due(premium, replace(part, funding_floor=-INT128_MAX, funding_cap=INT128_MAX))


def _rate_unclamped(premium: int, part: FundingPart) -> int:
    return _part_due(premium, replace(part, interest_clamp=INT128_MAX))


def _without_funding(eff: Effect, _: int) -> Effect:
    return eff


def _terms_at_once(market: Perpetual, *_: Any) -> Perpetual:
    return market


def _missed_charged(start: int, _end: int, time: int, _interval: int) -> int:
    return time - start


def _position_line_without_orders(state: State, account: Account, index: int) -> Any:
    return _position_line(state, replace(account, orders=()), index)


def _health_but_unsettled(state: State, account: Account, *lines: Any, **how: Any) -> Health:
    whole = _health(state, account, *lines, **how)
    if account.unsettled == 0:
        return whole
    return replace(whole, equity=whole.equity - settlement_value(state, account.unsettled))


def _in_full(_available: int, amounts: Sequence[int]) -> list[int]:
    return list(amounts)


def _shared_alone(available: int, amounts: Sequence[int]) -> list[int]:
    """Round the part of every claim down by itself."""
    return [mul_div_down(available, amount, sum(amounts)) for amount in amounts]


def _borrowed_first(self: Clearing, sheet: Sheet, due: int, *, may_borrow: bool) -> int:
    firm = firm_atoms(self.state, sheet.account, self.asset)
    paid = _pay_in(self, sheet, min(sheet.free - firm, due), may_borrow=False)
    if may_borrow and paid < due and self._borrows(sheet, due - paid, paid):
        self.paid_in += due - paid
        return due
    return paid + _pay_in(self, sheet, due - paid, may_borrow=False)


def _paid_beside_debt(self: Clearing, sheet: Sheet, amount: int) -> None:
    if not self.debt(sheet) or amount > self.pool.cash:
        _pay_out(self, sheet, amount)
        return
    if amount:
        self._post(sheet, amount, Reason.SETTLEMENT, is_debit=False)
    self.paid_out += amount
    self.settle(sheet, amount)


def _borrowed_virtually(self: Clearing, sheet: Sheet, market: int, amount: int) -> None:
    shares = kernel.borrow_shares_minted(self.pool, amount)
    pool, source = kernel.borrow(self.pool, amount, shares), SettlementSource.VIRTUAL_LOSS
    self.paid_in += amount
    held = self.position(sheet, market)
    self._moved(sheet, held, pool, shares=-shares, amount=-amount, source=source)


def _smallest_first(debt: settle.VirtualDebt) -> tuple[int, int, int]:
    return debt.amount, debt.sheet.index, debt.market


def _kept_when_flat(sheet: Sheet, held: Position) -> SettlementSource | None:
    return _ending(sheet, held) if held.lots else None


def _kept_when_automatic(sheet: Sheet, held: Position) -> SettlementSource | None:
    return None if held.lots else _ending(sheet, held)


def _culled_by_borrowing(
    books: Clearing, debt: settle.VirtualDebt, amount: int, source: SettlementSource
) -> int:
    paid = books.pay_in(debt.sheet, amount, may_borrow=True) if amount > 0 else 0
    books.give_virtually(debt.sheet, debt.market, paid, source)
    return paid


def _nothing(*_: Any) -> int:
    return 0


def _ended_and_unpaid(state: State, account: Account) -> int:
    return ended_debt(state, account) + unpaid_atoms(account)


def _unresized(eff: Effect, *_: Any) -> Effect:
    return eff


def _all_true(*_: Any) -> bool:
    return True


def _as_it_is(value: int, *_: int) -> int:
    return value


def _as_asked(_: int, asked: int, *__: int) -> int:
    return asked


PERPETUAL_FAULTS: Final[dict[str, tuple[tuple[Any, str, Any], ...]]] = {
    "cost_rounded_away": ((position, "filled", _filled_rounding_away),),
    "flip_keeps_cost": ((position, "filled", _filled_keeping_cost),),
    "trading_fee_to_nobody": ((perpetual_trade, "credited_unsettled", _credited_but_fees),),
    "funding_not_on_touch": (
        (perpetual_trade, "funded_position", _untouched),
        (markets, "funded_position", _untouched),
    ),
    "funding_sign_turned": tuple(
        (module, "funding_due", _opposite_funding) for module in (position, portfolio, settle)
    ),
    "open_interest_stale": ((perpetual_trade, "exchanged_positions", _exchanged_but_interest),),
    "position_limit_ignored": (
        (perpetual_trade, "exchanged_positions", _exchanged_without("position_limit")),
    ),
    "open_interest_limit_ignored": (
        (perpetual_trade, "exchanged_positions", _exchanged_without("open_interest_limit")),
    ),
    "reduce_only_not_resized": ((perpetual_trade, "resized_orders", _unresized),),
    "mark_threshold_ignored": ((funding, "bounded_mark", _as_it_is),),
    "mark_limit_ignored": ((markets, "limited_price", _as_asked),),
    "post_only_mark_by_basis": ((funding, "mark_of", _mark_with_basis),),
    "funding_unbounded": ((funding, "part_due", _rate_unbounded),),
    "funding_terms_at_once": ((markets, "_with_terms", _terms_at_once),),
    "missed_intervals_charged": ((funding, "seconds_to_charge", _missed_charged),),
    "market_closed_without_funding": ((markets, "_last_funding", _without_funding),),
    "interest_unclamped": ((funding, "part_due", _rate_unclamped),),
    "position_orders_ignored": ((portfolio, "_position_line", _position_line_without_orders),),
    "gains_in_full": ((portfolio, "counted_gain", _as_it_is),),
    "fund_debt_not_required": (
        (portfolio, "unpaid_atoms", _nothing),
        (portfolio, "ended_debt", _nothing),
    ),
    "fund_debt_beside_cash": (
        (portfolio, "unpaid_atoms", _nothing),
        (portfolio, "ended_debt", _ended_and_unpaid),
    ),
    "unsettled_left_out": ((portfolio, "_health", _health_but_unsettled),),
    "winners_in_full": ((settle, "parts", _in_full),),
    "shared_alone": ((settle, "parts", _shared_alone),),
    "borrowed_before_redeemed": ((Clearing, "pay_in", _borrowed_first),),
    "receiver_keeps_debt": ((Clearing, "pay_out", _paid_beside_debt),),
    "virtual_lend_skipped": ((Clearing, "take_virtually", _borrowed_virtually),),
    "culled_smallest_first": ((settle, "_largest_first", _smallest_first),),
    "culled_by_borrowing": ((settle, "_cull", _culled_by_borrowing),),
    "virtual_kept_when_flat": ((settle, "_ending", _kept_when_flat),),
    "virtual_kept_when_automatic": ((settle, "_ending", _kept_when_automatic),),
    "firm_orders_settled": ((clearing, "firm_atoms", _nothing),),
    "settlement_fee_forgotten": ((clearing, "entry_fee_of", _nothing),),
    "settlement_margin_ignored": ((clearing, "is_admissible", _all_true),),
}
