"""What must hold in every state and along every trace of the specification."""

from ibperp_invariants.check.registry import INVARIANTS, Follower, Monitor, check_state, check_step
from ibperp_invariants.check.trace import TraceError, TraceViolation, check_trace
from ibperp_invariants.step.step import Invariant, Scope, Violation

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
