"""The steps of a scenario about accounts, deposits, withdrawals, rebalances and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    CompleteRebalance,
    ConfirmWithdrawal,
    CreateAccount,
    Deposit,
    FailWithdrawal,
    ListAsset,
    RequestWithdrawal,
    SetPrice,
    StartRebalance,
    Transfer,
)
from ibperp.state import find_chain
from ibperp_conformance.presets.assets import listing_of, price_scale
from ibperp_conformance.presets.units import integer_of
from ibperp_conformance.scenario.fields import RefusedError, is_account_name
from ibperp_conformance.scenario.readers.plain import plain

if TYPE_CHECKING:
    from ibperp_conformance.scenario.fields import StepFields
    from ibperp_conformance.scenario.readers.plain import Reader


def _create_account(step: StepFields) -> CreateAccount:
    step.only(("account",))
    name = step.text("account")
    if not is_account_name(name):
        raise RefusedError((*step.path, "account"), "expected a name such as alice/main")
    return step.cast.add(name, len(step.state.accounts))


def _sequence(step: StepFields, name: str) -> int:
    """Return the number of a deposit, by default the next of its chain."""
    if name in step.written:
        return step.count(name)
    index = find_chain(step.state, step.text("chain"))
    return 1 if index is None else step.state.chains[index].next_sequence


def _withdrawal(step: StepFields, name: str) -> int:
    return step.newest(name, step.state.withdrawals)


def _rebalance(step: StepFields, name: str) -> int:
    return step.newest(name, step.state.rebalances)


def _received(step: StepFields, name: str) -> int:
    index, rebalances = _rebalance(step, "rebalance"), step.state.rebalances
    if not 0 <= index < len(rebalances):
        raise RefusedError((*step.path, "rebalance"), "no such rebalance was started")
    return step.atoms(name, step.state.assets[rebalances[index].asset])


def _price(step: StepFields, name: str) -> int:
    parameters = step.asset()[1].parameters
    scale = price_scale(parameters.decimals, parameters.lot_atoms, step.state.system.quote_unit)
    return step.exact(name, lambda: integer_of(step.text(name), scale, unit="USD"))


def _list_asset(step: StepFields) -> ListAsset | None:
    step.only(("asset", "parameters"))
    symbol, where = step.text("asset"), (*step.path, "parameters")
    written, unit = step.written.get("parameters"), step.state.system.quote_unit
    listing = listing_of(step.reading, where, symbol, written, unit)
    if listing is not None and listing.price is not None:
        raise RefusedError((*where, "price"), "not part of a listing; add a set_price step")
    return None if listing is None else ListAsset(symbol, listing.parameters)


READERS: Final[dict[type, Reader]] = {
    CreateAccount: _create_account,
    Deposit: plain(Deposit, sequence=_sequence),
    RequestWithdrawal: plain(RequestWithdrawal),
    ConfirmWithdrawal: plain(ConfirmWithdrawal, withdrawal=_withdrawal),
    FailWithdrawal: plain(FailWithdrawal, withdrawal=_withdrawal),
    StartRebalance: plain(StartRebalance),
    CompleteRebalance: plain(CompleteRebalance, rebalance=_rebalance, received=_received),
    Transfer: plain(Transfer),
    SetPrice: plain(SetPrice, price=_price),
    ListAsset: _list_asset,
}
