"""The steps of a scenario as people write them, read into actions against the state they meet."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    CreateAccount,
    ListAsset,
    SetAccountSettings,
    SetPoolParameters,
)
from ibperp.state import FEES, INSURANCE, Settings, find_asset, find_chain
from ibperp_conformance.presets import changed_pool, listing_of, price_scale
from ibperp_conformance.units import UnitError, integer_of, ratio_of, seconds_of
from ibperp_conformance.wire import ALL, action_classes

if TYPE_CHECKING:
    from ibperp.state import Asset, State
    from ibperp_conformance.document import FieldPath
    from ibperp_conformance.presets import Reading

ACCOUNTS: Final = frozenset({"account", "sender", "receiver"})
CHAINS: Final = frozenset({"chain", "source", "destination"})
AMOUNTS: Final = frozenset({"amount", "received"})
FLAGS: Final = frozenset({"auto_lend", "auto_repay_borrows", "auto_lend_redeem", "auto_borrow"})
NEWEST: Final = frozenset({"withdrawal", "rebalance"})


@dataclass(slots=True)
class Cast:
    """Who takes part: account ids by name, such as `alice/main`, and users by name."""

    accounts: dict[str, int] = field(default_factory=lambda: {"fees": FEES, "insurance": INSURANCE})
    users: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, account: int) -> CreateAccount:
        """Give a new account its id; users are numbered from 1 as they appear."""
        user = name.partition("/")[0]
        self.users.setdefault(user, len(self.users) + 1)
        self.accounts.setdefault(name, account)
        return CreateAccount(self.accounts[name], self.users[user])


class RefusedError(Exception):
    """A field that cannot be read: its path, and what to do."""

    def __init__(self, path: FieldPath, message: str) -> None:
        super().__init__(message)
        self.path = path


def is_account_name(name: object) -> bool:
    """Tell whether a name has the form user/account, each of letters, digits, dashes."""
    parts = name.split("/") if isinstance(name, str) else []
    return len(parts) == len(("user", "account")) and all(
        part.replace("-", "").replace("_", "").isalnum() for part in parts
    )


def suggestion(word: object, known: list[str]) -> str:
    """Return what to write instead of an unknown word."""
    close = get_close_matches(str(word)[:80], known, n=1)
    return f"did you mean {close[0]}?" if close else f"expected one of {', '.join(known)}"


def read_action(
    reading: Reading, path: FieldPath, written: object, state: State, cast: Cast
) -> Action | None:
    """Return the action of the step field at `path`, whose last part names its kind.

    After noting a problem in `reading`, return None.
    """
    try:
        return _StepReader(reading, path, written, state, cast).action()
    except RefusedError as error:
        reading.refuse(error.path, str(error))
        return None


class _StepReader:
    def __init__(
        self, reading: Reading, path: FieldPath, written: object, state: State, cast: Cast
    ) -> None:
        if not isinstance(written, dict):
            raise RefusedError(path, "expected fields in braces, such as {asset: USDC}")
        self.reading, self.path, self.written = reading, path, written
        self.state, self.cast = state, cast

    def action(self) -> Action | None:
        record: Any = action_classes()[str(self.path[-1])]
        if record is AdvanceTime:
            return self._advance_time()
        if record is CreateAccount:
            return self._create_account()
        if record is ListAsset:
            return self._list_asset()
        if record is SetPoolParameters:
            return self._set_pool_parameters()
        names = [member.name for member in fields(record)]
        self._only(names)
        made: Action = record(**{name: self._field(name, record) for name in names})
        return made

    def _field(self, name: str, record: type) -> Any:
        if name in ACCOUNTS:
            return self._account(name)
        if name == "asset":
            return self._asset()[0]
        if name in CHAINS:
            return self._text(name)
        if name in AMOUNTS:
            return self._amount(name)
        if name in FLAGS:
            return self._flag(name, record)
        if name == "sequence":
            return self._sequence()
        if name in NEWEST:
            return self._newest(name)
        if name == "price":
            return self._price()
        return self._leverage_limit()

    def _only(self, names: list[str]) -> None:
        for name in self.written:
            if name not in names:
                raise RefusedError((*self.path, name), f"unknown field; {suggestion(name, names)}")

    def _text(self, name: str) -> str:
        value = self.written.get(name)
        if not isinstance(value, str):
            problem = "missing" if name not in self.written else "expected a name"
            raise RefusedError((*self.path, name), f"{problem}; write {name}: and its value")
        return value

    def _account(self, name: str) -> int:
        written = self._text(name)
        if written not in self.cast.accounts:
            hint = suggestion(written, list(self.cast.accounts))
            raise RefusedError((*self.path, name), f"no such account; {hint}")
        return self.cast.accounts[written]

    def _asset(self) -> tuple[str, Asset]:
        symbol = self._text("asset")
        index = find_asset(self.state, symbol)
        if index is None:
            hint = suggestion(symbol, [asset.symbol for asset in self.state.assets])
            raise RefusedError((*self.path, "asset"), f"not listed; {hint}")
        return symbol, self.state.assets[index]

    def _amount(self, name: str) -> int | None:
        text = self._text(name)
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
            asset = self._asset()[1]
        scale = 10**asset.parameters.decimals
        return self._exact(name, lambda: integer_of(text, scale, unit=asset.symbol))

    def _exact(self, name: str, read: Any) -> int:
        try:
            return int(read())
        except UnitError as error:
            raise RefusedError((*self.path, name), str(error)) from None

    def _flag(self, name: str, record: type) -> bool:
        default = getattr(self._settings(), name) if record is SetAccountSettings else False
        value = self.written.get(name, default)
        if not isinstance(value, bool):
            raise RefusedError((*self.path, name), "expected true or false")
        return value

    def _settings(self) -> Settings:
        account = self._account("account")
        accounts = self.state.accounts
        return accounts[account].settings if account < len(accounts) else Settings()

    def _leverage_limit(self) -> int:
        if "leverage_limit" not in self.written:
            return self._settings().leverage_limit
        return self._exact("leverage_limit", lambda: ratio_of(self._text("leverage_limit")))

    def _count(self, name: str) -> int:
        return self._exact(name, lambda: integer_of(self._text(name), 1))

    def _sequence(self) -> int:
        if "sequence" in self.written:
            return self._count("sequence")
        place = find_chain(self.state, self._text("chain"))
        return 1 if place is None else self.state.chains[place].next_sequence

    def _newest(self, name: str) -> int:
        if name in self.written:
            return self._count(name)
        made = self.state.withdrawals if name == "withdrawal" else self.state.rebalances
        return max(len(made) - 1, 0)

    def _price(self) -> int:
        parameters = self._asset()[1].parameters
        scale = price_scale(parameters.decimals, parameters.lot_atoms, self.state.system.quote_unit)
        return self._exact("price", lambda: integer_of(self._text("price"), scale, unit="USD"))

    def _advance_time(self) -> AdvanceTime:
        self._only(["by", "to"])
        if len(self.written) != 1:
            raise RefusedError(self.path, 'expected either by: "10 minutes" or to: "3600"')
        (name,) = self.written
        seconds = self._exact(name, lambda: seconds_of(self._text(name)))
        return AdvanceTime(seconds + (self.state.time if name == "by" else 0))

    def _create_account(self) -> CreateAccount:
        self._only(["account"])
        name = self._text("account")
        if not is_account_name(name):
            raise RefusedError((*self.path, "account"), "expected a name such as alice/main")
        return self.cast.add(name, len(self.state.accounts))

    def _list_asset(self) -> ListAsset | None:
        self._only(["asset", "parameters"])
        symbol, where = self._text("asset"), (*self.path, "parameters")
        parameters = self.written.get("parameters")
        quote_unit = self.state.system.quote_unit
        listing = listing_of(self.reading, where, symbol, parameters, quote_unit)
        if listing is not None and listing.price is not None:
            raise RefusedError((*where, "price"), "not part of a listing; add a set_price step")
        return None if listing is None else ListAsset(symbol, listing.parameters)

    def _set_pool_parameters(self) -> SetPoolParameters | None:
        self._only(["asset", "changes"])
        symbol, asset = self._asset()
        where, changes = (*self.path, "changes"), self.written.get("changes")
        changed = changed_pool(self.reading, where, changes, asset.parameters, symbol)
        return None if changed is None else SetPoolParameters(symbol, changed)
