"""Planted faults: beside each theorem a kernel function with one defect, which it must refute."""

from typing import Final

from ibperp_invariants.proofs.faults import (
    book,
    funding,
    margin,
    numbers,
    pool,
    portfolio,
    position,
    posting,
    settlement,
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
}
"""The planted fault of every theorem."""
