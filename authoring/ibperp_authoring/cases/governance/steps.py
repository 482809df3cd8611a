"""Steps that the cases of governance share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import SetAssetParameters
from ibperp_authoring.cases.liquidation.setups import coin
from ibperp_authoring.cases.setups import PERCENT

_COIN: Final = coin(90 * PERCENT)


def coin_with(**changes: Any) -> SetAssetParameters:
    """Change some parameters of SOL."""
    return SetAssetParameters("SOL", replace(_COIN, **changes))
