"""Invariants of what passes in a liquidation: at what worth, and that nobody grows rich by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import ResolveBankruptcy
from ibperp.events import LiquidationStage
from ibperp.numbers import mul_div_up
from ibperp.orders import Side
from ibperp_invariants.claims.liquidation.liquidated import liquidated_step, mark_of
from ibperp_invariants.claims.portfolio.health import face_value, rounding_value
from ibperp_invariants.claims.portfolio.positions import valued
from ibperp_invariants.step.step import step_invariant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.claims.liquidation.liquidated import LiquidatedStep
    from ibperp_invariants.step.step import Invariant, Step

AT_WORTH: Final = {
    LiquidationStage.PAY_OWN,
    LiquidationStage.ON_BACKSTOP,
    LiquidationStage.LENDING_ADL,
    LiquidationStage.IN_KIND,
}
"""The stages in which assets and debts pass at the prices of the moment."""


def handed_over_at_worth(step: Step) -> Iterator[str]:
    """Check that nobody wins by a handover but providers, their share of equity (LQ-3, LQ-6)."""
    rung = liquidated_step(step)
    if rung is None or rung.stage not in AT_WORTH:
        return
    accounts = step.changed_accounts()
    slack, share = rung.slack * len(accounts), _share_of_equity(step, rung)
    for account in accounts:
        old, new = (face_value(view, account) for view in (step.before, step.after))
        if old is None or new is None:
            continue
        is_failing = account == rung.account
        low, high = (-share, 0) if is_failing else (0, share)
        if not low - slack <= new - old <= high + slack:
            yield f"account {account}: {rung.stage} made a worth of {old} to {new}, {share} at most"


def liquidation_enriches_no_user(step: Step) -> Iterator[str]:
    """Check that the accounts of who fails are not worth more after it, all together (LQ-7)."""
    failing = _failing(step)
    if failing is None:
        return
    users, gained, count = step.before.accounts, 0, 0
    for account in step.changed_accounts():
        if users[account].user != users[failing].user:
            continue
        old, new = (face_value(view, account) for view in (step.before, step.after))
        if old is None or new is None:
            return
        gained, count = gained + max(new, 0) - max(old, 0), count + 1
    most = _better_than_mark(step) + rounding_value(step) * count
    if gained > most:
        user = users[failing].user
        yield f"account {failing}: the {count} accounts of user {user} gained {gained}, not {most}"


def _share_of_equity(step: Step, rung: LiquidatedStep) -> int:
    """Return the quote atoms of equity that go to providers with what they took (LQ-6)."""
    before, after, equity = step.before, step.after, rung.before.equity
    if rung.stage is not LiquidationStage.ON_BACKSTOP or equity <= 0:
        return 0
    moved = sum(
        abs(move.lots) * (mark_of(before, move.market) or 0)
        for move in step.facts.liquidation.moved()
    )
    used = sum(
        capacity - after.backstops.get(provider, 0)
        for provider, capacity in before.backstops.items()
    )
    taken = -(valued(before, -moved) or 0) if moved else used + rung.slack
    return mul_div_up(taken, equity, rung.before.exposure)


def _failing(step: Step) -> int | None:
    """Return the account that is liquidated in one step, or resolved; None if there is none."""
    rung = liquidated_step(step)
    if rung is not None:
        return rung.account
    is_resolved = step.is_accepted() and isinstance(step.action, ResolveBankruptcy)
    return getattr(step.action, "account", None) if is_resolved else None


def _better_than_mark(step: Step) -> int:
    """Return the quote atoms by which trades were better than the mark for who fails.

    A mark and a zero price are rounded for it by less than an atom a lot.
    """
    found = sum(abs(move.lots) for move in step.facts.liquidation.moved())
    for trade in step.facts.trades:
        mark, resting = mark_of(step.before, trade.market), step.before.orders[trade.maker_order]
        mark = trade.price if mark is None else mark
        better = trade.price - mark if resting.side is Side.BID else mark - trade.price
        found += trade.lots * (max(better, 0) + 1) + max(-trade.taker_fee, 0)
    return -(valued(step.before, -found) or 0)


TAKEOVER: Final[tuple[Invariant, ...]] = (
    step_invariant(
        handed_over_at_worth,
        "LQ-3 LQ-6 LQ-7",
        "An amount that passes off the book without a position passes at the current prices, "
        "without a haircut: it changes no account's worth, except that of providers by their "
        "share of equity.",
    ),
    step_invariant(
        liquidation_enriches_no_user,
        "LQ-4 LQ-6 LQ-7 LQ-9",
        "All accounts of the user that fails are together worth no more after a step of the "
        "liquidation, beyond what a price better than the mark brings.",
    ),
)
