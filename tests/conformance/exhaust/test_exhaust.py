"""The exploration of setups: complete to its depth, resumable, and blind to no planted fault."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from ibperp import pool
from ibperp.outcomes import Accepted
from ibperp.transition import transition
from ibperp_conformance.exhaust import __main__ as command
from ibperp_conformance.exhaust.explore import digest, explore
from ibperp_conformance.fuzz.generator.worlds import World
from ibperp_conformance.fuzz.local import LocalEngine
from ibperp_conformance.fuzz.work import starts
from ibperp_conformance.protocol.server import Server
from ibperp_conformance.runner.vectors import load_file
from ibperp_conformance.spec_files import spec_path
from ibperp_conformance.specification import grades
from ibperp_invariants.search.exhausted import read_exhausted, write_exhausted


@pytest.fixture(scope="module")
def market() -> World:
    return next(world for world in starts() if world.name == "market")


def test_explore__reaches_what_all_runs_of_its_actions_reach(market: World) -> None:
    start = command.walked(market)[-1].after
    found = explore(start, 2, 10_000, LocalEngine())
    reached = {digest(start)}
    for run in product(found.actions, repeat=2):
        state = start
        for action in run:
            outcome = transition(state, action)
            state = outcome.state if isinstance(outcome, Accepted) else state
            reached.add(digest(state))
    assert found.found is None
    assert (found.depth, found.seen) == (2, reached)
    assert found.states == len(reached) > len(found.actions)


def test_explore__level_beyond_the_limit_not_begun(market: World) -> None:
    found = explore(command.walked(market)[-1].after, 2, 100)
    assert (found.depth, found.steps) == (1, len(found.actions))


def test_explore__broken_invariant_at_its_first_step(market: World) -> None:
    right = pool.lend_shares_minted
    with mock.patch.object(pool, "lend_shares_minted", lambda *own: right(*own) + 1):
        found = explore(command.walked(market)[-1].after, 2, 10_000).found
    assert found is not None
    assert (found.difference.kind, len(found.steps)) == ("invariant", 1)


class Drifting(Server):
    """Lets a second pass with every refused action."""

    def reply(self, request: object, *, nested: bool = False) -> dict[str, Any]:
        answer = super().reply(request, nested=nested)
        if "rejected" in answer and self.state is not None:
            self.state = replace(self.state, time=self.state.time + 1)
        return answer


def test_exhaust__wrong_engine_found_and_written_as_a_vector(
    market: World,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command, "starts", lambda: (market,))
    monkeypatch.setattr(command, "_opened", lambda _: nullcontext(LocalEngine(Drifting())))
    figures, finding = tmp_path / "figures.json", tmp_path / "finding.json"
    given = ["--depth", "1", "--figures", str(figures), "--finding", str(finding), "--", "engine"]
    assert command.main(given) == 1
    assert "market: At step" in capsys.readouterr().err
    assert not figures.exists()
    assert len(load_file(finding).vectors) == 1


def test_exhaust__goes_on_from_its_figures(
    market: World,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command, "starts", lambda: (market,))
    monkeypatch.chdir(tmp_path)
    path, given = tmp_path / "exhausted.json", ["--depth", "1"]
    assert command.main(given) == 0
    assert "market: depth 1" in capsys.readouterr().out
    assert command.main(given) == 0
    assert "market: depth" not in capsys.readouterr().out
    figures = read_exhausted(path)
    assert figures is not None
    stale = {name: replace(own, code="other") for name, own in figures.setups.items()}
    write_exhausted(path, replace(figures, setups=stale))
    assert command.main(given) == 0
    assert "market: depth 1" in capsys.readouterr().out
    path.write_text(json.dumps({"depth": 1}))
    assert command.main(given) == 2
    assert "not the figures of an exploration" in capsys.readouterr().err


def test_grades__exhausted_before_searched_unless_stale(
    market: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "starts", lambda: (market,))
    path = tmp_path / "figures.json"
    assert command.main(["--depth", "1", "--figures", str(path)]) == 0
    figures = read_exhausted(path)
    assert figures is not None
    monkeypatch.setattr(grades, "read_exhausted", lambda: figures)
    monkeypatch.setattr(grades, "law_grades", lambda _: {})
    fresh = grades.invariant_grades(spec_path())["no_free_round_trip"]
    assert fresh.shown() == f"exhausted to depth 1 {figures.date()}"
