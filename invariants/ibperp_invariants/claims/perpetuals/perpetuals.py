"""Invariants of perpetual markets: sums of positions, what trades and funding move, orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from ibperp.events import SettlementSource
from ibperp.numbers import RATIO, mul_div_down
from ibperp.orders import Side
from ibperp.records import replace
from ibperp.state import FEES
from ibperp_invariants.claims.portfolio.health import health_of
from ibperp_invariants.claims.portfolio.positions import (
    due_of,
    fund_claim,
    gains_of,
    marked,
)
from ibperp_invariants.step.step import is_settled, state_invariant, step_invariant
from ibperp_invariants.view.totals import UNSETTLED
from ibperp_invariants.view.view import MarketView, PerpetualView, PositionView, perpetual_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import View

PASSED_ON: Final = {
    SettlementSource.TRADING_FEES_SYSTEM,
    SettlementSource.SYSTEM_LIABILITY_TRANSFER,
}
"""The sources of claims that pass from one account to another besides trades."""


def lots_sum_to_zero(view: View, totals: Totals) -> Iterator[str]:
    """Check that what is long of a market is short of it, over all accounts (PP-3)."""
    del view
    for symbol, lots in totals.lots.items():
        yield f"{symbol}: the lots of all positions sum to {lots}"


def open_interest_agrees(view: View, totals: Totals) -> Iterator[str]:
    """Check the open interest of each market against the lots that are long (PP-4)."""
    for symbol, market in view.markets.items():
        long = totals.long_lots.get(symbol, 0)
        if isinstance(market, PerpetualView) and market.open_interest != long:
            yield f"{symbol}: the open interest is {market.open_interest}, {long} lots are long"


def fund_is_flat(view: View, totals: Totals) -> Iterator[str]:
    """Check that all gains, funding that is due and unsettled balances sum to zero (ST-7)."""
    total = sum(totals.fund.values())
    for symbol in {*totals.lots, *totals.indexed}:
        market = perpetual_of(view, symbol)
        if market is None:
            yield f"{symbol}: there are positions of {totals.lots[symbol]} lots, but no market"
            return
        lots, indexed = totals.lots.get(symbol, 0), totals.indexed.get(symbol, 0)
        total += lots * market.mark_price - (lots * market.funding_index - indexed)
    if total:
        unsettled = totals.fund.get(UNSETTLED, 0)
        yield f"gains, funding and the unsettled {unsettled} of all accounts sum to {total}"


def active_accounts(view: View, totals: Totals) -> Iterator[str]:
    """Check that the accounts to settle are those with a position or unsettled (ST-2)."""
    del totals
    if view.active is None:
        return
    listed = [account for (account,) in view.active]
    expected = [account for account in view.accounts if is_settled(view, account)]
    if listed != expected:
        yield f"the accounts {listed} are to be settled, {expected} have something to settle"


def reduce_only_covered(view: View, totals: Totals) -> Iterator[str]:
    """Check that no account's reduce-only orders are larger than its position (PP-5)."""
    del totals
    yield from _uncovered(view, view.accounts)


def profit_extraction_bounded(view: View, totals: Totals) -> Iterator[str]:
    """Check that gains count for initial margin by at most weight and cap (PF-12)."""
    del totals
    yield from _overcounted(view, view.portfolios)


def trades_move_no_value(step: Step) -> Iterator[str]:
    """Check what each account's claim on the fund changed by: prices, fees, transfers (PP-4)."""
    if not step.is_accepted():
        return
    gains = dict.fromkeys((FEES, *_exchanged_off_book(step)), 0)
    if len(gains) == 1 and not step.facts.trades:
        return
    for (account, _, source), amount in step.facts.credited.items():
        if source in PASSED_ON:
            gains[account] = gains.get(account, 0) + amount
    for fact in step.facts.liquidation.spread():
        gains[fact.account] = gains.get(fact.account, 0) - fact.amount
    read = 0
    for market, buyer, seller, lots, price, fees in _exchanges(step):
        read += 1
        gain = lots * (market.mark_price - price) if isinstance(market, PerpetualView) else 0
        moves = [(buyer, gain), (seller, -gain), (FEES, sum(fee for _, fee in fees))]
        moves += [(account, -fee) for account, fee in fees]
        for account, amount in moves if isinstance(market, PerpetualView) else ():
            gains[account] = gains.get(account, 0) + amount
    liquidation = step.facts.liquidation
    is_whole = read == len(step.facts.trades) + len(step.facts.blocks) + len(liquidation.moved())
    for account, gain in gains.items() if is_whole else ():
        old, new = fund_claim(step.before, account), fund_claim(step.after, account)
        if new != old + gain:
            yield f"account {account}: gains went from {old} to {new}, the trades move {gain}"


def _exchanged_off_book(step: Step) -> set[int]:
    """Return the accounts that a block trade, a handover or a bankruptcy names."""
    found = {fact.counterparty for fact in step.facts.liquidation.moved()}
    found |= {fact.account for fact in step.facts.liquidation.all}
    return found | {fact.quoter for fact in step.facts.blocks}


Fees: TypeAlias = tuple[tuple[int, int], ...]


def _exchanges(
    step: Step,
) -> Iterator[tuple[MarketView | None, int, int, int, int, Fees]]:
    """Yield all trades: market, buyer, seller, lots, price, and the fees by account."""
    markets, requests = step.before.markets, step.before.requests
    for trade, maker, taker in step.trades():
        is_bid = step.maker_side(trade) is Side.BID
        pair = (maker, taker) if is_bid else (taker, maker)
        fees = (maker, trade.maker_fee), (taker, trade.taker_fee)
        yield markets.get(trade.market), *pair, trade.lots, trade.price, fees
    for block in step.facts.blocks:
        request = requests.get(block.request)
        if request is None:
            continue
        asker = request.account
        pair = (asker, block.quoter) if request.side is Side.BID else (block.quoter, asker)
        fees = (block.quoter, block.quoter_fee), (asker, block.requester_fee)
        yield markets.get(block.market), *pair, block.lots, block.price, fees
    for move in step.facts.liquidation.moved():
        yield markets.get(move.market), move.counterparty, move.account, move.lots, move.price, ()


def funding_is_zero_sum(step: Step) -> Iterator[str]:
    """Check that each position is booked exactly its lots times the move of the index (PP-8)."""
    source, booked = SettlementSource.FUNDING_PAYMENT, dict[tuple[int, str], int]()
    for (account, symbol, why), amount in step.facts.credited.items():
        if why is source:
            booked[account, symbol] = amount
    for account in step.changed_accounts():
        holder = step.after.accounts.get(account)
        for symbol, market, own in marked(step.before, account):
            new = holder.positions.get(symbol) if holder else None
            is_touched = _is_touched(step, account, symbol, own, new)
            ended = perpetual_of(step.after, symbol) or market
            due = due_of(ended, own) if is_touched else 0
            paid = -booked.pop((account, symbol), 0)
            if paid != due or (not is_touched and new and new.funding_index != own.funding_index):
                yield f"account {account}, {symbol}: {paid} funding was booked, {due} was due"
    for (account, symbol), amount in booked.items():
        yield f"account {account}, {symbol}: {amount} funding was booked without a position"


def settled_on_touch(step: Step) -> Iterator[str]:
    """Check that a position that changed has no funding left to settle (PP-8)."""
    for account in step.changed_accounts():
        before = step.before.accounts.get(account)
        for symbol, market, own in marked(step.after, account):
            old = before.positions.get(symbol) if before else None
            old = _after_spread(step, account, symbol, old or PositionView())
            if own != old and own.funding_index != market.funding_index:
                yield (
                    f"account {account}, {symbol}: changed, with funding settled to "
                    f"{own.funding_index}, the index is {market.funding_index}"
                )


def turned_round(step: Step, account: int, symbol: str) -> Iterator[str]:
    """Yield a position that reduce-only orders enlarged or turned round (PP-5)."""
    holders = (view.accounts.get(account) for view in (step.before, step.after))
    old, new = (
        holder.positions.get(symbol, PositionView()).lots if holder else 0 for holder in holders
    )
    if not min(old, 0) <= new <= max(old, 0):
        yield f"account {account}: {symbol} went from {old} to {new} lots by reduce-only"


def _is_touched(
    step: Step, account: int, symbol: str, old: PositionView, new: PositionView | None
) -> bool:
    """Tell whether a step traded, settled or closed a position."""
    return _after_spread(step, account, symbol, old) != new or any(
        trade.market == symbol and account in {maker, taker}
        for trade, maker, taker in step.trades()
    )


def _after_spread(step: Step, account: int, symbol: str, own: PositionView) -> PositionView:
    """Return a position with its share of losses that were spread, which settles no funding."""
    if not step.facts.liquidation.all:
        return own
    lost = sum(
        fact.amount
        for fact in step.facts.liquidation.spread()
        if (fact.account, fact.market) == (account, symbol)
    )
    return replace(own, cost=own.cost + lost)


def _misnoted(step: Step) -> Iterator[str]:
    """Yield accounts that changed, and are settled without being noted, or the reverse (ST-2)."""
    if step.before.active is None or step.after.active is None:
        return
    ended: list[int] = []
    begun: list[int] = []
    for account in step.changed_accounts():
        was, now = is_settled(step.before, account), is_settled(step.after, account)
        if was != now:
            (begun if now else ended).append(account)
    expected = step.before.active
    for account in ended:
        expected = expected.remove((account,))
    for account in begun:
        expected = expected.add((account,))
    if expected != step.after.active:
        listed, right = ([n for (n,) in keys] for keys in (step.after.active, expected))
        yield f"the accounts {listed} are to be settled, {right} have something to settle"


def _uncovered(view: View, accounts: Iterable[int]) -> Iterator[str]:
    for account in accounts:
        holder, resting = view.accounts.get(account), dict[tuple[str, Side], int]()
        for index in holder.orders if holder else ():
            order = view.orders.get(index)
            if order and order.reduce_only and perpetual_of(view, order.market):
                key = order.market, order.side
                resting[key] = resting.get(key, 0) + order.lots
        for (symbol, side), lots in resting.items():
            own = holder.positions.get(symbol, PositionView()) if holder else PositionView()
            most = max(own.lots if side is Side.ASK else -own.lots, 0)
            if lots > most:
                yield f"account {account}, {symbol}: {lots} reduce-only lots to reduce {most}"


def _overcounted(view: View, accounts: Iterable[int]) -> Iterator[str]:
    system = view.system
    for account in accounts:
        own, gains, told = (
            health_of(view, account),
            gains_of(view, account),
            view.portfolios[account],
        )
        if system is None or own is None or gains is None:
            continue
        gain, unsettled = gains.gain, gains.unsettled
        most = 0
        for amount, weight, cap in (
            (gain, system.unrealized_weight, system.unrealized_cap),
            (unsettled, system.unsettled_weight, system.unsettled_cap),
        ):
            most += min(amount, mul_div_down(amount, weight, RATIO), cap) if amount > 0 else amount
        counted = told.equity - told.uncounted_gain - (own.equity - gain - unsettled)
        if counted > most:
            yield f"account {account}: {counted} of gains count for initial margin, not {most}"


def _settling(step: Step) -> list[int]:
    """Return the accounts with a reported health that a step changed."""
    return [index for index in step.changed_accounts() if index in step.after.portfolios]


def _ordering(step: Step) -> set[int]:
    """Return the accounts that changed, or whose orders did."""
    accounts = set(step.changed_accounts())
    for index in step.changed_orders():
        found = (view.orders.get(index) for view in (step.before, step.after))
        accounts |= {order.account for order in found if order}
    return accounts


PERPETUALS: Final[tuple[Invariant, ...]] = (
    state_invariant(
        lots_sum_to_zero,
        "PP-3 PP-4 PP-9",
        "In every perpetual market the lots of all positions sum to zero.",
    ),
    state_invariant(
        open_interest_agrees,
        "PP-4 PP-9",
        "The open interest of a perpetual market is the lots of all long positions.",
    ),
    state_invariant(
        fund_is_flat,
        "ST-1 ST-7 PP-4 PP-8",
        "The gains of all positions at the mark after the funding due, and all that is unsettled, "
        "sum to zero, to the atom.",
    ),
    state_invariant(
        active_accounts,
        "ST-2",
        "A settlement looks at the accounts with a position or an unsettled balance, and no other.",
        _misnoted,
    ),
    state_invariant(
        reduce_only_covered,
        "PP-5",
        "The resting reduce-only lots of an account in a perpetual market are never above its "
        "position.",
        lambda step: _uncovered(step.after, _ordering(step)),
    ),
    state_invariant(
        profit_extraction_bounded,
        "PF-12",
        "Gains count for initial margin by at most their weight and their cap.",
        lambda step: _overcounted(step.after, _settling(step)),
    ),
    step_invariant(
        trades_move_no_value,
        "PP-4 ST-1 LQ-4 LQ-6 LQ-7 LQ-9 PG-4",
        "A trade or a handover of a perpetual moves between its parties what price and mark differ "
        "by, and fees to the fees account, to the atom; a spread loss is what its events say.",
    ),
    step_invariant(
        funding_is_zero_sum,
        "PP-8",
        "A position pays or receives its lots times the change of the funding index, the same "
        "number per lot on both sides, without a rest.",
    ),
    step_invariant(
        settled_on_touch,
        "PP-8 PP-4 ST-2",
        "A position that changes has its funding settled up to the index of its market.",
    ),
)
