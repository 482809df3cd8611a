"""What happens to pools and to the shares in them (chapter money-market)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.records import record

if TYPE_CHECKING:
    from ibperp.events.custody import Reason


@record
class SharesMoved:
    """The signed pool shares of an account changed by `shares`."""

    account: int
    asset: int
    shares: int
    reason: Reason


@record
class InterestCharged:
    """A pool's debts grew by `interest` atoms, `reserve` of them its own (MM-6, MM-7)."""

    asset: int
    interest: int
    reserve: int
