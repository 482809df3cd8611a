"""Cases of the settlement chapter: winners share what was paid, and what a later deposit does."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, AdvanceTime, ApplyFunding, CreateAccount, Deposit, Transfer
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import PERP, Case, Group, Refused, Why, settings, withdraw
from ibperp_authoring.cases.settlement.setups import OTHER, mark, moved, opened, settled, virtual
from ibperp_authoring.cases.setups import COIN, HOUR, PERCENT, USD

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

_OWES: Final = Group("settlement", (*opened(2, 5, 30), *_GAIN))
"""Account 5 owes 30 USDC, and account 2 waits for them."""

_DEPOSITS: Final[tuple[Case, ...]] = (
    _OWES.accept(
        "ST-8-001", "a deposit is not touched before the next settlement", _pays(40 * USD)
    ),
    _OWES.accept(
        "ST-8-002",
        "the next settlement takes what is owed out of a deposit",
        _pays(40 * USD),
        *settled(20),
    ),
    _OWES.accept(
        "ST-8-003",
        "a deposit that is as much as is owed is taken whole",
        _pays(30 * USD),
        *settled(20),
        why=Why.BOUNDARY,
    ),
    _OWES.accept(
        "ST-8-004",
        "a deposit an atom short leaves an atom owed",
        _pays(30 * USD - 1),
        *settled(20),
        why=Why.BOUNDARY,
    ),
    _OWES.accept(
        "ST-8-005",
        "a deposit an atom beyond leaves an atom free",
        _pays(30 * USD + 1),
        *settled(20),
        why=Why.BOUNDARY,
    ),
    _OWES.accept(
        "ST-8-006",
        "a deposit of another asset is not taken",
        Deposit(5, "SOL", "solana", 7, COIN),
        *settled(20),
    ),
    _OWES.accept(
        "ST-8-007",
        "a deposit that is lent at once is redeemed",
        settings(5, auto_lend=True),
        _pays(40 * USD),
        *settled(20),
    ),
    _OWES.trace(
        "ST-8-008",
        "two deposits are taken one by one, and the rest of the second stays",
        _pays(20 * USD),
        *settled(20),
        _pays(20 * USD, 8),
        *settled(30),
    ),
    Group("settlement", (CreateAccount(8, 5), *opened(2, 5, 30), *_GAIN)).trace(
        "ST-8-009",
        "a transfer from another account of the user is taken like a deposit",
        Deposit(8, "USDC", "solana", 7, 40 * USD),
        Transfer(8, 5, "USDC", 40 * USD),
        *settled(20),
    ),
    _OWES.accept(
        "ST-8-010",
        "before the settlement a deposit above what is owed can be withdrawn",
        _pays(40 * USD),
        withdraw(5, "USDC", "solana", 10 * USD),
    ),
    _OWES.trace(
        "ST-8-012",
        "who owes and has the margin may withdraw what the settlement would take",
        _pays(40 * USD),
        withdraw(5, "USDC", "solana", 40 * USD),
        *settled(20),
    ),
    Group("settlement", (*opened(2, 6, 30), *opened(2, 5, 30), *_GAIN)).trace(
        "ST-8-011",
        "flat, the debt to the fund is still there, and is paid",
        *opened(5, 2, 30, 2 * USD),
        *settled(20),
        _pays(40 * USD),
        *settled(30),
    ),
)

_BROKE: Final = (
    CreateAccount(8, 8),
    Deposit(8, "USDC", "solana", 7, 20 * USD),
    *opened(2, 8, 100),
    *moved(2 * USD, 10),
)
"""Account 8 had 20 USDC and lost 100: it owns nothing and owes 80."""


def _broke_pays(amount: int) -> Action:
    return Deposit(8, "USDC", "solana", 8, amount)


_OCTOBER: Final = "SC-9 (incident 37, October 2025)"

_NEGATIVE: Final[tuple[Case, ...]] = (
    Group("settlement", _BROKE, Why.REGRESSION).trace(
        "ST-8-020",
        f"{_OCTOBER}: a deposit into an account below zero is consumed",
        _broke_pays(50 * USD),
        Refused(withdraw(8, "USDC", "solana", USD), R.INSUFFICIENT_MARGIN),
        *settled(20),
        Refused(withdraw(8, "USDC", "solana", USD), R.INSUFFICIENT_FUNDS),
    ),
    Group("settlement", _BROKE, Why.REGRESSION).trace(
        "ST-8-021",
        f"{_OCTOBER}: what is owed outlives the position",
        *opened(8, 2, 100, 2 * USD),
        *settled(20),
        _broke_pays(100 * USD),
        *settled(30),
        withdraw(8, "USDC", "solana", 20 * USD),
    ),
    Group("settlement", _BROKE, Why.REGRESSION).trace(
        "ST-8-022",
        f"{_OCTOBER}: a deposit of less is consumed whole, again and again",
        *opened(8, 2, 100, 2 * USD),
        *(
            step
            for number in range(4)
            for step in (
                Deposit(8, "USDC", "solana", 8 + number, 25 * USD),
                *settled(20 + 10 * number),
            )
        ),
    ),
    Group("settlement", (*_BROKE, *opened(8, 2, 100, 2 * USD)), Why.REGRESSION).accept(
        "ST-8-023",
        f"{_OCTOBER}: who owes nothing on the fund keeps a deposit",
        Deposit(3, "USDC", "solana", 8, 50 * USD),
        *settled(20),
    ),
    Group("settlement", (*_BROKE, *opened(8, 2, 100, 2 * USD)), Why.REGRESSION).accept(
        "ST-8-024",
        f"{_OCTOBER}: another account of the user is not touched",
        CreateAccount(9, 8),
        Deposit(9, "USDC", "solana", 8, 50 * USD),
        *settled(20),
    ),
    Group("settlement", (*_BROKE, *opened(8, 2, 100, 2 * USD)), Why.ATTACK).trace(
        "ST-8-025",
        f"{_OCTOBER}: what is below zero cannot be moved out before the settlement",
        CreateAccount(9, 8),
        _broke_pays(80 * USD),
        Refused(Transfer(8, 9, "USDC", 1), R.INSUFFICIENT_MARGIN),
        Refused(withdraw(8, "USDC", "solana", USD), R.INSUFFICIENT_MARGIN),
        *settled(20),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_SHARED, *_DEPOSITS, *_NEGATIVE)
