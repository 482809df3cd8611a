"""Cases of the parameters of a perpetual, and of keeping markets apart (PP-2)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    ApplyFunding,
    CancelAllOrders,
    ConvertDust,
    ListMarket,
    SetMarketParameters,
    SetMarketReference,
    SetPerpetualParameters,
    SetPrice,
    SettleMarket,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import PERP, SPOT, Case, Group, Why, long, short
from ibperp_authoring.cases.perpetuals.steps import mark
from ibperp_authoring.cases.setups import MARKET, MAX, PERCENT, PERPETUAL, USD, perp, perpetual_with

_ORDERS: Final = (long(4, 10, 990_000), short(5, 10, 1_010_000))
_BOOK: Final = Group("perpetual_open", _ORDERS)

_PARAMETERS: Final[tuple[Case, ...]] = (
    _BOOK.accept("PP-2-001", "the parameters it has", perpetual_with()),
    _BOOK.accept(
        "PP-2-002",
        "other margins, limits and fees: orders and positions stay",
        perpetual_with(
            tick=20_000,
            minimum_lots=50,
            imf_base=20 * PERCENT,
            open_interest_limit=1,
            position_limit=1,
            lots_per_unit=1000,
        ),
    ),
    *_BOOK.refusals(
        "PP-2-001",
        ("PP-2-003", "a tick of nothing", perpetual_with(tick=0), R.PARAMETER_INVALID),
        (
            "PP-2-004",
            "a rebate above the fee",
            perpetual_with(maker_fee=-2 * PERCENT),
            R.PARAMETER_INVALID,
        ),
        (
            "PP-2-005",
            "an unknown market",
            SetPerpetualParameters("X", PERPETUAL),
            R.MARKET_UNKNOWN,
        ),
    ),
    Group("perpetual_open", _ORDERS, why=Why.PRECEDENCE).reject(
        "PP-2-006",
        "a broken law goes before an unknown market",
        SetPerpetualParameters("X", perp(tick=0)),
        code=R.PARAMETER_INVALID,
        twin="PP-2-001",
    ),
    _BOOK.accept(
        "PP-2-007",
        "a maintenance fraction raised above its equity leaves an account to reduce",
        perpetual_with(imf_base=RATIO, mmf_base=RATIO - 1),
        short(2, 40, 990_000, reduce_only=True),
        why=Why.BOUNDARY,
    ),
)

_OPEN: Final = Group("perpetual_open")

_SPOT_TOO: Final = Group("perpetual_open", (ListMarket(SPOT, MARKET),))
_KINDS: Final[tuple[Case, ...]] = (
    _SPOT_TOO.accept("PP-2-010", "perpetual parameters for a perpetual", perpetual_with()),
    _SPOT_TOO.accept(
        "PP-2-011", "spot parameters for a spot market", SetMarketParameters(SPOT, MARKET)
    ),
    _SPOT_TOO.accept("PP-2-012", "a mark for a perpetual", mark(USD)),
    *_SPOT_TOO.refusals(
        "PP-2-010",
        (
            "PP-2-013",
            "perpetual parameters for a spot market",
            SetPerpetualParameters(SPOT, PERPETUAL),
            R.MARKET_KIND,
        ),
    ),
    *_SPOT_TOO.refusals(
        "PP-2-011",
        (
            "PP-2-014",
            "spot parameters for a perpetual",
            SetMarketParameters(PERP, MARKET),
            R.MARKET_KIND,
        ),
    ),
    *_SPOT_TOO.refusals(
        "PP-2-012",
        ("PP-2-015", "a mark for a spot market", mark(USD, market=SPOT), R.MARKET_KIND),
        ("PP-2-016", "a mark for no market", mark(USD, market="X"), R.MARKET_UNKNOWN),
    ),
    _SPOT_TOO.accept(
        "PP-2-017", "a reference for a perpetual's bands", SetMarketReference(PERP, USD, USD, 0)
    ),
    _SPOT_TOO.accept(
        "PP-2-018", "all orders of a perpetual are cancelled", CancelAllOrders(2, PERP)
    ),
    *_OPEN.refusals(
        "PP-2-018",
        ("PP-2-019", "dust of a perpetual", ConvertDust(2, PERP), R.MARKET_KIND),
    ),
    *Group("perpetual_open", (ListMarket(SPOT, MARKET),), why=Why.PRECEDENCE).refusals(
        "PP-2-010",
        (
            "PP-2-020",
            "a broken law goes before the kind",
            SetPerpetualParameters(SPOT, perp(tick=0)),
            R.PARAMETER_INVALID,
        ),
        (
            "PP-2-021",
            "an index below zero goes before the kind",
            mark(-1, market=SPOT),
            R.AMOUNT_NOT_POSITIVE,
        ),
        (
            "PP-2-022",
            "a premium out of range goes before the kind",
            ApplyFunding(SPOT, MAX + 1),
            R.OUT_OF_RANGE,
        ),
        ("PP-2-023", "the kind goes before too early", ApplyFunding(SPOT, 0), R.MARKET_KIND),
        (
            "PP-2-024",
            "the kind goes before a book that is not closed",
            SettleMarket(SPOT, USD),
            R.MARKET_KIND,
        ),
        ("PP-2-025", "the kind goes before no dust", ConvertDust(6, PERP), R.MARKET_KIND),
    ),
    _SPOT_TOO.trace(
        "PP-2-026",
        "a price of the asset moves no mark",
        SetPrice("SOL", 200 * USD),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_PARAMETERS,
    *_KINDS,
)
