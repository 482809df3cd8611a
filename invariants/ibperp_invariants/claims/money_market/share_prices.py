"""Invariants of share prices, which are compared as products, never divided (MM-2).

An order may move a pool several times. Then a price is held to the sum of what each move may round.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from ibperp.actions import AdvanceTime
from ibperp.events import Liability
from ibperp.numbers import mul_div_up
from ibperp.pool import SHARES_PER_ATOM
from ibperp_invariants.step.step import step_invariant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.state import Pool
    from ibperp_invariants.step.step import Invariant, Step


def lend_share_price_monotone(step: Step) -> Iterator[str]:
    """Check that only a bankruptcy lowers a lend share's price, by what it says (MM-2, LQ-9)."""
    resolved = step.facts.liquidation.resolved()
    for symbol, old, new in step.pools():
        lost = sum(
            fact.spread
            for fact in resolved
            if (fact.asset, fact.liability) == (symbol, Liability.POOL)
        )
        waited = old.unearned - new.unearned if lost else 0
        if _lend_price_rise(old, new) < -_lend_price_fall(step, symbol, old, new, lost - waited):
            yield f"{symbol}: the lend share price fell: {_lend_prices(old, new)}"


def lend_share_price_rises_by_interest(step: Step) -> Iterator[str]:
    """Check that only time lifts a lend share's price by more than rounding (MM-2, MM-6)."""
    if isinstance(step.action, AdvanceTime):
        return
    for symbol, old, new in step.pools():
        rise = 0 if old is new else _lend_price_rise(old, new)
        if rise > 0 and rise >= _lend_rise_limit(step, symbol, old, new):
            yield (
                f"{symbol}: the lend share price rose by more than roundings: "
                f"{_lend_prices(old, new)}"
            )


def borrow_share_price_never_falls(step: Step) -> Iterator[str]:
    """Check that a debt's price falls only by a new debt's rounding, below one share (MM-2)."""
    for symbol, old, new in step.pools():
        path = _borrow_path(step, symbol, old, new)
        if min(*path, new.borrow_shares) <= 0:
            continue
        rise = new.borrowed * old.borrow_shares - old.borrowed * new.borrow_shares
        debts = sum(later > earlier for earlier, later in itertools.pairwise(path))
        is_rounding = debts > 0 and rise > -_several(
            debts, old.borrowed, max(old.borrowed, new.borrowed), path
        )
        if rise < 0 and not is_rounding:
            yield f"{symbol}: the borrow share price fell: {_borrow_prices(old, new)}"


def borrow_share_price_rises_by_interest(step: Step) -> Iterator[str]:
    """Check that only interest lifts a debt's price by more than rounding (MM-14)."""
    if isinstance(step.action, AdvanceTime):
        return
    for symbol, old, new in step.pools():
        path = _borrow_path(step, symbol, old, new)
        if min(*path, new.borrow_shares) <= 0:
            continue
        rise = new.borrowed * old.borrow_shares - old.borrowed * new.borrow_shares
        limit = _several(len(path) - 1, old.borrow_shares, new.borrow_shares, path)
        if rise > 0 and rise >= limit:
            yield f"{symbol}: the borrow share price rose: {_borrow_prices(old, new)}"


def _lend_rise_limit(step: Step, symbol: str, old: Pool, new: Pool) -> int:
    """Return what moves may add to a lend share's price, times both numbers of shares.

    A move rounds by less than one share, and burns with it what claims less than one atom. Of
    several moves each counts at the lowest number of shares between them, when an atom lifts the
    price most.
    """
    start = old.lend_shares + SHARES_PER_ATOM
    moves, _ = step.moves(symbol)
    end = new.lend_shares + SHARES_PER_ATOM
    if len(moves) <= 1:
        return old.lent + 1 + start
    path = _path(start, moves)
    lift = len(moves) * (new.lent + 1 + end)
    return mul_div_up(lift, start, max(min(path), 1))


def _borrow_path(step: Step, symbol: str, old: Pool, new: Pool) -> tuple[int, ...]:
    """Return the borrow shares of a pool before and after each of its moves."""
    path = _path(old.borrow_shares, step.moves(symbol)[1])
    return path if path[-1] == new.borrow_shares else (*path, new.borrow_shares)


def _path(start: int, moves: tuple[int, ...]) -> tuple[int, ...]:
    path = [start]
    for move in moves:
        path.append(path[-1] + move)
    return tuple(path)


def _several(moves: int, one: int, largest: int, path: tuple[int, ...]) -> int:
    """Return `one`, what one move may round; of several, as many times the largest it may be.

    The price between the moves is at most twice that at their ends.
    """
    if moves <= 1:
        return one
    return mul_div_up(2 * moves * max(one, largest), max(path), min(path))


def _lend_price_rise(old: Pool, new: Pool) -> int:
    """Return the rise of the lend share price, times both numbers of shares."""
    before, after = old.lend_shares + SHARES_PER_ATOM, new.lend_shares + SHARES_PER_ATOM
    return (new.lent + 1) * before - (old.lent + 1) * after


def _lend_price_fall(step: Step, symbol: str, old: Pool, new: Pool, lost: int) -> int:
    """Return what a loss may take from a lend share's price, times both numbers of shares.

    A run may lend or redeem before the loss and after it: the fewer the shares, the more each
    loses.
    """
    if lost <= 0:
        return 0
    before, after = old.lend_shares + SHARES_PER_ATOM, new.lend_shares + SHARES_PER_ATOM
    moves, _ = step.moves(symbol)
    return mul_div_up(lost * before, after, min(*_path(before, moves), after))


def _lend_prices(old: Pool, new: Pool) -> str:
    return (
        f"{old.lent + 1} atoms per {old.lend_shares + SHARES_PER_ATOM} shares became "
        f"{new.lent + 1} per {new.lend_shares + SHARES_PER_ATOM}"
    )


def _borrow_prices(old: Pool, new: Pool) -> str:
    return (
        f"{old.borrowed} atoms per {old.borrow_shares} shares became "
        f"{new.borrowed} per {new.borrow_shares}"
    )


SHARE_PRICES: Final[tuple[Invariant, ...]] = (
    step_invariant(
        lend_share_price_monotone, "MM-2 MM-6", "No action lowers the price of a lend share."
    ),
    step_invariant(
        lend_share_price_rises_by_interest,
        "MM-2 MM-6 MM-7",
        "Only time raises the price of a lend share by more than one rounding, so that neither a "
        "donation nor an entry fee raises any claim at once.",
    ),
    step_invariant(
        borrow_share_price_never_falls,
        "MM-2 MM-6 MM-14",
        "No repayment and no interest lowers the price of a borrow share; a borrow lowers it by "
        "the rounding of less than one share.",
    ),
    step_invariant(
        borrow_share_price_rises_by_interest,
        "MM-2 MM-14",
        "Only time raises the price of a borrow share by more than a repayment's rounding, which "
        "is less than one atom over all debts.",
    ),
)
