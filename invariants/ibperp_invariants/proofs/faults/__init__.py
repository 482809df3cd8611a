"""Planted faults: beside each theorem a kernel function with one defect, which it must refute."""

from typing import Final

from ibperp_invariants.proofs.faults.custody import (
    causes,
    entries,
    isolation,
    listed,
    parties,
    posting,
    requests,
)
from ibperp_invariants.proofs.faults.custody import flows as told
from ibperp_invariants.proofs.faults.fault import Fault
from ibperp_invariants.proofs.faults.governance import feeds, ramps, updates, waiting
from ibperp_invariants.proofs.faults.liquidation import (
    bankruptcy,
    debts,
    deleveraging,
    due,
    handover,
    liquidation,
    rank,
    spread,
    together,
)
from ibperp_invariants.proofs.faults.liquidation import numbers as counted
from ibperp_invariants.proofs.faults.money_market import moves, pool
from ibperp_invariants.proofs.faults.notation import numbers, outcomes, signs
from ibperp_invariants.proofs.faults.perpetuals import books, fund, funding, position, terms
from ibperp_invariants.proofs.faults.portfolio import checks, margin, portfolio
from ibperp_invariants.proofs.faults.programs import backstops
from ibperp_invariants.proofs.faults.settlement import charges, clearing, flows, left, settlement
from ibperp_invariants.proofs.faults.spot_margin import book, reservations, trade, users

FAULTS: Final[dict[str, Fault]] = {
    **numbers.FAULTS,
    **outcomes.FAULTS,
    **signs.FAULTS,
    **posting.FAULTS,
    **requests.FAULTS,
    **isolation.FAULTS,
    **entries.FAULTS,
    **parties.FAULTS,
    **listed.FAULTS,
    **causes.FAULTS,
    **told.FAULTS,
    **pool.FAULTS,
    **moves.FAULTS,
    **margin.FAULTS,
    **portfolio.FAULTS,
    **checks.FAULTS,
    **book.FAULTS,
    **trade.FAULTS,
    **position.FAULTS,
    **funding.FAULTS,
    **books.FAULTS,
    **fund.FAULTS,
    **settlement.FAULTS,
    **clearing.FAULTS,
    **flows.FAULTS,
    **charges.FAULTS,
    **liquidation.FAULTS,
    **handover.FAULTS,
    **deleveraging.FAULTS,
    **bankruptcy.FAULTS,
    **ramps.FAULTS,
    **updates.FAULTS,
    **feeds.FAULTS,
    **waiting.FAULTS,
    **terms.FAULTS,
    **left.FAULTS,
    **reservations.FAULTS,
    **users.FAULTS,
    **spread.FAULTS,
    **rank.FAULTS,
    **debts.FAULTS,
    **due.FAULTS,
    **together.FAULTS,
    **counted.FAULTS,
    **backstops.FAULTS,
}
"""The planted fault of every theorem."""
