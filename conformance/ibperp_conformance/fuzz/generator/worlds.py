"""Worlds that runs start from: uneven numbers, equal balances, many accounts, or near the range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CreateAccount,
    Deposit,
    Lend,
    ListAsset,
    ListMarket,
    ListPerpetual,
    SetAccountSettings,
    SetPrice,
    UpdateMark,
)
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.parameters import (
    AssetParameters,
    BookState,
    HaircutKind,
    HaircutParameters,
    MarketParameters,
    OrderBookState,
    PerpetualParameters,
    PoolParameters,
    SystemParameters,
    TokenParameters,
)
from ibperp_invariants.worlds import asset_of, market_of, perpetual_of, pool_of, system_of

if TYPE_CHECKING:
    from random import Random

PERCENT: Final = RATIO // 100
SYMBOLS: Final = ("USD", "ORE", "GEM", "TIN")
CHAINS: Final = ("north", "south")
LONG: Final = 10**8
WIDE: Final = 1000 * RATIO


@dataclass(frozen=True, slots=True)
class World:
    """System parameters and the actions, all accepted, that lead from genesis to a start."""

    name: str
    system: SystemParameters
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """The sizes of a world: prices, deposits, and lots of the perpetual markets."""

    name: str
    prices: tuple[int, int]
    deposits: tuple[int, int]
    accounts: tuple[int, int]


SCALES: Final = (
    Scale("even", (100, 100), (1000, 1000), (4, 5)),
    Scale("uneven", (7, 450), (30, 5000), (4, 7)),
    Scale("uneven", (33, 999), (1000, 90_000), (4, 6)),
    Scale("large", (10**6, 10**9), (10**9, 10**12), (4, 5)),
    Scale("many accounts", (20, 300), (100, 3000), (9, 16)),
    Scale("near the range", (10**3, 10**6), (10**35, 10**37), (4, 5)),
)


def world(random: Random) -> World:
    """Return a world drawn by chance."""
    scale = random.choices(SCALES, (3, 4, 4, 2, 2, 1))[0]
    symbols = SYMBOLS[: random.choice((2, 3, 3, 4))]
    prices = {symbol: random.randint(*scale.prices) for symbol in symbols}
    if random.randrange(3) == 0:
        prices["USD"] = 100
    assets = {symbol: _asset(random, scale, symbol) for symbol in symbols}
    actions: list[Action] = [ListAsset(symbol, assets[symbol]) for symbol in symbols]
    actions += [SetPrice(symbol, prices[symbol]) for symbol in symbols]
    for base in symbols[1 : random.choice((2, 2, 3))]:
        actions.append(ListMarket(f"{base}_USD", _market(random, base, "USD")))
    for symbol in symbols[1 : random.choice((2, 3, 3, 4))]:
        mark = max(prices[symbol] * random.choice((1, 1, 3)), 1)
        actions.append(ListPerpetual(f"{symbol}_PERP", _perpetual(random)))
        actions.append(UpdateMark(f"{symbol}_PERP", mark, has_basis=False, basis=0))
    actions += _funded(random, scale, symbols)
    return World(scale.name, _system(random), tuple(actions))


def _funded(random: Random, scale: Scale, symbols: tuple[str, ...]) -> list[Action]:
    """Return accounts and their deposits: some equal, some of one user, some without an asset."""
    count = random.randint(*scale.accounts)
    actions: list[Action] = []
    sequence = 1
    is_equal = random.randrange(3) == 0
    same = {symbol: random.randint(*scale.deposits) for symbol in symbols}
    for account in range(2, 2 + count):
        actions.append(CreateAccount(account, random.choice((account, account, 2, 3))))
        for symbol in symbols:
            amount = same[symbol] if is_equal else random.randint(*scale.deposits)
            if symbol != "USD" and random.randrange(3) == 0:
                continue
            actions.append(Deposit(account, symbol, CHAINS[0], sequence, amount))
            sequence += 1
        if random.randrange(3) == 0:
            actions.append(_settings(random, account))
    low, most = scale.deposits
    for symbol in symbols:
        for _ in range(random.choice((0, 1, 2))):
            amount = random.choice((low // 2 or 1, random.randint(low, most)))
            actions.append(Lend(random.randint(2, 1 + count), symbol, amount))
    return actions + _indebted(random, count, low, symbols)


def _indebted(random: Random, count: int, low: int, symbols: tuple[str, ...]) -> list[Action]:
    """Return debts, of which those without supply or margin are left out, and time that passes."""
    actions: list[Action] = [
        Borrow(random.randint(2, 1 + count), symbol, random.randint(1, max(low // 2, 1)))
        for symbol in symbols
        for _ in range(random.choice((0, 1, 3)))
    ]
    return [*actions, AdvanceTime(random.choice((1, 59, 60, 3600, 10**5, 10**7)))]


def _settings(random: Random, account: int) -> Action:
    flags = [random.randrange(2) == 0 for _ in range(4)]
    lend, repay, borrow, realize = flags
    return SetAccountSettings(account, lend, repay, borrow, realize, random.choice((2, 10)) * RATIO)


def _system(random: Random) -> SystemParameters:
    pick = random.choice
    ages = (LONG, LONG, LONG, 600, 60)
    return system_of(
        quote_unit=pick((1, 100, 10**6)),
        accrual_interval=pick((1, 60, 3600)),
        throttle_interval=pick((1, 60, 600)),
        entry_fee=pick((True, False)),
        auto_close_divisor=pick((1, 2, 2, 2, 4, 4)) * RATIO,
        auto_close_offset=pick((0, 6, 6)) * PERCENT,
        order_price_age=pick(ages),
        borrow_price_age=pick(ages),
        withdrawal_price_age=pick(ages),
        order_limit=pick((3, 20, 20)),
        settlement_asset="USD",
        settlement_interval=pick((1, 10, 60)),
        unrealized_weight=pick((0, 50, 100, 100)) * PERCENT,
        unrealized_cap=pick((0, 100, INT128_MAX, INT128_MAX)),
        unsettled_weight=pick((0, 50, 100, 100)) * PERCENT,
        unsettled_cap=pick((0, 100, INT128_MAX, INT128_MAX)),
        account_virtual_limit=pick((0, 60, 300, INT128_MAX, INT128_MAX)),
        system_virtual_limit=pick((50, 500, INT128_MAX, INT128_MAX)),
        book_utilization_limit=pick((10, 50, 95, 100)) * PERCENT,
        liquidation_price_age=pick((LONG, LONG, 600)),
        liquidation_fraction=pick((1, 10, 33, 50, 100)) * PERCENT,
        liquidation_fee=pick((0, 1, 5, 10, 50)) * RATIO // 1000,
        liquidation_grace=pick((0, 60)),
        insurance_limit=pick((0, 7, 100, 10**15, INT128_MAX)),
        non_recourse=random.randrange(4) > 0,
        ramp_interval=pick((0, 0, 0, 600)),
        request_lifetime=pick((0, 300, 300, 10**6)),
    )


def _asset(random: Random, scale: Scale, symbol: str) -> AssetParameters:
    pick = random.choice
    is_cash = symbol == "USD"
    kind = HaircutKind.IDENTITY if is_cash else pick(tuple(HaircutKind))
    weight = 100 if is_cash and random.randrange(3) else pick((50, 80, 90, 97, 100))
    base, penalty = (pick((90, 110, 150)) * PERCENT, pick((1, 10, 100)) * RATIO // 10**5)
    imf = pick((2, 5, 10, 20))
    factor = pick((0, 0, 10, 1000, 77_777)) * RATIO // 10**7
    _, most = scale.deposits
    tokens = tuple(_token(random, chain, most) for chain in CHAINS[: pick((1, 1, 2))])
    return asset_of(
        decimals=pick((2, 6, 9)),
        lot_atoms=pick((1, 10, 10, 77, 100, 1000)),
        haircut=HaircutParameters(kind, weight * PERCENT, base, penalty),
        imf_base=imf * PERCENT,
        imf_factor=factor,
        mmf_base=imf * PERCENT // 2,
        mmf_factor=factor // 2,
        price_update_min=pick((0, 50, 80)) * PERCENT,
        price_update_max=pick((125, 200, 10**6)) * PERCENT,
        price_floor=pick((0, 0, 0, 5)),
        tokens=tokens,
        pool=_pool(random, most),
    )


def _token(random: Random, chain: str, most: int) -> TokenParameters:
    unit = random.choice((1, 1, 10)) if chain == CHAINS[1] else 1
    fee = random.choice((0, 1, 3)) * unit
    return TokenParameters(chain, unit, random.choice((1, 2)), fee + 1, most * 10, fee)


def _pool(random: Random, most: int) -> PoolParameters:
    pick = random.choice
    throttle = pick((85, 95, 100))
    return pool_of(
        book_state=BookState.OPEN,
        base_rate=pick((0, 2, 7, 100, 1000, 5000)) * PERCENT,
        slope_low=pick((5, 10, 33)) * PERCENT,
        slope_high=pick((100, 200)) * PERCENT,
        optimal_utilization=pick((50, 80)) * PERCENT,
        throttle_utilization=throttle * PERCENT,
        throttle_fraction=pick((5, 25, 100)) * PERCENT,
        max_utilization=pick((throttle, 100)) * PERCENT,
        reserve_fee=pick((0, 10, 33, 100)) * PERCENT,
        open_borrow_lend_limit=pick((most, most * 10, INT128_MAX)),
    )


def _bands(random: Random) -> dict[str, int]:
    """Return bands that are wide, or now and then narrow."""
    if random.randrange(4):
        return {
            **dict.fromkeys(("limit_min", "impact_min", "mean_mark_min"), 0),
            **dict.fromkeys(("limit_max", "impact_max", "mean_mark_max"), WIDE),
            "premium_tolerance": WIDE,
        }
    low, high = random.choice((50, 90)) * PERCENT, random.choice((110, 200)) * PERCENT
    return {
        **dict.fromkeys(("limit_min", "impact_min", "mean_mark_min"), low),
        **dict.fromkeys(("limit_max", "impact_max", "mean_mark_max"), high),
        "premium_tolerance": random.choice((1, 10)) * PERCENT,
    }


def _fees(random: Random) -> tuple[int, int]:
    taker = random.choice((0, 5, 100, 333))
    maker = random.choice((0, 0, 2, 77, -taker, -(taker // 3)))
    return maker * RATIO // 10**4, taker * RATIO // 10**4


def _market(random: Random, base: str, quote: str) -> MarketParameters:
    maker, taker = _fees(random)
    return market_of(
        base=base,
        quote=quote,
        lot_atoms=random.choice((1, 10, 10, 25, 50)),
        tick=random.choice((1, 1, 1, 3)),
        minimum_lots=random.choice((1, 1, 2)),
        maker_fee=maker,
        taker_fee=taker,
        order_book_state=OrderBookState.OPEN,
        **_bands(random),
    )


def _perpetual(random: Random) -> PerpetualParameters:
    pick = random.choice
    maker, taker = _fees(random)
    imf = pick((2, 5, 10, 20))
    factor = pick((0, 0, 10, 1000, 77_777)) * RATIO // 10**7
    return perpetual_of(
        lots_per_unit=pick((1, 10)),
        tick=pick((1, 1, 1, 2)),
        minimum_lots=pick((1, 1, 2)),
        maker_fee=maker,
        taker_fee=taker,
        order_book_state=OrderBookState.OPEN,
        **_bands(random),
        imf_base=imf * PERCENT,
        imf_factor=factor,
        mmf_base=imf * PERCENT // 2,
        mmf_factor=factor // 2,
        open_interest_limit=pick((INT128_MAX, 10**4, 200)),
        position_limit=pick((INT128_MAX, 10**4, 100)),
        funding_interval=pick((60, 600, 3600)),
        interest_rate=pick((0, 1, -1)) * PERCENT,
        interest_clamp=pick((0, 50)) * RATIO // 10**4,
        funding_floor=-pick((1, 2, 10)) * PERCENT,
        funding_cap=pick((1, 2, 10)) * PERCENT,
        mark_threshold=pick((5, 20, 100)) * PERCENT,
        price_update_min=pick((0, 50, 60)) * PERCENT,
        price_update_max=pick((166, 200, 10**6)) * PERCENT,
    )
