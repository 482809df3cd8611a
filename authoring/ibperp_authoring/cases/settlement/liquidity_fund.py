"""Cases of the liquidity fund: into it flows what flows out, in any order (ST-3, ST-7)."""

from __future__ import annotations

from itertools import permutations
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    ApplyFunding,
    Borrow,
    CreateAccount,
    Deposit,
    Lend,
    Redeem,
    SetAccountSettings,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import PERP, Case, Group, Refused, Step, Why, bid, settings
from ibperp_authoring.cases.settlement.setups import (
    CROWD,
    OTHER,
    delisted,
    mark,
    moved,
    opened,
    settled,
    virtual,
)
from ibperp_authoring.cases.setups import COIN, HOUR, PERCENT, USD, pool_with

_TRADES: Final = tuple(
    step
    for place, account in enumerate(CROWD)
    for step in opened(account, CROWD[(5 * place + 7) % len(CROWD)], 30 + 7 * place)
    if CROWD[(5 * place + 7) % len(CROWD)] != account
)
"""Twelve accounts, each long against one and short against another, of odd sizes."""

_OTHERS: Final = tuple(
    step
    for place, account in enumerate(CROWD[:6])
    for step in opened(CROWD[11 - place], account, 3 + place, 10 * USD, OTHER)
)

_ROUNDS: Final[tuple[Step, ...]] = (
    *moved(1_111_111, 10),
    mark(9_700_003, OTHER),
    *moved(937_541, 20),
    AdvanceTime(HOUR),
    ApplyFunding(PERP, 7 * PERCENT + 13),
    ApplyFunding(OTHER, -3 * PERCENT - 7),
    *moved(1_271_813, HOUR + 10),
    mark(10_500_009, OTHER),
    *settled(HOUR + 20),
    AdvanceTime(2 * HOUR),
    ApplyFunding(PERP, -5 * PERCENT),
    *moved(1_000_003, 2 * HOUR + 10),
)
_OVER: Final[tuple[Step, ...]] = (
    *delisted(1_049_999),
    *delisted(9_999_991, OTHER),
    *settled(2 * HOUR + 20),
    *settled(2 * HOUR + 30),
)


def _crowd(*before: Action) -> Group:
    return Group("settlement_crowd", (*before, *_TRADES, *_OTHERS), Why.CONSERVATION)


_LENDERS: Final = tuple(Lend(account, "USDC", 600 * USD) for account in CROWD[::3])
_EVERY_SECOND: Final = virtual(*CROWD[::2])

_DOZEN: Final[tuple[Case, ...]] = (
    _crowd().trace(
        "ST-7-001", "a dozen accounts that realize, and nothing is left", *_ROUNDS, *_OVER
    ),
    _crowd(*virtual(*CROWD)).trace(
        "ST-7-002", "a dozen virtual accounts, and nothing is left", *_ROUNDS, *_OVER
    ),
    _crowd(*_EVERY_SECOND).trace(
        "ST-7-003", "every second of a dozen is virtual, and nothing is left", *_ROUNDS, *_OVER
    ),
    _crowd(*_EVERY_SECOND, *_LENDERS).trace(
        "ST-7-004",
        "every second of a dozen is virtual, some lend, and nothing is left",
        *_ROUNDS,
        *_OVER,
    ),
    _crowd(*_LENDERS, *(settings(account, auto_lend=True) for account in CROWD[::4])).trace(
        "ST-7-005", "a dozen accounts, some of which lend what they gain", *_ROUNDS, *_OVER
    ),
    _crowd(*_EVERY_SECOND).trace(
        "ST-7-006",
        "a dozen accounts with open positions: what is marked is all settled",
        *_ROUNDS,
    ),
    _crowd(*_LENDERS, *_EVERY_SECOND).trace(
        "ST-7-007",
        "half of the dozen turn, the other half turn against them",
        *_ROUNDS,
        *(settings(account) for account in CROWD[::2]),
        *virtual(*CROWD[1::2]),
        *moved(1_222_227, 2 * HOUR + 20),
        *settled(2 * HOUR + 30),
    ),
    _crowd(*virtual(*CROWD), *_LENDERS, pool_with(reserve_fee=50 * PERCENT)).trace(
        "ST-7-008",
        "a dozen virtual accounts, and half of all interest is the reserve's",
        *_ROUNDS,
        *_OVER,
    ),
)

_BIG, _SMALL, _SUM = 70, 30, 100


def _roles(first: int, word: str, why: Why, *, held: int = 0, **changes: bool) -> tuple[Case, ...]:
    """Return six cases: every order of a winner of 70, one of 30, and the loser of 100."""
    return tuple(
        Group(
            "settlement",
            (
                *(settings(account, **changes) for account in order if changes),
                *opened(order[0], order[2], _BIG),
                *opened(order[1], order[2], _SMALL),
                *((bid(order[2], held, USD),) if held else ()),
            ),
            why,
        ).accept(
            f"ST-3-{first + number}",
            f"{word}: winners {order[0]} and {order[1]}, loser {order[2]}",
            *moved(2 * USD, 10),
        )
        for number, order in enumerate(permutations((2, 3, 4)))
    )


def _credit(account: int) -> SetAccountSettings:
    return settings(account, auto_borrow_settlements=True)


_EIGHTH: Final = (
    CreateAccount(8, 8),
    Deposit(8, "SOL", "solana", 7, 10 * COIN),
    _credit(5),
    _credit(8),
)

_ORDERS: Final[tuple[Case, ...]] = (
    *_roles(400, "paid whole", Why.CONSERVATION),
    *_roles(410, "paid half", Why.CONSERVATION, held=950),
    *_roles(420, "paid virtually", Why.CONSERVATION, auto_realize=False),
    Group("settlement", (*_EIGHTH, *opened(2, 5, 30), *opened(3, 8, 30))).accept(
        "ST-3-430", "two losers borrow", *moved(2 * USD, 10)
    ),
    Group("settlement", (*_EIGHTH, *opened(2, 5, 30), *opened(3, 8, 30))).accept(
        "ST-3-431",
        "the pool's limit admits one borrow: the lower account has it",
        pool_with(open_borrow_lend_limit=30 * USD),
        *moved(2 * USD, 10),
    ),
    Group("settlement", (*_EIGHTH, *opened(2, 5, 31), *opened(3, 8, 30))).accept(
        "ST-3-432",
        "the pool's limit admits the second borrow, not the first",
        pool_with(open_borrow_lend_limit=30 * USD),
        *moved(2 * USD, 10),
    ),
    Group(
        "settlement_bare",
        (*_EIGHTH, *virtual(2, 3), Lend(7, "USDC", 60 * USD), *opened(2, 5, 30), *opened(3, 8, 30)),
    ).accept(
        "ST-3-433",
        "the pool is judged before the winners have lent: one borrow is refused",
        *moved(2 * USD, 10),
    ),
)

_FLAT: Final[tuple[Case, ...]] = (
    Group(
        "settlement", (*opened(2, 3, 100), *opened(3, 4, 60), *opened(4, 2, 20)), Why.CONSERVATION
    ).trace(
        "ST-7-020",
        "three accounts in a ring, three marks, and back",
        *moved(1_333_333, 10),
        *moved(777_777, 20),
        *moved(USD, 30),
    ),
    Group(
        "settlement", (*virtual(2), *opened(2, 5, 100), *opened(5, 4, 40)), Why.CONSERVATION
    ).trace(
        "ST-7-021",
        "with a loser that cannot pay, what is unsettled and marked sums to nothing",
        *moved(1_333_333, 10),
        *moved(777_777, 20),
        *moved(1_111_111, 30),
    ),
    Group(
        "settlement", (*virtual(2, 3, 5), *opened(2, 5, 100), *opened(5, 3, 40)), Why.CONSERVATION
    ).trace(
        "ST-7-022",
        "virtual lends and borrows are what the pool has beyond its lenders'",
        *moved(1_333_333, 10),
        *moved(777_777, 20),
        *moved(1_111_111, 30),
    ),
    Group("settlement", opened(2, 3, 100), Why.CONSERVATION).trace(
        "ST-7-023",
        "a final price far from the mark is paid as well",
        *moved(1_333_333, 10),
        *delisted(2_000_001),
        *settled(20),
    ),
    Group("settlement", (*virtual(2, 3), *opened(2, 3, 100)), Why.CONSERVATION).trace(
        "ST-7-024",
        "a final price releases and pays what was virtual",
        *moved(1_333_333, 10),
        *delisted(2_000_001),
        *settled(20),
        *settled(30),
    ),
    Group("settlement", (*virtual(2, 5), *opened(2, 5, 100)), Why.CONSERVATION).trace(
        "ST-7-025",
        "a final price that the loser cannot pay leaves a virtual debt and a claim",
        *moved(1_333_333, 10),
        *delisted(2_000_001),
        *settled(20),
        *settled(30),
    ),
)

_GROWN: Final = Group(
    "settlement",
    (
        Borrow(4, "USDC", 500 * USD),
        AdvanceTime(HOUR),
        *virtual(5),
        *opened(5, 3, 1),
    ),
    Why.ROUNDING,
)
"""A lent atom has grown: the shares of a new one are worth less than it. Account 5 has a lot."""

_ATOM: Final = moved(USD + 1, HOUR + 10)

_DUST: Final[tuple[Case, ...]] = (
    _GROWN.accept("ST-4-220", "an atom lent virtually is worth nothing", *_ATOM),
    _GROWN.trace(
        "ST-4-221",
        "an atom lent virtually is worth nothing: at the close its shares are burned",
        *_ATOM,
        *opened(3, 5, 1, USD + 1),
        *settled(HOUR + 20),
        Refused(Redeem(5, "USDC", None), R.AMOUNT_TOO_SMALL),
    ),
    _GROWN.trace(
        "ST-4-222",
        "shares without a claim do not stand in the way of a borrow",
        *_ATOM,
        *opened(3, 5, 1, USD + 1),
        *settled(HOUR + 20),
        Borrow(5, "USDC", 10 * USD),
    ),
    _GROWN.trace(
        "ST-3-440",
        "shares without a claim do not stand in the way of the borrow of a settlement",
        *_ATOM,
        settings(5, auto_borrow_settlements=True),
        *settled(HOUR + 20),
        *moved(USD - 100, HOUR + 30),
    ),
    _GROWN.trace(
        "ST-3-441",
        "a loser without such a lend borrows",
        settings(5, auto_borrow_settlements=True),
        *_ATOM,
        *moved(USD - 100, HOUR + 30),
    ),
    _GROWN.accept(
        "ST-3-442",
        "an atom that would claim nothing is paid in cash to who lends",
        settings(5, auto_lend=True),
        *_ATOM,
    ),
)

CASES: Final[tuple[Case, ...]] = (*_DUST, *_DOZEN, *_ORDERS, *_FLAT)
