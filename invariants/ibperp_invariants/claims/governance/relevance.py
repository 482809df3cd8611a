"""Invariants of where a price stands in the way: where a verdict depends on it, nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    Borrow,
    ConvertDust,
    FundInsurance,
    Liquidate,
    PlaceOrder,
    RequestWithdrawal,
    ResolveBankruptcy,
    RunRisk,
    Transfer,
)
from ibperp.feeds import PriceLevel
from ibperp.margin import counted_equity, is_liquidatable, is_no_riskier
from ibperp.outcomes import RejectionCode
from ibperp_invariants.claims.governance.price_levels import (
    KNOWN_LEVELS,
    due_in_favor,
    idle_assets,
    market_levels,
    needed_levels,
    weighed,
)
from ibperp_invariants.claims.portfolio.health import health_of
from ibperp_invariants.step.step import OF_LIQUIDATION, step_invariant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.parameters import SystemParameters
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.view import View

PRICE_CODES: Final = {RejectionCode.PRICE_STALE, RejectionCode.PRICE_AT_FLOOR}


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose prices an owner's action asks for, how old they may be, and the levels it admits."""

    account: int
    age: int
    admitted: set[PriceLevel]


def feeds_admit_by_level(step: Step) -> Iterator[str]:
    """Check that the prices on which an accepted action depends have an admitted level (GV-3)."""
    system, action = step.before.system, step.action
    if not step.is_accepted() or system is None:
        return
    if isinstance(action, OF_LIQUIDATION):
        # Of a run the first account alone is judged by the state before.
        first = step.facts.liquidation.worked_on()[:1]
        for account in first if isinstance(action, RunRisk) else [action.account]:
            yield from _not_known_due(step.before, account, system)
        return
    asked = _asked(step, system)
    if asked is None:
        return
    levels = needed_levels(step.after, step.after.accounts[asked.account], asked.age)
    if isinstance(action, PlaceOrder | ConvertDust):
        levels |= market_levels(step.before, action.market, asked.age)
    refused = sorted(levels - asked.admitted)
    if refused:
        yield f"{type(action).__name__} at {step.before.time} was accepted on prices {refused}"
    yield from _carried_by_idle(step, asked)


def prices_stand_where_they_matter(step: Step) -> Iterator[str]:
    """Check that a price stops a liquidation only where being due depends on it (LQ-1, PF-9)."""
    system, action = step.before.system, step.action
    if not isinstance(action, Liquidate | ResolveBankruptcy) or system is None:
        return
    if step.is_accepted() or not PRICE_CODES & set(step.violated):
        return
    levels, favored = due_in_favor(step.before, action.account, system.liquidation_price_age)
    if favored and levels <= KNOWN_LEVELS and is_liquidatable(favored):
        yield f"account {action.account} is due whatever the prices are: {favored}"


def _not_known_due(view: View, account: int, system: SystemParameters) -> Iterator[str]:
    levels, favored = due_in_favor(view, account, system.liquidation_price_age)
    if levels - KNOWN_LEVELS:
        yield f"account {account} at {view.time} was worked on at {sorted(levels - KNOWN_LEVELS)}"
    if favored and not is_liquidatable(favored):
        yield f"account {account} was worked on, and it depends on prices that are not admitted"


def _asked(step: Step, system: SystemParameters) -> Asked | None:
    """Return what an owner's action asks of prices; None if it asks nothing."""
    match step.action:
        case Borrow(account=account):
            return Asked(account, system.borrow_price_age, {PriceLevel.VALID})
        case (
            RequestWithdrawal(account=account)
            | FundInsurance(account=account)
            | Transfer(sender=account)
        ):
            return Asked(account, system.withdrawal_price_age, {PriceLevel.VALID})
        case PlaceOrder(account=account) | ConvertDust(account=account):
            return Asked(account, system.order_price_age, KNOWN_LEVELS)
        case _:
            return None


def _carried_by_idle(step: Step, asked: Asked) -> Iterator[str]:
    """Yield a change that is admissible only with collateral whose price is not admitted."""
    account, age = asked.account, asked.age
    idle = idle_assets(step.after, step.after.accounts[account], age, asked.admitted)
    if not idle:
        return
    views = step.before, step.after
    with_all = [health_of(view, account) for view in views]
    without = [health_of(weighed(view, idle, 0), account) for view in views]
    (was, now), (less, left) = with_all, without
    if was is None or now is None or less is None or left is None:
        return
    # What open orders may lose is judged at the last prices.
    less, left = replace(less, order_loss=was.order_loss), replace(left, order_loss=now.order_loss)
    is_carried = is_no_riskier(less, left) and is_no_riskier(was, now)
    if counted_equity(left) < left.initial and not is_carried:
        yield f"account {account} leans on {sorted(idle)}, whose prices are not admitted: {left}"


RELEVANCE: Final[tuple[Invariant, ...]] = (
    step_invariant(
        feeds_admit_by_level,
        "PF-9 GV-3",
        "What is accepted depends on no price of a level that its class does not admit: what an "
        "owner does would be admissible without such collateral, and who is liquidated is due even "
        "if it counts in full.",
    ),
    step_invariant(
        prices_stand_where_they_matter,
        "LQ-1 PF-9",
        "A price refuses a liquidation or a resolution only where it depends on it whether the "
        "account is due.",
    ),
)
