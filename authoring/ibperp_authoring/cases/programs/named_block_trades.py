"""Cases of block trades between two named accounts (PG-5)."""

from __future__ import annotations

from typing import Final

from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why
from ibperp_authoring.cases.programs.steps import asked, quoted
from ibperp_authoring.cases.settlement.setups import mark
from ibperp_authoring.cases.setups import USD

_PLAIN: Final = Group("liquidation")

_BLOCKS: Final[tuple[Case, ...]] = (
    _PLAIN.accept(
        "PG-5-001",
        "two accounts that named each other trade at the price that both gave",
        asked(counterparty=4, immediate=True, price=USD),
        quoted(4),
    ),
    _PLAIN.reject(
        "PG-5-002",
        "a third account does not get in between",
        asked(counterparty=4, immediate=True, price=USD),
        quoted(5),
        code=R.COUNTERPARTY_MISMATCH,
        twin="PG-5-001",
        why=Why.ATTACK,
    ),
    _PLAIN.trace(
        "PG-5-003",
        "two accounts cannot set a price: mark and bands do not move by a block trade",
        asked(counterparty=4, immediate=True, price=2 * USD),
        quoted(4, 2 * USD),
        mark(USD),
        why=Why.ATTACK,
    ),
)


CASES: Final[tuple[Case, ...]] = (*_BLOCKS,)
