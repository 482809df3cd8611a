"""Invariants of bankruptcies: who bears what, and that nothing else makes a debt disappear."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp.actions import Liquidate, ResolveBankruptcy
from ibperp.events import Liability, SettlementSource
from ibperp.outcomes import RejectionCode
from ibperp.state import INSURANCE
from ibperp_invariants.claims.governance.price_levels import (
    KNOWN_LEVELS,
    asset_level,
    market_levels,
)
from ibperp_invariants.claims.liquidation.liquidated import (
    debts_of,
    left_to_pay,
    means_of,
    pays_an_atom,
)
from ibperp_invariants.claims.portfolio.positions import fund_claim, gain_of, marked
from ibperp_invariants.step.moved import bits_of
from ibperp_invariants.step.step import OF_LIQUIDATION, state_invariant, step_invariant, wealth
from ibperp_invariants.view.view import settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ibperp_invariants.step.liquidation_facts import ResolvedFact
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import View

SHARED: Final = bits_of(
    f"assets/{name}" for name in ("lent", "lend_shares", "borrowed", "borrow_shares")
)
"""The parts of a pool that its shares are worth something by."""

TRANSFER: Final = SettlementSource.SYSTEM_LIABILITY_TRANSFER
STEPS_LEFT: Final = {
    RejectionCode.NOT_BANKRUPT.value,
    RejectionCode.NOTHING_TO_LIQUIDATE.value,
}
"""The codes that say whether a step is left to an account."""


def bankruptcy_adds_up(step: Step) -> Iterator[str]:
    """Check that insurance, reserve and claimants bear exactly what ends (LQ-9)."""
    liquidation = step.facts.liquidation
    for fact in liquidation.resolved():
        parts = fact.insurance, fact.reserve, fact.spread
        rest = fact.owed - sum(parts)
        is_whole = step.before.system is not None and step.before.system.non_recourse
        is_fund = fact.liability is Liability.FUND
        slack = 0 if is_fund else step.rounding_atoms(fact.asset)
        if min(parts) < 0 or rest < -slack or (is_whole and rest > slack):
            yield f"account {fact.account}, {fact.asset}: of {fact.owed} {parts} were borne"
    if not liquidation.resolved():
        return
    passed = sum(
        amount for (_, _, source), amount in step.facts.credited.items() if source is TRANSFER
    )
    spread = sum(fact.amount for fact in liquidation.spread())
    if passed != spread:
        yield f"unsettled balances got {passed}, gains of positions lost {spread}"
    if isinstance(step.action, ResolveBankruptcy):
        for symbol, old, new in step.pools(every=True):
            facts = [fact for fact in liquidation.resolved() if fact.asset == symbol]
            reserve = sum(fact.reserve for fact in facts)
            more = new.reserve - old.reserve + reserve
            if not 0 <= more <= step.rounding_atoms(symbol):
                yield f"{symbol}: the reserve went from {old.reserve} to {new.reserve}"


def bankrupt_means_nothing_left(step: Step) -> Iterator[str]:
    """Check that only an account without means is bankrupt, and that it then owes nothing.

    A debt in an asset whose price is not admitted waits (LQ-9).
    """
    if not step.is_accepted() or not isinstance(step.action, ResolveBankruptcy):
        return
    account = step.action.account
    new = step.after.accounts[account]
    for what in _left(step.before, account):
        yield f"account {account} was resolved with {what}"
    system = step.before.system
    is_whole = system is not None and system.non_recourse
    age = system.liquidation_price_age if system else 0
    owes = new.unsettled < 0 or any(
        shares < 0 and asset_level(step.before, symbol, age) in KNOWN_LEVELS
        for symbol, shares in new.shares.items()
    )
    if is_whole and (owes or new.positions or new.orders):
        yield f"account {account} is not at zero: {new}"


def bankruptcy_open_at_once(step: Step) -> Iterator[str]:
    """Check that nobody who can pay nothing waits for its resolution (LQ-2, LQ-9)."""
    action, code = step.action, step.code
    if code is None or not isinstance(action, Liquidate | ResolveBankruptcy):
        return
    is_step = code == RejectionCode.NOTHING_TO_LIQUIDATE.value
    left = list(_left(step.before, action.account, is_step=is_step)) if code in STEPS_LEFT else []
    if code == RejectionCode.NOT_BANKRUPT.value and not left:
        yield f"account {action.account} has nothing left, and was not resolved: {code}"
    if is_step:
        is_whole = step.before.system is not None and step.before.system.non_recourse
        if isinstance(action, ResolveBankruptcy):
            left = ["no recourse to it"] if is_whole else []
        for what in left:
            yield f"account {action.account} was refused with {code}, with {what}"


def relief_before_loss(step: Step) -> Iterator[str]:
    """Check that a debt to the fund is taken off before any account loses by it (LQ-9).

    In a run, other accounts pay with the same source before.
    """
    resolved = step.facts.liquidation.resolved()
    if not isinstance(step.action, ResolveBankruptcy) or len(resolved) != 1:
        return
    if resolved[0].liability is not Liability.FUND:
        return
    order = [account for account, _, source in step.facts.credited if source is TRANSFER]
    if order[:1] != [resolved[0].account] or (resolved[0].insurance and order[1] != INSURANCE):
        yield f"account {resolved[0].account}: its debt of {resolved[0].owed} went over {order}"


def loss_spread_in_proportion(step: Step) -> Iterator[str]:
    """Check that each claim on the fund bears its share of a loss, to the atom (LQ-9)."""
    resolved = step.facts.liquidation.resolved()
    if not isinstance(step.action, ResolveBankruptcy) or not resolved:
        return
    fund = next((fact for fact in resolved if fact.liability is Liability.FUND), None)
    loss = fund.spread if fund else 0
    if any(fact.liability is Liability.POOL and fact.insurance for fact in resolved):
        return
    claims = _claims(step.before)
    if fund:
        claims[INSURANCE] = max(claims.get(INSURANCE, 0) - fund.insurance, 0)
    total, borne = sum(claims.values()), _borne(step, fund)
    for account in sorted({*claims, *borne}):
        claim, part = claims.get(account, 0), borne.get(account, 0)
        if abs(part * total - loss * claim) >= max(total, 1):
            yield f"account {account}: bore {part} of {loss}, its claim was {claim} of {total}"


def insurance_within_limit(step: Step) -> Iterator[str]:
    """Check what the insurance pays for one bankruptcy: at most its limit and means (LQ-8).

    As a lender or a claimant it may lose besides, like any other: its lend is valued as before.
    """
    system, symbol = step.before.system, settlement_asset(step.before)
    if not step.is_accepted() or not isinstance(step.action, ResolveBankruptcy):
        return
    if system is None or symbol is None:
        return
    valued_before = replace(step.after, assets=step.before.assets)
    old, new = (
        wealth(view, INSURANCE, symbol) + fund_claim(view, INSURANCE)
        for view in (step.before, valued_before)
    )
    resolved = step.facts.liquidation.resolved()
    fund = next((fact for fact in resolved if fact.liability is Liability.FUND), None)
    paid = old - new - _borne(step, fund).get(INSURANCE, 0)
    slack, limit = step.rounding_atoms(symbol), system.insurance_limit
    if paid > min(limit, max(old, 0)) + slack:
        yield f"the insurance paid {paid}, of the {old} that it had, with a limit of {limit}"


def lenders_shares_stay_defined(view: View, totals: Totals) -> Iterator[str]:
    """Check that a pool's shares have a price whatever it lost (MM-2, LQ-9)."""
    del totals
    yield from _undefined(view, view.assets)


def bad_debt_falls_only_by_resolution(step: Step) -> Iterator[str]:
    """Check that reserve and claims fall by nothing but a bankruptcy that is told (LQ-9)."""
    liquidation = step.facts.liquidation
    for symbol, old, new in step.pools(every=True):
        lost = sum(fact.reserve for fact in liquidation.resolved() if fact.asset == symbol)
        if new.reserve < old.reserve - lost:
            yield f"{symbol}: the reserve went from {old.reserve} to {new.reserve}, {lost} is told"
    if isinstance(step.action, OF_LIQUIDATION):
        return
    for (account, _, source), amount in step.facts.credited.items():
        if source is TRANSFER:
            yield f"account {account}: {type(step.action).__name__} transferred {amount}"


def _undefined(view: View, symbols: Iterable[str]) -> Iterator[str]:
    for symbol in symbols:
        pool = view.assets[symbol].pool
        is_owed = (pool.borrowed > 0) <= (pool.borrow_shares > 0)
        if not is_owed or min(pool.lent, pool.lend_shares, pool.borrow_shares) < 0:
            yield f"{symbol}: shares without a price: {pool}"


def _left(view: View, account: int, *, is_step: bool = False) -> Iterator[str]:
    """Yield what an account has left; for a step without positions that wait for a mark (LQ-2)."""
    age = view.system.liquidation_price_age if view.system else 0
    holder = view.accounts[account]
    lots = {
        symbol: own.lots
        for symbol, own in holder.positions.items()
        if own.lots and not (is_step and market_levels(view, symbol, age) - KNOWN_LEVELS)
    }
    if holder.orders or lots:
        yield f"the orders {list(holder.orders)} and the positions {lots}"
    yield from left_to_pay(view, account)
    for symbol in debts_of(view, account):
        if pays_an_atom(view, account, symbol):
            yield f"means that are worth {means_of(view, account)}, for a debt in {symbol}"


def _claims(view: View) -> dict[int, int]:
    """Return what each account has won in all, its losses taken off, in atoms (LQ-9)."""
    active = view.accounts if view.active is None else [account for (account,) in view.active]
    won = {
        account: view.accounts[account].unsettled
        + sum(gain_of(market, own) for _, market, own in marked(view, account))
        for account in active
    }
    return {account: claim for account, claim in won.items() if claim > 0}


def _borne(step: Step, fund: ResolvedFact | None) -> dict[int, int]:
    """Return what each claim lost, by account, in atoms."""
    found = {
        account: -amount
        for (account, _, source), amount in step.facts.credited.items()
        if source is TRANSFER and fund and account != fund.account
    }
    if fund and fund.insurance:
        found[INSURANCE] = found.get(INSURANCE, 0) - fund.insurance
    for fact in step.facts.liquidation.spread():
        found[fact.account] = found.get(fact.account, 0) + fact.amount
    return {account: part for account, part in found.items() if part}


BANKRUPTCY: Final[tuple[Invariant, ...]] = (
    step_invariant(
        bankruptcy_adds_up,
        "LQ-9",
        "What a bankrupt account owed is what insurance, reserve and claimants bear, to the atom "
        "for the fund and to a rounding for a pool.",
    ),
    step_invariant(
        bankrupt_means_nothing_left,
        "LQ-9",
        "A bankrupt account has no orders, no positions and nothing that pays an atom of its "
        "debts; without recourse it is at zero afterwards: it owes nothing, and a deposit is its "
        "own.",
    ),
    step_invariant(
        bankruptcy_open_at_once,
        "LQ-2 LQ-9",
        "An account that can pay nothing more is resolved by the first action that tries, until "
        "then there is a step: no loss has to wait to be recognized.",
    ),
    step_invariant(
        relief_before_loss,
        "LQ-9",
        "A debt to the fund is taken off the account and charged to the insurance before any claim "
        "falls.",
    ),
    step_invariant(
        loss_spread_in_proportion,
        "LQ-9",
        "The claim of an account on the fund is its gains in all markets minus its losses. Each "
        "claim bears its proportion of a loss, within one atom; no other account bears a part.",
    ),
    step_invariant(
        insurance_within_limit,
        "LQ-8 LQ-9",
        "The insurance pays at most its limit for a bankruptcy, and at most what it has, so its "
        "balance never becomes negative by a payment.",
    ),
    state_invariant(
        lenders_shares_stay_defined,
        "MM-2 LQ-9",
        "No pool has debts without borrow shares, or lends and shares below zero, whatever it "
        "lost.",
        lambda step: _undefined(step.after, step.moved_assets(SHARED)),
    ),
    step_invariant(
        bad_debt_falls_only_by_resolution,
        "LQ-9 MM-2",
        "No reserve falls except by the amount that the event of a bankruptcy names, and no claim "
        "on the fund passes on except in a liquidation or a bankruptcy.",
    ),
)
