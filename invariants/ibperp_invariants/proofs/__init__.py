"""Theorems over the shipped kernels, for all integers, and the ledger of their verdicts.

`python -m ibperp_invariants.proofs` proves them again and compares; nothing here needs the
checker until then.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

LEDGER: Final = Path(__file__).with_name("ledger.json")
"""The expected verdict of every theorem, and the versions and date that produced it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One entry of the ledger: what a theorem states, and what the checker said of it.

    `verdict`: CONFIRMED if it holds for all integers. `witness`: it is not vacuous. `defect`: the
    planted fault beside it, as function and defect; `fault_found`: the checker refuted it.
    """

    theorem: str
    module: str
    clauses: tuple[str, ...]
    statement: str
    verdict: str
    paths: int
    witness: bool
    defect: str
    fault_found: bool


def read_ledger(path: Path = LEDGER) -> tuple[dict[str, str], dict[str, Proof]]:
    """Return the date and versions of a ledger, and its entries by theorem.

    Raises FileNotFoundError if there is none, ValueError if it is not a ledger.
    """
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    try:
        made = {"date": content["date"], **content["versions"]}
        entries = content["theorems"].items()
        proofs = {name: _proof(name, entry) for name, entry in entries}
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is not a proof ledger: {error}") from None
    return made, proofs


def _proof(theorem: str, entry: dict[str, Any]) -> Proof:
    return Proof(**{**entry, "theorem": theorem, "clauses": tuple(entry["clauses"])})


def by_clause(proofs: dict[str, Proof]) -> dict[str, tuple[Proof, ...]]:
    """Return the entries of a ledger by the clause that their statement names."""
    clauses = sorted({clause for proof in proofs.values() for clause in proof.clauses})
    return {
        clause: tuple(proof for proof in proofs.values() if clause in proof.clauses)
        for clause in clauses
    }


MADE, _PROOFS = read_ledger() if LEDGER.exists() else ({}, {})
"""The date and the versions of Python, the checker and the solver of the shipped ledger."""

PROVED: Final = by_clause(_PROOFS)
"""What the shipped ledger states of every clause, for the documentation."""
