"""The only functions that change a balance of atoms: double entry in one asset's ledger (CU-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.events import LedgerAccount, LedgerKind, Posting, Reason
from ibperp.records import replace
from ibperp.state import at, put, with_account, with_asset

if TYPE_CHECKING:
    from ibperp.state import Asset, State

IN_TRANSIT = LedgerAccount(LedgerKind.IN_TRANSIT, 0)
POOL = LedgerAccount(LedgerKind.POOL, 0)

HELD = (LedgerKind.CUSTODY, LedgerKind.IN_TRANSIT)
"""What the house holds; every other balance is an obligation of it."""


def free(account: int) -> LedgerAccount:
    """Name the free balance of an account."""
    return LedgerAccount(LedgerKind.FREE, account)


def custody(token: int) -> LedgerAccount:
    """Name what is held on a chain."""
    return LedgerAccount(LedgerKind.CUSTODY, token)


def pending(token: int) -> LedgerAccount:
    """Name what is promised to withdrawals on a chain."""
    return LedgerAccount(LedgerKind.PENDING, token)


def debited(balance: int, amount: int, *, is_held: bool) -> int:
    """Return a balance after a debit: what is held grows, what is owed falls (CU-1)."""
    return balance + amount if is_held else balance - amount


def credited(balance: int, amount: int, *, is_held: bool) -> int:
    """Return a balance after a credit: what is held falls, what is owed grows (CU-1)."""
    return balance - amount if is_held else balance + amount


def is_held(kind: LedgerKind) -> bool:
    """Tell the house's holdings (custody, in transit) from its obligations (all others) (CU-1)."""
    return kind in HELD


def post(state: State, posting: Posting) -> State:
    """Apply one posting: its amount is above zero, and no balance falls below zero (CU-1)."""
    for ledger, is_debit in ((posting.debit, True), (posting.credit, False)):
        after = posted(balance_of(state, posting.asset, ledger), posting, is_debit=is_debit)
        state = _with_balance(state, posting.asset, ledger, after)
    return state


def posted(balance: int, posting: Posting, *, is_debit: bool) -> int:
    """Return the balance of a posting's debit or credit side after it (CU-1)."""
    assert posting.amount > 0
    kind, change = (posting.debit.kind, debited) if is_debit else (posting.credit.kind, credited)
    after = change(balance, posting.amount, is_held=is_held(kind))
    assert after >= 0
    return after


def balance_of(state: State, asset: int, ledger: LedgerAccount) -> int:
    """Return the atoms of one balance."""
    asset_state = state.assets[asset]
    match ledger.kind:
        case LedgerKind.FREE:
            return at(state.accounts[ledger.index].free, asset)
        case LedgerKind.POOL:
            return asset_state.pool.cash
        case LedgerKind.CUSTODY:
            return asset_state.tokens[ledger.index].custody
        case LedgerKind.PENDING:
            return asset_state.tokens[ledger.index].pending
        case LedgerKind.IN_TRANSIT:
            return asset_state.in_transit


def _with_balance(state: State, asset: int, ledger: LedgerAccount, balance: int) -> State:
    if ledger.kind is LedgerKind.FREE:
        account = state.accounts[ledger.index]
        changed = replace(account, free=put(account.free, asset, balance))
        return with_account(state, ledger.index, changed)
    return with_asset(state, asset, _asset_with(state.assets[asset], ledger, balance))


def _asset_with(asset_state: Asset, ledger: LedgerAccount, balance: int) -> Asset:
    if ledger.kind is LedgerKind.POOL:
        return replace(asset_state, pool=replace(asset_state.pool, cash=balance))
    if ledger.kind is LedgerKind.IN_TRANSIT:
        return replace(asset_state, in_transit=balance)
    token = asset_state.tokens[ledger.index]
    field = "custody" if ledger.kind is LedgerKind.CUSTODY else "pending"
    changed = replace(token, **{field: balance})
    tokens = (*asset_state.tokens[: ledger.index], changed, *asset_state.tokens[ledger.index + 1 :])
    return replace(asset_state, tokens=tokens)


def posting(
    asset: int, amount: int, reason: Reason, *, debit: LedgerAccount, credit: LedgerAccount
) -> Posting:
    """Make a posting, with its two sides named."""
    return Posting(debit, credit, asset, amount, reason)
