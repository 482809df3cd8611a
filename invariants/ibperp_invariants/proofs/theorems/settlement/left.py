"""Theorems about what a settlement leaves unpaid, for all integers (settlement)."""

from ibperp.actions import AdvanceTime
from ibperp.operations.money_market.pools import advance_time
from ibperp.operations.settlement import unpaid
from ibperp.operations.settlement.clearing import Clearing
from ibperp.outcomes import Accepted
from ibperp.parameters import PoolParameters
from ibperp.position import Position, unrealized
from ibperp.records import replace
from ibperp.state import Account, Pool
from ibperp.unpaid import Unpaid
from ibperp_invariants.proofs.states import asset_of, perpetual_of, state_of

FIRST, SECOND = 0, 1
HOUR = 3600


def some_rate(limits: PoolParameters, books: Pool, owed: int) -> int:
    """Return a rate on what is unpaid: how it follows from the pool is another theorem's."""
    del limits
    return books.cash + owed


def no_rate(limits: PoolParameters, used: int) -> int:
    """Return the rate on what is borrowed, of which these theorems do not speak."""
    del limits, used
    return 0


CONTRACTS = {"ibperp.pool.unpaid_rate": some_rate, "ibperp.pool.borrow_rate": no_rate}
"""Rates that may be any."""


def t_what_is_left_is_what_claims_are_worth(
    first: Position, second: Position, owing: int, waiting: int, mark: int, *, left: Unpaid
) -> None:
    """A settlement notes of each account what it may still claim or owes, no more (ST-10)."""
    assert all((first.lots != 0, second.lots != 0, left.interest >= 0))
    held = [replace(own, market=0, virtual=0, virtual_value=0) for own in (first, second)]
    accounts = tuple(
        Account(1, unsettled=own, positions=(position,), unpaid=left)
        for own, position in zip((owing, waiting), held, strict=True)
    )
    market = perpetual_of(mark_price=mark, funding_index=0, open_interest=1)
    clearing = Clearing(replace(state_of((asset_of(),), accounts), markets=(market,)), 0)
    sheets = [clearing.sheet(place) for place in (FIRST, SECOND)]
    unpaid.note_unpaid(clearing, sheets)
    worths = (owing + unrealized(first, mark), waiting + unrealized(second, mark))
    noted = [sheet.account.unpaid for sheet in sheets]
    amounts = all(own.amount == worth for own, worth in zip(noted, worths, strict=True))
    assert all((amounts, all(own.carry == left.carry for own in noted)))


def t_time_counts_for_what_is_unpaid(
    time: int, later: int, owed: int, counted: int, cash: int
) -> None:
    """Within an interval, what is unpaid counts each second at the rate of the pool (ST-10)."""
    assert all((time >= 0, time < later, later < HOUR, owed >= 0, counted >= 0, cash >= 0))
    asset = asset_of(pool=Pool(cash=cash, lent=cash))
    state = replace(state_of((asset,), ()), time=time, unpaid=owed, unpaid_rate_time=counted)
    system = replace(state.system, accrual_interval=HOUR, throttle_interval=HOUR)
    outcome = advance_time(replace(state, system=system), AdvanceTime(later))
    after = outcome.state.unpaid_rate_time if isinstance(outcome, Accepted) else -1
    rate = cash + owed if owed else 0
    assert after == counted + rate * (later - time)
