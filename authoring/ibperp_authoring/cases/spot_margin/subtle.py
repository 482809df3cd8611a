"""Cases of the spot margin chapter: what is judged when, and against what, while orders meet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    AdvanceTime,
    AmendOrder,
    Borrow,
    CancelAllOrders,
    ConvertDust,
    Deposit,
    Lend,
    ListAsset,
    ListMarket,
    Redeem,
    SetAccountSettings,
    SetPoolParameters,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.orders import SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import (
    SPOT,
    Case,
    Group,
    Why,
    ask,
    bid,
    flags,
    market,
    settings,
    withdraw,
)
from ibperp_authoring.cases.setups import COIN, LOT, MARKET, SOL, USD

_BORROW: Final[dict[str, Any]] = {"flags": flags(borrow=True)}
_REDEEM: Final[dict[str, Any]] = {"flags": flags(redeem=True)}
_REPAY: Final[dict[str, Any]] = {"flags": flags(repay=True)}

_LEVERED: Final = Group("spot", (bid(3, 5000, USD, **_BORROW), bid(4, 500, USD)), clauses=("PF-8",))
"""Account 3 bids for 50 SOL and would owe 4000 USDC; account 4 bids behind it."""


def _sold(number: int, words: str, price: int, why: Why = Why.RULE) -> Case:
    """Return a fall of the price to `price`, after which account 5 sells 5000 lots at the bids."""
    seller = market(5, Side.ASK, 5000, **_REDEEM)
    return replace(_LEVERED, why=why).accept(
        f"SM-9-{number:03}", words, SetPrice("SOL", price), seller
    )


_BORNE: Final[tuple[Case, ...]] = (
    _sold(250, "after a small fall, a bid on credit fills", 95 * USD),
    _sold(251, "a maker at just its initial requirement fills", 81_472_223, Why.BOUNDARY),
    _sold(252, "an atom of price less and it ends, the next maker fills", 81_472_222, Why.BOUNDARY),
    _sold(253, "a maker that would be worth less than nothing ends", 40 * USD),
    _LEVERED.trace(
        "SM-9-254",
        "for fewer lots a maker fills, for more it ends",
        SetPrice("SOL", 50 * USD),
        market(5, Side.ASK, 1000, **_REDEEM),
        market(5, Side.ASK, 4000, **_REDEEM),
    ),
)

_SHORT: Final = (Borrow(3, "SOL", 7 * COIN), Transfer(3, 2, "SOL", 17 * COIN))
"""Account 3 owes 7 SOL and has 1000 USDC."""

_BID: Final = 1_050_000
_NEXT: Final = bid(5, 10, _BID)
_TAKER: Final = ask(4, 20, USD, time_in_force=TimeInForce.IOC)
_RISEN: Final = Group("spot", _SHORT, clauses=("PF-8",))
"""At 115 dollars it is below its initial requirement, and a SOL counts for 103.5."""

_OWN_TRADE: Final[tuple[Case, ...]] = (
    _RISEN.accept(
        "SM-9-255",
        "a maker below its initial requirement buys back its debt, lot by lot",
        bid(3, 10, _BID, **_REPAY),
        bid(3, 10, _BID, **_REPAY),
        _NEXT,
        SetPrice("SOL", 115 * USD),
        _TAKER,
    ),
    _RISEN.accept(
        "SM-9-256",
        "what its first trade won does not pay for its second: that one ends",
        bid(3, 10, _BID, **_REPAY),
        bid(3, 10, _BID),
        _NEXT,
        SetPrice("SOL", 115 * USD),
        _TAKER,
    ),
    _RISEN.accept(
        "SM-9-257",
        "nor does what its second trade would win pay for its first",
        bid(3, 10, _BID),
        bid(3, 10, _BID, **_REPAY),
        _NEXT,
        SetPrice("SOL", 115 * USD),
        _TAKER,
    ),
)


def _own(number: int, words: str, price: int, mode: SelfTradePrevention) -> Case:
    """Return a bid of account 3 that meets another's ask, then its user's own at `price`."""
    return Group("spot", (ask(4, 1, USD), ask(2, 1, price)), clauses=("SM-6", "SM-8")).accept(
        f"SM-7-{number:03}", f"{words}, {mode}", bid(3, 2, 1_200_000, self_trade_prevention=mode)
    )


_BAND: Final[tuple[Case, ...]] = tuple(
    _own(number + 3 * beyond, words, price, mode)
    for beyond, words, price in (
        (0, "an own order within the band is self-trade", 1_100_000),
        (1, "an own order beyond the band stops by the band", 1_100_100),
    )
    for number, mode in enumerate(SelfTradePrevention, 30)
)

_GONE: Final = (withdraw(4, "SOL", "solana", 10 * COIN), ask(4, 10, USD, **_BORROW))
_CLOSED: Final = SetPoolParameters("SOL", replace(SOL.pool, book_state=BookState.REPAY_ONLY))
"""Account 4 asks for the best price, but cannot borrow what it sells."""

_BOUND: Final[tuple[Case, ...]] = tuple(
    Group("spot", (*_GONE, ask(5, 10, price), _CLOSED), Why.BOUNDARY, ("SM-7",)).accept(
        f"SM-6-{number}",
        f"the best maker ends without a trade: its price {words}",
        market(3, Side.BID, 10),
    )
    for number, words, price in (
        (210, "still bounds, and the next is at the bound", 1_100_000),
        (211, "still bounds, and the next is a tick beyond", 1_100_100),
    )
)

_CANCELS: Final[tuple[Case, ...]] = (
    Group("spot", (bid(3, 1, 990_000), bid(3, 1, 980_000))).accept(
        "SM-10-220",
        "an order that was amended is cancelled by its id, not by its place",
        AmendOrder(3, 0, 1, 970_000),
        CancelAllOrders(3, SPOT),
    ),
    Group("spot", (bid(3, 1, 990_000), bid(3, 1, 980_000), ask(3, 1, 1_100_000))).accept(
        "SM-10-221",
        "of both sides by id, after two were amended to the same price",
        AmendOrder(3, 1, 2, 970_000),
        AmendOrder(3, 0, 2, 970_000),
        CancelAllOrders(3, SPOT),
    ),
)

_HALF: Final = Transfer(3, 2, "SOL", 10 * COIN - LOT // 2)
_OWES: Final = (
    ListAsset("BTC", SOL),
    SetPrice("BTC", 100 * USD),
    Deposit(3, "BTC", "solana", 9, COIN),
    Deposit(0, "USDC", "solana", 10, USD),
    _HALF,
    Borrow(3, "USDC", USD // 4),
    Transfer(3, 2, "USDC", 1000 * USD + USD // 4),
)
"""Account 3 has half a lot of SOL, owes a quarter of a USDC, and holds BTC."""

_AGED: Final = (AdvanceTime(11), SetPrice("SOL", 100 * USD), SetPrice("USDC", USD))
_CONVERT: Final = ConvertDust(3, SPOT)


def _repays(*, repay: bool) -> SetAccountSettings:
    return settings(3, auto_repay_borrows=repay)


_UNPRICED: Final = (ListAsset("BTC", SOL), ListMarket("BTC_USDC", replace(MARKET, base="BTC")))

_DUST: Final[tuple[Case, ...]] = (
    Group("dated", (*_OWES, _repays(repay=True), *_AGED), clauses=("PF-9", "MM-15")).accept(
        "SM-12-260", "the sweep repays all, and no price of what is held is asked for", _CONVERT
    ),
    Group("dated", (*_OWES, _repays(repay=False), *_AGED), clauses=("PF-9", "MM-15")).reject(
        "SM-12-261",
        "without the sweep a debt is left, and the price of BTC is too old",
        _CONVERT,
        code=R.PRICE_STALE,
        twin="SM-12-260",
    ),
    Group("spot", _UNPRICED, Why.PRECEDENCE).reject(
        "SM-12-262",
        "without a price, an amount of zero is no dust, and its value is not looked at",
        ConvertDust(3, "BTC_USDC"),
        code=R.PRICE_UNKNOWN,
        twin="SM-12-264",
    ),
    Group("spot", (*_UNPRICED, Deposit(3, "BTC", "solana", 9, LOT // 2)), Why.PRECEDENCE).reject(
        "SM-12-263",
        "without a price, nothing is asked of the fees account",
        ConvertDust(3, "BTC_USDC"),
        code=R.PRICE_UNKNOWN,
        twin="SM-12-264",
    ),
    Group(
        "spot",
        (
            *_UNPRICED,
            Deposit(3, "BTC", "solana", 9, LOT // 2),
            Deposit(0, "USDC", "solana", 10, USD),
            SetPrice("BTC", 100 * USD),
        ),
    ).accept("SM-12-264", "with a price it is sold", ConvertDust(3, "BTC_USDC")),
    Group(
        "spot",
        (*_UNPRICED, Deposit(0, "USDC", "solana", 9, USD), SetPrice("BTC", 100 * USD)),
        Why.PRECEDENCE,
    ).reject(
        "SM-12-265",
        "with a price, an amount of zero is no dust and too small",
        ConvertDust(3, "BTC_USDC"),
        code=R.NOT_DUST,
        twin="SM-12-264",
    ),
)

_FULL: Final = replace(SOL.pool, throttle_utilization=RATIO, max_utilization=RATIO)


def _lender(*ask_flags: str) -> Group:
    """Account 4 alone lends SOL, 10 of them, and asks for nine; it withdraws five."""
    ways = flags(**dict.fromkeys(ask_flags, True))
    return Group(
        "spot",
        (
            SetPoolParameters("SOL", _FULL),
            Lend(4, "SOL", 10 * COIN),
            Redeem(5, "SOL", None),
            ask(4, 900, USD, flags=ways),
            ask(5, 900, USD),
            withdraw(4, "SOL", "solana", 5 * COIN, redeem=True),
        ),
        Why.PRECEDENCE,
        ("MM-18",),
    )


_EMPTY: Final = Borrow(3, "SOL", 5 * COIN)
_BUY: Final = bid(2, 900, USD)

_STAGES: Final[tuple[Case, ...]] = (
    _lender("redeem").accept(
        "SM-9-258", "a maker that redeems all and lacks the rest: it lacks funds", _BUY
    ),
    _lender("redeem").accept(
        "SM-9-259",
        "a maker that cannot redeem and would lack the rest: its pool has no cash",
        _EMPTY,
        _BUY,
    ),
    _lender("redeem", "borrow").accept(
        "SM-9-260",
        "a maker that redeems all, in a pool that takes no borrow: the book is closed",
        _CLOSED,
        _BUY,
    ),
    _lender("redeem", "borrow").accept(
        "SM-9-261",
        "a maker that can neither redeem nor borrow ends with the code of the redemption",
        _EMPTY,
        SetPoolParameters("SOL", replace(_FULL, book_state=BookState.REPAY_ONLY)),
        _BUY,
    ),
    _lender("redeem", "borrow").accept(
        "SM-9-262",
        "of several reasons not to redeem, the first by precedence",
        _EMPTY,
        SetPoolParameters("SOL", replace(_FULL, book_state=BookState.CLOSED)),
        _BUY,
    ),
)

CASES: Final[tuple[Case, ...]] = (
    *_BORNE,
    *_OWN_TRADE,
    *_BAND,
    *_BOUND,
    *_CANCELS,
    *_DUST,
    *_STAGES,
)
