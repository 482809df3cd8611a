"""Reads the observation of an engine, decoded from JSON, into a view.

What an observation leaves out raises NotObserved when it is looked at, and not before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from ibperp.margin import Health
from ibperp.orders import OrderFlags, SelfTradePrevention, Side
from ibperp.parameters import FundingPart, Margins
from ibperp.programs import RequestKind
from ibperp.state import Pool, RequestStatus, Settings, Token
from ibperp.unpaid import NOTHING_UNPAID, Unpaid
from ibperp_invariants.view.node import Node, ViewError
from ibperp_invariants.view.observed import (
    Named,
    names_of,
    observed,
    with_parts,
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
    WithdrawalView,
)

if TYPE_CHECKING:
    from enum import StrEnum

T = TypeVar("T")
Reader: TypeAlias = Callable[[Node], Any]

EMPTY: Final[Mapping[str, Mapping[str, object]]] = {
    "spot_margin": {"markets": {}, "orders": {}, "reserved": {}, "bids": [], "asks": []},
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


BESIDE: Final[Mapping[str, Any]] = {
    "orders": (),
    "unsettled": 0,
    "prepaid": NOTHING,
    "unpaid": NOTHING_UNPAID,
}
"""The parts of an account that are not shown where they are nothing."""

SHORT: Final = re.compile("0|-?[1-9][0-9]{0,99}")
SHORT_ONES: Final = re.compile(f"(?:{SHORT.pattern})(?:,(?:{SHORT.pattern}))*")
"""Integers as they mostly are, and several of them with commas between."""

REMEMBERED: Final = 1 << 13
"""How many records are remembered, so that a part that did not change is not read again."""


class Reading:
    """Reads the records of an observation, each from what is shown of it.

    `absent`: the values of members that may be left out. What cannot be read is noted in `problems`
    and is missing from what is returned; with `problems` None it raises ViewError. `is_whole`: what
    was read since it was set lacked nothing.

    A part that is an object is read once as long as it is the same object: an observation is never
    changed in place below its entries.
    """

    def __init__(self, absent: Mapping[str, object], problems: list[str] | None = None) -> None:
        self._absent, self.problems = absent, problems
        self.is_whole = True
        self._remembered: dict[int, tuple[object, Reader, object]] = {}
        named, flat, numbers = self._named, self._flat, partial(self._named, Node.integer)
        flags = partial(self._record, OrderFlags, _all_of(OrderFlags, Node.boolean))
        self._margins = partial(self._record, Margins, _all_of(Margins, Node.integer))
        haircut = dict.fromkeys(("weight", "base", "penalty"), 0)
        margins: dict[str, Reader] = dict.fromkeys(MARGINS, Node.integer)
        self._market_margins = partial(self._record, Margins, margins, known=haircut)
        self._asset: dict[str, Reader] = {
            "price": Node.integer,
            "price_time": Node.integer,
            "in_transit": Node.integer,
            "tokens": partial(named, partial(flat, Token)),
            "pool": partial(flat, Pool),
            "is_limited": Node.boolean,
        }
        market: dict[str, Reader] = _all_of(MarketView, Node.integer)
        self._market = {**market, "bids": _ids, "asks": _ids}
        del self._market["parameters"]
        self._perpetual = self._market | dict.fromkeys(OF_PERPETUALS, Node.integer)
        self._perpetual["is_limited"] = Node.boolean
        settings: dict[str, Reader] = _all_of(Settings, Node.boolean)
        settings["leverage_limit"] = Node.integer
        self._account: dict[str, Reader] = {
            "user": Node.integer,
            "free": numbers,
            "shares": numbers,
            "reserved": numbers,
            "positions": partial(named, partial(flat, PositionView)),
            "settings": partial(self._record, Settings, settings),
        }
        self._beside: dict[str, Reader] = {
            "unsettled": Node.integer,
            "prepaid": numbers,
            "unpaid": partial(flat, Unpaid),
        }
        self._health = partial(flat, Health)
        self._order: dict[str, Reader] = {**ORDER, "flags": flags}
        quote = partial(self._record, QuoteView, {"price": Node.integer, "flags": flags})
        self._alone: dict[Any, dict[str, Reader]] = {
            AssetView: self._asset,
            MarketView: self._market,
            PerpetualView: self._perpetual,
            AccountView: self._account | self._beside,
        }
        self._request: dict[str, Reader] = {
            **REQUEST,
            "flags": flags,
            "quotes": partial(self._numbered, quote),
        }

    def _part(self, read: Reader, holder: Node, member: str, value: object) -> Any:
        """Return what a member of `holder` is read as; of an object, what it was read as before."""
        if type(value) is not dict:
            if read is Node.integer and type(value) is str and SHORT.fullmatch(value):
                return int(value)
            return read(Node(value, holder.at(member)))
        found = self._remembered.get(id(value))
        if found is not None and found[0] is value and found[1] is read:
            return found[2]
        was, self.is_whole = self.is_whole, True
        part = read(Node(value, holder.at(member)))
        if self.is_whole:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[id(value)] = value, read, part
        self.is_whole = self.is_whole and was
        return part

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
                try:
                    values[name] = self._part(read, node, member, members[member])
                except ViewError as error:
                    if self.problems is None:
                        raise
                    self.problems.append(str(error))
                    lacking[name] = node.at(member)
            elif member in self._absent:
                values[name] = read(Node(self._absent[member], node.at(member)))
            else:
                lacking[name] = node.at(member)
        self.is_whole = self.is_whole and len(lacking) == len(missing)
        return observed(kind, values, lacking)

    def _flat(self, kind: type[T], node: Node) -> T:
        """Return a record of integers; in one go where all of them are there and short."""
        own: Any = kind
        names, members = names_of(own), node.object()
        try:
            texts = [members[name] for name in names]
            if SHORT_ONES.fullmatch(",".join(texts)):  # type: ignore[arg-type] # or TypeError.
                return kind(*map(int, texts))  # type: ignore[arg-type]
        except (KeyError, TypeError, ValueError):
            pass  # Whatever it is, it is named where each of them is read by itself.
        return self._record(kind, _all_of(kind, Node.integer), node)

    def _named(self, read: Reader, node: Node) -> Named[str, Any]:
        """Return the entries of an object whose keys are names."""
        entries = node.object().items()
        return Named({k: self._part(read, node, k, value) for k, value in entries}, node.path)

    def _numbered(self, read: Reader, node: Node) -> Named[int, Any]:
        """Return the entries of an object whose keys are ids."""
        return Named({k: read(own) for k, own in node.numbered().items()}, node.path)

    def asset(self, node: Node) -> AssetView:
        """Return an asset."""
        ramp = self._ramp(node, self._margins)
        return self._record(AssetView, self._asset, node, {"ramp": ramp}, _untold(node))

    def market(self, node: Node) -> MarketView:
        """Return a market; it is a perpetual if it has a member that no spot market has."""
        if not any(name in node.object() for name in OF_PERPETUALS):
            return self._record(MarketView, self._market, node, missing=_untold(node))
        aside = node.find("funding_parts")
        ramp = self._ramp(node, self._market_margins)
        known = {"ramp": ramp, "funding_parts": self._funding_parts(aside) if aside else ()}
        return self._record(PerpetualView, self._perpetual, node, known, _untold(node))

    def _funding_parts(self, node: Node) -> tuple[FundingPart, ...]:
        return tuple(self._flat(FundingPart, item) for item in node.items())

    def _ramp(self, node: Node, margins: Reader) -> RampView | None:
        """Return the ramp of an asset or a perpetual; there is none where none is shown (CF-4)."""
        ramp = node.find("ramp")
        ways = dict.fromkeys(("origin", "current", "target"), margins)
        readers: dict[str, Reader] = {"start": Node.integer, "end": Node.integer, **ways}
        return self._record(RampView, readers, ramp) if ramp else None

    def account(self, node: Node) -> AccountView:
        """Return an account, without its orders."""
        members, known = node.object(), dict(BESIDE)
        for name, read in self._beside.items():
            if name in members:
                known[name] = self._part(read, node, name, members[name])
        return self._record(AccountView, self._account, node, known)

    def with_members(self, old: T, node: Node, members: Collection[str]) -> T | None:
        """Return a whole asset, market or account with some members read again.

        None where one of them is not there, cannot be read, or is no member that stands alone.
        """
        readers, shown, values = self._alone.get(type(old)), node.object(), dict[str, Any]()
        if readers is None:  # It lacks something.
            return None
        self.is_whole = True
        for member in members:
            if member not in readers or member not in shown:
                return None
            value = shown[member]
            try:
                if type(value) is str:
                    values[member] = self._part(readers[member], node, member, value)
                else:  # It is not remembered: it has just changed, and will not be read again.
                    values[member] = readers[member](Node(value, node.at(member)))
            except ViewError:
                return None
        if not self.is_whole:
            return None
        return with_parts(old, **values) if values else old

    def portfolio(self, node: Node) -> Health | None:
        """Return the health that an account reports, None if it reports none."""
        members = node.object()
        if "portfolio" not in members:
            return None
        health: Health = self._part(self._health, node, "portfolio", members["portfolio"])
        return health

    def order(self, node: Node) -> OrderView:
        """Return an order."""
        return self._record(OrderView, self._order, node)

    def withdrawal(self, node: Node) -> WithdrawalView:
        """Return a withdrawal."""
        return self._record(WithdrawalView, WITHDRAWAL, node)

    def rebalance(self, node: Node) -> RebalanceView:
        """Return a rebalance."""
        return self._record(RebalanceView, REBALANCE, node)

    def request(self, node: Node) -> QuoteRequestView:
        """Return a request for quotes."""
        return self._record(QuoteRequestView, self._request, node)


def _untold(node: Node) -> dict[str, str]:
    return {"parameters": f"the parameters of {node.path.rpartition('/')[2]}"}


def _all_of(kind: Any, read: Reader) -> dict[str, Reader]:
    """Return one reader for all parts of a record."""
    return dict.fromkeys(names_of(kind), read)


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
