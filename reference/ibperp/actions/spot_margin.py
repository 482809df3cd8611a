"""Actions on spot markets and on orders (chapter spot-margin)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.records import record

if TYPE_CHECKING:
    from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
    from ibperp.parameters import MarketParameters


@record
class ListMarket:
    """List a spot market with an empty book (SM-1)."""

    market: str
    parameters: MarketParameters


@record
class SetMarketParameters:
    """Replace a market's parameters; its assets and its lot stay (SM-2)."""

    market: str
    parameters: MarketParameters


@record
class SetMarketReference:
    """Set the inputs of the taker bands: index and mean mark, in quote atoms per lot (SM-3).

    `mean_premium`: signed ratio of 10^18.
    """

    market: str
    index_price: int
    mean_mark_price: int
    mean_premium: int


@record
class PlaceOrder:
    """Trade `lots` now, up to `price` (quote atoms per lot; 0 for a market order) (SM-4).

    What does not trade at once rests, expires or refuses the whole order, as `time_in_force` says.
    """

    account: int
    market: str
    side: Side
    kind: OrderKind
    lots: int
    price: int
    time_in_force: TimeInForce
    post_only: bool
    reduce_only: bool
    self_trade_prevention: SelfTradePrevention
    flags: OrderFlags


@record
class CancelOrder:
    """Take an open order out of its book (SM-10)."""

    account: int
    order: int


@record
class CancelAllOrders:
    """Take all open orders of an account out of one market's book (SM-10)."""

    account: int
    market: str


@record
class AmendOrder:
    """Give an open order another price or number of open lots (SM-11)."""

    account: int
    order: int
    lots: int
    price: int


@record
class ConvertDust:
    """Sell a base balance below the market's minimum to the fees account at its price (SM-12)."""

    account: int
    market: str
