"""The worked examples of the chapters; `make fill` writes their tables."""

import dataclasses
import importlib
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest

from ibperp import margin, pool
from ibperp.book import taker_bound
from ibperp.events import Event, OrderEnd, Reason
from ibperp.margin import Health
from ibperp.numbers import RATIO, isqrt_up
from ibperp.orders import OrderFlags, Side
from ibperp.outcomes import RejectionCode
from ibperp.parameters import (
    AssetParameters,
    HaircutKind,
    HaircutParameters,
    MarketParameters,
    PoolParameters,
    SystemParameters,
    TokenParameters,
)
from ibperp.state import Pool, Reference, genesis
from ibperp_authoring import examples
from ibperp_conformance.protocol import wire
from ibperp_conformance.protocol.observation import observe
from ibperp_conformance.protocol.server import OPERATIONS, Server
from ibperp_invariants.check.registry import INVARIANTS
from ibperp_invariants.worlds import market_of, pool_of, system_of

SPEC = Path(__file__).resolve().parents[2] / "spec"
CHAPTERS = sorted(SPEC.glob("*.md"))
CLAUSE = re.compile(r"^### ([A-Z]{2})-(\d+) .+ \{#([A-Z]{2}-\d+)\}$", re.MULTILINE)
FOOTER = re.compile(r"^<!-- (?:function: (?P<functions>[^;>]+)|waiver: )[^>]*-->$", re.MULTILINE)
PERCENT = 10**16
CURVE = pool_of(
    base_rate=PERCENT,
    slope_low=9 * PERCENT,
    slope_high=100 * PERCENT,
    throttle_fraction=50 * PERCENT,
    max_utilization=95 * PERCENT,
)
SYSTEM = system_of()
MARKET = market_of()
LAST = {
    "NT": 9,
    "CU": 11,
    "MM": 18,
    "PF": 12,
    "SM": 12,
    "PP": 10,
    "ST": 10,
    "LQ": 10,
    "GV": 5,
    "PG": 6,
}
NEVER_USED = {"MM-17"}
STRINGS = ("str", "Side", "OrderKind", "TimeInForce", "SelfTradePrevention")
YES = {"yes": True, "no": False}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def sections() -> dict[str, str]:
    found: dict[str, str] = {}
    for chapter in CHAPTERS:
        text = text_of(chapter)
        starts = list(re.finditer(r"^#{1,3} .*$", text, re.MULTILINE))
        ends = [*(start.start() for start in starts[1:]), len(text)]
        for start, end in zip(starts, ends, strict=True):
            match = CLAUSE.match(start[0])
            if match:
                assert match[3] not in found
                assert match[3] == f"{match[1]}-{match[2]}"
                found[match[3]] = text[start.end() : end].rstrip()
    return found


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_example_tables__are_what_the_reference_does(chapter: Path) -> None:
    text = text_of(chapter)
    assert examples.render(text) == text, "stale: run make fill"


@pytest.mark.parametrize(("prefix", "last"), LAST.items())
def test_clauses__are_numbered_without_gap(prefix: str, last: int) -> None:
    found = [name for name in sections() if name.startswith(prefix)]
    names = [f"{prefix}-{number}" for number in range(1, last + 1)]
    assert found == [name for name in names if name not in NEVER_USED]


@pytest.mark.parametrize(("clause", "text"), sections().items(), ids=lambda value: value[:6])
def test_clause__ends_with_its_function_or_waiver(clause: str, text: str) -> None:
    footer = FOOTER.fullmatch(text.splitlines()[-1])
    assert footer, clause
    for path in (footer["functions"] or "").replace(" ", "").split(","):
        if path:
            module, _, name = path.rpartition(".")
            assert callable(getattr(importlib.import_module(module), name)), path


def test_clauses__name_invariants_that_exist() -> None:
    known = {invariant.name for invariant in INVARIANTS}
    for clause, text in sections().items():
        listed = re.search(r"invariants: ([^;>]+?)(?:;| -->)", text.splitlines()[-1])
        for name in listed[1].split(", ") if listed else ():
            assert name in known, (clause, name)


def test_actions__each_have_an_executed_example() -> None:
    shown = {
        kind
        for path in CHAPTERS
        for kind in re.findall(r"^action:\s+\{?type: (\w+)", text_of(path), re.MULTILINE)
    }
    assert shown == set(wire.action_classes())


def rows_of(clause: str, head: str) -> list[list[str]]:
    lines = sections()[clause].partition(head)[2].splitlines()[2:]
    ended = next((at for at, line in enumerate(lines) if not line.startswith("|")), len(lines))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[:ended]]


def test_rate_table__is_what_the_curve_gives() -> None:
    rows = rows_of("MM-4", "| utilization | rate | in words |")
    assert rows
    for used, rate, _ in rows:
        assert pool.borrow_rate(CURVE, int(used)) == int(rate)
    assert f"`{pool.lend_rate(CURVE, 8 * 10**17)}`" in sections()["MM-5"]


def test_utilization_table__is_what_the_kernel_gives() -> None:
    rows = rows_of("MM-3", "| borrowed | supplied | utilization |")
    assert rows
    for borrowed, lent, used in rows:
        assert pool.utilization(Pool(borrowed=int(borrowed), lent=int(lent))) == int(used)


def test_entry_fee_number__is_what_the_kernel_gives() -> None:
    assert f"= `{pool.entry_fee(10**9, 10**17, 600)}`" in sections()["MM-7"]


def test_throttle_table__is_what_the_kernel_gives() -> None:
    shown = sections()["MM-9"].partition("| throttle_bound |")[2].splitlines()[0]
    used = Pool(borrowed=9, lent=10, throttle_bound=CURVE.throttle_utilization)
    bounds = [pool.throttle(used, CURVE, steps).throttle_bound for steps in range(4)]
    assert [int(cell) for cell in shown.strip("| ").split("|")] == bounds


def test_square_root_table__is_what_the_kernel_gives() -> None:
    head, _, roots = sections()["NT-6"].partition("| x |")[2].splitlines()[:3]
    values = [int(cell) for cell in head.strip("| ").split("|")]
    assert [int(cell) for cell in roots.strip("| ").split("|")[1:]] == list(map(isqrt_up, values))


def test_collateral_table__is_what_the_kernel_gives() -> None:
    rows = rows_of("PF-2", "| amount | listed | curved | collateral |")
    assert rows
    weight, base, penalty = 95 * PERCENT, RATIO, RATIO // 10_000
    listed = HaircutParameters(HaircutKind.IDENTITY, weight, base, penalty)
    curved = HaircutParameters(HaircutKind.INVERSE_SQRT, RATIO, base, penalty)
    haircut = HaircutParameters(HaircutKind.INVERSE_SQRT, weight, base, penalty)
    for amount, *shown in rows:
        values = [
            margin.collateral_value(kind, int(amount), 10**6, 10**6, 10**6)
            for kind in (listed, curved, haircut)
        ]
        assert list(map(int, shown)) == values


def test_recorded_requirements__are_what_the_kernel_gives() -> None:
    notional = 10**12
    rows = rows_of("PF-4", "| market | source |")
    leaves = rows_of("PF-4", "| market | initial leaves its base at |")
    assert [row[0] for row in rows] == [row[0] for row in leaves] != []
    for (_, _, *cells), (_, *shown) in zip(rows, leaves, strict=True):
        values = list(map(Decimal, cells))
        curves = (values[0], values[1], values[4]), (values[2], values[3], values[5])
        for (base, factor, fraction), leaving in zip(curves, shown, strict=True):
            required = margin.requirement(
                notional, int(base * RATIO), int(factor * RATIO), SYSTEM.quote_unit
            )
            assert required == notional * fraction
            assert round((base / factor) ** 2, 2) == Decimal(leaving)


def test_auto_close_table__is_what_the_kernel_gives() -> None:
    rows = rows_of("PF-6", "| notional | maintenance | auto_close |")
    assert rows
    divisor, offset = SYSTEM.auto_close_divisor, SYSTEM.auto_close_offset
    for notional, maintenance, shown in rows:
        found = margin.auto_close_requirement(int(notional), int(maintenance), divisor, offset)
        assert found == int(shown)


def health_of(counted: str, initial: str, maintenance: str) -> Health:
    return Health(int(counted), 0, 0, 0, int(initial), int(maintenance), 0)


def test_margin_ladder__is_what_the_kernel_decides() -> None:
    rows = rows_of("PF-8", "| what the owner does |")
    assert {row[-1] for row in rows} == {"accepted", "refused"}
    for _, counted, maintained, *after, by_margin, by_risk, outcome in rows:
        before, reached = health_of(counted, "0", maintained), health_of(*after)
        assert (reached.equity >= reached.initial) is YES[by_margin]
        assert margin.is_no_riskier(before, reached) is YES[by_risk]
        assert margin.is_admissible(before, reached) is (outcome == "accepted")


def test_premium_table__is_what_the_kernel_gives() -> None:
    rows = rows_of("SM-6", "| mean premium | tolerance |")
    assert rows
    for premium, tolerance, index, side, bound, _ in rows:
        market = dataclasses.replace(MARKET, premium_tolerance=int(tolerance))
        reference = Reference(int(index), int(index), int(premium))
        assert taker_bound(market, reference, Side(side), int(index)) == int(bound)


@pytest.mark.parametrize(
    ("clause", "records"),
    [
        ("CU-2", (SystemParameters, AssetParameters, HaircutParameters, TokenParameters)),
        ("CU-2", (PoolParameters,)),
        ("SM-1", (MarketParameters,)),
    ],
)
def test_parameter_tables__hold_every_field(clause: str, records: tuple[type, ...]) -> None:
    lines = re.findall(r"^\| ((?:`\w+`(?:, )?)+).* \|.*\|.* \|$", sections()[clause], re.MULTILINE)
    shown = {name for line in lines for name in re.findall(r"`(\w+)`", line)}
    for record in records:
        assert {field.name for field in dataclasses.fields(record)} <= shown


def without_accounts(reply: object) -> object:
    match reply:
        case dict():
            return {name: without_accounts(v) for name, v in reply.items() if name != "accounts"}
        case list():
            return [without_accounts(item) for item in reply]
        case _:
            return reply


def test_protocol_messages__are_what_the_engine_answers() -> None:
    served = Server()
    request: dict[str, Any] | None = None
    answered = []
    shown = sections()["CF-6"] + sections()["CF-10"]
    for line in re.findall(r'^\{"id":.*\}$', shown, re.MULTILINE):
        message = json.loads(line)
        if "op" in message:
            request = message
            continue
        if request is None:
            assert set(message) & {"unsupported", "errored"}
            continue
        reply = served.reply(request)
        answered.append(request["op"])
        if request["op"] == "hello":
            assert set(reply["ok"]) == set(message["ok"])
            assert reply["ok"]["capabilities"] == message["ok"]["capabilities"]
        else:
            assert without_accounts(reply) == without_accounts(message)
        request = None
    assert set(answered) == set(OPERATIONS)


def test_genesis_observation__is_literally_that_of_the_reference() -> None:
    shown = re.search(r"```json\n(.*?)```", sections()["CF-4"], re.DOTALL)
    assert shown
    assert json.loads(shown[1]) == observe(genesis(SYSTEM))


def test_action_fields__are_those_of_the_wire() -> None:
    kinds = {"int": "int", "bool": "boolean", "int | None": "int\\|all"}
    kinds |= dict.fromkeys(STRINGS, "string")
    rows = re.findall(r"^\| `(\w+)` \| (.*) \| [A-Z]{2}-\d+ \|$", sections()["CF-3"], re.MULTILINE)
    assert {name for name, _ in rows} == set(wire.action_classes())
    for name, listed in rows:
        shown = re.findall(r"`(\w+)` (int\\\|all|int|string|boolean|object)", listed)
        record = wire.action_classes()[name]
        own = [
            (field.name, kinds.get(str(field.type), "object"))
            for field in dataclasses.fields(record)
        ]
        assert [pair for pair in shown if pair[0] != "pool"] == own


def test_order_message__is_an_action_of_the_wire() -> None:
    shown = re.search(r"```json\n(.*?)```", sections()["CF-3"], re.DOTALL)
    assert shown
    message = json.loads(shown[1])
    assert set(message["flags"]) == {field.name for field in dataclasses.fields(OrderFlags)}
    assert wire.encode_action(wire.decode_action(message)) == message


def test_event_fields__are_those_of_the_records() -> None:
    shown = re.search(r"```json\n(.*?)```", sections()["CF-5"], re.DOTALL)
    assert shown
    messages = {message["type"]: message for message in map(json.loads, shown[1].splitlines())}
    assert set(messages) == {wire.type_name(record) for record in get_args(Event)}
    for record in get_args(Event):
        named = {field.name for field in dataclasses.fields(record)}
        assert set(messages[wire.type_name(record)]) == {"type", *named}


def test_reasons__are_those_of_the_records() -> None:
    moving = re.search(r"^\| `reason` of a posting .*$", sections()["CF-5"], re.MULTILINE)
    ending = re.search(r"^\| `reason` of `order_ended` .*$", sections()["CF-5"], re.MULTILINE)
    assert moving
    assert ending
    assert set(re.findall(r"`([a-z_]+)`", moving[0])) - {"reason", "shares_moved"} == set(Reason)
    assert set(re.findall(r"`([a-z_]+)`", ending[0])) - {"reason", "order_ended"} == set(OrderEnd)


def test_rejection_codes__stand_in_precedence_order() -> None:
    table = sections()["NT-9"]
    codes = re.findall(r"^\| \d+ \| `([a-z_]+)` \|", table, re.MULTILINE)
    assert codes == [code.value for code in RejectionCode]


def test_refusal_tables__order_codes_as_declared_and_by_stage() -> None:
    places = {code.value: place for place, code in enumerate(RejectionCode, start=1)}
    for clause, text in sections().items():
        rows = re.findall(r"^\| (\d) \| (\d+) \| `([a-z_]+)` \|", text, re.MULTILINE)
        assert [places[code] for _, _, code in rows] == [int(order) for _, order, _ in rows], clause
        keys = [(int(stage), int(order)) for stage, order, _ in rows]
        assert keys == sorted(set(keys)), clause


def test_render__refuses_an_example_without_table() -> None:
    with pytest.raises(examples.ExampleError, match="no table follows"):
        examples.render(
            '```yaml title="Example base"\n'
            f"system: {json.dumps(wire.encode_system(SYSTEM))}\n```\n"
            "```yaml title=\"Example: x\"\naction: {type: advance_time, time: '1'}\n```\n"
        )


def test_render__refuses_a_table_without_example() -> None:
    with pytest.raises(examples.ExampleError, match="follows no example"):
        examples.render(f"{examples.BEGIN}\n{examples.END}\n")


def test_render__names_the_example_whose_setup_is_refused() -> None:
    with pytest.raises(examples.ExampleError, match="Example: late"):
        examples.render(
            '```yaml title="Example base"\n'
            f"system: {json.dumps(wire.encode_system(SYSTEM))}\n```\n"
            '```yaml title="Example: late"\n'
            "setup: [{type: advance_time, time: '0'}]\n"
            "action: {type: advance_time, time: '1'}\n```\n"
        )
