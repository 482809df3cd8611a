"""One log in pieces: what is found, counted and not checkable is what one after another finds."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import TYPE_CHECKING

import pytest

from ibperp_conformance import progress
from ibperp_conformance.traces import command, files, pieces
from ibperp_conformance.traces.check import LogReport, check_log, summary
from ibperp_conformance.traces.command import main_check_trace
from invariants.test_trace import POSITIONS, TRADES, Record, leaves, recorded, written
from invariants.test_trace_fuzz import with_changes

if TYPE_CHECKING:
    from pathlib import Path

MOST = 3
LOGS = {"trades": recorded(TRADES), "positions": recorded(POSITIONS)}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "LEAST", 1)


def put(folder: Path, records: list[Record]) -> str:
    path = folder / "log.jsonl"
    path.write_text("".join(written(records)), encoding="utf-8")
    return str(path)


def spoilt(records: list[Record], random: Random) -> list[Record]:
    """A log with some numbers of its states changed, and some lines as changes alone."""
    lines = deepcopy(records)
    for line in random.sample(lines[2:], 4):
        members, key = random.choice([*leaves(line["observation"])])
        members[key] = str(int(members[key]) + random.choice((1, -5, 10**6)))
    fewer = with_changes(lines)
    return [fewer[n] if random.random() < 0.5 else line for n, line in enumerate(lines)]


def in_pieces(name: str, count: int) -> tuple[list[str], list[str], int]:
    parts, report, said = pieces.pieces_of(name, count), LogReport(name), list[str]()
    for part in parts:
        pieces.check_piece(name, MOST, part).join(report, MOST, said.append)
    return said, summary(report), len(parts)


@pytest.mark.parametrize("kind", LOGS)
@pytest.mark.parametrize("seed", range(3))
def test_pieces__find_what_one_after_another_finds(tmp_path: Path, kind: str, seed: int) -> None:
    name = put(tmp_path, spoilt(LOGS[kind], Random(seed)))
    said = list[str]()
    whole = summary(check_log(name, MOST, said.append))
    assert said
    for count in (2, 3, 5):
        found, told, parts = in_pieces(name, count)
        assert (found, told) == (said, whole)
        assert 1 < parts <= count


def test_pieces__line_that_tells_of_parameters_and_cannot_be_read_keeps_the_log_whole(
    tmp_path: Path,
) -> None:
    records = deepcopy(LOGS["trades"])
    del records[1]["action"]["type"]
    assert len(pieces.pieces_of(put(tmp_path, records), 3)) == 3
    next(line for line in records[1:] if line["action"].get("type") == "list_asset")["outcome"] = {}
    assert len(pieces.pieces_of(put(tmp_path, records), 3)) == 1


def test_pieces__another_header_begins_another_run(tmp_path: Path) -> None:
    name = put(tmp_path, [*LOGS["trades"], *LOGS["positions"]])
    assert in_pieces(name, 4)[:2] == ([], summary(check_log(name, MOST, print)))


def test_check_trace__several_jobs_share_one_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = put(tmp_path, LOGS["positions"])
    assert main_check_trace([name], jobs=2) == 0
    assert f"every invariant holds in {len(LOGS['positions'])} lines" in capsys.readouterr().out


def test_piece__says_itself_how_far_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "QUIET", 0.0)
    name = put(tmp_path, LOGS["trades"])
    read = list[int]()
    parts = pieces.pieces_of(name, 2, lambda: read.append(1))
    assert len(parts) == 2
    assert len(read) < len(LOGS["trades"])
    command._piece_apart((name, MOST, "piece 2 of 2", parts[1]))
    assert "1 lines of piece 2 of 2" in capsys.readouterr().err


@pytest.mark.parametrize("place", [1, 4])
def test_pieces__log_with_a_line_that_is_not_read_whole_is_not_divided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    monkeypatch.setattr(files, "LINE_MAX", 3 << 19)
    lines = written(LOGS["trades"])
    lines[place] = lines[place].rstrip() + " " * (2 << 20) + "\n"
    (tmp_path / "log").write_text("".join(lines))
    assert pieces.pieces_of(str(tmp_path / "log"), 2) == [pieces.Piece(0)]
