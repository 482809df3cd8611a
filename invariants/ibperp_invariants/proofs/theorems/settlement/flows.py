"""Theorems about what a settlement takes and pays, whatever an account has won or lost (ST-3).

The claim of an account on the fund is its gain at the mark less the funding due, and what is
unsettled. A settlement changes claims by what it pays in and out, and leaves no other trace.
"""

from ibperp.events import SettlementSource
from ibperp.operations.settlement import settle, unpaid
from ibperp.operations.settlement.clearing import Clearing, Sheet
from ibperp.pool import CARRY_UNIT
from ibperp.position import Position, funding_due, unrealized
from ibperp.records import replace
from ibperp.state import Account, Perpetual, Pool, Settings
from ibperp.unpaid import Unpaid
from ibperp_invariants.proofs.states import asset_of, perpetual_of, state_of

HOLDER, OTHER = 0, 1
MARKET = 0


def taken(clearing: Clearing, sheet: Sheet, market: int, amount: int) -> None:
    """Take a loss virtually, as far as claims on the fund know of it."""
    del sheet, market
    clearing.paid_in += amount


def given(
    clearing: Clearing, sheet: Sheet, market: int, amount: int, source: SettlementSource
) -> None:
    """Give a gain virtually, as far as claims on the fund know of it."""
    del sheet, market, source
    clearing.paid_out += amount


CONTRACTS = {
    "ibperp.operations.settlement.clearing.Clearing.take_virtually": taken,
    "ibperp.operations.settlement.clearing.Clearing.give_virtually": given,
}
"""What is called, as the theorems of the settlement's books say of it."""


def clearing_of(
    position: Position, unsettled: int, mark: int, index: int, *, free: int = 0, auto: bool = False
) -> tuple[Clearing, Sheet]:
    """Return a settlement of one account with one position, and the sheet of the account."""
    held = replace(position, market=MARKET, virtual=0, virtual_value=0)
    settings = Settings(auto_realize=auto)
    account = Account(1, (free,), (), settings, unsettled=unsettled, positions=(held,))
    books = Pool(cash=free, lent=free)
    state = state_of((asset_of(pool=books),), (account,))
    market = perpetual_of(mark_price=mark, funding_index=index, open_interest=1)
    clearing = Clearing(replace(state, markets=(market,)), 0)
    return clearing, clearing.sheet(HOLDER)


def claims(clearing: Clearing, sheet: Sheet) -> int:
    """Return what the account may claim of the fund, less what the fund has."""
    market = clearing.state.markets[MARKET]
    gains = [
        unrealized(own, market.mark_price) - funding_due(own, market.funding_index)
        for own in sheet.positions
        if isinstance(market, Perpetual)
    ]
    return sum(gains) + sheet.unsettled - (clearing.paid_in - clearing.paid_out)


def t_marking_turns_gains_into_claims(
    position: Position, unsettled: int, mark: int, index: int, *, auto: bool
) -> None:
    """A marked position has its gain unsettled, paid virtually, or waiting to be paid (ST-2)."""
    assert position.lots != 0
    clearing, sheet = clearing_of(position, unsettled, mark, index, auto=auto)
    before = claims(clearing, sheet)
    waiting = sum(amount for _, _, amount in settle._marked(clearing, sheet))  # noqa: SLF001
    (after,) = sheet.positions
    flat = unrealized(after, mark) - funding_due(after, index) == 0
    assert all((claims(clearing, sheet) + waiting == before, flat, after.lots == position.lots))


def t_own_losses_pay_own_gains_first(unsettled: int, first: int, second: int) -> None:
    """What an account wins and loses meets first: the fund is never short by it (ST-2)."""
    assert all((first != 0, second != 0))
    held = Position(MARKET, lots=1), Position(MARKET + 1, lots=1)
    account = Account(1, unsettled=unsettled, positions=held)
    clearing = Clearing(state_of((asset_of(),), (account,)), 0)
    sheet, gains = clearing.sheet(HOLDER), [(MARKET, first), (MARKET + 1, second)]
    waiting = [amount for _, _, amount in settle._waiting(clearing, sheet, gains)]  # noqa: SLF001
    fund = clearing.paid_in - clearing.paid_out
    kept = sheet.unsettled + sum(waiting) - fund == unsettled + first + second
    assert all((fund >= 0, kept, all(amount > 0 for amount in waiting)))


def t_collecting_never_leaves_the_fund_short(
    position: Position, unsettled: int, free: int, debt: int
) -> None:
    """What an account pays in covers what ends its virtual debts; no more is given (ST-3, ST-4)."""
    assert all((position.lots != 0, free >= 0, debt > 0))
    clearing, sheet = clearing_of(position, unsettled, 0, 0, free=free)
    clearing.pool = Pool(cash=free, lent=free, borrowed=debt, borrow_shares=debt)
    sheet.positions = (replace(sheet.positions[0], virtual=-debt),)
    settle._collect(  # noqa: SLF001
        clearing, sheet, [(sheet.positions[0], SettlementSource.REALIZE_PNL)]
    )
    assert clearing.paid_in - clearing.paid_out >= 0


def t_collecting_takes_what_is_owed_into_the_fund(
    position: Position, unsettled: int, free: int, *, ends: bool
) -> None:
    """What an account pays of its debt to the fund is off the debt, and in the fund (ST-3)."""
    assert all((position.lots != 0, free >= 0))
    clearing, sheet = clearing_of(position, unsettled, 0, 0, free=free)
    before = claims(clearing, sheet)
    ending = [(sheet.positions[0], SettlementSource.REALIZE_PNL)] if ends else []
    settle._collect(clearing, sheet, ending)  # noqa: SLF001
    assert all((claims(clearing, sheet) == before, sheet.free >= 0))


def t_distributing_pays_what_is_there(
    position: Position, unsettled: int, paid: int, waiting: int, *, free: int
) -> None:
    """All that was paid in is paid out, and what a gain waits for stays its position's (ST-3)."""
    assert all((position.lots != 0, waiting >= 0, paid >= 0, free >= 0))
    assert paid <= max(unsettled, 0) + waiting
    clearing, sheet = clearing_of(position, unsettled, 0, 0, free=free)
    clearing.paid_in = paid
    before = claims(clearing, sheet)
    gains = [(sheet, MARKET, waiting)] if waiting else []
    settle._distribute(clearing, [sheet], [gains])  # noqa: SLF001
    after = claims(clearing, sheet)
    assert all((clearing.paid_out == paid, after == before + waiting))


def t_culling_pays_in_what_it_gives(position: Position, free: int, debt: int, excess: int) -> None:
    """What a culled account pays in pays its virtual debt, and no claim moves (ST-5)."""
    assert all((position.lots != 0, free >= 0, debt > 0, excess > 0))
    clearing, sheet = clearing_of(position, 0, 0, 0, free=free)
    clearing.pool = Pool(cash=free, lent=free, borrowed=debt, borrow_shares=debt)
    sheet.positions = (replace(sheet.positions[0], virtual=-debt),)
    before = claims(clearing, sheet)
    owed = settle.VirtualDebt(sheet, MARKET, debt)
    settle._cull(clearing, owed, excess, SettlementSource.CULLED_ACCOUNT_THRESHOLD)  # noqa: SLF001
    assert all((claims(clearing, sheet) == before, clearing.paid_in == clearing.paid_out))


def t_interest_on_what_is_unpaid_passes_between_accounts(
    owing: int, waiting: int, carry: int, rate_time: int
) -> None:
    """What debts to the fund are charged, waiting claims earn: nothing in sum (ST-10)."""
    assert all((owing > 0, waiting > 0, carry >= 0, carry < CARRY_UNIT, rate_time >= 0))
    debtor = Account(1, unsettled=-owing, unpaid=Unpaid(-owing, 0, -carry))
    claimant = Account(1, unsettled=owing, unpaid=Unpaid(waiting, 0, carry))
    state = replace(state_of((asset_of(),), (debtor, claimant)), unpaid_rate_time=rate_time)
    clearing = Clearing(state, 0)
    sheets = [clearing.sheet(place) for place in (HOLDER, OTHER)]
    unpaid.charge(clearing, sheets)
    booked = [sheet.unsettled for sheet in sheets]
    carried = [sheet.account.unpaid.carry for sheet in sheets]
    assert all((sum(booked) == 0, sum(carried) == 0, booked[HOLDER] <= -owing))
