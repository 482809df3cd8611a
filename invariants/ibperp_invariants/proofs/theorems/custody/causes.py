"""Theorems that its parties pay for a trade, and that who is charged holds the position (CU-1)."""

from collections.abc import Sequence
from typing import Any

from ibperp import book
from ibperp.events import (
    BlockTraded,
    Event,
    PositionMoved,
    Posting,
    Reason,
    SettlementSource,
    Traded,
    Unsettled,
)
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import handover
from ibperp.operations.perpetuals import perpetual_trade
from ibperp.operations.programs import block_trade
from ibperp.operations.spot_margin import matching, spot_trade
from ibperp.operations.spot_margin.spot_trade import Party
from ibperp.operations.spot_margin.trade import Trade, Trader
from ibperp.orders import Side
from ibperp.persistent import Vector
from ibperp.position import Position
from ibperp.posting import free
from ibperp.programs import Quote
from ibperp.records import replace
from ibperp.state import FEES, Account, State
from ibperp_invariants.proofs.states import (
    FLAGS,
    asset_of,
    order_of,
    perpetual_of,
    request_of,
    side_of,
    state_of,
)
from ibperp_invariants.proofs.theorems.custody.flows import replaced
from ibperp_invariants.proofs.theorems.custody.parties import ANOTHER, FAILED, house
from ibperp_invariants.proofs.theorems.liquidation.rank import nobody

TAKER, MAKER = 2, 3
OWN, RESTING = 0, 1
SOURCE = SettlementSource.REALIZE_PNL


def named(effect: Effect, market: Any, trade: Trade) -> Effect:
    """Tell between which accounts a trade is: what it moves there are other theorems."""
    del market
    parties = (trade.maker.account, trade.taker.account)
    return effect.noted(effect.state, *(Unsettled(own, trade.market, 1, SOURCE) for own in parties))


def unchecked(*of: Any) -> tuple[()]:
    """Check no margin, on which no party depends."""
    del of
    return ()


def kept(effect: Effect, account: int, market: int) -> Effect:
    """Leave orders that reduce, on which no charge depends."""
    del account, market
    return effect


CONTRACTS = {
    "ibperp.posting.with_account": replaced,
    "ibperp.operations.spot_margin.resting.with_account": replaced,
    "ibperp.operations.perpetuals.perpetual_trade.with_account": replaced,
    "ibperp.operations.perpetuals.perpetual_trade.exchanged_positions": named,
    "ibperp.operations.spot_margin.spot_trade.exchanged_assets": named,
    "ibperp.operations.spot_margin.matching._maker_rejection": nobody,
    "ibperp.operations.programs.block_trade.margin_checks": unchecked,
    "ibperp.operations.liquidation.handover.resized_orders": kept,
}
"""What is called, as other theorems say of it, and what no party depends on."""


def traded(size: int, other: int, mark: int, index: int, funded: int) -> State:
    """Return a state with a market of positions, in which two accounts have one, or not."""
    sizes = (0, 0, size, other)
    held = (Position(0, lots=own, funding_index=funded) for own in sizes)
    accounts = (Account(1, positions=(own,) if own.lots else ()) for own in held)
    market = perpetual_of(mark_price=mark, funding_index=index, open_interest=1)
    return replace(state_of((asset_of(price=1),), tuple(accounts)), markets=(market,))


def charged(events: Sequence[Event]) -> list[Unsettled]:
    """Return what changes an unsettled balance."""
    return [own for own in events if isinstance(own, Unsettled)]


def t_a_trade_on_a_book_is_of_the_orders_that_it_tells(
    lots: int, other: int, price: int, *, is_bid: bool
) -> None:
    """Who trades are the accounts of the two orders that the event of a trade names (SM-7)."""
    assert all((lots > 0, other > 0, price > 0))
    side = side_of(is_bid=is_bid)
    own = order_of(TAKER, side, price, lots)
    maker = order_of(MAKER, book.opposite(side), price, other)
    state = replace(traded(0, 0, 1, 0, 0), orders=Vector((own, maker)))
    holder = replace(state.accounts[MAKER], orders=(RESTING,))
    (market,) = state.markets
    market = replace(market, book=book.rested(market.book, RESTING, maker))
    state = replace(replaced(state, MAKER, holder), markets=(market,))
    done = matching._met(Effect(state), OWN, RESTING)  # noqa: SLF001
    events = done.events if isinstance(done, Effect) else ()
    told = [(event.maker_order, event.taker_order) for event in events if isinstance(event, Traded)]
    parties = [event.account for event in charged(events)]
    assert all((told == [(RESTING, OWN)], parties == [MAKER, TAKER]))


def t_a_trade_off_the_book_is_of_requester_and_quoter(
    lots: int, price: int, expires: int, *, is_bid: bool
) -> None:
    """Who trades off the book are the accounts of the request and of the quote it takes (PG-4)."""
    assert all((lots > 0, price > 0))
    request = request_of(TAKER, side_of(is_bid=is_bid), lots, expires)
    state = replace(traded(0, 0, 1, 0, 0), requests=Vector((request,)))
    done = block_trade.block_traded(Effect(state), 0, Quote(MAKER, price, FLAGS))
    events = done.events if isinstance(done, Effect) else ()
    told = [(own.request, own.quoter) for own in events if isinstance(own, BlockTraded)]
    parties = [event.account for event in charged(events)]
    assert all((told == [(0, MAKER)], parties == [MAKER, TAKER]))


def t_the_legs_of_a_trade_are_paid_by_its_parties(
    base: int, paid: int, maker_fee: int, taker_fee: int, *, is_bid: bool
) -> None:
    """What is traded, and its fees, the parties pay; rebates alone the account of fees (SM-9)."""
    assert all((base >= 0, paid >= 0, taker_fee >= 0, maker_fee + taker_fee >= 0))
    assert all((maker_fee <= paid, taker_fee <= paid))
    side = side_of(is_bid=is_bid)
    buyer, seller = (0, paid, 1, base), (1, base, 0, paid)
    legs = (buyer, seller) if is_bid else (seller, buyer)
    maker = Party(FAILED, side, FLAGS, *legs[0], maker_fee)
    taker = Party(ANOTHER, side_of(is_bid=not is_bid), FLAGS, *legs[1], taker_fee)
    begun = Effect(house(base + 2 * paid))
    done = spot_trade._exchanged(begun, maker, taker)  # noqa: SLF001
    legs_paid = [own for own in done.events if isinstance(own, Posting)]
    rebates = [own.debit for own in legs_paid if own.reason is Reason.TRADE_REBATE]
    others = {own.debit for own in legs_paid if own.reason is not Reason.TRADE_REBATE}
    assert all((set(rebates) <= {free(FEES)}, others <= {free(FAILED), free(ANOTHER)}))


def t_a_fill_charges_its_party_for_what_it_holds(
    size: int, lots: int, price: int, index: int, funded: int, *, fee: int
) -> None:
    """A fill charges its party alone, and funding only on lots that it held (PP-4, PP-8)."""
    assert all((lots != 0, price > 0))
    state = traded(size, 0, 1, index, funded)
    party, other = Trader(TAKER, Side.BID, FLAGS, fee), Trader(MAKER, Side.ASK, FLAGS, 0)
    trade = Trade(0, price, abs(lots), other, party)
    done = perpetual_trade.filled_position(Effect(state), trade, party, lots)
    notes = charged(done.events)
    own = all(all((event.account == TAKER, event.market == 0)) for event in notes)
    of_funding = [e for e in notes if e.source is SettlementSource.FUNDING_PAYMENT]
    assert all((own, any((size != 0, len(of_funding) == 0))))


def t_a_position_that_passes_charges_who_gives_and_who_takes_it(
    other: int, lots: int, price: int, index: int
) -> None:
    """What passes charges the two accounts that are told; funding only on lots held (LQ-6)."""
    assert all((lots != 0, price > 0))
    move = PositionMoved(0, TAKER, MAKER, lots, price)
    begun = Effect(traded(5, other, 1, index, 0))
    source = SettlementSource.BACKSTOP_ADL_LIQUIDATION
    done = handover.position_moved(begun, move, source)
    notes = charged(done.events)
    both = all(all((e.account in {TAKER, MAKER}, e.market == 0)) for e in notes)
    of_funding = SettlementSource.FUNDING_PAYMENT
    taken = [e for e in notes if e.source is of_funding and e.account == MAKER]
    assert all((both, move in done.events, any((other != 0, len(taken) == 0))))
