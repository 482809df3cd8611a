"""What governance changes of the system and of assets, at once and over a ramp (GV-1, GV-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.operations.effect import Effect, rejection
from ibperp.outcomes import RejectionCode
from ibperp.parameter_laws import asset_violations, system_violations
from ibperp.pool import with_bound_in
from ibperp.ramps import margins_of, on_ramp
from ibperp.records import replace
from ibperp.state import find_asset, with_asset

if TYPE_CHECKING:
    from ibperp.actions import SetAssetParameters, SetSystemParameters
    from ibperp.outcomes import Outcome
    from ibperp.parameters import AssetParameters, SystemParameters
    from ibperp.state import State


def set_system_parameters(state: State, action: SetSystemParameters) -> Outcome:
    """Replace the parameters of the system; with an asset listed its identity stays (GV-1)."""
    # PRECONDITIONS
    parameters = action.parameters
    is_same = not state.assets or _system_identity(parameters) == _system_identity(state.system)
    is_lawful = is_same and not system_violations(parameters)
    refused = rejection((is_lawful, RejectionCode.PARAMETER_INVALID))
    if refused:
        return refused

    # EFFECT
    after = replace(state, system=parameters)

    # POSTCONDITIONS
    assert after.assets == state.assets
    return Effect(after).accepted()


def set_asset_parameters(state: State, action: SetAssetParameters) -> Outcome:
    """Replace an asset's parameters; margins and haircut move there over the ramp (GV-2)."""
    # PRECONDITIONS
    parameters, index = action.parameters, find_asset(state, action.asset)
    listed = None if index is None else state.assets[index]
    interval = state.system.ramp_interval
    is_same = listed is None or _is_same_asset(listed.parameters, parameters, interval)
    is_lawful = is_same and not asset_violations(parameters)
    refused = rejection(
        (is_lawful, RejectionCode.PARAMETER_INVALID),
        (listed is not None, RejectionCode.ASSET_UNKNOWN),
    )
    if refused:
        return refused
    assert index is not None
    assert listed is not None

    # EFFECT
    origin = margins_of(listed.parameters)
    now, ramp = on_ramp(origin, parameters, state.time, interval)
    pool = with_bound_in(listed.pool, parameters.pool)
    changed = replace(listed, parameters=now, pool=pool, ramp=ramp)

    # POSTCONDITIONS
    assert not asset_violations(now)
    assert interval == 0 or margins_of(now) == origin
    return Effect(with_asset(state, index, changed)).accepted()


def _system_identity(parameters: SystemParameters) -> tuple[int, str, int]:
    """Return the parameters that cannot change: they enter every value, or past charges."""
    return parameters.quote_unit, parameters.settlement_asset, parameters.accrual_interval


def _is_same_asset(now: AssetParameters, asked: AssetParameters, interval: int) -> bool:
    """Tell whether a change leaves an asset what it is; its haircut has one kind on a ramp."""
    is_kind = interval == 0 or now.haircut.kind is asked.haircut.kind
    identities = [(of.decimals, of.lot_atoms, of.tokens) for of in (now, asked)]
    return is_kind and identities[0] == identities[1]
