"""Cases of withdrawals: request, confirmation, failure (CU-5, CU-6, CU-7)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import ConfirmWithdrawal, Deposit, FailWithdrawal, Lend
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, settings, withdraw
from ibperp_authoring.cases.setups import COIN, MAX, USD

_FUNDED: Final = Group("funded")
_EDGE: Final = Group("funded", why=Why.BOUNDARY)
_MARKET: Final = Group("market")
_OUT: Final = Group("outgoing")
_OUT_EDGE: Final = Group("outgoing", why=Why.BOUNDARY)

WITHDRAWALS: Final[tuple[Case, ...]] = (
    _FUNDED.accept(
        "CU-5-001",
        "a withdrawal is debited with its fee inside",
        withdraw(2, "USDC", "solana", 100 * USD),
    ),
    *_EDGE.pair(
        ("CU-5-002", "CU-5-003"),
        ("the smallest withdrawal", "one atom below the smallest"),
        accepted=withdraw(2, "USDC", "solana", 1 * USD),
        refused=withdraw(2, "USDC", "solana", 1 * USD - 1),
        code=R.WITHDRAWAL_BELOW_MINIMUM,
    ),
    *_EDGE.pair(
        ("CU-5-004", "CU-5-005"),
        ("the largest withdrawal", "one atom above the largest"),
        accepted=withdraw(4, "USDC", "ethereum", 600 * USD),
        refused=withdraw(4, "USDC", "ethereum", 600 * USD + 1),
        code=R.WITHDRAWAL_ABOVE_MAXIMUM,
    ),
    *_EDGE.pair(
        ("CU-5-006", "CU-5-007"),
        ("the whole free balance", "one atom above the free balance"),
        accepted=withdraw(2, "USDC", "solana", 1000 * USD),
        refused=withdraw(2, "USDC", "solana", 1000 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_EDGE.pair(
        ("CU-5-008", "CU-5-009"),
        ("a multiple of the native unit", "not a multiple of it"),
        Deposit(3, "SOL", "ethereum", 2, COIN),
        accepted=withdraw(3, "SOL", "ethereum", COIN // 50 + 10),
        refused=withdraw(3, "SOL", "ethereum", COIN // 50 + 9),
        code=R.AMOUNT_NOT_NATIVE,
    ),
    *_EDGE.pair(
        ("CU-5-010", "CU-5-011"),
        ("all that a chain holds", "one atom more than a chain holds"),
        Deposit(2, "USDC", "ethereum", 2, 1 * USD),
        accepted=withdraw(2, "USDC", "solana", 1000 * USD),
        refused=withdraw(2, "USDC", "solana", 1000 * USD + 1),
        code=R.CUSTODY_INSUFFICIENT,
    ),
    _FUNDED.reject(
        "CU-5-012",
        "a dry chain refuses what another chain holds",
        withdraw(3, "SOL", "ethereum", 1 * COIN),
        code=R.CUSTODY_INSUFFICIENT,
        twin="CU-5-008",
    ),
    _FUNDED.reject(
        "CU-5-013",
        "what is pending is promised already",
        withdraw(2, "USDC", "solana", 600 * USD),
        Deposit(2, "USDC", "ethereum", 2, 1000 * USD),
        withdraw(2, "USDC", "solana", 400 * USD + 1),
        code=R.CUSTODY_INSUFFICIENT,
        twin="CU-5-014",
        why=Why.ATTACK,
    ),
    _FUNDED.accept(
        "CU-5-014",
        "beside a pending withdrawal the rest of a chain can go",
        withdraw(2, "USDC", "solana", 600 * USD),
        Deposit(2, "USDC", "ethereum", 2, 1000 * USD),
        withdraw(2, "USDC", "solana", 400 * USD),
        why=Why.ATTACK,
    ),
    *_EDGE.refusals(
        "CU-5-001",
        ("CU-5-020", "zero", withdraw(2, "USDC", "solana", 0), R.AMOUNT_NOT_POSITIVE),
        ("CU-5-021", "below zero", withdraw(2, "USDC", "solana", -1), R.AMOUNT_NOT_POSITIVE),
        ("CU-5-022", "out of range", withdraw(2, "USDC", "solana", MAX + 1), R.OUT_OF_RANGE),
        ("CU-5-023", "an unknown account", withdraw(9, "USDC", "solana", USD), R.ACCOUNT_UNKNOWN),
        ("CU-5-024", "an unknown asset", withdraw(2, "BTC", "solana", USD), R.ASSET_UNKNOWN),
        ("CU-5-025", "an unknown chain", withdraw(2, "USDC", "bitcoin", USD), R.CHAIN_UNKNOWN),
        (
            "CU-5-026",
            "not from the fees account",
            withdraw(0, "USDC", "solana", USD),
            R.ACCOUNT_RESERVED,
        ),
        (
            "CU-5-027",
            "not from the insurance account",
            withdraw(1, "USDC", "solana", USD),
            R.ACCOUNT_RESERVED,
        ),
        (
            "CU-5-028",
            "the largest amount that may be stored",
            withdraw(2, "USDC", "solana", MAX),
            R.WITHDRAWAL_ABOVE_MAXIMUM,
        ),
    ),
    *Group("funded", why=Why.PRECEDENCE).refusals(
        "CU-5-001",
        (
            "CU-5-030",
            "the amount goes before all",
            withdraw(9, "BTC", "bitcoin", 0),
            R.AMOUNT_NOT_POSITIVE,
        ),
        ("CU-5-031", "then the account", withdraw(9, "BTC", "bitcoin", 1), R.ACCOUNT_UNKNOWN),
        (
            "CU-5-032",
            "then the reserved account",
            withdraw(0, "BTC", "bitcoin", 1),
            R.ACCOUNT_RESERVED,
        ),
        ("CU-5-033", "then the asset", withdraw(2, "BTC", "bitcoin", 1), R.ASSET_UNKNOWN),
        ("CU-5-034", "then the chain", withdraw(2, "SOL", "bitcoin", 1), R.CHAIN_UNKNOWN),
        (
            "CU-5-035",
            "then the native unit",
            withdraw(2, "SOL", "ethereum", 1),
            R.AMOUNT_NOT_NATIVE,
        ),
        (
            "CU-5-036",
            "then the minimum",
            withdraw(2, "SOL", "ethereum", 10),
            R.WITHDRAWAL_BELOW_MINIMUM,
        ),
        ("CU-5-037", "then the funds", withdraw(2, "SOL", "ethereum", COIN), R.INSUFFICIENT_FUNDS),
    ),
    _MARKET.accept(
        "CU-5-040",
        "lent atoms are redeemed for a withdrawal",
        withdraw(4, "USDC", "ethereum", 300 * USD, redeem=True),
    ),
    _MARKET.reject(
        "CU-5-041",
        "lent atoms stay lent without leave to redeem",
        withdraw(4, "USDC", "ethereum", 300 * USD),
        code=R.INSUFFICIENT_FUNDS,
        twin="CU-5-040",
    ),
    _MARKET.accept(
        "CU-5-042",
        "atoms are borrowed for a withdrawal",
        withdraw(3, "USDC", "solana", 500 * USD, borrow=True),
    ),
    _MARKET.reject(
        "CU-5-043",
        "nothing is borrowed without leave to borrow",
        withdraw(3, "USDC", "solana", 500 * USD),
        code=R.INSUFFICIENT_FUNDS,
        twin="CU-5-042",
    ),
    Group("market", clauses=("MM-12", "MM-13")).accept(
        "CU-5-044",
        "first redeem all, then borrow the rest",
        Deposit(4, "SOL", "solana", 3, 10 * COIN),
        Lend(2, "USDC", 800 * USD),
        Deposit(2, "USDC", "solana", 4, 100 * USD),
        withdraw(4, "USDC", "solana", 1000 * USD + 25 * USD, redeem=True, borrow=True),
    ),
    _MARKET.accept(
        "CU-5-045",
        "free atoms go first, whatever the leave",
        withdraw(4, "USDC", "ethereum", 200 * USD, redeem=True, borrow=True),
    ),
    _MARKET.reject(
        "CU-5-046",
        "redeeming for a withdrawal keeps the throttle",
        withdraw(4, "USDC", "ethereum", 200 * USD + 350 * USD, redeem=True),
        code=R.UTILIZATION_THROTTLED,
        twin="CU-5-040",
    ),
    Group("market", why=Why.BOUNDARY, clauses=("PF-8",)).accept(
        "CU-5-047",
        "a withdrawal that leaves just the margin",
        withdraw(3, "USDC", "solana", 400 * USD),
        withdraw(3, "SOL", "solana", 5_111_111_111),
    ),
    Group("market", why=Why.BOUNDARY, clauses=("PF-8",)).reject(
        "CU-5-048",
        "one atom more leaves less than the margin",
        withdraw(3, "USDC", "solana", 400 * USD),
        withdraw(3, "SOL", "solana", 5_111_111_112),
        code=R.INSUFFICIENT_MARGIN,
        twin="CU-5-047",
    ),
    Group("aged", why=Why.ROUNDING, clauses=("MM-12",)).accept(
        "CU-5-049",
        "redeeming for a withdrawal rounds against the lender",
        withdraw(4, "USDC", "ethereum", 200 * USD + 1, redeem=True),
    ),
)

OUTCOMES: Final[tuple[Case, ...]] = (
    _OUT.accept(
        "CU-6-001", "a paid withdrawal leaves the fee to the fees account", ConfirmWithdrawal(0)
    ),
    *_OUT_EDGE.refusals(
        "CU-6-001",
        ("CU-6-002", "an unknown withdrawal", ConfirmWithdrawal(1), R.WITHDRAWAL_UNKNOWN),
        ("CU-6-003", "an id below zero", ConfirmWithdrawal(-1), R.WITHDRAWAL_UNKNOWN),
    ),
    _OUT.reject(
        "CU-6-004",
        "a withdrawal is not paid twice",
        ConfirmWithdrawal(0),
        ConfirmWithdrawal(0),
        code=R.WITHDRAWAL_NOT_PENDING,
        twin="CU-6-001",
        why=Why.ATTACK,
    ),
    _OUT.reject(
        "CU-6-005",
        "a refunded withdrawal is not paid",
        FailWithdrawal(0),
        ConfirmWithdrawal(0),
        code=R.WITHDRAWAL_NOT_PENDING,
        twin="CU-6-001",
        why=Why.ATTACK,
    ),
    _OUT.accept(
        "CU-6-006",
        "withdrawals are paid in any order",
        withdraw(2, "USDC", "solana", 7 * USD),
        ConfirmWithdrawal(1),
        ConfirmWithdrawal(0),
    ),
    _OUT.accept("CU-7-001", "a failed withdrawal refunds amount and fee", FailWithdrawal(0)),
    *_OUT_EDGE.refusals(
        "CU-7-001",
        ("CU-7-002", "an unknown withdrawal", FailWithdrawal(1), R.WITHDRAWAL_UNKNOWN),
        ("CU-7-003", "an id far away", FailWithdrawal(MAX + 1), R.WITHDRAWAL_UNKNOWN),
    ),
    _OUT.reject(
        "CU-7-004",
        "a withdrawal is not refunded twice",
        FailWithdrawal(0),
        FailWithdrawal(0),
        code=R.WITHDRAWAL_NOT_PENDING,
        twin="CU-7-001",
        why=Why.ATTACK,
    ),
    _OUT.reject(
        "CU-7-005",
        "a paid withdrawal is not refunded",
        ConfirmWithdrawal(0),
        FailWithdrawal(0),
        code=R.WITHDRAWAL_NOT_PENDING,
        twin="CU-7-001",
        why=Why.ATTACK,
    ),
    _OUT.accept(
        "CU-7-006",
        "a refund is swept into the pool",
        settings(2, auto_lend=True, leverage_limit=RATIO),
        FailWithdrawal(0),
    ),
    _FUNDED.trace(
        "CU-7-007",
        "asking and failing leaves every balance as it was",
        withdraw(2, "USDC", "solana", 1000 * USD),
        FailWithdrawal(0),
        why=Why.CONSERVATION,
    ),
    *Group("strained", why=Why.PRECEDENCE, clauses=("MM-18",)).pair(
        ("CU-5-050", "CU-5-051"),
        ("free funds are enough", "funds and lend are too little, and the pool has less cash"),
        accepted=withdraw(4, "USDC", "solana", 200 * USD, redeem=True),
        refused=withdraw(4, "USDC", "solana", 1001 * USD, redeem=True),
        code=R.INSUFFICIENT_FUNDS,
    ),
)

CASES: Final[tuple[Case, ...]] = (*WITHDRAWALS, *OUTCOMES)
