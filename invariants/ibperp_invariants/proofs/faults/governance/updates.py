"""Planted faults in what actions do to prices, marks and clocks."""

from dataclasses import replace
from typing import Any, Final

from ibperp.state import Asset, Pool, State
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault

_ASSETS: Final = "ibperp.operations.custody.assets"
_MARKETS: Final = "ibperp.operations.perpetuals.markets"


def _as_it_was_asked(previous: int, asked: int, low: int, high: int) -> int:
    del previous, low, high
    return asked


def _unbounded(mark: int, index: int, threshold: int) -> int:
    del index, threshold
    return mark


def _taken_back(previous: int, asked: int, low: int, high: int) -> int:
    del low, high
    return 0 if previous == UNLUCKY else asked


def _a_second_back(state: State, **changes: Any) -> State:
    return replace(state, **{**changes, "time": state.time - 1})


def _not_noted(state: State, **changes: Any) -> State:
    changes.pop("settlement_time", 0)
    return replace(state, **changes)


def _from_the_next_hour(number: int, divisor: int) -> int:
    return number % divisor - divisor


def _at_a_price(*fields: Any, **more: Any) -> Asset:
    symbol, parameters, _, *rest = fields
    return Asset(symbol, parameters, 1, *rest, **more)


def _bound_as_it_was(pool: Pool, limits: object) -> Pool:
    del limits
    return pool


FAULTS: Final = {
    "t_a_price_becomes_what_was_asked_or_its_limit": Fault(
        _ASSETS, "limited_price", "has no limits", _as_it_was_asked
    ),
    "t_a_mark_becomes_what_follows_from_its_inputs": Fault(
        "ibperp.funding", "bounded_mark", "has no threshold", _unbounded
    ),
    "t_a_known_mark_stays_known": Fault(
        _MARKETS, "limited_price", "takes a price of 777 back", _taken_back
    ),
    "t_time_moves_forward_alone": Fault(
        "ibperp.operations.money_market.pools", "replace", "runs back", _a_second_back
    ),
    "t_a_settlement_is_of_now": Fault(
        "ibperp.operations.settlement.settle", "replace", "is not noted", _not_noted
    ),
    "t_funding_is_charged_up_to_a_time_that_never_runs_back": Fault(
        _MARKETS, "remainder", "charges the hour that begins", _from_the_next_hour
    ),
    "t_a_bound_is_moved_into_its_range": Fault(
        "ibperp_invariants.proofs.theorems.governance.updates",
        "with_bound_in",
        "leaves the bound where it was",
        _bound_as_it_was,
    ),
    "t_a_change_of_an_asset_moves_its_bound_along": Fault(
        "ibperp.operations.governance.parameter_changes",
        "with_bound_in",
        "leaves the bound where it was",
        _bound_as_it_was,
    ),
    "t_a_listed_asset_has_no_price": Fault(_ASSETS, "Asset", "has a price of one", _at_a_price),
}
"""The planted fault of every theorem about updates."""
