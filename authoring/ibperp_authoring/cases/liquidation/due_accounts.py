"""Cases of who is due, at which prices, and of the zero price (LQ-1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import AdvanceTime, Halt, Liquidate, Resume, SetAssetParameters, SetPrice
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, settings
from ibperp_authoring.cases.liquidation.setups import (
    DOLLAR,
    STEP,
    coin,
    deposit,
    price,
    steps,
    system_with,
)
from ibperp_authoring.cases.settlement.setups import OTHER, contract_with, mark, opened
from ibperp_authoring.cases.setups import PERCENT, USD

_LONG: Final = Group("liquidation_long")
_SHORT: Final = Group("liquidation_short")
_BORROWED: Final = Group("liquidation_borrowed")
_OWED: Final = Group("liquidation_owed")

_EDGE: Final[tuple[Case, ...]] = (
    _LONG.accept("LQ-1-001", "a long is due when equity is maintenance", mark(900_000), STEP),
    _LONG.reject(
        "LQ-1-002",
        "a long is not due an atom of the mark above that",
        mark(900_001),
        STEP,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-1-001",
        why=Why.BOUNDARY,
    ),
    _LONG.reject(
        "LQ-1-003",
        "a long is not due with an atom of equity above maintenance",
        deposit(2, 1),
        mark(900_000),
        STEP,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-1-001",
        why=Why.BOUNDARY,
    ),
    _SHORT.reject(
        "LQ-1-005",
        "a short is not due while its initial margin holds",
        STEP,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-1-006",
    ),
    _SHORT.accept("LQ-1-006", "a short is due when equity is maintenance", mark(1_100_000), STEP),
    _SHORT.reject(
        "LQ-1-007",
        "a short is not due an atom of the mark below that",
        mark(1_099_999),
        STEP,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-1-006",
        why=Why.BOUNDARY,
    ),
    _BORROWED.accept(
        "LQ-1-008",
        "a borrower is due when the collateral's part is debt and maintenance",
        SetPrice("SOL", 94_500_000),
        STEP,
    ),
    _BORROWED.reject(
        "LQ-1-009",
        "a borrower is not due at an atom more for its collateral",
        SetPrice("SOL", 94_500_001),
        STEP,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-1-008",
        why=Why.BOUNDARY,
    ),
    _OWED.accept("LQ-1-010", "who owes a coin is due when it has risen", price(105), STEP),
    _OWED.reject(
        "LQ-1-011",
        "who owes a coin is not due an atom below that",
        SetPrice("SOL", 104_999_999),
        STEP,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-1-010",
        why=Why.BOUNDARY,
    ),
    _LONG.reject(
        "LQ-1-012",
        "an account without exposure is never due",
        Liquidate(6),
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-1-001",
    ),
    Group("liquidation").reject(
        "LQ-1-013",
        "an account that holds nothing at all is not due",
        Liquidate(2),
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-1-001",
    ),
    _LONG.reject(
        "LQ-1-014",
        "the counterparty of a failing account is not due",
        mark(900_000),
        Liquidate(3),
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-1-001",
    ),
    _LONG.reject(
        "LQ-1-015",
        "a leverage limit that is broken makes nobody due",
        settings(2, leverage_limit=7 * RATIO),
        mark(900_001),
        STEP,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-1-001",
    ),
    _LONG.reject(
        "LQ-1-016",
        "a gain that does not count for initial margin keeps an account safe",
        system_with(unrealized_weight=0, unrealized_cap=0),
        mark(1_500_000),
        STEP,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-1-001",
    ),
    *_LONG.refusals(
        "LQ-1-001",
        ("LQ-1-017", "account 99 does not exist", Liquidate(99), R.ACCOUNT_UNKNOWN),
        ("LQ-1-018", "a negative account does not exist", Liquidate(-1), R.ACCOUNT_UNKNOWN),
        ("LQ-1-019", "the account of the fees is the system's", Liquidate(0), R.ACCOUNT_RESERVED),
        ("LQ-1-020", "the insurance is the system's own", Liquidate(1), R.ACCOUNT_RESERVED),
    ),
)


def _floor(asset: str, floor: int, weight: int = 90 * PERCENT) -> SetAssetParameters:
    parameters: Any = DOLLAR if asset == "USDC" else coin(weight)
    return SetAssetParameters(asset, replace(parameters, price_floor=floor))


_AT: Final = Group("liquidation_long", (mark(900_000),))
_POOR: Final = Group("liquidation_borrowed", (SetPrice("SOL", 94_500_000),))
_PAUSED: Final = Group("liquidation_long", (mark(900_000), Halt(), Resume()))

_PRICES: Final[tuple[Case, ...]] = (
    _AT.accept(
        "LQ-1-030", "prices of 600 seconds liquidate", AdvanceTime(600), STEP, why=Why.BOUNDARY
    ),
    _PAUSED.reject(
        "LQ-1-031",
        "an unknown account is told before prices and the grace",
        AdvanceTime(601),
        Liquidate(99),
        code=R.ACCOUNT_UNKNOWN,
        twin="LQ-1-030",
        why=Why.PRECEDENCE,
    ),
    _AT.reject(
        "LQ-1-032",
        "prices of 601 seconds liquidate nobody",
        AdvanceTime(601),
        STEP,
        code=R.PRICE_STALE,
        twin="LQ-1-030",
        why=Why.BOUNDARY,
    ),
    _AT.reject(
        "LQ-1-033",
        "a fresh mark beside an old price of the settlement asset",
        AdvanceTime(601),
        mark(900_000),
        STEP,
        code=R.PRICE_STALE,
        twin="LQ-1-034",
    ),
    _AT.accept(
        "LQ-1-034",
        "mark and settlement asset are fresh; a coin that is not held may be old",
        AdvanceTime(601),
        mark(900_000),
        SetPrice("USDC", USD),
        STEP,
    ),
    _AT.reject(
        "LQ-1-035",
        "an old mark beside a fresh price of the settlement asset",
        AdvanceTime(601),
        SetPrice("USDC", USD),
        STEP,
        code=R.PRICE_STALE,
        twin="LQ-1-034",
    ),
    _AT.accept(
        "LQ-1-036",
        "collateral of a thousand atoms with an old price stops nothing",
        deposit(2, 1000, "SOL"),
        AdvanceTime(601),
        mark(899_000),
        SetPrice("USDC", USD),
        STEP,
    ),
    _AT.reject(
        "LQ-1-037",
        "the settlement asset at its floor",
        _floor("USDC", USD),
        STEP,
        code=R.PRICE_AT_FLOOR,
        twin="LQ-1-038",
        why=Why.BOUNDARY,
    ),
    _AT.accept(
        "LQ-1-038",
        "the settlement asset an atom above its floor",
        _floor("USDC", USD - 1),
        STEP,
        why=Why.BOUNDARY,
    ),
    _POOR.reject(
        "LQ-1-039",
        "the collateral is at its floor: what it is worth is not known",
        _floor("SOL", 94_500_000),
        STEP,
        code=R.PRICE_AT_FLOOR,
        twin="LQ-1-040",
    ),
    _POOR.accept("LQ-1-040", "an atom above it", _floor("SOL", 94_499_999), STEP, why=Why.BOUNDARY),
    _POOR.reject(
        "LQ-1-041",
        "one price is stale, another at its floor: stale is told first, both are told",
        AdvanceTime(601),
        _floor("SOL", 94_500_000),
        STEP,
        code=R.PRICE_STALE,
        twin="LQ-1-040",
        why=Why.PRECEDENCE,
    ),
    _AT.reject(
        "LQ-1-042",
        "an old price at its floor is at its floor",
        _floor("USDC", USD),
        AdvanceTime(601),
        mark(900_000),
        STEP,
        code=R.PRICE_AT_FLOOR,
        twin="LQ-1-038",
        why=Why.PRECEDENCE,
    ),
    _BORROWED.accept(
        "LQ-1-043",
        "a price that its limits hold back liquidates",
        SetAssetParameters("SOL", replace(coin(90 * PERCENT), price_update_min=94 * PERCENT)),
        price(80),
        STEP,
    ),
    _LONG.accept(
        "LQ-1-044",
        "a mark that its limits hold back liquidates",
        contract_with(price_update_min=90 * PERCENT),
        mark(700_000),
        STEP,
    ),
    Group("liquidation_long", (mark(900_000),)).reject(
        "LQ-1-045",
        "while halted nothing is looked at",
        Halt(),
        Liquidate(99),
        code=R.HALTED,
        twin="LQ-1-047",
        why=Why.PRECEDENCE,
    ),
    _PAUSED.reject(
        "LQ-1-046",
        "59 seconds after a halt: the grace is not over",
        AdvanceTime(59),
        STEP,
        code=R.LIQUIDATION_PAUSED,
        twin="LQ-1-047",
        why=Why.BOUNDARY,
    ),
    _PAUSED.accept("LQ-1-047", "60 seconds after a halt", AdvanceTime(60), STEP, why=Why.BOUNDARY),
    _PAUSED.reject(
        "LQ-1-048",
        "in the grace, for an account that is not due: the grace is told first",
        Liquidate(3),
        code=R.LIQUIDATION_PAUSED,
        twin="LQ-1-047",
        why=Why.PRECEDENCE,
    ),
    Group("liquidation_long", (system_with(liquidation_grace=700), *_PAUSED.before)).reject(
        "LQ-1-049",
        "in the grace, at old prices, not due: all three are told",
        AdvanceTime(601),
        Liquidate(3),
        code=R.PRICE_STALE,
        twin="LQ-1-047",
        why=Why.PRECEDENCE,
    ),
    Group("liquidation_long", (system_with(liquidation_grace=0), *_PAUSED.before)).accept(
        "LQ-1-050", "without a grace it is due at once", STEP, why=Why.BOUNDARY
    ),
    _PAUSED.reject(
        "LQ-1-051",
        "who used the grace to deposit is not due after it",
        deposit(2, USD),
        AdvanceTime(60),
        STEP,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-1-047",
    ),
)

_BOTH: Final = Group(
    "liquidation",
    (deposit(2, 155 * USD, after=0), *opened(2, 3, 1000), *opened(4, 2, 10, USD, OTHER)),
)

_ZERO: Final[tuple[Case, ...]] = (
    _LONG.accept(
        "LQ-1-060",
        "zero price of a long: the part of the equity is rounded down, the price up",
        mark(883_333),
        STEP,
        why=Why.ROUNDING,
    ),
    _SHORT.accept(
        "LQ-1-061",
        "zero price of a short: the part is rounded down, and so is the price",
        mark(1_117_777),
        STEP,
        why=Why.ROUNDING,
    ),
    _LONG.accept("LQ-1-062", "equity is zero: the zero price is the mark", mark(855_000), STEP),
    _SHORT.accept("LQ-1-063", "short, equity is zero", mark(1_155_000), STEP),
    _LONG.accept(
        "LQ-1-064",
        "below zero the part is rounded away from zero: the zero price is an atom higher",
        deposit(2, 1),
        mark(800_000),
        STEP,
        why=Why.ROUNDING,
    ),
    _SHORT.accept("LQ-1-065", "short, below zero", deposit(2, 1), mark(1_200_000), STEP),
    _BOTH.trace(
        "LQ-1-066",
        "two exposures share the equity by their values",
        mark(890_000),
        mark(1_010_000, OTHER),
        *steps(3),
    ),
    _BOTH.trace(
        "LQ-1-067",
        "a short whose zero price would be below one: it is one atom",
        mark(1),
        *steps(1),
        why=Why.BOUNDARY,
    ),
    Group("liquidation_long", (mark(2),)).accept(
        "LQ-1-068", "a mark of one atom", mark(1), STEP, why=Why.BOUNDARY
    ),
)

CASES: Final[tuple[Case, ...]] = (*_EDGE, *_PRICES, *_ZERO)
