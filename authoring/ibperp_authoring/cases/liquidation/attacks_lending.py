"""Cases of the liquidation chapter: incidents of lending and collateral, replayed to their end."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    Deposit,
    Lend,
    Liquidate,
    Redeem,
    Repay,
    SetAssetParameters,
    SetPoolParameters,
    SetPrice,
    Transfer,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, ask, bid, flags, withdraw
from ibperp_authoring.cases.liquidation.bankruptcy_setups import ALL_STEPS, RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import FREE_POOL, STEP, deposit, price
from ibperp_authoring.cases.setups import COIN, MAX, PERCENT, THIN, USD, pool_with


def _attack(setup: str, *before: Action) -> Group:
    return Group(setup, before, Why.ATTACK)


_PUMPED: Final = SetPrice("THIN", 10 * USD)
_HELD: Final = SetAssetParameters("THIN", replace(THIN, price_update_max=110 * PERCENT))

_SPENT: Final = withdraw(4, "USDC", "solana", 900 * USD)

_PRICES: Final[tuple[Case, ...]] = (
    _attack("liquidation", _SPENT, ask(9, 150, 6 * USD)).reject(
        "PF-8-900",
        "incident 2, bZx: a purchase on credit at six times the price; failing costs lenders 650",
        bid(4, 150, 6 * USD, flags=flags(borrow=True)),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-8-901",
    ),
    _attack("liquidation", _SPENT, ask(9, 150, USD)).accept(
        "PF-8-901",
        "incident 2, bZx: the same purchase on credit at the price itself",
        bid(4, 150, USD, flags=flags(borrow=True)),
    ),
    _attack("liquidation_borrowed", ask(9, 100, USD // 2), bid(6, 100, USD // 2)).trace(
        "LQ-1-900",
        "incidents 9 and 15, Inverse, USDH: trades at half the price make nobody due; "
        "failing costs the account 190",
        Refused(Liquidate(2), R.NOT_LIQUIDATABLE),
        ALL_STEPS,
    ),
    _attack("liquidation_borrowed", ask(9, 100, 3 * USD), bid(6, 100, 3 * USD), price(90)).trace(
        "LQ-1-901",
        "incident 9, Inverse: trades at three times the price save nobody; failing costs lenders",
        ALL_STEPS,
    ),
    _attack("thin", _PUMPED).trace(
        "LQ-9-900",
        "incident 14, Moola: a pumped thin coin, looped; failing lends all 80,000 of the pool",
        withdraw(2, "USDC", "solana", 8000 * USD, borrow=True),
        Refused(withdraw(2, "USDC", "solana", 2000 * USD, borrow=True), R.INSUFFICIENT_MARGIN),
        Refused(withdraw(2, "THIN", "solana", 90_000 * USD), R.INSUFFICIENT_MARGIN),
        SetPrice("THIN", USD // 100),
        ALL_STEPS,
    ),
    _attack("thin", _HELD).trace(
        "LQ-9-901",
        "incident 14, Moola: a price held by its limits lends nothing; failing costs lenders",
        _PUMPED,
        Refused(Borrow(2, "USDC", USD), R.PRICE_DEVIATING),
    ),
    _attack("liquidation").trace(
        "PF-3-900",
        "incident 29, Resupply: at a price of one atom a coin is owed for no less than an atom; "
        "failing lends the pool for nothing",
        SetPrice("SOL", 1),
        Refused(Borrow(2, "SOL", 1), R.INSUFFICIENT_MARGIN),
        deposit(2, 1, after=0),
        Refused(Borrow(2, "SOL", COIN), R.INSUFFICIENT_MARGIN),
        deposit(2, 1),
        Borrow(2, "SOL", COIN),
        Refused(Borrow(2, "SOL", 1), R.INSUFFICIENT_MARGIN),
    ),
)

_LOSING: Final = _attack("liquidation_borrowed", price(95))

_CHECKS: Final[tuple[Case, ...]] = (
    _LOSING.trace(
        "PF-8-902",
        "incident 16, Platypus: every way out of collateral is judged after it is taken; "
        "failing costs lenders 810",
        Refused(withdraw(2, "SOL", "solana", 10 * COIN), R.INSUFFICIENT_MARGIN),
        Refused(withdraw(2, "SOL", "solana", COIN // 10), R.INSUFFICIENT_MARGIN),
        Refused(Transfer(2, 8, "SOL", 10 * COIN), R.INSUFFICIENT_MARGIN),
        Refused(gift(10 * COIN, "SOL", 2), R.INSUFFICIENT_MARGIN),
        Refused(Lend(2, "SOL", 11 * COIN), R.INSUFFICIENT_FUNDS),
        Lend(2, "SOL", 10 * COIN),
        Refused(withdraw(2, "SOL", "solana", 10 * COIN, redeem=True), R.INSUFFICIENT_MARGIN),
        Refused(Liquidate(2), R.NOT_LIQUIDATABLE),
    ),
    _LOSING.trace(
        "LQ-9-902",
        "incident 16, Platypus: repaid in full, all collateral may leave; failing locks it in",
        Transfer(8, 2, "USDC", 810 * USD),
        Repay(2, "USDC", None),
        withdraw(2, "SOL", "solana", 10 * COIN),
    ),
)

_EMPTY: Final = (
    Redeem(5, "USDC", None),
    Redeem(9, "USDC", None),
)
"""Nothing is lent of USDC any more."""

_GIVEN: Final = (Transfer(8, 2, "USDC", 500 * USD), gift(400 * USD), deposit(1, 100 * USD, after=0))

_SHARES: Final[tuple[Case, ...]] = (
    _attack("liquidation", *_EMPTY).trace(
        "MM-2-900",
        "incident 18, Hundred, Onyx, Sonne: an atom lent, then gifts: no share is worth more; "
        "failing costs the next lender",
        Lend(6, "USDC", 1),
        *_GIVEN,
        Lend(3, "USDC", 100 * USD),
        Refused(Redeem(6, "USDC", 2), R.INSUFFICIENT_LEND),
        Redeem(3, "USDC", 100 * USD),
        Redeem(6, "USDC", 1),
    ),
    _attack("liquidation").trace(
        "MM-2-901",
        "incident 8, Cream: a share of a pool cannot be doubled by gifts; "
        "failing borrows against them",
        *_GIVEN,
        Refused(Redeem(5, "USDC", 600 * USD + 1), R.INSUFFICIENT_LEND),
        Redeem(5, "USDC", 600 * USD),
    ),
    _attack("liquidation", pool_with(), *_EMPTY, Lend(6, "USDC", 3)).trace(
        "MM-11-900",
        "incident 21, Radiant: tiny lends and redemptions in a small pool earn nothing; "
        "failing drains the pool",
        Borrow(7, "USDC", 2),
        AdvanceTime(1_000_000_000),
        *(step for _ in range(6) for step in (Lend(3, "USDC", 1), Lend(3, "USDC", 2))),
        Repay(7, "USDC", None),
        Redeem(3, "USDC", None),
        Redeem(6, "USDC", None),
    ),
    _attack("bankrupt_pool", Borrow(7, "USDC", 100 * USD), RESOLVE).trace(
        "MM-14-900",
        "incident 22, Abracadabra: repaid to the last atom, shares end with the debt; "
        "failing leaves shares that owe nothing",
        pool_with(),
        AdvanceTime(500),
        Repay(7, "USDC", 1),
        Repay(7, "USDC", 33_333_333),
        Repay(7, "USDC", None),
        Refused(Repay(7, "USDC", 1), R.REPAY_EXCEEDS_DEBT),
    ),
    _attack("bankrupt_pool", Redeem(9, "USDC", 200 * USD), RESOLVE).trace(
        "MM-12-900",
        "incident 23, zkLend: in a pool whose shares are worth next to nothing, atom by atom; "
        "failing drains later lenders",
        Lend(6, "USDC", 3),
        Lend(7, "USDC", 1),
        *(Redeem(6, "USDC", 1) for _ in range(3)),
        Refused(Redeem(6, "USDC", 1), R.INSUFFICIENT_LEND),
        Redeem(7, "USDC", 1),
    ),
    _attack("liquidation").trace(
        "MM-11-901",
        "incident 28, Cetus: amounts at the end of the range are refused, never cut; "
        "failing mints shares for an atom",
        Refused(Lend(6, "USDC", MAX), R.INSUFFICIENT_FUNDS),
        Refused(Lend(6, "USDC", MAX + 1), R.OUT_OF_RANGE),
        Refused(Deposit(6, "USDC", "solana", 13, MAX), R.OUT_OF_RANGE),
        Refused(gift(2**128 + 1), R.OUT_OF_RANGE),
    ),
)

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

CASES: Final[tuple[Case, ...]] = (*_PRICES, *_CHECKS, *_SHARES, *_CAPS)
