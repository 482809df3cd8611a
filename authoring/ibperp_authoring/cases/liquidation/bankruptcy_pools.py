"""Cases of bankruptcy: what is owed to pools, and who bears it (LQ-9)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CreateAccount,
    Lend,
    Liquidate,
    Redeem,
    Repay,
    SetPoolParameters,
    SetPrice,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why
from ibperp_authoring.cases.liquidation.bankruptcy_setups import ALL_STEPS, RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import STEP, deposit, lent_out, price
from ibperp_authoring.cases.settlement.setups import delisted, moved, opened, settled, virtual
from ibperp_authoring.cases.setups import COIN, POOL, USD, pool_with


def _attack(setup: str, *before: Action) -> Group:
    return Group(setup, before, Why.ATTACK)


_LENT_OUT: Final = (
    deposit(2, 5 * COIN, "SOL"),
    *lent_out(2, "USDC", 300 * USD),
    Borrow(7, "USDC", 700 * USD),
)
"""Account 2 pledges 5 SOL for 300 USDC; with 700 of account 7 the pool has no cash any more."""

_LAST: Final[tuple[Case, ...]] = (
    _attack("liquidation_long", *_LENT_OUT, price(20)).trace(
        "LQ-9-950",
        "SC-29: a market is delisted while the pool has no cash, and its loser owes the pool too: "
        "winners bear the loss of the market, lenders that of the pool, and the rest is paid",
        *delisted(500_000),
        *settled(10),
        *(ALL_STEPS,) * 2,
        Refused(Redeem(9, "USDC", 100 * USD), R.INSUFFICIENT_SUPPLY),
        *settled(20),
        Repay(7, "USDC", None),
        Redeem(5, "USDC", None),
        Redeem(9, "USDC", None),
    ),
)

_POOL: Final = Group("bankrupt_pool")
_EDGE: Final = Group("bankrupt_pool", why=Why.BOUNDARY)
_LIMITED: Final = Group("bankrupt_pool_limited", why=Why.BOUNDARY)

_BACKED: Final = (
    CreateAccount(10, 10),
    deposit(10, 100 * USD),
    Lend(10, "USDC", 100 * USD),
    *opened(10, 6, 500),
    *delisted(750_000),
    Liquidate(10),
)
"""The insurance takes over a lend of 100 USDC with a debt of 100 to the fund."""

_LENDS: Final = (*_BACKED, gift(60 * USD), *settled(10))
"""It has paid 60 in cash and 40 of the lend: it lends 60 USDC, and owes nothing."""

_LADDER: Final[tuple[Case, ...]] = (
    _POOL.accept("LQ-9-100", "SC-10: an empty insurance: lenders bear a debt", RESOLVE),
    _EDGE.accept("LQ-9-101", "SC-10: exactly enough: no lender loses", gift(300 * USD), RESOLVE),
    _EDGE.accept("LQ-9-102", "SC-10: an atom short: lenders lose it", gift(300 * USD - 1), RESOLVE),
    _EDGE.accept("LQ-9-103", "SC-10: an atom left", gift(300 * USD + 1), RESOLVE),
    _EDGE.accept("LQ-9-104", "SC-10: an insurance of an atom", gift(1), RESOLVE),
    _LIMITED.accept("LQ-9-105", "SC-10: no more than its limit", gift(300 * USD), RESOLVE),
    _LIMITED.accept("LQ-9-106", "SC-10: exactly its limit", gift(10 * USD), RESOLVE),
    _LIMITED.accept("LQ-9-107", "SC-10: an atom below its limit", gift(10 * USD - 1), RESOLVE),
    _POOL.accept("LQ-9-108", "its coins pay nothing", gift(COIN, "SOL"), RESOLVE),
    Group("bankrupt_pool", _LENDS).accept(
        "LQ-9-109", "an insurance that lends gives its lend: no cash moves", RESOLVE
    ),
    Group("bankrupt_pool", (*_LENDS, gift(50 * USD))).accept(
        "LQ-9-110", "cash first, then its lend", RESOLVE
    ),
    Group("bankrupt_pool", (*_LENDS, gift(240 * USD)), Why.BOUNDARY).accept(
        "LQ-9-111", "cash and lend are exactly enough", RESOLVE
    ),
    Group("bankrupt_pool", (*_LENDS, gift(240 * USD + 1)), Why.BOUNDARY).accept(
        "LQ-9-112", "an atom more cash: an atom of the lend is left", RESOLVE
    ),
    Group("bankrupt_pool", (*_LENDS, gift(300 * USD)), Why.BOUNDARY).accept(
        "LQ-9-113", "cash is enough: the lend stays whole", RESOLVE
    ),
    Group("bankrupt_pool", _BACKED).accept(
        "LQ-9-114", "SC-10: a lend that stands against a debt to the fund pays nothing", RESOLVE
    ),
    Group("bankrupt_pool", (*_BACKED, gift(30 * USD))).accept(
        "LQ-9-115", "SC-10: the debt to the fund is taken off cash and lend", RESOLVE
    ),
    Group("bankrupt_pool_limited", (*_LENDS, gift(4 * USD)), Why.BOUNDARY).accept(
        "LQ-9-116", "the limit is one of cash and lend together", RESOLVE
    ),
)

_AGED: Final[tuple[Action, ...]] = (
    pool_with(),
    AdvanceTime(1_000_000),
    SetPrice("USDC", USD),
    price(50),
)
"""Interest of eleven days: the reserve has its fee."""

_RESERVED: Final = Group("bankrupt_pool", _AGED, Why.BOUNDARY)
_OWED: Final = 300_761_035
_COVERED: Final = _OWED - 76_104
"""What the reserve leaves: it has 76,104 atoms, and one more that the repayment rounds off."""

_RESERVES: Final[tuple[Case, ...]] = (
    Group("bankrupt_pool", _AGED).accept(
        "LQ-9-120", "the reserve loses before lenders do", RESOLVE
    ),
    _RESERVED.accept(
        "LQ-9-121", "SC-10: insurance and reserve have exactly enough", gift(_COVERED), RESOLVE
    ),
    _RESERVED.accept(
        "LQ-9-122", "SC-10: an atom short: lenders lose it", gift(_COVERED - 1), RESOLVE
    ),
    _RESERVED.accept("LQ-9-123", "an atom of the reserve is left", gift(_COVERED + 1), RESOLVE),
    _RESERVED.accept("LQ-9-124", "the insurance is an atom short", gift(_OWED - 1), RESOLVE),
    _RESERVED.accept("LQ-9-125", "the reserve loses nothing", gift(_OWED), RESOLVE),
    Group("bankrupt_pool", (*_AGED, Borrow(6, "USDC", 100 * USD)), Why.ROUNDING).accept(
        "LQ-9-126",
        "with another borrower, a debt is worth what its shares are, rounded down",
        AdvanceTime(1_000_500),
        gift(100 * USD),
        RESOLVE,
    ),
)

_WIPED: Final = (Redeem(9, "USDC", 200 * USD), RESOLVE)
"""All cash has left the pool; what was lent is what is owed."""

_LOSSES: Final[tuple[Case, ...]] = (
    Group("bankrupt_pool", why=Why.BOUNDARY).accept(
        "LQ-9-130", "SC-12: the loss is all that lenders have: claims fall to zero", *_WIPED
    ),
    Group("bankrupt_pool", _WIPED, Why.BOUNDARY).trace(
        "LQ-9-131",
        "SC-12: a later lend is worth what was lent, and gives nothing to those before",
        Lend(6, "USDC", 100 * USD),
        Refused(Redeem(6, "USDC", 100 * USD + 1), R.INSUFFICIENT_LEND),
        Redeem(6, "USDC", 100 * USD),
        Refused(Redeem(5, "USDC", 1), R.INSUFFICIENT_LEND),
    ),
    Group("bankrupt_pool", _WIPED, Why.BOUNDARY).accept(
        "LQ-9-132", "SC-12: a later lend of an atom", Lend(6, "USDC", 1), Redeem(6, "USDC", 1)
    ),
    Group("bankrupt_pool", _WIPED).trace(
        "LQ-9-133",
        "SC-12: the pool serves again: lent, borrowed, repaid, redeemed",
        Lend(6, "USDC", 100 * USD),
        Borrow(7, "USDC", 50 * USD),
        pool_with(),
        AdvanceTime(1_000_000),
        Redeem(6, "USDC", 10 * USD),
    ),
    Group("bankrupt_pool", _WIPED).trace(
        "LQ-9-134",
        "SC-12: who borrowed there again and fails takes the later lend with it",
        deposit(2, 2 * COIN, "SOL"),
        Lend(6, "USDC", 80 * USD),
        *lent_out(2, "USDC", 80 * USD),
        price(10),
        STEP,
        RESOLVE,
        Lend(6, "USDC", 80 * USD),
    ),
    Group(
        "bankrupt_pool",
        (*virtual(3), *opened(3, 4, 200), *moved(1_500_000, 10)),
    ).accept("LQ-9-135", "a virtual lend loses with all others", RESOLVE),
    Group("bankrupt_pool", why=Why.RULE).trace(
        "LQ-9-136",
        "BKR-5: nobody leaves at par after it: a share is worth less at once",
        Redeem(5, "USDC", 50 * USD),
        RESOLVE,
        Refused(Redeem(5, "USDC", 50 * USD), R.INSUFFICIENT_LEND),
        Redeem(5, "USDC", None),
        Redeem(9, "USDC", None),
    ),
    Group("bankrupt_pool").trace(
        "LQ-9-137",
        "BKR-7: the account borrows again",
        RESOLVE,
        deposit(2, 10 * COIN, "SOL"),
        Borrow(2, "USDC", 100 * USD),
    ),
)

_COIN: Final = Group("bankrupt_coin")
_COINS: Final = Group("bankrupt_coin", why=Why.BOUNDARY)
_GIVEN: Final = (gift(750 * USD), gift(500 * USD, account=6))
"""The insurance has 1250 USDC: what 5 SOL are worth."""

_OTHERS: Final[tuple[Case, ...]] = (
    _COIN.accept("LQ-9-150", "an empty insurance: lenders of the coin bear it", RESOLVE),
    _COINS.accept(
        "LQ-9-151",
        "SC-10: enough to the atom: the insurance buys the lends of two lenders",
        *_GIVEN,
        RESOLVE,
    ),
    _COINS.accept(
        "LQ-9-152",
        "SC-10: an atom short: four atoms of the coin fall on lenders",
        gift(750 * USD - 1),
        gift(500 * USD, account=6),
        RESOLVE,
    ),
    _COINS.accept("LQ-9-153", "an atom more is kept", *_GIVEN, gift(1), RESOLVE),
    _COINS.accept("LQ-9-154", "enough for the largest lender alone", gift(1000 * USD), RESOLVE),
    _COINS.accept(
        "LQ-9-155",
        "an atom more for the second",
        gift(1000 * USD),
        gift(1, account=6),
        RESOLVE,
    ),
    _COINS.accept("LQ-9-156", "an atom pays for four of the coin", gift(1), RESOLVE),
    Group("bankrupt_coin", (SetPrice("SOL", 3_000_000_001),), Why.ROUNDING).accept(
        "LQ-9-157", "at a price above, an atom pays for none: nothing moves", gift(1), RESOLVE
    ),
    Group("bankrupt_coin", (SetPrice("SOL", 333_333_333),), Why.ROUNDING).accept(
        "LQ-9-158",
        "what lenders get is rounded up, what is bought is rounded down",
        gift(7),
        RESOLVE,
    ),
    Group("bankrupt_coin_limited", why=Why.BOUNDARY).accept(
        "LQ-9-159", "SC-10: no more than its limit", gift(500 * USD), RESOLVE
    ),
    Group("bankrupt_coin_limited", why=Why.BOUNDARY).accept(
        "LQ-9-160", "SC-10: an atom below its limit", gift(100 * USD - 1), RESOLVE
    ),
    _COIN.accept(
        "LQ-9-161",
        "coins of the insurance are not given, even those that are owed",
        gift(5 * COIN, "SOL"),
        RESOLVE,
    ),
    _COIN.accept(
        "LQ-9-162",
        "of cash and coins it pays in cash alone",
        gift(COIN, "SOL"),
        gift(250 * USD),
        RESOLVE,
    ),
    Group("bankrupt_coin", _LENDS).accept(
        "LQ-9-163", "a lender gets the lend of the insurance", RESOLVE
    ),
    Group("bankrupt_coin", (*_LENDS, gift(50 * USD))).accept(
        "LQ-9-164", "cash, then the lend of the insurance", RESOLVE
    ),
    Group("bankrupt_coin", (*_BACKED, gift(30 * USD))).accept(
        "LQ-9-165", "a lend that stands against a debt to the fund buys nothing", RESOLVE
    ),
    Group(
        "bankrupt_coin",
        (
            SetPoolParameters("SOL", POOL),
            AdvanceTime(1_000_000),
            SetPrice("USDC", USD),
            price(250),
        ),
    ).accept("LQ-9-166", "the reserve of the coin loses before its lenders", RESOLVE),
    _COIN.trace(
        "LQ-9-167",
        "the largest lend first, of equal ones the lower id",
        Lend(6, "SOL", 4 * COIN),
        gift(500 * USD),
        RESOLVE,
    ),
    _COIN.trace(
        "LQ-9-168",
        "SC-12: all lends of the coin are owed: claims fall to zero",
        Redeem(9, "SOL", COIN),
        RESOLVE,
        Lend(6, "SOL", COIN),
        Redeem(6, "SOL", COIN),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_LAST,
    *_LADDER,
    *_RESERVES,
    *_LOSSES,
    *_OTHERS,
)
