"""What is asked of the system when accounts fail, and by the programs around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibperp.orders import OrderFlags, Side
    from ibperp.parameters import AssetParameters, SystemParameters


@dataclass(frozen=True, slots=True)
class Liquidate:
    """Do one step of the liquidation of an account (LQ-2)."""

    account: int


@dataclass(frozen=True, slots=True)
class ResolveBankruptcy:
    """End what an account owes and can never pay: insurance, then its claimants (LQ-9)."""

    account: int


@dataclass(frozen=True, slots=True)
class RunRisk:
    """Do up to `steps` steps for the accounts that are due, the worst first (LQ-10)."""

    steps: int


@dataclass(frozen=True, slots=True)
class FundInsurance:
    """Give free atoms to the insurance, for nothing (LQ-8)."""

    account: int
    asset: str
    amount: int


@dataclass(frozen=True, slots=True)
class RegisterBackstop:
    """Offer to take over failing accounts, up to `capacity` quote atoms; 0 ends it (PG-1)."""

    account: int
    capacity: int


@dataclass(frozen=True, slots=True)
class RequestQuote:
    """Ask for quotes to trade `lots` off the book (PG-2).

    `price`: the worst, in quote atoms per lot, or 0 for any; `counterparty` 0 is anyone. With
    `immediate` the first quote that serves is taken; otherwise the requester accepts one. Open
    until `expires`, in seconds.
    """

    account: int
    market: str
    side: Side
    lots: int
    price: int
    counterparty: int
    immediate: bool
    expires: int
    flags: OrderFlags


@dataclass(frozen=True, slots=True)
class SubmitQuote:
    """Offer the other side of a request at `price`; a new quote replaces one's old one (PG-3)."""

    account: int
    request: int
    price: int
    flags: OrderFlags


@dataclass(frozen=True, slots=True)
class WithdrawQuote:
    """Take one's quote back (PG-3)."""

    account: int
    request: int


@dataclass(frozen=True, slots=True)
class AcceptQuote:
    """Trade with the quote of `quoter` (PG-4)."""

    account: int
    request: int
    quoter: int


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """Leave a request open until another time (PG-2)."""

    account: int
    request: int
    expires: int


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """Take a request back, with its quotes (PG-2)."""

    account: int
    request: int


@dataclass(frozen=True, slots=True)
class SetSystemParameters:
    """Replace the parameters of the system (GV-1)."""

    parameters: SystemParameters


@dataclass(frozen=True, slots=True)
class SetAssetParameters:
    """Replace an asset's parameters; margins and haircut move there over the ramp (GV-2)."""

    asset: str
    parameters: AssetParameters


@dataclass(frozen=True, slots=True)
class Halt:
    """Stop all that adds risk, and every liquidation (GV-4)."""


@dataclass(frozen=True, slots=True)
class Resume:
    """End a halt; liquidations wait for the grace (GV-4)."""
