"""Actions on the pools and on their clock (chapter money-market)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.records import record

if TYPE_CHECKING:
    from ibperp.parameters import PoolParameters


@record
class Lend:
    """Lend free balance to the asset's pool (MM-11)."""

    account: int
    asset: str
    amount: int


@record
class Redeem:
    """Take lent balance back; `all` (None) redeems the whole claim (MM-12)."""

    account: int
    asset: str
    amount: int | None


@record
class Borrow:
    """Borrow from the asset's pool into free balance (MM-13)."""

    account: int
    asset: str
    amount: int


@record
class Repay:
    """Repay debt from free balance; `all` (None) repays the whole debt (MM-14)."""

    account: int
    asset: str
    amount: int | None


@record
class SetAccountSettings:
    """Choose the automatic steps and the leverage limit (ratio of 10^18) of an account (MM-15)."""

    account: int
    auto_lend: bool
    auto_repay_borrows: bool
    auto_borrow_settlements: bool
    auto_realize: bool
    leverage_limit: int


@record
class AdvanceTime:
    """Move the clock forward to `time`, in seconds; interest and throttles follow (MM-6)."""

    time: int


@record
class SetPoolParameters:
    """Replace the parameters of an asset's pool (MM-16)."""

    asset: str
    parameters: PoolParameters
