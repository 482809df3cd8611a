"""A finding: one difference, small, with both answers, its clause and a sentence for a person.

It is written as a file of vectors that `ibperp conform --vectors FILE` replays.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ibperp import events as event_records
from ibperp.outcomes import Accepted
from ibperp.state import genesis
from ibperp_conformance.fuzz.ask import ANSWERED
from ibperp_conformance.protocol.observation import difference as changed_leaves
from ibperp_conformance.protocol.observation import flatten, observe
from ibperp_conformance.protocol.states import dump
from ibperp_conformance.protocol.wire import encode_action, encode_outcome, encode_system
from ibperp_conformance.runner.vectors import FORMAT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibperp.parameters import SystemParameters
    from ibperp_conformance.fuzz.ask import Difference
    from ibperp_conformance.fuzz.generator.run import Step

CLAUSE: Final = re.compile(r"\b(?:NT|CU|MM|PF|SM|PP|ST|LQ|PG|GV|CF)-\d+")
OF_LEAVES: Final = (
    ("/portfolio/", "PF-7"),
    ("/ramp/", "GV-2"),
    ("/positions/", "PP-3"),
    ("/pool/", "MM-1"),
    ("/shares/", "MM-2"),
    ("/reserved", "SM-5"),
    ("/unsettled", "ST-1"),
    ("/free/", "CU-1"),
    ("/tokens/", "CU-1"),
    ("/settings/", "MM-15"),
    ("/bids/", "SM-5"),
    ("/asks/", "SM-5"),
    ("/is_limited", "GV-3"),
    ("funding", "PP-8"),
    ("mark_", "PP-6"),
    ("open_interest", "PP-4"),
    ("orders/", "SM-5"),
    ("withdrawals/", "CU-5"),
    ("rebalances/", "CU-8"),
    ("requests/", "PG-2"),
    ("backstops/", "PG-1"),
    ("liquidation_time", "GV-4"),
    ("halted", "GV-4"),
    ("settlement_time", "ST-2"),
    ("unpaid_rate_time", "ST-10"),
    ("/unpaid/", "ST-10"),
)
"""The clause that a leaf of an observation belongs to: the first part that its path holds."""

_OF_STAGES: Final = {
    "CancelOrders": "LQ-3",
    "PayOwn": "LQ-3",
    "LiquidatePositionOnBook": "LQ-4",
    "CollateralConversion": "LQ-5",
    "CollateralConversionRequest": "LQ-5",
    "LiquidatePositionOnBackstop": "LQ-6",
    "LiquidatePositionOnAdl": "LQ-7",
    "LendingAdl": "LQ-7",
    "InKind": "LQ-7",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is reported of a difference; `note` says what else is known of the engine.

    `steps` lead from genesis to the difference, `own` of them are the vector's.
    """

    seed: int
    system: SystemParameters
    steps: tuple[Step, ...]
    own: int
    difference: Difference
    from_steps: int
    seconds: float
    note: str = ""

    @property
    def signature(self) -> str:
        """What tells this finding from others."""
        return self.difference.signature

    @property
    def name(self) -> str:
        """The name of its file: its action, and a few digits of its signature's hash."""
        digest = hashlib.sha256(self.signature.encode()).hexdigest()[:8]
        return f"{self.difference.action}-{digest}"

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses that decide, the most particular first."""
        return deciding(self.steps[self.difference.step], self.difference)

    @property
    def sentence(self) -> str:
        """One sentence for a person."""
        found, clauses = self.difference, ", ".join(self.clauses)
        place = f"step {self.difference.step + 1} of {len(self.steps)}, {found.action}"
        row = next((row for row in found.rows if row.differs), None)
        if found.kind == "invariant":
            broken = f"the invariant {found.path} is broken: {found.received}"
            return f"At {place}, {broken} ({clauses})."
        if found.kind not in ANSWERED:
            return f"At {place}, the engine {found.kind}."
        sides = "the answers differ"
        if row:
            wanted, received = row.expected or "nothing", row.received or "nothing"
            sides = f"the engine has {received} where {wanted} is right"
        where = f"in the {found.kind}, at {found.path}"
        return f"At {place}, {sides} {where} ({clauses})."


def deciding(step: Step, difference: Difference) -> tuple[str, ...]:
    """Return the clauses that decide a difference at a step, the most particular first."""
    if difference.clauses:
        return difference.clauses
    found = []
    if difference.kind == "observation":
        path = f"/{difference.path}"
        found += [clause for part, clause in OF_LEAVES if part in path][:1]
    place = re.match(r"events/(\d+)", difference.path)
    listed = step.outcome.events if isinstance(step.outcome, Accepted) else ()
    if place and int(place[1]) < len(listed):
        stages = (_stage(listed, int(place[1])), _stage_told(difference, int(place[1])))
        found += [_OF_STAGES[stage] for stage in stages if stage in _OF_STAGES]
        found += CLAUSE.findall(type(listed[int(place[1])]).__doc__ or "")
    found += CLAUSE.findall(type(step.action).__doc__ or "")[:1]
    if difference.path in {"code", "violated"}:
        found.append("NT-9")
    return tuple(dict.fromkeys(found or ["NT-9"]))


def _stage(listed: Sequence[Any], place: int) -> str:
    """Return the stage of a liquidation that an event belongs to, if it is one's."""
    stages = (
        own.stage.value
        for own in reversed(listed[: place + 1])
        if isinstance(own, event_records.LiquidationStep)
    )
    return next(stages, "")


def _stage_told(difference: Difference, place: int) -> str:
    """Return the stage in the engine's own event at a place, if it is one of a liquidation."""
    body = difference.received if isinstance(difference.received, dict) else {}
    listed = body.get("events", [])
    event = listed[place] if isinstance(listed, list) and place < len(listed) else {}
    return str(event.get("stage", "")) if isinstance(event, dict) else ""


def as_file(finding: Finding, command: str) -> dict[str, Any]:
    """Return the content of the file of a finding: a setup, a vector, and both answers."""
    lead = len(finding.steps) - finding.own
    before = finding.steps[lead].before if finding.steps else genesis(finding.system)
    observation = flatten(observe(before))
    setup = {
        "id": f"fuzz-{finding.name}",
        "system": encode_system(finding.system),
        "actions": [encode_action(step.action) for step in finding.steps[:lead]],
        "observation": observation,
        "state": dump(before),
    }
    own = finding.steps[lead:]
    outcomes = [encode_outcome(step.before, step.outcome) for step in own]
    kinds = {"accept": ["accepted"], "reject": ["rejected"]}
    vector = {
        "id": f"{finding.clauses[0]}-{finding.name}",
        "clauses": list(finding.clauses),
        "kind": next(
            (k for k, v in kinds.items() if [*outcomes[-1]] == v and len(own) == 1), "trace"
        ),
        "why": "regression",
        "title": finding.sentence,
        "setup": setup["id"],
        "steps": [
            {"action": encode_action(step.action), "expect": outcome}
            for step, outcome in zip(own, outcomes, strict=True)
        ],
        "post": changed_leaves(observation, flatten(observe(own[-1].after))),
    }
    text = json.dumps(vector, sort_keys=True, separators=(",", ":"))
    vector["hash"] = hashlib.sha256(text.encode()).hexdigest()
    found = finding.difference
    told = {
        "signature": finding.signature,
        "sentence": finding.sentence,
        "clauses": list(finding.clauses),
        "kind": found.kind,
        "step": found.step - lead + 1,
        "path": found.path,
        "expected": found.expected,
        "received": found.received,
        "seed": finding.seed,
        "steps_before_shrinking": finding.from_steps,
        "shrinking_seconds": round(finding.seconds, 1),
        "engine": command,
        "note": finding.note,
    }
    return {"format": FORMAT, "setups": [setup], "vectors": [vector], "findings": [told]}


def as_text(finding: Finding, rerun: str) -> str:
    """Return what a person reads of a finding: the sentence, the steps, both answers beside."""
    lead = len(finding.steps) - finding.own
    lines = [finding.sentence, ""]
    if finding.note:
        lines += [finding.note, ""]
    lines += [f"{lead} actions lead there; then:"]
    for number, step in enumerate(finding.steps[lead:], 1):
        lines.append(f"{number:>3} {json.dumps(encode_action(step.action))}")
    lines += ["", f"{'leaf':<44} {'reference':<34} engine"]
    for row in finding.difference.rows[:40]:
        sign = "≠" if row.differs else " "
        wanted, received = row.expected or "·", row.received or "·"
        lines.append(f"{sign} {row.path:<42} {wanted:<34} {received}")
    if not finding.difference.rows:
        lines.append(f"  {finding.difference.received}")
    lines += ["", f"clauses: {', '.join(finding.clauses)}", f"again:   {rerun}", ""]
    return "\n".join(lines)
