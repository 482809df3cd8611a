"""The settlement of gains and losses as actions (chapter settlement)."""

from __future__ import annotations

from ibperp.records import record


@record
class Settle:
    """Realize what positions gained and lost, and pay it, for all accounts at once (ST-2)."""


@record
class ConvertCollateral:
    """Sell collateral of a solvent account for its debt to the fund beyond its dollars (ST-9)."""

    account: int
