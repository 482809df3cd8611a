"""What happens when accounts fail (chapter liquidation)."""

from __future__ import annotations

from enum import StrEnum

from ibperp.records import record
from ibperp.rejection_codes import RejectionCode


class LiquidationStage(StrEnum):
    """What one step of a liquidation did (LQ-2).

    Names in camel case that begin with `Liquidate`, and `CollateralConversion`, are published.
    """

    CANCEL_ORDERS = "CancelOrders"
    PAY_OWN = "PayOwn"
    ON_BOOK = "LiquidatePositionOnBook"
    CONVERSION = "CollateralConversion"
    CONVERSION_REQUEST = "CollateralConversionRequest"
    ON_BACKSTOP = "LiquidatePositionOnBackstop"
    ON_ADL = "LiquidatePositionOnAdl"
    LENDING_ADL = "LendingAdl"
    IN_KIND = "InKind"


@record
class LiquidationStep:
    """A step of a liquidation begins; what it did follows (LQ-2)."""

    account: int
    stage: LiquidationStage


@record
class LiquidationHeldBack:
    """A run left an account alone that may be due: `code` says which price is missing (LQ-10)."""

    account: int
    code: RejectionCode


@record
class PositionMoved:
    """Signed `lots` went from an account's position to another's, off the book, at `price`.

    `lots`: what `counterparty` receives (LQ-6, LQ-7).
    """

    market: int
    account: int
    counterparty: int
    lots: int
    price: int


class Liability(StrEnum):
    """To whom a liability is owed (LQ-9)."""

    POOL = "pool"
    FUND = "fund"


@record
class BankruptcyResolved:
    """A liability that its account will never pay ended: atoms of `asset` (LQ-9).

    `owed` before, and what of it the insurance, the pool's reserve and the claimants bore.
    """

    account: int
    asset: int
    liability: Liability
    owed: int
    insurance: int
    reserve: int
    spread: int


@record
class LossSpread:
    """The gain that a position has not been paid fell by `amount` atoms (LQ-9)."""

    account: int
    market: int
    amount: int
