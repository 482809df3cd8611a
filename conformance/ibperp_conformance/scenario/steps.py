"""The steps of a scenario as people write them, read into actions against the state they meet."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from ibperp.actions import (
    AdvanceTime,
    CreateAccount,
    ListAsset,
    SetAccountSettings,
    SetPoolParameters,
)
from ibperp.state import Settings, find_chain
from ibperp_conformance.presets.assets import changed_pool, listing_of, price_scale
from ibperp_conformance.presets.units import integer_of, ratio_of, seconds_of
from ibperp_conformance.protocol.wire import ALL, action_classes
from ibperp_conformance.scenario.fields import RefusedError, StepFields, is_account_name
from ibperp_conformance.scenario.risk import STEPS, RiskStep

if TYPE_CHECKING:
    from ibperp.actions import Action
    from ibperp.state import State
    from ibperp_conformance.presets.document import FieldPath
    from ibperp_conformance.presets.reading import Reading
    from ibperp_conformance.scenario.fields import Cast

ACCOUNTS: Final = frozenset({"account", "sender", "receiver"})
CHAINS: Final = frozenset({"chain", "source", "destination"})
AMOUNTS: Final = frozenset({"amount", "received"})
SETTINGS: Final = tuple(item.name for item in fields(Settings) if item.type == "bool")
FLAGS: Final = frozenset({*SETTINGS, "auto_lend_redeem", "auto_borrow"})
NEWEST: Final = frozenset({"withdrawal", "rebalance"})


def step_records() -> dict[str, type]:
    """Return the record of every step by the step's name."""
    return {STEPS.get(record, name): record for name, record in action_classes().items()}


def read_action(
    reading: Reading, path: FieldPath, written: object, state: State, cast: Cast
) -> Action | None:
    """Return the action of the step field at `path`, whose last part names its kind.

    After noting a problem in `reading`, return None.
    """
    reader = RiskStep if path[-1] in STEPS.values() else _FundsStep
    try:
        return reader(reading, path, written, state, cast).action()
    except RefusedError as error:
        reading.refuse(error.path, str(error))
        return None


class _FundsStep(StepFields):
    """A step on accounts, pools, prices and the clock: a field of the record is one of the step."""

    def action(self) -> Action | None:
        record: Any = step_records()[str(self.path[-1])]
        if record is AdvanceTime:
            return self._advance_time()
        if record is CreateAccount:
            return self._create_account()
        if record is ListAsset:
            return self._list_asset()
        if record is SetPoolParameters:
            return self._set_pool_parameters()
        names = [member.name for member in fields(record)]
        self.only(names)
        made: Action = record(**{name: self._field(name, record) for name in names})
        return made

    def _field(self, name: str, record: type) -> Any:
        if name in ACCOUNTS:
            return self.account(name)
        if name == "asset":
            return self.asset()[0]
        if name in CHAINS:
            return self.text(name)
        if name in AMOUNTS:
            return self._amount(name)
        if name in FLAGS:
            is_setting = record is SetAccountSettings
            return self.flag(name, default=is_setting and getattr(self._settings(), name))
        if name == "sequence":
            return self._sequence()
        if name in NEWEST:
            return self._newest(name)
        if name == "price":
            return self._price()
        return self._leverage_limit()

    def _amount(self, name: str) -> int | None:
        text = self.text(name)
        kind = self.path[-1]
        if text == ALL and kind in {"redeem", "repay"}:
            return None
        if kind == "complete_rebalance":
            index = self._newest("rebalance")
            rebalances = self.state.rebalances
            if not 0 <= index < len(rebalances):
                raise RefusedError((*self.path, "rebalance"), "no such rebalance was started")
            asset = self.state.assets[rebalances[index].asset]
        else:
            asset = self.asset()[1]
        scale = 10**asset.parameters.decimals
        return self.exact(name, lambda: integer_of(text, scale, unit=asset.symbol))

    def _settings(self) -> Settings:
        account = self.account()
        accounts = self.state.accounts
        return accounts[account].settings if account < len(accounts) else Settings()

    def _leverage_limit(self) -> int:
        if "leverage_limit" not in self.written:
            return self._settings().leverage_limit
        return self.exact("leverage_limit", lambda: ratio_of(self.text("leverage_limit")))

    def _sequence(self) -> int:
        if "sequence" in self.written:
            return self.count("sequence")
        place = find_chain(self.state, self.text("chain"))
        return 1 if place is None else self.state.chains[place].next_sequence

    def _newest(self, name: str) -> int:
        if name in self.written:
            return self.count(name)
        made = self.state.withdrawals if name == "withdrawal" else self.state.rebalances
        return max(len(made) - 1, 0)

    def _price(self) -> int:
        parameters = self.asset()[1].parameters
        scale = price_scale(parameters.decimals, parameters.lot_atoms, self.state.system.quote_unit)
        return self.exact("price", lambda: integer_of(self.text("price"), scale, unit="USD"))

    def _advance_time(self) -> AdvanceTime:
        self.only(("by", "to"))
        if len(self.written) != 1:
            raise RefusedError(self.path, 'expected either by: "10 minutes" or to: "3600"')
        (name,) = self.written
        seconds = self.exact(name, lambda: seconds_of(self.text(name)))
        return AdvanceTime(seconds + (self.state.time if name == "by" else 0))

    def _create_account(self) -> CreateAccount:
        self.only(("account",))
        name = self.text("account")
        if not is_account_name(name):
            raise RefusedError((*self.path, "account"), "expected a name such as alice/main")
        return self.cast.add(name, len(self.state.accounts))

    def _list_asset(self) -> ListAsset | None:
        self.only(("asset", "parameters"))
        symbol, where = self.text("asset"), (*self.path, "parameters")
        parameters = self.written.get("parameters")
        quote_unit = self.state.system.quote_unit
        listing = listing_of(self.reading, where, symbol, parameters, quote_unit)
        if listing is not None and listing.price is not None:
            raise RefusedError((*where, "price"), "not part of a listing; add a set_price step")
        return None if listing is None else ListAsset(symbol, listing.parameters)

    def _set_pool_parameters(self) -> SetPoolParameters | None:
        self.only(("asset", "changes"))
        symbol, asset = self.asset()
        where, changes = (*self.path, "changes"), self.written.get("changes")
        changed = changed_pool(self.reading, where, changes, asset.parameters, symbol)
        return None if changed is None else SetPoolParameters(symbol, changed)
