"""Theorems that an entry which an action does not mean stays as it was (NT-9).

The syntax tells under which keys an operation writes. These theorems say of keys that are read from
a book, a list or a name, or that every entry is gone through for, which entries they can be.
"""

from ibperp import book, ramps
from ibperp import state as states
from ibperp.actions import CancelAllOrders, SubmitQuote, WithdrawQuote
from ibperp.operations.effect import Effect
from ibperp.operations.programs import quotes
from ibperp.operations.spot_margin import matching, orders, resting
from ibperp.ordered import Ordered
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import Accepted
from ibperp.parameters import TokenParameters
from ibperp.persistent import Vector
from ibperp.position import Position
from ibperp.programs import Quote, QuoteRequest
from ibperp.records import replace
from ibperp.state import Account, Book, Chain, Order, OrderStatus, State
from ibperp_invariants.proofs.states import (
    FLAGS,
    asset_of,
    order_of,
    perpetual_of,
    request_of,
    side_of,
    state_of,
)

OWNER, OTHER, THIRD = 2, 3, 4
OWN, AWAY, THEIRS, NEW = 0, 1, 2, 3
HERE, THERE = 0, 1


def matched(effect: Effect, index: int) -> tuple[Effect, None]:
    """Trade an order until as many lots are left as the price of the last trade says."""
    order = effect.state.orders[index]
    left = effect.state.markets[order.market].book.last_price
    status = OrderStatus.FILLED if left == 0 else order.status
    taken = replace(order, lots=left, status=status)
    return effect.noted(resting.with_order(effect.state, index, taken)), None


def admitted(state: State, market: int, price: int, lots: int) -> tuple[()]:
    """Admit any terms of a trade off the book."""
    del state, market, price, lots
    return ()


CONTRACTS = {
    "ibperp.operations.spot_margin.matching.matched_order": matched,
    "ibperp.operations.programs.quotes.trade_checks": admitted,
}
"""How many lots an order trades, any of its own; and at which prices quotes are admitted, all."""


def listed(lots: int, held: int, *, is_bid: bool) -> State:
    """Return a state with three orders: two of an account in two markets, one of another one."""
    side = side_of(is_bid=is_bid)
    own = replace(order_of(OWNER, side, 1, lots), reduce_only=True)
    away = replace(own, market=THERE)
    theirs = replace(own, account=OTHER)
    holder = Account(1, orders=(OWN, AWAY), positions=(Position(HERE, lots=held),))
    accounts = (Account(0), Account(0), holder, Account(2, orders=(THEIRS,)))
    here = perpetual_of(mark_price=1, funding_index=0, open_interest=0)
    books = [Book(), Book()]
    for place, order in enumerate((own, away, theirs)):
        books[order.market] = book.rested(books[order.market], place, order)
    markets = replace(here, book=books[HERE]), replace(here, symbol="R", book=books[THERE])
    state = state_of((asset_of(price=1),), accounts, None, (own, away, theirs))
    return replace(state, markets=markets, exposed=Ordered(((OWNER,), (OTHER,))))


def are_left(before: State, after: State, *indices: int) -> bool:
    """Tell whether orders, the second market and the other account are as they were."""
    same = [after.orders[index] is before.orders[index] for index in indices]
    is_same = after.accounts[OTHER] is before.accounts[OTHER]
    return all((*same, is_same, after.markets[THERE] is before.markets[THERE]))


def t_resized_orders_are_of_the_market_that_is_traded(
    lots: int, held: int, *, is_bid: bool
) -> None:
    """Who trades in a market has reduce-only orders cut there alone, and no one else's (PP-5)."""
    assert lots > 0
    state = listed(lots, held, is_bid=is_bid)
    after = resting.resized_orders(Effect(state), OWNER, HERE).state
    reducible = max(-held if is_bid else held, 0)
    cut = after.orders[OWN].lots == min(lots, reducible) or reducible == 0
    assert all((are_left(state, after, AWAY, THEIRS), cut))


def t_orders_of_another_market_are_not_cancelled(lots: int, *, is_bid: bool) -> None:
    """An account that cancels its orders in a market keeps those in another one (SM-10)."""
    assert lots > 0
    state = listed(lots, 0, is_bid=is_bid)
    outcome = orders.cancel_all_orders(state, CancelAllOrders(OWNER, "P"))
    after = outcome.state if isinstance(outcome, Accepted) else state
    ended = after.orders[OWN].status is OrderStatus.CANCELLED
    assert all((are_left(state, after, AWAY, THEIRS), ended))


def t_an_order_of_the_system_never_rests(lots: int, left: int, *, is_bid: bool) -> None:
    """An order that is to trade at once ends, whatever is left of it, and no other does (LQ-4)."""
    assert all((lots > 0, left >= 0, left <= lots))
    state = listed(1, 0, is_bid=is_bid)
    market = state.markets[HERE]
    market = replace(market, book=replace(market.book, last_price=left))
    state = replace(state, markets=(market, state.markets[THERE]))
    order = order_of(OWNER, side_of(is_bid=is_bid), 1, lots)
    done = matching.worked_order(Effect(state), NEW, order, TimeInForce.IOC)
    after = done.state if isinstance(done, Effect) else state
    status = OrderStatus.FILLED if left == 0 else OrderStatus.EXPIRED
    is_over = isinstance(done, Effect) and after.orders[NEW].status is status
    same = after.markets[HERE] is market and after.accounts[OWNER] is state.accounts[OWNER]
    assert all((are_left(state, after, OWN, AWAY, THEIRS), is_over, same))


def t_the_best_of_a_book_rests_on_its_side(bid: int, ask: int, more: int, *, is_bid: bool) -> None:
    """The best order of a side of a book is one of those that rest there (SM-5)."""
    assert all((bid > 0, ask > 0, more > 0))
    resting_book = Book()
    for place, (side, price) in enumerate(((Side.BID, bid), (Side.ASK, ask), (Side.BID, more))):
        resting_book = book.rested(resting_book, place, order_of(OWNER, side, price, 1))
    best = book.best_order(resting_book, side_of(is_bid=is_bid))
    assert any((best == 0, best == 2)) if is_bid else best == 1  # noqa: PLR2004


def t_an_order_rests_in_the_book_of_its_market(price: int, lots: int, *, is_bid: bool) -> None:
    """An order enters the book of its own market, and leaves it; no other changes (SM-5, PP-5)."""
    assert all((price > 0, lots > 0))
    state = listed(1, 0, is_bid=is_bid)
    order: Order = order_of(OTHER, side_of(is_bid=is_bid), price, lots)
    after = resting.rested_order(state, NEW, order)
    there = after.markets[THERE] is state.markets[THERE]
    side = after.markets[HERE].book.bids if is_bid else after.markets[HERE].book.asks
    rests = NEW in {key[2] for key in side}
    ended = resting.released_order(after, NEW, after.orders[NEW])
    side = ended.markets[HERE].book.bids if is_bid else ended.markets[HERE].book.asks
    left = NEW in {key[2] for key in side}
    assert all((there, rests, not left, ended.markets[THERE] is state.markets[THERE]))


def t_a_market_without_a_ramp_stays(mark: int, time: int) -> None:
    """Time changes no asset and no market that is on no ramp (GV-2)."""
    assert time >= 0
    market = perpetual_of(mark_price=mark, funding_index=0, open_interest=0)
    state = replace(state_of((asset_of(price=mark),), ()), time=time, markets=(market,))
    after = ramps.with_ramps(state)
    assert all((after.markets[0] is market, after.assets[0] is state.assets[0]))


def t_what_is_looked_up_has_its_name(sequence: int, *, is_first: bool) -> None:
    """Assets, markets and chains are found by their names, and no others (CU-2, SM-1, PP-1)."""
    assert sequence > 0
    state = listed(1, 0, is_bid=True)
    tokens = tuple(TokenParameters(name, 1, 1, 1, sequence, 0) for name in ("C", "D"))
    listing = replace(state.assets[0].parameters, tokens=tokens)
    second = replace(state.assets[0], symbol="B", parameters=listing)
    chains = Chain("C", sequence), Chain("D", sequence)
    state = replace(state, assets=(*state.assets, second), chains=chains)
    place, names = (0, ("A", "P", "C")) if is_first else (1, ("B", "R", "D"))
    found = states.find_asset(state, names[0]), states.find_market(state, names[1])
    unknown = states.find_asset(state, "P"), states.find_market(state, "A")
    chain = states.find_chain(state, names[2]), states.find_token(second, names[2])
    assert all((found == chain == (place, place), unknown == (None, None)))


def asking(first: int, second: int) -> QuoteRequest:
    """Return an open request with a quote at each of two prices, of an account each."""
    return replace(
        request_of(OWNER, Side.BID, 1, 1),
        quotes=(Quote(OTHER, first, FLAGS), Quote(THIRD, second, FLAGS)),
    )


def t_a_quote_is_found_by_its_account(account: int) -> None:
    """A quote that is found for an account is of that account, or no quote is found (PG-3)."""
    assert account >= 0
    found = quotes.quote_of(asking(1, 1), account)
    is_own = found is not None and found.account == account
    assert is_own == any((account == OTHER, account == THIRD))


def t_the_quotes_of_others_stay(first: int, second: int, price: int) -> None:
    """An account that quotes, or takes its quote back, changes no quote of another one (PG-3)."""
    assert all((price > 0, price < 10**30))
    state = listed(1, 0, is_bid=True)
    requests = Vector((asking(first, second), asking(first, second)))
    accounts = Vector((*state.accounts, Account(3)))
    state = replace(state, requests=requests, accounts=accounts)
    given = quotes.submit_quote(state, SubmitQuote(THIRD, 0, price, FLAGS))
    taken = quotes.withdraw_quote(state, WithdrawQuote(THIRD, 0))
    after = [outcome.state for outcome in (given, taken) if isinstance(outcome, Accepted)]
    kept = [quotes.quote_of(own.requests[0], OTHER) is requests[0].quotes[0] for own in after]
    same = [own.requests[1] is requests[1] for own in after]
    mine = [quotes.quote_of(own.requests[0], THIRD) for own in after]
    assert all((*kept, *same, mine == [Quote(THIRD, price, FLAGS), None]))
