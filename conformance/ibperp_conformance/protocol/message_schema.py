"""The JSON Schema of the engine protocol: every request, every reply, every observation (CF)."""

from __future__ import annotations

from dataclasses import fields
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_type_hints

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    TypeAdapter,
    create_model,
)

from ibperp import events as event_records
from ibperp import orders as order_records
from ibperp.events import Event, LedgerAccount
from ibperp.orders import OrderFlags, SelfTradePrevention, Side
from ibperp.outcomes import RejectionCode
from ibperp.parameters import (
    AssetParameters,
    MarketParameters,
    PerpetualParameters,
    SystemParameters,
)
from ibperp.programs import RequestKind
from ibperp.state import RequestStatus, Settings
from ibperp_conformance.protocol.fills import FILL
from ibperp_conformance.protocol.observation import (
    FUNDING_PART_FIELDS,
    HAIRCUT_FIELDS,
    MARGIN_FIELDS,
    PERPETUAL_FIELDS,
    POOL_FIELDS,
    PORTFOLIO_FIELDS,
    POSITION_FIELDS,
    UNPAID_FIELDS,
)
from ibperp_conformance.protocol.wire import WireInteger, action_type, model_of, type_name

LEDGER: Final = r"^(in_transit|pool|free:(0|[1-9][0-9]*)|(custody|pending):.+)$"
"""A side of a posting: `custody:solana`, `pending:solana`, `free:2`, `pool`, `in_transit`."""


def message_schema() -> dict[str, Any]:
    """Return the schema of a line in either direction."""
    lines: Any = Union[(*_requests(), *_replies())]
    return TypeAdapter(lines).json_schema()


def observation_model() -> type[BaseModel]:
    """Return the model of an observation, nested as the protocol sends it.

    What an engine without one of the later capabilities leaves out is optional.
    """
    integer, text = WireInteger, StrictStr
    status = _one_of(RequestStatus)
    pool = _record("Pool", dict.fromkeys(POOL_FIELDS, integer))
    token = _record("Token", {"custody": integer, "pending": integer})
    asset = _record(
        "Asset",
        {
            "price": integer,
            "price_time": integer,
            "in_transit": integer,
            "tokens": dict[str, token],  # type: ignore[valid-type]
            "pool": pool,
            "is_limited": StrictBool,
        },
        ramp=_ramp("AssetRamp", (*MARGIN_FIELDS, *HAIRCUT_FIELDS)),
    )
    amounts = dict[str, WireInteger]
    account = _record(
        "Account",
        {"user": integer, "free": amounts, "shares": amounts, "settings": _settings()},
        reserved=amounts,
        prepaid=amounts,
        unsettled=integer,
        unpaid=_record("Unpaid", dict.fromkeys(UNPAID_FIELDS, integer)),
        positions=dict[str, _position()],  # type: ignore[misc]
        portfolio=_record("Portfolio", dict.fromkeys(PORTFOLIO_FIELDS, integer)),
    )
    moved = {"asset": text, "amount": integer, "status": status}
    withdrawal = _record("Withdrawal", {"account": integer, "chain": text, "fee": integer, **moved})
    rebalance = _record("Rebalance", {"source": text, "destination": text, **moved})
    members: dict[str, Any] = {"time": integer, "chains": amounts}
    for name, kind in (
        ("assets", asset),
        ("accounts", account),
        ("withdrawals", withdrawal),
        ("rebalances", rebalance),
    ):
        members[name] = dict[str, kind]  # type: ignore[valid-type]
    market, order = Union[_market(), _perpetual()], _order()  # noqa: UP007
    return _record(
        "Observation",
        members,
        settlement_time=integer,
        unpaid_rate_time=integer,
        markets=dict[str, market],  # type: ignore[valid-type]
        orders=dict[str, order],  # type: ignore[valid-type]
        halted=StrictBool,
        liquidation_time=integer,
        backstops=amounts,
        requests=dict[str, _quote_request()],  # type: ignore[misc]
    )


def state_model() -> type[BaseModel]:
    """Return the model of a whole state, as `load` brings it (CF-10)."""
    integer = WireInteger
    ended = _record(
        "EndedRequest",
        {"account": integer, "kind": _one_of(RequestKind), "counterparty": integer},
    )
    parameters: dict[str, Any] = {
        "Asset": model_of(AssetParameters),
        "Market": model_of(MarketParameters) | model_of(PerpetualParameters),
    }
    assets, markets = (
        _record(f"Listed{name}", {"symbol": StrictStr, "parameters": kind})
        for name, kind in parameters.items()
    )
    return _record(
        "State",
        {
            "system": model_of(SystemParameters),
            "assets": list[assets],  # type: ignore[valid-type]
            "markets": list[markets],  # type: ignore[valid-type]
            "ended_orders": dict[str, WireInteger],
            "ended_requests": dict[str, ended],  # type: ignore[valid-type]
            "observation": observation_model(),
        },
    )


def event_type() -> Any:
    """Return the tagged union of the models of all events."""
    models = tuple(_event(record) for record in get_args(Event))
    return Annotated[Union[models], Field(discriminator="type")]  # noqa: UP007


def _event(record: type) -> type[BaseModel]:
    known = vars(event_records) | vars(order_records) | {RejectionCode.__name__: RejectionCode}
    hints = get_type_hints(record, known)
    members = {item.name: _event_member(item.name, hints[item.name]) for item in fields(record)}
    return _record(record.__name__, {"type": Literal[type_name(record)], **members})


def _event_member(name: str, hint: Any) -> Any:
    if name in {"asset", "market"}:
        return StrictStr
    if hint is LedgerAccount:
        return Annotated[str, Field(pattern=LEDGER)]
    if hint is int:
        return WireInteger
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return _one_of(value for kind in kinds for value in kind)


def _settings() -> type[BaseModel]:
    hints = get_type_hints(Settings)
    kinds: dict[type, Any] = {bool: StrictBool, int: WireInteger}
    return _record("Settings", {item.name: kinds[hints[item.name]] for item in fields(Settings)})


def _position() -> type[BaseModel]:
    return _record("Position", dict.fromkeys(POSITION_FIELDS, WireInteger))


def _market() -> type[BaseModel]:
    return _record("Market", _traded(("index_price",)))


def _perpetual() -> type[BaseModel]:
    members = _traded(("reference_index_price", *PERPETUAL_FIELDS))
    ramp = _ramp("PerpetualRamp", MARGIN_FIELDS)
    part = _record("FundingPart", dict.fromkeys(FUNDING_PART_FIELDS, WireInteger))
    parts: Any = list[part]  # type: ignore[valid-type]
    members = {**members, "is_limited": StrictBool}
    return _record("Perpetual", members, ramp=ramp, funding_parts=parts)


def _ramp(name: str, moved: tuple[str, ...]) -> type[BaseModel]:
    margins = _record(f"{name}Margins", dict.fromkeys(moved, WireInteger))
    ends = dict.fromkeys(("origin", "current", "target"), margins)
    return _record(name, {**dict.fromkeys(("start", "end"), WireInteger), **ends})


def _quote_request() -> type[BaseModel]:
    flags = model_of(OrderFlags)
    quote = _record("Quote", {"price": WireInteger, "flags": flags})
    integers = ("account", "lots", "price", "counterparty", "expires")
    return _record(
        "QuoteRequest",
        {
            **dict.fromkeys(integers, WireInteger),
            "market": StrictStr,
            "side": _one_of(Side),
            "immediate": StrictBool,
            "kind": _one_of(RequestKind),
            "flags": flags,
            "quotes": dict[str, quote],  # type: ignore[valid-type]
        },
    )


def _traded(more: tuple[str, ...]) -> dict[str, Any]:
    """Return the members of a market of either kind, with more integers of one kind."""
    integers = ("last_price", "mean_mark_price", "mean_premium", *more)
    queues = dict.fromkeys(("bids", "asks"), list[WireInteger])
    return {**dict.fromkeys(integers, WireInteger), **queues}


def _order() -> type[BaseModel]:
    return _record(
        "Order",
        {
            "account": WireInteger,
            "market": StrictStr,
            "side": _one_of(Side),
            **dict.fromkeys(("price", "lots", "reserved"), WireInteger),
            **dict.fromkeys(("post_only", "reduce_only"), StrictBool),
            "self_trade_prevention": _one_of(SelfTradePrevention),
            "flags": model_of(OrderFlags),
        },
    )


def _requests() -> list[type[BaseModel]]:
    single = [
        _request("Hello", "hello", protocol=Literal["1"]),
        _request("Reset", "reset", system=model_of(SystemParameters)),
        _request("Apply", "apply", action=action_type(FILL)),
        _request("Observe", "observe"),
        _request("Save", "save", name=StrictStr),
        _request("Restore", "restore", name=StrictStr),
        _request("Load", "load", state=state_model()),
    ]
    inner: Any = Union[tuple(single)]  # noqa: UP007
    return [*single, _request("Batch", "batch", requests=list[inner]), _request("Bye", "bye")]


def _replies() -> list[type[BaseModel]]:
    code: Any = _one_of(RejectionCode)
    greeting = dict.fromkeys(("protocol", "name", "version"), StrictStr)
    greeted = _record("Greeting", {**greeting, "capabilities": list[str]})
    events: Any = event_type()
    accepted = _record("Accepted", {"events": list[events]})
    rejected = _record("Rejected", {"code": code}, violated=list[code])
    single = [
        _reply("GreetingReply", ok=greeted),
        _reply("OkReply", ok=_record("Nothing", {})),
        _reply("AcceptedReply", accepted=accepted),
        _reply("RejectedReply", rejected=rejected),
        _reply("UnsupportedReply", unsupported=_record("Unsupported", {"capability": StrictStr})),
        _reply("ErroredReply", errored=_record("Errored", {"message": StrictStr})),
        _reply("ObservationReply", observation=observation_model()),
    ]
    inner: Any = Union[tuple(single)]  # noqa: UP007
    return [*single, _reply("BatchReply", replies=list[inner])]


_CLOSED: Final = ConfigDict(extra="forbid")


def _record(name: str, members: dict[str, Any], **optional: Any) -> type[BaseModel]:
    required: dict[str, Any] = {member: (kind, ...) for member, kind in members.items()}
    others: dict[str, Any] = {member: (kind, None) for member, kind in optional.items()}
    return create_model(name, __config__=_CLOSED, **required, **others)


def _request(record: str, operation: str, /, **members: Any) -> type[BaseModel]:
    return _record(f"{record}Request", {"id": StrictInt, "op": Literal[operation], **members})


def _reply(name: str, **members: Any) -> type[BaseModel]:
    return _record(name, {"id": StrictInt | None, **members})


def _one_of(kinds: Any) -> Any:
    return Literal[tuple(kind.value for kind in kinds)]
