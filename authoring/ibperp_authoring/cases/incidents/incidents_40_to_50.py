"""Incidents 40 to 50 of docs/incidents.md, replayed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    AmendOrder,
    ApplyFunding,
    Borrow,
    CancelOrder,
    ConvertDust,
    CreateAccount,
    Deposit,
    Lend,
    ListAsset,
    Redeem,
    Repay,
    SetAssetParameters,
    SetPoolParameters,
    SetPrice,
    SettleMarket,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import (
    PERP,
    SPOT,
    Case,
    Group,
    Refused,
    Step,
    Why,
    ask,
    bid,
    long,
    short,
    withdraw,
)
from ibperp_authoring.cases.governance.steps import coin_with
from ibperp_authoring.cases.liquidation.bankruptcy_setups import RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import (
    FREE_POOL,
    STEP,
    coin,
    deposit,
    lent_out,
    price,
    provider,
    steps,
    system_with,
)
from ibperp_authoring.cases.settlement.setups import (
    OTHER,
    contract_with,
    mark,
    moved,
    opened,
    settled,
    virtual,
)
from ibperp_authoring.cases.setups import COIN, HOUR, MAX, PERCENT, USD, YEAR, market_with

_SHORT: Final = Group("liquidation_short", why=Why.ATTACK)

_LONG: Final = Group("liquidation_long", why=Why.ATTACK)

_BOOKS: Final[tuple[Case, ...]] = (
    _SHORT.trace(
        "LQ-1-200",
        "incident 47, Dango: absurd offers move no zero price, which would have cost winners 3845",
        short(6, 1, 5 * USD),
        short(7, 1000, 9 * USD),
        mark(1_120_000),
        STEP,
    ),
    _LONG.trace(
        "LQ-4-201",
        "incident 48, Dango: a thin book: the price is of the whole size, not of the lots sold",
        long(6, 1, 880_000),
        long(7, 500, 854_999),
        mark(880_000),
        *steps(3),
    ),
)

_VAULTS: Final[tuple[Case, ...]] = (
    _LONG.trace(
        "LQ-6-203",
        "incident 40, Popcat: behind a wall of own bids nobody takes what it cannot bear",
        long(8, 2000, 880_000),
        CreateAccount(10, 10),
        deposit(10, 10 * USD),
        provider(10, 300),
        mark(880_000),
        STEP,
    ),
)

_SHARED: Final[tuple[Case, ...]] = (
    Group("liquidation_long", lent_out(2, "SOL", 1), Why.ATTACK).trace(
        "LQ-3-200",
        "incident 49: an atom that is owed does not stop what is large: the largest is first",
        provider(6, 900),
        mark(880_000),
        STEP,
    ),
)


def _attack(setup: str, *before: Action) -> Group:
    return Group(setup, before, Why.ATTACK)


_WORTHLESS: Final = coin(100 * PERCENT)
_NO_LIMIT: Final = replace(FREE_POOL, open_borrow_lend_limit=MAX)

_LISTINGS: Final[tuple[Case, ...]] = (
    _attack("liquidation", system_with(ramp_interval=HOUR)).trace(
        "GV-2-901",
        "incident 45, Drift: a coin is listed, weighed, every limit lifted, and all is withdrawn "
        "in the same second: nothing leaves, and a floor stops it on the way; failing pays out "
        "1,000 of deposits",
        ListAsset("FAKE", _WORTHLESS),
        SetPrice("FAKE", 100 * USD),
        SetAssetParameters("FAKE", _WORTHLESS),
        SetPoolParameters("USDC", _NO_LIMIT),
        CreateAccount(10, 10),
        deposit(10, 1000 * COIN, "FAKE", 0),
        Refused(withdraw(10, "USDC", "solana", 1000 * USD, borrow=True), R.INSUFFICIENT_MARGIN),
        AdvanceTime(36),
        SetAssetParameters("FAKE", replace(_WORTHLESS, price_floor=101 * USD)),
        Refused(Borrow(10, "USDC", USD), R.PRICE_AT_FLOOR),
    ),
)

_GIVEN: Final = (Transfer(8, 2, "USDC", 500 * USD), gift(400 * USD), deposit(1, 100 * USD, after=0))

_CAPPED: Final = SetPoolParameters("USDC", replace(FREE_POOL, open_borrow_lend_limit=1000 * USD))

_CAPS: Final[tuple[Case, ...]] = (
    _attack("liquidation", _CAPPED).trace(
        "MM-8-900",
        "incident 44, Venus: no gift brings a pool beyond its limit, nor more behind a loan; "
        "failing costs lenders 2 million",
        Refused(Lend(6, "USDC", 1), R.LEND_LIMIT),
        *_GIVEN,
        Refused(Lend(6, "USDC", 1), R.LEND_LIMIT),
        Redeem(5, "USDC", 100 * USD),
        Lend(6, "USDC", 100 * USD),
        Refused(Lend(6, "USDC", 1), R.LEND_LIMIT),
    ),
    _attack("liquidation", _CAPPED, price(400)).trace(
        "MM-8-901",
        "incident 44, Venus: a pumped collateral borrows to the limit of the pool, and no further; "
        "failing costs all lenders",
        deposit(2, 100 * COIN, "SOL", 0),
        Borrow(2, "USDC", 1000 * USD),
        Refused(Borrow(2, "USDC", 1), R.BORROW_LIMIT),
        withdraw(2, "USDC", "solana", 500 * USD),
    ),
    _attack("liquidation").trace(
        "LQ-9-903",
        "incident 44, Venus: pumped, borrowed, fallen: the collateral pays lenders to the end; "
        "failing hides the loss",
        price(400),
        deposit(2, 2 * COIN, "SOL", 0),
        Borrow(2, "USDC", 600 * USD),
        withdraw(2, "USDC", "solana", 600 * USD),
        price(100),
        STEP,
        Refused(Redeem(5, "USDC", 600 * USD), R.INSUFFICIENT_LEND),
        RESOLVE,
        Redeem(5, "USDC", None),
        Redeem(9, "USDC", None),
    ),
)

_INSURANCE: Final[tuple[Case, ...]] = (
    _attack("bankrupt_fund", *opened(5, 6, 100, market=OTHER), mark(1_500_000, OTHER)).trace(
        "LQ-9-930",
        "incident 50, Nado: with both sides open, claimants bear the loss once and whole; "
        "failing halves it",
        gift(14 * USD),
        RESOLVE,
    ),
    _attack("bankrupt_fund").trace(
        "LQ-9-931",
        "incident 50, Nado: without open interest nothing is divided by zero; "
        "failing stops the market for ever",
        RESOLVE,
        *settled(20),
        *opened(3, 4, 10, market=OTHER),
    ),
)

_BOUND: Final = coin_with(price_update_min=99 * PERCENT, price_update_max=101 * PERCENT)
"""An update moves the price of SOL by one percent."""

_SAFE: Final = Refused(STEP, R.NOT_LIQUIDATABLE)

_OUTLIERS: Final[tuple[Case, ...]] = (
    _attack("liquidation_borrowed", _BOUND).trace(
        "PF-10-901",
        "incident 42, Moonwell: a price that lost a factor of two thousand moves by its limit; "
        "failing lends nine coins for half a dollar, and takes ten of who pledged them",
        SetPrice("SOL", USD // 20),
        _SAFE,
        Refused(Borrow(4, "SOL", 9 * COIN), R.PRICE_DEVIATING),
        *(price(100),) * 2,
        Borrow(4, "SOL", COIN),
    ),
    _attack("liquidation_borrowed", price(97)).trace(
        "GV-2-900",
        "incident 43, Aave: a change of a price's bounds moves no price; failing takes 2.85 % off "
        "it, and an account of 63 that is not due",
        coin_with(price_update_min=RATIO, price_update_max=RATIO),
        _SAFE,
        price(100),
        _SAFE,
        _BOUND,
        price(98),
        _SAFE,
    ),
)

_MARKS: Final[tuple[Case, ...]] = (
    _attack("liquidation_long", AdvanceTime(HOUR), ApplyFunding(PERP, 8 * PERCENT)).trace(
        "PP-8-901",
        "incident 41, Paradex: no price, mark or index can be written as zero, and new parameters "
        "leave them as they are; failing marks 1,000 lots at nothing",
        Refused(SetPrice("SOL", 0), R.AMOUNT_NOT_POSITIVE),
        Refused(SettleMarket(PERP, 0), R.AMOUNT_NOT_POSITIVE),
        mark(0),
        contract_with(funding_cap=PERCENT),
        SetPrice("USDC", USD),
        _SAFE,
        *settled(HOUR + 10),
        *settled(HOUR + 20),
    ),
)

_TURNED: Final[tuple[Case, ...]] = (
    Group("settlement", (*virtual(2, 3), *opened(2, 3, 100)), Why.ATTACK).trace(
        "ST-4-206",
        "incident 48: forty settlements up and down by an atom give nobody an atom",
        *(step for number in range(1, 41) for step in moved(USD + (number & 1), 10 * number)),
    ),
    Group("settlement", (*virtual(2, 3), *opened(2, 3, 1)), Why.ATTACK).trace(
        "ST-4-207",
        "incident 48: a lot, by odd atoms, in a pool that bore interest",
        Borrow(5, "USDC", 500 * USD),
        AdvanceTime(HOUR),
        *(
            step
            for number in range(1, 21)
            for step in moved(USD + 7 * (number & 1) + number, HOUR + 10 * number)
        ),
    ),
)

_SPOT: Final = Group("spot", why=Why.ATTACK)

_PRICES: Final[tuple[Case, ...]] = (
    _SPOT.trace(
        "SM-6-200",
        "SC-2 (incident 40): a wall of bids moves the band, not the mark",
        bid(3, 10, 1_500_000),
        ask(4, 1, 1_500_000),
        Refused(ask(4, 1, 2_250_100), R.PRICE_OUT_OF_BOUNDS),
        ask(4, 1, 2_250_000),
        bid(5, 1, 2_250_000),
        Refused(ask(4, 1, 2_250_100), R.PRICE_OUT_OF_BOUNDS),
    ),
)

_DUST: Final[tuple[Case, ...]] = (
    _SPOT.trace(
        "SM-12-251",
        "SC-24 (incident 49): one atom of debt keeps no one from trading or converting",
        Deposit(0, "USDC", "solana", 9, USD),
        Borrow(3, "SOL", 1),
        AdvanceTime(YEAR),
        market_with(maker_fee=0, taker_fee=0),
        ask(3, 1000, USD),
        bid(4, 1000, USD),
        Transfer(2, 3, "SOL", 14),
        ConvertDust(3, SPOT),
        Transfer(2, 3, "SOL", 2),
        Repay(3, "SOL", None),
    ),
)

_CASH: Final = Group("spot", why=Why.CONSERVATION)


def _round(first: int, price: int) -> tuple[Step, ...]:
    """Return a round of orders `first` and `first + 1`: place, fill, amend, fill, move, cancel."""
    return (
        bid(3, 7, price),
        ask(3, 7, price + 10_300),
        ask(4, 2, price),
        bid(5, 3, price + 10_300),
        AmendOrder(3, first, 4, price),
        AmendOrder(3, first + 1, 3, price + 10_300),
        ask(4, 1, price),
        AmendOrder(3, first, 5, price - 100),
        AmendOrder(3, first + 1, 6, price + 10_400),
        CancelOrder(3, first),
        CancelOrder(3, first + 1),
    )


_CHURNED: Final = (
    *_round(0, 990_100),
    *_round(5, 989_700),
    *_round(10, 991_300),
    *_round(15, 990_900),
)

_CHURN: Final[tuple[Case, ...]] = (
    _CASH.trace(
        "SM-5-200",
        "SC-26 (incident 48): after forty-four steps nothing is reserved",
        *_CHURNED,
        why=Why.ATTACK,
    ),
    Group("spot", (market_with(maker_fee=RATIO // 1000),), Why.ATTACK).trace(
        "SM-5-201", "SC-26 (incident 48): nor with a maker fee, that is rounded", *_CHURNED
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_BOOKS,
    *_VAULTS,
    *_SHARED,
    *_LISTINGS,
    *_CAPS,
    *_INSURANCE,
    *_OUTLIERS,
    *_MARKS,
    *_TURNED,
    *_PRICES,
    *_DUST,
    *_CHURN,
)
