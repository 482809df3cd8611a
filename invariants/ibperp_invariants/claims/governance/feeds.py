"""Invariants of prices: they stay known, in order of time and in limits, and count one way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import AdvanceTime, SetPrice, UpdateMark
from ibperp.funding import bounded_mark
from ibperp.margin import counted_equity, limited_price
from ibperp.parameters import OrderBookState, PerpetualParameters
from ibperp_invariants.claims.portfolio.health import health_of
from ibperp_invariants.step.step import step_invariant
from ibperp_invariants.view.view import perpetual_of, settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ibperp_invariants.step.step import Invariant, Step


def prices_stay_known(step: Step) -> Iterator[str]:
    """Check that no price and no mark that was above zero becomes zero again (CU-11, PP-6)."""
    for symbol, old, new in _priced(step):
        if old and new <= 0:
            yield f"{symbol}: the price went from {old} to {new}"


def clocks_run_forward(step: Step) -> Iterator[str]:
    """Check that time, and the times of prices and funding, only grow (MM-6, PF-9)."""
    before, after = step.before, step.after
    is_clock = isinstance(step.action, AdvanceTime) and step.is_accepted()
    if after.time < before.time + is_clock:
        yield f"time went from {before.time} to {after.time}"
    for name, old, new in _times(step):
        if not old <= new <= after.time:
            yield f"{name}: the time went from {old} to {new}, it is {after.time}"
    if step.is_accepted():
        yield from _undated(step)


def mark_update_limited(step: Step) -> Iterator[str]:
    """Check index and mark after an update: the inputs, within the limits (PP-6, GV-3)."""
    action = step.action
    if not isinstance(action, UpdateMark) or not step.is_accepted():
        return
    old, new = (perpetual_of(view, action.market) for view in (step.before, step.after))
    limits = new.parameters if new else None
    if old is None or new is None or not isinstance(limits, PerpetualParameters):
        return
    low, high = limits.price_update_min, limits.price_update_max
    found = new.index_price, new.mark_price, new.is_limited
    if not action.index_price:
        mark = limited_price(old.mark_price, new.mark_price, low, high)
        expected = old.index_price, mark, new.is_limited
    else:
        index = limited_price(old.index_price, action.index_price, low, high)
        has_basis = action.has_basis and limits.order_book_state is not OrderBookState.POST_ONLY
        asked = max(index + action.basis, 1) if has_basis else index
        asked = bounded_mark(asked, index, limits.mark_threshold)
        mark = limited_price(old.mark_price, asked, low, high)
        expected = index, mark, index != action.index_price or mark != asked
    if found != expected:
        yield (
            f"{action.market}: {action} made index and mark {found}, not {expected}, of "
            f"{old.index_price} and {old.mark_price}"
        )


def dearer_collateral_helps(step: Step) -> Iterator[str]:
    """Check that a higher price of what an account holds never lowers its health (PF-2, PF-7)."""
    action = step.action
    if not isinstance(action, SetPrice) or not step.is_accepted():
        return
    old, new = (view.assets[action.asset].price for view in (step.before, step.after))
    low, high = (step.before, step.after) if old <= new else (step.after, step.before)
    for account in _holders(step, action.asset):
        cheap, dear = health_of(low, account), health_of(high, account)
        if cheap is None or dear is None:
            continue
        is_kept = dear.equity >= cheap.equity and counted_equity(dear) >= counted_equity(cheap)
        asked = (cheap.initial, cheap.maintenance, cheap.auto_close, cheap.exposure)
        if not is_kept or (dear.initial, dear.maintenance, dear.auto_close, dear.exposure) != asked:
            yield f"account {account}, {action.asset} from {old} to {new}: {cheap} and {dear}"


def _priced(step: Step) -> Iterator[tuple[str, int, int]]:
    """Yield each price and mark, before and after."""
    before, after = step.before, step.after
    for symbol in step.touched_assets:
        if symbol in before.assets:
            yield symbol, before.assets[symbol].price, after.assets[symbol].price
    for symbol in step.touched_markets:
        old, new = (perpetual_of(view, symbol) for view in (before, after))
        if old and new:
            yield symbol, old.mark_price, new.mark_price


def _times(step: Step) -> Iterator[tuple[str, int, int]]:
    """Yield the times of prices, marks, funding and settlement, before and after."""
    before, after = step.before, step.after
    yield "settlement", before.settlement_time, after.settlement_time
    is_back = after.time < before.time
    for symbol in after.assets if is_back else step.touched_assets:
        if symbol in before.assets:
            yield symbol, before.assets[symbol].price_time, after.assets[symbol].price_time
    for symbol in after.markets if is_back else step.touched_markets:
        old, new = (perpetual_of(view, symbol) for view in (before, after))
        if old and new:
            yield symbol, old.mark_time, new.mark_time
            yield f"funding of {symbol}", old.funding_time, new.funding_time


def _undated(step: Step) -> Iterator[str]:
    """Yield an update that does not have the current time."""
    action, after = step.action, step.after
    match action:
        case SetPrice(asset=symbol):
            told = after.assets[symbol].price_time
        case UpdateMark(market=symbol) if market := perpetual_of(after, symbol):
            told = market.mark_time
        case _:
            return
    if told != after.time:
        yield f"{symbol}: updated at {after.time}, it says {told}"


def _holders(step: Step, symbol: str) -> Iterator[int]:
    """Yield the accounts that hold an asset, and owe nothing whose worth goes by its price."""
    view = step.after
    accounts: Iterable[int] = view.accounts
    if step.index:
        place = list(view.assets).index(symbol)
        accounts = [account for (account,) in step.index.holders[place]]
    elif view.active is not None and view.exposed is not None:
        accounts = sorted({account for (account,) in (*view.active, *view.exposed)})
    for account in accounts:
        holder = view.accounts[account]
        shares = holder.shares.get(symbol, 0)
        is_settled = symbol == settlement_asset(view)
        owes = shares < 0 or (is_settled and (holder.positions or holder.unsettled < 0))
        if (holder.free.get(symbol, 0) or shares) and not owes and not holder.orders:
            yield account


FEEDS: Final[tuple[Invariant, ...]] = (
    step_invariant(
        prices_stay_known,
        "CU-11 PP-6 GV-3",
        "A price or a mark that is known stays above zero: none is taken back.",
    ),
    step_invariant(
        clocks_run_forward,
        "MM-6 PF-9 PP-6 PP-8 ST-2",
        "Time and the times of prices, funding and settlement never run back, none of them is "
        "ahead of the clock, and an update is of now.",
    ),
    step_invariant(
        mark_update_limited,
        "PP-6 GV-3",
        "Index and mark become their inputs, within the threshold and the limits of one update, "
        "and a market whose update was cut says so.",
    ),
    step_invariant(
        dearer_collateral_helps,
        "PF-2 PF-7",
        "A higher price of what an account holds and does not owe lowers neither its equity nor "
        "what counts for initial margin, and changes no requirement.",
    ),
)
