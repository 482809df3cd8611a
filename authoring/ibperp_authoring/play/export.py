"""A story of a page as a file.

A vector is run by `ibperp conform --vectors FILE`, a scenario by `ibperp run FILE`.
"""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from ibperp_authoring.play.story import StoryError, read_story, told
from ibperp_conformance.protocol.observation import difference
from ibperp_conformance.runner.vectors import FORMAT, compact, content_hash

COLUMNS = 100

CLAUSE = "NT-9"
"""The clause that an exported vector names; change it where the vector is kept."""


def vector(text: str) -> str:
    """Return the file under `file`, as JSON text, or `error`."""
    try:
        story = read_story(text)
        answer = told(story)
    except StoryError as error:
        return json.dumps({"error": str(error)})
    steps = [
        {"action": action, "expect": outcome}
        for action, outcome in zip(story["steps"], answer["steps"], strict=True)
    ]
    kind = "trace" if len(steps) > 1 else "reject" if "rejected" in answer["steps"][0] else "accept"
    content: dict[str, Any] = {
        "id": f"{CLAUSE}-999",
        "clauses": [CLAUSE],
        "kind": kind,
        "why": "rule",
        "title": str(story.get("title", "from a page")),
        "setup": "page",
        "steps": steps,
        "post": difference(answer["before"], answer["after"]),
    }
    setup = {
        "id": "page",
        "system": story["system"],
        "actions": story["setup"],
        "observation": answer["before"],
    }
    made = {
        "format": FORMAT,
        "setups": [setup],
        "vectors": [content | {"hash": content_hash(content)}],
    }
    return json.dumps({"file": compact(made) + "\n"})


def scenario(text: str) -> str:
    """Return the scenario under `file`, as JSON text, or `error`; it acts as the story does."""
    try:
        story = read_story(text)
        answer = told(story)
    except StoryError as error:
        return json.dumps({"error": str(error)})
    steps = [{"action": _named(action)} for action in story["setup"]]
    for action, outcome in zip(story["steps"], answer["steps"], strict=True):
        refused = outcome.get("rejected")
        expected = {"expect_rejected": refused["code"]} if refused else {}
        steps.append({"action": _named(action), **expected})
    document = {
        "title": str(story.get("title", "from a page")),
        "system": story["system"],
        "accounts": [],
        "steps": steps,
    }
    yaml = YAML(typ="safe", pure=True)
    yaml.width = COLUMNS
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    written = StringIO()
    yaml.dump(document, written)
    return json.dumps({"file": written.getvalue()})


def _named(action: dict[str, Any]) -> dict[str, Any]:
    """Return an action that begins with its type, as people write it."""
    return {"type": action["type"], **action}
