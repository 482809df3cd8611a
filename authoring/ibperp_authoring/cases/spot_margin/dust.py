"""Cases of dust: a balance too small to trade is sold to the fees account (SM-12)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    AdvanceTime,
    Borrow,
    CancelAllOrders,
    ConvertDust,
    Deposit,
    Lend,
    ListAsset,
    ListMarket,
    Redeem,
    SetPoolParameters,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import SPOT, Case, Group, Refused, Why, ask, bid, settings
from ibperp_authoring.cases.setups import COIN, LOT, MARKET, PERCENT, SOL, USD, market_with

_SPOT: Final = Group("spot", why=Why.ATTACK)

_DUST: Final[tuple[Case, ...]] = (
    _SPOT.trace(
        "SM-12-250",
        "SC-24: one atom of each asset is no dust that is worth an atom",
        Deposit(0, "USDC", "solana", 9, USD),
        Transfer(3, 2, "SOL", 10 * COIN - 1),
        Transfer(3, 2, "USDC", 1000 * USD - 1),
        Refused(ConvertDust(3, SPOT), R.AMOUNT_TOO_SMALL),
        Refused(bid(3, 1, USD), R.INSUFFICIENT_FUNDS),
        Refused(ask(3, 1, USD), R.INSUFFICIENT_FUNDS),
        Refused(ask(3, 1, USD, reduce_only=True), R.REDUCE_ONLY_NOT_REDUCED),
        CancelAllOrders(3, SPOT),
    ),
)

_CONVERT: Final = ConvertDust(3, SPOT)


def _kept(amount: int) -> Transfer:
    """Leave account 3 with `amount` atoms of SOL."""
    return Transfer(3, 2, "SOL", 10 * COIN - amount)


_PAYER: Final = Deposit(0, "USDC", "solana", 9, USD)
"""The fees account has one USDC to buy dust with."""

_PAID: Final = Group("spot", (_PAYER,), Why.BOUNDARY)
_HALF: Final = Group("spot", (_PAYER, _kept(LOT // 2)))

_AMOUNTS: Final[tuple[Case, ...]] = (
    _HALF.accept("SM-12-001", "half a lot is sold for half a USDC", _CONVERT),
    _PAID.accept("SM-12-002", "an atom less than the least lots", _kept(LOT - 1), _CONVERT),
    _PAID.reject(
        "SM-12-003",
        "the least lots can be traded",
        _kept(LOT),
        _CONVERT,
        code=R.NOT_DUST,
        twin="SM-12-002",
    ),
    _PAID.reject(
        "SM-12-004", "nothing is no dust", _kept(0), _CONVERT, code=R.NOT_DUST, twin="SM-12-005"
    ),
    _PAID.accept("SM-12-005", "ten atoms are worth one atom of quote", _kept(10), _CONVERT),
    _PAID.reject(
        "SM-12-006",
        "nine atoms are worth none",
        _kept(9),
        _CONVERT,
        code=R.AMOUNT_TOO_SMALL,
        twin="SM-12-005",
    ),
    _PAID.accept(
        "SM-12-007",
        "nineteen atoms are worth one, rounded down",
        _kept(19),
        _CONVERT,
        why=Why.ROUNDING,
    ),
    _PAID.accept(
        "SM-12-008",
        "with least lots of a hundred, half a SOL is dust",
        Deposit(0, "USDC", "solana", 10, 50 * USD),
        market_with(minimum_lots=100),
        _kept(COIN // 2),
        _CONVERT,
    ),
    Group(
        "spot", (Deposit(0, "USDC", "solana", 9, USD // 2), _kept(LOT // 2)), Why.BOUNDARY
    ).accept("SM-12-009", "the fees account has just what it pays", _CONVERT),
    Group(
        "spot", (Deposit(0, "USDC", "solana", 9, USD // 2 - 1), _kept(LOT // 2)), Why.BOUNDARY
    ).reject(
        "SM-12-010",
        "the fees account lacks an atom",
        _CONVERT,
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-12-009",
    ),
    Group("spot", (_kept(LOT // 2),)).reject(
        "SM-12-011",
        "the fees account has nothing",
        _CONVERT,
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-12-009",
    ),
    Group("spot", (_kept(LOT // 2), ask(4, 100, USD), bid(5, 100, USD))).reject(
        "SM-12-012",
        "90,000 atoms of fees do not pay half a USDC",
        _CONVERT,
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-12-013",
    ),
    Group("spot", (_kept(LOT // 20), ask(4, 100, USD), bid(5, 100, USD))).accept(
        "SM-12-013", "the fees of trades buy dust", _CONVERT
    ),
)

_FOUND: Final = Group("spot", (_PAYER, _kept(LOT // 2)), Why.PRECEDENCE)

_BTC: Final = (ListAsset("BTC", SOL), ListMarket("BTC_USDC", replace(MARKET, base="BTC")))
_SOL_BTC: Final = (ListAsset("BTC", SOL), ListMarket("SOL_BTC", replace(MARKET, quote="BTC")))

_CODES: Final[tuple[Case, ...]] = (
    *_HALF.refusals(
        "SM-12-001",
        ("SM-12-020", "an unknown account", ConvertDust(6, SPOT), R.ACCOUNT_UNKNOWN),
        ("SM-12-021", "an account below zero", ConvertDust(-1, SPOT), R.ACCOUNT_UNKNOWN),
        ("SM-12-022", "the fees account itself", ConvertDust(0, SPOT), R.ACCOUNT_RESERVED),
        ("SM-12-023", "an unknown market", ConvertDust(3, "X"), R.MARKET_UNKNOWN),
    ),
    Group("spot", (_PAYER, *_BTC)).reject(
        "SM-12-024",
        "a base without a price",
        ConvertDust(3, "BTC_USDC"),
        code=R.PRICE_UNKNOWN,
        twin="SM-12-001",
    ),
    Group("spot", (_PAYER, *_SOL_BTC, _kept(LOT // 2))).reject(
        "SM-12-025",
        "a quote without a price",
        ConvertDust(3, "SOL_BTC"),
        code=R.PRICE_UNKNOWN,
        twin="SM-12-001",
    ),
    *(
        Group("dated", (_PAYER, _kept(LOT // 2)), Why.BOUNDARY, ("PF-9",)).accept(
            "SM-12-026", "prices as old as they may be", AdvanceTime(10), _CONVERT
        ),
        Group("dated", (_PAYER, _kept(LOT // 2)), Why.BOUNDARY, ("PF-9",)).reject(
            "SM-12-027",
            "prices a second older",
            AdvanceTime(11),
            _CONVERT,
            code=R.PRICE_STALE,
            twin="SM-12-026",
        ),
    ),
    _FOUND.reject(
        "SM-12-028",
        "an unknown account goes before an unknown market",
        ConvertDust(6, "X"),
        code=R.ACCOUNT_UNKNOWN,
        twin="SM-12-001",
    ),
    _FOUND.reject(
        "SM-12-029",
        "a system account goes before an unknown market",
        ConvertDust(1, "X"),
        code=R.ACCOUNT_RESERVED,
        twin="SM-12-001",
    ),
    Group("dated", (_PAYER,), Why.PRECEDENCE).reject(
        "SM-12-030",
        "an old price goes before what is no dust",
        AdvanceTime(11),
        _CONVERT,
        code=R.PRICE_STALE,
        twin="SM-12-026",
    ),
    Group("spot", why=Why.PRECEDENCE).reject(
        "SM-12-031",
        "what is no dust goes before the funds",
        _CONVERT,
        code=R.NOT_DUST,
        twin="SM-12-009",
    ),
    Group("spot", (_PAYER, *_BTC), Why.PRECEDENCE).reject(
        "SM-12-032",
        "a missing price goes before what is no dust",
        ConvertDust(4, "BTC_USDC"),
        code=R.PRICE_UNKNOWN,
        twin="SM-12-001",
    ),
)

_POOL: Final = (
    _PAYER,
    Lend(4, "SOL", 2 * COIN),
    Redeem(5, "SOL", None),
    _kept(LOT // 2),
    Lend(3, "SOL", LOT // 2),
)
"""Account 3 has lent its half lot; the pool lends two SOL beside it."""

_LENT: Final = Group("spot", _POOL)
_FULL: Final = SetPoolParameters(
    "SOL", replace(SOL.pool, throttle_utilization=RATIO, max_utilization=RATIO)
)

_CLAIMS: Final[tuple[Case, ...]] = (
    _LENT.accept("SM-12-040", "lent dust is redeemed and sold", _CONVERT),
    Group("spot", (_PAYER, _kept(LOT // 2), Lend(3, "SOL", LOT // 4))).accept(
        "SM-12-041", "lent and free dust are sold together", _CONVERT
    ),
    Group("spot", (_PAYER, _kept(LOT), Lend(3, "SOL", LOT // 4))).reject(
        "SM-12-042",
        "lent and free together are no dust",
        _CONVERT,
        code=R.NOT_DUST,
        twin="SM-12-041",
    ),
    _LENT.reject(
        "SM-12-043",
        "a closed pool keeps its dust",
        SetPoolParameters("SOL", replace(SOL.pool, book_state=BookState.CLOSED)),
        _CONVERT,
        code=R.BOOK_CLOSED,
        twin="SM-12-040",
    ),
    _LENT.accept(
        "SM-12-044",
        "a pool in repayment gives it back",
        SetPoolParameters("SOL", replace(SOL.pool, book_state=BookState.REPAY_ONLY)),
        _CONVERT,
    ),
    _LENT.reject(
        "SM-12-045",
        "a pool without cash keeps its dust",
        _FULL,
        Borrow(2, "SOL", 2 * COIN + LOT // 2),
        _CONVERT,
        code=R.INSUFFICIENT_SUPPLY,
        twin="SM-12-040",
    ),
    _LENT.reject(
        "SM-12-046",
        "at the throttle dust stays",
        Borrow(2, "SOL", (2 * COIN + LOT // 2) * 85 // 100),
        _CONVERT,
        code=R.UTILIZATION_THROTTLED,
        twin="SM-12-040",
    ),
    _LENT.reject(
        "SM-12-047",
        "at the maximum dust stays",
        SetPoolParameters("SOL", replace(SOL.pool, max_utilization=85 * PERCENT)),
        Borrow(2, "SOL", (2 * COIN + LOT // 2) * 85 // 100),
        _CONVERT,
        code=R.MAX_UTILIZATION,
        twin="SM-12-040",
    ),
)

_SWAP: Final = ConvertDust(3, "USDC_SOL")

_REVERSED: Final = ListMarket("USDC_SOL", replace(MARKET, base="USDC", quote="SOL", lot_atoms=USD))


def _indebted(kept: int) -> Group:
    """Let account 3 owe 4 SOL, which require 80, beside 5.33 SOL that count for 479.7."""
    before = (
        Deposit(0, "SOL", "solana", 9, LOT),
        _REVERSED,
        Borrow(3, "SOL", 4 * COIN),
        Transfer(3, 2, "SOL", 14 * COIN - 533 * LOT),
        Transfer(3, 2, "USDC", 1000 * USD - kept),
    )
    return Group("spot", before, Why.BOUNDARY)


_MORE: Final[tuple[Case, ...]] = (
    Group("spot", (_PAYER, ask(3, 999, USD), market_with(minimum_lots=2))).accept(
        "SM-12-050", "beside a firm order, what it does not reserve is dust", _CONVERT
    ),
    Group("spot", (_PAYER, ask(3, 1000, USD))).reject(
        "SM-12-051",
        "what a firm order reserves is not",
        _CONVERT,
        code=R.NOT_DUST,
        twin="SM-12-050",
    ),
    Group("spot", (_PAYER, _kept(LOT // 2))).accept(
        "SM-12-052",
        "what is paid is swept: it is lent by the account's setting",
        settings(3, auto_lend=True),
        _CONVERT,
    ),
    _HALF.accept(
        "SM-12-053",
        "what is paid is swept: it repays",
        settings(3, auto_repay_borrows=True),
        Borrow(3, "USDC", 2 * USD),
        _CONVERT,
    ),
    _HALF.accept(
        "SM-12-054",
        "at the price of the assets, not of the book",
        bid(4, 1, 1_400_000),
        SetPrice("SOL", 50 * USD),
        _CONVERT,
    ),
    _HALF.trace(
        "SM-12-055",
        "there is no second time before there is new dust",
        _CONVERT,
        Refused(_CONVERT, R.NOT_DUST),
        Deposit(3, "SOL", "solana", 10, 1000),
        _CONVERT,
        why=Why.CONSERVATION,
    ),
    _HALF.accept(
        "SM-12-058",
        "a price of one is a price, for both assets",
        SetPrice("SOL", 1),
        SetPrice("USDC", 1),
        _CONVERT,
        why=Why.BOUNDARY,
    ),
    _indebted(400_000).accept("SM-12-056", "0.4 USDC become SOL, which counts for less", _SWAP),
    _indebted(300_000).reject(
        "SM-12-057",
        "0.3 USDC are all that is left to the margin: 0.3 + 479.7 - 400 = 80",
        _SWAP,
        code=R.INSUFFICIENT_MARGIN,
        twin="SM-12-056",
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_DUST,
    *_AMOUNTS,
    *_CODES,
    *_CLAIMS,
    *_MORE,
)
