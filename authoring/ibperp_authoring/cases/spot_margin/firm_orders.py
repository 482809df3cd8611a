"""Cases of firm orders, which hold what they reserve; all others hold nothing (SM-5)."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import (
    Action,
    Borrow,
    ConvertDust,
    Deposit,
    Lend,
    ListMarket,
    Repay,
    SetAccountSettings,
    Transfer,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import (
    SPOT,
    Case,
    Group,
    Refused,
    Why,
    ask,
    bid,
    flags,
    settings,
    withdraw,
)
from ibperp_authoring.cases.setups import COIN, LOT, MARKET, USD, market_with

_BORROW: Final[dict[str, Any]] = {"flags": flags(borrow=True)}

_KEPT: Final = Group("spot", why=Why.CONSERVATION, clauses=("SM-9", "MM-18"))

_REDEEM: Final[dict[str, Any]] = {"flags": flags(redeem=True)}

_LENT: Final = (Lend(3, "SOL", 4 * COIN),)
"""Account 3 has 6 SOL free and 4 lent."""

_PERFORMS: Final[tuple[Case, ...]] = (
    _KEPT.trace(
        "SM-5-070",
        "beside an older ask on credit, which borrows, a firm ask of all that is free delivers",
        ask(3, 400, USD, **_BORROW),
        ask(3, 1000, USD),
        bid(4, 600, USD),
        bid(5, 800, USD),
    ),
    _KEPT.trace(
        "SM-5-071",
        "a firm ask of all that is free delivers before a younger one on credit borrows",
        ask(3, 1000, USD),
        ask(3, 400, USD, **_BORROW),
        bid(4, 900, USD),
        bid(5, 500, USD),
    ),
    _KEPT.trace(
        "SM-5-072",
        "beside an older bid on credit, which borrows, a firm bid of all that is free delivers",
        bid(3, 400, USD, **_BORROW),
        bid(3, 1000, USD),
        ask(4, 600, USD),
        ask(5, 800, USD),
    ),
    _KEPT.trace(
        "SM-5-073",
        "a firm bid of all that is free delivers before a younger one on credit borrows",
        bid(3, 1000, USD),
        bid(3, 400, USD, **_BORROW),
        ask(4, 900, USD),
        ask(5, 500, USD),
    ),
    _KEPT.trace(
        "SM-5-074",
        "beside an older ask that redeems, a firm ask of all that is free delivers",
        *_LENT,
        ask(3, 400, USD, **_REDEEM),
        ask(3, 600, USD),
        bid(4, 700, USD),
        bid(5, 300, USD),
    ),
    _KEPT.trace(
        "SM-5-075",
        "whatever its owner tries, a firm ask of all that is free delivers",
        ask(3, 1000, USD),
        Refused(Transfer(3, 2, "SOL", 1), R.INSUFFICIENT_FUNDS),
        Refused(Lend(3, "SOL", 1), R.INSUFFICIENT_FUNDS),
        Refused(withdraw(3, "SOL", "solana", COIN), R.INSUFFICIENT_FUNDS),
        Refused(ask(3, 1, USD), R.INSUFFICIENT_FUNDS),
        Refused(ConvertDust(3, SPOT), R.NOT_DUST),
        settings(3, auto_lend=True, auto_repay_borrows=True),
        bid(4, 900, USD),
        bid(5, 100, USD),
    ),
    _KEPT.trace(
        "SM-5-076",
        "an ask on credit in another market takes nothing from a firm one",
        ListMarket("SOL_USDC_2", MARKET),
        ask(3, 1000, USD),
        ask(3, 400, USD, market="SOL_USDC_2", **_BORROW),
        bid(4, 400, USD, market="SOL_USDC_2"),
        bid(5, 1000, USD, **_REDEEM),
    ),
)

_PROMISED: Final = Group("spot", (*_LENT, ask(3, 700, USD, **_REDEEM)), Why.BOUNDARY)
_SHARED: Final = Group(
    "spot", (*_LENT, ask(3, 200, USD), ask(3, 500, USD, **_REDEEM)), Why.BOUNDARY
)

_BOTH: Final[dict[str, Any]] = {"flags": flags(redeem=True, borrow=True)}

_BORROWING: Final = Group("spot", (*_LENT, ask(3, 1000, USD, **_BOTH)), Why.BOUNDARY)

_BACKED: Final[tuple[Case, ...]] = (
    *_PROMISED.pair(
        ("SM-5-080", "SM-5-081"),
        ("what one ask leaves of 6 free and 4 lent backs another", "it does not back a lot more"),
        accepted=ask(3, 300, USD, **_REDEEM),
        refused=ask(3, 301, USD, **_REDEEM),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_SHARED.pair(
        ("SM-5-082", "SM-5-083"),
        ("an ask that redeems, beside a firm one and one that redeems", "and of a lot more"),
        accepted=ask(3, 300, USD, **_REDEEM),
        refused=ask(3, 301, USD, **_REDEEM),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_BORROWING.pair(
        ("SM-5-084", "SM-5-085"),
        ("an ask that may borrow promises nothing: all backs another", "but not a lot more"),
        accepted=ask(3, 1000, USD, **_REDEEM),
        refused=ask(3, 1001, USD, **_REDEEM),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_PROMISED.pair(
        ("SM-5-086", "SM-5-087"),
        ("beside an ask that redeems, all that is free backs a firm one", "and no lot of the lend"),
        accepted=ask(3, 600, USD),
        refused=ask(3, 601, USD),
        code=R.INSUFFICIENT_FUNDS,
    ),
    _PROMISED.trace(
        "SM-5-088",
        "a firm ask takes what an older one would redeem beside: that one ends short",
        ask(3, 600, USD),
        bid(5, 500, USD, **_REDEEM),
        bid(4, 600, USD),
    ),
)

_PLAIN: Final = (flags(redeem=True), flags(borrow=True), flags(redeem=True, borrow=True))


def _settings(*, lend: bool = False, repay: bool = False) -> SetAccountSettings:
    return settings(3, auto_lend=lend, auto_repay_borrows=repay)


_MOVES: Final[tuple[tuple[str, str, tuple[Action, ...]], ...]] = (
    ("CU-10", "leaves all to a transfer", (Transfer(3, 2, "USDC", 1000 * USD),)),
    ("CU-5", "leaves all to a withdrawal", (withdraw(3, "USDC", "solana", 1000 * USD),)),
    ("MM-11", "leaves all to a lend", (Lend(3, "USDC", 1000 * USD),)),
    (
        "MM-14",
        "leaves all to a repayment",
        (Borrow(3, "USDC", 900 * USD), Transfer(3, 2, "USDC", 900 * USD), Repay(3, "USDC", None)),
    ),
    ("MM-15", "leaves all to a sweep that lends", (_settings(lend=True),)),
    (
        "MM-15",
        "leaves all to a sweep that repays",
        (
            Borrow(3, "USDC", 900 * USD),
            Transfer(3, 2, "USDC", 900 * USD),
            _settings(repay=True),
        ),
    ),
)


def _holds_nothing() -> tuple[Case, ...]:
    """Return every use of free balance beside a bid of 600 of the 1000 dollars that are free."""
    words = ("redeem", "borrow", "redeem and borrow")
    rows = [(move, *way) for move in _MOVES for way in zip(words, _PLAIN, strict=True)]
    return tuple(
        Group("spot", (bid(3, 600, USD, flags=ways),), Why.CONSERVATION, (clause,)).accept(
            f"SM-5-{number:03}", f"a bid that may {may} {title}", *steps
        )
        for number, ((clause, title, steps), may, ways) in enumerate(rows, 90)
    )


_DUST: Final = Group(
    "spot",
    (
        Transfer(3, 2, "SOL", 10 * COIN - LOT - 5000),
        Deposit(0, "USDC", "solana", 9, 100 * USD),
    ),
    Why.CONSERVATION,
    ("SM-12",),
)
"""Account 3 keeps a lot and 5000 atoms of SOL; the fees account can pay for dust."""

_CONVERTED: Final[tuple[Case, ...]] = tuple(
    _DUST.accept(
        f"SM-5-{number:03}",
        f"an ask that may {may} leaves its lot to be converted with the dust",
        ask(3, 1, USD, flags=ways),
        market_with(minimum_lots=2),
        ConvertDust(3, SPOT),
    )
    for number, may, ways in ((110, "redeem", _PLAIN[0]), (111, "borrow", _PLAIN[1]))
)


CASES: Final[tuple[Case, ...]] = (
    *_PERFORMS,
    *_BACKED,
    *_holds_nothing(),
    *_CONVERTED,
)
