"""Cases of lending (MM-11)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, AdvanceTime, Deposit, Lend, Redeem, Repay
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import Case, Group, Refused, Why
from ibperp_authoring.cases.setups import COIN, MAX, USD, YEAR, pool_with

_FUNDED: Final = Group("funded")
_FUNDED_EDGE: Final = Group("funded", why=Why.BOUNDARY)
_MARKET: Final = Group("market")

_AGED: Final = Group("aged", why=Why.ROUNDING, clauses=("MM-2",))

_DEAR: Final[tuple[Action, ...]] = (
    pool_with(base_rate=100 * RATIO, open_borrow_lend_limit=MAX),
    AdvanceTime(10 * YEAR),
    AdvanceTime(10 * YEAR + 518_892_992),
    Deposit(4, "USDC", "solana", 3, 10**15),
    Lend(4, "USDC", 10**15),
)
"""Steps after which a share of the pool is worth three quarters of an atom."""

LENDS: Final[tuple[Case, ...]] = (
    _FUNDED.accept(
        "MM-11-001",
        "the first lend of a pool mints 10^6 shares an atom",
        Lend(2, "USDC", 100 * USD),
    ),
    *_FUNDED_EDGE.pair(
        ("MM-11-002", "MM-11-003"),
        ("all that is free", "one atom more than is free"),
        accepted=Lend(2, "USDC", 1000 * USD),
        refused=Lend(2, "USDC", 1000 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    _FUNDED_EDGE.accept("MM-11-004", "one atom is lent", Lend(2, "USDC", 1)),
    *_FUNDED_EDGE.refusals(
        "MM-11-004",
        ("MM-11-005", "zero", Lend(2, "USDC", 0), R.AMOUNT_NOT_POSITIVE),
        ("MM-11-006", "below zero", Lend(2, "USDC", -1), R.AMOUNT_NOT_POSITIVE),
        ("MM-11-007", "out of range", Lend(2, "USDC", MAX + 1), R.OUT_OF_RANGE),
        ("MM-11-008", "an unknown account", Lend(7, "USDC", 1), R.ACCOUNT_UNKNOWN),
        ("MM-11-009", "an unknown asset", Lend(2, "BTC", 1), R.ASSET_UNKNOWN),
        ("MM-11-010", "the fees account does not lend", Lend(0, "USDC", 1), R.ACCOUNT_RESERVED),
        (
            "MM-11-011",
            "the insurance account does not lend",
            Lend(1, "USDC", 1),
            R.ACCOUNT_RESERVED,
        ),
        (
            "MM-11-012",
            "the largest amount that may be stored",
            Lend(2, "USDC", MAX),
            R.INSUFFICIENT_FUNDS,
        ),
    ),
    *_MARKET.pair(
        ("MM-11-013", "MM-11-014"),
        ("a lend after the debt is repaid", "no lend beside a debt of the same asset"),
        Deposit(3, "USDC", "solana", 3, 10 * USD),
        Repay(3, "USDC", 399 * USD),
        accepted=Repay(3, "USDC", None),
        refused=Lend(3, "USDC", 1 * USD),
        code=R.LEND_REQUIRES_BORROW_REPAY,
    ),
    _MARKET.accept("MM-11-015", "a borrower lends another asset", Lend(3, "SOL", COIN)),
    _MARKET.accept("MM-11-016", "a lender lends more", Lend(4, "USDC", 200 * USD)),
    _AGED.accept("MM-11-017", "shares minted are rounded down", Lend(2, "USDC", 2)),
    _AGED.accept(
        "MM-11-018", "six atoms mint no more than three times two atoms", Lend(2, "USDC", 6)
    ),
    _AGED.trace(
        "MM-11-019",
        "lending in parts never mints more",
        Lend(2, "USDC", 2),
        Lend(2, "USDC", 2),
        Lend(2, "USDC", 2),
    ),
    _AGED.reject(
        "MM-11-026",
        "an atom that would claim nothing is not taken",
        Lend(2, "USDC", 1),
        code=R.AMOUNT_TOO_SMALL,
        twin="MM-11-017",
    ),
    _AGED.trace(
        "MM-11-027",
        "shares whose rest would claim nothing are burned with the last atom",
        Lend(2, "USDC", 3),
        Redeem(2, "USDC", 1),
        Redeem(2, "USDC", 1),
        Refused(Redeem(2, "USDC", None), R.AMOUNT_TOO_SMALL),
        why=Why.REGRESSION,
    ),
    Group("market", why=Why.ROUNDING).accept(
        "MM-11-028",
        "an atom buys a share while a share is worth less",
        *_DEAR,
        Lend(4, "USDC", 1),
    ),
    Group("market", why=Why.ROUNDING).reject(
        "MM-11-029",
        "a lender's atom that would mint no share is not taken",
        *_DEAR,
        AdvanceTime(60 * YEAR),
        Lend(4, "USDC", 1),
        code=R.AMOUNT_TOO_SMALL,
        twin="MM-11-028",
    ),
    Group("market", why=Why.REGRESSION, clauses=("MM-12",)).trace(
        "MM-11-030",
        "a rest of shares that would claim nothing is burned with the rest",
        *_DEAR,
        Lend(2, "USDC", 2),
        Lend(2, "USDC", 1),
        Redeem(2, "USDC", 1),
    ),
    *Group("market", why=Why.PRECEDENCE).refusals(
        "MM-11-016",
        (
            "MM-11-020",
            "all is wrong: the amount comes first",
            Lend(0, "BTC", 0),
            R.AMOUNT_NOT_POSITIVE,
        ),
        ("MM-11-021", "then the reserved account", Lend(0, "BTC", 1), R.ACCOUNT_RESERVED),
        ("MM-11-022", "then the asset", Lend(3, "BTC", 1), R.ASSET_UNKNOWN),
        (
            "MM-11-023",
            "a debt goes before the funds",
            Lend(3, "USDC", 401 * USD),
            R.LEND_REQUIRES_BORROW_REPAY,
        ),
    ),
    Group("market", why=Why.PRECEDENCE).reject(
        "MM-11-024",
        "a closed book goes before a debt and the funds",
        pool_with(book_state=BookState.CLOSED),
        Lend(3, "USDC", 401 * USD),
        code=R.BOOK_CLOSED,
        twin="MM-11-016",
    ),
    Group("funded", why=Why.PRECEDENCE).reject(
        "MM-11-025",
        "the funds go before the limit",
        pool_with(open_borrow_lend_limit=1),
        Lend(2, "USDC", 1000 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
        twin="MM-11-004",
    ),
    *Group(
        "listed",
        (
            pool_with(open_borrow_lend_limit=MAX),
            Deposit(2, "USDC", "solana", 1, 10**32),
            Deposit(4, "USDC", "solana", 2, 10**32),
            Lend(2, "USDC", 10**32),
        ),
        Why.BOUNDARY,
        ("NT-7",),
    ).pair(
        ("MM-11-031", "MM-11-032"),
        ("the shares of two lenders are in range", "together they are out of range"),
        accepted=Lend(4, "USDC", 7 * 10**31),
        refused=Lend(4, "USDC", 10**32),
        code=R.OUT_OF_RANGE,
    ),
)


CASES: Final[tuple[Case, ...]] = (*LENDS,)
