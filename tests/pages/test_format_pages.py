"""The pages on formats say what is read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from ibperp_conformance.scenario.run import run_scenario
from ibperp_conformance.scenario.schema import FIELDS, step_fields, table
from ibperp_conformance.scenario.steps import step_readers
from ibperp_invariants.check.trace import MALFORMED, TraceChecker

DOCS: Final = Path(__file__).parents[2] / "docs"


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_scenario_format__has_every_step_and_field() -> None:
    assert step_fields().keys() == step_readers().keys()
    assert {name for names in step_fields().values() for name in names} == FIELDS.keys()
    page = (DOCS / "scenario-format.md").read_text(encoding="utf-8")
    assert "\n".join(table()) in page, "write it with ibperp_conformance.scenario.schema.table"


def test_scenario_format__examples_go_as_they_say(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    whole = [block for block in blocks("scenario-format.md", "yaml") if "title:" in block]
    assert len(whole) == 3
    for block in whole:
        path.write_text(block, encoding="utf-8")
        assert run_scenario(path).is_ok


def test_traces__example_is_one_line_of_a_trace() -> None:
    line = json.loads(blocks("traces.md", "json")[0])
    assert line.keys() == {"action", "outcome", "changes"}


def test_check_your_own_log__smallest_trace_lacks_only_its_system() -> None:
    checker = TraceChecker()
    found = [checker.feed(line) for line in blocks("check-your-own-log.md", "json")[0].splitlines()]
    unread = [item.violation for item in found[0] if item.violation.invariant == MALFORMED]
    assert len(unread) == 1
    assert "system lacks accrual_interval" in unread[0].message
    assert all(item.violation.invariant != MALFORMED for item in found[1])
    assert "pool_identity" not in checker.unchecked
