"""How strong theorems are: found, saved one by one, and stale when the code changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ibperp_authoring import strength as command
from ibperp_invariants.proofs import strength
from ibperp_invariants.proofs.opinions import theorem_hash
from ibperp_invariants.proofs.strength import columns, fixed, read_strength, write_strength

MODULE = "ibperp_invariants.proofs.theorems.money_market.pool"
THEOREM = "t_lend_moves_the_net_claim_by_the_amount"


def test_measured__needless_premise_and_refuted_mutants() -> None:
    found = command.measured(MODULE, THEOREM)
    assert (found.premises, found.needless, found.fixes) == (1, ("amount > 0",), ())
    assert found.mutants > 1
    assert found.killed > 0
    assert all(name.startswith("ibperp.pool:") for name in found.survivors)


def test_fixed__numbers_of_a_state_are_named() -> None:
    home = "ibperp_invariants.proofs.theorems.custody.requests"
    found = fixed(home, "t_a_deposit_moves_custody_by_its_amount")
    assert "Chain.next_sequence = 1" in found
    assert not any(item.startswith("Token.custody") for item in found)


def test_columns__what_changed_since_is_not_measured(tmp_path: Path) -> None:
    path, code = tmp_path / "strength.json", theorem_hash(MODULE, THEOREM)
    known = strength.Strength(1, ("amount > 0",), (), 4, ("one",), "2026-01-01", code)
    write_strength(path, {THEOREM: known})
    assert columns(read_strength(path))[THEOREM] == ("amount > 0", "-", "3 of 4")
    stale = columns({THEOREM: replace(known, code="other")})[THEOREM]
    assert set(stale) == {strength.NOT_MEASURED}
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no measurements"):
        read_strength(path)
