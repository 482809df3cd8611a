"""Cases of an account that turns from one way of settling to the other (ST-4)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, Borrow, Deposit, Lend
from ibperp_authoring.cases.builder import Case, Group, Why, settings
from ibperp_authoring.cases.settlement.setups import moved, opened, settled, virtual
from ibperp_authoring.cases.setups import USD

_MARKS: Final = (1_100_000, 950_000, 1_300_000, 1_000_000, 800_000, 1_200_000)
"""Marks of six settlements, all within an hour that bears no interest."""

_EQUITY: Final = Group("settlement_hourly", opened(2, 3, 100), Why.CONSERVATION)


def _turned(*turns: tuple[int, tuple[Action, ...]]) -> tuple[Action, ...]:
    """Return the six settlements, with steps taken before some of them."""
    return tuple(
        step
        for number, price in enumerate(_MARKS)
        for step in (
            *(step for when, steps in turns if when == number for step in steps),
            *moved(price, 10 * (number + 1)),
        )
    )


_AUTOMATIC: Final = (settings(2), settings(3))
_VIRTUAL: Final = virtual(2, 3)

_SWITCHED: Final[tuple[Case, ...]] = (
    *(
        _EQUITY.trace(
            f"ST-4-{100 + when}",
            f"SC-8: virtual, automatic before settlement {when + 1}: equity is what it was",
            *_VIRTUAL,
            *_turned((when, _AUTOMATIC)),
        )
        for when in range(6)
    ),
    *(
        _EQUITY.trace(
            f"ST-4-{110 + when}",
            f"SC-8: automatic, virtual before settlement {when + 1}: equity is what it was",
            *_turned((when, _VIRTUAL)),
        )
        for when in range(6)
    ),
    *(
        _EQUITY.trace(
            f"ST-4-{120 + when}",
            f"SC-8: the long alone turns before settlement {when + 1}, and back after it",
            *virtual(3),
            *_turned((when, virtual(2)), (when + 1, (settings(2),))),
        )
        for when in range(5)
    ),
    _EQUITY.trace(
        "ST-4-126",
        "SC-8: both turn before every settlement",
        *_turned(*((when, _AUTOMATIC if when & 1 else _VIRTUAL) for when in range(6))),
    ),
    _EQUITY.trace(
        "ST-4-127",
        "SC-8: the two turn by turns",
        *_turned(
            *(
                (when, (settings(2), *virtual(3)) if when & 1 else (*virtual(2), settings(3)))
                for when in range(6)
            )
        ),
    ),
    _EQUITY.trace("ST-4-128", "SC-8: nobody turns: the equity to compare with", *_turned()),
)

_UP: Final = moved(1_100_000, 10)
_OPEN: Final = Group("settlement", (*virtual(2, 3), *opened(2, 3, 100), *_UP))
"""Account 2 has a virtual lend of 10 USDC, account 3 a virtual borrow of 10."""

_FIFTH: Final = Group("settlement", (*virtual(2, 5), *opened(2, 5, 100), *_UP))
_DEBTOR: Final = Group("settlement", (*virtual(3, 5), *opened(5, 3, 100)))

_TURNS: Final[tuple[Case, ...]] = (
    _OPEN.accept("ST-4-140", "until the settlement a turn moves nothing", *_AUTOMATIC),
    _OPEN.accept("ST-4-141", "a virtual lend is the account's own", settings(2), *settled(20)),
    _OPEN.accept("ST-4-142", "a virtual borrow is paid from free", settings(3), *settled(20)),
    _OPEN.accept(
        "ST-4-143", "turned there and back, nothing moves", *_AUTOMATIC, *_VIRTUAL, *settled(20)
    ),
    _OPEN.accept(
        "ST-4-144", "the turn and another gain: lend and cash", settings(2), *moved(1_150_000, 20)
    ),
    _OPEN.accept(
        "ST-4-145",
        "the turn and a loss: the lend is released, free is paid",
        settings(2),
        *moved(1_050_000, 20),
    ),
    _OPEN.accept(
        "ST-4-146",
        "the turn and another loss: both are paid from free",
        settings(3),
        *moved(1_150_000, 20),
    ),
    _OPEN.accept(
        "ST-4-147",
        "the turn and a gain: the borrow is paid, then the gain",
        settings(3),
        *moved(1_050_000, 20),
    ),
    Group("settlement", (*virtual(2, 6), *opened(2, 6, 100), *_UP)).accept(
        "ST-4-148",
        "a virtual borrow is paid from the account's own lend",
        settings(6),
        *settled(20),
    ),
    _FIFTH.accept(
        "ST-4-149", "a virtual borrow that cannot be paid stays", settings(5), *settled(20)
    ),
    _FIFTH.accept(
        "ST-4-150",
        "a virtual borrow turns into the account's own",
        settings(5, auto_borrow_settlements=True),
        *settled(20),
    ),
    _FIFTH.trace(
        "ST-4-151",
        "a virtual borrow that stayed is paid by the next deposit",
        settings(5),
        *settled(20),
        Deposit(5, "USDC", "solana", 7, 11 * USD),
        *settled(30),
    ),
    _FIFTH.trace(
        "ST-4-152",
        "a loss is paid before the virtual borrow that ends",
        settings(5),
        Deposit(5, "USDC", "solana", 7, 11 * USD),
        *moved(1_150_000, 20),
    ),
    _FIFTH.trace(
        "ST-4-153",
        "a gain comes too late for the virtual borrow that ends",
        settings(5),
        *moved(900_000, 20),
        *settled(30),
    ),
    _DEBTOR.accept(
        "ST-4-154",
        "a virtual lend repays a part of the account's own debt",
        Borrow(5, "USDC", 50 * USD),
        *_UP,
        settings(5),
        *settled(20),
    ),
    _DEBTOR.accept(
        "ST-4-155",
        "a virtual lend repays the account's own debt and is more",
        Borrow(5, "USDC", 4 * USD),
        *_UP,
        settings(5),
        *settled(20),
    ),
    _DEBTOR.accept(
        "ST-4-156",
        "a virtual lend is added to the account's own lend",
        Deposit(5, "USDC", "solana", 7, 4 * USD),
        Lend(5, "USDC", 4 * USD),
        *_UP,
        settings(5),
        *settled(20),
    ),
    _DEBTOR.accept(
        "ST-4-157",
        "virtual, with a debt of its own: the gain is lent beside the debt",
        Borrow(5, "USDC", 50 * USD),
        *_UP,
    ),
    Group("settlement", opened(2, 5, 100)).trace(
        "ST-4-158",
        "what was unsettled stays so when the account turns",
        *_UP,
        *virtual(2, 5),
        *settled(20),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_SWITCHED, *_TURNS)
