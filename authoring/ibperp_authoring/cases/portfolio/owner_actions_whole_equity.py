"""Cases of an owner's action that loses a gain which does not count for initial margin (PF-8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import SetSystemParameters
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, long, short, withdraw
from ibperp_authoring.cases.perpetuals.steps import mark, trade
from ibperp_authoring.cases.setups import COIN, CONTINUOUS, PERCENT, USD, perpetual_with

_GAINED: Final = (
    SetSystemParameters(replace(CONTINUOUS, unrealized_cap=0)),
    perpetual_with(maker_fee=0, taker_fee=0),
    mark(1_100_000),
    withdraw(2, "SOL", "solana", 10 * COIN),
    withdraw(2, "USDC", "solana", 986 * USD),
)
"""Account 2, long 100 lots from a dollar, has a gain of 10 dollars, and no gain counts."""

_FALLEN: Final = (
    mark(1_050_000),
    perpetual_with(maker_fee=0, taker_fee=0, imf_base=30 * PERCENT, mmf_base=15 * PERCENT),
)
"""The gain is 5 dollars, the account is below its initial requirement, and its equity 19.01."""

_WHOLE: Final = Group("perpetual_open", _GAINED, Why.BOUNDARY, ("PF-12", "SM-9"))


def _filled(name: str, words: str, price: int) -> Case:
    """Return a bid of account 2 that rested when the mark was 1.1 and is met at 1.05."""
    return _WHOLE.accept(
        name,
        f"a gain that does not count: {words}",
        long(2, 20, price),
        *_FALLEN,
        short(4, 20, price),
    )


_OTHER_ORDER: Final = Group("perpetual_open", why=Why.BOUNDARY, clauses=("SM-9", "PF-5")).accept(
    "PF-8-113",
    "a maker's trade is checked without the possible loss of its other order, exactly enough",
    perpetual_with(maker_fee=0, taker_fee=0),
    mark(1_100_000),
    withdraw(2, "SOL", "solana", 10 * COIN),
    withdraw(2, "USDC", "solana", 989_310_000),
    long(2, 20, 1_100_000),
    long(2, 20, 1_100_000),
    mark(1_050_000),
    short(4, 20, 1_100_000),
)
"""An equity of 14.70 dollars after the trade, as the requirement; the other order may lose one."""

CASES: Final[tuple[Case, ...]] = (
    _filled("PF-8-109", "a maker's trade at the mark loses none of it", 1_050_000),
    _filled("PF-8-110", "a maker's trade that loses an atom a lot of it ends the order", 1_050_001),
    _filled("PF-8-111", "a maker that would become due by its trade does not trade", 1_100_000),
    _WHOLE.accept(
        "PF-8-112",
        "a gain that does not count: a taker realizes all of it at the mark, and it counts",
        *_FALLEN,
        *trade(4, 2, 200, 1_050_000),
    ),
    _WHOLE.reject(
        "PF-8-144",
        "a gain that does not count: a taker gives up an atom a lot of it, and the rest counts",
        *_FALLEN,
        *trade(4, 2, 200, 1_049_999),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-8-112",
    ),
    _OTHER_ORDER,
)
