"""A trade in a spot market: two deliveries that are atomic with the lending pools (SM-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.events import Reason
from ibperp.operations.effect import Effect, MakerFails
from ibperp.operations.money_market.moves import Funding, funded_delivery, swept
from ibperp.orders import Side
from ibperp.outcomes import Rejected
from ibperp.posting import free
from ibperp.records import record
from ibperp.state import FEES

if TYPE_CHECKING:
    from ibperp.operations.spot_margin.trade import Trade, Trader
    from ibperp.orders import OrderFlags
    from ibperp.state import Market


@record
class Party:
    """One side of a trade: what it delivers, what it receives, in atoms, and its fee in quote."""

    account: int
    side: Side
    flags: OrderFlags
    delivers: int
    delivered: int
    receives: int
    received: int
    fee: int


def exchanged_assets(
    effect: Effect, market: Market, trade: Trade
) -> Effect | MakerFails | Rejected:
    """Deliver both legs of a trade, pay the fees, and let receipts repay and lend (SM-9)."""
    maker, taker = _parties(market, trade)
    raised = _raised(effect, maker)
    if isinstance(raised, Rejected):
        return MakerFails(raised)
    raised = _raised(raised, taker)
    if isinstance(raised, Rejected):
        return raised
    return _received(_received(_exchanged(raised, maker, taker), maker), taker)


def _parties(market: Market, trade: Trade) -> tuple[Party, Party]:
    """Return maker and taker of a trade; both fees are in the quote asset (SM-9)."""
    paid, base = trade.lots * trade.price, trade.lots * market.parameters.lot_atoms

    def party(own: Trader) -> Party:
        who, fee = (own.account, own.side, own.flags), own.fee
        if own.side is Side.BID:
            return Party(*who, market.quote, paid + max(fee, 0), market.base, base, fee)
        return Party(*who, market.base, base, market.quote, paid, fee)

    return party(trade.maker), party(trade.taker)


def _raised(effect: Effect, party: Party) -> Effect | Rejected:
    """Bring what a party delivers into its free balance, as its flags allow (SM-9)."""
    flags = party.flags
    ways = Funding(
        flags.auto_lend_redeem, flags.auto_borrow, Reason.ORDER_REDEEM, Reason.ORDER_BORROW
    )
    return funded_delivery(effect, party.account, party.delivers, party.delivered, ways=ways)


def _exchanged(effect: Effect, maker: Party, taker: Party) -> Effect:
    """Post the two legs, then the fees: the taker's first, so that it can pay a rebate (SM-9)."""
    buyer, seller = (maker, taker) if maker.side is Side.BID else (taker, maker)
    legs = (
        (seller.delivers, seller.delivered, Reason.TRADE, seller.account, buyer.account),
        (seller.receives, seller.received, Reason.TRADE, buyer.account, seller.account),
        (seller.receives, taker.fee, Reason.TRADE_FEE, taker.account, FEES),
        (seller.receives, max(maker.fee, 0), Reason.TRADE_FEE, maker.account, FEES),
        (seller.receives, max(-maker.fee, 0), Reason.TRADE_REBATE, FEES, maker.account),
    )
    for asset, amount, reason, payer, payee in legs:
        effect = effect.moved(asset, amount, reason, debit=free(payer), credit=free(payee))
    return effect


def _received(effect: Effect, party: Party) -> Effect:
    """Repay, then lend, what a party received, as its flags or its settings ask (SM-9)."""
    flags = party.flags
    received = party.received - (max(party.fee, 0) if party.side is Side.ASK else 0)
    return swept(
        effect,
        party.account,
        party.receives,
        repay=received if flags.auto_borrow_repay else 0,
        lend=received if flags.auto_lend else 0,
    )
