"""Settlement: what positions gained and lost is realized and paid, all accounts at once (ST-2).

Flows into the liquidity fund equal flows out of it, atom for atom. `Clearing` keeps the books of
one settlement and lives no longer than the action; the state before it stays untouched.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ibperp import pool as kernel
from ibperp.events import SettlementSource
from ibperp.numbers import RATIO, mul_div_down
from ibperp.operations.effect import rejection
from ibperp.operations.settlement.clearing import Clearing
from ibperp.outcomes import Accepted, RejectionCode
from ibperp.position import funding_due, settled, unrealized
from ibperp.sharing import share
from ibperp.state import Perpetual, find_asset
from ibperp.valuation import virtual_worth

if TYPE_CHECKING:
    from ibperp.actions import Settle
    from ibperp.outcomes import Outcome
    from ibperp.position import Position
    from ibperp.state import State

WHOLE_ACCOUNT = -1
"""The place of a claim that no single position has."""


def settle(state: State, _action: Settle) -> Outcome:
    """Mark every position, take what losers owe, pay the winners from it (ST-2, ST-7, ST-8)."""
    # PRECONDITIONS
    asset = find_asset(state, state.system.settlement_asset)
    is_due = state.time - state.settlement_time >= state.system.settlement_interval
    refused = rejection(
        (asset is not None, RejectionCode.ASSET_UNKNOWN), (is_due, RejectionCode.TOO_EARLY)
    )
    if refused:
        return refused
    assert asset is not None

    # EFFECT
    clearing = Clearing(replace(state, settlement_time=state.time), asset)
    accounts = [account for (account,) in state.active]
    gains = [gain for account in accounts for gain in _marked(clearing, account)]
    for account in accounts:
        _release(clearing, account)
        _collect(clearing, account)
    _distribute(clearing, accounts, gains)
    _cull_accounts(clearing, accounts)
    _cull_system(clearing, accounts)

    # POSTCONDITIONS
    assert clearing.paid_in == clearing.paid_out
    assert clearing.pool.cash == kernel.net_claim(clearing.pool)
    return Accepted(clearing.written(), tuple(clearing.events))


def _marked(clearing: Clearing, account: int) -> list[tuple[int, int, int]]:
    """Realize the gains of one account; return those that are to be paid virtually (ST-2).

    Funding always becomes unsettled. So does the gain of an account that realizes automatically; of
    any other, a loss is taken from the position's virtual shares, and a gain waits to be paid.
    """
    sheet, gains = clearing.sheet(account), []
    for place, position in sheet.positions.items():
        market = clearing.state.markets[place]
        assert isinstance(market, Perpetual)
        due = funding_due(position, market.funding_index)
        gain = unrealized(position, market.mark_price)
        worth = virtual_worth(clearing.pool, position.virtual)
        sheet.positions[place] = settled(position, market.mark_price, market.funding_index, worth)
        sheet.unsettled -= due
        clearing.note_interest(account, place, worth - position.virtual_value)
        clearing.note(account, place, -due, SettlementSource.FUNDING_PAYMENT)
        if sheet.account.settings.auto_realize:
            sheet.unsettled += gain
            clearing.note(account, place, gain, SettlementSource.CULLED_REALIZE_PNL_AUTO)
        else:
            gains.append((account, place, gain))
    for _, place, gain in gains:
        if gain < 0:
            clearing.take_virtually(account, place, -gain)
    return [gain for gain in gains if gain[2] > 0]


def _release(clearing: Clearing, account: int) -> None:
    """Turn virtual lends into the account's own where the position is to have none (ST-4)."""
    for position in tuple(clearing.sheet(account).positions.values()):
        source = _ending(clearing, account, position) if position.virtual > 0 else None
        if source:
            clearing.release(account, position.market, source)


def _collect(clearing: Clearing, account: int) -> None:
    """Take what an account owes the fund, then what its ending virtual borrows owe (ST-3, ST-4)."""
    sheet = clearing.sheet(account)
    owed = max(-sheet.unsettled, 0)
    ending = [
        (position.market, -virtual_worth(clearing.pool, position.virtual), source)
        for position in sheet.positions.values()
        if position.virtual < 0 and (source := _ending(clearing, account, position))
    ]
    due = owed + sum(debt for _, debt, _ in ending)
    if due == 0:
        return
    paid = clearing.pay_in(account, due, may_borrow=True)
    if owed:
        clearing.settle(account, -min(paid, owed))
    left = paid - min(paid, owed)
    for market, debt, source in ending:
        clearing.give_virtually(account, market, min(debt, left), source)
        left -= min(debt, left)


def _distribute(clearing: Clearing, accounts: list[int], gains: list[tuple[int, int, int]]) -> None:
    """Share what was paid in among all claims in proportion, exactly (ST-3).

    In the order of accounts, the first i claims together get what is due to their sum, rounded
    down: no atom is left, and no claim waits for another.
    """
    own = ((account, WHOLE_ACCOUNT, clearing.sheet(account).unsettled) for account in accounts)
    claims = sorted([claim for claim in own if claim[2] > 0] + gains)
    total, available = sum(amount for _, _, amount in claims), clearing.paid_in - clearing.paid_out
    assert 0 <= available <= total
    claimed = shared = 0
    for account, market, amount in claims:
        claimed += amount
        part = share(available, claimed, total, shared)
        shared += part
        if market == WHOLE_ACCOUNT:
            clearing.pay_out(account, part)
            continue
        clearing.give_virtually(account, market, part, SettlementSource.VIRTUAL_GAIN)
        if part < amount:
            position = clearing.position(account, market)
            unpaid = replace(position, cost=position.cost - (amount - part))
            clearing.sheet(account).place(unpaid)


def _cull_accounts(clearing: Clearing, accounts: list[int]) -> None:
    """Realize what an account's virtual debts are above its limit, largest first (ST-5)."""
    limit = clearing.state.system.account_virtual_limit
    for account in accounts:
        debts = _virtual_debts(clearing, [account])
        excess = sum(debt for debt, _, _ in debts) - limit
        for _, _, market in debts:
            source = SettlementSource.CULLED_ACCOUNT_THRESHOLD
            excess -= _cull(clearing, account, market, excess, source)


def _cull_system(clearing: Clearing, accounts: list[int]) -> None:
    """Realize virtual debts, largest first, until total and utilization are in limits (ST-5)."""
    system = clearing.state.system
    debts = _virtual_debts(clearing, accounts)
    excess = sum(debt for debt, _, _ in debts) - system.system_virtual_limit
    for _, account, market in debts:
        source = SettlementSource.CULLED_SYSTEM_THRESHOLD
        excess -= _cull(clearing, account, market, excess, source)
    for _, account, market in _virtual_debts(clearing, accounts):
        pool = clearing.pool
        allowed = mul_div_down(pool.lent, system.book_utilization_limit, RATIO)
        source = SettlementSource.CULLED_BOOK_UTILISATION
        _cull(clearing, account, market, pool.borrowed - allowed, source)


def _cull(
    clearing: Clearing, account: int, market: int, excess: int, source: SettlementSource
) -> int:
    """Let an account pay up to `excess` of a virtual debt; return what it paid (ST-5).

    The debt is valued when its turn comes, for each payment before it moved the pool.
    """
    debt = -virtual_worth(clearing.pool, clearing.position(account, market).virtual)
    amount = min(excess, debt)
    if amount <= 0:
        return 0
    by_book = source is SettlementSource.CULLED_BOOK_UTILISATION
    paid = clearing.pay_in(account, amount, may_borrow=not by_book)
    clearing.give_virtually(account, market, paid, source)
    return paid


def _virtual_debts(clearing: Clearing, accounts: list[int]) -> list[tuple[int, int, int]]:
    """Return (debt, account, market) of every virtual borrow, largest first, ties by id (ST-5)."""
    debts = [
        (-virtual_worth(clearing.pool, position.virtual), account, position.market)
        for account in accounts
        for position in clearing.sheet(account).positions.values()
        if position.virtual < 0
    ]
    return sorted(debts, key=lambda debt: (-debt[0], debt[1], debt[2]))


def _ending(clearing: Clearing, account: int, position: Position) -> SettlementSource | None:
    """Return why a position is to have no virtual shares, or None if it may (ST-4)."""
    if position.lots == 0:
        return SettlementSource.REALIZE_PNL
    if clearing.sheet(account).account.settings.auto_realize:
        return SettlementSource.CULLED_REALIZE_PNL_AUTO
    return None
