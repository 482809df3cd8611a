"""The planted fault in the margin checks of an owner's action."""

from typing import Final

from ibperp.margin import Health
from ibperp_invariants.proofs.faults.fault import Fault


def _by_equity(health: Health) -> int:
    return health.equity


FAULTS: Final = {
    "t_the_margin_checks_admit_what_is_admissible_alone": Fault(
        "ibperp.operations.effect", "counted_equity", "counts every gain", _by_equity
    ),
}
"""The planted fault of every theorem about margin checks."""
