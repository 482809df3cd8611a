"""Cases of bankruptcy: when it is resolved, and several debts of one account (LQ-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    CreateAccount,
    Halt,
    Lend,
    Liquidate,
    ListAsset,
    Redeem,
    ResolveBankruptcy,
    Resume,
    SetAssetParameters,
    SetPrice,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import TokenParameters
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, bid, withdraw
from ibperp_authoring.cases.liquidation.bankruptcy_setups import ALL_STEPS, RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import DOLLAR, STEP, coin, deposit, price
from ibperp_authoring.cases.settlement.setups import OTHER, mark, opened, settled
from ibperp_authoring.cases.setups import COIN, PERCENT, USD

_FUND: Final = Group("bankrupt_fund")
_EDGE: Final = Group("bankrupt_fund", why=Why.BOUNDARY)
_FIRST: Final = Group("bankrupt_fund", why=Why.PRECEDENCE)

_FLOORED: Final = SetAssetParameters("USDC", replace(DOLLAR, price_floor=USD))
_NARROW: Final = SetAssetParameters("USDC", replace(DOLLAR, price_update_max=RATIO))

_SMALL: Final = (TokenParameters("solana", 1, 1, COIN // 100, COIN, 0),)
_THIRD: Final = ListAsset("ETH", replace(coin(80 * PERCENT), tokens=_SMALL))

_REFUSED: Final[tuple[Case, ...]] = (
    *_FUND.refusals(
        "LQ-9-001",
        ("LQ-9-200", "no such account", ResolveBankruptcy(10), R.ACCOUNT_UNKNOWN),
        ("LQ-9-201", "no account below zero", ResolveBankruptcy(-1), R.ACCOUNT_UNKNOWN),
        ("LQ-9-202", "the fees account is not resolved", ResolveBankruptcy(0), R.ACCOUNT_RESERVED),
        ("LQ-9-203", "the insurance is not resolved", ResolveBankruptcy(1), R.ACCOUNT_RESERVED),
        ("LQ-9-204", "a winner is not bankrupt", ResolveBankruptcy(3), R.NOT_LIQUIDATABLE),
        ("LQ-9-205", "who only lends is not", ResolveBankruptcy(9), R.NOT_LIQUIDATABLE),
    ),
    _FUND.reject(
        "LQ-9-206",
        "a debt is ended once",
        RESOLVE,
        RESOLVE,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-9-001",
    ),
    _EDGE.reject(
        "LQ-9-207",
        "an atom in its account: it pays first",
        deposit(2, 1),
        RESOLVE,
        code=R.NOT_BANKRUPT,
        twin="LQ-9-208",
    ),
    _EDGE.accept("LQ-9-208", "the atom is paid, then it is bankrupt", deposit(2, 1), STEP, RESOLVE),
    _EDGE.reject(
        "LQ-9-209",
        "a coin that is not owed pays in kind first",
        deposit(2, COIN // 100, "SOL"),
        RESOLVE,
        code=R.NOT_BANKRUPT,
        twin="LQ-9-210",
    ),
    _EDGE.accept(
        "LQ-9-210",
        "with the coin paid it is bankrupt",
        deposit(2, COIN // 100, "SOL"),
        STEP,
        RESOLVE,
    ),
    _FUND.reject(
        "LQ-9-211",
        "who can pay all it owes is healthy, not bankrupt",
        deposit(2, 32 * USD),
        RESOLVE,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-9-001",
    ),
    Group("liquidation_long", (mark(900_000),)).reject(
        "LQ-9-212", "a position can be closed", RESOLVE, code=R.NOT_BANKRUPT, twin="LQ-9-001"
    ),
    Group("liquidation_long", (mark(800_000),)).reject(
        "LQ-9-213",
        "below zero equity a position is closed against the others first",
        RESOLVE,
        code=R.NOT_BANKRUPT,
        twin="LQ-9-001",
    ),
    Group("liquidation_borrowed", (price(50),)).reject(
        "LQ-9-214", "collateral pays lenders first", RESOLVE, code=R.NOT_BANKRUPT, twin="LQ-9-100"
    ),
    Group("liquidation_long", (bid(2, 1, USD), mark(800_000))).reject(
        "LQ-9-215", "its orders end first", RESOLVE, code=R.NOT_BANKRUPT, twin="LQ-9-001"
    ),
    Group("bankrupt_taken").reject(
        "LQ-9-216", "the insurance takes over first", RESOLVE, code=R.NOT_BANKRUPT, twin="LQ-9-100"
    ),
    Group("bankrupt_pool", (_THIRD,)).accept(
        "LQ-9-217",
        "a coin without a price pays nothing, and stays with its owner",
        deposit(2, COIN, "ETH"),
        RESOLVE,
    ),
    Group("bankrupt_pool", (_THIRD, SetPrice("ETH", 100)), Why.BOUNDARY).accept(
        "LQ-9-218",
        "a coin worth less than an atom pays nothing",
        deposit(2, COIN // 100 - 1, "ETH"),
        RESOLVE,
    ),
    Group("bankrupt_pool", (_THIRD, SetPrice("ETH", 100)), Why.BOUNDARY).reject(
        "LQ-9-219",
        "a coin worth an atom pays it first",
        deposit(2, COIN // 100, "ETH"),
        RESOLVE,
        code=R.NOT_BANKRUPT,
        twin="LQ-9-218",
    ),
)

_PRICES: Final[tuple[Case, ...]] = (
    _EDGE.accept("LQ-9-220", "prices as old as a liquidation admits", AdvanceTime(600), RESOLVE),
    _EDGE.reject(
        "LQ-9-221",
        "prices a second older",
        AdvanceTime(601),
        RESOLVE,
        code=R.PRICE_STALE,
        twin="LQ-9-220",
    ),
    _EDGE.accept(
        "LQ-9-222", "the price is renewed", AdvanceTime(601), SetPrice("USDC", USD), RESOLVE
    ),
    _EDGE.reject(
        "LQ-9-223",
        "a price at its floor ends nobody",
        _FLOORED,
        RESOLVE,
        code=R.PRICE_AT_FLOOR,
        twin="LQ-9-224",
    ),
    _EDGE.accept("LQ-9-224", "above its floor", _FLOORED, SetPrice("USDC", USD + 1), RESOLVE),
    _FUND.accept(
        "LQ-9-225", "a price held by its limits serves", _NARROW, SetPrice("USDC", 2 * USD), RESOLVE
    ),
    _FUND.reject(
        "LQ-9-226", "nothing is resolved in a halt", Halt(), RESOLVE, code=R.HALTED, twin="LQ-9-228"
    ),
    _EDGE.reject(
        "LQ-9-227",
        "nor a second before the grace ends",
        Halt(),
        Resume(),
        AdvanceTime(69),
        RESOLVE,
        code=R.LIQUIDATION_PAUSED,
        twin="LQ-9-228",
    ),
    _EDGE.accept(
        "LQ-9-228", "when the grace has ended", Halt(), Resume(), AdvanceTime(70), RESOLVE
    ),
    _FIRST.reject(
        "LQ-9-229",
        "the age of prices before the grace",
        AdvanceTime(601),
        Halt(),
        Resume(),
        RESOLVE,
        code=R.PRICE_STALE,
        twin="LQ-9-228",
    ),
    _FIRST.reject(
        "LQ-9-230",
        "the grace before what is due",
        Halt(),
        Resume(),
        ResolveBankruptcy(3),
        code=R.LIQUIDATION_PAUSED,
        twin="LQ-9-228",
    ),
    _FIRST.reject(
        "LQ-9-231",
        "a price at its floor is not called stale besides",
        _FLOORED,
        AdvanceTime(601),
        RESOLVE,
        code=R.PRICE_AT_FLOOR,
        twin="LQ-9-224",
    ),
    _EDGE.accept(
        "LQ-9-232",
        "the prices of claimants do not matter",
        *opened(5, 6, 100, market=OTHER),
        AdvanceTime(601),
        SetPrice("USDC", USD),
        RESOLVE,
    ),
)

_ALL: Final = Group("bankrupt_all")
_ENOUGH: Final = (gift(1000 * USD), gift(930 * USD, account=6), gift(500 * USD, account=5))


_SEVERAL: Final[tuple[Case, ...]] = (
    _ALL.accept("LQ-9-250", "several debts: by asset, then the fund", RESOLVE),
    _ALL.accept("LQ-9-251", "the insurance pays for all of them", *_ENOUGH, RESOLVE),
    Group("bankrupt_all", why=Why.BOUNDARY).accept(
        "LQ-9-252", "enough for the first debt alone", gift(380 * USD), RESOLVE
    ),
    Group("bankrupt_all", why=Why.BOUNDARY).accept(
        "LQ-9-253", "an atom more for the second", gift(380 * USD + 1), RESOLVE
    ),
    Group("bankrupt_all", why=Why.BOUNDARY).accept(
        "LQ-9-254", "enough for both pools", gift(780 * USD), RESOLVE
    ),
    Group("bankrupt_all", why=Why.BOUNDARY).accept(
        "LQ-9-255", "an atom short of all", gift(930 * USD - 1), RESOLVE
    ),
    Group("bankrupt_all_limited", _ENOUGH, Why.BOUNDARY).accept(
        "LQ-9-256", "the limit is one for all debts of an account", RESOLVE
    ),
    Group("bankrupt_all", (Redeem(5, "SOL", None),)).accept(
        "LQ-9-257", "what a lender of both loses", Redeem(9, "USDC", 400 * USD), RESOLVE
    ),
    _ALL.accept("LQ-9-258", "the list resolves it as a step of its own", ALL_STEPS),
    _ALL.accept(
        "LQ-9-259",
        "a debt of coins at an old price stays, and all others are resolved",
        AdvanceTime(601),
        SetPrice("USDC", USD),
        RESOLVE,
    ),
)

_ALSO: Final = "SC-9 (incident 37, Backpack)"


def _kept(name: str) -> Group:
    return Group(f"bankrupt_{name}_recourse")


_TWO: Final[tuple[Action, ...]] = (
    CreateAccount(10, 10),
    deposit(10, 25 * USD),
    *opened(10, 5, 100, market=OTHER),
)

_KEPT: Final[tuple[Case, ...]] = (
    _kept("fund").accept(
        "LQ-9-270",
        "with recourse the insurance pays, and the rest stays owed",
        gift(12 * USD),
        RESOLVE,
    ),
    _kept("fund").accept(
        "LQ-9-271", "with recourse the insurance pays all", gift(30 * USD), RESOLVE
    ),
    _kept("fund").reject(
        "LQ-9-272",
        "with recourse and an empty insurance nothing is done",
        RESOLVE,
        code=R.NOTHING_TO_LIQUIDATE,
        twin="LQ-9-270",
    ),
    _kept("pool").accept(
        "LQ-9-273", "with recourse lenders lose nothing yet", gift(100 * USD), RESOLVE
    ),
    _kept("pool").reject(
        "LQ-9-274",
        "with recourse and an empty insurance a pool waits",
        RESOLVE,
        code=R.NOTHING_TO_LIQUIDATE,
        twin="LQ-9-273",
    ),
    _kept("coin").accept(
        "LQ-9-275", "with recourse the insurance buys lends of a coin", gift(500 * USD), RESOLVE
    ),
    _kept("coin").reject(
        "LQ-9-276",
        "what the insurance has buys not one atom: nothing is done",
        price(1001),
        gift(1),
        RESOLVE,
        code=R.NOTHING_TO_LIQUIDATE,
        twin="LQ-9-275",
    ),
    _kept("all").accept(
        "LQ-9-277", "with recourse: as far as the insurance goes", gift(500 * USD), RESOLVE
    ),
    _kept("all").accept("LQ-9-278", "with recourse: all of it", *_ENOUGH, RESOLVE),
    _kept("fund").trace(
        "LQ-9-279",
        "with recourse it is resolved again when the insurance has more",
        gift(12 * USD),
        RESOLVE,
        Refused(RESOLVE, R.NOTHING_TO_LIQUIDATE),
        gift(18 * USD),
        RESOLVE,
    ),
    Group("bankrupt_fund_recourse", why=Why.ATTACK).trace(
        "LQ-9-280",
        f"{_ALSO}: with recourse a later deposit pays the debt at the next settlement",
        Refused(RESOLVE, R.NOTHING_TO_LIQUIDATE),
        deposit(2, 100 * USD),
        *settled(20),
        withdraw(2, "USDC", "solana", 70 * USD),
    ),
    Group("bankrupt_fund_recourse", why=Why.ATTACK).trace(
        "LQ-9-281",
        f"{_ALSO}: a deposit that is too small pays, and the rest stays owed",
        deposit(2, 10 * USD),
        STEP,
        Refused(RESOLVE, R.NOTHING_TO_LIQUIDATE),
        *settled(20),
    ),
    Group("bankrupt_fund", why=Why.ATTACK).trace(
        "LQ-9-282",
        f"{_ALSO}: resolved, a later deposit is its owner's; failing costs the owner",
        RESOLVE,
        deposit(2, 100 * USD),
        *settled(20),
        withdraw(2, "USDC", "solana", 100 * USD),
    ),
    Group("bankrupt_pool_recourse", why=Why.ATTACK).trace(
        "LQ-9-283",
        f"{_ALSO}: with recourse a debt to a pool meets a later deposit by a step",
        Refused(RESOLVE, R.NOTHING_TO_LIQUIDATE),
        deposit(2, 200 * USD),
        Refused(withdraw(2, "USDC", "solana", USD), R.INSUFFICIENT_MARGIN),
        STEP,
        Refused(RESOLVE, R.NOTHING_TO_LIQUIDATE),
        Lend(6, "USDC", USD),
    ),
    Group("bankrupt_all_recourse", _TWO).trace(
        "LQ-9-284",
        "with recourse the due list keeps who cannot be helped, and goes on to the next",
        mark(780_000, OTHER),
        ALL_STEPS,
        Refused(RESOLVE, R.NOTHING_TO_LIQUIDATE),
        Refused(Liquidate(2), R.NOTHING_TO_LIQUIDATE),
        Refused(Liquidate(10), R.NOT_LIQUIDATABLE),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_REFUSED, *_PRICES, *_SEVERAL, *_KEPT)
