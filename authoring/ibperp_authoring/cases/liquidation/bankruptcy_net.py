"""Cases of the liquidation chapter: a loss falls on what accounts have won in all markets."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, ListPerpetual
from ibperp_authoring.cases.builder import Case, Group, Why
from ibperp_authoring.cases.liquidation.bankruptcy_setups import RESOLVE, gift
from ibperp_authoring.cases.settlement.setups import CONTRACT, OTHER, mark, opened, settled, virtual
from ibperp_authoring.cases.setups import USD

_THIRD: Final = "ETH_PERP"
_LISTED: Final[tuple[Action, ...]] = (ListPerpetual(_THIRD, CONTRACT), mark(USD, _THIRD))


def _rising(price: int) -> tuple[Action, ...]:
    """Bring the same mark to two markets."""
    return mark(price, OTHER), mark(price, _THIRD)


_HEDGES: Final[tuple[Action, ...]] = (
    *_LISTED,
    *opened(5, 6, 500, market=OTHER),
    *opened(6, 5, 500, market=_THIRD),
)
"""Accounts 5 and 6 hold the two sides of two markets against each other."""

_PARTLY: Final[tuple[Action, ...]] = (
    *_LISTED,
    *opened(5, 6, 500, market=OTHER),
    *opened(6, 5, 300, market=_THIRD),
)
"""What account 5 wins in one market it loses in the other, except for 200 lots."""

_HEDGED: Final = Group("bankrupt_fund", (*_HEDGES, *_rising(1_200_000)))
_NET: Final = Group("bankrupt_fund", (*_PARTLY, *_rising(1_200_000)))
_ROUNDED: Final = Group("bankrupt_fund", (*_PARTLY, *_rising(1_200_000)), Why.ROUNDING)

CASES: Final[tuple[Case, ...]] = (
    _HEDGED.accept(
        "LQ-9-050",
        "incident 56: who won as much as it lost has no claim and bears nothing",
        RESOLVE,
    ),
    _HEDGED.accept("LQ-9-051", "nor does it after a settlement", *settled(20), RESOLVE),
    _NET.accept("LQ-9-052", "who won 100 and lost 60 bears by a claim of 40", RESOLVE),
    _NET.accept("LQ-9-053", "the same bear the same after a settlement", *settled(20), RESOLVE),
    _ROUNDED.accept(
        "LQ-9-054", "seven atoms over net claims, to the atom", gift(30 * USD - 7), RESOLVE
    ),
    Group("bankrupt_fund", (*virtual(5, 6), *_HEDGES, *_rising(1_200_000))).accept(
        "LQ-9-055",
        "a virtual hedge bears nothing, before a settlement or after",
        *settled(20),
        RESOLVE,
    ),
    Group("bankrupt_fund", (*virtual(5), *_PARTLY, *_rising(1_200_000))).accept(
        "LQ-9-056", "a virtual winner bears by what it won in all", *settled(20), RESOLVE
    ),
    Group(
        "bankrupt_fund",
        (*opened(4, 3, 1000, market=OTHER), mark(1_018_000, OTHER)),
        Why.BOUNDARY,
    ).accept("LQ-9-057", "a claim that a loss on another market takes to nothing", RESOLVE),
    Group(
        "bankrupt_fund",
        (*opened(4, 3, 1000, market=OTHER), mark(1_017_999, OTHER)),
        Why.BOUNDARY,
    ).accept("LQ-9-058", "a claim of which a loss leaves 1000 atoms", RESOLVE),
)
