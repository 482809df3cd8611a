"""Theorems about what orders pay and reserve, for all integers (chapter spot-margin)."""

from ibperp import book as kernel
from ibperp.numbers import RATIO
from ibperp.orders import Side
from ibperp_invariants.proofs.states import market_of


def cost(lots: int, price: int, maker_fee: int) -> int:
    """Return the quote atoms that a resting bid delivers for `lots`."""
    return lots * price + max(kernel.fee(lots * price, maker_fee), 0)


def t_fee_is_rounded_up_once(amount: int, ratio: int) -> None:
    """A fee is the exact share rounded up, a rebate rounded towards zero (SM-9)."""
    assert all((amount >= 0, ratio >= -RATIO, ratio <= RATIO))
    fee = kernel.fee(amount, ratio)
    exact = amount * ratio
    assert all((exact <= fee * RATIO, (fee - 1) * RATIO < exact))


def t_fee_is_within_the_amount(amount: int, ratio: int) -> None:
    """No fee takes, and no rebate gives, more than the amount traded (SM-9)."""
    assert all((amount >= 0, ratio >= -RATIO, ratio <= RATIO))
    fee = kernel.fee(amount, ratio)
    assert all((fee <= amount, fee >= -amount, any((ratio < 0, fee >= 0))))


def t_fees_account_never_pays_net(amount: int, maker_fee: int, taker_fee: int) -> None:
    """A rebate is never more than the fee of the same trade (SM-1, SM-9)."""
    assert all((amount >= 0, maker_fee + taker_fee >= 0))
    fees = kernel.fee(amount, taker_fee) + kernel.fee(amount, maker_fee)
    assert fees >= 0


def t_splitting_a_trade_never_saves_a_fee(first: int, second: int, ratio: int) -> None:
    """Two trades never pay less fee than one of their sum, nor get more rebate (SM-9)."""
    assert all((first >= 0, second >= 0))
    fees = kernel.fee(first, ratio) + kernel.fee(second, ratio)
    whole = kernel.fee(first + second, ratio)
    assert all((fees >= whole, fees <= whole + 1))


def t_ask_reserves_exactly_what_it_delivers(lots: int, price: int, lot_atoms: int) -> None:
    """A resting ask reserves the base atoms of its lots, whatever its price (SM-5)."""
    assert all((lots > 0, price > 0, lot_atoms > 0))
    reserved = kernel.reservation(market_of(lot_atoms=lot_atoms), Side.ASK, lots, price)
    assert reserved == lots * lot_atoms


def t_bid_reserves_at_least_price_and_fee(lots: int, price: int, maker_fee: int) -> None:
    """A resting bid reserves lots at its price, and the maker fee if there is one (SM-5)."""
    assert all((lots > 0, price > 0, maker_fee >= -RATIO, maker_fee <= RATIO))
    reserved = kernel.reservation(market_of(maker_fee=maker_fee), Side.BID, lots, price)
    exact = lots * price * (RATIO + maker_fee)
    assert all((reserved >= lots * price, reserved * RATIO >= exact, reserved <= 2 * lots * price))


def t_reservation_covers_any_one_fill(lots: int, filled: int, price: int, maker_fee: int) -> None:
    """What a bid reserves covers the cost of any number of its lots at once (SM-5, SM-9)."""
    assert all((filled > 0, filled <= lots, price > 0, maker_fee >= -RATIO, maker_fee <= RATIO))
    reserved = kernel.reservation(market_of(maker_fee=maker_fee), Side.BID, lots, price)
    assert reserved >= cost(filled, price, maker_fee)


def t_reservation_covers_a_fill_and_the_rest(
    filled: int, left: int, price: int, maker_fee: int
) -> None:
    """A bid reserves at least what some lots cost, and what the others reserve (SM-5, SM-9)."""
    assert all((filled > 0, left > 0, price > 0, maker_fee >= -RATIO, maker_fee <= RATIO))
    law = market_of(maker_fee=maker_fee)
    reserved = kernel.reservation(law, Side.BID, filled + left, price)
    rest = kernel.reservation(law, Side.BID, left, price)
    assert reserved >= cost(filled, price, maker_fee) + rest


def t_reserved_covers_the_share_of_the_lots_left(reserved: int, lots: int, filled: int) -> None:
    """After a fill an order reserves the share of the lots left, rounded up (SM-5)."""
    assert all((reserved >= 0, lots > 0, filled >= 0, filled <= lots))
    after = kernel.reserved_after(reserved, lots, filled)
    exact = reserved * (lots - filled)
    assert all((after * lots >= exact, (after - 1) * lots < exact))


def t_reserved_never_rises_by_a_fill(reserved: int, lots: int, filled: int) -> None:
    """A fill never lets an order reserve more, nor less than nothing (SM-5)."""
    assert all((reserved >= 0, lots > 0, filled >= 0, filled <= lots))
    after = kernel.reserved_after(reserved, lots, filled)
    assert all((after >= 0, after <= reserved))


def t_filled_order_reserves_nothing(reserved: int, lots: int) -> None:
    """An order whose lots are all filled reserves nothing (SM-5)."""
    assert all((reserved >= 0, lots > 0))
    after = kernel.reserved_after(reserved, lots, lots)
    assert after == 0


def t_unfilled_order_reserves_the_same(reserved: int, lots: int) -> None:
    """An order of which nothing fills reserves what it did (SM-5)."""
    assert all((reserved >= 0, lots > 0))
    after = kernel.reserved_after(reserved, lots, 0)
    assert after == reserved


def t_two_fills_reserve_an_atom_more_at_most(
    reserved: int, first: int, second: int, left: int
) -> None:
    """After two fills an order reserves what it does after one of both, or one more (SM-5)."""
    assert all((reserved >= 0, first > 0, second > 0, left > 0))
    between = kernel.reserved_after(reserved, first + second + left, first)
    after = kernel.reserved_after(between, second + left, second)
    once = kernel.reserved_after(reserved, first + second + left, first + second)
    assert all((once <= after, after <= once + 1))


def t_ask_reserves_exactly_the_lots_left(lots: int, filled: int, lot_atoms: int) -> None:
    """After any fill an ask reserves exactly the base atoms of the lots left (SM-5)."""
    assert all((filled >= 0, filled < lots, lot_atoms > 0))
    parameters = market_of(lot_atoms=lot_atoms)
    reserved = kernel.reservation(parameters, Side.ASK, lots, 1)
    left = kernel.reserved_after(reserved, lots, filled)
    assert left == kernel.reservation(parameters, Side.ASK, lots - filled, 1)
