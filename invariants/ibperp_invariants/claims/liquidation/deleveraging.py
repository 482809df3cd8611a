"""Invariants of the last rungs: backstop providers, and positions closed against others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp.events import LiquidationStage
from ibperp.liquidation import deleverage_rank, zero_price
from ibperp.margin import counted_equity, owed_value, requirement
from ibperp.numbers import RATIO, mul_div_up
from ibperp.parameters import PerpetualParameters
from ibperp.state import INSURANCE
from ibperp_invariants.claims.governance.price_levels import (
    KNOWN_LEVELS,
    asset_level,
    is_mark_known,
)
from ibperp_invariants.claims.liquidation.liquidated import (
    is_due,
    keeps_share,
    liquidated_step,
    means_of,
    new_fund_debt,
    position,
)
from ibperp_invariants.claims.portfolio.health import (
    exposed_atoms,
    face_value,
    health_of,
    holdings_of,
)
from ibperp_invariants.claims.portfolio.positions import marked, shares_worth, valued
from ibperp_invariants.step.step import step_invariant
from ibperp_invariants.view.view import changed, perpetual_of, settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.parameters import SystemParameters
    from ibperp_invariants.claims.liquidation.liquidated import LiquidatedStep
    from ibperp_invariants.step.liquidation_facts import MoveFact
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.view import PerpetualView, View


UNASKED: Final = {
    LiquidationStage.ON_ADL,
    LiquidationStage.LENDING_ADL,
    LiquidationStage.IN_KIND,
}
"""The stages in which accounts bear a part without their consent (LQ-7)."""


def backstop_provider_safe(step: Step) -> Iterator[str]:
    """Check that who takes over offered it, is of another user, and meets its margin (LQ-6)."""
    rung = liquidated_step(step)
    if rung is None or rung.stage is not LiquidationStage.ON_BACKSTOP:
        return
    users, failing = step.before.accounts, step.before.accounts[rung.account].user
    for provider in step.changed_accounts():
        if provider == rung.account:
            continue
        found = health_of(step.after, provider)
        if found and counted_equity(found) < found.initial:
            yield f"provider {provider} of account {rung.account} is left with {found}"
        if users[provider].user == failing or provider not in step.before.backstops:
            offered = step.before.backstops.get(provider, 0)
            yield f"account {provider} took over from account {rung.account}, it offered {offered}"


def backstop_within_capacity(step: Step) -> Iterator[str]:
    """Check that a provider takes at most its capacity, at the zero price (LQ-6, PG-1)."""
    rung = liquidated_step(step)
    if rung is None or rung.stage is not LiquidationStage.ON_BACKSTOP:
        return
    if rung.before.equity <= 0:
        yield f"account {rung.account}: handed to the backstop with {rung.before}"
    for move in step.facts.liquidation.moved():
        market = perpetual_of(step.before, move.market)
        capacity = step.before.backstops.get(move.counterparty, 0)
        notional = valued(step.before, -abs(move.lots) * market.mark_price) if market else None
        if market is None or notional is None:
            continue
        lot, left = valued(step.before, -market.mark_price) or 0, capacity + notional
        told = step.after.backstops.get(move.counterparty, 0)
        if left < lot or told != max(left, 0):
            yield f"provider {move.counterparty} took {-notional} of {capacity}, {told} is left"
        zero = _zero(rung, market, is_long=move.lots > 0)
        if move.price != zero:
            yield f"provider {move.counterparty} took lots at {move.price}, not at {zero}"
    for provider in changed(step.before.backstops, step.after.backstops):
        taken = step.before.backstops.get(provider, 0) - step.after.backstops.get(provider, 0)
        before, after = health_of(step.before, provider), health_of(step.after, provider)
        if before and after and after.exposure - before.exposure > taken + _over(step, rung):
            yield f"provider {provider} took {taken}, its exposure was {before}, is {after}"


def deleveraged_were_opposite(step: Step) -> Iterator[str]:
    """Check that a position was closed as a whole, against opposite ones alone (LQ-7)."""
    for _, moves, market, old in _deleveragings(step):
        total = sum(move.lots for move in moves)
        if total != old:
            yield f"{moves[0].market}: {total} lots were moved of a position of {old}"
        for move in moves:
            theirs = position(step.before, move.counterparty, move.market).lots
            left = position(step.after, move.counterparty, move.market).lots
            is_opposite = theirs * move.lots < 0 and abs(move.lots) <= abs(theirs)
            if not is_opposite or left != theirs + move.lots:
                yield f"account {move.counterparty}: {move.lots} lots made {theirs} to {left}"
        after = perpetual_of(step.after, moves[0].market)
        if after and after.open_interest != market.open_interest - abs(total):
            yield f"{moves[0].market}: {after.open_interest} is open of {market.open_interest}"


def deleveraging_price_between(step: Step) -> Iterator[str]:
    """Check each price: the zero price, or between the mark and what the other bears (LQ-7)."""
    for rung, moves, market, old in _deleveragings(step):
        is_long, mark = old > 0, market.mark_price
        lacks = rung.before.equity
        if lacks < 0:
            lacks = min(face_value(step.before, rung.account) or 0, 0)
        insured = _insured_equity(step.before, lacks)
        user = step.before.accounts[rung.account].user
        for move in moves:
            own = health_of(step.before, move.counterparty)
            if own is None or own.exposure <= 0:
                continue
            is_own = step.before.accounts[move.counterparty].user == user
            equity = lacks if is_own else insured
            zero = zero_price(mark, equity, rung.before.exposure, is_long=is_long)
            bearable = zero_price(mark, own.equity, own.exposure, is_long=not is_long)
            low, high = min(mark, zero), max(mark, zero)
            if is_long and zero > mark:
                low, high = min(zero, max(mark, bearable)), max(mark, min(zero, bearable))
            elif not is_long and zero < mark:
                low, high = min(mark, max(zero, bearable)), max(zero, min(mark, bearable))
            else:
                low = high = zero
            if not low <= move.price <= high:
                yield (
                    f"account {move.counterparty}: deleveraged at {move.price}, mark {mark}, "
                    f"zero price {zero}, its own {bearable}"
                )


def deleveraging_in_order(step: Step) -> Iterator[str]:
    """Check that the most profitable and leveraged went first, ties by id (LQ-7)."""
    for _, moves, market, old in _deleveragings(step):
        ranks = _ranks(step.before, moves[0].market, market, is_long=old < 0)
        expected = [account for _, account in sorted(ranks)][: len(moves)]
        if [move.counterparty for move in moves] != expected:
            told = [move.counterparty for move in moves]
            yield f"{moves[0].market}: the accounts {told} were deleveraged, not {expected}"


def deleveraging_leaves_no_riskier(step: Step) -> Iterator[str]:
    """Check that who was deleveraged kept its equity per exposure, and owes no more (LQ-7)."""
    for rung, moves, _, _ in _deleveragings(step):
        for move in moves:
            before, after = (
                health_of(view, move.counterparty) for view in (step.before, step.after)
            )
            holder = step.before.accounts[move.counterparty]
            if before is None or after is None or holder.orders:
                continue
            slack, booked = rung.slack + abs(move.lots), new_fund_debt(step, move.counterparty)
            is_kept = keeps_share(before, replace(after, exposure=after.exposure - booked), slack)
            if not is_kept or after.maintenance > before.maintenance + slack + booked:
                yield f"account {move.counterparty}: {before} became {after}"


def flat_accounts_never_pay(step: Step) -> Iterator[str]:
    """Check that a deleveraging changes nobody without a position in the market (LQ-7)."""
    for rung, moves, _, _ in _deleveragings(step):
        for account in step.changed_accounts():
            lots = position(step.before, account, moves[0].market).lots
            if account != rung.account and lots == 0:
                yield f"account {account} has {lots} lots of {moves[0].market}, and changed"


def lenders_stay_sound(step: Step) -> Iterator[str]:
    """Check that no lender becomes due by being paid in kind (LQ-7)."""
    rung = liquidated_step(step)
    if rung is None or rung.stage is not LiquidationStage.LENDING_ADL:
        return
    for account in step.changed_accounts():
        if account != rung.account and is_due(step.after, account):
            before, after = (health_of(view, account) for view in (step.before, step.after))
            if not is_due(step.before, account):
                yield f"lender {account} of account {rung.account}: {before} became {after}"


def deleveraging_is_last(step: Step) -> Iterator[str]:
    """Check that nobody bears a position or a debt that one provider could take (LQ-2, LQ-7)."""
    rung, system = liquidated_step(step), step.before.system
    if rung is None or rung.stage not in UNASKED or rung.before.equity <= 0 or system is None:
        return
    users, failing = step.before.accounts, step.before.accounts[rung.account].user
    for provider, capacity in step.before.backstops.items():
        own = health_of(step.before, provider)
        if own is None or users[provider].user == failing:
            continue
        left, leverage = counted_equity(own) - own.initial, users[provider].settings.leverage_limit
        for name, notional, needed in _takeable(step.before, rung, system, provider):
            more = needed + mul_div_up(notional, RATIO, leverage) + _over(step, rung)
            if capacity >= notional > 0 and left >= more:
                yield f"provider {provider} could have taken {notional} of {name}: {own}"


def _takeable(
    view: View, rung: LiquidatedStep, system: SystemParameters, provider: int
) -> Iterator[tuple[str, int, int]]:
    """Yield each target with its notional, and the margin that is enough to take it over.

    For a debt it is enough if what comes with it counts for nothing. What has a price that is not
    admitted waits for one (LQ-1).
    """
    age = system.liquidation_price_age
    for symbol, market, own in marked(view, rung.account):
        limits = market.parameters
        if own.lots == 0 or not isinstance(limits, PerpetualParameters):
            continue
        if not is_mark_known(view, symbol, age):
            continue
        notional, held = (
            -(valued(view, -abs(lots) * market.mark_price) or 0)
            for lots in (own.lots, position(view, provider, symbol).lots)
        )
        needed = requirement(notional + held, limits.imf_base, limits.imf_factor, system.quote_unit)
        yield symbol, notional, needed
    holdings = holdings_of(view, view.accounts[rung.account]) or {}
    taken = holdings_of(view, view.accounts[provider]) or {}
    means = means_of(view, rung.account)
    for symbol, item in holdings.items():
        notional, held = (
            owed_value(exposed_atoms(of), of.price, of.limits.lot_atoms) if of else 0
            for of in (item, taken.get(symbol))
        )
        margins = item.limits
        value = notional + mul_div_up(notional, rung.before.equity, max(rung.before.exposure, 1))
        is_known = asset_level(view, symbol, age) in KNOWN_LEVELS
        if notional and is_known and means >= value + rung.slack * (1 + len(view.backstops)):
            needed = notional + requirement(
                notional + held, margins.imf_base, margins.imf_factor, system.quote_unit
            )
            yield symbol, notional, needed


def _deleveragings(
    step: Step,
) -> Iterator[tuple[LiquidatedStep, list[MoveFact], PerpetualView, int]]:
    """Yield the rung, the moves, the market and the lots before, if a step deleverages."""
    rung = liquidated_step(step)
    if rung is None or rung.stage is not LiquidationStage.ON_ADL:
        return
    moves = step.facts.liquidation.moved()
    market = perpetual_of(step.before, moves[0].market) if moves else None
    if market:
        yield rung, moves, market, position(step.before, rung.account, moves[0].market).lots


def _zero(rung: LiquidatedStep, market: PerpetualView, *, is_long: bool) -> int:
    health = rung.before
    return zero_price(market.mark_price, health.equity, health.exposure, is_long=is_long)


def _insured_equity(view: View, equity: int) -> int:
    """Return an equity below zero, raised by what the insurance may pay for it (LQ-7)."""
    symbol, system = settlement_asset(view), view.system
    if equity >= 0 or symbol is None or system is None:
        return equity
    holder = view.accounts[INSURANCE]
    owned = holder.free.get(symbol, 0) + shares_worth(view, holder.shares.get(symbol, 0))
    means = max(owned + holder.unsettled, 0)
    return min(equity + (valued(view, min(means, system.insurance_limit)) or 0), 0)


def _over(step: Step, rung: LiquidatedStep) -> int:
    """Return the quote atoms by which roundings, up to a lot of each market, may pass a bound."""
    marks = (perpetual_of(step.before, symbol) for symbol in step.before.markets)
    return rung.slack + sum(-(valued(step.before, -of.mark_price) or 0) for of in marks if of)


def _ranks(
    view: View, symbol: str, market: PerpetualView, *, is_long: bool
) -> list[tuple[tuple[int, int], int]]:
    active = view.accounts if view.active is None else [account for (account,) in view.active]
    found = []
    for account in active:
        own, health = position(view, account, symbol), health_of(view, account)
        if own.lots == 0 or (own.lots > 0) is not is_long or health is None:
            continue
        gain = own.lots * market.mark_price - own.entry_cost
        rank = deleverage_rank(gain, abs(own.entry_cost), health.exposure, health.equity)
        found.append((rank, account))
    return found


DELEVERAGING: Final[tuple[Invariant, ...]] = (
    step_invariant(
        backstop_provider_safe,
        "LQ-6 PG-1",
        "An account that takes over has offered it, is of another user, and meets its initial "
        "requirement.",
    ),
    step_invariant(
        backstop_within_capacity,
        "LQ-6 PG-1",
        "Providers take over while there is equity, at the zero price, and at most their capacity, "
        "which falls by what they took.",
    ),
    step_invariant(
        deleveraged_were_opposite,
        "LQ-7",
        "A deleveraging closes the whole position against opposite ones, turns none of them to "
        "the other side, and lowers the open interest by its size.",
    ),
    step_invariant(
        deleveraging_price_between,
        "LQ-7",
        "A deleveraging is at the zero price, after the part that the insurance covers; if the "
        "counterparty pays, between the mark and its own zero price.",
    ),
    step_invariant(
        deleveraging_in_order,
        "LQ-7",
        "Counterparties are deleveraged by profit times leverage, ties by id.",
    ),
    step_invariant(
        deleveraging_leaves_no_riskier,
        "LQ-7",
        "Who is deleveraged without open orders, which may now open a position, keeps its equity "
        "per exposure, and requires no more except for a loss that it realizes.",
    ),
    step_invariant(
        flat_accounts_never_pay,
        "LQ-7",
        "A deleveraging touches no account without a position in its market.",
    ),
    step_invariant(
        lenders_stay_sound,
        "LQ-7",
        "A lender who is paid in kind does not become due by it.",
    ),
    step_invariant(
        deleveraging_is_last,
        "LQ-2 LQ-7",
        "Nobody is deleveraged while a provider has capacity and margin to take over all of a "
        "position, or of a debt with what pays for it.",
    ),
)
