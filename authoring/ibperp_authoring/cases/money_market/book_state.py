"""Cases of the book state of a pool (MM-10)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, Borrow, Deposit, Lend, Redeem, Repay
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import Case, Group, withdraw
from ibperp_authoring.cases.setups import USD, YEAR, pool_with


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


CASES: Final[tuple[Case, ...]] = (*_book_states(),)
