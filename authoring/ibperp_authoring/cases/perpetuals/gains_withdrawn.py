"""Cases of gains that are to be withdrawn before anybody has paid them (PF-12)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, AdvanceTime, Settle
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, long, short, withdraw
from ibperp_authoring.cases.perpetuals.steps import funding, mark, sale, trade
from ibperp_authoring.cases.setups import PERCENT, USD, perpetual_with


def _out(account: int, amount: int) -> Action:
    return withdraw(account, "USDC", "solana", amount, borrow=True)


_FREE: Final = perpetual_with(maker_fee=0, taker_fee=0)

_SELF: Final = Group(
    "perpetual_limited", (_FREE, *trade(4, 5, 1000, USD // 2)), Why.ATTACK, ("PF-8", "PP-4")
)
"""Account 5 sells to 4 at half the mark: a gain of 500 dollars, and a loss of 500."""

_MADE: Final[tuple[Case, ...]] = (
    *_SELF.pair(
        ("PF-12-110", "PF-12-111"),
        (
            "a self-traded gain of 500 dollars counts for 20",
            "a self-traded gain of 500 dollars: an atom more",
        ),
        accepted=_out(4, 1_745_454_545),
        refused=_out(4, 1_745_454_546),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("perpetual_limited", (*_SELF.before, *sale(4, 6, 1000, USD)), Why.ATTACK).pair(
        ("PF-12-112", "PF-12-113"),
        (
            "realized, it counts for 10 until it is settled",
            "realized, it counts for 10: an atom more",
        ),
        accepted=_out(4, 1_827_272_727),
        refused=_out(4, 1_827_272_728),
        code=R.INSUFFICIENT_MARGIN,
    ),
    Group("perpetual_limited", _SELF.before, Why.ATTACK, ("ST-2",)).trace(
        "PF-12-114",
        "settled, it is what the other side has paid",
        AdvanceTime(10),
        Settle(),
        withdraw(4, "USDC", "solana", 1490 * USD),
    ),
    Group("perpetual_limited", (*_SELF.before, *sale(4, 6, 1000, USD)), Why.ATTACK).trace(
        "PF-12-115",
        "an unsettled gain is no free balance: it is neither withdrawn nor lent",
        withdraw(4, "USDC", "solana", 1000 * USD),
        Refused(withdraw(4, "USDC", "solana", USD), R.INSUFFICIENT_FUNDS),
    ),
)


def _refused(*actions: Action) -> tuple[Refused, ...]:
    return tuple(Refused(action, R.INSUFFICIENT_MARGIN) for action in actions)


_LEVERED: Final = (_FREE, *trade(2, 3, 9000, USD), *trade(2, 4, 9000, USD), mark(1_050_000))
"""Account 2 has 18,000 lots at a gain of 900 dollars; 1890 of its 2800 dollars are required."""

_EDGE: Final = Group("perpetual", _LEVERED, Why.ATTACK, ("PF-8",))

_PROFIT: Final[tuple[Case, ...]] = (
    *_EDGE.pair(
        ("PF-12-130", "PF-12-131"),
        ("SC-17: a gain is withdrawn to the edge", "SC-17: an atom beyond it"),
        accepted=withdraw(2, "USDC", "solana", 910 * USD),
        refused=withdraw(2, "USDC", "solana", 910 * USD + 1),
        code=R.INSUFFICIENT_MARGIN,
    ),
    _EDGE.trace(
        "PF-12-132",
        "SC-17: an atom against it, and the account may only reduce",
        withdraw(2, "USDC", "solana", 910 * USD),
        mark(1_049_999),
        *_refused(
            withdraw(2, "USDC", "solana", USD),
            long(2, 1, 1_000_000),
            short(2, 40_000, 1_100_000),
        ),
        long(5, 10_000, 1_049_999),
        short(2, 10_000, 1_049_999),
        withdraw(2, "USDC", "solana", 80 * USD),
    ),
    _EDGE.trace(
        "PF-12-133",
        "SC-17: settled before the fall, the gain is gone from the margin as well",
        AdvanceTime(10),
        Settle(),
        withdraw(2, "USDC", "solana", 910 * USD),
        *_refused(withdraw(2, "USDC", "solana", USD)),
        mark(1_000_000),
        *_refused(withdraw(2, "USDC", "solana", USD)),
    ),
    Group("perpetual", (*_LEVERED, *funding(PERCENT)), Why.ATTACK, ("PP-8",)).trace(
        "PF-12-134",
        "SC-17: funding that is due is not withdrawn",
        *_refused(withdraw(2, "USDC", "solana", 910 * USD)),
        withdraw(2, "USDC", "solana", 800 * USD),
    ),
)

_GIFT: Final = Group("perpetual", (_FREE, *trade(2, 3, 15_000, USD)), Why.ATTACK, ("PF-8", "PP-4"))

_GIVEN: Final[tuple[Case, ...]] = (
    _GIFT.trace(
        "PF-12-141",
        "below its margin an account is filled as a maker where that serves it",
        short(2, 1000, 1_100_000),
        mark(900_000),
        long(4, 1000, 1_100_000),
    ),
    Group("perpetual", (_FREE,), Why.ATTACK, ("PP-5",)).trace(
        "PF-12-143",
        "SC-26: orders that are placed and cancelled leave nothing behind",
        *(
            step
            for number in range(4)
            for step in (
                long(2, 7 + number, 999_999),
                short(3, 3, 999_999),
            )
        ),
        short(3, 18, 999_999),
        sale(2, 3, 30, USD)[0],
        *trade(3, 4, 5, USD),
    ),
    Group("perpetual", (_FREE,), Why.ATTACK, ("PP-4",)).trace(
        "PF-12-144",
        "a gain cannot be made of fills alone: in and out at uneven costs",
        *(
            step
            for price in (1_000_001, 999_998, 1_000_004)
            for step in (*trade(2, 3, 7, price), *sale(2, 3, 3, price + 1))
        ),
        *sale(2, 3, 12, USD),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_MADE,
    *_PROFIT,
    *_GIVEN,
)
