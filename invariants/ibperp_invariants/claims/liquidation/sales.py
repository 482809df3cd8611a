"""The invariant of conversions: no sale harms an account that another one would help (LQ-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.events import LiquidationStage
from ibperp.liquidation import zero_price
from ibperp.margin import collateral_value
from ibperp.numbers import RATIO, mul_div_down, mul_div_up
from ibperp.parameters import MarketParameters
from ibperp_invariants.claims.liquidation.liquidated import liquidated_step, mark_of
from ibperp_invariants.claims.portfolio.health import health_of, holdings_of
from ibperp_invariants.step.step import step_invariant
from ibperp_invariants.view.view import limits_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.claims.liquidation.liquidated import LiquidatedStep
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.view import OrderView, View


def sales_help(step: Step) -> Iterator[str]:
    """Check that a sale lowers equity over maintenance only where no other would raise it (LQ-5).

    Another one would for sure if the first bid takes all that the account has of an asset, from
    what its maker holds free, at a price that pays more than the collateral counts for.
    """
    rung = liquidated_step(step)
    if rung is None or rung.stage is not LiquidationStage.CONVERSION:
        return
    before, after = rung.before, rung.after
    kept = (after.equity + rung.slack) * before.maintenance
    if kept >= before.equity * after.maintenance:
        return
    sold = {trade.market for trade in step.facts.trades}
    for symbol in step.before.markets:
        if symbol not in sold and _helps(step.before, rung, symbol):
            yield (
                f"account {rung.account} sold in {sorted(sold)}, which lowers its health; a sale "
                f"in {symbol} would raise it: {before} became {after}"
            )


def _helps(view: View, rung: LiquidatedStep, symbol: str) -> bool:
    """Tell whether all that an account holds of a market's base sells for more than it counts."""
    market, limits, system = view.markets[symbol], limits_of(view, symbol), view.system
    account, mark = view.accounts[rung.account], mark_of(view, symbol)
    order = view.orders.get(market.bids[0]) if len(market.bids) else None
    if not isinstance(limits, MarketParameters) or order is None or system is None or not mark:
        return False
    held = (holdings_of(view, account) or {}).get(limits.base)
    if held is None or limits.quote != system.settlement_asset:
        return False
    lots = account.free.get(limits.base, 0) // limits.lot_atoms
    of = rung.before
    zero = zero_price(mark, of.equity, of.exposure, is_long=True)
    limit = mul_div_up(zero, RATIO, max(RATIO - limits.taker_fee, 1))
    if not limits.minimum_lots <= lots <= order.lots or order.price < limit:
        return False
    haircut, unit, price = held.limits.haircut, system.quote_unit, held.price
    left = held.held - lots * limits.lot_atoms
    counted = [
        collateral_value(haircut, atoms, price, held.limits.lot_atoms, unit)
        for atoms in (held.held, left)
    ]
    rate = RATIO - limits.taker_fee - system.liquidation_fee
    atoms = mul_div_down(lots * order.price, rate, RATIO) - rung.slack
    quote = view.assets[limits.quote]
    paid = mul_div_down(atoms, quote.price, quote.parameters.lot_atoms if quote.parameters else 1)
    return paid - (counted[0] - counted[1]) > rung.slack and _is_sure(view, rung, order, limits)


def _is_sure(view: View, rung: LiquidatedStep, order: OrderView, limits: MarketParameters) -> bool:
    """Tell whether a maker pays for its whole bid from free atoms, and no bound holds it back."""
    maker, own = view.accounts[order.account], health_of(view, order.account)
    return (
        maker.user != view.accounts[rung.account].user
        and maker.free.get(limits.quote, 0) >= order.reserved
        and order.is_firm()
        and own is not None
        and own.exposure == 0
        and limits.impact_min == 0
    )


SALES: Final[tuple[Invariant, ...]] = (
    step_invariant(
        sales_help,
        "LQ-5",
        "No sale of collateral lowers equity over maintenance where the first bid for another "
        "asset would raise it.",
    ),
)
