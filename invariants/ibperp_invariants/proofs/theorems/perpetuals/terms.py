"""Theorems about what funding charges, second by second, for all integers (perpetuals)."""

from dataclasses import replace

from ibperp import funding
from ibperp.actions import ApplyFunding, SettleMarket
from ibperp.numbers import INT128_MAX
from ibperp.operations.perpetuals import markets
from ibperp.outcomes import Accepted, Outcome
from ibperp.parameters import FundingPart, OrderBookState, PerpetualParameters
from ibperp.state import Perpetual, State
from ibperp_invariants.proofs.states import asset_of, perpetual_of, state_of

LIMIT = 10**30
HOUR = 3600


def terms(interval: int, bound: int) -> PerpetualParameters:
    """Return parameters with a funding interval, and a rate of at most the bound either way."""
    limits = perpetual_of(mark_price=1, funding_index=0, open_interest=0).parameters
    return replace(limits, funding_interval=interval, funding_floor=-bound, funding_cap=bound)


def funded(limits: PerpetualParameters, mark: int, interest: int, time: int, start: int) -> State:
    """Return a state at a time with one market, whose funding is charged up to a start."""
    market = perpetual_of(mark_price=mark, funding_index=0, open_interest=interest)
    market = replace(market, parameters=limits, funding_time=start)
    return replace(state_of((asset_of(),), ()), markets=(market,), time=time)


def waiting(market: Perpetual, time: int) -> int:
    """Return the seconds up to a time that wait for funding (PP-8)."""
    return time - market.funding_time + sum(part.seconds for part in market.funding_parts)


def market_of(state: State) -> Perpetual:
    """Return the only market of a state."""
    (market,) = state.markets
    assert isinstance(market, Perpetual)
    return market


def market_after(outcome: Outcome) -> Perpetual | None:
    """Return the market after an accepted action."""
    return market_of(outcome.state) if isinstance(outcome, Accepted) else None


def t_funding_moves_the_index_by_its_rate(
    mark: int, interest: int, premium: int, bound: int, time: int
) -> None:
    """Funding of an hour moves the index by its bounded rate; without open lots by none (PP-8)."""
    assert all((mark > 0, mark < LIMIT, interest >= 0, bound >= 0, time >= HOUR))
    assert all((premium > -LIMIT, premium < LIMIT))
    state = funded(terms(HOUR, bound), mark, interest, time, 0)
    after = market_after(markets.apply_funding(state, ApplyFunding("P", premium)))
    part = FundingPart(HOUR, HOUR, 0, 0, -bound, bound)
    rate = funding.funding_rate(premium, (part,))
    moved = funding.index_step(mark, rate) if interest else 0
    within = all((-bound <= rate, rate <= bound))
    index = None if after is None else after.funding_index
    assert all((index == moved, within))


def t_charged_seconds_wait_no_more(start: int, time: int, seconds: int, premium: int) -> None:
    """After its funding, the seconds of the interval that began wait, and no others (PP-8)."""
    assert all((start >= 0, start <= time, seconds > 0, seconds <= HOUR))
    assert all((premium > -LIMIT, premium < LIMIT))
    state = funded(terms(HOUR, 0), 1, 1, time, start)
    part = FundingPart(seconds, HOUR, 1, 0, 0, 0)
    state = replace(state, markets=(replace(market_of(state), funding_parts=(part,)),))
    after = market_after(markets.apply_funding(state, ApplyFunding("P", premium)))
    left = 0 if after is None else waiting(after, time)
    assert after is None or all((left == time % HOUR, after.funding_parts == ()))


def t_new_terms_leave_every_second_waiting(
    start: int, time: int, seconds: int, *, has_part: bool
) -> None:
    """Under new terms what waited waits on, except for intervals that nobody ended (PP-8)."""
    assert all((start >= 0, start <= time, seconds > 0, seconds <= HOUR))
    old = market_of(funded(terms(HOUR, 0), 1, 1, time, start))
    part = FundingPart(seconds, HOUR, 1, 0, 0, 0)
    old = replace(old, funding_parts=(part,) if has_part else ())
    after = markets._with_terms(old, terms(2 * HOUR, 0), time)  # noqa: SLF001
    end = funding.interval_end(start, HOUR, old.funding_parts)
    missed = max(time - time % HOUR - end, 0)
    assert all((waiting(after, time) == waiting(old, time) - missed, after.funding_time == time))


def t_the_same_terms_change_no_clock(start: int, time: int, bound: int) -> None:
    """Parameters that change no term of funding leave its clock as it was (PP-8)."""
    assert all((start >= 0, start <= time, bound >= 0))
    old = market_of(funded(terms(HOUR, bound), 1, 1, time, start))
    asked = replace(old.parameters, imf_base=old.parameters.imf_base + 1)
    after = markets._with_terms(old, asked, time)  # noqa: SLF001
    assert after == old


def t_a_closed_market_settles_at_any_price(
    price: int, mark: int, interest: int, start: int, time: int
) -> None:
    """A closed market is settled at any price, and no second and no lot is open then (PP-9)."""
    assert all((price > 0, price <= INT128_MAX, mark > 0, mark < LIMIT, interest >= 0))
    assert all((start >= 0, start <= time, time < start + HOUR))
    closed = replace(terms(HOUR, 5), order_book_state=OrderBookState.CLOSED)
    state = funded(closed, mark, interest, time, start)
    state = replace(state, markets=(replace(market_of(state), index_price=mark),))
    after = market_after(markets.settle_market(state, SettleMarket("P", price)))
    left = 0 if after is None else waiting(after, time)
    opened = None if after is None else after.open_interest
    assert all((opened == 0, any((left == 0, interest == 0))))
