"""Reads the observation of an engine, decoded from JSON, into a view."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, TypeVar

from ibperp.margin import Health
from ibperp.orders import OrderFlags, SelfTradePrevention, Side
from ibperp.parameters import FundingPart, Margins
from ibperp.programs import RequestKind
from ibperp.state import Pool, RequestStatus, Settings, Token
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
    from collections.abc import Mapping
    from enum import StrEnum

E = TypeVar("E", bound="StrEnum")

INTEGER: Final = re.compile(r"0|-?[1-9][0-9]*")
DIGITS_MAX: Final = 1_000


class ViewError(ValueError):
    """An observation lacks a field or holds a wrong value; the message names the path."""


@dataclass(frozen=True, slots=True)
class Node:
    """A place in decoded JSON: reads what must stand there, or raises ViewError naming the path."""

    value: object
    path: str

    def get(self, name: str) -> Node:
        """Return the member `name` of an object."""
        members = self.members()
        if name not in members:
            raise ViewError(f"{self._at(name)} is missing")
        return members[name]

    def find(self, name: str) -> Node:
        """Return the member `name` of an object, or an empty object."""
        return self.members().get(name, Node({}, self._at(name)))

    def members(self) -> dict[str, Node]:
        """Return the members of an object."""
        if not isinstance(self.value, dict):
            raise ViewError(f"{self.path or 'the value'} must be an object, is {self._shown()}")
        return {str(key): Node(value, self._at(str(key))) for key, value in self.value.items()}

    def numbered(self) -> dict[int, Node]:
        """Return the members of an object whose keys are ids."""
        return {Node(key, node.path).integer(): node for key, node in self.members().items()}

    def items(self) -> list[Node]:
        """Return the items of an array."""
        if not isinstance(self.value, list):
            raise ViewError(f"{self.path or 'the value'} must be an array, is {self._shown()}")
        return [Node(value, self._at(str(index))) for index, value in enumerate(self.value)]

    def integer(self) -> int:
        """Return an integer written as a decimal string."""
        text = self.value
        if not isinstance(text, str) or not INTEGER.fullmatch(text) or len(text) > DIGITS_MAX:
            raise ViewError(f"{self.path} must be a decimal string, is {self._shown()}")
        return int(text)

    def boolean(self) -> bool:
        """Return a JSON boolean."""
        if not isinstance(self.value, bool):
            raise ViewError(f"{self.path} must be true or false, is {self._shown()}")
        return self.value

    def text(self) -> str:
        """Return a JSON string."""
        if not isinstance(self.value, str):
            raise ViewError(f"{self.path} must be a string, is {self._shown()}")
        return self.value

    def choice(self, kind: type[E]) -> E:
        """Return a member of `kind` from its string."""
        known = {member.value: member for member in kind}
        if self.text() not in known:
            raise ViewError(f"{self.path} must be one of {', '.join(known)}, is {self._shown()}")
        return known[self.text()]

    def _at(self, name: str) -> str:
        return f"{self.path}/{name}" if self.path else name

    def _shown(self) -> str:
        shown = repr(self.value)
        return shown if len(shown) <= 40 else shown[:37] + "..."  # noqa: PLR2004


def view_of_observation(observation: object, path: str = "observation") -> View:
    """Return the view of a decoded observation; raise ViewError where it is not one.

    An engine without orders leaves out `markets`, `orders` and `reserved`, one without health
    leaves out `portfolio`.
    """
    root = Node(observation, path)
    accounts = root.get("accounts").numbered()
    orders = {index: _order(node) for index, node in root.find("orders").numbered().items()}
    opened: dict[int, list[int]] = {}
    for index in sorted(orders):
        opened.setdefault(orders[index].account, []).append(index)
    return View(
        root.get("time").integer(),
        _integers(root.get("chains")),
        {name: _asset(node) for name, node in root.get("assets").members().items()},
        {index: _account(node, opened.get(index, [])) for index, node in accounts.items()},
        {index: _withdrawal(node) for index, node in root.get("withdrawals").numbered().items()},
        {index: _rebalance(node) for index, node in root.get("rebalances").numbered().items()},
        {name: _market(node) for name, node in root.find("markets").members().items()},
        orders,
        _portfolios(accounts),
        settlement_time=_integer_or_zero(root, "settlement_time"),
        is_halted=_boolean_or_false(root, "halted"),
        liquidation_time=_integer_or_zero(root, "liquidation_time"),
        backstops={
            account: node.integer() for account, node in root.find("backstops").numbered().items()
        },
        requests={index: _request(own) for index, own in root.find("requests").numbered().items()},
    )


def _integer_or_zero(node: Node, name: str) -> int:
    return node.get(name).integer() if name in node.members() else 0


def _boolean_or_false(node: Node, name: str) -> bool:
    return name in node.members() and node.get(name).boolean()


def _integers(node: Node) -> dict[str, int]:
    return {name: member.integer() for name, member in node.members().items()}


def _portfolios(accounts: Mapping[int, Node]) -> dict[int, Health]:
    reported = {
        index: node.get("portfolio")
        for index, node in accounts.items()
        if "portfolio" in node.members()
    }
    return {
        index: Health(**{part.name: node.get(part.name).integer() for part in fields(Health)})
        for index, node in reported.items()
    }


def _asset(node: Node) -> AssetView:
    pool = node.get("pool")
    return AssetView(
        node.get("price").integer(),
        node.get("price_time").integer(),
        node.get("in_transit").integer(),
        {
            chain: Token(token.get("custody").integer(), token.get("pending").integer())
            for chain, token in node.get("tokens").members().items()
        },
        Pool(**{part.name: pool.get(part.name).integer() for part in fields(Pool)}),
        is_limited=_boolean_or_false(node, "is_limited"),
        ramp=_ramp(node),
    )


def _ramp(node: Node) -> RampView | None:
    if "ramp" not in node.members():
        return None
    ramp = node.get("ramp")
    start, end = ramp.get("start").integer(), ramp.get("end").integer()
    margins = (_margins(ramp.get(name)) for name in ("origin", "current", "target"))
    return RampView(start, end, *margins)


def _margins(node: Node) -> Margins:
    """Return margins; those of a perpetual have no haircut."""
    named = [part.name for part in fields(Margins) if part.name in node.members()]
    return Margins(**{name: node.get(name).integer() for name in named})


def _market(node: Node) -> MarketView:
    shared = (
        node.get("last_price").integer(),
        node.get("index_price").integer(),
        node.get("mean_mark_price").integer(),
        node.get("mean_premium").integer(),
        tuple(item.integer() for item in node.get("bids").items()),
        tuple(item.integer() for item in node.get("asks").items()),
    )
    told = {*(part.name for part in fields(MarketView)), "is_limited", "ramp", "funding_parts"}
    own = [part.name for part in fields(PerpetualView) if part.name not in told]
    if not any(name in node.members() for name in own):
        return MarketView(*shared)
    integers = {name: node.get(name).integer() for name in own}
    return PerpetualView(
        *shared,
        reference_index_price=integers["reference_index_price"],
        mark_price=integers["mark_price"],
        mark_time=integers["mark_time"],
        funding_index=integers["funding_index"],
        funding_time=integers["funding_time"],
        open_interest=integers["open_interest"],
        is_limited=_boolean_or_false(node, "is_limited"),
        ramp=_ramp(node),
        funding_parts=_funding_parts(node),
    )


def _funding_parts(node: Node) -> tuple[FundingPart, ...]:
    if "funding_parts" not in node.members():
        return ()
    names = [part.name for part in fields(FundingPart)]
    return tuple(
        FundingPart(**{name: item.get(name).integer() for name in names})
        for item in node.get("funding_parts").items()
    )


def _account(node: Node, orders: list[int]) -> AccountView:
    settings = node.get("settings")
    return AccountView(
        node.get("user").integer(),
        _integers(node.get("free")),
        _integers(node.get("shares")),
        Settings(
            auto_lend=settings.get("auto_lend").boolean(),
            auto_repay_borrows=settings.get("auto_repay_borrows").boolean(),
            auto_borrow_settlements=_choice(settings, "auto_borrow_settlements"),
            auto_realize=_choice(settings, "auto_realize"),
            leverage_limit=settings.get("leverage_limit").integer(),
        ),
        _integers(node.find("reserved")),
        tuple(orders),
        _integer_or_zero(node, "unsettled"),
        {name: _position(own) for name, own in node.find("positions").members().items()},
    )


def _choice(settings: Node, name: str) -> bool:
    """Return a setting; that of a new account if the engine has none of that name."""
    if name not in settings.members():
        return bool(getattr(Settings(), name))
    return settings.get(name).boolean()


def _position(node: Node) -> PositionView:
    return PositionView(
        **{part.name: node.get(part.name).integer() for part in fields(PositionView)}
    )


def _order(node: Node) -> OrderView:
    return OrderView(
        node.get("account").integer(),
        node.get("market").text(),
        node.get("side").choice(Side),
        node.get("price").integer(),
        node.get("lots").integer(),
        node.get("reserved").integer(),
        node.get("post_only").boolean(),
        node.get("reduce_only").boolean(),
        node.get("self_trade_prevention").choice(SelfTradePrevention),
        _flags(node.get("flags")),
    )


def _request(node: Node) -> QuoteRequestView:
    return QuoteRequestView(
        node.get("account").integer(),
        node.get("market").text(),
        node.get("side").choice(Side),
        node.get("lots").integer(),
        node.get("price").integer(),
        node.get("counterparty").integer(),
        node.get("immediate").boolean(),
        node.get("expires").integer(),
        node.get("kind").choice(RequestKind),
        _flags(node.get("flags")),
        {
            account: QuoteView(quote.get("price").integer(), _flags(quote.get("flags")))
            for account, quote in node.get("quotes").numbered().items()
        },
    )


def _flags(node: Node) -> OrderFlags:
    return OrderFlags(**{part.name: node.get(part.name).boolean() for part in fields(OrderFlags)})


def _withdrawal(node: Node) -> WithdrawalView:
    return WithdrawalView(
        node.get("account").integer(),
        node.get("asset").text(),
        node.get("chain").text(),
        node.get("amount").integer(),
        node.get("fee").integer(),
        node.get("status").choice(RequestStatus),
    )


def _rebalance(node: Node) -> RebalanceView:
    return RebalanceView(
        node.get("asset").text(),
        node.get("source").text(),
        node.get("destination").text(),
        node.get("amount").integer(),
        node.get("status").choice(RequestStatus),
    )
