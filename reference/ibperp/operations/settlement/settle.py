"""Settlement: what positions gained and lost is realized and paid, all accounts at once (ST-2).

Flows into the liquidity fund equal flows out of it, atom for atom. `Clearing` is one
settlement under way and lives no longer than the action; the state before it stays untouched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from ibperp import pool
from ibperp.events import SettlementSource
from ibperp.numbers import RATIO, mul_div_down
from ibperp.operations.effect import rejection
from ibperp.operations.settlement.clearing import Clearing, Sheet
from ibperp.operations.settlement.unpaid import charge, note_unpaid
from ibperp.outcomes import Accepted, RejectionCode
from ibperp.position import funding_due, settled, unrealized
from ibperp.records import record, replace
from ibperp.sharing import parts
from ibperp.state import Perpetual, find_asset
from ibperp.valuation import virtual_worth

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ibperp.actions import Settle
    from ibperp.outcomes import Outcome
    from ibperp.position import Position
    from ibperp.state import State


@record
class VirtualDebt:
    """What the virtual borrow of a position owes, in atoms (ST-4)."""

    sheet: Sheet
    market: int
    amount: int


Claim: TypeAlias = "tuple[Sheet, int | None, int]"
"""What the fund owes, in atoms, to the position in a market; to the account itself if None."""


Ending: TypeAlias = "tuple[Position, SettlementSource]"
"""A virtual borrow that is to end, and why (ST-4)."""


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
    sheets = [clearing.sheet(account) for (account,) in state.active]
    charge(clearing, sheets)
    waiting = [_marked(clearing, sheet) for sheet in sheets]
    for sheet in sheets:
        ending = _release(clearing, sheet)
        if ending or sheet.unsettled < 0:
            _collect(clearing, sheet, ending)
    _distribute(clearing, sheets, waiting)
    in_debt = (sheet for sheet in sheets for own in sheet.positions if own.virtual < 0)
    borrowers = tuple(dict.fromkeys(in_debt))
    _cull_accounts(clearing, borrowers)
    _cull_system(clearing, borrowers)
    unpaid = note_unpaid(clearing, sheets)

    # POSTCONDITIONS
    assert clearing.paid_in == clearing.paid_out
    assert clearing.pool.cash == pool.net_claim(clearing.pool)
    after = replace(clearing.written(), unpaid=unpaid, unpaid_rate_time=0)
    return Accepted(after, tuple(clearing.events))


def _marked(clearing: Clearing, sheet: Sheet) -> Sequence[Claim]:
    """Realize the gains of one account; return those that are to be paid virtually (ST-2).

    Funding always becomes unsettled. So does the gain of an account that realizes automatically; of
    any other, a loss is taken from the position's virtual shares, and a gain waits to be paid.
    """
    markets, is_automatic = clearing.state.markets, sheet.account.settings.auto_realize
    marked, is_same = list(sheet.positions), True
    gains: list[tuple[int, int]] = []
    for slot, position in enumerate(sheet.positions):
        index, market = position.market, markets[position.market]
        assert isinstance(market, Perpetual)
        mark, funding_index = market.mark_price, market.funding_index
        due, gain = funding_due(position, funding_index), unrealized(position, mark)
        worth = virtual_worth(clearing.pool, position.virtual) if position.virtual else 0
        interest = worth - position.virtual_value
        if gain or interest or funding_index != position.funding_index:
            marked[slot] = settled(position, mark, funding_index, worth)
            is_same = False
        if interest:
            clearing.note_interest(sheet, index, interest)
        if due:
            clearing.note(sheet, index, -due, SettlementSource.FUNDING_PAYMENT)
        if gain and is_automatic:
            clearing.note(sheet, index, gain, SettlementSource.CULLED_REALIZE_PNL_AUTO)
        elif gain:
            gains.append((index, gain))
    if not is_same:
        sheet.positions = tuple(marked)
    return _waiting(clearing, sheet, gains) if gains else ()


def _waiting(clearing: Clearing, sheet: Sheet, gains: list[tuple[int, int]]) -> list[Claim]:
    """Take the virtual losses of one account, and return the gains that wait for others (ST-2).

    What an account itself has won and lost meets first: a loss is taken from what is unsettled, is
    then virtual and pays the account's own gains; a gain ends what the account owes the fund.
    """
    own = 0
    waiting: list[Claim] = []
    for market, gain in gains:
        if gain < 0:
            loss = clearing.offset(sheet, market, gain, SettlementSource.VIRTUAL_LOSS) - gain
            clearing.take_virtually(sheet, market, loss)
            own += loss
    for market, gain in gains:
        if gain > 0:
            part = min(own, gain)
            clearing.give_virtually(sheet, market, part, SettlementSource.VIRTUAL_GAIN)
            own -= part
            left = gain - part
            left -= clearing.offset(sheet, market, left, SettlementSource.VIRTUAL_GAIN)
            if left:
                waiting.append((sheet, market, left))
    return waiting


def _release(clearing: Clearing, sheet: Sheet) -> list[Ending]:
    """Turn virtual lends into the account's own where the position is to have none (ST-4).

    Return the virtual borrows that are to end.
    """
    ending: list[Ending] = []
    for position in sheet.positions:
        source = _ending(sheet, position) if position.virtual else None
        if source and position.virtual > 0:
            clearing.release(sheet, position.market, source)
        elif source:
            ending.append((position, source))
    return ending


def _collect(clearing: Clearing, sheet: Sheet, ending: list[Ending]) -> None:
    """Take what an account owes the fund, then what its ending virtual borrows owe (ST-3, ST-4)."""
    owed = max(-sheet.unsettled, 0)
    debts = [pool.debt(clearing.pool, -position.virtual) for position, _ in ending]
    paid = clearing.pay_in(sheet, owed + sum(debts), may_borrow=True)
    if owed:
        clearing.settle(sheet, -min(paid, owed))
    left = paid - min(paid, owed)
    for (position, source), debt in zip(ending, debts, strict=True):
        part = min(debt, left)
        clearing.give_virtually(sheet, position.market, part, source)
        left -= part


def _distribute(clearing: Clearing, sheets: list[Sheet], waiting: list[Sequence[Claim]]) -> None:
    """Share what was paid in among all claims in proportion: by account, then market (ST-3)."""
    claims: list[Claim] = []
    for sheet, gains in zip(sheets, waiting, strict=True):
        if sheet.unsettled > 0:
            claims.append((sheet, None, sheet.unsettled))
        claims += gains
    amounts = [amount for _, _, amount in claims]
    available = clearing.paid_in - clearing.paid_out
    assert 0 <= available <= sum(amounts)
    for (sheet, market, amount), part in zip(claims, parts(available, amounts), strict=True):
        if market is None:
            clearing.pay_out(sheet, part)
            continue
        clearing.give_virtually(sheet, market, part, SettlementSource.VIRTUAL_GAIN)
        if part < amount:
            position = clearing.position(sheet, market)
            sheet.put_position(replace(position, cost=position.cost - (amount - part)))


def _cull_accounts(clearing: Clearing, borrowers: Sequence[Sheet]) -> None:
    """Realize what an account's virtual debts are above its limit, largest first (ST-5).

    If all debts together are not above it, no account's are.
    """
    limit = clearing.state.system.account_virtual_limit
    if _owed_virtually(clearing, borrowers) <= limit:
        return
    for sheet in borrowers:
        excess = _owed_virtually(clearing, [sheet]) - limit
        if excess > 0:
            debts = _virtual_debts(clearing, [sheet])
            _cull_largest(clearing, debts, excess, SettlementSource.CULLED_ACCOUNT_THRESHOLD)


def _cull_system(clearing: Clearing, borrowers: Sequence[Sheet]) -> None:
    """Realize virtual debts, largest first, until total and utilization are in limits (ST-5)."""
    excess = _owed_virtually(clearing, borrowers) - clearing.state.system.system_virtual_limit
    if excess > 0:
        debts = _virtual_debts(clearing, borrowers)
        _cull_largest(clearing, debts, excess, SettlementSource.CULLED_SYSTEM_THRESHOLD)
    if _excess_borrowed(clearing) > 0:
        for debt in sorted(_virtual_debts(clearing, borrowers), key=_largest_first):
            excess = _excess_borrowed(clearing)
            _cull(clearing, debt, excess, SettlementSource.CULLED_BOOK_UTILISATION)


def _excess_borrowed(clearing: Clearing) -> int:
    """Return what of the pool is borrowed beyond the utilization that virtual debts may take."""
    lent, limit = pool.supplied(clearing.pool), clearing.state.system.book_utilization_limit
    return clearing.pool.borrowed - mul_div_down(lent, limit, RATIO)


def _cull_largest(
    clearing: Clearing, debts: list[VirtualDebt], excess: int, source: SettlementSource
) -> None:
    """Let accounts pay `excess` of their virtual debts, the largest first (ST-5)."""
    for debt in sorted(debts, key=_largest_first):
        excess -= _cull(clearing, debt, excess, source)


def _cull(clearing: Clearing, debt: VirtualDebt, excess: int, source: SettlementSource) -> int:
    """Let an account pay up to `excess` of a virtual debt; return what it paid (ST-5).

    The debt is valued when its turn comes, for each payment before it moved the pool.
    """
    position = clearing.position(debt.sheet, debt.market)
    amount = min(excess, -virtual_worth(clearing.pool, position.virtual))
    if amount <= 0:
        return 0
    by_book = source is SettlementSource.CULLED_BOOK_UTILISATION
    paid = clearing.pay_in(debt.sheet, amount, may_borrow=not by_book)
    clearing.give_virtually(debt.sheet, debt.market, paid, source)
    return paid


def _owed_virtually(clearing: Clearing, borrowers: Iterable[Sheet]) -> int:
    """Return what all virtual borrows owe together."""
    pool_state = clearing.pool
    return sum(
        [
            pool.debt(pool_state, -position.virtual)
            for sheet in borrowers
            for position in sheet.positions
            if position.virtual < 0
        ]
    )


def _virtual_debts(clearing: Clearing, borrowers: Iterable[Sheet]) -> list[VirtualDebt]:
    """Return what each virtual borrow owes."""
    return [
        VirtualDebt(sheet, position.market, -virtual_worth(clearing.pool, position.virtual))
        for sheet in borrowers
        for position in sheet.positions
        if position.virtual < 0
    ]


def _largest_first(debt: VirtualDebt) -> tuple[int, int, int]:
    """Return what virtual debts are ordered by: the largest first, then account, market (ST-5)."""
    return -debt.amount, debt.sheet.index, debt.market


def _ending(sheet: Sheet, position: Position) -> SettlementSource | None:
    """Return why a position is to have no virtual shares, or None if it may (ST-4)."""
    if position.lots == 0:
        return SettlementSource.REALIZE_PNL
    if sheet.account.settings.auto_realize:
        return SettlementSource.CULLED_REALIZE_PNL_AUTO
    return None
