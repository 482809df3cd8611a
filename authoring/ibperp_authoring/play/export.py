"""A story of a page as a file of one vector, which `ibperp conform --vectors FILE` runs."""

from __future__ import annotations

import json
from typing import Any

from ibperp_authoring.play.story import StoryError, read_story, told
from ibperp_conformance.protocol.observation import difference
from ibperp_conformance.runner.vectors import FORMAT, compact, content_hash

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
