"""An engine in another language, written from the text alone, is held to the vectors."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[2] / "engines" / "javascript" / "engine.mjs"


def node() -> str:
    """The path of Node.js; skips the test that asks where there is none."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not on PATH: install Node.js 20 or later to run the JavaScript engine")
    return found


@pytest.mark.parametrize(
    "command", [["smoke"], ["conform", "--tier", "full"]], ids=["smoke", "conform"]
)
def test_independent_engine__conforms_because_the_text_suffices(command: list[str]) -> None:
    """The engine was written without the reference, so what it gets right the text says."""
    options = [*command, "--timeout", "250"]
    finished = subprocess.run(
        [sys.executable, "-m", "ibperp_conformance.cli", *options, "--", node(), str(ENGINE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_readme__names_every_file() -> None:
    text = (ENGINE.parent / "README.md").read_text(encoding="utf-8")
    named = {name.rpartition("/")[2] for name in re.findall(r"`([a-z_/]+\.mjs)`", text)}
    assert named == {path.name for path in ENGINE.parent.rglob("*.mjs")}
