"""Cases of prices that hold a liquidation back, and of those that do not (LQ-1, LQ-10, PF-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Liquidate,
    ListAsset,
    ResolveBankruptcy,
    RunRisk,
    SetAssetParameters,
    SetPrice,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import HaircutKind, HaircutParameters
from ibperp_authoring.cases.builder import SPOT, Case, Group, Refused, Why, ask, long, short
from ibperp_authoring.cases.liquidation.setups import (
    DOLLAR,
    STEP,
    coin,
    deposit,
    lent_out,
    price,
    provider,
    steps,
)
from ibperp_authoring.cases.settlement.setups import OTHER, contract_with, mark
from ibperp_authoring.cases.setups import COIN, PERCENT, USD

_JUP: Final[tuple[Action, ...]] = (
    ListAsset("JUP", coin(0)),
    SetPrice("JUP", USD),
)
_FRESH: Final[tuple[Action, ...]] = (AdvanceTime(601), SetPrice("USDC", USD))
_LATE: Final[tuple[Action, ...]] = (*_FRESH, mark(890_000))

_HOLDER: Final = Group("liquidation_long", _JUP, Why.BOUNDARY, ("PF-9", "GV-3"))
_TRADER: Final = Group("liquidation_long", clauses=("PF-9", "LQ-3"), why=Why.ATTACK)
_ORDERED: Final = Group(
    "liquidation_long", (long(2, 100, 500_000, market=OTHER),), Why.BOUNDARY, ("PF-9",)
)
_DEBTOR: Final = Group(
    "liquidation_long", lent_out(2, "SOL", 1000), Why.ATTACK, ("PF-9", "LQ-2", "LQ-9")
)
_FLOOR: Final = replace(coin(0), price_floor=USD)
_PART: Final = HaircutParameters(HaircutKind.IDENTITY, 99 * PERCENT, RATIO, 0)
_TOLD: Final = Group("liquidation_long", clauses=("LQ-1", "PF-9"))

_ASIDE: Final = (
    deposit(2, 100 * USD),
    long(2, 1, USD, market=OTHER),
    short(3, 1, USD, market=OTHER),
)
"""A position of a lot in another market."""

_BESIDE: Final = Group("liquidation_long", _ASIDE, Why.ATTACK, ("PF-9", "LQ-2", "LQ-10"))

CASES: Final[tuple[Case, ...]] = (
    _BESIDE.accept(
        "LQ-1-120",
        "a position of a lot at an old mark protects nobody",
        *_FRESH,
        mark(780_000),
        STEP,
    ),
    _BESIDE.accept(
        "LQ-1-121",
        "its loss does not count: the account is at its maintenance without it",
        UpdateMark(OTHER, 950_000, has_basis=False, basis=0),
        *_FRESH,
        mark(794_700),
        STEP,
        why=Why.BOUNDARY,
    ),
    _BESIDE.reject(
        "LQ-1-122",
        "its gain counts: with it the account is above its maintenance",
        UpdateMark(OTHER, 1_100_000, has_basis=False, basis=0),
        *_FRESH,
        mark(794_700),
        STEP,
        code=R.PRICE_STALE,
        twin="LQ-1-121",
        why=Why.BOUNDARY,
    ),
    _BESIDE.reject(
        "LQ-1-123",
        "its loss makes it due, so that the verdict depends on the mark",
        UpdateMark(OTHER, 950_000, has_basis=False, basis=0),
        *_FRESH,
        mark(794_800),
        STEP,
        code=R.PRICE_STALE,
        twin="LQ-1-121",
        why=Why.BOUNDARY,
    ),
    _BESIDE.trace(
        "LQ-10-303",
        "a run works on the rest, and says that the position waits for its mark",
        *_FRESH,
        mark(500_000),
        RunRisk(100),
        Refused(STEP, R.NOTHING_TO_LIQUIDATE),
        Refused(ResolveBankruptcy(2), R.NOT_BANKRUPT),
        UpdateMark(OTHER, USD, has_basis=False, basis=0),
        RunRisk(100),
    ),
    _HOLDER.accept(
        "LQ-1-100",
        "an old coin that counts in full leaves the account at its maintenance",
        deposit(2, 9_500_000_000, "JUP"),
        *_LATE,
        STEP,
    ),
    _HOLDER.reject(
        "LQ-1-101",
        "with a quote atom more of it the verdict depends on its price",
        deposit(2, 9_500_001_000, "JUP"),
        *_LATE,
        STEP,
        code=R.PRICE_STALE,
        twin="LQ-1-100",
    ),
    _HOLDER.accept(
        "LQ-1-102",
        "a quote atom of a coin at its floor shields nobody",
        deposit(2, 1000, "JUP"),
        SetAssetParameters("JUP", _FLOOR),
        mark(890_000),
        STEP,
        why=Why.ATTACK,
    ),
    _TRADER.trace(
        "LQ-1-103",
        "an order in a market with an old mark ends first, and shields nobody",
        long(2, 10, 500_000, market=OTHER),
        *_LATE,
        *steps(2),
    ),
    _ORDERED.accept(
        "LQ-1-104",
        "an account that is due by an order alone: it ends",
        mark(901_000),
        STEP,
    ),
    _ORDERED.reject(
        "LQ-1-105",
        "it is due by an order alone, in a market with an old mark",
        *_FRESH,
        mark(901_000),
        STEP,
        code=R.PRICE_STALE,
        twin="LQ-1-104",
    ),
    _DEBTOR.trace(
        "LQ-1-106",
        "a debt of a thousand atoms at an old price shields nobody, and waits for its price",
        *_LATE,
        STEP,
        Refused(STEP, R.PRICE_STALE),
        price(100),
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
    _DEBTOR.trace(
        "LQ-9-300",
        "a bankrupt account with a debt at an old price: the others are resolved, this one waits",
        *_FRESH,
        mark(500_000),
        RunRisk(100),
        Refused(ResolveBankruptcy(2), R.PRICE_STALE),
    ),
    Group("liquidation_borrowed", _JUP, Why.ATTACK, ("LQ-9", "PF-9")).trace(
        "LQ-7-300",
        "a coin at its floor pays last, and does not keep a bankruptcy from being resolved",
        deposit(2, 5 * COIN, "JUP"),
        SetAssetParameters("JUP", _FLOOR),
        price(50),
        STEP,
        ResolveBankruptcy(2),
    ),
    Group("liquidation_pledged", clauses=("PF-9",)).accept(
        "LQ-7-301",
        "what has an old price pays after what has a haircut",
        AdvanceTime(601),
        SetPrice("USDC", USD),
        price(60),
        price(60, "ETH"),
        STEP,
    ),
    _TOLD.accept(
        "LQ-10-300",
        "a run tells whom it leaves alone for want of a price",
        mark(890_000),
        AdvanceTime(601),
        RunRisk(10),
    ),
    _TOLD.trace(
        "LQ-10-301",
        "a run that has used up its steps tells no more; the next one does",
        long(7, 8000, USD, market=OTHER),
        short(8, 8000, USD, market=OTHER),
        UpdateMark(OTHER, 1_072_000, has_basis=False, basis=0),
        *_FRESH,
        mark(500_000),
        RunRisk(1),
        RunRisk(10),
    ),
    _TOLD.reject(
        "LQ-10-302",
        "one step is refused with the code that a run tells",
        mark(890_000),
        AdvanceTime(601),
        Liquidate(2),
        code=R.PRICE_STALE,
        twin="LQ-1-100",
    ),
    Group("liquidation_long", clauses=("GV-3", "PP-6")).accept(
        "LQ-1-910",
        "the feed came back, its limits hold the mark down: due at the mark in force",
        mark(890_000),
        contract_with(price_update_max=101 * PERCENT),
        mark(USD),
        STEP,
    ),
    Group(
        "liquidation_owed",
        (price(105), SetAssetParameters("USDC", replace(DOLLAR, haircut=_PART))),
        clauses=("LQ-2", "LQ-10"),
    ).accept(
        "LQ-5-910",
        "a settlement asset that counts for 99 % still buys the debt back, step by step",
        ask(6, 500, 105 * USD // 100, market=SPOT),
        *steps(4),
    ),
    Group("liquidation_long", why=Why.ATTACK, clauses=("LQ-4", "LQ-7", "LQ-10")).accept(
        "LQ-2-910",
        "a winner takes the bids of the book, and then runs the risk",
        long(7, 150, 880_000),
        mark(890_000),
        short(3, 150, 880_000),
        RunRisk(1),
    ),
    Group("liquidation_long", why=Why.ATTACK, clauses=("LQ-4", "LQ-6", "LQ-10")).accept(
        "LQ-2-911",
        "a provider is asked before the winner: the book that was emptied moves nothing to it",
        provider(6, 1000),
        long(7, 150, 880_000),
        mark(890_000),
        short(3, 150, 880_000),
        RunRisk(1),
    ),
)
