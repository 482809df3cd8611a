"""Cases of the settlement chapter: attacks that ruined others, replayed against the fund."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    AdvanceTime,
    ApplyFunding,
    Borrow,
    CancelAllOrders,
    CreateAccount,
    Deposit,
    Lend,
    Redeem,
    SetPrice,
    Settle,
    Transfer,
    UpdateMark,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import (
    PERP,
    SPOT,
    Case,
    Group,
    Refused,
    Why,
    bid,
    settings,
    withdraw,
)
from ibperp_authoring.cases.settlement.setups import mark, moved, opened, settled, virtual
from ibperp_authoring.cases.setups import COIN, HOUR, PERCENT, USD

_GROUP: Final = Group("settlement", why=Why.ATTACK)
_PRUDENT: Final = Group("settlement_prudent", why=Why.ATTACK)

_LUNA: Final = "SC-1 (incident 10, LUNA)"

_CRASH: Final = (*opened(5, 2, 100, 8 * USD), mark(USD))
"""Account 5 is long of 100 lots at 8 USDC, account 2 short: 700 USDC when the mark is 1."""

_WINNERS: Final[tuple[Case, ...]] = (
    _GROUP.trace(
        "ST-3-300",
        f"{_LUNA}: what the loser cannot pay, the winner cannot withdraw",
        mark(8 * USD),
        *_CRASH,
        *opened(2, 5, 100),
        *settled(10),
        Refused(withdraw(2, "USDC", "solana", 1001 * USD), R.INSUFFICIENT_FUNDS),
        withdraw(2, "USDC", "solana", 1000 * USD),
    ),
    _GROUP.trace(
        "ST-3-301",
        f"{_LUNA}: where claims count in full, lenders advance what is unsettled",
        mark(8 * USD),
        *_CRASH,
        *opened(2, 5, 100),
        *settled(10),
        withdraw(2, "USDC", "solana", 1000 * USD),
        withdraw(2, "USDC", "solana", 600 * USD, borrow=True),
        Refused(withdraw(2, "USDC", "solana", 100 * USD, borrow=True), R.INSUFFICIENT_MARGIN),
    ),
    _PRUDENT.trace(
        "ST-3-302",
        f"{_LUNA}: where claims count for nothing, nobody advances them",
        mark(8 * USD),
        *_CRASH,
        *opened(2, 5, 100),
        *settled(10),
        withdraw(2, "USDC", "solana", 1000 * USD),
        Refused(withdraw(2, "USDC", "solana", USD, borrow=True), R.INSUFFICIENT_MARGIN),
    ),
    _PRUDENT.trace(
        "ST-3-303",
        "incident 13: a marked gain funds no borrow before it is paid",
        *opened(2, 3, 100),
        withdraw(2, "USDC", "solana", 980 * USD),
        mark(3 * USD),
        Refused(Borrow(2, "USDC", 100 * USD), R.INSUFFICIENT_MARGIN),
        *settled(10),
        withdraw(2, "USDC", "solana", 180 * USD),
    ),
    _GROUP.trace(
        "ST-3-304",
        f"{_LUNA}: who withdraws first leaves the pool, not the fund, without cash",
        *virtual(2),
        *opened(2, 6, 500),
        *moved(2 * USD, 10),
        Redeem(7, "USDC", 10_000 * USD),
        withdraw(7, "USDC", "solana", 11_000 * USD),
        *moved(1_500_000, 20),
        *opened(6, 2, 500, 1_500_000),
        *settled(30),
        Redeem(2, "USDC", None),
    ),
    _GROUP.trace(
        "ST-3-305",
        "SC-17: a winner withdraws to the edge, and one tick later owes the fund",
        *opened(2, 3, 1000),
        *moved(1_500_000, 10),
        withdraw(2, "USDC", "solana", 1350 * USD),
        Refused(withdraw(2, "USDC", "solana", USD), R.INSUFFICIENT_MARGIN),
        *moved(1_300_000, 20),
    ),
    _GROUP.trace(
        "ST-3-306",
        "what a firm order holds escapes the fund as long as the order rests",
        *opened(2, 4, 300),
        bid(4, 1000, USD),
        *moved(2 * USD, 10),
        *settled(20),
        CancelAllOrders(4, SPOT),
        *settled(30),
    ),
    _GROUP.trace(
        "ST-2-050",
        "a settlement asked for every second is refused nine times of ten",
        *opened(2, 3, 100),
        mark(1_100_000),
        *(
            step
            for second in range(1, 21)
            for step in (
                AdvanceTime(second),
                Refused(Settle(), R.TOO_EARLY) if second not in {10, 20} else Settle(),
            )
        ),
    ),
)

_BROKE: Final = (
    CreateAccount(8, 8),
    Deposit(8, "USDC", "solana", 7, 20 * USD),
    *opened(2, 8, 100),
)
"""Account 8 has 20 USDC and is short of 100 lots."""

_TURNED: Final[tuple[Case, ...]] = (
    Group("settlement", _BROKE, Why.ATTACK).trace(
        "ST-4-200",
        "a loser of 100 that has 20 realizes: the winner waits for 80",
        *moved(2 * USD, 10),
        Refused(withdraw(2, "USDC", "solana", 1021 * USD), R.INSUFFICIENT_FUNDS),
    ),
    Group("settlement", _BROKE, Why.ATTACK).trace(
        "ST-4-201",
        "the same loser may not turn virtual before the settlement: the winner waits as before",
        mark(2 * USD),
        Refused(virtual(8)[0], R.INSUFFICIENT_MARGIN),
        *settled(10),
        Refused(withdraw(2, "USDC", "solana", 1021 * USD), R.INSUFFICIENT_FUNDS),
    ),
    Group("settlement", _BROKE, Why.ATTACK).trace(
        "ST-4-202",
        "once realized, a debt to the fund does not turn virtual",
        *moved(2 * USD, 10),
        Refused(virtual(8)[0], R.INSUFFICIENT_MARGIN),
        *settled(20),
    ),
    Group(
        "settlement",
        (
            CreateAccount(8, 2),
            Deposit(8, "USDC", "solana", 7, 1000 * USD),
            *virtual(2),
            *opened(2, 3, 500),
            *opened(3, 8, 500),
        ),
        Why.ATTACK,
    ).trace(
        "ST-4-203",
        "one user, both sides: the virtual loss is lent out as cash, and bears interest",
        *moved(500_000, 10),
        *settled(HOUR),
        Transfer(8, 2, "USDC", 250 * USD),
        settings(2),
        *settled(HOUR + 10),
    ),
    Group("settlement", (*virtual(5), *opened(2, 5, 100)), Why.ATTACK).trace(
        "ST-4-204",
        "a flat position's virtual debt requires margin as an own debt does",
        *moved(9 * USD, 10),
        *opened(5, 2, 100, 9 * USD),
        *settled(20),
        Refused(withdraw(5, "SOL", "solana", COIN), R.INSUFFICIENT_MARGIN),
        SetPrice("SOL", 70 * USD),
        *settled(30),
    ),
    Group("settlement", why=Why.ATTACK).trace(
        "ST-4-205",
        "an own debt of the same size requires margin",
        Borrow(5, "USDC", 800 * USD),
        withdraw(5, "USDC", "solana", 800 * USD),
        Refused(withdraw(5, "SOL", "solana", COIN), R.INSUFFICIENT_MARGIN),
    ),
    Group("settlement", (*virtual(2, 3), *opened(2, 3, 100)), Why.ATTACK).trace(
        "ST-4-206",
        "incident 48: forty settlements up and down by an atom give nobody an atom",
        *(step for number in range(1, 41) for step in moved(USD + (number & 1), 10 * number)),
    ),
    Group("settlement", (*virtual(2, 3), *opened(2, 3, 1)), Why.ATTACK).trace(
        "ST-4-207",
        "incident 48: a lot, by odd atoms, in a pool that bore interest",
        Borrow(5, "USDC", 500 * USD),
        AdvanceTime(HOUR),
        *(
            step
            for number in range(1, 21)
            for step in moved(USD + 7 * (number & 1) + number, HOUR + 10 * number)
        ),
    ),
    Group("settlement", (*virtual(2), *opened(2, 5, 100)), Why.ATTACK).trace(
        "ST-4-208",
        "a winner turns by turns before an unpaid loser: its claim grows by nothing",
        *moved(1_500_000, 10),
        settings(2),
        *settled(20),
        *virtual(2),
        *settled(30),
        settings(2),
        *settled(40),
        Deposit(5, "USDC", "solana", 7, 60 * USD),
        *settled(50),
    ),
)

_SHOCK: Final = (
    *virtual(2, 3, 4, 5, 6, 7),
    *opened(2, 3, 1500),
    *opened(4, 5, 1200),
    *opened(7, 6, 2500),
)
"""Six virtual accounts hold 5200 lots; a fifth on the mark moves 1040 USDC."""

_FIFTH_UP: Final = UpdateMark(PERP, 1_200_000, has_basis=False, basis=0)


def _shock(setup: str) -> Group:
    return Group(setup, _SHOCK, Why.ATTACK)


_SHOCKS: Final[tuple[Case, ...]] = (
    _shock("settlement").trace(
        "ST-5-100",
        "SC-7: the mark rises by a fifth: virtual sides grow, and the rate with them",
        _FIFTH_UP,
        *settled(10),
        *settled(HOUR),
    ),
    _shock("settlement").trace(
        "ST-5-101",
        "SC-7: up a fifth and back: interest alone is left",
        _FIFTH_UP,
        *settled(10),
        *settled(HOUR),
        *moved(USD, HOUR + 10),
    ),
    _shock("settlement").trace(
        "ST-5-102",
        "SC-7: the throttle keeps borrowers out while the shock lasts",
        Redeem(7, "USDC", 9900 * USD),
        _FIFTH_UP,
        *settled(10),
        AdvanceTime(60),
        Refused(Borrow(4, "USDC", 900 * USD), R.UTILIZATION_THROTTLED),
        Refused(Redeem(6, "USDC", 1000 * USD), R.UTILIZATION_THROTTLED),
        Lend(7, "USDC", 9000 * USD),
        Borrow(4, "USDC", 100 * USD),
    ),
    _shock("cull_account").trace(
        "ST-5-103",
        "SC-7: culled by the account's limit",
        _FIFTH_UP,
        *settled(10),
        *settled(20),
    ),
    _shock("cull_system").trace(
        "ST-5-104",
        "SC-7: culled by the system's limit",
        _FIFTH_UP,
        *settled(10),
        *settled(20),
    ),
    _shock("cull_book").trace(
        "ST-5-105",
        "SC-7: culled by the book's limit, settlement by settlement",
        _FIFTH_UP,
        *settled(10),
        *settled(20),
        *settled(30),
    ),
    _shock("cull_book").trace(
        "ST-5-106",
        "SC-7: culled, then back: what was paid in comes back as lends",
        _FIFTH_UP,
        *settled(10),
        *moved(USD, 20),
    ),
    _shock("cull_account").trace(
        "ST-5-107",
        "SC-7: a fifth down after a fifth up, with funding between",
        _FIFTH_UP,
        *settled(10),
        AdvanceTime(HOUR),
        ApplyFunding(PERP, 8 * PERCENT),
        *moved(800_000, HOUR + 10),
        *settled(HOUR + 20),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_WINNERS, *_TURNED, *_SHOCKS)
