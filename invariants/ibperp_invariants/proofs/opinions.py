"""What the executor found with each solver: saved theorem by theorem, and stale when code changes.

The file is read and written as a whole after each theorem, so that a run that was cut goes on.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from ibperp_invariants.fingerprint import code_hash, text_hash
from ibperp_invariants.proofs import checker, executor
from ibperp_invariants.proofs.executor.prove import CONFIRMED, REFUTED, Opinion, opinion
from ibperp_invariants.proofs.executor.solvers import SOLVERS
from ibperp_invariants.proofs.workers import WORKERS, NoAnswerError, apart

OPINIONS: Final = Path(__file__).with_name("opinions.json")
"""The opinions that ship."""

CROSSHAIR: Final = "crosshair-tool"
"""The name under which the first checker's verdicts stand among the opinions."""

REFUTES: Final = frozenset({REFUTED, "POST_FAIL", "EXEC_ERR"})
"""The verdicts of all checkers that say that some input breaks a theorem."""

PROCESS_SECONDS: Final = 900
"""A guard against a process that hangs; a theorem that needs it has no verdict."""

Known = dict[str, dict[str, dict[str, Any]]]
"""Opinions as JSON data by theorem and solver."""


@dataclass(frozen=True, slots=True)
class Question:
    """A theorem for the executor with a solver, or for CrossHair, with the hash of its code."""

    module: str
    theorem: str
    solver: str
    code: str


def read_opinions(path: Path = OPINIONS) -> Known:
    """Return saved opinions, none if there is no file; raise ValueError if it is not one."""
    if not path.exists():
        return {}
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not isinstance(content.get("theorems"), dict):
        raise ValueError(f"{path.name} holds no opinions")  # noqa: TRY004 - of a file, no type
    known: Known = content["theorems"]
    return known


def write_opinions(path: Path, known: Known) -> None:
    """Save opinions, by theorem in the order of the alphabet; raise OSError if that fails."""
    content = {"theorems": {name: known[name] for name in sorted(known)}}
    scratch = path.with_suffix(".part")
    scratch.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    scratch.replace(path)


def theorem_hash(module: str, theorem: str) -> str:
    """Return the hash of a theorem, of the contracts of its module, and of all that these reach."""
    home = importlib.import_module(module)
    contracts: dict[str, Any] = getattr(home, "CONTRACTS", {})
    code = code_hash(getattr(home, theorem), *contracts.values())
    stands_for = sorted(f"{path} {own.__qualname__}" for path, own in contracts.items())
    return text_hash(code, *stands_for) if contracts else code


@cache
def executor_hash() -> str:
    """Return the hash of the executor's code."""
    files = sorted(Path(executor.__file__).parent.glob("*.py"))
    return text_hash(*(file.read_text(encoding="utf-8") for file in files))


def questions(
    theorems: list[tuple[str, str]], known: Known, solvers: tuple[str, ...] = tuple(SOLVERS)
) -> list[Question]:
    """Return what has no opinion about the present code yet.

    What an executor with other code did not confirm has none either. CrossHair's opinion of a
    theorem that is not about a whole effect is in the ledger.
    """
    hashes = {theorem: theorem_hash(module, theorem) for module, theorem in theorems}
    return [
        Question(module, theorem, solver, hashes[theorem])
        for solver in solvers
        for module, theorem in theorems
        if solver != CROSSHAIR or module in checker.WHOLE_MODULES
        if not _is_answered(known.get(theorem, {}).get(solver, {}), hashes[theorem])
    ]


def _is_answered(entry: dict[str, Any], code: str) -> bool:
    is_final = bool(entry) and (is_confirmed(entry) or entry.get("executor") == executor_hash())
    return is_final and entry["code"] == code


def answers(asked: list[Question]) -> Iterator[tuple[Question, Opinion]]:
    """Yield opinions as they are found, each from a process of its own."""
    with ThreadPoolExecutor(WORKERS) as executor:
        futures = {executor.submit(_apart, question): question for question in asked}
        for future in as_completed(futures):
            yield futures[future], future.result()


def noted(known: Known, question: Question, found: Opinion) -> None:
    """Put an opinion among the known ones, dated."""
    entry = asdict(found)
    del entry["detail"]
    by = {} if is_confirmed(entry) else {"executor": executor_hash()}
    known.setdefault(question.theorem, {})[question.solver] = {
        **entry,
        **by,
        "code": question.code,
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "version": version(question.solver),
    }


def is_confirmed(entry: dict[str, Any]) -> bool:
    """Tell whether an opinion confirms: it holds, is not vacuous, and sees its planted fault."""
    return bool(entry["verdict"] == CONFIRMED and entry["witness"] and entry["fault_found"])


def disagreements(known: Known) -> list[str]:
    """Return the theorems that one checker refutes; the ledger confirms all of them."""
    return [
        f"{theorem}: refuted by {solver}"
        for theorem, entries in known.items()
        for solver, entry in entries.items()
        if entry["verdict"] in REFUTES
    ]


def crosshair_opinion(module: str, theorem: str) -> Opinion:
    """Return what CrossHair says of a theorem, its witness twin and its planted fault."""
    found = checker.check(module, theorem, checker.FULL_SECONDS)
    return Opinion(found.verdict, found.paths, 0, found.witness, found.fault_found, found.detail)


def _apart(question: Question) -> Opinion:
    module, theorem, solver = question.module, question.theorem, question.solver
    try:
        if solver == CROSSHAIR:
            return apart(PROCESS_SECONDS, crosshair_opinion, module, theorem)
        return apart(PROCESS_SECONDS, opinion, module, theorem, solver)
    except NoAnswerError as error:
        return Opinion(error.args[0], 0, 0)
