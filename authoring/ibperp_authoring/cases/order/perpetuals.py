"""Every case of the file of vectors perpetuals.json, in its order."""

from typing import Final

from ibperp_authoring.cases.builder import Case, span
from ibperp_authoring.cases.incidents import incidents_10_to_13, incidents_14_to_19
from ibperp_authoring.cases.perpetuals import (
    book_states,
    final_settlement,
    funding,
    funding_rate,
    funding_time,
    gains,
    gains_withdrawn,
    list_perpetual,
    mark,
    order_bands,
    order_limits,
    orders,
    parameters,
    position_shown,
    positions,
    reduce_only,
    trades,
    uneven_marks,
)

CASES: Final[tuple[Case, ...]] = (
    *span(incidents_10_to_13.CASES, "PF-12-100", "PF-12-103"),
    *span(gains_withdrawn.CASES, "PF-12-110", "PF-12-115"),
    *span(incidents_14_to_19.CASES, "PF-12-120", "PF-12-122"),
    *span(gains_withdrawn.CASES, "PF-12-130", "PF-12-134"),
    *span(incidents_14_to_19.CASES, "PF-12-140"),
    *span(gains_withdrawn.CASES, "PF-12-141"),
    *span(incidents_14_to_19.CASES, "PF-12-142"),
    *span(gains_withdrawn.CASES, "PF-12-143", "PF-12-144"),
    *order_bands.CASES,
    *final_settlement.CASES,
    *funding_rate.CASES,
    *funding.CASES,
    *funding_time.CASES,
    *order_limits.CASES,
    *reduce_only.CASES,
    *gains.CASES,
    *mark.CASES,
    *list_perpetual.CASES,
    *parameters.CASES,
    *orders.CASES,
    *book_states.CASES,
    *trades.CASES,
    *positions.CASES,
    *position_shown.CASES,
    *uneven_marks.CASES,
)
