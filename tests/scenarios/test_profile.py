"""What leaves the profile of widths is told: by leaf and bound, where it stands first."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, get_args

import pytest

from ibperp import actions, parameters
from ibperp_conformance.protocol.profile import BOUND, NAMED, VENUE, beyond, leaves_of
from ibperp_conformance.run_command import main_check
from ibperp_conformance.runner.vectors import load_setups
from ibperp_conformance.traces.command import main_check_trace
from invariants.test_trace import recorded, written

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO = """
title: more than a venue admits
preset: tiny
accounts: [ann/main]
steps:
  - deposit: {account: ann/main, asset: USDC, chain: solana, amount: 100000000000000000000000}
  - deposit: {account: ann/main, asset: USDC, chain: solana, amount: 100000000000000000000001}
"""


@pytest.mark.parametrize(
    ("path", "bound"),
    [
        ("action/amount", "atoms"),
        ("accounts/2/free/USDC", "atoms"),
        ("orders/7/reserved", "atoms"),
        ("markets/ETH_USDC/bids/0/lots", "lots"),
        ("markets/ETH_USDC/mark_price", "price"),
        ("assets/ETH/ramp/target/penalty", "penalty"),
        ("action/parameters/lot_atoms", "unit"),
        ("action/parameters/haircut/base", "multiplier"),
        ("action/parameters/mmf_base", "fraction"),
    ],
)
def test_beyond__is_an_atom_more_than_the_bound(path: str, bound: str) -> None:
    most = getattr(VENUE, bound)
    assert list(beyond([(path, str(most)), (path, str(-most))])) == []
    (found,) = beyond([(path, str(most + 1))])
    assert (found.path, found.value, found.bound) == (path, most + 1, bound)
    assert f"{path} is {most + 1}, beyond 10^" in str(found)
    assert NAMED[bound] in str(found)


def test_bounds__are_of_fields_that_there_are() -> None:
    records = [*get_args(actions.Action)]
    records += [each for each in vars(parameters).values() if hasattr(each, "__dataclass_fields__")]
    known = {own.name for record in records for own in fields(record)}
    known |= {
        name
        for setup in load_setups().values()
        for path in setup.observation
        for name in path.split("/")
    }
    assert {*BOUND} <= known


def test_leaves_of__a_line_are_told_by_their_path() -> None:
    line = {
        "action": {"amount": "1"},
        "changes": {"accounts/2/free/USDC": "2", "chains": {"a": "3"}},
    }
    assert dict(leaves_of(line)) == {
        "action/amount": "1",
        "accounts/2/free/USDC": "2",
        "chains/a": "3",
    }


def test_check__tells_what_leaves_the_profile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(SCENARIO)
    assert main_check(path) == 0
    told = capsys.readouterr().out
    assert "note: line 7: amount is 10000000000000000000000100, beyond 10^25" in told
    assert "note: at the end: assets/USDC/tokens/solana/custody is 2000000000" in told
    assert "line 6" not in told


def test_check_trace__notes_what_leaves_the_profile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = written(recorded())
    wide = json.loads(lines[-1])
    wide["action"] = {**wide["action"], "amount": str(10**25 + 1)}
    (tmp_path / "log").write_text("".join([*lines[:-1], json.dumps(wide), "\n"]))
    main_check_trace([str(tmp_path / "log")])
    note = f"note: line {len(lines)}: action/amount is {10**25 + 1}, beyond 10^25, the bound of an"
    assert note in capsys.readouterr().out
