"""The index of actions: clause, capability, codes by stage, events, halt and class of prices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ibperp.operations.governance.halts import ADMITTED_WHILE_HALTED
from ibperp_authoring.markdown import rows
from ibperp_authoring.site.maps.observed import observed
from ibperp_authoring.site.maps.text import (
    action_clauses,
    home_of,
    link,
    linked,
    price_rows,
    referred,
    stages,
)
from ibperp_conformance.protocol import wire
from ibperp_conformance.runner.capabilities import NEEDED

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOCK: Final = "advance_time"
SHARED_PARTS: Final = ("MM-18", "PP-5", "LQ-1")
CLASSES: Final = ("order", "borrow", "withdrawal", "liquidation")
STAGES_HEAD: Final = ("stage", "codes; the first that is violated is the answer")
_CLASS: Final = re.compile(r"class (order|borrow|withdrawal|liquidation)")
HEAD: Final = ("action", "clause", "capability", "admitted in a halt", "class of prices (PF-9)")


def capability_of(action: str) -> str:
    """Return the capability that an action belongs to (CF-1)."""
    if action == CLOCK:
        return "custody"
    named = next((name for name, actions in NEEDED.items() if action in actions), None)
    return named or home_of(action_clauses()[action]).replace("-", "_")


def price_classes(action: str) -> tuple[str, ...]:
    """Return the classes of prices that an action checks; none if it checks no price."""
    text = price_rows(action)
    found = set(_CLASS.findall(text))
    follows = " ".join(part.words for part in referred(action))
    if "SM-4" in follows or "PG-4" in follows or "as in PG-2" in text:
        found.add("order")
    if "LQ-1" in text or "PG-6" in text or action in LIQUIDATING:
        found.add("liquidation")
    return tuple(name for name in CLASSES if name in found)


LIQUIDATING: Final = frozenset({"liquidate", "resolve_bankruptcy", "run_risk"})
"""The actions that begin with the table of LQ-1."""


def action_index() -> str:
    """Return the table of all actions, then a section for each."""
    halted = {wire.type_name(kind) for kind in ADMITTED_WHILE_HALTED}
    table = rows(
        HEAD, (_row(action, clause, halted) for action, clause in action_clauses().items())
    )
    sections = "\n".join(_section(action, clause) for action, clause in action_clauses().items())
    shared = "\n".join(_shared(clause) for clause in SHARED_PARTS)
    return (
        f"{table}\n## Stages that several actions share\n\n{shared}\n## Each action\n\n{sections}"
    )


def _row(action: str, clause: str, halted: set[str]) -> tuple[str, ...]:
    return (
        f"[`{action}`](#{action})",
        link(clause),
        f"`{capability_of(action)}`",
        "yes" if action in halted else "no",
        ", ".join(price_classes(action)) or "none",
    )


def _section(action: str, clause: str) -> str:
    emitted = sorted(kind for kind, by in observed().events.items() if action in by)
    events = ", ".join(f"[`{kind}`](events.md#{kind})" for kind in emitted) or "none"
    return (
        f"### `{action}` {{#{action}}}\n\n{link(clause)}, capability `{capability_of(action)}`. "
        f"Events: {events}.\n\n{rows(STAGES_HEAD, _stages(action))}"
    )


def _stages(action: str) -> Iterator[tuple[str, str]]:
    """Yield the stages of an action in order; codes of one stage by precedence."""
    found: dict[int, list[str]] = {}
    for stage in stages().get(action, ()):
        found.setdefault(stage.number, []).append(_codes(stage.codes))
    for other in referred(action):
        found.setdefault(other.number, []).append(f"those of {_stages_link(other.words)}")
    for number, parts in sorted(found.items()):
        if number:
            yield str(number), "; ".join(parts)
    yield "last", "`out_of_range` of the result (" + link("NT-7") + ")"


def _stages_link(words: str) -> str:
    """Return a link to stages that several actions share, or to the clause that has them."""
    if words in SHARED_PARTS:
        return f"[{words}](#stages-{words})"
    return linked(words)


def _shared(clause: str) -> str:
    found = [
        (str(stage.number), _codes(stage.codes))
        for action in ("any", "liquidate")
        for stage in stages().get(action, ())
        if stage.clause == clause
    ]
    if clause == "MM-18":
        found = [("1", f"those of {link('MM-12')}, stage 2"), *found]
        found.append(("3", f"those of {link('MM-13')}, stage 2"))
    return (
        f"### {clause} {{#stages-{clause}}}\n\n{link(clause)}\n\n{rows(('stage', 'codes'), found)}"
    )


def _codes(codes: tuple[str, ...]) -> str:
    return ", ".join(f"[`{code}`](codes.md#{code})" for code in codes)
