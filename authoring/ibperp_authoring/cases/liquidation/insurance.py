"""Cases of the insurance and of gifts to it (LQ-8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    AdvanceTime,
    Borrow,
    CreateAccount,
    FundInsurance,
    Halt,
    Lend,
    Liquidate,
    SetAssetParameters,
    SetPrice,
    Settle,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, bid
from ibperp_authoring.cases.liquidation.bankruptcy_setups import RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import STEP, coin, deposit, price
from ibperp_authoring.cases.settlement.setups import OTHER, mark, opened, settled
from ibperp_authoring.cases.setups import COIN, MAX, PERCENT, USD, pool_with

_GROUP: Final = Group("liquidation")
_EDGE: Final = Group("liquidation", why=Why.BOUNDARY)
_FIRST: Final = Group("liquidation", why=Why.PRECEDENCE)

_GIFTS: Final[tuple[Case, ...]] = (
    _GROUP.accept("LQ-8-001", "a gift moves free atoms to the insurance", gift(100 * USD)),
    _GROUP.accept("LQ-8-002", "a gift of a coin is kept as it is", gift(COIN, "SOL")),
    _GROUP.accept("LQ-8-003", "gifts of two givers add up", gift(100 * USD), gift(1, account=6)),
    _EDGE.accept("LQ-8-004", "a gift of an atom", gift(1)),
    *_EDGE.pair(
        ("LQ-8-005", "LQ-8-006"),
        ("all that is free is given", "not an atom more"),
        accepted=gift(1000 * USD),
        refused=gift(1000 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_EDGE.pair(
        ("LQ-8-007", "LQ-8-008"),
        ("a gift comes from the free balance", "a lend is not given"),
        accepted=gift(1000 * USD, account=5),
        refused=gift(1001 * USD, account=5),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *Group("liquidation", (bid(6, 100, 100 * USD // 100),), Why.BOUNDARY).pair(
        ("LQ-8-009", "LQ-8-010"),
        ("what a firm order leaves is given", "what a firm order holds is not"),
        accepted=gift(900 * USD, account=6),
        refused=gift(900 * USD + 1, account=6),
        code=R.INSUFFICIENT_FUNDS,
    ),
    _GROUP.trace(
        "LQ-8-011",
        "a gift is not the giver's any more",
        gift(600 * USD),
        Refused(gift(600 * USD), R.INSUFFICIENT_FUNDS),
        gift(400 * USD),
    ),
    _GROUP.accept(
        "LQ-8-012",
        "what is given cannot be lent at once: the insurance does nothing of its own",
        Lend(7, "USDC", 500 * USD),
        gift(500 * USD),
        *settled(10),
    ),
)

_REFUSED: Final[tuple[Case, ...]] = (
    *_GROUP.refusals(
        "LQ-8-001",
        ("LQ-8-020", "a gift of nothing", gift(0), R.AMOUNT_NOT_POSITIVE),
        ("LQ-8-022", "a gift beyond the range", gift(MAX + 1), R.OUT_OF_RANGE),
        ("LQ-8-023", "the largest gift there is", gift(MAX), R.INSUFFICIENT_FUNDS),
        ("LQ-8-024", "no such giver", gift(1, account=10), R.ACCOUNT_UNKNOWN),
        ("LQ-8-025", "a giver below zero", gift(1, account=-1), R.ACCOUNT_UNKNOWN),
        ("LQ-8-026", "the fees account gives nothing", gift(1, account=0), R.ACCOUNT_RESERVED),
        ("LQ-8-027", "the insurance gives itself nothing", gift(1, account=1), R.ACCOUNT_RESERVED),
        ("LQ-8-028", "no such asset", gift(1, "ETH"), R.ASSET_UNKNOWN),
        ("LQ-8-029", "an account without any", gift(1, account=2), R.INSUFFICIENT_FUNDS),
    ),
    *Group("liquidation", why=Why.ATTACK).refusals(
        "LQ-8-001",
        (
            "LQ-8-021",
            "incident 46, Dango: a gift below zero is refused; failing costs the insurance",
            gift(-1),
            R.AMOUNT_NOT_POSITIVE,
        ),
        (
            "LQ-8-030",
            "incident 46, Dango: nor by the whole insurance at once",
            gift(-MAX),
            R.AMOUNT_NOT_POSITIVE,
        ),
    ),
    *_FIRST.refusals(
        "LQ-8-001",
        ("LQ-8-031", "the amount before all", FundInsurance(10, "ETH", 0), R.AMOUNT_NOT_POSITIVE),
        ("LQ-8-032", "then its range", FundInsurance(10, "ETH", MAX + 1), R.OUT_OF_RANGE),
        ("LQ-8-033", "then the account", FundInsurance(10, "ETH", 1), R.ACCOUNT_UNKNOWN),
        ("LQ-8-034", "then whose it is", FundInsurance(1, "ETH", 1), R.ACCOUNT_RESERVED),
        ("LQ-8-035", "then the asset", FundInsurance(2, "ETH", 1), R.ASSET_UNKNOWN),
    ),
)

_LONG: Final = opened(6, 3, 10_000)
"""Account 6 has 1000 USDC and 10 SOL, 1900 of equity, and needs 1000 for its position."""

_OWES: Final = (Borrow(6, "USDC", 500 * USD), price(10))
"""Account 6 owes 500 of its 1500 USDC, for which it needs 50, and its 10 SOL count for 90."""

_MARGINS: Final[tuple[Case, ...]] = (
    *Group("liquidation", _LONG, Why.BOUNDARY).pair(
        ("LQ-8-040", "LQ-8-041"),
        ("a gift leaves the giver its initial margin", "an atom less is too little"),
        accepted=gift(900 * USD, account=6),
        refused=gift(900 * USD + 1, account=6),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("liquidation", (*_LONG, price(50)), Why.BOUNDARY).pair(
        ("LQ-8-042", "LQ-8-043"),
        ("collateral at its price of the moment", "and no more of it"),
        accepted=gift(450 * USD, account=6),
        refused=gift(450 * USD + 1, account=6),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("liquidation", _OWES, Why.BOUNDARY).pair(
        ("LQ-8-044", "LQ-8-045"),
        ("what was borrowed may be given, as far as margin goes", "and not an atom further"),
        accepted=gift(1040 * USD, account=6),
        refused=gift(1040 * USD + 1, account=6),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("liquidation_long", (), Why.ATTACK).pair(
        ("LQ-8-046", "LQ-8-047"),
        (
            "incident 17, Euler: a gift to the insurance asks for the giver's margin",
            "incident 17, Euler: no gift makes its giver due; failing costs who takes it over",
        ),
        accepted=gift(45 * USD, account=2),
        refused=gift(45 * USD + 1, account=2),
        code=R.INSUFFICIENT_MARGIN,
    ),
    Group("liquidation_long", why=Why.ATTACK).trace(
        "LQ-8-048",
        "incident 17, Euler: who is due gives nothing, not an atom",
        mark(900_000),
        *(Refused(gift(amount, account=2), R.INSUFFICIENT_MARGIN) for amount in (1, 10 * USD)),
        STEP,
    ),
)

_DATED: Final = Group("perpetual_dated", why=Why.BOUNDARY)
_FLOOR: Final = replace(coin(90 * PERCENT), price_floor=100 * USD)
_NARROW: Final = replace(coin(90 * PERCENT), price_update_max=RATIO + RATIO // 10)

_PRICES: Final[tuple[Case, ...]] = (
    _DATED.accept(
        "LQ-8-050",
        "prices as old as a withdrawal admits",
        AdvanceTime(600),
        gift(USD, account=2),
    ),
    _DATED.reject(
        "LQ-8-051",
        "a second older",
        AdvanceTime(601),
        gift(USD, account=2),
        code=R.PRICE_STALE,
        twin="LQ-8-050",
    ),
    _DATED.accept(
        "LQ-8-052",
        "who has no exposure gives at any age of prices",
        AdvanceTime(601),
        gift(USD, account=4),
    ),
    Group("perpetual_dated", why=Why.PRECEDENCE).reject(
        "LQ-8-053",
        "the age of prices before the margin",
        AdvanceTime(601),
        gift(1000 * USD, account=2),
        code=R.PRICE_STALE,
        twin="LQ-8-050",
    ),
    Group("liquidation", (*_LONG, SetAssetParameters("SOL", _FLOOR))).accept(
        "LQ-8-054",
        "above its floor a price serves",
        SetPrice("SOL", 100 * USD + 1),
        gift(USD, account=6),
    ),
    Group("liquidation", (*_LONG, SetAssetParameters("SOL", _FLOOR))).reject(
        "LQ-8-055",
        "at its floor a price says nothing",
        gift(USD, account=6),
        code=R.PRICE_AT_FLOOR,
        twin="LQ-8-054",
    ),
    Group("liquidation", (*_LONG, SetAssetParameters("SOL", _NARROW))).accept(
        "LQ-8-056",
        "a price within its limits serves",
        price(110),
        gift(USD, account=6),
    ),
    Group("liquidation", (*_LONG, SetAssetParameters("SOL", _NARROW))).reject(
        "LQ-8-057",
        "a price held by its limits does not",
        price(111),
        gift(USD, account=6),
        code=R.PRICE_DEVIATING,
        twin="LQ-8-056",
    ),
    _GROUP.accept("LQ-8-058", "a halted system takes gifts", Halt(), gift(USD)),
)

_KEEPS: Final[tuple[Case, ...]] = (
    Group("bankrupt_taken").accept(
        "LQ-8-070", "the insurance takes over a debt with coins of its worth", STEP
    ),
    Group("bankrupt_taken", (STEP,)).accept(
        "LQ-8-071", "a gift repays what the insurance owes of the asset", gift(150 * USD)
    ),
    Group("bankrupt_taken", (STEP,), Why.BOUNDARY).accept(
        "LQ-8-072", "a gift of all that it owes ends its debt", gift(400 * USD)
    ),
    Group("bankrupt_taken", (STEP,), Why.BOUNDARY).accept(
        "LQ-8-073", "an atom beyond its debt stays with it", gift(400 * USD + 1)
    ),
    Group("bankrupt_taken", (STEP,), Why.BOUNDARY).accept(
        "LQ-8-074", "an atom less than its debt leaves an atom owed", gift(400 * USD - 1)
    ),
    Group("bankrupt_taken", (STEP,)).accept(
        "LQ-8-075", "a gift of another asset repays nothing", gift(COIN, "SOL")
    ),
    Group("bankrupt_taken", (STEP, gift(100 * USD)), Why.ROUNDING).accept(
        "LQ-8-076",
        "its debt bears interest like any other, and the last atom is repaid by a gift",
        pool_with(),
        AdvanceTime(1_000_000),
        gift(400 * USD),
    ),
    Group("bankrupt_taken", (STEP,)).trace(
        "LQ-8-077",
        "the insurance is never due, whatever it owes",
        price(1),
        Refused(Liquidate(1), R.ACCOUNT_RESERVED),
    ),
    Group("bankrupt_fund", (deposit(2, 20 * USD),)).trace(
        "LQ-8-078",
        "what the insurance owes the fund it pays at a settlement like anybody",
        STEP,
        gift(50 * USD),
        *settled(20),
        Refused(Settle(), R.TOO_EARLY),
    ),
    Group("bankrupt_fund", (deposit(2, 20 * USD),)).accept(
        "LQ-8-079",
        "what it took over with cash cancels: its resources are the gift alone",
        STEP,
        gift(5 * USD),
        RESOLVE,
    ),
    Group("bankrupt_taken", (STEP, deposit(1, 500 * USD)), clauses=("LQ-7",)).trace(
        "LQ-8-080",
        "what the insurance owes a pool covers nothing: a winner bears 55 of 155 that are missing",
        CreateAccount(10, 10),
        deposit(10, 145 * USD, after=2),
        *opened(10, 7, 1000, market=OTHER),
        mark(700_000, OTHER),
        Liquidate(10),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_GIFTS, *_REFUSED, *_MARGINS, *_PRICES, *_KEEPS)
