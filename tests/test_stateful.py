from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from ibperp.actions import (
    Action,
    AdvanceTime,
    AmendOrder,
    Borrow,
    CancelAllOrders,
    CancelOrder,
    CompleteRebalance,
    ConfirmWithdrawal,
    ConvertDust,
    CreateAccount,
    Deposit,
    FailWithdrawal,
    Lend,
    ListAsset,
    ListMarket,
    PlaceOrder,
    Redeem,
    Repay,
    RequestWithdrawal,
    SetAccountSettings,
    SetMarketParameters,
    SetMarketReference,
    SetPoolParameters,
    SetPrice,
    StartRebalance,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import Accepted
from ibperp.parameters import BookState, OrderBookState, SystemParameters
from ibperp.state import Market, State, at
from ibperp.transition import transition
from ibperp_invariants import Monitor, check_state
from ibperp_invariants.totals import totals_of
from ibperp_invariants.view_state import view_of_state
from strategies import (
    CHAINS,
    MARKETS,
    POOL,
    SYSTEM,
    TIME_STEPS,
    amounts,
    asset,
    chains,
    flags,
    funded,
    listed,
    lots,
    markets,
    offsets,
    owners,
    quoted,
    run,
    sides,
    symbols,
    wholes,
)
from strategies_any import any_action
from strategies_machine import PerpetualRules
from strategies_perpetual import MARK, perpetual, quoted_perpetual

HEALTH = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
BUDGET = settings(
    max_examples=80,
    stateful_step_count=50,
    derandomize=True,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    database=None,
    suppress_health_check=HEALTH,
)
PROPERTY = settings(BUDGET, max_examples=100)


def busy(system: SystemParameters) -> State:
    """A little is lent and most of it borrowed, in both assets."""
    return run(
        funded(system),
        Lend(2, "USD", 13),
        Borrow(3, "USD", 9),
        Lend(3, "ORE", 100),
        Borrow(4, "ORE", 75),
    )


class Walk(PerpetualRules):
    """A random walk over the reference, every invariant after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.state = listed()
        self.monitor = Monitor(self.state)

    @initialize(
        start=st.sampled_from((listed, busy, quoted, quoted, quoted_perpetual, perpetual)),
        entry_fee=st.booleans(),
    )
    def start(self, start: Callable[[SystemParameters], State], entry_fee: bool) -> None:
        self.state = start(replace(SYSTEM, entry_fee=entry_fee))
        self.monitor = Monitor(self.state)
        assert check_state(self.state) == []

    def act(self, action: Action) -> None:
        outcome = transition(self.state, action)
        if isinstance(outcome, Accepted):
            self.state = outcome.state
        assert self.monitor.check(action, outcome) == [], action

    @rule(user=st.integers(0, 2), ahead=st.sampled_from((0, 0, 0, 1, -1)))
    def create_account(self, user: int, ahead: int) -> None:
        self.act(CreateAccount(len(self.state.accounts) + ahead, user))

    @rule(
        account=st.integers(0, 4),
        symbol=symbols,
        chain=chains,
        amount=amounts,
        ahead=st.sampled_from((0, 0, 0, 0, 1, -1)),
    )
    def deposit(self, account: int, symbol: str, chain: str, amount: int, ahead: int) -> None:
        sequence = self.state.chains[CHAINS.index(chain)].next_sequence + ahead
        self.act(Deposit(account, symbol, chain, sequence, amount))

    @rule(
        account=owners,
        symbol=symbols,
        chain=chains,
        amount=amounts,
        redeem=st.booleans(),
        borrow=st.booleans(),
    )
    def withdraw(  # noqa: PLR0917
        self, account: int, symbol: str, chain: str, amount: int, redeem: bool, borrow: bool
    ) -> None:
        self.act(RequestWithdrawal(account, symbol, chain, amount, redeem, borrow))

    @rule(back=st.sampled_from((1, 1, 2, 3, 0)), fails=st.booleans(), is_asked=st.booleans())
    def end_withdrawal(self, back: int, fails: bool, is_asked: bool) -> None:
        if is_asked:
            self.act(RequestWithdrawal(2, "USD", CHAINS[0], 20, True, False))
        ended = len(self.state.withdrawals) - back
        self.act(FailWithdrawal(ended) if fails else ConfirmWithdrawal(ended))

    @rule(symbol=symbols, source=chains, destination=chains, amount=amounts)
    def start_rebalance(self, symbol: str, source: str, destination: str, amount: int) -> None:
        self.act(StartRebalance(symbol, source, destination, amount))

    @rule(back=st.sampled_from((1, 1, 2, 0)), cost=st.sampled_from((0, 1, 9, 10, -1)))
    def complete_rebalance(self, back: int, cost: int) -> None:
        index = len(self.state.rebalances) - back
        known = 0 <= index < len(self.state.rebalances)
        sent = self.state.rebalances[index].amount if known else 1
        self.act(CompleteRebalance(index, sent - cost))

    @rule(sender=owners, receiver=owners, symbol=symbols, amount=amounts)
    def transfer(self, sender: int, receiver: int, symbol: str, amount: int) -> None:
        self.act(Transfer(sender, receiver, symbol, amount))

    @rule(account=owners, symbol=symbols, amount=amounts)
    def lend(self, account: int, symbol: str, amount: int) -> None:
        self.act(Lend(account, symbol, amount))

    @rule(account=owners, symbol=symbols, amount=wholes)
    def redeem(self, account: int, symbol: str, amount: int | None) -> None:
        self.act(Redeem(account, symbol, amount))

    @rule(account=owners, symbol=symbols, amount=amounts)
    def borrow(self, account: int, symbol: str, amount: int) -> None:
        self.act(Borrow(account, symbol, amount))

    @rule(account=owners, symbol=symbols, amount=wholes)
    def repay(self, account: int, symbol: str, amount: int | None) -> None:
        self.act(Repay(account, symbol, amount))

    @rule(
        account=owners,
        sweeps=st.tuples(st.booleans(), st.booleans()),
        settles=st.tuples(st.booleans(), st.booleans()),
        limit=st.sampled_from((RATIO - 1, RATIO, 10 * RATIO)),
    )
    def settings(
        self, account: int, sweeps: tuple[bool, bool], settles: tuple[bool, bool], limit: int
    ) -> None:
        self.act(SetAccountSettings(account, *sweeps, *settles, limit))

    @rule(symbol=symbols, price=st.sampled_from((0, 1, 90, 100, 101, 230, 250, 270, 10**6)))
    def set_price(self, symbol: str, price: int) -> None:
        self.act(SetPrice(symbol, price))

    @rule(step=st.sampled_from((0, *TIME_STEPS)), priced=st.booleans())
    def advance(self, step: int, priced: bool) -> None:
        self.act(AdvanceTime(self.state.time + step))
        for priced_asset in self.state.assets if priced else ():
            self.act(SetPrice(priced_asset.symbol, priced_asset.price))

    @rule(symbol=st.sampled_from(("USD", "NEW", "")))
    def list_asset(self, symbol: str) -> None:
        self.act(ListAsset(symbol, asset()))

    @rule(
        symbol=symbols,
        book=st.sampled_from((*[BookState.OPEN] * 3, *BookState)),
        throttle=st.sampled_from((RATIO * 8 // 10, RATIO * 9 // 10, RATIO, RATIO + 1)),
        limit=st.sampled_from((0, 100, 5000)),
    )
    def set_pool(self, symbol: str, book: BookState, throttle: int, limit: int) -> None:
        changed = replace(
            POOL, book_state=book, throttle_utilization=throttle, open_borrow_lend_limit=limit
        )
        self.act(SetPoolParameters(symbol, changed))

    @rule(symbol=st.sampled_from((*MARKETS, "ORE_NEW", "?")), market=markets)
    def list_market(self, symbol: str, market: str) -> None:
        self.act(ListMarket(symbol, MARKETS[market]))

    @rule(
        market=markets,
        book=st.sampled_from((*[OrderBookState.OPEN] * 5, *OrderBookState)),
        fee=st.sampled_from((-RATIO // 20, 0, RATIO // 100, RATIO)),
    )
    def set_market(self, market: str, book: OrderBookState, fee: int) -> None:
        changed = replace(MARKETS[market], order_book_state=book, maker_fee=fee)
        self.act(SetMarketParameters(market, changed))

    @rule(market=markets, moved=st.sampled_from((90, 100, 110)), price=st.sampled_from((0, 25, 10)))
    def set_reference(self, market: str, moved: int, price: int) -> None:
        self.act(SetMarketReference(market, price, price, RATIO * (moved - 100) // 100))

    def price_near(self, market: str, offset: int) -> int:
        """A price near the mark: a market's lot is worth 25 USD, or 10 ORE."""
        return max({"ORE_USD": 25, "USD_ORE": 10}.get(market, MARK) + offset, 0)

    @rule(
        account=owners,
        market=markets,
        side=sides,
        lots=lots,
        offset=offsets,
        kind=st.sampled_from((*[OrderKind.LIMIT] * 4, OrderKind.MARKET)),
        time=st.sampled_from((*[TimeInForce.GTC] * 4, *TimeInForce)),
        marks=st.sampled_from((*[(False, False)] * 3, (True, False), (False, True))),
        prevention=st.sampled_from(SelfTradePrevention),
        flags=flags,
    )
    def place(  # noqa: PLR0917
        self,
        account: int,
        market: str,
        side: Side,
        lots: int,
        offset: int,
        kind: OrderKind,
        time: TimeInForce,
        marks: tuple[bool, bool],
        prevention: SelfTradePrevention,
        flags: OrderFlags,
    ) -> None:
        price = self.price_near(market, offset) if kind is OrderKind.LIMIT else 0
        time = time if price or time is not TimeInForce.GTC else TimeInForce.IOC
        self.act(
            PlaceOrder(account, market, side, kind, lots, price, time, *marks, prevention, flags)
        )

    @rule(
        account=owners,
        market=markets,
        side=sides,
        share=st.sampled_from((1, 2, 3)),
        flags=flags,
        reduce_only=st.booleans(),
    )
    def place_all(  # noqa: PLR0917
        self,
        account: int,
        market: str,
        side: Side,
        share: int,
        flags: OrderFlags,
        reduce_only: bool,
    ) -> None:
        """Everything free, or twice or three times as much, at the best opposite price."""
        found = next(item for item in self.state.markets if item.symbol == market)
        assert isinstance(found, Market)
        queue = found.book.asks if side is Side.BID else found.book.bids
        key = queue.first()
        price = abs(key[0]) if key else self.price_near(market, 0)
        delivered = found.quote if side is Side.BID else found.base
        unit = price if side is Side.BID else found.parameters.lot_atoms
        amount = at(self.state.accounts[account].free, delivered)
        self.act(
            PlaceOrder(
                account,
                market,
                side,
                OrderKind.LIMIT,
                share * amount // unit,
                price,
                TimeInForce.GTC,
                post_only=False,
                reduce_only=reduce_only,
                self_trade_prevention=SelfTradePrevention.REJECT_MAKER,
                flags=flags,
            )
        )

    def opened(self, number: int) -> tuple[int, int]:
        """An open order and its account, if there is one."""
        ids = [index for account in self.state.accounts for index in account.orders]
        if not ids:
            return len(self.state.orders) - 1, 2
        index = sorted(ids)[number % len(ids)]
        return index, self.state.orders[index].account

    @rule(number=st.integers(0, 20), other=st.sampled_from((0, 0, 0, 1)))
    def cancel(self, number: int, other: int) -> None:
        index, account = self.opened(number)
        self.act(CancelOrder(account + other, index))

    @rule(account=owners, market=st.sampled_from((*MARKETS, "?")))
    def cancel_all(self, account: int, market: str) -> None:
        self.act(CancelAllOrders(account, market))

    @rule(number=st.integers(0, 20), lots=lots, offset=offsets, keep=st.booleans())
    def amend(self, number: int, lots: int, offset: int, keep: bool) -> None:
        index, account = self.opened(number)
        if index < 0:
            self.act(AmendOrder(account, index, lots, 1))
            return
        order = self.state.orders[index]
        market = self.state.markets[order.market].symbol
        price = order.price if keep else self.price_near(market, offset)
        self.act(AmendOrder(account, index, lots, price))

    @rule(account=owners, market=markets, most=st.integers(0, 24))
    def convert_dust(self, account: int, market: str, most: int) -> None:
        """Send away all but dust first, if there is another account of the user."""
        found = next(item for item in self.state.markets if item.symbol == market)
        assert isinstance(found, Market)
        holder = self.state.accounts[account]
        spare = at(holder.free, found.base) - at(holder.reserved, found.base) - most
        if spare > 0 and account in {2, 3}:
            self.act(Transfer(account, 5 - account, self.state.assets[found.base].symbol, spare))
        self.act(ConvertDust(account, market))

    def teardown(self) -> None:
        assert self.monitor.totals == totals_of(view_of_state(self.state))
        assert check_state(self.state) == []


def test_walk__every_invariant_holds() -> None:
    run_state_machine_as_test(Walk, settings=BUDGET)


@PROPERTY
@given(st.lists(any_action, max_size=6))
def test_transition__total_for_any_well_typed_action(steps: list[Action]) -> None:
    state = perpetual()
    monitor = Monitor(state)
    for action in steps:
        outcome = transition(state, action)
        assert transition(state, action) == outcome
        assert monitor.check(action, outcome) == []
        state = outcome.state if isinstance(outcome, Accepted) else state
