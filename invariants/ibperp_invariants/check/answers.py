"""Reads the outcome of an action, decoded from JSON."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from ibperp.outcomes import RejectionCode
from ibperp_invariants.check.verdicts import Answer
from ibperp_invariants.step.facts import NOTHING_TOLD, Facts, facts_of_json
from ibperp_invariants.view.node import Node, ViewError
from ibperp_invariants.view.observed import without

NOTHING_SAID: Final[object] = {"accepted": {"events": []}}
"""The outcome of an action that took effect, of which no event tells."""

NOTHING_ANSWERED: Final = Answer(facts=NOTHING_TOLD)

CODES: Final = frozenset(code.value for code in RejectionCode)


def answer_of(outcome: Node, problems: list[str]) -> Answer:
    """Return what an outcome says; raise ViewError where it cannot be read.

    Events that cannot be read are a problem, and taken as left out.
    """
    if outcome.value == NOTHING_SAID:
        return NOTHING_ANSWERED
    sides = outcome.object().keys()
    if sides == {"accepted"}:
        accepted = outcome.get("accepted")
        if "events" in accepted.object():
            try:
                return Answer(facts=facts_of_json(accepted.get("events").items()))
            except ViewError as error:
                problems.append(str(error))
        path = accepted.at("events")
        return Answer(facts=without(Facts(), {part.name: path for part in fields(Facts)}))
    if sides != {"rejected"}:
        raise ViewError("outcome must hold either `accepted` or `rejected`")
    rejected = outcome.get("rejected")
    named = "violated" in rejected.object()
    violated = tuple(_code(item) for item in rejected.get("violated").items()) if named else ()
    return Answer(_code(rejected.get("code")), violated)


def _code(node: Node) -> str:
    if node.text() not in CODES:
        raise ViewError(f"{node.path} must be a rejection code, is {node.value!r}")
    return node.text()
