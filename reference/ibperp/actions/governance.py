"""What is asked of parameters and of the halt (chapter governance)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibperp.parameters import AssetParameters, SystemParameters


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
