"""Cases of borrowing (MM-13)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Borrow, Deposit, Lend, ListAsset, SetPrice, Transfer
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import Case, Group, Why
from ibperp_authoring.cases.setups import COIN, MAX, SOL, USD, pool_with

_MARKET: Final = Group("market")
_EDGE: Final = Group("market", why=Why.BOUNDARY)
_ORDER: Final = Group("market", why=Why.PRECEDENCE)
_AGED: Final = Group("aged", why=Why.ROUNDING, clauses=("MM-2",))

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


CASES: Final[tuple[Case, ...]] = (*BORROWS,)
