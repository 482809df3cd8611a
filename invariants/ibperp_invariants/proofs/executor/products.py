"""A second form of a question, for the part of a solver that knows linear constraints.

Whatever is at least zero on a path has products that are at least zero too. They are added to the
question, and each product of variables is then a variable of its own. What has no solution in this
form has none at all; any other answer says nothing.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from ibperp_invariants.proofs.executor.terms import (
    INT,
    Monomial,
    Polynomial,
    Term,
    at_most,
    constant,
    every,
    less,
    named,
    no,
    number,
    polynomial,
    product,
    reached,
    some,
    summed,
)

FACTORS_MAX: Final = 40
"""The most known facts, the newest first, that are multiplied with each other."""

PRODUCTS_MAX: Final = 400
"""The most products that are added to a question."""


CASES_MAX: Final = 32
"""The most cases that a question is taken apart into."""

SIGNS_MAX: Final = 4
"""The most factors of one case whose signs are told apart."""


def is_contradiction(constraints: list[Term], is_unsatisfiable: Callable[[str], bool]) -> bool:
    """Tell whether constraints are shown to have no solution by questions in linear form.

    What the last constraint leaves open, such as which of two integers that differ is the less, is
    taken apart into cases, and where that is not enough, the signs of factors are.
    """
    *rest, last = constraints
    chosen = [term.args[0] for term in reached([last]).values() if term.op == "ite"]
    cases = _cases(every([last, *(some([term, no(term)]) for term in chosen)]))
    return len(cases) <= CASES_MAX and all(
        _is_closed(list(dict.fromkeys([*rest, *case])), is_unsatisfiable, SIGNS_MAX)
        for case in cases
    )


def _is_closed(
    constraints: list[Term], is_unsatisfiable: Callable[[str], bool], signs: int
) -> bool:
    if is_unsatisfiable(_script(constraints)):
        return True
    factor = next(_unknown_signs(constraints), None)
    if factor is None or not signs:
        return False
    sides = (less(factor, constant(0)), at_most(constant(0), factor))
    return all(_is_closed([*constraints, side], is_unsatisfiable, signs - 1) for side in sides)


def _unknown_signs(constraints: list[Term]) -> Iterator[Term]:
    """Yield the factors of which no constraint tells the sign; quotients come last."""
    factors = {
        part
        for term in reached(constraints).values()
        if term.op == "*"
        for part in term.args
        if part.op != "int"
    }
    known = {fact for term in constraints for fact in _not_below_zero(term)}
    for factor in sorted(factors, key=lambda term: (" " in str(term.leaf), term.number)):
        up = polynomial(factor)
        down = product(up, number(-1))
        if not {up, down, *(summed(side, number(-1)) for side in (up, down))} & known:
            yield factor


def _cases(term: Term) -> list[list[Term]]:
    """Return constraints of which one list holds where a term does."""
    inner = term.args[0] if term.op == "not" else term
    if inner is not term and inner.op == "and":
        return [case for part in inner.args for case in _cases(no(part))]
    if inner is not term and inner.op == "=" and inner.args[0].sort == INT:
        left, right = inner.args
        return [[less(left, right)], [less(right, left)]]
    if term.op == "and":
        together = itertools.product(*map(_cases, term.args))
        return [
            list(itertools.chain(*parts)) for parts in itertools.islice(together, CASES_MAX + 1)
        ]
    return [[term]]


def _script(constraints: list[Term]) -> str:
    terms = reached(constraints)
    stated = {
        monomial for term in terms.values() if term.sort == INT for monomial, _ in polynomial(term)
    }
    facts = [fact for term in reversed(constraints) for fact in _not_below_zero(term)]
    added = list(itertools.islice(_useful(facts, stated), PRODUCTS_MAX))
    met = stated | {monomial for fact in added for monomial, _ in fact}
    shown = {monomial: _variable(monomial, terms) for monomial in sorted(met)}
    lines = [
        "(set-logic QF_LIA)",
        *(f"(declare-const {name} Int)" for key, name in shown.items() if len(key) > 1),
        *(line for _, term in sorted(terms.items()) for line in _defined(term, shown)),
        *(f"(assert {named(constraint)})" for constraint in constraints),
        *(f"(assert (<= 0 {_sum(fact, shown)}))" for fact in added),
    ]
    return "\n".join(lines) + "\n"


def _not_below_zero(term: Term) -> Iterator[Polynomial]:
    """Yield polynomials that are at least zero where a comparison holds, with or without a not."""
    is_denied = term.op == "not"
    comparison = term.args[0] if is_denied else term
    if comparison.op not in {"<", "<=", "="} or comparison.args[0].sort != INT:
        return
    left, right = map(polynomial, comparison.args)
    up, down = _less(right, left), _less(left, right)
    if comparison.op == "=":
        yield from () if is_denied else (up, down)
    elif is_denied:
        yield summed(down, number(-1)) if comparison.op == "<=" else down
    else:
        yield summed(up, number(-1)) if comparison.op == "<" else up


def _less(left: Polynomial, right: Polynomial) -> Polynomial:
    return summed(left, product(right, number(-1)))


def _useful(facts: list[Polynomial], stated: set[Monomial]) -> Iterator[Polynomial]:
    """Yield products of facts that speak of products which are stated, or of each other's."""
    multiplied = {part for monomial in stated if len(monomial) > 1 for part in monomial}
    factors = [
        fact
        for fact in dict.fromkeys(facts)
        if any(part in multiplied for monomial, _ in fact for part in monomial)
    ]
    made = [
        product(left, right)
        for left, right in itertools.combinations_with_replacement(factors[:FACTORS_MAX], 2)
    ]
    met = Counter(monomial for fact in made for monomial, _ in fact)
    known = stated | {monomial for monomial, times in met.items() if times > 1}
    ranked = sorted(made, key=lambda fact: _strange(fact, stated))
    return (fact for fact in ranked if all(monomial in known for monomial, _ in fact))


def _strange(fact: Polynomial, stated: set[Monomial]) -> int:
    """Return how many products a fact brings that the question does not state."""
    return sum(len(monomial) > 1 and monomial not in stated for monomial, _ in fact)


def _variable(monomial: Monomial, terms: dict[int, Term]) -> str:
    """Return what stands for a product: a number, a term, or a variable of its own."""
    if not monomial:
        return "1"
    return named(terms[monomial[0]]) if len(monomial) == 1 else f"m{'_'.join(map(str, monomial))}"


def _defined(term: Term, shown: dict[Monomial, str]) -> Iterator[str]:
    """Yield the line that gives a term its name, if it needs one."""
    if term.op.startswith("var"):
        yield f"(declare-const |{term.leaf}| {term.sort})"
    elif term.args:
        meaning = f"({term.op} {' '.join(map(named, term.args))})"
        if term.op in {"+", "-", "*"}:
            meaning = _sum(polynomial(term), shown)
        yield f"(define-fun t{term.number} () {term.sort} {meaning})"


def _sum(fact: Polynomial, shown: dict[Monomial, str]) -> str:
    parts = (f"(* {_numeral(factor)} {shown[monomial]})" for monomial, factor in sorted(fact))
    return f"(+ 0 0 {' '.join(parts)})"


def _numeral(value: int) -> str:
    return str(value) if value >= 0 else f"(- {-value})"
