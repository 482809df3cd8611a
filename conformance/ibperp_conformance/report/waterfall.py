"""Who paid what when accounts failed: from the events of a run, to the atom (LQ-4 to LQ-9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from ibperp.events import (
    BankruptcyResolved,
    LiquidationStage,
    LiquidationStep,
    PositionMoved,
    SettlementSource,
    Traded,
    Unsettled,
)
from ibperp.operations.spot_margin.checks import mark_price
from ibperp.outcomes import Accepted
from ibperp.state import INSURANCE, Market, Perpetual
from ibperp.valuation import liability_of, settlement_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ibperp.events import Event
    from ibperp.state import State
    from ibperp_conformance.scenario.result import StepResult


class Party(StrEnum):
    """Who gets from a failing account, or pays for it, in the order of the waterfall."""

    BOOK = "makers on the book"
    FEES = "trading fees"
    FEE = "liquidation fee, to the insurance"
    PROVIDERS = "backstop providers"
    OPPOSITE = "opposite positions"
    INSURANCE = "insurance"
    RESERVE = "reserve of the pool"
    CLAIMANTS = "lenders and claimants"


@dataclass(slots=True)
class Waterfall:
    """What each party got (above zero) or paid, per failing account, in quote atoms.

    On the book, with providers and with opposite positions: against the mark of the moment.
    """

    flows: dict[tuple[int, Party], int] = field(default_factory=dict)

    def accounts(self) -> tuple[int, ...]:
        """Return the accounts that failed, in the order in which they did."""
        return tuple(dict.fromkeys(account for account, _ in self.flows))

    def of(self, account: int) -> dict[Party, int]:
        """Return what the parties got and paid for one account, in the order of the waterfall."""
        return {party: amount for party in Party if (amount := self.flows.get((account, party), 0))}

    def note(self, account: int, party: Party, amount: int) -> None:
        """Add signed quote atoms."""
        self.flows[account, party] = self.flows.get((account, party), 0) + amount


def waterfall_of(steps: Iterable[StepResult]) -> Waterfall:
    """Return who paid what in the liquidations of a run."""
    found = Waterfall()
    for step in steps:
        if isinstance(step.outcome, Accepted):
            for account, stage, event in _told(step.outcome.events):
                _count(found, step.before, account, stage, event)
    return found


def _told(events: tuple[Event, ...]) -> Iterator[tuple[int, LiquidationStage | None, Event]]:
    """Yield the events of liquidations, each with the account and the stage that it belongs to."""
    account: int | None = None
    stage: LiquidationStage | None = None
    for event in events:
        if isinstance(event, LiquidationStep):
            account, stage = event.account, event.stage
        elif isinstance(event, BankruptcyResolved):
            yield event.account, None, event
            account = stage = None
        elif account is not None:
            yield account, stage, event


def _count(
    found: Waterfall, state: State, account: int, stage: LiquidationStage | None, event: Event
) -> None:
    match event:
        case Traded():
            lost = _behind(state, event) * event.lots
            found.note(account, Party.BOOK, lost)
            found.note(account, Party.FEES, event.taker_fee)
        case PositionMoved():
            market = state.markets[event.market]
            assert isinstance(market, Perpetual)
            gained = settlement_value(state, event.lots * (market.mark_price - event.price))
            is_taken = stage is LiquidationStage.ON_BACKSTOP
            found.note(account, Party.PROVIDERS if is_taken else Party.OPPOSITE, gained)
        case Unsettled(source=SettlementSource.TRADING_FEES_SYSTEM) if event.account == INSURANCE:
            found.note(account, Party.FEE, settlement_value(state, event.amount))
        case BankruptcyResolved():
            borne = (event.insurance, event.reserve, event.spread)
            parties = (Party.INSURANCE, Party.RESERVE, Party.CLAIMANTS)
            for party, amount in zip(parties, borne, strict=True):
                found.note(account, party, -liability_of(state, event.asset, amount))
        case _:
            pass


def _behind(state: State, trade: Traded) -> int:
    """Return by how much a lot was traded to the maker's advantage, by the mark of the market."""
    market = state.markets[trade.market]
    mark = mark_price(state, market) or trade.price
    if isinstance(market, Market):
        return mark - trade.price
    return abs(mark - trade.price)
