"""What the search does with failing accounts, the programs around them, and governance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    AcceptQuote,
    Action,
    CancelRequest,
    ConvertCollateral,
    FundInsurance,
    Halt,
    Liquidate,
    ListAsset,
    RefreshRequest,
    RegisterBackstop,
    RequestQuote,
    ResolveBankruptcy,
    Resume,
    RunRisk,
    SetAssetParameters,
    SetPerpetualParameters,
    SetPrice,
    SetSystemParameters,
    SubmitQuote,
    UpdateMark,
    WithdrawQuote,
)
from ibperp.numbers import mul_div_down
from ibperp.orders import OrderFlags, Side
from ibperp.programs import QuoteStatus
from ibperp.risk import due_accounts
from ibperp.state import Perpetual

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from ibperp.state import State

OWNERS: Final = (2, 3, 4, 5, 6)
PERCENT: Final = 10**16
ASSETS_MAX: Final = 4

TERMS_CHANGE: Final = 0.4
"""How often a change of a perpetual's margins changes the terms of its funding too."""


def priced(random: Random, state: State) -> Action:
    """Move a price or a mark, mostly down; now and then all at once with a deviation."""
    percent = random.choice((40, 60, 80, 90, 97, 100, 103, 110, 125, 166))
    if random.randrange(2):
        found = [item for item in state.markets if isinstance(item, Perpetual)]
        market = random.choice(found)
        index = max(mul_div_down(market.mark_price, percent, 100), 1)
        return UpdateMark(market.symbol, index, has_basis=False, basis=0)
    asset = random.choice(state.assets)
    is_settled = asset.symbol == state.system.settlement_asset
    percent = random.choice((95, 100, 105)) if is_settled else percent
    return SetPrice(asset.symbol, max(mul_div_down(asset.price or 100, percent, 100), 1))


def refreshed(random: Random, state: State) -> Action:
    """Bring the oldest price or mark again, so that it counts."""
    del random
    marks = [
        (item.mark_time, not item.is_limited, item.symbol, item.mark_price)
        for item in state.markets
        if isinstance(item, Perpetual)
    ]
    prices = [
        (item.price_time, not item.is_limited, item.symbol, item.price) for item in state.assets
    ]
    oldest = min(marks + prices, key=lambda item: (item[1], item[0]))
    if oldest in prices:
        return SetPrice(oldest[2], max(oldest[3], 1))
    return UpdateMark(oldest[2], max(oldest[3], 1), has_basis=False, basis=0)


def owing(state: State) -> list[int]:
    """Return the accounts that owe the fund."""
    return [own for (own,) in state.active if state.accounts[own].unsettled < 0 and own in OWNERS]


def worked(random: Random, state: State) -> Action:
    """Work on a due account, on any account, or on all."""
    account = random.choice(due_accounts(state) or OWNERS)
    makers: tuple[Action, ...] = (
        RunRisk(random.choice((1, 1, 2, 5, 10_000))),
        *[ResolveBankruptcy(account)] * 4,
        *[Liquidate(account)] * 10,
        *[ConvertCollateral(random.choice(owing(state) or OWNERS))] * 5,
    )
    return random.choice(makers)


def backed(random: Random, state: State) -> Action:
    """Fund the insurance, or offer to take over."""
    account = random.choice(OWNERS)
    if random.randrange(2):
        symbol = random.choice(state.assets[:2]).symbol
        return FundInsurance(account, symbol, random.choice((1, 10, 100)))
    return RegisterBackstop(account, random.choice((0, 100, 1000, 10**6)))


def quoted(random: Random, state: State) -> Action:
    """Ask for quotes, or answer, accept, refresh and withdraw where there is a request."""
    opened = [
        index
        for index in range(max(len(state.requests) - 6, 0), len(state.requests))
        if state.requests[index].status is QuoteStatus.OPEN
    ]
    lifetime = state.system.request_lifetime
    account, expires = random.choice(OWNERS), state.time + max(lifetime, 1)
    if not opened or random.randrange(4) == 0:
        market = random.choice(state.markets)
        return RequestQuote(
            account=account,
            market=market.symbol,
            side=random.choice(tuple(Side)),
            lots=random.choice((1, 2, 5, 20)),
            price=random.choice((0, 0, _near(random, state, market.symbol))),
            counterparty=random.choice((0, 0, 0, *OWNERS)),
            immediate=random.randrange(3) == 0,
            expires=expires,
            flags=_flags(random),
        )
    index = random.choice(opened)
    request = state.requests[index]
    price = _near(random, state, state.markets[request.market].symbol)
    if request.price and random.randrange(2):
        price = request.price
    quoter = random.choice(request.quotes).account if request.quotes else account
    answers: tuple[Action, ...] = (
        CancelRequest(request.account, index),
        RefreshRequest(request.account, index, expires),
        WithdrawQuote(quoter, index),
        *[AcceptQuote(request.account, index, quoter)] * (10 if request.quotes else 0),
        *[SubmitQuote(request.counterparty or account, index, price, _flags(random))] * 15,
    )
    return random.choice(answers)


def governed(random: Random, state: State) -> Action:
    """Halt and resume, change the system, an asset or a perpetual, or list an asset."""
    if state.is_halted:
        return Resume()
    makers = (_halted, *[_reset] * 2, *[_valued] * 3, _listed, *[_margined] * 2)
    return random.choice(makers)(random, state)


def _halted(_random: Random, _state: State) -> Action:
    return Halt()


def _reset(random: Random, state: State) -> Action:
    changed = replace(
        state.system,
        liquidation_price_age=random.choice((600, 10**8, 10**8)),
        liquidation_fraction=random.choice((10, 50, 100)) * PERCENT,
        liquidation_fee=random.choice((0, 1, 10)) * PERCENT,
        liquidation_grace=random.choice((0, 60)),
        insurance_limit=random.choice((0, 10, 10**15)),
        non_recourse=random.randrange(5) > 0,
        ramp_interval=random.choice((0, 60, 600)),
        request_lifetime=random.choice((0, 300, 10**6)),
    )
    return SetSystemParameters(changed)


def _valued(random: Random, state: State) -> Action:
    asset, times = random.choice(state.assets), random.choice((1, 2))
    weight = random.choice((50, 90, 100)) * PERCENT
    changed = replace(
        asset.parameters,
        haircut=replace(asset.parameters.haircut, weight=weight),
        imf_base=4 * times * PERCENT,
        mmf_base=2 * times * PERCENT,
        price_floor=random.choice((0, 0, 0, 60)),
    )
    return SetAssetParameters(asset.symbol, changed)


def _listed(_random: Random, state: State) -> Action:
    if len(state.assets) < ASSETS_MAX:
        return ListAsset(f"A{len(state.assets)}", state.assets[1].parameters)
    return ListAsset(state.assets[0].symbol, state.assets[1].parameters)


def _margined(random: Random, state: State) -> Action:
    markets = [item for item in state.markets if isinstance(item, Perpetual)]
    market, times = random.choice(markets), random.choice((1, 2))
    limits = replace(market.parameters, imf_base=5 * times * PERCENT, mmf_base=3 * times * PERCENT)
    if random.random() < TERMS_CHANGE:
        cap = random.choice((times * PERCENT, limits.funding_cap))
        interval = random.choice((limits.funding_interval, 60, 90, 3600))
        limits = replace(
            limits, funding_interval=interval, funding_cap=max(cap, limits.funding_floor)
        )
    return SetPerpetualParameters(market.symbol, limits)


def _near(random: Random, state: State, symbol: str) -> int:
    market = next(item for item in state.markets if item.symbol == symbol)
    mark = market.mark_price if isinstance(market, Perpetual) else 25
    return max(mul_div_down(mark, random.choice((90, 98, 100, 100, 102, 110)), 100), 1)


def _flags(random: Random) -> OrderFlags:
    return OrderFlags(*(random.choice((True, False)) for _ in range(4)))


RISK_CHOICES: Final[tuple[tuple[int, Callable[[Random, State], Action]], ...]] = (
    (10, priced),
    (12, refreshed),
    (26, worked),
    (4, backed),
    (12, quoted),
    (3, governed),
)
"""What happens to failing accounts and around them, by weight."""
