"""How strong each theorem is: premises it does not need, what it fixes, mutants that it refutes.

Measured by `python -m ibperp_authoring.strength`, saved theorem by theorem, and stale when the code
that the theorem reaches changes.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from ibperp_invariants.proofs.checker import ALL_MODULES, all_theorems
from ibperp_invariants.proofs.opinions import theorem_hash

STRENGTH: Final = Path(__file__).with_name("strength.json")
"""The measurements that ship."""

NOT_MEASURED: Final = "not measured"


@dataclass(frozen=True, slots=True)
class Strength:
    """What was measured of one theorem.

    `needless`: of its `premises` those without each of which it holds all the same. `fixes`: the
    numbers that stand in its state. `survivors`: of the `mutants` of the functions that it calls,
    those that it does not refute. `code`: the hash of what it reaches.
    """

    premises: int
    needless: tuple[str, ...]
    fixes: tuple[str, ...]
    mutants: int
    survivors: tuple[str, ...]
    date: str
    code: str

    @property
    def killed(self) -> int:
        """How many mutants it refutes."""
        return self.mutants - len(self.survivors)


def read_strength(path: Path = STRENGTH) -> dict[str, Strength]:
    """Return what was measured, by theorem; raise ValueError if the file holds something else."""
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {name: _strength(entry) for name, entry in content["theorems"].items()}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path}: holds no measurements ({error}); name another file") from None


def _strength(entry: Mapping[str, Any]) -> Strength:
    lists = {name: tuple(entry[name]) for name in ("needless", "fixes", "survivors")}
    return Strength(**{**entry, **lists})


def write_strength(path: Path, known: Mapping[str, Strength]) -> None:
    """Save what was measured, by theorem in the order of the alphabet; raise OSError if not."""
    scratch = path.with_suffix(".part")
    content = {"theorems": {name: asdict(known[name]) for name in sorted(known)}}
    scratch.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    scratch.replace(path)


def columns(known: Mapping[str, Strength]) -> dict[str, tuple[str, str, str]]:
    """Return for every theorem: premises that are not needed, what it fixes, mutants refuted."""
    return {
        theorem: _columns(known.get(theorem), theorem_hash(module, theorem))
        for module, theorem in all_theorems(ALL_MODULES)
    }


def _columns(found: Strength | None, code: str) -> tuple[str, str, str]:
    if found is None or found.code != code:
        return (NOT_MEASURED,) * 3
    killed = f"{found.killed} of {found.mutants}" if found.mutants else "no mutants"
    return "; ".join(found.needless) or "-", "; ".join(found.fixes) or "-", killed


def fixed(module: str, theorem: str) -> tuple[str, ...]:
    """Return the numbers that a theorem and the helpers of its proof give to parts of a state.

    Each as Record.field = number, or as the name of a constant with its number.
    """
    found = set[str]()
    for node, scope in _own_code(importlib.import_module(module), theorem):
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                record = scope.get(call.func.id)
                if inspect.isclass(record) and record.__module__.startswith("ibperp."):
                    found |= set(_fixed_by(call, record, scope))
    return tuple(sorted(found))


def _fixed_by(call: ast.Call, record: type, scope: Mapping[str, Any]) -> Iterator[str]:
    names = list(inspect.signature(record).parameters)
    given = [*zip(names, call.args, strict=False)]
    given += [(own.arg, own.value) for own in call.keywords if own.arg]
    for name, value in given:
        number = _number(value, scope)
        if number is not None:
            yield f"{record.__name__}.{name} = {number}"


def _number(value: ast.expr, scope: Mapping[str, Any]) -> int | None:
    """Return the number that an expression always has; None where it depends on more."""
    if any(isinstance(part, ast.Name) and part.id not in scope for part in ast.walk(value)):
        return None
    if any(isinstance(part, ast.Call | ast.Starred) for part in ast.walk(value)):
        return None
    try:
        code = compile(ast.Expression(value), "a number", "eval")
        found = eval(code, {**scope})  # noqa: S307 - an expression of our own text
    except Exception:  # noqa: BLE001 - it depends on more than constants
        return None
    return found if type(found) is int else None


def _own_code(module: ModuleType, theorem: str) -> Iterator[tuple[ast.AST, Mapping[str, Any]]]:
    """Yield a theorem, and the functions of its proof that it reaches, with their globals."""
    todo, seen = [getattr(module, theorem)], set[str]()
    while todo:
        function = todo.pop()
        if function.__qualname__ in seen:
            continue
        seen.add(function.__qualname__)
        scope = vars(inspect.getmodule(function))
        node = ast.parse(inspect.getsource(function))
        local = {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
        local |= {
            part.id
            for part in ast.walk(node)
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
        }
        yield node, {name: value for name, value in scope.items() if name not in local}
        for part in ast.walk(node):
            value = scope.get(part.id) if isinstance(part, ast.Name) else None
            if inspect.isfunction(value) and ".proofs." in value.__module__:
                todo.append(value)
