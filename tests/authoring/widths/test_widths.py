"""How many bits the rules need: by intervals, and by engines that have too few."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ibperp import numbers
from ibperp.numbers import INT128_MAX
from ibperp.outcomes import Accepted
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_authoring.cases import BRICKS, SETUPS
from ibperp_authoring.cases.builder import Refused
from ibperp_authoring.cases.notation import profile
from ibperp_authoring.widths.intervals import Interval, bits_of, root, widest
from ibperp_authoring.widths.kernels import LIMITS, bounds, kernels, widths
from ibperp_authoring.widths.page import PAGE, written
from ibperp_conformance.protocol.profile import VENUE
from ibperp_conformance.protocol.wire import encode_outcome
from worlds.words import Word, root_of_word, worded, wrapping

AT_VENUE = tuple(case.id for case in profile.VENUE)
NARROW = {
    64: ("CU-4-057", "MM-12-030"),
    128: ("PP-8-069", "ST-2-015", "MM-13-013", *AT_VENUE),
    256: ("MM-11-012", "SM-4-203", *(case.id for case in profile.LIMITS)),
}


def test_interval__holds_every_result() -> None:
    left, right = Interval(-3, 5), Interval(2, 4)
    for one in range(-3, 6):
        for other in range(2, 5):
            functions: tuple[Callable[[Any, Any], Any], ...] = (
                lambda a, b: a + b,
                lambda a, b: a - b,
                lambda a, b: a * b,
                lambda a, b: a // b,
                lambda a, b: -(-a // b),
                lambda a, b: abs(a) + b,
                lambda a, b: 7 - a * b,
            )
            for function in functions:
                result, exact = function(left, right), function(one, other)
                assert result.low <= exact <= result.high
    assert repr(root(Interval(3, 17))) == "[1, 4]"


def test_widest__follows_both_answers_of_what_is_not_decided() -> None:
    def shrunk(value: Any) -> Any:
        return value * value if value > 10 else value + (1 if value == 3 else 2)

    bits, results = widest(lambda: shrunk(Interval(0, 20)))
    assert (bits, len(results)) == (bits_of(400), 3)
    assert widest(lambda: shrunk(Interval(0, 9)))[0] == bits_of(11)


def test_venue__no_intermediate_value_above_256_bits() -> None:
    assert {each.function: each.bits for each in widths(VENUE) if each.bits > 256} == {}


def test_venue__stores_nothing_above_128_bits() -> None:
    of_products = {"root", "equity", "uncounted_gain", "gain", "worth", "exposure", "weights"}
    of_products |= {"initial", "maintenance", "auto_close", "required", "still", "was", "now"}
    for name, (low, high) in bounds(VENUE).items():
        assert name in of_products or max(-low, high) <= INT128_MAX, name


def test_limits__are_within_what_the_text_asks_for() -> None:
    for each in widths(LIMITS):
        asked = {"PF-8": 704, "PF": 512, "LQ": 512}
        most = asked.get(each.clause, asked.get(each.clause.partition("-")[0], 320))
        assert each.bits <= most, each


def test_kernels__every_one_that_multiplies_has_a_width() -> None:
    names = {function.__name__ for function in kernels()}
    assert {"collateral_value", "is_ratio_kept", "accrue", "filled", "share", "part_due"} <= names


def test_page__has_the_widths_of_today() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert written(text) == text, "write it again with: make widths"


def answered(name: str, word: type[Word] | None = None) -> list[Any]:
    """Return what the steps of a vector come to and the state at its end, or that they fail."""
    try:
        return told(name, word)
    except (AssertionError, ZeroDivisionError, ValueError) as fault:
        return [str(fault)]


def told(name: str, word: type[Word] | None) -> list[Any]:
    case = next(each for brick in BRICKS.values() for each in brick if each.id == name)
    source = next(each for each in SETUPS if each.id == case.setup)
    state = genesis(given(source.system, word))
    for action in source.actions:
        outcome = transition(state, given(action, word))
        assert isinstance(outcome, Accepted)
        state = outcome.state
    found: list[Any] = []
    for step in case.steps:
        action = step.action if isinstance(step, Refused) else step
        outcome = transition(state, given(action, word))
        found.append(encode_outcome(state, outcome))
        state = outcome.state if isinstance(outcome, Accepted) else state
    return [*found, state]


def given(value: Any, word: type[Word] | None) -> Any:
    return value if word is None else worded(value, word)


@pytest.mark.parametrize(
    ("bits", "name"), [(bits, name) for bits, names in NARROW.items() for name in names]
)
def test_narrow_engine__fails_the_vector(
    bits: int, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = answered(name)
    monkeypatch.setattr(numbers, "isqrt", root_of_word)
    assert answered(name, wrapping(bits)) != exact
    assert answered(name, wrapping(704)) == exact


@pytest.mark.parametrize("name", AT_VENUE)
def test_engine_of_256_bits__passes_at_the_edge_of_the_profile(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "isqrt", root_of_word)
    assert answered(name, wrapping(256)) == answered(name)
