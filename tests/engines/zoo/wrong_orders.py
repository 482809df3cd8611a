"""Faults of margin, orders and trades, by name: what each has replaced."""

from __future__ import annotations

from dataclasses import replace
from math import isqrt
from typing import TYPE_CHECKING, Any, Final

from ibperp import book, feeds, margin, open_orders, portfolio, valuation
from ibperp.events import OrderEnded
from ibperp.numbers import INT128_MAX, RATIO, mul_div_down, mul_div_up
from ibperp.operations import effect
from ibperp.operations.custody import accounts, assets
from ibperp.operations.money_market import moves
from ibperp.operations.spot_margin import checks as order_checks
from ibperp.operations.spot_margin import matching, orders, spot_trade
from ibperp.orders import Side
from ibperp.outcomes import Outcome, Rejected, RejectionCode
from ibperp.parameters import HaircutKind
from ibperp.state import at

if TYPE_CHECKING:
    from ibperp.operations.spot_margin.trade import Trade
    from ibperp.state import Account, Book, Order, State

_rejection = effect.rejection
_collateral_value = margin.collateral_value
_requirement = margin.requirement
_line = portfolio._line
_order_checks = order_checks.order_checks
_rested, _removed = book.rested, book.removed
_parties, _met, _swept = spot_trade._parties, matching._met, moves.swept
_received, _shrunk = spot_trade._received, orders._shrunk


def _value_without_haircut(
    haircut: Any, amount: int, price: int, lot_atoms: int, quote_unit: int
) -> int:
    del haircut, quote_unit
    return mul_div_down(amount, price, lot_atoms)


def _listed_weight_alone(
    haircut: Any, amount: int, price: int, lot_atoms: int, quote_unit: int
) -> int:
    flat = replace(haircut, kind=HaircutKind.IDENTITY)
    return _collateral_value(flat, amount, price, lot_atoms, quote_unit)


def _owed_down(amount: int, price: int, lot_atoms: int) -> int:
    return mul_div_down(amount, price, lot_atoms)


def _signed_loss(delivered: int, received: int) -> int:
    return delivered - received


def _base_requirement(notional: int, base: int, factor: int, quote_unit: int) -> int:
    del factor
    return _requirement(notional, base, 0, quote_unit)


def _line_without_orders(
    state: State, account: Account, asset: int, settled: int | None
) -> portfolio.Line:
    return _line(state, replace(account, reserved=()), asset, settled)


def _half_maintenance(notional: int, maintenance: int, divisor: int, offset: int) -> int:
    del notional, offset
    return mul_div_up(maintenance, RATIO, divisor)


def _always_true(*_: Any) -> bool:
    return True


def _limited_inward(previous: int, asked: int, low: int, high: int) -> int:
    if previous == 0:
        return asked
    floor = max(mul_div_up(previous, low, RATIO), 1)
    return min(max(asked, floor), mul_div_down(previous, high, RATIO))


def _free_of(state: State, account: int, asset: int) -> int:
    return at(state.accounts[account].free, asset)


def _rested_by_id(books: Book, index: int, order: Order) -> Book:
    return _rested(books, index, replace(order, sequence=index))


def _removed_by_id(books: Book, index: int, order: Order) -> Book:
    return _removed(books, index, replace(order, sequence=index))


def _parties_without_maker_fee(market: Any, trade: Trade) -> Any:
    makers, takers = _parties(market, trade)
    delivered = makers.delivered - (max(makers.fee, 0) if makers.side is Side.BID else 0)
    return replace(makers, fee=0, delivered=delivered), takers


def _rebate_up(amount: int, ratio: int) -> int:
    magnitude = mul_div_up(amount, abs(ratio), RATIO)
    return magnitude if ratio >= 0 else -magnitude


def _met_or_refused(eff: effect.Effect, taker: int, maker: int) -> effect.Effect | Rejected:
    met = _met(eff, taker, maker)
    last = met.events[-1] if isinstance(met, effect.Effect) else None
    if isinstance(last, OrderEnded) and isinstance(last.reason, RejectionCode):
        return Rejected(last.reason, (last.reason,))
    return met


def _account_of(state: State, order: Order) -> int:
    del state
    return order.account


def _all_lots(*_: Any) -> int:
    return INT128_MAX


def _order_checks_but_post_only(state: State, order: Order) -> tuple[effect.Check, ...]:
    checks = _order_checks(state, order)
    return tuple(check for check in checks if check[1] is not RejectionCode.POST_ONLY_TAKER)


def _funding_without_redeem(redeem: bool, borrow: bool, *reasons: Any) -> moves.Funding:
    del redeem
    return moves.Funding(False, borrow, *reasons)


def _swept_lend_first(
    eff: effect.Effect, account: int, asset: int, *, repay: int = 0, lend: int = 0
) -> effect.Effect:
    return _swept(_swept(eff, account, asset, lend=lend), account, asset, repay=repay)


def _swept_all(
    eff: effect.Effect, account: int, asset: int, *, repay: int = 0, lend: int = 0
) -> effect.Effect:
    repay, lend = (INT128_MAX if limit else 0 for limit in (repay, lend))
    return _swept(eff, account, asset, repay=repay, lend=lend)


def _reserved_of(state: State, account: int, asset: int) -> int:
    """Return what all open orders reserve, on credit or not, up to what is free."""
    holder = state.accounts[account]
    return min(at(holder.reserved, asset), at(holder.free, asset))


def _shrunk_if_taken(state: State, index: int, lots: int) -> Outcome:
    checks = _order_checks(state, replace(state.orders[index], lots=lots))
    return _rejection(*checks) or _shrunk(state, index, lots)


def _received_gross(eff: effect.Effect, party: Any) -> effect.Effect:
    return _received(eff, replace(party, fee=0))


ORDER_FAULTS: Final[dict[str, tuple[tuple[Any, str, Any], ...]]] = {
    "root_rounded_down": ((margin, "isqrt_up", isqrt),),
    "haircut_ignored": ((valuation, "collateral_value", _value_without_haircut),),
    "haircut_by_listed_weight": ((valuation, "collateral_value", _listed_weight_alone),),
    "owed_rounded_down": ((valuation, "owed_value", _owed_down),),
    "order_gains_counted": ((open_orders, "order_loss", _signed_loss),),
    "requirement_without_root": ((portfolio, "requirement", _base_requirement),),
    "auto_close_without_offset": ((portfolio, "auto_close_requirement", _half_maintenance),),
    "open_orders_not_counted": ((portfolio, "_line", _line_without_orders),),
    "order_loss_ignored": ((open_orders, "order_loss", lambda *_: 0),),
    "no_riskier_always": ((margin, "is_no_riskier", _always_true),),
    "no_riskier_never": ((margin, "is_no_riskier", lambda *_: False),),
    "price_age_ignored": ((feeds, "price_age", lambda *_: INT128_MAX),),
    "price_limit_inward": ((assets, "limited_price", _limited_inward),),
    "price_limit_ignored": ((assets, "limited_price", lambda _, asked, *__: asked),),
    "reserved_lent": ((moves, "available_of", _free_of),),
    "reserved_transferred": ((accounts, "available_of", _free_of),),
    "priority_by_id": ((book, "rested", _rested_by_id), (book, "removed", _removed_by_id)),
    "maker_fee_unpaid": ((spot_trade, "_parties", _parties_without_maker_fee),),
    "rebate_rounded_up": ((book, "fee", _rebate_up),),
    "maker_failure_refuses_taker": ((matching, "_met", _met_or_refused),),
    "self_trade_allowed": ((matching, "_user", _account_of),),
    "reduce_only_flips": (
        (order_checks, "_reducible", _all_lots),
        (matching, "reducible_lots", _all_lots),
    ),
    "post_only_takes": ((orders, "order_checks", _order_checks_but_post_only),),
    "redeem_skipped": ((spot_trade, "Funding", _funding_without_redeem),),
    "receipt_lent_before_repay": ((spot_trade, "swept", _swept_lend_first),),
    "flags_sweep_all": ((spot_trade, "swept", _swept_all),),
    "receipt_before_fee": ((spot_trade, "_received", _received_gross),),
    "shrink_checked": ((orders, "_shrunk", _shrunk_if_taken),),
    "firm_orders_ignored": ((moves, "firm_atoms", lambda *_: 0),),
    "credit_orders_hold_free": ((moves, "firm_atoms", _reserved_of),),
}
