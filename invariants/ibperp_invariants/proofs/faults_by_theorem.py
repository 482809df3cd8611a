"""Which planted fault stands beside which theorem."""

from ibperp_invariants.proofs import faults as f
