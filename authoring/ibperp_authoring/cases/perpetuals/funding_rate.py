"""Cases of the premium and the funding rate (PP-7)."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import AdvanceTime, ApplyFunding
from ibperp.numbers import RATIO
from ibperp_authoring.cases.builder import PERP, Case, Group, Why
from ibperp_authoring.cases.setups import HOUR, MAX, PERCENT, perpetual_with

_BASIS_POINT: Final = PERCENT // 100

_WIDE: Final[dict[str, Any]] = {"funding_floor": -RATIO, "funding_cap": RATIO}


def _rate(
    number: int, words: str, premium: int, *, why: Why = Why.RULE, hours: int = 1, **changes: Any
) -> Case:
    """Return one funding of an open market, from the premium of its interval."""
    changed = perpetual_with(**({"funding_interval": hours * HOUR} | changes))
    return Group("perpetual_open", (changed, AdvanceTime(hours * HOUR)), why).accept(
        f"PP-7-{number:03}", words, ApplyFunding(PERP, premium)
    )


_RATES: Final[tuple[Case, ...]] = (
    _rate(1, "a premium of nothing: the interest of an hour, 0.0000125", 0),
    _rate(2, "R10: a premium of -0.0004 is quiet", -4 * _BASIS_POINT, why=Why.BOUNDARY),
    _rate(3, "R10: a premium of 0.0006 is quiet", 6 * _BASIS_POINT, why=Why.BOUNDARY),
    _rate(4, "R10: a premium of 0.0001, the interest, is quiet", _BASIS_POINT),
    _rate(5, "R10: just below -0.0004 it is not", -4 * _BASIS_POINT - 8, why=Why.BOUNDARY),
    _rate(6, "R10: just above 0.0006 it is not", 6 * _BASIS_POINT + 8, why=Why.BOUNDARY),
    _rate(7, "a premium of 1 % less the clamp", PERCENT),
    _rate(8, "a premium of -1 % plus the clamp", -PERCENT),
    _rate(9, "the rate is rounded down", 6 * _BASIS_POINT + 7, why=Why.ROUNDING),
    _rate(10, "below zero as well", -14 * _BASIS_POINT - 1, why=Why.ROUNDING),
    _rate(11, "E7: 0.24 % a day is 0.01 % an hour", 13 * _BASIS_POINT),
    _rate(12, "E7: and 0.08 % in eight hours", 13 * _BASIS_POINT, hours=8),
    _rate(13, "eight hours: a quiet market pays the interest, 0.0001", 0, hours=8),
    _rate(14, "a day: three times as much", 0, hours=24),
    _rate(15, "a second", PERCENT, funding_interval=1, hours=1),
    _rate(16, "no interest, no clamp: the premium", PERCENT, interest_rate=0, interest_clamp=0),
    _rate(17, "no clamp: interest has no effect", PERCENT, interest_clamp=0),
    _rate(18, "a clamp of one: the interest alone", PERCENT, interest_clamp=RATIO),
    _rate(19, "an interest below zero", 0, interest_rate=-3 * _BASIS_POINT),
    _rate(20, "at the cap", 805 * _BASIS_POINT, why=Why.BOUNDARY),
    _rate(21, "beyond the cap", 805 * _BASIS_POINT + 8, why=Why.BOUNDARY),
    _rate(22, "at the floor", -805 * _BASIS_POINT, why=Why.BOUNDARY),
    _rate(23, "below the floor", -805 * _BASIS_POINT - 1, why=Why.BOUNDARY),
    _rate(24, "the cap is that of the interval", 105 * _BASIS_POINT, hours=8),
    _rate(25, "and beyond", 105 * _BASIS_POINT + 1, hours=8, why=Why.BOUNDARY),
    _rate(26, "a floor above zero", -PERCENT, funding_floor=3 * _BASIS_POINT),
    _rate(27, "a cap below zero", PERCENT, funding_floor=-PERCENT, funding_cap=-_BASIS_POINT),
    _rate(28, "floor and cap of nothing: no funding", PERCENT, funding_floor=0, funding_cap=0),
    _rate(29, "the highest premium", MAX, why=Why.ATTACK, **_WIDE),
    _rate(30, "the lowest premium", -MAX, why=Why.ATTACK, **_WIDE),
)


CASES: Final[tuple[Case, ...]] = (*_RATES,)
