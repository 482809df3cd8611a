"""Debts on the book and their conversion where no two quantities are equal (LQ-5)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, Borrow, Liquidate, Settle
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, ask, bid
from ibperp_authoring.cases.setups import COIN, PERCENT
from ibperp_authoring.cases.uneven.world import (
    CROSS,
    ETH,
    LATER,
    STEP,
    book_with,
    deposit,
    ethers,
    suns,
    system_with,
)

_FALLEN: Final = (suns(86_300_000), ethers(303_000_000))
"""Account 2 is due, with an equity of 42.45 for a maintenance of 50.11; auto-close is 29.48."""

_DOLLARS: Final = Group("uneven", _FALLEN)
_SUN_BIDS: Final = bid(11, 900, 803_000)
_ETH_BIDS: Final = bid(11, 90, 27_700_000, market=ETH)

_CONVERTED: Final[tuple[Case, ...]] = (
    _DOLLARS.trace(
        "LQ-5-700",
        "a tenth and more of a debt to pool and fund, in dollars of 1.07, cures the account",
        _SUN_BIDS,
        _ETH_BIDS,
        STEP,
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
    _DOLLARS.accept(
        "LQ-5-701",
        "the first market of SOL against dollars: no other quote, and no later one",
        bid(11, 400, 803_000, market=LATER),
        bid(11, 900, 803_000),
        bid(10, 7, 30_000_000, market=CROSS),
        STEP,
    ),
    _DOLLARS.accept(
        "LQ-5-702",
        "bids in a later market and against another quote are none: quotes are asked for, though "
        "the account has a request of its own open",
        bid(11, 900, 803_000, market=LATER),
        bid(10, 7, 30_000_000, market=CROSS),
        STEP,
    ),
    _DOLLARS.trace(
        "LQ-5-703",
        "the request is remembered through a settlement, and lenders are next",
        STEP,
        AdvanceTime(12_360),
        Settle(),
        STEP,
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
    _DOLLARS.accept(
        "LQ-5-704",
        "a small sale frees more of each dollar of a large holding of SOL than of ETH",
        system_with(liquidation_fraction=PERCENT),
        STEP,
    ),
    _DOLLARS.accept(
        "LQ-5-705",
        "a large sale of SOL has a lesser haircut in the mean: ETH first",
        system_with(liquidation_fraction=60 * PERCENT),
        STEP,
    ),
    *(
        _DOLLARS.accept(
            f"LQ-5-{706 + place}",
            f"bids of {suns_at} for SOL and of {eths_at} for ETH: what leaves the best health",
            system_with(liquidation_fraction=fraction * PERCENT),
            bid(11, lots, suns_at),
            bid(11, 90, eths_at, market=ETH),
            STEP,
        )
        for place, (fraction, lots, suns_at, eths_at) in enumerate(
            (
                (3, 900, 803_000, 28_300_000),
                (13, 900, 806_500, 27_400_000),
                (30, 900, 806_500, 27_400_000),
                (30, 70, 806_500, 27_310_000),
                (70, 900, 800_100, 28_000_000),
                (13, 7, 806_500, 27_308_000),
            )
        )
    ),
    *(
        _DOLLARS.accept(
            f"LQ-5-{716 + place}",
            title,
            system_with(liquidation_fraction=fraction * PERCENT),
            bid(11, 900, suns_at),
            bid(11, lots, eths_at, market=ETH),
            STEP,
        )
        for place, (title, fraction, suns_at, lots, eths_at) in enumerate(
            (
                (
                    "a sale that leaves less equity, but more of it over maintenance",
                    13,
                    790_000,
                    2,
                    34_000_000,
                ),
                (
                    "a sale that lacks more of the maintenance, but less in proportion",
                    20,
                    778_000,
                    2,
                    39_000_000,
                ),
                ("the same, of more lots", 30, 790_000, 5, 34_000_000),
            )
        )
    ),
    _DOLLARS.accept(
        "LQ-5-719",
        "what is to be sold for, in atoms of dollars, is rounded up: 101 lots",
        system_with(liquidation_fraction=79_958_079_394_109_918),
        _SUN_BIDS,
        STEP,
        why=Why.ROUNDING,
    ),
    _DOLLARS.accept(
        "LQ-5-712",
        "all that can be reached is sold, for less than the minimum would be left",
        book_with(minimum_lots=907),
        bid(11, 907, 805_000),
        STEP,
        why=Why.BOUNDARY,
    ),
    _DOLLARS.accept(
        "LQ-5-713",
        "a lend is reached as far as the pool has cash",
        Borrow(11, "SOL", 765 * COIN // 100),
        system_with(liquidation_fraction=RATIO),
        bid(10, 900, 805_000),
        STEP,
    ),
    _DOLLARS.accept(
        "LQ-5-714",
        "lots that do not leave the minimum: the rest is sold with them",
        system_with(liquidation_fraction=57 * PERCENT),
        book_with(minimum_lots=150),
        bid(11, 900, 805_000),
        STEP,
    ),
    _DOLLARS.accept(
        "LQ-5-715",
        "the fee is bounded by the equity, in atoms of dollars of 1.07",
        system_with(liquidation_fee=RATIO),
        _SUN_BIDS,
        STEP,
    ),
)

_RISEN: Final = Group("uneven", (ethers(344_700_000),))
"""Account 3 owes 2.37 ETH."""

_BUY: Final = Liquidate(3)

_BOUGHT: Final[tuple[Case, ...]] = (
    _RISEN.accept(
        "LQ-5-720", "a debt of ETH, of 23.7 lots", ask(11, 60, 32_700_000, market=ETH), _BUY
    ),
    _RISEN.accept(
        "LQ-5-721",
        "all of it: 24 lots, of which some stay",
        system_with(liquidation_fraction=RATIO),
        ask(11, 60, 32_300_000, market=ETH),
        _BUY,
    ),
    _RISEN.accept(
        "LQ-5-722",
        "as far as the money goes at the limit, with the fee of a taker",
        system_with(liquidation_fraction=RATIO),
        book_with(ETH, taker_fee=3 * PERCENT, maker_fee=PERCENT),
        ask(11, 60, 32_300_000, market=ETH),
        _BUY,
    ),
    _RISEN.accept(
        "LQ-5-723",
        "with money and an offer, what is pledged besides is not sold",
        deposit(3, "SOL", COIN // 4),
        ethers(352_300_000),
        ask(11, 60, 32_700_000, market=ETH),
        _SUN_BIDS,
        _BUY,
    ),
    _RISEN.accept(
        "LQ-5-724",
        "without an offer what is pledged is sold, though there is money",
        deposit(3, "SOL", COIN // 4),
        ethers(352_300_000),
        bid(11, 900, 903_000),
        _BUY,
    ),
)

_OWED_SUNS: Final = Group("uneven", (suns(106_900_000),))
_NINE: Final = Liquidate(9)

_BOTH: Final[tuple[Case, ...]] = (
    _OWED_SUNS.trace(
        "LQ-5-730",
        "a debt of SOL is bought back with dollars, then ETH is sold for it",
        system_with(liquidation_fraction=31 * PERCENT),
        ask(11, 1000, 1_013_000),
        bid(11, 90, 28_700_000, market=ETH),
        _NINE,
        suns(109_900_000),
        _NINE,
        suns(113_900_000),
        _NINE,
    ),
    _OWED_SUNS.accept(
        "LQ-5-731",
        "nobody offers SOL: ETH is sold, and the dollars wait",
        bid(11, 90, 28_700_000, market=ETH),
        _NINE,
    ),
    _OWED_SUNS.trace(
        "LQ-5-732",
        "nobody offers anything: quotes are asked for what is pledged, then lenders are paid",
        _NINE,
        _NINE,
    ),
)

CASES: Final[tuple[Case, ...]] = (*_CONVERTED, *_BOUGHT, *_BOTH)
