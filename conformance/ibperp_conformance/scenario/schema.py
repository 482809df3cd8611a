"""The format of scenarios, from what reads them: a JSON Schema for editors, and rows for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from ibperp.orders import OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import RejectionCode
from ibperp_conformance.scenario.repeat import REPEAT, ROUNDS_MAX
from ibperp_conformance.scenario.steps import WIRE, step_readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ibperp_conformance.scenario.fields import StepFields

TEXT: Final = {"type": "string"}
DECIMAL: Final = {"type": ["number", "string"]}
COUNT: Final = {"type": ["integer", "string"]}
DURATION: Final = {"type": ["integer", "string"]}
FLAG: Final = {"type": ["boolean", "string"], "pattern": r"^\$"}
OPEN: Final = {"type": "object"}

ACCOUNT: Final = "an account, as in `accounts`; also `fees` and `insurance`"
AMOUNT: Final = "in whole units of the asset, or of the base of the market"
SWITCH: Final = "`true` or `false`; left out: `false`, of settings: as it is"

FIELDS: Final[dict[str, tuple[dict[str, Any], str]]] = {
    **dict.fromkeys(("account", "sender", "receiver", "quoter"), (TEXT, ACCOUNT)),
    "counterparty": (TEXT, "the one account that may quote; left out: any"),
    "asset": (TEXT, "the symbol of a listed asset"),
    "market": (TEXT, "the symbol of a listed market"),
    **dict.fromkeys(("chain", "source", "destination"), (TEXT, "a chain of the asset")),
    "amount": (DECIMAL, AMOUNT + "; `all` where it repays or redeems"),
    "received": (DECIMAL, "what arrived, in whole units"),
    "capacity": (DECIMAL, "in US dollars"),
    "price": (DECIMAL, "quote per base, of an asset US dollars; not with `kind: market`"),
    "index_price": (DECIMAL, "quote per base"),
    "mean_mark_price": (DECIMAL, "quote per base"),
    "basis": (DECIMAL, "quote per base, mark less index; left out: unknown"),
    "premium": (DECIMAL, "a plain ratio, 0.0002 is 0.02 %; left out: 0"),
    "mean_premium": (DECIMAL, "a plain ratio; left out: 0"),
    "leverage_limit": (DECIMAL, "a plain ratio; left out: as it is"),
    "sequence": (COUNT, "the number of the deposit; left out: the next of its chain"),
    "withdrawal": (COUNT, "its id; left out: the newest"),
    "rebalance": (COUNT, "its id; left out: the newest"),
    "request": (COUNT, "its id; left out: the newest"),
    "order": (COUNT, "the name that `as` gave it, or its id"),
    "steps": (COUNT, "how many steps of liquidation at most"),
    "by": (DURATION, "a duration from now"),
    "to": (DURATION, "seconds since the start, a time of day, or a date"),
    "expires": (DURATION, "a duration from now; left out: the longest"),
    "side": ({"enum": list(Side)}, "what the account buys (`bid`) or sells (`ask`)"),
    "kind": ({"enum": list(OrderKind)}, "left out: `limit`"),
    "time_in_force": ({"enum": list(TimeInForce)}, "left out: `gtc`, of a market order `ioc`"),
    "self_trade_prevention": ({"enum": list(SelfTradePrevention)}, "left out: `reject_taker`"),
    "parameters": (OPEN, "the fields that a preset has for it"),
    "changes": (OPEN, "those fields of a preset that change"),
    **dict.fromkeys(
        (
            "auto_lend",
            "auto_lend_redeem",
            "auto_borrow",
            "auto_borrow_repay",
            "auto_repay_borrows",
            "auto_borrow_settlements",
            "auto_realize",
            "immediate",
            "post_only",
            "reduce_only",
        ),
        (FLAG, SWITCH),
    ),
}
"""What may be written in each field of a step, and what it means."""


class _Asked(Exception):  # noqa: N818 - it brings an answer.
    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self.names = tuple(names)


class _Probe:
    """In place of the fields of a step: learns which ones a reader knows."""

    def only(self, names: Iterable[str]) -> None:
        """Stop the reader."""
        raise _Asked(names)


def step_fields() -> dict[str, tuple[str, ...]]:
    """Return the fields of each step, as its reader knows them."""
    found = {}
    for name, read in step_readers().items():
        try:
            read(cast("StepFields", _Probe()))
        except _Asked as asked:
            found[name] = asked.names
    return found


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file."""
    steps: dict[str, Any] = {name: _step(names) for name, names in step_fields().items()}
    steps[WIRE] = {
        "type": "object",
        "description": "an action as the protocol has it, in integers",
        "required": ["type"],
    }
    beside = {
        "as": {"type": "string", "description": "a name for the order that a place step places"},
        "expect_rejected": {"enum": [code.value for code in RejectionCode]},
        "note": {"type": "string"},
    }
    one = [{"required": [name]} for name in (*steps, REPEAT)]
    step = {
        "type": "object",
        "properties": {**steps, REPEAT: {"$ref": "#/$defs/repeat"}, **beside},
        "additionalProperties": False,
        "oneOf": one,
    }
    return {
        **_closed(
            {
                "title": TEXT,
                "preset": {"type": "string", "description": "a name, or a file beside this one"},
                "system": {**OPEN, "description": "in place of a preset: those of a reset"},
                "start": {"type": "string", "description": "the date of second 0, in UTC"},
                "accounts": {
                    "type": "array",
                    "items": {"type": "string", "pattern": "^[^/]+/[^/]+$"},
                },
                "steps": {"$ref": "#/$defs/steps"},
            },
            required=("title", "accounts", "steps"),
        ),
        "oneOf": [{"required": ["preset"]}, {"required": ["system"]}],
        "$defs": {"steps": {"type": "array", "items": step}, "repeat": _repeat()},
    }


def table() -> Iterator[str]:
    """Yield the table of all steps with their fields, and that of the fields, as Markdown."""
    yield "| step | fields |"
    yield "|---|---|"
    for name, names in step_fields().items():
        yield f"| `{name}` | {', '.join(f'`{own}`' for own in names) or 'none: `{}`'} |"
    yield ""
    yield "| field | what is written |"
    yield "|---|---|"
    for name in dict.fromkeys(own for names in step_fields().values() for own in names):
        kind, meaning = FIELDS[name]
        words = ", ".join(f"`{word}`" for word in kind.get("enum", ()))
        yield f"| `{name}` | {f'{words}: ' if words else ''}{meaning} |"


def _step(names: Iterable[str]) -> dict[str, Any]:
    properties = {}
    for name in names:
        kind, meaning = FIELDS[name]
        named = {"anyOf": [kind, {"type": "string", "pattern": r"^\$"}]} if "enum" in kind else kind
        properties[name] = {**named, "description": meaning.replace("`", "")}
    return _closed(properties)


def _repeat() -> dict[str, Any]:
    values = {"type": "object", "additionalProperties": {"type": "array", "minItems": 1}}
    return {
        **_closed(
            {
                "every": {**DURATION, "description": "what passes before each round"},
                "for": {**DURATION, "description": "how long, a multiple of every"},
                "times": {**COUNT, "description": f"how many rounds, at most {ROUNDS_MAX}"},
                "with": {**values, "description": "the value of each $name, round by round"},
                "steps": {"$ref": "#/$defs/steps"},
            },
            required=("steps",),
        ),
        "oneOf": [{"required": [name]} for name in ("for", "times", "with")],
    }


def _closed(properties: dict[str, Any], required: Iterable[str] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
