"""Theorems about what a trade moves, for all integers (chapter spot-margin)."""

from dataclasses import replace

from ibperp import book as kernel
from ibperp.numbers import RATIO
from ibperp.operations.effect import Effect
from ibperp.operations.spot_margin import spot_trade
from ibperp.operations.spot_margin.spot_trade import Party
from ibperp.operations.spot_margin.trade import Trade, Trader
from ibperp.persistent import Vector
from ibperp.state import FEES, Account, State
from ibperp_invariants.proofs.states import (
    BASE,
    QUOTE,
    asset_of,
    market_of,
    order_of,
    side_of,
    spot_of,
    state_of,
)

MAKER, TAKER = 1, 2
"""The two accounts that trade, behind the one that earns the fees."""

DUST = 1
"""An atom of a third asset, so that no balance of a trade is the last that an account has."""


def lawful(fees: tuple[int, int]) -> bool:
    """Tell whether maker and taker fee are what a market may have."""
    maker, taker = fees
    return all((maker >= -RATIO, maker <= RATIO, taker >= 0, taker <= RATIO, maker + taker >= 0))


def agreed(
    price: int, lots: int, fees: tuple[int, int], *, is_bid: bool
) -> tuple[State, Party, Party]:
    """Return a state with two orders that meet, and the parties of their trade, maker first."""
    maker = order_of(MAKER, side_of(is_bid=is_bid), price, lots)
    taker = order_of(TAKER, side_of(is_bid=not is_bid), price, lots)
    law = market_of(maker_fee=fees[0], taker_fee=fees[1])
    state = state_of((asset_of(), asset_of()), (), law, (maker, taker))
    paid = lots * price
    makers, takers = (
        Trader(each.account, each.side, each.flags, kernel.fee(paid, fee))
        for each, fee in zip((maker, taker), fees, strict=True)
    )
    trade = Trade(0, price, lots, makers, takers)
    return state, *spot_trade._parties(spot_of(state), trade)  # noqa: SLF001


def holder(party: Party, kept: int) -> Account:
    """Return an account that holds what a party delivers, and `kept` quote atoms."""
    base = party.delivered if party.delivers == BASE else 0
    return Account(party.account, (base, kept + party.delivered - base, DUST))


def traded(state: State, makers: Party, takers: Party, kept: int) -> State:
    """Trade between holders of just what they deliver; all three keep `kept` quote atoms more."""
    fees = Account(FEES, (0, kept, DUST))
    funded = Vector((fees, holder(makers, kept), holder(takers, kept)))
    effect = Effect(replace(state, accounts=funded))
    return spot_trade._exchanged(effect, makers, takers).state  # noqa: SLF001


def t_trade_pays_the_fees_account_both_fees(
    price: int, lots: int, fees: tuple[int, int], kept: int, *, is_bid: bool
) -> None:
    """The fees account earns both fees exactly, and never pays for a trade (SM-9)."""
    assert all((price > 0, lots > 0, lawful(fees), kept >= 0))
    state, makers, takers = agreed(price, lots, fees, is_bid=is_bid)
    after = traded(state, makers, takers, kept).accounts
    earned = after[FEES].free[QUOTE] - kept
    assert all((earned >= 0, earned == makers.fee + takers.fee))


def t_trade_keeps_what_all_own_together(
    price: int, lots: int, fees: tuple[int, int], kept: int, *, is_bid: bool
) -> None:
    """Of what two parties and the fees account own, a trade makes and loses no atom (SM-9)."""
    assert all((price > 0, lots > 0, lawful(fees), kept >= 0))
    state, makers, takers = agreed(price, lots, fees, is_bid=is_bid)
    after = traded(state, makers, takers, kept).accounts
    delivered = makers.delivered + takers.delivered
    quote = sum(account.free[QUOTE] for account in after) - 3 * kept
    base = sum(account.free[BASE] for account in after)
    assert all((base == lots, base + quote == delivered))


def t_buyer_pays_what_seller_and_fees_receive(
    price: int, lots: int, fees: tuple[int, int], kept: int, *, is_bid: bool
) -> None:
    """A buyer pays price and fee for its lots; a seller gets the price less its fee (SM-9)."""
    assert all((price > 0, lots > 0, lawful(fees), kept >= 0))
    state, makers, takers = agreed(price, lots, fees, is_bid=is_bid)
    after = traded(state, makers, takers, kept).accounts
    buyer, seller = (makers, takers) if is_bid else (takers, makers)
    paid = kept + buyer.delivered - after[buyer.account].free[QUOTE]
    got = after[seller.account].free[QUOTE] - kept
    assert all((paid == lots * price + buyer.fee, got == lots * price - seller.fee))
