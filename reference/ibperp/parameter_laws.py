"""The laws that parameters keep, checked when they are brought and never again."""

from __future__ import annotations

from string import ascii_letters, digits
from typing import TYPE_CHECKING, Final, TypeAlias

from ibperp.numbers import INT128_MAX, RATIO, in_range, remainder
from ibperp.records import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.parameters import (
        AssetParameters,
        MarketParameters,
        PerpetualParameters,
        PoolParameters,
        SystemParameters,
        TokenParameters,
        TradingParameters,
    )

RATE_MAX: Final = 100 * RATIO
"""The largest borrow rate a curve may reach: 10,000 % a year (MM-4)."""

DECIMALS_MAX: Final = 24
"""The finest ledger: atoms of 10^-24 of a whole unit (NT-1)."""

INTERVAL_MAX: Final = 86_400
"""The longest accrual and throttle interval, in seconds."""

AGE_EXPECTED: Final = "0 to 2^127-1 seconds"

CAP_EXPECTED: Final = "0 to 2^127-1"

NAME_LENGTH_MAX: Final = 32
NAME_LETTERS: Final = frozenset(ascii_letters + digits + "._-")
NAME_EXPECTED: Final = "1 to 32 letters, digits, dots, dashes or underscores"


MULTIPLIER_MAX: Final = 1_000_000 * RATIO
"""The widest band and price update: a factor of a million (PF-10, SM-6)."""

ORDER_LIMIT_MAX: Final = 10_000
"""The most open orders an account may be allowed (SM-4)."""


Law: TypeAlias = tuple[bool, str, str]
"""Whether a law holds, the field it is about, and what is expected of it."""


@record
class ParameterViolation:
    """A law that a parameter breaks: the path of the field, and what was expected."""

    path: str
    expected: str


def system_violations(system: SystemParameters) -> tuple[ParameterViolation, ...]:
    """Return every law that the system parameters break (CU-2, MM-6)."""
    return _broken(
        "",
        (1 <= system.quote_unit <= 10**DECIMALS_MAX, "quote_unit", "1 to 10^24"),
        (_is_interval(system.accrual_interval), "accrual_interval", "1 to 86400 seconds"),
        (_is_interval(system.throttle_interval), "throttle_interval", "1 to 86400 seconds"),
        (RATIO <= system.auto_close_divisor <= MULTIPLIER_MAX, "auto_close_divisor", "1 or more"),
        (0 <= system.auto_close_offset <= RATIO, "auto_close_offset", "0 to 1"),
        (_is_age(system.order_price_age), "order_price_age", AGE_EXPECTED),
        (_is_age(system.borrow_price_age), "borrow_price_age", AGE_EXPECTED),
        (_is_age(system.withdrawal_price_age), "withdrawal_price_age", AGE_EXPECTED),
        (1 <= system.order_limit <= ORDER_LIMIT_MAX, "order_limit", "1 to 10000"),
        (is_name(system.settlement_asset), "settlement_asset", NAME_EXPECTED),
        (_is_interval(system.settlement_interval), "settlement_interval", "1 to 86400 seconds"),
        (0 <= system.unrealized_weight <= RATIO, "unrealized_weight", "0 to 1"),
        (0 <= system.unrealized_cap <= INT128_MAX, "unrealized_cap", CAP_EXPECTED),
        (0 <= system.unsettled_weight <= RATIO, "unsettled_weight", "0 to 1"),
        (0 <= system.unsettled_cap <= INT128_MAX, "unsettled_cap", CAP_EXPECTED),
        (0 <= system.account_virtual_limit <= INT128_MAX, "account_virtual_limit", CAP_EXPECTED),
        (0 <= system.system_virtual_limit <= INT128_MAX, "system_virtual_limit", CAP_EXPECTED),
        (0 <= system.book_utilization_limit <= RATIO, "book_utilization_limit", "0 to 1"),
        (_is_age(system.liquidation_price_age), "liquidation_price_age", AGE_EXPECTED),
        (0 < system.liquidation_fraction <= RATIO, "liquidation_fraction", "above 0, at most 1"),
        (0 <= system.liquidation_fee <= RATIO, "liquidation_fee", "0 to 1"),
        (_is_age(system.liquidation_grace), "liquidation_grace", AGE_EXPECTED),
        (0 <= system.insurance_limit <= INT128_MAX, "insurance_limit", CAP_EXPECTED),
        (_is_age(system.ramp_interval), "ramp_interval", AGE_EXPECTED),
        (_is_age(system.request_lifetime), "request_lifetime", AGE_EXPECTED),
        (0 <= system.conversion_distance <= RATIO, "conversion_distance", "0 to 1"),
    )


def asset_violations(asset: AssetParameters) -> tuple[ParameterViolation, ...]:
    """Return every law that an asset's parameters break, its tokens and pool included (CU-2)."""
    chains = [token.chain for token in asset.tokens]
    own = _broken(
        "",
        (0 <= asset.decimals <= DECIMALS_MAX, "decimals", "0 to 24"),
        (1 <= asset.lot_atoms <= 10**DECIMALS_MAX, "lot_atoms", "1 to 10^24"),
        (0 <= asset.haircut.weight <= RATIO, "haircut.weight", "0 to 1"),
        (0 <= asset.haircut.base <= MULTIPLIER_MAX, "haircut.base", "0 to 1000000"),
        (0 <= asset.haircut.penalty <= RATIO, "haircut.penalty", "0 to 1"),
        *_margin_laws(asset),
        (0 <= asset.price_floor <= INT128_MAX, "price_floor", CAP_EXPECTED),
        (0 < len(chains) == len(set(chains)), "tokens", "one or more, each chain once"),
    )
    tokens = (
        violation
        for index, token in enumerate(asset.tokens)
        for violation in _token_violations(token, f"tokens[{index}].")
    )
    return (*own, *tokens, *pool_violations(asset.pool, "pool."))


def pool_violations(pool: PoolParameters, prefix: str = "") -> tuple[ParameterViolation, ...]:
    """Return every law that a pool's parameters break (MM-4, MM-8)."""
    optimal, throttle, ceiling = (
        pool.optimal_utilization,
        pool.throttle_utilization,
        pool.max_utilization,
    )
    return _broken(
        prefix,
        (0 <= pool.base_rate <= RATE_MAX, "base_rate", "0 to 100"),
        (0 <= pool.slope_low <= RATE_MAX, "slope_low", "0 to 100"),
        (0 <= pool.slope_high <= RATE_MAX, "slope_high", "0 to 100"),
        (0 < optimal < RATIO, "optimal_utilization", "above 0, below 1"),
        (optimal <= throttle <= ceiling, "throttle_utilization", "optimal to max utilization"),
        (0 < ceiling <= RATIO, "max_utilization", "above 0, at most 1"),
        (0 <= pool.throttle_fraction <= RATIO, "throttle_fraction", "0 to 1"),
        (0 <= pool.reserve_fee <= RATIO, "reserve_fee", "0 to 1"),
        (0 <= pool.open_borrow_lend_limit <= INT128_MAX, "open_borrow_lend_limit", "0 to 2^127-1"),
    )


def market_violations(market: MarketParameters) -> tuple[ParameterViolation, ...]:
    """Return every law that a market's parameters break (SM-1)."""
    return _broken(
        "",
        (market.base != market.quote, "quote", "another asset than base"),
        (1 <= market.lot_atoms <= 10**DECIMALS_MAX, "lot_atoms", "1 to 10^24"),
        *_trading_laws(market),
    )


def perpetual_violations(market: PerpetualParameters) -> tuple[ParameterViolation, ...]:
    """Return every law that a perpetual market's parameters break (PP-1)."""
    floor, cap = market.funding_floor, market.funding_cap
    return _broken(
        "",
        (1 <= market.lots_per_unit <= 10**DECIMALS_MAX, "lots_per_unit", "1 to 10^24"),
        *_trading_laws(market),
        *_margin_laws(market),
        (0 <= market.open_interest_limit <= INT128_MAX, "open_interest_limit", CAP_EXPECTED),
        (0 <= market.position_limit <= INT128_MAX, "position_limit", CAP_EXPECTED),
        (_is_interval(market.funding_interval), "funding_interval", "1 to 86400 seconds"),
        (-RATIO <= market.interest_rate <= RATIO, "interest_rate", "-1 to 1"),
        (0 <= market.interest_clamp <= RATIO, "interest_clamp", "0 to 1"),
        (-RATIO <= floor <= cap, "funding_floor", "-1 to funding_cap"),
        (floor <= cap <= RATIO, "funding_cap", "funding_floor to 1"),
        (0 <= market.mark_threshold <= RATIO, "mark_threshold", "0 to 1"),
    )


def _trading_laws(market: TradingParameters) -> tuple[Law, ...]:
    return (
        (1 <= market.tick <= 10**DECIMALS_MAX, "tick", "1 to 10^24"),
        (1 <= market.minimum_lots <= INT128_MAX, "minimum_lots", "1 or more"),
        (-RATIO <= market.maker_fee <= RATIO, "maker_fee", "-1 to 1"),
        (0 <= market.taker_fee <= RATIO, "taker_fee", "0 to 1"),
        (market.maker_fee + market.taker_fee >= 0, "maker_fee", "at least -taker_fee"),
        *_band_laws("limit", market.limit_min, market.limit_max),
        *_band_laws("impact", market.impact_min, market.impact_max),
        *_band_laws("mean_mark", market.mean_mark_min, market.mean_mark_max),
        (0 <= market.premium_tolerance <= MULTIPLIER_MAX, "premium_tolerance", "0 to 1000000"),
    )


def _margin_laws(of: AssetParameters | PerpetualParameters) -> tuple[Law, ...]:
    return (
        (0 < of.imf_base <= RATIO, "imf_base", "above 0, at most 1"),
        (0 < of.mmf_base < of.imf_base, "mmf_base", "above 0, below imf_base"),
        (0 <= of.imf_factor <= RATIO, "imf_factor", "0 to 1"),
        (0 <= of.mmf_factor <= of.imf_factor, "mmf_factor", "0 to imf_factor"),
        *_band_laws("price_update", of.price_update_min, of.price_update_max),
    )


def _band_laws(name: str, low: int, high: int) -> tuple[Law, ...]:
    return (
        (0 <= low <= RATIO, f"{name}_min", "0 to 1"),
        (RATIO <= high <= MULTIPLIER_MAX, f"{name}_max", "1 to 1000000"),
    )


def _token_violations(token: TokenParameters, prefix: str) -> tuple[ParameterViolation, ...]:
    unit, low, high = token.native_unit, token.minimum_withdrawal, token.maximum_withdrawal
    is_unit = 1 <= unit <= 10**DECIMALS_MAX
    fee_fits = is_unit and _is_multiple(token.withdrawal_fee, unit)
    return _broken(
        prefix,
        (is_name(token.chain), "chain", NAME_EXPECTED),
        (is_unit, "native_unit", "1 to 10^24"),
        (0 < token.minimum_deposit <= INT128_MAX, "minimum_deposit", "above 0"),
        (token.withdrawal_fee >= 0 and fee_fits, "withdrawal_fee", "a multiple of native_unit"),
        (token.withdrawal_fee < low, "minimum_withdrawal", "above withdrawal_fee"),
        (low <= high and in_range(high), "maximum_withdrawal", "at least minimum_withdrawal"),
    )


def is_name(name: str) -> bool:
    """Tell whether a symbol or a chain has an admissible name (NT-8)."""
    return 1 <= len(name) <= NAME_LENGTH_MAX and all(letter in NAME_LETTERS for letter in name)


def _is_age(seconds: int) -> bool:
    return 0 <= seconds <= INT128_MAX


def _is_interval(seconds: int) -> bool:
    return 1 <= seconds <= INTERVAL_MAX


def _is_multiple(amount: int, unit: int) -> bool:
    return remainder(amount, unit) == 0


def _broken(prefix: str, *laws: Law) -> tuple[ParameterViolation, ...]:
    return tuple(_violations(prefix, laws))


def _violations(prefix: str, laws: tuple[Law, ...]) -> Iterator[ParameterViolation]:
    for holds, field, expected in laws:
        if not holds:
            yield ParameterViolation(path=prefix + field, expected=expected)
