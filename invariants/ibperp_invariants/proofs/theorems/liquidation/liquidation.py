"""Theorems about who is due, zero prices, steps and fees, for all integers (liquidation)."""

from dataclasses import replace

from ibperp import book, risk
from ibperp import liquidation as kernel
from ibperp.margin import Health
from ibperp.numbers import RATIO
from ibperp.operations.spot_margin import checks
from ibperp.orders import Side
from ibperp_invariants.proofs.states import asset_of, market_of, state_of


def loss(price: int, other: int, *, is_long: bool) -> int:
    """Return what a lot closed at another price than `price` loses its holder, in atoms."""
    return price - other if is_long else other - price


def t_less_equity_is_never_less_urgent(health: Health, more: int) -> None:
    """At the same maintenance more equity never comes earlier on the due list (LQ-10)."""
    assert more >= 0
    urgency = risk.urgency(health)
    assert urgency <= risk.urgency(replace(health, equity=health.equity + more))


def t_zero_price_is_a_price(price: int, equity: int, exposure: int, *, is_long: bool) -> None:
    """A zero price is at least one, whatever the equity (LQ-1)."""
    assert exposure > 0
    zero = kernel.zero_price(price, equity, exposure, is_long=is_long)
    assert zero >= 1


def t_zero_price_costs_the_share_of_the_equity(
    price: int, equity: int, exposure: int, *, is_long: bool
) -> None:
    """A lot closed at its zero price costs its share of the equity, rounded down (LQ-1)."""
    assert all((price > 0, equity >= 0, equity < exposure))
    zero = kernel.zero_price(price, equity, exposure, is_long=is_long)
    paid, exact = loss(price, zero, is_long=is_long), price * equity
    assert all((paid >= 0, paid * exposure <= exact, exact < (paid + 1) * exposure))


def t_zero_price_never_costs_more_than_the_share(
    price: int, equity: int, exposure: int, *, is_long: bool
) -> None:
    """At its zero price no lot costs more than its share, but a short where that is one (LQ-1)."""
    assert all((price > 0, exposure > 0))
    zero = kernel.zero_price(price, equity, exposure, is_long=is_long)
    paid = loss(price, zero, is_long=is_long)
    assert any((paid * exposure <= price * equity, all((zero == 1, not is_long))))


def t_zero_price_without_equity_is_paid_by_the_other_side(
    price: int, equity: int, exposure: int, *, is_long: bool
) -> None:
    """With equity below zero the zero price lies beyond any price above one (LQ-1)."""
    assert all((price > 1, equity < 0, exposure > 0))
    zero = kernel.zero_price(price, equity, exposure, is_long=is_long)
    assert loss(price, zero, is_long=is_long) < 0


def t_zero_price_of_equity_like_the_exposure(price: int, equity: int) -> None:
    """With as much equity as exposure a long is closed at one, a short at double (LQ-1)."""
    assert all((price > 0, equity > 0))
    sold = kernel.zero_price(price, equity, equity, is_long=True)
    bought = kernel.zero_price(price, equity, equity, is_long=False)
    assert all((sold == 1, bought == 2 * price))


def t_more_equity_never_nears_the_zero_price(
    price: int, equity: int, more: int, exposure: int, *, is_long: bool
) -> None:
    """With more equity a lot never costs less at its zero price (LQ-1)."""
    assert all((price > 0, more >= 0, exposure > 0))
    zero = kernel.zero_price(price, equity, exposure, is_long=is_long)
    wider = kernel.zero_price(price, equity + more, exposure, is_long=is_long)
    assert loss(price, zero, is_long=is_long) <= loss(price, wider, is_long=is_long)


def t_closing_at_the_zero_price_keeps_equity_per_exposure(
    price: int, lots: int, other: int, equity: int, *, is_long: bool
) -> None:
    """Lots closed at their zero price leave the rest no less equity per exposure (LQ-1)."""
    assert all((price > 0, lots > 0, other >= 0, equity >= 0))
    exposure = lots * price + other
    zero = kernel.zero_price(price, equity, exposure, is_long=is_long)
    left = equity - lots * loss(price, zero, is_long=is_long)
    assert left * exposure >= equity * other


def t_closing_all_at_zero_prices_uses_up_the_equity(
    price: int, lots: int, other: int, other_lots: int, equity: int
) -> None:
    """A long and a short closed at their zero prices leave less than an atom a lot (LQ-1)."""
    assert all((price > 0, lots > 0, other > 0, other_lots > 0, equity >= 0))
    assert equity < lots * price + other_lots * other
    exposure = lots * price + other_lots * other
    sold = kernel.zero_price(price, equity, exposure, is_long=True)
    bought = kernel.zero_price(other, equity, exposure, is_long=False)
    left = equity - lots * (price - sold) - other_lots * (bought - other)
    assert all((left >= 0, left < lots + other_lots))


def t_step_is_within_the_size(size: int, fraction: int, minimum: int) -> None:
    """A step takes a lot or more, and never more than there is (LQ-4)."""
    assert all((size > 0, fraction >= 0, minimum > 0))
    part = kernel.step_size(size, fraction, minimum)
    assert all((part > 0, part <= size))


def t_step_leaves_no_dust(size: int, fraction: int, minimum: int) -> None:
    """What a step leaves is nothing, or enough for an order (LQ-4)."""
    assert all((size > 0, fraction >= 0, minimum > 0))
    left = size - kernel.step_size(size, fraction, minimum)
    assert any((left == 0, left >= minimum))


def t_step_takes_its_fraction_or_more(size: int, fraction: int, minimum: int) -> None:
    """A step takes no less than its fraction, and enough for an order or all (LQ-4, LQ-10)."""
    assert all((size > 0, fraction >= 0, fraction <= RATIO, minimum > 0))
    part = kernel.step_size(size, fraction, minimum)
    is_order = any((part >= minimum, part == size))
    assert all((part * RATIO >= size * fraction, is_order))


def t_step_takes_no_more_than_no_dust_asks(size: int, fraction: int, minimum: int) -> None:
    """A step takes less than its fraction and a minimum, or less than two minimums (LQ-4)."""
    assert all((size > 0, fraction >= 0, minimum > 0))
    part = kernel.step_size(size, fraction, minimum)
    assert any((part < 2 * minimum, (part - minimum) * RATIO < size * fraction))


def t_larger_fraction_never_takes_less(size: int, fraction: int, more: int, minimum: int) -> None:
    """A larger fraction never takes less of the same size (LQ-4)."""
    assert all((size > 0, fraction >= 0, more >= 0, minimum > 0))
    part = kernel.step_size(size, fraction, minimum)
    assert part <= kernel.step_size(size, fraction + more, minimum)


def limit_price(price: int, health: Health, fee: int, side: Side) -> int:
    """Return the limit of a system order in a market with this mark and taker fee."""
    state = state_of((asset_of(price=price), asset_of(price=1)), (), market_of(taker_fee=fee))
    return checks.limit_price(state, health, 0, side)


def t_system_sells_at_the_zero_price_or_above(
    price: int, health: Health, fee: int, lots: int
) -> None:
    """Lots sold at the limit bring their zero price or more after any fee below one (LQ-4)."""
    assert all((price > 0, health.exposure > 0, fee >= 0, fee < RATIO, lots > 0))
    limit = limit_price(price, health, fee, Side.ASK)
    zero = kernel.zero_price(price, health.equity, health.exposure, is_long=True)
    assert lots * limit - book.fee(lots * limit, fee) >= lots * zero


def t_system_asks_no_more_than_the_zero_price(price: int, health: Health, fee: int) -> None:
    """A limit an atom below that of a sale would bring less than the zero price (LQ-4)."""
    assert all((price > 0, health.exposure > 0, fee >= 0, fee < RATIO))
    limit = limit_price(price, health, fee, Side.ASK)
    zero = kernel.zero_price(price, health.equity, health.exposure, is_long=True)
    assert (limit - 1) * (RATIO - fee) < zero * RATIO


def t_system_buys_at_the_zero_price_or_below(
    price: int, health: Health, fee: int, lots: int
) -> None:
    """Lots bought at a limit above one cost with the fee their zero price or less (LQ-4)."""
    assert all((price > 0, health.exposure > 0, fee >= 0, lots > 0))
    limit = limit_price(price, health, fee, Side.BID)
    zero = kernel.zero_price(price, health.equity, health.exposure, is_long=False)
    assert any((limit == 1, lots * limit + book.fee(lots * limit, fee) <= lots * zero))


def t_liquidation_fee_is_within_its_ratio(value: int, ratio: int, equity: int) -> None:
    """A liquidation fee is from zero to its ratio of the value, rounded up (LQ-4)."""
    assert all((value >= 0, ratio >= 0))
    fee = kernel.bounded_fee(value, ratio, equity)
    assert all((fee >= 0, (fee - 1) * RATIO < value * ratio))


def t_liquidation_fee_never_makes_a_bankrupt(value: int, ratio: int, equity: int) -> None:
    """A liquidation fee is within the equity, and zero where there is none (LQ-4)."""
    assert all((value >= 0, ratio >= 0))
    fee = kernel.bounded_fee(value, ratio, equity)
    assert any((fee == 0, fee <= equity))


def t_liquidation_fee_is_not_waived(value: int, ratio: int, equity: int) -> None:
    """A liquidation fee is no less than its ratio of the value, or else all equity (LQ-4)."""
    assert all((value >= 0, ratio >= 0, equity >= 0))
    fee = kernel.bounded_fee(value, ratio, equity)
    assert any((fee == equity, fee * RATIO >= value * ratio))


def t_larger_value_never_has_a_smaller_fee(value: int, more: int, ratio: int, equity: int) -> None:
    """At the same equity more traded never has a smaller liquidation fee (LQ-4)."""
    assert all((value >= 0, more >= 0, ratio >= 0))
    fee = kernel.bounded_fee(value, ratio, equity)
    assert fee <= kernel.bounded_fee(value + more, ratio, equity)
