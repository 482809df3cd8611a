"""Cases of holdings without a price that is admitted: they count for nothing (PF-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import Action, AdvanceTime, Borrow, Deposit, ListAsset, SetPrice, Transfer
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, ask, bid, flags, long, short, withdraw
from ibperp_authoring.cases.liquidation.setups import coin, deposit, price, system_with
from ibperp_authoring.cases.settlement.setups import mark, opened
from ibperp_authoring.cases.setups import COIN, PERCENT, USD

FLOORED: Final = replace(coin(50 * PERCENT), price_floor=USD)
"""A coin whose feed reports a dollar at the lowest."""

JUP: Final[tuple[Action, ...]] = (ListAsset("JUP", FLOORED), SetPrice("JUP", USD))
"""A coin whose price is at its floor."""

_INDEBTED: Final = Group(
    "dated", (Borrow(3, "USDC", 100 * USD), AdvanceTime(601), SetPrice("USDC", USD)), Why.BOUNDARY
)
_GIVEN: Final = Group(
    "liquidation_borrowed", (price(95), *JUP, deposit(2, 1000, "JUP")), Why.ATTACK
)
_OLD: Final = Group(
    "dated",
    (
        ListAsset("JUP", coin(50 * PERCENT)),
        SetPrice("JUP", USD),
        Deposit(3, "JUP", "solana", 9, 10 * COIN),
        Borrow(3, "USDC", 600 * USD),
        withdraw(3, "USDC", "solana", 1600 * USD),
        AdvanceTime(601),
        SetPrice("USDC", USD),
        SetPrice("SOL", 70 * USD),
        bid(4, 100, 700_000),
    ),
    Why.ATTACK,
)
"""Account 3 owes 600 USDC; its SOL count for 630, ten JUP at an old price for 5 besides."""

_DEEP: Final = Group(
    "liquidation",
    (
        *opened(6, 5, 10_000),
        system_with(order_price_age=5),
        *(AdvanceTime(6), SetPrice("USDC", USD), mark(950_000)),
    ),
    Why.BOUNDARY,
)
"""Account 6 has 500 USDC for a maintenance of 475, and 10 SOL at an old price."""

CASES: Final[tuple[Case, ...]] = (
    *_INDEBTED.pair(
        ("PF-9-100", "PF-9-101"),
        (
            "dollars beyond debt and requirement leave, whatever an old coin is worth",
            "an atom more would lean on the price of the coin",
        ),
        accepted=withdraw(3, "USDC", "solana", 990 * USD - 44),
        refused=withdraw(3, "USDC", "solana", 990 * USD - 43),
        code=R.PRICE_STALE,
    ),
    _OLD.reject(
        "PF-9-102",
        "what the last price would not admit either: both codes are told, the price first",
        Transfer(3, 2, "SOL", COIN),
        code=R.PRICE_STALE,
        twin="PF-9-111",
        why=Why.PRECEDENCE,
    ),
    _GIVEN.accept(
        "PF-9-110",
        "who was given a quote atom of a coin at its floor reduces as before",
        bid(7, 100, 950_000),
        ask(2, 100, 950_000, flags=flags(repay=True)),
    ),
    _OLD.accept(
        "PF-9-111",
        "an old coin of ten dollars stops no reduction",
        ask(3, 100, 700_000, flags=flags(repay=True)),
    ),
    _OLD.reject(
        "PF-9-112",
        "in trouble the old coin is not taken out as if it were worth nothing",
        Transfer(3, 2, "JUP", COIN),
        code=R.PRICE_STALE,
        twin="PF-9-113",
    ),
    _OLD.accept(
        "PF-9-113",
        "when dollars have come that carry the debt without it, it may go",
        Deposit(3, "USDC", "solana", 10, 100 * USD),
        Transfer(3, 2, "JUP", 10 * COIN),
    ),
    Group("liquidation_borrowed", (*JUP, deposit(2, 1000, "JUP")), Why.ATTACK, ("SM-9",)).accept(
        "PF-9-114",
        "a maker who was given a quote atom of a coin at its floor still trades",
        ask(2, 100, 1_000_000),
        bid(7, 100, 1_000_000),
    ),
    Group("dated", (*JUP, Deposit(3, "JUP", "solana", 9, 1000)), Why.ATTACK).accept(
        "PF-9-115",
        "who was given a quote atom of a coin at its floor borrows and withdraws",
        Borrow(3, "USDC", 100 * USD),
        withdraw(3, "USDC", "solana", 500 * USD),
    ),
    _DEEP.accept(
        "PF-9-116",
        "a sale leaves the account no riskier, also without its coins at an old price",
        long(9, 2000, 900_000),
        short(6, 2000, 900_000),
    ),
    _DEEP.reject(
        "PF-9-117",
        "a sale would leave it riskier without its coins, and no riskier with them: their price "
        "counts",
        long(9, 2000, 890_000),
        short(6, 2000, 890_000),
        code=R.PRICE_STALE,
        twin="PF-9-116",
    ),
)
