"""Theorems about what each action does to prices, marks and clocks, for all integers (governance).

Prices and limits are any that the laws of parameters admit, unless a theorem says otherwise.
"""

from dataclasses import replace

from ibperp.actions import (
    AdvanceTime,
    ApplyFunding,
    ListAsset,
    SetAssetParameters,
    SetPrice,
    Settle,
    UpdateMark,
)
from ibperp.funding import bounded_mark
from ibperp.margin import limited_price
from ibperp.numbers import RATIO
from ibperp.operations.custody.assets import list_asset, set_price
from ibperp.operations.governance.parameter_changes import set_asset_parameters
from ibperp.operations.money_market.pools import advance_time
from ibperp.operations.perpetuals import markets
from ibperp.operations.settlement.settle import settle
from ibperp.outcomes import Accepted, Outcome
from ibperp.parameters import PoolParameters
from ibperp.pool import with_bound_in
from ibperp.state import Asset, Perpetual, Pool, State
from ibperp_invariants.proofs.states import asset_of, perpetual_of, state_of
from ibperp_invariants.worlds import ASSET

LIMIT = 10**30
INTERVAL = 3600


def are_limits(low: int, high: int) -> bool:
    """Tell whether these are lawful limits of one update (GV-2)."""
    return all((low >= 0, low <= RATIO, high >= RATIO, high <= 10 * RATIO))


def priced(price: int, time: int, low: int, high: int) -> State:
    """Return a state at a time with one asset at a price, last updated at zero."""
    asset = asset_of(price=price)
    limits = replace(asset.parameters, price_update_min=low, price_update_max=high)
    other = replace(asset_of(price=1), symbol="B")
    return replace(state_of((replace(asset, parameters=limits), other), ()), time=time)


def asset_after(outcome: Outcome) -> Asset | None:
    """Return the asset after an accepted action."""
    return outcome.state.assets[0] if isinstance(outcome, Accepted) else None


def marked(mark: int, index: int, time: int, low: int, high: int) -> State:
    """Return a state at a time with one perpetual market, last updated at zero."""
    market = perpetual_of(mark_price=mark, funding_index=0, open_interest=0)
    limits = replace(market.parameters, price_update_min=low, price_update_max=high)
    market = replace(market, parameters=limits, index_price=index)
    return replace(state_of((asset_of(),), ()), markets=(market,), time=time)


def market_of(state: State) -> Perpetual:
    """Return the market of a state."""
    (market,) = state.markets
    assert isinstance(market, Perpetual)
    return market


def market_after(outcome: Outcome) -> Perpetual | None:
    """Return the market after an accepted action."""
    return market_of(outcome.state) if isinstance(outcome, Accepted) else None


def t_a_price_becomes_what_was_asked_or_its_limit(
    price: int, asked: int, time: int, low: int, high: int
) -> None:
    """A price becomes what was asked within its limits, above zero, as of now (PF-10, GV-3)."""
    assert all((price >= 0, asked > 0, asked < LIMIT, time >= 0, are_limits(low, high)))
    state = priced(price, time, low, high)
    outcome = set_price(state, SetPrice("A", asked))
    after, limited = asset_after(outcome), limited_price(price, asked, low, high)
    same = isinstance(outcome, Accepted) and outcome.state.assets[1] is state.assets[1]
    told = replace(state.assets[0], price=limited, price_time=time, is_limited=limited != asked)
    assert all((after == told, limited > 0, same))


def t_a_mark_becomes_what_follows_from_its_inputs(
    mark: int, index: int, asked: int, basis: int, *, time: int, low: int, high: int
) -> None:
    """Index and mark become what was asked within their limits, and the cut is told (PP-6)."""
    assert all((mark >= 0, index >= 0, asked > 0, asked < LIMIT, index < LIMIT, mark < LIMIT))
    assert all((basis > -LIMIT, basis < LIMIT, time >= 0, are_limits(low, high)))
    state = marked(mark, index, time, low, high)
    outcome = markets.update_mark(state, UpdateMark("P", asked, has_basis=True, basis=basis))
    after, new = market_after(outcome), limited_price(index, asked, low, high)
    threshold = market_of(state).parameters.mark_threshold
    bounded = bounded_mark(max(new + basis, 1), new, threshold)
    limited = limited_price(mark, bounded, low, high)
    told = after is not None and all(
        (
            after.index_price == new,
            after.mark_price == limited,
            after.mark_time == time,
            after.is_limited == (not all((new == asked, limited == bounded))),
        )
    )
    assert any((told, not isinstance(outcome, Accepted)))


def t_a_known_mark_stays_known(
    mark: int, index: int, asked: int, *, time: int, low: int, high: int
) -> None:
    """After an update the mark is above zero and of now, and an index stays known (PP-6, GV-3)."""
    assert all((mark >= 0, index >= 0, asked >= 0, asked < LIMIT, index < LIMIT, mark < LIMIT))
    assert all((are_limits(low, high), time >= 0))
    state = marked(mark, index, time, low, high)
    after = market_after(
        markets.update_mark(state, UpdateMark("P", asked, has_basis=False, basis=0))
    )
    known = after is not None and all(
        (
            after.mark_price > 0,
            after.mark_time == time,
            any((index == 0, after.index_price > 0)),
        )
    )
    assert any((after is None, known))


def t_time_moves_forward_alone(time: int, later: int) -> None:
    """The clock moves to a later time, and to no other (MM-6)."""
    assert all((time >= 0, later < LIMIT))
    state = replace(state_of((), ()), time=time)
    outcome = advance_time(state, AdvanceTime(later))
    after = outcome.state.time if isinstance(outcome, Accepted) else time
    assert all((isinstance(outcome, Accepted) == (later > time), after == max(time, later)))


def t_a_settlement_is_of_now(time: int, settled: int, interval: int) -> None:
    """A settlement is noted at its time, and there is none before its interval is over (ST-2)."""
    assert all((settled >= 0, settled <= time, interval > 0))
    state = replace(state_of((asset_of(),), ()), time=time, settlement_time=settled)
    state = replace(state, system=replace(state.system, settlement_interval=interval))
    outcome, is_due = settle(state, Settle()), time - settled >= interval
    after = outcome.state.settlement_time if isinstance(outcome, Accepted) else settled
    expected = time if is_due else settled
    assert all((isinstance(outcome, Accepted) == is_due, after == expected))


def t_funding_is_charged_up_to_a_time_that_never_runs_back(
    time: int, charged: int, premium: int, mark: int
) -> None:
    """Funding ends no later than now, and never before where it ended (PP-8), at an hour."""
    assert all((charged >= 0, charged <= time, mark > 0, mark < LIMIT))
    assert all((premium > -LIMIT, premium < LIMIT))
    state = marked(mark, 0, time, 0, RATIO)
    state = replace(state, markets=(replace(market_of(state), funding_time=charged),))
    after = market_after(markets.apply_funding(state, ApplyFunding("P", premium)))
    assert after is None or all((charged <= after.funding_time, after.funding_time <= time))


def t_a_listed_asset_has_no_price(time: int, ramp: int) -> None:
    """A new asset has no price, as of now, an empty pool and custody of nothing (CU-2, GV-2)."""
    assert all((time >= 0, ramp >= 0))
    state = replace(state_of((), ()), time=time)
    state = replace(state, system=replace(state.system, ramp_interval=ramp))
    after = asset_after(list_asset(state, ListAsset("A", ASSET)))
    empty = after is not None and all(
        (
            after.pool == replace(after.pool, cash=0, lent=0, borrowed=0, reserve=0, unearned=0),
            all(token.custody == token.pending == 0 for token in after.tokens),
            after.in_transit == 0,
            any((ramp == 0, after.parameters.haircut.weight == 0)),
        )
    )
    assert all((after is not None and after.price == 0 and after.price_time == time, empty))


def t_a_bound_is_moved_into_its_range(books: Pool, limits: PoolParameters) -> None:
    """A throttle bound is moved into the range of new parameters, and nothing else is (MM-16)."""
    assert limits.throttle_utilization <= limits.max_utilization
    after = with_bound_in(books, limits)
    low, high = limits.throttle_utilization, limits.max_utilization
    is_in = all((low <= after.throttle_bound, after.throttle_bound <= high))
    assert all((is_in, replace(after, throttle_bound=books.throttle_bound) == books))


def t_a_change_of_an_asset_moves_its_bound_along(
    bound: int, low: int, high: int, interval: int
) -> None:
    """With new parameters of an asset its bound moves into their range, ramp or none (GV-2)."""
    assert all((low > 0, low <= high, high <= RATIO, interval >= 0))
    before = replace(asset_of(pool=Pool(throttle_bound=bound)), parameters=ASSET)
    pool = replace(ASSET.pool, throttle_utilization=low, max_utilization=high)
    state = state_of((before,), ())
    state = replace(state, system=replace(state.system, ramp_interval=interval))
    asked = replace(ASSET, pool=pool, imf_base=ASSET.imf_base + 1)
    outcome = set_asset_parameters(state, SetAssetParameters("A", asked))
    after = asset_after(outcome)
    assert after is None or all(
        (
            low <= after.pool.throttle_bound,
            after.pool.throttle_bound <= high,
            after.parameters.pool == pool,
        )
    )
