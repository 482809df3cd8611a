"""Actions on parameters and on the halt (chapter governance)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.records import record

if TYPE_CHECKING:
    from ibperp.parameters import AssetParameters, SystemParameters


@record
class SetSystemParameters:
    """Replace the parameters of the system (GV-1)."""

    parameters: SystemParameters


@record
class SetAssetParameters:
    """Replace an asset's parameters; margins and haircut move there over the ramp (GV-2)."""

    asset: str
    parameters: AssetParameters


@record
class Halt:
    """Stop all that adds risk, and every liquidation (GV-4)."""


@record
class Resume:
    """End a halt; liquidations wait for the grace (GV-4)."""
