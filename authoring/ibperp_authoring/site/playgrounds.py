"""The pages of the shipped scenarios: their run as it is, with a place to change it and run it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp_authoring.play.scenario import clause_address
from ibperp_authoring.site.runs import shipped
from ibperp_conformance.page.document import run_body

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE: Final = """---
search:
  boost: 0.5
---

# {title}

The scenario [{name}.yaml](../scenarios/{name}.yaml), run by the reference. Move the slider to see
each step. Change the scenario, and run it again in this page.

<div class="playground" data-name="{name}" data-from="../../scenarios/{name}.yaml"></div>

<div class="playground-view" data-search-exclude>
{body}</div>

<script src="../../assets/made/view.js" defer></script>
"""


def playgrounds(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the page of every shipped scenario by its path, and a list of them.

    Raises ValueError if a step went otherwise than its scenario expects.
    """
    lines = ["| scenario | preset | steps |", "|---|---|--:|"]
    for path in sorted((root / "docs" / "scenarios").glob("*.yaml")):
        result, is_checked = shipped(path)
        body = "".join(run_body(result, clause_address, is_checked=is_checked))
        yield (
            f"docs/playground/{path.stem}.md",
            PAGE.format(title=result.title, name=path.stem, body=body),
        )
        lines.append(
            f"| [{result.title}](playground/{path.stem}.md) | {result.preset.name} "
            f"| {len(result.steps):,} |"
        )
    yield "build/playgrounds.md", "\n".join(lines) + "\n"
