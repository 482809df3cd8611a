"""Cases of culling after a jump of the mark (ST-5)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, ApplyFunding, Borrow, Lend, Redeem, UpdateMark
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import PERP, Case, Group, Refused, Why
from ibperp_authoring.cases.settlement.setups import moved, opened, settled, virtual
from ibperp_authoring.cases.setups import HOUR, PERCENT, USD

_FIFTH_UP: Final = UpdateMark(PERP, 1_200_000, has_basis=False, basis=0)

_SHOCK: Final = (
    *virtual(2, 3, 4, 5, 6, 7),
    *opened(2, 3, 1500),
    *opened(4, 5, 1200),
    *opened(7, 6, 2500),
)
"""Six virtual accounts hold 5200 lots; a fifth on the mark moves 1040 USDC."""


def _shock(setup: str) -> Group:
    return Group(setup, _SHOCK, Why.ATTACK)


_SHOCKS: Final[tuple[Case, ...]] = (
    _shock("settlement").trace(
        "ST-5-100",
        "SC-7: the mark rises by a fifth: virtual sides grow, and the rate with them",
        _FIFTH_UP,
        *settled(10),
        *settled(HOUR),
    ),
    _shock("settlement").trace(
        "ST-5-101",
        "SC-7: up a fifth and back: interest alone is left",
        _FIFTH_UP,
        *settled(10),
        *settled(HOUR),
        *moved(USD, HOUR + 10),
    ),
    _shock("settlement").trace(
        "ST-5-102",
        "SC-7: the throttle keeps borrowers out while the shock lasts",
        Redeem(7, "USDC", 9900 * USD),
        _FIFTH_UP,
        *settled(10),
        AdvanceTime(60),
        Refused(Borrow(4, "USDC", 900 * USD), R.UTILIZATION_THROTTLED),
        Refused(Redeem(6, "USDC", 1000 * USD), R.UTILIZATION_THROTTLED),
        Lend(7, "USDC", 9000 * USD),
        Borrow(4, "USDC", 100 * USD),
    ),
    _shock("cull_account").trace(
        "ST-5-103",
        "SC-7: culled by the account's limit",
        _FIFTH_UP,
        *settled(10),
        *settled(20),
    ),
    _shock("cull_system").trace(
        "ST-5-104",
        "SC-7: culled by the system's limit",
        _FIFTH_UP,
        *settled(10),
        *settled(20),
    ),
    _shock("cull_book").trace(
        "ST-5-105",
        "SC-7: culled by the book's limit, settlement by settlement",
        _FIFTH_UP,
        *settled(10),
        *settled(20),
        *settled(30),
    ),
    _shock("cull_book").trace(
        "ST-5-106",
        "SC-7: culled, then back: what was paid in comes back as lends",
        _FIFTH_UP,
        *settled(10),
        *moved(USD, 20),
    ),
    _shock("cull_account").trace(
        "ST-5-107",
        "SC-7: a fifth down after a fifth up, with funding between",
        _FIFTH_UP,
        *settled(10),
        AdvanceTime(HOUR),
        ApplyFunding(PERP, 8 * PERCENT),
        *moved(800_000, HOUR + 10),
        *settled(HOUR + 20),
    ),
)


CASES: Final[tuple[Case, ...]] = (*_SHOCKS,)
