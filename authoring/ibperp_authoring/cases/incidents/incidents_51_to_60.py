"""Incidents 51 to 60 of docs/incidents.md, replayed."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Lend,
    Redeem,
    RunRisk,
    UpdateMark,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import (
    PERP,
    Case,
    Group,
    Refused,
    Step,
    Why,
    long,
    short,
    withdraw,
)
from ibperp_authoring.cases.liquidation.bankruptcy_setups import RESOLVE
from ibperp_authoring.cases.liquidation.setups import STEP, system_with
from ibperp_authoring.cases.settlement.setups import contract_with, mark, opened, settled
from ibperp_authoring.cases.setups import PERCENT, USD

_MANY: Final = range(2, 13)
"""Eleven accounts of the crowd; account 13 is on the other side of all of them."""


def _attack(setup: str, *before: Step) -> Group:
    return Group(setup, before, Why.ATTACK)


def _poor(*accounts: int) -> tuple[Action, ...]:
    """Leave accounts of the crowd ten of their 1000 USDC."""
    return tuple(withdraw(account, "USDC", "solana", 990 * USD) for account in accounts)


_FALL: Final = mark(890_000)
"""Ten USDC do not carry 100 lots any more."""

_LABELS: Final[tuple[Case, ...]] = (
    _attack(
        "liquidation_long",
        system_with(
            auto_close_divisor=10**24, liquidation_fraction=10**18, liquidation_fee=10 * PERCENT
        ),
        mark(870_000),
        long(6, 1000, 870_000),
    ).trace(
        "LQ-4-910",
        "incident 51, Percolator: a fee above the equity is what the account has; failing credits "
        "the insurance with the whole fee, and pays it out of others",
        STEP,
        *settled(20),
    ),
)

_LISTS: Final[tuple[Case, ...]] = (
    _attack(
        "settlement_crowd",
        *(step for one in range(4, 12, 2) for step in opened(one, one + 1, 900)),
        *opened(12, 13, 900),
        *_poor(2),
        *opened(2, 3, 100),
    ).trace(
        "LQ-10-911",
        "incident 52, Percolator: ten larger positions that are safe hide no account that is due; "
        "failing leaves it to grow",
        _FALL,
        RunRisk(100),
    ),
    _attack(
        "settlement_crowd",
        *_poor(*_MANY),
        *(step for one in _MANY for step in opened(one, 13, 100)),
    ).trace(
        "LQ-10-912",
        "incident 55, dYdX v4 and others: eleven accounts that fail at once are all worked off; "
        "failing leaves those beyond a cap",
        _FALL,
        RunRisk(1000),
        RunRisk(1000),
    ),
    _attack(
        "settlement_crowd",
        withdraw(13, "USDC", "solana", 890 * USD),
        *(step for one in _MANY for step in opened(13, one, 100)),
    ).trace(
        "LQ-7-910",
        "incident 55: one position is closed against eleven, in one step; failing leaves lots that "
        "nobody holds the other side of",
        _FALL,
        RunRisk(100),
    ),
)

_MARKS: Final[tuple[Case, ...]] = (
    _attack("liquidation_long", contract_with(price_update_min=50 * PERCENT)).trace(
        "PP-6-910",
        "incident 54, Percolator: an inverted index moves the mark by one update's limit, and "
        "marks the market; failing closes all at a millionth",
        UpdateMark(PERP, 1, has_basis=False, basis=0),
        Refused(withdraw(3, "USDC", "solana", 100 * USD), R.PRICE_DEVIATING),
        mark(USD),
        mark(USD),
    ),
)

_TIMES: Final[tuple[Case, ...]] = (
    _attack("market").trace(
        "MM-6-900",
        "incident 57, DeepBook: twelve steps of a second charge what one of twelve does; failing "
        "drops the part of an atom in each",
        *(AdvanceTime(second) for second in range(1, 13)),
    ),
    _attack("market").accept(
        "MM-6-901", "incident 57: one step of twelve seconds", AdvanceTime(12)
    ),
)

_FUNDS: Final[tuple[Case, ...]] = (
    _attack("bankrupt_fund").trace(
        "CU-5-910",
        "incident 58, Percolator: nobody takes out of the insurance, least of all before a loss is "
        "told; failing leaves the winners to bear it",
        Refused(withdraw(1, "USDC", "solana", USD), R.ACCOUNT_RESERVED),
        Refused(Redeem(1, "USDC", None), R.ACCOUNT_RESERVED),
        Refused(Lend(1, "USDC", USD), R.ACCOUNT_RESERVED),
        RESOLVE,
    ),
    _attack("bankrupt_pool").trace(
        "LQ-9-960",
        "incident 59, Origin: who asks to leave has its share of the pool until it leaves; failing "
        "pays one lender at par and takes it from the other",
        RESOLVE,
        Redeem(5, "USDC", None),
        Redeem(9, "USDC", 100 * USD),
    ),
)

_REDUCING: Final[tuple[Case, ...]] = (
    _attack("liquidation_long").trace(
        "PP-5-910",
        "incident 60, Dango: two reduce-only asks that rest while the position shrinks reduce no "
        "more than is left; failing turns the position round",
        short(2, 600, 1_010_000, reduce_only=True),
        short(2, 400, 1_020_000, reduce_only=True),
        long(7, 500, USD),
        short(2, 500, USD),
        long(7, 2000, 1_020_000),
    ),
)

CASES: Final[tuple[Case, ...]] = (
    *_LABELS,
    *_LISTS,
    *_MARKS,
    *_TIMES,
    *_FUNDS,
    *_REDUCING,
)
