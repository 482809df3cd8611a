"""Cases of the frame rule: every action, accepted and refused, where all is set (NT-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    AcceptQuote,
    Action,
    AdvanceTime,
    AmendOrder,
    ApplyFunding,
    Borrow,
    CancelAllOrders,
    CancelOrder,
    CancelRequest,
    CompleteRebalance,
    ConfirmWithdrawal,
    ConvertCollateral,
    ConvertDust,
    CreateAccount,
    Deposit,
    FailWithdrawal,
    FundInsurance,
    Halt,
    Lend,
    Liquidate,
    ListAsset,
    ListMarket,
    ListPerpetual,
    Redeem,
    RefreshRequest,
    RegisterBackstop,
    Repay,
    ResolveBankruptcy,
    Resume,
    RunRisk,
    SetAssetParameters,
    SetMarketParameters,
    SetMarketReference,
    SetPerpetualParameters,
    SetPoolParameters,
    SetPrice,
    SetSystemParameters,
    Settle,
    SettleMarket,
    StartRebalance,
    Transfer,
    UpdateMark,
    WithdrawQuote,
)
from ibperp.numbers import RATIO
from ibperp.orders import Side
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import (
    PERP,
    SPOT,
    Case,
    Group,
    Why,
    ask,
    bid,
    long,
    settings,
    short,
    withdraw,
)
from ibperp_authoring.cases.lived_in import (
    ALL,
    CHEAP,
    CONTRACTS,
    CROSS,
    DOLLAR,
    ETH,
    LENT,
    MAKER,
    RAMPED,
    RAMPING,
    SPOTS,
    asked,
)
from ibperp_authoring.cases.programs.steps import quoted
from ibperp_authoring.cases.settlement.setups import OTHER
from ibperp_authoring.cases.setups import COIN, PERCENT, USD

_WORLD: Final = Group("lived_in", why=Why.RULE)
_HALTED: Final = (Halt(),)
_CLOSED: Final = (
    SetPerpetualParameters(PERP, replace(RAMPED, order_book_state=OrderBookState.CLOSED)),
)
_FALLEN: Final = (SetPrice("SOL", 60 * USD), Liquidate(5), Liquidate(5))

_ROWS: Final[tuple[tuple[tuple[Action, ...], Action, tuple[Action, ...], Action, R], ...]] = (
    ((), CreateAccount(12, 12), (), CreateAccount(13, 12), R.ACCOUNT_UNKNOWN),
    (
        (),
        Deposit(5, "USDC", "ethereum", 11, 3 * USD),
        (),
        Deposit(5, "USDC", "ethereum", 10, 3 * USD),
        R.SEQUENCE_REPLAYED,
    ),
    (
        (),
        withdraw(4, "SOL", "ethereum", 55 * COIN, redeem=True),
        (),
        withdraw(4, "SOL", "ethereum", 55 * COIN),
        R.INSUFFICIENT_FUNDS,
    ),
    ((), ConfirmWithdrawal(2), (), ConfirmWithdrawal(1), R.WITHDRAWAL_NOT_PENDING),
    ((), FailWithdrawal(2), (), FailWithdrawal(0), R.WITHDRAWAL_NOT_PENDING),
    (
        (),
        StartRebalance("SOL", "ethereum", "solana", 7 * COIN),
        (),
        StartRebalance("SOL", "ethereum", "north", 7 * COIN),
        R.CHAIN_UNKNOWN,
    ),
    ((), CompleteRebalance(1, 30 * USD - 2), (), CompleteRebalance(0, 1), R.REBALANCE_NOT_PENDING),
    ((), Transfer(2, 11, "USDC", 5 * USD), (), Transfer(2, 3, "USDC", 5 * USD), R.USER_MISMATCH),
    ((), Lend(8, "USDC", 9 * USD), (), Lend(8, "OLD", COIN), R.BOOK_CLOSED),
    ((), Redeem(4, "SOL", COIN), (), Redeem(2, "SOL", COIN), R.INSUFFICIENT_LEND),
    ((), Borrow(3, "USDC", 6 * USD), (), Borrow(3, "OLD", COIN), R.BOOK_CLOSED),
    ((), Repay(9, "SOL", COIN), (), Repay(3, "SOL", COIN), R.REPAY_EXCEEDS_DEBT),
    (
        (),
        settings(9, auto_repay_borrows=True, leverage_limit=8 * RATIO),
        (),
        settings(9, leverage_limit=0),
        R.LEVERAGE_INVALID,
    ),
    ((), SetPrice("ETH", 140 * USD), (), SetPrice("ETH", 0), R.AMOUNT_NOT_POSITIVE),
    ((), AdvanceTime(10800), (), AdvanceTime(3000), R.TIME_NOT_LATER),
    ((), ListAsset("NEW", LENT), (), ListAsset("ETH", LENT), R.ASSET_EXISTS),
    (
        (),
        SetPoolParameters("SOL", replace(CHEAP.pool, base_rate=3 * PERCENT)),
        (),
        SetPoolParameters("SOL", replace(CHEAP.pool, base_rate=-1)),
        R.PARAMETER_INVALID,
    ),
    (
        (),
        ListMarket("SUN_USDC", replace(SPOTS, base="ETH", quote="SOL")),
        (),
        ListMarket(ETH, SPOTS),
        R.MARKET_EXISTS,
    ),
    (
        (),
        SetMarketParameters(SPOT, replace(SPOTS, order_book_state=OrderBookState.CLOSED)),
        (),
        SetMarketParameters(SPOT, replace(SPOTS, tick=0)),
        R.PARAMETER_INVALID,
    ),
    (
        (),
        SetMarketReference(SPOT, 1_030_000, 970_000, 0),
        (),
        SetMarketReference(SPOT, -1, 970_000, 0),
        R.AMOUNT_NOT_POSITIVE,
    ),
    ((), short(6, 40, 890_000), (), bid(6, 1, 950_000), R.LOTS_BELOW_MINIMUM),
    ((), CancelOrder(2, 17), (), CancelOrder(2, 16), R.ORDER_NOT_OWNED),
    ((), CancelAllOrders(2, PERP), (), CancelAllOrders(2, "NONE"), R.MARKET_UNKNOWN),
    (
        (),
        AmendOrder(4, 16, 20, 1_190_000),
        (),
        AmendOrder(4, 16, 1, 1_190_000),
        R.LOTS_BELOW_MINIMUM,
    ),
    (
        (Deposit(11, "SOL", "ethereum", 11, COIN // 100),),
        ConvertDust(11, SPOT),
        (),
        ConvertDust(8, SPOT),
        R.NOT_DUST,
    ),
    ((), ListPerpetual("NEW_PERP", CONTRACTS), (), ListPerpetual(PERP, CONTRACTS), R.MARKET_EXISTS),
    (
        (),
        SetPerpetualParameters(PERP, replace(RAMPED, maker_fee=0)),
        (),
        SetPerpetualParameters(PERP, replace(RAMPED, tick=0)),
        R.PARAMETER_INVALID,
    ),
    (
        (),
        UpdateMark(PERP, 1_050_000, has_basis=True, basis=500),
        (),
        UpdateMark(SPOT, 1_050_000, has_basis=True, basis=500),
        R.MARKET_KIND,
    ),
    (
        (),
        ApplyFunding(PERP, RATIO // 2000),
        (),
        ApplyFunding(SPOT, RATIO // 2000),
        R.MARKET_KIND,
    ),
    (
        _CLOSED,
        SettleMarket(PERP, 1_060_000),
        (),
        SettleMarket(PERP, 1_060_000),
        R.MARKET_NOT_CLOSED,
    ),
    ((AdvanceTime(7330),), Settle(), (), Settle(), R.TOO_EARLY),
    ((), Liquidate(5), (), Liquidate(6), R.NOT_LIQUIDATABLE),
    (_FALLEN, ResolveBankruptcy(5), (), ResolveBankruptcy(5), R.NOT_BANKRUPT),
    ((), RunRisk(3), (), RunRisk(0), R.AMOUNT_NOT_POSITIVE),
    (
        (),
        FundInsurance(9, "USDC", 8 * USD),
        (),
        FundInsurance(9, "USDC", 8000 * USD),
        R.INSUFFICIENT_FUNDS,
    ),
    ((), RegisterBackstop(4, 4000 * USD), (), RegisterBackstop(4, -1), R.OUT_OF_RANGE),
    ((), asked(8, Side.ASK, 30, expires=9000), (), asked(8, Side.ASK, 0), R.AMOUNT_NOT_POSITIVE),
    ((), quoted(9, 965_000, 1), (), quoted(9, 965_000, 2), R.REQUEST_NOT_OPEN),
    ((), WithdrawQuote(4, 1), (), WithdrawQuote(9, 1), R.QUOTE_UNKNOWN),
    ((), AcceptQuote(2, 1, 4), (), AcceptQuote(2, 1, 9), R.QUOTE_UNKNOWN),
    ((), RefreshRequest(2, 1, 9500), (), RefreshRequest(2, 4, 9500), R.REQUEST_NOT_OWNED),
    ((), CancelRequest(2, 1), (), CancelRequest(2, 0), R.REQUEST_NOT_OWNED),
    (
        (),
        SetSystemParameters(replace(RAMPING, order_limit=13)),
        (),
        SetSystemParameters(replace(RAMPING, order_limit=-1)),
        R.PARAMETER_INVALID,
    ),
    (
        (),
        SetAssetParameters("USDC", replace(DOLLAR, imf_base=11 * PERCENT)),
        (),
        SetAssetParameters("USDC", replace(DOLLAR, imf_base=-1)),
        R.PARAMETER_INVALID,
    ),
    ((), Halt(), _HALTED, Halt(), R.HALTED),
    (_HALTED, Resume(), (), Resume(), R.NOT_HALTED),
    ((), ConvertCollateral(7), (), ConvertCollateral(6), R.NOTHING_TO_CONVERT),
)


def _pair(
    number: int, row: tuple[tuple[Action, ...], Action, tuple[Action, ...], Action, R]
) -> tuple[Case, Case]:
    first, accepted, before, refused, code = row
    name = type(accepted).__name__
    good, bad = f"NT-9-{100 + number}", f"NT-9-{200 + number}"
    return (
        _WORLD.accept(good, f"{name} in a world in which all is set", *first, accepted),
        _WORLD.reject(
            bad, f"{name} is refused there, and all stays", *before, refused, code=code, twin=good
        ),
    )


_SAVED: Final = Deposit(5, "USDC", "ethereum", 11, 400 * USD)
"""Account 5, whose collateral quotes are requested for, is healthy again."""

_OFFERED: Final = (_SAVED, ask(5, 10, 1_100_000, **MAKER), ask(5, 8, 1_110_000))

_POSTED: Final = long(4, 20, 14_000_000, market=OTHER, **MAKER)
"""An order in a market whose mark is limited."""

_MORE: Final[tuple[tuple[Action, ...], ...]] = (
    (_SAVED, Borrow(5, "USDC", USD)),
    (_SAVED, Lend(5, "SOL", COIN)),
    (_SAVED, Lend(5, "SOL", 2 * COIN), Redeem(5, "SOL", COIN)),
    (_SAVED, Repay(5, "USDC", USD)),
    (_SAVED, CreateAccount(12, 5), Transfer(5, 12, "USDC", USD)),
    (_SAVED, settings(5, auto_lend=True, auto_borrow_settlements=True)),
    (_SAVED, FundInsurance(5, "USDC", USD)),
    (*_OFFERED, AmendOrder(5, 21, 9, 1_120_000)),
    (*_OFFERED, CancelOrder(5, 21)),
    (*_OFFERED, CancelAllOrders(5, SPOT)),
    (*_OFFERED, bid(8, 4, 1_110_000, flags=ALL)),
    (
        *_OFFERED,
        SetMarketParameters(SPOT, replace(SPOTS, order_book_state=OrderBookState.CLOSED)),
    ),
    (quoted(4, 1_000_000, 5), AcceptQuote(9, 5, 4)),
    (quoted(4, 1_000_000, 5), WithdrawQuote(4, 5)),
    (RefreshRequest(11, 4, 9500),),
    (quoted(4, 1_000_000, 4),),
    (SetMarketReference(PERP, 1_001_000, 998_000, 0),),
    (SetMarketReference(OTHER, 10_010_000, 9_980_000, 0),),
    (*_HALTED, CancelOrder(2, 17)),
    (*_HALTED, CancelAllOrders(2, PERP)),
    (*_HALTED, CancelRequest(2, 1)),
    (*_HALTED, WithdrawQuote(4, 1)),
    (*_HALTED, ConfirmWithdrawal(2)),
    (*_HALTED, FailWithdrawal(2)),
    (*_HALTED, CompleteRebalance(1, 30 * USD)),
    (_POSTED,),
    (_POSTED, AmendOrder(4, 21, 19, 14_100_000)),
    (_POSTED, CancelOrder(4, 21)),
    (_POSTED, CancelAllOrders(4, OTHER)),
    (CancelRequest(11, 4),),
    (asked(9, Side.ASK, 14, price=900_000), quoted(6, 1_000_000, 6), quoted(8, 1_000_000, 6)),
    (bid(3, 20, 10_000_000, market=CROSS, flags=ALL),),
    (AmendOrder(8, 14, 30, 10_100_000),),
    (CancelOrder(8, 14),),
    (CancelAllOrders(8, CROSS),),
    (SetMarketReference(CROSS, 10_200_000, 9_800_000, 0),),
    (_SAVED, short(5, 4, 1_300_000), *_CLOSED),
    (_SAVED, asked(5, Side.ASK, 4), quoted(9, 1_000_000, 6), AcceptQuote(5, 6, 9)),
    (UpdateMark(PERP, 1_075_000, has_basis=False, basis=0), AdvanceTime(7330), Settle()),
    (ConfirmWithdrawal(3),),
    (FailWithdrawal(3),),
    (CompleteRebalance(3, 2 * COIN - 10),),
    (StartRebalance("ETH", "solana", "ethereum", COIN),),
    (Lend(8, "ETH", COIN),),
    (Redeem(8, "ETH", COIN),),
    (Repay(11, "ETH", COIN // 2),),
    (SetPoolParameters("ETH", replace(LENT.pool, base_rate=3 * PERCENT)),),
    (bid(8, 4, 1_000_000, market=ETH), ask(3, 4, 1_000_000, market=ETH, flags=ALL)),
    (bid(4, 20, 1_030_000, **MAKER), ConvertCollateral(7)),
    (Borrow(7, "USDC", 10 * USD), Repay(7, "USDC", 10 * USD), ConvertCollateral(7)),
    (
        Borrow(9, "USDC", 10 * USD),
        Repay(9, "USDC", 10 * USD),
        asked(9, Side.ASK, 14, immediate=True),
        quoted(4, 1_000_000, 6),
    ),
    (
        Deposit(10, "SOL", "ethereum", 11, COIN // 100),
        Deposit(10, "USDC", "solana", 12, 100 * USD),
        Borrow(10, "SOL", COIN // 2),
        Repay(10, "SOL", COIN // 2),
        ConvertDust(10, SPOT),
    ),
    (asked(2, Side.BID, 14, immediate=True), quoted(4, 1_000_000, 6)),
)


def _further(number: int, steps: tuple[Action, ...]) -> Case:
    name = type(steps[-1]).__name__
    title = f"{name} of what the system has requested, limited or sent elsewhere"
    return _WORLD.accept(f"NT-9-{300 + number}", title, *steps)


CASES: Final[tuple[Case, ...]] = (
    *(case for number, row in enumerate(_ROWS, 1) for case in _pair(number, row)),
    *(_further(number, steps) for number, steps in enumerate(_MORE, 1)),
)
