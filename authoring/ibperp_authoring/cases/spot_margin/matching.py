"""Cases of matching and self-trade prevention (SM-7, SM-8), and of the band meanwhile (SM-6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import CreateAccount, Deposit, SetPoolParameters, Transfer
from ibperp.orders import SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import Case, Group, Why, ask, bid, flags, market, withdraw
from ibperp_authoring.cases.setups import COIN, SOL, USD

_IOC: Final[dict[str, Any]] = {"time_in_force": TimeInForce.IOC}
_FOK: Final[dict[str, Any]] = {"time_in_force": TimeInForce.FOK}

_SIXTH: Final = (
    CreateAccount(6, 4),
    Deposit(6, "USDC", "solana", 9, 1000 * USD),
    Deposit(6, "SOL", "solana", 10, 10 * COIN),
)
"""Account 6 is of a user who has no order in the book."""

_WALK: Final = Group("spot_book", _SIXTH)

_LEVELS: Final[tuple[Case, ...]] = (
    _WALK.accept("SM-7-001", "one order fills another in part", bid(6, 40, 1_010_000)),
    _WALK.accept("SM-7-002", "one order fills another", bid(6, 100, 1_010_000)),
    _WALK.accept("SM-7-003", "one order fills two of a price", bid(6, 150, 1_010_000)),
    _WALK.accept(
        "SM-7-004", "an order walks up the asks, each at its price", bid(6, 180, 1_020_000)
    ),
    _WALK.accept(
        "SM-7-005", "an order walks down the bids, each at its price", ask(6, 180, 980_000)
    ),
    _WALK.accept("SM-7-006", "an order takes all asks", bid(6, 200, 1_020_000)),
    _WALK.accept("SM-7-007", "what no ask is left for rests", bid(6, 250, 1_020_000)),
    _WALK.accept("SM-7-008", "what its limit does not reach rests", bid(6, 160, 1_010_000)),
    _WALK.accept("SM-7-009", "what no bid is left for rests", ask(6, 250, 980_000)),
    _WALK.accept("SM-7-010", "below the asks all rests", bid(6, 10, 1_009_900)),
    _WALK.accept("SM-7-011", "a better limit changes no price", bid(6, 40, 1_400_000)),
    _WALK.accept("SM-7-012", "immediate: the rest expires", bid(6, 250, 1_020_000, **_IOC)),
    _WALK.accept("SM-7-013", "immediate: the limit ends it", bid(6, 160, 1_010_000, **_IOC)),
    _WALK.accept("SM-7-014", "market: the rest expires", market(6, Side.ASK, 250)),
    _WALK.accept("SM-7-015", "fill or kill over two prices", bid(6, 200, 1_020_000, **_FOK)),
    _WALK.reject(
        "SM-7-016",
        "fill or kill: a lot too many trades nothing",
        bid(6, 201, 1_020_000, **_FOK),
        code=R.FILL_OR_KILL,
        twin="SM-7-015",
    ),
    _WALK.trace(
        "SM-7-017",
        "the last price is that of the last trade",
        bid(6, 180, 1_020_000),
        ask(6, 10, 990_000),
    ),
    _WALK.trace(
        "SM-7-018",
        "an order that rested as taker is met as maker",
        bid(6, 210, 1_020_000),
        ask(4, 5, 1_000_000),
        why=Why.CONSERVATION,
    ),
    _WALK.trace(
        "SM-7-019",
        "two orders of equal lots end together",
        bid(6, 7, 1_000_000),
        ask(3, 7, 1_000_000),
    ),
    Group("spot_book", (Transfer(3, 2, "USDC", 900 * USD),)).accept(
        "SM-7-020",
        "an immediate order whose funds last for its trades",
        bid(3, 90, 1_010_000, **_IOC),
    ),
    Group("spot_book", (Transfer(3, 2, "USDC", 900 * USD),), Why.ATTACK).reject(
        "SM-7-021",
        "one that fails at its second trade undoes the first",
        bid(3, 120, 1_010_000, **_IOC),
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-7-020",
    ),
)


def _gives_way(rule: SelfTradePrevention) -> dict[str, Any]:
    return {"self_trade_prevention": rule}


_TAKER: Final = _gives_way(SelfTradePrevention.REJECT_TAKER)
_MAKER: Final = _gives_way(SelfTradePrevention.REJECT_MAKER)
_BOTH: Final = _gives_way(SelfTradePrevention.REJECT_BOTH)

_OWN: Final = Group("spot", (ask(2, 10, USD), ask(4, 10, 1_010_000)), Why.ATTACK)
"""The best ask is of the user whose account 3 buys; another's is behind it."""

_BEHIND: Final = Group("spot", (ask(4, 10, USD), ask(2, 10, USD)))
"""The best ask is of another user; one of the user whose account 3 buys is behind it."""

_SELF: Final[tuple[Case, ...]] = (
    _OWN.accept("SM-8-001", "the taker gives way", bid(3, 20, 1_010_000, **_TAKER)),
    _OWN.accept(
        "SM-8-002", "the maker gives way, the next one trades", bid(3, 20, 1_010_000, **_MAKER)
    ),
    _OWN.accept("SM-8-003", "both give way", bid(3, 20, 1_010_000, **_BOTH)),
    _OWN.accept("SM-8-004", "one account: the taker", bid(2, 20, 1_010_000, **_TAKER)),
    _OWN.accept("SM-8-005", "one account: the maker", bid(2, 20, 1_010_000, **_MAKER)),
    _OWN.accept("SM-8-006", "one account: both", bid(2, 20, 1_010_000, **_BOTH)),
    _BEHIND.accept(
        "SM-8-007", "behind another's: the taker, after a trade", bid(3, 20, USD, **_TAKER)
    ),
    _BEHIND.accept(
        "SM-8-008", "behind another's: the maker, the rest rests", bid(3, 20, USD, **_MAKER)
    ),
    _BEHIND.accept("SM-8-009", "behind another's: both, after a trade", bid(3, 20, USD, **_BOTH)),
    _BEHIND.accept(
        "SM-8-010", "an order that ends before is not looked at", bid(3, 10, USD, **_TAKER)
    ),
    _OWN.accept(
        "SM-8-011", "below its own user's ask an order rests", bid(3, 20, 999_900, **_TAKER)
    ),
    Group("spot", (ask(2, 10, USD, **_MAKER),)).accept(
        "SM-8-012", "the taker's rule counts, not the maker's", bid(3, 20, USD, **_TAKER)
    ),
    Group("spot", (ask(2, 10, USD, **_TAKER),)).accept(
        "SM-8-013", "nor does the maker's rule keep it", bid(3, 20, USD, **_MAKER)
    ),
    _OWN.accept(
        "SM-8-014", "immediate: the taker gives way", bid(3, 20, 1_010_000, **_TAKER, **_IOC)
    ),
    _OWN.accept("SM-8-015", "market: the maker gives way", market(3, Side.BID, 10, **_MAKER)),
    _OWN.accept("SM-8-016", "market: the taker gives way", market(3, Side.BID, 10, **_TAKER)),
    _OWN.accept(
        "SM-8-017",
        "fill or kill: the maker gives way, another fills it",
        bid(3, 10, 1_010_000, **_MAKER, **_FOK),
    ),
    _OWN.reject(
        "SM-8-018",
        "fill or kill: the taker gives way",
        bid(3, 10, 1_010_000, **_TAKER, **_FOK),
        code=R.FILL_OR_KILL,
        twin="SM-8-017",
    ),
    _OWN.reject(
        "SM-8-019",
        "fill or kill: both give way",
        bid(3, 10, 1_010_000, **_BOTH, **_FOK),
        code=R.FILL_OR_KILL,
        twin="SM-8-017",
    ),
    _OWN.reject(
        "SM-8-020",
        "fill or kill: a lot too many brings the maker back",
        bid(3, 11, 1_010_000, **_MAKER, **_FOK),
        code=R.FILL_OR_KILL,
        twin="SM-8-017",
    ),
    Group("spot", (bid(2, 10, USD), bid(2, 10, USD), bid(4, 10, USD))).accept(
        "SM-8-021", "every maker of the user gives way", ask(3, 10, USD, **_MAKER)
    ),
    Group("spot", (bid(2, 10, USD), bid(2, 10, 990_000))).accept(
        "SM-8-022", "both: only the first maker gives way", ask(3, 10, 990_000, **_BOTH)
    ),
    Group("spot", (ask(4, 10, USD),)).accept(
        "SM-8-023", "two users trade under every rule", bid(3, 10, USD, **_BOTH)
    ),
    Group("spot", (ask(3, 1000, USD),)).trace(
        "SM-8-024",
        "what the order that gave way reserved is free",
        bid(3, 10, USD, **_MAKER),
        Transfer(3, 2, "SOL", 10 * COIN),
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

_BORROW: Final[dict[str, Any]] = {"flags": flags(borrow=True)}

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


CASES: Final[tuple[Case, ...]] = (
    *_LEVELS,
    *_SELF,
    *_BAND,
    *_BOUND,
)
