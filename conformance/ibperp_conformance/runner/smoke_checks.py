"""What the smoke test tries, in order: each attempt with what to mend, and what it stands on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ibperp_conformance.json_text import told
from ibperp_conformance.protocol.client import Engine, Reply
from ibperp_conformance.runner.comparison import absent
from ibperp_conformance.runner.smoke_requests import (
    ACCOUNT,
    BOOK,
    CANCEL,
    EMPTY,
    FAR,
    LATER,
    ORDER,
    PERPETUAL,
    SETTLEMENT,
    SYSTEM,
    TRADE,
)

MARKET_PARTS: Final = ("last_price", "bids", "asks")
MALFORMED: Final = b'{"id": 1, "op": \n'


class UnexpectedError(Exception):
    """The engine answered, but not what the protocol asks for."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """`act` raises if there is something to mend, and `remedy` says what.

    It is left out for an engine without the `capabilities`, and skipped when one of `needs` failed.
    """

    name: str
    remedy: str
    act: Callable[[Engine], None]
    needs: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()


def _hello(engine: Engine) -> None:
    capabilities = engine.hello().capabilities
    if "custody" not in capabilities:
        raise UnexpectedError("hello does not declare custody, which every engine needs")


def _reset(engine: Engine) -> None:
    _want("ok", engine.request("reset", system=SYSTEM))


def _accepted(engine: Engine) -> None:
    _want("accepted", engine.request("apply", action=ACCOUNT))


def _rejected(engine: Engine) -> None:
    body = _want("rejected", engine.request("apply", action=ACCOUNT))
    if body.get("code") != "account_exists":
        raise UnexpectedError(f'the code is {_show(body.get("code"))}, not "account_exists"')


def _observe(engine: Engine) -> None:
    body = _want("observation", engine.request("observe"))
    if missing := [row.path for row in absent(body, engine.capabilities)]:
        raise UnexpectedError(f"the observation lacks {', '.join(missing)}, even if empty")
    _equal(body, "time", "0")
    _equal(_member(body, "accounts", "2"), "user", "1")


def _batch(engine: Engine) -> None:
    replies = engine.batch([("apply", {"action": LATER}), ("observe", {})])
    _want("accepted", replies[0])
    _equal(_want("observation", replies[1]), "time", "60")


def _listed(engine: Engine) -> None:
    _all_accepted(engine, BOOK)


def _placed(engine: Engine) -> None:
    _want("accepted", engine.request("apply", action=ORDER))


def _rests(engine: Engine) -> None:
    body = _want("observation", engine.request("observe"))
    market = _member(body, "markets", "ORE_CASH")
    missing = [part for part in MARKET_PARTS if part not in market]
    if missing:
        raise UnexpectedError(f"the market ORE_CASH lacks {', '.join(missing)}")
    if market["bids"] != ["0"]:
        raise UnexpectedError(f'bids is {_show(market["bids"])}, expected ["0"]')
    order = _member(body, "orders", "0")
    for name, expected in (("account", "2"), ("side", "bid"), ("lots", "2"), ("reserved", "500")):
        _equal(order, name, expected)
    _equal(_member(_member(body, "accounts", "2"), "reserved"), "CASH", "500")


def _cancelled(engine: Engine) -> None:
    replies = engine.batch([("apply", {"action": CANCEL}), ("observe", {})])
    _want("accepted", replies[0])
    body = _want("observation", replies[1])
    if _member(body, "orders"):
        raise UnexpectedError("the cancelled order is still among the open orders")
    if _member(body, "markets", "ORE_CASH").get("bids") != []:
        raise UnexpectedError("the cancelled order is still among the bids")


def _marked(engine: Engine) -> None:
    _all_accepted(engine, PERPETUAL)
    market = _member(_want("observation", engine.request("observe")), "markets", "ORE_PERP")
    _equal(market, "mark_price", "250")


def _traded(engine: Engine) -> None:
    _all_accepted(engine, TRADE)
    body = _want("observation", engine.request("observe"))
    _equal(_member(body, "markets", "ORE_PERP"), "open_interest", "2")
    for account, lots, cost in (("2", "2", "500"), ("3", "-2", "-500")):
        position = _member(body, "accounts", account, "positions", "ORE_PERP")
        _equal(position, "lots", lots)
        _equal(position, "cost", cost)


def _settled(engine: Engine) -> None:
    _all_accepted(engine, SETTLEMENT)
    body = _want("observation", engine.request("observe"))
    _equal(body, "settlement_time", "60")
    for account, free, cost in (("2", "980", "480"), ("3", "1020", "-480")):
        _equal(_member(body, "accounts", account, "free"), "CASH", free)
        _equal(_member(body, "accounts", account, "positions", "ORE_PERP"), "cost", cost)


def _saved(engine: Engine) -> None:
    requests: list[tuple[str, Mapping[str, object]]] = [
        ("save", {"name": "smoke"}),
        ("observe", {}),
        ("apply", {"action": FAR}),
        ("restore", {"name": "smoke"}),
        ("observe", {}),
    ]
    replies = engine.batch(requests)
    for place, kind in enumerate(("ok", "observation", "accepted", "ok", "observation")):
        _want(kind, replies[place])
    if replies[1].body != replies[4].body:
        raise UnexpectedError("the observation after restore is not that of the saved state")
    _want("errored", engine.request("restore", name="never saved"))


def _loaded(engine: Engine) -> None:
    state = {
        "system": SYSTEM,
        **{name: [] for name in ("assets", "markets")},
        **{name: {} for name in ("ended_orders", "ended_requests")},
        "observation": {**EMPTY, "time": "60"},
    }
    _want("ok", engine.request("load", state=state))
    body = _want("observation", engine.request("observe"))
    _equal(body, "time", "60")
    _equal(_member(body, "accounts", "2"), "user", "7")
    if _member(body, "assets"):
        raise UnexpectedError("the loaded state has no assets, but some are observed")


def _all_accepted(engine: Engine, actions: Sequence[Mapping[str, object]]) -> None:
    for reply in engine.batch([("apply", {"action": action}) for action in actions]):
        _want("accepted", reply)


def _malformed(engine: Engine) -> None:
    before = engine.request("observe")
    received = engine.exchange(MALFORMED)
    if not isinstance(received, dict) or set(received) != {"id", "errored"} or received["id"]:
        raise UnexpectedError(f"the answer is {_show(received)}")
    if engine.request("observe") != before:
        raise UnexpectedError("the observation is another than before that line")


def _unknown(engine: Engine) -> None:
    _want("errored", engine.request("no_such_operation"))


def _bye(engine: Engine) -> None:
    _want("ok", engine.request("bye"))
    if not engine.finish():
        raise UnexpectedError("the engine still runs a second after bye")


ATTEMPTS: Final[tuple[Attempt, ...]] = (
    Attempt(
        "hello",
        (
            'answer {"id": 1, "ok": {"protocol": "1", "name": ..., "version": ..., '
            '"capabilities": ["custody", "money_market"]}} on one line, and flush standard '
            "output after every line"
        ),
        _hello,
    ),
    Attempt(
        "reset",
        'forget every state, take the system parameters, answer {"id": ..., "ok": {}}',
        _reset,
    ),
    Attempt(
        "apply, accepted",
        (
            'accounts 0 and 1 exist after reset, so account 2 can be created: answer {"id": '
            '..., "accepted": {"events": []}}'
        ),
        _accepted,
        needs=("reset",),
    ),
    Attempt(
        "apply, rejected",
        'account 2 exists now: answer {"id": ..., "rejected": {"code": "account_exists"}}',
        _rejected,
        needs=("apply, accepted",),
    ),
    Attempt(
        "observe",
        (
            "answer the whole state as the chapter on conformance lays it out, every integer as"
            " a string"
        ),
        _observe,
        needs=("apply, accepted",),
    ),
    Attempt(
        "batch",
        (
            'answer {"id": ..., "replies": [...]} with one reply per request, in order, each '
            "with the id of its own request"
        ),
        _batch,
        needs=("observe",),
    ),
    Attempt(
        "list a market",
        "accept two assets, their prices, a deposit and the market between them",
        _listed,
        needs=("batch",),
        capabilities=("spot_margin",),
    ),
    Attempt(
        "place an order",
        "nothing is there to trade with, so all of it rests: answer accepted",
        _placed,
        needs=("list a market",),
        capabilities=("spot_margin",),
    ),
    Attempt(
        "observe an order",
        (
            "show the order as orders/0, its id in the array markets/ORE_CASH/bids, and the 500"
            " atoms of CASH that it would deliver as accounts/2/reserved/CASH"
        ),
        _rests,
        needs=("place an order",),
        capabilities=("spot_margin",),
    ),
    Attempt(
        "cancel an order",
        "answer accepted; take the order out of orders and bids",
        _cancelled,
        needs=("observe an order",),
        capabilities=("spot_margin",),
    ),
    Attempt(
        "list a perpetual",
        "accept the perpetual market and an index of 250: with nothing else, that is its mark",
        _marked,
        needs=("list a market",),
        capabilities=("spot_margin", "perpetuals"),
    ),
    Attempt(
        "trade a perpetual",
        (
            "the two orders trade: show 2 lots long as accounts/2/positions/ORE_PERP, 2 lots "
            "short of account 3, and the open interest of the market"
        ),
        _traded,
        needs=("list a perpetual",),
        capabilities=("spot_margin", "perpetuals"),
    ),
    Attempt(
        "settle",
        (
            "the mark fell by 10: account 2 pays 20 atoms of CASH, account 3 receives them, "
            "both positions stand at the mark, and settlement_time is the time"
        ),
        _settled,
        needs=("trade a perpetual",),
        capabilities=("spot_margin", "perpetuals", "settlement"),
    ),
    Attempt(
        "save and restore",
        (
            "keep the state under its name; after restore everything is as it was when it was "
            "saved; answer errored to a name that was never saved"
        ),
        _saved,
        needs=("batch",),
        capabilities=("states",),
    ),
    Attempt(
        "load",
        "make the state that is written down the current one",
        _loaded,
        needs=("observe",),
        capabilities=("states",),
    ),
    Attempt(
        "malformed line",
        'answer {"id": null, "errored": {"message": ...}} to a line that is not JSON, and go on',
        _malformed,
        needs=("reset",),
    ),
    Attempt(
        "unknown operation", 'answer {"id": ..., "errored": {"message": ...}} and go on', _unknown
    ),
    Attempt("bye", 'answer {"id": ..., "ok": {}} and exit', _bye),
)


def _want(kind: str, reply: Reply) -> Mapping[str, object]:
    if reply.kind != kind or not isinstance(reply.body, dict):
        raise UnexpectedError(f"expected {kind}, received {reply.kind}: {_show(reply.body)}")
    return reply.body


def _member(fields: Mapping[str, object], *path: str) -> Mapping[str, object]:
    found: object = fields
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping):
        raise UnexpectedError(f"the observation lacks {'/'.join(path)}, or it is no object")
    return found


def _equal(fields: Mapping[str, object], name: str, expected: str) -> None:
    if fields.get(name) != expected:
        raise UnexpectedError(f'{name} is {_show(fields.get(name))}, expected "{expected}"')


def _show(value: object) -> str:
    return told(value, 200)
