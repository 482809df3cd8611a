"""All actions of the system. Amounts are ledger atoms; accounts are dense ids."""

from typing import TypeAlias

from ibperp.actions.custody import (
    CompleteRebalance,
    ConfirmWithdrawal,
    CreateAccount,
    Deposit,
    FailWithdrawal,
    ListAsset,
    RequestWithdrawal,
    SetPrice,
    StartRebalance,
    Transfer,
)
from ibperp.actions.governance import Halt, Resume, SetAssetParameters, SetSystemParameters
from ibperp.actions.liquidation import FundInsurance, Liquidate, ResolveBankruptcy, RunRisk
from ibperp.actions.money_market import (
    AdvanceTime,
    Borrow,
    Lend,
    Redeem,
    Repay,
    SetAccountSettings,
    SetPoolParameters,
)
from ibperp.actions.perpetuals import (
    ApplyFunding,
    ListPerpetual,
    SetPerpetualParameters,
    SettleMarket,
    UpdateMark,
)
from ibperp.actions.programs import (
    AcceptQuote,
    CancelRequest,
    RefreshRequest,
    RegisterBackstop,
    RequestQuote,
    SubmitQuote,
    WithdrawQuote,
)
from ibperp.actions.settlement import ConvertCollateral, Settle
from ibperp.actions.spot_margin import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    ConvertDust,
    ListMarket,
    PlaceOrder,
    SetMarketParameters,
    SetMarketReference,
)

__all__ = [
    "AcceptQuote",
    "Action",
    "AdvanceTime",
    "AmendOrder",
    "ApplyFunding",
    "Borrow",
    "CancelAllOrders",
    "CancelOrder",
    "CancelRequest",
    "CompleteRebalance",
    "ConfirmWithdrawal",
    "ConvertCollateral",
    "ConvertDust",
    "CreateAccount",
    "Deposit",
    "FailWithdrawal",
    "FundInsurance",
    "Halt",
    "Lend",
    "Liquidate",
    "ListAsset",
    "ListMarket",
    "ListPerpetual",
    "PlaceOrder",
    "Redeem",
    "RefreshRequest",
    "RegisterBackstop",
    "Repay",
    "RequestQuote",
    "RequestWithdrawal",
    "ResolveBankruptcy",
    "Resume",
    "RunRisk",
    "SetAccountSettings",
    "SetAssetParameters",
    "SetMarketParameters",
    "SetMarketReference",
    "SetPerpetualParameters",
    "SetPoolParameters",
    "SetPrice",
    "SetSystemParameters",
    "Settle",
    "SettleMarket",
    "StartRebalance",
    "SubmitQuote",
    "Transfer",
    "UpdateMark",
    "WithdrawQuote",
]

Action: TypeAlias = (
    CreateAccount
    | Deposit
    | RequestWithdrawal
    | ConfirmWithdrawal
    | FailWithdrawal
    | StartRebalance
    | CompleteRebalance
    | Transfer
    | Lend
    | Redeem
    | Borrow
    | Repay
    | SetAccountSettings
    | SetPrice
    | AdvanceTime
    | ListAsset
    | SetPoolParameters
    | ListMarket
    | SetMarketParameters
    | SetMarketReference
    | PlaceOrder
    | CancelOrder
    | CancelAllOrders
    | AmendOrder
    | ConvertDust
    | ListPerpetual
    | SetPerpetualParameters
    | UpdateMark
    | ApplyFunding
    | SettleMarket
    | Settle
    | ConvertCollateral
    | Liquidate
    | ResolveBankruptcy
    | RunRisk
    | FundInsurance
    | RegisterBackstop
    | RequestQuote
    | SubmitQuote
    | WithdrawQuote
    | AcceptQuote
    | RefreshRequest
    | CancelRequest
    | SetSystemParameters
    | SetAssetParameters
    | Halt
    | Resume
)
