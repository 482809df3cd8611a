"""A vector as a sheet that people read: setup in a sentence, a line for each step, what changed."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ibperp.numbers import RATIO
from ibperp.outcomes import Accepted
from ibperp.state import find_asset, find_market, genesis
from ibperp.transition import transition
from ibperp_conformance.json_text import visible
from ibperp_conformance.presets.scales import (
    asset_price,
    market_scales,
    market_units,
    settlement_units,
    whole_units,
)
from ibperp_conformance.presets.units import decimal_of
from ibperp_conformance.protocol.observation import flatten
from ibperp_conformance.protocol.states import load
from ibperp_conformance.protocol.wire import WireError, decode_action, decode_system
from ibperp_conformance.runner.vectors import VectorError, overlay

if TYPE_CHECKING:
    from ibperp.state import State
    from ibperp_conformance.runner.vectors import Object, Setup, Step, Suite, Vector

WIDTH: Final = 100

ORDER_DEFAULTS: Final[Mapping[str, object]] = {
    "kind": "limit",
    "time_in_force": "gtc",
    "self_trade_prevention": "reject_taker",
}
"""What an order is unless it says otherwise; a sheet leaves these words out."""

_KINDS: Final[Mapping[str, str]] = {
    "ratio": "leverage_limit premium mean_premium throttle_bound weight base penalty imf_base "
    "imf_factor mmf_base mmf_factor funding_cap funding_floor interest_clamp interest_rate",
    "dollars": "capacity portfolio",
    "asset": "amount received fee custody pending cash lent borrowed reserve in_transit",
    "lots": "lots open_interest",
    "price": "price index_price mark_price last_price mean_mark_price reference_index_price",
    "settled": "unsettled cost entry_cost fees funding interest realized virtual virtual_value",
}
_KIND: Final = {name: kind for kind, names in _KINDS.items() for name in names.split()}
"""What a number is in, by the name of its field."""

_LEADING: Final = ("account", "sender", "receiver", "quoter", "user", "asset", "market", "side")
_BARE: Final = ("asset", "market", "side")


def sheet(suite: Suite, vector: Vector, starts: dict[str, State] | None = None) -> list[str]:
    """Return the lines of a sheet; decimals stand beside integers, as the reference knows them.

    `starts` keeps the states of setups from one sheet to the next.
    """
    setup = suite.setups[vector.setup]
    known = {} if starts is None else starts
    if setup.id not in known:
        known[setup.id] = _reached(setup)
    state = known[setup.id]
    lines = [
        f"{vector.id}  {vector.title}",
        f"{vector.kind}, {vector.why}; shows {', '.join(vector.clauses)}; {vector.tier} tier"
        + (f"; twin {vector.twin}" if vector.twin else ""),
        "",
        *_wrapped(f"setup {setup.id}: {_scene(setup, state)}"),
        "",
    ]
    for number, step in enumerate(vector.steps, 1):
        lines += _step(number, step, state)
        state = _after(state, step.action)
    lines += ["", "what changed" if vector.post else "nothing changed"]
    lines += _changes(setup.observation, vector.post, state)
    return [visible(line) for line in lines]


def _reached(setup: Setup) -> State:
    try:
        if setup.state is not None:
            return load(setup.state)
        state = genesis(decode_system(setup.system))
    except WireError as error:
        raise VectorError(f"setup {setup.id}: {error}") from None
    for action in setup.actions:
        state = _after(state, action)
    return state


def _after(state: State, action: Object) -> State:
    """Return the state after an action; the same if the reference refuses it or cannot read it."""
    try:
        outcome = transition(state, decode_action(action))
    except WireError:
        return state
    return outcome.state if isinstance(outcome, Accepted) else state


def _scene(setup: Setup, state: State) -> str:
    """Return in a sentence what a setup has."""
    parts = [
        _listed("asset", [asset.symbol for asset in state.assets]),
        _listed("market", [market.symbol for market in state.markets]),
        _listed("account", [str(number) for number in range(2, len(state.accounts))]),
    ]
    done = Counter(str(action["type"]) for action in setup.actions)
    for name in ("list_asset", "list_market", "list_perpetual", "create_account"):
        done.pop(name, None)
    told = ", ".join(f"{count} {name}" for name, count in done.items())
    at = f"time {state.time}"
    return "; ".join(part for part in (*parts, told and f"then {told}", at) if part)


def _listed(noun: str, names: list[str]) -> str:
    if not names:
        return f"no {noun}"
    return f"{len(names)} {noun}{'s' * (len(names) > 1)} ({', '.join(names)})"


def _step(number: int, step: Step, state: State) -> Iterator[str]:
    words = " ".join(_words(state, step.action))
    yield from _wrapped(f"{number}. {words}", "   ")
    if step.expect.code is not None:
        rest = ", ".join(step.expect.violated[1:])
        yield f"   refused: {step.expect.code}" + (f" (violated too: {rest})" if rest else "")
        return
    after = _after(state, step.action)
    yield "   accepted" + ("" if step.expect.events else ", no events")
    for event in step.expect.events:
        yield from _wrapped(f"   - {' '.join(_words(after, event))}", "     ")


def _words(state: State, record: Object) -> Iterator[str]:
    """Yield the words of an action or an event: its type, who and what, numbers, true flags."""
    yield str(record["type"])
    context = _context(state, record)
    for name in _LEADING:
        if name in record:
            yield str(record[name]) if name in _BARE else f"{name} {record[name]}"
    for name, value in record.items():
        if name == "type" or name in _LEADING or ORDER_DEFAULTS.get(name) == value:
            continue
        if isinstance(value, Mapping):
            yield from _members(state, name, value)
        elif value is True:
            yield name
        elif name == "price" and context["market"]:
            yield f"at {_told(state, name, value, context)}"
        elif value is not False and value is not None:
            yield f"{name}={_told(state, name, value, context)}"


def _members(state: State, name: str, value: Mapping[str, Any]) -> Iterator[str]:
    for path, leaf in flatten(value).items():
        if name != "flags":
            yield f"{path}={_told(state, path.rpartition('/')[2], leaf, {})}"
        elif leaf is True:
            yield path


def _context(state: State, record: Object) -> Mapping[str, Any]:
    """Return the asset and the market that the numbers of a record are of."""
    market = record.get("market")
    for name, listed in (("order", state.orders), ("request", state.requests)):
        place = record.get(name)
        is_known = isinstance(place, str) and place.isdecimal() and int(place) < len(listed)
        if market is None and is_known:
            market = state.markets[listed[int(str(place))].market].symbol
    return {"asset": record.get("asset"), "market": market}


def _changes(before: Object, post: Object, state: State) -> Iterator[str]:
    leaves = overlay(before, {**{k: v for k, v in post.items() if v is not None}})
    width = max((len(path) for path in post), default=0)
    for path, value in post.items():
        name, context = _named(path, leaves)
        old, new = (
            "(none)" if leaf is None else _told(state, name, leaf, context)
            for leaf in (before.get(path), value)
        )
        yield f"   {path:<{min(width, 50)}}  {old} -> {new}"


def _named(path: str, leaves: Object) -> tuple[str, Mapping[str, Any]]:
    """Return what kind of number a leaf holds, and the asset and the market that it is of."""
    parts = path.split("/")
    match parts:
        case ["assets", asset, *_]:
            return parts[-1], {"asset": asset}
        case ["markets", market, *_]:
            return parts[-1], {"market": market}
        case ["accounts", _, "free" | "reserved", asset]:
            return "amount", {"asset": asset}
        case ["accounts", _, "positions", market, name]:
            return name, {"market": market}
        case ["accounts", _, "portfolio", _]:
            return "portfolio", {}
        case ["orders" | "requests" | "withdrawals" | "rebalances" as group, number, *_]:
            entry = f"{group}/{number}"
            found = {name: leaves.get(f"{entry}/{name}") for name in ("asset", "market")}
            return parts[-1], found
        case _:
            return parts[-1], {}


def _told(state: State, name: str, value: object, context: Mapping[str, Any]) -> str:
    """Return a value, and beside it what people write for it, where that is known."""
    if not isinstance(value, str) or not value.lstrip("-").isdecimal():
        return str(value).lower() if isinstance(value, bool) else str(value)
    try:
        beside = _beside(state, name, int(value), context)
    except (LookupError, TypeError, ValueError, ZeroDivisionError):
        beside = ""
    return f"{value} ({beside})" if beside and beside != value else value


def _beside(state: State, name: str, value: int, context: Mapping[str, Any]) -> str:
    kind, settled = _KIND.get(name), state.system.settlement_asset
    asset = find_asset(state, context.get("asset") or "")
    market = find_market(state, context.get("market") or "")
    if kind == "ratio":
        return _decimal(value, RATIO)
    if kind == "dollars":
        return f"{_decimal(value, state.system.quote_unit)} dollars"
    if market is not None and kind in {"lots", "price"}:
        lots, prices = market_scales(state, state.markets[market])
        base, quote = market_units(state, state.markets[market])
        told = (_decimal(value, lots), base) if kind == "lots" else (_decimal(value, prices), quote)
        return " ".join(told).strip()
    if asset is not None and kind == "price":
        return f"{decimal_of(asset_price(state, state.assets[asset], value))} dollars"
    if asset is not None and kind == "asset":
        return f"{decimal_of(whole_units(state.assets[asset], value))} {context['asset']}"
    is_settled = market is not None or name == "unsettled"
    if kind == "settled" and is_settled and find_asset(state, settled) is not None:
        return f"{decimal_of(settlement_units(state, value))} {settled}"
    return ""


def _decimal(value: int, scale: Fraction | int) -> str:
    return decimal_of(Fraction(value) / scale)


def _wrapped(text: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
