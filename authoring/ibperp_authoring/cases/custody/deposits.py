"""Cases of the custody chapter: deposits, their sequence numbers, and the sweep that follows."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Borrow, Deposit, Lend, Repay
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, settings
from ibperp_authoring.cases.setups import COIN, MAX, USD

_LISTED: Final = Group("listed")
_EDGE: Final = Group("listed", why=Why.BOUNDARY)
_ORDER: Final = Group("listed", why=Why.PRECEDENCE)
_FUNDED: Final = Group("funded")
_MARKET: Final = Group("market")
_SWEEP: Final = Group("automatic", clauses=("MM-11", "MM-14", "MM-15"))

_AUTO_LEND: Final = settings(3, auto_lend=True)
_AUTO_REPAY: Final = settings(3, auto_repay_borrows=True)
_AUTO_BOTH: Final = settings(3, auto_lend=True, auto_repay_borrows=True)

DEPOSITS: Final[tuple[Case, ...]] = (
    _LISTED.accept(
        "CU-4-001", "a deposit credits the account", Deposit(2, "USDC", "solana", 1, 25 * USD)
    ),
    *_EDGE.pair(
        ("CU-4-002", "CU-4-003"),
        ("the smallest deposit", "one atom below the smallest deposit"),
        accepted=Deposit(2, "USDC", "ethereum", 1, 1 * USD),
        refused=Deposit(2, "USDC", "ethereum", 1, 1 * USD - 1),
        code=R.DEPOSIT_BELOW_MINIMUM,
    ),
    *_EDGE.pair(
        ("CU-4-004", "CU-4-005"),
        ("a multiple of the native unit", "one atom more than a multiple of the native unit"),
        accepted=Deposit(2, "SOL", "ethereum", 1, COIN + 10),
        refused=Deposit(2, "SOL", "ethereum", 1, COIN + 11),
        code=R.AMOUNT_NOT_NATIVE,
    ),
    _EDGE.accept(
        "CU-4-006", "one atom where one atom is the minimum", Deposit(2, "USDC", "solana", 1, 1)
    ),
    *_EDGE.refusals(
        "CU-4-006",
        (
            "CU-4-007",
            "a deposit of zero",
            Deposit(2, "USDC", "solana", 1, 0),
            R.AMOUNT_NOT_POSITIVE,
        ),
        (
            "CU-4-008",
            "a deposit below zero",
            Deposit(2, "USDC", "solana", 1, -1),
            R.AMOUNT_NOT_POSITIVE,
        ),
        (
            "CU-4-009",
            "a deposit out of range",
            Deposit(2, "USDC", "solana", 1, MAX + 1),
            R.OUT_OF_RANGE,
        ),
        ("CU-4-010", "an unknown account", Deposit(5, "USDC", "solana", 1, 1), R.ACCOUNT_UNKNOWN),
        ("CU-4-011", "an unknown asset", Deposit(2, "BTC", "solana", 1, 1), R.ASSET_UNKNOWN),
        ("CU-4-012", "an unknown chain", Deposit(2, "USDC", "bitcoin", 1, 1), R.CHAIN_UNKNOWN),
        (
            "CU-4-013",
            "the first sequence number is one",
            Deposit(2, "USDC", "solana", 0, 1),
            R.SEQUENCE_REPLAYED,
        ),
        (
            "CU-4-014",
            "a skipped deposit is not taken",
            Deposit(2, "USDC", "solana", 2, 1),
            R.SEQUENCE_SKIPPED,
        ),
        (
            "CU-4-015",
            "a negative sequence number",
            Deposit(2, "USDC", "solana", -1, 1),
            R.SEQUENCE_REPLAYED,
        ),
        (
            "CU-4-016",
            "an account id below zero",
            Deposit(-1, "USDC", "solana", 1, 1),
            R.ACCOUNT_UNKNOWN,
        ),
        ("CU-4-017", "symbols differ by case", Deposit(2, "usdc", "solana", 1, 1), R.ASSET_UNKNOWN),
    ),
    _EDGE.accept(
        "CU-4-018", "the largest deposit that may be stored", Deposit(2, "USDC", "solana", 1, MAX)
    ),
    _EDGE.reject(
        "CU-4-019",
        "custody beyond the range is refused",
        Deposit(2, "USDC", "solana", 1, MAX),
        Deposit(3, "USDC", "solana", 2, 1),
        code=R.OUT_OF_RANGE,
        twin="CU-4-018",
    ),
    _FUNDED.accept(
        "CU-4-020", "the next deposit of a chain", Deposit(2, "USDC", "solana", 3, 5 * USD)
    ),
    *_FUNDED.refusals(
        "CU-4-020",
        (
            "CU-4-021",
            "a replayed deposit",
            Deposit(2, "USDC", "solana", 2, 5 * USD),
            R.SEQUENCE_REPLAYED,
        ),
        (
            "CU-4-022",
            "the very first deposit again",
            Deposit(2, "USDC", "solana", 1, 1000 * USD),
            R.SEQUENCE_REPLAYED,
        ),
        (
            "CU-4-023",
            "a deposit one ahead",
            Deposit(2, "USDC", "solana", 4, 5 * USD),
            R.SEQUENCE_SKIPPED,
        ),
        (
            "CU-4-059",
            "a sequence number beyond the range is skipped like any other",
            Deposit(2, "USDC", "solana", MAX + 1, 5 * USD),
            R.SEQUENCE_SKIPPED,
        ),
    ),
    _FUNDED.trace(
        "CU-4-024",
        "a replay inside a run of deposits changes nothing",
        Deposit(2, "USDC", "solana", 3, 5 * USD),
        Refused(Deposit(2, "USDC", "solana", 3, 5 * USD), R.SEQUENCE_REPLAYED),
        Refused(Deposit(4, "USDC", "solana", 3, 5 * USD), R.SEQUENCE_REPLAYED),
        Deposit(2, "USDC", "solana", 4, 5 * USD),
        why=Why.ATTACK,
    ),
    _FUNDED.trace(
        "CU-4-025",
        "a skipped deposit arrives in its turn",
        Refused(Deposit(2, "USDC", "solana", 4, 5 * USD), R.SEQUENCE_SKIPPED),
        Deposit(2, "USDC", "solana", 3, 1),
        Deposit(2, "USDC", "solana", 4, 5 * USD),
        why=Why.ATTACK,
    ),
    _FUNDED.accept(
        "CU-4-026",
        "one counter for all assets of a chain",
        Deposit(2, "SOL", "solana", 3, COIN),
        Deposit(2, "USDC", "solana", 4, USD),
    ),
    _FUNDED.accept(
        "CU-4-027",
        "chains count apart",
        Deposit(2, "USDC", "ethereum", 2, USD),
        Deposit(2, "USDC", "solana", 3, USD),
    ),
    _FUNDED.trace(
        "CU-4-028",
        "a refused deposit uses no sequence number",
        Refused(Deposit(2, "SOL", "solana", 3, 999), R.DEPOSIT_BELOW_MINIMUM),
        Deposit(2, "SOL", "solana", 3, 1000),
        why=Why.BOUNDARY,
    ),
    _LISTED.accept(
        "CU-4-029", "the fees account may be funded", Deposit(0, "USDC", "solana", 1, 10 * USD)
    ),
    _LISTED.accept(
        "CU-4-030", "the insurance account may be funded", Deposit(1, "USDC", "solana", 1, 10 * USD)
    ),
    _MARKET.accept(
        "CU-4-031",
        "a deposit changes no claim of others",
        Deposit(2, "USDC", "solana", 3, 123_456_789),
        why=Why.CONSERVATION,
    ),
)

PRECEDENCE: Final[tuple[Case, ...]] = _ORDER.refusals(
    "CU-4-006",
    (
        "CU-4-040",
        "all is wrong: the amount comes first",
        Deposit(9, "BTC", "bitcoin", 9, 0),
        R.AMOUNT_NOT_POSITIVE,
    ),
    ("CU-4-041", "then the range", Deposit(9, "BTC", "bitcoin", 9, MAX + 1), R.OUT_OF_RANGE),
    ("CU-4-042", "then the account", Deposit(9, "BTC", "bitcoin", 9, 1), R.ACCOUNT_UNKNOWN),
    ("CU-4-043", "then the asset", Deposit(2, "BTC", "bitcoin", 9, 1), R.ASSET_UNKNOWN),
    ("CU-4-044", "then the chain", Deposit(2, "SOL", "bitcoin", 9, 1), R.CHAIN_UNKNOWN),
    (
        "CU-4-045",
        "then the sequence, skipped",
        Deposit(2, "SOL", "ethereum", 9, 1),
        R.SEQUENCE_SKIPPED,
    ),
    (
        "CU-4-046",
        "then the sequence, replayed",
        Deposit(2, "SOL", "ethereum", 0, 1),
        R.SEQUENCE_REPLAYED,
    ),
    ("CU-4-047", "then the native unit", Deposit(2, "SOL", "ethereum", 1, 1), R.AMOUNT_NOT_NATIVE),
    ("CU-4-048", "then the minimum", Deposit(2, "SOL", "ethereum", 1, 10), R.DEPOSIT_BELOW_MINIMUM),
)

SWEEPS: Final[tuple[Case, ...]] = (
    _SWEEP.accept(
        "CU-4-050", "a deposit is lent at once", Deposit(2, "USDC", "solana", 3, 5 * USD)
    ),
    Group("market", (_AUTO_REPAY,), clauses=("MM-14", "MM-15")).accept(
        "CU-4-051", "borrowed atoms repay the debt when the setting is switched on"
    ),
    Group("market", clauses=("MM-14", "MM-15")).accept(
        "CU-4-052",
        "a deposit repays what it can",
        _AUTO_REPAY,
        Borrow(3, "USDC", 100 * USD),
        Deposit(3, "USDC", "solana", 3, 30 * USD),
    ),
    Group("market", clauses=("MM-14", "MM-15")).accept(
        "CU-4-053",
        "a deposit above the debt repays all and leaves the rest free",
        _AUTO_REPAY,
        Borrow(3, "USDC", 10 * USD),
        Deposit(3, "USDC", "solana", 3, 30 * USD),
    ),
    Group("market", clauses=("MM-11", "MM-14", "MM-15")).accept(
        "CU-4-054",
        "first the debt is repaid, then the rest is lent",
        _AUTO_BOTH,
        Borrow(3, "USDC", 10 * USD),
        Deposit(3, "USDC", "solana", 3, 30 * USD),
    ),
    Group("market", (_AUTO_LEND,), clauses=("MM-11",)).accept(
        "CU-4-055",
        "nothing is lent while there is a debt",
        Deposit(3, "USDC", "solana", 3, 30 * USD),
    ),
    Group("funded", (_AUTO_LEND,), clauses=("MM-11",)).accept(
        "CU-4-056",
        "another asset is lent whatever the debt in this one",
        Deposit(3, "SOL", "solana", 3, 30 * COIN),
    ),
    Group("aged", why=Why.ROUNDING, clauses=("MM-14",)).accept(
        "CU-4-057",
        "a deposit of one atom repays a part of a debt",
        Repay(3, "USDC", 399 * USD),
        _AUTO_REPAY,
        Borrow(3, "USDC", 3),
        Deposit(3, "USDC", "solana", 3, 1),
    ),
    Group("aged", why=Why.ROUNDING, clauses=("MM-11",)).accept(
        "CU-4-058",
        "a deposit of one atom is lent",
        Lend(2, "USDC", 2),
        settings(2, auto_lend=True, leverage_limit=RATIO),
        Deposit(2, "USDC", "solana", 3, 1),
    ),
    *Group("listed", (Deposit(2, "USDC", "solana", 1, MAX),), Why.BOUNDARY, ("NT-7",)).pair(
        ("CU-4-060", "CU-4-061"),
        ("a deposit on another chain, of another account", "two chains together are out of range"),
        accepted=Deposit(3, "USDC", "ethereum", 1, USD),
        refused=Deposit(2, "USDC", "ethereum", 1, USD),
        code=R.OUT_OF_RANGE,
    ),
)

CASES: Final[tuple[Case, ...]] = (*DEPOSITS, *PRECEDENCE, *SWEEPS)
