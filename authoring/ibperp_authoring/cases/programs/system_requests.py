"""Cases of requests of the system (PG-6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CancelRequest,
    Deposit,
    Lend,
    Repay,
    SetPrice,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, withdraw
from ibperp_authoring.cases.governance.steps import coin_with
from ibperp_authoring.cases.liquidation.setups import FREE_POOL, STEP, price
from ibperp_authoring.cases.programs.steps import quoted
from ibperp_authoring.cases.settlement.setups import opened, settled
from ibperp_authoring.cases.setups import COIN, PERCENT, USD

_DUE: Final = Group("liquidation_borrowed", (price(94),))
_OFFERED: Final[tuple[Action, ...]] = (STEP,)

_CONVERSIONS: Final[tuple[Case, ...]] = (
    _DUE.accept("PG-6-001", "an empty book: the system asks for quotes for collateral", *_OFFERED),
    _DUE.accept(
        "PG-6-002",
        "a quote within the bound takes the collateral, without the margin of who fails",
        *_OFFERED,
        quoted(6, 940_000),
    ),
    _DUE.reject(
        "PG-6-003",
        "below the bound it does not",
        *_OFFERED,
        quoted(6, 800_000),
        code=R.PRICE_OUT_OF_BOUNDS,
        twin="PG-6-002",
    ),
    _DUE.reject(
        "PG-6-004",
        "its owner cannot take it back",
        *_OFFERED,
        CancelRequest(2, 0),
        code=R.REQUEST_NOT_OWNED,
        twin="PG-6-002",
    ),
    _DUE.reject(
        "PG-6-005",
        "who is no longer due sells nothing",
        *_OFFERED,
        price(100),
        quoted(6, 1_000_000),
        code=R.NOT_LIQUIDATABLE,
        twin="PG-6-002",
    ),
    _DUE.reject(
        "PG-6-013",
        "an account without any exposure is not due: no limit of its health is evaluated",
        *_OFFERED,
        Deposit(2, "USDC", "solana", 14, 810 * USD),
        Repay(2, "USDC", None),
        quoted(6, 940_000),
        code=R.NOT_LIQUIDATABLE,
        twin="PG-6-002",
    ),
)

_THROTTLED: Final = replace(
    FREE_POOL,
    optimal_utilization=5 * PERCENT,
    throttle_utilization=10 * PERCENT,
    throttle_fraction=0,
    open_borrow_lend_limit=1_000_000 * COIN,
)
_LENT: Final = Group(
    "liquidation_borrowed",
    (
        Lend(2, "SOL", 10 * COIN),
        coin_with(pool=_THROTTLED),
        AdvanceTime(60),
        SetPrice("USDC", USD),
        price(94),
    ),
    Why.BOUNDARY,
    ("MM-9",),
)

_HELD: Final[tuple[Case, ...]] = (
    _LENT.accept(
        "PG-6-006",
        "collateral that is lent is redeemed for a quote",
        Borrow(7, "SOL", 1_913_000_000),
        STEP,
        quoted(6, 940_000),
    ),
    _LENT.reject(
        "PG-6-007",
        "beyond the throttle it is not: the ladder redeems, a quote does not",
        Borrow(7, "SOL", 1_913_000_000 + 1),
        STEP,
        quoted(6, 940_000),
        code=R.UTILIZATION_THROTTLED,
        twin="PG-6-006",
    ),
)

_RECOVERED: Final = Group(
    "liquidation_borrowed",
    (
        price(94),
        STEP,
        price(130),
        withdraw(2, "SOL", "solana", 238 * COIN // 100),
        price(124),
    ),
    Why.ATTACK,
    ("LQ-4",),
)
"""Account 2 recovered, took collateral out, and is due again while the old request is open."""

_MOVED: Final[tuple[Case, ...]] = _RECOVERED.pair(
    ("PG-6-008", "PG-6-009"),
    (
        "the bound has moved with the zero price: it is 117.8 now",
        "a tick below is not enough, nor is the bound of 89.8 that the request began with",
    ),
    accepted=quoted(6, 1_178_166),
    refused=quoted(6, 1_178_165),
    code=R.PRICE_OUT_OF_BOUNDS,
)

_SETTLED: Final = Group(
    "liquidation_borrowed",
    (*opened(2, 3, 1), price(94), *_OFFERED, *settled(10)),
    Why.REGRESSION,
    ("LQ-5", "ST-2"),
)
"""Account 2 has a position, so that a settlement touches it after its collateral was offered."""

_REMEMBERED: Final[tuple[Case, ...]] = (
    _SETTLED.accept(
        "PG-6-010", "a settlement forgets no request: the next step is that of a later rung", STEP
    ),
    _SETTLED.accept(
        "PG-6-011", "the request is quoted after a settlement as before", quoted(6, 940_000)
    ),
    _SETTLED.trace(
        "PG-6-012",
        "settlement after settlement there is one request, until the debt has ended",
        *settled(20),
        STEP,
        *settled(30),
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_CONVERSIONS,
    *_HELD,
    *_MOVED,
    *_REMEMBERED,
)
