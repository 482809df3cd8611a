"""The few actions of which all runs are tried: fixed by the setup alone, with small numbers.

Times and ids are those of the setup, so that runs which do the same in another order meet again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    ApplyFunding,
    Borrow,
    CancelAllOrders,
    ConfirmWithdrawal,
    ConvertCollateral,
    Deposit,
    Halt,
    Lend,
    Liquidate,
    PlaceOrder,
    Redeem,
    RegisterBackstop,
    Repay,
    RequestWithdrawal,
    ResolveBankruptcy,
    Resume,
    RunRisk,
    SetAccountSettings,
    SetPrice,
    Settle,
    SettleMarket,
    Transfer,
    UpdateMark,
)
from ibperp.numbers import mul_div_down, remainder
from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.risk import due_accounts
from ibperp.state import Perpetual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.state import Account, Asset, Market, State

ACCOUNTS: Final = 2
"""How many accounts act: those that are due first, then those with the most open."""

MINUTE, HOUR = 60, 3600
FALL, RISE = 80, 125
"""What a price becomes, in percent."""

RUNGS: Final = 3
"""How many steps a run of the due list may take."""

POOLED: Final = OrderFlags(*[True] * 4)


def alphabet(state: State) -> tuple[Action, ...]:
    """Return the actions that are tried after a setup, in a fixed order."""
    acting = _acting(state)
    found = [*_of_time(state), *_of_prices(state)]
    for account in acting:
        found += _of_account(state, account)
    found += _between(state, acting)
    return tuple(dict.fromkeys(found))


def _acting(state: State) -> list[int]:
    due = set(due_accounts(state))

    def key(account: int) -> tuple[bool, int, int]:
        return account not in due, -_open(state.accounts[account]), account

    return sorted(range(2, len(state.accounts)), key=key)[:ACCOUNTS]


def _open(account: Account) -> int:
    """Return how much of an account an action may touch."""
    held = sum(1 for amounts in (account.free, account.shares) for amount in amounts if amount)
    return len(account.positions) + len(account.orders) + held


def _of_time(state: State) -> Iterator[Action]:
    wait = max(state.system.settlement_interval, state.system.liquidation_grace, MINUTE)
    yield AdvanceTime(state.time + wait)
    yield AdvanceTime(state.time + wait + HOUR)
    yield Settle()
    yield RunRisk(RUNGS)
    yield Halt()
    yield Resume()
    if len(state.withdrawals):
        yield ConfirmWithdrawal(len(state.withdrawals) - 1)


def _of_prices(state: State) -> Iterator[Action]:
    """Yield a fall and a rise of one asset, and of one perpetual, which funds and settles too."""
    symbol = state.system.settlement_asset
    for asset in [own for own in state.assets if own.price and own.symbol != symbol][:1]:
        for percent in (FALL, RISE):
            yield SetPrice(asset.symbol, max(mul_div_down(asset.price, percent, 100), 1))
    for market in _perpetuals(state)[:1]:
        for percent in (FALL, RISE):
            index = max(mul_div_down(market.mark_price, percent, 100), 1)
            yield UpdateMark(market.symbol, index, has_basis=False, basis=0)
        yield ApplyFunding(market.symbol, market.parameters.funding_cap)
        yield SettleMarket(market.symbol, market.mark_price)


def _of_account(state: State, account: int) -> Iterator[Action]:
    yield Liquidate(account)
    yield ResolveBankruptcy(account)
    markets: list[Market | Perpetual] = [*_perpetuals(state)[:1], *_spots(state)[:1]]
    for market in markets:
        price = _price(state, market)
        for side in Side:
            yield _order(account, market, side, price)
        yield CancelAllOrders(account, market.symbol)
    for asset in _settled(state):
        amount = _amount(asset)
        yield Lend(account, asset.symbol, amount)
        yield Redeem(account, asset.symbol, None)
        yield Borrow(account, asset.symbol, amount)
        yield Repay(account, asset.symbol, None)
    own = state.accounts[account].settings
    yield SetAccountSettings(
        account,
        not own.auto_lend,
        not own.auto_repay_borrows,
        not own.auto_borrow_settlements,
        not own.auto_realize,
        own.leverage_limit,
    )


def _between(state: State, acting: list[int]) -> Iterator[Action]:
    """Yield what comes in and goes out, and what passes between the accounts that act."""
    for asset in _settled(state) if acting else []:
        amount, chain, first = _amount(asset), asset.parameters.tokens[0].chain, acting[0]
        sequence = next(own.next_sequence for own in state.chains if own.name == chain)
        yield Deposit(first, asset.symbol, chain, sequence, amount)
        yield RequestWithdrawal(
            first, asset.symbol, chain, amount, auto_lend_redeem=True, auto_borrow=True
        )
        yield Transfer(first, acting[-1], asset.symbol, amount)
        yield ConvertCollateral(first)
        yield RegisterBackstop(acting[-1], 100 * amount)


def _order(account: int, market: Market | Perpetual, side: Side, price: int) -> Action:
    return PlaceOrder(
        account=account,
        market=market.symbol,
        side=side,
        kind=OrderKind.LIMIT,
        lots=market.parameters.minimum_lots,
        price=price,
        time_in_force=TimeInForce.GTC,
        post_only=False,
        reduce_only=False,
        self_trade_prevention=SelfTradePrevention.REJECT_TAKER,
        flags=POOLED,
    )


def _price(state: State, market: Market | Perpetual) -> int:
    """Return what a lot is worth, on the market's grid and at least one tick."""
    if isinstance(market, Perpetual):
        worth = market.mark_price
    else:
        base, quote = state.assets[market.base], state.assets[market.quote]
        value = market.parameters.lot_atoms * base.price * quote.parameters.lot_atoms
        worth = mul_div_down(1, value, base.parameters.lot_atoms * max(quote.price, 1))
    tick = market.parameters.tick
    return max(worth - remainder(worth, tick), tick)


def _settled(state: State) -> list[Asset]:
    """Return the asset in which accounts act: that of settlement, or the first one."""
    symbol = state.system.settlement_asset
    return sorted(state.assets, key=lambda own: own.symbol != symbol)[:1]


def _amount(asset: Asset) -> int:
    """Return the least that can be withdrawn."""
    return max(asset.parameters.tokens[0].minimum_withdrawal, 1)


def _perpetuals(state: State) -> list[Perpetual]:
    found = [market for market in state.markets if isinstance(market, Perpetual)]
    return sorted(found, key=lambda market: -market.open_interest)


def _spots(state: State) -> list[Market]:
    return [market for market in state.markets if not isinstance(market, Perpetual)]
