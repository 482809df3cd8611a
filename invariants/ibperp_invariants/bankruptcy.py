"""Invariants of bankruptcies: who bears what, and that nothing else makes a debt disappear."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp.numbers import mul_div_down
from ibperp.outcomes import SettlementSource
from ibperp.pool import debt, lend_claim
from ibperp.risk_actions import ResolveBankruptcy
from ibperp.risk_events import Liability
from ibperp.state import INSURANCE
from ibperp_invariants.frame_of_risk import OF_RISK
from ibperp_invariants.positions import fund_claim, gain_of, marked
from ibperp_invariants.step import state_invariant, step_invariant, wealth
from ibperp_invariants.view import settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ibperp_invariants.risk_facts import ResolvedFact
    from ibperp_invariants.step import Invariant, Step
    from ibperp_invariants.totals import Totals
    from ibperp_invariants.view import View

TRANSFER: Final = SettlementSource.SYSTEM_LIABILITY_TRANSFER


def bankruptcy_adds_up(step: Step) -> Iterator[str]:
    """Check that insurance, reserve and claimants bear exactly what ends (LQ-9)."""
    risk = step.facts.risk
    for fact in risk.resolved():
        parts = fact.insurance, fact.reserve, fact.spread
        rest = fact.owed - sum(parts)
        is_whole = step.before.system is not None and step.before.system.non_recourse
        is_fund = fact.liability is Liability.FUND
        slack = 0 if is_fund else step.rounding_atoms(fact.asset)
        if min(parts) < 0 or rest < -slack or (is_whole and rest > slack):
            yield f"account {fact.account}, {fact.asset}: of {fact.owed} {parts} were borne"
    if not risk.resolved():
        return
    passed = sum(
        amount for (_, _, source), amount in step.facts.credited.items() if source is TRANSFER
    )
    spread = sum(fact.amount for fact in risk.spread())
    if passed != spread:
        yield f"unsettled balances got {passed}, gains of positions lost {spread}"
    if isinstance(step.action, ResolveBankruptcy):
        for symbol, old, new in step.pools():
            facts = [fact for fact in risk.resolved() if fact.asset == symbol]
            reserve = sum(fact.reserve for fact in facts)
            more = new.reserve - old.reserve + reserve
            if not 0 <= more <= step.rounding_atoms(symbol):
                yield f"{symbol}: the reserve went from {old.reserve} to {new.reserve}"


def bankrupt_means_nothing_left(step: Step) -> Iterator[str]:
    """Check that only an account without means is bankrupt, and that it then owes nothing."""
    if not step.is_accepted() or not isinstance(step.action, ResolveBankruptcy):
        return
    account = step.action.account
    old, new = (view.accounts[account] for view in (step.before, step.after))
    lots = {symbol: own.lots for symbol, own in old.positions.items() if own.lots}
    if old.orders or lots:
        yield f"account {account} had the orders {list(old.orders)} and the positions {lots}"
    worth = _means(step.before, account)
    for fact in step.facts.risk.resolved():
        price = _price(step.before, fact.asset)
        if price and price[0] and worth * price[1] >= price[0]:
            yield f"account {account} had {worth} to pay {fact.owed} {fact.asset} with"
    is_whole = step.before.system is not None and step.before.system.non_recourse
    if is_whole and min((0, new.unsettled, *new.shares.values())) < 0:
        yield f"account {account} still owes {new.unsettled} and {dict(new.shares)}"


def loss_spread_in_proportion(step: Step) -> Iterator[str]:
    """Check that each claim on the fund bears its share of a loss, to the atom (LQ-9)."""
    resolved = step.facts.risk.resolved()
    if not isinstance(step.action, ResolveBankruptcy) or not resolved:
        return
    fund = next((fact for fact in resolved if fact.liability is Liability.FUND), None)
    loss = fund.spread if fund else 0
    if any(fact.liability is Liability.POOL and fact.insurance for fact in resolved):
        return
    claims = _claims(step.before)
    if fund:
        left = claims.get((INSURANCE, ""), 0) - fund.insurance
        claims[INSURANCE, ""] = max(left, 0)
    total, borne = sum(claims.values()), _borne(step, fund)
    for key in sorted({*claims, *borne}):
        claim, part = claims.get(key, 0), borne.get(key, 0)
        if abs(part * total - loss * claim) >= max(total, 1):
            yield f"{key}: bore {part} of {loss}, its claim was {claim} of {total}"


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
    resolved = step.facts.risk.resolved()
    fund = next((fact for fact in resolved if fact.liability is Liability.FUND), None)
    paid = old - new - _borne(step, fund).get((INSURANCE, ""), 0)
    slack, limit = step.rounding_atoms(symbol), system.insurance_limit
    means = max(old + _owed(step.before, INSURANCE, symbol), 0)
    if paid > min(limit, means) + slack:
        yield f"the insurance paid {paid}, with means of {means} and a limit of {limit}"


def lenders_shares_stay_defined(view: View, totals: Totals) -> Iterator[str]:
    """Check that a pool's shares have a price whatever it lost (MM-2, LQ-9)."""
    del totals
    yield from _undefined(view, view.assets)


def bad_debt_falls_only_by_resolution(step: Step) -> Iterator[str]:
    """Check that reserve and claims fall by nothing but a bankruptcy that is told (LQ-9)."""
    risk = step.facts.risk
    for symbol, old, new in step.pools():
        lost = sum(fact.reserve for fact in risk.resolved() if fact.asset == symbol)
        if new.reserve < old.reserve - lost:
            yield f"{symbol}: the reserve went from {old.reserve} to {new.reserve}, {lost} is told"
    if isinstance(step.action, OF_RISK):
        return
    for (account, _, source), amount in step.facts.credited.items():
        if source is TRANSFER:
            yield f"account {account}: {type(step.action).__name__} transferred {amount}"


def _owed(view: View, account: int, symbol: str) -> int:
    """Return what an account owes the pool of an asset, in atoms."""
    shares = view.accounts[account].shares.get(symbol, 0)
    return debt(view.assets[symbol].pool, -shares) if shares < 0 else 0


def _undefined(view: View, symbols: Iterable[str]) -> Iterator[str]:
    for symbol in symbols:
        pool = view.assets[symbol].pool
        is_owed = (pool.borrowed > 0) <= (pool.borrow_shares > 0)
        if not is_owed or min(pool.lent, pool.lend_shares, pool.borrow_shares) < 0:
            yield f"{symbol}: shares without a price: {pool}"


def _touched(step: Step) -> list[str]:
    """Return the assets that a step changed."""
    before = step.before.assets
    return [name for name, asset in step.after.assets.items() if before.get(name) != asset]


def _price(view: View, symbol: str) -> tuple[int, int] | None:
    asset = view.assets[symbol]
    return (asset.price, asset.parameters.lot_atoms) if asset.parameters else None


def _means(view: View, account: int) -> int:
    """Return the quote atoms that an account could pay, each way rounded down (LQ-7)."""
    holder, found = view.accounts[account], 0
    for symbol, asset in view.assets.items():
        price = _price(view, symbol)
        if price is None:
            continue
        is_settled = symbol == settlement_asset(view)
        shares = max(holder.shares.get(symbol, 0), 0)
        ways = [holder.free.get(symbol, 0), lend_claim(asset.pool, shares)]
        ways += [max(holder.unsettled, 0)] if is_settled else []
        found += sum(mul_div_down(held, *price) for held in ways)
    return found


def _claims(view: View) -> dict[tuple[int, str], int]:
    """Return every claim on the fund, by account and market, in atoms (LQ-9)."""
    active = view.accounts if view.active is None else [account for (account,) in view.active]
    found = {}
    for account in active:
        found[account, ""] = max(view.accounts[account].unsettled, 0)
        for symbol, market, own in marked(view, account):
            found[account, symbol] = max(gain_of(market, own), 0)
    return {key: claim for key, claim in found.items() if claim}


def _borne(step: Step, fund: ResolvedFact | None) -> dict[tuple[int, str], int]:
    """Return what each claim lost, by account and market, in atoms."""
    found = {
        (account, ""): -amount
        for (account, _, source), amount in step.facts.credited.items()
        if source is TRANSFER and fund and account != fund.account
    }
    if fund and fund.insurance:
        found[INSURANCE, ""] = found.get((INSURANCE, ""), 0) - fund.insurance
    for fact in step.facts.risk.spread():
        key = fact.account, fact.market
        found[key] = found.get(key, 0) + fact.amount
    return {key: part for key, part in found.items() if part}


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
        "debts; without recourse it owes nothing afterwards.",
    ),
    step_invariant(
        loss_spread_in_proportion,
        "LQ-9",
        "Each claim on the fund bears its proportion of a loss, within one atom.",
    ),
    step_invariant(
        insurance_within_limit,
        "LQ-8 LQ-9",
        "The insurance pays at most its limit for a bankruptcy, and at most what it has.",
    ),
    state_invariant(
        lenders_shares_stay_defined,
        "MM-2 LQ-9",
        "No pool has debts without borrow shares, or lends and shares below zero, whatever it "
        "lost.",
        lambda step: _undefined(step.after, _touched(step)),
    ),
    step_invariant(
        bad_debt_falls_only_by_resolution,
        "LQ-9 MM-2",
        "No reserve falls but by what a bankruptcy tells, and nobody's claim on the fund passes "
        "on but in a liquidation or a bankruptcy.",
    ),
)
