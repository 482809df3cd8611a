"""Planted faults: beside each theorem a kernel function with one defect, which it must refute."""

from typing import Final

from ibperp_invariants.proofs.faults import (
    bankruptcy,
    book,
    deleveraging,
    feeds,
    funding,
    liquidation,
    margin,
    numbers,
    pool,
    portfolio,
    position,
    posting,
    ramps,
    settlement,
    takeover,
    trade,
)
from ibperp_invariants.proofs.faults.fault import Fault

FAULTS: Final[dict[str, Fault]] = {
    **numbers.FAULTS,
    **posting.FAULTS,
    **pool.FAULTS,
    **margin.FAULTS,
    **portfolio.FAULTS,
    **book.FAULTS,
    **trade.FAULTS,
    **position.FAULTS,
    **funding.FAULTS,
    **settlement.FAULTS,
    **liquidation.FAULTS,
    **takeover.FAULTS,
    **deleveraging.FAULTS,
    **bankruptcy.FAULTS,
    **ramps.FAULTS,
    **feeds.FAULTS,
}
"""The planted fault of every theorem."""
