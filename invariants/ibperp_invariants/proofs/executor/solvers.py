"""Two solvers behind one question: whether constraints can hold together.

A question may cost a number of work units, never seconds, so that an answer repeats.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Protocol

from ibperp_invariants.proofs.executor.terms import Term, script

Model = dict[str, int]
"""Values of the variables under which constraints hold, by name; truth values as 0 and 1."""


class Answer(StrEnum):
    """What a solver says of constraints."""

    SAT = "sat"
    UNSAT = "unsat"
    UNKNOWN = "unknown"


class Solver(Protocol):
    """A solver: its name as PyPI has it, and its answers."""

    @property
    def name(self) -> str:
        """The name."""

    def check(
        self, constraints: list[Term], *, is_brief: bool = False, wants_model: bool = False
    ) -> tuple[Answer, Model]:
        """Return whether constraints can hold together; with a model where one is wanted.

        A brief question may cost a small part of the work of any other.
        """

    def is_unsatisfiable(self, text: str) -> bool:
        """Tell whether the solver finds that constraints, given as SMT-LIB 2, cannot hold."""


class Z3:
    """The solver z3, anew for each question: as it comes, then with equations solved first."""

    name: Final = "z3-solver"
    limit: Final = 3_000_000
    brief: Final = 100_000

    def check(
        self, constraints: list[Term], *, is_brief: bool = False, wants_model: bool = False
    ) -> tuple[Answer, Model]:
        """Return the answer of z3."""
        import z3

        answer = Answer.UNKNOWN
        for solver in (z3.Solver(), z3.Then("simplify", "solve-eqs", "smt").solver()):
            solver.set("rlimit", self.brief if is_brief else self.limit)
            solver.from_string(script(constraints))
            answer = Answer(str(solver.check()))
            if is_brief or answer is not Answer.UNKNOWN:
                break
        if answer is not Answer.SAT or not wants_model:
            return answer, {}
        model = solver.model()
        found = {entry.name(): model[entry] for entry in model.decls() if entry.arity() == 0}
        numbers = {name: value for name, value in found.items() if z3.is_int_value(value)}
        truths = {name: value for name, value in found.items() if z3.is_bool(value)}
        return answer, {
            **{name: value.as_long() for name, value in numbers.items()},
            **{name: int(z3.is_true(value)) for name, value in truths.items()},
        }

    def is_unsatisfiable(self, text: str) -> bool:
        """Tell whether z3 finds that constraints cannot hold."""
        import z3

        solver = z3.Solver()
        solver.set("rlimit", self.limit)
        solver.from_string(text)
        return bool(solver.check() == z3.unsat)


class Cvc5:
    """The solver cvc5, which reads the same text; it gives no models here."""

    name: Final = "cvc5"
    limit: Final = 200_000
    brief: Final = 8_000

    def check(
        self, constraints: list[Term], *, is_brief: bool = False, wants_model: bool = False
    ) -> tuple[Answer, Model]:
        """Return the answer of cvc5."""
        del wants_model
        return self._answer(script(constraints), self.brief if is_brief else self.limit), {}

    def is_unsatisfiable(self, text: str) -> bool:
        """Tell whether cvc5 finds that constraints cannot hold."""
        return self._answer(text, self.limit) is Answer.UNSAT

    def _answer(self, text: str, limit: int) -> Answer:
        import cvc5

        solver = cvc5.Solver(cvc5.TermManager())
        solver.setOption("rlimit-per", str(limit))
        parser = cvc5.InputParser(solver)
        parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, f"{text}(check-sat)\n", "question")
        symbols, said = parser.getSymbolManager(), ""
        while not (command := parser.nextCommand()).isNull():
            said += command.invoke(solver, symbols)
        return Answer(said.strip()) if said.strip() in set(Answer) else Answer.UNKNOWN


SOLVERS: Final[dict[str, type[Z3 | Cvc5]]] = {Z3.name: Z3, Cvc5.name: Cvc5}
"""The solvers by name."""
