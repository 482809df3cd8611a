"""Actions on accounts, chains and the listing of assets (chapter custody)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.records import record

if TYPE_CHECKING:
    from ibperp.parameters import AssetParameters


@record
class CreateAccount:
    """Open the account with the next id for a user (CU-3)."""

    account: int
    user: int


@record
class Deposit:
    """Credit what arrived on a chain; `sequence` counts the deposits of that chain (CU-4)."""

    account: int
    asset: str
    chain: str
    sequence: int
    amount: int


@record
class RequestWithdrawal:
    """Debit an account now and pay on a chain later; may redeem, then borrow (CU-5)."""

    account: int
    asset: str
    chain: str
    amount: int
    auto_lend_redeem: bool
    auto_borrow: bool


@record
class ConfirmWithdrawal:
    """Record that a pending withdrawal was paid on its chain (CU-6)."""

    withdrawal: int


@record
class FailWithdrawal:
    """Refund a pending withdrawal that its chain did not pay (CU-7)."""

    withdrawal: int


@record
class StartRebalance:
    """Send custody from one chain toward another (CU-8)."""

    asset: str
    source: str
    destination: str
    amount: int


@record
class CompleteRebalance:
    """Record what arrived of a rebalance; the fees account pays the difference (CU-9)."""

    rebalance: int
    received: int


@record
class Transfer:
    """Move free balance between two accounts of one user (CU-10)."""

    sender: int
    receiver: int
    asset: str
    amount: int


@record
class SetPrice:
    """Set an asset's price, in quote atoms per lot, within its update limits (CU-11, PF-10)."""

    asset: str
    price: int


@record
class ListAsset:
    """List an asset with its tokens and its empty pool (CU-2)."""

    asset: str
    parameters: AssetParameters
