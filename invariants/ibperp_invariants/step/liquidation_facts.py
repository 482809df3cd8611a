"""What the events of liquidations say, by symbol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ibperp.events import (
    BankruptcyResolved,
    Liability,
    LiquidationStage,
    LiquidationStep,
    LossSpread,
    PositionMoved,
)
from ibperp.records import record

if TYPE_CHECKING:
    from ibperp.events import Event
    from ibperp.state import State
    from ibperp_invariants.view.node import Node


@dataclass(frozen=True, slots=True)
class StepFact:
    """A step of a liquidation began."""

    account: int
    stage: LiquidationStage


@dataclass(frozen=True, slots=True)
class MoveFact:
    """Signed `lots` that a counterparty received from an account at a price."""

    market: str
    account: int
    counterparty: int
    lots: int
    price: int


@dataclass(frozen=True, slots=True)
class ResolvedFact:
    """A liability of a bankrupt account that ended, with what bore it, in atoms."""

    account: int
    asset: str
    liability: Liability
    owed: int
    insurance: int
    reserve: int
    spread: int


@dataclass(frozen=True, slots=True)
class SpreadFact:
    """What the gain of a position lost to a bankruptcy, in atoms."""

    account: int
    market: str
    amount: int


LiquidationFact: TypeAlias = StepFact | MoveFact | ResolvedFact | SpreadFact


@record
class LiquidationFacts:
    """The facts of one action, in order."""

    all: tuple[LiquidationFact, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is one."""
        return bool(self.all)

    def steps(self) -> list[StepFact]:
        """Return the steps of liquidations."""
        return [fact for fact in self.all if isinstance(fact, StepFact)]

    def moved(self) -> list[MoveFact]:
        """Return the positions that changed hands off the book."""
        return [fact for fact in self.all if isinstance(fact, MoveFact)]

    def resolved(self) -> list[ResolvedFact]:
        """Return the liabilities that ended."""
        return [fact for fact in self.all if isinstance(fact, ResolvedFact)]

    def worked_on(self) -> list[int]:
        """Return the accounts that were liquidated or resolved, each once, in order."""
        told = (fact.account for fact in self.all if isinstance(fact, StepFact | ResolvedFact))
        return list(dict.fromkeys(told))

    def spread(self) -> list[SpreadFact]:
        """Return what the gains of positions lost."""
        return [fact for fact in self.all if isinstance(fact, SpreadFact)]

    def moves_by_step(self) -> Iterator[tuple[StepFact, list[MoveFact]]]:
        """Yield each step with the positions that moved in it."""
        step, moves = None, list[MoveFact]()
        for fact in self.all:
            if isinstance(fact, StepFact):
                if step is not None:
                    yield step, moves
                step, moves = fact, []
            elif isinstance(fact, MoveFact):
                moves.append(fact)
        if step is not None:
            yield step, moves


def told_of_liquidation(state: State, event: Event) -> tuple[LiquidationFact, ...]:
    """Return what one event of the reference says; `state` is the one after it."""
    match event:
        case LiquidationStep(account, stage):
            return (StepFact(account, stage),)
        case PositionMoved(market, account, counterparty, lots, price):
            symbol = state.markets[market].symbol
            return (MoveFact(symbol, account, counterparty, lots, price),)
        case BankruptcyResolved(account, asset, liability, owed, insurance, reserve, spread):
            symbol = state.assets[asset].symbol
            return (ResolvedFact(account, symbol, liability, owed, insurance, reserve, spread),)
        case LossSpread(account, market, amount):
            return (SpreadFact(account, state.markets[market].symbol, amount),)
        case _:
            return ()


def heard_of_liquidation(kind: str, event: Node) -> tuple[LiquidationFact, ...]:
    """Return what one decoded event says."""
    number = event.number
    match kind:
        case "liquidation_step":
            return (StepFact(number("account"), event.get("stage").choice(LiquidationStage)),)
        case "position_moved":
            parts = map(number, ("account", "counterparty", "lots", "price"))
            return (MoveFact(event.word("market"), *parts),)
        case "bankruptcy_resolved":
            asset, liability = event.word("asset"), event.get("liability").choice(Liability)
            parts = map(number, ("owed", "insurance", "reserve", "spread"))
            return (ResolvedFact(number("account"), asset, liability, *parts),)
        case "loss_spread":
            return (SpreadFact(number("account"), event.word("market"), number("amount")),)
        case _:
            return ()
