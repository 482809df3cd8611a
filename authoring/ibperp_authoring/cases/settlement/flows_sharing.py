"""Cases of flows: winners share what was paid (ST-3)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, AdvanceTime, ApplyFunding, Deposit
from ibperp_authoring.cases.builder import PERP, Case, Group, Why, settings
from ibperp_authoring.cases.settlement.setups import OTHER, mark, moved, opened, settled, virtual
from ibperp_authoring.cases.setups import HOUR, PERCENT, USD

_THREE: Final = (*opened(2, 5, 10), *opened(3, 5, 10), *opened(4, 5, 10))
"""Accounts 2, 3 and 4 are long of 10 lots each; account 5, that has no USDC, is short of all."""

_UNLIKE: Final = (*opened(2, 5, 7), *opened(3, 5, 11), *opened(4, 5, 13))
_EQUAL: Final = Group("settlement", _THREE, Why.ROUNDING)
_PRIMES: Final = Group("settlement", _UNLIKE, Why.ROUNDING)


def _pays(amount: int, sequence: int = 7) -> Action:
    """Let account 5 have `amount` atoms to pay with."""
    return Deposit(5, "USDC", "solana", sequence, amount)


_GAIN: Final = moved(2 * USD, 10)
"""A lot gains one USDC."""

_ATOMS: Final[tuple[Case, ...]] = tuple(
    _EQUAL.accept(
        f"ST-3-{200 + atoms:03}", f"three equal winners share {atoms} atoms", _pays(atoms), *_GAIN
    )
    for atoms in range(1, 6)
)

_SHARED: Final[tuple[Case, ...]] = (
    *_ATOMS,
    _EQUAL.accept("ST-3-210", "three winners share nothing", *_GAIN, why=Why.BOUNDARY),
    _EQUAL.accept(
        "ST-3-211", "an atom is missing: one winner waits for it", _pays(30 * USD - 1), *_GAIN
    ),
    _EQUAL.accept(
        "ST-3-212", "all is there to the atom", _pays(30 * USD), *_GAIN, why=Why.BOUNDARY
    ),
    _PRIMES.accept(
        "ST-3-213", "winners of 7, 11 and 13 share one USDC in proportion", _pays(USD), *_GAIN
    ),
    _PRIMES.accept(
        "ST-3-214",
        "winners of 7, 11 and 13 share 10 USDC less an atom",
        _pays(10 * USD - 1),
        *_GAIN,
    ),
    _PRIMES.trace(
        "ST-3-215",
        "six payments of an odd number of atoms pay all in the end",
        *_GAIN,
        *(
            step
            for number, atoms in enumerate((1_000_003, 7_777_777, 1, 12_345_679, 5, 9_876_535), 1)
            for step in (_pays(atoms, 6 + number), *settled(10 + 10 * number))
        ),
        why=Why.CONSERVATION,
    ),
    Group("settlement", (*_UNLIKE, *opened(2, 6, 9)), Why.ROUNDING).accept(
        "ST-3-216",
        "what one loser pays is shared by the winners of the other too",
        _pays(5 * USD),
        *_GAIN,
    ),
    Group("settlement", (*virtual(3), *_UNLIKE), Why.ROUNDING).accept(
        "ST-3-217",
        "a winner that is paid virtually shares like the others; its rest stays marked",
        _pays(10 * USD),
        *_GAIN,
    ),
    Group("settlement", (*virtual(2), *opened(2, 5, 30), *opened(3, 2, 2, 10 * USD, OTHER))).accept(
        "ST-3-470",
        "a virtual loss pays the account's own virtual gain first: 20 of 30, a share of 10",
        mark(20 * USD, OTHER),
        _pays(5 * USD),
        *_GAIN,
    ),
    Group("settlement", (*virtual(2), *opened(2, 5, 20), *opened(3, 2, 2, 10 * USD, OTHER))).accept(
        "ST-3-471",
        "a virtual hedge is settled whole, though the loser of its gain pays nothing",
        mark(20 * USD, OTHER),
        *_GAIN,
        why=Why.BOUNDARY,
    ),
    Group("settlement", (*virtual(2), *opened(2, 5, 20), *opened(3, 2, 3, 10 * USD, OTHER))).accept(
        "ST-3-472",
        "a virtual loss above the gain pays it whole, the rest pays others",
        mark(20 * USD, OTHER),
        *_GAIN,
        why=Why.BOUNDARY,
    ),
    Group("settlement", (*virtual(2, 3, 4), *_UNLIKE), Why.ROUNDING).accept(
        "ST-3-218",
        "three winners that are paid virtually share",
        _pays(10 * USD),
        *_GAIN,
    ),
    Group("settlement", (*virtual(3), *_UNLIKE), Why.RULE).trace(
        "ST-3-219",
        "what stayed marked and what stayed unsettled are set off alike when the mark comes back",
        _pays(10 * USD),
        *_GAIN,
        *moved(USD, 20),
    ),
    Group("settlement", _UNLIKE, Why.RULE).trace(
        "ST-3-220",
        "an old claim and a new gain rank alike",
        *_GAIN,
        *opened(7, 6, 20, 2 * USD),
        *moved(3 * USD, 20),
    ),
    Group("settlement", _UNLIKE, Why.RULE).trace(
        "ST-3-221",
        "a claim is set off against the next loss",
        *_GAIN,
        *moved(1_500_000, 20),
    ),
    Group("settlement", _UNLIKE, Why.RULE).trace(
        "ST-3-222",
        "a claim less than the next loss is set off, and the rest paid",
        *_GAIN,
        *moved(500_000, 20),
    ),
    Group("settlement", _UNLIKE, Why.RULE).trace(
        "ST-3-223",
        "what is owed is set off against the next gain",
        *_GAIN,
        *moved(1_400_000, 20),
        *moved(USD, 30),
    ),
    Group("settlement", _UNLIKE, Why.RULE).trace(
        "ST-3-224",
        "flat accounts keep claim and debt",
        *_GAIN,
        *opened(5, 2, 7, 2 * USD),
        *opened(5, 3, 11, 2 * USD),
        *opened(5, 4, 13, 2 * USD),
        *settled(20),
    ),
    Group("settlement", (*_UNLIKE, *opened(5, 7, 3, 10 * USD, OTHER)), Why.RULE).accept(
        "ST-3-225",
        "the loser's gain in another market is set off before anyone shares",
        mark(2 * USD),
        *moved(14 * USD, 10, OTHER),
    ),
    Group("settlement", (*_UNLIKE, *virtual(2)), Why.RULE).trace(
        "ST-3-226",
        "funding that cannot be paid is shared like a gain",
        AdvanceTime(HOUR),
        ApplyFunding(PERP, -8 * PERCENT),
        _pays(100_001),
        *settled(HOUR + 10),
    ),
    Group("settlement", (*_THREE, settings(2, auto_lend=True)), Why.ROUNDING).accept(
        "ST-3-227", "an atom that is shared is lent", _pays(3), *_GAIN
    ),
)


CASES: Final[tuple[Case, ...]] = (*_SHARED,)
