"""Invariants of a settlement: flows that balance, what is left unpaid, culling, interest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import Settle
from ibperp.events import SettlementSource
from ibperp_invariants.claims.portfolio.positions import (
    claim_of,
    settled_wealth,
    shares_worth,
)
from ibperp_invariants.step.step import is_settled, state_invariant, step_invariant, wealth
from ibperp_invariants.view.once import kept_for_last, once_for_a_view
from ibperp_invariants.view.view import settlement_asset, virtual_shares

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.ordered import Ordered
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import View

MARKING: Final = {SettlementSource.VIRTUAL_GAIN, SettlementSource.VIRTUAL_LOSS}
"""The sources of virtual shares that stand for a gain or a loss, not for the account's assets."""

CULLING: Final = {
    SettlementSource.CULLED_ACCOUNT_THRESHOLD,
    SettlementSource.CULLED_SYSTEM_THRESHOLD,
    SettlementSource.CULLED_BOOK_UTILISATION,
}


def virtual_shares_are_sums(view: View, totals: Totals) -> Iterator[str]:
    """Check that own and virtual shares make up the pool of the settlement asset (ST-4)."""
    symbol = settlement_asset(view)
    if symbol is None:
        if view.system and any((*totals.virtual_lends.values(), *totals.virtual_borrows.values())):
            yield f"there are {sum(totals.virtual_lends.values())} virtual shares, but no pool"
        return
    pool = view.assets[symbol].pool
    for name, own, virtual in (
        ("lend_shares", totals.lend_shares, totals.virtual_lends),
        ("borrow_shares", totals.borrow_shares, totals.virtual_borrows),
    ):
        expected = getattr(pool, name) - own.get(symbol, 0)
        if sum(virtual.values()) != expected:
            yield (
                f"{symbol}: the virtual shares of all positions are {sum(virtual.values())}, "
                f"{name} leave {expected} for them"
            )


def settlement_is_equity_neutral(step: Step) -> Iterator[str]:
    """Check what a settlement takes from an account, or gives it: roundings and fees (ST-2)."""
    symbol = _settling(step)
    if symbol is None:
        return
    slack, fee = step.rounding_atoms(symbol), step.facts.interest.get(symbol, (0, 0))[0]
    for account in step.changed_accounts():
        old, new = settled_wealth(step.before, account), settled_wealth(step.after, account)
        old += step.facts.credited.get((account, "", SettlementSource.UNPAID_INTEREST), 0)
        if not old - slack - fee <= new <= old + slack:
            yield (
                f"account {account}: all its {symbol} went from {old} to {new}, "
                f"with roundings of {slack} and entry fees of {fee}"
            )


def settlement_flows_balance(step: Step) -> Iterator[str]:
    """Check by the events that what is paid in is paid out, and by whom (ST-3)."""
    symbol = _settling(step)
    if symbol is None:
        return
    paid = sum(step.facts.settled.values())
    marked_virtually = sum(move.amount for move in step.facts.virtual() if move.source in MARKING)
    if paid + marked_virtually:
        yield f"accounts get {paid} and virtual shares {marked_virtually}, which is not 0 in sum"
    slack, fee = step.rounding_atoms(symbol), step.facts.interest.get(symbol, (0, 0))[0]
    realized: dict[int, int] = {}
    for move in step.facts.virtual():
        if move.source not in MARKING:
            realized[move.account] = realized.get(move.account, 0) + move.amount
    for account in step.changed_accounts():
        due = step.facts.settled.get(account, 0) - realized.get(account, 0)
        old, new = wealth(step.before, account, symbol), wealth(step.after, account, symbol)
        if not old + due - slack - fee <= new <= old + due + slack:
            yield (
                f"account {account}: free + claim - debt went from {old} to {new}, "
                f"by the events it got {due}"
            )
        unsettled = (view.accounts[account].unsettled for view in (step.before, step.after))
        credited = sum(
            amount for (of, _, _), amount in step.facts.credited.items() if of == account
        )
        before, after = unsettled
        expected = before + credited - step.facts.settled.get(account, 0)
        if after != expected:
            yield f"account {account}: {after} is unsettled, the events leave {expected}"


def unpaid_bounded(step: Step) -> Iterator[str]:
    """Check that what winners wait for is what losers still owe the fund (ST-3, ST-7)."""
    if _settling(step) is None:
        return
    waiting = owed = 0
    for account in active_accounts_of(step.after):
        claim = claim_of(step.after, account)
        may_wait = not step.after.accounts[account].settings.auto_realize
        if claim.amount > 0:
            waiting += claim.amount
        else:
            owed -= claim.amount
        for symbol, _, gain, due in claim.rows:
            if due or gain < 0 or (gain and not may_wait):
                yield f"account {account}, {symbol}: a gain of {gain} was left, {due} funding due"
    if waiting != owed:
        yield f"{waiting} is waited for, {owed} is owed"


def culling_helps(step: Step) -> Iterator[str]:
    """Check that a culled virtual debt fell, by a share or a rounding, and left no lend (ST-5)."""
    symbol = _settling(step)
    if symbol is None:
        return
    slack = step.rounding_atoms(symbol)
    held: dict[tuple[int, str], int] = {}
    for move in step.facts.virtual():
        key = move.account, move.market
        old = held.get(key, virtual_shares(step.before, *key))
        new = held[key] = old + move.shares
        is_paid = move.amount > 0 and old + (move.amount > slack) <= min(new, 0)
        if move.source in CULLING and not (is_paid and shares_worth(step.after, new) <= slack):
            yield (
                f"account {move.account}, {move.market}: culling {move.amount} "
                f"made {old} virtual shares {new}"
            )


def interest_attributed(step: Step) -> Iterator[str]:
    """Check what virtual shares earned against the events and the positions (ST-6)."""
    symbol = _settling(step)
    if symbol is None:
        return
    slack = step.rounding_atoms(symbol)
    for account in step.changed_accounts():
        after = step.after.accounts[account]
        for market, own in step.before.accounts[account].positions.items():
            earned = step.facts.earned.get((account, market), 0)
            expected = shares_worth(step.before, own.virtual) - own.virtual_value
            new = after.positions.get(market)
            noted = earned if new is None else new.interest - own.interest
            if abs(earned - expected) > slack or noted != earned:
                yield (
                    f"account {account}, {market}: earned {expected}, {earned} is told "
                    f"and {noted} is noted"
                )


@once_for_a_view
def active_accounts_of(view: View) -> list[int]:
    """Return the accounts that a settlement looks at (ST-2)."""
    if view.active is not None:
        return [account for account in _ids(view.active) if account in view.accounts]
    return [account for account in view.accounts if is_settled(view, account)]


@kept_for_last(1 << 4)
def _ids(listed: Ordered) -> tuple[int, ...]:
    return tuple(account for (account,) in listed)


def _settling(step: Step) -> str | None:
    """Return the settlement asset if the step is an accepted settlement."""
    is_settling = step.is_accepted() and isinstance(step.action, Settle)
    return settlement_asset(step.before) if is_settling else None


SETTLEMENT: Final[tuple[Invariant, ...]] = (
    state_invariant(
        virtual_shares_are_sums,
        "ST-4 ST-7",
        "On each side, the virtual shares of all positions are the shares of the settlement "
        "asset's pool minus the shares of accounts.",
    ),
    step_invariant(
        settlement_is_equity_neutral,
        "ST-2 ST-4 ST-5",
        "A settlement changes the equity of an account, its gains included, only by interest on "
        "unpaid amounts, roundings of shares and entry fees.",
    ),
    step_invariant(
        settlement_flows_balance,
        "ST-1 ST-3 ST-7",
        "A settlement pays as gains exactly what it takes as losses, to the atom, and each "
        "account receives what the events say.",
    ),
    step_invariant(
        unpaid_bounded,
        "ST-2 ST-3 ST-7",
        "After a settlement every loss is taken and all funding is booked; the claims of waiting "
        "winners equal the debts of losers.",
    ),
    step_invariant(
        culling_helps,
        "ST-5",
        "Culling lowers a virtual debt by the paid amount, and never turns it into a lend.",
    ),
    step_invariant(
        interest_attributed,
        "ST-6",
        "A settlement attributes to each position the interest of its virtual shares since they "
        "moved.",
    ),
)
