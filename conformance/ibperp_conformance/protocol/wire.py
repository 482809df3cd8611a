"""JSON at the boundary: actions and system parameters in, outcomes and events out (CF).

Every integer travels as a decimal string, every record names all of its fields and no other. The
pydantic models are made from the records of the reference, so that a field is listed once.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    StrictStr,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    create_model,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from ibperp import actions as action_records
from ibperp import orders as order_records
from ibperp import parameters as parameter_records
from ibperp.actions import Action
from ibperp.events import LedgerAccount, LedgerKind
from ibperp.outcomes import Accepted
from ibperp.parameters import SystemParameters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibperp.events import Event
    from ibperp.outcomes import Outcome
    from ibperp.state import State

INTEGER: Final = re.compile(r"0|-?[1-9][0-9]*", re.ASCII)
"""An integer on the wire: no plus sign, no leading zeros, no minus zero."""

DIGITS_MAX: Final = 60
"""The most digits of an integer on the wire, its sign not counted."""

ALL: Final = "all"
"""The amount of a redemption or a repayment that takes everything."""

NOTHING: Final = ""
"""The symbol in an event that no asset or market caused: no listing accepts it (NT-8)."""


class WireError(ValueError):
    """Data that is not what the wire format says; the message names field, expectation, remedy."""


def decode_action(data: object) -> Action:
    """Return the action that `data`, decoded JSON, describes; raise WireError for anything else."""
    tag = data.get("type") if isinstance(data, dict) else None
    adapter = _adapter_of(tag) if isinstance(tag, str) and tag in action_classes() else None
    model = validated(adapter or _action_adapter(), data, "action")
    action: Action = record_of(action_classes()[model.type], model, without="type")
    return action


def decode_system(data: object) -> SystemParameters:
    """Return system parameters; raise WireError. Their laws are `system_violations`' to check."""
    model = validated(TypeAdapter(model_of(SystemParameters)), data, "system")
    system: SystemParameters = record_of(SystemParameters, model)
    return system


def encode_action(action: Action) -> dict[str, Any]:
    """Return the JSON object of an action."""
    return {"type": type_name(type(action)), **_encoded(action)}


def encode_system(system: SystemParameters) -> dict[str, Any]:
    """Return the JSON object of the system parameters."""
    return encode_record(system)


def encode_record(record: Any) -> dict[str, Any]:
    """Return the JSON object of a record of parameters."""
    encoded: dict[str, Any] = _encoded(record)
    return encoded


def encode_outcome(state: State, outcome: Outcome) -> dict[str, Any]:
    """Return `{"accepted": {"events"}}` or `{"rejected": {"code", "violated"}}`.

    `state` is the state before the action; an accepted outcome brings its own.
    """
    if isinstance(outcome, Accepted):
        named = outcome.state if outcome.events else state
        return {"accepted": {"events": [encode_event(named, event) for event in outcome.events]}}
    violated = [code.value for code in outcome.violated]
    return {"rejected": {"code": outcome.code.value, "violated": violated}}


def encode_event(state: State, event: Event) -> dict[str, Any]:
    """Return the JSON object of an event, with symbols and chains in place of ids."""
    described = {item.name: _in_words(state, event, item.name) for item in fields(event)}
    return {"type": type_name(type(event)), **described}


def type_name(record: type) -> str:
    """Return the name of a record on the wire: `RequestWithdrawal` is `request_withdrawal`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", record.__name__).lower()


@cache
def action_classes() -> dict[str, type]:
    """Return the record of every action by its name on the wire."""
    return {type_name(record): record for record in get_args(Action)}


@cache
def model_of(record: type, tag: str | None = None) -> type[BaseModel]:
    """Return the strict pydantic model of a record; with a tag, it has a `type` field too."""
    hints = _hints(record)
    members: dict[str, Any] = {} if tag is None else {"type": (Literal[tag], ...)}
    members |= {member.name: (_wire_type(hints[member.name]), ...) for member in fields(record)}
    return create_model(
        record.__name__,
        __config__=ConfigDict(extra="forbid", frozen=True, title=record.__name__),
        __doc__=record.__doc__,
        **members,
    )


@cache
def action_type(*others: type[BaseModel]) -> Any:
    """Return the tagged union of the models of all actions, and of `others`."""
    own = (model_of(record, name) for name, record in action_classes().items())
    models = (*own, *others)
    return Annotated[Union[models], Field(discriminator="type")]  # noqa: UP007


def explain(errors: Iterable[ErrorDetails], root: str) -> str:
    """Return one line for all errors of a validation: field path, what was expected, what to do."""
    return "; ".join(f"{_path(error['loc'], root)}: {_remedy(error)}" for error in errors)


@cache
def _action_adapter() -> TypeAdapter[Any]:
    """Return what tells of an action without a known type what is wrong with it."""
    return TypeAdapter(action_type())


@cache
def _adapter_of(tag: str) -> TypeAdapter[Any]:
    """Return what reads one type of action: to make the models of all takes as long as a start."""
    return TypeAdapter(model_of(action_classes()[tag], tag))


def validated(adapter: TypeAdapter[Any], data: object, root: str) -> Any:
    """Return the model of decoded JSON; raise WireError naming a wrong field."""
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        raise WireError(explain(error.errors(), root)) from None
    except RecursionError:
        raise WireError(f"{root}: nested too deeply") from None


def _integer(value: object) -> int:
    if not isinstance(value, str) or not INTEGER.fullmatch(value):
        shown = "" if isinstance(value, list | dict) else f", got {json.dumps(value)[:60]}"
        raise PydanticCustomError(
            "wire_integer",
            'expected an integer as a decimal string, such as "100" or "-5"{shown}',
            {"shown": shown},
        )
    if len(value.lstrip("-")) > DIGITS_MAX:
        raise PydanticCustomError("wire_integer", "expected at most 60 digits")
    return int(value)


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("wire_text", "expected text without lone surrogates") from None
    return value


def _amount_or_all(value: object) -> int | None:
    if value == ALL:
        return None
    if isinstance(value, str) and INTEGER.fullmatch(value):
        return _integer(value)
    raise PydanticCustomError(
        "wire_amount", 'expected an integer as a decimal string, such as "100", or "all"'
    )


_INTEGER_SCHEMA: Final = {"type": "string", "pattern": "^(0|-?[1-9][0-9]{0,59})$"}
WireInteger = Annotated[int, PlainValidator(_integer), WithJsonSchema(_INTEGER_SCHEMA)]
WireText = Annotated[StrictStr, AfterValidator(_text)]
WireAmountOrAll = Annotated[
    int | None,
    PlainValidator(_amount_or_all),
    WithJsonSchema({"anyOf": [_INTEGER_SCHEMA, {"const": ALL}]}),
]


def _wire_type(hint: Any) -> Any:
    if hint is int:
        return WireInteger
    if hint is bool:
        return StrictBool
    if hint is str:
        return WireText
    if get_origin(hint) is tuple:
        return list[_wire_type(get_args(hint)[0])]  # type: ignore[misc]
    if isinstance(hint, UnionType):
        return WireAmountOrAll
    if issubclass(hint, StrEnum):
        return Literal[tuple(member.value for member in hint)]
    return model_of(hint)


def record_of(record: Any, model: BaseModel, without: str = "") -> Any:
    """Return the reference's record of its validated model."""
    hints = _hints(record)
    values = {name: value for name, value in model if name != without}
    return record(**{name: _value(hints[name], value) for name, value in values.items()})


@cache
def _hints(record: type) -> dict[str, Any]:
    """Return the types of a record's fields, annotations resolved."""
    known = vars(parameter_records) | vars(order_records) | vars(action_records)
    return get_type_hints(record, known)


def _value(hint: Any, value: Any) -> Any:
    if isinstance(value, BaseModel):
        return record_of(hint, value)
    if isinstance(value, list):
        return tuple(_value(get_args(hint)[0], item) for item in value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    return value


def _encoded(value: Any) -> Any:
    match value:
        case None:
            return ALL
        case bool():
            return value
        case int():
            return str(value)
        case StrEnum():
            return value.value
        case tuple():
            return [_encoded(item) for item in value]
        case _ if is_dataclass(value):
            return {item.name: _encoded(getattr(value, item.name)) for item in fields(value)}
        case _:
            return value


def _in_words(state: State, event: Any, name: str) -> Any:
    """Return a field of an event; assets, markets and balances by name in place of their ids."""
    value = getattr(event, name)
    match name:
        case "asset" | "market" if value is None:
            return NOTHING
        case "asset":
            return state.assets[value].symbol
        case "market":
            return state.markets[value].symbol
        case "debit" | "credit":
            return _ledger(state, event.asset, value)
        case _:
            return _encoded(value)


def _ledger(state: State, asset: int, ledger: LedgerAccount) -> str:
    match ledger.kind:
        case LedgerKind.FREE:
            return f"{ledger.kind.value}:{ledger.index}"
        case LedgerKind.CUSTODY | LedgerKind.PENDING:
            token = state.assets[asset].parameters.tokens[ledger.index]
            return f"{ledger.kind.value}:{token.chain}"
        case LedgerKind.POOL | LedgerKind.IN_TRANSIT:
            return ledger.kind.value


def _path(location: tuple[int | str, ...], root: str) -> str:
    names = list(location)
    if root == "action" and names and names[0] in action_classes():
        del names[0]
    path = root
    for name in names:
        path += f"[{name}]" if isinstance(name, int) else f".{name}"
    return path


def _remedy(error: ErrorDetails) -> str:
    match error["type"]:
        case "missing":
            return "missing; every field is required"
        case "extra_forbidden":
            return "unknown field; remove it or correct its name"
        case "union_tag_not_found":
            return 'expected a field "type" that names the action, such as "deposit"'
        case "union_tag_invalid":
            return f"unknown type of action; expected one of {', '.join(action_classes())}"
        case "model_type" | "model_attributes_type":
            return "expected a JSON object"
        case "bool_type":
            return "expected true or false"
        case "string_type":
            return "expected a string"
        case "list_type":
            return "expected a JSON array"
        case _:
            message = error["msg"]
            return message[:1].lower() + message[1:]
