"""Tables of positions and settlements: truncated to what fits 80 columns, gains to the atom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ibperp.state import find_asset
from ibperp_conformance.presets.scales import settlement_units
from ibperp_conformance.presets.units import decimal_of
from ibperp_conformance.report.gains import (
    GAINS,
    INTEREST,
    RESERVE,
    ROUNDING,
    THROUGH_THE_FUND,
    UNEARNED,
    Flow,
    Leg,
)
from ibperp_conformance.report.layout import shown, table_of
from ibperp_conformance.report.tables import NOTHING, dollars, quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from rich.table import Table

    from ibperp.state import State
    from ibperp_conformance.report.gains import Gains
    from ibperp_conformance.report.positions import PositionStanding
    from ibperp_conformance.report.standing import Standing

PLACES: Final = ("account", "market")
POSITION_TABLES: Final = (
    ("positions", ("side",), ("size", "entry", "mark")),
    ("gains of positions", (), ("unrealized", "realized", "interest")),
    ("costs of positions", (), ("fees", "funding", "virtual")),
)
LIMITS_TABLE: Final = ("limits of positions", (), ("notional", "break_even", "liquidation"))
ALL: Final = "all"

POSITIONS_LEGEND: Final = (
    "unrealized: since the last settlement; realized: by closing and settling. fees are paid; "
    "funding and interest are received, below zero paid. virtual: lent, below zero borrowed, in "
    "the pool in the position's name. liquidation: the mark at which the account fails, if nothing "
    "else moves; where the position gains on the way there, other debts or its size fail it. "
    "Amounts in {asset}."
)


def position_tables(positions: Sequence[PositionStanding]) -> Iterator[Table]:
    """Yield what each position shows, in whole units, quote per unit and settlement asset."""
    for title, words, numbers in POSITION_TABLES:
        yield _position_table(positions, title, words, numbers)


def limits_table(positions: Sequence[PositionStanding]) -> Table:
    """Return the prices at which each position breaks even and fails its account."""
    return _position_table(positions, *LIMITS_TABLE)


def _position_table(
    positions: Sequence[PositionStanding],
    title: str,
    words: tuple[str, ...],
    numbers: tuple[str, ...],
) -> Table:
    heads = (name.replace("_", " ") for name in numbers)
    table = table_of(title, (*PLACES, *words), heads)
    for position in positions:
        texts = (getattr(position, name) for name in (*PLACES, *words))
        amounts = (_shown(getattr(position, name)) for name in numbers)
        table.add_row(*map(shown, texts), *amounts)
    return table


def balances_table(standings: Iterable[Standing]) -> Table:
    """Return what is unsettled of each account, and lent and borrowed virtually."""
    names = ("unsettled", "virtually lent", "virtually owed")
    table = table_of("settlement balances", ("account",), names)
    for standing in standings:
        amounts = (standing.unsettled, standing.virtually_lent, standing.virtually_owed)
        if any(amounts):
            table.add_row(shown(standing.account), *map(quantity, amounts))
    return table


def settlements_table(state: State, gains: Gains, names: Mapping[int, str]) -> Table:
    """Return what each account paid into the fund and received from it, over all settlements."""
    title = f"settlements in {state.system.settlement_asset}"
    used = [flow for flow in Flow if any(n for (_, of), n in gains.flows.items() if of is flow)]
    table = table_of(title, ("account",), used)
    for account, flows in _flows(gains, names).items():
        amounts = (dollars(settlement_units(state, flows[flow])) for flow in used)
        table.add_row(shown(account), *amounts)
    if table.row_count:
        sums = {flow: _total(gains, flow) for flow in used}
        table.add_row(ALL, *(dollars(settlement_units(state, sums[flow])) for flow in used))
    return table


def gains_table(state: State, gains: Gains, names: Mapping[int, str]) -> Table:
    """Return who won and lost, and who paid interest to whom, to the atom, and that it sums up."""
    title = f"won and lost in {state.system.settlement_asset}, to the atom; spot by its prices"
    table = table_of(title, ("account", "by"), ("amount",))
    if not gains.has_traded:
        return table
    for account, legs in _legs(gains, names).items():
        for index, (leg, amount) in enumerate(legs.items()):
            name = shown(account) if index == 0 else ""
            table.add_row(name, leg, decimal_of(settlement_units(state, amount)))
    for leg, amount in _sums(gains).items():
        table.add_row(ALL, leg, decimal_of(settlement_units(state, amount)))
    return table


def gains_json(state: State, gains: Gains, names: Mapping[int, str]) -> dict[str, Any] | None:
    """Return gains and settlements as JSON, in exact decimals; None without a settlement asset."""
    if find_asset(state, state.system.settlement_asset) is None:
        return None

    def written(amounts: Mapping[Any, int]) -> dict[str, str]:
        return {
            str(name).replace(" ", "_"): decimal_of(settlement_units(state, amount))
            for name, amount in amounts.items()
        }

    return {
        "asset": state.system.settlement_asset,
        "accounts": {name: written(legs) for name, legs in _legs(gains, names).items()},
        "sums": written(_sums(gains)),
        "through_the_fund": written({"sum": sum(_total(gains, flow) for flow in THROUGH_THE_FUND)}),
        "settlements": {name: written(flows) for name, flows in _flows(gains, names).items()},
    }


def _legs(gains: Gains, names: Mapping[int, str]) -> dict[str, dict[str, int]]:
    """Return what is not zero of every account's legs and their total, then what the pool kept."""
    accounts = sorted({who for who, _ in gains.legs if isinstance(who, int)})
    found: dict[str, dict[str, int]] = {}
    for account in accounts:
        legs = {str(leg): gains.legs[account, leg] for leg in Leg if gains.legs[account, leg]}
        if legs:
            found[names.get(account, str(account))] = {**legs, "total": gains.of(account)}
    for part in (RESERVE, UNEARNED, ROUNDING):
        found[part] = {"interest": gains.of(part)}
    return found


def _sums(gains: Gains) -> dict[str, int]:
    return {str(leg): gains.total([leg]) for leg in GAINS} | {"interest": gains.total(INTEREST)}


def _flows(gains: Gains, names: Mapping[int, str]) -> dict[str, dict[Flow, int]]:
    accounts = sorted({account for account, _ in gains.flows})
    return {
        names.get(account, str(account)): {flow: gains.flows[account, flow] for flow in Flow}
        for account in accounts
    }


def _total(gains: Gains, of: Flow) -> int:
    return sum(amount for (_, flow), amount in gains.flows.items() if flow is of)


def _shown(value: Fraction | str | None) -> str:
    if isinstance(value, str):
        return value
    return NOTHING if value is None else quantity(value)
