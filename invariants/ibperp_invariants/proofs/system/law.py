"""What a law of the system rests on, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Writer:
    """A function that writes a field of a law: the step of the model, and theorems about it."""

    step: str
    theorems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Law:
    """`clauses` state it; `fields`, as Record.field, are what it is about; `writers` by function.

    `holds`: the theorems in Coq, as File.theorem, that say the law for any run and any number.
    `theorems`: those about no writer. `facts`: what the syntax shows, by name. `part`: for what the
    invariant is proved, if not as a whole.
    """

    invariant: str
    clauses: tuple[str, ...]
    fields: tuple[str, ...]
    writers: Mapping[str, Writer]
    holds: tuple[str, ...]
    theorems: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    part: str = ""

    def cited(self) -> list[str]:
        """Return the theorems that the law rests on, beside those in Coq."""
        found = {name for writer in self.writers.values() for name in writer.theorems}
        return sorted(found | set(self.theorems))
