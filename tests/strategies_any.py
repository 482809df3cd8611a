"""Strategies for any action that is well typed, however senseless."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from ibperp.actions import (
    Action,
    AdvanceTime,
    AmendOrder,
    ApplyFunding,
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
    ListPerpetual,
    PlaceOrder,
    Redeem,
    Repay,
    RequestWithdrawal,
    SetAccountSettings,
    SetMarketParameters,
    SetMarketReference,
    SetPerpetualParameters,
    SetPoolParameters,
    SetPrice,
    Settle,
    SettleMarket,
    StartRebalance,
    Transfer,
    UpdateMark,
)
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.parameters import (
    AssetParameters,
    BookState,
    HaircutKind,
    HaircutParameters,
    MarketParameters,
    OrderBookState,
    PerpetualParameters,
    PoolParameters,
    TokenParameters,
)
from strategies import CHAINS, DAY_MARKET, MARKETS, POOL, REBATE_MARKET, STEEP, SYMBOLS
from strategies_perpetual import PERPETUALS

INTEGERS: Final = st.one_of(
    st.integers(-2, 6),
    st.sampled_from((0, 1, RATIO, INT128_MAX, INT128_MAX + 1, -INT128_MAX, 10**60, -(10**60))),
    st.integers(),
)
NAMES: Final = st.one_of(
    st.sampled_from((*SYMBOLS, *CHAINS, *MARKETS, *PERPETUALS, "", "?")), st.text(max_size=4)
)
_RATIO_FIELDS: Final = (
    "base_rate",
    "slope_low",
    "slope_high",
    "optimal_utilization",
    "throttle_utilization",
    "throttle_fraction",
    "max_utilization",
    "reserve_fee",
    "open_borrow_lend_limit",
)
_POOLS = st.builds(
    PoolParameters,
    book_state=st.sampled_from(BookState),
    **dict.fromkeys(_RATIO_FIELDS, INTEGERS),
)
_TOKENS = st.builds(TokenParameters, NAMES, *[INTEGERS] * 5)
_HAIRCUTS = st.builds(HaircutParameters, st.sampled_from(HaircutKind), *[INTEGERS] * 3)
_ASSETS = st.builds(
    AssetParameters,
    INTEGERS,
    INTEGERS,
    st.one_of(st.just(STEEP), _HAIRCUTS),
    *[INTEGERS] * 7,
    st.lists(_TOKENS, max_size=2).map(tuple),
    st.one_of(st.just(POOL), _POOLS),
)
_MARKETS = st.one_of(
    st.sampled_from((DAY_MARKET, REBATE_MARKET)),
    st.builds(
        MarketParameters,
        NAMES,
        NAMES,
        *[INTEGERS] * 5,
        st.sampled_from(OrderBookState),
        *[INTEGERS] * 7,
    ),
)
_PERPETUALS = st.one_of(
    st.sampled_from(tuple(PERPETUALS.values())),
    st.builds(
        PerpetualParameters,
        *[INTEGERS] * 5,
        st.sampled_from(OrderBookState),
        *[INTEGERS] * 21,
    ),
)
_AMOUNT_OR_ALL = st.one_of(st.none(), INTEGERS)
_ORDERS = st.builds(
    PlaceOrder,
    account=INTEGERS,
    market=NAMES,
    side=st.sampled_from(Side),
    kind=st.sampled_from(OrderKind),
    lots=INTEGERS,
    price=st.one_of(st.sampled_from((0, 10, 12, 24, 26)), INTEGERS),
    time_in_force=st.sampled_from(TimeInForce),
    post_only=st.booleans(),
    reduce_only=st.booleans(),
    self_trade_prevention=st.sampled_from(SelfTradePrevention),
    flags=st.builds(OrderFlags, *[st.booleans()] * 4),
)

any_action: Final[st.SearchStrategy[Action]] = st.one_of(
    st.builds(CreateAccount, INTEGERS, INTEGERS),
    st.builds(Deposit, INTEGERS, NAMES, NAMES, INTEGERS, INTEGERS),
    st.builds(RequestWithdrawal, INTEGERS, NAMES, NAMES, INTEGERS, st.booleans(), st.booleans()),
    st.builds(ConfirmWithdrawal, INTEGERS),
    st.builds(FailWithdrawal, INTEGERS),
    st.builds(StartRebalance, NAMES, NAMES, NAMES, INTEGERS),
    st.builds(CompleteRebalance, INTEGERS, INTEGERS),
    st.builds(Transfer, INTEGERS, INTEGERS, NAMES, INTEGERS),
    st.builds(Lend, INTEGERS, NAMES, INTEGERS),
    st.builds(Redeem, INTEGERS, NAMES, _AMOUNT_OR_ALL),
    st.builds(Borrow, INTEGERS, NAMES, INTEGERS),
    st.builds(Repay, INTEGERS, NAMES, _AMOUNT_OR_ALL),
    st.builds(SetAccountSettings, INTEGERS, *[st.booleans()] * 4, INTEGERS),
    st.builds(SetPrice, NAMES, INTEGERS),
    st.builds(AdvanceTime, INTEGERS),
    st.builds(ListAsset, NAMES, _ASSETS),
    st.builds(SetPoolParameters, NAMES, _POOLS),
    st.builds(ListMarket, NAMES, _MARKETS),
    st.builds(SetMarketParameters, NAMES, _MARKETS),
    st.builds(SetMarketReference, NAMES, INTEGERS, INTEGERS, INTEGERS),
    _ORDERS,
    st.builds(CancelOrder, INTEGERS, INTEGERS),
    st.builds(CancelAllOrders, INTEGERS, NAMES),
    st.builds(AmendOrder, INTEGERS, INTEGERS, INTEGERS, INTEGERS),
    st.builds(ConvertDust, INTEGERS, NAMES),
    st.builds(ListPerpetual, NAMES, _PERPETUALS),
    st.builds(SetPerpetualParameters, NAMES, _PERPETUALS),
    st.builds(UpdateMark, NAMES, INTEGERS, st.booleans(), INTEGERS),
    st.builds(ApplyFunding, NAMES, INTEGERS),
    st.builds(SettleMarket, NAMES, INTEGERS),
    st.builds(Settle),
)
