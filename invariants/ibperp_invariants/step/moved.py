"""Which parts a step moved: what its events tell, and what of the views may differ."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from ibperp_invariants.step.facts import Facts
from ibperp_invariants.view.live import Live
from ibperp_invariants.view.observed import NotObserved
from ibperp_invariants.view.view import Entries, View

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibperp_invariants.step.step import Step

TOLD: Final = tuple(part.name for part in fields(Facts))
SEEN: Final = tuple(part.name for part in fields(View) if part.name != "portfolios")
REPEAT: Final = "repeat"

BITS: Final = {name: 1 << place for place, name in enumerate((*TOLD, *SEEN, REPEAT))}
"""The parts by name, each as a bit of its own: a set of parts is a number."""


def bits_of(names: Iterable[str]) -> int:
    """Return a set of parts as a number."""
    return sum(BITS[name] for name in names)


def moved_parts(step: Step) -> int:
    """Return the parts that a step tells of or may have changed, at no cost of their size.

    What is not observed may have changed.
    """
    found = BITS[REPEAT] if step.repeat else 0
    facts, before, after = step.facts, step.before, step.after
    for name in TOLD:
        try:
            value = getattr(facts, name)
            if value.all if name == "liquidation" else value:
                found |= BITS[name]
        except NotObserved:
            found |= BITS[name]
    if before is after:
        return found
    for name in SEEN:
        try:
            old, new = getattr(before, name), getattr(after, name)
            if (old is not new and may_differ(old, new)) or (isinstance(new, Live) and new.partial):
                found |= BITS[name]
        except NotObserved:
            found |= BITS[name]
    return found


def may_differ(old: Any, new: Any) -> bool:
    """Tell whether two values that are not the same object may differ; looks at no entry."""
    if isinstance(new, Entries) and isinstance(old, Entries):
        return old.vector is not new.vector
    return not isinstance(new, int) or old != new
