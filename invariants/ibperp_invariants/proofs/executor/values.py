"""Symbolic integers and truth values: Python values that stand for terms."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from ibperp_invariants.proofs.executor import terms
from ibperp_invariants.proofs.executor.paths import UnsupportedError, current
from ibperp_invariants.proofs.executor.terms import BOOL, INT, Polynomial, Term

INDEX_MAX: Final = 8
"""The largest magnitude of a symbolic index."""


def _integer(value: object) -> Term | None:
    if isinstance(value, Integer):
        return value.term
    if isinstance(value, Truth):
        return terms.choose(value.term, terms.constant(1), terms.constant(0))
    return terms.constant(value) if isinstance(value, int) else None


class Integer:
    """An integer that stands for all its values; every comparison is a term, not an answer."""

    __slots__ = ("term",)

    def __init__(self, term: Term) -> None:
        self.term = term

    def _with(self, other: object, make: Any, of: Any) -> Any:
        term = _integer(other)
        return NotImplemented if term is None else of(make(self.term, term))

    def __add__(self, other: object) -> Any:
        return self._with(other, terms.add, Integer)

    __radd__ = __add__

    def __mul__(self, other: object) -> Any:
        return self._with(other, terms.multiply, Integer)

    __rmul__ = __mul__

    def __sub__(self, other: object) -> Any:
        return self._with(other, lambda a, b: terms.add(a, terms.negated(b)), Integer)

    def __rsub__(self, other: object) -> Any:
        return self._with(other, lambda a, b: terms.add(b, terms.negated(a)), Integer)

    def __neg__(self) -> Integer:
        return Integer(terms.negated(self.term))

    def __pos__(self) -> Integer:
        return self

    def __abs__(self) -> Integer:
        is_below = terms.less(self.term, terms.constant(0))
        return Integer(terms.choose(is_below, terms.negated(self.term), self.term))

    def __pow__(self, exponent: object) -> Any:
        if not isinstance(exponent, int) or not 0 <= exponent <= INDEX_MAX:
            raise UnsupportedError("a power with a symbolic or large exponent")
        return math.prod([self] * exponent)

    def __floordiv__(self, other: object) -> Any:
        return divided(self, other)[0]

    def __rfloordiv__(self, other: object) -> Any:
        return divided(other, self)[0]

    def __mod__(self, other: object) -> Any:
        return divided(self, other)[1]

    def __rmod__(self, other: object) -> Any:
        return divided(other, self)[1]

    def __lt__(self, other: object) -> Any:
        return self._with(other, terms.less, Truth)

    def __le__(self, other: object) -> Any:
        return self._with(other, terms.at_most, Truth)

    def __gt__(self, other: object) -> Any:
        return self._with(other, lambda a, b: terms.less(b, a), Truth)

    def __ge__(self, other: object) -> Any:
        return self._with(other, lambda a, b: terms.at_most(b, a), Truth)

    def __eq__(self, other: object) -> Any:
        return self._with(other, terms.equal, Truth)

    def __ne__(self, other: object) -> Any:
        return self._with(other, lambda a, b: terms.no(terms.equal(a, b)), Truth)

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __index__(self) -> int:
        for index in range(-INDEX_MAX, INDEX_MAX + 1):
            if self == index:
                return index
        raise UnsupportedError("a symbolic index without bounds")

    __int__ = __index__

    def __hash__(self) -> int:
        raise UnsupportedError("the hash of a symbolic integer")


class Truth:
    """A truth value that stands for both; the program forks where it must know which."""

    __slots__ = ("term",)

    def __init__(self, term: Term) -> None:
        self.term = term

    def __bool__(self) -> bool:
        return current().decide(self.term)

    def _number(self) -> Integer:
        term = _integer(self)
        assert term is not None
        return Integer(term)

    def __add__(self, other: object) -> Any:
        return self._number() + other

    __radd__ = __add__

    def __sub__(self, other: object) -> Any:
        return self._number() - other

    def __rsub__(self, other: object) -> Any:
        return other - self._number()

    def __mul__(self, other: object) -> Any:
        return self._number() * other

    __rmul__ = __mul__

    def __eq__(self, other: object) -> Any:
        if isinstance(other, bool):
            return Truth(self.term if other else terms.no(self.term))
        if isinstance(other, Truth):
            return Truth(terms.equal(self.term, other.term))
        return self._number() == other

    def __ne__(self, other: object) -> Any:
        found = self == other
        return Truth(terms.no(found.term)) if isinstance(found, Truth) else not found

    def __index__(self) -> int:
        return int(bool(self))

    def __hash__(self) -> int:
        raise UnsupportedError("the hash of a symbolic truth value")


def integer(name: str) -> Any:
    """Return the integer of this name: symbolic, or its value where the variables have values."""
    values = current().values
    return Integer(terms.variable(name, INT)) if values is None else values.get(name, 0)


def truth(name: str) -> Any:
    """Return the truth value of this name, as `integer` does."""
    values = current().values
    return Truth(terms.variable(name, BOOL)) if values is None else bool(values.get(name, 0))


def _fresh(name: str) -> Integer:
    paths = current()
    paths.fresh += 1
    return Integer(terms.variable(f"{name} {paths.fresh}", INT))


def divided(numerator: object, divisor: object) -> tuple[Any, Any]:
    """Return quotient and remainder as Python defines them, named once for each pair of terms.

    A divisor is positive or negative on this path, or the division fails, as in Python.
    """
    over, under = _integer(numerator), _integer(divisor)
    if over is None or under is None:
        return NotImplemented, NotImplemented
    paths, zero = current(), terms.constant(0)
    first, second = terms.value_of(over), terms.value_of(under)
    if first is not None and second is not None:
        return divmod(first, second)
    key = (terms.polynomial(over), terms.polynomial(under))
    if key in paths.quotients:
        return paths.quotients[key]
    is_positive = bool(Integer(under) > 0)
    if not is_positive and not Integer(under) < 0:
        raise ZeroDivisionError
    quotient, rest = _fresh("quotient"), _fresh("rest")
    product = terms.add(terms.multiply(under, quotient.term), rest.term)
    low, high = (zero, under) if is_positive else (under, zero)
    near, far = (terms.at_most, terms.less) if is_positive else (terms.less, terms.at_most)
    paths.known += [terms.equal(over, product), near(low, rest.term), far(rest.term, high)]
    paths.quotients[key] = (quotient, rest)
    return quotient, rest


def isqrt(value: Any) -> Any:
    """Return the integer square root, as `math.isqrt` does."""
    if not isinstance(value, Integer):
        return math.isqrt(value)
    if value < 0:
        raise ValueError("isqrt of a number below zero")
    paths = current()
    key: tuple[Polynomial, Polynomial] = (terms.polynomial(value.term), frozenset())
    if key not in paths.quotients:
        root = _fresh("root")
        above = root + 1
        bounds = (root >= 0, root * root <= value, value < above * above)
        paths.known += [bound.term for bound in bounds]
        paths.quotients[key] = (root, root)
    return paths.quotients[key][0]


def every(values: Iterable[Any]) -> Any:
    """Return what `all` does, without a fork where every value is a truth value."""
    return _joined(values, terms.every, ends_on=False)


def some(values: Iterable[Any]) -> Any:
    """Return what `any` does, without a fork where every value is a truth value."""
    return _joined(values, terms.some, ends_on=True)


def least(*arguments: Any, **options: Any) -> Any:
    """Return what `min` does, without a fork where it is given integers one by one."""
    return _extreme(min, terms.less, arguments, options)


def most(*arguments: Any, **options: Any) -> Any:
    """Return what `max` does, without a fork where it is given integers one by one."""
    return _extreme(max, lambda a, b: terms.less(b, a), arguments, options)


def _extreme(shipped: Any, is_beyond: Any, arguments: tuple[Any, ...], options: Any) -> Any:
    parts = [_integer(value) for value in arguments]
    known = [part for part in parts if part is not None]
    are_integers = len(parts) > 1 and len(known) == len(parts) and not options
    if not are_integers or not any(isinstance(value, Integer) for value in arguments):
        return shipped(*arguments, **options)
    found = known[0]
    for part in known[1:]:
        found = terms.choose(is_beyond(part, found), part, found)
    return Integer(found)


def _joined(values: Iterable[Any], join: Any, *, ends_on: bool) -> Any:
    symbolic = []
    for value in values:
        if isinstance(value, Truth):
            symbolic.append(value.term)
        elif bool(value) is ends_on:
            return ends_on
    return Truth(join(symbolic)) if symbolic else not ends_on
