"""Postings: what moves between the balances of the ledger (chapter custody)."""

from __future__ import annotations

from enum import StrEnum

from ibperp.records import record


class LedgerKind(StrEnum):
    """The kinds of balances that postings move (CU-1)."""

    CUSTODY = "custody"
    IN_TRANSIT = "in_transit"
    FREE = "free"
    POOL = "pool"
    PENDING = "pending"


class Reason(StrEnum):
    """Why atoms or shares move."""

    DEPOSIT = "deposit"
    WITHDRAWAL_REQUEST = "withdrawal_request"
    WITHDRAWAL_PAID = "withdrawal_paid"
    WITHDRAWAL_FEE = "withdrawal_fee"
    WITHDRAWAL_REFUND = "withdrawal_refund"
    REBALANCE_START = "rebalance_start"
    REBALANCE_ARRIVAL = "rebalance_arrival"
    REBALANCE_COST = "rebalance_cost"
    TRANSFER = "transfer"
    LEND = "lend"
    REDEEM = "redeem"
    BORROW = "borrow"
    REPAY = "repay"
    AUTO_LEND = "auto_lend"
    AUTO_REPAY = "auto_repay"
    WITHDRAWAL_REDEEM = "withdrawal_redeem"
    WITHDRAWAL_BORROW = "withdrawal_borrow"
    ORDER_REDEEM = "order_redeem"
    ORDER_BORROW = "order_borrow"
    TRADE = "trade"
    TRADE_FEE = "trade_fee"
    TRADE_REBATE = "trade_rebate"
    DUST = "dust"
    DUST_REDEEM = "dust_redeem"
    SETTLEMENT = "settlement"
    SETTLEMENT_REDEEM = "settlement_redeem"
    SETTLEMENT_BORROW = "settlement_borrow"
    SETTLEMENT_REPAY = "settlement_repay"
    SETTLEMENT_LEND = "settlement_lend"
    LIQUIDATION_REPAY = "liquidation_repay"
    LIQUIDATION_REDEEM = "liquidation_redeem"
    LIQUIDATION_BACKSTOP = "liquidation_backstop"
    LIQUIDATION_ADL = "liquidation_adl"
    LIQUIDATION_IN_KIND = "liquidation_in_kind"
    INSURANCE = "insurance"
    INSURANCE_FUNDED = "insurance_funded"
    BANKRUPTCY = "bankruptcy"


@record
class LedgerAccount:
    """One balance of an asset; `index`: account id, or the chain's place in its tokens, or 0."""

    kind: LedgerKind
    index: int


@record
class Posting:
    """`amount` atoms of `asset` from the credited to the debited side of the ledger (CU-1)."""

    debit: LedgerAccount
    credit: LedgerAccount
    asset: int
    amount: int
    reason: Reason
