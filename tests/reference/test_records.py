from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from ibperp.records import field, record, replace


@record
class Point:
    """A record with a field of each kind."""

    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list)


@record
class Empty:
    """A record without fields."""


def test_record__made_by_place_or_by_name_is_equal() -> None:
    assert Point(1) == Point(x=1, y=2, tags=[])
    assert hash(Empty()) == hash(Empty())
    assert repr(Point(1, 3)) == "Point(x=1, y=3, tags=[])"


def test_record__default_factory_makes_one_for_each() -> None:
    assert Point(1).tags is not Point(1).tags


@pytest.mark.parametrize("name", ["x", "z"])
def test_record__cannot_be_written(name: str) -> None:
    with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
        setattr(Point(1), name, 5)


@pytest.mark.parametrize("change", [{}, {"x": 5}, {"y": 0, "tags": ["a"]}, {"tags": []}])
def test_replace__is_that_of_dataclasses(change: dict[str, object]) -> None:
    point = Point(1, 3, ["b"])
    assert replace(point, **change) == dataclasses.replace(point, **change)  # type: ignore[arg-type]
    assert point == Point(1, 3, ["b"])


def test_replace__unknown_field_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="z"):
        replace(Point(1), z=1)  # type: ignore[call-arg]


def test_record__missing_field_is_a_type_error_that_names_the_record() -> None:
    with pytest.raises(TypeError, match=r"Point\.__init__\(\) missing"):
        Point()  # type: ignore[call-arg]


def test_record__survives_copies_and_pickling() -> None:
    point = Point(1, 3, ["b"])
    assert copy.deepcopy(point) == pickle.loads(pickle.dumps(point)) == point


def test_record__matches_by_place() -> None:
    match Point(1, 3):
        case Point(x, y):
            assert (x, y) == (1, 3)
