"""One theorem under the executor and one solver: its verdict, its witness and its planted fault."""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

from ibperp_invariants.proofs.checker import contracts, planted
from ibperp_invariants.proofs.executor import values
from ibperp_invariants.proofs.executor.arguments import arguments
from ibperp_invariants.proofs.executor.paths import (
    AbandonedPathError,
    ExhaustedError,
    Paths,
    UnprovedError,
    UnsupportedError,
    current,
    enter,
    leave,
)
from ibperp_invariants.proofs.executor.solvers import SOLVERS, Answer, Model
from ibperp_invariants.proofs.executor.terms import INT, Term, at_most, constant, no, reached
from ibperp_invariants.proofs.faults import FAULTS

CONFIRMED, REFUTED, UNKNOWN, VACUOUS = "CONFIRMED", "REFUTED", "UNKNOWN", "VACUOUS"
EXHAUSTED: Final = "EXHAUSTED"

SHADOWED: Final = {"all": values.every, "any": values.some}
"""What the executor does for a builtin: the same, with fewer forks."""

EXAMPLES: Final = "z3-solver"
"""The solver that gives examples, whichever solver gets the theorem."""

BOUNDS: Final = (0, 1, 12, 1_000, 2 * 10**18)
"""The magnitudes of parameters within which an example is looked for; 0 is no bound."""

MERGED: Final = {"min": values.least, "max": values.most}
"""What it does besides on a second try: fewer paths, of which each is harder for a solver."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the executor says of one theorem with one solver.

    `verdict`: CONFIRMED if no input breaks it, REFUTED if one does and the theorem, run on it as
    plain Python, fails. `witness`: an input that reaches the end exists. `fault_found`: the planted
    fault was refuted in the same way. `queries`: those put to the solver for the theorem.
    """

    verdict: str
    paths: int
    queries: int
    witness: bool = False
    fault_found: bool = False
    detail: str = ""


def opinion(module: str, theorem: str, solver: str) -> Opinion:
    """Run one theorem, look for a witness and for its planted fault; raise nothing."""
    home, merges = importlib.import_module(module), False
    found = explore(home, theorem, solver)
    if found.verdict in {UNKNOWN, EXHAUSTED}:
        merges = True
        found = explore(home, theorem, solver, merges=merges)
    if found.verdict != CONFIRMED:
        return found
    with planted(FAULTS[theorem]):
        hunts = (explore(home, theorem, EXAMPLES, merges=way, hunts=True) for way in _ways(merges))
        is_refuted = any(hunt.verdict == REFUTED for hunt in hunts)
    return Opinion(found.verdict, found.paths, found.queries, found.witness, is_refuted)


def _ways(merges: bool) -> tuple[bool, bool]:  # noqa: FBT001 - the only property
    return merges, not merges


def needless(module: ModuleType, theorem: str, solver: str) -> list[str]:
    """Return the premises without which a theorem is confirmed all the same, one dropped a time."""
    return [
        premise
        for place, premise in enumerate(premises(module, theorem))
        if explore(module, theorem, solver, without=place).verdict == CONFIRMED
    ]


def premises(module: ModuleType, theorem: str) -> list[str]:
    """Return the premises of a theorem, each part of a conjunction by itself."""
    return [ast.unparse(part) for part in _premises(_node(module, theorem))]


def explore(
    module: ModuleType,
    theorem: str,
    solver: str,
    *,
    without: int | None = None,
    merges: bool = False,
    hunts: bool = False,
) -> Opinion:
    """Run a theorem on every path that some input takes.

    `without`: the premise that is dropped. `merges`: the smaller of two numbers is a term, no fork.
    `hunts`: an example is wanted, so that a path on which none is found does not end the search.
    """
    paths = Paths(SOLVERS[solver]())
    program, original = _program(module, theorem, without), getattr(module, theorem)
    witness = False
    with contracts(module), _shadowed(merges=merges), _entered(paths):
        while True:
            try:
                paths.begin()
                program(**arguments(original))
                witness = witness or _is_reached(paths)
            except AbandonedPathError:
                pass
            except UnprovedError as error:
                found = _refuted(paths, program, original, error.args)
                if found.verdict == REFUTED or not hunts:
                    return found
            except ExhaustedError:
                return Opinion(EXHAUSTED, paths.count, paths.queries)
            except UnsupportedError as error:
                return Opinion("UNSUPPORTED", paths.count, paths.queries, detail=str(error))
            except Exception as error:  # noqa: BLE001 - whatever a theorem raises breaks it
                if paths.ask() is not Answer.UNSAT:
                    return _refuted(
                        paths, program, original, (), traceback.format_exc(limit=-3) + str(error)
                    )
            if not paths.advance():
                break
    verdict = CONFIRMED if witness else VACUOUS
    return Opinion(verdict, paths.count, paths.queries, witness)


def _is_reached(paths: Paths) -> bool:
    """Tell whether some input takes the path, by its solver or by an example."""
    return paths.ask() is Answer.SAT or any(
        SOLVERS[EXAMPLES]().check([*paths.known, *_within(paths.known, bound)])[0] is Answer.SAT
        for bound in BOUNDS
    )


def _refuted(
    paths: Paths,
    program: Callable[..., object],
    original: Callable[..., object],
    unproved: tuple[Term, ...],
    detail: str = "",
) -> Opinion:
    """Return REFUTED if the theorem fails on the solver's example too, else UNKNOWN."""
    constraints = [*paths.known, *map(no, unproved)]
    for bound in BOUNDS:
        answer, model = SOLVERS[EXAMPLES]().check(
            [*constraints, *_within(constraints, bound)], wants_model=True
        )
        if answer is Answer.SAT and _fails_on(model, program, original):
            return Opinion(REFUTED, paths.count, paths.queries, detail=detail or _inputs(model))
    return Opinion(UNKNOWN, paths.count, paths.queries, detail=detail)


def _within(constraints: list[Term], bound: int) -> list[Term]:
    """Return that no parameter is of a larger magnitude, if there is a bound."""
    variables = [term for term in reached(constraints).values() if term.op == f"var {INT}"]
    return [
        side
        for one in variables
        if bound and " " not in str(one.leaf)
        for side in (at_most(constant(-bound), one), at_most(one, constant(bound)))
    ]


def _inputs(model: Model) -> str:
    """Return the values of a theorem's parameters; what the executor named itself has a blank."""
    shown = (f"{name}={value}" for name, value in sorted(model.items()) if " " not in name)
    return " ".join(shown)[:400]


def _fails_on(
    model: Model, program: Callable[..., object], original: Callable[..., object]
) -> bool:
    with _entered(Paths(SOLVERS["z3-solver"](), values=model)):
        try:
            program(**arguments(original))
        except AbandonedPathError:
            return False
        except (UnprovedError, Exception):  # noqa: BLE001 - whatever it raises breaks it
            return True
    return False


@contextmanager
def _entered(paths: Paths) -> Iterator[None]:
    enter(paths)
    try:
        yield
    finally:
        leave()


@contextmanager
def _shadowed(*, merges: bool) -> Iterator[None]:
    """Let the reference use the executor's builtins and `isqrt`."""
    shadows = SHADOWED | MERGED if merges else SHADOWED
    numbers = importlib.import_module("ibperp.numbers")
    modules = [
        module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in {"ibperp", "ibperp_invariants"} and "executor" not in name
    ]
    root = numbers.isqrt
    for module in modules:
        vars(module).update(shadows)
    numbers.isqrt = values.isqrt  # type: ignore[attr-defined]
    try:
        yield
    finally:
        numbers.isqrt = root  # type: ignore[attr-defined]
        for module in modules:
            for name in shadows:
                delattr(module, name)


def _assumed(condition: Any) -> None:
    if not condition:
        raise AbandonedPathError


def _reached(condition: Any) -> None:
    """Hold a goal against the path: each part of a conjunction is a question of its own."""
    if not isinstance(condition, values.Truth):
        if not condition:
            raise UnprovedError
        return
    parts = condition.term.args if condition.term.op == "and" else (condition.term,)
    for part in parts:
        if part not in current().known and not current().follows(part):
            raise UnprovedError(part)


def _node(module: ModuleType, theorem: str) -> ast.FunctionDef:
    tree = ast.parse(inspect.getsource(module))
    return next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == theorem)


def _premises(node: ast.FunctionDef) -> list[ast.expr]:
    """Return the conditions that the leading assertions state, conjunctions taken apart."""
    leading = itertools.takewhile(lambda part: isinstance(part, ast.Assert), node.body[1:])
    found: list[ast.expr] = []
    for statement in leading:
        assert isinstance(statement, ast.Assert)
        match statement.test:
            case ast.Call(func=ast.Name(id="all"), args=[ast.Tuple(elts=parts)]):
                found += parts
            case test:
                found.append(test)
    return found


def _program(module: ModuleType, theorem: str, without: int | None = None) -> Callable[..., object]:
    """Return a theorem whose premises are assumed, all but one, and whose goal must be reached."""
    node = _node(module, theorem)
    kept = [part for place, part in enumerate(_premises(node)) if place != without]
    body: list[ast.stmt] = [_call("_assumed", part) for part in kept]
    rest = itertools.dropwhile(lambda part: isinstance(part, ast.Assert), node.body[1:])
    body += [_call("_reached", s.test) if isinstance(s, ast.Assert) else s for s in rest]
    node.body = body
    scope = {**vars(module), **SHADOWED, "_assumed": _assumed, "_reached": _reached}
    code = compile(ast.fix_missing_locations(ast.Module([node], [])), theorem, "exec")
    exec(code, scope)  # noqa: S102 - the theorem's own text, with its assertions renamed
    program: Callable[..., object] = scope[theorem]
    return program


def _call(name: str, argument: ast.expr) -> ast.Expr:
    return ast.Expr(ast.Call(ast.Name(name, ast.Load()), [argument], []))
