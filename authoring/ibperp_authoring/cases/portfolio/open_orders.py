"""Cases of open orders: what they may owe, what they may lose, how many fit (PF-5)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    AdvanceTime,
    Borrow,
    CancelAllOrders,
    CancelOrder,
    Deposit,
    Repay,
    SetAccountSettings,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import SPOT, Case, Group, Why, ask, bid, flags, market, settings
from ibperp_authoring.cases.setups import COIN, PERCENT, USD, market_with

_SPOT: Final = Group("spot", clauses=("SM-5",))
_EDGE: Final = Group("spot", why=Why.BOUNDARY, clauses=("SM-5",))
_BORROW: Final = flags(borrow=True)
_LEVER_10: Final = Group("spot", why=Why.BOUNDARY, clauses=("PF-7", "PF-8", "PF-11"))

LOSS: Final[tuple[Case, ...]] = (
    _SPOT.accept(
        "PF-5-001", "a bid at the mark loses the weight of what it buys", bid(3, 100, 1_000_000)
    ),
    _SPOT.accept(
        "PF-5-002", "a bid above the mark loses the difference too", bid(3, 100, 1_100_000)
    ),
    _EDGE.accept(
        "PF-5-003", "a bid at the mark times the weight loses nothing", bid(3, 100, 900_000)
    ),
    _EDGE.accept("PF-5-004", "a tick above, each lot loses a tick", bid(3, 100, 900_100)),
    _EDGE.accept("PF-5-005", "a bid below never counts as a gain", bid(3, 100, 500_000)),
    _SPOT.accept("PF-5-006", "an ask at the mark loses nothing", ask(3, 100, 1_000_000)),
    _EDGE.accept(
        "PF-5-007", "an ask at the mark times the weight loses nothing", ask(3, 100, 900_000)
    ),
    _EDGE.accept("PF-5-008", "a tick below, each lot loses a tick", ask(3, 100, 899_900)),
    _SPOT.accept("PF-5-009", "an ask at half the mark loses the rest", ask(3, 100, 500_000)),
    _SPOT.accept(
        "PF-5-010",
        "what one order gains makes up for no other's loss",
        ask(3, 100, 1_400_000),
        bid(3, 100, 1_000_000),
    ),
    _SPOT.accept(
        "PF-5-011",
        "a rising price moves the loss from the bid to the ask",
        bid(3, 100, 950_000),
        ask(3, 100, 1_000_000),
        SetPrice("SOL", 120 * USD),
    ),
    _SPOT.accept(
        "PF-5-012",
        "the loss follows the price",
        bid(3, 100, 1_000_000),
        SetPrice("SOL", 50 * USD),
    ),
    _SPOT.accept(
        "PF-5-013",
        "a maker fee is reserved and lost by a bid",
        market_with(maker_fee=RATIO // 1000),
        bid(3, 100, 1_000_000),
    ),
    _SPOT.accept(
        "PF-5-014",
        "a maker fee is taken from what an ask receives",
        market_with(maker_fee=10 * PERCENT),
        ask(3, 100, 950_000),
    ),
    _SPOT.accept(
        "PF-5-015",
        "a rebate is not counted before it is earned",
        market_with(maker_fee=-10 * PERCENT, taker_fee=10 * PERCENT),
        bid(3, 100, 1_000_000),
        ask(3, 100, 1_400_000),
    ),
    _SPOT.accept(
        "PF-5-016",
        "the fee of a single lot is rounded up in what it reserves",
        market_with(maker_fee=1),
        bid(3, 1, 1_000_000),
        why=Why.ROUNDING,
    ),
    _SPOT.accept(
        "PF-5-018",
        "the fee of a single lot is rounded up in what it receives",
        market_with(maker_fee=1),
        ask(3, 1, 800_000),
        why=Why.ROUNDING,
    ),
    _SPOT.accept(
        "PF-5-017",
        "two asks of a lot share a cost that is odd",
        market_with(maker_fee=0),
        SetPrice("SOL", 100_000_007),
        ask(3, 1, 600_000),
        ask(3, 1, 600_000),
        why=Why.ROUNDING,
    ),
)

_THIN: Final = Group("thin", (Deposit(3, "USDC", "solana", 3, 2000 * USD),))
_BUY: Final = "THIN_USDC"

SHARED: Final[tuple[Case, ...]] = (
    _THIN.accept(
        "PF-5-020",
        "one bid for 400 dollars of thin collateral",
        bid(3, 400, 1_000_000, market=_BUY),
    ),
    _THIN.accept(
        "PF-5-021",
        "two bids for 200 dollars each share the lower weight of 400",
        bid(3, 200, 1_000_000, market=_BUY),
        bid(3, 200, 1_000_000, market=_BUY),
    ),
    _THIN.accept(
        "PF-5-022",
        "two bids of unlike size share by what they receive",
        bid(3, 1, 1_000_000, market=_BUY),
        bid(3, 399, 600_000, market=_BUY),
        why=Why.ROUNDING,
    ),
    _THIN.accept(
        "PF-5-023",
        "what is held already leaves less weight to what is bought",
        Transfer(2, 3, "THIN", 300 * USD),
        bid(3, 100, 1_000_000, market=_BUY),
    ),
    _THIN.accept(
        "PF-5-024",
        "thin collateral that is sold takes only what it counted for",
        Transfer(2, 3, "THIN", 400 * USD),
        ask(3, 400, 500_000, market=_BUY),
    ),
)

EXPOSED: Final[tuple[Case, ...]] = (
    _EDGE.accept(
        "PF-5-030",
        "an ask of all that is held exposes to nothing",
        ask(3, 1000, 1_000_000, flags=_BORROW),
    ),
    _EDGE.accept(
        "PF-5-031",
        "an ask of one lot more exposes to one lot",
        ask(3, 1001, 1_000_000, flags=_BORROW),
    ),
    _EDGE.accept(
        "PF-5-032",
        "a bid of one lot more than is held exposes to its price",
        bid(3, 1001, 1_000_000, flags=_BORROW),
    ),
    _EDGE.accept(
        "PF-5-033",
        "two asks that are covered alone are not covered together",
        ask(3, 600, 1_000_000, flags=_BORROW),
        ask(3, 600, 1_000_000, flags=_BORROW),
    ),
    _SPOT.accept(
        "PF-5-034",
        "asks and bids expose to both assets at once",
        ask(3, 1500, 1_000_000, flags=_BORROW),
        bid(3, 1500, 950_000, flags=_BORROW),
    ),
    _SPOT.accept(
        "PF-5-035",
        "what is sold on order adds to what is owed",
        Borrow(3, "SOL", COIN),
        Transfer(3, 2, "SOL", 5 * COIN),
        ask(3, 1000, 1_000_000, flags=_BORROW),
    ),
    Group("spot_lent", clauses=("SM-5",)).accept(
        "PF-5-036",
        "what is lent covers an order as free balance does",
        ask(4, 1000, 1_000_000, flags=flags(redeem=True)),
    ),
    _SPOT.accept(
        "PF-5-037",
        "a cancelled order exposes to nothing",
        ask(3, 1500, 1_000_000, flags=_BORROW),
        CancelOrder(3, 0),
    ),
    _SPOT.accept(
        "PF-5-038",
        "cancelling all leaves the debt alone",
        Borrow(3, "USDC", 100 * USD),
        ask(3, 1500, 1_000_000, flags=_BORROW),
        bid(3, 1500, 950_000, flags=_BORROW),
        CancelAllOrders(3, SPOT),
    ),
    _SPOT.accept(
        "PF-5-039",
        "a partial fill leaves what the rest may still owe",
        ask(3, 1500, 1_000_000, flags=_BORROW),
        bid(4, 900, 1_000_000),
    ),
    _SPOT.accept(
        "PF-5-040",
        "a fill turns what could be owed into a debt",
        ask(3, 1500, 1_000_000, flags=_BORROW),
        bid(4, 900, 1_000_000),
        bid(5, 600, 1_000_000),
    ),
    _SPOT.accept(
        "PF-5-041",
        "a deposit covers what an order would borrow",
        ask(3, 1500, 1_000_000, flags=_BORROW),
        Deposit(3, "SOL", "solana", 9, 5 * COIN),
    ),
    Group("spot", why=Why.ATTACK, clauses=("SM-5", "PF-8")).trace(
        "PF-5-042",
        "SC-26: orders placed, filled in part and cancelled leave nothing reserved",
        ask(3, 7, 1_000_000),
        bid(4, 3, 1_000_000),
        bid(3, 11, 990_000),
        ask(4, 7, 990_000),
        ask(3, 13, 1_010_000),
        CancelOrder(3, 4),
        CancelAllOrders(3, SPOT),
        Transfer(3, 2, "SOL", 9_000_000_000),
        Transfer(3, 2, "USDC", 900 * USD),
    ),
    _SPOT.accept(
        "PF-5-043",
        "an order stays as it is while its debt grows",
        Borrow(3, "USDC", 100 * USD),
        ask(3, 500, 1_000_000),
        AdvanceTime(1_000_000),
        Repay(3, "USDC", None),
    ),
)


def _lever(limit: int) -> SetAccountSettings:
    return settings(3, leverage_limit=limit)


LADDERS: Final[tuple[Case, ...]] = (
    *_LEVER_10.pair(
        ("PF-5-050", "PF-5-051"),
        ("asks that would borrow, as many as the root allows", "one lot more"),
        accepted=ask(3, 4304, 1_000_000, flags=_BORROW),
        refused=ask(3, 4305, 1_000_000, flags=_BORROW),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *_LEVER_10.pair(
        ("PF-5-052", "PF-5-053"),
        ("bids that would borrow, as many as their loss allows", "one lot more"),
        accepted=bid(3, 10_000, 1_000_000, flags=_BORROW),
        refused=bid(3, 10_001, 1_000_000, flags=_BORROW),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *_LEVER_10.pair(
        ("PF-5-054", "PF-5-055"),
        ("bids that lose nothing, as many as leverage allows", "one lot more"),
        accepted=bid(3, 22_222, 900_000, flags=_BORROW),
        refused=bid(3, 22_223, 900_000, flags=_BORROW),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("spot", (_lever(2 * RATIO),), why=Why.BOUNDARY, clauses=("PF-7", "PF-8")).pair(
        ("PF-5-056", "PF-5-057"),
        ("bids at half that leverage", "one lot more"),
        accepted=bid(3, 5333, 900_000, flags=_BORROW),
        refused=bid(3, 5334, 900_000, flags=_BORROW),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("spot", (Borrow(3, "USDC", 5000 * USD),), why=Why.BOUNDARY, clauses=("PF-8",)).pair(
        ("PF-5-058", "PF-5-059"),
        ("covered bids above the mark beside a debt", "one lot more loses too much"),
        accepted=bid(3, 2333, 1_500_000),
        refused=bid(3, 2334, 1_500_000),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group(
        "spot",
        (_lever(2 * RATIO), ask(5, 10_000, 1_000_000, flags=flags(redeem=True))),
        why=Why.BOUNDARY,
        clauses=("SM-9", "PF-8"),
    ).pair(
        ("PF-5-060", "PF-5-061"),
        ("a taker buys with borrowed quote to the edge", "one lot more"),
        accepted=bid(3, 3990, 1_000_000, flags=_BORROW),
        refused=bid(3, 3991, 1_000_000, flags=_BORROW),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group(
        "spot",
        (bid(5, 10_000, 1_000_000, flags=flags(redeem=True)),),
        why=Why.BOUNDARY,
        clauses=("SM-9", "PF-8"),
    ).pair(
        ("PF-5-062", "PF-5-063"),
        ("a market order sells borrowed base to the edge", "one lot more"),
        accepted=market(3, Side.ASK, 4414, flags=_BORROW),
        refused=market(3, Side.ASK, 4415, flags=_BORROW),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *_LEVER_10.pair(
        ("PF-5-064", "PF-5-065"),
        ("four orders that fit together", "the last of four one lot larger"),
        ask(3, 1500, 1_000_000, flags=_BORROW),
        ask(3, 1500, 1_100_000, flags=_BORROW),
        bid(3, 1000, 990_000, flags=_BORROW),
        accepted=bid(3, 10_184, 900_000, flags=_BORROW),
        refused=bid(3, 10_185, 900_000, flags=_BORROW),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *_LEVER_10.pair(
        ("PF-5-066", "PF-5-067"),
        (
            "an order that expires at once is checked as it trades",
            "an order that rests is checked whole",
        ),
        accepted=ask(3, 4305, 1_000_000, flags=_BORROW, time_in_force=TimeInForce.IOC),
        refused=ask(3, 4305, 1_000_000, flags=_BORROW),
        code=R.INSUFFICIENT_MARGIN,
    ),
)

CASES: Final[tuple[Case, ...]] = (*LOSS, *SHARED, *EXPOSED, *LADDERS)
