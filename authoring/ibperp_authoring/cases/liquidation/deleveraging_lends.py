"""Cases of deleveraging: debts against lends, in kind, or to the insurance (LQ-7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    FundInsurance,
    Lend,
    Liquidate,
    ListAsset,
    Redeem,
    SetPoolParameters,
    SetPrice,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, withdraw
from ibperp_authoring.cases.liquidation.setups import (
    FREE_POOL,
    STEP,
    coin,
    deposit,
    lent_out,
    price,
    steps,
)
from ibperp_authoring.cases.settlement.setups import mark, moved, opened, virtual
from ibperp_authoring.cases.setups import COIN, PERCENT, USD

_LATE: Final = Group("liquidation_borrowed", (price(92),))
"""Account 2 owes 810 USDC of 600 that 5 lends and 400 that 9 lends; it has 10 SOL for 920."""

_OWED: Final = Group("liquidation_owed", (price(108),))
"""Account 2 owes 9 SOL of 6 that 5 lends and 4 that 9 lends; it has 992.25 USDC."""

_LENDERS: Final[tuple[Case, ...]] = (
    _LATE.accept("LQ-7-100", "the largest lender first; the next one in part", STEP),
    _LATE.accept(
        "LQ-7-101", "equal lends: by id", Lend(9, "USDC", 200 * USD), STEP, why=Why.BOUNDARY
    ),
    _LATE.accept(
        "LQ-7-102",
        "an atom more makes the larger one",
        Lend(9, "USDC", 200 * USD + 1),
        STEP,
        why=Why.BOUNDARY,
    ),
    _LATE.accept("LQ-7-103", "one lender has it all", Lend(6, "USDC", 900 * USD), STEP),
    _LATE.accept(
        "LQ-7-104", "a lend of the user's other account is a lend", Lend(8, "USDC", 700 * USD), STEP
    ),
    _OWED.accept("LQ-7-105", "a debt of a coin: lenders get money", STEP),
    _OWED.accept(
        "LQ-7-106",
        "a lender that owes the settlement asset gets cash, and still owes",
        Lend(6, "SOL", 7 * COIN),
        Borrow(6, "USDC", 500 * USD),
        STEP,
    ),
    Group(
        "liquidation_owed",
        (
            Lend(2, "USDC", 992_250_000),
            Lend(6, "SOL", 7 * COIN),
            Borrow(6, "USDC", 500 * USD),
            price(108),
        ),
    ).accept(
        "LQ-7-107",
        "a lender that owes the settlement asset gets a lend of it: the two cancel",
        STEP,
    ),
    _LATE.accept(
        "LQ-7-108",
        "a virtual lend of 800 is no lend here",
        *virtual(6, 7),
        *opened(6, 7, 1000),
        *moved(1_800_000, 10),
        STEP,
    ),
    _LATE.accept(
        "LQ-7-109",
        "the price of the moment, not the zero price: lenders get the worth and no more",
        SetPrice("SOL", 91_234_567),
        STEP,
        why=Why.ROUNDING,
    ),
    Group("liquidation_borrowed", (SetPrice("SOL", 81_000_000),)).trace(
        "LQ-7-110",
        "means for all, to the atom",
        STEP,
        Refused(STEP, R.NOT_LIQUIDATABLE),
        why=Why.BOUNDARY,
    ),
    Group("liquidation_borrowed", (SetPrice("SOL", 80_999_999),)).trace(
        "LQ-7-111",
        "means short of ten atoms: ten atoms stay owed",
        STEP,
        Refused(STEP, R.NOTHING_TO_LIQUIDATE),
        why=Why.BOUNDARY,
    ),
    Group("liquidation_borrowed", (price(50),)).trace(
        "LQ-7-112",
        "means for a part: the largest lender gets it all",
        STEP,
        Refused(STEP, R.NOTHING_TO_LIQUIDATE),
    ),
    Group("liquidation_owed", (price(120),)).trace(
        "LQ-7-113",
        "money for a part of the coins: the last lender in part",
        STEP,
        Refused(STEP, R.NOTHING_TO_LIQUIDATE),
        why=Why.ROUNDING,
    ),
    Group(
        "liquidation_borrowed",
        (
            SetPoolParameters("USDC", replace(FREE_POOL, base_rate=7 * PERCENT)),
            AdvanceTime(1_000_003),
            price(92),
            SetPrice("USDC", USD),
        ),
    ).accept("LQ-7-114", "with interest: claims rounded down, debts up", STEP, why=Why.ROUNDING),
    Group(
        "liquidation_borrowed", (Lend(2, "SOL", 10 * COIN), Borrow(7, "SOL", 20 * COIN), price(92))
    ).accept(
        "LQ-7-115",
        "SC-6: a lender gets a claim at a pool without cash",
        STEP,
        why=Why.ATTACK,
    ),
    Group("liquidation_borrowed", (Borrow(6, "USDC", 190 * USD), price(92))).accept(
        "LQ-7-116",
        "SC-6: lends of a pool without cash are closed too",
        STEP,
        why=Why.ATTACK,
    ),
)

_LATE_PLEDGED: Final = Group("liquidation_pledged", (price(60, "ETH"),))
"""Account 2 owes 780 and has SOL for 400, BTC for 300 and ETH for 180; equity is -6."""

_GEM: Final = (
    ListAsset("GEM", coin(95 * PERCENT)),
    SetPrice("GEM", 100 * USD),
    deposit(2, COIN // 100, "GEM", 3),
)
_SPARE: Final = (
    deposit(2, 160 * USD, after=0),
    deposit(2, 3 * COIN, "SOL", 1),
    ListAsset("ETH", coin(80 * PERCENT)),
    SetPrice("ETH", 100 * USD),
    deposit(6, 30 * COIN, "ETH", 2),
    Lend(6, "ETH", 20 * COIN),
    Lend(2, "USDC", 60 * USD),
    Lend(2, "SOL", COIN),
    *lent_out(2, "ETH", 35 * COIN // 10),
)
"""Account 2 owes 3.5 ETH, and has 100 USDC, lends 60, has 2 SOL and lends one."""

_KINDS: Final[tuple[Case, ...]] = (
    _LATE_PLEDGED.accept("LQ-7-120", "collateral by haircut, ties by listing", STEP),
    _LATE_PLEDGED.accept("LQ-7-121", "the least haircut first, even without a market", *_GEM, STEP),
    _LATE_PLEDGED.accept(
        "LQ-7-122",
        "an asset without a price pays nothing",
        ListAsset("DOG", coin(95 * PERCENT)),
        deposit(2, COIN, "DOG", 3),
        STEP,
    ),
    Group(
        "liquidation",
        (*_SPARE, price(1, "SOL")),
    ).trace("LQ-7-123", "cash, lend, then coins: cash before lend", STEP),
    Group(
        "liquidation",
        (
            *_SPARE,
            *opened(2, 3, 100),
            mark(1_500_000),
            *opened(3, 2, 100, 1_500_000),
            price(1, "SOL"),
            price(150, "ETH"),
        ),
    ).trace("LQ-7-124", "cash, lend, claim on the fund, then coins", STEP),
    _LATE.accept(
        "LQ-7-125",
        "what rounds to nothing is passed over",
        ListAsset("DOG", coin(95 * PERCENT)),
        SetPrice("DOG", 1),
        deposit(2, 1000, "DOG"),
        STEP,
        why=Why.ROUNDING,
    ),
)

_BARE: Final = Group(
    "liquidation", (deposit(2, 2 * COIN, "SOL", 0), *opened(2, 3, 1000), mark(825_000))
)
"""Account 2 has 2 SOL, that count for 180, and equity of 5."""

_TAKEN: Final[tuple[Case, ...]] = (
    _BARE.trace(
        "LQ-7-130",
        "a debt to the fund is taken over by the insurance, for coins of that worth",
        *steps(2),
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
    _BARE.trace(
        "LQ-7-131",
        "coins for a part of a debt to the fund",
        STEP,
        price(80),
        STEP,
        Refused(STEP, R.NOTHING_TO_LIQUIDATE),
    ),
    Group("liquidation", (*_BARE.before[:-1], Lend(2, "SOL", 2 * COIN), mark(825_000))).trace(
        "LQ-7-132",
        "a lend of coins pays the insurance as a claim",
        *steps(2),
    ),
    Group("liquidation", (*_BARE.before, FundInsurance(5, "USDC", 100 * USD))).trace(
        "LQ-7-133",
        "the insurance takes it over though it has less money: it has coins instead",
        *steps(2),
        why=Why.CONSERVATION,
    ),
    _BARE.trace(
        "LQ-7-134",
        "the price of the coin has an odd number of atoms",
        SetPrice("SOL", 99_999_991),
        *steps(2),
        why=Why.ROUNDING,
    ),
)

_POOR_COIN: Final = "ETH"
BACKED_BY_LEND: Final[tuple[Action, ...]] = (
    ListAsset(_POOR_COIN, coin(10 * PERCENT)),
    price(100, _POOR_COIN),
    deposit(2, 80 * COIN, _POOR_COIN, 0),
    *lent_out(2, "USDC", 400 * USD),
    Redeem(5, "SOL", None),
    withdraw(5, "SOL", "solana", 16 * COIN),
    withdraw(5, "USDC", "solana", 1000 * USD),
    Borrow(5, "SOL", 4 * COIN),
    withdraw(5, "SOL", "solana", 4 * COIN),
    Redeem(5, "USDC", 150 * USD),
    withdraw(5, "USDC", "solana", 150 * USD),
    price(52, _POOR_COIN),
)
"""Account 5 owes 4 SOL against a lend of 450 USDC; 2 fails, with coins that count for a tenth."""

_PASSED: Final[tuple[Case, ...]] = (
    Group("liquidation", BACKED_BY_LEND, Why.ATTACK).trace(
        "LQ-7-140",
        "whom it would make due is passed over, though its lend is the largest",
        STEP,
        Refused(Liquidate(5), R.NOT_LIQUIDATABLE),
    ),
    Group("liquidation", (*BACKED_BY_LEND, price(108)), Why.ATTACK).trace(
        "LQ-7-141",
        "an account that is due is paid like any other",
        STEP,
    ),
    Group("liquidation", (*BACKED_BY_LEND, deposit(5, 400 * USD))).accept(
        "LQ-7-142", "who has enough beside is paid first", STEP
    ),
)

_COIN_OWED: Final = Group(
    "liquidation",
    (
        Redeem(9, "SOL", None),
        Redeem(5, "USDC", None),
        Lend(9, "USDC", 600 * USD),
        withdraw(5, "USDC", "solana", 1600 * USD),
        withdraw(5, "SOL", "solana", 10 * COIN),
        Borrow(5, "USDC", 480 * USD),
        withdraw(5, "USDC", "solana", 480 * USD),
        ListAsset(_POOR_COIN, coin(10 * PERCENT)),
        price(100, _POOR_COIN),
        deposit(2, 80 * COIN, _POOR_COIN, 0),
        *lent_out(2, "SOL", 4 * COIN),
        *opened(2, 3, 100),
        mark(800_000),
        *opened(3, 2, 100, 800_000),
        price(52, _POOR_COIN),
    ),
)
"""Account 2 owes 4 SOL, whose only lender is passed over, and the fund 20 USDC."""

_APART: Final[tuple[Case, ...]] = (
    _COIN_OWED.trace(
        "LQ-7-146",
        "a debt of a coin is taken over without the debt to the fund, which is an exposure of its "
        "own",
        STEP,
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_LENDERS, *_KINDS, *_TAKEN, *_PASSED, *_APART)
