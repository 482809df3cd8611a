"""Writes what the specification holds of generated text: `python -m ibperp_authoring.fill`.

Every authored case runs through the reference and is recorded as a vector; the schemas come from
the wire records; the tables of the chapters come from their worked examples.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ibperp.actions import Action, ApplyFunding
from ibperp.outcomes import Accepted, Rejected, RejectionCode
from ibperp.state import State, genesis
from ibperp.transition import transition
from ibperp_authoring import examples, frame_table, tiers
from ibperp_authoring.cases import ALSO, BRICKS, SETUPS
from ibperp_authoring.cases.builder import Case, Kind, Refused, Step, Why
from ibperp_authoring.cases.setups import SetupSource
from ibperp_authoring.schemas import schemas
from ibperp_conformance.files import WrongUseError, write_atomically
from ibperp_conformance.protocol import wire
from ibperp_conformance.protocol.observation import difference, flatten, observe
from ibperp_conformance.runner.vectors import FORMAT, compact, content_hash
from ibperp_conformance.spec_files import spec_path

_PART_OF: Final = {
    RejectionCode.OUT_OF_RANGE: "NT-7",
    RejectionCode.INSUFFICIENT_MARGIN: "PF-8",
    RejectionCode.PRICE_STALE: "PF-9",
    RejectionCode.UTILIZATION_THROTTLED: "MM-9",
    RejectionCode.MAX_UTILIZATION: "MM-8",
    RejectionCode.LEND_LIMIT: "MM-8",
    RejectionCode.BORROW_LIMIT: "MM-8",
    RejectionCode.BOOK_CLOSED: "MM-10",
    RejectionCode.TRADING_PAUSED: "SM-2",
    RejectionCode.PRICE_OUT_OF_BOUNDS: "SM-6",
    RejectionCode.MARKET_KIND: "PP-1",
    RejectionCode.OPEN_INTEREST_LIMIT: "PP-5",
    RejectionCode.POSITION_LIMIT: "PP-5",
    RejectionCode.MARKET_NOT_CLOSED: "PP-9",
    RejectionCode.TOO_EARLY: "ST-2",
}
"""The clause that a code belongs to, wherever the action's own clause uses it."""


class FillError(Exception):
    """Cases contradict the reference, or each other; the message names them, one a line."""


def main(check: bool, directory: Path | None = None) -> int:  # noqa: FBT001
    """Write every generated file of the specification, or with `check` name those that are stale.

    Returns 0, or 1 when a file is stale or a case contradicts the reference.
    """
    folder = spec_path() if directory is None else directory
    try:
        documents = rendered()
    except FillError as error:
        _say(str(error))
        return 1
    stale = [name for name, text in documents.items() if _stored(folder / name) != text]
    if check:
        for name in stale:
            _say(f"{name} is stale; write it again with: make fill")
        return 1 if stale else 0
    for name in stale:
        _write(folder / name, documents[name])
        _say(f"wrote {name}")
    if not stale:
        _say("every vector, schema and table is up to date")
    return 0


def rendered() -> dict[str, str]:
    """Return the text of every generated file, by its path inside `spec`; raise `FillError`."""
    cases = [case for brick in BRICKS.values() for case in brick]
    _check_ids(cases)
    starts = {source.id: replayed(source) for source in SETUPS}
    setups = {source.id: _setup(source, starts[source.id]) for source in SETUPS}
    documents = {"vectors/setups.json": _document("setups", setups.values())}
    wrong: list[str] = []
    written: list[dict[str, Any]] = []
    for brick, members in BRICKS.items():
        vectors = []
        for case in members:
            try:
                start, observed = starts[case.setup], setups[case.setup]["observation"]
                vectors.append(vector(case, start, observed))
            except FillError as error:
                wrong.append(str(error))
        documents[f"vectors/{brick}.json"] = _document("vectors", vectors)
        written += vectors
    if wrong:
        raise FillError("\n".join(wrong))
    _check_twins(cases, {case.id for case in cases if case.kind is not Kind.REJECT})
    documents["tiers.json"] = tiers.document(sorted(written, key=lambda each: str(each["id"])))
    for name, schema in schemas().items():
        documents[f"schema/{name}.json"] = json.dumps(schema, indent=2, sort_keys=True) + "\n"
    return documents | _chapters()


def _chapters() -> dict[str, str]:
    """Return the chapters with their tables written anew; raise `FillError`."""
    try:
        return {
            path.name: frame_table.render(examples.render(path.read_text(encoding="utf-8")))
            for path in sorted(spec_path().glob("*.md"))
        }
    except examples.ExampleError as error:
        raise FillError(str(error)) from error


def vector(case: Case, start: State, observed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the vector of a case run from `start`; raise `FillError` if a step differs.

    `observed`: the leaves of `start`, where they are known.
    """
    state, steps = start, []
    for number, step in enumerate(case.steps, 1):
        action = step.action if isinstance(step, Refused) else step
        outcome = transition(state, action)
        _check_step(case, number, step, outcome)
        steps.append(
            {"action": wire.encode_action(action), "expect": wire.encode_outcome(state, outcome)}
        )
        state = outcome.state if isinstance(outcome, Accepted) else state
    content: dict[str, Any] = {
        "id": case.id,
        "clauses": _clauses(case),
        "kind": case.kind.value,
        "why": case.why.value,
        "title": case.title,
        "setup": case.setup,
        "steps": steps,
        "post": difference(observed or flatten(observe(start)), flatten(observe(state))),
    }
    if case.twin is not None:
        content["twin"] = case.twin
    return content | {"hash": content_hash(content)}


def _clauses(case: Case) -> list[str]:
    found = [*case.clauses, *ALSO.get(case.id, ())]
    refused = [step for step in case.steps if isinstance(step, Refused)]
    found += [_part_of(step) for step in refused if step.code in _PART_OF]
    if case.why is Why.PRECEDENCE:
        found.append("NT-9")
    return list(dict.fromkeys(found))


def _part_of(refused: Refused) -> str:
    """Return the clause of a refusal; two clauses say what is too early, each of its action."""
    if refused.code is RejectionCode.TOO_EARLY and isinstance(refused.action, ApplyFunding):
        return "PP-8"
    return _PART_OF[refused.code]


def _check_step(case: Case, number: int, step: Step, outcome: Accepted | Rejected) -> None:
    expected = step.code if isinstance(step, Refused) else None
    actual = outcome.code if isinstance(outcome, Rejected) else None
    if expected != actual:
        raise FillError(
            f"{case.id}, step {number}: declared {expected or 'accepted'}, "
            f"the reference says {actual or 'accepted'}"
        )


def _check_ids(cases: list[Case]) -> None:
    seen: set[str] = set()
    known = {source.id for source in SETUPS}
    for case in cases:
        if case.id in seen:
            raise FillError(f"{case.id}: the id is used twice")
        if case.setup not in known:
            raise FillError(f"{case.id}: no setup {case.setup!r}")
        seen.add(case.id)


def _check_twins(cases: list[Case], accepted: set[str]) -> None:
    for case in cases:
        if case.kind is Kind.REJECT and case.twin not in accepted:
            raise FillError(f"{case.id}: its twin {case.twin} is no accepted case")


def replayed(source: SetupSource) -> State:
    """Return the state that a setup leads to; raise `FillError` if an action is refused."""
    state = genesis(source.system)
    for number, action in enumerate(source.actions, 1):
        outcome = transition(state, action)
        if isinstance(outcome, Rejected):
            raise FillError(f"setup {source.id}, action {number}: {outcome.code}")
        state = outcome.state
    return state


def _setup(source: SetupSource, state: State) -> dict[str, Any]:
    actions: tuple[Action, ...] = source.actions
    return {
        "id": source.id,
        "system": wire.encode_system(source.system),
        "actions": [wire.encode_action(action) for action in actions],
        "observation": flatten(observe(state)),
    }


def _document(name: str, entries: Iterable[Mapping[str, Any]]) -> str:
    """Return a file of one entry a line, so that a change of one shows as one line."""
    lines = ",\n".join(compact(entry) for entry in entries)
    return f'{{"format":"{FORMAT}","{name}":[\n{lines}\n]}}\n'


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _stored(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, (text,), "generated file")


def run(arguments: Sequence[str] | None = None) -> int:
    """Fill, or only check with `--check`; return the exit code, 2 when a file cannot be written."""
    parser = argparse.ArgumentParser(prog="ibperp_authoring.fill", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only name what is stale")
    check = parser.parse_args(arguments).check
    try:
        return main(check)
    except WrongUseError as error:
        _say(str(error))
        return 2


if __name__ == "__main__":
    sys.exit(run())
