"""What an invariant is: a named claim about a state, or about one step from a state to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from ibperp import pool as kernel
from ibperp.actions import (
    Borrow,
    CompleteRebalance,
    ConfirmWithdrawal,
    CreateAccount,
    Deposit,
    FailWithdrawal,
    Lend,
    Redeem,
    Repay,
    RequestWithdrawal,
    SetAccountSettings,
    Transfer,
)
from ibperp.pool import SHARES_PER_ATOM
from ibperp.state import FEES
from ibperp_invariants.view import Totals, View, changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibperp.actions import Action
    from ibperp.state import Pool


class Scope(StrEnum):
    """What an invariant is checked on."""

    STATE = "state"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Step:
    """One action and what it led to.

    `code` is the rejection's code, None if the action was accepted. `interest`: per symbol, the
    atoms of interest of the events and the reserve's part of them. `repeat`: how the outcome
    differed from another outcome of the same action on the same state; empty if it did not.
    """

    before: View
    after: View
    action: Action
    entry_fee: bool
    code: str | None = None
    violated: tuple[str, ...] = ()
    interest: Mapping[str, tuple[int, int]] | None = None
    repeat: str = ""

    def is_accepted(self) -> bool:
        """Tell whether the action took effect."""
        return self.code is None

    def changed_accounts(self) -> tuple[int, ...]:
        """Return the ids of the accounts that differ."""
        return changed(self.before.accounts, self.after.accounts)

    def pools(self) -> Iterator[tuple[str, Pool, Pool]]:
        """Yield symbol, pool before and pool after for every asset that stands in both views."""
        for symbol, asset in self.after.assets.items():
            if symbol in self.before.assets:
                yield symbol, self.before.assets[symbol].pool, asset.pool

    def lender_interest(self, symbol: str) -> int:
        """Return the atoms that lenders of an asset earned in this step by its events."""
        charged, reserve = (self.interest or {}).get(symbol, (0, 0))
        return charged - reserve


StateCheck: TypeAlias = Callable[[View, Totals], Iterator[str]]
StepCheck: TypeAlias = Callable[[Step], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A claim with its permanent name and its clauses; its check yields what breaks it."""

    name: str
    clauses: tuple[str, ...]
    statement: str
    scope: Scope
    on_state: StateCheck | None = None
    on_step: StepCheck | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken invariant: its name, its clauses, and the numbers that break it."""

    invariant: str
    clauses: tuple[str, ...]
    message: str


def state_invariant(check: StateCheck, clauses: str, statement: str) -> Invariant:
    """Make an invariant of every state, named as its function; `clauses` are divided by spaces."""
    return Invariant(check.__name__, tuple(clauses.split()), statement, Scope.STATE, on_state=check)


def step_invariant(check: StepCheck, clauses: str, statement: str) -> Invariant:
    """Make an invariant of every step, named as its function; `clauses` are divided by spaces."""
    return Invariant(check.__name__, tuple(clauses.split()), statement, Scope.STEP, on_step=check)


def named_accounts(view: View, action: Action) -> tuple[int, ...]:
    """Return the accounts that an action may change, given the view before it."""
    match action:
        case Transfer(sender=sender, receiver=receiver):
            return (sender, receiver)
        case ConfirmWithdrawal() | CompleteRebalance():
            return (FEES,)
        case FailWithdrawal(withdrawal=index):
            return (view.withdrawals[index].account,) if index in view.withdrawals else ()
        case (
            CreateAccount(account=account)
            | Deposit(account=account)
            | RequestWithdrawal(account=account)
            | SetAccountSettings(account=account)
            | Lend(account=account)
            | Redeem(account=account)
            | Borrow(account=account)
            | Repay(account=account)
        ):
            return (account,)
        case _:
            return ()


def wealth(view: View, account: int, symbol: str) -> int:
    """Return an account's free + claim - debt of an asset, in atoms, or zero."""
    if account not in view.accounts or symbol not in view.assets:
        return 0
    holder, pool = view.accounts[account], view.assets[symbol].pool
    free, shares = holder.free.get(symbol, 0), holder.shares.get(symbol, 0)
    if shares > 0 and pool.lend_shares > -SHARES_PER_ATOM:
        return free + kernel.lend_claim(pool, shares)
    if shares < 0 and pool.borrow_shares > 0:
        return free - kernel.debt(pool, -shares)
    return free


def inflows_of(step: Step) -> dict[tuple[int, str], int]:
    """Return what an action brings to accounts, in atoms by (account, symbol)."""
    withdrawals = step.before.withdrawals
    match step.action:
        case Deposit(account=account, asset=symbol, amount=amount):
            return {(account, symbol): amount}
        case Transfer(sender=sender, receiver=receiver, asset=symbol, amount=amount):
            return {(sender, symbol): -amount, (receiver, symbol): amount}
        case ConfirmWithdrawal(withdrawal=index) if index in withdrawals:
            return {(FEES, withdrawals[index].asset): withdrawals[index].fee}
        case FailWithdrawal(withdrawal=index) if index in withdrawals:
            asked = withdrawals[index]
            return {(asked.account, asked.asset): asked.amount}
        case _:
            return {}
