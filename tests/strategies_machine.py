"""Rules of the stateful walk for perpetual markets and settlements."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from ibperp.actions import (
    Action,
    AdvanceTime,
    ApplyFunding,
    ListPerpetual,
    PlaceOrder,
    SetPerpetualParameters,
    Settle,
    SettleMarket,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.orders import OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.parameters import OrderBookState
from ibperp.state import Perpetual, State
from strategies import NO_FLAGS, owners, sides
from strategies_perpetual import MARK, PERPETUALS

perpetuals = st.sampled_from(tuple(PERPETUALS))
steps = st.sampled_from((-60, -7, -1, 0, 0, 1, 7, 60))


class PerpetualRules(RuleBasedStateMachine):
    """The rules that need a perpetual market, or list one."""

    state: State

    if TYPE_CHECKING:

        def act(self, action: Action) -> None:
            """Apply an action, as the machine that takes these rules in does."""

    @rule(symbol=st.sampled_from((*PERPETUALS, "NEW_PERP", "?")), market=perpetuals)
    def list_perpetual(self, symbol: str, market: str) -> None:
        self.act(ListPerpetual(symbol, PERPETUALS[market]))

    @rule(
        account=owners,
        market=perpetuals,
        side=sides,
        lots=st.sampled_from((1, 2, 5, 8, 30)),
        offset=st.sampled_from((-20, -2, 0, 0, 0, 2, 20)),
        marks=st.sampled_from((*[(False, False)] * 3, (True, False), (False, True))),
    )
    def place_perpetual(  # noqa: PLR0917
        self,
        account: int,
        market: str,
        side: Side,
        lots: int,
        offset: int,
        marks: tuple[bool, bool],
    ) -> None:
        found = next((item for item in self.state.markets if item.symbol == market), None)
        mark = found.mark_price if isinstance(found, Perpetual) else MARK
        self.act(
            PlaceOrder(
                account,
                market,
                side,
                OrderKind.LIMIT,
                lots,
                max(mark + offset, 1),
                TimeInForce.GTC,
                *marks,
                SelfTradePrevention.REJECT_MAKER,
                NO_FLAGS,
            )
        )

    @rule(market=perpetuals, index=st.sampled_from((0, 1, MARK)), step=steps, basis=st.booleans())
    def update_mark(self, market: str, index: int, step: int, basis: bool) -> None:
        self.act(UpdateMark(market, max(index + step, 0), has_basis=basis, basis=step))

    @rule(market=perpetuals, premium=st.sampled_from((-3, -1, 0, 1, 3)), passes=st.booleans())
    def apply_funding(self, market: str, premium: int, passes: bool) -> None:
        if passes:
            self.act(AdvanceTime(self.state.time + 3600))
        self.act(ApplyFunding(market, premium * RATIO // 20))

    @rule(passes=st.sampled_from((True, True, True, False)))
    def settle(self, passes: bool) -> None:
        if passes:
            self.act(AdvanceTime(self.state.time + self.state.system.settlement_interval))
        self.act(Settle())

    @rule(market=perpetuals, price=st.sampled_from((0, MARK - 9, MARK, MARK + 9)))
    def settle_market(self, market: str, price: int) -> None:
        if price:
            self.set_perpetual(market, OrderBookState.CLOSED, 60)
        self.act(SettleMarket(market, price))
        self.set_perpetual(market, OrderBookState.OPEN, 60)

    @rule(
        market=perpetuals,
        book=st.sampled_from((*[OrderBookState.OPEN] * 4, *OrderBookState)),
        limit=st.sampled_from((-1, 0, 6, 60)),
    )
    def set_perpetual(self, market: str, book: OrderBookState, limit: int) -> None:
        changed = replace(PERPETUALS[market], order_book_state=book, position_limit=limit)
        self.act(SetPerpetualParameters(market, changed))
