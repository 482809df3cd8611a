"""Theorems about what trades and credits book in the fund, for all integers (perpetuals).

What is said of the accounts of a trade is said of all: no other account is touched.
"""

from dataclasses import replace

from ibperp.events import SettlementSource
from ibperp.operations.effect import Effect
from ibperp.operations.perpetuals import perpetual_trade
from ibperp.operations.spot_margin.trade import Trade, Trader
from ibperp.orders import Side
from ibperp.position import Position, funding_due, unrealized
from ibperp.state import Account, State, position_of
from ibperp_invariants.proofs.states import FLAGS, asset_of, perpetual_of, state_of

FEES, MAKER, TAKER, BYSTANDER = 0, 1, 2, 3
MARKET = 0
OTHER = Account(9, unsettled=1)


def holder(position: Position, unsettled: int) -> Account:
    """Return an account with one position in the market; an empty one is no position."""
    return Account(1, unsettled=unsettled, positions=(replace(position, market=MARKET),))


def world(accounts: tuple[Account, ...], mark: int, index: int, interest: int) -> State:
    """Return a state with one perpetual market, and these accounts behind that of fees."""
    market = perpetual_of(mark_price=mark, funding_index=index, open_interest=interest)
    state = state_of((asset_of(),), (Account(0), *accounts, OTHER))
    return replace(state, markets=(market,))


def worth(state: State, account: int, mark: int, index: int) -> int:
    """Return what an account may claim of the fund: gain less funding due, and unsettled."""
    position, own = position_of(state.accounts[account], MARKET), state.accounts[account].unsettled
    return unrealized(position, mark) - funding_due(position, index) + own


def t_a_credit_changes_what_is_unsettled_alone(
    position: Position, unsettled: int, amount: int
) -> None:
    """A credit adds its atoms to one account's unsettled balance and changes no other (ST-1)."""
    assert amount != 0
    state = world((holder(position, unsettled), Account(2)), 1, 0, 0)
    source = SettlementSource.REALIZE_PNL
    after = perpetual_trade.credited_unsettled(Effect(state), MAKER, MARKET, amount, source).state
    own, before = after.accounts[MAKER], state.accounts[MAKER]
    rest = all(after.accounts[place] is state.accounts[place] for place in (FEES, TAKER, BYSTANDER))
    assert all((own.unsettled == unsettled + amount, own.positions == before.positions, rest))


def t_a_placed_position_is_the_only_change(
    position: Position, lots: int, cost: int, unsettled: int
) -> None:
    """A position that is put in place leaves all else of the account, and all others (PP-3)."""
    assert lots != 0
    state = world((holder(position, unsettled), Account(2)), 1, 0, 0)
    placed = Position(MARKET, lots=lots, cost=cost)
    after = perpetual_trade.placed_position(Effect(state), MAKER, placed).state
    own = after.accounts[MAKER]
    rest = all(after.accounts[place] is state.accounts[place] for place in (FEES, TAKER, BYSTANDER))
    assert all((own.positions == (placed,), own.unsettled == unsettled, rest))


def t_a_fill_books_funding_gain_and_fee(
    position: Position, unsettled: int, lots: int, price: int, *, fee: int, mark: int, index: int
) -> None:
    """A fill changes a claim on the fund by the price paid and the fee, nothing else (PP-4)."""
    assert all((position.lots > 0, lots > 0))
    state = world((holder(position, unsettled), Account(2)), mark, index, 0)
    party = Trader(MAKER, Side.BID, FLAGS, fee)
    trade = Trade(MARKET, price, lots, party, party)
    after = perpetual_trade.filled_position(Effect(state), trade, party, lots).state
    before = worth(state, MAKER, mark, index)
    moved = worth(after, MAKER, mark, index) - before == lots * (mark - price) - fee
    added = position_of(after.accounts[MAKER], MARKET).lots == position.lots + lots
    assert all((moved, added, after.accounts[BYSTANDER] is state.accounts[BYSTANDER]))
