"""What a step of a liquidation is judged by: who fails, the stage, its health, what it can pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ibperp.actions import RunRisk
from ibperp.margin import is_liquidatable
from ibperp.numbers import RATIO, mul_div_down
from ibperp.pool import borrow_shares_burned, debt, lend_claim
from ibperp.state import FEES, INSURANCE
from ibperp_invariants.claims.portfolio.health import (
    exposed_atoms,
    health_of,
    holdings_of,
    rounding_value,
)
from ibperp_invariants.claims.portfolio.positions import valued
from ibperp_invariants.step.step import OF_LIQUIDATION
from ibperp_invariants.view.view import PositionView, limits_of, perpetual_of, settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.events import LiquidationStage
    from ibperp.margin import Health
    from ibperp_invariants.step.step import Step
    from ibperp_invariants.view.view import View


@dataclass(frozen=True, slots=True)
class LiquidatedStep:
    """One step of a liquidation: the account, what was done, and its health before and after."""

    account: int
    stage: LiquidationStage
    before: Health
    after: Health
    slack: int


def liquidated_step(step: Step) -> LiquidatedStep | None:
    """Return the only step of an accepted liquidation; None if it did none, or several.

    A run that may also have converted collateral of accounts that owe the fund is several (LQ-10).
    """
    told = step.facts.liquidation
    if not step.is_accepted() or not isinstance(step.action, OF_LIQUIDATION) or told.resolved():
        return None
    steps = told.steps()
    if len(steps) != 1 or (isinstance(step.action, RunRisk) and _owes_the_fund(step.after)):
        return None
    account, stage = steps[0].account, steps[0].stage
    before, after = health_of(step.before, account), health_of(step.after, account)
    if before is None or after is None:
        return None
    return LiquidatedStep(account, stage, before, after, rounding_value(step))


def _owes_the_fund(view: View) -> bool:
    return any(
        holder.unsettled < 0
        for account, holder in view.accounts.items()
        if account not in {FEES, INSURANCE}
    )


def is_due(view: View, account: int) -> bool:
    """Tell whether an account is due for liquidation (LQ-1)."""
    found = health_of(view, account)
    return account not in {FEES, INSURANCE} and found is not None and is_liquidatable(found)


def urgency_of(view: View, account: int) -> tuple[int, int]:
    """Return equity per maintenance, rounded down, and the account: lower is sooner (LQ-10)."""
    found = health_of(view, account)
    if found is None:
        return 0, account
    return mul_div_down(found.equity, RATIO, max(found.maintenance, 1)), account


def position(view: View, account: int, market: str) -> PositionView:
    """Return a position of an account, an empty one if it has none."""
    holder = view.accounts.get(account)
    return holder.positions.get(market, PositionView()) if holder else PositionView()


def mark_of(view: View, market: str) -> int | None:
    """Return what a lot of a market is worth in quote atoms; None where that is not known."""
    perpetual, limits = perpetual_of(view, market), limits_of(view, market)
    if perpetual:
        return perpetual.mark_price
    base = view.assets.get(limits.base) if limits else None
    quote = view.assets.get(limits.quote) if limits else None
    if not (limits and base and quote and base.parameters and quote.parameters and quote.price):
        return None
    value = limits.lot_atoms * base.price * quote.parameters.lot_atoms
    return mul_div_down(1, value, base.parameters.lot_atoms * quote.price)


def new_fund_debt(step: Step, account: int) -> int:
    """Return the quote atoms by which grew what an account owes the fund beyond what it holds.

    A loss that a position showed becomes a debt to the fund when it is closed, and an exposure if
    the account does not hold as much (PF-12). Never below zero.
    """
    old, new = (_fund_debt(view, account) for view in (step.before, step.after))
    return max(-(valued(step.after, old - new) or 0), 0)


def _fund_debt(view: View, account: int) -> int:
    holdings, symbol = holdings_of(view, view.accounts[account]), settlement_asset(view)
    found = holdings.get(symbol) if holdings and symbol else None
    return exposed_atoms(found) - found.owed if found else 0


def keeps_share(before: Health, after: Health, slack: int) -> bool:
    """Tell whether an account kept its equity per exposure; below zero its equity, at least.

    What it closes takes no more than its share of the equity. `slack`: quote atoms.
    """
    if before.equity < 0 or before.exposure == 0:
        return after.equity >= before.equity - slack
    return (after.equity + slack) * before.exposure >= before.equity * after.exposure


def means_of(view: View, account: int) -> int:
    """Return the quote atoms that an account could pay, each way rounded down (LQ-7)."""
    holder, found = view.accounts[account], 0
    for symbol, asset in view.assets.items():
        if asset.parameters is None:
            continue
        shares = max(holder.shares.get(symbol, 0), 0)
        ways = [holder.free.get(symbol, 0), lend_claim(asset.pool, shares)]
        ways += [max(holder.unsettled, 0)] if symbol == settlement_asset(view) else []
        lot = asset.parameters.lot_atoms
        found += sum(mul_div_down(held, asset.price, lot) for held in ways)
    return found


def pays_an_atom(view: View, account: int, symbol: str) -> bool:
    """Tell whether all that an account could pay is worth an atom of an asset (LQ-7, LQ-9)."""
    asset = view.assets[symbol]
    if asset.parameters is None or asset.price == 0:
        return False
    return means_of(view, account) * asset.parameters.lot_atoms >= asset.price


def left_to_pay(view: View, account: int) -> Iterator[str]:
    """Yield what an account could still pay of what it owes from the same asset (LQ-3)."""
    holder, settlement = view.accounts[account], settlement_asset(view)
    for symbol, shares in holder.shares.items():
        if shares >= 0:
            continue
        pool, free = view.assets[symbol].pool, holder.free.get(symbol, 0)
        owed = debt(pool, -shares)
        part = min(owed, free)
        if part and (part == owed or borrow_shares_burned(pool, part)):
            yield f"{free} {symbol} for a debt of {owed}"
    if settlement and holder.unsettled < 0:
        shares = max(holder.shares.get(settlement, 0), 0)
        held = holder.free.get(settlement, 0) + lend_claim(view.assets[settlement].pool, shares)
        if held:
            yield f"{held} {settlement} for {holder.unsettled} unsettled"
    for symbol, own in holder.positions.items():
        if own.lots == 0:
            yield f"{own.virtual} virtual shares without lots of {symbol}"


def debts_of(view: View, account: int) -> list[str]:
    """Return the assets that an account owes a pool or the fund."""
    holder, settlement = view.accounts[account], settlement_asset(view)
    owed = [symbol for symbol, shares in holder.shares.items() if shares < 0]
    return owed + ([settlement] if settlement and holder.unsettled < 0 else [])
