"""Theorems about how far a price is known, for all integers (chapter governance)."""

from ibperp import feeds as kernel
from ibperp.feeds import ADMITTED, ActionClass, PriceLevel

CLASSES = tuple(ActionClass)
STRICT = (ActionClass.BORROW, ActionClass.WITHDRAWAL)


def t_stricter_class_admits_a_subset(
    price: int, seconds: int, age: int, more: int, floor: int, *, is_limited: bool
) -> None:
    """What a borrow or a withdrawal admits every class of no shorter age admits (GV-3)."""
    assert all((price >= 0, seconds >= 0, age >= 0, more >= 0, floor >= 0))
    strict = kernel.level_of(price, seconds, age, floor, is_limited=is_limited)
    level = kernel.level_of(price, seconds, age + more, floor, is_limited=is_limited)
    admits = all(level in ADMITTED[of] for of in CLASSES)
    assert any((admits, all(strict not in ADMITTED[of] for of in STRICT)))


def t_older_price_is_never_admitted_again(
    price: int, seconds: int, more: int, age: int, floor: int, *, of: int, is_limited: bool
) -> None:
    """No class admits an older price that it does not admit younger (GV-3)."""
    assert all((price >= 0, seconds >= 0, more >= 0, age >= 0, floor >= 0))
    assert all((of >= 0, of < len(CLASSES)))
    level = kernel.level_of(price, seconds, age, floor, is_limited=is_limited)
    later = kernel.level_of(price, seconds + more, age, floor, is_limited=is_limited)
    assert any((level in ADMITTED[CLASSES[of]], later not in ADMITTED[CLASSES[of]]))


def t_admitted_price_is_known(
    price: int, seconds: int, age: int, floor: int, *, of: int, is_limited: bool
) -> None:
    """A price that any class admits is above zero and its floor, and within its age (GV-3)."""
    assert all((price >= 0, seconds >= 0, age >= 0, floor >= 0))
    assert all((of >= 0, of < len(CLASSES)))
    level = kernel.level_of(price, seconds, age, floor, is_limited=is_limited)
    known = all((price > 0, price > floor, seconds <= age))
    assert any((known, level not in ADMITTED[CLASSES[of]]))


def t_known_price_is_valid_unless_it_is_cut(
    price: int, seconds: int, age: int, floor: int, *, is_limited: bool
) -> None:
    """A price above its floor and within its age is valid, or deviates if it was cut (GV-3)."""
    assert all((floor >= 0, price > floor, seconds >= 0, seconds <= age))
    level = kernel.level_of(price, seconds, age, floor, is_limited=is_limited)
    assert level is (PriceLevel.DEVIATING if is_limited else PriceLevel.VALID)
