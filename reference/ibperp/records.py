"""Frozen records, made and changed with as little work as a dataclass allows."""

from __future__ import annotations

import sys
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from dataclasses import Field, replace
else:

    def replace(old: Any, /, **changes: Any) -> Any:
        """Return a record with some of its fields changed, as `dataclasses.replace` does."""
        return old.__replace__(**changes)


__all__ = ["field", "record", "replace"]

T = TypeVar("T")

KEPT: Final = object()
"""Stands for a field that a change leaves alone, and for a default that is yet to be made."""


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """Make a class a frozen dataclass with slots, whose fields are stored without a look-up each.

    What `dataclasses` writes for a frozen class names each field to `object.__setattr__`, and a
    change of one goes through all that it knows of the class. Here both are written out: a record
    is open, of a class with the same slots that is not frozen, until its fields are stored.
    """
    made: Any = dataclass(frozen=True, slots=True)(cls)
    own = fields(made)
    opened = type(made.__name__, (), {"__slots__": made.__slots__})
    scope = {"_KEPT": KEPT, "_new": object.__new__, "_made": made, "_open": opened}
    scope["_become"] = object.__dict__["__class__"].__set__
    for each in own:
        scope[f"_default_{each.name}"] = each.default
        scope[f"_make_{each.name}"] = each.default_factory
    written: dict[str, Any] = {}
    exec(_text(own, scope), vars(sys.modules[made.__module__]), written)  # noqa: S102
    for function in written["_functions"](**scope):
        function.__qualname__ = f"{made.__qualname__}.{function.__name__}"
        setattr(made, function.__name__, function)
    made.__init__.__annotations__ = {each.name: each.type for each in own} | {"return": None}
    return made  # type: ignore[no-any-return]


def _text(own: tuple[Field[Any], ...], scope: dict[str, Any]) -> str:
    """Return the source of the functions that make a record and that change one."""
    names = [each.name for each in own]
    return "\n".join(
        (
            f"def _functions({', '.join(scope)}):",
            f" def __init__({', '.join(('self', *map(_parameter, own)))}):",
            "  _become(self, _open)",
            *(f"  self.{each.name} = {_given(each)}" for each in own),
            "  self.__class__ = _made",
            f" def __replace__(self, /{''.join(f', {name}=_KEPT' for name in names)}):",
            "  _copy = _new(_open)",
            *(f"  _copy.{name} = self.{name} if {name} is _KEPT else {name}" for name in names),
            "  _copy.__class__ = _made",
            "  return _copy",
            " return __init__, __replace__",
        )
    )


def _parameter(each: Field[Any]) -> str:
    if each.default is not MISSING:
        return f"{each.name}=_default_{each.name}"
    return each.name if each.default_factory is MISSING else f"{each.name}=_KEPT"


def _given(each: Field[Any]) -> str:
    if each.default_factory is MISSING:
        return each.name
    return f"_make_{each.name}() if {each.name} is _KEPT else {each.name}"
