"""Cases of maximum utilization and limits (MM-8)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, Borrow, Deposit, Lend, Redeem, Repay, Transfer
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, withdraw
from ibperp_authoring.cases.setups import POOL, USD, YEAR, pool_with

_MARKET: Final = Group("market")
_EDGE: Final = Group("market", why=Why.BOUNDARY)

LIMITS: Final[tuple[Case, ...]] = (
    *_EDGE.pair(
        ("MM-8-001", "MM-8-002"),
        ("a lend up to the limit", "a lend one atom above the limit"),
        pool_with(open_borrow_lend_limit=900 * USD),
        accepted=Lend(4, "USDC", 100 * USD),
        refused=Lend(4, "USDC", 100 * USD + 1),
        code=R.LEND_LIMIT,
    ),
    *_EDGE.pair(
        ("MM-8-003", "MM-8-004"),
        ("a borrow up to the limit", "a borrow one atom above the limit"),
        pool_with(open_borrow_lend_limit=500 * USD),
        accepted=Borrow(3, "USDC", 100 * USD),
        refused=Borrow(3, "USDC", 100 * USD + 1),
        code=R.BORROW_LIMIT,
    ),
    _MARKET.accept(
        "MM-8-005",
        "far above the limit a redemption works",
        pool_with(open_borrow_lend_limit=0),
        Redeem(4, "USDC", 1),
        why=Why.REGRESSION,
    ),
    _MARKET.accept(
        "MM-8-006",
        "far above the limit a repayment works",
        pool_with(open_borrow_lend_limit=0),
        Repay(3, "USDC", 1),
        why=Why.REGRESSION,
    ),
    _MARKET.accept(
        "MM-8-007",
        "above the limit a withdrawal may redeem",
        pool_with(open_borrow_lend_limit=0),
        withdraw(4, "USDC", "ethereum", 201 * USD, redeem=True),
        why=Why.REGRESSION,
    ),
    Group("automatic", why=Why.BOUNDARY).accept(
        "MM-8-008",
        "a deposit above the limit is not lent, and is taken",
        pool_with(open_borrow_lend_limit=0),
        Deposit(2, "USDC", "solana", 3, USD),
    ),
    *_EDGE.pair(
        ("MM-8-009", "MM-8-010"),
        ("with the throttle at the maximum, a borrow up to it", "one atom beyond the maximum"),
        pool_with(throttle_utilization=POOL.max_utilization),
        accepted=Borrow(3, "USDC", 360 * USD),
        refused=Borrow(3, "USDC", 360 * USD + 1),
        code=R.MAX_UTILIZATION,
    ),
    _EDGE.accept(
        "MM-8-011",
        "with a maximum of one the last atom is borrowed",
        pool_with(throttle_utilization=10**18, max_utilization=10**18),
        Borrow(3, "USDC", 400 * USD),
    ),
    _EDGE.reject(
        "MM-8-012",
        "a pool of full utilization has no atom left",
        pool_with(throttle_utilization=10**18, max_utilization=10**18),
        Borrow(3, "USDC", 400 * USD),
        Borrow(3, "USDC", 1),
        code=R.INSUFFICIENT_SUPPLY,
        twin="MM-8-011",
        why=Why.ATTACK,
    ),
    _MARKET.trace(
        "MM-8-013",
        "full utilization: repayment opens the door for the lender",
        pool_with(throttle_utilization=10**18, max_utilization=10**18),
        Borrow(3, "USDC", 400 * USD),
        Refused(Redeem(4, "USDC", 1), R.INSUFFICIENT_SUPPLY),
        AdvanceTime(YEAR),
        Refused(Redeem(4, "USDC", 1), R.INSUFFICIENT_SUPPLY),
        Transfer(2, 3, "USDC", 1000 * USD),
        Repay(3, "USDC", None),
        Redeem(4, "USDC", None),
        why=Why.ATTACK,
    ),
    *_MARKET.pair(
        ("MM-8-014", "MM-8-015"),
        ("a reserve cannot be lent out: up to the cash", "one atom more than the cash"),
        pool_with(throttle_utilization=10**18, max_utilization=10**18),
        accepted=Redeem(4, "USDC", 400 * USD),
        refused=Redeem(4, "USDC", 400 * USD + 1),
        code=R.INSUFFICIENT_SUPPLY,
        why=Why.BOUNDARY,
    ),
)


CASES: Final[tuple[Case, ...]] = (*LIMITS,)
