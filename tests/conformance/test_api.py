import gzip
import multiprocessing
from pathlib import Path

import pytest

from ibperp.state import State
from ibperp_conformance import api
from ibperp_conformance.api import WrongUseError, new_state, read_trace, run_scenario, transition
from ibperp_conformance.frames import run_frame, trace_frame
from ibperp_conformance.fuzz.campaign import Keeper
from ibperp_conformance.fuzz.finding import Finding
from ibperp_conformance.fuzz.work import Done

STORY = """
title: Two deposits and a withdrawal that is too large
preset: tiny
accounts: [ann/main]
steps:
  - deposit: {account: ann/main, asset: USDC, chain: solana, amount: "5"}
  - lend: {account: ann/main, asset: USDC, amount: "7"}
    expect_rejected: insufficient_funds
"""


def test_api__has_what_it_lists() -> None:
    assert [name for name in api.__all__ if not hasattr(api, name)] == []


def test_new_state__lists_what_the_preset_has() -> None:
    state = new_state("tiny")
    assert isinstance(state, State)
    assert [asset.symbol for asset in state.assets] == ["USDC", "ETH"]
    outcome = transition(state, api.actions.CreateAccount(account=2, user=1))
    assert isinstance(outcome, api.Accepted)


def test_read_trace__names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"system":{}}\n\n{"action"\n')
    lines = read_trace(path)
    assert next(lines).number == 1
    with pytest.raises(WrongUseError, match=r"log\.jsonl, line 3: not JSON"):
        next(lines)
    with pytest.raises(WrongUseError, match="cannot read"):
        list(read_trace(tmp_path / "none"))


def test_read_trace__packed_lines_hold_the_whole_observation(tmp_path: Path) -> None:
    lines = [
        b"\xef\xbb\xbf" + b'{"system":{},"observation":{"time":"0","accounts":{"2":{"user":"1"}}}}',
        b'{"action":{},"outcome":{},"changes":{"time":"60","accounts/2/user":"2"}}',
        b'{"action":{},"outcome":{},"changes":{"time/x":"60"}}',
    ]
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(b"\n".join(lines)))
    read = read_trace(path)
    next(read)
    assert next(read).observation == {"time": "60", "accounts": {"2": {"user": "2"}}}
    with pytest.raises(WrongUseError, match="line 3: changes: a path leads through"):
        next(read)
    path.write_bytes(gzip.compress(lines[0])[:-9])
    with pytest.raises(WrongUseError, match="line 1: the compressed data is cut off"):
        list(read_trace(path))


@pytest.mark.slow(2)
def test_fuzz__jobs_of_which_one_is_killed_find_what_one_finds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def kept(keeper: Keeper, result: Done) -> Finding | None:
        if keeper.campaign.runs == 1 and (processes := multiprocessing.active_children()):
            processes[0].kill()
        return keep(keeper, result)

    keep = Keeper.keep
    monkeypatch.setattr(Keeper, "keep", kept)
    one, two = (api.fuzz((), seed=3, runs=3, jobs=jobs) for jobs in (1, 2))
    assert (two.runs, two.steps, two.begun) == (3, one.steps, one.begun)
    assert two.findings == one.findings == {}


def test_frames__have_a_row_for_each_leaf_that_changed(tmp_path: Path) -> None:
    story = tmp_path / "story.yaml"
    story.write_text(STORY)
    rows = run_frame(run_scenario(story)).to_dicts()
    free = [row for row in rows if row["path"] == "accounts/2/free/USDC"]
    assert [(row["line"], row["action"], row["value"], row["number"]) for row in free] == [
        (6, "deposit", "500", 500.0)
    ]
    refused = [row for row in rows if row["outcome"] == "insufficient_funds"]
    assert [(row["line"], row["path"], row["value"]) for row in refused] == [(7, None, None)]


def test_frames__are_the_same_in_both_libraries(tmp_path: Path) -> None:
    story, trace = tmp_path / "story.yaml", tmp_path / "trace.jsonl"
    story.write_text(STORY)
    trace.write_text("".join(f"{line.strip()}\n" for line in api.trace_lines(run_scenario(story))))
    small = trace_frame(read_trace(trace))
    other = trace_frame(read_trace(trace), "pandas")
    assert list(other.columns) == small.columns
    assert len(other) == small.height > 0
