"""Theorems about at what price, and whom first, one deleverages, for all integers (liquidation)."""

from ibperp import liquidation as kernel
from ibperp import risk
from ibperp.numbers import RATIO
from ibperp.state import Account
from ibperp_invariants.proofs.states import INSURANCE_LIMIT, asset_of, state_of
from ibperp_invariants.proofs.theorems.liquidation.liquidation import loss


def t_insured_equity_is_raised_to_zero_at_most(equity: int, insured: int) -> None:
    """The insurance raises an equity to zero at most, by what it has within its limit (LQ-7)."""
    assert insured >= 0
    state = state_of((asset_of(price=1),), (Account(0), Account(0, unsettled=insured)))
    found = risk.insured_equity(state, equity)
    raised = found - equity
    bounded = all((raised >= 0, raised <= insured, raised <= INSURANCE_LIMIT))
    assert all((bounded, any((found <= 0, raised == 0))))


def t_haircuts_are_not_lacking(equity: int, held: int, price: int, weight: int) -> None:
    """What is lacking below zero is at most that, and less by what haircuts set aside (LQ-7)."""
    assert all((equity < 0, held >= 0, price >= 0, weight >= 0, weight <= RATIO))
    account = Account(2, (held,))
    state = state_of((asset_of(price=price, weight=weight),), (account,))
    found = risk.lacking(state, account, equity)
    raised, worth = found - equity, held * price
    bounded = all((raised >= 0, raised * RATIO < worth * (RATIO - weight) + RATIO, found <= 0))
    assert all((bounded, any((found == 0, raised * RATIO >= worth * (RATIO - weight)))))


def t_borne_price_lies_between_price_and_zero_price(
    price: int, zero: int, bearable: int, *, is_long: bool
) -> None:
    """No position is deleveraged back across the price, nor beyond its zero price (LQ-7)."""
    assert all((price > 0, zero > 0))
    borne = kernel.borne_price(price, zero, bearable, is_long=is_long)
    rises = all((price <= borne, borne <= zero))
    assert any((rises, all((zero <= borne, borne <= price))))


def t_borne_price_is_the_zero_price_while_there_is_equity(
    price: int, share: int, bearable: int, *, is_long: bool
) -> None:
    """Where the failing account pays it pays its share, whatever the other one bears (LQ-7)."""
    assert all((price > 0, share >= 0))
    zero = price - share if is_long else price + share
    assert kernel.borne_price(price, zero, bearable, is_long=is_long) == zero


def t_borne_price_is_within_what_is_bearable(
    price: int, zero: int, bearable: int, *, is_long: bool
) -> None:
    """Where the counterparty pays it goes no further than its own zero price (LQ-7)."""
    assert all((price > 0, zero > 0))
    borne = kernel.borne_price(price, zero, bearable, is_long=is_long)
    paid = -loss(price, borne, is_long=is_long)
    assert any((paid <= 0, paid <= -loss(price, bearable, is_long=is_long)))


def t_borne_price_is_the_zero_price_where_it_can_be_borne(
    price: int, zero: int, more: int, *, is_long: bool
) -> None:
    """Who bears all that a failing account lacks pays all of it (LQ-7)."""
    assert all((price > 0, zero > 0, more >= 0))
    bearable = zero + more if is_long else zero - more
    assert kernel.borne_price(price, zero, bearable, is_long=is_long) == zero


def t_bearing_more_never_pays_less(
    price: int, zero: int, bearable: int, more: int, *, is_long: bool
) -> None:
    """A counterparty that can bear more never pays less (LQ-7)."""
    assert all((price > 0, zero > 0, more >= 0))
    borne = kernel.borne_price(price, zero, bearable, is_long=is_long)
    wider = bearable + more if is_long else bearable - more
    further = kernel.borne_price(price, zero, wider, is_long=is_long)
    assert loss(price, borne, is_long=is_long) >= loss(price, further, is_long=is_long)


def t_deleveraged_counterparty_pays_at_most_its_share(
    price: int, zero: int, equity: int, exposure: int, *, is_long: bool
) -> None:
    """No counterparty pays more for a lot than the lot's share of its own equity (LQ-7)."""
    assert all((price > 0, zero > 0, equity >= 0, exposure > 0))
    bearable = kernel.zero_price(price, equity, exposure, is_long=not is_long)
    borne = kernel.borne_price(price, zero, bearable, is_long=is_long)
    paid = -loss(price, borne, is_long=is_long)
    assert any((paid <= 0, paid * exposure <= price * equity))


def t_counterparty_without_equity_pays_nothing(
    price: int, zero: int, equity: int, exposure: int, *, is_long: bool
) -> None:
    """A counterparty that has no equity pays nothing (LQ-7)."""
    assert all((price > 0, zero > 0, equity <= 0, exposure > 0))
    bearable = kernel.zero_price(price, equity, exposure, is_long=not is_long)
    borne = kernel.borne_price(price, zero, bearable, is_long=is_long)
    assert loss(price, borne, is_long=is_long) >= 0


def t_any_gain_ranks_before_any_loss(
    gains: tuple[int, int],
    costs: tuple[int, int],
    exposures: tuple[int, int],
    equity: int,
    own: int,
) -> None:
    """Who has gained is deleveraged before who has lost, whatever the leverage (LQ-7)."""
    assert all((gains[0] > 0, gains[1] <= 0, costs[0] >= 0, costs[1] >= 0))
    assert all((exposures[0] > 0, exposures[1] > 0, equity > 0, own > 0))
    winner = kernel.deleverage_rank(gains[0], costs[0], exposures[0], equity)
    assert winner < kernel.deleverage_rank(gains[1], costs[1], exposures[1], own)


def t_who_owns_nothing_ranks_last(
    gains: tuple[int, int],
    costs: tuple[int, int],
    exposures: tuple[int, int],
    equity: int,
    own: int,
) -> None:
    """An account with equity is deleveraged before one without, whatever either gained (LQ-7)."""
    assert all((costs[0] >= 0, costs[1] >= 0, exposures[0] > 0, exposures[1] > 0))
    assert all((equity > 0, own <= 0))
    owner = kernel.deleverage_rank(gains[0], costs[0], exposures[0], equity)
    assert owner < kernel.deleverage_rank(gains[1], costs[1], exposures[1], own)


def t_more_gain_never_ranks_later(
    gain: int, more: int, cost: int, exposure: int, equity: int
) -> None:
    """At the same cost, exposure and equity more gain never ranks later (LQ-7)."""
    assert all((more >= 0, cost >= 0, exposure > 0))
    rank = kernel.deleverage_rank(gain, cost, exposure, equity)
    assert kernel.deleverage_rank(gain + more, cost, exposure, equity) <= rank


def t_more_exposure_never_ranks_later(
    gain: int, cost: int, exposure: int, more: int, equity: int
) -> None:
    """At the same gain, cost and equity more exposure never ranks later (LQ-7)."""
    assert all((more >= 0, cost >= 0, exposure > 0))
    rank = kernel.deleverage_rank(gain, cost, exposure, equity)
    assert kernel.deleverage_rank(gain, cost, exposure + more, equity) <= rank


def t_less_equity_never_ranks_later(
    gain: int, cost: int, exposure: int, equity: int, more: int
) -> None:
    """At the same gain, cost and exposure less equity, but some, never ranks later (LQ-7)."""
    assert all((cost >= 0, exposure > 0, equity > 0, more >= 0))
    rank = kernel.deleverage_rank(gain, cost, exposure, equity + more)
    assert kernel.deleverage_rank(gain, cost, exposure, equity) <= rank


def t_rank_is_by_what_was_paid(gain: int, cost: int, more: int, exposure: int, equity: int) -> None:
    """The same gain on a larger cost never ranks earlier, the same loss never later (LQ-7)."""
    assert all((cost >= 0, more >= 0, exposure > 0, equity > 0))
    rank = kernel.deleverage_rank(gain, cost, exposure, equity)
    wider = kernel.deleverage_rank(gain, cost + more, exposure, equity)
    assert rank <= wider if gain > 0 else wider <= rank
