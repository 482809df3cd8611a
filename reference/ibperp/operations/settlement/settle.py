"""Settlement: what positions gained and lost is realized and paid, all accounts at once (ST-2).

Flows into the liquidity fund equal flows out of it, atom for atom. `Clearing` is one
settlement under way and lives no longer than the action; the state before it stays untouched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp import pool
from ibperp.events import SettlementSource
from ibperp.numbers import RATIO, mul_div_down
from ibperp.operations.effect import rejection
from ibperp.operations.settlement.clearing import Clearing
from ibperp.outcomes import Accepted, RejectionCode
from ibperp.position import funding_due, settled, unrealized
from ibperp.records import record, replace
from ibperp.sharing import Claim, parts
from ibperp.state import Perpetual, find_asset
from ibperp.valuation import virtual_worth

if TYPE_CHECKING:
    from ibperp.actions import Settle
    from ibperp.outcomes import Outcome
    from ibperp.position import Position
    from ibperp.state import State


@record
class VirtualDebt:
    """What the virtual borrow of a position owes, in atoms (ST-4)."""

    account: int
    market: int
    amount: int


@record
class EndingDebt:
    """What a virtual borrow owes, in atoms, that is to end, and why (ST-4)."""

    market: int
    amount: int
    source: SettlementSource


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
    assert clearing.pool.cash == pool.net_claim(clearing.pool)
    return Accepted(clearing.written(), tuple(clearing.events))


def _marked(clearing: Clearing, account: int) -> list[Claim]:
    """Realize the gains of one account; return those that are to be paid virtually (ST-2).

    Funding always becomes unsettled. So does the gain of an account that realizes automatically; of
    any other, a loss is taken from the position's virtual shares, and a gain waits to be paid.
    """
    sheet = clearing.sheet(account)
    gains: dict[int, int] = {}
    for index, position in sheet.positions.items():
        market = clearing.state.markets[index]
        assert isinstance(market, Perpetual)
        due = funding_due(position, market.funding_index)
        gain = unrealized(position, market.mark_price)
        worth = virtual_worth(clearing.pool, position.virtual)
        sheet.positions[index] = settled(position, market.mark_price, market.funding_index, worth)
        sheet.unsettled -= due
        clearing.note_interest(account, index, worth - position.virtual_value)
        clearing.note(account, index, -due, SettlementSource.FUNDING_PAYMENT)
        if sheet.account.settings.auto_realize:
            sheet.unsettled += gain
            clearing.note(account, index, gain, SettlementSource.CULLED_REALIZE_PNL_AUTO)
        else:
            gains[index] = gain
    return _waiting(clearing, account, gains)


def _waiting(clearing: Clearing, account: int, gains: dict[int, int]) -> list[Claim]:
    """Take the virtual losses of one account, and return the gains that wait for others (ST-2).

    What an account itself has won and lost meets first: a loss is taken from what is unsettled, is
    then virtual and pays the account's own gains; a gain ends what the account owes the fund.
    """
    own = 0
    waiting: list[Claim] = []
    for index, gain in gains.items():
        loss = clearing.offset(account, index, min(gain, 0), SettlementSource.VIRTUAL_LOSS)
        loss -= min(gain, 0)
        if loss:
            clearing.take_virtually(account, index, loss)
            own += loss
    for index, gain in gains.items():
        part = min(own, max(gain, 0))
        clearing.give_virtually(account, index, part, SettlementSource.VIRTUAL_GAIN)
        own -= part
        left = max(gain, 0) - part
        left -= clearing.offset(account, index, left, SettlementSource.VIRTUAL_GAIN)
        if left:
            waiting.append(Claim(account, index, left))
    return waiting


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
        EndingDebt(position.market, -virtual_worth(clearing.pool, position.virtual), source)
        for position in sheet.positions.values()
        if position.virtual < 0 and (source := _ending(clearing, account, position))
    ]
    due = owed + sum(debt.amount for debt in ending)
    if due == 0:
        return
    paid = clearing.pay_in(account, due, may_borrow=True)
    if owed:
        clearing.settle(account, -min(paid, owed))
    left = paid - min(paid, owed)
    for debt in ending:
        part = min(debt.amount, left)
        clearing.give_virtually(account, debt.market, part, debt.source)
        left -= part


def _distribute(clearing: Clearing, accounts: list[int], gains: list[Claim]) -> None:
    """Share what was paid in among all claims in proportion: by account, then market (ST-3)."""
    own = [Claim(account, None, clearing.sheet(account).unsettled) for account in accounts]
    claims = sorted(
        [claim for claim in (*own, *gains) if claim.amount > 0], key=lambda claim: claim.account
    )
    amounts, available = [claim.amount for claim in claims], clearing.paid_in - clearing.paid_out
    assert 0 <= available <= sum(amounts)
    for claim, part in zip(claims, parts(available, amounts), strict=True):
        account, market = claim.account, claim.market
        if market is None:
            clearing.pay_out(account, part)
            continue
        clearing.give_virtually(account, market, part, SettlementSource.VIRTUAL_GAIN)
        if part < claim.amount:
            position = clearing.position(account, market)
            unpaid = replace(position, cost=position.cost - (claim.amount - part))
            clearing.sheet(account).put_position(unpaid)


def _cull_accounts(clearing: Clearing, accounts: list[int]) -> None:
    """Realize what an account's virtual debts are above its limit, largest first (ST-5)."""
    limit = clearing.state.system.account_virtual_limit
    for account in accounts:
        debts = _virtual_debts(clearing, [account])
        excess = sum(debt.amount for debt in debts) - limit
        for debt in debts:
            source = SettlementSource.CULLED_ACCOUNT_THRESHOLD
            excess -= _cull(clearing, debt, excess, source)


def _cull_system(clearing: Clearing, accounts: list[int]) -> None:
    """Realize virtual debts, largest first, until total and utilization are in limits (ST-5)."""
    system = clearing.state.system
    debts = _virtual_debts(clearing, accounts)
    excess = sum(debt.amount for debt in debts) - system.system_virtual_limit
    for debt in debts:
        source = SettlementSource.CULLED_SYSTEM_THRESHOLD
        excess -= _cull(clearing, debt, excess, source)
    for debt in _virtual_debts(clearing, accounts):
        pool_state = clearing.pool
        allowed = mul_div_down(pool.supplied(pool_state), system.book_utilization_limit, RATIO)
        source = SettlementSource.CULLED_BOOK_UTILISATION
        _cull(clearing, debt, pool_state.borrowed - allowed, source)


def _cull(clearing: Clearing, debt: VirtualDebt, excess: int, source: SettlementSource) -> int:
    """Let an account pay up to `excess` of a virtual debt; return what it paid (ST-5).

    The debt is valued when its turn comes, for each payment before it moved the pool.
    """
    position = clearing.position(debt.account, debt.market)
    amount = min(excess, -virtual_worth(clearing.pool, position.virtual))
    if amount <= 0:
        return 0
    by_book = source is SettlementSource.CULLED_BOOK_UTILISATION
    paid = clearing.pay_in(debt.account, amount, may_borrow=not by_book)
    clearing.give_virtually(debt.account, debt.market, paid, source)
    return paid


def _virtual_debts(clearing: Clearing, accounts: list[int]) -> list[VirtualDebt]:
    """Return what every virtual borrow owes, the largest first, ties by account, market (ST-5)."""
    debts = [
        VirtualDebt(account, position.market, -virtual_worth(clearing.pool, position.virtual))
        for account in accounts
        for position in clearing.sheet(account).positions.values()
        if position.virtual < 0
    ]
    return sorted(debts, key=lambda debt: (-debt.amount, debt.account, debt.market))


def _ending(clearing: Clearing, account: int, position: Position) -> SettlementSource | None:
    """Return why a position is to have no virtual shares, or None if it may (ST-4)."""
    if position.lots == 0:
        return SettlementSource.REALIZE_PNL
    if clearing.sheet(account).account.settings.auto_realize:
        return SettlementSource.CULLED_REALIZE_PNL_AUTO
    return None
