"""Cases of open orders: what firm orders reserve leaves by no other way (PF-5)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    AmendOrder,
    Borrow,
    CancelOrder,
    ConvertDust,
    Deposit,
    FailWithdrawal,
    Lend,
    Redeem,
    Repay,
    SetAccountSettings,
    Transfer,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import (
    SPOT,
    Case,
    Group,
    Why,
    ask,
    bid,
    flags,
    settings,
    withdraw,
)
from ibperp_authoring.cases.setups import COIN, LOT, USD

_BID: Final = (bid(3, 600, 1_000_000),)
"""A firm order reserves 600 of the 1000 dollars of account 3."""

_ASK: Final = (ask(3, 600, 1_000_000),)
"""A firm order reserves 6 of the 10 SOL of account 3."""


def _group(*clauses: str) -> Group:
    return Group("spot", _BID, why=Why.CONSERVATION, clauses=("SM-5", *clauses))


def _settings(*, lend: bool = False, repay: bool = False) -> SetAccountSettings:
    return settings(3, auto_lend=lend, auto_repay_borrows=repay)


MOVES: Final[tuple[Case, ...]] = (
    *_group("MM-11").pair(
        ("PF-5-100", "PF-5-101"),
        ("what no firm order reserves is lent", "an atom of a firm order is not"),
        accepted=Lend(3, "USDC", 400 * USD),
        refused=Lend(3, "USDC", 400 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_group("CU-10").pair(
        ("PF-5-102", "PF-5-103"),
        ("what no firm order reserves is transferred", "an atom of a firm order is not"),
        accepted=Transfer(3, 2, "USDC", 400 * USD),
        refused=Transfer(3, 2, "USDC", 400 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_group("CU-5").pair(
        ("PF-5-104", "PF-5-105"),
        ("what no firm order reserves is withdrawn", "an atom of a firm order is not"),
        accepted=withdraw(3, "USDC", "solana", 400 * USD),
        refused=withdraw(3, "USDC", "solana", 400 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_group("MM-14").pair(
        ("PF-5-106", "PF-5-107"),
        ("what no firm order reserves repays", "an atom of a firm order does not"),
        Borrow(3, "USDC", 900 * USD),
        Transfer(3, 2, "USDC", 800 * USD),
        accepted=Repay(3, "USDC", 500 * USD),
        refused=Repay(3, "USDC", 500 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *Group("spot", _ASK, why=Why.CONSERVATION, clauses=("SM-5", "CU-10")).pair(
        ("PF-5-108", "PF-5-109"),
        ("base that no firm ask reserves is transferred", "an atom of a firm ask is not"),
        accepted=Transfer(3, 2, "SOL", 4 * COIN),
        refused=Transfer(3, 2, "SOL", 4 * COIN + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    _group("CU-5", "MM-18").accept(
        "PF-5-110",
        "a withdrawal borrows rather than take what a firm order reserves",
        withdraw(3, "USDC", "solana", 500 * USD, borrow=True),
    ),
    _group("CU-5", "MM-18").accept(
        "PF-5-111",
        "a withdrawal redeems rather than take what a firm order reserves",
        Lend(3, "USDC", 300 * USD),
        withdraw(3, "USDC", "solana", 250 * USD, redeem=True),
    ),
    _group("MM-12").accept(
        "PF-5-112",
        "a redemption is not limited by orders",
        Lend(3, "USDC", USD),
        Redeem(3, "USDC", USD),
    ),
    *_group("CU-7").pair(
        ("PF-5-113", "PF-5-114"),
        ("a failed withdrawal is free again", "what a firm order reserves is not"),
        withdraw(3, "USDC", "solana", 400 * USD),
        FailWithdrawal(0),
        accepted=Transfer(3, 2, "USDC", 400 * USD),
        refused=Transfer(3, 2, "USDC", 400 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_group().pair(
        ("PF-5-115", "PF-5-116"),
        ("a second bid for what is left", "a second bid for a lot more than is left"),
        accepted=bid(3, 400, 1_000_000),
        refused=bid(3, 401, 1_000_000),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_group("SM-11").pair(
        ("PF-5-117", "PF-5-118"),
        ("an order is amended to all there is", "an order is not amended beyond it"),
        accepted=AmendOrder(3, 0, 1000, 1_000_000),
        refused=AmendOrder(3, 0, 1001, 1_000_000),
        code=R.INSUFFICIENT_FUNDS,
    ),
    _group("SM-10").accept(
        "PF-5-119",
        "what a cancelled order reserved may leave",
        CancelOrder(3, 0),
        Transfer(3, 2, "USDC", 1000 * USD),
    ),
    *Group("spot", why=Why.CONSERVATION, clauses=("SM-5", "SM-9", "CU-10")).pair(
        ("PF-5-120", "PF-5-121"),
        ("after a partial fill a firm order holds its rest", "an atom of the rest does not leave"),
        *_ASK,
        bid(4, 250, 1_000_000),
        accepted=Transfer(3, 2, "SOL", 4 * COIN),
        refused=Transfer(3, 2, "SOL", 4 * COIN + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
)

_KEPT: Final = Group("spot", why=Why.CONSERVATION, clauses=("SM-5", "MM-11"))
_DUST: Final = Group(
    "spot",
    (Transfer(3, 2, "SOL", 10 * COIN - LOT - 5000), Deposit(0, "USDC", "solana", 9, 100 * USD)),
    why=Why.CONSERVATION,
    clauses=("SM-5", "SM-12"),
)
"""Account 3 keeps a lot and 5000 atoms of SOL; the fees account can pay for dust."""

SWEEPS: Final[tuple[Case, ...]] = (
    _group("MM-15").accept(
        "PF-5-130", "auto lend leaves what a firm order reserves", _settings(lend=True)
    ),
    _group("MM-15").accept(
        "PF-5-131",
        "auto repay leaves what a firm order reserves",
        Borrow(3, "USDC", 600 * USD),
        Transfer(3, 2, "USDC", 900 * USD),
        _settings(repay=True),
    ),
    _group("MM-15", "CU-4").accept(
        "PF-5-132",
        "a deposit is swept except what a firm order reserves",
        _settings(lend=True),
        Deposit(3, "USDC", "solana", 9, 50 * USD),
    ),
    _group("MM-15", "CU-10").accept(
        "PF-5-133",
        "what arrives beside an order that would borrow is swept, far from covering it",
        CancelOrder(3, 0),
        bid(3, 1500, 900_000, flags=flags(borrow=True)),
        _settings(lend=True),
        Transfer(2, 3, "USDC", 350 * USD),
    ),
    _group("MM-15", "CU-10").accept(
        "PF-5-134",
        "what arrives beside such an order and a firm one is swept; the firm one holds its part",
        bid(3, 1500, 900_000, flags=flags(borrow=True)),
        _settings(lend=True),
        Transfer(2, 3, "USDC", 351 * USD),
    ),
    _KEPT.accept(
        "PF-5-135",
        "the last lot that no firm order reserves is lent",
        bid(3, 999, 1_000_000),
        Lend(3, "USDC", USD),
    ),
    _KEPT.accept(
        "PF-5-136",
        "an order that would borrow leaves all to be lent",
        bid(3, 1500, 900_000, flags=flags(borrow=True)),
        Lend(3, "USDC", 1000 * USD),
    ),
    _DUST.accept(
        "PF-5-137",
        "dust beside a lot of a firm order is converted",
        ask(3, 1, 1_000_000),
        ConvertDust(3, SPOT),
    ),
    _DUST.reject(
        "PF-5-138",
        "an order that would borrow holds no lot back: what is free is too much for dust",
        ask(3, 2, 1_000_000, flags=flags(borrow=True)),
        ConvertDust(3, SPOT),
        code=R.NOT_DUST,
        twin="PF-5-137",
    ),
)

CASES: Final[tuple[Case, ...]] = (*MOVES, *SWEEPS)
