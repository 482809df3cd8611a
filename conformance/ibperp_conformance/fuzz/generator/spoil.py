"""Steps that name something wrong, or violate several rules at once."""

from __future__ import annotations

from dataclasses import fields, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from ibperp.numbers import INT128_MAX, RATIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.actions import Action
    from ibperp_conformance.fuzz.generator.run import Run

NUMBERS: Final = (0, 0, -1, 1, INT128_MAX, INT128_MAX + 1, RATIO, 10**39)
NAMES: Final = ("", "?", "NONE", "x" * 33)


def spoil(run: Run, make: Callable[[Run], Action | None]) -> None:
    """Make a step with one field wrong, or two or three."""
    action = make(run)
    if action is None:
        return
    names = [item.name for item in fields(action)]
    run.random.shuffle(names)
    wrong = {}
    for name in names[: run.pick((1, 1, 2, 3))]:
        value = _wrong(run, name, getattr(action, name))
        if value is not None:
            wrong[name] = value
    run.act(replace(action, **wrong))


def _wrong(run: Run, name: str, value: Any) -> Any:
    """Return another value for a field, lawful in type; None if there is none."""
    match value:
        case bool():
            return not value
        case int():
            others = (len(run.state.accounts), run.owner(), 0, 1)
            beside = (value - 1, value + 1, -value)
            return run.pick((*NUMBERS, *beside, *others))
        case Enum():
            return run.pick(tuple(type(value)))
        case str():
            markets = [own.symbol for own in run.state.markets]
            assets = [own.symbol for own in run.state.assets]
            chains = [own.name for own in run.state.chains]
            lists = {"market": markets, "asset": assets}
            known = lists.get(name, chains)
            return run.pick((*NAMES, *known, *known, *markets))
        case _:
            return None
