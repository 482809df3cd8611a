"""What a score keeps: a verdict for each mutant that was tried, and the page that tells them."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ibperp_conformance.files import WrongUseError, write_atomically
from ibperp_conformance.spec_files import spec_path
from ibperp_conformance.specification.chapters import CHAPTERS, clauses_of

SCORE: Final = Path(__file__).with_name("score.json")
ARGUMENTS: Final = Path(__file__).with_name("arguments.toml")
PAGE: Final = Path(__file__).parents[3] / "docs" / "score.md"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant: `noticed_by` is a vector, None if no vector notices it.

    `reached`: how many different steps of vectors, and observations at their ends, run the line.
    """

    name: str
    line: int
    what: str
    reached: int
    noticed_by: str | None


@dataclass(frozen=True, slots=True)
class Score:
    """A run: when, of which vectors, from which seed, of how many mutants, and the verdicts."""

    date: str
    digest: str
    seed: int
    mutants: int
    verdicts: tuple[Verdict, ...]


def load(path: Path = SCORE) -> Score:
    """Return a score that was written; raise `WrongUseError` for an invalid file."""
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        verdicts = tuple(Verdict(**each) for each in document.pop("verdicts"))
        return Score(**document, verdicts=verdicts)
    except (OSError, ValueError, TypeError, KeyError) as error:
        remedy = "remove it, or write it again with: make score"
        raise WrongUseError(f"{path} is no score ({error}); {remedy}") from None


def store(score: Score, path: Path = SCORE) -> None:
    """Write a score, a verdict a line."""
    record = asdict(score)
    lines = ",\n".join(json.dumps(each) for each in record.pop("verdicts"))
    head = json.dumps(record)[:-1]
    write_atomically(path, [f'{head}, "verdicts": [\n{lines}\n]}}\n'], "score")


def arguments() -> Mapping[str, str]:
    """Return why mutants that no vector notices are no other behaviour, by their names."""
    return dict(tomllib.loads(ARGUMENTS.read_text(encoding="utf-8"))["same"])


def clauses_by_function() -> Mapping[str, tuple[str, ...]]:
    """Return the clauses that name each function of the reference, as `module.function`."""
    found: dict[str, tuple[str, ...]] = {}
    for chapter in CHAPTERS:
        text = (spec_path() / f"{chapter}.md").read_text(encoding="utf-8")
        for clause in clauses_of(text):
            for name in (*clause.names("function"), *clause.names("functions")):
                found[name] = (*found.get(name, ()), clause.clause)
    return found


def page(score: Score) -> str:
    """Return the page of a score, in Markdown."""
    return "\n".join(_lines(score)) + "\n"


def _lines(score: Score) -> Iterator[str]:
    told = arguments()
    noticed = [each for each in score.verdicts if each.noticed_by]
    same = [each for each in score.verdicts if not each.noticed_by and each.name in told]
    left = [each for each in score.verdicts if not each.noticed_by and each.name not in told]
    yield from (
        "# Score of the vectors",
        "",
        "How many small faults do the vectors notice? `make score` plants faults in the reference,",
        "one at a time, takes the steps of vectors that run the changed line, and writes this.",
        "Containers, indexes and what the protocol does not show are left to tests of their own.",
        "",
        f"| {score.date} | |",
        "|---|--:|",
        f"| mutants of the reference | {score.mutants} |",
        f"| tried, drawn with seed {score.seed} | {len(score.verdicts)} |",
        f"| noticed by a vector | {len(noticed)} |",
        f"| no other behaviour, by the argument below | {len(same)} |",
        f"| neither: open | {len(left)} |",
        f"| noticed, of these and the open ones | {_percent(noticed, left)} |",
        "",
        f"Digest of the suite: `{score.digest[:16]}`. " + _extent(score),
        "",
        "## By clause",
        "",
        "A mutant counts for each clause that names its function.",
        "",
        *_table(score.verdicts),
        "",
        "## By operator",
        "",
        *_operators(score.verdicts),
        "",
        "## No vector notices",
        "",
        *_survivors("Open: a vector is missing, or an argument.", left, {}),
        *_survivors("No other behaviour:", same, told),
    )


def _extent(score: Score) -> str:
    if len(score.verdicts) == score.mutants:
        return "Every mutant was tried."
    return "This is a sample; the weekly workflow tries every mutant."


def _percent(noticed: Sequence[Verdict], left: Sequence[Verdict]) -> str:
    total = len(noticed) + len(left)
    return f"{100 * len(noticed) / total:.1f} %" if total else "none tried"


def _table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    homes = clauses_by_function()
    tried: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for each in verdicts:
        module, function, *_ = each.name.split(":")
        for clause in homes.get(f"{module}.{function}", ("of no clause",)):
            tried[clause] += 1
            missed[clause] += each.noticed_by is None
    yield from ("| clause | tried | not noticed |", "|---|--:|--:|")
    for clause in sorted(tried, key=_place):
        yield f"| {clause} | {tried[clause]} | {missed[clause] or '·'} |"


def _place(clause: str) -> tuple[str, int]:
    chapter, _, number = clause.partition("-")
    return chapter, int(number) if number.isdecimal() else 0


def _operators(verdicts: Sequence[Verdict]) -> Iterator[str]:
    tried = Counter(each.name.split(":")[2] for each in verdicts)
    missed = Counter(each.name.split(":")[2] for each in verdicts if each.noticed_by is None)
    yield from ("| operator | tried | not noticed |", "|---|--:|--:|")
    for operator, count in sorted(tried.items()):
        yield f"| {operator.replace('_', ' ')} | {count} | {missed[operator] or '·'} |"


def _survivors(title: str, verdicts: Sequence[Verdict], told: Mapping[str, str]) -> Iterator[str]:
    if not verdicts:
        return
    yield from (
        title,
        "",
        "| mutant | line | what | steps that run it | |",
        "|---|--:|---|--:|---|",
    )
    for each in verdicts:
        name = each.name.removeprefix("ibperp.").replace(":", ": ", 1)
        reason = told.get(each.name, "")
        yield f"| `{name}` | {each.line} | {each.what} | {each.reached} | {reason} |"
    yield ""
