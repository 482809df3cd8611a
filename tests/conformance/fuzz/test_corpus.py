"""A corpus keeps how runs began that reached what is rare, and later runs begin there."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from ibperp.outcomes import Accepted
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_conformance.files import WrongUseError
from ibperp_conformance.fuzz import corpus
from ibperp_conformance.fuzz.campaign import Campaign, Keeper, resumed
from ibperp_conformance.fuzz.command import _missing
from ibperp_conformance.fuzz.generator.generate import generate
from ibperp_conformance.fuzz.generator.reached import STATES, expected, features, never_reached
from ibperp_conformance.fuzz.generator.run import Step
from ibperp_conformance.fuzz.generator.worlds import World
from ibperp_conformance.fuzz.work import Task, done
from ibperp_conformance.protocol.server import CAPABILITIES

RUN: Final = generate(3, Counter(), length=40)
RAREST: Final = next(name for name in STATES if RUN.reached[name])
KNOWN: Final = Counter(name for name in expected() if name != RAREST)
LINES: Final = dict(corpus.beginnings(RUN, KNOWN))


def campaign(*worlds: World) -> Campaign:
    return Campaign((), (), frozenset(CAPABILITIES), 0, 10.0, corpus=worlds)


def kept(folder: Path) -> Path:
    (folder / corpus.FILE).write_text(corpus.text(LINES, RUN.reached))
    return folder


def test_beginnings__lead_to_what_they_name(tmp_path: Path) -> None:
    (world,) = corpus.read(kept(tmp_path))
    state, last = genesis(world.system), set[str]()
    for action in world.actions:
        outcome = transition(state, action)
        last = features(Step(state, action, outcome))
        state = outcome.state if isinstance(outcome, Accepted) else state
    assert world.name == RAREST
    assert RAREST in last


def test_beginnings__are_not_told_of_the_first_runs() -> None:
    assert not list(corpus.beginnings(RUN, Counter()))


def test_chosen__half_of_the_runs_begin_in_the_corpus_and_always_the_same(tmp_path: Path) -> None:
    worlds = corpus.read(kept(tmp_path))
    first = campaign(*worlds).tasks(0, Counter())
    begun = [task for task in first if task.begun_at]
    assert 0 < len(begun) < len(first)
    assert first == campaign(*worlds).tasks(0, Counter())
    assert done(begun[0]).steps > len(worlds[0].actions) // 2


def test_keeper__writes_a_corpus_that_the_next_campaign_reads(tmp_path: Path) -> None:
    own = campaign()
    task = Task(3, KNOWN, (), (), own.capabilities, 10.0, 1.0, frozenset())
    keeper = Keeper(own, tmp_path)
    keeper.keep(replace(done(task), beginnings=tuple(LINES.items())))
    assert keeper.write() == ""
    assert [world.name for world in corpus.read(tmp_path)] == [RAREST]
    assert resumed(campaign(), tmp_path).beginnings == LINES
    with pytest.raises(WrongUseError, match="another campaign"):
        resumed(campaign(*corpus.read(tmp_path)), tmp_path)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("", "line 1: no corpus"),
        ("{}\n", "line 1: no corpus"),
        (f"{corpus.HEADER}\n{{\n", "line 2: not JSON"),
        (f'{corpus.HEADER}\n{{"reached":"x"}}\n', "line 2: 'system' is missing"),
        (f'{corpus.HEADER}\n{{"system":{{}}}}\n', "line 2: .*system"),
        (f"{corpus.HEADER}\n[]\n", "line 2"),
    ],
)
def test_read__refuses_what_is_no_corpus(tmp_path: Path, content: str, part: str) -> None:
    file = tmp_path / corpus.FILE
    file.write_text(content)
    with pytest.raises(WrongUseError, match=f"{part}.*; (remove the line|name)"):
        corpus.read(file)


def test_read__refuses_a_folder_without_one(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="name the --out folder"):
        corpus.read(tmp_path)


def test_missing__names_the_ten_most_important_or_all() -> None:
    never = never_reached(Counter())
    assert len(never) == len(expected())
    assert set(never[: len(STATES)]) == set(STATES)
    told = _missing(never, is_whole=False)
    assert f"never reached are {len(never)}" in told
    assert told.count(",") < 20 < _missing(never, is_whole=True).count(",")
