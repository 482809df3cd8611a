"""The four moves between an account and a pool, and the automatic sweep built from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp import pool
from ibperp.events import InterestCharged, Reason
from ibperp.numbers import remainder
from ibperp.open_orders import firm_atoms
from ibperp.operations.effect import Check, Effect, rejection
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.parameters import BookState
from ibperp.posting import POOL, free
from ibperp.records import record, replace
from ibperp.state import at, put, with_account

if TYPE_CHECKING:
    from ibperp.parameters import PoolParameters
    from ibperp.state import Account, Pool, State


@record
class Funding:
    """How a delivery may be funded beyond what is available, and the reasons it is booked with."""

    redeem: bool
    borrow: bool
    redeem_reason: Reason
    borrow_reason: Reason


def free_of(state: State, account: int, asset: int) -> int:
    """Return an account's free atoms of an asset."""
    return at(state.accounts[account].free, asset)


def available_of(state: State, account: int, asset: int) -> int:
    """Return the free atoms that no firm order holds (SM-5)."""
    return free_of(state, account, asset) - firm_atoms(state, state.accounts[account], asset)


def claim_of(state: State, account: int, asset: int) -> int:
    """Return the atoms that an account's lend is worth, rounded down; zero without a lend."""
    shares = at(state.accounts[account].shares, asset)
    return pool.lend_claim(state.assets[asset].pool, max(shares, 0))


def debt_of(state: State, account: int, asset: int) -> int:
    """Return the atoms that an account owes, rounded up; zero without a debt."""
    return pool.debt(state.assets[asset].pool, owed_shares_of(state, account, asset))


def owed_shares_of(state: State, account: int, asset: int) -> int:
    """Return the borrow shares that an account owes; zero without a debt."""
    return max(-at(state.accounts[account].shares, asset), 0)


def interval_end(state: State) -> int:
    """Return the next boundary of interest, in seconds (MM-6)."""
    interval = state.system.accrual_interval
    return state.time - remainder(state.time, interval) + interval


def prepaid_of(state: State, account: Account, asset: int) -> int:
    """Return the atoms that an account may owe again without a fee in this interval (MM-7)."""
    return at(account.prepaid, asset) if account.prepaid_until > state.time else 0


def with_prepaid(state: State, account: Account, asset: int, change: int) -> Account:
    """Return the account with so many more atoms that it has paid for and does not owe (MM-7)."""
    if change == 0 or not state.system.entry_fee:
        return account
    held = account.prepaid if account.prepaid_until > state.time else ()
    prepaid = put(held, asset, at(held, asset) + change)
    return replace(account, prepaid=prepaid, prepaid_until=interval_end(state) if prepaid else 0)


def entry_fee_of(state: State, account: int, asset: int, amount: int) -> int:
    """Return the fee of borrowing `amount` now: the interest to the end of the interval (MM-7).

    What the account has paid for in this interval, and repaid, it owes again without a fee.
    """
    asset_state = state.assets[asset]
    if not state.system.entry_fee:
        return 0
    new = max(amount - prepaid_of(state, state.accounts[account], asset), 0)
    rate = pool.borrow_rate(asset_state.parameters.pool, pool.utilization(asset_state.pool))
    return pool.entry_fee(new, rate, interval_end(state) - state.time)


def borrowing(state: State, account: Account, asset: int, amount: int) -> Account:
    """Return an account that borrows: what it has paid for is used first (MM-7)."""
    return with_prepaid(state, account, asset, -min(amount, prepaid_of(state, account, asset)))


def lend_checks(state: State, account: int, asset: int, amount: int) -> tuple[Check, ...]:
    """Check that an account may lend `amount` atoms and claim some (MM-8, MM-10, MM-11)."""
    asset_state = state.assets[asset]
    limits = asset_state.parameters.pool
    shares = pool.lend_shares_minted(asset_state.pool, amount)
    held = max(at(state.accounts[account].shares, asset), 0)
    claim = pool.lend_claim(pool.lend(asset_state.pool, amount, shares), held + shares)
    return (
        (limits.book_state is BookState.OPEN, RejectionCode.BOOK_CLOSED),
        (
            at(state.accounts[account].shares, asset) >= 0,
            RejectionCode.LEND_REQUIRES_BORROW_REPAY,
        ),
        (available_of(state, account, asset) >= amount, RejectionCode.INSUFFICIENT_FUNDS),
        (shares > 0 and claim > 0, RejectionCode.AMOUNT_TOO_SMALL),
        (asset_state.pool.lent + amount <= limits.open_borrow_lend_limit, RejectionCode.LEND_LIMIT),
    )


def lent(effect: Effect, account: int, asset: int, amount: int, reason: Reason) -> Effect:
    """Move `amount` atoms from an account's free balance into its lend (MM-11)."""
    pool_state = effect.state.assets[asset].pool
    shares = pool.lend_shares_minted(pool_state, amount)
    after = pool.lend(pool_state, amount, shares)
    effect = effect.claimed(account, asset, shares, after, reason)
    return effect.moved(asset, amount, reason, debit=free(account), credit=POOL)


def redeem_checks(state: State, account: int, asset: int, amount: int) -> tuple[Check, ...]:
    """Check that an account may redeem `amount` atoms (MM-8, MM-10, MM-12)."""
    asset_state = state.assets[asset]
    limits = asset_state.parameters.pool
    has_claim = amount <= claim_of(state, account, asset)
    used = pool.utilization(pool.redeem(asset_state.pool, amount, 0)) if has_claim else 0
    return (
        (limits.book_state is not BookState.CLOSED, RejectionCode.BOOK_CLOSED),
        (has_claim, RejectionCode.INSUFFICIENT_LEND),
        (amount > 0, RejectionCode.AMOUNT_TOO_SMALL),
        (asset_state.pool.cash >= amount, RejectionCode.INSUFFICIENT_SUPPLY),
        *_utilization_checks(asset_state.pool, limits, used),
    )


def redeemed(effect: Effect, account: int, asset: int, amount: int, reason: Reason) -> Effect:
    """Move `amount` atoms from an account's lend to its free balance (MM-12)."""
    pool_state = effect.state.assets[asset].pool
    held = at(effect.state.accounts[account].shares, asset)
    shares = pool.shares_to_redeem(pool_state, held, amount)
    after = pool.redeem(pool_state, amount, shares)
    effect = effect.claimed(account, asset, -shares, after, reason)
    return effect.moved(asset, amount, reason, debit=POOL, credit=free(account))


def borrow_checks(state: State, account: int, asset: int, amount: int) -> tuple[Check, ...]:
    """Check that an account may borrow `amount` atoms of a pool (MM-8, MM-10, MM-13)."""
    asset_state = state.assets[asset]
    limits = asset_state.parameters.pool
    fee = entry_fee_of(state, account, asset, amount)
    after = pool.borrow(pool.charge(asset_state.pool, fee, limits.reserve_fee), amount, 0)
    return (
        (limits.book_state is BookState.OPEN, RejectionCode.BOOK_CLOSED),
        (
            at(state.accounts[account].shares, asset) <= 0,
            RejectionCode.BORROW_REQUIRES_LEND_REDEEM,
        ),
        (asset_state.price > 0, RejectionCode.PRICE_UNKNOWN),
        (after.borrowed <= limits.open_borrow_lend_limit, RejectionCode.BORROW_LIMIT),
        (asset_state.pool.cash >= amount, RejectionCode.INSUFFICIENT_SUPPLY),
        *_utilization_checks(asset_state.pool, limits, pool.utilization(after)),
    )


def borrowed(effect: Effect, account: int, asset: int, amount: int, reason: Reason) -> Effect:
    """Move `amount` atoms from a pool to an account that owes them and the entry fee (MM-13)."""
    asset_state = effect.state.assets[asset]
    fee = entry_fee_of(effect.state, account, asset, amount)
    reserve_fee = asset_state.parameters.pool.reserve_fee
    after, shares = pool.borrow_with_fee(asset_state.pool, amount, fee, reserve_fee)
    if fee:
        charged = InterestCharged(asset, fee, after.reserve - asset_state.pool.reserve)
        effect = effect.noted(effect.state, charged)
    holder = borrowing(effect.state, effect.state.accounts[account], asset, amount)
    effect = effect.noted(with_account(effect.state, account, holder))
    effect = effect.claimed(account, asset, -shares, after, reason)
    return effect.moved(asset, amount, reason, debit=POOL, credit=free(account))


def repay_checks(state: State, account: int, asset: int, amount: int) -> tuple[Check, ...]:
    """Check that an account may repay `amount` atoms (MM-14)."""
    owed = debt_of(state, account, asset)
    has_debt = 0 < amount <= owed
    owed_shares = owed_shares_of(state, account, asset)
    pool_state = state.assets[asset].pool
    burned = pool.shares_to_repay(pool_state, owed_shares, amount) if has_debt else 1
    return (
        (available_of(state, account, asset) >= amount, RejectionCode.INSUFFICIENT_FUNDS),
        (has_debt, RejectionCode.REPAY_EXCEEDS_DEBT),
        (burned > 0, RejectionCode.AMOUNT_TOO_SMALL),
    )


def repaid(effect: Effect, account: int, asset: int, amount: int, reason: Reason) -> Effect:
    """Move `amount` atoms from an account's free balance against its debt (MM-14)."""
    pool_state = effect.state.assets[asset].pool
    shares = pool.shares_to_repay(pool_state, owed_shares_of(effect.state, account, asset), amount)
    after = pool.repay(pool_state, amount, shares)
    paid, holder = pool_state.borrowed - after.borrowed, effect.state.accounts[account]
    holder = with_prepaid(effect.state, holder, asset, paid)
    effect = effect.noted(with_account(effect.state, account, holder))
    effect = effect.claimed(account, asset, shares, after, reason)
    return effect.moved(asset, amount, reason, debit=free(account), credit=POOL)


def funded_delivery(
    effect: Effect, account: int, asset: int, amount: int, *, ways: Funding
) -> Effect | Rejected:
    """Bring `amount` atoms into what is available: redeem what is missing, then borrow (MM-18)."""
    missing = amount - available_of(effect.state, account, asset)
    part = min(missing, claim_of(effect.state, account, asset)) if ways.redeem else 0
    if part > 0:
        refused = rejection(*redeem_checks(effect.state, account, asset, part))
        if refused:
            return refused
        effect = redeemed(effect, account, asset, part, ways.redeem_reason)
        missing -= part
    refused = rejection((missing <= 0 or ways.borrow, RejectionCode.INSUFFICIENT_FUNDS))
    if missing > 0 and not refused:
        refused = rejection(*borrow_checks(effect.state, account, asset, missing))
    if refused:
        return refused
    if missing > 0:
        effect = borrowed(effect, account, asset, missing, ways.borrow_reason)
    return effect


def swept(effect: Effect, account: int, asset: int, *, repay: int = 0, lend: int = 0) -> Effect:
    """Repay, then lend, what is available, as the settings ask; never refuse (MM-15).

    Without the setting, up to `repay` atoms are repaid, and what that leaves of `lend` is lent.
    """
    settings = effect.state.accounts[account].settings
    available = available_of(effect.state, account, asset)
    limit = available if settings.auto_repay_borrows else repay
    amount = min(available, debt_of(effect.state, account, asset), limit)
    if amount and _hold(repay_checks(effect.state, account, asset, amount)):
        effect = repaid(effect, account, asset, amount, Reason.AUTO_REPAY)
        lend, available = max(lend - amount, 0), available_of(effect.state, account, asset)
    amount = available if settings.auto_lend else min(available, lend)
    if amount and _hold(lend_checks(effect.state, account, asset, amount)):
        effect = lent(effect, account, asset, amount, Reason.AUTO_LEND)
    return effect


def _utilization_checks(pool_state: Pool, limits: PoolParameters, used: int) -> tuple[Check, ...]:
    return (
        (used <= limits.max_utilization, RejectionCode.MAX_UTILIZATION),
        (used <= pool_state.throttle_bound, RejectionCode.UTILIZATION_THROTTLED),
    )


def _hold(checks: tuple[Check, ...]) -> bool:
    return all(holds for holds, _ in checks)
