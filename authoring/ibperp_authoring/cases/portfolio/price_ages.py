"""Cases of the age of a price (PF-9)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    AmendOrder,
    Borrow,
    CancelAllOrders,
    CancelOrder,
    ConvertDust,
    Deposit,
    Lend,
    ListAsset,
    Redeem,
    Repay,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import (
    SPOT,
    Case,
    Group,
    Refused,
    Why,
    ask,
    bid,
    flags,
    settings,
    withdraw,
)
from ibperp_authoring.cases.setups import COIN, SOL, USD

_ORDER_AGE: Final = 10
_BORROW_AGE: Final = 60
_WITHDRAWAL_AGE: Final = 600


def _aged(
    names: tuple[str, str],
    what: str,
    seconds: int,
    action: Action,
    *before: Action,
    clauses: tuple[str, ...] = (),
) -> tuple[Case, Case]:
    """Return the case at an age that is just young enough, and its twin a second later."""
    good, bad = names
    group = Group("dated", before, why=Why.BOUNDARY, clauses=clauses)
    return (
        group.accept(good, f"{what} by prices of {seconds} seconds", AdvanceTime(seconds), action),
        group.reject(
            bad,
            f"{what} by prices of {seconds + 1} seconds",
            AdvanceTime(seconds + 1),
            action,
            code=R.PRICE_STALE,
            twin=good,
        ),
    )


_OWING: Final = Borrow(3, "USDC", 100 * USD)

AGES: Final[tuple[Case, ...]] = (
    *_aged(
        ("PF-9-001", "PF-9-002"),
        "a borrow",
        _BORROW_AGE,
        Borrow(3, "USDC", USD),
        clauses=("MM-13",),
    ),
    *_aged(
        ("PF-9-003", "PF-9-004"),
        "a withdrawal beside a debt",
        _WITHDRAWAL_AGE,
        withdraw(3, "USDC", "solana", USD),
        _OWING,
        clauses=("CU-5",),
    ),
    *_aged(
        ("PF-9-005", "PF-9-006"),
        "a transfer beside a debt",
        _WITHDRAWAL_AGE,
        Transfer(3, 2, "USDC", USD),
        _OWING,
        clauses=("CU-10",),
    ),
    *_aged(
        ("PF-9-007", "PF-9-008"), "an order", _ORDER_AGE, ask(3, 1, 1_000_000), clauses=("SM-4",)
    ),
    *_aged(
        ("PF-9-009", "PF-9-010"),
        "an order that trades",
        _ORDER_AGE,
        ask(3, 1, 1_000_000),
        bid(4, 1, 1_000_000),
        clauses=("SM-9",),
    ),
    *_aged(
        ("PF-9-011", "PF-9-012"),
        "an order amended",
        _ORDER_AGE,
        AmendOrder(3, 0, 2, 1_000_000),
        ask(3, 1, 1_000_000),
        clauses=("SM-11",),
    ),
    *_aged(
        ("PF-9-013", "PF-9-014"),
        "an order made smaller at another price",
        _ORDER_AGE,
        AmendOrder(3, 0, 1, 1_000_100),
        ask(3, 2, 1_000_000),
        clauses=("SM-11",),
    ),
    *_aged(
        ("PF-9-015", "PF-9-016"),
        "dust converted",
        _ORDER_AGE,
        ConvertDust(3, SPOT),
        Transfer(3, 2, "SOL", 10 * COIN - 5000),
        Deposit(0, "USDC", "solana", 9, USD),
        clauses=("SM-12",),
    ),
    *_aged(
        ("PF-9-017", "PF-9-018"),
        "a withdrawal that borrows",
        _WITHDRAWAL_AGE,
        withdraw(3, "USDC", "solana", 2 * USD, borrow=True),
        Transfer(3, 2, "USDC", 999 * USD),
        clauses=("CU-5", "MM-18"),
    ),
    *_aged(
        ("PF-9-019", "PF-9-020"),
        "a transfer beside an order that would borrow",
        _WITHDRAWAL_AGE,
        Transfer(3, 2, "USDC", USD),
        ask(3, 1500, 1_000_000, flags=flags(borrow=True)),
        clauses=("PF-5", "CU-10"),
    ),
)

_DATED: Final = Group("dated", why=Why.BOUNDARY)
_INDEBTED: Final = Group("dated", (Borrow(3, "USDC", 100 * USD),), why=Why.BOUNDARY)

_OLD: Final = AdvanceTime(1_000_000)

NEEDED: Final[tuple[Case, ...]] = (
    _DATED.accept(
        "PF-9-030",
        "without an exposure what leaves needs no price",
        _OLD,
        withdraw(3, "USDC", "solana", 10 * USD),
        Transfer(3, 2, "SOL", COIN),
    ),
    Group("dated", (ask(3, 100, 1_000_000),)).accept(
        "PF-9-031",
        "a covered order is no exposure: a transfer needs no price",
        _OLD,
        Transfer(3, 2, "USDC", USD),
    ),
    Group("dated", (ask(3, 500, 1_000_000),)).accept(
        "PF-9-049",
        "without an exposure no price counts, even if an order may lose more than what is left",
        SetPrice("SOL", 120 * USD),
        _OLD,
        withdraw(3, "USDC", "solana", 1000 * USD),
    ),
    _INDEBTED.accept(
        "PF-9-032",
        "what lowers risk or moves within the account needs no price",
        _OLD,
        Lend(3, "SOL", COIN),
        Redeem(3, "SOL", COIN),
        Deposit(3, "USDC", "solana", 9, USD),
        Repay(3, "USDC", 50 * USD),
        settings(3, auto_repay_borrows=True, leverage_limit=5 * RATIO),
    ),
    Group("dated", (ask(3, 5, 1_000_000), ask(3, 5, 1_100_000)), clauses=("SM-10",)).accept(
        "PF-9-033",
        "orders are cancelled at any age",
        _OLD,
        CancelOrder(3, 0),
        CancelAllOrders(3, SPOT),
    ),
    _INDEBTED.accept(
        "PF-9-034",
        "the price of collateral may be old where the rest does",
        _OLD,
        SetPrice("USDC", USD),
        Transfer(3, 2, "USDC", USD),
    ),
    _INDEBTED.reject(
        "PF-9-035",
        "the price of the debt must be young",
        _OLD,
        SetPrice("SOL", 100 * USD),
        Transfer(3, 2, "USDC", USD),
        code=R.PRICE_STALE,
        twin="PF-9-036",
    ),
    _INDEBTED.accept(
        "PF-9-036",
        "the same prices set again are young",
        _OLD,
        SetPrice("USDC", USD),
        SetPrice("SOL", 100 * USD),
        Transfer(3, 2, "USDC", USD),
    ),
    _INDEBTED.accept(
        "PF-9-037",
        "an asset that the account does not hold may have an old price",
        Transfer(3, 2, "SOL", 10 * COIN),
        _OLD,
        SetPrice("USDC", USD),
        Transfer(3, 2, "USDC", USD),
    ),
    _INDEBTED.accept(
        "PF-9-038",
        "collateral without a price counts for nothing and needs none",
        ListAsset("JUP", SOL),
        Deposit(3, "JUP", "solana", 9, COIN),
        Transfer(3, 2, "USDC", USD),
    ),
    _INDEBTED.accept(
        "PF-9-039",
        "collateral with an old price counts for nothing where the rest does",
        ListAsset("JUP", SOL),
        Deposit(3, "JUP", "solana", 9, COIN),
        SetPrice("JUP", USD),
        AdvanceTime(601),
        SetPrice("USDC", USD),
        SetPrice("SOL", 100 * USD),
        Transfer(3, 2, "USDC", USD),
    ),
    _INDEBTED.accept(
        "PF-9-040",
        "lent collateral counts: a young price serves it",
        Lend(3, "SOL", 10 * COIN),
        _OLD,
        SetPrice("USDC", USD),
        SetPrice("SOL", 100 * USD),
        Transfer(3, 2, "USDC", USD),
    ),
    _INDEBTED.accept(
        "PF-9-041",
        "the last debt repaid, nothing needs a price",
        _OLD,
        Repay(3, "USDC", None),
        Transfer(3, 2, "SOL", COIN),
    ),
    Group("dated", why=Why.PRECEDENCE).reject(
        "PF-9-042",
        "an old price goes before a margin that is not met",
        settings(3, leverage_limit=RATIO),
        AdvanceTime(61),
        Borrow(3, "USDC", 2000 * USD),
        code=R.PRICE_STALE,
        twin="PF-9-001",
    ),
    Group("dated", why=Why.PRECEDENCE, clauses=("SM-4",)).reject(
        "PF-9-043",
        "an old price goes before a price out of bounds",
        AdvanceTime(11),
        ask(3, 1, 1_500_100),
        code=R.PRICE_STALE,
        twin="PF-9-007",
    ),
    _DATED.trace(
        "PF-9-044",
        "ages of three classes: an order, then a borrow, then a transfer are refused",
        Borrow(3, "USDC", USD),
        AdvanceTime(11),
        Refused(ask(3, 1, 1_000_000), R.PRICE_STALE),
        Borrow(3, "USDC", USD),
        AdvanceTime(61),
        Refused(Borrow(3, "USDC", USD), R.PRICE_STALE),
        Transfer(3, 2, "USDC", USD),
        AdvanceTime(601),
        Refused(Transfer(3, 2, "USDC", USD), R.PRICE_STALE),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *AGES,
    *NEEDED,
)
