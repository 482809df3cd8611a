"""Planted faults by which an account pays for what is not its own."""

from typing import Any, Final

from ibperp.operations.effect import Effect
from ibperp.operations.perpetuals import perpetual_trade
from ibperp.operations.spot_margin import spot_trade
from ibperp.operations.spot_margin.spot_trade import Party
from ibperp.operations.spot_margin.trade import Trade, Trader
from ibperp.position import Position
from ibperp.records import replace
from ibperp.state import FEES, INSURANCE
from ibperp_invariants.proofs.faults.fault import Fault

_OPERATIONS: Final = "ibperp.operations"
_exchanged = spot_trade._exchanged  # noqa: SLF001
_booked = perpetual_trade.booked_position


def _with_one_party(market: int, price: int, lots: int, maker: Trader, taker: Trader) -> Trade:
    del taker
    return Trade(market, price, lots, maker, maker)


def _paid_by_fees(effect: Effect, maker: Party, taker: Party) -> Effect:
    return _exchanged(effect, maker, replace(taker, account=FEES))


def _always_due(held: Position, index: int) -> int:
    del held, index
    return 1


def _booked_by_the_insurance(
    effect: Effect, account: int, held: Position, *realized: Any
) -> Effect:
    del account
    return _booked(effect, INSURANCE, held, *realized)


FAULTS: Final = {
    "t_a_trade_on_a_book_is_of_the_orders_that_it_tells": Fault(
        f"{_OPERATIONS}.spot_margin.matching", "Trade", "has one party", _with_one_party
    ),
    "t_a_trade_off_the_book_is_of_requester_and_quoter": Fault(
        f"{_OPERATIONS}.programs.block_trade", "Trade", "has one party", _with_one_party
    ),
    "t_the_legs_of_a_trade_are_paid_by_its_parties": Fault(
        spot_trade.__name__, "_exchanged", "lets fees pay for the taker", _paid_by_fees
    ),
    "t_a_fill_charges_its_party_for_what_it_holds": Fault(
        "ibperp.position", "funding_due", "is a unit for nothing", _always_due
    ),
    "t_a_position_that_passes_charges_who_gives_and_who_takes_it": Fault(
        f"{_OPERATIONS}.liquidation.handover",
        "booked_position",
        "charges the insurance",
        _booked_by_the_insurance,
    ),
}
"""The planted fault of every theorem about who is charged."""
