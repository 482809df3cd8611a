"""Cases of what a delivery takes from a pool (MM-18)."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import Action, Borrow, Lend, Transfer
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import Case, Group, Why, ask, bid, flags, withdraw
from ibperp_authoring.cases.setups import USD, pool_with

_REDEEM: Final[dict[str, Any]] = {"flags": flags(redeem=True)}


def _withdraw(amount: int, *, redeem: bool = False, borrow: bool = False) -> Action:
    return withdraw(3, "USDC", "solana", amount, redeem=redeem, borrow=borrow)


_SPLIT: Final = (Lend(3, "USDC", 400 * USD),)
"""Account 3 has 600 USDC free and 400 lent."""

_PARTS: Final = Group("spot", _SPLIT, Why.BOUNDARY)
_RESERVED: Final = Group("spot", (*_SPLIT, bid(3, 500, USD)), Why.BOUNDARY)

_WITHDRAWN: Final[tuple[Case, ...]] = (
    *_PARTS.pair(
        ("MM-18-001", "MM-18-002"),
        ("what is free is enough: nothing is redeemed or borrowed", "an atom more, and no way"),
        accepted=_withdraw(600 * USD, redeem=True, borrow=True),
        refused=_withdraw(600 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    _PARTS.accept("MM-18-003", "an atom more is redeemed", _withdraw(600 * USD + 1, redeem=True)),
    *_PARTS.pair(
        ("MM-18-004", "MM-18-005"),
        ("all that is lent is redeemed", "an atom more cannot be redeemed"),
        accepted=_withdraw(1000 * USD, redeem=True),
        refused=_withdraw(1000 * USD + 1, redeem=True),
        code=R.INSUFFICIENT_FUNDS,
    ),
    _PARTS.accept(
        "MM-18-006", "an atom more is borrowed", _withdraw(1000 * USD + 1, redeem=True, borrow=True)
    ),
    _PARTS.reject(
        "MM-18-007",
        "nothing is borrowed beside a lend that may not be redeemed",
        _withdraw(600 * USD + 1, borrow=True),
        code=R.BORROW_REQUIRES_LEND_REDEEM,
        twin="MM-18-003",
    ),
    *_RESERVED.pair(
        ("MM-18-008", "MM-18-009"),
        ("what no firm order reserves is enough", "an atom that a firm order reserves"),
        accepted=_withdraw(100 * USD),
        refused=_withdraw(100 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    _RESERVED.accept(
        "MM-18-010",
        "beside a firm order an atom is redeemed, though there is enough",
        _withdraw(100 * USD + 1, redeem=True),
    ),
    _RESERVED.accept(
        "MM-18-011",
        "beside a firm order an atom is borrowed, though there is enough",
        _withdraw(500 * USD + 1, redeem=True, borrow=True),
    ),
    Group("spot_lent", (bid(2, 1000, USD, **_REDEEM),), Why.BOUNDARY).accept(
        "MM-18-012",
        "a lend that backs an order is withdrawn from under it",
        withdraw(2, "USDC", "solana", 500 * USD, redeem=True),
    ),
    Group("spot_lent", (bid(2, 1000, USD, **_REDEEM),), Why.BOUNDARY).reject(
        "MM-18-013",
        "but not twice",
        withdraw(2, "USDC", "solana", 1000 * USD + 1, redeem=True),
        code=R.INSUFFICIENT_FUNDS,
        twin="MM-18-012",
    ),
)

_BORROW: Final[dict[str, Any]] = {"flags": flags(borrow=True)}
_BOTH: Final[dict[str, Any]] = {"flags": flags(redeem=True, borrow=True)}

_ONE: Final = Group("spot", (ask(5, 1, USD),), Why.BOUNDARY)
_BUYER: Final = Group("spot", (*_SPLIT, ask(5, 1000, USD)), Why.BOUNDARY)

_TRADED: Final[tuple[Case, ...]] = (
    _BUYER.accept(
        "MM-18-020", "a trade of what is free takes from no pool", bid(3, 599, USD, **_BOTH)
    ),
    *_BUYER.pair(
        ("MM-18-021", "MM-18-022"),
        ("a trade redeems what is missing", "a trade may not redeem"),
        accepted=bid(3, 600, USD, **_REDEEM),
        refused=bid(3, 600, USD),
        code=R.INSUFFICIENT_FUNDS,
    ),
    _ONE.accept(
        "MM-18-033",
        "a trade of all that is free, its fee included",
        Transfer(3, 2, "USDC", 1000 * USD - 1_001_000),
        bid(3, 1, USD),
    ),
    _ONE.reject(
        "MM-18-034",
        "a trade that lacks one atom",
        Transfer(3, 2, "USDC", 1000 * USD - 1_000_999),
        bid(3, 1, USD),
        code=R.INSUFFICIENT_FUNDS,
        twin="MM-18-033",
    ),
    _BUYER.reject(
        "MM-18-023",
        "a trade may not borrow beside a lend",
        bid(3, 600, USD, **_BORROW),
        code=R.BORROW_REQUIRES_LEND_REDEEM,
        twin="MM-18-021",
    ),
    _BUYER.accept(
        "MM-18-024", "a trade redeems, then borrows: 1 USDC of fee", bid(3, 1000, USD, **_BOTH)
    ),
    _BUYER.reject(
        "MM-18-025",
        "a trade may not borrow the last",
        bid(3, 1000, USD, **_REDEEM),
        code=R.INSUFFICIENT_FUNDS,
        twin="MM-18-024",
    ),
    _BUYER.reject(
        "MM-18-026",
        "a closed pool gives nothing back",
        pool_with(book_state=BookState.CLOSED),
        bid(3, 600, USD, **_REDEEM),
        code=R.BOOK_CLOSED,
        twin="MM-18-021",
    ),
    _BUYER.accept(
        "MM-18-027",
        "a pool in repayment gives back",
        pool_with(book_state=BookState.REPAY_ONLY),
        bid(3, 600, USD, **_REDEEM),
    ),
    _BUYER.reject(
        "MM-18-028",
        "and lends nothing",
        pool_with(book_state=BookState.REPAY_ONLY),
        bid(3, 1000, USD, **_BOTH),
        code=R.BOOK_CLOSED,
        twin="MM-18-024",
    ),
    _BUYER.accept(
        "MM-18-029",
        "a borrow of the pool's limit: 1 USDC",
        pool_with(open_borrow_lend_limit=USD),
        bid(3, 1000, USD, **_BOTH),
    ),
    _BUYER.reject(
        "MM-18-030",
        "a borrow above the pool's limit",
        pool_with(open_borrow_lend_limit=999_999),
        bid(3, 1000, USD, **_BOTH),
        code=R.BORROW_LIMIT,
        twin="MM-18-029",
    ),
    _BUYER.reject(
        "MM-18-031",
        "beyond the throttle nothing is redeemed",
        Borrow(4, "USDC", 8500 * USD),
        Borrow(2, "USDC", 340 * USD),
        bid(3, 600, USD, **_REDEEM),
        code=R.UTILIZATION_THROTTLED,
        twin="MM-18-032",
    ),
    _BUYER.accept(
        "MM-18-032",
        "below the throttle it is",
        Borrow(4, "USDC", 8500 * USD),
        Borrow(2, "USDC", 339 * USD),
        bid(3, 600, USD, **_REDEEM),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_WITHDRAWN,
    *_TRADED,
)
