"""The schemas of files that people write admit what ships, and refuse a slip."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Final

import pytest

from ibperp_conformance.runner.report_records import (
    DivergenceRecord,
    LeafRecord,
    ReportRecord,
    ResultRecord,
    SuiteRecord,
)
from ibperp_conformance.scenario.run import run_scenario
from ibperp_conformance.traces.write import trace_lines

ROOT: Final = Path(__file__).parents[2]
SHIPPED: Final = {
    "scenario": sorted((ROOT / "docs" / "scenarios").glob("*.yaml")),
    "preset": sorted((ROOT / "spec" / "presets").glob("*.yaml")),
}
SLIPS: Final = {"scenario": ("deposit:", "deposits:"), "preset": ("imf_base:", "imf_bas:")}


def checked(name: str, *files: Path) -> int:
    schema = ROOT / "spec" / "schema" / f"{name}.json"
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema)]
    return subprocess.run([*command, *map(str, files)], check=False).returncode


@pytest.mark.parametrize("name", SHIPPED)
def test_schema__admits_what_ships_and_refuses_a_slip(name: str, tmp_path: Path) -> None:
    assert checked(name, *SHIPPED[name]) == 0
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(SHIPPED[name][0].read_text(encoding="utf-8").replace(*SLIPS[name], 1))
    assert checked(name, wrong) == 1


def test_schema_of_traces__admits_every_line_of_a_run(tmp_path: Path) -> None:
    result = run_scenario(ROOT / "docs" / "scenarios" / "october-2025.yaml", is_checked=False)
    files = []
    for index, line in enumerate(trace_lines(result)):
        files.append(tmp_path / f"{index}.json")
        files[-1].write_text(line, encoding="utf-8")
    assert checked("trace", *files) == 0
    spoiled = json.loads(files[-1].read_text(encoding="utf-8"))
    del spoiled["outcome"]
    files[-1].write_text(json.dumps(spoiled), encoding="utf-8")
    assert checked("trace", files[-1]) == 1


def test_schema_of_reports__admits_a_run_that_diverges(tmp_path: Path) -> None:
    engine = ROOT / "tests" / "engines" / "wrong_at_two.py"
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "ibperp_conformance.cli", "conform", "--vector", "CU-3"]
    subprocess.run(
        [*command, "--json", str(report), "--", sys.executable, str(engine), "reject"], check=False
    )
    assert checked("report", report) == 0
    spoiled = json.loads(report.read_text(encoding="utf-8"))
    assert any(each["divergence"] for each in spoiled["results"])
    spoiled["results"][0]["surplus"] = 1
    report.write_text(json.dumps(spoiled), encoding="utf-8")
    assert checked("report", report) == 1


def test_page_of_reports__names_every_member() -> None:
    page = (ROOT / "docs" / "report-format.md").read_text(encoding="utf-8")
    for kind in (ReportRecord, ResultRecord, DivergenceRecord, LeafRecord, SuiteRecord):
        for member in fields(kind):
            assert f"`{member.name}`" in page, member.name
