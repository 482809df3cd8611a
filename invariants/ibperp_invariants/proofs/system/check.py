"""The census held against what the laws say of it: every gap in words."""

from __future__ import annotations

from functools import cache
from typing import Final

from ibperp_invariants.proofs.checker import ALL_MODULES, all_theorems
from ibperp_invariants.proofs.coq.run import theorems as coq_theorems
from ibperp_invariants.proofs.system.census import forbidden, stores, writers
from ibperp_invariants.proofs.system.facts import FACTS
from ibperp_invariants.proofs.system.freshness import stale
from ibperp_invariants.proofs.system.law import Law
from ibperp_invariants.proofs.system.laws import FRESH_ALL_THE_SAME, LAWS, STARTS

_CLEARING: Final = "ibperp.operations.settlement.clearing"

IN_PLACE: Final = {
    "free": {f"{_CLEARING}.Clearing._post"},
    "shares": {f"{_CLEARING}.Clearing._claim"},
    "unsettled": {f"{_CLEARING}.Clearing.note", f"{_CLEARING}.Clearing.settle"},
    "positions": {
        f"{_CLEARING}.Sheet.put_position",
        "ibperp.operations.settlement.settle._marked",
    },
    "pool": {
        f"{_CLEARING}.Clearing._post",
        f"{_CLEARING}.Clearing._claim",
        f"{_CLEARING}.Clearing._moved",
    },
}
"""Who changes the books of a settlement in place, besides who makes them."""


def gaps() -> list[str]:
    """Return what the code does that no law knows of; empty when the census is complete."""
    unknown = stale() ^ FRESH_ALL_THE_SAME.keys()
    return [
        *forbidden(),
        *(
            f"{name}: puts back a record that it did not read there, or no longer does"
            for name in unknown
        ),
        *_changed_in_place(),
        *(line for law in LAWS for line in law_gaps(law)),
    ]


def law_gaps(law: Law) -> list[str]:
    """Return what is missing in one law: a writer, a theorem, or a writer too many."""
    found = frozenset(name for field in law.fields for name in writers(field)) - STARTS
    names, known = _theorems()
    cited = set(law.cited())
    return [
        *(
            f"{law.invariant}: {name} writes its fields, and no theorem is named"
            for name in sorted(found - law.writers.keys())
        ),
        *(
            f"{law.invariant}: {name} writes none of its fields"
            for name in sorted(law.writers.keys() - found)
        ),
        *(f"{law.invariant}: there is no theorem {name}" for name in sorted(cited - names)),
        *(f"{law.invariant}: Coq has no theorem {name}" for name in sorted(set(law.holds) - known)),
        *(f"{law.invariant}: {line}" for name in law.facts for line in FACTS[name]()),
    ]


@cache
def _theorems() -> tuple[frozenset[str], frozenset[str]]:
    """Return the theorems about functions, and those in Coq."""
    in_coq = (f"{file}.{name}" for file, listed in coq_theorems().items() for name in listed)
    return frozenset(name for _, name in all_theorems(ALL_MODULES)), frozenset(in_coq)


def _changed_in_place() -> list[str]:
    found = stores()
    return [
        f"{name}: changes `{attribute}` in place, or no longer does"
        for attribute, expected in IN_PLACE.items()
        for name in sorted(
            expected ^ {one for one in found.get(attribute, ()) if not one.endswith(".__init__")}
        )
    ]
