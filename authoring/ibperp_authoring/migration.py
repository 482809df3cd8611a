"""The page that says what an engine changes between two versions.

`python -m ibperp_authoring.migration BASE [HEAD]` prints it; a version is a git revision or a
folder, and without HEAD the files as they are now.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ibperp_authoring.diff_vectors import (
    EXPECTATIONS,
    Difference,
    Kind,
    changelog,
    difference,
    read,
    taken_out,
)
from ibperp_conformance.files import WrongUseError
from ibperp_conformance.runner.fills import suite_of_fills
from ibperp_conformance.runner.releases import FILLS, listed_in, versions
from ibperp_conformance.runner.vectors import OF_FILLS, Suite
from ibperp_conformance.spec_files import spec_path


def page(
    found: Difference,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    bookless: Sequence[str] = (),
) -> Iterator[str]:
    """Yield the lines of the page; `before` and `after` are the schemas of a message.

    `bookless`: what changed for an engine without a book.
    """
    yield f"# From {found.base.name} to {found.head.name}"
    yield ""
    yield (
        f"{found.count(*EXPECTATIONS)} vectors expect another answer, "
        f"{found.count(Kind.QUESTION)} ask something else, {found.count(Kind.ADDED)} are new, "
        f"{found.count(Kind.REMOVED)} are gone."
    )
    yield from _section("Messages", _messages(before, after))
    reworded = [
        f"- {found.title(clause)}"
        for clause in {**found.base.titles, **found.head.titles}
        if found.is_changed(clause)
    ]
    yield from _section("Clauses whose text changed", reworded)
    yield ""
    yield from (line.replace("### ", "## ") for line in changelog(found))
    yield from _section("Vectors of an engine without a book", bookless)
    yield ""
    yield "## What to do"
    yield ""
    yield "1. Write the types of your adapter again: `ibperp adapter LANGUAGE DIR --update`."
    yield "2. Read the clauses above, then run `ibperp conform`; the vectors above fail first."
    yield "3. Until then, `ibperp conform --release X.Y.Z` asks for what your version required,"
    yield "   as far as it stands."


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "", *(lines or ["None."]))


def _messages(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return a line for each record that came, went or has other members."""
    lines = [f"- `{name}` is new" for name in after if name not in before]
    lines += [f"- `{name}` is gone" for name in before if name not in after]
    for name in before:
        if name in after and before[name] != after[name]:
            old, new = (side[name].get("properties", {}) for side in (before, after))
            told = [f"`{member}` is new" for member in new if member not in old]
            told += [f"`{member}` is gone" for member in old if member not in new]
            told += [f"`{m}` holds something else" for m in old if m in new and old[m] != new[m]]
            if told:
                lines.append(f"- `{name}`: {', '.join(told)}")
    return sorted(lines)


def without_book(frozen: Mapping[str, str], now: Suite) -> list[str]:
    """Return what changed of the vectors whose trades are fills since a version froze them."""
    own = {name: each for name, each in now.vectors.items() if name.endswith(OF_FILLS)}
    kinds = {
        "gone": [name for name in frozen if name.endswith(OF_FILLS) and name not in own],
        "changed": [each for each in own if each in frozen and frozen[each] != own[each].hash],
        "new": [name for name in own if name not in frozen],
    }
    return [
        f"- {kind}, {len(names)}: {', '.join(f'{clause} {count}' for clause, count in told)}"
        for kind, names in kinds.items()
        if (told := Counter(name.rpartition("-")[0] for name in names).items())
    ]


def _without_book(base: Path, now: Suite) -> list[str]:
    """Return the same since the newest version that a specification froze."""
    folder = base / "releases"
    if not (known := versions(folder)):
        return ["The version before froze none, so that there is nothing to compare with."]
    return without_book(listed_in(folder / f"{known[-1]}.json", FILLS), suite_of_fills(now))


def _schema(spec: Path) -> Mapping[str, Any]:
    path = spec / "schema" / "message.json"
    document: Mapping[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    found: Mapping[str, Any] = document.get("$defs", {})
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the page; return 0, or 2 when a version cannot be read."""
    parser = argparse.ArgumentParser(prog="ibperp_authoring.migration", description=__doc__)
    parser.add_argument("base")
    parser.add_argument("head", nargs="?")
    given = parser.parse_args(arguments)
    try:
        with taken_out(given.base) as base:
            old, before = read(base, given.base), _schema(base)
            if given.head is None:
                new, after = read(spec_path(), "now"), _schema(spec_path())
            else:
                with taken_out(given.head) as head:
                    new, after = read(head, given.head), _schema(head)
            bookless = _without_book(base, new.suite)
    except WrongUseError as error:
        sys.stderr.write(f"migration: {error}\n")
        return 2
    sys.stdout.writelines(
        f"{line}\n" for line in page(difference(old, new), before, after, bookless)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
