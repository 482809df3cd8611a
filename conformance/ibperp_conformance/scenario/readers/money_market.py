"""The steps of a scenario about pools, the settings of an account, and the clock."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    AdvanceTime,
    Borrow,
    Lend,
    Redeem,
    Repay,
    SetAccountSettings,
    SetPoolParameters,
)
from ibperp.state import Settings
from ibperp_conformance.presets.assets import changed_pool
from ibperp_conformance.presets.units import moment_of, seconds_of
from ibperp_conformance.protocol.wire import ALL
from ibperp_conformance.scenario.fields import RefusedError
from ibperp_conformance.scenario.readers.plain import plain

if TYPE_CHECKING:
    from ibperp_conformance.scenario.fields import StepFields
    from ibperp_conformance.scenario.readers.plain import Reader

SWITCHES: Final = tuple(item.name for item in fields(Settings) if item.type == "bool")


def _atoms_or_all(step: StepFields, name: str) -> int | None:
    return None if step.text(name) == ALL else step.atoms(name)


def _settings(step: StepFields) -> Settings:
    """Return the settings that the account of a step has now."""
    index, accounts = step.account(), step.state.accounts
    return accounts[index].settings if index < len(accounts) else Settings()


def _switch(step: StepFields, name: str) -> bool:
    return step.flag(name, default=getattr(_settings(step), name))


def _leverage_limit(step: StepFields, name: str) -> int:
    return step.ratio(name) if name in step.written else _settings(step).leverage_limit


def _advance_time(step: StepFields) -> AdvanceTime:
    step.only(("by", "to"))
    if len(step.written) != 1:
        raise RefusedError(step.path, 'expected either by: "10 minutes" or to: "12:50"')
    (name,) = step.written
    now, start = step.state.time, step.cast.start
    if name == "to":
        return AdvanceTime(step.exact(name, lambda: moment_of(step.text(name), now, start)))
    return AdvanceTime(now + step.exact(name, lambda: seconds_of(step.text(name))))


def _set_pool_parameters(step: StepFields) -> SetPoolParameters | None:
    step.only(("asset", "changes"))
    symbol, asset = step.asset()
    where, changes = (*step.path, "changes"), step.written.get("changes")
    changed = changed_pool(step.reading, where, changes, asset.parameters, symbol)
    return None if changed is None else SetPoolParameters(symbol, changed)


READERS: Final[dict[type, Reader]] = {
    Lend: plain(Lend),
    Redeem: plain(Redeem, amount=_atoms_or_all),
    Borrow: plain(Borrow),
    Repay: plain(Repay, amount=_atoms_or_all),
    SetAccountSettings: plain(
        SetAccountSettings, **dict.fromkeys(SWITCHES, _switch), leverage_limit=_leverage_limit
    ),
    AdvanceTime: _advance_time,
    SetPoolParameters: _set_pool_parameters,
}
