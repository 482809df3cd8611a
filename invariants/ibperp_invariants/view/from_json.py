"""Reads the observation of an engine, decoded from JSON, into a view.

What an observation leaves out raises NotObserved when it is looked at, and not before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from ibperp.margin import Health
from ibperp.orders import OrderFlags, SelfTradePrevention, Side
from ibperp.parameters import FundingPart, Margins
from ibperp.programs import RequestKind
from ibperp.state import Pool, RequestStatus, Settings, Token
from ibperp_invariants.view.node import Node
from ibperp_invariants.view.observed import (
    Named,
    NotObserved,
    missing_of,
    observed,
    with_parts,
    without,
)
from ibperp_invariants.view.view import (
    AccountView,
    AssetView,
    MarketView,
    OrderView,
    PerpetualView,
    PositionView,
    QuoteRequestView,
    QuoteView,
    RampView,
    RebalanceView,
    View,
    WithdrawalView,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from enum import StrEnum

T = TypeVar("T")
Reader: TypeAlias = Callable[[Node], Any]

EMPTY: Final[Mapping[str, Mapping[str, object]]] = {
    "spot_margin": {"markets": {}, "orders": {}, "reserved": {}},
    "perpetuals": {"positions": {}},
    "settlement": {
        "settlement_time": "0",
        "auto_borrow_settlements": False,
        "auto_realize": True,
    },
    "programs": {"backstops": {}, "requests": {}},
    "governance": {"halted": False, "liquidation_time": "0", "is_limited": False},
}
"""By capability: what the members are that an engine without it may leave out (CF-4)."""

NAMES: Final = {"is_halted": "halted"}
"""The members that a part of a view is not named after."""

NOTHING: Final[Mapping[str, Any]] = {}
OF_PERPETUALS: Final = tuple(
    part.name
    for part in fields(PerpetualView)
    if part.type == "int" and part.name not in {own.name for own in fields(MarketView)}
)
"""The parts that a perpetual shows and a spot market does not."""


def view_of_observation(
    observation: object,
    path: str = "observation",
    capabilities: Collection[str] = frozenset(EMPTY),
) -> View:
    """Return the view of a decoded observation; raise ViewError where it is not one.

    What an engine without one of the `capabilities` may leave out is read as in a state that never
    had any; all else that is left out raises NotObserved when it is looked at.
    """
    absent = {
        name: value
        for capability, members in EMPTY.items()
        if capability not in capabilities
        for name, value in members.items()
    }
    return _Reading(absent).view(Node(observation, path))


class Portfolios(Named[int, Health]):
    """The health of accounts as it is reported; not observed where it should be, and is not."""

    def __init__(self, reported: dict[int, Health], view: View) -> None:
        super().__init__(reported, getattr(view.accounts, "path", ""))
        others = (index for index in view.accounts if index not in reported)
        self._lacking = [index for index in others if _is_shown(view, view.accounts[index])]

    def __contains__(self, key: object) -> bool:
        """Tell whether an account has one; raise NotObserved if it should."""
        if key in self._lacking:
            raise NotObserved(f"{self.path}/{key}/portfolio")
        return super().__contains__(key)

    def __iter__(self) -> Iterator[int]:
        """Yield the accounts that have one; raise NotObserved at last if others should."""
        yield from super().__iter__()
        for key in self._lacking:
            raise NotObserved(f"{self.path}/{key}/portfolio")


class _Reading:
    """Reads an observation; `absent`: the values of members that may be left out."""

    def __init__(self, absent: Mapping[str, object]) -> None:
        self._absent = absent
        self._flags = partial(self._record, OrderFlags, _all_of(OrderFlags, Node.boolean))

    def view(self, root: Node) -> View:
        """Return the view of an observation."""
        readers: dict[str, Reader] = {
            "time": Node.integer,
            "chains": _named(Node.integer),
            "assets": _named(self._asset),
            "accounts": _numbered(self._account),
            "withdrawals": _numbered(partial(self._record, WithdrawalView, WITHDRAWAL)),
            "rebalances": _numbered(partial(self._record, RebalanceView, REBALANCE)),
            "markets": _named(self._market),
            "orders": _numbered(self._order),
            "settlement_time": Node.integer,
            "is_halted": Node.boolean,
            "liquidation_time": Node.integer,
            "backstops": _numbered(Node.integer),
            "requests": _numbered(self._request),
        }
        untold = {
            "system": "the parameters of the system",
            "next_order": "the id of the next order",
            "portfolios": root.at("accounts"),
        }
        view = self._record(View, readers, root, {"active": None, "exposed": None}, untold)
        if "accounts" in missing_of(view):
            return view
        view = with_parts(view, accounts=_with_orders(view))
        told = _numbered(self._portfolio)(root.get("accounts"))
        reported = {index: health for index, health in told.items() if health is not None}
        return with_parts(view, portfolios=Portfolios(reported, view))

    def _record(
        self,
        kind: type[T],
        readers: Mapping[str, Reader],
        node: Node,
        known: Mapping[str, Any] = NOTHING,
        missing: Mapping[str, str] = NOTHING,
    ) -> T:
        """Return a record from an object, without the parts that are not there."""
        members, values, lacking = node.object(), {**known}, {**missing}
        for name, read in readers.items():
            member = NAMES.get(name, name)
            if member in members:
                values[name] = read(Node(members[member], node.at(member)))
            elif member in self._absent:
                values[name] = read(Node(self._absent[member], node.at(member)))
            else:
                lacking[name] = node.at(member)
        return observed(kind, values, lacking)

    def _asset(self, node: Node) -> AssetView:
        readers: dict[str, Reader] = {
            "price": Node.integer,
            "price_time": Node.integer,
            "in_transit": Node.integer,
            "tokens": _named(partial(self._record, Token, _all_of(Token, Node.integer))),
            "pool": partial(self._record, Pool, _all_of(Pool, Node.integer)),
            "is_limited": Node.boolean,
        }
        ramp = self._ramp(node, partial(self._record, Margins, _all_of(Margins, Node.integer)))
        return self._record(AssetView, readers, node, {"ramp": ramp}, _untold(node))

    def _market(self, node: Node) -> MarketView:
        """Return a market; it is a perpetual if it has a member that no spot market has."""
        readers: dict[str, Reader] = _all_of(MarketView, Node.integer)
        readers |= {"bids": _ids, "asks": _ids}
        del readers["parameters"]
        if not any(name in node.object() for name in OF_PERPETUALS):
            return self._record(MarketView, readers, node, missing=_untold(node))
        readers |= dict.fromkeys(OF_PERPETUALS, Node.integer) | {"is_limited": Node.boolean}
        margins: dict[str, Reader] = dict.fromkeys(MARGINS, Node.integer)
        haircut = dict.fromkeys(("weight", "base", "penalty"), 0)
        ramp = self._ramp(node, partial(self._record, Margins, margins, known=haircut))
        aside = node.find("funding_parts")
        known = {"ramp": ramp, "funding_parts": self._funding_parts(aside) if aside else ()}
        return self._record(PerpetualView, readers, node, known, _untold(node))

    def _funding_parts(self, node: Node) -> tuple[FundingPart, ...]:
        readers = _all_of(FundingPart, Node.integer)
        return tuple(self._record(FundingPart, readers, item) for item in node.items())

    def _ramp(self, node: Node, margins: Reader) -> RampView | None:
        """Return the ramp of an asset or a perpetual; there is none where none is shown (CF-4)."""
        ramp = node.find("ramp")
        ways = dict.fromkeys(("origin", "current", "target"), margins)
        readers: dict[str, Reader] = {"start": Node.integer, "end": Node.integer, **ways}
        return self._record(RampView, readers, ramp) if ramp else None

    def _account(self, node: Node) -> AccountView:
        position = partial(self._record, PositionView, _all_of(PositionView, Node.integer))
        flags = _all_of(Settings, Node.boolean)
        readers: dict[str, Reader] = {
            "user": Node.integer,
            "free": _named(Node.integer),
            "shares": _named(Node.integer),
            "reserved": _named(Node.integer),
            "positions": _named(position),
            "settings": partial(self._record, Settings, {**flags, "leverage_limit": Node.integer}),
        }
        unsettled = node.find("unsettled")
        amount = unsettled.integer() if unsettled else 0
        return self._record(AccountView, readers, node, {"orders": (), "unsettled": amount})

    def _portfolio(self, node: Node) -> Health | None:
        portfolio = node.find("portfolio")
        readers = _all_of(Health, Node.integer)
        return self._record(Health, readers, portfolio) if portfolio else None

    def _order(self, node: Node) -> OrderView:
        return self._record(OrderView, {**ORDER, "flags": self._flags}, node)

    def _request(self, node: Node) -> QuoteRequestView:
        quote = partial(self._record, QuoteView, {"price": Node.integer, "flags": self._flags})
        readers: dict[str, Reader] = {**REQUEST, "flags": self._flags, "quotes": _numbered(quote)}
        return self._record(QuoteRequestView, readers, node)


def _untold(node: Node) -> dict[str, str]:
    return {"parameters": f"the parameters of {node.path.rpartition('/')[2]}"}


def _with_orders(view: View) -> Named[int, AccountView]:
    """Return the accounts with the ids of their open orders, as far as these are observed."""
    opened: dict[int, tuple[int, ...]] = {}
    try:
        for index in sorted(view.orders):
            owner = view.orders[index].account
            opened[owner] = (*opened.get(owner, ()), index)
    except NotObserved as error:
        unseen = {"orders": str(error)}
        changed = {index: without(of, unseen) for index, of in view.accounts.items()}
    else:
        known = (index for index in opened if index in view.accounts)
        changed = {of: with_parts(view.accounts[of], orders=opened[of]) for of in known}
    return Named({**view.accounts, **changed}, getattr(view.accounts, "path", ""))


def _is_shown(view: View, account: AccountView) -> bool:
    """Tell whether an account shows its health; if that is not known, it does."""
    try:
        debts = (symbol for symbol, shares in account.shares.items() if shares < 0)
        is_exposed = any(view.assets[symbol].price > 0 for symbol in debts)
        return bool(account.orders or account.positions or account.unsettled) or is_exposed
    except NotObserved:
        return True


def _all_of(kind: Any, read: Reader) -> dict[str, Reader]:
    """Return one reader for all parts of a record."""
    return {part.name: read for part in fields(kind)}


def _named(read: Reader) -> Reader:
    """Return a reader of objects whose keys are names."""
    return lambda node: Named({k: read(own) for k, own in node.members().items()}, node.path)


def _numbered(read: Reader) -> Reader:
    """Return a reader of objects whose keys are ids."""
    return lambda node: Named({k: read(own) for k, own in node.numbered().items()}, node.path)


def _ids(node: Node) -> tuple[int, ...]:
    return tuple(item.integer() for item in node.items())


def _chosen(kind: type[StrEnum]) -> Reader:
    return lambda node: node.choice(kind)


MARGINS: Final = ("imf_base", "imf_factor", "mmf_base", "mmf_factor")
ORDER: Final[Mapping[str, Reader]] = {
    "account": Node.integer,
    "market": Node.text,
    "side": _chosen(Side),
    "price": Node.integer,
    "lots": Node.integer,
    "reserved": Node.integer,
    "post_only": Node.boolean,
    "reduce_only": Node.boolean,
    "self_trade_prevention": _chosen(SelfTradePrevention),
}
REQUEST: Final[Mapping[str, Reader]] = {
    "account": Node.integer,
    "market": Node.text,
    "side": _chosen(Side),
    "lots": Node.integer,
    "price": Node.integer,
    "counterparty": Node.integer,
    "immediate": Node.boolean,
    "expires": Node.integer,
    "kind": _chosen(RequestKind),
}
WITHDRAWAL: Final[Mapping[str, Reader]] = {
    "account": Node.integer,
    "asset": Node.text,
    "chain": Node.text,
    "amount": Node.integer,
    "fee": Node.integer,
    "status": _chosen(RequestStatus),
}
REBALANCE: Final[Mapping[str, Reader]] = {
    "asset": Node.text,
    "source": Node.text,
    "destination": Node.text,
    "amount": Node.integer,
    "status": _chosen(RequestStatus),
}
