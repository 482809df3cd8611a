"""Invariants of the portfolio: what health says, and whose health an action may lower."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    AcceptQuote,
    AmendOrder,
    Borrow,
    CancelAllOrders,
    CancelOrder,
    ConvertCollateral,
    ConvertDust,
    Deposit,
    FailWithdrawal,
    FundInsurance,
    Lend,
    PlaceOrder,
    Redeem,
    Repay,
    RequestWithdrawal,
    SetAccountSettings,
    SetPrice,
    SubmitQuote,
    Transfer,
)
from ibperp.fill import Fill
from ibperp.margin import (
    Health,
    counted_equity,
    is_admissible,
    is_liquidatable,
    is_no_riskier,
    owed_value,
)
from ibperp.numbers import RATIO, mul_div_down, mul_div_up
from ibperp.outcomes import RejectionCode
from ibperp.state import FEES
from ibperp_invariants.claims.portfolio.health import (
    collateral_bound,
    eased,
    fee_cost,
    health_of,
    holdings_in,
    interest_value,
    rounding_value,
)
from ibperp_invariants.claims.portfolio.positions import gains_of
from ibperp_invariants.step.inflows import block_parties
from ibperp_invariants.step.step import owner_of, state_invariant, step_invariant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ibperp.actions import Action
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import View

EXACT: Final = (
    Borrow,
    RequestWithdrawal,
    PlaceOrder,
    ConvertDust,
    FundInsurance,
    SubmitQuote,
    AcceptQuote,
)
"""The actions that end with the comparison of both healths, so that no rounding lies between."""

OF_OWNERS: Final = (
    *EXACT,
    Transfer,
    Lend,
    Redeem,
    Repay,
    SetAccountSettings,
    CancelOrder,
    CancelAllOrders,
    AmendOrder,
    ConvertCollateral,
)
LIMIT_CODES: Final = {RejectionCode.LEND_LIMIT.value, RejectionCode.BORROW_LIMIT.value}


def health_ordering(view: View, totals: Totals) -> Iterator[str]:
    """Check the order of the requirements that are reported (PF-4, PF-6, PF-7)."""
    del totals
    yield from _disordered(view, view.portfolios)


def no_double_count(view: View, totals: Totals) -> Iterator[str]:
    """Check that the reported health is what holdings and debts add up to (PF-1, PF-7)."""
    del totals
    yield from _miscounted(view, view.portfolios)


def profit_bounded(view: View, totals: Totals) -> Iterator[str]:
    """Check that equity is at most what the haircuts ever let collateral count for (PF-2)."""
    del totals
    yield from _unbounded(view, view.portfolios)


def own_actions_keep_safe(step: Step) -> Iterator[str]:
    """Check that the owner's action left the account admissible or no riskier (PF-8)."""
    action, owner = step.action, owner_of(step.action)
    if not step.is_accepted() or not isinstance(action, OF_OWNERS) or owner is None:
        return
    before, after = health_of(step.before, owner), health_of(step.after, owner)
    if before is None or after is None:
        return
    slack = 0 if isinstance(action, EXACT) else rounding_value(step)
    is_safe = is_admissible(eased(before, slack), after)
    if isinstance(action, SetAccountSettings):
        old = step.before.accounts[owner].settings.leverage_limit
        counted = counted_equity(after) + slack
        is_safe &= action.leverage_limit >= old or counted >= after.initial
    if not is_safe:
        yield f"account {owner}: {_told(before)} became {_told(after)}"


def makers_stay_safe(step: Step) -> Iterator[str]:
    """Check that a maker is admissible or no riskier after its trade (SM-9, PF-8).

    It is judged by what the trade did cost, not by what open orders may. After several trades: it
    is above maintenance, or no riskier. A fill was judged elsewhere (CF-11).
    """
    if isinstance(step.action, Fill):
        return
    makers = [maker for _, maker, _ in step.trades()]
    yield from _unsafe_parties(step)
    for maker in sorted(set(makers)):
        before, after = health_of(step.before, maker), health_of(step.after, maker)
        if before is None or after is None or not step.is_accepted():
            continue
        slack = rounding_value(step)
        before, after = eased(replace(before, order_loss=0), slack), replace(after, order_loss=0)
        is_kept = after.equity + slack >= after.maintenance or is_no_riskier(before, after)
        is_safe = is_kept if makers.count(maker) > 1 else is_admissible(before, after)
        if not is_safe:
            yield f"maker {maker}: {_told(before)} became {_told(after)}"


def _unsafe_parties(step: Step) -> Iterator[str]:
    """Yield who a trade off the book left neither admissible nor no riskier (PG-4, PG-6)."""
    for fact in step.facts.blocks:
        request = step.before.requests.get(fact.request)
        found = health_of(step.before, request.account) if request else None
        is_judged = found is None or not is_liquidatable(found)
        for account in {fact.quoter, request.account if request and is_judged else fact.quoter}:
            before, after = health_of(step.before, account), health_of(step.after, account)
            if before and after and not is_admissible(before, after):
                yield f"party {account}: {_told(before)} became {_told(after)}"


def nobody_else_loses_health(step: Step) -> Iterator[str]:
    """Check that no other account has less equity after its open orders than before (PF-5, PF-8).

    What a maker's limit price costs is counted before as the loss of its open order. On top come
    the entry fee of its own borrow; a maker fee above the reserved one; and roundings, those of
    the pools' moves and of its sums.
    """
    yield from losses(step, step.changed_accounts())


def losses(step: Step, accounts: Iterable[int]) -> Iterator[str]:
    """Yield which of `accounts` lost health by the action of another one's owner."""
    if not step.is_accepted() or not isinstance(step.action, (*OF_OWNERS, Deposit)):
        return
    others = set(accounts) - {FEES, owner_of(step.action)} - block_parties(step)
    slack = rounding_value(step) + interest_value(step) if others else 0
    for index in sorted(others):
        before, after = health_of(step.before, index), health_of(step.after, index)
        if before is None or after is None:
            continue
        old, new = before.equity - before.order_loss, after.equity - after.order_loss
        if new < old - slack - fee_cost(step, index):
            yield f"account {index}: equity after open orders went from {old} to {new}"


def gift_never_hurts(step: Step) -> Iterator[str]:
    """Check that an account which receives is not worse off, beyond a sweep's rounding (CU-4)."""
    action = step.action
    match action:
        case Deposit(account=account) | Transfer(receiver=account):
            receiver = account
        case FailWithdrawal(withdrawal=index) if index in step.before.withdrawals:
            receiver = step.before.withdrawals[index].account
        case _:
            return
    before, after = health_of(step.before, receiver), health_of(step.after, receiver)
    if before is None or after is None or not step.is_accepted():
        return
    slack = rounding_value(step)
    is_kept = (
        after.equity >= before.equity - slack
        and after.equity - after.order_loss >= before.equity - before.order_loss - slack
        and after.initial <= before.initial + slack
        and after.maintenance <= before.maintenance + slack
    )
    if not is_kept:
        yield f"account {receiver} received: {_told(before)} became {_told(after)}"


def cap_one_way(step: Step) -> Iterator[str]:
    """Check that what lowers a lend or a debt is not refused for a limit (MM-8)."""
    found = sorted(LIMIT_CODES.intersection((step.code or "", *step.violated)))
    if found and not _may_raise(step.action):
        yield f"{type(step.action).__name__} was refused with {', '.join(found)}, violated 1 limit"


def price_update_limited(step: Step) -> Iterator[str]:
    """Check that one update sets its price, or the limit that this would have passed (PF-10)."""
    action = step.action
    if not isinstance(action, SetPrice) or not step.is_accepted():
        return
    old, new = (view.assets.get(action.asset) for view in (step.before, step.after))
    if old is None or new is None:
        return
    low, high, limits = 1, None, new.parameters
    if old.price and limits:
        low = max(mul_div_down(old.price, limits.price_update_min, RATIO), 1)
        high = mul_div_up(old.price, limits.price_update_max, RATIO)
    is_known = not old.price or limits is not None
    expected = max(action.price, low) if high is None else min(max(action.price, low), high)
    if is_known and (new.price, new.is_limited) != (expected, expected != action.price):
        yield (
            f"{action.asset}: the price went from {old.price} to {new.price}, "
            f"the action had {action.price}, the limits are {low} to {high}, cut {new.is_limited}"
        )


def _disordered(view: View, accounts: Iterable[int]) -> Iterator[str]:
    for index in accounts:
        health = view.portfolios[index]
        requirements = health.auto_close, health.maintenance, health.initial
        is_ordered = list(requirements) == sorted(requirements)
        is_positive = min(health.order_loss, health.exposure, *requirements) >= 0
        has_both = (health.exposure > 0) == (health.maintenance > 0) == (health.initial > 0)
        if not (is_ordered and is_positive and has_both):
            yield f"account {index}: {_told(health)}"


def _miscounted(view: View, accounts: Iterable[int]) -> Iterator[str]:
    for index in accounts:
        reported, counted = view.portfolios[index], health_of(view, index)
        if counted is not None and counted != reported:
            yield f"account {index}: {_told(reported)} is reported, it is {_told(counted)}"


def _unbounded(view: View, accounts: Iterable[int]) -> Iterator[str]:
    system = view.system
    for index in accounts:
        holdings = holdings_in(view, index)
        if system is None or holdings is None:
            continue
        bound = sum(
            collateral_bound(item, system)
            - owed_value(item.owed, item.price, item.limits.lot_atoms)
            for item in holdings.values()
        )
        gains = gains_of(view, index)
        equity = view.portfolios[index].equity - (gains.equity if gains else 0)
        if equity > bound and gains:
            yield f"account {index}: equity {equity} is above the {bound} of its haircuts"


def _may_raise(action: Action | Fill) -> bool:
    """Tell whether an action may raise a lend or a debt, so that a limit may refuse it."""
    match action:
        case Fill() | Lend() | Borrow() | AmendOrder() | SubmitQuote() | AcceptQuote():
            return True
        case RequestWithdrawal(auto_borrow=auto_borrow):
            return auto_borrow
        case PlaceOrder(flags=flags):
            return flags.auto_borrow
        case _:
            return False


def _told(health: Health) -> str:
    return ", ".join(f"{part.name} {getattr(health, part.name)}" for part in fields(Health))


PORTFOLIO: Final[tuple[Invariant, ...]] = (
    state_invariant(
        health_ordering,
        "PF-4 PF-6 PF-7",
        "Auto-close is at most maintenance, maintenance at most the initial requirement; none is "
        "below zero, and all are zero if and only if there is no exposure.",
        lambda step: _disordered(step.after, step.reported_accounts()),
    ),
    state_invariant(
        no_double_count,
        "PF-1 PF-2 PF-3 PF-5 PF-7",
        "The health of an account is what its holdings, debts and open orders add up to, each "
        "unit counted once, whether it is free, lent or reserved.",
        lambda step: _miscounted(step.after, step.reported_accounts()),
    ),
    state_invariant(
        profit_bounded,
        "PF-2 PF-7",
        "Collateral counts for at most its weight, and with a haircut by size for at most base / "
        "penalty times the root of its value, however high the price.",
        lambda step: _unbounded(step.after, step.reported_accounts()),
    ),
    step_invariant(
        own_actions_keep_safe,
        "PF-8 MM-13 MM-15 SM-4 SM-11 SM-12 CU-5 CU-10",
        "After an owner's accepted action the account is admissible or no riskier than before.",
    ),
    step_invariant(
        makers_stay_safe,
        "PF-5 PF-8 SM-9 PG-4 PG-6",
        "After a trade its maker is admissible or no riskier than before; after one off the book "
        "both parties are, except an account whose collateral is converted.",
    ),
    step_invariant(
        nobody_else_loses_health,
        "PF-5 PF-7 PF-8 SM-9",
        "An owner's action takes no equity after open orders from any other account, beyond what a "
        "maker's own borrow costs, a maker fee raised since it reserved, and roundings.",
    ),
    step_invariant(
        gift_never_hurts,
        "PF-2 CU-4 CU-7 CU-10",
        "Atoms received lower no equity and raise no requirement, beyond a sweep's rounding.",
    ),
    step_invariant(
        cap_one_way,
        "MM-8 MM-18",
        "Limits on lending and borrowing refuse only what may raise a lend or a debt.",
    ),
    step_invariant(
        price_update_limited,
        "PF-10 CU-11 GV-3",
        "A price becomes that of the action, or the limit of one update that it would pass, and "
        "an asset whose update was cut says so.",
    ),
)
