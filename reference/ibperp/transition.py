"""The transition of the whole system, the file to read first: one action, one outcome (NT-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ibperp import actions
from ibperp.numbers import in_range
from ibperp.operations import (
    custody,
    governance,
    markets,
    money_market,
    spot_margin,
    withdrawal,
)
from ibperp.operations.effect import rejection
from ibperp.outcomes import Rejected, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.outcomes import Outcome
    from ibperp.state import Asset, State

OPERATIONS: Final[dict[type, Callable[[State, Any], Outcome]]] = {
    actions.CreateAccount: custody.create_account,
    actions.Deposit: custody.deposit,
    actions.RequestWithdrawal: withdrawal.request_withdrawal,
    actions.ConfirmWithdrawal: withdrawal.confirm_withdrawal,
    actions.FailWithdrawal: withdrawal.fail_withdrawal,
    actions.StartRebalance: custody.start_rebalance,
    actions.CompleteRebalance: custody.complete_rebalance,
    actions.Transfer: custody.transfer,
    actions.Lend: money_market.lend,
    actions.Redeem: money_market.redeem,
    actions.Borrow: money_market.borrow,
    actions.Repay: money_market.repay,
    actions.SetAccountSettings: money_market.set_account_settings,
    actions.SetPrice: governance.set_price,
    actions.AdvanceTime: governance.advance_time,
    actions.ListAsset: governance.list_asset,
    actions.SetPoolParameters: governance.set_pool_parameters,
    actions.ListMarket: markets.list_market,
    actions.SetMarketParameters: markets.set_market_parameters,
    actions.SetMarketReference: markets.set_market_reference,
    actions.PlaceOrder: spot_margin.place_order,
    actions.CancelOrder: spot_margin.cancel_order,
    actions.CancelAllOrders: spot_margin.cancel_all_orders,
    actions.AmendOrder: spot_margin.amend_order,
    actions.ConvertDust: spot_margin.convert_dust,
}
"""The one operation of each kind of action."""


def transition(state: State, action: actions.Action) -> Outcome:
    """Apply an action: always return, never change `state`, never raise (NT-9).

    An effect that would store a value outside the range is refused last of all (NT-7).
    """
    outcome = OPERATIONS[type(action)](state, action)
    if isinstance(outcome, Rejected):
        return outcome
    fits = is_storable(state, outcome.state)
    return rejection((fits, RejectionCode.OUT_OF_RANGE)) or outcome


def is_storable(before: State, after: State) -> bool:
    """Tell whether every value that a transition changed fits its range (NT-7)."""
    touched = (
        asset
        for index, asset in enumerate(after.assets)
        if index >= len(before.assets) or asset is not before.assets[index]
    )
    return all(map(_is_asset_storable, touched)) and all(
        all(map(in_range, (*account.free, *account.shares, *account.reserved)))
        for _, account, _ in after.accounts.changed(before.accounts)
    )


def _is_asset_storable(asset: Asset) -> bool:
    pool = asset.pool
    atoms = (pool.cash, pool.lent, pool.borrowed, pool.reserve, asset.in_transit)
    shares = (pool.lend_shares, pool.borrow_shares)
    held = (amount for token in asset.tokens for amount in (token.custody, token.pending))
    return all(map(in_range, (*atoms, *shares, *held)))
