"""Planted faults in what funding charges, second by second."""

from typing import Any, Final

from ibperp.parameters import FundingPart, PerpetualParameters
from ibperp.records import replace
from ibperp.state import State
from ibperp_invariants.proofs.faults.fault import Fault

_FUNDING: Final = "ibperp.funding"
_MARKETS: Final = "ibperp.operations.perpetuals.markets"


def _unbounded(premium: int, parts: tuple[FundingPart, ...]) -> int:
    return premium + len(parts)


def _to_the_end(number: int, divisor: int) -> int:
    del number, divisor
    return 0


def _all_of_them(start: int, end: int, time: int, interval: int) -> int:
    del end, interval
    return time - start


def _of_margins(limits: PerpetualParameters, seconds: int) -> FundingPart:
    return FundingPart(seconds, limits.imf_base, 0, 0, 0, 0)


def _left_open(state: State, index: int, market: Any) -> State:
    del index, market
    return replace(state, time=state.time)


FAULTS: Final = {
    "t_funding_moves_the_index_by_its_rate": Fault(
        _FUNDING, "funding_rate", "has neither floor nor cap", _unbounded
    ),
    "t_charged_seconds_wait_no_more": Fault(
        _MARKETS, "remainder", "charges what has not ended", _to_the_end
    ),
    "t_new_terms_leave_every_second_waiting": Fault(
        _FUNDING, "seconds_to_charge", "charges intervals that nobody ended", _all_of_them
    ),
    "t_the_same_terms_change_no_clock": Fault(
        _FUNDING, "part_of", "takes a margin for a term", _of_margins
    ),
    "t_a_closed_market_settles_at_any_price": Fault(
        _MARKETS, "with_market", "leaves the market as it was", _left_open
    ),
}
"""The planted fault of every theorem about terms of funding."""
