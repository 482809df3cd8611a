from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ibperp.persistent import Vector

EDGES = (0, 1, 31, 32, 33, 1023, 1024, 1025, 32_769)


@pytest.mark.parametrize("length", EDGES)
def test_vector__built_at_once_or_by_appending_is_equal(length: int) -> None:
    grown: Vector[int] = Vector()
    for item in range(length):
        grown = grown.append(item)
    assert grown == Vector(range(length))
    assert hash(grown) == hash(Vector(range(length)))
    assert list(grown) == list(range(length))
    assert len(grown) == length


@pytest.mark.parametrize("index", [-1, 33])
def test_vector__outside_raises_index_error(index: int) -> None:
    vector = Vector(range(33))
    with pytest.raises(IndexError):
        vector[index]
    with pytest.raises(IndexError):
        vector.set(index, 0)


@settings(derandomize=True, deadline=None, max_examples=50, database=None)
@given(st.integers(1, 1100), st.lists(st.tuples(st.integers(0, 1099), st.integers()), max_size=9))
def test_vector__set_changes_one_version_only(length: int, edits: list[tuple[int, int]]) -> None:
    start = Vector(range(length))
    model, vector = list(range(length)), start
    for index, item in edits:
        model[index % length] = item
        vector = vector.set(index % length, item)
    assert list(vector) == model
    assert list(start) == list(range(length))
    seen = {index: (new, old) for index, new, old in vector.changed(start)}
    differing = {index: (model[index], index) for index in range(length) if model[index] != index}
    assert differing.items() <= seen.items()


@pytest.mark.parametrize("length", EDGES)
def test_changed__reports_what_was_appended(length: int) -> None:
    old = Vector(object() for _ in range(length))
    new = old.append(item := object())
    assert list(new.changed(old)) == [(length, item, None)]


@settings(derandomize=True, deadline=None, max_examples=50, database=None)
@given(st.integers(1, 1100), st.dictionaries(st.integers(0, 1099), st.integers(), max_size=40))
def test_vector__updated_is_set_for_each(length: int, edits: dict[int, int]) -> None:
    start = Vector(range(length))
    expected = start
    for index, item in edits.items():
        expected = expected.set(index % length, item)
    entries = {index % length: item for index, item in edits.items()}
    assert start.updated(sorted(entries.items())) == expected
    assert list(start) == list(range(length))


def test_vector__updated_with_what_it_holds_shares_everything() -> None:
    start = Vector([str(item) for item in range(2000)])
    after = start.updated((index, start[index]) for index in range(2000))
    assert list(after.changed(start)) == []


@pytest.mark.parametrize(("length", "index"), [(9, -1), (9, 9), (33, -1), (33, 33), (1024, 1024)])
def test_vector__updated_outside_raises_index_error(length: int, index: int) -> None:
    with pytest.raises(IndexError):
        Vector(range(length)).updated(sorted({0: 1, index: 0}.items()))
