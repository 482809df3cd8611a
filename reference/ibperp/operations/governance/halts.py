"""The halt: which actions it admits, and the grace after it (GV-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp import actions
from ibperp.operations.effect import Effect, rejection
from ibperp.outcomes import RejectionCode
from ibperp.records import replace

if TYPE_CHECKING:
    from ibperp.outcomes import Outcome
    from ibperp.state import State

ADMITTED_WHILE_HALTED: Final[frozenset[type]] = frozenset(
    {
        actions.Deposit,
        actions.Repay,
        actions.CancelOrder,
        actions.CancelAllOrders,
        actions.ConfirmWithdrawal,
        actions.FailWithdrawal,
        actions.CompleteRebalance,
        actions.SetPrice,
        actions.UpdateMark,
        actions.SetMarketReference,
        actions.AdvanceTime,
        actions.ListAsset,
        actions.ListMarket,
        actions.ListPerpetual,
        actions.SetPoolParameters,
        actions.SetMarketParameters,
        actions.SetPerpetualParameters,
        actions.SetSystemParameters,
        actions.SetAssetParameters,
        actions.CancelRequest,
        actions.WithdrawQuote,
        actions.FundInsurance,
        actions.Resume,
    }
)
"""What a halted system admits; everything else is refused before it is looked at (GV-4)."""


def halt(state: State, _: actions.Halt) -> Outcome:
    """Stop all that adds risk, and every liquidation (GV-4)."""
    # PRECONDITIONS
    assert not state.is_halted, "a halted system admits no halt"

    # EFFECT
    after = replace(state, is_halted=True)

    # POSTCONDITIONS
    assert after.liquidation_time == state.liquidation_time
    return Effect(after).accepted()


def resume(state: State, _: actions.Resume) -> Outcome:
    """End a halt; no account is liquidated until the grace is over (GV-4)."""
    # PRECONDITIONS
    refused = rejection((state.is_halted, RejectionCode.NOT_HALTED))
    if refused:
        return refused

    # EFFECT
    waits = state.time + state.system.liquidation_grace
    after = replace(state, is_halted=False, liquidation_time=waits)

    # POSTCONDITIONS
    assert after.liquidation_time >= after.time
    return Effect(after).accepted()
