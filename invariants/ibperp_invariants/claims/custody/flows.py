"""Invariants of flows: each change of a balance is told with its reason, and nobody pays without.

Summed over a run they say what a set of accounts can take out: what it put in, and what others
paid it for these reasons (CU-1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import ConvertDust
from ibperp.events import LedgerKind, Reason, SettlementSource
from ibperp.state import FEES, INSURANCE
from ibperp_invariants.step.inflows import block_parties
from ibperp_invariants.step.step import owner_of, step_invariant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.view import View

OWN: Final = frozenset(
    {
        Reason.WITHDRAWAL_REQUEST,
        Reason.TRANSFER,
        Reason.LEND,
        Reason.REPAY,
        Reason.INSURANCE_FUNDED,
    }
)
"""The reasons for which the account of the action pays, and no other."""

INTO_POOL: Final = frozenset({Reason.AUTO_LEND, Reason.AUTO_REPAY, Reason.SETTLEMENT})
"""The reasons for which an account pays its pool alone, for shares or for what it owes the fund."""

OF_TRADES: Final = frozenset({Reason.TRADE, Reason.TRADE_FEE})
OF_SYSTEM: Final = {
    Reason.TRADE_REBATE: FEES,
    Reason.REBALANCE_COST: FEES,
    Reason.INSURANCE: INSURANCE,
    Reason.INSURANCE_FUNDED: INSURANCE,
}
"""The account of the system that pays, by reason; what it is given repays its own debt first."""
OF_LIQUIDATION: Final = frozenset(
    {
        Reason.LIQUIDATION_REPAY,
        Reason.LIQUIDATION_BACKSTOP,
        Reason.LIQUIDATION_ADL,
        Reason.LIQUIDATION_IN_KIND,
    }
)


def flows_are_told(step: Step) -> Iterator[str]:
    """Check that free balances, pool cash and what is unsettled change by their events (CU-1)."""
    if not step.is_accepted():
        return
    expected: dict[tuple[str, str], int] = {}
    for flow in step.facts.postings:
        expected[flow.debit, flow.asset] = expected.get((flow.debit, flow.asset), 0) - flow.amount
        expected[flow.credit, flow.asset] = expected.get((flow.credit, flow.asset), 0) + flow.amount
        if flow.amount <= 0 or flow.debit == flow.credit:
            yield f"{flow.reason}: {flow.amount} {flow.asset} from {flow.debit} to {flow.credit}"
    unsettled: dict[int, int] = {}
    for (account, _, _), amount in step.facts.credited.items():
        unsettled[account] = unsettled.get(account, 0) + amount
    for account, amount in step.facts.settled.items():
        unsettled[account] = unsettled.get(account, 0) - amount
    for account in sorted({*step.changed_accounts(), *unsettled}):
        old, new = (_unsettled(view, account) for view in (step.before, step.after))
        if new - old != unsettled.get(account, 0):
            told = unsettled.get(account, 0)
            yield f"account {account}: unsettled went from {old} to {new}, events say {told}"
        for symbol in step.after.assets:
            key = f"{LedgerKind.FREE}:{account}", symbol
            old, new = (_free(view, account, symbol) for view in (step.before, step.after))
            if new - old != expected.get(key, 0):
                told = expected.get(key, 0)
                yield f"account {account}: {symbol} went from {old} to {new}, events say {told}"
    for symbol, before, after in step.pools(every=True):
        told = expected.get((LedgerKind.POOL.value, symbol), 0)
        if after.cash - before.cash != told:
            yield f"{symbol}: cash went from {before.cash} to {after.cash}, events say {told}"


def nobody_pays_without_cause(step: Step) -> Iterator[str]:
    """Check who pays whom for which reason (CU-1)."""
    if not step.is_accepted():
        return
    traders, failing = _traders(step), set(step.facts.liquidation.worked_on())
    for flow in step.facts.postings:
        kind, _, index = flow.debit.partition(":")
        if kind != LedgerKind.FREE:
            continue
        payer, reason = int(index), flow.reason
        is_due = (
            (reason in OWN and payer == owner_of(step.action))
            or (reason in INTO_POOL and flow.credit == LedgerKind.POOL)
            or (reason in OF_TRADES and payer in traders)
            or OF_SYSTEM.get(reason) == payer
            or (reason in OF_LIQUIDATION and payer in failing)
            or (reason is Reason.DUST and payer in _of_dust(step))
        )
        if not is_due:
            yield f"account {payer} paid {flow.amount} {flow.asset} to {flow.credit} for {reason}"
    for (account, market, source), amount in step.facts.credited.items():
        if amount < 0 and not CAUSES[source](step, account, market):
            yield f"account {account} was charged {-amount} for {source}, without a cause"


def _traders(step: Step) -> set[int]:
    """Return the parties of all trades, on the book and off it."""
    return {account for _, *both in step.trades() for account in both} | block_parties(step)


def _of_dust(step: Step) -> set[int]:
    action = step.action
    return {action.account, FEES} if isinstance(action, ConvertDust) else set()


def _has_position(step: Step, account: int, market: str) -> bool:
    """Tell whether a price or a funding could make an account lose: it has a position."""
    held = step.before.accounts[account].positions if account in step.before.accounts else {}
    return market in held or _trades(step, account, market)


def _trades(step: Step, account: int, market: str) -> bool:
    del market
    return account in _traders(step)


def _owed(step: Step, account: int, market: str) -> bool:
    """Tell whether an account owed the fund."""
    del market
    return account in step.before.accounts and step.before.accounts[account].unpaid.amount < 0


def _fails(step: Step, account: int, market: str) -> bool:
    del market
    return account in step.facts.liquidation.worked_on()


def _takes_over(step: Step, account: int, market: str) -> bool:
    """Tell whether a position passed from or to an account."""
    moves = step.facts.liquidation.moved()
    return any(
        account in {move.account, move.counterparty} and move.market == market for move in moves
    )


def _shares_a_failure(step: Step, account: int, market: str) -> bool:
    """Tell whether an account failed, so that its debt or claim passes or its loss is borne."""
    del account, market
    return bool(step.facts.liquidation.worked_on())


CAUSES: Final[dict[SettlementSource, Callable[[Step, int, str], bool]]] = {
    SettlementSource.VIRTUAL_GAIN: _has_position,
    SettlementSource.VIRTUAL_LOSS: _has_position,
    SettlementSource.REALIZE_PNL: _has_position,
    SettlementSource.CULLED_REALIZE_PNL_AUTO: _has_position,
    SettlementSource.CULLED_ACCOUNT_THRESHOLD: _has_position,
    SettlementSource.CULLED_SYSTEM_THRESHOLD: _has_position,
    SettlementSource.CULLED_BOOK_UTILISATION: _has_position,
    SettlementSource.FUNDING_PAYMENT: _has_position,
    SettlementSource.UNPAID_INTEREST: _owed,
    SettlementSource.TRADING_FEES: _trades,
    SettlementSource.TRADING_FEES_SYSTEM: _fails,
    SettlementSource.BACKSTOP_PROVIDER_LIQUIDATION: _takes_over,
    SettlementSource.BACKSTOP_ADL_LIQUIDATION: _takes_over,
    SettlementSource.SYSTEM_LIABILITY_TRANSFER: _shares_a_failure,
}
"""What must be so of an account that is charged, by the source of the charge."""


def _free(view: View, account: int, symbol: str) -> int:
    return view.accounts[account].free.get(symbol, 0) if account in view.accounts else 0


def _unsettled(view: View, account: int) -> int:
    return view.accounts[account].unsettled if account in view.accounts else 0


FLOWS: Final[tuple[Invariant, ...]] = (
    step_invariant(
        flows_are_told,
        "CU-1 ST-1",
        "Free balances, the cash of pools and `unsettled` change by exactly the events, to the "
        "atom: an amount that one balance receives, another pays for the same reason.",
    ),
    step_invariant(
        nobody_pays_without_cause,
        "CU-1 ST-1 LQ-9",
        "An account pays for its own action, its own trade, its position, its debts, or its "
        "failure; only the rest of a failure is borne by others. So no set of accounts takes out "
        "more than it put in and others paid it for these reasons.",
    ),
)
