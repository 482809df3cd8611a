"""Cases of what of a trade is judged when, and against what (SM-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import Borrow, Lend, Redeem, SetPoolParameters, SetPrice, Transfer
from ibperp.numbers import RATIO
from ibperp.orders import Side, TimeInForce
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import Case, Group, Why, ask, bid, flags, market, withdraw
from ibperp_authoring.cases.setups import COIN, SOL, USD

_REDEEM: Final[dict[str, Any]] = {"flags": flags(redeem=True)}

_BORROW: Final[dict[str, Any]] = {"flags": flags(borrow=True)}

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

_REPAY: Final[dict[str, Any]] = {"flags": flags(repay=True)}

_BID: Final = 1_050_000
_NEXT: Final = bid(5, 10, _BID)
_TAKER: Final = ask(4, 20, USD, time_in_force=TimeInForce.IOC)

_SHORT: Final = (Borrow(3, "SOL", 7 * COIN), Transfer(3, 2, "SOL", 17 * COIN))
"""Account 3 owes 7 SOL and has 1000 USDC."""

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

_CLOSED: Final = SetPoolParameters("SOL", replace(SOL.pool, book_state=BookState.REPAY_ONLY))
"""Account 4 asks for the best price, but cannot borrow what it sells."""

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
    *_STAGES,
)
