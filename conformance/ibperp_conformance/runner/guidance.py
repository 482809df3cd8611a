"""What a failing run tells its reader first: failures that are alike together, and what is next."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ibperp_conformance.json_text import visible
from ibperp_conformance.runner.campaign import Outcome
from ibperp_conformance.runner.capabilities import FILLS

if TYPE_CHECKING:
    from ibperp_conformance.runner.campaign import Campaign, Result

_CLAIM: Final = "the engine does not claim "
BROKEN: Final = "the engine broke the protocol"
"""How what is wrong begins where the output is no reply at all."""

_FIRST: Final = frozenset(("reset", "list_asset", "create_account"))
"""What nearly every vector needs, also those of capabilities that come later."""
_NUMBER: Final = re.compile(r"(?<![A-Za-z0-9_-])-?[0-9]+(?![A-Za-z0-9_])")


@dataclass(frozen=True, slots=True)
class Group:
    """Vectors that failed at the same action in the same way; `what` has `*` for its numbers."""

    outcome: Outcome
    at: str
    what: str
    results: tuple[Result, ...]


def groups(campaign: Campaign) -> list[Group]:
    """Return the results that are not good, alike ones together, the largest group first.

    What the engine does not claim is one group, the last.
    """
    found: dict[tuple[Outcome, str, str], list[Result]] = {}
    for result in campaign.bad:
        what = "" if _unclaimed(result) else _NUMBER.sub("*", result.what or result.message)
        if result.outcome is Outcome.PASSED:
            what = "listed as a known failure, but passed; remove the line"
        found.setdefault((result.outcome, result.at, what), []).append(result)
    alike = [
        Group(outcome, at, what or f"not claimed in hello: {_counted(results)}", tuple(results))
        for (outcome, at, what), results in found.items()
    ]
    return sorted(alike, key=lambda group: (_unclaimed(group.results[0]), -len(group.results)))


def advice(campaign: Campaign) -> str:
    """Return in a line what to do next, for an engine that does not conform; empty if it does."""
    waiting = Counter(result.at for result in campaign.bad if result.at)
    if waiting:
        action, count = waiting.most_common(1)[0]
        told = {each.outcome for each in campaign.bad if each.at == action}
        if all(each.what.startswith(BROKEN) for each in campaign.bad if each.at == action):
            return f"next: mend how the engine answers, with ibperp smoke; {_waiting(count)} for it"
        verb = "implement" if told <= {Outcome.ERRORED, Outcome.UNSUPPORTED} else "mend"
        behind = count + sum(map(_unclaimed, campaign.bad)) * (action in _FIRST)
        return f"next: {verb} `{visible(action, 80)}`; {_waiting(behind)} for it"
    sets = [_missing(result) for result in campaign.bad if _unclaimed(result)]
    if not sets:
        return ""
    fewest = min(len(each) for each in sets)
    claimed = campaign.hello.capabilities if campaign.hello else ()
    if FILLS in claimed and ("spot_margin",) in sets:
        return "next: run an engine without a book with --capability fills"
    name, count = Counter(each for each in sets if len(each) == fewest).most_common(1)[0]
    return f"next: implement {' and '.join(name)}, claim it in hello; {_waiting(count)} for it"


def _waiting(count: int) -> str:
    return "1 vector waits" if count == 1 else f"{count:,} vectors wait"


def _unclaimed(result: Result) -> bool:
    return result.what.startswith(_CLAIM)


def _missing(result: Result) -> tuple[str, ...]:
    return tuple(result.what.removeprefix(_CLAIM).split(" and "))


def _counted(results: list[Result]) -> str:
    """Return each capability that is missing, with the number of vectors that need it."""
    counted = Counter(name for result in results for name in _missing(result))
    return ", ".join(f"{name} ({count:,})" for name, count in counted.most_common())
