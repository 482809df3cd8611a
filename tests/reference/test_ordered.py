from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import log2
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ibperp.ordered import HEAVY, Key, Node, Ordered

EXACT = settings(derandomize=True, deadline=None, database=None)
MANY = 100_000

keys = st.tuples(st.integers(-6, 6), st.integers(0, 3))


def nodes(ordered: Ordered) -> Iterator[tuple[int, Node, Node, int]]:
    """Yield the weight, the two subtrees and the depth of every node."""
    path: list[tuple[Node, int]] = [(ordered._root, 1)]
    while path:
        node, depth = path.pop()
        if node is not None:
            weight, _, left, right = node
            yield weight, left, right, depth
            path += [(left, depth + 1), (right, depth + 1)]


def weight_of(node: Node) -> int:
    return 0 if node is None else node[0]


def is_balanced(ordered: Ordered) -> bool:
    return all(
        weight == weight_of(left) + weight_of(right) + 1
        and (weight <= 2 or weight_of(left) <= HEAVY * weight_of(right))
        and (weight <= 2 or weight_of(right) <= HEAVY * weight_of(left))
        for weight, left, right, _ in nodes(ordered)
    )


def depth_of(ordered: Ordered) -> int:
    return max((depth for _, _, _, depth in nodes(ordered)), default=0)


def toggled(ordered: Ordered, key: Key, model: set[Key]) -> Ordered:
    """Remove a key that is there, add one that is not, in the set and in its model."""
    present = key in model
    model ^= {key}
    return ordered.remove(key) if present else ordered.add(key)


@EXACT
@given(st.lists(keys, max_size=150))
def test_ordered__adds_and_removes_as_a_sorted_list_does(history: list[Key]) -> None:
    ordered, model = Ordered(), set[Key]()
    for key in history:
        ordered = toggled(ordered, key, model)
        assert ordered.first() == min(model, default=None)
        assert is_balanced(ordered)
    assert list(ordered) == sorted(model)
    assert len(ordered) == len(model)


@EXACT
@given(st.lists(keys, max_size=60), st.randoms(use_true_random=False))
def test_ordered__equal_by_content_whatever_the_history(history: list[Key], random: Random) -> None:
    ordered, model = Ordered(), set[Key]()
    for key in history:
        ordered = toggled(ordered, key, model)
    shuffled = sorted(model)
    random.shuffle(shuffled)
    other = Ordered(shuffled)
    assert ordered == other
    assert hash(ordered) == hash(other)
    assert repr(ordered) == repr(other) == f"Ordered({sorted(model)!r})"
    for key in model:
        assert ordered != other.remove(key)
        assert ordered != other.remove(key).add((*key, 0))
    assert ordered != tuple(ordered)


@EXACT
@given(st.lists(keys, max_size=60))
def test_ordered__old_versions_stay_as_they_were(history: list[Key]) -> None:
    ordered, model = Ordered(), set[Key]()
    versions = [(ordered, sorted(model))]
    for key in history:
        ordered = toggled(ordered, key, model)
        versions.append((ordered, sorted(model)))
    assert all(list(version) == content for version, content in versions)


@EXACT
@given(st.sets(keys, max_size=20), keys)
def test_remove__key_error__key_not_there(content: set[Key], key: Key) -> None:
    ordered = Ordered(content - {key})
    with pytest.raises(KeyError):
        ordered.remove(key)


def zig_zag(count: int) -> Iterator[int]:
    """Yield the outermost numbers first, from both ends in turn."""
    return (count - 1 - step // 2 if step % 2 else step // 2 for step in range(count))


def inside_out(count: int) -> Iterator[int]:
    return reversed(tuple(zig_zag(count)))


ORDERS: dict[str, Callable[[int], Iterable[int]]] = {
    "ascending": range,
    "descending": lambda count: range(count - 1, -1, -1),
    "zig-zag": zig_zag,
    "inside out": inside_out,
}


@pytest.mark.no_cover
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_ordered__stays_shallow__adversarial_order(order: Callable[[int], Iterable[int]]) -> None:
    ordered = Ordered((number,) for number in order(MANY))
    assert list(ordered) == [(number,) for number in range(MANY)]
    assert is_balanced(ordered)
    assert depth_of(ordered) <= 2 * log2(MANY) + 2


@pytest.mark.no_cover
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_ordered__stays_shallow__emptied_in_adversarial_order(
    order: Callable[[int], Iterable[int]],
) -> None:
    count, left = 4096, 64
    ordered = Ordered((number,) for number in range(count))
    gone = list(order(count))[: count - left]
    for step, number in enumerate(gone):
        ordered = ordered.remove((number,))
        if step % 64 == 0:
            assert is_balanced(ordered)
    assert is_balanced(ordered)
    assert depth_of(ordered) <= 2 * log2(left) + 2
    assert set(ordered) == {(number,) for number in set(range(count)) - set(gone)}
