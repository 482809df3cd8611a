"""Cases of positions that are reduced on the book, and of the fee (LQ-4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import ListPerpetual, SetMarketReference
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import PERP, Case, Group, Refused, Why, long, short
from ibperp_authoring.cases.liquidation.setups import STEP, deposit, price, steps, system_with
from ibperp_authoring.cases.settlement.setups import CONTRACT, contract_with, mark, settled
from ibperp_authoring.cases.setups import PERCENT, USD

_LONG: Final = Group("liquidation_long", (mark(880_000),))
"""Equity 25 for 1000 lots worth 880: 44 is maintenance, 22 auto-close, 0.855 the zero price."""

_SHORT: Final = Group("liquidation_short", (mark(1_120_000),))
"""Equity 35 for 1000 lots worth 1120: 56 is maintenance, 28 auto-close, 1.155 the zero price."""

_BID: Final = long(6, 2000, 880_000)
_ASK: Final = short(6, 2000, 1_120_000)

_SIDES: Final[tuple[Case, ...]] = (
    _LONG.accept("LQ-4-001", "a tenth of a long is sold", _BID, STEP),
    _SHORT.accept("LQ-4-002", "a tenth of a short is bought", _ASK, STEP),
    _LONG.accept("LQ-4-003", "at the zero price", long(6, 500, 855_000), STEP, why=Why.BOUNDARY),
    _LONG.accept(
        "LQ-4-004",
        "a bid an atom below the zero price is not taken, and stays",
        long(6, 500, 854_999),
        STEP,
        why=Why.BOUNDARY,
    ),
    _SHORT.accept(
        "LQ-4-005", "short, at the zero price", short(6, 500, 1_155_000), STEP, why=Why.BOUNDARY
    ),
    _SHORT.accept(
        "LQ-4-006",
        "an offer an atom above the zero price is not taken, and stays",
        short(6, 500, 1_155_001),
        STEP,
        why=Why.BOUNDARY,
    ),
    _LONG.accept(
        "LQ-4-007",
        "the best bids are taken in their order",
        long(7, 30, 870_000),
        long(6, 40, 880_000),
        long(3, 500, 860_000),
        STEP,
    ),
    _LONG.accept("LQ-4-008", "a thin book takes a part; the rest ends", long(6, 50, 880_000), STEP),
    _LONG.accept(
        "LQ-4-009",
        "bids above and below the zero price: the part above is taken",
        long(6, 50, 880_000),
        long(7, 50, 850_000),
        STEP,
    ),
    _LONG.accept("LQ-4-010", "better than the mark is taken too", long(6, 500, 900_000), STEP),
    _LONG.trace(
        "LQ-4-011",
        "step by step on the book, until it is healthy",
        system_with(liquidation_fee=0, liquidation_fraction=30 * PERCENT),
        long(6, 2000, 880_000),
        *steps(3),
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
)

_FEES: Final = contract_with(taker_fee=RATIO // 1000, maker_fee=-RATIO // 10_000)
_LIMITS: Final[tuple[Case, ...]] = (
    Group("liquidation_long", (_FEES, mark(880_000))).accept(
        "LQ-4-020",
        "with a taker fee of 0.1 % the limit is 0.855856",
        long(6, 500, 855_856),
        STEP,
        why=Why.ROUNDING,
    ),
    Group("liquidation_long", (_FEES, mark(880_000))).accept(
        "LQ-4-021",
        "with a taker fee of 0.1 % a bid of 0.855855 is not taken",
        long(6, 500, 855_855),
        STEP,
        why=Why.ROUNDING,
    ),
    Group("liquidation_short", (_FEES, mark(1_120_000))).accept(
        "LQ-4-022",
        "short, with a taker fee of 0.1 % the limit is 1.153846",
        short(6, 500, 1_153_846),
        STEP,
        why=Why.ROUNDING,
    ),
    Group("liquidation_short", (_FEES, mark(1_120_000))).accept(
        "LQ-4-023",
        "short, with a taker fee of 0.1 % an offer of 1.153847 is not taken",
        short(6, 500, 1_153_847),
        STEP,
        why=Why.ROUNDING,
    ),
    Group("liquidation_long", (contract_with(tick=1000), mark(880_500))).accept(
        "LQ-4-024", "a limit between two ticks", long(6, 500, 856_000), STEP
    ),
    Group("liquidation_long", (contract_with(taker_fee=RATIO), mark(880_000))).accept(
        "LQ-4-025",
        "with a taker fee of all the limit is out of reach",
        long(6, 500, 1_000_000),
        STEP,
        why=Why.BOUNDARY,
    ),
)


def _sized(minimum: int, fraction: int = 10 * PERCENT) -> Group:
    return Group(
        "liquidation_long",
        (
            mark(880_000),
            _BID,
            contract_with(minimum_lots=minimum),
            system_with(liquidation_fraction=fraction),
        ),
    )


_SIZES: Final[tuple[Case, ...]] = tuple(
    _sized(minimum, fraction).accept(f"LQ-4-{number:03}", title, STEP, why=Why.BOUNDARY)
    for number, (minimum, fraction, title) in enumerate(
        (
            (1, RATIO // 3, "a third of 1000 lots is rounded up"),
            (1, 1, "the least fraction is one lot"),
            (150, 10 * PERCENT, "a tenth below the minimum: the minimum"),
            (500, 10 * PERCENT, "the minimum is half: half stays"),
            (501, 10 * PERCENT, "the minimum is a lot more than half: all"),
            (50, 95 * PERCENT, "what would be left is the minimum: it stays"),
            (51, 95 * PERCENT, "what would be left is a lot below the minimum: all"),
            (1000, 10 * PERCENT, "the minimum is all"),
            (1500, 10 * PERCENT, "all is less than the minimum: all"),
            (1, RATIO, "a fraction of one: all"),
        ),
        30,
    )
)

_THIN: Final[tuple[Case, ...]] = (
    Group("liquidation_long", (long(6, 920, 880_000), mark(880_000))).trace(
        "LQ-4-040",
        "a thin book may leave less than the minimum, which goes whole in the next step",
        contract_with(minimum_lots=100),
        system_with(liquidation_fraction=RATIO, liquidation_fee=11 * RATIO // 400),
        STEP,
        long(7, 100, 880_000),
        STEP,
        STEP,
    ),
)

_STATES: Final[tuple[Case, ...]] = tuple(
    Group("liquidation_long", (mark(880_000), _BID)).accept(
        f"LQ-4-{number:03}",
        f"a book that is {state.value}: {effect}",
        contract_with(order_book_state=state),
        STEP,
    )
    for number, (state, effect) in enumerate(
        (
            (OrderBookState.LIMIT_ONLY, "it is reduced there"),
            (OrderBookState.REDUCE_ONLY, "it is reduced there"),
            (OrderBookState.POST_ONLY, "the next rung"),
            (OrderBookState.CANCEL_ONLY, "the next rung"),
            (OrderBookState.CLOSED, "the next rung"),
        ),
        50,
    )
)

_MAKERS: Final[tuple[Case, ...]] = (
    Group("liquidation_long", (contract_with(impact_min=99 * PERCENT), mark(880_000))).accept(
        "LQ-4-060",
        "the impact band stops it, above the zero price",
        long(6, 40, 880_000),
        long(7, 500, 871_199),
        STEP,
    ),
    Group("liquidation_long", (contract_with(impact_min=99 * PERCENT), mark(880_000))).accept(
        "LQ-4-061",
        "at the edge of the impact band it trades",
        long(6, 40, 880_000),
        long(7, 500, 871_200),
        STEP,
        why=Why.BOUNDARY,
    ),
    Group(
        "liquidation_long",
        (
            contract_with(mean_mark_min=99 * PERCENT, premium_tolerance=2 * PERCENT),
            mark(880_000),
            SetMarketReference(PERP, 880_000, 880_000, 0),
        ),
    ).accept(
        "LQ-4-062",
        "outside the band of the mean mark nothing trades, and the next rung is tried",
        long(7, 500, 871_199),
        STEP,
    ),
    _LONG.accept(
        "LQ-4-063",
        "an offer of the user's other account ends; the next one is taken",
        long(8, 100, 880_000),
        long(6, 500, 875_000),
        STEP,
    ),
    _LONG.accept(
        "LQ-4-064",
        "offers of the user's other account alone: nothing of this rung stays, not even their end",
        long(8, 100, 880_000),
        STEP,
    ),
    _LONG.accept(
        "LQ-4-065",
        "a maker that cannot bear it ends; the next one is taken",
        mark(USD),
        long(7, 18_000, 890_000),
        mark(880_000),
        price(1),
        long(6, 100, 870_000),
        STEP,
    ),
    _LONG.accept(
        "LQ-4-066",
        "a reduce-only order of the other side is a maker as any",
        long(3, 60, 880_000, reduce_only=True),
        STEP,
    ),
    _LONG.accept(
        "LQ-4-067",
        "the maker is the counterparty: open interest falls",
        long(3, 500, 880_000),
        STEP,
    ),
    _LONG.accept(
        "LQ-4-068",
        "the fees of market and liquidation are both taken",
        _FEES,
        _BID,
        STEP,
    ),
)


def _fee(ratio: int, more: int = 0, fraction: int = 10 * PERCENT) -> Group:
    """Return 25 dollars of equity and `more` atoms, and a fee."""
    return Group(
        "liquidation_long",
        (
            deposit(2, more) if more else long(6, 1, 100_000),
            mark(880_000),
            system_with(liquidation_fee=ratio, liquidation_fraction=fraction),
        ),
    )


_CHARGED: Final[tuple[Case, ...]] = (
    _fee(PERCENT).accept("LQ-4-070", "a fee of 1 % of what is sold", _BID, STEP),
    _fee(PERCENT // 3).accept(
        "LQ-4-071", "a fee of a third of a percent is rounded up", _BID, STEP, why=Why.ROUNDING
    ),
    _fee(0).accept("LQ-4-072", "no fee", _BID, STEP, why=Why.BOUNDARY),
    _fee(50 * PERCENT, 19 * USD).accept(
        "LQ-4-073", "the fee is all equity, to the atom", _BID, STEP, why=Why.BOUNDARY
    ),
    _fee(50 * PERCENT, 19 * USD - 1).accept(
        "LQ-4-074", "the fee would be an atom more than the equity", _BID, STEP, why=Why.BOUNDARY
    ),
    _fee(50 * PERCENT, 18 * USD).accept(
        "LQ-4-075", "the fee leaves nothing and makes no debt", _BID, STEP
    ),
    _fee(25 * PERCENT).accept("LQ-4-076", "the fee leaves three dollars", _BID, STEP),
    _fee(PERCENT, fraction=RATIO).accept(
        "LQ-4-077",
        "all is sold at the zero price: no equity, no fee",
        long(6, 1000, 855_000),
        STEP,
        why=Why.BOUNDARY,
    ),
    _fee(PERCENT, fraction=RATIO).accept(
        "LQ-4-078",
        "all is sold an atom above the zero price: what is left is the fee",
        long(6, 1000, 855_001),
        STEP,
        why=Why.BOUNDARY,
    ),
    _fee(PERCENT).accept(
        "LQ-4-079",
        "the fee is on what was traded, over two makers",
        long(6, 33, 879_999),
        long(7, 7, 870_001),
        STEP,
        why=Why.ROUNDING,
    ),
    _fee(PERCENT).trace(
        "LQ-4-080",
        "the fee is paid to the insurance by the next settlement",
        _BID,
        STEP,
        *settled(10),
        why=Why.CONSERVATION,
    ),
)

_HIGH: Final[tuple[Case, ...]] = (
    _fee(5 * PERCENT).trace(
        "LQ-4-082",
        "a fee of the maintenance fraction takes what a step releases: the book still serves",
        _BID,
        *steps(3),
        why=Why.BOUNDARY,
    ),
    _fee(6 * PERCENT).trace(
        "LQ-4-083",
        "a higher fee is admitted, and takes more than a step releases: the book serves once",
        _BID,
        *steps(3),
    ),
    _fee(6 * PERCENT).accept(
        "LQ-4-084",
        "a market that requires less maintenance than the fee is listed",
        ListPerpetual("LOW_PERP", replace(CONTRACT, mmf_base=6 * PERCENT - 1)),
    ),
)

_CLOSE: Final = Group("liquidation_long", (deposit(2, 75 * USD), long(6, 2000, 800_000)))
_ENDS: Final[tuple[Case, ...]] = (
    _CLOSE.accept(
        "LQ-4-090",
        "equity is auto-close: the book serves no longer",
        mark(800_000),
        STEP,
        why=Why.BOUNDARY,
    ),
    _CLOSE.accept(
        "LQ-4-091",
        "equity is an atom above auto-close: the book serves",
        deposit(2, 1, "USDC", 2),
        mark(800_000),
        STEP,
        why=Why.BOUNDARY,
    ),
    _CLOSE.accept(
        "LQ-4-092",
        "a smaller offset: auto-close is 4 %, and the book serves no longer",
        system_with(auto_close_offset=PERCENT),
        mark(809_000),
        STEP,
    ),
    _CLOSE.accept(
        "LQ-4-093",
        "equity below zero: no book",
        mark(779_000),
        STEP,
    ),
)

CASES: Final[tuple[Case, ...]] = (
    *_SIDES,
    *_LIMITS,
    *_SIZES,
    *_THIN,
    *_STATES,
    *_MAKERS,
    *_CHARGED,
    *_HIGH,
    *_ENDS,
)
