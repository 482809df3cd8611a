"""Cases of the due list, and of running the risk (LQ-10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CreateAccount,
    Halt,
    Liquidate,
    Resume,
    RunRisk,
    SetAssetParameters,
    SetPrice,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, bid, flags, long
from ibperp_authoring.cases.liquidation.bankruptcy_setups import ALL_STEPS, RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import STEP, coin, deposit, lent_out, price, provider
from ibperp_authoring.cases.settlement.setups import (
    OTHER,
    contract_with,
    delisted,
    mark,
    moved,
    opened,
    settled,
    virtual,
)
from ibperp_authoring.cases.setups import COIN, MAX, PERCENT, USD

_LONG: Final = Group("liquidation_long")
_EDGE: Final = Group("liquidation_long", why=Why.BOUNDARY)


def weak(account: int, amount: int, lots: int, after: int = 1) -> tuple[Action, ...]:
    """Create an account with `amount` atoms of USDC that is long of lots against account 6."""
    return (
        CreateAccount(account, account),
        deposit(account, amount, after=after),
        *opened(account, 6, lots),
    )


_DUE: Final = mark(900_000)
"""Account 2 has 45 of equity, and as much maintenance."""

_CODES: Final[tuple[Case, ...]] = (
    _LONG.accept("LQ-10-001", "a step is done for the account that is due", _DUE, RunRisk(1)),
    _LONG.accept("LQ-10-002", "nobody is due: nothing happens", ALL_STEPS),
    _LONG.reject(
        "LQ-10-003",
        "no steps are none",
        _DUE,
        RunRisk(0),
        code=R.AMOUNT_NOT_POSITIVE,
        twin="LQ-10-001",
    ),
    _LONG.reject(
        "LQ-10-004",
        "steps below zero",
        _DUE,
        RunRisk(-1),
        code=R.AMOUNT_NOT_POSITIVE,
        twin="LQ-10-001",
    ),
    *_EDGE.pair(
        ("LQ-10-005", "LQ-10-006"),
        ("as many steps as one action may ask for", "one more"),
        _DUE,
        accepted=RunRisk(10_000),
        refused=RunRisk(10_001),
        code=R.OUT_OF_RANGE,
    ),
    _EDGE.reject(
        "LQ-10-007",
        "steps without a bound",
        _DUE,
        RunRisk(MAX + 1),
        code=R.OUT_OF_RANGE,
        twin="LQ-10-005",
    ),
    _LONG.reject(
        "LQ-10-008",
        "in a halt nobody is worked on",
        _DUE,
        Halt(),
        ALL_STEPS,
        code=R.HALTED,
        twin="LQ-10-001",
    ),
    Group("liquidation_long", (_DUE, Halt(), Resume()), Why.BOUNDARY).accept(
        "LQ-10-009", "when the grace has ended", AdvanceTime(60), ALL_STEPS
    ),
    Group("liquidation_long", (_DUE, Halt(), Resume()), Why.BOUNDARY).reject(
        "LQ-10-010",
        "in the grace, a second before",
        AdvanceTime(59),
        ALL_STEPS,
        code=R.LIQUIDATION_PAUSED,
        twin="LQ-10-009",
    ),
    Group("liquidation_long", (_DUE, Halt(), Resume()), Why.BOUNDARY).trace(
        "LQ-10-011",
        "a second before the grace ends nothing is done, then all",
        AdvanceTime(59),
        Refused(ALL_STEPS, R.LIQUIDATION_PAUSED),
        AdvanceTime(60),
        ALL_STEPS,
    ),
    Group("liquidation_long", (Halt(), Resume()), Why.PRECEDENCE).reject(
        "LQ-10-012",
        "the steps before the grace",
        RunRisk(0),
        code=R.AMOUNT_NOT_POSITIVE,
        twin="LQ-10-001",
    ),
    Group("liquidation_long", (Halt(),), Why.PRECEDENCE).reject(
        "LQ-10-013", "the halt before the steps", RunRisk(0), code=R.HALTED, twin="LQ-10-001"
    ),
    Group("genesis").accept("LQ-10-014", "a system without accounts has nobody due", ALL_STEPS),
    _EDGE.accept("LQ-10-015", "equity an atom a lot above: not due", mark(900_001), ALL_STEPS),
)

_WORSE: Final = weak(10, 140 * USD, 1000)
"""Account 10 has 40 of 45 where account 2 has 45."""

_ORDER: Final[tuple[Case, ...]] = (
    Group("liquidation_long", _WORSE).accept(
        "LQ-10-020", "the lowest equity per maintenance first", _DUE, RunRisk(1)
    ),
    Group("liquidation_long", _WORSE).accept(
        "LQ-10-021", "then the next: as if each had been liquidated", _DUE, ALL_STEPS
    ),
    Group("liquidation_long", weak(10, 145 * USD, 1000), Why.BOUNDARY).accept(
        "LQ-10-022", "of equal ones the lower id", _DUE, RunRisk(1)
    ),
    Group("liquidation_long", weak(10, 145 * USD - 1, 1000), Why.BOUNDARY).accept(
        "LQ-10-023", "an atom of equity decides", _DUE, RunRisk(1)
    ),
    Group("liquidation_long", weak(10, 14_900_000, 100)).accept(
        "LQ-10-024",
        "equity alone does not: less equity per maintenance counts",
        mark(895_000),
        RunRisk(1),
    ),
    Group("liquidation_long", weak(10, 14_500_000, 100), Why.BOUNDARY).accept(
        "LQ-10-025", "a tenth of the position and of the equity: equal", _DUE, RunRisk(1)
    ),
    Group("liquidation_long", weak(10, 100_000_001, 1000)).accept(
        "LQ-10-026", "equity below zero before all above", mark(870_000), RunRisk(1)
    ),
    Group(
        "liquidation_long",
        (*weak(10, 145 * USD, 1000), *weak(11, 145 * USD, 1000, 2)),
        Why.BOUNDARY,
    ).accept("LQ-10-027", "three that are equal, by id", _DUE, ALL_STEPS),
    Group("liquidation_borrowed", weak(10, 40 * USD, 300)).accept(
        "LQ-10-028",
        "who owes a pool and who has a position stand in one list",
        price(90),
        mark(860_000),
        ALL_STEPS,
    ),
    Group("liquidation_long", (*_WORSE, *moved(900_000, 10))).accept(
        "LQ-10-029", "a settlement changes nobody's place", RunRisk(1)
    ),
)

_CRASHED: Final = Group("liquidation_long", (gift(10 * USD), mark(800_000)))

_STEPS: Final[tuple[Case, ...]] = (
    _CRASHED.accept("LQ-10-040", "one step: deleveraged", RunRisk(1)),
    _CRASHED.accept("LQ-10-041", "two steps: it pays what it has", RunRisk(2)),
    _CRASHED.accept("LQ-10-042", "three steps: resolved by the insurance", RunRisk(3)),
    _CRASHED.accept("LQ-10-043", "a step too many is not used", RunRisk(4)),
    _CRASHED.trace(
        "LQ-10-044",
        "step by step the same: deleveraged, paid, resolved",
        RunRisk(1),
        RunRisk(1),
        RunRisk(1),
        RunRisk(1),
    ),
    _CRASHED.trace(
        "LQ-10-045",
        "by hand the same",
        STEP,
        STEP,
        Refused(STEP, R.NOTHING_TO_LIQUIDATE),
        RESOLVE,
        ALL_STEPS,
    ),
    Group("liquidation_long", (bid(2, 1, USD), *_WORSE, _DUE)).accept(
        "LQ-10-046", "what steps are left go to the next account", RunRisk(4)
    ),
    Group("liquidation_long", (long(7, 1000, 900_000), _DUE)).accept(
        "LQ-10-047", "an account is worked on until it is healthy, not flat", ALL_STEPS
    ),
    Group("liquidation_long", (provider(7, 5000), _DUE)).accept(
        "LQ-10-048", "a provider takes over within the action", ALL_STEPS
    ),
    Group("liquidation_borrowed", (price(94),)).trace(
        "LQ-10-049",
        "who asks for quotes is left alone until the next action",
        ALL_STEPS,
        ALL_STEPS,
    ),
    Group("liquidation_borrowed", (*_WORSE, price(94), mark(900_000))).accept(
        "LQ-10-050", "and the next account is worked on meanwhile", ALL_STEPS
    ),
    Group("bankrupt_fund").accept("LQ-10-051", "a bankruptcy is a step", RunRisk(1)),
    Group("bankrupt_fund_recourse", why=Why.RULE).trace(
        "LQ-10-052",
        "with recourse and an empty insurance the list is worked off without an event",
        ALL_STEPS,
        gift(USD),
        ALL_STEPS,
        ALL_STEPS,
    ),
)

_BOTH: Final = (
    *opened(2, 10, 600),
    *opened(2, 4, 400),
    *opened(10, 5, 600, market=OTHER),
)
"""Account 10 is short against 2, and long of 600 lots of the other market."""


def _pair(second: int) -> tuple[Action, ...]:
    dollars = (deposit(2, 145 * USD, after=0), CreateAccount(10, 10), deposit(10, second * USD))
    return (*dollars, *_BOTH)


_STRICT: Final = contract_with(OTHER, imf_base=20 * PERCENT, mmf_base=10 * PERCENT)
_FALLEN: Final = (mark(800_000), mark(590_000, OTHER))
_FLOOR: Final = replace(coin(90 * PERCENT), price_floor=100 * USD)

_CASCADES: Final[tuple[Case, ...]] = (
    Group("liquidation", _pair(200)).accept(
        "LQ-10-060",
        "an account that a deleveraging heals is passed over",
        mark(860_000),
        mark(598_000, OTHER),
        ALL_STEPS,
    ),
    Group("liquidation", _pair(200)).trace(
        "LQ-10-061",
        "before that deleveraging, a liquidation of the account is accepted",
        mark(860_000),
        mark(598_000, OTHER),
        Liquidate(10),
    ),
    Group("liquidation", (_STRICT, *_pair(190), *_FALLEN)).trace(
        "LQ-10-062",
        "a cascade: the deleveraging of one makes the next due, which waits for the next action",
        Refused(Liquidate(10), R.NOT_LIQUIDATABLE),
        ALL_STEPS,
        ALL_STEPS,
        ALL_STEPS,
    ),
    Group("liquidation_long", (*weak(10, 10 * USD, 50), *opened(10, 6, 30, market=OTHER))).accept(
        "LQ-10-063",
        "an account whose prices are old is passed over, the next is worked on",
        mark(700_000),
        mark(700_000, OTHER),
        AdvanceTime(601),
        SetPrice("USDC", USD),
        mark(700_000),
        ALL_STEPS,
    ),
    Group("liquidation_long", (_DUE,), Why.BOUNDARY).accept(
        "LQ-10-064", "at the oldest age that serves", AdvanceTime(600), ALL_STEPS
    ),
    Group("liquidation_long", (_DUE,), Why.BOUNDARY).accept(
        "LQ-10-065", "a second older: nothing happens", AdvanceTime(601), ALL_STEPS
    ),
    Group(
        "liquidation_borrowed", (*_WORSE, SetAssetParameters("SOL", _FLOOR), price(90), _DUE)
    ).accept("LQ-10-066", "whose collateral is at its floor is passed over", ALL_STEPS),
    Group("liquidation_borrowed", (Borrow(6, "USDC", USD), *lent_out(2, "USDC", 1))).accept(
        "LQ-10-067", "of all who owe only the due are touched", price(91), ALL_STEPS
    ),
    Group("liquidation_long", (*delisted(800_000), *weak(10, USD, 1)[:1])).accept(
        "LQ-10-068", "SC-29: a market is delisted under an insolvent account: it ends", ALL_STEPS
    ),
    Group("liquidation_long", (gift(155 * USD), *delisted(700_000))).trace(
        "LQ-10-069",
        "SC-29: delisted, run, settled: every winner is paid in full by the insurance",
        *settled(10),
        RunRisk(1),
        *settled(20),
    ),
    Group("liquidation", (*virtual(2), deposit(2, 145 * USD, after=0), *opened(2, 3, 1000))).accept(
        "LQ-10-070", "a virtual loser in due time", *moved(860_000, 10), mark(850_000), ALL_STEPS
    ),
    Group(
        "liquidation",
        (
            deposit(2, 10 * COIN, "SOL", 0),
            bid(2, 500, USD, flags=flags(borrow=True)),
            price(2),
        ),
    ).accept("LQ-10-071", "who is due by an order alone: it ends, and nothing more", ALL_STEPS),
)

CASES: Final[tuple[Case, ...]] = (*_CODES, *_ORDER, *_STEPS, *_CASCADES)
