"""The transition of the whole system, the file to read first: one action, one outcome (NT-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from ibperp import actions
from ibperp.numbers import in_range
from ibperp.operations.custody import accounts, assets, rebalances, withdrawals
from ibperp.operations.effect import rejection
from ibperp.operations.governance import halts, parameter_changes
from ibperp.operations.liquidation import bankruptcy, conversion, ladder
from ibperp.operations.money_market import lending, pools, settings
from ibperp.operations.perpetuals import markets as perpetuals
from ibperp.operations.programs import backstops, quotes
from ibperp.operations.settlement import settle
from ibperp.operations.spot_margin import markets, orders
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.state import Market

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.outcomes import Outcome
    from ibperp.state import Account, Asset, Perpetual, Ramp, State

T = TypeVar("T")

OPERATIONS: Final[dict[type, Callable[[State, Any], Outcome]]] = {
    actions.CreateAccount: accounts.create_account,
    actions.Deposit: accounts.deposit,
    actions.RequestWithdrawal: withdrawals.request_withdrawal,
    actions.ConfirmWithdrawal: withdrawals.confirm_withdrawal,
    actions.FailWithdrawal: withdrawals.fail_withdrawal,
    actions.StartRebalance: rebalances.start_rebalance,
    actions.CompleteRebalance: rebalances.complete_rebalance,
    actions.Transfer: accounts.transfer,
    actions.Lend: lending.lend,
    actions.Redeem: lending.redeem,
    actions.Borrow: lending.borrow,
    actions.Repay: lending.repay,
    actions.SetAccountSettings: settings.set_account_settings,
    actions.SetPrice: assets.set_price,
    actions.AdvanceTime: pools.advance_time,
    actions.ListAsset: assets.list_asset,
    actions.SetPoolParameters: pools.set_pool_parameters,
    actions.ListMarket: markets.list_market,
    actions.SetMarketParameters: markets.set_market_parameters,
    actions.SetMarketReference: markets.set_market_reference,
    actions.PlaceOrder: orders.place_order,
    actions.CancelOrder: orders.cancel_order,
    actions.CancelAllOrders: orders.cancel_all_orders,
    actions.AmendOrder: orders.amend_order,
    actions.ConvertDust: orders.convert_dust,
    actions.ListPerpetual: perpetuals.list_perpetual,
    actions.SetPerpetualParameters: perpetuals.set_perpetual_parameters,
    actions.UpdateMark: perpetuals.update_mark,
    actions.ApplyFunding: perpetuals.apply_funding,
    actions.SettleMarket: perpetuals.settle_market,
    actions.Settle: settle.settle,
    actions.ConvertCollateral: conversion.convert_collateral,
    actions.Liquidate: ladder.liquidate,
    actions.ResolveBankruptcy: bankruptcy.resolve_bankruptcy,
    actions.RunRisk: bankruptcy.run_risk,
    actions.FundInsurance: bankruptcy.fund_insurance,
    actions.RegisterBackstop: backstops.register_backstop,
    actions.RequestQuote: quotes.request_quote,
    actions.SubmitQuote: quotes.submit_quote,
    actions.WithdrawQuote: quotes.withdraw_quote,
    actions.AcceptQuote: quotes.accept_quote,
    actions.RefreshRequest: quotes.refresh_request,
    actions.CancelRequest: quotes.cancel_request,
    actions.SetSystemParameters: parameter_changes.set_system_parameters,
    actions.SetAssetParameters: parameter_changes.set_asset_parameters,
    actions.Halt: halts.halt,
    actions.Resume: halts.resume,
}
"""The one operation of each kind of action."""


def transition(state: State, action: actions.Action) -> Outcome:
    """Apply an action: always return, never change `state`, never raise (NT-9).

    What a halt stops is refused before anything else (GV-4). An effect that would store a value
    outside the range is refused last of all (NT-7).
    """
    if state.is_halted and type(action) not in halts.ADMITTED_WHILE_HALTED:
        return Rejected(RejectionCode.HALTED, (RejectionCode.HALTED,))
    outcome = OPERATIONS[type(action)](state, action)
    if isinstance(outcome, Rejected):
        return outcome
    fits = is_storable(state, outcome.state)
    return rejection((fits, RejectionCode.OUT_OF_RANGE)) or outcome


def is_storable(before: State, after: State) -> bool:
    """Tell whether every value that a transition changed fits its range (NT-7)."""
    return (
        in_range(after.liquidation_time)
        and in_range(after.unpaid_rate_time)
        and all(map(_is_asset_storable, _touched(before.assets, after.assets)))
        and all(map(_is_market_storable, _touched(before.markets, after.markets)))
        and all(
            all(map(in_range, _account_values(account)))
            for _, account, _ in after.accounts.changed(before.accounts)
        )
        and all(
            all(map(in_range, (request.lots, request.price, request.expires)))
            for _, request, _ in after.requests.changed(before.requests)
        )
    )


def _touched(before: tuple[T, ...], after: tuple[T, ...]) -> tuple[T, ...]:
    kept = len(before)
    pairs = enumerate(after)
    return tuple(new for index, new in pairs if index >= kept or new is not before[index])


def _account_values(account: Account) -> tuple[int, ...]:
    positions = (
        value
        for own in account.positions
        for value in (
            *(own.lots, own.cost, own.entry_cost, own.funding_index, own.virtual),
            *(own.virtual_value, own.realized, own.fees, own.funding, own.interest),
        )
    )
    balances = (*account.free, *account.shares, *account.reserved, *account.prepaid)
    unpaid = (account.unpaid.amount, account.unpaid.interest, account.unpaid.carry)
    return (*balances, account.unsettled, *unpaid, *positions)


def _is_market_storable(market: Market | Perpetual) -> bool:
    if isinstance(market, Market):
        return True
    prices = (market.index_price, market.mark_price, market.funding_index)
    return all(map(in_range, (*prices, market.open_interest, _ramp_end(market.ramp))))


def _is_asset_storable(asset: Asset) -> bool:
    pool = asset.pool
    atoms = (pool.cash, pool.lent, pool.borrowed, pool.reserve, pool.unearned, asset.in_transit)
    shares = (pool.lend_shares, pool.borrow_shares)
    held = (amount for token in asset.tokens for amount in (token.custody, token.pending))
    return all(map(in_range, (*atoms, *shares, *held, _ramp_end(asset.ramp))))


def _ramp_end(ramp: Ramp | None) -> int:
    return 0 if ramp is None else ramp.end
