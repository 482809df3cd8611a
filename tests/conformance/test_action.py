"""The steps of the action are run as they stand, as a runner of jobs would run them."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from ibperp_conformance.runner import job_summary

ROOT = Path(__file__).parents[2]
ENGINES = ROOT / "tests" / "engines"
ACTION = YAML(typ="safe").load(ROOT / "action.yml")
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "run" in step}
INSTALL, CONFORM = "Install ibperp", "Hold the engine to the vectors"


def ran(name: str, folder: Path, **inputs: str) -> tuple[int, str]:
    """Run a step with what the action would give it; return exit code and output."""
    given = {key: str(value.get("default", "")) for key, value in ACTION["inputs"].items()}
    given |= {key.replace("_", "-"): value for key, value in inputs.items()}
    variables = {
        key: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: given[found[1]], value)
        for key, value in STEPS[name].get("env", {}).items()
    }
    finished = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]],
        cwd=folder,
        env={
            **os.environ,
            **variables,
            "RUNNER_TEMP": str(folder / "temp"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
            "GITHUB_OUTPUT": str(folder / "output"),
            # What the step would fetch is here already: no test needs the network.
            "PYTHONPATH": sysconfig.get_path("purelib"),
            "PIP_NO_INDEX": "1",
            "PIP_NO_DEPS": "1",
            "PIP_NO_BUILD_ISOLATION": "0",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    return finished.returncode, finished.stdout + finished.stderr


@pytest.mark.slow(6)
def test_action__installs_and_reports(tmp_path: Path) -> None:
    (tmp_path / "temp").mkdir()
    code, output = ran(INSTALL, tmp_path)
    assert code == 0, output
    known = tmp_path / "known.txt"
    known.write_text("CU-2-001 no listing yet\n")
    engine = (
        f"{shlex_quoted(sys.executable)} {shlex_quoted(str(ENGINES / 'wrong_at_two.py'))} reject"
    )
    code, output = ran(
        CONFORM, tmp_path, command=engine, capabilities="custody", known_failures=str(known)
    )
    assert code == 1, output
    folder = tmp_path / "temp" / "ibperp-report"
    assert {path.name for path in folder.iterdir()} == {
        "badge.json", "junit.xml", "report.html", "report.json"
    }  # fmt: skip
    report = json.loads((folder / "report.json").read_text())
    assert not {each["id"] for each in report["results"] if each["id"].startswith("SM-9")}
    summary = (tmp_path / "summary.md").read_text()
    assert "does not conform" in summary
    assert "| CU-3-002 | diverged |" in summary
    outputs = dict(line.split("=", 1) for line in (tmp_path / "output").read_text().splitlines())
    assert outputs["total"] == str(len(report["results"]))
    assert json.loads((folder / "badge.json").read_text())["color"] == "orange"
    code, output = ran(CONFORM, tmp_path, command="echo 'no; engine' # $(id)", tier="core")
    assert code == 3, output
    assert json.loads((folder / "badge.json").read_text())["message"] == "not run"
    (tmp_path / "states").write_text("the name of a capability, for a shell that expands")
    code, output = ran(CONFORM, tmp_path, command=engine, capabilities="custody,\n*")
    assert (code, list(folder.iterdir())) == (2, []), "no report of the run before is left"
    assert "not '*'" in output


def shlex_quoted(text: str) -> str:
    return f"'{text}'"


def test_action__gives_every_input_as_a_variable() -> None:
    texts = [step["run"] for step in STEPS.values()]
    assert [text for text in texts if "${{" in text] == []
    used = " ".join(str(step.get("env", {})) for step in STEPS.values()) + str(ACTION)
    assert [name for name in ACTION["inputs"] if f"inputs.{name}" not in used] == []


def test_action__is_what_the_schema_of_actions_says() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    subprocess.run([*command, "vendor.github-actions", str(ROOT / "action.yml")], check=True)


def test_steps__pass_the_linter_of_shells() -> None:
    if (linter := shutil.which("shellcheck")) is None:
        pytest.skip("shellcheck is not on PATH: apt-get install shellcheck")
    for step in STEPS.values():
        text = f"#!/usr/bin/env bash\n{step['run']}"
        subprocess.run([linter, "-"], input=text, text=True, check=True)


def test_containerfile__copies_and_starts_what_is_there() -> None:
    lines = (ROOT / "Containerfile").read_text().splitlines()
    steps = [line.split()[0] for line in lines if re.match(r"[A-Z]+ ", line)]
    assert steps == ["FROM", "WORKDIR", "COPY", "RUN", "FROM", "RUN", "RUN", "USER", "WORKDIR",
                     "ENTRYPOINT", "CMD"]  # fmt: skip
    assert steps.index("USER") < steps.index("ENTRYPOINT")
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {"spec", "conformance", "constraints.txt"}.isdisjoint(ignored)


REPORT: dict[str, Any] = {
    "exit_code": 1,
    "stopped": None,
    "engine": {"name": "<b>|own", "version": "1"},
    "counts": {"passed": 1, "diverged": 30},
    "results": [
        {"id": "CU-3-001", "clauses": ["CU-3"], "outcome": "passed", "ok": True, "message": None},
        *(
            {"id": f"CU-4-{n:03}", "clauses": ["CU-4"], "outcome": "diverged", "ok": False,
             "message": "a | <script>\x1b[31m"}
            for n in range(30)
        ),
    ],
}  # fmt: skip


def test_summary__counts_and_shows_no_markup_of_the_engine() -> None:
    lines = list(job_summary.summary(REPORT))
    assert lines[0].endswith("does not conform: 1 of 31 vectors passed")
    assert "| CU-4 | 30 |" in lines
    assert lines[-1] == "... and 10 more: see report.html"
    text = "\n".join(lines)
    assert not {"<b>", "<script>", "\x1b"} & {
        part for part in ("<b>", "<script>", "\x1b") if part in text
    }


def test_badge__tells_apart_what_conforms_what_does_not_and_what_did_not_run() -> None:
    assert job_summary.badge(REPORT)["color"] == "orange"
    assert job_summary.badge(REPORT | {"exit_code": 0})["color"] == "brightgreen"
    not_run = {"exit_code": 3, "engine": None, "counts": {"passed": 0, "skipped": 3}}
    assert job_summary.badge(REPORT | not_run)["message"] == "not run"


def test_main__says_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert job_summary.main([str(tmp_path)]) == 2
    assert "report.json" in capsys.readouterr().err
