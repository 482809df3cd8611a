import importlib.util
import itertools
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

from ibperp_invariants.proofs.checker import ALL_MODULES, all_theorems
from ibperp_invariants.proofs.executor import terms
from ibperp_invariants.proofs.executor.products import is_contradiction
from ibperp_invariants.proofs.executor.prove import Opinion, explore, needless, opinion, premises
from ibperp_invariants.proofs.executor.solvers import SOLVERS, Answer
from ibperp_invariants.proofs.opinions import (
    CROSSHAIR,
    Question,
    answers,
    disagreements,
    is_confirmed,
    noted,
    questions,
    read_opinions,
    theorem_hash,
    write_opinions,
)
from ibperp_invariants.proofs.theorems.portfolio import checks

TOY = '''
def size(n: int) -> int:
    return n if n >= 0 else -n
def t_true(n: int, d: int) -> None:
    """Python's floor division, for divisors below zero too."""
    assert d != 0
    quotient, rest = n // d, n % d
    assert all((quotient * d + rest == n, any((0 <= rest < d, d < rest <= 0))))
def t_false(n: int) -> None:
    """One input breaks it."""
    assert n > 0
    m = n * n
    assert m != 777 * 777
def t_vacuous(n: int) -> None:
    """Nothing meets its preconditions."""
    assert all((n > 0, n < 0))
    m = n
    assert m == 777
def t_raises(n: int) -> None:
    """Where it divides by zero it fails."""
    assert n >= 0
    m = 7 // n
    assert m >= 0
def t_forks(n: int) -> None:
    """Both sides of a fork are followed."""
    assert n != 0
    m = size(n)
    assert m > 0
def t_indexes(n: int) -> None:
    """A bounded index may be symbolic."""
    assert all((n >= 0, n < 3))
    assert n < 5
    m = (5, 6, 7)[n]
    assert m == n + 5
def t_divides(whole: int, part: int, parts: int) -> None:
    """It follows from products of the premises alone."""
    assert 0 <= part <= parts
    assert parts > 0
    assert whole >= 0
    share = whole * part // parts
    assert 0 <= share <= whole
def t_divides_falsely(whole: int, part: int, parts: int) -> None:
    """No product of its premises shows it."""
    assert 0 <= part <= parts
    assert parts > 0
    share = whole * part // parts
    assert share <= whole
def t_hashes(n: int) -> None:
    """What has no meaning is refused, not guessed."""
    assert n > 0
    m = {n: 1}
    assert m
'''

EXPECTED = {
    "t_true": "CONFIRMED",
    "t_false": "REFUTED",
    "t_vacuous": "VACUOUS",
    "t_raises": "REFUTED",
    "t_forks": "CONFIRMED",
    "t_indexes": "CONFIRMED",
    "t_divides": "CONFIRMED",
    "t_divides_falsely": "REFUTED",
    "t_hashes": "UNSUPPORTED",
}


@pytest.fixture
def toy(tmp_path: Path) -> ModuleType:
    path = tmp_path / "toy_theorems.py"
    path.write_text(TOY, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("toy_theorems", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["toy_theorems"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(("theorem", "verdict"), EXPECTED.items())
def test_executor__tells_true_false_and_empty_theorems_apart(
    toy: ModuleType, theorem: str, verdict: str, solver: str
) -> None:
    pytest.importorskip(solver.partition("-")[0])
    assert explore(toy, theorem, solver).verdict == verdict


def test_needless__names_the_premises_that_a_theorem_does_not_need(toy: ModuleType) -> None:
    assert premises(toy, "t_indexes") == ["n >= 0", "n < 3", "n < 5"]
    assert needless(toy, "t_indexes", "z3-solver") == ["n < 5"]


@pytest.mark.parametrize("solver", SOLVERS)
def test_executor__confirms_a_shipped_theorem_and_finds_its_fault(solver: str) -> None:
    pytest.importorskip(solver.partition("-")[0])
    module = "ibperp_invariants.proofs.theorems.custody.posting"
    found = opinion(module, "t_credit_undoes_debit", solver)
    assert (found.verdict, found.witness, found.fault_found) == ("CONFIRMED", True, True)


def test_terms__fold_constants_and_know_equal_polynomials() -> None:
    x, y = terms.variable("x", terms.INT), terms.variable("y", terms.INT)
    left = terms.multiply(terms.add(x, y), terms.add(x, terms.negated(y)))
    right = terms.add(terms.multiply(x, x), terms.negated(terms.multiply(y, y)))
    assert terms.polynomial(left) == terms.polynomial(right)
    assert terms.add(terms.constant(2), terms.constant(3)) is terms.constant(5)
    assert terms.every([terms.TRUE, terms.less(x, y)]) is terms.less(x, y)


def test_products__contradict_nothing_that_has_a_solution() -> None:
    asked, chosen = SOLVERS["z3-solver"](), random.Random(5)
    x, y, z = (terms.variable(name, terms.INT) for name in "xyz")
    for _ in range(40):
        point = {one: chosen.randint(-3, 3) for one in (x, y, z)}
        pairs = [(chosen.choice((x, y, z)), chosen.choice((x, y, z))) for _ in range(4)]
        made = [
            terms.at_most(terms.constant(point[a] * point[b] - point[c]), _difference(a, b, c))
            for (a, b), (c, _) in itertools.pairwise(pairs)
        ]
        differ = terms.no(terms.equal(x, terms.constant(point[x] + 1)))
        assert not is_contradiction([*made, differ], asked.is_unsatisfiable)
        too_much = terms.less(terms.multiply(x, x), terms.constant(0))
        assert is_contradiction([*made, too_much], asked.is_unsatisfiable)


def _difference(a: terms.Term, b: terms.Term, c: terms.Term) -> terms.Term:
    return terms.add(terms.multiply(a, b), terms.negated(c))


@pytest.mark.parametrize("solver", SOLVERS)
def test_solvers__answer_the_same_text(solver: str) -> None:
    pytest.importorskip(solver.partition("-")[0])
    x = terms.variable("a name with spaces.1", terms.INT)
    square = terms.multiply(x, x)
    below, equal = terms.less(square, terms.constant(0)), terms.equal(square, terms.constant(49))
    asked = SOLVERS[solver]()
    assert asked.check([below])[0] is Answer.UNSAT
    assert asked.check([equal])[0] is Answer.SAT


def test_opinions__are_asked_again_when_the_code_changes(tmp_path: Path) -> None:
    theorem = ("ibperp_invariants.proofs.theorems.custody.posting", "t_credit_undoes_debit")
    (question,) = questions([theorem], {}, ("z3-solver",))
    known: dict[str, dict[str, dict[str, object]]] = {}
    noted(known, question, opinion(question.module, question.theorem, question.solver))
    path = tmp_path / "opinions.json"
    write_opinions(path, known)
    saved = read_opinions(path)
    assert questions([theorem], saved, ("z3-solver",)) == []
    saved[theorem[1]]["z3-solver"]["code"] = "of another day"
    assert questions([theorem], saved, ("z3-solver",)) == [
        Question(*theorem, "z3-solver", question.code)
    ]


def test_opinions__are_asked_again_when_a_contract_of_the_module_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theorem = ("t_the_margin_checks_admit_what_is_admissible_alone",)
    before = theorem_hash(checks.__name__, *theorem)
    path, contract = "ibperp.operations.effect.is_admissible", checks.admissible_without
    monkeypatch.setitem(checks.CONTRACTS, path, contract)
    changed = theorem_hash(checks.__name__, *theorem)
    monkeypatch.delitem(checks.CONTRACTS, path)
    assert len({before, changed, theorem_hash(checks.__name__, *theorem)}) == 3


def test_opinions__are_asked_again_of_another_executor_where_none_was_given() -> None:
    theorem = ("ibperp_invariants.proofs.theorems.custody.posting", "t_credit_undoes_debit")
    (question,) = questions([theorem], {}, ("z3-solver",))
    known: dict[str, dict[str, dict[str, object]]] = {}
    noted(known, question, Opinion("UNKNOWN", 1, 1))
    assert questions([theorem], known, ("z3-solver",)) == []
    known[theorem[1]]["z3-solver"]["executor"] = "of another day"
    assert questions([theorem], known, ("z3-solver",)) == [question]


def test_opinions__that_ship_refute_nothing_and_confirm_most() -> None:
    known = read_opinions()
    assert disagreements(known) == []
    assert disagreements({"t_x": {"cvc5": {"verdict": "REFUTED"}}}) != []
    assert disagreements({"t_x": {CROSSHAIR: {"verdict": "POST_FAIL"}}}) != []
    count = len(all_theorems(ALL_MODULES))
    by = [
        {name for name, own in entries.items() if is_confirmed(own)} for entries in known.values()
    ]
    assert sum(CROSSHAIR in names and len(names) > 1 for names in by) >= count * 0.95
    assert sum({"z3-solver", "cvc5"} <= names for names in by) >= count * 0.85


def test_opinions__of_the_first_checker_are_asked_for_whole_effects() -> None:
    whole = "ibperp_invariants.proofs.theorems.portfolio.checks"
    theorem = "t_the_margin_checks_admit_what_is_admissible_alone"
    posting = ("ibperp_invariants.proofs.theorems.custody.posting", "t_credit_undoes_debit")
    assert questions([posting], {}, (CROSSHAIR,)) == []
    (question,) = questions([(whole, theorem)], {}, (CROSSHAIR,))
    known: dict[str, dict[str, dict[str, object]]] = {}
    for _, found in answers([question]):
        noted(known, question, found)
    assert is_confirmed(known[theorem][CROSSHAIR])


@pytest.mark.parametrize("content", ["[]", "{}", '{"theorems": 1}'])
def test_opinions__name_a_file_that_holds_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "opinions.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"opinions\.json holds no opinions"):
        read_opinions(path)
