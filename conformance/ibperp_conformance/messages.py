"""The JSON Schema of the engine protocol: every request, every reply, every observation (CF)."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Union

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

from ibperp.outcomes import InterestCharged, Reason, RejectionCode, SharesMoved
from ibperp.parameters import SystemParameters
from ibperp.state import RequestStatus
from ibperp_conformance.observation import POOL_FIELDS
from ibperp_conformance.wire import WireInteger, action_type, model_of, type_name

LEDGER: Final = r"^(in_transit|pool|free:(0|[1-9][0-9]*)|(custody|pending):.+)$"
"""A side of a posting: `custody:solana`, `pending:solana`, `free:2`, `pool`, `in_transit`."""


def message_schema() -> dict[str, Any]:
    """Return the schema of a line in either direction."""
    lines: Any = Union[(*_requests(), *_replies())]
    return TypeAdapter(lines).json_schema()


def observation_model() -> type[BaseModel]:
    """Return the model of an observation, nested as the protocol sends it."""
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
        },
    )
    settings = _record(
        "Settings",
        {"auto_lend": StrictBool, "auto_repay_borrows": StrictBool, "leverage_limit": integer},
    )
    amounts = dict[str, WireInteger]
    account = _record(
        "Account", {"user": integer, "free": amounts, "shares": amounts, "settings": settings}
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
    return _record("Observation", members)


def event_type() -> Any:
    """Return the tagged union of the models of all events."""
    reason = _one_of(Reason)
    ledger = Annotated[str, Field(pattern=LEDGER)]
    posting = {"debit": ledger, "credit": ledger, "amount": WireInteger, "reason": reason}
    shares = {"account": WireInteger, "shares": WireInteger, "reason": reason}
    interest = {"interest": WireInteger, "reserve": WireInteger}
    models = tuple(
        _record(name, {"type": Literal[tag], "asset": StrictStr, **members})
        for name, tag, members in (
            ("Posting", "posting", posting),
            (SharesMoved.__name__, type_name(SharesMoved), shares),
            (InterestCharged.__name__, type_name(InterestCharged), interest),
        )
    )
    return Annotated[Union[models], Field(discriminator="type")]  # noqa: UP007


def _requests() -> list[type[BaseModel]]:
    single = [
        _request("Hello", "hello", protocol=Literal["1"]),
        _request("Reset", "reset", system=model_of(SystemParameters)),
        _request("Apply", "apply", action=action_type()),
        _request("Observe", "observe"),
    ]
    inner: Any = Union[tuple(single)]  # noqa: UP007
    return [*single, _request("Batch", "batch", requests=list[inner]), _request("Bye", "bye")]


def _replies() -> list[type[BaseModel]]:
    code: Any = _one_of(RejectionCode)
    greeting = dict.fromkeys(("protocol", "name", "version"), StrictStr)
    greeted = _record("Greeting", {**greeting, "capabilities": list[str]})
    events: Any = event_type()
    accepted = _record("Accepted", {"events": list[events]})
    rejected = create_model(
        "Rejected", __config__=_CLOSED, code=(code, ...), violated=(list[code], None)
    )
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


def _record(name: str, members: dict[str, Any]) -> type[BaseModel]:
    fields: dict[str, Any] = {member: (kind, ...) for member, kind in members.items()}
    return create_model(name, __config__=_CLOSED, **fields)


def _request(name: str, operation: str, **members: Any) -> type[BaseModel]:
    return _record(f"{name}Request", {"id": StrictInt, "op": Literal[operation], **members})


def _reply(name: str, **members: Any) -> type[BaseModel]:
    return _record(name, {"id": StrictInt | None, **members})


def _one_of(kinds: Any) -> Any:
    return Literal[tuple(kind.value for kind in kinds)]
