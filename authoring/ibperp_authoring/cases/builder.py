"""How a conformance case is written down: its permanent id, its steps, and what must come out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, TypeAlias

from ibperp.actions import Action, PlaceOrder, RequestWithdrawal, SetAccountSettings
from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import RejectionCode
from ibperp.state import Settings

SPOT: Final = "SOL_USDC"
"""The spot market of the setups."""

PERP: Final = "SOL_PERP"
"""The perpetual market of the setups."""


class Kind(StrEnum):
    """What a case shows: an accepted action, a rejected one, or a longer course (CF-8)."""

    ACCEPT = "accept"
    REJECT = "reject"
    TRACE = "trace"


class Why(StrEnum):
    """Why a case exists (CF-8)."""

    RULE = "rule"
    BOUNDARY = "boundary"
    ROUNDING = "rounding"
    PRECEDENCE = "precedence"
    CONSERVATION = "conservation"
    ATTACK = "attack"
    REGRESSION = "regression"


@dataclass(frozen=True, slots=True)
class Refused:
    """A step that the reference must refuse with `code`."""

    action: Action
    code: RejectionCode


Step: TypeAlias = Action | Refused


@dataclass(frozen=True, slots=True)
class Case:
    """One authored case; ids are permanent and are never given to another case.

    `twin`: for a rejection, the accepted case that differs from it as little as possible.
    """

    id: str
    kind: Kind
    why: Why
    title: str
    setup: str
    steps: tuple[Step, ...]
    twin: str | None = None
    more_clauses: tuple[str, ...] = ()

    @property
    def clauses(self) -> tuple[str, ...]:
        """Return the clauses that the case covers; the id names the first."""
        own = self.id.rpartition("-")[0]
        return (own, *(clause for clause in self.more_clauses if clause != own))


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that share a setup, opening steps, a reason and further clauses."""

    setup: str
    before: tuple[Step, ...] = ()
    why: Why = Why.RULE
    clauses: tuple[str, ...] = ()

    def accept(self, name: str, title: str, *steps: Action, why: Why | None = None) -> Case:
        """Return a case whose every step is accepted."""
        return self._case(Kind.ACCEPT, name, title, steps, why=why)

    def reject(
        self,
        name: str,
        title: str,
        *steps: Action,
        code: RejectionCode,
        twin: str,
        why: Why | None = None,
    ) -> Case:
        """Return a case whose last step alone is refused, with `code`."""
        last = Refused(steps[-1], code)
        return self._case(Kind.REJECT, name, title, (*steps[:-1], last), why=why, twin=twin)

    def trace(self, name: str, title: str, *steps: Step, why: Why | None = None) -> Case:
        """Return a course of steps; those that must be refused are written as `Refused`."""
        return self._case(Kind.TRACE, name, title, steps, why=why)

    def refusals(
        self, twin: str, *rows: tuple[str, str, Action, RejectionCode]
    ) -> tuple[Case, ...]:
        """Return a family of rejections of one step each: id, title, action and code."""
        return tuple(
            self.reject(name, title, action, code=code, twin=twin)
            for name, title, action, code in rows
        )

    def pair(
        self,
        names: tuple[str, str],
        titles: tuple[str, str],
        *before: Action,
        accepted: Action,
        refused: Action,
        code: RejectionCode,
        why: Why | None = None,
    ) -> tuple[Case, Case]:
        """Return an accepted case and the rejection just beyond it."""
        good, bad = names
        return (
            self.accept(good, titles[0], *before, accepted, why=why),
            self.reject(bad, titles[1], *before, refused, code=code, twin=good, why=why),
        )

    def _case(
        self,
        kind: Kind,
        name: str,
        title: str,
        steps: tuple[Step, ...],
        *,
        why: Why | None,
        twin: str | None = None,
    ) -> Case:
        return Case(
            name,
            kind,
            why or self.why,
            title,
            self.setup,
            (*self.before, *steps),
            twin,
            self.clauses,
        )


def span(cases: tuple[Case, ...], first: str, last: str | None = None) -> tuple[Case, ...]:
    """Return the cases from the id `first` to the id `last`, or the first alone."""
    ids = [case.id for case in cases]
    return cases[ids.index(first) : ids.index(last or first) + 1]


def withdraw(
    account: int, asset: str, chain: str, amount: int, *, redeem: bool = False, borrow: bool = False
) -> RequestWithdrawal:
    """Return a withdrawal request; by default it may neither redeem nor borrow."""
    return RequestWithdrawal(account, asset, chain, amount, redeem, borrow)


def settings(account: int, **changes: Any) -> SetAccountSettings:
    """Return settings of an account: those of a new one, but for `changes`."""
    chosen = replace(Settings(), **changes)
    return SetAccountSettings(
        account=account,
        auto_lend=chosen.auto_lend,
        auto_repay_borrows=chosen.auto_repay_borrows,
        auto_borrow_settlements=chosen.auto_borrow_settlements,
        auto_realize=chosen.auto_realize,
        leverage_limit=chosen.leverage_limit,
    )


def flags(
    *, lend: bool = False, redeem: bool = False, borrow: bool = False, repay: bool = False
) -> OrderFlags:
    """Return what an order may do with the pools; by default nothing."""
    return OrderFlags(
        auto_lend=lend, auto_lend_redeem=redeem, auto_borrow=borrow, auto_borrow_repay=repay
    )


def place(account: int, side: Side, lots: int, price: int, **changes: Any) -> PlaceOrder:
    """Return a limit order of the spot market that may rest; `changes` names other fields."""
    order = PlaceOrder(
        account=account,
        market=SPOT,
        side=side,
        kind=OrderKind.LIMIT,
        lots=lots,
        price=price,
        time_in_force=TimeInForce.GTC,
        post_only=False,
        reduce_only=False,
        self_trade_prevention=SelfTradePrevention.REJECT_TAKER,
        flags=flags(),
    )
    return replace(order, **changes)


def bid(account: int, lots: int, price: int, **changes: Any) -> PlaceOrder:
    """Return an order that buys; see `place`."""
    return place(account, Side.BID, lots, price, **changes)


def ask(account: int, lots: int, price: int, **changes: Any) -> PlaceOrder:
    """Return an order that sells; see `place`."""
    return place(account, Side.ASK, lots, price, **changes)


def long(account: int, lots: int, price: int, **changes: Any) -> PlaceOrder:
    """Return an order that buys lots of the perpetual; see `place`."""
    return place(account, Side.BID, lots, price, **({"market": PERP} | changes))


def short(account: int, lots: int, price: int, **changes: Any) -> PlaceOrder:
    """Return an order that sells lots of the perpetual; see `place`."""
    return place(account, Side.ASK, lots, price, **({"market": PERP} | changes))


def market(account: int, side: Side, lots: int, **changes: Any) -> PlaceOrder:
    """Return a market order whose lots expire unless they trade at once; see `place`."""
    unpriced: dict[str, Any] = {"kind": OrderKind.MARKET, "time_in_force": TimeInForce.IOC}
    return place(account, side, lots, 0, **(unpriced | changes))
