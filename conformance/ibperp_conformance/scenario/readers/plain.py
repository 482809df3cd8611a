"""Actions each of whose fields is one of the step that is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final, TypeAlias

from ibperp.actions import Action
from ibperp_conformance.scenario.fields import StepFields

Reader: TypeAlias = Callable[[StepFields], Action | None]
"""What reads a step; None after noting problems in the reading."""

FieldReader: TypeAlias = Callable[[StepFields, str], Any]

FIELDS: Final[dict[str, FieldReader]] = {
    **dict.fromkeys(("account", "sender", "receiver", "quoter"), StepFields.account),
    **dict.fromkeys(("chain", "source", "destination"), StepFields.text),
    **dict.fromkeys(("auto_lend_redeem", "auto_borrow"), StepFields.flag),
    "asset": lambda step, _: step.asset()[0],
    "market": lambda step, _: step.market().symbol,
    "amount": StepFields.atoms,
    "steps": StepFields.count,
}
"""How the fields are read that mean the same in every action."""


def plain(record: Any, **own: FieldReader) -> Reader:
    """Return what reads an action of this record; `own` reads the fields that only it has."""
    readers = {member.name: (FIELDS | own)[member.name] for member in fields(record)}

    def read(step: StepFields) -> Action:
        step.only(readers)
        action: Action = record(**{name: field(step, name) for name, field in readers.items()})
        return action

    return read
