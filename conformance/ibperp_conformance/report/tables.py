"""Tables of where accounts and markets stand: truncated to what fits 80 columns."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ibperp.numbers import RATIO
from ibperp.parameter_laws import DECIMALS_MAX
from ibperp.pool import utilization
from ibperp_conformance.presets.units import decimal_of, truncated
from ibperp_conformance.report.layout import shown, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.table import Table

    from ibperp.state import State
    from ibperp_conformance.report.positions import PositionStanding
    from ibperp_conformance.report.standing import Holding, MarketStanding, OpenOrder, Standing

QUANTITY_PLACES: Final = 6
DOLLAR_PLACES: Final = 2
WEIGHT_PLACES: Final = 4
EXACT_PLACES: Final = DECIMALS_MAX
NOTHING: Final = "-"

LEGEND: Final = (
    "weight: what a dollar of the asset counts for after its haircut. notional: debt, with what "
    "open orders may add. IMF, MMF: the initial and maintenance requirement over notional. "
    "equity: value less debt, with gains. locked: the initial requirement, what open orders may "
    "lose and gains that do not count. "
    "IMR, MMR: the initial and maintenance requirement over equity; from an MMR of 100 % on an "
    "account is liquidatable. Everything is truncated, and exact with --json."
)


def holdings_table(standings: Sequence[Standing]) -> Table:
    """Return what each account has and owes, in whole units."""
    table = table_of(
        "holdings", ("account", "asset"), ("free", "lent", "owed", "reserved", "price USD")
    )
    for name, holding in _holdings(standings):
        amounts = (holding.free, holding.lent, holding.owed, holding.reserved, holding.price)
        table.add_row(name, shown(holding.asset), *map(quantity, amounts))
    return table


def values_table(standings: Sequence[Standing]) -> Table:
    """Return what holdings count for and what exposures require, in US dollars and percent."""
    table = table_of(
        "values in USD", ("account", "asset"), ("weight", "value", "debt", "notional", "IMF", "MMF")
    )
    for name, holding in _holdings(standings):
        weight = NOTHING if holding.weight is None else truncated(holding.weight, WEIGHT_PLACES)
        amounts = (holding.value, holding.liability, holding.notional)
        fractions = map(percentage, (holding.initial_fraction, holding.maintenance_fraction))
        table.add_row(name, shown(holding.asset), weight, *map(dollars, amounts), *fractions)
    return table


def margin_table(standings: Sequence[Standing]) -> Table:
    """Return the equity, what is locked of it and the ratios of accounts: first who fails first."""
    names = ("equity", "locked", "available", "IMR", "MMR")
    table = table_of("margin in USD, nearest to liquidation first", ("account",), names)
    for standing in sorted(standings, key=_safety):
        if not standing.holdings and not standing.is_exposed:
            continue
        fit = standing.health
        amounts = (fit.equity, standing.locked, fit.equity - standing.locked)
        table.add_row(
            shown(standing.account),
            *(dollars(standing.dollars(amount)) for amount in amounts),
            margin_ratio(standing, fit.initial),
            margin_ratio(standing, fit.maintenance),
        )
    return table


def _safety(standing: Standing) -> tuple[bool, Fraction]:
    """Return what accounts are sorted by: those that fail first come first."""
    ratio = standing.ratio(standing.health.maintenance)
    worst = Fraction(0) if ratio is None else 1 / (1 + ratio)
    return not standing.is_exposed, worst


def orders_table(orders: Iterable[OpenOrder]) -> Table:
    """Return the orders that rest, in whole base units and quote per base unit."""
    texts, numbers = ("order", "account", "market", "side"), ("amount", "price", "reserved")
    table = table_of("open orders", texts, numbers)
    for order in orders:
        words = (getattr(order, name) for name in texts)
        amounts = (getattr(order, name) for name in numbers)
        table.add_row(*map(shown, words), *map(quantity, amounts))
    return table


def markets_table(markets: Iterable[MarketStanding]) -> Table:
    """Return the order books of the markets, a row for each price, highest first."""
    table = table_of("books", ("market",), ("last", "bid", "price", "ask"))
    for market in markets:
        last = NOTHING if market.last_price is None else quantity(market.last_price)
        head = (shown(market.market), last)
        for price, bid, ask in market.levels:
            amounts = (bid, price, ask)
            table.add_row(*head, *(quantity(amount) if amount else "" for amount in amounts))
            head = ("", "")
        if not market.levels and market.last_price is not None:
            table.add_row(*head)
    return table


def pools_table(state: State) -> Table:
    """Return the pools that hold anything, in whole units; their utilization in percent."""
    names = ("cash", "lent", "borrowed", "reserve", "utilization")
    table = table_of("pools", ("pool",), names)
    for asset in state.assets:
        pool, atoms = asset.pool, 10**asset.parameters.decimals
        if not pool.cash and not pool.lent:
            continue
        amounts = (pool.cash, pool.lent, pool.borrowed, pool.reserve)
        used = percentage(Fraction(utilization(pool), RATIO))
        table.add_row(
            shown(asset.symbol), *(quantity(Fraction(amount, atoms)) for amount in amounts), used
        )
    return table


def standing_json(standing: Standing) -> dict[str, Any]:
    """Return an account as JSON: exact decimals, endless ones truncated, null for none."""
    fit = standing.health
    initial, maintenance = standing.ratio(fit.initial), standing.ratio(fit.maintenance)
    return {
        "account": standing.account,
        "assets": {holding.asset: record_json(holding, "asset") for holding in standing.holdings},
        "equity": _exact(standing.dollars(fit.equity)),
        "unsettled": _exact(standing.unsettled),
        "virtually_lent": _exact(standing.virtually_lent),
        "virtually_owed": _exact(standing.virtually_owed),
        "uncounted_gain": _exact(standing.dollars(fit.uncounted_gain)),
        "order_loss": _exact(standing.dollars(fit.order_loss)),
        "initial_requirement": _exact(standing.dollars(fit.initial)),
        "maintenance_requirement": _exact(standing.dollars(fit.maintenance)),
        "initial_margin_ratio": _exact(initial if standing.is_exposed else None),
        "maintenance_margin_ratio": _exact(maintenance if standing.is_exposed else None),
        "is_liquidatable": standing.is_liquidatable,
    }


def record_json(
    record: Holding | OpenOrder | PositionStanding, *without: str
) -> dict[str, str | None]:
    """Return the fields of a record as JSON, in exact decimals."""
    return {
        member.name: _exact(getattr(record, member.name))
        for member in fields(record)
        if member.name not in without
    }


def margin_ratio(standing: Standing, requirement: int) -> str:
    """Return a requirement over equity in percent; without exposure there is none."""
    if not standing.is_exposed:
        return NOTHING
    ratio = standing.ratio(requirement)
    return "no equity" if ratio is None else percentage(ratio)


def percentage(ratio: Fraction | None) -> str:
    """Return a ratio in percent, truncated."""
    return NOTHING if ratio is None else f"{truncated(ratio * 100, DOLLAR_PLACES)} %"


def quantity(amount: Fraction) -> str:
    """Return an amount or a price, truncated."""
    return truncated(amount, QUANTITY_PLACES)


def dollars(amount: Fraction) -> str:
    """Return US dollars, truncated to cents."""
    return truncated(amount, DOLLAR_PLACES)


def _exact(value: Fraction | str | None) -> str | None:
    if not isinstance(value, Fraction):
        return value
    is_decimal = 10**EXACT_PLACES % value.denominator == 0
    return decimal_of(value) if is_decimal else truncated(value, EXACT_PLACES)


def _holdings(standings: Sequence[Standing]) -> Iterable[tuple[str, Holding]]:
    """Yield every holding, the first of an account with its name."""
    for standing in standings:
        for index, holding in enumerate(standing.holdings):
            yield shown(standing.account) if index == 0 else "", holding
