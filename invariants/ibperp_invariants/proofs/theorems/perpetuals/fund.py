"""Theorems about lots, open interest and the fund, whoever trades and however (perpetuals).

What an account may claim of the fund is its worth: gains at the mark less funding due, and what is
unsettled. All of it together is what the fund has; so whatever moves worth moves it between
accounts, or with atoms that enter the fund or leave it.
"""

from ibperp.actions import SettleMarket
from ibperp.events import PositionMoved, SettlementSource
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import bankruptcy, handover
from ibperp.operations.perpetuals import markets, perpetual_trade
from ibperp.operations.spot_margin.trade import Trade, Trader
from ibperp.orders import Side
from ibperp.outcomes import Accepted
from ibperp.parameters import OrderBookState
from ibperp.position import Position, unrealized
from ibperp.records import replace
from ibperp.state import Account, Perpetual, State, position_of
from ibperp_invariants.proofs.states import FLAGS
from ibperp_invariants.proofs.theorems.perpetuals.books import (
    BYSTANDER,
    FEES,
    MAKER,
    MARKET,
    TAKER,
    holder,
    world,
    worth,
)

LIMIT, PRICE_LIMIT = 10**39, 10**38
PARTIES = (FEES, MAKER, TAKER)
Traded = tuple[State, State]


def replaced(state: State, index: int, account: Account) -> State:
    """Return the state with one account replaced: `with_account` without its lists."""
    return replace(state, accounts=state.accounts.set(index, account))


def credited(
    effect: Effect, account: int, market: int | None, amount: int, source: SettlementSource
) -> Effect:
    """Add to what is unsettled: `credited_unsettled` without its event."""
    del market, source
    own = effect.state.accounts[account]
    return Effect(replaced(effect.state, account, replace(own, unsettled=own.unsettled + amount)))


_TRADES = "ibperp.operations.perpetuals.perpetual_trade"
CONTRACTS = {
    f"{_TRADES}.with_account": replaced,
    f"{_TRADES}.credited_unsettled": credited,
    "ibperp.operations.liquidation.handover.credited_unsettled": credited,
    "ibperp.operations.liquidation.bankruptcy.credited_unsettled": credited,
}
"""What is called, as other theorems say of it: two first of this module, and those of books."""


def market_of(state: State) -> Perpetual:
    """Return the market."""
    market = state.markets[MARKET]
    assert isinstance(market, Perpetual)
    return market


def interest(state: State) -> int:
    """Return the open interest of the market."""
    return market_of(state).open_interest


def spread(*states: State) -> list[tuple[int, int]]:
    """Return the lots of all parties in sum, and open interest less all longs, of each state."""
    found = []
    for state in states:
        lots = [position_of(state.accounts[party], MARKET).lots for party in PARTIES]
        longs = sum(max(own, 0) for own in lots)
        found.append((sum(lots), interest(state) - longs))
    return found


def all_worth(state: State, mark: int, index: int = 0) -> int:
    """Return what all parties may claim of the fund."""
    return sum(worth(state, party, mark, index) for party in PARTIES)


def is_stored(*values: int) -> bool:
    """Tell whether values may stand in a state, in which all fits 128 bits (NT-7)."""
    return all(all((value < LIMIT, -value < LIMIT)) for value in values)


def traded(
    maker: Position, taker: Position, lots: int, price: int, *, fee: int = 0, mark: int = 0
) -> Traded:
    """Return the states before and after a trade in which the maker buys."""
    state = world((holder(maker, 0), holder(taker, 0)), mark, 0, 1)
    limits = market_of(state).parameters
    limits = replace(limits, position_limit=10 * LIMIT, open_interest_limit=10 * LIMIT)
    state = replace(state, markets=(replace(market_of(state), parameters=limits),))
    sides = Trader(MAKER, Side.BID, FLAGS, fee), Trader(TAKER, Side.ASK, FLAGS, 1)
    trade = Trade(MARKET, price, lots, *sides)
    done = perpetual_trade.exchanged_positions(Effect(state), market_of(state), trade)
    return state, done.state if isinstance(done, Effect) else state


def t_a_fill_of_any_sign_moves_its_price(
    position: Position, unsettled: int, lots: int, price: int, *, mark: int, index: int
) -> None:
    """A fill that adds, closes or turns changes worth by price and fee alone (PP-4)."""
    assert all((position.lots != 0, lots != 0))
    state = world((holder(position, unsettled), Account(2)), mark, index, 0)
    party = Trader(MAKER, Side.BID, FLAGS, 3)
    trade = Trade(MARKET, price, lots, party, party)
    after = perpetual_trade.filled_position(Effect(state), trade, party, lots).state
    before = worth(state, MAKER, mark, index)
    moved = worth(after, MAKER, mark, index) - before == lots * (mark - price) - 3
    added = position_of(after.accounts[MAKER], MARKET).lots == position.lots + lots
    assert all((moved, added, after.accounts[BYSTANDER] is state.accounts[BYSTANDER]))


def t_a_trade_keeps_lots_and_open_interest(
    maker: Position, taker: Position, lots: int, price: int
) -> None:
    """The two sides of a trade take opposite lots, and open interest follows the longs (PP-4)."""
    assert all((lots > 0, maker.lots != 0, taker.lots != 0))
    assert is_stored(lots, maker.lots, taker.lots)
    before, after = spread(*traded(maker, taker, lots, price))
    assert all(old == new for old, new in zip(before, after, strict=True))


def t_a_trade_moves_no_worth_in_sum(
    maker: Position, taker: Position, lots: int, price: int, *, fee: int, mark: int
) -> None:
    """What one side of a trade gains at the mark the other loses, except for fees (PP-4)."""
    assert all((lots > 0, maker.lots != 0, taker.lots != 0))
    assert is_stored(lots, maker.lots, taker.lots)
    state, after = traded(maker, taker, lots, price, fee=fee, mark=mark)
    kept = after.accounts[BYSTANDER] is state.accounts[BYSTANDER]
    assert all((all_worth(after, mark) == all_worth(state, mark), kept))


def t_a_handover_keeps_lots_and_open_interest(
    given: Position, taken: Position, lots: int, price: int
) -> None:
    """A position that passes on, in part or whole, keeps lots and open interest in sum (LQ-6)."""
    assert all((lots > 0, lots <= given.lots, taken.lots != 0))
    state = world((holder(given, 0), holder(taken, 0)), 0, 0, 1)
    move = PositionMoved(MARKET, MAKER, TAKER, lots, price)
    source = SettlementSource.BACKSTOP_ADL_LIQUIDATION
    before, after = spread(state, handover.position_moved(Effect(state), move, source).state)
    assert all(old == new for old, new in zip(before, after, strict=True))


def t_a_handover_moves_no_worth_in_sum(
    given: Position, taken: Position, lots: int, price: int, *, mark: int, index: int
) -> None:
    """What the giver of a position loses at the mark the taker gains (LQ-6, LQ-7)."""
    assert all((lots > 0, lots <= given.lots, taken.lots != 0))
    state = world((holder(given, 0), holder(taken, 0)), mark, index, 1)
    move = PositionMoved(MARKET, MAKER, TAKER, lots, price)
    source = SettlementSource.BACKSTOP_PROVIDER_LIQUIDATION
    after = handover.position_moved(Effect(state), move, source).state
    kept = after.accounts[BYSTANDER] is state.accounts[BYSTANDER]
    assert all((all_worth(after, mark, index) == all_worth(state, mark, index), kept))


def t_a_closed_market_has_no_lots_and_keeps_worth(
    position: Position, other: Position, price: int, *, mark: int, index: int
) -> None:
    """The final price of a market ends its lots and moves no worth in sum (PP-9)."""
    assert all((position.lots > 0, other.lots == -position.lots, price > 0, price < PRICE_LIMIT))
    state = world((holder(position, 0), holder(other, 0)), mark, index, position.lots)
    limits = replace(market_of(state).parameters, order_book_state=OrderBookState.CLOSED)
    state = replace(state, markets=(replace(market_of(state), parameters=limits),))
    outcome = markets.settle_market(state, SettleMarket("P", price))
    after = outcome.state if isinstance(outcome, Accepted) else state
    now = market_of(after).funding_index
    lots = [position_of(account, MARKET).lots for account in after.accounts]
    same = all_worth(after, mark, now) == all_worth(state, mark, index)
    assert all((*(own == 0 for own in lots), market_of(after).open_interest == 0, same))


def t_a_borne_loss_lowers_worth_by_its_part(
    position: Position, unsettled: int, loss: int, *, mark: int
) -> None:
    """What an account bears of a loss leaves what is unsettled, then its gain, exactly (LQ-9)."""
    assert all((position.lots != 0, loss > 0))
    assert loss <= max(unsettled, 0) + max(unrealized(position, mark), 0)
    state = world((holder(replace(position, funding_index=0), unsettled), Account(2)), mark, 0, 1)
    after = bankruptcy._borne(Effect(state), MAKER, loss).state  # noqa: SLF001
    moved = worth(state, MAKER, mark, 0) - worth(after, MAKER, mark, 0)
    own = position_of(after.accounts[MAKER], MARKET)
    assert all((moved == loss, own.lots == position.lots, interest(after) == 1))
