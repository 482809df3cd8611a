"""Quantities so near that only exact numbers tell them apart (LQ-5, LQ-7, PF-2, PF-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    Lend,
    Liquidate,
    ListAsset,
    ListMarket,
    Redeem,
    RunRisk,
    SetAssetParameters,
    SetPoolParameters,
    SetPrice,
    Settle,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import HaircutKind, HaircutParameters
from ibperp_authoring.cases.builder import Case, Group, Why, long, short, withdraw
from ibperp_authoring.cases.liquidation.deleveraging import row
from ibperp_authoring.cases.liquidation.deleveraging_lends import BACKED_BY_LEND
from ibperp_authoring.cases.liquidation.setups import (
    ETH,
    FREE_MARKET,
    FREE_POOL,
    STEP,
    coin,
    deposit,
    lent_out,
    price,
)
from ibperp_authoring.cases.settlement.setups import mark, opened
from ibperp_authoring.cases.setups import COIN, LOT, PERCENT, THIN, USD
from ibperp_authoring.cases.uneven import world

_WORTH: Final = 2000 * USD
"""What each of two holdings is worth, the second one some quote atoms more."""


def _thirds(third: int, quarter: int) -> tuple[Action, ...]:
    """Let two accounts be short: a profit of 1/3 and leverage 1, a profit of 1/4 and leverage 4/3.

    Both ranks are a third, which 18 digits do not hold.
    """
    return (
        deposit(2, 145 * USD, after=0),
        withdraw(third, "USDC", "solana", 662_500_000),
        withdraw(quarter, "USDC", "solana", 700 * USD),
        *opened(7, third, 750, 1_350_000),
        *opened(7, quarter, 800, 1_200_000),
        *opened(2, 7, 1000),
        mark(900_000),
    )


_ROUNDED: Final = Group("liquidation", why=Why.ROUNDING)

_RANKS: Final[tuple[Case, ...]] = (
    row(
        (3, 800, 845_000),
        (4, 700, 1_000_000),
        after=(deposit(4, 10**30),),
        at=845_000,
    ).accept(
        "LQ-7-750",
        "a winner whose rank rounds to zero is before an account that gained nothing",
        STEP,
        why=Why.BOUNDARY,
    ),
    _ROUNDED.accept(
        "LQ-7-751",
        "a profit of a third is rounded down: equal, by id",
        *_thirds(4, 3),
        STEP,
    ),
    _ROUNDED.accept(
        "LQ-7-752",
        "a rank of a third is rounded down: equal, by id",
        *_thirds(3, 4),
        STEP,
    ),
    Group(
        "liquidation",
        (
            deposit(2, 4 * COIN, "SOL", 0),
            *lent_out(2, "USDC", 250 * USD),
            withdraw(6, "USDC", "solana", 895 * USD),
            withdraw(6, "SOL", "solana", 10 * COIN),
            withdraw(9, "USDC", "solana", 1000 * USD),
            withdraw(9, "SOL", "solana", 10 * COIN),
            withdraw(3, "USDC", "solana", 620 * USD),
            withdraw(4, "USDC", "solana", 900 * USD),
            *opened(2, 4, 200),
            *opened(6, 3, 400),
            *opened(6, 9, 600),
            *opened(7, 3, 200),
            mark(900_000),
            price(1),
        ),
    ).accept(
        "LQ-7-753",
        "a bankruptcy within a run takes from the lend of a winner, which goes first then",
        RunRisk(20),
    ),
)


def _counting(collateral: int, worth: int) -> HaircutParameters:
    """Return the haircut of a holding that counts for so much, its weight rounded up."""
    return HaircutParameters(HaircutKind.IDENTITY, -(-collateral * RATIO // worth), RATIO, 0)


_PAYING: Final = 1_868_852_459
"""What a SOL counts for; as much of an ETH, to 18 digits, is 57 more of 61 more."""

_SELLING: Final = _WORTH - 202_247_191
"""What a lot of SOL counts for; as much of a lot of ETH, to 18 digits, is 80 more of 89 more."""

_HOLDINGS: Final[tuple[Case, ...]] = (
    Group(
        "liquidation",
        (
            deposit(6, 5000 * USD, after=0),
            Lend(6, "USDC", 5000 * USD),
            SetAssetParameters("SOL", replace(coin(0), haircut=_counting(_PAYING, _WORTH))),
            ListAsset("ETH", replace(coin(0), haircut=_counting(_PAYING + 57, _WORTH + 61))),
            price(2200),
            SetPrice("ETH", _WORTH + 61),
            deposit(2, COIN, "SOL", 1),
            deposit(2, COIN, "ETH", 2),
            *lent_out(2, "USDC", 3500 * USD),
            price(2000),
        ),
        Why.ROUNDING,
    ).accept(
        "LQ-7-754",
        "haircuts that differ beyond 18 digits are equal: by listing",
        SetPrice("USDC", 1_058_000),
        STEP,
    ),
    Group(
        "liquidation",
        (
            deposit(6, 30_000 * USD, after=0),
            Lend(6, "USDC", 30_000 * USD),
            SetAssetParameters("SOL", replace(coin(0), haircut=_counting(_SELLING, _WORTH))),
            ListAsset("ETH", replace(coin(0), haircut=_counting(_SELLING + 80, _WORTH + 89))),
            ListMarket(ETH, replace(FREE_MARKET, base="ETH")),
            SetPrice("SOL", 110 * _WORTH),
            SetPrice("ETH", 110 * (_WORTH + 89)),
            deposit(2, 5 * LOT, "SOL", 1),
            deposit(2, 5 * LOT, "ETH", 2),
            *lent_out(2, "USDC", 17_500 * USD),
            SetPrice("SOL", 100 * _WORTH),
            SetPrice("ETH", 100 * (_WORTH + 89)),
        ),
        Why.ROUNDING,
    ).accept("LQ-5-750", "what two sales free differs beyond 18 digits: by listing", STEP),
    Group(
        "liquidation",
        (
            Redeem(9, "USDC", None),
            *BACKED_BY_LEND[:-1],
            SetPoolParameters("USDC", replace(FREE_POOL, base_rate=7 * PERCENT)),
            AdvanceTime(500_003),
            SetPrice("USDC", USD),
            Borrow(6, "USDC", 7 * USD + 1),
            AdvanceTime(1_000_003),
            price(52, "ETH"),
            SetPrice("USDC", USD),
            price(100),
        ),
        Why.ROUNDING,
    ).accept(
        "LQ-7-755",
        "the only lender is passed over: the insurance takes over all that is owed, interest too",
        STEP,
    ),
)

_FINE: Final = replace(
    THIN,
    lot_atoms=13,
    haircut=HaircutParameters(HaircutKind.INVERSE_SQRT, RATIO, 63 * PERCENT, 1000),
)
_AMOUNT: Final = 2_237_625_556_141_751_268_681_415_368_048_318_427
"""Of these atoms the penalty times the root of the value is a square and 3/13, with all digits."""

_COUNTED: Final = 76_641_701_965_243_761_925_863_280_866_770_528
_LOTS: Final = _COUNTED // 10**5 + 1
_SHORT_OF: Final = _LOTS * 10**5 - _COUNTED
"""What must be there beside them for an initial margin of a tenth of these lots."""

_ROOT: Final = Group(
    "liquidation",
    (
        ListAsset("FINE", _FINE),
        SetPrice("FINE", 1),
        deposit(2, _AMOUNT, "FINE", 0),
        deposit(3, 2 * _COUNTED),
        short(3, _LOTS, USD),
    ),
    Why.ROUNDING,
)
_ROOTS: Final[tuple[Case, ...]] = (
    _ROOT.accept(
        "PF-2-060",
        "the value under the root is rounded up where its digits end: enough to the atom",
        deposit(2, _SHORT_OF, after=2),
        long(2, _LOTS, USD),
    ),
    _ROOT.reject(
        "PF-2-061",
        "rounded down it would count for an atom more, which would be enough",
        deposit(2, _SHORT_OF - 1, after=2),
        long(2, _LOTS, USD),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-2-060",
    ),
)

_ENOUGH: Final = 27_814_581
"""Atoms with which account 13 is due even if its losing position at an old mark is left out."""

_OLD_MARK: Final = Group(
    "uneven",
    (
        world.mark(921_000, 1000),
        long(13, 1500, 923_000),
        short(10, 1500, 923_000),
        world.mark(8_999_000, 31_007, world.OTHER),
        AdvanceTime(12_400),
        Settle(),
        world.mark(8_990_001, 31_007, world.OTHER),
        AdvanceTime(12_500),
        world.system_with(liquidation_price_age=50),
        AdvanceTime(12_551),
        world.dollars(1_070_000),
        world.suns(97_300_000),
        world.ethers(311_700_000),
        world.mark(451_000, 1003),
    ),
    Why.BOUNDARY,
)
_FAVORED: Final[tuple[Case, ...]] = (
    _OLD_MARK.accept(
        "PF-9-710",
        "due to the atom, the loss at an old mark left out",
        world.deposit(13, "USDC", _ENOUGH),
        Liquidate(13),
    ),
    _OLD_MARK.reject(
        "PF-9-711",
        "an atom more, and it is due by the old mark alone",
        world.deposit(13, "USDC", _ENOUGH + 1),
        Liquidate(13),
        code=R.PRICE_STALE,
        twin="PF-9-710",
    ),
)

LIQUIDATION: Final[tuple[Case, ...]] = (*_RANKS, *_HOLDINGS)
MARGIN: Final[tuple[Case, ...]] = (*_ROOTS, *_FAVORED)
CASES: Final[tuple[Case, ...]] = (*LIQUIDATION, *MARGIN)
