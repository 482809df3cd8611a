"""Cases of the spot margin chapter: amend an order."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import (
    AdvanceTime,
    AmendOrder,
    CancelOrder,
    ListMarket,
    SetMarketReference,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.orders import SelfTradePrevention
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import SPOT, Case, Group, Refused, Why, ask, bid, flags
from ibperp_authoring.cases.setups import COIN, MARKET, MAX, USD, market_with

_BOOK: Final = Group("spot_book")
_SPOT: Final = Group("spot")
_EDGE: Final = Group("spot_book", why=Why.BOUNDARY)
_ORDER: Final = Group("spot_book", why=Why.PRECEDENCE)


def _amend(
    lots: int = 100, price: int = 980_000, *, account: int = 4, order: int = 0
) -> AmendOrder:
    return AmendOrder(account, order, lots, price)


_CODES: Final[tuple[Case, ...]] = (
    _BOOK.accept("SM-11-001", "another price", _amend()),
    *_EDGE.refusals(
        "SM-11-001",
        ("SM-11-002", "no lot", _amend(0), R.AMOUNT_NOT_POSITIVE),
        ("SM-11-003", "lots below zero", _amend(-1), R.AMOUNT_NOT_POSITIVE),
        ("SM-11-004", "lots out of range", _amend(MAX + 1), R.OUT_OF_RANGE),
        ("SM-11-005", "the most lots that can be written", _amend(MAX), R.INSUFFICIENT_FUNDS),
        ("SM-11-006", "no price", _amend(price=0), R.PRICE_INVALID),
        ("SM-11-007", "a price below zero", _amend(price=-100), R.PRICE_INVALID),
        ("SM-11-008", "a price out of range", _amend(price=MAX + 1), R.OUT_OF_RANGE),
        ("SM-11-009", "an unknown account", _amend(account=6), R.ACCOUNT_UNKNOWN),
        ("SM-11-010", "a system account", _amend(account=0), R.ACCOUNT_RESERVED),
        ("SM-11-011", "an unknown order", _amend(order=6), R.ORDER_UNKNOWN),
        ("SM-11-012", "an order below zero", _amend(order=-1), R.ORDER_UNKNOWN),
        ("SM-11-013", "another's order", _amend(account=5), R.ORDER_NOT_OWNED),
        ("SM-11-014", "a price off the tick", _amend(price=980_001), R.PRICE_OFF_TICK),
        ("SM-11-015", "a price below the band", _amend(price=400_000), R.PRICE_OUT_OF_BOUNDS),
    ),
    _BOOK.reject(
        "SM-11-016",
        "an order that was cancelled",
        CancelOrder(4, 0),
        _amend(),
        code=R.ORDER_NOT_OPEN,
        twin="SM-11-001",
    ),
    *Group("spot_book", (market_with(minimum_lots=50),), Why.BOUNDARY).pair(
        ("SM-11-017", "SM-11-018"),
        ("the least lots at another price", "at another price a lot below the least"),
        accepted=_amend(50, 989_900),
        refused=_amend(49, 989_900),
        code=R.LOTS_BELOW_MINIMUM,
    ),
    *_EDGE.pair(
        ("SM-11-019", "SM-11-020"),
        ("what the order reserved backs it anew: 980 of 1000", "a lot more is not backed"),
        accepted=_amend(1020, 980_000),
        refused=_amend(1021, 980_000),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *Group("spot", (bid(4, 1, 990_000, post_only=True), ask(3, 1, USD)), Why.BOUNDARY).pair(
        ("SM-11-021", "SM-11-022"),
        ("a post-only order up to a tick below the asks", "a post-only order at the best ask"),
        accepted=_amend(1, 999_900),
        refused=_amend(1, USD),
        code=R.POST_ONLY_TAKER,
    ),
    *Group("spot", (ask(4, 600, USD, reduce_only=True),), Why.BOUNDARY).pair(
        ("SM-11-023", "SM-11-024"),
        ("a reduce-only order up to the position", "a reduce-only order of a lot more"),
        accepted=_amend(1000, USD),
        refused=_amend(1001, USD),
        code=R.REDUCE_ONLY_NOT_REDUCED,
    ),
    *Group("spot", (bid(3, 1000, USD, flags=flags(borrow=True)),), Why.BOUNDARY).pair(
        ("SM-11-025", "SM-11-026"),
        ("more lots that the margin allows", "a lot more"),
        accepted=_amend(10_000, USD, account=3),
        refused=_amend(10_001, USD, account=3),
        code=R.INSUFFICIENT_MARGIN,
    ),
    Group("dated", (bid(4, 100, 990_000),), Why.BOUNDARY, ("PF-9",)).accept(
        "SM-11-027", "a price as old as it may be", AdvanceTime(10), _amend(101, 990_000)
    ),
    Group("dated", (bid(4, 100, 990_000),), Why.BOUNDARY, ("PF-9",)).reject(
        "SM-11-028",
        "a second later no lot more",
        AdvanceTime(11),
        _amend(101, 990_000),
        code=R.PRICE_STALE,
        twin="SM-11-027",
    ),
    _ORDER.reject(
        "SM-11-030",
        "no lot goes before a price out of range",
        _amend(0, MAX + 1),
        code=R.AMOUNT_NOT_POSITIVE,
        twin="SM-11-001",
    ),
    _ORDER.reject(
        "SM-11-031",
        "lots out of range go before no price",
        _amend(MAX + 1, 0),
        code=R.OUT_OF_RANGE,
        twin="SM-11-001",
    ),
    _ORDER.reject(
        "SM-11-032",
        "no price goes before an unknown account",
        _amend(price=0, account=6),
        code=R.PRICE_INVALID,
        twin="SM-11-001",
    ),
    _ORDER.reject(
        "SM-11-033",
        "another's order goes before the tick",
        _amend(price=1, account=5),
        code=R.ORDER_NOT_OWNED,
        twin="SM-11-001",
    ),
    _ORDER.reject(
        "SM-11-034",
        "an ended order goes before the tick",
        CancelOrder(4, 0),
        _amend(price=1),
        code=R.ORDER_NOT_OPEN,
        twin="SM-11-001",
    ),
    _ORDER.reject(
        "SM-11-035",
        "the tick goes before the band",
        _amend(price=1),
        code=R.PRICE_OFF_TICK,
        twin="SM-11-001",
    ),
    _ORDER.reject(
        "SM-11-036",
        "the band goes before the funds",
        _amend(5000, 400_000),
        code=R.PRICE_OUT_OF_BOUNDS,
        twin="SM-11-001",
    ),
)

_STP: Final[dict[str, Any]] = {"self_trade_prevention": SelfTradePrevention.REJECT_MAKER}

_WORKED: Final[tuple[Case, ...]] = (
    _BOOK.accept("SM-11-040", "fewer lots", _amend(60, 990_000)),
    _BOOK.accept("SM-11-041", "the same lots and price", _amend(100, 990_000)),
    _BOOK.accept("SM-11-042", "more lots", _amend(120, 990_000)),
    _BOOK.accept("SM-11-043", "fewer lots at a better price", _amend(60, 995_000)),
    _BOOK.accept(
        "SM-11-044",
        "at a price that crosses, an order trades",
        bid(3, 10, 980_000),
        _amend(60, 1_010_000, account=3, order=6),
    ),
    _BOOK.accept(
        "SM-11-045",
        "it trades in part, and rests",
        bid(3, 10, 980_000),
        _amend(200, 1_010_000, account=3, order=6),
    ),
    _BOOK.accept(
        "SM-11-046", "an ask that crosses trades", _amend(30, 990_000, account=2, order=3)
    ),
    _SPOT.accept(
        "SM-11-047",
        "an order that meets its own user's gives way",
        ask(2, 10, 1_010_000),
        bid(3, 10, USD),
        _amend(10, 1_010_000, account=3, order=1),
    ),
    _SPOT.accept(
        "SM-11-048",
        "by its own rule it lets the other give way",
        ask(2, 10, 1_010_000),
        bid(3, 10, USD, **_STP),
        _amend(10, 1_010_000, account=3, order=1),
    ),
    _SPOT.accept(
        "SM-11-049",
        "an order that meets a band expires",
        ask(4, 10, 1_010_000),
        bid(3, 10, USD),
        SetMarketReference(SPOT, 900_000, USD, 0),
        _amend(10, 1_010_000, account=3, order=1),
    ),
    _BOOK.accept(
        "SM-11-050",
        "the lots are those still open: an order filled in part",
        ask(3, 40, 990_000),
        _amend(60, 990_000),
    ),
    _BOOK.accept(
        "SM-11-051",
        "more than are open, less than there were: the order loses its place",
        ask(3, 40, 990_000),
        _amend(61, 990_000),
    ),
    _SPOT.accept(
        "SM-11-052",
        "at the limit of orders one may be amended",
        *(bid(3, 1, 970_000),) * 4,
        _amend(2, 980_000, account=3),
    ),
    _SPOT.accept(
        "SM-11-053",
        "an amended order keeps its flags: it redeems",
        bid(5, 1000, 990_000, flags=flags(redeem=True, lend=True)),
        ask(4, 1000, USD),
        ask(3, 1000, USD),
        _amend(2000, USD, account=5),
    ),
    _SPOT.accept(
        "SM-11-054",
        "below its margin an account still has fewer lots",
        bid(3, 10_000, USD, flags=flags(borrow=True)),
        SetPrice("SOL", 99 * USD),
        _amend(9999, USD, account=3),
    ),
    _SPOT.reject(
        "SM-11-055",
        "but not more",
        bid(3, 10_000, USD, flags=flags(borrow=True)),
        SetPrice("SOL", 99 * USD),
        _amend(10_001, USD, account=3),
        code=R.INSUFFICIENT_MARGIN,
        twin="SM-11-054",
    ),
    _SPOT.accept(
        "SM-11-056",
        "far from the mark an order may be moved",
        bid(3, 100, 990_000),
        SetPrice("SOL", 300 * USD),
        _amend(99, 1_500_000, account=3),
    ),
    _SPOT.reject(
        "SM-11-057",
        "but not given a lot more where it is",
        bid(3, 100, 990_000),
        SetPrice("SOL", 300 * USD),
        _amend(101, 990_000, account=3),
        code=R.PRICE_OUT_OF_BOUNDS,
        twin="SM-11-056",
    ),
    _SPOT.trace(
        "SM-11-058",
        "a fee that came later is reserved when an order is worked anew",
        bid(3, 100, 990_000),
        market_with(maker_fee=RATIO // 1000),
        _amend(90, 990_000, account=3),
        _amend(91, 990_000, account=3),
    ),
    Group("spot", (ListMarket("SOL_USDC_2", MARKET),)).accept(
        "SM-11-059",
        "an order stays in its market",
        bid(3, 10, 990_000, market="SOL_USDC_2"),
        ask(4, 10, USD),
        _amend(10, USD, account=3),
    ),
    _SPOT.trace(
        "SM-11-060",
        "all but one lot is amended away, and all is free but one lot",
        ask(3, 1000, USD),
        _amend(1, USD, account=3),
        Transfer(3, 2, "SOL", 10 * COIN - COIN // 100),
        why=Why.CONSERVATION,
    ),
)

_FREELY: Final = Group("spot_book", clauses=("SM-5",))
_LESS: Final = _amend(99, 990_000)
"""The oldest order of the book, of 100 lots, shrinks in its place."""

_MORE: Final = _amend(101, 990_000)
_REDUCING: Final = Group(
    "spot",
    (
        ask(3, 600, USD, reduce_only=True, flags=flags(redeem=True)),
        Transfer(3, 2, "SOL", 9 * COIN),
    ),
)
"""A reduce-only order of 600 lots, beside a position of 100."""

_SHRUNK: Final[tuple[Case, ...]] = (
    _FREELY.accept(
        "SM-11-061",
        "in its place, a lot below the least",
        market_with(minimum_lots=50),
        _amend(49, 990_000),
    ),
    Group("dated", (bid(4, 100, 990_000),), clauses=("PF-9",)).accept(
        "SM-11-062", "in its place, by prices that are too old", AdvanceTime(11), _LESS
    ),
    _FREELY.accept(
        "SM-11-063", "in its place, far from the mark", SetPrice("SOL", 300 * USD), _LESS
    ),
    _FREELY.accept(
        "SM-11-064", "in its place, off a coarser tick", market_with(tick=400_000), _LESS
    ),
    _FREELY.reject(
        "SM-11-065",
        "off a coarser tick not a lot more",
        market_with(tick=400_000),
        _MORE,
        code=R.PRICE_OFF_TICK,
        twin="SM-11-064",
    ),
    _REDUCING.accept(
        "SM-11-066", "in its place, with more lots than the position", _amend(200, USD, account=3)
    ),
    _REDUCING.reject(
        "SM-11-067",
        "at another price not with more lots than the position",
        _amend(101, 1_000_100, account=3),
        code=R.REDUCE_ONLY_NOT_REDUCED,
        twin="SM-11-068",
    ),
    _REDUCING.accept(
        "SM-11-068",
        "at another price with as many lots as the position",
        _amend(100, 1_000_100, account=3),
    ),
    Group("dated", (bid(4, 100, 990_000),), clauses=("SM-2", "PF-9")).accept(
        "SM-11-069",
        "in its place, all at once: cancel only, too few lots, off the tick, old prices, far off",
        SetPrice("SOL", 300 * USD),
        market_with(order_book_state=OrderBookState.CANCEL_ONLY, minimum_lots=1000, tick=400_000),
        AdvanceTime(11),
        _LESS,
    ),
    Group("spot", (bid(3, 100, 990_000),), Why.CONSERVATION, ("SM-5",)).trace(
        "SM-11-073",
        "what a firm order gave up leaves at once, and not an atom more",
        _amend(40, 990_000, account=3),
        Transfer(3, 2, "USDC", 1000 * USD - 39_600_000),
        Refused(Transfer(3, 2, "USDC", 1), R.INSUFFICIENT_FUNDS),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_CODES, *_WORKED, *_SHRUNK)
