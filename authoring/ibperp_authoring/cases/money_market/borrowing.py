"""Cases of the money market chapter: borrowing and repaying."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    AdvanceTime,
    Borrow,
    Deposit,
    Lend,
    ListAsset,
    Repay,
    SetAccountSettings,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import Case, Group, Why, settings, withdraw
from ibperp_authoring.cases.setups import COIN, MAX, SOL, USD, pool_with

_MARKET: Final = Group("market")
_EDGE: Final = Group("market", why=Why.BOUNDARY)
_ORDER: Final = Group("market", why=Why.PRECEDENCE)
_AGED: Final = Group("aged", why=Why.ROUNDING, clauses=("MM-2",))
_LEVER: Final = Group("market", why=Why.BOUNDARY, clauses=("PF-7", "PF-8"))


def _settings(
    account: int, leverage: int = 10 * RATIO, *, lend: bool = False, repay: bool = False
) -> SetAccountSettings:
    return settings(account, auto_lend=lend, auto_repay_borrows=repay, leverage_limit=leverage)


BORROWS: Final[tuple[Case, ...]] = (
    Group("funded").accept(
        "MM-13-001",
        "the first borrow of a pool mints 10^6 shares an atom",
        Lend(4, "USDC", 800 * USD),
        Borrow(3, "USDC", 100 * USD),
    ),
    _EDGE.accept("MM-13-002", "one atom is borrowed", Borrow(3, "USDC", 1)),
    *_EDGE.refusals(
        "MM-13-002",
        ("MM-13-003", "zero", Borrow(3, "USDC", 0), R.AMOUNT_NOT_POSITIVE),
        ("MM-13-004", "below zero", Borrow(3, "USDC", -1), R.AMOUNT_NOT_POSITIVE),
        ("MM-13-005", "out of range", Borrow(3, "USDC", MAX + 1), R.OUT_OF_RANGE),
        ("MM-13-006", "an unknown account", Borrow(7, "USDC", 1), R.ACCOUNT_UNKNOWN),
        ("MM-13-007", "an unknown asset", Borrow(3, "BTC", 1), R.ASSET_UNKNOWN),
        ("MM-13-008", "the fees account does not borrow", Borrow(0, "USDC", 1), R.ACCOUNT_RESERVED),
        (
            "MM-13-009",
            "the insurance account does not borrow",
            Borrow(1, "USDC", 1),
            R.ACCOUNT_RESERVED,
        ),
        (
            "MM-13-010",
            "a lender does not borrow",
            Borrow(4, "USDC", 1),
            R.BORROW_REQUIRES_LEND_REDEEM,
        ),
        (
            "MM-13-011",
            "more than the cash",
            Borrow(3, "USDC", 400 * USD + 1),
            R.INSUFFICIENT_SUPPLY,
        ),
        ("MM-13-012", "an empty pool", Borrow(2, "SOL", 1), R.INSUFFICIENT_SUPPLY),
        (
            "MM-13-013",
            "the largest amount that may be stored",
            Borrow(3, "USDC", MAX),
            R.BORROW_LIMIT,
        ),
    ),
    *_EDGE.pair(
        ("MM-13-014", "MM-13-015"),
        ("a borrow up to the throttle", "one atom beyond the throttle"),
        accepted=Borrow(3, "USDC", 280 * USD),
        refused=Borrow(3, "USDC", 280 * USD + 1),
        code=R.UTILIZATION_THROTTLED,
    ),
    _EDGE.reject(
        "MM-13-016",
        "beyond the maximum utilization",
        Borrow(3, "USDC", 360 * USD + 1),
        code=R.MAX_UTILIZATION,
        twin="MM-13-014",
    ),
    *Group(
        "funded",
        (
            ListAsset("JUP", SOL),
            Lend(3, "SOL", COIN),
            Deposit(2, "JUP", "solana", 3, 100 * COIN),
            Lend(2, "JUP", 50 * COIN),
        ),
    ).pair(
        ("MM-13-017", "MM-13-018"),
        ("an asset with a price is borrowed", "an asset without a price is not"),
        accepted=Borrow(2, "SOL", COIN // 10),
        refused=Borrow(4, "JUP", 1),
        code=R.PRICE_UNKNOWN,
    ),
    _MARKET.accept("MM-13-019", "a debt grows", Borrow(3, "USDC", 50 * USD)),
    _AGED.accept("MM-13-020", "shares minted are rounded up", Borrow(3, "USDC", 1)),
    _AGED.accept("MM-13-021", "three atoms at once", Borrow(3, "USDC", 3)),
    _AGED.trace(
        "MM-13-022",
        "borrowing in parts never owes less",
        Borrow(3, "USDC", 1),
        Borrow(3, "USDC", 1),
        Borrow(3, "USDC", 1),
    ),
    _ORDER.reject(
        "MM-13-023",
        "a lend goes before the supply",
        Borrow(4, "USDC", 401 * USD),
        code=R.BORROW_REQUIRES_LEND_REDEEM,
        twin="MM-13-002",
    ),
    _ORDER.reject(
        "MM-13-024",
        "a closed book goes before a lend",
        pool_with(book_state=BookState.CLOSED),
        Borrow(4, "USDC", 401 * USD),
        code=R.BOOK_CLOSED,
        twin="MM-13-002",
    ),
    _ORDER.reject(
        "MM-13-025",
        "the limit goes before the supply",
        pool_with(open_borrow_lend_limit=0),
        Borrow(3, "USDC", 401 * USD),
        code=R.BORROW_LIMIT,
        twin="MM-13-002",
    ),
    _ORDER.reject(
        "MM-13-026",
        "the throttle goes before the margin",
        SetPrice("SOL", 1),
        Borrow(3, "USDC", 280 * USD + 1),
        code=R.UTILIZATION_THROTTLED,
        twin="MM-13-014",
    ),
    _MARKET.reject(
        "MM-13-027",
        "without collateral there is no margin",
        Transfer(3, 2, "USDC", 400 * USD),
        SetPrice("SOL", 1),
        Borrow(3, "USDC", 1),
        code=R.INSUFFICIENT_MARGIN,
        twin="MM-13-002",
    ),
)

REPAYS: Final[tuple[Case, ...]] = (
    _MARKET.accept("MM-14-001", "a part of the debt is repaid", Repay(3, "USDC", 100 * USD)),
    _EDGE.accept("MM-14-002", "repaying all leaves no share", Repay(3, "USDC", None)),
    _EDGE.accept(
        "MM-14-003", "repaying exactly the debt leaves no share", Repay(3, "USDC", 400 * USD)
    ),
    _EDGE.reject(
        "MM-14-004",
        "one atom more than the debt",
        Transfer(2, 3, "USDC", USD),
        Repay(3, "USDC", 400 * USD + 1),
        code=R.REPAY_EXCEEDS_DEBT,
        twin="MM-14-003",
    ),
    _EDGE.accept("MM-14-005", "one atom is repaid", Repay(3, "USDC", 1)),
    *_EDGE.refusals(
        "MM-14-005",
        ("MM-14-006", "zero", Repay(3, "USDC", 0), R.AMOUNT_NOT_POSITIVE),
        ("MM-14-007", "below zero", Repay(3, "USDC", -1), R.AMOUNT_NOT_POSITIVE),
        ("MM-14-008", "out of range", Repay(3, "USDC", MAX + 1), R.OUT_OF_RANGE),
        ("MM-14-009", "an unknown account", Repay(7, "USDC", 1), R.ACCOUNT_UNKNOWN),
        ("MM-14-010", "an unknown asset", Repay(3, "BTC", 1), R.ASSET_UNKNOWN),
        ("MM-14-011", "the fees account owes nothing", Repay(0, "USDC", 1), R.ACCOUNT_RESERVED),
        ("MM-14-012", "all of no debt", Repay(2, "USDC", None), R.REPAY_EXCEEDS_DEBT),
        ("MM-14-013", "an account without a debt", Repay(2, "USDC", 1), R.REPAY_EXCEEDS_DEBT),
        ("MM-14-014", "a lender has no debt", Repay(4, "USDC", 1), R.REPAY_EXCEEDS_DEBT),
        ("MM-14-015", "more than is free", Repay(3, "USDC", 400 * USD + 1), R.INSUFFICIENT_FUNDS),
    ),
    _AGED.accept(
        "MM-14-016", "after interest the rounding residue goes to the reserve", Repay(3, "USDC", 1)
    ),
    _AGED.accept("MM-14-017", "after interest three atoms at once", Repay(3, "USDC", 3)),
    _AGED.trace(
        "MM-14-018",
        "repaying in parts never burns more",
        Repay(3, "USDC", 1),
        Repay(3, "USDC", 1),
        Repay(3, "USDC", 1),
    ),
    _AGED.accept(
        "MM-14-019",
        "after interest, repaying all leaves exactly zero",
        Transfer(2, 3, "USDC", 100 * USD),
        Repay(3, "USDC", None),
    ),
    _AGED.reject(
        "MM-14-020",
        "the borrowed atoms alone do not pay the interest",
        Repay(3, "USDC", None),
        code=R.INSUFFICIENT_FUNDS,
        twin="MM-14-019",
    ),
    _AGED.accept(
        "MM-14-021",
        "two borrowers: one repays all, the other owes the rest",
        Transfer(3, 2, "SOL", 2 * COIN),
        withdraw(2, "USDC", "solana", 900 * USD),
        Borrow(2, "USDC", 33_333_333),
        Repay(2, "USDC", None),
    ),
    _AGED.reject(
        "MM-14-022",
        "a payment that burns no share is refused",
        pool_with(
            base_rate=100 * RATIO,
            slope_low=100 * RATIO,
            slope_high=100 * RATIO,
            open_borrow_lend_limit=MAX,
        ),
        *(AdvanceTime(31_536_000 * n) for n in (1, 2, 3, 4, 5)),
        Repay(3, "USDC", 1),
        code=R.AMOUNT_TOO_SMALL,
        twin="MM-14-016",
    ),
    _MARKET.trace(
        "MM-14-023",
        "borrow and repay at once costs nothing and gains nothing",
        Borrow(3, "USDC", 33_333_333),
        Repay(3, "USDC", 33_333_333),
        why=Why.CONSERVATION,
    ),
    _ORDER.reject(
        "MM-14-024",
        "missing funds go before a smaller debt",
        Repay(3, "USDC", 500 * USD),
        code=R.INSUFFICIENT_FUNDS,
        twin="MM-14-005",
    ),
    _MARKET.accept(
        "MM-14-025",
        "a repayment is taken below the margin",
        SetPrice("SOL", 1),
        Repay(3, "USDC", 1),
        why=Why.REGRESSION,
    ),
)

CASES: Final[tuple[Case, ...]] = (*BORROWS, *REPAYS)
