"""Cases of accounts (CU-3)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import CreateAccount
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why

_GENESIS: Final = Group("genesis")
_LISTED: Final = Group("listed")

ACCOUNTS: Final[tuple[Case, ...]] = (
    _GENESIS.accept("CU-3-001", "the first account has the id 2", CreateAccount(2, 1)),
    _LISTED.accept("CU-3-002", "ids are dense", CreateAccount(5, 1), CreateAccount(6, 3)),
    *_LISTED.refusals(
        "CU-3-002",
        ("CU-3-003", "an id that exists", CreateAccount(4, 2), R.ACCOUNT_EXISTS),
        ("CU-3-004", "an id that leaves a gap", CreateAccount(6, 2), R.ACCOUNT_UNKNOWN),
        ("CU-3-005", "the fees account exists", CreateAccount(0, 1), R.ACCOUNT_EXISTS),
        ("CU-3-006", "the insurance account exists", CreateAccount(1, 1), R.ACCOUNT_EXISTS),
        ("CU-3-007", "nobody opens no account", CreateAccount(5, 0), R.USER_INVALID),
        ("CU-3-008", "a user below zero", CreateAccount(5, -1), R.USER_INVALID),
    ),
    _LISTED.reject(
        "CU-3-009",
        "an invalid user goes before an id that exists",
        CreateAccount(4, 0),
        code=R.USER_INVALID,
        twin="CU-3-002",
        why=Why.PRECEDENCE,
    ),
    _LISTED.reject(
        "CU-3-010",
        "an invalid user goes before an id that leaves a gap",
        CreateAccount(9, 0),
        code=R.USER_INVALID,
        twin="CU-3-002",
        why=Why.PRECEDENCE,
    ),
)


CASES: Final[tuple[Case, ...]] = (*ACCOUNTS,)
