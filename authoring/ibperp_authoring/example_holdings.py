"""Who holds what in the base of a chapter's examples, as a table of the numbers that people use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.state import Perpetual
from ibperp_authoring.example_readings import Readings, grouped
from ibperp_authoring.markdown import rows
from ibperp_conformance.presets.scales import asset_price
from ibperp_conformance.report.standing import Standing, standings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.state import Account, State


def holdings(state: State) -> str:
    """Return the accounts of a state and what they hold and owe, then every price."""
    body = [
        (str(index), *_row(state, account, standing))
        for index, (account, standing) in enumerate(
            zip(state.accounts, standings(state, {}), strict=True)
        )
    ]
    shown = [row for row in body if int(row[0]) > 1 or any(cell != "-" for cell in row[2:])]
    table = rows(("account", "user", "free", "lent", "borrowed", "positions"), shown)
    return f"{table}\nPrices: {'; '.join(_prices(state))}.\n"


def _row(state: State, account: Account, standing: Standing) -> tuple[str, ...]:
    parts = [
        [f"{grouped(getattr(held, name))} {held.asset}" for held in standing.holdings]
        for name in ("free", "lent", "owed")
    ]
    cells = ([shown for shown in part if not shown.startswith("0 ")] for part in parts)
    return (
        str(account.user),
        *(", ".join(cell) or "-" for cell in cells),
        ", ".join(_positions(state, account)) or "-",
    )


def _positions(state: State, account: Account) -> Iterator[str]:
    readings = Readings(state)
    for position in account.positions:
        market = state.markets[position.market]
        if position.lots:
            side = "long" if position.lots > 0 else "short"
            yield f"{side} {readings.lots(abs(position.lots), market)} of {market.symbol}"


def _prices(state: State) -> Iterator[str]:
    readings = Readings(state)
    for asset in state.assets:
        yield f"1 {asset.symbol} = ${grouped(asset_price(state, asset, asset.price))}"
    for market in state.markets:
        if isinstance(market, Perpetual):
            yield f"mark of {market.symbol} {readings.price(market.mark_price, market)}"
