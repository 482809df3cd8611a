"""Parameters of the system, of an asset, of its tokens and of its pool, and the laws they keep."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Final

from ibperp.numbers import INT128_MAX, RATIO, in_range, remainder

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE_MAX: Final = 100 * RATIO
"""The largest borrow rate a curve may reach: 10,000 % a year (MM-4)."""

DECIMALS_MAX: Final = 24
"""The finest ledger: atoms of 10^-24 of a whole unit (NT-1)."""

INTERVAL_MAX: Final = 86_400
"""The longest accrual and throttle interval, in seconds."""

NAME_LENGTH_MAX: Final = 32
NAME_LETTERS: Final = frozenset(ascii_letters + digits + "._-")
NAME_EXPECTED: Final = "1 to 32 letters, digits, dots, dashes or underscores"


class BookState(StrEnum):
    """What a pool admits; a repayment is admitted in every state (MM-10)."""

    OPEN = "open"
    REPAY_ONLY = "repay_only"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class SystemParameters:
    """What holds for all assets.

    `quote_unit`: quote atoms per US dollar. `accrual_interval`, `throttle_interval`: seconds.
    `entry_fee`: whether a new borrow pays the rest of the running interval at once (MM-7).
    """

    quote_unit: int
    accrual_interval: int
    throttle_interval: int
    entry_fee: bool


@dataclass(frozen=True, slots=True)
class TokenParameters:
    """An asset on one chain, all amounts in ledger atoms.

    `native_unit`: ledger atoms per smallest amount the chain can move.
    """

    chain: str
    native_unit: int
    minimum_deposit: int
    minimum_withdrawal: int
    maximum_withdrawal: int
    withdrawal_fee: int


@dataclass(frozen=True, slots=True)
class PoolParameters:
    """A lending pool: ratios of 10^18, rates per year; `open_borrow_lend_limit` in atoms."""

    book_state: BookState
    base_rate: int
    slope_low: int
    slope_high: int
    optimal_utilization: int
    throttle_utilization: int
    throttle_fraction: int
    max_utilization: int
    reserve_fee: int
    open_borrow_lend_limit: int


@dataclass(frozen=True, slots=True)
class AssetParameters:
    """An asset: `decimals` of its ledger, `lot_atoms` per priced lot, margin ratios of 10^18."""

    decimals: int
    lot_atoms: int
    collateral_weight: int
    imf_base: int
    imf_factor: int
    mmf_base: int
    mmf_factor: int
    tokens: tuple[TokenParameters, ...]
    pool: PoolParameters


@dataclass(frozen=True, slots=True)
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
    )


def asset_violations(asset: AssetParameters) -> tuple[ParameterViolation, ...]:
    """Return every law that an asset's parameters break, its tokens and pool included (CU-2)."""
    chains = [token.chain for token in asset.tokens]
    own = _broken(
        "",
        (0 <= asset.decimals <= DECIMALS_MAX, "decimals", "0 to 24"),
        (1 <= asset.lot_atoms <= 10**DECIMALS_MAX, "lot_atoms", "1 to 10^24"),
        (0 <= asset.collateral_weight <= RATIO, "collateral_weight", "0 to 1"),
        (0 < asset.imf_base <= RATIO, "imf_base", "above 0, at most 1"),
        (0 < asset.mmf_base < asset.imf_base, "mmf_base", "above 0, below imf_base"),
        (0 <= asset.imf_factor <= RATIO, "imf_factor", "0 to 1"),
        (0 <= asset.mmf_factor <= asset.imf_factor, "mmf_factor", "0 to imf_factor"),
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


def _is_interval(seconds: int) -> bool:
    return 1 <= seconds <= INTERVAL_MAX


def _is_multiple(amount: int, unit: int) -> bool:
    return remainder(amount, unit) == 0


def _broken(prefix: str, *laws: tuple[bool, str, str]) -> tuple[ParameterViolation, ...]:
    return tuple(_violations(prefix, laws))


def _violations(
    prefix: str, laws: tuple[tuple[bool, str, str], ...]
) -> Iterator[ParameterViolation]:
    for holds, field, expected in laws:
        if not holds:
            yield ParameterViolation(path=prefix + field, expected=expected)
