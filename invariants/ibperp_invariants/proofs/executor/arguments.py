"""Arguments of a theorem: for each parameter a value that stands for all values of its type."""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Any

import ibperp
from ibperp_invariants.proofs.executor.paths import UnsupportedError, current
from ibperp_invariants.proofs.executor.values import integer, truth


@cache
def _names() -> dict[str, Any]:
    """Return every public name of the reference, for annotations that only a checker imports."""
    found: dict[str, Any] = {"types": types}
    for module in pkgutil.walk_packages(ibperp.__path__, "ibperp."):
        loaded = importlib.import_module(module.name)
        found |= {
            name: value
            for name, value in vars(loaded).items()
            if inspect.isclass(value) or name[:1].isupper()
        }
    return found


@cache
def signature(of: Any) -> dict[str, Any]:
    """Return the types of the fields of a class, or of parameters and result of a function."""
    scope = vars(importlib.import_module(of.__module__))
    return typing.get_type_hints(of, {**vars(collections.abc), **_names(), **scope})


def hints(of: Any) -> dict[str, Any]:
    """Return the types of the fields of a class or of the parameters of a function."""
    return {name: kind for name, kind in signature(of).items() if name != "return"}


def arguments(function: Callable[..., object]) -> dict[str, Any]:
    """Return the arguments with which a theorem runs."""
    return {name: make(kind, name) for name, kind in hints(function).items()}


def make(kind: Any, name: str) -> Any:
    """Return a value of a type that stands for all its values; `name` names its variables."""
    if kind is int:
        return integer(name)
    if kind is bool:
        return truth(name)
    if kind is types.NoneType:
        return None
    if inspect.isclass(kind) and issubclass(kind, enum.Enum):
        members: list[enum.Enum] = list(kind)
        *others, last = members
        return next((one for one in others if current().chosen(f"{name} is {one.name}")), last)
    if dataclasses.is_dataclass(kind):
        made = {field: make(of, f"{name}.{field}") for field, of in hints(kind).items()}
        return kind(**made)  # type: ignore[operator]
    parts = typing.get_args(kind)
    if typing.get_origin(kind) is tuple and ... not in parts:
        return tuple(make(part, f"{name}.{place}") for place, part in enumerate(parts))
    if typing.get_origin(kind) in {types.UnionType, typing.Union}:
        *others, last = parts
        taken = (one for one in others if current().chosen(f"{name} is a {one}"))
        return make(next(taken, last), name)
    raise UnsupportedError(f"a parameter of type {kind}")
