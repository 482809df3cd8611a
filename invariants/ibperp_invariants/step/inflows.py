"""What an action brings to accounts: deposits, transfers, and the legs and fees of trades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ibperp.actions import (
    ConfirmWithdrawal,
    ConvertDust,
    Deposit,
    FailWithdrawal,
    FundInsurance,
    Liquidate,
    ResolveBankruptcy,
    RunRisk,
    Settle,
    Transfer,
)
from ibperp.orders import Side
from ibperp.state import FEES, INSURANCE
from ibperp_invariants.step.step import wealth
from ibperp_invariants.view.view import limits_of, perpetual_of, settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.parameters import MarketParameters
    from ibperp_invariants.step.facts import BlockTrade, Trade
    from ibperp_invariants.step.step import Step


def inflows_of(step: Step) -> dict[tuple[int, str], int] | None:
    """Return what an action brings to accounts, in atoms by (account, symbol); None if unknown."""
    withdrawals = step.before.withdrawals
    match step.action:
        case Deposit(account=account, asset=symbol, amount=amount):
            return {(account, symbol): amount}
        case Transfer(sender=sender, receiver=receiver, asset=symbol, amount=amount):
            return {(sender, symbol): -amount, (receiver, symbol): amount}
        case ConfirmWithdrawal(withdrawal=index) if index in withdrawals:
            return {(FEES, withdrawals[index].asset): withdrawals[index].fee}
        case FailWithdrawal(withdrawal=index) if index in withdrawals:
            asked = withdrawals[index]
            return {(asked.account, asked.asset): asked.amount}
        case ConvertDust(account=account):
            sold = {symbol: _fees_gain(step, symbol) for symbol in step.after.assets}
            return {(account, symbol): -gain for symbol, gain in sold.items()} | {
                (FEES, symbol): gain for symbol, gain in sold.items()
            }
        case FundInsurance(account=account, asset=symbol, amount=amount):
            return {(account, symbol): -amount, (INSURANCE, symbol): amount}
        case Settle() | Liquidate() | RunRisk() | ResolveBankruptcy():
            return None
        case _:
            return _traded_inflows(step)


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A trade of a spot market: `base` and `paid` in atoms, and a fee in quote atoms of each."""

    limits: MarketParameters
    buyer: int
    seller: int
    base: int
    paid: int
    buyer_fee: int
    seller_fee: int

    def moves(self) -> Iterator[tuple[tuple[int, str], int]]:
        """Yield what each account gets of each asset."""
        base, quote = self.limits.base, self.limits.quote
        yield (self.buyer, base), self.base
        yield (self.buyer, quote), -self.paid - self.buyer_fee
        yield (self.seller, base), -self.base
        yield (self.seller, quote), self.paid - self.seller_fee
        yield (FEES, quote), self.buyer_fee + self.seller_fee


def _traded_inflows(step: Step) -> dict[tuple[int, str], int] | None:
    """Return the legs and the fees of the trades; None if a trade cannot be read."""
    exchanges = [*_exchanges(step)]
    if None in exchanges or len([*step.trades()]) != len(step.facts.trades):
        return None
    symbol = settlement_asset(step.before)
    legs = {(account, symbol): 0 for account in _traders_of_perpetuals(step) if symbol}
    for exchange in exchanges:
        for holding, amount in exchange.moves() if exchange else ():
            legs[holding] = legs.get(holding, 0) + amount
    return legs


def _exchanges(step: Step) -> Iterator[_Exchange | None]:
    """Yield the trades of spot markets, on the book and off it; None for one of no known market."""
    for trade, maker, taker in step.trades():
        if not perpetual_of(step.before, trade.market):
            side = step.maker_side(trade)
            yield _exchange(step, trade, (maker, trade.maker_fee), (taker, trade.taker_fee), side)
    for block in step.facts.blocks:
        request = step.before.requests.get(block.request)
        if request is None:
            yield None
        elif not perpetual_of(step.before, block.market):
            asking = request.account, block.requester_fee
            yield _exchange(step, block, asking, (block.quoter, block.quoter_fee), request.side)


def _exchange(
    step: Step, trade: Trade | BlockTrade, one: tuple[int, int], other: tuple[int, int], side: Side
) -> _Exchange | None:
    """Return a trade of two parties, each with its fee, of whom `one` is on `side`."""
    limits = limits_of(step.before, trade.market)
    if limits is None:
        return None
    (buyer, buyer_fee), (seller, seller_fee) = (one, other) if side is Side.BID else (other, one)
    base, paid = trade.lots * limits.lot_atoms, trade.lots * trade.price
    return _Exchange(limits, buyer, seller, base, paid, buyer_fee, seller_fee)


def _traders_of_perpetuals(step: Step) -> Iterator[int]:
    for trade, *both in step.trades():
        if perpetual_of(step.before, trade.market):
            yield from both


def block_parties(step: Step) -> set[int]:
    """Return the accounts of the trades off the book."""
    found = set[int]()
    for fact in step.facts.blocks:
        request = step.before.requests.get(fact.request)
        found |= {fact.quoter, request.account} if request else set()
    return found


def _fees_gain(step: Step, symbol: str) -> int:
    return wealth(step.after, FEES, symbol) - wealth(step.before, FEES, symbol)
