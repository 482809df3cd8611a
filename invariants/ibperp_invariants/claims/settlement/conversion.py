"""The invariant of conversions of a solvent account's collateral (ST-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import ConvertCollateral
from ibperp.margin import is_liquidatable
from ibperp.numbers import RATIO, div_down, div_up, mul_div_up
from ibperp.programs import RequestKind
from ibperp_invariants.claims.portfolio.health import health_of
from ibperp_invariants.step.step import step_invariant, wealth
from ibperp_invariants.view.view import changed, limits_of, settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.view import View


def conversions_pay_what_is_owed(step: Step) -> Iterator[str]:
    """Check who is converted, how much, at which price, and that something is done (ST-9)."""
    if not step.is_accepted() or not isinstance(step.action, ConvertCollateral):
        return
    account, asset = step.action.account, settlement_asset(step.before)
    found, owed = health_of(step.before, account), -step.before.accounts[account].unsettled
    if owed <= 0 or (found is not None and is_liquidatable(found)):
        yield f"account {account} owes {owed}, and its collateral is converted: {found}"
    sales = [(trade.market, trade.lots, trade.price) for trade in step.facts.trades]
    asked = _asked(step, account)
    if bool(sales) == bool(asked) or len({market for market, _, _ in (*sales, *asked)}) != 1:
        yield f"account {account}: sold {sales}, asked for {asked}"
        return
    if (
        sales
        and asset
        and wealth(step.after, account, asset) <= wealth(step.before, account, asset)
    ):
        yield f"account {account} sold {sales}, and has no more {asset}"
    market = (*sales, *asked)[0][0]
    yield from _unbounded(step, market, owed, sales or asked)


def _asked(step: Step, account: int) -> list[tuple[str, int, int]]:
    """Return the requests that the system made, as market, lots and price."""
    return [
        (request.market, request.lots, request.price)
        for index in changed(step.before.requests, step.after.requests)
        if (request := step.after.requests.get(index)) is not None
        and (request.account, request.kind) == (account, RequestKind.CONVERSION)
        and index not in step.before.requests
    ]


def _unbounded(
    step: Step, market: str, owed: int, sales: list[tuple[str, int, int]]
) -> Iterator[str]:
    """Yield which sales bring more than is owed by a whole lot, or are too far from the mark."""
    limits, system = limits_of(step.before, market), step.before.system
    mark = _mark(step.before, market)
    if limits is None or system is None or mark is None:
        return
    net, lots = mark - mul_div_up(mark, limits.taker_fee, RATIO), sum(own[1] for own in sales)
    most = max(div_up(owed, net), limits.minimum_lots) if net > 0 else 0
    if lots > most:
        yield f"{market}: {lots} lots for {owed} atoms at {mark} a lot"
    worst = max(mul_div_up(mark, RATIO - system.conversion_distance, RATIO), 1)
    if any(price < worst for _, _, price in sales):
        yield f"{market}: {sales} is worse than {worst}, at a mark of {mark}"


def _mark(view: View, market: str) -> int | None:
    """Return what a lot is worth in atoms of the quote, None where that is not known (SM-6)."""
    limits = limits_of(view, market)
    if limits is None:
        return None
    base, quote = view.assets[limits.base], view.assets[limits.quote]
    if base.parameters is None or quote.parameters is None:
        return None
    value = limits.lot_atoms * base.price * quote.parameters.lot_atoms
    return div_down(value, base.parameters.lot_atoms * quote.price)


CONVERSION: Final[tuple[Invariant, ...]] = (
    step_invariant(
        conversions_pay_what_is_owed,
        "ST-9",
        "Collateral of a solvent account is converted only for its debt to the fund, in one "
        "market, near the mark, and by no lot more than pays it; or quotes are requested.",
    ),
)
