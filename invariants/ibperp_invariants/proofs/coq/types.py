"""Types of the reference in Coq: integers, truth values, enumerations, records, options, pairs."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import types
import typing
from typing import Any

from ibperp_invariants.proofs.executor.arguments import hints


class UntranslatableError(Exception):
    """The generator has no meaning in Coq for a piece of Python; says which."""


class Types:
    """The types that a set of kernels uses, each with its declaration and its equality."""

    def __init__(self) -> None:
        self.declared: dict[type, str] = {}

    def name(self, kind: Any) -> str:
        """Return the Coq type of a Python type; declare it if it is new."""
        if kind is int:
            return "Z"
        if kind is bool:
            return "bool"
        parts = [part for part in typing.get_args(kind) if part is not types.NoneType]
        if typing.get_origin(kind) in {types.UnionType, typing.Union} and len(parts) == 1:
            return f"(option {self.name(parts[0])})"
        if typing.get_origin(kind) is tuple and ... not in parts:
            return f"({' * '.join(self.name(part) for part in parts)})"
        if inspect.isclass(kind) and (
            issubclass(kind, enum.Enum) or dataclasses.is_dataclass(kind)
        ):
            self._declare(kind)
            return kind.__name__
        raise UntranslatableError(f"the type {kind}")

    def equality(self, kind: Any) -> str:
        """Return the function that tells whether two values of a type are equal."""
        if kind is int:
            return "Z.eqb"
        if kind is bool:
            return "Bool.eqb"
        parts = [part for part in typing.get_args(kind) if part is not types.NoneType]
        if typing.get_origin(kind) in {types.UnionType, typing.Union}:
            return f"(option_eqb {self.equality(parts[0])})"
        if typing.get_origin(kind) is tuple:
            found = self.equality(parts[0])
            for part in parts[1:]:
                found = f"(pair_eqb {found} {self.equality(part)})"
            return found
        self.name(kind)
        return f"{kind.__name__}_eqb"

    def literal(self, value: Any) -> str:
        """Return a value of the reference as a Coq term."""
        if isinstance(value, enum.Enum):
            return f"{type(value).__name__}_{value.name}"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return f"({value})"
        if isinstance(value, tuple):
            return f"({', '.join(self.literal(part) for part in value)})"
        shown = (self.of(kind, getattr(value, field)) for field, kind in hints(type(value)).items())
        return f"(mk_{type(value).__name__} {' '.join(shown)})"

    def of(self, kind: Any, value: Any) -> str:
        """Return a value of a type as a Coq term; an option is wrapped."""
        if type(None) not in typing.get_args(kind):
            if typing.get_origin(kind) is tuple:
                parts = zip(typing.get_args(kind), value, strict=True)
                return f"({', '.join(self.of(part, entry) for part, entry in parts)})"
            return self.literal(value)
        inner = next(part for part in typing.get_args(kind) if part is not types.NoneType)
        return "None" if value is None else f"(Some {self.of(inner, value)})"

    def _declare(self, kind: Any) -> None:
        if kind in self.declared:
            return
        name = kind.__name__
        if issubclass(kind, enum.Enum):
            members = [f"{name}_{member.name}" for member in kind]
            cases = " ".join(f"| {member}, {member} => true" for member in members)
            other = "| _, _ => false " if len(members) > 1 else ""
            self.declared[kind] = (
                f"Inductive {name} := {' | '.join(members)}.\n"
                f"Definition {name}_eqb (a b : {name}) : bool :=\n"
                f"  match a, b with {cases} {other}end."
            )
            return
        fields = hints(kind)
        shown = "; ".join(f"{name}_{field} : {self.name(of)}" for field, of in fields.items())
        same = " && ".join(
            f"{self.equality(of)} ({name}_{field} a) ({name}_{field} b)"
            for field, of in fields.items()
        )
        self.declared[kind] = (
            f"Record {name} := mk_{name} {{ {shown} }}.\n"
            f"Definition {name}_eqb (a b : {name}) : bool := {same}."
        )
