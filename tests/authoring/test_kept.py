"""The frame, measured: what every action leaves alone, some vector shows (NT-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, get_args

import pytest

from ibperp.actions import Action, Settle
from ibperp.state import Account
from ibperp_authoring import kept
from ibperp_authoring.cases import BRICKS
from ibperp_conformance.snapshot.state import restore, snapshot
from worlds.shipped import starts

WORLD: Final = "lived_in"
ACTIONS: Final = tuple(action.__name__ for action in get_args(Action))


@pytest.mark.slow(6)
@pytest.mark.no_cover
def test_frame__every_pair_is_shown_or_has_a_reason() -> None:
    cases = (case for brick in BRICKS.values() for case in brick)
    found = kept.measured(starts(), cases, WORLD)
    assert kept.unexplained(found.missing(ACTIONS)) == []


def test_kept__a_forgotten_field_is_not_shown() -> None:
    before = starts()[WORLD]
    forgotten: Account = replace(before.accounts[5], conversion=None, unsettled=1)
    found = kept.Kept()
    found.note(
        Settle(), before, replace(before, accounts=before.accounts.set(5, forgotten)), whole=False
    )
    assert ("Settle", "Account.conversion") not in found.kept
    assert ("Settle", "Account.shares") in found.kept


def test_world__is_restored_from_its_snapshot() -> None:
    world = starts()[WORLD]
    assert restore(snapshot(world)) == world
