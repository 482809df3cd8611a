import copy
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ibperp_authoring.diff_vectors import (
    Difference,
    Kind,
    changelog,
    difference,
    main,
    read,
    summary,
    version_of,
)
from ibperp_conformance.files import WrongUseError
from worlds import tiny_suite

CHAPTER = """### CU-3 Accounts {#CU-3}

An account is made once.

```yaml title="Example: an account"
action: {}
```

<!-- table:begin -->
TABLE
<!-- table:end -->

<!-- function: none -->
"""

Edit = Callable[[list[dict[str, Any]]], object]


def made(folder: Path, edit: Edit = len, chapter: str | None = CHAPTER) -> Path:
    vectors = copy.deepcopy(tiny_suite.suite()[1])
    edit(vectors["vectors"])
    spec = tiny_suite.write(folder, vectors).parent
    if chapter is not None:
        (spec / "custody.md").write_text(chapter, encoding="utf-8")
    return spec


def between(tmp_path: Path, edit: Edit, chapter: str | None = CHAPTER) -> Difference:
    base, head = made(tmp_path / "old"), made(tmp_path / "new", edit, chapter)
    return difference(read(base, "old"), read(head, "new"))


def spoiled(vectors: list[dict[str, Any]]) -> None:
    vectors[1]["steps"][0]["expect"]["rejected"]["code"] = "user_unknown"
    vectors[2]["post"]["time"] = "8"


def test_difference__of_equal_versions_is_none(tmp_path: Path) -> None:
    found = between(tmp_path, len)
    assert found.changes == ()
    assert list(summary(found)) == ["0 of 3 vectors changed, 0 added, 0 removed (old to new)"]
    assert list(changelog(found)) == ["### Changed vectors", "", "None."]


def test_difference__added_and_removed(tmp_path: Path) -> None:
    def edit(vectors: list[dict[str, Any]]) -> None:
        vectors[2]["id"] = "CU-3-004"

    kinds = {(change.kind, change.vector.id) for change in between(tmp_path, edit).changes}
    assert kinds == {(Kind.ADDED, "CU-3-004"), (Kind.REMOVED, "CU-3-003")}


def test_difference__another_code_and_another_leaf(tmp_path: Path) -> None:
    code, post = between(tmp_path, spoiled).changes
    assert (code.kind, code.vector.id) == (Kind.CODE, "CU-3-002")
    assert [(leaf.before, leaf.after) for leaf in code.leaves] == [
        ("account_unknown", "user_unknown")
    ]
    assert (post.kind, post.vector.id) == (Kind.POST, "CU-3-003")
    assert [(leaf.name, leaf.before, leaf.after) for leaf in post.leaves] == [("time", "9", "8")]


def test_difference__a_leaf_back_at_the_start_has_its_value(tmp_path: Path) -> None:
    (post,) = between(tmp_path, lambda vectors: vectors[2]["post"].clear()).changes
    assert [(leaf.name, leaf.before, leaf.after) for leaf in post.leaves] == [("time", "9", "0")]


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ([], [{"type": "settled", "amount": "1"}], "number of settled"),
        (
            [{"type": "settled", "amount": "1"}],
            [{"type": "settled", "amount": "2"}],
            "settled/amount",
        ),
        ([{"type": "a"}, {"type": "b"}], [{"type": "b"}, {"type": "a"}], "order of events"),
    ],
)
def test_difference__events(
    tmp_path: Path, before: list[object], after: list[object], name: str
) -> None:
    def with_events(events: list[object]) -> Edit:
        return lambda vectors: vectors[0]["steps"][0]["expect"]["accepted"].update(events=events)

    base = made(tmp_path / "old", with_events(before))
    head = made(tmp_path / "new", with_events(after))
    (change,) = difference(read(base, "old"), read(head, "new")).changes
    assert change.kind is Kind.EVENTS
    assert [leaf.name for leaf in change.leaves] == [name]


def test_difference__other_steps_are_another_question(tmp_path: Path) -> None:
    def edit(vectors: list[dict[str, Any]]) -> None:
        vectors[2]["steps"][0]["action"]["time"] = "8"
        vectors[2]["post"]["time"] = "8"

    (change,) = between(tmp_path, edit).changes
    assert change.kind is Kind.QUESTION
    assert change.is_explained


def test_difference__another_title_is_other_words(tmp_path: Path) -> None:
    (change,) = between(tmp_path, lambda vectors: vectors[0].update(title="new")).changes
    assert change.kind is Kind.WORDS


@pytest.mark.parametrize(
    ("chapter", "named"),
    [
        (CHAPTER, ["CU-3-002", "CU-3-003"]),
        (CHAPTER.replace("TABLE", "another table").replace("none", "f"), ["CU-3-002", "CU-3-003"]),
        (CHAPTER.replace("once", "twice"), []),
        (None, []),
    ],
)
def test_unexplained__an_expectation_without_a_changed_clause(
    tmp_path: Path, chapter: str | None, named: list[str]
) -> None:
    found = between(tmp_path, spoiled, chapter)
    assert [vector.id for vector in found.unexplained] == named
    lines = list(summary(found))
    expected = "expectation changed, text of no clause did: 2: CU-3-002, CU-3-003"
    assert (expected in lines) is bool(named)
    assert any(line.startswith("no chapters") for line in lines) is (chapter is None)


def test_summary__by_clause_kind_and_leaf(tmp_path: Path) -> None:
    lines = list(summary(between(tmp_path, spoiled, CHAPTER.replace("once", "twice"))))
    assert lines == [
        "2 of 3 vectors changed, 0 added, 0 removed (old to new)",
        "\nCU-3 Accounts (its text changed)",
        "  other code, 1: CU-3-002",
        "      code: in CU-3-002: account_unknown -> user_unknown",
        "  other leaves at the end, 1: CU-3-003",
        "      time: in CU-3-003: 9 -> 8",
    ]


def test_changelog__names_every_vector_whose_expectation_changed(tmp_path: Path) -> None:
    def edit(vectors: list[dict[str, Any]]) -> None:
        spoiled(vectors)
        vectors.append(vectors[0] | {"id": "CU-3-009"})

    assert list(changelog(between(tmp_path, edit))) == [
        "### Changed vectors",
        "",
        "- CU-3 Accounts, other code (`account_unknown` -> `user_unknown`): `CU-3-002`",
        "- CU-3 Accounts, other leaves at the end (`time`): `CU-3-003`",
        "- Added, 1: CU-3 1",
    ]


def test_version__of_a_git_revision_is_what_was_committed(tmp_path: Path) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("there is no git")
    made(tmp_path)
    person = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    for command in (["init", "-q"], ["add", "."], [*person, "commit", "-qm", "first"]):
        subprocess.run([git, "-C", str(tmp_path), *command], check=True)
    made(tmp_path, spoiled)
    found = difference(version_of("HEAD", tmp_path), version_of(str(tmp_path / "spec" / "vectors")))
    assert [vector.id for vector in found.unexplained] == ["CU-3-002", "CU-3-003"]


def test_version__unknown_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="no git revision '--all'"):
        version_of("--all", tmp_path)
    with pytest.raises(WrongUseError, match="make fill"):
        version_of(str(tmp_path))


def test_main__compares_with_the_files_of_now(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(made(tmp_path)), str(made(tmp_path / "new", spoiled))]) == 0
    assert "2 of 3 vectors changed" in capsys.readouterr().out
    assert main([str(tmp_path / "nowhere")]) == 2
    assert "there is no folder" in capsys.readouterr().err
