"""The capability `states`: a loaded state goes on like the one that was written down."""

from __future__ import annotations

import copy
import json
import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from ibperp.outcomes import Accepted
from ibperp.state import State
from ibperp.transition import transition
from ibperp_conformance.protocol.observation import observe
from ibperp_conformance.protocol.server import Server
from ibperp_conformance.protocol.states import dump, load
from ibperp_conformance.protocol.wire import WireError, encode_outcome, encode_system
from ibperp_conformance.runner.campaign import Campaign, conduct
from ibperp_conformance.runner.vectors import Suite
from walks.walk import EVERYTHING, traders, useful_action
from walks.walk_risk import RISK, risky
from worlds.shipped import shipped_suite
from worlds.tiny import SYSTEM

MIXES: Final = {"everything": EVERYTHING, "risk": RISK}


def reread(state: State) -> State:
    return load(json.loads(json.dumps(dump(state))))


@pytest.mark.parametrize("mix", MIXES)
def test_load__goes_on_like_the_state_that_was_dumped(mix: str) -> None:
    """Two runs with the same actions, of which one forgets and loads its state now and then."""
    chance = random.Random(7)
    kept = other = traders(risky(chance, SYSTEM))
    for step in range(150):
        if step % 10 == 0:
            other = reread(other)
            assert observe(other) == observe(kept)
        action = useful_action(chance, kept, MIXES[mix])
        mine, its = transition(kept, action), transition(other, action)
        assert encode_outcome(kept, mine) == encode_outcome(other, its)
        if isinstance(mine, Accepted) and isinstance(its, Accepted):
            kept, other = mine.state, its.state


def broken(change: str) -> dict[str, Any]:
    written = copy.deepcopy(dump(traders()))
    shown = written["observation"]
    match change:
        case "unknown field":
            written["more"] = "1"
        case "missing field":
            del shown["time"]
        case "integer as number":
            shown["time"] = 60
        case "unknown asset":
            shown["accounts"]["2"]["free"]["NONE"] = "1"
        case "gap in the ids":
            shown["accounts"]["9"] = shown["accounts"].pop("6")
        case "money from nowhere":
            shown["accounts"]["2"]["free"]["USD"] += "0"
        case _:
            pass
    return written


@pytest.mark.parametrize(
    "change",
    [
        "unknown field",
        "missing field",
        "integer as number",
        "unknown asset",
        "gap in the ids",
        "money from nowhere",
    ],
)
def test_load__refuses_what_no_actions_lead_to(change: str) -> None:
    with pytest.raises(WireError, match="state"):
        load(broken(change))


def test_engine__keeps_saved_states_over_a_reset() -> None:
    served = Server()

    def ask(op: str, **fields: object) -> dict[str, Any]:
        return served.reply({"id": 1, "op": op, **fields})

    assert "errored" in ask("save", name="a")
    assert "errored" in ask("restore", name="a")
    assert "ok" in ask("load", state=dump(traders()))
    shown = ask("observe")
    assert "ok" in ask("save", name="a")
    assert "ok" in ask("reset", system=encode_system(SYSTEM))
    assert "errored" in ask("load", state=broken("missing field"))
    assert ask("observe")["observation"]["assets"] == {}
    assert "ok" in ask("restore", name="a")
    assert ask("observe") == shown


def of_one_setup(count: int) -> tuple[Suite, list[Any]]:
    suite = shipped_suite()
    vectors = [vector for vector in suite.vectors.values() if vector.setup == "spot_book"]
    return suite, vectors[:count]


@pytest.mark.parametrize(("claims", "applied"), [(True, 25), (False, 75)])
def test_conduct__builds_a_setup_once_where_states_are_claimed(
    tmp_path: Path, claims: bool, applied: int
) -> None:
    suite, vectors = of_one_setup(3)
    log = tmp_path / "log"
    script = (
        "import sys; from ibperp_conformance.protocol import server\n"
        f"if not {claims}: server.CAPABILITIES = server.CAPABILITIES[:-1]\n"
        "class Counting(server.Server):\n"
        "    def _apply(self, data):\n"
        f"        print(data['type'], file=open({str(log)!r}, 'a'))\n"
        "        return super()._apply(data)\n"
        "server.main_server(Counting())\n"
    )
    campaign = Campaign((sys.executable, "-c", script), "core", len(vectors))
    conduct(suite, vectors, campaign)
    assert campaign.exit_code == 0
    own = sum(len(vector.steps) for vector in vectors)
    assert len(log.read_text().splitlines()) == applied + own


def test_conduct__loads_a_setup_that_has_a_state() -> None:
    suite, vectors = of_one_setup(1)
    served = Server()
    setup = suite.setups["spot_book"]
    served.reply({"id": 1, "op": "reset", "system": setup.system})
    for action in setup.actions:
        served.reply({"id": 1, "op": "apply", "action": action})
    assert served.state is not None
    lone = replace(setup, actions=setup.actions[:1], state=dump(served.state))
    campaign = conduct(Suite({lone.id: lone}, suite.vectors), vectors, Campaign((), "core", 1))
    assert campaign.exit_code == 0
