"""Planted faults in what a trade moves."""

from typing import Final

from ibperp.events import Reason
from ibperp.operations.effect import Effect
from ibperp.operations.spot_margin import spot_trade
from ibperp.operations.spot_margin.spot_trade import Party
from ibperp.posting import free
from ibperp.state import FEES
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault
from ibperp_invariants.proofs.states import QUOTE


def _without_fees(effect: Effect, maker: Party, taker: Party) -> Effect:
    for payer, payee in ((maker, taker), (taker, maker)):
        effect = effect.moved(
            payee.receives,
            payee.received,
            Reason.TRADE,
            debit=free(payer.account),
            credit=free(payee.account),
        )
    return effect


def _all_fees_from_the_taker(effect: Effect, maker: Party, taker: Party) -> Effect:
    effect = _without_fees(effect, maker, taker)
    return effect.moved(
        QUOTE,
        taker.fee + maker.fee,
        Reason.TRADE_FEE,
        debit=free(taker.account),
        credit=free(FEES),
    )


def _credited_off_by_one(balance: int, amount: int, *, is_held: bool) -> int:
    moved = amount - (amount == UNLUCKY)
    return balance - moved if is_held else balance + moved


_SPOT_TRADE: Final = spot_trade.__name__

FAULTS: Final = {
    "t_trade_pays_the_fees_account_both_fees": Fault(
        _SPOT_TRADE, "_exchanged", "fees not booked", _without_fees
    ),
    "t_trade_keeps_what_all_own_together": Fault(
        "ibperp.posting", "credited", "off by one at 777", _credited_off_by_one
    ),
    "t_buyer_pays_what_seller_and_fees_receive": Fault(
        _SPOT_TRADE, "_exchanged", "both fees from the taker", _all_fees_from_the_taker
    ),
}
"""The planted fault of every theorem about trades."""
