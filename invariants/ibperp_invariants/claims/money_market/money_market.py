"""Invariants of the money market: claims, debts, shares, and who gains by rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp import pool as kernel
from ibperp.actions import AdvanceTime, Borrow, Lend, Redeem, Repay, Settle
from ibperp.events import Liability
from ibperp.numbers import RATIO
from ibperp.pool import CARRY_UNIT, SHARES_PER_ATOM
from ibperp_invariants.step.inflows import inflows_of
from ibperp_invariants.step.step import (
    OF_LIQUIDATION,
    owner_of,
    state_invariant,
    step_invariant,
    wealth,
)
from ibperp_invariants.view.view import settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.state import Pool
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import View


def pool_identity(view: View, totals: Totals) -> Iterator[str]:
    """Check cash + borrowed = lent + reserve + unearned, per pool (MM-1)."""
    del totals
    for symbol, asset in view.assets.items():
        pool = asset.pool
        held, claimed = pool.cash + pool.borrowed, pool.lent + pool.reserve + pool.unearned
        if held != claimed or pool.unearned < 0:
            yield (
                f"{symbol}: cash {pool.cash} + borrowed {pool.borrowed} = {held}, but lent "
                f"{pool.lent} + reserve {pool.reserve} + unearned {pool.unearned} = {claimed}"
            )


def share_totals(view: View, totals: Totals) -> Iterator[str]:
    """Check that a pool's shares are the sum of its accounts' shares, on each side (MM-2)."""
    for symbol, asset in view.assets.items():
        lend, borrow = _shares(view, totals, symbol)
        if asset.pool.lend_shares != lend:
            yield f"{symbol}: lend_shares {asset.pool.lend_shares}, but accounts hold {lend}"
        if asset.pool.borrow_shares != borrow:
            yield f"{symbol}: borrow_shares {asset.pool.borrow_shares}, but accounts owe {borrow}"


def claims_at_most_lent(view: View, totals: Totals) -> Iterator[str]:
    """Check that the shares of all lenders, as one claim, are worth at most `lent` (MM-2)."""
    for symbol, asset in view.assets.items():
        (shares, _), pool = _shares(view, totals, symbol), asset.pool
        if pool.lend_shares <= -SHARES_PER_ATOM:
            yield f"{symbol}: lend_shares {pool.lend_shares} leave claims without a price"
        elif kernel.lend_claim(pool, shares) > pool.lent:
            claim = kernel.lend_claim(pool, shares)
            yield f"{symbol}: {shares} lend shares claim {claim}, but lent is {pool.lent}"


def debts_at_least_borrowed(view: View, totals: Totals) -> Iterator[str]:
    """Check that the shares of all borrowers, as one debt, owe at least `borrowed` (MM-2)."""
    for symbol, asset in view.assets.items():
        (_, shares), pool = _shares(view, totals, symbol), asset.pool
        owed = kernel.debt(pool, shares) if pool.borrow_shares > 0 else 0
        if owed < pool.borrowed or (shares and not pool.borrow_shares):
            yield f"{symbol}: {shares} borrow shares owe {owed}, but borrowed is {pool.borrowed}"


def lend_shares_bound(step: Step) -> Iterator[str]:
    """Check that lend shares stay at most 10^6 * lent, until lenders lose to a debtor (MM-2)."""
    lost = _lost_by_lenders(step)
    for symbol, old, new in step.pools():
        bound, was_in = SHARES_PER_ATOM * new.lent, old.lend_shares <= SHARES_PER_ATOM * old.lent
        if was_in and new.lend_shares > bound and symbol not in lost:
            yield f"{symbol}: lend_shares {new.lend_shares} > 10^6 * lent = {bound}"


def throttle_bound_in_range(view: View, totals: Totals) -> Iterator[str]:
    """Check that the throttle bound stands between its utilization and the maximum (MM-9)."""
    del totals
    for symbol, asset in view.assets.items():
        limits = asset.parameters
        low = limits.pool.throttle_utilization if limits else 1
        high = limits.pool.max_utilization if limits else RATIO
        if not low <= asset.pool.throttle_bound <= high:
            yield f"{symbol}: throttle_bound {asset.pool.throttle_bound} is not {low} to {high}"


def interest_carry_in_range(view: View, totals: Totals) -> Iterator[str]:
    """Check that the carried interest is less than one atom (MM-6)."""
    del totals
    for symbol, asset in view.assets.items():
        if not 0 <= asset.pool.interest_carry < CARRY_UNIT:
            carry = asset.pool.interest_carry
            yield f"{symbol}: interest_carry {carry} is not 0 to {CARRY_UNIT - 1}"


def interest_legs_balance(step: Step) -> Iterator[str]:
    """Check that time alone moves debts up by what lenders and the reserve earn (MM-6)."""
    if not isinstance(step.action, AdvanceTime):
        return
    for symbol, old, new in step.pools():
        charged, earned = new.borrowed - old.borrowed, new.lent - old.lent
        kept, waits = new.reserve - old.reserve, new.unearned - old.unearned
        if charged != earned + kept + waits or min(charged, earned, kept) < 0:
            yield (
                f"{symbol}: borrowers owe {charged} more, lenders earn {earned}, reserve {kept}, "
                f"{waits} more is not earned yet"
            )


def no_free_round_trip(step: Step) -> Iterator[str]:
    """Check that no action raises free + claim - debt by more than it brings (MM-11 to MM-14).

    Where others move in the same pools, their roundings may come on top.
    """
    inflows = inflows_of(step)
    if isinstance(step.action, AdvanceTime) or not step.is_accepted() or inflows is None:
        return
    has_traded = bool(step.facts.trades or step.facts.blocks)
    for account in step.changed_accounts():
        is_alone = account == owner_of(step.action) and not has_traded
        for symbol in step.after.assets:
            old = wealth(step.before, account, symbol)
            new = wealth(step.after, account, symbol)
            inflow = inflows.get((account, symbol), 0)
            if not is_alone:
                inflow += step.rounding_atoms(symbol)
            if new > old + inflow:
                yield (
                    f"account {account}, {symbol}: free + claim - debt went from {old} to {new}, "
                    f"with {inflow} received"
                )


def splitting_never_helps(step: Step) -> Iterator[str]:
    """Check that the action in two parts would not give better shares (MM-11 to MM-14)."""
    for symbol, old, amount, shares, action in _moves(step):
        for part in {1, amount // 2} - {0, amount}:
            split = _split_shares(old, action, part, amount - part)
            is_worse = shares < split if isinstance(action, Lend | Repay) else shares > split
            if is_worse:
                yield (
                    f"{symbol}: {type(action).__name__.lower()} of {amount} moved {shares} shares, "
                    f"as {part} and {amount - part} it moves {split}"
                )


def directed_rounding(step: Step) -> Iterator[str]:
    """Check that a move's shares are rounded for the pool, by less than one (MM-11 to MM-14)."""
    for symbol, old, amount, shares, action in _moves(step):
        if isinstance(action, Lend | Redeem):
            given, exact = shares * (old.lent + 1), amount * (old.lend_shares + SHARES_PER_ATOM)
            divisor = old.lent + 1
        elif old.borrow_shares:
            given, exact = shares * old.borrowed, amount * old.borrow_shares
            divisor = old.borrowed
        else:
            given, exact, divisor = shares, amount * SHARES_PER_ATOM, 1
        excess = exact - given if isinstance(action, Lend | Repay) else given - exact
        if not 0 <= excess < divisor:
            yield (
                f"{symbol}: {type(action).__name__.lower()} of {amount} moved {shares} shares, "
                f"the exact number is {exact} / {divisor}"
            )


def lend_claims_an_atom(step: Step) -> Iterator[str]:
    """Check that lend shares that an action moved are worth an atom, or are gone (MM-11, MM-12).

    A settlement and a liquidation pass lends on, join shares and cancel the two sides by the
    formula alone, whatever share that leaves (ST-3, LQ-3).
    """
    if isinstance(step.action, (Settle, *OF_LIQUIDATION)):
        return
    for account in step.changed_accounts():
        old = step.before.accounts.get(account)
        for symbol, shares in step.after.accounts[account].shares.items():
            had = old.shares.get(symbol, 0) if old else 0
            if had == shares:
                continue
            pool = step.after.assets[symbol].pool
            has_price = pool.lend_shares > -SHARES_PER_ATOM
            if shares > 0 and has_price and kernel.lend_claim(pool, shares) == 0:
                yield f"account {account}, {symbol}: {shares} lend shares claim nothing"


def no_account_lends_and_borrows(step: Step) -> Iterator[str]:
    """Check the side of an account in a pool against what the action may do (MM-11, MM-13)."""
    action = step.action
    if not step.is_accepted() or not isinstance(action, Lend | Redeem | Borrow | Repay):
        return
    had, has = (
        view.accounts[action.account].shares.get(action.asset, 0)
        if action.account in view.accounts
        else 0
        for view in (step.before, step.after)
    )
    match action:
        case Lend():
            is_kept = had >= 0 and has >= 0
        case Borrow():
            is_kept = had <= 0 and has <= 0
        case _:
            is_kept = had * has >= 0 and abs(has) <= abs(had)
    if not is_kept:
        yield f"account {action.account}, {action.asset}: shares went from {had} to {has}"


def _lost_by_lenders(step: Step) -> set[str]:
    """Return the assets whose lenders bore a debt that nobody paid (LQ-9)."""
    resolved = step.facts.liquidation.resolved()
    return {fact.asset for fact in resolved if fact.spread and fact.liability is Liability.POOL}


def _shares(view: View, totals: Totals, symbol: str) -> tuple[int, int]:
    """Return the lend and the borrow shares of all accounts, the virtual ones included (ST-4)."""
    lend, borrow = totals.lend_shares.get(symbol, 0), totals.borrow_shares.get(symbol, 0)
    if symbol == settlement_asset(view):
        lend += sum(totals.virtual_lends.values())
        borrow += sum(totals.virtual_borrows.values())
    return lend, borrow


def _moves(step: Step) -> Iterator[tuple[str, Pool, int, int, Lend | Redeem | Borrow | Repay]]:
    """Yield symbol, pool before, atoms and shares moved, if the action is one move of a pool.

    An exit with all shares is left out: it burns the shares that its claim or debt does not fill.
    """
    action = step.action
    if not step.is_accepted() or not isinstance(action, Lend | Redeem | Borrow | Repay):
        return
    symbol, account = action.asset, action.account
    pools = {name: (old, new) for name, old, new in step.pools(every=True)}
    if (
        symbol not in pools
        or account not in step.before.accounts
        or account not in step.after.accounts
    ):
        return
    old, new = pools[symbol]
    holder = step.after.accounts[account]
    has = holder.shares.get(symbol, 0)
    had = step.before.accounts[account].shares.get(symbol, 0)
    if isinstance(action, Redeem | Repay) and (action.amount is None or has == 0):
        return
    amount = new.borrowed - old.borrowed if isinstance(action, Borrow) else action.amount or 0
    if amount <= 0 or min(old.lent, old.lend_shares, old.borrowed, old.borrow_shares) < 0:
        return
    if (old.borrowed == 0) != (old.borrow_shares == 0):
        return
    most = {Redeem: old.lent, Repay: old.borrowed}.get(type(action), amount)
    if amount > most:
        return
    yield symbol, old, amount, abs(has - had), action


def _split_shares(
    pool: Pool, action: Lend | Redeem | Borrow | Repay, first: int, second: int
) -> int:
    """Return the shares that two moves, one after the other, would have moved."""
    match action:
        case Lend():
            shares = kernel.lend_shares_minted(pool, first)
            pool = kernel.lend(pool, first, shares)
            return shares + kernel.lend_shares_minted(pool, second)
        case Redeem():
            shares = kernel.lend_shares_burned(pool, first)
            pool = kernel.redeem(pool, first, shares)
            return shares + kernel.lend_shares_burned(pool, second)
        case Borrow():
            shares = kernel.borrow_shares_minted(pool, first)
            pool = kernel.borrow(pool, first, shares)
            return shares + kernel.borrow_shares_minted(pool, second)
        case Repay():
            shares = kernel.borrow_shares_burned(pool, first)
            pool = kernel.repay(pool, first, shares)
            return shares + (kernel.borrow_shares_burned(pool, second) if pool.borrowed else 0)


MONEY_MARKET: Final[tuple[Invariant, ...]] = (
    state_invariant(
        pool_identity,
        "MM-1",
        "A pool's cash and debts equal its claims, its reserve and the interest that is not "
        "earned.",
    ),
    state_invariant(
        share_totals,
        "MM-2 ST-4",
        "A pool's shares, per side, are the sum of its accounts' shares, virtual ones included.",
    ),
    state_invariant(
        claims_at_most_lent, "MM-2", "All lend claims together are at most what is lent."
    ),
    state_invariant(
        debts_at_least_borrowed, "MM-2", "All debts together are at least what is borrowed."
    ),
    step_invariant(
        lend_shares_bound,
        "MM-2 MM-11 MM-12 LQ-9",
        "Lend shares are at most 10^6 per atom lent, in a pool whose lenders never lost to a "
        "bankruptcy.",
    ),
    state_invariant(
        throttle_bound_in_range,
        "MM-9 MM-16",
        "The throttle bound is between throttle utilization and maximum utilization.",
    ),
    state_invariant(
        interest_carry_in_range, "MM-6", "Interest not yet charged is less than one atom."
    ),
    step_invariant(
        interest_legs_balance,
        "MM-6",
        "The increase of debts equals the earnings of lenders and reserve.",
    ),
    step_invariant(
        no_free_round_trip,
        "MM-11 MM-12 MM-13 MM-14 MM-18 SM-9 SM-12",
        "No action leaves an account with more free + claim - debt than before, beyond what the "
        "action and its trades bring; so no round trip at one time and price gains an atom.",
    ),
    step_invariant(
        splitting_never_helps,
        "MM-11 MM-12 MM-13 MM-14",
        "A move in two parts never gives its account better shares than the move as one.",
    ),
    step_invariant(
        directed_rounding,
        "NT-4 MM-11 MM-12 MM-13 MM-14",
        "The shares of a move are rounded in favour of the pool, by less than one share.",
    ),
    step_invariant(
        lend_claims_an_atom,
        "MM-11 MM-12",
        "No account is left with lend shares that claim no atom and cannot be redeemed, except by "
        "a settlement that could not pay an atom in cash.",
    ),
    step_invariant(
        no_account_lends_and_borrows,
        "MM-2 MM-11 MM-12 MM-13 MM-14",
        "A lend and a borrow keep an account on its side of the pool; a redemption and a repayment "
        "lead toward zero and never past it.",
    ),
)
