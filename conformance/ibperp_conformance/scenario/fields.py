"""Who takes part in a scenario, and how one field of a step is read."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ibperp.actions import CreateAccount
from ibperp.orders import OrderFlags
from ibperp.state import FEES, INSURANCE, find_asset, find_market
from ibperp_conformance.presets.reading import Reading, suggestion
from ibperp_conformance.presets.scales import market_scales, market_units
from ibperp_conformance.presets.units import UnitError, integer_of, ratio_of
from ibperp_invariants import Follower

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sized
    from datetime import datetime

    from ibperp.parameters import AssetParameters
    from ibperp.state import Asset, Market, Perpetual, State
    from ibperp_conformance.presets.document import FieldPath

Choice = TypeVar("Choice", bound=StrEnum)

ORDER_FLAGS: Final = tuple(member.name for member in fields(OrderFlags))


@dataclass(slots=True)
class Cast:
    """Who takes part: accounts by name, such as `alice/main`, users, and orders by their names.

    `follower` checks the steps that they take, if there is one. `start`: the date of second 0, if
    the scenario has one.
    """

    accounts: dict[str, int] = field(default_factory=lambda: {"fees": FEES, "insurance": INSURANCE})
    users: dict[str, int] = field(default_factory=dict)
    orders: dict[str, int] = field(default_factory=dict)
    follower: Follower | None = None
    start: datetime | None = None

    def add(self, name: str, account: int) -> CreateAccount:
        """Give a new account its id; users are numbered from 1 as they appear."""
        user = name.partition("/")[0]
        self.users.setdefault(user, max(self.users.values(), default=0) + 1)
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
    return len(parts) == len(("user", "account")) and all(map(_is_word, parts))


def is_order_name(name: object) -> bool:
    """Tell whether an order may be called so: letters, digits, dashes, and not a number."""
    return isinstance(name, str) and _is_word(name) and not name.isdigit()


class StepFields:
    """The fields of one step, read against the state that it meets; each may raise RefusedError."""

    def __init__(
        self, reading: Reading, path: FieldPath, written: object, state: State, cast: Cast
    ) -> None:
        if not isinstance(written, dict):
            raise RefusedError(path, "expected fields in braces, such as {asset: USDC}")
        self.reading, self.path, self.written = reading, path, written
        self.state, self.cast = state, cast

    def only(self, names: Iterable[str]) -> None:
        """Refuse every field that has none of these names."""
        known = list(names)
        for name in self.written:
            if name not in known:
                raise RefusedError((*self.path, name), f"unknown field; {suggestion(name, known)}")

    def text(self, name: str) -> str:
        """Return what is written in a field."""
        value = self.written.get(name)
        if not isinstance(value, str):
            problem = "missing" if name not in self.written else "expected one value"
            raise RefusedError((*self.path, name), f"{problem}; write {name}: and its value")
        return value

    def account(self, name: str = "account") -> int:
        """Return the id of the account that a field names."""
        written = self.text(name)
        if written not in self.cast.accounts:
            hint = suggestion(written, self.cast.accounts)
            raise RefusedError((*self.path, name), f"no such account; {hint}")
        return self.cast.accounts[written]

    def asset(self) -> tuple[str, Asset]:
        """Return the listed asset that the step is about."""
        symbol = self.text("asset")
        index = find_asset(self.state, symbol)
        if index is None:
            hint = suggestion(symbol, [asset.symbol for asset in self.state.assets])
            raise RefusedError((*self.path, "asset"), f"not listed; {hint}")
        return symbol, self.state.assets[index]

    def listed_assets(self) -> dict[str, AssetParameters]:
        """Return the parameters of every listed asset by its symbol."""
        return {asset.symbol: asset.parameters for asset in self.state.assets}

    def exact(self, name: str, read: Callable[[], int]) -> int:
        """Return an exact integer of a field."""
        try:
            return read()
        except UnitError as error:
            raise RefusedError((*self.path, name), str(error)) from None

    def count(self, name: str) -> int:
        """Return a whole number."""
        return self.exact(name, lambda: integer_of(self.text(name), 1))

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return whether a field is true."""
        value: Any = self.written.get(name, default)
        if not isinstance(value, bool):
            raise RefusedError((*self.path, name), "expected true or false")
        return value

    def choice(self, name: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        """Return one of the words of an enum."""
        if name not in self.written and default is not None:
            return default
        written, known = self.text(name), [str(word) for word in kind]
        if written not in known:
            raise RefusedError((*self.path, name), suggestion(written, known))
        return kind(written)

    def atoms(self, name: str = "amount", asset: Asset | None = None) -> int:
        """Return an amount of an asset, by default the one that the step is about, in atoms."""
        held = self.asset()[1] if asset is None else asset
        scale = 10**held.parameters.decimals
        return self.exact(name, lambda: integer_of(self.text(name), scale, unit=held.symbol))

    def newest(self, name: str, made: Sized) -> int:
        """Return an id, by default that of the newest of those that were made."""
        return self.count(name) if name in self.written else max(len(made) - 1, 0)

    def ratio(self, name: str) -> int:
        """Return a ratio."""
        return self.exact(name, lambda: ratio_of(self.text(name)))

    def market(self) -> Market | Perpetual:
        """Return the listed market of either kind that the step is about."""
        symbol = self.text("market")
        index = find_market(self.state, symbol)
        if index is None:
            hint = suggestion(symbol, [market.symbol for market in self.state.markets])
            raise RefusedError((*self.path, "market"), f"not listed; {hint}")
        return self.state.markets[index]

    def lots(self, market: Market | Perpetual) -> int:
        """Return an amount on a market in lots."""
        scale, _ = market_scales(self.state, market)
        unit, _ = market_units(self.state, market)
        return self.exact("amount", lambda: integer_of(self.text("amount"), scale, unit=unit))

    def market_price(self, market: Market | Perpetual, name: str = "price") -> int:
        """Return a price on a market in quote atoms a lot."""
        _, scale = market_scales(self.state, market)
        _, unit = market_units(self.state, market)
        return self.exact(name, lambda: integer_of(self.text(name), scale, unit=unit))

    def order_flags(self) -> OrderFlags:
        """Return what an order may do with the pools."""
        return OrderFlags(**{name: self.flag(name) for name in ORDER_FLAGS})


def _is_word(text: str) -> bool:
    return text.replace("-", "").replace("_", "").isalnum()
