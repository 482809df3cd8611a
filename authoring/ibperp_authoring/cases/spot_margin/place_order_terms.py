"""Cases of the terms of an order: reduce-only, time in force, cost (SM-4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import Borrow, Lend, ListMarket, Transfer
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, ask, bid, flags, market
from ibperp_authoring.cases.setups import COIN, MARKET, USD

_BOOK: Final = Group("spot_book")
_EDGE: Final = Group("spot_book", why=Why.BOUNDARY)
_REDUCE: Final[dict[str, Any]] = {"reduce_only": True}
_IOC: Final[dict[str, Any]] = {"time_in_force": TimeInForce.IOC}
_FOK: Final[dict[str, Any]] = {"time_in_force": TimeInForce.FOK}

_ATOMS: Final = ListMarket("ATOMS", replace(MARKET, lot_atoms=1, tick=1))

_SHORT: Final = (Borrow(3, "SOL", COIN), Transfer(3, 2, "SOL", 11 * COIN))
"""Account 3 owes one SOL, 100 lots, and holds none."""

_SHORTED: Final = Group("spot", _SHORT, Why.BOUNDARY)
_LONG: Final = Group("spot", why=Why.BOUNDARY)

_REDUCING: Final[tuple[Case, ...]] = (
    *_LONG.pair(
        ("SM-4-100", "SM-4-101"),
        ("an ask of all that is held", "an ask of a lot more than is held"),
        accepted=ask(3, 1000, USD, **_REDUCE),
        refused=ask(3, 1001, USD, **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
    ),
    *_SHORTED.pair(
        ("SM-4-102", "SM-4-103"),
        ("a bid of all that is owed", "a bid of a lot more than is owed"),
        accepted=bid(3, 100, USD, **_REDUCE),
        refused=bid(3, 101, USD, **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
    ),
    _LONG.reject(
        "SM-4-104",
        "who holds base reduces nothing by a bid",
        bid(3, 1, USD, **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
        twin="SM-4-100",
    ),
    _SHORTED.reject(
        "SM-4-105",
        "who owes base reduces nothing by an ask",
        ask(3, 1, USD, flags=flags(borrow=True), **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
        twin="SM-4-102",
    ),
    *_LONG.pair(
        ("SM-4-106", "SM-4-107"),
        ("an atom less than 1000 lots: 999", "and not 1000"),
        Transfer(3, 2, "SOL", 1),
        accepted=ask(3, 999, USD, **_REDUCE),
        refused=ask(3, 1000, USD, **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
        why=Why.ROUNDING,
    ),
    *_SHORTED.pair(
        ("SM-4-108", "SM-4-109"),
        ("an atom less than 100 lots owed: 99", "and not 100"),
        Transfer(2, 3, "SOL", 1),
        accepted=bid(3, 99, USD, **_REDUCE),
        refused=bid(3, 100, USD, **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
        why=Why.ROUNDING,
    ),
    *_LONG.pair(
        ("SM-4-110", "SM-4-111"),
        ("what rests reduce-only counts: the rest", "and a lot more"),
        ask(3, 600, 1_010_000, **_REDUCE),
        accepted=ask(3, 400, USD, **_REDUCE),
        refused=ask(3, 401, USD, **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
    ),
    _LONG.accept(
        "SM-4-112",
        "what rests without reduce-only does not count",
        ask(3, 600, 1_010_000),
        ask(3, 1000, USD, flags=flags(borrow=True), **_REDUCE),
    ),
    _LONG.accept(
        "SM-4-113",
        "what is lent is held",
        Lend(3, "SOL", 10 * COIN),
        ask(3, 1000, USD, flags=flags(redeem=True), **_REDUCE),
    ),
    _LONG.accept(
        "SM-4-114",
        "what is held beside a debt is netted: 850 lots",
        Borrow(3, "SOL", COIN),
        Transfer(3, 2, "SOL", COIN + COIN // 2),
        ask(3, 850, USD, **_REDUCE),
    ),
    _LONG.reject(
        "SM-4-115",
        "not more than the net",
        Borrow(3, "SOL", COIN),
        Transfer(3, 2, "SOL", COIN + COIN // 2),
        ask(3, 851, USD, **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
        twin="SM-4-114",
    ),
    Group("spot_book", _SHORT).accept(
        "SM-4-116", "a debt is bought back at the market", market(3, Side.BID, 100, **_REDUCE)
    ),
    Group("spot_book", _SHORT, Why.BOUNDARY).reject(
        "SM-4-117",
        "nor does the market buy a lot more",
        market(3, Side.BID, 101, **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
        twin="SM-4-116",
    ),
    *Group("spot", (_ATOMS,), Why.BOUNDARY).pair(
        ("SM-4-118", "SM-4-119"),
        ("a lot of one atom that is held", "a lot of one atom that is not owed"),
        accepted=ask(3, 1, 1, market="ATOMS", **_REDUCE),
        refused=bid(3, 1, 1, market="ATOMS", **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
    ),
)

_FORCE: Final[tuple[Case, ...]] = (
    _EDGE.accept("SM-4-120", "immediate: the book has enough", bid(3, 150, 1_010_000, **_IOC)),
    _EDGE.accept("SM-4-121", "immediate: a lot expires", bid(3, 151, 1_010_000, **_IOC)),
    _BOOK.accept("SM-4-122", "immediate: below the asks all expires", bid(3, 1, 1_009_900, **_IOC)),
    Group("spot").accept("SM-4-123", "immediate: an empty book", bid(3, 1, USD, **_IOC)),
    *_EDGE.pair(
        ("SM-4-124", "SM-4-125"),
        ("all or nothing: the book has enough", "all or nothing: a lot is missing"),
        accepted=bid(3, 150, 1_010_000, **_FOK),
        refused=bid(3, 151, 1_010_000, **_FOK),
        code=R.FILL_OR_KILL,
    ),
    Group("spot").reject(
        "SM-4-126",
        "all or nothing: an empty book",
        bid(3, 150, 1_010_000, **_FOK),
        code=R.FILL_OR_KILL,
        twin="SM-4-124",
    ),
    _EDGE.accept("SM-4-127", "market: the book has enough", market(4, Side.ASK, 100)),
    _BOOK.accept("SM-4-128", "market: what the book lacks expires", market(4, Side.ASK, 101)),
    Group("spot").accept("SM-4-129", "market: an empty book", market(3, Side.ASK, 1)),
    *_EDGE.pair(
        ("SM-4-130", "SM-4-131"),
        ("market, all or nothing: enough", "market, all or nothing: a lot is missing"),
        accepted=market(3, Side.BID, 150, **_FOK),
        refused=market(3, Side.BID, 151, **_FOK),
        code=R.FILL_OR_KILL,
    ),
    _BOOK.accept(
        "SM-4-132", "an immediate order of many lots needs no backing", bid(3, 9000, USD, **_IOC)
    ),
)

_BORROW: Final[dict[str, Any]] = {"flags": flags(borrow=True)}
_POOR: Final = (Transfer(3, 2, "USDC", 650 * USD),)
"""Account 3 has 350 USDC and 10 SOL, which count for 1250."""

_RISK: Final[tuple[Case, ...]] = (
    *_LONG.pair(
        ("SM-4-140", "SM-4-141"),
        ("a bid that its margin allows: 1900 - 1000 = 10 % of 9000", "a lot more"),
        accepted=bid(3, 10_000, USD, **_BORROW),
        refused=bid(3, 10_001, USD, **_BORROW),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("spot", _POOR, Why.BOUNDARY).pair(
        ("SM-4-142", "SM-4-143"),
        ("an ask that its margin allows: 1250 = 50 % of 2500", "a lot more"),
        accepted=ask(3, 3500, USD, **_BORROW),
        refused=ask(3, 3501, USD, **_BORROW),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("spot", (*_POOR, ask(3, 2000, USD, **_BORROW)), Why.BOUNDARY).pair(
        ("SM-4-144", "SM-4-145"),
        ("what rests counts: two asks of 3500 lots", "a lot more"),
        accepted=ask(3, 1500, USD, **_BORROW),
        refused=ask(3, 1501, USD, **_BORROW),
        code=R.INSUFFICIENT_MARGIN,
    ),
    Group("spot", why=Why.PRECEDENCE).reject(
        "SM-4-146",
        "fill or kill goes before margin",
        bid(3, 20_000, USD, **_BORROW, **_FOK),
        code=R.FILL_OR_KILL,
        twin="SM-4-124",
    ),
    Group("spot_book", why=Why.PRECEDENCE).reject(
        "SM-4-147",
        "the funds of a trade go before fill or kill",
        Transfer(3, 2, "USDC", 1000 * USD),
        bid(3, 151, 1_010_000, **_FOK),
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-4-124",
    ),
    Group("spot_book", why=Why.PRECEDENCE).reject(
        "SM-4-148",
        "the funds of what would rest go before margin",
        bid(3, 20_000, 980_000),
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-4-140",
    ),
    *Group(
        "spot", (Transfer(3, 2, "USDC", 750 * USD), Borrow(3, "USDC", 8000 * USD)), Why.BOUNDARY
    ).pair(
        ("SM-4-149", "SM-4-150"),
        ("an ask below the mark that its margin allows: 1150 - 900 + 550 = 800", "a tick lower"),
        accepted=ask(3, 1000, 550_000),
        refused=ask(3, 1000, 549_900),
        code=R.INSUFFICIENT_MARGIN,
    ),
)

CASES: Final[tuple[Case, ...]] = (*_REDUCING, *_FORCE, *_RISK)
