from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from ibperp.actions import (
    AdvanceTime,
    ApplyFunding,
    Borrow,
    CancelOrder,
    Lend,
    ListPerpetual,
    SetAccountSettings,
    SetMarketReference,
    Settle,
    UpdateMark,
)
from ibperp.margin import Health
from ibperp.numbers import RATIO
from ibperp.orders import Side
from ibperp.portfolio import health
from ibperp.state import Account, State, genesis
from ibperp_authoring.cases.setups import perp
from ibperp_conformance.presets.preset import load_preset
from ibperp_conformance.protocol import message_schema, observation, wire
from ibperp_conformance.protocol.observation import (
    PORTFOLIO_FIELDS,
    apply_difference,
    difference,
    flatten,
    observe,
)
from ibperp_conformance.protocol.server import Server
from ibperp_conformance.runner.vectors import flatten as flatten_received
from worlds import tiny
from worlds.tiny import order, run


def accepts(observed: dict[str, Any]) -> None:
    TypeAdapter(message_schema.observation_model()).validate_python(observed)


def test_genesis__has_every_part_and_nothing_in_it() -> None:
    observed = observe(genesis(tiny.SYSTEM))
    parts = ("chains", "assets", "markets", "orders", "withdrawals", "rebalances")
    assert [observed[part] for part in parts] == [{}] * len(parts)
    assert all(account["reserved"] == {} for account in observed["accounts"].values())


def test_genesis__accounts_hold_nothing_but_the_settings_of_a_new_account() -> None:
    assert observe(genesis(tiny.SYSTEM))["accounts"]["0"] == {
        "user": "0",
        "free": {},
        "shares": {},
        "reserved": {},
        "positions": {},
        "settings": {
            "auto_lend": False,
            "auto_repay_borrows": False,
            "auto_borrow_settlements": False,
            "auto_realize": True,
            "leverage_limit": "10000000000000000000",
        },
    }


def test_order__has_the_fields_of_the_protocol() -> None:
    placed = order(2, "ORE_USD", Side.BID, 6, 24, flags=tiny.ALL_FLAGS)
    observed = observe(run(tiny.funded(), placed))["orders"]
    assert observed == {
        "0": {
            "account": "2",
            "market": "ORE_USD",
            "side": "bid",
            "price": "24",
            "lots": "6",
            "reserved": "150",
            "post_only": False,
            "reduce_only": False,
            "self_trade_prevention": "reject_taker",
            "flags": dict.fromkeys(
                ("auto_lend", "auto_lend_redeem", "auto_borrow", "auto_borrow_repay"), True
            ),
        }
    }


def test_market__lists_open_orders_best_first() -> None:
    state = run(
        tiny.funded(),
        order(2, "ORE_USD", Side.BID, 2, 22),
        order(2, "ORE_USD", Side.BID, 2, 24),
        order(3, "ORE_USD", Side.BID, 2, 24),
        order(4, "ORE_USD", Side.ASK, 2, 27),
        order(4, "ORE_USD", Side.ASK, 2, 26),
        order(4, "ORE_USD", Side.ASK, 3, 24),
        SetMarketReference("ORE_USD", 25, 26, -5),
        CancelOrder(4, 3),
    )
    observed = observe(state)
    assert observed["markets"]["ORE_USD"] == {
        "last_price": "24",
        "index_price": "25",
        "mean_mark_price": "26",
        "mean_premium": "-5",
        "bids": ["2", "0"],
        "asks": ["4"],
    }
    assert list(observed["orders"]) == ["0", "2", "4"]
    assert observed["orders"]["2"]["lots"] == "1"
    leaves = flatten(observed)
    assert (leaves["markets/ORE_USD/bids/0"], leaves["markets/ORE_USD/bids/1"]) == ("2", "0")
    assert not [path for path in leaves if path.startswith("markets/USD_ORE/bids")]


def test_reserved__is_what_open_orders_deliver() -> None:
    accounts = observe(tiny.quoted())["accounts"]
    assert accounts["2"]["reserved"] == {"USD": "350"}
    assert accounts["4"]["reserved"] == {"ORE": "140"}
    assert accounts["3"]["reserved"] == {}


def borrowed() -> State:
    return run(tiny.funded(), Lend(2, "USD", 500), Borrow(3, "USD", 50))


@pytest.mark.parametrize(
    ("state", "reported"),
    [
        (tiny.funded(), []),
        (borrowed(), ["3"]),
        (tiny.quoted(), ["2", "4"]),
        (run(tiny.quoted(), CancelOrder(4, 1), CancelOrder(4, 3)), ["2"]),
    ],
    ids=["holds", "owes", "orders", "cancelled"],
)
def test_portfolio__of_accounts_with_exposure_or_orders(state: State, reported: list[str]) -> None:
    accounts = observe(state)["accounts"]
    assert [name for name, account in accounts.items() if "portfolio" in account] == reported
    for name in reported:
        found = health(state, state.accounts[int(name)])
        read = {field: int(value) for field, value in accounts[name]["portfolio"].items()}
        assert Health(**read) == found


def test_portfolio__costs_one_health_per_account_that_has_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def counted(state: State, account: Account) -> Health:
        asked.append(account.user)
        return health(state, account)

    monkeypatch.setattr(observation, "health", counted)
    observe(tiny.funded())
    assert asked == []
    observe(tiny.quoted())
    assert asked == [7, 8]


def test_portfolio__debt_without_a_price_is_no_exposure() -> None:
    state = borrowed()
    unpriced = replace(state, assets=tuple(replace(asset, price=0) for asset in state.assets))
    assert "portfolio" not in observe(unpriced)["accounts"]["3"]


def test_portfolio__names_the_fields_of_the_protocol() -> None:
    worth = ("equity", "uncounted_gain", "order_loss")
    assert (*worth, "exposure", "initial", "maintenance", "auto_close") == PORTFOLIO_FIELDS


def test_difference__leads_from_one_to_the_other() -> None:
    old, new = flatten(observe(tiny.funded())), flatten(observe(tiny.quoted()))
    assert apply_difference(old, difference(old, new)) == new
    assert apply_difference(new, difference(new, old)) == old
    assert difference(new, new) == {}
    assert difference(new, old)["markets/ORE_USD/bids/0"] is None


def test_flatten__keeps_names_with_slashes_apart() -> None:
    assert flatten({"a/b": "1", "a": {"b": "2"}}) == {"a~1b": "1", "a/b": "2"}


def test_flatten__is_the_same_on_both_sides() -> None:
    observed = observe(tiny.quoted())
    assert flatten(observed) == flatten_received(observed)


def test_schema__describes_what_the_engine_says() -> None:
    schema = message_schema.message_schema()
    assert {"ApplyRequest", "ObservationReply", "Deposit", "Traded"} <= schema["$defs"].keys()
    server, preset = Server(), load_preset("tiny")
    server.reply({"id": 1, "op": "reset", "system": wire.encode_system(preset.system)})
    for action in preset.actions:
        server.reply({"id": 2, "op": "apply", "action": wire.encode_action(action)})
    accepts(server.reply({"id": 3, "op": "observe"})["observation"])
    accepts(observe(tiny.quoted()))


def test_schema__leaves_out_what_an_engine_does_not_claim() -> None:
    observed = observe(tiny.quoted())
    for member in ("markets", "orders"):
        del observed[member]
    for account in observed["accounts"].values():
        del account["reserved"]
        account.pop("portfolio", None)
    accepts(observed)
    del observed["accounts"]["2"]["free"]
    with pytest.raises(ValidationError):
        accepts(observed)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("orders", "0", "side"), "buy"),
        (("orders", "0", "flags", "auto_lend"), "true"),
        (("markets", "ORE_USD", "bids"), {"0": "0"}),
        (("markets", "ORE_USD", "last_price"), 5),
        (("accounts", "2", "portfolio", "equity"), 5),
        (("accounts", "2", "reserved", "USD"), 350),
    ],
)
def test_schema__refuses_a_wrong_member(path: tuple[str, ...], value: object) -> None:
    observed = observe(tiny.quoted())
    place = observed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(ValidationError):
        accepts(observed)


PERP = "ORE_PERP"


@cache
def positioned() -> State:
    """Return a state of accounts 3, long and settled virtually, and 4, short."""
    parameters = perp(maker_fee=0, interest_rate=0, interest_clamp=0, funding_cap=RATIO)
    return run(
        tiny.funded(),
        ListPerpetual(PERP, parameters),
        UpdateMark(PERP, 30, has_basis=False, basis=0),
        SetMarketReference(PERP, 29, 31, -4),
        SetAccountSettings(3, False, False, True, False, 4 * RATIO),
        Lend(2, "USD", 500),
        order(3, PERP, Side.BID, 10, 30),
        order(4, PERP, Side.ASK, 4, 30),
        AdvanceTime(3601),
        ApplyFunding(PERP, RATIO // 2),
        UpdateMark(PERP, 27, has_basis=True, basis=1),
        Settle(),
    )


def test_perpetual__has_the_fields_of_the_protocol() -> None:
    assert observe(positioned())["markets"][PERP] == {
        "last_price": "30",
        "index_price": "27",
        "mark_price": "28",
        "mark_time": "3601",
        "mean_mark_price": "31",
        "mean_premium": "-4",
        "reference_index_price": "29",
        "funding_index": "1",
        "funding_time": "3600",
        "open_interest": "4",
        "is_limited": False,
        "bids": ["0"],
        "asks": [],
    }


def test_settings__has_the_fields_of_the_protocol() -> None:
    assert observe(positioned())["accounts"]["3"]["settings"] == {
        "auto_lend": False,
        "auto_repay_borrows": False,
        "auto_borrow_settlements": True,
        "auto_realize": False,
        "leverage_limit": "4000000000000000000",
    }


def test_position__has_the_fields_of_the_protocol() -> None:
    accounts = observe(positioned())["accounts"]
    assert accounts["3"]["positions"] == {
        PERP: {
            "lots": "4",
            "cost": "112",
            "entry_cost": "120",
            "funding_index": "1",
            "virtual": "-8000000",
            "virtual_value": "-8",
            "realized": "0",
            "fees": "0",
            "funding": "4",
            "interest": "0",
        }
    }
    assert accounts["4"]["positions"][PERP]["lots"] == "-4"
    assert accounts["2"]["positions"] == {}


def test_unsettled__is_there_if_it_is_not_zero() -> None:
    traded = run(positioned(), order(4, PERP, Side.ASK, 2, 30))
    accounts = observe(traded)["accounts"]
    unsettled = {name: each["unsettled"] for name, each in accounts.items() if "unsettled" in each}
    assert unsettled == {"0": "1", "4": "-1"}
    assert "unsettled" not in observe(positioned())["accounts"]["0"]


def test_portfolio__of_accounts_with_something_to_settle() -> None:
    traded = run(positioned(), order(4, PERP, Side.ASK, 6, 30))
    shown = [name for name, each in observe(traded)["accounts"].items() if "portfolio" in each]
    assert shown == ["0", "3", "4"]
    unpriced = replace(traded, assets=tuple(replace(asset, price=0) for asset in traded.assets))
    accounts = observe(unpriced)["accounts"]
    assert [name for name, each in accounts.items() if "portfolio" in each] == shown
    assert accounts["3"]["portfolio"]["exposure"] == "0"


def test_settlement_time__is_that_of_the_last_settlement() -> None:
    assert observe(tiny.quoted())["settlement_time"] == "0"
    assert observe(run(positioned(), AdvanceTime(5000)))["settlement_time"] == "3601"


def test_schema__describes_positions_and_perpetuals() -> None:
    observed = observe(positioned())
    accepts(observed)
    del observed["settlement_time"]
    for account in observed["accounts"].values():
        account.pop("positions", None)
    accepts(observed)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("settlement_time",), 3601),
        (("markets", PERP, "open_interest"), 4),
        (("markets", PERP, "basis"), "1"),
        (("markets", "ORE_USD", "mark_price"), "25"),
        (("accounts", "3", "positions", PERP, "lots"), 4),
        (("accounts", "3", "positions", PERP, "mark"), "27"),
        (("accounts", "3", "unsettled"), 4),
        (("accounts", "3", "settings", "auto_realize"), "false"),
    ],
)
def test_schema__refuses_a_wrong_member_of_a_perpetual(
    path: tuple[str, ...], value: object
) -> None:
    observed = observe(positioned())
    place = observed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(ValidationError):
        accepts(observed)
