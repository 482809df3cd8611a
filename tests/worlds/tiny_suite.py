"""A suite of three vectors, for tests of the runner."""

import copy
import json
from pathlib import Path
from typing import Any

from ibperp.state import genesis
from ibperp_conformance.protocol.observation import flatten, observe
from ibperp_conformance.protocol.wire import encode_system
from worlds.tiny import SYSTEM


def create(account: int, user: int = 1) -> dict[str, str]:
    return {"type": "create_account", "account": str(account), "user": str(user)}


def step(action: dict[str, str], code: str | None = None) -> dict[str, Any]:
    if code is None:
        return {"action": action, "expect": {"accepted": {"events": []}}}
    return {"action": action, "expect": {"rejected": {"code": code, "violated": [code]}}}


def vector(name: str, steps: list[dict[str, Any]], post: dict[str, Any]) -> dict[str, Any]:
    rejects = "rejected" in steps[0]["expect"]
    return {
        "id": name,
        "clauses": ["CU-3"],
        "kind": "reject" if rejects else "accept",
        "why": "rule",
        "title": f"title of {name}",
        "setup": "empty",
        "steps": steps,
        "post": post,
        "hash": "0",
    } | ({"twin": "CU-3-001"} if rejects else {})


def suite() -> tuple[dict[str, Any], dict[str, Any]]:
    observation = flatten(observe(genesis(SYSTEM)))
    fresh = {
        path.replace("accounts/0/", "accounts/2/"): value
        for path, value in observation.items()
        if path.startswith("accounts/0/")
    } | {"accounts/2/user": "1"}
    setup = {
        "id": "empty",
        "system": encode_system(SYSTEM),
        "actions": [],
        "observation": observation,
    }
    vectors = [
        vector("CU-3-001", [step(create(2))], fresh),
        vector("CU-3-002", [step(create(3), "account_unknown")], {}),
        vector("CU-3-003", [step({"type": "advance_time", "time": "9"})], {"time": "9"}),
    ]
    return {"format": "1", "setups": [setup]}, {"format": "1", "vectors": vectors}


def write(
    folder: Path, vectors: dict[str, Any] | None = None, *, setup: dict[str, Any] | None = None
) -> Path:
    """Write the suite, or other vectors, with one setup more if it is given."""
    setups, standard = copy.deepcopy(suite())
    setups["setups"] += [setup] if setup else []
    directory = folder / "spec" / "vectors"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "setups.json").write_text(json.dumps(setups))
    (directory / "custody.json").write_text(json.dumps(vectors or standard))
    return directory
