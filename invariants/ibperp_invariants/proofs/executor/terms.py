"""Terms over integers and truth values, and their text in SMT-LIB 2.

A term is made once: equal terms are the same object. Constants are folded, nothing else is
simplified, so that what a solver confirms is what the executor met.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final, TypeAlias

INT: Final = "Int"
BOOL: Final = "Bool"


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """`op` applied to `args`; a constant has its value, and a variable its name, in `leaf`."""

    op: str
    args: tuple[Term, ...]
    leaf: int | str
    sort: str
    number: int


Monomial: TypeAlias = tuple[int, ...]
"""A product of terms, given by their numbers in order; the empty one is 1."""

Polynomial: TypeAlias = frozenset[tuple[Monomial, int]]
"""A sum of monomials, each with its factor."""

_MADE: dict[tuple[object, ...], Term] = {}
_POLYNOMIALS: dict[int, Polynomial] = {}


def _term(op: str, sort: str, args: tuple[Term, ...] = (), leaf: int | str = "") -> Term:
    key = (op, leaf, *(arg.number for arg in args))
    if key not in _MADE:
        _MADE[key] = Term(op, args, leaf, sort, len(_MADE))
    return _MADE[key]


def constant(value: int) -> Term:
    """Return an integer constant."""
    return _term("int", INT, leaf=int(value))


def truth(value: bool) -> Term:  # noqa: FBT001 - the constant's only property
    """Return a truth value."""
    return TRUE if value else FALSE


def variable(name: str, sort: str) -> Term:
    """Return the variable of this name, free over all values of its sort."""
    return _term(f"var {sort}", sort, leaf=name)


TRUE: Final = _term("bool", BOOL, leaf=1)
FALSE: Final = _term("bool", BOOL, leaf=0)


def value_of(term: Term) -> int | None:
    """Return the value of an integer constant, or None."""
    return int(term.leaf) if term.op == "int" else None


def _both(left: Term, right: Term) -> tuple[int, int] | None:
    first, second = value_of(left), value_of(right)
    return None if first is None or second is None else (first, second)


def add(left: Term, right: Term) -> Term:
    """Return the sum."""
    if (both := _both(left, right)) is not None:
        return constant(both[0] + both[1])
    if value_of(left) == 0:
        return right
    return left if value_of(right) == 0 else _term("+", INT, (left, right))


def negated(term: Term) -> Term:
    """Return the integer of opposite sign."""
    value = value_of(term)
    return _term("-", INT, (term,)) if value is None else constant(-value)


def multiply(left: Term, right: Term) -> Term:
    """Return the product."""
    if (both := _both(left, right)) is not None:
        return constant(both[0] * both[1])
    if 0 in {value_of(left), value_of(right)}:
        return constant(0)
    if value_of(left) == 1:
        return right
    return left if value_of(right) == 1 else _term("*", INT, (left, right))


def less(left: Term, right: Term) -> Term:
    """Return whether one integer is below another."""
    both = _both(left, right)
    return _term("<", BOOL, (left, right)) if both is None else truth(both[0] < both[1])


def at_most(left: Term, right: Term) -> Term:
    """Return whether one integer is at most another."""
    both = _both(left, right)
    return _term("<=", BOOL, (left, right)) if both is None else truth(both[0] <= both[1])


def equal(left: Term, right: Term) -> Term:
    """Return whether two terms of one sort are equal."""
    if left is right:
        return TRUE
    both = _both(left, right)
    return _term("=", BOOL, (left, right)) if both is None else truth(both[0] == both[1])


def no(term: Term) -> Term:
    """Return the contrary."""
    if term.op == "bool":
        return truth(term is FALSE)
    return term.args[0] if term.op == "not" else _term("not", BOOL, (term,))


def every(terms: list[Term]) -> Term:
    """Return whether all hold."""
    kept = tuple(dict.fromkeys(term for term in terms if term is not TRUE))
    if FALSE in kept:
        return FALSE
    if not kept:
        return TRUE
    return kept[0] if len(kept) == 1 else _term("and", BOOL, kept)


def some(terms: list[Term]) -> Term:
    """Return whether one holds at least."""
    return no(every([no(term) for term in terms]))


def choose(condition: Term, then: Term, otherwise: Term) -> Term:
    """Return `then` where the condition holds, else `otherwise`."""
    if condition.op == "bool":
        return then if condition is TRUE else otherwise
    return then if then is otherwise else _term("ite", then.sort, (condition, then, otherwise))


def polynomial(term: Term) -> Polynomial:
    """Return an integer term multiplied out, so that equal polynomials are equal integers."""
    if term.number not in _POLYNOMIALS:
        _POLYNOMIALS[term.number] = _multiplied_out(term)
    return _POLYNOMIALS[term.number]


def _multiplied_out(term: Term) -> Polynomial:
    if term.op == "+":
        return summed(*map(polynomial, term.args))
    if term.op == "-":
        return product(polynomial(term.args[0]), number(-1))
    if term.op == "*":
        return product(*map(polynomial, term.args))
    return number(int(term.leaf)) if term.op == "int" else frozenset({((term.number,), 1)})


def number(value: int) -> Polynomial:
    """Return a constant as a polynomial."""
    return frozenset({((), value)}) if value else frozenset()


def summed(*parts: Polynomial) -> Polynomial:
    """Return the sum of polynomials."""
    total: Counter[Monomial] = Counter()
    for part in parts:
        for monomial, factor in part:
            total[monomial] += factor
    return frozenset(entry for entry in total.items() if entry[1])


def product(left: Polynomial, right: Polynomial) -> Polynomial:
    """Return the product of two polynomials, multiplied out."""
    total: Counter[Monomial] = Counter()
    for first, one in left:
        for second, other in right:
            total[tuple(sorted((*first, *second)))] += one * other
    return frozenset(entry for entry in total.items() if entry[1])


def script(constraints: list[Term]) -> str:
    """Return SMT-LIB text that asserts constraints; every compound term is defined once."""
    lines = ["(set-logic QF_NIA)"]
    for _, term in sorted(reached(constraints).items()):
        if term.op.startswith("var"):
            lines.append(f"(declare-const |{term.leaf}| {term.sort})")
        elif term.args:
            shown = " ".join(named(arg) for arg in term.args)
            lines.append(f"(define-fun t{term.number} () {term.sort} ({term.op} {shown}))")
    lines += [f"(assert {named(constraint)})" for constraint in constraints]
    return "\n".join(lines) + "\n"


def reached(constraints: list[Term]) -> dict[int, Term]:
    """Return all terms that constraints are made of, by number."""
    seen: dict[int, Term] = {}
    todo = list(constraints)
    while todo:
        term = todo.pop()
        if term.number not in seen:
            seen[term.number] = term
            todo += term.args
    return seen


def named(term: Term) -> str:
    """Return what stands for a term in SMT-LIB 2: its value, its variable, or its definition."""
    if term.op == "int":
        value = int(term.leaf)
        return str(value) if value >= 0 else f"(- {-value})"
    if term.op == "bool":
        return "true" if term is TRUE else "false"
    return f"|{term.leaf}|" if term.op.startswith("var") else f"t{term.number}"
