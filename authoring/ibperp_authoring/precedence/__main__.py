"""Counts the pairs that no vector shows: `python -m ibperp_authoring.precedence [--write]`.

Fails on one without a reason in `reasons.toml`, and on a reason that is not needed. `--write` drops
the cases that the rules of today answer otherwise, proposes a case for each gap, and writes those
that the reference confirms to `pairs.json`, from which the cases are read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ibperp_authoring.cases.notation.pairs import PAIRS, action_of
from ibperp_authoring.precedence.propose import Refusal, States, proposals, refusals
from ibperp_authoring.precedence.shown import missing, shown
from ibperp_authoring.precedence.wanted import Pair, pairs, reasons
from ibperp_conformance.files import write_atomically
from ibperp_conformance.protocol.wire import encode_action
from ibperp_conformance.runner.vectors import Suite, load_suite


def gaps(suite: Suite) -> tuple[list[Pair], list[str]]:
    """Return the pairs with neither vector nor reason, and the reasons of pairs with a vector."""
    known = refusals(suite, States(suite.setups))
    left = missing((str(each.action["type"]), each.shown) for each in known)
    told = {*reasons()}
    names = {str(pair) for pair in left}
    return [each for each in left if str(each) not in told], sorted(told - names)


def write(suite: Suite) -> int:
    """Add proposals for the gaps to the file of cases; return how many."""
    states = States(suite.setups)
    known = refusals(suite, states)
    left = missing((str(each.action["type"]), each.shown) for each in known)
    left = [pair for pair in left if str(pair) not in reasons()]
    kept = json.loads(PAIRS.read_text(encoding="utf-8"))
    number = max((entry["number"] for entry in kept), default=0)
    entries = [entry for entry in kept if _stands(entry, states)]
    sys.stdout.write(f"{len(kept) - len(entries)} cases dropped: the rules refuse otherwise now\n")
    made = [
        _entry(number + 1 + place, *each)
        for place, each in enumerate(proposals(left, known, states))
    ]
    lines = ",\n".join(json.dumps(entry, sort_keys=True) for entry in [*entries, *made])
    write_atomically(PAIRS, [f"[\n{lines}\n]\n"], "cases")
    return len(made)


def _stands(entry: Mapping[str, Any], states: States) -> bool:
    """Tell whether the reference still refuses a written case with its code."""
    before = [encode_action(action_of(step)) for step in entry["before"]]
    state = states.after(entry["setup"], before)
    seen = None if state is None else shown(state, action_of(entry["action"]))
    return seen is not None and seen.codes[0] == entry["code"]


def _entry(number: int, pair: Pair, refusal: Refusal) -> dict[str, object]:
    return {
        "number": number,
        "clause": pair.clause,
        "title": f"{pair.action}: stage {pair.stage} before stage {pair.stage + 1}"
        if pair.is_next_stage
        else f"{pair.action}: {pair.first} before {pair.second}",
        "setup": refusal.setup,
        "before": list(refusal.before),
        "action": refusal.action,
        "code": refusal.shown.codes[0],
        "twin": refusal.twin,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Count, or write; return 1 when a gap has no reason or a reason has no gap."""
    parser = argparse.ArgumentParser(prog="precedence", description=__doc__)
    parser.add_argument("--write", action="store_true", help="add cases for what is missing")
    suite = load_suite()
    if parser.parse_args(arguments).write:
        sys.stdout.write(f"{write(suite)} cases added; now: make fill\n")
        return 0
    unexplained, needless = gaps(suite)
    for pair in unexplained:
        sys.stdout.write(f"no vector and no reason: {pair}\n")
    for name in needless:
        sys.stdout.write(f"a vector shows it, its reason is not needed: {name}\n")
    total, told = len(pairs()), len(reasons())
    shown = total - told - len(unexplained)
    sys.stdout.write(f"{total} pairs: {shown} shown, {told} with a reason\n")
    return 1 if unexplained or needless else 0


if __name__ == "__main__":
    sys.exit(main())
