"""Small states for theorems: few assets, one market, no factor by size, so that nothing has roots.

What a theorem does not vary is a constant; every integer that it does vary may be any integer.
"""

from typing import Final

from ibperp.numbers import RATIO
from ibperp.ordered import Ordered
from ibperp.orders import OrderFlags, SelfTradePrevention, Side
from ibperp.parameters import (
    AssetParameters,
    BookState,
    HaircutKind,
    HaircutParameters,
    MarketParameters,
    OrderBookState,
    PerpetualParameters,
    PoolParameters,
)
from ibperp.persistent import Vector
from ibperp.programs import QuoteRequest, QuoteStatus, RequestKind
from ibperp.state import (
    Account,
    Asset,
    Book,
    Market,
    Order,
    Perpetual,
    Pool,
    Reference,
    State,
    Token,
)
from ibperp_invariants.worlds import system_of

BASE: Final = 0
QUOTE: Final = 1
INSURANCE_LIMIT: Final = 10**15
FLAGS: Final = OrderFlags(
    auto_lend=False, auto_lend_redeem=False, auto_borrow=False, auto_borrow_repay=False
)

_SYSTEM: Final = system_of(
    accrual_interval=3600,
    entry_fee=True,
    auto_close_offset=RATIO // 50,
    order_price_age=0,
    borrow_price_age=0,
    withdrawal_price_age=0,
    order_limit=1,
    settlement_asset="A",
    settlement_interval=1,
    unrealized_cap=0,
    unsettled_cap=0,
    account_virtual_limit=0,
    system_virtual_limit=0,
    insurance_limit=INSURANCE_LIMIT,
)
_POOL: Final = PoolParameters(BookState.OPEN, 0, 0, 0, 1, 1, 0, 1, 0, 0)
_PERPETUAL: Final = PerpetualParameters(
    *(1, 1, 1, 0, 0, OrderBookState.OPEN),
    *(0, RATIO) * 3,
    *(0, RATIO // 50, 0, RATIO // 100, 0),
    *(10**30, 10**30, 3600, 0, 0, 0, 0, RATIO, 0, RATIO),
)
_IMF: Final = RATIO // 50
_MMF: Final = RATIO // 100


def asset_of(
    *,
    price: int = 0,
    lot_atoms: int = 1,
    weight: int = 0,
    tokens: tuple[Token, ...] = (),
    in_transit: int = 0,
    pool: Pool | None = None,
) -> Asset:
    """Return an asset whose collateral counts at one weight, and whose fractions are constant."""
    haircut = HaircutParameters(HaircutKind.IDENTITY, weight, 0, 0)
    parameters = AssetParameters(6, lot_atoms, haircut, _IMF, 0, _MMF, 0, 0, RATIO, 0, (), _POOL)
    return Asset("A", parameters, price, 0, in_transit, tokens, pool or Pool())


def market_of(
    *,
    lot_atoms: int = 1,
    maker_fee: int = 0,
    taker_fee: int = RATIO,
    band: tuple[int, int] = (0, RATIO),
    tolerance: int = 0,
) -> MarketParameters:
    """Return market parameters with the same multipliers in every band."""
    return MarketParameters(
        "B", "Q", lot_atoms, 1, 1, maker_fee, taker_fee, OrderBookState.OPEN, *band * 3, tolerance
    )


def perpetual_of(*, mark_price: int, funding_index: int, open_interest: int) -> Perpetual:
    """Return a perpetual market at this mark, funding index and open interest."""
    return Perpetual(
        "P",
        _PERPETUAL,
        Book(),
        Reference(),
        mark_price=mark_price,
        funding_index=funding_index,
        open_interest=open_interest,
    )


def state_of(
    assets: tuple[Asset, ...],
    accounts: tuple[Account, ...],
    market: MarketParameters | None = None,
    orders: tuple[Order, ...] = (),
) -> State:
    """Return a state with these assets, accounts, orders, and one market if its law is given."""
    markets = () if market is None else (Market("B_Q", market, BASE, QUOTE, Book(), Reference()),)
    return State(
        system=_SYSTEM,
        time=0,
        chains=(),
        assets=assets,
        markets=markets,
        accounts=Vector(accounts),
        withdrawals=Vector(),
        rebalances=Vector(),
        orders=Vector(orders),
        active=Ordered((index,) for index, account in enumerate(accounts) if account.positions),
        exposed=Ordered(),
        settlement_time=0,
    )


def spot_of(state: State) -> Market:
    """Return the only market of a state."""
    (market,) = state.markets
    assert isinstance(market, Market)
    return market


def order_of(account: int, side: Side, price: int, lots: int, reserved: int = 0) -> Order:
    """Return an open order in the only market, which may do nothing with the pools."""
    prevention = SelfTradePrevention.REJECT_TAKER
    return Order(account, 0, side, price, lots, prevention, FLAGS, reserved=reserved)


def request_of(account: int, side: Side, lots: int, expires: int) -> QuoteRequest:
    """Return an open request of a user for quotes in the only market, without a quote."""
    return QuoteRequest(
        account=account,
        market=0,
        side=side,
        lots=lots,
        price=0,
        counterparty=0,
        immediate=False,
        expires=expires,
        flags=FLAGS,
        kind=RequestKind.USER,
        status=QuoteStatus.OPEN,
        quotes=(),
    )


def side_of(*, is_bid: bool) -> Side:
    """Return the side that a truth value stands for."""
    return Side.BID if is_bid else Side.ASK
