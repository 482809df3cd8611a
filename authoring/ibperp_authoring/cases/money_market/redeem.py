"""Cases of redeeming (MM-12)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, AdvanceTime, Deposit, Lend, Redeem, Repay
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import Case, Group, Why
from ibperp_authoring.cases.setups import MAX, USD, YEAR, pool_with

_EDGE: Final = Group("market", why=Why.BOUNDARY)


def _last_lender(ceiling: int) -> tuple[Action, ...]:
    """Leave a debt that the reserve alone covers, and let the only lender go."""
    return (
        pool_with(
            reserve_fee=RATIO,
            base_rate=100 * RATIO,
            throttle_utilization=ceiling,
            max_utilization=ceiling,
        ),
        AdvanceTime(YEAR),
        Repay(3, "USDC", 400 * USD),
        Redeem(4, "USDC", None),
    )


_UNLENT: Final = (
    _EDGE.accept(
        "MM-12-029", "a debt without a lend is a utilization of one", *_last_lender(RATIO)
    ),
    _EDGE.reject(
        "MM-12-030",
        "the last lender may not leave a debt behind below a maximum of one",
        *_last_lender(RATIO - 1),
        code=R.MAX_UTILIZATION,
        twin="MM-12-029",
    ),
)

LENDS: Final[tuple[Case, ...]] = (*_UNLENT,)

_FUNDED: Final = Group("funded")

_MARKET: Final = Group("market")

_AGED: Final = Group("aged", why=Why.ROUNDING, clauses=("MM-2",))

REDEEMS: Final[tuple[Case, ...]] = (
    _MARKET.accept("MM-12-001", "a part of the lend is redeemed", Redeem(4, "USDC", 100 * USD)),
    _FUNDED.accept(
        "MM-12-002",
        "redeeming all leaves no share",
        Lend(2, "USDC", 100 * USD),
        Redeem(2, "USDC", None),
        why=Why.BOUNDARY,
    ),
    _FUNDED.accept(
        "MM-12-003",
        "redeeming exactly the claim leaves no share",
        Lend(2, "USDC", 100 * USD),
        Redeem(2, "USDC", 100 * USD),
        why=Why.BOUNDARY,
    ),
    _FUNDED.reject(
        "MM-12-004",
        "one atom more than the claim",
        Lend(2, "USDC", 100 * USD),
        Redeem(2, "USDC", 100 * USD + 1),
        code=R.INSUFFICIENT_LEND,
        twin="MM-12-003",
        why=Why.BOUNDARY,
    ),
    _EDGE.accept("MM-12-005", "one atom is redeemed", Redeem(4, "USDC", 1)),
    *_EDGE.refusals(
        "MM-12-005",
        ("MM-12-006", "zero", Redeem(4, "USDC", 0), R.AMOUNT_NOT_POSITIVE),
        ("MM-12-007", "below zero", Redeem(4, "USDC", -1), R.AMOUNT_NOT_POSITIVE),
        ("MM-12-008", "out of range", Redeem(4, "USDC", MAX + 1), R.OUT_OF_RANGE),
        ("MM-12-009", "an unknown account", Redeem(7, "USDC", 1), R.ACCOUNT_UNKNOWN),
        ("MM-12-010", "an unknown asset", Redeem(4, "BTC", 1), R.ASSET_UNKNOWN),
        ("MM-12-011", "the fees account has no lend", Redeem(0, "USDC", 1), R.ACCOUNT_RESERVED),
        ("MM-12-012", "all of nothing", Redeem(2, "USDC", None), R.AMOUNT_TOO_SMALL),
        ("MM-12-013", "an account without a lend", Redeem(2, "USDC", 1), R.INSUFFICIENT_LEND),
        ("MM-12-014", "a borrower has no lend", Redeem(3, "USDC", 1), R.INSUFFICIENT_LEND),
        (
            "MM-12-015",
            "the largest amount that may be stored",
            Redeem(4, "USDC", MAX),
            R.INSUFFICIENT_LEND,
        ),
    ),
    _AGED.accept("MM-12-016", "shares burned are rounded up", Redeem(4, "USDC", 1)),
    _AGED.trace(
        "MM-12-017",
        "redeeming in parts never burns less",
        Redeem(4, "USDC", 1),
        Redeem(4, "USDC", 1),
        Redeem(4, "USDC", 1),
    ),
    _AGED.accept("MM-12-018", "three atoms at once", Redeem(4, "USDC", 3)),
    _AGED.accept(
        "MM-12-019",
        "after interest, redeeming all leaves no share and no dust",
        Lend(2, "USDC", 333_333_333),
        Redeem(2, "USDC", None),
    ),
    Group("aged", why=Why.CONSERVATION).accept(
        "MM-12-020",
        "the last lender leaves an empty pool",
        Deposit(3, "USDC", "solana", 3, USD),
        Deposit(3, "USDC", "solana", 4, 100 * USD),
        Repay(3, "USDC", None),
        Redeem(4, "USDC", None),
    ),
    *_EDGE.pair(
        ("MM-12-021", "MM-12-022"),
        ("redeeming up to the throttle", "one atom beyond the throttle"),
        accepted=Redeem(4, "USDC", 329_411_764),
        refused=Redeem(4, "USDC", 329_411_765),
        code=R.UTILIZATION_THROTTLED,
    ),
    _EDGE.reject(
        "MM-12-023",
        "redeeming beyond the maximum utilization",
        Redeem(4, "USDC", 378_947_369),
        code=R.MAX_UTILIZATION,
        twin="MM-12-021",
    ),
    _EDGE.reject(
        "MM-12-024",
        "redeeming more than the cash",
        Redeem(4, "USDC", 400 * USD + 1),
        code=R.INSUFFICIENT_SUPPLY,
        twin="MM-12-021",
    ),
    _EDGE.reject(
        "MM-12-025",
        "all cannot be redeemed while a part is borrowed",
        Redeem(4, "USDC", None),
        code=R.INSUFFICIENT_SUPPLY,
        twin="MM-12-021",
    ),
    Group("strained", why=Why.BOUNDARY, clauses=("MM-9",)).reject(
        "MM-12-026",
        "at the throttle not one atom is redeemed",
        Redeem(4, "USDC", 1),
        code=R.UTILIZATION_THROTTLED,
        twin="MM-12-005",
    ),
    Group("market", why=Why.PRECEDENCE).reject(
        "MM-12-027",
        "a missing claim goes before the supply",
        Redeem(4, "USDC", 801 * USD),
        code=R.INSUFFICIENT_LEND,
        twin="MM-12-001",
    ),
    Group("market", why=Why.PRECEDENCE).reject(
        "MM-12-028",
        "a closed book goes before a missing claim",
        pool_with(book_state=BookState.CLOSED),
        Redeem(4, "USDC", 801 * USD),
        code=R.BOOK_CLOSED,
        twin="MM-12-001",
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *LENDS,
    *REDEEMS,
)
