"""Single steps of custody, money market and prices, drawn from the state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CompleteRebalance,
    ConfirmWithdrawal,
    CreateAccount,
    Deposit,
    FailWithdrawal,
    Lend,
    Redeem,
    Repay,
    RequestWithdrawal,
    SetAccountSettings,
    SetPoolParameters,
    SetPrice,
    StartRebalance,
    Transfer,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.parameters import BookState
from ibperp.pool import debt, lend_claim
from ibperp.state import FEES, INSURANCE, Perpetual, RequestStatus, at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibperp.state import Asset, Rebalance, Withdrawal
    from ibperp_conformance.fuzz.generator.run import Run

BITS = (False, True)


def created(run: Run) -> Action:
    """Open the next account, now and then one that is there or far away."""
    index = len(run.state.accounts)
    return CreateAccount(run.pick((index, index, index, index + 1, 2)), run.pick((2, 3, 9, 0)))


def deposited(run: Run) -> Action:
    """Bring the next deposit of a chain, now and then an old one or one too early."""
    asset = run.state.assets[run.asset()]
    token = run.pick(asset.parameters.tokens)
    following = next(c.next_sequence for c in run.state.chains if c.name == token.chain)
    sequence = run.pick((following, following, following, following, following - 1, following + 1))
    account = run.pick((run.owner(), run.owner(), run.owner(), FEES, INSURANCE))
    size = run.holds(run.owner(), run.asset()) or 100
    amount = run.pick((run.near(size), token.native_unit * run.near(size // token.native_unit)))
    return Deposit(account, asset.symbol, token.chain, sequence, amount)


def withdrawn(run: Run) -> Action:
    """Withdraw what is free, with a redemption or a loan where that does not suffice."""
    account, index = run.owner(), run.asset()
    asset = run.state.assets[index]
    token = run.pick(asset.parameters.tokens)
    free = run.holds(account, index)
    amount = run.near(run.pick((free, free + _lent(run, account, index), token.minimum_withdrawal)))
    if not run.chance(3):
        amount = max(amount // token.native_unit, 1) * token.native_unit
    redeem, borrow = run.pick(BITS), run.pick(BITS)
    return RequestWithdrawal(account, asset.symbol, token.chain, amount, redeem, borrow)


def ended(run: Run) -> Action | None:
    """Confirm or fail a withdrawal, mostly a pending one."""
    ids = _pending(run.state.withdrawals)
    if not ids and not run.chance(8):
        return None
    index = run.pick(ids or [max(len(run.state.withdrawals) - 1, 0)])
    return ConfirmWithdrawal(index) if run.chance(2) else FailWithdrawal(index)


def rebalanced(run: Run) -> Action | None:
    """Send custody to another chain, or record what arrived."""
    ids = _pending(run.state.rebalances)
    if ids and run.chance(2):
        index = run.pick(ids)
        sent = run.state.rebalances[index].amount
        return CompleteRebalance(index, run.pick((sent, max(sent - 1, 0), sent // 2, sent + 1)))
    assets = [own for own in run.state.assets if len(own.tokens) > 1]
    if not assets:
        return None
    asset = run.pick(assets)
    source, destination = run.random.sample(range(len(asset.tokens)), 2)
    chains = [token.chain for token in asset.parameters.tokens]
    units = [token.native_unit for token in asset.parameters.tokens]
    unit = max(units)
    amount = max(run.near(max(asset.tokens[source].custody, 1)) // unit, 1) * unit
    if run.chance(8):
        destination = source
    return StartRebalance(asset.symbol, chains[source], chains[destination], amount)


def transferred(run: Run) -> Action:
    """Move a balance to another account, mostly of the same user."""
    sender = run.owner()
    user = run.account(sender).user
    others = [own for own in run.owners() if run.account(own).user == user and own != sender]
    receiver = run.pick(others) if others and not run.chance(8) else run.owner()
    asset = run.asset()
    amount = run.near(run.holds(sender, asset))
    return Transfer(sender, receiver, run.state.assets[asset].symbol, amount)


def lent(run: Run) -> Action:
    """Lend what is free."""
    account, asset = run.owner(), run.asset()
    books = run.state.assets[asset]
    room = books.parameters.pool.open_borrow_lend_limit - books.pool.lent
    free = run.holds(account, asset)
    size = free if run.chance(2) else min(free, max(room, 1))
    return Lend(account, books.symbol, run.near(size))


def redeemed(run: Run) -> Action:
    """Redeem of a lend, or all of it."""
    account, asset = _having(run, 1)
    size = run.pick((_lent(run, account, asset), run.state.assets[asset].pool.cash))
    amount = None if run.chance(3) else run.near(size)
    return Redeem(account, run.state.assets[asset].symbol, amount)


def borrowed(run: Run) -> Action:
    """Borrow a part of what is there to borrow."""
    account, asset = run.owner(), run.asset()
    books = run.state.assets[asset]
    room = books.parameters.pool.max_utilization * books.pool.lent // RATIO - books.pool.borrowed
    size = run.near(run.pick((max(room, 1), books.pool.cash, 10)))
    return Borrow(account, books.symbol, size)


def repaid(run: Run) -> Action:
    """Repay of a debt, or all of it."""
    account, asset = _having(run, -1)
    books = run.state.assets[asset]
    owed = debt(books.pool, -min(at(run.account(account).shares, asset), 0))
    return Repay(account, books.symbol, None if run.chance(3) else run.near(owed))


def switched(run: Run) -> Action:
    """Change the automatic steps of an account, now and then its leverage limit."""
    account = run.owner()
    lend, repay, borrow, realize = (run.pick(BITS) for _ in range(4))
    limits = (10, 10, 10, 1, 2, 3, 50)
    limit = run.pick(limits) * RATIO if not run.chance(12) else run.pick((0, RATIO - 1, RATIO + 1))
    return SetAccountSettings(account, lend, repay, borrow, realize, limit)


def repooled(run: Run) -> Action:
    """Set a pool's limits to where it stands, its rates to others, or its state."""
    asset = run.pick(run.state.assets)
    limits, pool = asset.parameters.pool, asset.pool
    used = pool.borrowed * RATIO // max(pool.lent, 1)
    changes: tuple[dict[str, object], ...] = (
        {"open_borrow_lend_limit": max(pool.lent + run.pick((-1, 0, 1)), 0)},
        {"open_borrow_lend_limit": max(pool.borrowed, pool.lent * 10, 1000)},
        {
            "max_utilization": min(
                max(used + run.pick((-1, 0, 1)), limits.throttle_utilization), RATIO
            )
        },
        {
            "throttle_utilization": min(
                max(used, limits.optimal_utilization), limits.max_utilization
            )
        },
        {"throttle_fraction": run.pick((0, 5, 25, 100)) * RATIO // 100},
        {"base_rate": run.pick((0, 1, 7, 1000)) * RATIO // 100, "slope_low": RATIO // 3},
        {"reserve_fee": run.pick((0, 10, 33, 100)) * RATIO // 100},
        {"book_state": run.pick((*[BookState.OPEN] * 3, *BookState))},
        {"book_state": BookState.OPEN},
        {"optimal_utilization": RATIO},
    )
    changed = replace(limits, **run.pick(changes))  # type: ignore[arg-type]
    return SetPoolParameters(asset.symbol, changed)


def repriced(run: Run) -> Action:
    """Move the price of an asset a little, a lot, to its floor, or not at all."""
    asset = run.state.assets[run.asset()]
    price = asset.price or 100
    percents = (40, 70, 90, 95, 98, 99, 100, 100, 101, 102, 105, 110, 130, 250)
    moved = max(price * run.pick(percents) // 100, 1)
    floor = asset.parameters.price_floor
    chosen = run.pick((moved, moved, moved, price + 1, max(price - 1, 1)))
    return SetPrice(
        asset.symbol, run.pick((floor, floor + 1)) if floor and run.chance(6) else chosen
    )


def refreshed(run: Run) -> Action:
    """Bring the oldest price or mark again as it is, those that were cut first."""
    return again(min(run.priced(), key=lambda own: (not own.is_limited, time_of(own))))


def again(own: Asset | Perpetual) -> Action:
    """Return the action that brings a price or a mark as it is."""
    if isinstance(own, Perpetual):
        return UpdateMark(own.symbol, max(own.mark_price, 1), has_basis=False, basis=0)
    return SetPrice(own.symbol, max(own.price, 1))


def time_of(own: Asset | Perpetual) -> int:
    """Return when a price or a mark was last brought."""
    return own.mark_time if isinstance(own, Perpetual) else own.price_time


def waited(run: Run) -> Action:
    """Let time pass: a second, an interval, beyond an age, or years."""
    system = run.state.system
    spans = (
        *(1, 1, 7, 59, 60, 61, 599, 3600, 3607, 86_400),
        *(system.accrual_interval, system.settlement_interval, system.throttle_interval),
        run.pick((system.order_price_age, system.liquidation_price_age, 10**6, 10**7)),
    )
    span = run.pick(spans)
    return AdvanceTime(run.state.time + (span if span < 10**8 else 60))


def _lent(run: Run, account: int, asset: int) -> int:
    shares = max(at(run.account(account).shares, asset), 0)
    return lend_claim(run.state.assets[asset].pool, shares)


def _having(run: Run, sign: int) -> tuple[int, int]:
    """Return an account and an asset of which it has a lend (1) or a debt (-1), or any two."""
    found = [
        (account, asset)
        for account in run.owners()
        for asset in range(len(run.state.assets))
        if at(run.account(account).shares, asset) * sign > 0
    ]
    return run.pick(found) if found else (run.owner(), run.asset())


def _pending(records: Iterable[Withdrawal | Rebalance]) -> list[int]:
    entries = enumerate(records)
    return [index for index, own in entries if own.status is RequestStatus.PENDING]
