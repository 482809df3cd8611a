"""An engine in another language, written from the text alone, is held to the vectors."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ibperp.outcomes import Accepted
from ibperp.state import Perpetual
from ibperp.transition import transition
from ibperp_authoring.cases import BRICKS
from ibperp_authoring.cases.builder import Refused
from ibperp_conformance.protocol.client import Engine
from ibperp_conformance.protocol.observation import observe
from ibperp_conformance.protocol.states import dump
from worlds.shipped import starts

ENGINE = Path(__file__).parents[2] / "engines" / "javascript" / "engine.mjs"


def node() -> str:
    """The path of Node.js; skips the test that asks where there is none."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not on PATH: install Node.js 20 or later to run the JavaScript engine")
    return found


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["smoke"], id="smoke"),
        pytest.param(["conform", "--tier", "full"], id="conform", marks=pytest.mark.slow(24)),
    ],
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


@pytest.mark.slow(6)
def test_independent_engine__goes_on_from_a_state_that_is_loaded() -> None:
    """Every tenth case of every brick, and each state in which an interval of funding has parts."""
    with_parts = 0
    with Engine([node(), str(ENGINE)], timeout=250) as engine:
        engine.hello()
        for number, case in enumerate(case for brick in BRICKS.values() for case in brick):
            state = starts()[case.setup]
            for step in case.steps:
                action = step.action if isinstance(step, Refused) else step
                outcome = transition(state, action)
                state = outcome.state if isinstance(outcome, Accepted) else state
            has_parts = any(
                isinstance(own, Perpetual) and own.funding_parts for own in state.markets
            )
            with_parts += has_parts
            if has_parts or number % 10 == 0:
                assert engine.request("load", state=dump(state)).kind == "ok", case.id
                assert engine.request("observe").body == observe(state), case.id
    assert with_parts


def test_readme__names_every_file() -> None:
    text = (ENGINE.parent / "README.md").read_text(encoding="utf-8")
    named = {name.rpartition("/")[2] for name in re.findall(r"`([a-z_/]+\.mjs)`", text)}
    assert named == {path.name for path in ENGINE.parent.rglob("*.mjs")}
