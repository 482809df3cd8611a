"""What an action leads to: acceptance with events, or a rejection with its code."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from ibperp.records import record
from ibperp.rejection_codes import RejectionCode

if TYPE_CHECKING:
    from ibperp.events import Event
    from ibperp.state import State

__all__ = ["Accepted", "Outcome", "Rejected", "RejectionCode"]


@record
class Accepted:
    """The action took effect: the state after it, and what happened, in order."""

    state: State
    events: tuple[Event, ...]


@record
class Rejected:
    """The action is refused and the state stays as it was (NT-9).

    `violated`: every precondition that could be evaluated and failed, by precedence; `code` is the
    first of them.
    """

    code: RejectionCode
    violated: tuple[RejectionCode, ...]


Outcome: TypeAlias = Accepted | Rejected
