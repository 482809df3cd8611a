"""Cases of interest on what a settlement leaves unpaid (ST-10)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CreateAccount,
    Deposit,
    RunRisk,
    SetPrice,
    Settle,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, withdraw
from ibperp_authoring.cases.liquidation.bankruptcy_setups import RESOLVE
from ibperp_authoring.cases.liquidation.setups import deposit
from ibperp_authoring.cases.settlement.setups import (
    OTHER,
    contract_with,
    mark,
    moved,
    opened,
    settled,
    virtual,
)
from ibperp_authoring.cases.setups import COIN, HOUR, PERCENT, USD, pool_with

_LOSS: Final = (*opened(2, 5, 100), *moved(1_300_000, 10))
"""Account 5, without USDC, lost 30 dollars to account 2; an atom of interest takes 52 seconds."""

_DAY: Final = 24 * HOUR
_GROUP: Final = Group("settlement", _LOSS)
_EDGE: Final = Group("settlement", _LOSS, Why.BOUNDARY)


def _often(until: int, step: int, since: int = 10) -> tuple[Action, ...]:
    """Settle again and again until a time."""
    return tuple(
        action for time in range(since + step, until + 1, step) for action in settled(time)
    )


def _pays(amount: int) -> Action:
    return Deposit(5, "USDC", "solana", 7, amount)


_TIME: Final[tuple[Case, ...]] = (
    _GROUP.accept("ST-10-001", "a day: the loser pays, the winner earns", *settled(_DAY + 10)),
    _EDGE.accept("ST-10-002", "a second before the first atom is due: it is carried", *settled(61)),
    _EDGE.accept("ST-10-003", "the second in which the first atom is due", *settled(62)),
    _GROUP.trace(
        "ST-10-004",
        "settled every ten seconds: what is carried makes an atom",
        *_often(120, 10),
        why=Why.ROUNDING,
    ),
    _GROUP.trace(
        "ST-10-005",
        "a day of settlements: as much as of one",
        *_often(_DAY + 10, 2 * HOUR),
        why=Why.ROUNDING,
    ),
    _GROUP.trace(
        "ST-10-006", "ten days of settlements: interest bears none", *_often(10 * _DAY + 10, _DAY)
    ),
    _GROUP.trace(
        "ST-10-007",
        "a rate counts for as long as it was in force",
        AdvanceTime(_DAY // 2),
        Borrow(4, "USDC", 400 * USD),
        AdvanceTime(_DAY),
        Settle(),
    ),
    _GROUP.trace(
        "ST-10-008",
        "a rate that changes just before the settlement does not count for the time before",
        AdvanceTime(_DAY),
        pool_with(base_rate=50 * PERCENT),
        Settle(),
        *settled(_DAY + 60),
    ),
    Group("settlement_hourly", _LOSS).trace(
        "ST-10-009",
        "hours: a step to the boundary, one over it, one over two",
        AdvanceTime(HOUR),
        AdvanceTime(HOUR + 1800),
        Borrow(4, "USDC", 400 * USD),
        AdvanceTime(4 * HOUR + 10),
        Settle(),
    ),
    Group("settlement_bare", _LOSS).accept(
        "ST-10-010",
        "nobody lends: the rate is that of a pool that is used up",
        *settled(HOUR),
        why=Why.BOUNDARY,
    ),
    Group("settlement", (pool_with(base_rate=0, slope_low=0), *_LOSS)).accept(
        "ST-10-011", "a rate of zero costs nothing", *settled(_DAY), why=Why.BOUNDARY
    ),
    Group("settlement", (_pays(30 * USD), *_LOSS)).accept(
        "ST-10-012", "nothing is left unpaid, and nothing counts", *settled(_DAY), why=Why.BOUNDARY
    ),
)

_PAID: Final[tuple[Case, ...]] = (
    _GROUP.trace(
        "ST-10-020",
        "a debt that is paid pays for the time until then, and no more",
        AdvanceTime(_DAY),
        _pays(31 * USD),
        Settle(),
        *settled(3 * _DAY),
    ),
    _GROUP.trace(
        "ST-10-021",
        "a part of it: what is left bears interest",
        AdvanceTime(_DAY),
        _pays(20 * USD),
        Settle(),
        *settled(3 * _DAY),
    ),
    _GROUP.trace(
        "ST-10-022",
        "all but its interest: that bears none, and is paid at last",
        AdvanceTime(_DAY),
        _pays(30 * USD),
        Settle(),
        *settled(3 * _DAY),
        Deposit(5, "USDC", "solana", 8, USD),
        *settled(4 * _DAY),
    ),
    _GROUP.trace(
        "ST-10-023",
        "what was won back between settlements is not owed for their time",
        mark(USD),
        *opened(5, 2, 40),
        *settled(_DAY),
    ),
    _GROUP.trace(
        "ST-10-024",
        "what is won at the settlement was owed until then",
        AdvanceTime(_DAY),
        mark(1_200_000),
        Settle(),
        *settled(2 * _DAY),
    ),
    _GROUP.trace(
        "ST-10-025",
        "a new loss bears interest from the settlement that leaves it unpaid",
        mark(1_500_000),
        *opened(5, 2, 50, 1_500_000),
        *settled(_DAY),
        *settled(2 * _DAY),
    ),
    _GROUP.trace(
        "ST-10-026",
        "who owed and now waits pays first, then earns",
        *settled(_DAY + 10),
        mark(900_000),
        *settled(2 * _DAY),
        *settled(3 * _DAY),
    ),
    _GROUP.trace(
        "ST-10-027",
        "the winner takes its dollars out: its claim earns on",
        withdraw(2, "USDC", "solana", 900 * USD),
        *settled(_DAY),
    ),
)

_THREE: Final = (*opened(2, 5, 7), *opened(3, 5, 11), *opened(4, 5, 13), *moved(2 * USD, 10))
_SHARES: Final = Group("settlement", _THREE, Why.ROUNDING)


def _with_coins(*accounts: int) -> tuple[Action, ...]:
    """Add accounts with ten SOL and no dollars."""
    return tuple(
        step
        for place, account in enumerate(accounts)
        for step in (
            CreateAccount(account, account),
            Deposit(account, "SOL", "solana", 7 + place, 10 * COIN),
        )
    )


_CLAIMS: Final[tuple[Case, ...]] = (
    _SHARES.accept("ST-10-030", "claims of 7, 11 and 13 earn in proportion", *settled(_DAY)),
    _SHARES.trace(
        "ST-10-031",
        "an atom at a time: none of three claims is always the one that gets it",
        *_often(610, 60),
    ),
    _SHARES.trace(
        "ST-10-032",
        "of three claims one is paid by a new loss of its own",
        *opened(6, 2, 20, 2 * USD),
        mark(1_800_000),
        *settled(_DAY),
        *settled(2 * _DAY),
    ),
    Group("settlement", (*virtual(2), *_LOSS)).trace(
        "ST-10-033",
        "a gain that waits in a position earns for its account, as unsettled",
        *settled(_DAY),
        _pays(20 * USD),
        *settled(2 * _DAY),
    ),
    Group(
        "settlement",
        (
            *virtual(2),
            *opened(2, 5, 100),
            *opened(2, 5, 10, 10 * USD, OTHER),
            mark(11 * USD, OTHER),
            *moved(1_300_000, 10),
        ),
    ).accept("ST-10-034", "two positions of an account wait: one claim of both", *settled(_DAY)),
    Group("settlement", (contract_with(taker_fee=PERCENT), *_LOSS)).accept(
        "ST-10-035", "the claim of the fees account earns too", *settled(_DAY)
    ),
    Group(
        "settlement",
        (
            *_with_coins(*range(8, 20)),
            *(step for account in range(8, 20) for step in opened(2, account, account)),
            *moved(1_300_000, 10),
        ),
    ).accept("ST-10-036", "twelve debts and one claim", *settled(_DAY)),
    Group(
        "settlement",
        (
            *_with_coins(*range(8, 20)),
            *(step for account in range(8, 20) for step in opened(account, 5, account)),
            *moved(1_300_000, 10),
        ),
    ).accept("ST-10-037", "twelve claims and one debt", *settled(_DAY)),
)

_FAILED: Final = Group("bankrupt_fund", (pool_with(base_rate=5 * PERCENT),))

_FAILURES: Final[tuple[Case, ...]] = (
    _FAILED.accept("ST-10-040", "an account that is bankrupt pays like any other", *settled(_DAY)),
    _FAILED.trace(
        "ST-10-041",
        "what is spread in between ends with its interest; claims earn what was owed until then",
        *settled(_DAY),
        AdvanceTime(2 * _DAY),
        SetPrice("USDC", USD),
        RESOLVE,
        *settled(3 * _DAY),
        *settled(4 * _DAY),
    ),
    _FAILED.trace(
        "ST-10-042",
        "a part that the insurance takes over is charged from the settlement that leaves it",
        deposit(2, 10 * USD),
        RunRisk(1),
        *settled(_DAY),
        *settled(2 * _DAY),
    ),
    _EDGE.reject(
        "ST-10-060",
        "rate and time of what is unpaid would add up beyond the range",
        AdvanceTime(10**37),
        code=R.OUT_OF_RANGE,
        twin="ST-10-061",
    ),
    _EDGE.accept("ST-10-061", "they add up to a number in range", AdvanceTime(10**9)),
)

CASES: Final[tuple[Case, ...]] = (*_TIME, *_PAID, *_CLAIMS, *_FAILURES)
