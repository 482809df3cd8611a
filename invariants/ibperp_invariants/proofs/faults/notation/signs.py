"""Planted faults that store what is below zero."""

from typing import Any, Final

from ibperp.numbers import div_down
from ibperp.operations.effect import rejection
from ibperp.outcomes import RejectionCode
from ibperp.records import replace as shipped
from ibperp_invariants.proofs.faults.fault import Fault

_POOLS: Final = "ibperp.operations.money_market.pools"


def _the_multiple_after(n: int, d: int) -> int:
    return n - (div_down(n, d) + 2) * d


def _an_atom_less(n: int, d: int) -> int:
    return n - div_down(n, d) * d - 1


def _counts_by_two(record: Any, **changes: Any) -> Any:
    if "chains" in changes:
        first, *rest = changes["chains"]
        changes["chains"] = (shipped(first, next_sequence=first.next_sequence + 1), *rest)
    return shipped(record, **changes)


def _a_unit_less(record: Any, **changes: Any) -> Any:
    if "unpaid_rate_time" in changes:
        changes["unpaid_rate_time"] -= 1
    return shipped(record, **changes)


def _keeps_the_last(record: Any, **changes: Any) -> Any:
    changes.pop("last_price", None)
    return shipped(record, **changes)


def _refuses_nothing(*checks: object) -> None:
    del checks


def _without_a_floor(price: int, equity: int, exposure: int, *, is_long: bool) -> int:
    share = div_down(price * equity, exposure)
    return price - share if is_long else price + share


def _of_its_size(*checks: tuple[bool, Any]) -> Any:
    return rejection(*(check for check in checks if check[1] is not RejectionCode.PRICE_INVALID))


FAULTS: Final = {
    "t_rate_and_time_are_never_below_zero": Fault(
        _POOLS, "remainder", "takes a boundary that has not passed", _the_multiple_after
    ),
    "t_rate_and_time_of_what_is_unpaid_are_never_below_zero": Fault(
        _POOLS, "replace", "counts a unit less", _a_unit_less
    ),
    "t_a_settlement_counts_anew": Fault(
        "ibperp.operations.settlement.settle", "replace", "counts a unit less", _a_unit_less
    ),
    "t_a_listed_asset_has_nothing_below_zero": Fault(
        "ibperp.operations.custody.assets", "remainder", "a second too few", _an_atom_less
    ),
    "t_a_deposit_is_counted_on_its_chain": Fault(
        "ibperp.operations.custody.accounts", "replace", "counts by two", _counts_by_two
    ),
    "t_a_trade_notes_the_price_of_its_maker": Fault(
        "ibperp.operations.spot_margin.matching", "replace", "keeps the last", _keeps_the_last
    ),
    "t_no_order_has_a_price_below_zero": Fault(
        "ibperp.operations.spot_margin.orders", "rejection", "takes any price", _of_its_size
    ),
    "t_the_system_never_orders_below_zero": Fault(
        "ibperp.operations.spot_margin.checks", "zero_price", "has no floor", _without_a_floor
    ),
    "t_a_reference_is_above_zero": Fault(
        "ibperp.operations.spot_margin.markets", "rejection", "refuses nothing", _refuses_nothing
    ),
}
"""The planted fault of every theorem about signs."""
