"""Observations of halts, ramps, backstops and requests for quotes, and the views made of them."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from ibperp.actions import (
    AdvanceTime,
    CancelRequest,
    Halt,
    ListPerpetual,
    RegisterBackstop,
    RequestQuote,
    Resume,
    SetAssetParameters,
    SetPerpetualParameters,
    SetPrice,
    SubmitQuote,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.orders import OrderFlags, Side
from ibperp.outcomes import Accepted
from ibperp.state import State, genesis
from ibperp.transition import transition
from ibperp_authoring.cases.setups import perp
from ibperp_conformance.protocol import message_schema
from ibperp_conformance.protocol.observation import flatten, observe
from ibperp_conformance.runner.comparison import compare_observation
from ibperp_invariants.view.follow import view_of_observation
from ibperp_invariants.view.from_state import view_of_state
from ibperp_invariants.view.view import Known, RampView, View, with_known
from worlds import tiny
from worlds.tiny import run

PERP = "ORE_PERP"
FLAGS = OrderFlags(
    auto_lend=False, auto_lend_redeem=True, auto_borrow=False, auto_borrow_repay=True
)
ASKED = RequestQuote(4, "ORE_USD", Side.BID, 4, 26, 0, False, 300, FLAGS)
"""Account 4 asks for four lots of ORE, from anyone, at 26 at most."""


def ramped() -> State:
    """The margins of ORE and of a perpetual double over a hundred seconds; fifty of them passed."""
    state = tiny.quoted(replace(tiny.SYSTEM, ramp_interval=100))
    ore = state.assets[1].parameters
    return run(
        state,
        ListPerpetual(PERP, perp()),
        AdvanceTime(state.time + 100),
        SetAssetParameters("ORE", replace(ore, imf_base=2 * ore.imf_base)),
        SetPerpetualParameters(PERP, perp(mmf_base=perp().mmf_base // 2)),
        AdvanceTime(state.time + 150),
    )


def asked() -> State:
    """Accounts 2 and 3 quote for a request of account 4."""
    quotes = (SubmitQuote(2, 0, 25, FLAGS), SubmitQuote(3, 0, 26, FLAGS))
    return run(tiny.quoted(), ASKED, *quotes)


def accepts(observed: dict[str, Any]) -> None:
    TypeAdapter(message_schema.observation_model()).validate_python(observed)


def viewed(state: State) -> View:
    """Return the view of what is observed, after comparing it with that of the state."""
    limits = {item.symbol: item.parameters for item in state.assets}
    known = Known(state.system, limits, {item.symbol: item.parameters for item in state.markets})
    observed, own = with_known(view_of_observation(observe(state)), known), view_of_state(state)
    assert observed.is_halted == own.is_halted
    assert observed.liquidation_time == own.liquidation_time
    assert dict(observed.backstops) == dict(own.backstops)
    assert dict(observed.requests) == dict(own.requests)
    for symbol, asset in own.assets.items():
        assert observed.assets[symbol] == asset
    for symbol, market in own.markets.items():
        assert observed.markets[symbol] == market
    return observed


def test_genesis__is_neither_halted_nor_paused() -> None:
    observed = observe(genesis(tiny.SYSTEM))
    assert observed["halted"] is False
    assert observed["liquidation_time"] == "0"
    assert observed["backstops"] == observed["requests"] == {}


def test_halt__is_observed_and_the_grace_after_it() -> None:
    halted = run(tiny.quoted(), Halt())
    assert observe(halted)["halted"] is True
    assert viewed(halted).is_halted
    resumed = run(halted, Resume())
    assert observe(resumed)["halted"] is False
    waits = resumed.time + resumed.system.liquidation_grace
    assert observe(resumed)["liquidation_time"] == str(waits)
    assert viewed(resumed).liquidation_time == waits


def test_halt__is_compared_with_engines_that_claim_governance() -> None:
    halted = observe(run(tiny.quoted(), Halt()))
    expected = flatten(halted)
    without = {name: part for name, part in halted.items() if name != "halted"}
    assert compare_observation(expected, without, {"governance", "settlement", "portfolio"})
    assert not compare_observation(expected, without, {"settlement", "portfolio"})


def test_is_limited__is_there_for_assets_and_perpetuals() -> None:
    state = run(tiny.quoted(), ListPerpetual(PERP, perp(price_update_max=2 * RATIO)))
    state = run(state, UpdateMark(PERP, 10, has_basis=False, basis=0))
    observed = observe(state)
    assert [asset["is_limited"] for asset in observed["assets"].values()] == [False, False]
    assert observed["markets"][PERP]["is_limited"] is False
    assert "is_limited" not in observed["markets"]["ORE_USD"]
    state = run(state, SetPrice("ORE", 10**6), UpdateMark(PERP, 100, has_basis=False, basis=0))
    assert observe(state)["assets"]["ORE"]["is_limited"] is True
    assert observe(state)["markets"][PERP]["is_limited"] is True
    seen = viewed(state)
    assert seen.assets["ORE"].is_limited
    accepts(observe(state))


def test_ramp__shows_where_margins_come_from_stand_and_go_to() -> None:
    observed = observe(ramped())
    ramp = observed["assets"]["ORE"]["ramp"]
    assert int(ramp["end"]) - int(ramp["start"]) == 100
    fractions = [int(ramp[place]["imf_base"]) for place in ("origin", "current", "target")]
    assert fractions == [RATIO // 50, RATIO * 3 // 100, RATIO // 25]
    assert set(ramp["origin"]) - set(observed["markets"][PERP]["ramp"]["origin"]) == {
        "weight",
        "base",
        "penalty",
    }
    accepts(observed)


def test_ramp__is_gone_at_its_end() -> None:
    state = ramped()
    over = observe(run(state, AdvanceTime(state.time + 50)))
    assert "ramp" not in over["assets"]["ORE"]
    assert "ramp" not in over["markets"][PERP]


def test_ramp__is_viewed_alike_in_states_and_observations() -> None:
    seen = viewed(ramped())
    ramp = seen.assets["ORE"].ramp
    assert isinstance(ramp, RampView)
    assert ramp.origin.imf_base < ramp.current.imf_base < ramp.target.imf_base


def test_backstops__have_a_capacity_until_they_end() -> None:
    state = run(tiny.quoted(), RegisterBackstop(4, 500))
    assert observe(state)["backstops"] == {"4": "500"}
    assert viewed(state).backstops == {4: 500}
    accepts(observe(state))
    assert observe(run(state, RegisterBackstop(4, 0)))["backstops"] == {}


def test_request__has_the_fields_of_the_protocol() -> None:
    flags = {
        "auto_lend": False,
        "auto_lend_redeem": True,
        "auto_borrow": False,
        "auto_borrow_repay": True,
    }
    observed = observe(asked())
    assert observed["requests"] == {
        "0": {
            "account": "4",
            "market": "ORE_USD",
            "side": "bid",
            "lots": "4",
            "price": "26",
            "counterparty": "0",
            "immediate": False,
            "expires": "300",
            "kind": "User",
            "flags": flags,
            "quotes": {
                "2": {"price": "25", "flags": flags},
                "3": {"price": "26", "flags": flags},
            },
        }
    }
    accepts(observed)
    assert viewed(asked()).requests[0].quotes[2].price == 25


def test_request__is_gone_when_it_is_cancelled() -> None:
    outcome = transition(asked(), CancelRequest(4, 0))
    assert isinstance(outcome, Accepted)
    assert observe(outcome.state)["requests"] == {}
    assert not viewed(outcome.state).requests


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("halted",), "false"),
        (("liquidation_time",), 0),
        (("backstops",), {"2": 5}),
        (("assets", "ORE", "is_limited"), "true"),
        (("assets", "ORE", "ramp"), {}),
        (("markets", "ORE_USD", "is_limited"), False),
        (("requests", "0", "kind"), "user"),
        (("requests", "0", "quotes", "2", "price"), 25),
    ],
)
def test_schema__refuses_a_wrong_member(path: tuple[str, ...], value: object) -> None:
    observed = observe(asked())
    accepts(observed)
    place = observed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(ValidationError):
        accepts(observed)
