"""Incidents 20 to 29 of docs/incidents.md, replayed."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    Deposit,
    FailWithdrawal,
    Lend,
    Redeem,
    Repay,
    SetPrice,
    Transfer,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, ask, bid, flags, withdraw
from ibperp_authoring.cases.liquidation.bankruptcy_setups import ALL_STEPS, RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import STEP, deposit, price, provider, steps
from ibperp_authoring.cases.settlement.setups import mark, settled
from ibperp_authoring.cases.setups import COIN, MAX, USD, pool_with

_LONG: Final = Group("liquidation_long", why=Why.ATTACK)
_SHORT: Final = Group("liquidation_short", why=Why.ATTACK)

_VAULTS: Final[tuple[Case, ...]] = (
    _LONG.trace(
        "LQ-6-201",
        "incident 24, Hyperliquid: a gain goes out to the initial margin, and the vault is paid 50",
        mark(1_100_000),
        Refused(Transfer(2, 8, "USDC", 135 * USD + 1), R.INSUFFICIENT_MARGIN),
        Transfer(2, 8, "USDC", 135 * USD),
        mark(1_040_000),
        provider(6, 1100),
        STEP,
    ),
    _SHORT.trace(
        "LQ-6-202",
        "incident 26, Jelly: a vault takes what it offered; the rest is deleveraged meanwhile",
        provider(6, 100),
        mark(1_120_000),
        *steps(3),
    ),
)


def _attack(setup: str, *before: Action) -> Group:
    return Group(setup, before, Why.ATTACK)


_TRADES: Final[tuple[Case, ...]] = (
    _attack("spot", ask(4, 100, 1_000_000), ask(5, 50, 1_010_000)).trace(
        "SM-7-900",
        "incident 20, KyberSwap: an order that ends with the last lot of a price leaves nothing at "
        "it, and the next one begins behind it; failing trades 100 lots twice",
        bid(3, 100, 1_010_000),
        bid(3, 1, 1_000_000),
        ask(4, 1, 1_000_000),
        bid(2, 50, 1_010_000),
        bid(2, 1, 1_010_000),
    ),
    _attack(
        "liquidation_borrowed", deposit(2, 50 * USD), withdraw(2, "USDC", "solana", 50 * USD)
    ).trace(
        "LQ-2-900",
        "incident 25, Abracadabra: what is on its way out backs nothing, and comes back to its "
        "owner once; failing lets 50 stand for two debts",
        price(95),
        Refused(withdraw(2, "SOL", "solana", COIN // 100), R.INSUFFICIENT_MARGIN),
        price(94),
        *(ALL_STEPS,) * 2,
        FailWithdrawal(0),
        withdraw(2, "USDC", "solana", 50 * USD),
    ),
)

_PRICES: Final[tuple[Case, ...]] = (
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

_EMPTY: Final = (
    Redeem(5, "USDC", None),
    Redeem(9, "USDC", None),
)
"""Nothing is lent of USDC any more."""

_SHARES: Final[tuple[Case, ...]] = (
    _attack("liquidation", pool_with(), *_EMPTY, Lend(6, "USDC", 3)).trace(
        "MM-11-900",
        "incident 21, Radiant: tiny lends and redemptions in a small pool earn nothing; "
        "failing drains the pool",
        Borrow(7, "USDC", 2),
        AdvanceTime(1_100_000_000),
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

_OTHERS: Final[tuple[Case, ...]] = (
    _attack("bankrupt_fund", gift(30 * USD - 1)).trace(
        "LQ-9-940",
        "incident 20, KyberSwap: an atom short is borne once; failing counts it twice",
        RESOLVE,
        *settled(20),
    ),
)

_REDEEM: Final[dict[str, Any]] = {"flags": flags(redeem=True)}

_SPOT: Final = Group("spot", why=Why.ATTACK)

_UNDER: Final[tuple[Case, ...]] = (
    Group("spot_lent", why=Why.ATTACK).trace(
        "SM-9-203",
        "incident 25: what backs an order is withdrawn from under it; the order expires",
        bid(2, 1000, USD, **_REDEEM),
        withdraw(2, "USDC", "solana", 500 * USD, redeem=True),
        bid(5, 10, USD),
        ask(3, 10, 990_000),
        ask(4, 1000, USD, **_REDEEM),
    ),
    _SPOT.trace(
        "SM-9-204",
        "incident 24: an order's proceeds cannot be withdrawn before it fills",
        ask(3, 1000, 1_500_000),
        Refused(withdraw(3, "USDC", "solana", 1001 * USD), R.INSUFFICIENT_FUNDS),
        Refused(Transfer(3, 2, "SOL", 1), R.INSUFFICIENT_FUNDS),
        bid(4, 600, 1_500_000),
        withdraw(3, "USDC", "solana", 1001 * USD),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_VAULTS,
    *_TRADES,
    *_PRICES,
    *_SHARES,
    *_OTHERS,
    *_UNDER,
)
