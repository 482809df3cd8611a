"""Planted faults that let a posting have one party alone."""

from collections.abc import Mapping
from typing import Any, Final

from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import backstop
from ibperp.operations.money_market.moves import claim_of
from ibperp.operations.spot_margin import spot_trade
from ibperp.operations.spot_margin.spot_trade import Party
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.records import replace
from ibperp.risk import Exposure, Failing
from ibperp.state import State
from ibperp_invariants.proofs.faults.fault import Fault

_OPERATIONS: Final = "ibperp.operations"
_exchanged = spot_trade._exchanged  # noqa: SLF001


def _admits_all(account: int) -> tuple[bool, RejectionCode]:
    del account
    return True, RejectionCode.ACCOUNT_RESERVED


def _refuses_nothing(*checks: Any) -> Rejected | None:
    failed = [
        code for holds, code in checks if not holds and code is not RejectionCode.SAME_ACCOUNT
    ]
    return Rejected(failed[0], tuple(failed)) if failed else None


def _as_one(effect: Effect, maker: Party, taker: Party) -> Effect:
    return _exchanged(effect, maker, replace(taker, account=maker.account))


def _lends_to_all(state: State, debtor: int, asset: int) -> list[int]:
    found = ((claim_of(state, account, asset), account) for account in range(len(state.accounts)))
    return [account for claim, account in found if claim > 0 and account >= debtor]


def _asks_everybody(effect: Effect, failing: Failing, exposure: Exposure) -> Effect | None:
    offers = list(effect.state.backstops)
    return backstop._shared(effect, failing, exposure, offers)[0]  # noqa: SLF001


def _reserved(name: str) -> Fault:
    return Fault(f"{_OPERATIONS}.{name}", "not_reserved", "admits all", _admits_all)


FAULTS: Final[Mapping[str, Fault]] = {
    "t_nobody_transfers_to_itself": Fault(
        f"{_OPERATIONS}.custody.accounts", "rejection", "admits one account", _refuses_nothing
    ),
    "t_an_account_of_the_system_places_no_order": _reserved("spot_margin.orders"),
    "t_an_account_of_the_system_sells_no_dust": _reserved("spot_margin.orders"),
    "t_an_account_of_the_system_gives_the_insurance_nothing": _reserved("liquidation.bankruptcy"),
    "t_an_account_of_the_system_requests_no_quotes": _reserved("programs.quotes"),
    "t_an_account_of_the_system_quotes_nothing": _reserved("programs.quotes"),
    "t_an_account_of_the_system_is_never_liquidated": _reserved("liquidation.ladder"),
    "t_the_legs_of_a_trade_are_between_its_parties": Fault(
        spot_trade.__name__, "_exchanged", "takes both for one", _as_one
    ),
    "t_a_lender_is_neither_debtor_nor_insurance": Fault(
        f"{_OPERATIONS}.liquidation.deleveraging", "_lenders", "names the debtor", _lends_to_all
    ),
    "t_a_provider_is_of_another_user": Fault(
        backstop.__name__, "hand_to_backstop", "chooses every account", _asks_everybody
    ),
}
"""The planted fault of every theorem about the sides of a posting."""
