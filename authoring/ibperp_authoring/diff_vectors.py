"""What changed between two versions of the vectors: `python -m ibperp_authoring.diff_vectors BASE`.

A version is a git revision, or a folder that holds `vectors` and the chapters beside it.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Final

from ibperp_authoring.examples import without_examples
from ibperp_conformance.files import WrongUseError
from ibperp_conformance.json_text import visible
from ibperp_conformance.runner.vectors import (
    Expectation,
    Object,
    Suite,
    Vector,
    VectorError,
    flatten,
    load_suite,
    overlay,
)
from ibperp_conformance.spec_files import spec_path
from ibperp_conformance.specification.chapters import clause_texts, clauses_in

ROOT: Final = Path(__file__).resolve().parents[2]
SHOWN: Final = 6
ACCEPTED: Final = "accepted"
ABSENT: Final = "-"

_NAME: Final = re.compile("[a-z_]+")


class Kind(StrEnum):
    """How a vector differs from what it was."""

    ADDED = "added"
    REMOVED = "removed"
    QUESTION = "other steps or another start"
    CODE = "other code"
    EVENTS = "other events"
    POST = "other leaves at the end"
    WORDS = "other words"


EXPECTATIONS: Final = frozenset({Kind.CODE, Kind.EVENTS, Kind.POST})
"""The kinds in which the same question has another answer."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that differs: `name` is its path without what tells one account from another."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One way in which one vector differs. `is_explained`: the text of one of its clauses does too.

    A vector whose events and leaves both differ has two changes.
    """

    kind: Kind
    vector: Vector
    leaves: tuple[Leaf, ...] = ()
    is_explained: bool = True

    @property
    def clause(self) -> str:
        """Return the first clause of the vector."""
        return self.vector.clauses[0]


@dataclass(frozen=True, slots=True)
class Version:
    """The vectors of a version, and text and title of every clause; no text if there is none."""

    name: str
    suite: Suite
    texts: Mapping[str, str]
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two versions, in the order of clauses in the chapters."""

    base: Version
    head: Version
    changes: tuple[Change, ...]

    @property
    def unexplained(self) -> tuple[Vector, ...]:
        """Return the vectors whose expectation changed and none of whose clauses did."""
        found = (change.vector for change in self.changes if not change.is_explained)
        return tuple({vector.id: vector for vector in found}.values())

    def count(self, *kinds: Kind) -> int:
        """Return how many vectors differ in one of these ways."""
        return len({change.vector.id for change in self.changes if change.kind in kinds})

    def by_clause(self) -> Iterator[tuple[str, list[Change]]]:
        """Yield the changes of every clause that has any."""
        for clause, changes in groupby(self.changes, key=lambda change: change.clause):
            yield clause, list(changes)

    def title(self, clause: str) -> str:
        """Return the title of a clause, which begins with its id."""
        titles = {**self.base.titles, **self.head.titles}
        return titles.get(clause, clause)

    def is_changed(self, clause: str) -> bool:
        """Tell whether the text of a clause differs."""
        return self.base.texts.get(clause) != self.head.texts.get(clause)


def difference(base: Version, head: Version) -> Difference:
    """Return what differs between two versions."""
    old, new = base.suite.vectors, head.suite.vectors
    changes = [Change(Kind.REMOVED, vector) for name, vector in old.items() if name not in new]
    changes += [Change(Kind.ADDED, vector) for name, vector in new.items() if name not in old]
    for name in old.keys() & new.keys():
        before, after = old[name], new[name]
        is_explained = not (base.texts and head.texts) or any(
            base.texts.get(clause) != head.texts.get(clause) for clause in after.clauses
        )
        if _question(base.suite, before) != _question(head.suite, after):
            changes.append(Change(Kind.QUESTION, after))
        elif answers := dict(_answers(before, after, head.suite.setups[after.setup].observation)):
            changes += [Change(kind, after, answers[kind], is_explained) for kind in answers]
        elif before != after:
            changes.append(Change(Kind.WORDS, after))
    order = {clause: index for index, clause in enumerate({**base.titles, **head.titles})}
    kinds = list(Kind)
    changes.sort(
        key=lambda change: (
            order.get(change.clause, len(order)),
            change.clause,
            kinds.index(change.kind),
            change.vector.id,
        )
    )
    return Difference(base, head, tuple(changes))


def _question(suite: Suite, vector: Vector) -> object:
    setup = suite.setups[vector.setup]
    start = (setup.system, setup.actions, setup.observation)
    return start, [step.action for step in vector.steps]


def _answers(
    before: Vector, after: Vector, start: Object
) -> Iterator[tuple[Kind, tuple[Leaf, ...]]]:
    """Yield how the answers to the same question differ; other codes say all that follows."""
    steps = [(old.expect, new.expect) for old, new in zip(before.steps, after.steps, strict=True)]
    codes = tuple(
        Leaf("code", old.code or ACCEPTED, new.code or ACCEPTED)
        for old, new in steps
        if old.code != new.code
    )
    if codes:
        yield Kind.CODE, codes
        return
    violated = tuple(
        Leaf("violated", ", ".join(old.violated), ", ".join(new.violated))
        for old, new in steps
        if old.violated != new.violated
    )
    if violated:
        yield Kind.CODE, violated
    if events := tuple(leaf for old, new in steps for leaf in _events(old, new)):
        yield Kind.EVENTS, events
    if leaves := tuple(_leaves(overlay(start, before.post), overlay(start, after.post))):
        yield Kind.POST, leaves


def _events(before: Expectation, after: Expectation) -> Iterator[Leaf]:
    """Yield what differs in the events of a step: their leaves, or how many there are of a type."""
    old, new = ([str(event.get("type")) for event in side.events] for side in (before, after))
    if old == new:
        for kind, one, other in zip(old, before.events, after.events, strict=True):
            for leaf in _leaves(flatten(one), flatten(other)):
                yield Leaf(f"{kind}/{leaf.name}", leaf.before, leaf.after)
        return
    fewer, more = Counter(old), Counter(new)
    if fewer == more:
        yield Leaf("order of events", ", ".join(old), ", ".join(new))
    for kind in dict.fromkeys((*old, *new)):
        if fewer[kind] != more[kind]:
            yield Leaf(f"number of {kind}", str(fewer[kind]), str(more[kind]))


def _leaves(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[Leaf]:
    for path in dict.fromkeys((*before, *after)):
        if path not in before or path not in after or before[path] != after[path]:
            parts = path.split("/")
            name = "/".join(part if _NAME.fullmatch(part) else "*" for part in parts)
            yield Leaf(name, _value(before, path), _value(after, path))


def _value(leaves: Mapping[str, object], path: str) -> str:
    return str(leaves.get(path, ABSENT))


def summary(found: Difference) -> Iterator[str]:
    """Yield the lines that show a difference on a terminal."""
    changed = found.count(*set(Kind) - {Kind.ADDED, Kind.REMOVED})
    yield (
        f"{changed} of {len(found.head.suite.vectors)} vectors changed, "
        f"{found.count(Kind.ADDED)} added, {found.count(Kind.REMOVED)} removed "
        f"({found.base.name} to {found.head.name})"
    )
    if found.unexplained:
        named = [vector.id for vector in found.unexplained]
        yield f"expectation changed, text of no clause did: {len(named)}: {', '.join(named)}"
    if not (found.base.texts and found.head.texts):
        yield "no chapters beside the vectors: whether a clause changed is not known"
    for clause, changes in found.by_clause():
        yield f"\n{found.title(clause)}{' (its text changed)' if found.is_changed(clause) else ''}"
        for kind, members in groupby(changes, key=lambda change: change.kind):
            same = list(members)
            yield f"  {kind}, {len(same)}: {_cut([change.vector.id for change in same])}"
            yield from (f"      {line}" for line in _told(same))


def _told(changes: Iterable[Change]) -> Iterator[str]:
    """Yield a line for each name of a leaf: how often it differs, and the first example."""
    names: dict[str, list[tuple[str, Leaf]]] = {}
    for change in changes:
        for leaf in change.leaves:
            names.setdefault(leaf.name, []).append((change.vector.id, leaf))
    for name, found in names.items():
        vector, leaf = found[0]
        often = f"{len(found)} times, first " if len(found) > 1 else ""
        yield visible(f"{name}: {often}in {vector}: {leaf.before} -> {leaf.after}", 200)


def changelog(found: Difference) -> Iterator[str]:
    """Yield the lines of the section of the change log that CF-8 promises."""
    yield "### Changed vectors"
    yield ""
    if not found.changes:
        yield "None."
    for clause, changes in found.by_clause():
        for kind, members in groupby(changes, key=lambda change: change.kind):
            same = list(members)
            if kind is Kind.ADDED:
                continue
            names = ", ".join(f"`{change.vector.id}`" for change in same)
            yield f"- {found.title(clause)}, {kind}{_which(kind, same)}: {names}"
    added = Counter(change.clause for change in found.changes if change.kind is Kind.ADDED)
    if added:
        counts = ", ".join(f"{clause} {count}" for clause, count in added.items())
        yield f"- Added, {added.total()}: {counts}"


def _which(kind: Kind, changes: Iterable[Change]) -> str:
    """Return in brackets which leaves changed, or which code to which."""
    leaves = (leaf for change in changes for leaf in change.leaves)
    told = dict.fromkeys(
        f"`{leaf.before}` -> `{leaf.after}`" if kind is Kind.CODE else f"`{leaf.name}`"
        for leaf in leaves
    )
    return f" ({_cut(list(told))})" if told else ""


def _cut(names: Sequence[str]) -> str:
    hidden = len(names) - SHOWN
    return f"{', '.join(names[:SHOWN])}{f' and {hidden} more' if hidden > 0 else ''}"


def version_of(name: str, root: Path = ROOT) -> Version:
    """Return the version in a folder or of a git revision; raise `WrongUseError` if invalid."""
    folder = Path(name)
    if folder.is_dir() and not (folder / "vectors").is_dir():
        return read(folder.parent, name, folder)
    with taken_out(name, root) as spec:
        return read(spec, name)


@contextmanager
def taken_out(name: str, root: Path = ROOT) -> Iterator[Path]:
    """Give the folder of the specification as a git revision, or a folder, has it."""
    if Path(name).is_dir():
        yield Path(name)
        return
    with tempfile.TemporaryDirectory() as made:
        _take_out(name, root, Path(made))
        yield Path(made) / "spec"


def read(folder: Path, name: str, vectors: Path | None = None) -> Version:
    """Return the version whose chapters are in a folder; raise `WrongUseError`."""
    inside = folder / "vectors"
    try:
        suite = load_suite(inside if vectors is None or inside.is_dir() else vectors)
    except VectorError as error:
        raise WrongUseError(f"{name}: {error}") from None
    chapters = clauses_in(folder)
    texts = {
        clause: text
        for chapter in chapters
        for clause, text in clause_texts(
            without_examples((folder / f"{chapter}.md").read_text(encoding="utf-8"))
        ).items()
    }
    titles = {item.clause: item.title for clauses in chapters.values() for item in clauses}
    return Version(name, suite, texts, titles)


def _take_out(revision: str, root: Path, target: Path) -> None:
    """Write the files of the specification, as a revision has them, into a folder."""
    git = shutil.which("git")
    if git is None:
        raise WrongUseError(f"there is no folder {revision}, and no git to look for a revision")
    command = [git, "-C", str(root), "archive", "--format=tar", "--prefix=spec/"]
    tree = f"{revision.lstrip('-')}:spec"  # A leading dash would be an option.
    made = subprocess.run([*command, tree], capture_output=True, check=False)
    if made.returncode:
        raise WrongUseError(
            f"there is no folder and no git revision {revision!r} that holds spec/; "
            "name a tag, a branch or a commit"
        )
    with tarfile.open(fileobj=io.BytesIO(made.stdout)) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                path = target / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the difference; return 0, or 2 when a version cannot be read."""
    parser = argparse.ArgumentParser(prog="ibperp_authoring.diff_vectors", description=__doc__)
    parser.add_argument("base", help="a git revision or a folder")
    parser.add_argument("head", nargs="?", help="the same; without it, the files as they are now")
    parser.add_argument(
        "--changelog", action="store_true", help="print a section for CHANGELOG.md instead"
    )
    given = parser.parse_args(arguments)
    try:
        head = version_of(given.head) if given.head else read(spec_path(), "now")
        found = difference(version_of(given.base), head)
    except WrongUseError as error:
        sys.stderr.write(f"diff_vectors: {error}\n")
        return 2
    write = changelog if given.changelog else summary
    try:
        sys.stdout.writelines(f"{line}\n" for line in write(found))
        sys.stdout.flush()
    except BrokenPipeError:  # Nobody reads any further.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
