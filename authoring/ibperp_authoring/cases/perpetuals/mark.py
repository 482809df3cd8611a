"""Cases of the perpetuals chapter: the index, and the mark by the first rule with its inputs."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import Action, AdvanceTime, ListPerpetual, UpdateMark
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import PERP, Case, Group, Refused, Step, Why, long, short
from ibperp_authoring.cases.perpetuals.steps import CLOSED, book_state, mark, trade
from ibperp_authoring.cases.setups import MAX, PERCENT, PERPETUAL, USD, perp, perpetual_with

_FREE: Final = perpetual_with(mark_threshold=RATIO)
_OPEN: Final = Group("perpetual", (_FREE,))

_BID: Final = long(4, 1, 980_000)
_ASK: Final = short(5, 1, 1_030_001)
_LAST: Final = trade(2, 3, 1, 1_010_000)


def _ladder() -> tuple[Case, ...]:
    """Return the mark without an index for every set of what a book may offer."""
    cases = []
    for place in range(8):
        has_bid, has_ask, has_last = (bool(place & bit) for bit in (4, 2, 1))
        steps: tuple[Action, ...] = (
            *(_LAST if has_last else ()),
            *((_BID,) if has_bid else ()),
            *((_ASK,) if has_ask else ()),
        )
        named = (("bid", has_bid), ("ask", has_ask), ("last price", has_last))
        words = ", ".join(name for name, is_there in named if is_there) or "nothing"
        case, title = f"PP-6-{20 + place:03}", f"no index; {words}"
        if has_last or (has_bid and has_ask):
            cases.append(_OPEN.accept(case, title, *steps, mark(0, 5)))
        else:
            cases.append(
                _OPEN.reject(case, title, *steps, mark(0, 5), code=R.PRICE_UNKNOWN, twin="PP-6-021")
            )
    return tuple(cases)


_BOOKED: Final = Group("perpetual", (_FREE, *_LAST, _BID, _ASK))
_POSTING: Final = book_state(OrderBookState.POST_ONLY)
_POSTING_FREE: Final = perpetual_with(
    mark_threshold=RATIO, order_book_state=OrderBookState.POST_ONLY
)

_RULES: Final[tuple[Case, ...]] = (
    _OPEN.accept("PP-6-001", "index and basis", mark(1_020_000, 5000)),
    _OPEN.accept("PP-6-002", "index and a basis below zero", mark(1_020_000, -5000)),
    _OPEN.accept("PP-6-003", "index and a basis of nothing", mark(1_020_000, 0)),
    _OPEN.accept("PP-6-004", "index alone", mark(1_020_000)),
    _BOOKED.accept("PP-6-005", "a book changes no mark that has an index", mark(1_020_000)),
    _OPEN.accept(
        "PP-6-006",
        "a basis that is not there is not looked at",
        UpdateMark(PERP, USD, has_basis=False, basis=5000),
    ),
    _BOOKED.accept(
        "PP-6-007", "post-only: the index alone", perpetual_with(), _POSTING, mark(1_020_000, 5000)
    ),
    _BOOKED.accept("PP-6-008", "post-only, without an index: the book", _POSTING, mark(0, 5000)),
    _BOOKED.accept("PP-6-009", "without an index it is the old one that stays", mark(0)),
    _OPEN.accept("PP-6-010", "a basis below the index's negative: one", mark(1000, -2000)),
    _OPEN.accept("PP-6-011", "the least index", mark(1), why=Why.BOUNDARY),
    _OPEN.accept(
        "PP-6-012",
        "the highest index: a million times the old one at most",
        mark(MAX),
        why=Why.BOUNDARY,
    ),
    _OPEN.accept("PP-6-013", "a closed book has a mark", CLOSED, mark(1_020_000, 5000)),
    _OPEN.trace(
        "PP-6-014",
        "an update has its time, the same price as well",
        AdvanceTime(60),
        mark(USD),
        AdvanceTime(61),
        mark(USD),
    ),
    _OPEN.accept(
        "PP-6-015", "post-only: a basis below zero does not count", _POSTING_FREE, mark(USD, -5000)
    ),
    _OPEN.trace(
        "PP-6-016",
        "post-only for a while: the basis counts before and after, not between",
        mark(1_020_000, 5000),
        _POSTING_FREE,
        mark(1_020_000, 5000),
        _FREE,
        mark(1_020_000, 5000),
    ),
    _OPEN.accept(
        "PP-6-017", "post-only, without an index: the last price", *_LAST, _POSTING, mark(0, 5000)
    ),
    _OPEN.reject(
        "PP-6-018",
        "post-only, without an index and with a bid alone",
        _BID,
        _POSTING,
        mark(0, 5000),
        code=R.PRICE_UNKNOWN,
        twin="PP-6-017",
    ),
)

_MEDIAN: Final[tuple[Case, ...]] = (
    *(
        Group("perpetual", (_FREE, *trade(2, 3, 1, last), _BID, _ASK)).accept(
            f"PP-6-{number:03}", f"no index; {words}", mark(0)
        )
        for number, words, last in (
            (30, "a last price below the bid: the bid", 970_000),
            (31, "a last price above the ask: the ask", 1_040_000),
            (32, "a last price at the bid", 980_000),
        )
    ),
    _OPEN.accept(
        "PP-6-033",
        "no index; the mid of an uneven sum is rounded down",
        long(4, 1, 980_001),
        short(5, 1, 1_030_000),
        mark(0),
        why=Why.ROUNDING,
    ),
    Group("perpetual", (_FREE, *_LAST, _BID, _ASK)).accept(
        "PP-6-034", "no index; the best of each side counts", long(6, 1, 1), mark(0)
    ),
)


def _bound(number: int, words: str, basis: int, *, index: int = 100 * USD, **changes: Any) -> Case:
    """Return a mark beyond or within its threshold of the index, 5 % unless `changes` has it."""
    why = Why.BOUNDARY if index == 100 * USD else Why.ROUNDING
    changed = perpetual_with(**{"mark_threshold": _FIVE} | changes)
    return Group("perpetual", (changed,), why).accept(
        f"PP-6-{number:03}", words, mark(index, basis)
    )


_FIVE: Final = 5 * PERCENT

_THRESHOLD: Final[tuple[Case, ...]] = (
    _bound(40, "E8: index 100, threshold 5 %: 105 at most", 20 * USD),
    _bound(41, "E8: 95 at least", -20 * USD),
    _bound(42, "E8: 105 is within", 5 * USD),
    _bound(43, "E8: an atom more is not", 5 * USD + 1),
    _bound(44, "E8: 95 is within", -5 * USD),
    _bound(45, "E8: an atom less is not", -5 * USD - 1),
    _bound(46, "the highest mark is rounded down", USD, index=999_999),
    _bound(47, "the lowest mark is rounded up", -USD, index=999_999),
    _bound(48, "a threshold of nothing: the index", 5000, mark_threshold=0),
    _bound(49, "a threshold of one: at least an atom", -200 * USD, mark_threshold=RATIO),
    _bound(50, "a threshold of one: at most twice", 300 * USD, mark_threshold=RATIO),
    _bound(51, "the threshold of the least index", 5, index=1),
    Group("perpetual", (short(5, 1, 3 * USD), long(4, 1, 2 * USD))).accept(
        "PP-6-052", "without an index there is no threshold", mark(0)
    ),
)

_LIMITS: Final = perpetual_with(
    mark_threshold=RATIO, price_update_min=98 * PERCENT, price_update_max=102 * PERCENT
)


def _limited(number: int, words: str, *steps: Step, why: Why = Why.BOUNDARY) -> Case:
    return Group("perpetual", (_LIMITS,), why).trace(f"PP-6-{number:03}", words, *steps)


_UPDATES: Final[tuple[Case, ...]] = (
    _limited(60, "an update up to its limit", mark(1_020_000)),
    _limited(61, "an atom beyond it is cut: index and mark", mark(1_020_001)),
    _limited(62, "an update down to its limit", mark(980_000)),
    _limited(63, "an atom below it is cut: index and mark", mark(979_999)),
    _limited(64, "the mark is limited by what it was, not by the index", mark(1_010_000, 50_000)),
    _limited(65, "and below", mark(990_000, -50_000)),
    _limited(66, "the basis is added to the limited index", mark(2 * USD, -10_000)),
    _limited(
        67,
        "the limits are rounded outward",
        mark(1_000_001),
        mark(2 * USD),
        mark(1),
        why=Why.ROUNDING,
    ),
    _limited(68, "two updates go twice as far", mark(2 * USD), mark(2 * USD), why=Why.ATTACK),
    _limited(69, "the book's mark is limited as well", *trade(2, 3, 1, 2 * USD), mark(0)),
    Group("perpetual", (_LIMITS,)).trace(
        "PP-6-070",
        "SC-2: trades far from the index move the mark by its threshold at most",
        perpetual_with(mark_threshold=_FIVE),
        *trade(2, 3, 1, 3 * USD),
        mark(USD, 2 * USD),
        why=Why.ATTACK,
    ),
    Group("perpetual", (ListPerpetual("NEW_PERP", perp(price_update_min=RATIO)),)).accept(
        "PP-6-071",
        "the first mark has no limit",
        mark(7 * USD, market="NEW_PERP"),
    ),
    Group(
        "perpetual",
        (ListPerpetual("NEW_PERP", perp(price_update_min=RATIO, price_update_max=RATIO)),),
    ).trace(
        "PP-6-072",
        "limits of one: the first mark stays",
        mark(7 * USD, market="NEW_PERP"),
        mark(9 * USD, market="NEW_PERP"),
        mark(USD, market="NEW_PERP"),
    ),
    Group("perpetual", (_FREE, *trade(2, 3, 1, USD // 2), mark(0))).accept(
        "PP-6-073", "an index that comes back is limited by the old index", _LIMITS, mark(USD)
    ),
)

_EDGE: Final = Group("perpetual", why=Why.ATTACK)
_AMOUNTS: Final[tuple[Case, ...]] = (
    _EDGE.accept("PP-6-080", "SC-22: the highest basis", mark(USD, MAX)),
    _EDGE.accept("PP-6-081", "SC-22: the lowest basis", mark(USD, -MAX)),
    *_EDGE.refusals(
        "PP-6-080",
        ("PP-6-082", "SC-22: a basis beyond the range", mark(USD, MAX + 1), R.OUT_OF_RANGE),
        ("PP-6-083", "SC-22: a basis below the range", mark(USD, -MAX - 1), R.OUT_OF_RANGE),
        ("PP-6-084", "SC-22: an index below zero", mark(-1), R.AMOUNT_NOT_POSITIVE),
        ("PP-6-085", "SC-22: an index beyond the range", mark(MAX + 1), R.OUT_OF_RANGE),
    ),
    *Group("perpetual", why=Why.PRECEDENCE).refusals(
        "PP-6-080",
        (
            "PP-6-086",
            "an index below zero goes before a basis beyond the range",
            mark(-1, MAX + 1),
            R.AMOUNT_NOT_POSITIVE,
        ),
        (
            "PP-6-087",
            "a basis beyond the range goes before an unknown market",
            mark(USD, MAX + 1, "X"),
            R.OUT_OF_RANGE,
        ),
        (
            "PP-6-088",
            "an unknown market goes before an unknown price",
            mark(0, market="X"),
            R.MARKET_UNKNOWN,
        ),
    ),
    *Group("perpetual", (ListPerpetual("NEW_PERP", perp(mark_threshold=RATIO)),), Why.ATTACK).pair(
        ("PP-6-090", "PP-6-091"),
        ("SC-22: the highest mark", "SC-22: a mark beyond the range"),
        accepted=mark(MAX - 1, 1, "NEW_PERP"),
        refused=mark(MAX - 1, 2, "NEW_PERP"),
        code=R.OUT_OF_RANGE,
    ),
    Group("perpetual", (ListPerpetual("NEW_PERP", PERPETUAL),)).trace(
        "PP-6-089",
        "a market without a price takes no order",
        Refused(long(2, 1, USD, market="NEW_PERP"), R.PRICE_UNKNOWN),
        mark(USD, market="NEW_PERP"),
        long(2, 1, USD, market="NEW_PERP"),
    ),
)

CASES: Final[tuple[Case, ...]] = (
    *_RULES,
    *_ladder(),
    *_MEDIAN,
    *_THRESHOLD,
    *_UPDATES,
    *_AMOUNTS,
)
