"""What the parts become that an action touches by a single value, and nothing else (NT-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    AdvanceTime,
    AmendOrder,
    Deposit,
    Halt,
    ListAsset,
    RegisterBackstop,
    Resume,
    Settle,
)
from ibperp_invariants.step.moved import BITS, bits_of
from ibperp_invariants.step.step import OF_LIQUIDATION, OF_QUOTES, independently
from ibperp_invariants.view.view import PositionView, changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.step.step import Step

OFF_BOOK: Final = (*OF_LIQUIDATION, *OF_QUOTES)
"""The actions that may move positions without an order."""

OF_BOOK: Final = bits_of(("orders", "backstops"))


def wrong_values(step: Step) -> Iterator[str]:
    """Yield what an accepted action had to make of a part, and did not."""
    is_off_book = isinstance(step.action, OFF_BOOK)
    if not (is_off_book or step.moved & OF_BOOK):
        yield from _wrong_moment(step)
        return
    yield from independently(
        (
            _wrong_moment(step),
            *((_grown_orders(step),) if step.moved & BITS["orders"] else ()),
            *((_wrong_backstops(step),) if step.moved & BITS["backstops"] else ()),
            *((_untold_settlements(step),) if is_off_book else ()),
        )
    )


def _wrong_moment(step: Step) -> Iterator[str]:
    """Yield a clock, a sequence or a halt that is not what the action makes it."""
    action, before, after = step.action, step.before, step.after
    match action:
        case AdvanceTime(time=time) if after.time != time:
            yield f"time went from {before.time} to {after.time}, the action makes it {time}"
        case Deposit(chain=chain) if chain in before.chains:
            old, new = before.chains[chain], after.chains.get(chain)
            if new != old + 1:
                yield f"next sequence of {chain} went from {old} to {new}, not to {old + 1}"
        case ListAsset():
            for chain in sorted(after.chains.keys() - before.chains.keys()):
                if after.chains[chain] != 1:
                    yield f"next sequence of {chain} is {after.chains[chain]}, not 1"
        case Settle() if after.settlement_time != after.time:
            yield f"settlement time is {after.settlement_time} at {after.time}"
        case Halt() | Resume() if after.is_halted is not isinstance(action, Halt):
            yield f"halted is {after.is_halted} at {after.time}"
        case Resume() if before.system is not None:
            waits = before.time + before.system.liquidation_grace
            if after.liquidation_time != waits:
                yield f"liquidations wait until {after.liquidation_time}, not {waits}"
        case _:
            pass


def _grown_orders(step: Step) -> Iterator[str]:
    """Yield an open order that did not lose lots, and is not the one that was amended."""
    before, after = step.before.orders, step.after.orders
    amended = step.action.order if isinstance(step.action, AmendOrder) else None
    for index in step.changed_orders():
        if index in before and index in after and index != amended:
            old, new = before[index].lots, after[index].lots
            if new >= old:
                yield f"order {index}: lots went from {old} to {new}"


def _wrong_backstops(step: Step) -> Iterator[str]:
    before, after = step.before.backstops, step.after.backstops
    for account in changed(before, after):
        old, new = before.get(account, 0), after.get(account, 0)
        if isinstance(step.action, RegisterBackstop):
            is_told = new == step.action.capacity
        else:
            is_told = new < old
        if not is_told:
            yield f"the backstop of account {account} went from {old} to {new}"


def _untold_settlements(step: Step) -> Iterator[str]:
    """Yield positions and unsettled balances that changed otherwise than the events say."""
    for index in step.changed_accounts():
        before, after = step.before.accounts.get(index), step.after.accounts.get(index)
        if before is None or after is None:
            continue
        told = set(_markets_told(step, index))
        for symbol in sorted({*before.positions, *after.positions}):
            old, new = (of.positions.get(symbol, PositionView()) for of in (before, after))
            if old != new and symbol not in told:
                yield f"account {index}: the position in {symbol} went from {old} to {new}"
        credited = sum(amount for (of, *_), amount in step.facts.credited.items() if of == index)
        if after.unsettled != before.unsettled + credited:
            yield (
                f"account {index}: unsettled went from {before.unsettled} to {after.unsettled}, "
                f"the events credit {credited}"
            )


def _markets_told(step: Step, account: int) -> Iterator[str]:
    """Yield the markets in which the events change the position of an account."""
    liquidation = step.facts.liquidation
    yield from (fact.market for fact in step.facts.blocks)
    yield from (trade.market for trade, *both in step.trades() if account in both)
    yield from (
        move.market for move in liquidation.moved() if account in {move.account, move.counterparty}
    )
    yield from (fact.market for fact in liquidation.spread() if fact.account == account)
    yield from (move.market for move in step.facts.virtual() if move.account == account)
