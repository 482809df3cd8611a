"""Cases of the custody chapter: moving custody between chains, and its identity."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    CompleteRebalance,
    ConfirmWithdrawal,
    Deposit,
    FailWithdrawal,
    Lend,
    StartRebalance,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, withdraw
from ibperp_authoring.cases.setups import COIN, MAX, USD

_FUNDED: Final = Group("funded")
_EDGE: Final = Group("funded", why=Why.BOUNDARY)
_MARKET: Final = Group("market")
_OUT: Final = Group("outgoing")
_OUT_EDGE: Final = Group("outgoing", why=Why.BOUNDARY)

REBALANCES: Final[tuple[Case, ...]] = (
    _FUNDED.accept(
        "CU-8-001", "custody leaves a chain", StartRebalance("USDC", "solana", "ethereum", 10 * USD)
    ),
    *_EDGE.pair(
        ("CU-8-002", "CU-8-003"),
        ("all that a chain holds", "one atom more than it holds"),
        accepted=StartRebalance("USDC", "solana", "ethereum", 1000 * USD),
        refused=StartRebalance("USDC", "solana", "ethereum", 1000 * USD + 1),
        code=R.CUSTODY_INSUFFICIENT,
    ),
    *_EDGE.pair(
        ("CU-8-004", "CU-8-005"),
        ("what the source can express", "what it cannot express"),
        Deposit(2, "SOL", "ethereum", 2, COIN),
        accepted=StartRebalance("SOL", "ethereum", "solana", 10),
        refused=StartRebalance("SOL", "ethereum", "solana", 5),
        code=R.AMOUNT_NOT_NATIVE,
    ),
    *_EDGE.refusals(
        "CU-8-001",
        (
            "CU-8-006",
            "to the same chain",
            StartRebalance("USDC", "solana", "solana", USD),
            R.SAME_CHAIN,
        ),
        (
            "CU-8-007",
            "zero",
            StartRebalance("USDC", "solana", "ethereum", 0),
            R.AMOUNT_NOT_POSITIVE,
        ),
        (
            "CU-8-008",
            "below zero",
            StartRebalance("USDC", "solana", "ethereum", -1),
            R.AMOUNT_NOT_POSITIVE,
        ),
        (
            "CU-8-009",
            "out of range",
            StartRebalance("USDC", "solana", "ethereum", MAX + 1),
            R.OUT_OF_RANGE,
        ),
        (
            "CU-8-010",
            "an unknown asset",
            StartRebalance("BTC", "solana", "ethereum", 1),
            R.ASSET_UNKNOWN,
        ),
        (
            "CU-8-011",
            "an unknown source",
            StartRebalance("USDC", "bitcoin", "ethereum", 1),
            R.CHAIN_UNKNOWN,
        ),
        (
            "CU-8-012",
            "an unknown destination",
            StartRebalance("USDC", "solana", "bitcoin", 1),
            R.CHAIN_UNKNOWN,
        ),
    ),
    *Group("funded", why=Why.PRECEDENCE).refusals(
        "CU-8-001",
        (
            "CU-8-013",
            "zero goes before one chain",
            StartRebalance("USDC", "solana", "solana", 0),
            R.AMOUNT_NOT_POSITIVE,
        ),
        (
            "CU-8-014",
            "one chain goes before an unknown asset",
            StartRebalance("BTC", "solana", "solana", 1),
            R.SAME_CHAIN,
        ),
        (
            "CU-8-015",
            "the native unit goes before custody",
            StartRebalance("SOL", "ethereum", "solana", 5),
            R.AMOUNT_NOT_NATIVE,
        ),
    ),
    *_OUT_EDGE.pair(
        ("CU-8-016", "CU-8-017"),
        ("all but what is pending may leave", "what is pending may not leave"),
        accepted=StartRebalance("USDC", "solana", "ethereum", 920 * USD),
        refused=StartRebalance("USDC", "solana", "ethereum", 920 * USD + 1),
        code=R.CUSTODY_INSUFFICIENT,
    ),
    _OUT.accept(
        "CU-9-001", "the fees account pays what the way cost", CompleteRebalance(0, 49 * USD)
    ),
    _OUT_EDGE.accept("CU-9-002", "all arrives and nothing is paid", CompleteRebalance(0, 50 * USD)),
    _OUT_EDGE.reject(
        "CU-9-003",
        "more arrives than was sent",
        CompleteRebalance(0, 50 * USD + 1),
        code=R.RECEIVED_EXCEEDS_SENT,
        twin="CU-9-002",
    ),
    *_OUT_EDGE.pair(
        ("CU-9-004", "CU-9-005"),
        ("the fees account pays its last atom", "the fees account lacks an atom"),
        accepted=CompleteRebalance(0, 30 * USD),
        refused=CompleteRebalance(0, 30 * USD - 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_OUT_EDGE.refusals(
        "CU-9-001",
        ("CU-9-006", "an unknown rebalance", CompleteRebalance(1, 1), R.REBALANCE_UNKNOWN),
        ("CU-9-007", "an id below zero", CompleteRebalance(-1, 1), R.REBALANCE_UNKNOWN),
        ("CU-9-008", "less than nothing arrives", CompleteRebalance(0, -1), R.AMOUNT_NOT_POSITIVE),
        ("CU-9-009", "out of range", CompleteRebalance(0, MAX + 1), R.OUT_OF_RANGE),
    ),
    _OUT.reject(
        "CU-9-010",
        "a rebalance is completed once",
        CompleteRebalance(0, 49 * USD),
        CompleteRebalance(0, 49 * USD),
        code=R.REBALANCE_NOT_PENDING,
        twin="CU-9-001",
        why=Why.ATTACK,
    ),
    _OUT.accept(
        "CU-9-011",
        "nothing arrives and the fees account pays for all",
        Deposit(0, "USDC", "solana", 4, 30 * USD),
        CompleteRebalance(0, 0),
        why=Why.BOUNDARY,
    ),
    *_FUNDED.pair(
        ("CU-9-012", "CU-9-013"),
        ("what arrives fits the destination", "the destination cannot express what arrives"),
        Deposit(0, "SOL", "solana", 3, COIN),
        StartRebalance("SOL", "solana", "ethereum", 1005),
        accepted=CompleteRebalance(0, 1000),
        refused=CompleteRebalance(0, 1005),
        code=R.AMOUNT_NOT_NATIVE,
        why=Why.BOUNDARY,
    ),
    _OUT.trace(
        "CU-1-001",
        "every way of moving atoms keeps the custody identity",
        ConfirmWithdrawal(0),
        CompleteRebalance(0, 49 * USD),
        Deposit(2, "USDC", "solana", 4, 12_345_678),
        Refused(withdraw(2, "USDC", "ethereum", 600 * USD + 1), R.WITHDRAWAL_ABOVE_MAXIMUM),
        withdraw(4, "USDC", "ethereum", 600 * USD),
        FailWithdrawal(1),
        Lend(4, "USDC", 999 * USD),
        why=Why.CONSERVATION,
    ),
)

CASES: Final[tuple[Case, ...]] = (*REBALANCES,)
