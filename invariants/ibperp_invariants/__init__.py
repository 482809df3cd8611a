"""What must hold in every state and along every trace of the specification."""

from ibperp_invariants.check.monitor import Follower, Monitor, check_state, check_step
from ibperp_invariants.check.registry import INVARIANTS
from ibperp_invariants.check.trace import (
    TraceError,
    TraceReport,
    TraceViolation,
    check_trace,
    report_of_trace,
)
from ibperp_invariants.check.verdicts import Answer, Standing, Verdict, verdicts
from ibperp_invariants.step.step import Invariant, Scope, Violation

__all__ = [
    "INVARIANTS",
    "Answer",
    "Follower",
    "Invariant",
    "Monitor",
    "Scope",
    "Standing",
    "TraceError",
    "TraceReport",
    "TraceViolation",
    "Verdict",
    "Violation",
    "check_state",
    "check_step",
    "check_trace",
    "report_of_trace",
    "verdicts",
]
