"""Cases of bankruptcy: what is owed to the fund, and who bears it (LQ-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    ApplyFunding,
    CreateAccount,
    Lend,
    Liquidate,
    ListPerpetual,
    SetPrice,
    SetSystemParameters,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, long
from ibperp_authoring.cases.liquidation.bankruptcy_setups import ALL_STEPS, RECOURSE, RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import STEP, deposit
from ibperp_authoring.cases.settlement.setups import (
    CONTRACT,
    OTHER,
    contract_with,
    delisted,
    mark,
    moved,
    opened,
    settled,
    virtual,
)
from ibperp_authoring.cases.setups import HOUR, PERCENT, USD


def _attack(setup: str, *before: Action) -> Group:
    return Group(setup, before, Why.ATTACK)


_OTHERS: Final[tuple[Case, ...]] = (
    _attack(
        "liquidation",
        deposit(2, 145 * USD, after=0),
        gift(55 * USD),
        *opened(2, 3, 1000),
        *opened(3, 8, 1000),
    ).trace(
        "LQ-9-944",
        "SC-23: an insurance pays nobody for a loss to its own user: the price is that of no "
        "insurance; failing pays 55 to who holds both sides",
        mark(800_000),
        ALL_STEPS,
        *settled(10),
    ),
    _attack(
        "liquidation",
        deposit(2, 145 * USD, after=0),
        gift(55 * USD),
        *opened(2, 3, 500),
        *opened(2, 4, 500),
        *opened(3, 8, 500),
    ).trace(
        "LQ-9-945",
        "SC-23: of two counterparties the own one pays all of its half, the other what is not "
        "insured; failing asks both for the same",
        mark(800_000),
        ALL_STEPS,
        *settled(10),
    ),
)

_GROUP: Final = Group("bankrupt_fund")
_EDGE: Final = Group("bankrupt_fund", why=Why.BOUNDARY)
_LIMITED: Final = Group("bankrupt_fund_limited", why=Why.BOUNDARY)

_LENT: Final = (deposit(2, 20 * USD), Lend(2, "USDC", 20 * USD), STEP)
"""Account 2 hands the insurance a lend of 20 with as much of its debt: 10 are left."""

_LADDER: Final[tuple[Case, ...]] = (
    _GROUP.accept("LQ-9-001", "SC-10: an empty insurance: who was not paid loses", RESOLVE),
    _EDGE.accept("LQ-9-002", "SC-10: the insurance has exactly enough", gift(30 * USD), RESOLVE),
    _EDGE.accept("LQ-9-003", "SC-10: the insurance is an atom short", gift(30 * USD - 1), RESOLVE),
    _EDGE.accept(
        "LQ-9-004", "SC-10: the insurance keeps the atom left", gift(30 * USD + 1), RESOLVE
    ),
    _EDGE.accept("LQ-9-005", "SC-10: an insurance of an atom", gift(1), RESOLVE),
    _LIMITED.accept(
        "LQ-9-006", "SC-10: the insurance pays no more than its limit", gift(50 * USD), RESOLVE
    ),
    _LIMITED.accept(
        "LQ-9-007", "SC-10: the insurance has exactly its limit", gift(10 * USD), RESOLVE
    ),
    _LIMITED.accept(
        "LQ-9-008", "SC-10: an atom below its limit, all it has", gift(10 * USD - 1), RESOLVE
    ),
    _GROUP.accept("LQ-9-009", "coins of the insurance pay nothing", gift(10**9, "SOL"), RESOLVE),
    _EDGE.accept("LQ-9-010", "a debt of an atom", deposit(2, 30 * USD - 1), STEP, RESOLVE),
    _GROUP.accept(
        "LQ-9-011",
        "SC-10: what the insurance owes the fund is taken off what it has",
        deposit(2, 20 * USD),
        STEP,
        gift(4 * USD),
        RESOLVE,
    ),
    Group("bankrupt_fund", _LENT).accept(
        "LQ-9-012", "a lend that it took over with a debt gives it no resources", RESOLVE
    ),
    Group("bankrupt_fund", (*_LENT, gift(5 * USD), *settled(20))).accept(
        "LQ-9-013", "once settled, what is left of the lend is a resource", RESOLVE
    ),
    _GROUP.trace(
        "LQ-9-014",
        "what the insurance took over it pays at the next settlement, in full",
        gift(40 * USD),
        RESOLVE,
        *settled(20),
    ),
    _GROUP.trace(
        "LQ-9-015",
        "what was lost is never paid: a settlement later nothing is left",
        RESOLVE,
        *settled(20),
    ),
)

_INDEBTED: Final[tuple[Case, ...]] = (
    Group("bankrupt_taken", (STEP, deposit(1, 500 * USD))).trace(
        "LQ-9-016",
        "what the insurance owes a pool is taken off what it has",
        deposit(2, 50 * USD, after=2),
        *opened(2, 5, 300, market=OTHER),
        *delisted(500_000, OTHER),
        *settled(20),
        RESOLVE,
    ),
)

_ROUNDED: Final = Group("bankrupt_fund", why=Why.ROUNDING)

_WINS: Final = (*opened(5, 6, 100, market=OTHER), mark(1_500_000, OTHER))
"""Account 5 has a gain of 50 USDC that account 6 has not paid: of 80 USDC are then claims."""

_THIRD: Final = "ETH_PERP"


def _earned(lots: int) -> tuple[Action, ...]:
    """Let the insurance earn a fee of one percent on lots at 94 cents, unsettled."""
    return (
        CreateAccount(10, 10),
        deposit(10, lots * USD),
        *opened(10, 6, 5 * lots, market=OTHER),
        *opened(10, 8, 5 * lots, market=OTHER),
        mark(940_000, OTHER),
        long(7, lots, 940_000, market=OTHER),
        Liquidate(10),
    )


_CLAIMS: Final[tuple[Case, ...]] = (
    Group("bankrupt_fund", _WINS).accept(
        "LQ-9-030", "an unpaid gain of a position bears its part, as a cost", RESOLVE
    ),
    Group("bankrupt_fund", _WINS, Why.ROUNDING).accept(
        "LQ-9-031", "seven atoms over three claims, to the atom", gift(30 * USD - 7), RESOLVE
    ),
    Group("bankrupt_fund", _WINS, Why.ROUNDING).accept(
        "LQ-9-032", "an atom over three claims: the last bears it", gift(30 * USD - 1), RESOLVE
    ),
    Group("bankrupt_fund", (*_WINS, *moved(1_500_000, 20, OTHER))).accept(
        "LQ-9-033",
        "settled before, a gain is paid in proportion, and its unpaid rest bears the loss",
        RESOLVE,
    ),
    Group("bankrupt_fund", (*virtual(5), *_WINS)).accept(
        "LQ-9-034", "the gain of a virtual winner bears its part before it is settled", RESOLVE
    ),
    Group("bankrupt_fund", (*virtual(5), *_WINS, *settled(20))).accept(
        "LQ-9-035", "what of it became a virtual lend by a settlement is out of reach", RESOLVE
    ),
    Group("bankrupt_fund", opened(5, 6, 100, market=OTHER)).accept(
        "LQ-9-036", "a position without a gain bears nothing", RESOLVE
    ),
    Group("bankrupt_fund", (*opened(5, 6, 100, market=OTHER), mark(USD + 1, OTHER))).accept(
        "LQ-9-037", "a gain of an atom a lot bears its part of it", RESOLVE, why=Why.ROUNDING
    ),
    Group("bankrupt_fund", (*opened(6, 5, 100, market=OTHER), mark(500_000, OTHER))).accept(
        "LQ-9-038", "the gain of a short position", RESOLVE
    ),
    Group(
        "bankrupt_fund",
        (
            ListPerpetual(_THIRD, CONTRACT),
            mark(USD, _THIRD),
            *opened(3, 6, 30, market=OTHER),
            *opened(3, 7, 20, market=_THIRD),
            mark(1_300_000, OTHER),
            mark(1_700_000, _THIRD),
        ),
        Why.ROUNDING,
    ).accept(
        "LQ-9-039", "what is unsettled of an account before its positions, by market", RESOLVE
    ),
    Group(
        "bankrupt_fund",
        (
            *opened(5, 6, 100, market=OTHER),
            AdvanceTime(HOUR),
            SetPrice("USDC", USD),
            SetPrice("SOL", 100 * USD),
            mark(1_500_000, OTHER),
            ApplyFunding(OTHER, 8 * PERCENT),
        ),
    ).accept("LQ-9-040", "funding that is due is no part of a gain", RESOLVE),
    Group(
        "bankrupt_fund",
        (
            *opened(6, 5, 100, market=OTHER),
            AdvanceTime(HOUR),
            SetPrice("USDC", USD),
            SetPrice("SOL", 100 * USD),
            mark(USD, OTHER),
            ApplyFunding(OTHER, 8 * PERCENT),
        ),
    ).accept("LQ-9-041", "funding that is to be received is a claim", RESOLVE),
    Group(
        "bankrupt_fund",
        (contract_with(OTHER, taker_fee=PERCENT), *opened(5, 6, 500, market=OTHER)),
    ).accept("LQ-9-042", "fees that were not settled bear their part: account 0", RESOLVE),
    Group("bankrupt_fund", _earned(1000)).accept(
        "LQ-9-043", "a fee of the insurance pays before it is settled", RESOLVE
    ),
    Group("bankrupt_fund_limited", _earned(1800)).accept(
        "LQ-9-044", "beyond its limit the insurance is a claimant like any other", RESOLVE
    ),
    Group("liquidation", (deposit(2, 20 * USD, after=0), *opened(2, 3, 100))).accept(
        "LQ-9-045",
        "SC-10: a lone counterparty bears all",
        *delisted(500_000),
        *settled(10),
        RESOLVE,
    ),
    Group("liquidation", (deposit(2, 20 * USD, after=0), *opened(2, 3, 100))).accept(
        "LQ-9-046",
        "SC-10: unsettled, a claimant bears a part of all that it won",
        *delisted(500_000),
        STEP,
        RESOLVE,
    ),
    Group("bankrupt_fund", opened(3, 4, 1000, market=OTHER)).accept(
        "LQ-9-047",
        "who lost on another market bears by what is left of its claim",
        mark(1_010_000, OTHER),
        RESOLVE,
    ),
    _ROUNDED.accept(
        "LQ-9-048",
        "SC-11: nobody has a position any more: claims bear the loss all the same",
        gift(30 * USD - 11),
        RESOLVE,
    ),
    Group("liquidation_long", why=Why.RULE).trace(
        "LQ-9-049",
        "SC-11: the winners are gone: who holds their lots bears what the insurance does not",
        mark(800_000),
        *opened(6, 3, 600, 800_000),
        *opened(6, 4, 400, 800_000),
        mark(700_000),
        STEP,
        Refused(RESOLVE, R.NOT_LIQUIDATABLE),
    ),
)

_REPEATED: Final[tuple[Case, ...]] = (
    Group(
        "bankrupt_fund_recourse",
        (SetSystemParameters(replace(RECOURSE, insurance_limit=10 * USD)), gift(25 * USD)),
        clauses=("LQ-8",),
    ).trace(
        "LQ-9-970",
        "without `non_recourse` the limit binds each action, until the insurance has nothing",
        RESOLVE,
        RESOLVE,
        RESOLVE,
        Refused(RESOLVE, R.NOTHING_TO_LIQUIDATE),
    ),
)

_USED: Final[tuple[Case, ...]] = (
    _GROUP.trace(
        "LQ-9-060",
        "BKR-7: a deposit after it belongs to its owner",
        RESOLVE,
        deposit(2, 100 * USD),
        *settled(20),
    ),
    _GROUP.trace(
        "LQ-9-061",
        "BKR-7: the account trades again, and its gain is its own",
        RESOLVE,
        deposit(2, 100 * USD),
        *opened(2, 5, 100, market=OTHER),
        *moved(1_100_000, 20, OTHER),
    ),
    _GROUP.trace(
        "LQ-9-062",
        "BKR-7: it can fail again, with a new limit of the insurance",
        gift(30 * USD),
        RESOLVE,
        deposit(2, 20 * USD),
        *opened(2, 5, 100, market=OTHER),
        *delisted(500_000, OTHER),
        *settled(20),
        gift(30 * USD),
        RESOLVE,
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_OTHERS,
    *_LADDER,
    *_INDEBTED,
    *_CLAIMS,
    *_REPEATED,
    *_USED,
)
