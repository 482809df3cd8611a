"""Cases of the spot margin chapter: list a market, change its parameters, set its reference."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import ListAsset, ListMarket, SetMarketParameters, SetMarketReference
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameter_laws import DECIMALS_MAX, MULTIPLIER_MAX
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import SPOT, Case, Group, Why, ask, bid
from ibperp_authoring.cases.liquidation.setups import FREE_MARKET
from ibperp_authoring.cases.setups import LOT, MARKET, MAX, PERCENT, SOL, USD, market_with

_LISTED: Final = Group("listed")
_EDGE: Final = Group("listed", why=Why.BOUNDARY)
_ORDER: Final = Group("spot", why=Why.PRECEDENCE)
_SPOT: Final = Group("spot")
_BOOK: Final = Group("spot_book")

_UNIT_MAX: Final = 10**DECIMALS_MAX


def _list(name: str = SPOT, /, **changes: Any) -> ListMarket:
    return ListMarket(name, replace(MARKET, **changes))


def _reference(
    index: int = USD, mean: int = USD, premium: int = 0, market: str = SPOT
) -> SetMarketReference:
    return SetMarketReference(market, index, mean, premium)


_NAMES: Final[tuple[Case, ...]] = (
    _LISTED.accept("SM-1-001", "a market is listed", _list()),
    *_EDGE.pair(
        ("SM-1-002", "SM-1-003"),
        ("a name of 32 letters", "a name of 33 letters"),
        accepted=_list("S" * 32),
        refused=_list("S" * 33),
        code=R.MARKET_NAME_INVALID,
    ),
    *_LISTED.refusals(
        "SM-1-001",
        ("SM-1-004", "no name", _list(""), R.MARKET_NAME_INVALID),
        ("SM-1-005", "a name with a slash", _list("SOL/USDC"), R.MARKET_NAME_INVALID),
        ("SM-1-006", "a name with a space", _list("SOL USDC"), R.MARKET_NAME_INVALID),
        ("SM-1-007", "an unknown base", _list(base="BTC"), R.ASSET_UNKNOWN),
        ("SM-1-008", "an unknown quote", _list(quote="BTC"), R.ASSET_UNKNOWN),
        ("SM-1-009", "quote and base are one", _list(quote="SOL"), R.PARAMETER_INVALID),
    ),
    _SPOT.accept("SM-1-010", "a second market of the same pair", _list("SOL_USDC_2")),
    _SPOT.reject("SM-1-011", "a market twice", _list(), code=R.MARKET_EXISTS, twin="SM-1-010"),
    _SPOT.accept(
        "SM-1-012", "a market of the pair reversed", _list("USDC_SOL", base="USDC", quote="SOL")
    ),
    _LISTED.accept(
        "SM-1-013", "a market listed closed", _list(order_book_state=OrderBookState.CLOSED)
    ),
    _LISTED.accept(
        "SM-1-014", "a market of an asset without a price", ListAsset("BTC", SOL), _list(base="BTC")
    ),
    _ORDER.reject(
        "SM-1-015",
        "a bad name goes before a broken law",
        _list("", tick=0),
        code=R.MARKET_NAME_INVALID,
        twin="SM-1-010",
    ),
    _ORDER.reject(
        "SM-1-016",
        "a broken law goes before an unknown asset",
        _list("SOL_USDC_2", tick=0, base="BTC"),
        code=R.PARAMETER_INVALID,
        twin="SM-1-010",
    ),
    _ORDER.reject(
        "SM-1-017",
        "an unknown asset goes before a known market",
        _list(base="BTC"),
        code=R.ASSET_UNKNOWN,
        twin="SM-1-010",
    ),
)


def _law(number: int, field: str, kept: int, broken: int, **others: int) -> tuple[Case, Case]:
    """Return the last value that a law admits and the next one, `others` being the same."""
    return _EDGE.pair(
        (f"SM-1-{number:03}", f"SM-1-{number + 1:03}"),
        (f"{field} at its bound {kept}", f"{field} beyond its bound {kept}"),
        accepted=_list(**{**others, field: kept}),
        refused=_list(**{**others, field: broken}),
        code=R.PARAMETER_INVALID,
    )


_LAWS: Final[tuple[Case, ...]] = (
    *_law(20, "lot_atoms", 1, 0),
    *_law(22, "lot_atoms", _UNIT_MAX, _UNIT_MAX + 1),
    *_law(24, "tick", 1, 0),
    *_law(26, "tick", _UNIT_MAX, _UNIT_MAX + 1),
    *_law(28, "minimum_lots", 1, 0),
    *_law(30, "minimum_lots", MAX, MAX + 1),
    *_law(32, "maker_fee", -RATIO, -RATIO - 1, taker_fee=RATIO),
    *_law(34, "maker_fee", RATIO, RATIO + 1),
    *_law(36, "taker_fee", 0, -1, maker_fee=1),
    *_law(38, "taker_fee", RATIO, RATIO + 1),
    *_law(40, "maker_fee", -PERCENT, -PERCENT - 1, taker_fee=PERCENT),
    *_law(42, "limit_min", 0, -1),
    *_law(44, "limit_min", RATIO, RATIO + 1),
    *_law(46, "limit_max", RATIO, RATIO - 1),
    *_law(48, "limit_max", MULTIPLIER_MAX, MULTIPLIER_MAX + 1),
    *_law(50, "impact_min", 0, -1),
    *_law(52, "impact_min", RATIO, RATIO + 1),
    *_law(54, "impact_max", RATIO, RATIO - 1),
    *_law(56, "impact_max", MULTIPLIER_MAX, MULTIPLIER_MAX + 1),
    *_law(58, "mean_mark_min", 0, -1),
    *_law(60, "mean_mark_min", RATIO, RATIO + 1),
    *_law(62, "mean_mark_max", RATIO, RATIO - 1),
    *_law(64, "mean_mark_max", MULTIPLIER_MAX, MULTIPLIER_MAX + 1),
    *_law(66, "premium_tolerance", 0, -1),
    *_law(68, "premium_tolerance", MULTIPLIER_MAX, MULTIPLIER_MAX + 1),
)

_PARAMETERS: Final[tuple[Case, ...]] = (
    _BOOK.accept("SM-2-040", "a finer tick leaves the book as it is", market_with(tick=1)),
    *_BOOK.refusals(
        "SM-2-040",
        ("SM-2-041", "another base", market_with(base="USDC", quote="SOL"), R.PARAMETER_INVALID),
        ("SM-2-042", "another lot", market_with(lot_atoms=LOT + 1), R.PARAMETER_INVALID),
        ("SM-2-043", "a tick of nothing", market_with(tick=0), R.PARAMETER_INVALID),
        ("SM-2-044", "an unknown market", SetMarketParameters("X", MARKET), R.MARKET_UNKNOWN),
    ),
    Group("spot_book", (ListAsset("BTC", SOL),)).reject(
        "SM-2-045",
        "another listed quote",
        market_with(quote="BTC"),
        code=R.PARAMETER_INVALID,
        twin="SM-2-040",
    ),
    Group("spot_book", why=Why.PRECEDENCE).reject(
        "SM-2-046",
        "a broken law goes before an unknown market",
        SetMarketParameters("X", replace(MARKET, tick=0)),
        code=R.PARAMETER_INVALID,
        twin="SM-2-040",
    ),
    _BOOK.trace(
        "SM-2-047",
        "orders off a coarser tick rest on and trade",
        market_with(tick=500_000),
        ask(3, 100, 500_000),
    ),
    _BOOK.trace(
        "SM-2-048",
        "orders below a higher minimum rest on and trade",
        market_with(minimum_lots=1000),
        ask(3, 1000, 990_000),
    ),
    _SPOT.trace(
        "SM-2-049",
        "a maker fee that came later is paid from what is available",
        bid(3, 100, USD),
        market_with(maker_fee=PERCENT),
        ask(4, 100, USD),
    ),
    _SPOT.trace(
        "SM-2-050",
        "a maker that has no more than its reservation expires at a fee that came later",
        bid(3, 1000, USD),
        bid(5, 10, USD),
        market_with(maker_fee=PERCENT),
        ask(4, 1000, USD),
    ),
    _SPOT.trace(
        "SM-2-051",
        "a rebate in place of a fee frees nothing until the order ends",
        market_with(maker_fee=PERCENT),
        bid(3, 100, USD),
        market_with(),
        ask(4, 40, USD),
        ask(4, 60, USD),
    ),
)

_REFERENCE: Final[tuple[Case, ...]] = (
    _SPOT.accept("SM-3-001", "a reference is set", _reference(USD, USD + 1, PERCENT)),
    _SPOT.accept("SM-3-002", "the last reference holds", _reference(), _reference(2, 3, -PERCENT)),
    *_SPOT.refusals(
        "SM-3-001",
        ("SM-3-003", "an index below zero", _reference(index=-1), R.AMOUNT_NOT_POSITIVE),
        ("SM-3-004", "a mean mark below zero", _reference(mean=-1), R.AMOUNT_NOT_POSITIVE),
        ("SM-3-005", "an unknown market", _reference(market="X"), R.MARKET_UNKNOWN),
    ),
    *(
        case
        for number, (words, kept, broken, code) in enumerate(
            (
                ("an index of one", _reference(1), _reference(0), R.AMOUNT_NOT_POSITIVE),
                ("the largest index", _reference(MAX), _reference(MAX + 1), R.OUT_OF_RANGE),
                (
                    "a mean mark of one",
                    _reference(mean=1),
                    _reference(mean=0),
                    R.AMOUNT_NOT_POSITIVE,
                ),
                (
                    "the largest mean mark",
                    _reference(mean=MAX),
                    _reference(mean=MAX + 1),
                    R.OUT_OF_RANGE,
                ),
                (
                    "the largest premium",
                    _reference(premium=MAX),
                    _reference(premium=MAX + 1),
                    R.OUT_OF_RANGE,
                ),
                (
                    "the least premium",
                    _reference(premium=-MAX),
                    _reference(premium=-MAX - 1),
                    R.OUT_OF_RANGE,
                ),
            )
        )
        for case in Group("spot", why=Why.BOUNDARY).pair(
            (f"SM-3-{10 + 2 * number:03}", f"SM-3-{11 + 2 * number:03}"),
            (words, f"{words}, and one beyond"),
            accepted=kept,
            refused=broken,
            code=code,
        )
    ),
    _ORDER.reject(
        "SM-3-022",
        "no index goes before a premium out of range",
        _reference(index=0, premium=MAX + 1),
        code=R.AMOUNT_NOT_POSITIVE,
        twin="SM-3-001",
    ),
    _ORDER.reject(
        "SM-3-023",
        "a premium out of range goes before an unknown market",
        _reference(premium=MAX + 1, market="X"),
        code=R.OUT_OF_RANGE,
        twin="SM-3-001",
    ),
    *Group("liquidation_pledged", clauses=("SM-2",)).pair(
        ("SM-1-070", "SM-1-071"),
        ("a market's tick changes", "its base stays, even where another would be lawful"),
        accepted=SetMarketParameters(SPOT, replace(FREE_MARKET, tick=2)),
        refused=SetMarketParameters(SPOT, replace(FREE_MARKET, base="ETH")),
        code=R.PARAMETER_INVALID,
    ),
)

CASES: Final[tuple[Case, ...]] = (*_NAMES, *_LAWS, *_PARAMETERS, *_REFERENCE)
