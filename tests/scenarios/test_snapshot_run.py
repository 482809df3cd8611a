"""Snapshots on the command line: a run that is continued is a run that was never interrupted."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Final

import pytest

from ibperp.state import genesis
from ibperp_conformance import cli
from ibperp_conformance.presets.document import DocumentError
from ibperp_conformance.progress import Progress
from ibperp_conformance.scenario.run import run_scenario
from ibperp_conformance.snapshot.state import restore, snapshot, state_hash
from ibperp_invariants.check.trace import check_trace
from worlds.devices import needs_full
from worlds.tiny import SYSTEM

HEAD: Final = "title: Test\npreset: tiny\naccounts: [alice/main, alice/b, bob/main]\nsteps:\n"
FIRST_HALF: Final = """\
  - deposit: {account: alice/main, asset: USDC, chain: solana, amount: 5000}
  - deposit: {account: bob/main, asset: ETH, chain: ethereum, amount: 2}
  - lend: {account: bob/main, asset: ETH, amount: 1}
  - place: {account: bob/main, market: ETH_USDC, side: ask, amount: 1, price: 3000}
    as: offer
"""
SECOND_HALF: Final = """\
  - advance_time: {by: 3600}
  - deposit: {account: alice/main, asset: USDC, chain: solana, amount: 20}
  - borrow: {account: alice/main, asset: ETH, amount: 0.1}
  - cancel: {account: bob/main, order: 0}
"""


def ibperp(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["ibperp", *map(str, arguments)])
    before = signal.getsignal(signal.SIGTERM)
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        signal.signal(signal.SIGTERM, before)


def halves(folder: Path) -> tuple[Path, Path, Path]:
    """Write a story, and its two halves."""
    texts = {"all": FIRST_HALF + SECOND_HALF, "one": FIRST_HALF, "two": SECOND_HALF}
    for name, steps in texts.items():
        (folder / f"{name}.yaml").write_text(HEAD + steps, encoding="utf-8")
    return folder / "all.yaml", folder / "one.yaml", folder / "two.yaml"


def test_run__continues_from_a_snapshot_as_if_uninterrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    whole, one, two = halves(tmp_path)
    straight, middle, end = (tmp_path / name for name in ("straight", "middle", "end"))
    trace = tmp_path / "t.jsonl"
    assert ibperp(monkeypatch, "run", whole, "--snapshot", straight) == 0
    assert ibperp(monkeypatch, "run", one, "--snapshot", middle) == 0
    assert middle.read_bytes() != straight.read_bytes()
    continued = ("run", two, "--from", middle, "--snapshot", end, "--trace", trace)
    assert ibperp(monkeypatch, *continued) == 0
    assert end.read_bytes() == straight.read_bytes()
    assert ibperp(monkeypatch, "check-trace", trace) == 0
    told = capfd.readouterr().err
    assert told.count(f"state hash {state_hash(restore(end.read_bytes()))}") == 2
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


@pytest.mark.parametrize(
    ("accounts", "message"),
    [
        ("[alice/main]", "2 accounts of the snapshot lack a name"),
        ("[alice/main, bob/main, alice/b]", "belongs to another user in the snapshot"),
    ],
)
def test_run__needs_the_names_of_the_accounts(tmp_path: Path, accounts: str, message: str) -> None:
    whole, one, _ = halves(tmp_path)
    text = whole.read_text(encoding="utf-8")
    whole.write_text(text.replace("[alice/main, alice/b, bob/main]", accounts), encoding="utf-8")
    with pytest.raises(DocumentError, match=message):
        run_scenario(whole, run_scenario(one).final)


def test_run__makes_accounts_that_the_snapshot_lacks(tmp_path: Path) -> None:
    whole, one, _ = halves(tmp_path)
    text = whole.read_text(encoding="utf-8").replace("bob/main]", "bob/main, eve/main]")
    whole.write_text(text, encoding="utf-8")
    start = run_scenario(one).final
    result = run_scenario(whole, start)
    assert [step.label for step in result.scene] == ["eve/main"]
    assert result.final.accounts[5].user == 3


def test_run__says_what_is_wrong_with_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _, one, two = halves(tmp_path)
    torn = tmp_path / "torn"
    torn.write_bytes(snapshot(genesis(SYSTEM))[:-9])
    cases = (
        (("--from", tmp_path / "none"), "cannot read the snapshot"),
        (("--from", tmp_path), "Is a directory"),
        (("--from", one), f"cannot start from {one}: not JSON"),
        (("--from", torn), "it is cut short"),
        (("--snapshot", tmp_path), "cannot write the snapshot"),
        (("--snapshot", tmp_path / "no" / "place"), "there is no directory"),
    )
    for arguments, message in cases:
        assert ibperp(monkeypatch, "run", two, *arguments) == 2
        told = capfd.readouterr().err
        assert message in told
        assert "Traceback" not in told


@needs_full
def test_run__full_disk_is_told_and_keeps_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _, one, _ = halves(tmp_path)
    page, kept = ("--html", "/dev/full"), ("--snapshot", tmp_path / "kept")
    assert ibperp(monkeypatch, "run", one, *page, "--trace", "/dev/full", *kept) == 2
    told = capfd.readouterr()
    assert "cannot write the page /dev/full: No space left" in told.err
    assert "cannot write the trace /dev/full: No space left" in told.err
    assert "every outcome as expected" in told.out
    restore((tmp_path / "kept").read_bytes())


def test_run__never_writes_over_its_own_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _, one, _ = halves(tmp_path)
    text = one.read_text()
    assert ibperp(monkeypatch, "run", one, "--trace", tmp_path / "." / one.name) == 2
    assert "it is read in the same run" in capfd.readouterr().err
    assert one.read_text() == text


def test_run__interrupted_writes_and_tells_what_was_done_until_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    _, one, _ = halves(tmp_path)
    monkeypatch.setattr(Progress, "step", interrupt)
    trace = tmp_path / "trace"
    assert ibperp(monkeypatch, "run", one, "--trace", trace) == 130
    told = capfd.readouterr()
    assert "interrupted after 1 steps" in told.out
    assert told.err == "ibperp: interrupted\n"
    assert check_trace(trace.read_text().splitlines()) == []
