"""Cases of flows: how an account is paid (ST-3)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    Deposit,
    Lend,
    Redeem,
    Repay,
    SetPrice,
    Settle,
)
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, settings, withdraw
from ibperp_authoring.cases.settlement.setups import (
    contract_with,
    dear_lends,
    mark,
    moved,
    opened,
    settled,
    virtual,
)
from ibperp_authoring.cases.setups import HOUR, PERCENT, USD, YEAR, pool_with

_LENDS: Final = settings(5, auto_lend=True)
_GAINS_30: Final = moved(1_300_000, 10)


def _paid(*before: Action, why: Why = Why.RULE) -> Group:
    """Return a group in which account 5 gains 100 atoms with each atom of the mark."""
    return Group("settlement", (*before, *opened(5, 3, 100)), why)


_DEBTS: Final[tuple[Case, ...]] = (
    _paid().accept("ST-3-100", "a gain is paid in cash", *_GAINS_30),
    _paid(Borrow(5, "USDC", 50 * USD)).accept(
        "ST-3-101", "a gain repays a part of the debt, whatever the settings", *_GAINS_30
    ),
    _paid(Borrow(5, "USDC", 20 * USD)).accept(
        "ST-3-102", "a gain repays the debt; the rest is paid in cash", *_GAINS_30
    ),
    _paid(Borrow(5, "USDC", 20 * USD), _LENDS).accept(
        "ST-3-103", "a gain repays the debt; the rest is lent", *_GAINS_30
    ),
    _paid(Borrow(5, "USDC", 30 * USD), why=Why.BOUNDARY).accept(
        "ST-3-104",
        "an hour of interest stays owed of a debt as large as the gain",
        *moved(1_300_000, HOUR),
    ),
    _paid(why=Why.BOUNDARY).accept(
        "ST-3-105",
        "the gain repays the debt to the last atom",
        mark(1_300_000),
        AdvanceTime(10),
        Borrow(5, "USDC", 30 * USD),
        Settle(),
    ),
    _paid(why=Why.BOUNDARY).accept(
        "ST-3-106",
        "an atom of the gain is left when the debt is repaid",
        mark(1_300_000),
        AdvanceTime(10),
        Borrow(5, "USDC", 30 * USD - 1),
        Settle(),
    ),
    _paid(why=Why.BOUNDARY).accept(
        "ST-3-107",
        "an atom of the debt is left when the gain is paid",
        mark(1_300_000),
        AdvanceTime(10),
        Borrow(5, "USDC", 30 * USD + 1),
        Settle(),
    ),
    _paid(Borrow(5, "USDC", 50 * USD)).accept(
        "ST-3-108",
        "a gain repays a debt to a closed pool",
        pool_with(book_state=BookState.CLOSED),
        *_GAINS_30,
    ),
    _paid(Borrow(5, "USDC", 300 * USD)).trace(
        "ST-3-109",
        "a year of interest is repaid with the debt",
        mark(4_300_000),
        AdvanceTime(YEAR),
        Settle(),
        Refused(Repay(5, "USDC", None), R.REPAY_EXCEEDS_DEBT),
    ),
    _paid(Borrow(5, "USDC", 50 * USD), why=Why.ROUNDING).accept(
        "ST-3-110",
        "a gain of an atom a lot repays a debt that bore interest",
        *moved(USD + 1, YEAR),
    ),
)

_LENT: Final[tuple[Case, ...]] = (
    _paid(_LENDS).accept("ST-3-120", "a gain is lent, if the settings ask for it", *_GAINS_30),
    _paid(_LENDS, Deposit(5, "USDC", "solana", 7, 10 * USD)).accept(
        "ST-3-121", "a gain is added to a lend", *_GAINS_30
    ),
    _paid(Deposit(5, "USDC", "solana", 7, 10 * USD), Lend(5, "USDC", 10 * USD)).accept(
        "ST-3-122", "without the setting a lender is paid in cash", *_GAINS_30
    ),
    _paid(_LENDS, why=Why.BOUNDARY).accept(
        "ST-3-123",
        "the pool's limit admits the lend to the atom",
        pool_with(open_borrow_lend_limit=11_030 * USD),
        *_GAINS_30,
    ),
    _paid(_LENDS, why=Why.BOUNDARY).accept(
        "ST-3-124",
        "an atom beyond the pool's limit all is paid in cash",
        pool_with(open_borrow_lend_limit=11_030 * USD - 1),
        *_GAINS_30,
    ),
    _paid(_LENDS).accept(
        "ST-3-125",
        "a closed pool takes no lend: the gain is paid in cash",
        pool_with(book_state=BookState.CLOSED),
        *_GAINS_30,
    ),
    _paid(_LENDS).accept(
        "ST-3-126",
        "a pool that takes repayments alone takes no lend",
        pool_with(book_state=BookState.REPAY_ONLY),
        *_GAINS_30,
    ),
    _paid(_LENDS, why=Why.ROUNDING).accept(
        "ST-3-127", "a gain of an atom a lot is lent", *moved(USD + 1, 10)
    ),
    _paid(_LENDS).trace(
        "ST-3-128",
        "what was lent pays the next loss",
        *_GAINS_30,
        *moved(1_100_000, 20),
        *moved(1_400_000, 30),
    ),
)

_SHORT_OF_CASH: Final = (
    Lend(6, "USDC", 1000 * USD),
    Borrow(5, "USDC", 700 * USD),
    *opened(2, 6, 1000),
)
"""The pool holds 300 USDC in cash; account 6, that lends all it has, is short of 1000 lots."""

_CASH: Final = Group("settlement_bare", _SHORT_OF_CASH, Why.BOUNDARY)
_CLAIMED: Final = moved(1_400_000, 10)

_CLAIMS: Final[tuple[Case, ...]] = (
    _CASH.accept("ST-3-140", "the pool's cash is enough to the atom", *_GAINS_30),
    _CASH.accept(
        "ST-3-141", "what the pool's cash does not cover is paid as a claim", *moved(1_300_001, 10)
    ),
    _CASH.accept("ST-3-142", "100 more than the pool's cash are a claim", *_CLAIMED),
    _CASH.trace(
        "ST-3-143",
        "from a pool without cash all is a claim",
        *_GAINS_30,
        *moved(1_350_000, 20),
    ),
    _CASH.trace(
        "ST-3-144",
        "a claim is redeemed when the debtor has repaid",
        *_CLAIMED,
        Refused(Redeem(2, "USDC", None), R.INSUFFICIENT_SUPPLY),
        Deposit(5, "USDC", "solana", 7, 200 * USD),
        Repay(5, "USDC", 200 * USD),
        pool_with(throttle_utilization=95 * PERCENT),
        Redeem(2, "USDC", None),
        why=Why.RULE,
    ),
    _CASH.trace(
        "ST-3-145",
        "a claim pays the next loss",
        *_CLAIMED,
        *moved(1_300_000, 20),
        why=Why.RULE,
    ),
    _CASH.accept(
        "ST-3-146",
        "a claim arises in a closed pool too",
        pool_with(book_state=BookState.CLOSED),
        *_CLAIMED,
        why=Why.RULE,
    ),
    _CASH.accept(
        "ST-3-147",
        "a claim arises beyond the pool's limit too",
        pool_with(open_borrow_lend_limit=0),
        *_CLAIMED,
        why=Why.RULE,
    ),
    Group("settlement_bare", (*_SHORT_OF_CASH, *opened(3, 6, 1000)), Why.RULE).accept(
        "ST-3-148",
        "of two winners the first by id is paid in cash, the second in part by a claim",
        *moved(1_200_000, 10),
    ),
    Group("settlement_bare", (settings(2, auto_lend=True), *_SHORT_OF_CASH), Why.RULE).accept(
        "ST-3-149", "who lends its gain leaves the cash in the pool", *_CLAIMED
    ),
    Group(
        "settlement_bare",
        (Lend(6, "USDC", 1000 * USD), Borrow(5, "USDC", 700 * USD), *opened(5, 6, 1000)),
        Why.RULE,
    ).accept("ST-3-150", "who repays its debt needs no cash", *_CLAIMED),
    Group(
        "settlement_bare",
        (
            Lend(6, "USDC", 1000 * USD),
            Borrow(5, "USDC", 700 * USD),
            contract_with(taker_fee=50 * PERCENT),
            *opened(2, 6, 1000),
        ),
    ).accept("ST-3-151", "the fees account is paid by a claim too, beyond the cash", *settled(10)),
    Group("settlement_bare", (*_SHORT_OF_CASH, *opened(2, 3, 1000)), Why.RULE).accept(
        "ST-3-152", "what another loser pays from free is cash for the winner", *_CLAIMED
    ),
)

_FEES: Final[tuple[Case, ...]] = (
    Group("settlement", (contract_with(taker_fee=PERCENT), *opened(2, 4, 300))).accept(
        "ST-3-160", "the fees account is paid beside a winner", *_GAINS_30
    ),
    Group(
        "settlement", (contract_with(taker_fee=PERCENT), *opened(2, 5, 300)), Why.ROUNDING
    ).accept(
        "ST-3-161",
        "the fees account shares with the winner what the loser could pay",
        Deposit(5, "USDC", "solana", 7, 10 * USD),
        *_GAINS_30,
    ),
    Group(
        "settlement", (contract_with(taker_fee=PERCENT, maker_fee=-PERCENT), *opened(2, 4, 300))
    ).accept("ST-3-162", "a rebate is paid like a gain", *_GAINS_30),
    Group("settlement", (contract_with(taker_fee=PERCENT), *opened(2, 3, 300))).trace(
        "ST-3-163",
        "what was paid can be withdrawn",
        *_GAINS_30,
        SetPrice("USDC", USD),
        withdraw(2, "USDC", "solana", 1040 * USD),
    ),
)

_DEAR: Final = Group(
    "settlement_bare", (*virtual(3), *opened(2, 3, 1), *dear_lends(0)), Why.ROUNDING
)
"""The pool has no cash, and account 3 pays virtually: what account 2 gains becomes a lend."""

_SHARELESS: Final[tuple[Case, ...]] = (
    _DEAR.accept(
        "ST-3-473",
        "a gain beyond the pool's cash that mints no share: an event with 0 shares",
        *moved(USD + 1, 3 * YEAR),
    ),
    _DEAR.accept(
        "ST-3-474",
        "the largest gain that mints no share",
        *moved(USD + 24, 3 * YEAR),
        why=Why.BOUNDARY,
    ),
    _DEAR.accept(
        "ST-3-475", "an atom more mints a share", *moved(USD + 25, 3 * YEAR), why=Why.BOUNDARY
    ),
)

CASES: Final[tuple[Case, ...]] = (*_DEBTS, *_LENT, *_CLAIMS, *_FEES, *_SHARELESS)
