"""Invariants of every action: what it may touch, that a refusal touches nothing, and ranges."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    AdvanceTime,
    CompleteRebalance,
    ConfirmWithdrawal,
    Deposit,
    FailWithdrawal,
    ListAsset,
    RequestWithdrawal,
    SetAccountSettings,
    SetPoolParameters,
    SetPrice,
    StartRebalance,
)
from ibperp.numbers import INT128_MAX
from ibperp.outcomes import RejectionCode
from ibperp.state import Pool, RequestStatus, Settings
from ibperp_invariants.step import named_accounts, state_invariant, step_invariant
from ibperp_invariants.view import AccountView, AssetView, changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ibperp_invariants.step import Invariant, Step
    from ibperp_invariants.view import Totals, View

PRECEDENCE: Final = {code.value: place for place, code in enumerate(RejectionCode)}
SYSTEM_ACCOUNTS: Final = 2


def non_negative(view: View, totals: Totals) -> Iterator[str]:
    """Check that no balance, total, price or time is below zero (CU-1, MM-1)."""
    for symbol, amount in totals.free.items():
        if amount < 0:
            yield f"{symbol}: free balances sum to {amount}"
    for name, value in _stored(view):
        if value < 0:
            yield f"{name} is {value}"


def stored_values_in_range(view: View, totals: Totals) -> Iterator[str]:
    """Check that every stored value is at most 2^127 - 1 (NT-7)."""
    del totals
    for name, value in _stored(view):
        if value > INT128_MAX:
            yield f"{name} is {value}, above {INT128_MAX}"


def no_negative_free(step: Step) -> Iterator[str]:
    """Check the free balances of the accounts that changed (CU-1, NT-7)."""
    for index in step.changed_accounts():
        account = step.after.accounts.get(index)
        for symbol, amount in account.free.items() if account else ():
            if not 0 <= amount <= INT128_MAX:
                yield f"account {index}, {symbol}: free is {amount}"


def rejection_is_no_op(step: Step) -> Iterator[str]:
    """Check that a refused action left everything, and named the first broken rule (NT-9)."""
    if step.is_accepted():
        return
    if step.before != step.after:
        yield f"{step.code} changed {', '.join(_differing(step.before, step.after))}"
    places = [PRECEDENCE.get(code, -1) for code in step.violated]
    if step.violated and (step.violated[0] != step.code or places != sorted(set(places))):
        yield f"{step.code} is not the first by precedence of {', '.join(step.violated)}"


def frame_rule(step: Step) -> Iterator[str]:
    """Check that an accepted action changed only the kind of things it names (NT-9)."""
    if not step.is_accepted():
        return
    yield from _frame_of_clock(step)
    yield from _frame_of_requests(step)
    allowed = _assets_named(step)
    for symbol in sorted(step.before.assets.keys() | step.after.assets.keys()):
        old, new = step.before.assets.get(symbol), step.after.assets.get(symbol)
        if old is None or new is None:
            if old is not None or not _lists(step, symbol):
                yield f"asset {symbol} {'vanished' if old else 'appeared'}"
        elif allowed is not None and symbol not in allowed and old != new:
            yield f"asset {symbol} changed: {_parts(old, new)}"
        else:
            yield from _frame_of_asset(step, symbol, old, new)
    for index in step.changed_accounts():
        before, after = step.before.accounts.get(index), step.after.accounts.get(index)
        if before is not None and after is not None:
            yield from _frame_of_account(step, index, before, after, allowed)


def subaccount_isolation(step: Step) -> Iterator[str]:
    """Check that no account but the named ones changed, whoever owns it (CU-3, CU-10)."""
    if not step.is_accepted():
        return
    named = named_accounts(step.before, step.action)
    for index in step.changed_accounts():
        if index not in named:
            old, new = step.before.accounts.get(index), step.after.accounts.get(index)
            yield (
                f"account {index} changed, the action names {list(named)}: "
                f"{_holdings(old)} became {_holdings(new)}"
            )


def system_accounts_are_nobodys(view: View, totals: Totals) -> Iterator[str]:
    """Check that the accounts 0 and 1 exist, with user 0, and neither lend nor borrow (CU-3)."""
    del totals
    for index in range(SYSTEM_ACCOUNTS):
        account = view.accounts.get(index)
        if account is None:
            yield f"account {index} is missing"
        elif account.user or account.shares or account.settings != Settings():
            held = dict(account.shares)
            yield f"account {index}: user {account.user}, shares {held}, or its settings"


def determinism(step: Step) -> Iterator[str]:
    """Check that the same action on the same state led to the same outcome again (NT-9)."""
    if step.repeat:
        yield step.repeat


def _stored(view: View) -> Iterator[tuple[str, int]]:
    yield "time", view.time
    for name, sequence in view.chains.items():
        yield f"next sequence of {name}", sequence
    for symbol, asset in view.assets.items():
        yield f"{symbol} price", asset.price
        yield f"{symbol} in transit", asset.in_transit
        for chain, token in asset.tokens.items():
            yield f"{symbol} custody on {chain}", token.custody
            yield f"{symbol} pending on {chain}", token.pending
        for part in fields(Pool):
            yield f"{symbol} pool {part.name}", getattr(asset.pool, part.name)


def _differing(before: View, after: View) -> Iterator[str]:
    """Yield the leaves of two views that differ, with their values."""
    if before.time != after.time:
        yield f"time from {before.time} to {after.time}"
    for name in ("chains", "assets", "accounts", "withdrawals", "rebalances"):
        old, new = getattr(before, name), getattr(after, name)
        for key in changed(old, new):
            yield f"{name[:-1]} {key} from {old.get(key)} to {new.get(key)}"


def _parts(old: AssetView | Pool, new: AssetView | Pool) -> str:
    return ", ".join(
        f"{part.name} {getattr(old, part.name)} to {getattr(new, part.name)}"
        for part in fields(old)
        if getattr(old, part.name) != getattr(new, part.name)
    )


def _holdings(account: AccountView | None) -> str:
    if account is None:
        return "nothing"
    return f"free {dict(account.free)} shares {dict(account.shares)} of user {account.user}"


def _lists(step: Step, symbol: str) -> bool:
    return isinstance(step.action, ListAsset) and step.action.asset == symbol


def _assets_named(step: Step) -> tuple[str, ...] | None:
    """Return the symbols an action may change; None if it may change all."""
    match step.action:
        case AdvanceTime() | SetAccountSettings():
            return None
        case ConfirmWithdrawal(withdrawal=index) | FailWithdrawal(withdrawal=index):
            asked = step.before.withdrawals.get(index)
            return (asked.asset,) if asked else ()
        case CompleteRebalance(rebalance=index):
            moved = step.before.rebalances.get(index)
            return (moved.asset,) if moved else ()
        case action:
            symbol = getattr(action, "asset", None)
            return (symbol,) if symbol is not None else ()


def _frame_of_clock(step: Step) -> Iterator[str]:
    action = step.action
    time = action.time if isinstance(action, AdvanceTime) else step.before.time
    if step.after.time != time:
        yield f"time went from {step.before.time} to {step.after.time}, the action makes it {time}"
    for name in sorted(step.before.chains.keys() | step.after.chains.keys()):
        old, new = step.before.chains.get(name), step.after.chains.get(name)
        expected = old
        if isinstance(action, Deposit) and action.chain == name and old is not None:
            expected = old + 1
        if old is None and isinstance(action, ListAsset):
            expected = 1
        if new != expected:
            yield f"next sequence of {name} went from {old} to {new}, not to {expected}"


def _frame_of_requests(step: Step) -> Iterator[str]:
    action, before, after = step.action, step.before, step.after
    for index in changed(before.withdrawals, after.withdrawals):
        old, new = before.withdrawals.get(index), after.withdrawals.get(index)
        match action:
            case RequestWithdrawal():
                is_named = old is None and index == len(before.withdrawals)
            case ConfirmWithdrawal(withdrawal=named) | FailWithdrawal(withdrawal=named):
                is_pending = old is not None and old.status is RequestStatus.PENDING
                is_named = index == named and is_pending
            case _:
                is_named = False
        if not is_named or new is None:
            yield f"withdrawal {index} changed from {old} to {new}"
    for index in changed(before.rebalances, after.rebalances):
        sent, now = before.rebalances.get(index), after.rebalances.get(index)
        match action:
            case StartRebalance():
                is_named = sent is None and index == len(before.rebalances)
            case CompleteRebalance(rebalance=named):
                is_pending = sent is not None and sent.status is RequestStatus.PENDING
                is_named = index == named and is_pending
            case _:
                is_named = False
        if not is_named or now is None:
            yield f"rebalance {index} changed from {sent} to {now}"


def _frame_of_asset(step: Step, symbol: str, old: AssetView, new: AssetView) -> Iterator[str]:
    action = step.action
    priced = (old.price, old.price_time) != (new.price, new.price_time)
    if priced and not isinstance(action, SetPrice):
        yield f"{symbol}: the price changed: {_parts(old, new)}"
    match action:
        case SetPrice():
            is_kept = (old.in_transit, old.tokens, old.pool) == (
                new.in_transit,
                new.tokens,
                new.pool,
            )
        case AdvanceTime():
            fixed = ("cash", "lend_shares", "borrow_shares")
            is_kept = (old.in_transit, old.tokens) == (new.in_transit, new.tokens) and all(
                getattr(old.pool, name) == getattr(new.pool, name) for name in fixed
            )
        case SetPoolParameters():
            moved = {"throttle_bound"}
            is_kept = (old.in_transit, old.tokens) == (new.in_transit, new.tokens) and all(
                getattr(old.pool, part.name) == getattr(new.pool, part.name)
                for part in fields(Pool)
                if part.name not in moved
            )
        case _:
            kept = ("interest_carry", "throttle_bound")
            is_kept = all(getattr(old.pool, name) == getattr(new.pool, name) for name in kept)
    if not is_kept:
        changes = _parts(old.pool, new.pool) or _parts(old, new)
        yield f"{symbol}: {type(action).__name__} changed what it does not name: {changes}"


def _frame_of_account(
    step: Step,
    index: int,
    before: AccountView,
    after: AccountView,
    allowed: tuple[str, ...] | None,
) -> Iterator[str]:
    if before.user != after.user:
        yield f"account {index}: the user went from {before.user} to {after.user}"
    if before.settings != after.settings and not isinstance(step.action, SetAccountSettings):
        yield f"account {index}: settings went from {before.settings} to {after.settings}"
    for name, old, new in (
        ("free", before.free, after.free),
        ("shares", before.shares, after.shares),
    ):
        for symbol in _changed_symbols(old, new):
            if allowed is not None and symbol not in allowed:
                values = f"{old.get(symbol, 0)} to {new.get(symbol, 0)}"
                yield f"account {index}: {name} of {symbol} went from {values}"


def _changed_symbols(old: Mapping[str, int], new: Mapping[str, int]) -> list[str]:
    return [name for name in sorted({*old, *new}) if old.get(name, 0) != new.get(name, 0)]


SYSTEM: Final[tuple[Invariant, ...]] = (
    state_invariant(
        non_negative, "CU-1 MM-1", "No balance, pool total, price or time is below zero."
    ),
    state_invariant(stored_values_in_range, "NT-7", "Every stored value is at most 2^127 - 1."),
    state_invariant(
        system_accounts_are_nobodys,
        "CU-3",
        "The accounts 0 and 1 belong to user 0 and neither lend nor borrow.",
    ),
    step_invariant(
        no_negative_free, "CU-1 NT-7", "No free balance falls below zero or leaves the range."
    ),
    step_invariant(
        rejection_is_no_op,
        "NT-9",
        "A refused action changes nothing, and its code is the first broken rule by precedence.",
    ),
    step_invariant(
        frame_rule,
        "NT-9 CU-4 CU-6 CU-9 CU-11 MM-6 MM-16",
        "An action changes only the assets, chains, requests and settings that it names.",
    ),
    step_invariant(
        subaccount_isolation,
        "CU-3 CU-10",
        "An action changes no account but those it names, whoever owns them; a paid withdrawal "
        "and an arrived rebalance also change the fees account.",
    ),
    step_invariant(
        determinism, "NT-9", "The same action on the same state has the same outcome, every time."
    ),
)
