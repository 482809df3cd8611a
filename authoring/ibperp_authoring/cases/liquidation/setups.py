"""The starting points of the liquidation cases, and the steps that nearly all of them take."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    Action,
    Borrow,
    CreateAccount,
    Deposit,
    Lend,
    Liquidate,
    ListAsset,
    ListMarket,
    ListPerpetual,
    RegisterBackstop,
    SetMarketParameters,
    SetPrice,
    SetSystemParameters,
    Transfer,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.parameters import HaircutKind, HaircutParameters
from ibperp_authoring.cases.builder import PERP, SPOT
from ibperp_authoring.cases.settlement.setups import CONTRACT, OTHER, opened
from ibperp_authoring.cases.setups import (
    COIN,
    CONTINUOUS,
    MARKET,
    PERCENT,
    POOL,
    SOL,
    USD,
    USDC,
    SetupSource,
)

FREE_POOL: Final = replace(
    POOL,
    base_rate=0,
    slope_low=0,
    slope_high=0,
    throttle_utilization=RATIO,
    max_utilization=RATIO,
)
"""No interest, and all that is lent may be borrowed."""

DOLLAR: Final = replace(USDC, pool=FREE_POOL)


def coin(weight: int) -> Any:
    """Return a coin of nine decimals that counts for a part of its value; 10 % and 5 % margins."""
    return replace(
        SOL,
        haircut=HaircutParameters(HaircutKind.IDENTITY, weight, RATIO, 0),
        imf_base=10 * PERCENT,
        imf_factor=0,
        mmf_base=5 * PERCENT,
        mmf_factor=0,
        pool=replace(FREE_POOL, open_borrow_lend_limit=1_000_000 * COIN),
    )


FREE_MARKET: Final = replace(
    MARKET,
    tick=1,
    maker_fee=0,
    taker_fee=0,
    limit_min=0,
    limit_max=10 * RATIO,
    impact_min=0,
    impact_max=10 * RATIO,
    mean_mark_min=0,
    mean_mark_max=10 * RATIO,
    premium_tolerance=10 * RATIO,
)
"""A lot is 0.01 SOL, worth one USDC at a price of 100; no fees and no narrow bands."""

ETH: Final = "ETH_USDC"
BTC: Final = "BTC_USDC"
"""Further spot markets of the setup with several collaterals."""

_LISTED: Final[tuple[Action, ...]] = (
    ListAsset("USDC", DOLLAR),
    ListAsset("SOL", coin(90 * PERCENT)),
    SetPrice("USDC", USD),
    SetPrice("SOL", 100 * USD),
    *(CreateAccount(account, account) for account in range(2, 8)),
    CreateAccount(8, 2),
    CreateAccount(9, 9),
    ListMarket(SPOT, FREE_MARKET),
    ListPerpetual(PERP, CONTRACT),
    ListPerpetual(OTHER, CONTRACT),
    UpdateMark(PERP, USD, has_basis=False, basis=0),
    UpdateMark(OTHER, USD, has_basis=False, basis=0),
)

_DOLLARS: Final = {3: 1000, 4: 1000, 5: 1600, 6: 1000, 7: 1000, 8: 1000, 9: 1400}
_COINS: Final = {5: 16, 6: 10, 7: 10, 8: 10, 9: 14}

SEQUENCE: Final = 1 + len(_DOLLARS) + len(_COINS)
"""The sequence of the first deposit after those of all setups' common part."""

_FUNDED: Final[tuple[Action, ...]] = (
    *_LISTED,
    *(
        Deposit(account, "USDC", "solana", number, amount * USD)
        for number, (account, amount) in enumerate(_DOLLARS.items(), 1)
    ),
    *(
        Deposit(account, "SOL", "solana", number, amount * COIN)
        for number, (account, amount) in enumerate(_COINS.items(), 1 + len(_DOLLARS))
    ),
    Lend(5, "USDC", 600 * USD),
    Lend(9, "USDC", 400 * USD),
    Lend(5, "SOL", 6 * COIN),
    Lend(9, "SOL", 4 * COIN),
)


def deposit(account: int, amount: int, asset: str = "USDC", after: int = 1) -> Deposit:
    """Deposit `amount` atoms; it is the deposit number `after` from 0 since the common part.

    In the setups but `liquidation` account 2 made number 0 (`liquidation_pledged`: 0 to 2).
    """
    return Deposit(account, asset, "solana", SEQUENCE + after, amount)


def lent_out(account: int, asset: str, amount: int) -> tuple[Action, ...]:
    """Let an account borrow, and move what it borrowed to account 8 of the same user as 2."""
    return Borrow(account, asset, amount), Transfer(account, 8, asset, amount)


_PLEDGED: Final[tuple[Action, ...]] = (
    *_FUNDED,
    ListAsset("ETH", coin(80 * PERCENT)),
    ListAsset("BTC", coin(90 * PERCENT)),
    SetPrice("ETH", 100 * USD),
    SetPrice("BTC", 100 * USD),
    ListMarket(ETH, replace(FREE_MARKET, base="ETH")),
    ListMarket(BTC, replace(FREE_MARKET, base="BTC")),
    deposit(2, 4 * COIN, "SOL", 0),
    deposit(2, 3 * COIN, "ETH", 1),
    deposit(2, 3 * COIN, "BTC", 2),
    *lent_out(2, "USDC", 780 * USD),
)

SETUPS: Final[tuple[SetupSource, ...]] = (
    SetupSource("liquidation", CONTINUOUS, _FUNDED),
    SetupSource(
        "liquidation_long",
        CONTINUOUS,
        (*_FUNDED, deposit(2, 145 * USD, after=0), *opened(2, 3, 600), *opened(2, 4, 400)),
    ),
    SetupSource(
        "liquidation_short",
        CONTINUOUS,
        (*_FUNDED, deposit(2, 155 * USD, after=0), *opened(3, 2, 600), *opened(4, 2, 400)),
    ),
    SetupSource(
        "liquidation_borrowed",
        CONTINUOUS,
        (*_FUNDED, deposit(2, 10 * COIN, "SOL", 0), *lent_out(2, "USDC", 810 * USD)),
    ),
    SetupSource(
        "liquidation_owed",
        CONTINUOUS,
        (*_FUNDED, deposit(2, 992_250_000, after=0), *lent_out(2, "SOL", 9 * COIN)),
    ),
    SetupSource("liquidation_pledged", CONTINUOUS, _PLEDGED),
)
"""Account 2 is the one that fails; 8 is of the same user, all others are of users of their own.

Accounts 3 and 4 hold 1000 USDC, 5 to 9 hold 1000 USDC and 10 SOL; 5 lends 600 USDC and 6 SOL
besides, 9 lends 400 USDC and 4 SOL. A lot of either perpetual is one USDC, as one of the spot
market. There is no interest and no fee. Account 2

- `liquidation_long`: holds 145 USDC, is long 1000 lots, against 600 of account 3 and 400 of 4:
  due at a mark of 0.9, with 45 of equity;
- `liquidation_short`: holds 155 USDC, is short 1000 lots against the same: due at 1.1, with 55;
- `liquidation_borrowed`: holds 10 SOL, which count for 900, and owes 810 USDC, which account 8 has:
  due at a price of 94.5, with 40.5;
- `liquidation_owed`: holds 992.25 USDC and owes 9 SOL, which account 8 has: due at 105, with 47.25;
- `liquidation_pledged`: holds 4 SOL and 3 BTC, which count for 90 %, and 3 ETH, which count for
  80 %, and owes 780 USDC: 90 of equity.
"""

STEP: Final = Liquidate(2)
"""One step for account 2."""


def steps(number: int) -> tuple[Action, ...]:
    """Return so many steps for account 2."""
    return (STEP,) * number


def price(dollars: int, asset: str = "SOL") -> SetPrice:
    """Bring a price of whole dollars a coin."""
    return SetPrice(asset, dollars * USD)


def provider(account: int, capacity: int) -> RegisterBackstop:
    """Let an account offer a capacity of whole dollars."""
    return RegisterBackstop(account, capacity * USD)


def system_with(**changes: Any) -> SetSystemParameters:
    """Change some parameters of the system."""
    return SetSystemParameters(replace(CONTINUOUS, **changes))


def book_with(**changes: Any) -> SetMarketParameters:
    """Change some parameters of the spot market, from those of these setups."""
    return SetMarketParameters(SPOT, replace(FREE_MARKET, **changes))
