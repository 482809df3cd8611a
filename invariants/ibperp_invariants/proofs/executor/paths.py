"""One path through a program after another, and what is known on the path that runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from ibperp_invariants.proofs.executor.products import is_contradiction
from ibperp_invariants.proofs.executor.solvers import Answer, Model, Solver
from ibperp_invariants.proofs.executor.terms import (
    BOOL,
    FALSE,
    TRUE,
    Polynomial,
    Term,
    no,
    variable,
)

PATHS_MAX: Final = 400
"""The most paths that a theorem may take; above it there is no verdict."""


UNKNOWN_MAX: Final = 6
"""The most questions that a solver may leave open before the theorem is left without a verdict."""


class UnsupportedError(Exception):
    """A program does with a symbolic value what the executor has no meaning for."""


class AbandonedPathError(BaseException):
    """The path is outside the preconditions; no program may catch this."""


class UnprovedError(BaseException):
    """A goal does not follow on the path, or no solver could say; no program may catch this."""


class ExhaustedError(BaseException):
    """There are more paths than a theorem may take; no program may catch this."""


@dataclass(slots=True)
class _Fork:
    follows: bool
    is_last: bool


@dataclass(slots=True)
class Paths:
    """The paths of one program: which forks led here, and the constraints that hold here.

    A side of a fork is left out only if the solver says that nothing reaches it. `values`: where
    the variables have them, the program runs on those, without a solver.
    """

    solver: Solver
    values: Model | None = None
    forks: list[_Fork] = field(default_factory=list)
    place: int = 0
    known: list[Term] = field(default_factory=list)
    quotients: dict[tuple[Polynomial, Polynomial], tuple[object, object]] = field(
        default_factory=dict
    )
    fresh: int = 0
    count: int = 0
    queries: int = 0
    unknown: int = 0

    def begin(self) -> None:
        """Go to the start of the next path."""
        self.place, self.known, self.quotients, self.fresh = 0, [], {}, 0
        self.count += 1
        if self.count > PATHS_MAX:
            raise ExhaustedError

    def ask(self, *more: Term, is_brief: bool = False) -> Answer:
        """Return whether the path, and what more is given, can hold."""
        self.queries += 1
        answer, _ = self.solver.check([*self.known, *more], is_brief=is_brief)
        self.unknown += answer is Answer.UNKNOWN and not is_brief
        if self.unknown > UNKNOWN_MAX:
            raise ExhaustedError
        return answer

    def follows(self, goal: Term) -> bool:
        """Tell whether a goal holds wherever the path leads, in linear form or as it is."""
        self.queries += 1
        denied = [*self.known, no(goal)]
        is_shown = is_contradiction(denied, self.solver.is_unsatisfiable)
        return is_shown or self.ask(no(goal)) is Answer.UNSAT

    def decide(self, condition: Term) -> bool:
        """Return the side of a fork that this path takes."""
        if condition in {TRUE, FALSE}:
            return condition is TRUE
        if self.place == len(self.forks):
            self.forks.append(self._fork(condition))
        follows = self.forks[self.place].follows
        self.place += 1
        self.learn(condition if follows else no(condition))
        return follows

    def learn(self, condition: Term) -> None:
        """Let a condition hold on this path."""
        self.known += condition.args if condition.op == "and" else (condition,)

    def _fork(self, condition: Term) -> _Fork:
        """Return the fork at a condition; a side that a brief question leaves open is followed."""
        if condition in self.known or no(condition) in self.known:
            return _Fork(follows=condition in self.known, is_last=True)
        if self.ask(condition, is_brief=True) is Answer.UNSAT:
            return _Fork(follows=False, is_last=True)
        is_forced = self.ask(no(condition), is_brief=True) is Answer.UNSAT
        return _Fork(follows=True, is_last=is_forced)

    def chosen(self, name: str) -> bool:
        """Return a truth value that is free: both are followed, without a solver."""
        if self.values is not None:
            return bool(self.values.get(name, 0))
        if self.place == len(self.forks):
            self.forks.append(_Fork(follows=True, is_last=False))
        follows = self.forks[self.place].follows
        self.place += 1
        term = variable(name, BOOL)
        self.known.append(term if follows else no(term))
        return follows

    def advance(self) -> bool:
        """Turn to the next path; tell whether there is one."""
        del self.forks[self.place :]
        while self.forks and self.forks[-1].is_last:
            self.forks.pop()
        if not self.forks:
            return False
        self.forks[-1] = _Fork(not self.forks[-1].follows, is_last=True)
        return True


_CURRENT: list[Paths] = []


def current() -> Paths:
    """Return the paths of the program that runs."""
    return _CURRENT[-1]


def enter(paths: Paths) -> None:
    """Make these the paths of the program that runs, until `leave`."""
    _CURRENT.append(paths)


def leave() -> None:
    """End what `enter` began."""
    _CURRENT.pop()
