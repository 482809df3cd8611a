"""Cases of transfers (CU-10)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Transfer
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why
from ibperp_authoring.cases.setups import MAX, USD

_FUNDED: Final = Group("funded")
_MARKET: Final = Group("market")

TRANSFERS: Final[tuple[Case, ...]] = (
    *_FUNDED.pair(
        ("CU-10-001", "CU-10-002"),
        ("the whole balance is moved", "one atom more than the balance"),
        accepted=Transfer(2, 3, "USDC", 1000 * USD),
        refused=Transfer(2, 3, "USDC", 1000 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
        why=Why.BOUNDARY,
    ),
    _FUNDED.accept("CU-10-003", "one atom is moved", Transfer(2, 3, "USDC", 1), why=Why.BOUNDARY),
    *_FUNDED.refusals(
        "CU-10-003",
        (
            "CU-10-004",
            "an account does not transfer to itself",
            Transfer(2, 2, "USDC", 1),
            R.SAME_ACCOUNT,
        ),
        ("CU-10-005", "not to another user", Transfer(2, 4, "USDC", 1), R.USER_MISMATCH),
        ("CU-10-006", "no atoms", Transfer(2, 3, "USDC", 0), R.AMOUNT_NOT_POSITIVE),
        (
            "CU-10-007",
            "a negative amount does not pull",
            Transfer(2, 3, "USDC", -1),
            R.AMOUNT_NOT_POSITIVE,
        ),
        ("CU-10-008", "an amount out of range", Transfer(2, 3, "USDC", MAX + 1), R.OUT_OF_RANGE),
        ("CU-10-009", "an unknown sender", Transfer(9, 3, "USDC", 1), R.ACCOUNT_UNKNOWN),
        ("CU-10-010", "an unknown receiver", Transfer(2, 9, "USDC", 1), R.ACCOUNT_UNKNOWN),
        ("CU-10-011", "an unknown asset", Transfer(2, 3, "BTC", 1), R.ASSET_UNKNOWN),
        ("CU-10-012", "not from the fees account", Transfer(0, 2, "USDC", 1), R.ACCOUNT_RESERVED),
        (
            "CU-10-013",
            "not to the insurance account",
            Transfer(2, 1, "USDC", 1),
            R.ACCOUNT_RESERVED,
        ),
        (
            "CU-10-014",
            "the largest amount that may be stored",
            Transfer(2, 3, "USDC", MAX),
            R.INSUFFICIENT_FUNDS,
        ),
        ("CU-10-015", "an account id below zero", Transfer(-1, 3, "USDC", 1), R.ACCOUNT_UNKNOWN),
    ),
    *(
        Group("funded", why=Why.PRECEDENCE).reject(name, title, action, code=code, twin="CU-10-003")
        for name, title, action, code in (
            (
                "CU-10-020",
                "an amount of zero goes before one account",
                Transfer(2, 2, "USDC", 0),
                R.AMOUNT_NOT_POSITIVE,
            ),
            (
                "CU-10-021",
                "one account goes before an unknown asset",
                Transfer(2, 2, "BTC", 1),
                R.SAME_ACCOUNT,
            ),
            (
                "CU-10-022",
                "an unknown account goes before an unknown asset",
                Transfer(9, 3, "BTC", 1),
                R.ACCOUNT_UNKNOWN,
            ),
            (
                "CU-10-023",
                "a reserved account goes before an unknown asset",
                Transfer(2, 1, "BTC", 1),
                R.ACCOUNT_RESERVED,
            ),
            (
                "CU-10-024",
                "another user goes before a missing balance",
                Transfer(2, 4, "USDC", 1000 * USD + 1),
                R.USER_MISMATCH,
            ),
        )
    ),
    _MARKET.accept(
        "CU-10-030", "borrowed atoms move within the margin", Transfer(3, 2, "USDC", 400 * USD)
    ),
    _MARKET.trace(
        "CU-10-031",
        "moving atoms there and back changes no claim",
        Transfer(3, 2, "USDC", 400 * USD),
        Transfer(2, 3, "USDC", 400 * USD),
        why=Why.CONSERVATION,
    ),
    *_MARKET.pair(
        ("CU-10-032", "CU-10-033"),
        ("collateral moves until the margin is just kept", "one atom more breaks the margin"),
        Transfer(3, 2, "USDC", 400 * USD),
        accepted=Transfer(3, 2, "SOL", 5_111_111_111),
        refused=Transfer(3, 2, "SOL", 5_111_111_112),
        code=R.INSUFFICIENT_MARGIN,
        why=Why.BOUNDARY,
    ),
)


CASES: Final[tuple[Case, ...]] = (*TRANSFERS,)
