"""A world in which no two quantities that a rule could confuse are equal.

The settlement asset is worth 1.07 dollars, and counts in full, so that what is paid with it never
lowers the equity by a haircut. Nothing else is one to one: three assets of other decimals, lots and
haircuts, of which it is the second, pools with interest, a cross market, two perpetuals of one
underlying with their mark beside the index, fees that do not divide.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    ApplyFunding,
    Borrow,
    CreateAccount,
    Deposit,
    FundInsurance,
    Lend,
    Liquidate,
    ListAsset,
    ListMarket,
    ListPerpetual,
    RegisterBackstop,
    RequestQuote,
    SetAssetParameters,
    SetMarketParameters,
    SetPoolParameters,
    SetPrice,
    SetSystemParameters,
    Settle,
    Transfer,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.orders import Side
from ibperp.parameters import HaircutKind, HaircutParameters, TokenParameters
from ibperp_authoring.cases.builder import PERP, SPOT, flags, long, settings, short, withdraw
from ibperp_authoring.cases.setups import COIN, PERCENT, USD, SetupSource
from ibperp_invariants.worlds import asset_of, market_of, perpetual_of, pool_of, system_of

OTHER: Final = "SOL_PERP_B"
"""A second perpetual of SOL, in lots of a tenth of it."""

CROSS: Final = "ETH_SOL"
ETH: Final = "ETH_USDC"
LATER: Final = "SOL_USDC_B"
"""Spot markets besides the first of SOL: of another quote, of ETH, and a second one of SOL."""

ETHER: Final = 10**8
"""Ledger atoms of one ETH."""

SYSTEM: Final = system_of(
    accrual_interval=3600,
    throttle_interval=3600,
    entry_fee=True,
    auto_close_divisor=17 * RATIO // 10,
    auto_close_offset=3 * PERCENT,
    order_limit=40,
    unrealized_weight=83 * PERCENT,
    unrealized_cap=900 * USD,
    unsettled_weight=91 * PERCENT,
    unsettled_cap=700 * USD,
    liquidation_price_age=2**100,
    liquidation_fraction=13 * PERCENT,
    liquidation_fee=9 * RATIO // 1000,
    insurance_limit=29 * USD,
    conversion_distance=23 * RATIO // 1000,
)

_POOL: Final = pool_of(
    base_rate=3 * PERCENT,
    slope_low=11 * PERCENT,
    reserve_fee=7 * PERCENT,
    throttle_utilization=97 * PERCENT,
    max_utilization=99 * PERCENT,
)
_DOLLAR: Final = asset_of(imf_base=10 * PERCENT, mmf_base=43 * RATIO // 1000, pool=_POOL)
_SUN: Final = asset_of(
    decimals=9,
    lot_atoms=COIN,
    haircut=HaircutParameters(HaircutKind.INVERSE_SQRT, 92 * PERCENT, RATIO, RATIO // 200),
    imf_base=15 * PERCENT,
    mmf_base=7 * PERCENT,
    tokens=(TokenParameters("north", 1, 1, 2, 10**30, 1),),
    pool=replace(_POOL, base_rate=2 * PERCENT),
)
_ETHER: Final = asset_of(
    decimals=8,
    lot_atoms=ETHER,
    haircut=HaircutParameters(HaircutKind.IDENTITY, 83 * PERCENT, RATIO, 0),
    imf_base=13 * PERCENT,
    mmf_base=6 * PERCENT,
    pool=replace(_POOL, base_rate=PERCENT),
)
SPOTS: Final = market_of(
    lot_atoms=COIN // 100,
    minimum_lots=7,
    maker_fee=RATIO // 5000,
    taker_fee=13 * RATIO // 10_000,
)
ETHS: Final = replace(SPOTS, base="ETH", lot_atoms=ETHER // 10, minimum_lots=2)
CONTRACT: Final = perpetual_of(
    minimum_lots=5,
    maker_fee=3 * RATIO // 10_000,
    taker_fee=11 * RATIO // 10_000,
    imf_base=11 * PERCENT,
    mmf_base=53 * RATIO // 1000,
    mark_threshold=RATIO,
)
TENTHS: Final = replace(
    CONTRACT, lots_per_unit=10, taker_fee=7 * RATIO // 10_000, mmf_base=9 * PERCENT
)


def sun_with(**changes: Any) -> SetAssetParameters:
    """Change some parameters of SOL."""
    return SetAssetParameters("SOL", replace(_SUN, **changes))


def ether_with(**changes: Any) -> SetAssetParameters:
    """Change some parameters of ETH."""
    return SetAssetParameters("ETH", replace(_ETHER, **changes))


def deposit(account: int, asset: str, amount: int, after: int = 0) -> Deposit:
    """Deposit `amount` atoms; it is the deposit number `after` from 0 since the setup."""
    return Deposit(account, asset, "north", SEQUENCE + after, amount)


def dollars(price: int) -> SetPrice:
    """Bring a price of the settlement asset, in quote atoms a whole one."""
    return SetPrice("USDC", price)


def suns(price: int) -> SetPrice:
    """Bring a price of SOL, in quote atoms a whole one."""
    return SetPrice("SOL", price)


def ethers(price: int) -> SetPrice:
    """Bring a price of ETH, in quote atoms a whole one."""
    return SetPrice("ETH", price)


def mark(index: int, basis: int = 2003, market: str = PERP) -> UpdateMark:
    """Bring an index and, beside it, a mark."""
    return UpdateMark(market, index, has_basis=True, basis=basis)


def system_with(**changes: Any) -> SetSystemParameters:
    """Change some parameters of the system."""
    return SetSystemParameters(replace(SYSTEM, **changes))


def book_with(market: str = SPOT, **changes: Any) -> SetMarketParameters:
    """Change some parameters of a spot market."""
    return SetMarketParameters(market, replace(ETHS if market == ETH else SPOTS, **changes))


def pool_with(asset: str, **changes: Any) -> SetPoolParameters:
    """Change some parameters of a pool, from those that all three are listed with."""
    return SetPoolParameters(asset, replace(_POOL, **changes))


def provider(account: int, capacity: int) -> RegisterBackstop:
    """Let an account offer a capacity of whole dollars."""
    return RegisterBackstop(account, capacity * USD)


def lent_out(account: int, asset: str, amount: int) -> tuple[Action, ...]:
    """Let an account borrow, and give what it borrowed to account 8 of the same user."""
    return Borrow(account, asset, amount), Transfer(account, 8, asset, amount)


def asked(account: int, lots: int) -> RequestQuote:
    """Let an account ask for quotes itself: to sell SOL, until the time 12,600."""
    return RequestQuote(account, SPOT, Side.ASK, lots, 0, 0, False, 12_600, flags())  # noqa: FBT003


_USERS: Final = {3: 2, 8: 2, 16: 15}
_LISTED: Final[tuple[Action, ...]] = (
    ListAsset("ETH", _ETHER),
    ListAsset("USDC", _DOLLAR),
    ListAsset("SOL", _SUN),
    dollars(1_070_000),
    suns(97_300_000),
    ethers(311_700_000),
    *(CreateAccount(account, _USERS.get(account, account)) for account in range(2, 17)),
    ListMarket(CROSS, replace(SPOTS, base="ETH", quote="SOL", lot_atoms=ETHER // 100)),
    ListMarket(SPOT, SPOTS),
    ListMarket(LATER, SPOTS),
    ListMarket(ETH, ETHS),
    ListPerpetual(PERP, CONTRACT),
    ListPerpetual(OTHER, TENTHS),
    mark(909_000),
    mark(9_090_000, 31_007, OTHER),
)
_DOLLARS: Final = {
    3: 803, 4: 611, 5: 41, 6: 5003, 7: 2011, 8: 59, 9: 211, 10: 1213, 11: 4001, 12: 613, 13: 719,
    15: 13, 16: 61,
}  # fmt: skip
_SUNS: Final = {2: 907, 4: 103, 6: 1009, 7: 401, 10: 211, 11: 2003, 14: 109}
_ETHERS: Final = {2: 173, 5: 17, 6: 503, 7: 307, 9: 89, 11: 701, 14: 31, 15: 3}
"""Whole dollars; hundredths of SOL; hundredths of ETH."""

_DEPOSITS: Final = (
    *((account, "USDC", amount * USD) for account, amount in _DOLLARS.items()),
    *((account, "SOL", amount * COIN // 100) for account, amount in _SUNS.items()),
    *((account, "ETH", amount * ETHER // 100) for account, amount in _ETHERS.items()),
)
SEQUENCE: Final = 1 + len(_DEPOSITS)
"""The sequence of the first deposit after those of the setup."""

_FUNDED: Final[tuple[Action, ...]] = (
    *(
        Deposit(account, asset, "north", number, amount)
        for number, (account, asset, amount) in enumerate(_DEPOSITS, 1)
    ),
    Lend(6, "USDC", 4507 * USD),
    Lend(7, "USDC", 1709 * USD),
    Lend(6, "SOL", 907 * COIN // 100),
    Lend(6, "ETH", 409 * ETHER // 100),
    Lend(7, "ETH", 283 * ETHER // 100),
    Lend(2, "SOL", 313 * COIN // 100),
    Lend(2, "ETH", 71 * ETHER // 100),
    Lend(3, "USDC", 311 * USD),
    Lend(14, "SOL", 61 * COIN // 100),
    Lend(15, "ETH", ETHER // 100),
    *lent_out(2, "USDC", 1009 * USD),
    *lent_out(3, "ETH", 237 * ETHER // 100),
    Borrow(9, "SOL", 403 * COIN // 100),
    withdraw(9, "SOL", "north", 403 * COIN // 100),
)
_TRADED: Final[tuple[Action, ...]] = (
    *(settings(account, auto_realize=False) for account in (12, 13)),
    settings(14, auto_borrow_settlements=True),
    short(4, 131, 913_000),
    long(2, 71, 913_000),
    long(15, 60, 913_000),
    short(5, 37, 9_131_000, market=OTHER),
    long(13, 37, 9_131_000, market=OTHER),
    short(14, 47, 915_000),
    long(15, 47, 915_000),
    short(5, 61, 907_000),
    long(15, 50, 907_000),
    long(12, 11, 907_000),
)
_LIVED: Final[tuple[Action, ...]] = (
    AdvanceTime(3600),
    ApplyFunding(PERP, RATIO // 900),
    ApplyFunding(OTHER, -RATIO // 1700),
    mark(921_000),
    mark(9_207_000, 41_011, OTHER),
    Settle(),
    AdvanceTime(3611),
    mark(917_000, 1511),
    Settle(),
    FundInsurance(11, "USDC", 17 * USD),
    FundInsurance(11, "ETH", ETHER // 50),
    AdvanceTime(12_345),
    asked(2, 23),
)

SETUPS: Final = (SetupSource("uneven", SYSTEM, (*_LISTED, *_FUNDED, *_TRADED, *_LIVED)),)
"""Accounts 3 and 8 are of the user of 2, 16 is of the user of 15, all others of users of their own.

- 2 owes 1009 USDC and interest, pledges 9.07 SOL and 1.73 ETH, a third of either lent, is long 71
  lots, and has a request for quotes of its own open until 12,600;
- 3 owes 2.37 ETH, and holds 803 USDC, 311 of them lent;
- 9 owes 4.03 SOL, and holds 211 USDC and 0.89 ETH;
- 15 is long 157 lots with little of its own, 12 a few; 4, 5 and 14 are short;
- 5 is short the other perpetual too, against 13;
- 12 and 13 are settled virtually; 14 has no dollars, and settlements borrow for it;
- 6 and 7 lend USDC and ETH, 6 and 14 SOL, 2 some of both; 8 has what 2 and 3 borrowed;
- 10 and 11 stand by.
"""

STEP: Final = Liquidate(2)
