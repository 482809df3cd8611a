"""What must hold in every state and along every trace of the specification."""

from ibperp_invariants.registry import INVARIANTS, Follower, Monitor, check_state, check_step
from ibperp_invariants.step import Invariant, Scope, Violation
from ibperp_invariants.trace import TraceError, TraceViolation, check_trace

__all__ = [
    "INVARIANTS",
    "Follower",
    "Invariant",
    "Monitor",
    "Scope",
    "TraceError",
    "TraceViolation",
    "Violation",
    "check_state",
    "check_step",
    "check_trace",
]
