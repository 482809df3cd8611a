"""Invariants of custody: what is held is what is owed, and nothing arrives from nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import CompleteRebalance, ConfirmWithdrawal, Deposit, StartRebalance
from ibperp_invariants.step.step import state_invariant, step_invariant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import View


def custody_identity(view: View, totals: Totals) -> Iterator[str]:
    """Check custody + in transit = free + pool cash + pending, per asset (CU-1)."""
    for symbol, asset in view.assets.items():
        custody = sum(token.custody for token in asset.tokens.values())
        pending = sum(token.pending for token in asset.tokens.values())
        free, cash = totals.free.get(symbol, 0), asset.pool.cash
        held, owed = custody + asset.in_transit, free + cash + pending
        if held != owed:
            yield (
                f"{symbol}: custody {custody} + in transit {asset.in_transit} = {held}, "
                f"but free {free} + pool cash {cash} + pending {pending} = {owed}"
            )


def withdrawal_pending_totals(view: View, totals: Totals) -> Iterator[str]:
    """Check pending per token and in transit per asset against their open requests (CU-5, CU-8)."""
    for symbol, asset in view.assets.items():
        for chain, token in asset.tokens.items():
            promised = totals.pending.get((symbol, chain), 0)
            if token.pending != promised:
                yield (
                    f"{symbol} on {chain}: pending {token.pending}, "
                    f"but its pending withdrawals sum to {promised}"
                )
        moving = totals.in_transit.get(symbol, 0)
        if asset.in_transit != moving:
            yield (
                f"{symbol}: in transit {asset.in_transit}, "
                f"but its pending rebalances sum to {moving}"
            )


def custody_covers_pending(view: View, totals: Totals) -> Iterator[str]:
    """Check that each chain holds what it has promised to pay (CU-5, CU-8)."""
    del totals
    for symbol, asset in view.assets.items():
        for chain, token in asset.tokens.items():
            if token.custody < token.pending:
                yield f"{symbol} on {chain}: custody {token.custody} < pending {token.pending}"


def donation_proof(step: Step) -> Iterator[str]:
    """Check that custody moves only as the action says, and raises no share price (CU-1, MM-2)."""
    arrived = _arrivals(step) if step.is_accepted() else {}
    for symbol in dict.fromkeys((*step.touched_assets, *(symbol for symbol, _ in arrived))):
        old, asset = (view.assets.get(symbol) for view in (step.before, step.after))
        if asset is None:
            continue
        for chain, token in asset.tokens.items():
            held = old.tokens[chain].custody if old and chain in old.tokens else 0
            expected = held + arrived.get((symbol, chain), 0)
            if token.custody != expected:
                yield (
                    f"{symbol} on {chain}: custody went from {held} to {token.custody}, "
                    f"the action makes it {expected}"
                )


def _arrivals(step: Step) -> dict[tuple[str, str], int]:
    """Return what an accepted action adds to custody, by (symbol, chain)."""
    match step.action:
        case Deposit(asset=symbol, chain=chain, amount=amount):
            return {(symbol, chain): amount}
        case StartRebalance(asset=symbol, source=chain, amount=amount):
            return {(symbol, chain): -amount}
        case ConfirmWithdrawal(withdrawal=index) if index in step.before.withdrawals:
            paid = step.before.withdrawals[index]
            return {(paid.asset, paid.chain): paid.fee - paid.amount}
        case CompleteRebalance(rebalance=index, received=received) if (
            index in step.before.rebalances
        ):
            moved = step.before.rebalances[index]
            return {(moved.asset, moved.destination): received}
        case _:
            return {}


CUSTODY: Final[tuple[Invariant, ...]] = (
    state_invariant(
        custody_identity,
        "CU-1",
        "For each asset, the holdings on all chains and in transit equal the free balances, the "
        "pool's cash and the pending withdrawals, to the atom.",
    ),
    state_invariant(
        withdrawal_pending_totals,
        "CU-5 CU-6 CU-7 CU-8 CU-9",
        "Pending on a chain is the sum of its pending withdrawals; in transit is the sum of the "
        "pending rebalances.",
    ),
    state_invariant(
        custody_covers_pending,
        "CU-5 CU-8",
        "A chain holds at least what it has promised to pending withdrawals.",
    ),
    step_invariant(
        donation_proof,
        "CU-1 CU-4 CU-6 CU-8 CU-9",
        "Custody changes only by a deposit, a paid withdrawal and a rebalance, by exactly their "
        "amounts, so that atoms which merely arrive on a chain change nothing.",
    ),
)
