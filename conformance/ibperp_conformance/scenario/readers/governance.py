"""The steps of a scenario about the parameters of the system and of assets, and about halts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import Halt, Resume, SetAssetParameters, SetSystemParameters
from ibperp_conformance.presets.assets import listing_of
from ibperp_conformance.presets.system import changed_system
from ibperp_conformance.scenario.fields import RefusedError
from ibperp_conformance.scenario.readers.plain import plain

if TYPE_CHECKING:
    from ibperp_conformance.scenario.fields import StepFields
    from ibperp_conformance.scenario.readers.plain import Reader


def _set_system_parameters(step: StepFields) -> SetSystemParameters | None:
    step.only(("changes",))
    where, written = (*step.path, "changes"), step.written.get("changes")
    system, assets = step.state.system, step.listed_assets()
    changed = changed_system(step.reading, where, written, system, assets)
    return None if changed is None else SetSystemParameters(changed)


def _set_asset_parameters(step: StepFields) -> SetAssetParameters | None:
    step.only(("asset", "parameters"))
    symbol, where = step.asset()[0], (*step.path, "parameters")
    written, unit = step.written.get("parameters"), step.state.system.quote_unit
    listing = listing_of(step.reading, where, symbol, written, unit)
    if listing is not None and listing.price is not None:
        raise RefusedError((*where, "price"), "no parameter; add a set_price step")
    return None if listing is None else SetAssetParameters(symbol, listing.parameters)


READERS: Final[dict[type, Reader]] = {
    SetSystemParameters: _set_system_parameters,
    SetAssetParameters: _set_asset_parameters,
    Halt: plain(Halt),
    Resume: plain(Resume),
}
