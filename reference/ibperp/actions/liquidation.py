"""Actions for accounts that fail (chapter liquidation)."""

from __future__ import annotations

from ibperp.records import record


@record
class Liquidate:
    """Do one step of the liquidation of an account (LQ-2)."""

    account: int


@record
class ResolveBankruptcy:
    """End the debts that an account can never pay: insurance, then claimants (LQ-9)."""

    account: int


@record
class RunRisk:
    """Do up to `steps` steps for the accounts that are due, the worst first (LQ-10)."""

    steps: int


@record
class FundInsurance:
    """Give free atoms to the insurance, without a claim (LQ-8)."""

    account: int
    asset: str
    amount: int
