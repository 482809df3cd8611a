"""Cases of listing a perpetual (PP-1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import ListAsset, ListMarket, ListPerpetual
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameter_laws import DECIMALS_MAX, INTERVAL_MAX, MULTIPLIER_MAX
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import PERP, SPOT, Case, Group, Why
from ibperp_authoring.cases.setups import MARKET, MAX, PERCENT, SOL, THIN, perp

_LISTED: Final = Group("listed")
_EDGE: Final = Group("listed", why=Why.BOUNDARY)
_PERPETUAL: Final = Group("perpetual")


def _list(name: str = PERP, /, **changes: Any) -> ListPerpetual:
    return ListPerpetual(name, perp(**changes))


_SPOT_LISTED: Final = Group("perpetual", (ListMarket(SPOT, MARKET),))
_WITHOUT: Final = (
    ListAsset("SOL", SOL),
    ListAsset("THIN", THIN),
    ListMarket("SOL_THIN", replace(MARKET, quote="THIN")),
)
"""A spot market, and no settlement asset."""

_NAMES: Final[tuple[Case, ...]] = (
    _LISTED.accept("PP-1-001", "a perpetual is listed", _list()),
    *_EDGE.pair(
        ("PP-1-002", "PP-1-003"),
        ("a name of 32 letters", "a name of 33 letters"),
        accepted=_list("P" * 32),
        refused=_list("P" * 33),
        code=R.MARKET_NAME_INVALID,
    ),
    *_LISTED.refusals(
        "PP-1-001",
        ("PP-1-004", "no name", _list(""), R.MARKET_NAME_INVALID),
        ("PP-1-005", "a name with a slash", _list("SOL/PERP"), R.MARKET_NAME_INVALID),
        ("PP-1-006", "a name with a space", _list("SOL PERP"), R.MARKET_NAME_INVALID),
    ),
    *Group("perpetual").pair(
        ("PP-1-007", "PP-1-008"),
        ("a second perpetual", "a perpetual twice"),
        accepted=_list("BTC_PERP"),
        refused=_list(),
        code=R.MARKET_EXISTS,
    ),
    *_SPOT_LISTED.pair(
        ("PP-1-009", "PP-1-010"),
        ("a perpetual beside a spot market", "a perpetual with the name of a spot market"),
        accepted=_list("SOL_USDC_PERP"),
        refused=_list(SPOT),
        code=R.MARKET_EXISTS,
    ),
    _PERPETUAL.reject(
        "PP-1-011",
        "a spot market with the name of a perpetual",
        ListMarket(PERP, MARKET),
        code=R.MARKET_EXISTS,
        twin="PP-1-012",
    ),
    _PERPETUAL.accept("PP-1-012", "a spot market beside a perpetual", ListMarket(SPOT, MARKET)),
    Group("genesis", _WITHOUT).accept(
        "PP-1-013", "the settlement asset is listed first", ListAsset("USDC", THIN), _list()
    ),
    Group("genesis", _WITHOUT).reject(
        "PP-1-014",
        "the settlement asset is not listed",
        _list(),
        code=R.ASSET_UNKNOWN,
        twin="PP-1-013",
    ),
    Group("genesis").accept(
        "PP-1-015",
        "the settlement asset needs no price to list a perpetual",
        ListAsset("USDC", THIN),
        _list(),
    ),
    _LISTED.accept(
        "PP-1-016", "a perpetual listed closed", _list(order_book_state=OrderBookState.CLOSED)
    ),
    _LISTED.accept("PP-1-017", "a perpetual of nothing that is listed", _list("WEATHER_PERP")),
    *Group("listed", why=Why.PRECEDENCE).refusals(
        "PP-1-001",
        (
            "PP-1-018",
            "a bad name goes before a broken law",
            _list("", tick=0),
            R.MARKET_NAME_INVALID,
        ),
    ),
    Group("genesis", why=Why.PRECEDENCE).reject(
        "PP-1-019",
        "a broken law goes before an unknown settlement asset",
        _list(tick=0),
        code=R.PARAMETER_INVALID,
        twin="PP-1-015",
    ),
    Group("genesis", _WITHOUT, why=Why.PRECEDENCE).reject(
        "PP-1-020",
        "an unknown settlement asset goes before a known market",
        _list("SOL_THIN"),
        code=R.ASSET_UNKNOWN,
        twin="PP-1-015",
    ),
)

_UNIT_MAX: Final = 10**DECIMALS_MAX


def _law(number: int, field: str, kept: int, broken: int, **others: int) -> tuple[Case, Case]:
    """Return the last value that a law admits and the next one, `others` being the same."""
    return _EDGE.pair(
        (f"PP-1-{number:03}", f"PP-1-{number + 1:03}"),
        (f"{field} at its bound {kept}", f"{field} beyond its bound {kept}"),
        accepted=_list(**{**others, field: kept}),
        refused=_list(**{**others, field: broken}),
        code=R.PARAMETER_INVALID,
    )


def _bands(number: int, *names: str) -> tuple[Case, ...]:
    """Return the bounds of the lower and the upper multiplier of each band."""
    return tuple(
        case
        for place, name in enumerate(names)
        for step, field, kept, broken in (
            (0, f"{name}_min", 0, -1),
            (2, f"{name}_min", RATIO, RATIO + 1),
            (4, f"{name}_max", RATIO, RATIO - 1),
            (6, f"{name}_max", MULTIPLIER_MAX, MULTIPLIER_MAX + 1),
        )
        for case in _law(number + 8 * place + step, field, kept, broken)
    )


_LAWS: Final[tuple[Case, ...]] = (
    *_law(30, "lots_per_unit", 1, 0),
    *_law(32, "lots_per_unit", _UNIT_MAX, _UNIT_MAX + 1),
    *_law(34, "tick", 1, 0),
    *_law(36, "tick", _UNIT_MAX, _UNIT_MAX + 1),
    *_law(38, "minimum_lots", 1, 0),
    *_law(40, "minimum_lots", MAX, MAX + 1),
    *_law(42, "maker_fee", -RATIO, -RATIO - 1, taker_fee=RATIO),
    *_law(44, "maker_fee", RATIO, RATIO + 1),
    *_law(46, "maker_fee", -PERCENT, -PERCENT - 1, taker_fee=PERCENT),
    *_law(48, "taker_fee", 0, -1, maker_fee=1),
    *_law(50, "taker_fee", RATIO, RATIO + 1),
    *_bands(52, "limit", "impact", "mean_mark", "price_update"),
    *_law(84, "premium_tolerance", 0, -1),
    *_law(86, "premium_tolerance", MULTIPLIER_MAX, MULTIPLIER_MAX + 1),
    *_law(88, "imf_base", 2, 1, mmf_base=1),
    *_law(90, "imf_base", RATIO, RATIO + 1),
    *_law(92, "mmf_base", 1, 0),
    *_law(94, "mmf_base", 10 * PERCENT - 1, 10 * PERCENT),
    *_law(96, "imf_factor", 0, -1),
    *_law(98, "imf_factor", RATIO, RATIO + 1),
    *_law(100, "mmf_factor", 0, -1, imf_factor=1),
    *_law(102, "mmf_factor", PERCENT, PERCENT + 1, imf_factor=PERCENT),
    *_law(104, "open_interest_limit", 0, -1),
    *_law(106, "open_interest_limit", MAX, MAX + 1),
    *_law(108, "position_limit", 0, -1),
    *_law(110, "position_limit", MAX, MAX + 1),
    *_law(112, "funding_interval", 1, 0),
    *_law(114, "funding_interval", INTERVAL_MAX, INTERVAL_MAX + 1),
    *_law(116, "interest_rate", -RATIO, -RATIO - 1),
    *_law(118, "interest_rate", RATIO, RATIO + 1),
    *_law(120, "interest_clamp", 0, -1),
    *_law(122, "interest_clamp", RATIO, RATIO + 1),
    *_law(124, "funding_floor", -RATIO, -RATIO - 1),
    *_law(126, "funding_floor", PERCENT, PERCENT + 1),
    *_law(128, "funding_cap", RATIO, RATIO + 1),
    *_law(130, "funding_cap", -PERCENT, -PERCENT - 1),
    *_law(132, "mark_threshold", 0, -1),
    *_law(134, "mark_threshold", RATIO, RATIO + 1),
)


CASES: Final[tuple[Case, ...]] = (
    *_NAMES,
    *_LAWS,
)
