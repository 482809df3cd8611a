"""Cases of the portfolio chapter: how old a price may be, and how far one update may move it."""

from __future__ import annotations

from dataclasses import replace
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
from ibperp.parameter_laws import MULTIPLIER_MAX
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
from ibperp_authoring.cases.setups import COIN, MAX, PERCENT, SOL, USD, USDC

_ORDER_AGE: Final = 10
_BORROW_AGE: Final = 60
_WITHDRAWAL_AGE: Final = 600

_DATED: Final = Group("dated", why=Why.BOUNDARY)
_INDEBTED: Final = Group("dated", (Borrow(3, "USDC", 100 * USD),), why=Why.BOUNDARY)


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
    _INDEBTED.reject(
        "PF-9-034",
        "the price of collateral must be young, though the rest would do",
        _OLD,
        SetPrice("USDC", USD),
        Transfer(3, 2, "USDC", USD),
        code=R.PRICE_STALE,
        twin="PF-9-036",
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
    _INDEBTED.reject(
        "PF-9-039",
        "collateral with an old price holds all back",
        ListAsset("JUP", SOL),
        Deposit(3, "JUP", "solana", 9, COIN),
        SetPrice("JUP", USD),
        AdvanceTime(601),
        SetPrice("USDC", USD),
        SetPrice("SOL", 100 * USD),
        Transfer(3, 2, "USDC", USD),
        code=R.PRICE_STALE,
        twin="PF-9-038",
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

_NARROW: Final = replace(SOL, price_update_min=90 * PERCENT, price_update_max=110 * PERCENT)
_LIMITED: Final = Group(
    "funded", (ListAsset("JUP", _NARROW),), why=Why.BOUNDARY, clauses=("CU-11",)
)


def _update(name: str, title: str, previous: int, asked: int) -> Case:
    return _LIMITED.accept(name, title, SetPrice("JUP", previous), SetPrice("JUP", asked))


LIMITS: Final[tuple[Case, ...]] = (
    _LIMITED.accept("PF-10-001", "a first price has no limit", SetPrice("JUP", MAX)),
    _LIMITED.accept("PF-10-002", "a first price may be the smallest", SetPrice("JUP", 1)),
    _update("PF-10-003", "a rise to the limit is taken as asked", 100, 110),
    _update("PF-10-004", "a rise beyond is limited", 100, 111),
    _update("PF-10-005", "a fall to the limit is taken as asked", 100, 90),
    _update("PF-10-006", "a fall beyond is limited", 100, 89),
    _update("PF-10-007", "the upper limit is rounded up: 111.1 allows 112", 101, 112),
    _update("PF-10-008", "and no more than 112", 101, 113),
    _update("PF-10-009", "the lower limit is rounded down: 90.9 allows 90", 101, 90),
    _update("PF-10-010", "and no less than 90", 101, 89),
    _update("PF-10-011", "a price of one can rise to two", 1, 5),
    _update("PF-10-012", "a price of two can fall to one", 2, 1),
    _update("PF-10-013", "the same price is no move", 100, 100),
    _update("PF-10-014", "the largest price is limited from far below", 1000, MAX),
    Group("funded", why=Why.BOUNDARY, clauses=("CU-11",)).accept(
        "PF-10-015",
        "with a lower limit of zero a price falls to one and not to nothing",
        ListAsset("JUP", replace(_NARROW, price_update_min=0)),
        SetPrice("JUP", 10**12),
        SetPrice("JUP", 1),
    ),
    Group("funded", why=Why.BOUNDARY, clauses=("CU-11",)).accept(
        "PF-10-016",
        "with both limits of one a price stands still",
        ListAsset("JUP", replace(_NARROW, price_update_min=RATIO, price_update_max=RATIO)),
        SetPrice("JUP", 100),
        SetPrice("JUP", 101),
        SetPrice("JUP", 99),
    ),
    _LIMITED.trace(
        "PF-10-017",
        "a far price is reached in steps, each of them limited",
        SetPrice("JUP", 100),
        SetPrice("JUP", 200),
        SetPrice("JUP", 200),
        SetPrice("JUP", 200),
        SetPrice("JUP", 10),
    ),
    Group("dated", (Borrow(3, "USDC", 100 * USD),), clauses=("PF-9", "CU-11")).accept(
        "PF-10-018",
        "a price that was limited is as young as any",
        ListAsset("JUP", _NARROW),
        SetPrice("JUP", USD),
        Deposit(3, "JUP", "solana", 9, COIN),
        _OLD,
        SetPrice("JUP", 5 * USD),
        SetPrice("USDC", USD),
        SetPrice("SOL", 100 * USD),
        ask(3, 100, 1_000_000),
    ),
    *_LIMITED.pair(
        ("PF-10-019", "PF-10-020"),
        ("a price far outside is limited", "a price of zero is refused and not limited"),
        SetPrice("JUP", 100),
        accepted=SetPrice("JUP", 1),
        refused=SetPrice("JUP", 0),
        code=R.AMOUNT_NOT_POSITIVE,
    ),
    _LIMITED.reject(
        "PF-10-021",
        "a price out of range is refused and not limited",
        SetPrice("JUP", 100),
        SetPrice("JUP", MAX + 1),
        code=R.OUT_OF_RANGE,
        twin="PF-10-014",
    ),
)

_LAW: Final = Group("genesis", why=Why.BOUNDARY, clauses=("CU-2",))


def _list(low: int, high: int) -> ListAsset:
    return ListAsset("USDC", replace(USDC, price_update_min=low, price_update_max=high))


LAWS: Final[tuple[Case, ...]] = (
    _LAW.accept("PF-10-030", "the widest update limits", _list(0, MULTIPLIER_MAX)),
    _LAW.accept("PF-10-031", "the narrowest update limits", _list(RATIO, RATIO)),
    *_LAW.refusals(
        "PF-10-030",
        ("PF-10-032", "a lower limit below zero", _list(-1, RATIO), R.PARAMETER_INVALID),
        (
            "PF-10-033",
            "an upper limit above a million",
            _list(0, MULTIPLIER_MAX + 1),
            R.PARAMETER_INVALID,
        ),
    ),
    *_LAW.refusals(
        "PF-10-031",
        ("PF-10-034", "a lower limit above one", _list(RATIO + 1, RATIO), R.PARAMETER_INVALID),
        ("PF-10-035", "an upper limit below one", _list(0, RATIO - 1), R.PARAMETER_INVALID),
    ),
)

CASES: Final[tuple[Case, ...]] = (*AGES, *NEEDED, *LIMITS, *LAWS)
