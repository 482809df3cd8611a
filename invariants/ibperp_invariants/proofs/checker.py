"""One theorem under the symbolic checker: its verdict, its witness twin and its planted fault."""

import ast
import collections
import importlib
import importlib.util
import inspect
import pkgutil
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Final

from ibperp_invariants.proofs.faults import FAULTS
from ibperp_invariants.proofs.faults.fault import Fault

THEOREM_MODULES: Final = tuple(
    f"ibperp_invariants.proofs.theorems.{name}"
    for name in (
        "notation.numbers",
        "custody.posting",
        "money_market.pool",
        "money_market.debt",
        "portfolio.margin",
        "portfolio.health",
        "portfolio.portfolio",
        "spot_margin.book",
        "spot_margin.orders",
        "spot_margin.trade",
        "perpetuals.position",
        "perpetuals.funding",
        "settlement.settlement",
        "liquidation.liquidation",
        "liquidation.handover",
        "liquidation.deleveraging",
        "liquidation.bankruptcy",
        "governance.ramps",
        "governance.feeds",
    )
)
"""Where the theorems are; every function whose name begins with t_ is one."""

WHOLE_MODULES: Final = tuple(
    f"ibperp_invariants.proofs.theorems.{name}"
    for name in (
        "notation.outcomes",
        "notation.signs",
        "custody.requests",
        "custody.flows",
        "custody.isolation",
        "custody.entries",
        "custody.parties",
        "custody.listed",
        "custody.causes",
        "portfolio.checks",
        "governance.updates",
        "governance.waiting",
        "money_market.moves",
        "perpetuals.books",
        "perpetuals.fund",
        "settlement.clearing",
        "perpetuals.terms",
        "settlement.flows",
        "settlement.charges",
        "settlement.left",
        "spot_margin.reservations",
        "spot_margin.users",
        "liquidation.spread",
        "liquidation.rank",
        "liquidation.payments",
        "liquidation.debts",
        "liquidation.due",
        "liquidation.together",
        "liquidation.together_debts",
        "liquidation.numbers",
        "programs.backstops",
    )
)
"""Theorems about whole effects, many with more paths than `make prove` has time for: it asks the
executor about those that changed, and `make prove-full` asks all checkers."""

ALL_MODULES: Final = (*THEOREM_MODULES, *WHOLE_MODULES)

BUDGET_SECONDS: Final = 60
"""What a theorem may use before its verdict is CANNOT_CONFIRM; no other verdict rests on it."""

FULL_SECONDS: Final = 120
"""The same in `make prove-full`, which has more time."""

WITNESS: Final = "reached the end"
"""The message of the assertion that ends a witness twin and must fail."""

CLAUSE: Final = re.compile(r"\b(?:NT|CU|MM|PF|SM|PP|ST|LQ|PG|GV)-\d+\b")
TOO_BROAD: Final = tuple(
    f":raises {name}:" for name in ("Exception", "BaseException", "AssertionError")
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the checker says of one theorem: `verdict` is CONFIRMED if it holds for all integers.

    `paths`: how many paths were explored. `witness`: the end of the theorem is reachable, so that
    it is not vacuous. `fault_found`: the planted fault `defect` is refuted. `detail`: what the
    checker says when a theorem does not hold, else "".
    """

    theorem: str
    module: str
    clauses: tuple[str, ...]
    statement: str
    verdict: str
    paths: int
    witness: bool
    defect: str
    fault_found: bool
    seconds: float = 0
    detail: str = ""


def theorems(module: ModuleType) -> dict[str, FunctionType]:
    """Return the theorems that a module defines, by name, in the order of the text."""
    return {
        name: function
        for name, function in vars(module).items()
        if name.startswith("t_")
        and inspect.isfunction(function)
        and function.__module__ == module.__name__
    }


def all_theorems(modules: tuple[str, ...] = THEOREM_MODULES) -> list[tuple[str, str]]:
    """Return the module and the name of every theorem of modules, in the order of the text."""
    return [
        (name, theorem) for name in modules for theorem in theorems(importlib.import_module(name))
    ]


def defects(source: str) -> list[str]:
    """Return what makes theorems of a module's source unfit: a name, a colon, and the reason.

    The checker takes every assertion before the first other statement for a precondition, and
    skips a function without one; a theorem is preconditions, code, and a goal at the end.
    """
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("t_"):
            reason = _defect(node)
            if reason:
                found.append(f"{node.name}: {reason}")
    return found


def _defect(theorem: ast.FunctionDef) -> str:
    statement = ast.get_docstring(theorem) or ""
    body = theorem.body[1:] if statement else theorem.body
    leading = next((i for i, node in enumerate(body) if not isinstance(node, ast.Assert)), None)
    if not CLAUSE.search(statement):
        return "its statement names no clause"
    if any(phrase in statement for phrase in TOO_BROAD):
        return "it would swallow a failing assertion"
    if leading == 0:
        return "it begins without a precondition and would be skipped"
    if leading is None or not isinstance(body[-1], ast.Assert):
        return "its goal is not an assertion after the code"
    if sum(isinstance(node, ast.Assert) for node in body[leading:]) > 1:
        return "it has more than one goal"
    return ""


def check(module_name: str, theorem: str, seconds: int = BUDGET_SECONDS) -> Finding:
    """Run one theorem, its witness twin and its planted fault; print nothing, raise nothing.

    `seconds` is what each of the three may use.
    """
    module = importlib.import_module(module_name)
    statement = " ".join((theorems(module)[theorem].__doc__ or "").split())
    started = time.monotonic()
    verdict, paths, detail = run(module, theorem, seconds)
    with tempfile.TemporaryDirectory() as folder:
        twin = _witness_module(module, theorem, Path(folder))
        _, _, message = run(twin, theorem, seconds)
    fault = FAULTS.get(theorem)
    return Finding(
        theorem=theorem,
        module=module_name,
        clauses=tuple(dict.fromkeys(CLAUSE.findall(statement))),
        statement=statement,
        verdict=verdict,
        paths=paths,
        witness=WITNESS in message,
        defect=f"{fault.name}: {fault.defect}" if fault else "",
        fault_found=fault is not None and _is_refuted(module, theorem, fault, seconds),
        seconds=time.monotonic() - started,
        detail=detail,
    )


def no_verdict(module: str, theorem: str, verdict: str, detail: str) -> Finding:
    """Return the finding of a theorem whose check ended without one."""
    fault = FAULTS.get(theorem)
    defect = f"{fault.name}: {fault.defect}" if fault else ""
    return Finding(
        theorem=theorem,
        module=module,
        clauses=(),
        statement="",
        verdict=verdict,
        paths=0,
        witness=False,
        defect=defect,
        fault_found=False,
        detail=detail,
    )


def run(module: ModuleType, theorem: str, seconds: int = BUDGET_SECONDS) -> tuple[str, int, str]:
    """Return the checker's verdict on one theorem, the paths explored, and its message."""
    from crosshair.core_and_libs import analyze_function
    from crosshair.fnutil import FunctionInfo
    from crosshair.options import AnalysisKind, AnalysisOptionSet
    from crosshair.util import CrossHairInternal

    statistics: collections.Counter[str] = collections.Counter()
    options = AnalysisOptionSet(
        analysis_kind=[AnalysisKind.asserts],
        per_condition_timeout=seconds,
        per_path_timeout=seconds,
        report_all=True,
        stats=statistics,
    )
    try:
        with contracts(module):
            checkables = list(analyze_function(FunctionInfo.from_module(module, theorem), options))
            messages: list[Any] = [m for checkable in checkables for m in checkable.analyze()]
    except (Exception, CrossHairInternal) as error:  # noqa: BLE001 - each failure is a verdict
        return f"CRASHED ({type(error).__name__})", statistics["num_paths"], str(error)
    if len(checkables) != 1 or not messages:
        return "NOT_CHECKED", statistics["num_paths"], ""
    worst = max(messages, key=lambda message: message.state)
    detail = "" if worst.state.name == "CONFIRMED" else worst.message
    return worst.state.name, statistics["num_paths"], detail


def _is_refuted(module: ModuleType, theorem: str, fault: Fault, seconds: int) -> bool:
    with planted(fault):
        verdict, _, detail = run(module, theorem, seconds)
    return verdict in {"POST_FAIL", "EXEC_ERR"} and detail.startswith("AssertionError")


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """Put a planted fault in the place of the function it stands in for, and take it out again."""
    module = pkgutil.resolve_name(fault.module)
    shipped = getattr(module, fault.name)
    setattr(module, fault.name, fault.function)
    try:
        yield
    finally:
        setattr(module, fault.name, shipped)


@contextmanager
def contracts(module: ModuleType) -> Iterator[None]:
    """Let what a module's theorems call be what other theorems say of it, where it names that."""
    replaced = []
    for path, contract in getattr(module, "CONTRACTS", {}).items():
        home, _, name = path.rpartition(".")
        owner = pkgutil.resolve_name(home)
        replaced.append((owner, name, getattr(owner, name)))
        setattr(owner, name, contract)
    try:
        yield
    finally:
        for owner, name, shipped in replaced:
            setattr(owner, name, shipped)


def _witness_module(module: ModuleType, theorem: str, folder: Path) -> ModuleType:
    """Import a twin of a theorem's module, in which the theorem ends in a failing assertion."""
    tree = ast.parse(inspect.getsource(module))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == theorem:
            node.body.append(ast.parse(f"assert False, {WITNESS!r}").body[0])
    name = f"witness_of_{theorem}"
    path = folder / f"{name}.py"
    path.write_text(ast.unparse(ast.fix_missing_locations(tree)) + "\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    twin = importlib.util.module_from_spec(spec)
    sys.modules[name] = twin
    spec.loader.exec_module(twin)
    return twin
