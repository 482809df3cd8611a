"""States in which account 4 fails: due, with a backstop, and bankrupt; and steps from them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CancelAllOrders,
    CreateAccount,
    Deposit,
    Lend,
    Liquidate,
    ListAsset,
    Redeem,
    RequestQuote,
    RequestWithdrawal,
    SetAssetParameters,
    SetPerpetualParameters,
    SetPrice,
    Settle,
    SettleMarket,
    SubmitQuote,
    Transfer,
    UpdateMark,
)
from ibperp.events import LiquidationStage
from ibperp.margin import is_liquidatable
from ibperp.numbers import RATIO
from ibperp.orders import Side
from ibperp.outcomes import Accepted
from ibperp.parameters import OrderBookState
from ibperp.portfolio import health
from ibperp.risk_index import followed_index, indexed
from ibperp.state import Perpetual, State, at, genesis
from ibperp.transition import transition
from ibperp_invariants.check.monitor import step_of
from ibperp_invariants.step.step import Step
from walks.walk import traders
from worlds.perpetual import MARK, PERPETUALS, perpetual
from worlds.positions import virtually
from worlds.tiny import MARKETS, NO_FLAGS, POOL, SYSTEM, asset, order, run

FAILING: Final = 4
WIDE: Final = replace(SYSTEM, liquidation_price_age=10**6)


def marked(state: State, mark: int) -> State:
    """Move both marks to one price, as far as each update may."""
    for symbol in ("ORE_PERP", "GEM_PERP"):
        for _ in range(12):
            state = run(state, UpdateMark(symbol, mark, has_basis=False, basis=0))
    return state


@cache
def due(*before: Action) -> State:
    """Both marks rise until account 4, which is short, is due; `before` come first."""
    state, mark = run(perpetual(WIDE), *before), MARK
    while not is_liquidatable(health(state, state.accounts[FAILING])):
        mark += 2
        state = marked(state, mark)
    return state


@cache
def ruined() -> State:
    """The marks are so high that account 4 owes far more than it has."""
    return marked(perpetual(WIDE), 2000)


def taken(state: State, action: Action) -> Step:
    """The step of an accepted action, as a monitor sees it."""
    outcome = transition(state, action)
    assert isinstance(outcome, Accepted), (action, outcome)
    index = followed_index(indexed(state), outcome.state)
    return replace(step_of(state, action, outcome), index=index, origin=state)


@cache
def stepped(stage: LiquidationStage, *before: Action, offered: bool = False) -> Step:
    """The first step of a stage; with `offered` there are lots to buy near the mark."""
    state = due(*before)
    for _ in range(50):
        market = state.markets[3]
        assert isinstance(market, Perpetual)
        if offered:
            lots = order(3, "GEM_PERP", Side.ASK, 1, market.mark_price)
            state = run(state, lots)
            offered = False
        step = taken(state, Liquidate(FAILING))
        if step.facts.liquidation.steps()[0].stage is stage:
            return step
        state = run(state, Liquidate(FAILING))
    raise AssertionError(stage)


def request(price: int = 0, *, immediate: bool = False) -> RequestQuote:
    """Account 2 asks for ten lots of the first market, of anybody."""
    return RequestQuote(2, "ORE_USD", Side.BID, 10, price, 0, immediate, 200, NO_FLAGS)


@cache
def requested() -> State:
    """Account 4 quotes a request of account 2, and account 3 another one."""
    return run(perpetual(WIDE), request(), SubmitQuote(FAILING, 0, 25, NO_FLAGS), request(30))


@cache
def bankrupt() -> State:
    """Account 4 has been liquidated down to debts that it cannot pay."""
    state = ruined()
    while isinstance(outcome := transition(state, Liquidate(FAILING)), Accepted):
        state = outcome.state
    return state


@cache
def shared() -> State:
    """As `ruined`, with an account 5 that gains from account 3, and has not been paid."""
    state = run(perpetual(WIDE), CreateAccount(5, 9), Deposit(5, "USD", "south", 1, 2000))
    ask = order(3, "ORE_PERP", Side.ASK, 2, MARK)
    bid = order(5, "ORE_PERP", Side.BID, 4, MARK)
    return marked(run(state, CancelAllOrders(2, "ORE_PERP"), ask, bid), 2000)


@cache
def won_since() -> State:
    """As `bankrupt`, with an account 5 that has won in an open position, and has not been paid."""
    state = run(bankrupt(), CreateAccount(5, 9), Deposit(5, "USD", "south", 1, 9000))
    mark = next(market.mark_price for market in state.markets if isinstance(market, Perpetual))
    ask, bid = (
        order(who, "ORE_PERP", side, 2, mark) for who, side in ((2, Side.ASK), (5, Side.BID))
    )
    return marked(run(state, CancelAllOrders(2, "ORE_PERP"), ask, bid), mark + 200)


@cache
def hedged(*modes: Action) -> State:
    """Account 4 is bankrupt; 5 and 6 hold both sides of two markets, 6 has won a little in all."""
    bids = (order(5, "ORE_PERP", Side.BID, 3, MARK), order(6, "GEM_PERP", Side.BID, 4, MARK))
    asks = (order(6, "ORE_PERP", Side.ASK, 3, MARK), order(5, "GEM_PERP", Side.ASK, 4, MARK))
    deposits = (Deposit(5, "USD", "south", 1, 9000), Deposit(6, "USD", "south", 2, 9000))
    cancels = (CancelAllOrders(2, "ORE_PERP"), CancelAllOrders(2, "GEM_PERP"))
    created = (CreateAccount(5, 9), CreateAccount(6, 10))
    state = run(perpetual(WIDE), *created, *deposits, *cancels, *modes)
    state = marked(run(state, *asks, *bids), 2000)
    while isinstance(outcome := transition(state, Liquidate(FAILING)), Accepted):
        state = outcome.state
    return marked(state, 2400)


@cache
def indebted(*before: Action) -> State:
    """Account 2 owes USD that it sent away, and is due as the price of its ORE falls."""
    state = run(traders(WIDE), *(CancelAllOrders(2, market) for market in MARKETS))
    state = run(state, Redeem(2, "USD", None), Borrow(2, "USD", 900))
    state = run(state, Transfer(2, 3, "USD", at(state.accounts[2].free, 0)), *before)
    while not is_liquidatable(health(state, state.accounts[2])):
        state = run(state, SetPrice("ORE", state.assets[1].price - 1))
    return state


@cache
def virtually_due() -> State:
    """Account 4 is due, and lends virtually what it gained in a market that has closed.

    A dollar counts for half.
    """
    state = run(perpetual(WIDE), virtually(FAILING))
    state = run(state, UpdateMark("GEM_PERP", MARK - 60, False, 0), AdvanceTime(60), Settle())
    closed = replace(PERPETUALS["GEM_PERP"], order_book_state=OrderBookState.CLOSED)
    state = run(
        state, SetPerpetualParameters("GEM_PERP", closed), SettleMarket("GEM_PERP", MARK - 60)
    )
    limits = state.assets[0].parameters
    half = replace(limits, haircut=replace(limits.haircut, weight=RATIO // 2))
    state, mark = run(state, SetAssetParameters("USD", half)), MARK
    while not is_liquidatable(health(state, state.accounts[FAILING])):
        mark += 20
        state = run(state, UpdateMark("ORE_PERP", mark, False, 0))
    return state


@cache
def chained(links: int) -> State:
    """Account 2 owes what 3 lends, 3 owes what 4 lends, and so on; account 2 holds JUNK.

    Without it account 2 pays nobody, so that account 3 has lost its lend and fails next.
    """
    lent = [f"LENT{place}" for place in range(links)]
    pool = replace(POOL, throttle_utilization=RATIO, optimal_utilization=RATIO // 2)
    whole = replace(asset(pool=pool), imf_factor=0, mmf_factor=0)
    junk = replace(whole, price_update_min=0)
    steps: list[Action] = [ListAsset("USD", whole), ListAsset("JUNK", junk)]
    steps += [ListAsset(symbol, whole) for symbol in lent]
    steps += [SetPrice(symbol, 100) for symbol in ("USD", "JUNK", *lent)]
    steps += [CreateAccount(account, account) for account in range(2, links + 3)]
    steps.append(Deposit(2, "JUNK", "south", 1, 1200))
    for place, symbol in enumerate(lent):
        steps.append(Deposit(place + 3, symbol, "north", place + 1, 1200))
        steps.append(Lend(place + 3, symbol, 1200))
    for place, symbol in enumerate(lent):
        steps.append(Borrow(place + 2, symbol, 1000))
        steps.append(RequestWithdrawal(place + 2, symbol, "north", 1000, False, False))
    return run(genesis(WIDE), *steps)
