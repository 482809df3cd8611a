"""Cases of the money market chapter: limits of growth, full utilization, and book states."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, Borrow, Deposit, Lend, Redeem, Repay, Transfer
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, withdraw
from ibperp_authoring.cases.setups import POOL, USD, YEAR, pool_with

_FUNDED: Final = Group("funded")
_FUNDED_EDGE: Final = Group("funded", why=Why.BOUNDARY)
_MARKET: Final = Group("market")
_EDGE: Final = Group("market", why=Why.BOUNDARY)
_AGED: Final = Group("aged", why=Why.ROUNDING, clauses=("MM-2",))


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


def _book_states() -> tuple[Case, ...]:
    lend, redeem = Lend(4, "USDC", USD), Redeem(4, "USDC", USD)
    borrow, repay = Borrow(3, "USDC", USD), Repay(3, "USDC", USD)
    opened = Group("market", (pool_with(book_state=BookState.OPEN),))
    winding = Group("market", (pool_with(book_state=BookState.REPAY_ONLY),))
    closed = Group("market", (pool_with(book_state=BookState.CLOSED),))
    return (
        opened.accept("MM-10-001", "open: lend", lend),
        opened.accept("MM-10-002", "open: redeem", redeem),
        opened.accept("MM-10-003", "open: borrow", borrow),
        opened.accept("MM-10-004", "open: repay", repay),
        winding.reject(
            "MM-10-005", "repay only: no lend", lend, code=R.BOOK_CLOSED, twin="MM-10-001"
        ),
        winding.accept("MM-10-006", "repay only: redeem", redeem),
        winding.reject(
            "MM-10-007", "repay only: no borrow", borrow, code=R.BOOK_CLOSED, twin="MM-10-003"
        ),
        winding.accept("MM-10-008", "repay only: repay", repay),
        closed.reject("MM-10-009", "closed: no lend", lend, code=R.BOOK_CLOSED, twin="MM-10-001"),
        closed.reject(
            "MM-10-010", "closed: no redemption", redeem, code=R.BOOK_CLOSED, twin="MM-10-002"
        ),
        closed.reject(
            "MM-10-011", "closed: no borrow", borrow, code=R.BOOK_CLOSED, twin="MM-10-003"
        ),
        closed.accept("MM-10-012", "closed: repay", repay),
        closed.accept("MM-10-013", "closed: interest runs on", AdvanceTime(YEAR)),
        closed.reject(
            "MM-10-014",
            "closed: no redemption for a withdrawal",
            withdraw(4, "USDC", "ethereum", 201 * USD, redeem=True),
            code=R.BOOK_CLOSED,
            twin="CU-5-040",
        ),
        winding.reject(
            "MM-10-015",
            "repay only: no borrow for a withdrawal",
            withdraw(3, "USDC", "solana", 401 * USD, borrow=True),
            code=R.BOOK_CLOSED,
            twin="CU-5-042",
        ),
        Group("automatic", (pool_with(book_state=BookState.REPAY_ONLY),)).accept(
            "MM-10-016",
            "repay only: a deposit is taken and not lent",
            Deposit(2, "USDC", "solana", 3, USD),
        ),
    )


CASES: Final[tuple[Case, ...]] = (*LIMITS, *_book_states())
