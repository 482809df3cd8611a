"""The table of what each action may touch, written into its chapter (NT-9).

It stands between `<!-- frame:begin -->` and `<!-- frame:end -->`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ibperp_authoring.markdown import rows
from ibperp_invariants.check.records import ACTIONS
from ibperp_invariants.frame.allowed import ALLOWED, GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from enum import StrEnum

    from ibperp_invariants.frame.touches import Parts, Touches

BEGIN: Final = "<!-- frame:begin -->"
END: Final = "<!-- frame:end -->"
HEAD: Final = ("action", "accounts", "assets", "markets", "orders", "other")
OTHER: Final = ("chains", "withdrawals", "rebalances", "requests", "backstops")


def render(chapter: str) -> str:
    """Return the chapter with the table of what each action may touch written anew."""
    region = re.compile(f"^{BEGIN}\n.*?^{END}\n", re.DOTALL | re.MULTILINE)
    return region.sub(lambda _: f"{BEGIN}\n\n{table()}\n{END}\n", chapter)


def table() -> str:
    """Return the table in Markdown, one row an action, after the groups of parts that it names."""
    groups = "".join(f"- *{name}*: {_spelt(parts)}\n" for name, parts in GROUPS.items())
    body = rows(HEAD, (_row(name, ALLOWED[kind]) for name, kind in ACTIONS.items()))
    return f"{groups}\n{body}"


def _row(name: str, touches: Touches) -> tuple[str, ...]:
    kinds = (getattr(touches, kind) for kind in HEAD[1:-1])
    other = [cell for kind in OTHER for cell in _cells(getattr(touches, kind))]
    other += [f"the state: {_spelt(touches.system)}"] if touches.system else []
    return (f"`{name}`", *("; ".join(_cells(kind)) for kind in kinds), "; ".join(other))


def _cells(admitted: Mapping[StrEnum, Parts]) -> Iterator[str]:
    for word, parts in admitted.items():
        yield f"{word}: {_listed(parts)}" if parts else f"{word}: positions in it"


def _listed(parts: Parts) -> str:
    """Return parts in words, by the names of their groups where one is admitted as a whole."""
    whole = [name for name, group in GROUPS.items() if set(group) <= {*parts}]
    told = {part for name in whole for part in GROUPS[name]}
    rest = tuple(part for part in parts if part not in told)
    return ", ".join([f"*{name}*" for name in whole] + ([_spelt(rest)] if rest else []))


def _spelt(parts: Parts) -> str:
    return ", ".join(f"`{part}`" for part in parts)
