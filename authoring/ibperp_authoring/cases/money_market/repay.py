"""Cases of repaying (MM-14)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, Borrow, Repay, SetPrice, Transfer
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, withdraw
from ibperp_authoring.cases.setups import COIN, MAX, USD, pool_with

_MARKET: Final = Group("market")
_EDGE: Final = Group("market", why=Why.BOUNDARY)
_ORDER: Final = Group("market", why=Why.PRECEDENCE)
_AGED: Final = Group("aged", why=Why.ROUNDING, clauses=("MM-2",))

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


CASES: Final[tuple[Case, ...]] = (*REPAYS,)
