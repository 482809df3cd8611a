"""What happens between accounts, their positions and the fund (chapter settlement)."""

from __future__ import annotations

from enum import StrEnum

from ibperp.records import record


class SettlementSource(StrEnum):
    """Why value moves between an account, its positions and the fund (ST-2, ST-5).

    Names in camel case are those that the live system publishes.
    """

    VIRTUAL_GAIN = "VirtualGain"
    VIRTUAL_LOSS = "VirtualLoss"

    REALIZE_PNL = "RealizePnl"
    CULLED_REALIZE_PNL_AUTO = "CulledRealizePnlAuto"
    CULLED_ACCOUNT_THRESHOLD = "CulledRealizePnlAccountThreshold"
    CULLED_SYSTEM_THRESHOLD = "CulledRealizePnlSystemThreshold"
    CULLED_BOOK_UTILISATION = "CulledRealizePnlBookUtilisation"
    FUNDING_PAYMENT = "FundingPayment"
    UNPAID_INTEREST = "UnpaidInterest"
    TRADING_FEES = "TradingFees"
    TRADING_FEES_SYSTEM = "TradingFeesSystem"
    BACKSTOP_PROVIDER_LIQUIDATION = "BackstopProviderLiquidation"
    BACKSTOP_ADL_LIQUIDATION = "BackstopAdlLiquidation"
    SYSTEM_LIABILITY_TRANSFER = "SystemLiabilityTransfer"


@record
class Unsettled:
    """The unsettled balance of an account changed by `amount` signed atoms (ST-1).

    `market`: of the position by which it changed; None if by none.
    """

    account: int
    market: int | None
    amount: int
    source: SettlementSource


@record
class Settled:
    """A settlement paid signed atoms to an account's assets; `unpaid` is left unsettled (ST-3)."""

    account: int
    amount: int
    unpaid: int


@record
class VirtualMoved:
    """The virtual shares of a position changed by `shares`, worth signed `amount` atoms (ST-4)."""

    account: int
    market: int
    shares: int
    amount: int
    source: SettlementSource


@record
class VirtualInterest:
    """What a position's virtual shares earned (signed) since they last changed (ST-6)."""

    account: int
    market: int
    amount: int
