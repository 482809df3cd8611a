"""What an invariant is: a named claim about a state, or about one step from a state to the next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

from ibperp import pool as kernel
from ibperp.actions import (
    AcceptQuote,
    Liquidate,
    ResolveBankruptcy,
    RunRisk,
    SubmitQuote,
    Transfer,
)
from ibperp.book import opposite
from ibperp.fill import Fill
from ibperp.numbers import mul_div_up
from ibperp.orders import Side
from ibperp.pool import SHARES_PER_ATOM
from ibperp.unpaid import NOTHING_UNPAID
from ibperp_invariants.step.facts import Facts, OwnMove
from ibperp_invariants.step.moved import AMOUNTS, BITS, moved_parts
from ibperp_invariants.view.observed import NotObserved
from ibperp_invariants.view.portfolios import Portfolios
from ibperp_invariants.view.totals import Totals
from ibperp_invariants.view.view import (
    View,
    changed,
    settlement_asset,
    touched,
    virtual_shares,
)

if TYPE_CHECKING:
    from ibperp.actions import Action
    from ibperp.risk_index import RiskIndex
    from ibperp.state import Pool, State
    from ibperp_invariants.step.facts import Trade
    from ibperp_invariants.view.leaves import Leaf


T = TypeVar("T")

OF_LIQUIDATION: Final = (Liquidate, RunRisk, ResolveBankruptcy)
"""The actions that liquidate, or resolve what a liquidation left."""

OF_QUOTES: Final = (SubmitQuote, AcceptQuote)
"""The actions that may trade off the book."""

OWN: Final = ""
"""In place of a market: the account's own shares, beside the virtual ones of its positions."""


class Scope(StrEnum):
    """What an invariant is checked on."""

    STATE = "state"
    STEP = "step"


class _Once(Generic[T]):
    """A property that is worked out when it is first looked at, and kept with the step."""

    def __init__(self, work_out: Callable[[Step], T]) -> None:
        self._work_out = work_out

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    def __get__(self, step: Step, _: type) -> T:
        found = step.__dict__[self._name] = self._work_out(step)
        return found


@dataclass(frozen=True)
class Step:
    """One action and what it led to.

    `code` is the rejection's code, None if the action was accepted. `repeat`: how the outcome
    differed from another outcome of the same action on the same state; empty if it did not.
    Of a step of the reference, `origin` is the state before, and `index` the due list after it,
    kept up from state to state. `leaves`: what changed, where that is known to be leaves alone.
    """

    before: View
    after: View
    action: Action | Fill
    code: str | None = None
    violated: tuple[str, ...] = ()
    facts: Facts = field(default_factory=Facts)
    repeat: str = ""
    index: RiskIndex | None = None
    origin: State | None = None
    leaves: Sequence[Leaf] | None = None

    @property
    def entry_fee(self) -> bool:
        """Tell whether borrows pay an entry fee (MM-7)."""
        return self.before.system is not None and self.before.system.entry_fee

    def is_accepted(self) -> bool:
        """Tell whether the action took effect."""
        return self.code is None

    @property
    def moved(self) -> int:
        """Return the parts that the step tells of or may have changed, as a set of bits."""
        return self._moved_parts[0]

    @_Once
    def _moved_parts(self) -> tuple[int, dict[str, int]]:
        return moved_parts(self)

    def moved_assets(self, parts: int) -> Sequence[str]:
        """Return the touched assets of which one of these parts may have moved."""
        by_asset = self._moved_parts[1]
        # An asset of which nothing was noted: what may have moved in the views is not observed.
        return [symbol for symbol in self.touched_assets if by_asset.get(symbol, -1) & parts]

    def changed_accounts(self) -> Sequence[int]:
        """Return the ids of the accounts that differ."""
        return self._changed_accounts

    @_Once
    def _changed_accounts(self) -> Sequence[int]:
        return changed(self.before.accounts, self.after.accounts)

    def changed_orders(self) -> Sequence[int]:
        """Return the ids of the orders that are open in a view and differ in the other."""
        return self._changed_orders

    @_Once
    def _changed_orders(self) -> Sequence[int]:
        if not self.moved & BITS["orders"]:
            return ()
        return changed(self.before.orders, self.after.orders)

    def reported_anew(self) -> Collection[int]:
        """Return the accounts of which another health is reported, where that is known."""
        return self._reported_anew

    @_Once
    def _reported_anew(self) -> Collection[int]:
        try:
            before, after = self.before.portfolios, self.after.portfolios
        except NotObserved:
            return ()
        return after.changed_since(before) if isinstance(after, Portfolios) else ()

    def reported_accounts(self) -> Sequence[int]:
        """Return the accounts with a reported health that changed, as they or their orders did."""
        return self._reported_accounts

    @_Once
    def _reported_accounts(self) -> Sequence[int]:
        portfolios = self.after.portfolios
        accounts = {*self.changed_accounts(), *self.reported_anew()}
        for index in self.changed_orders():
            found = (view.orders.get(index) for view in (self.before, self.after))
            accounts |= {order.account for order in found if order}
        return [index for index in sorted(accounts) if index in portfolios]

    @_Once
    def touched_assets(self) -> Sequence[str]:
        """Return the assets that may differ."""
        return touched(self.before.assets, self.after.assets)

    @_Once
    def touched_markets(self) -> Sequence[str]:
        """Return the markets that may differ."""
        return touched(self.before.markets, self.after.markets)

    def pools(self, *, every: bool = False) -> Iterator[tuple[str, Pool, Pool]]:
        """Yield symbol, pool before and pool after for the pools in both views that may differ.

        A pool in which time alone counted on is left out. `every`: of all that stand in both.
        """
        return self._pools_of(self.after.assets) if every else iter(self._moved_pools)

    @_Once
    def _moved_pools(self) -> Sequence[tuple[str, Pool, Pool]]:
        return tuple(self._pools_of(self.moved_assets(AMOUNTS)))

    def _pools_of(self, symbols: Iterable[str]) -> Iterator[tuple[str, Pool, Pool]]:
        before, after = self.before.assets, self.after.assets
        for symbol in symbols:
            old = before.get(symbol)
            if old is not None:
                yield symbol, old.pool, after[symbol].pool

    def lender_interest(self, symbol: str) -> int:
        """Return the atoms that lenders of an asset earned in this step by its events."""
        charged, reserve = self.facts.interest.get(symbol, (0, 0))
        return charged - reserve

    def trades(self) -> Iterator[tuple[Trade, int, int]]:
        """Yield each trade with its maker's and its taker's account, if both are known."""
        owner = getattr(self.action, "account", None)
        if isinstance(self.action, Fill):
            yield from (
                (trade, self.action.maker, self.action.taker) for trade in self.facts.trades
            )
            return
        for trade in self.facts.trades:
            resting = self.before.orders.get(trade.maker_order)
            taker = self.facts.takers.get(trade.taker_order, owner)
            if resting is not None and taker is not None:
                yield trade, resting.account, taker

    def maker_side(self, trade: Trade) -> Side:
        """Return the side of a trade's maker."""
        if isinstance(self.action, Fill):
            return opposite(self.action.side)
        return self.before.orders[trade.maker_order].side

    def moves(self, symbol: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return how the lend shares of a pool changed, move by move, and its borrow shares.

        Virtual shares change sides at zero, and so do those that a liquidation passes on: one of
        their moves may be one on each side.
        """
        if not self.facts.moves:
            return (), ()
        sides: tuple[list[int], list[int]] = [], []
        settled, held = settlement_asset(self.before), dict[tuple[int, str], int]()
        for move in self.facts.moves:
            if isinstance(move, OwnMove):
                if move.asset != symbol:
                    continue
                key = move.account, OWN
                old = held.get(key, _own_shares(self.before, move.account, symbol))
            elif symbol == settled:
                key = move.account, move.market
                old = held.get(key, virtual_shares(self.before, *key))
            else:
                continue
            new = held[key] = old + move.shares
            if isinstance(move, OwnMove) and move.is_lend is not None:
                sides[not move.is_lend].append(move.shares if move.is_lend else -move.shares)
            else:
                sides[0].append(max(new, 0) - max(old, 0))
                sides[1].append(max(-new, 0) - max(-old, 0))
        return tuple(sides[0]), tuple(sides[1])

    def rounding_atoms(self, symbol: str) -> int:
        """Return the most atoms of an asset that the moves of its pool shift by rounding.

        Each move rounds by less than one share, and what it leaves to others by less than an atom.
        """
        moves = sum(map(len, self.moves(symbol)))
        if not moves:
            return 0
        prices = [_share_prices(view, symbol) for view in (self.before, self.after)]
        return moves * (2 + max(prices))


StateCheck: TypeAlias = Callable[[View, Totals], Iterator[str]]
StepCheck: TypeAlias = Callable[[Step], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A claim with its permanent name and its clauses; its check yields what breaks it.

    `on_change` checks a claim about every state on what a step changed alone, where it held before.
    """

    name: str
    clauses: tuple[str, ...]
    statement: str
    scope: Scope
    on_state: StateCheck | None = None
    on_step: StepCheck | None = None
    on_change: StepCheck | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken invariant: its name, its clauses, and the numbers that break it."""

    invariant: str
    clauses: tuple[str, ...]
    message: str


def state_invariant(
    check: StateCheck, clauses: str, statement: str, on_change: StepCheck | None = None
) -> Invariant:
    """Make an invariant of every state, named as its function; `clauses` are divided by spaces."""
    name = check.__name__
    return Invariant(name, tuple(clauses.split()), statement, Scope.STATE, check, None, on_change)


def step_invariant(check: StepCheck, clauses: str, statement: str) -> Invariant:
    """Make an invariant of every step, named as its function; `clauses` are divided by spaces."""
    return Invariant(check.__name__, tuple(clauses.split()), statement, Scope.STEP, on_step=check)


def owner_of(action: Action | Fill) -> int | None:
    """Return the account whose owner asks for an action; None if nobody's owner does."""
    if isinstance(action, Transfer):
        return action.sender
    return getattr(action, "account", None)


def wealth(view: View, account: int, symbol: str) -> int:
    """Return an account's free + claim - debt of an asset, in atoms, or zero."""
    if account not in view.accounts or symbol not in view.assets:
        return 0
    holder, pool = view.accounts[account], view.assets[symbol].pool
    free, shares = holder.free.get(symbol, 0), holder.shares.get(symbol, 0)
    if shares > 0 and pool.lend_shares > -SHARES_PER_ATOM:
        return free + kernel.lend_claim(pool, shares)
    if shares < 0 and pool.borrow_shares > 0:
        return free - kernel.debt(pool, -shares)
    return free


def is_settled(view: View, account: int) -> bool:
    """Tell whether a settlement looks at an account: what it has there is not nothing (ST-2)."""
    holder = view.accounts.get(account)
    return holder is not None and (
        holder.unsettled != 0 or len(holder.positions) > 0 or holder.unpaid != NOTHING_UNPAID
    )


def _own_shares(view: View, account: int, symbol: str) -> int:
    holder = view.accounts.get(account)
    return holder.shares.get(symbol, 0) if holder else 0


def _share_prices(view: View, symbol: str) -> int:
    """Return what a lend and a borrow share of an asset are worth together, in atoms, rounded up.

    Zero for an asset that is not there, or whose pool is out of its range.
    """
    if symbol not in view.assets:
        return 0
    pool = view.assets[symbol].pool
    if min(pool.lent, pool.lend_shares, pool.borrowed, pool.borrow_shares) < 0:
        return 0
    lend = mul_div_up(1, pool.lent + 1, pool.lend_shares + SHARES_PER_ATOM)
    return lend + mul_div_up(1, pool.borrowed, max(pool.borrow_shares, 1))


def independently(checks: Iterable[Iterator[str]]) -> Iterator[str]:
    """Yield what each of several checks finds; one that cannot be done does not stop the others."""
    missing: NotObserved | None = None
    for check in checks:
        try:
            yield from check
        except NotObserved as error:
            missing = missing or error
    if missing is not None:
        raise missing
