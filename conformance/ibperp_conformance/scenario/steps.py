"""The steps of a scenario as people write them, read into actions against the state they meet."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    CreateAccount,
    PlaceOrder,
    SetMarketParameters,
    SetMarketReference,
    SetPerpetualParameters,
)
from ibperp_conformance.protocol.wire import WireError, action_classes, decode_action
from ibperp_conformance.scenario.fields import RefusedError, StepFields
from ibperp_conformance.scenario.readers import (
    custody,
    governance,
    liquidation,
    money_market,
    perpetuals,
    programs,
    settlement,
    spot_margin,
)

if TYPE_CHECKING:
    from ibperp.actions import Action
    from ibperp.state import State
    from ibperp_conformance.presets.document import FieldPath
    from ibperp_conformance.presets.reading import Reading
    from ibperp_conformance.scenario.fields import Cast
    from ibperp_conformance.scenario.readers.plain import Reader

READERS: Final[dict[type, Reader]] = {
    **custody.READERS,
    **money_market.READERS,
    **spot_margin.READERS,
    **perpetuals.READERS,
    **settlement.READERS,
    **liquidation.READERS,
    **programs.READERS,
    **governance.READERS,
}
"""What reads each action."""

NAMES: Final[dict[type, str]] = {
    SetMarketParameters: "set_market",
    SetPerpetualParameters: "set_market",
    SetMarketReference: "set_reference",
    PlaceOrder: "place",
    CancelOrder: "cancel",
    CancelAllOrders: "cancel_all",
    AmendOrder: "amend",
}
"""What an action is called in a scenario if its name on the wire would be too long."""

WIRE: Final = "action"
"""The step whose fields are an action as the protocol has it, in integers (CF-3)."""


@cache
def step_readers() -> dict[str, Reader]:
    """Return what reads each step, by the step's name."""
    named = action_classes().items()
    return {NAMES.get(record, name): READERS[record] for name, record in named}


def read_action(
    reading: Reading, path: FieldPath, written: object, state: State, cast: Cast
) -> Action | None:
    """Return the action of the step field at `path`, whose last part names its kind.

    After noting a problem in `reading`, return None.
    """
    if path[-1] == WIRE:
        return _read_wire(reading, path, written, cast)
    try:
        return step_readers()[str(path[-1])](StepFields(reading, path, written, state, cast))
    except RefusedError as error:
        reading.refuse(error.path, str(error))
        return None


def _read_wire(reading: Reading, path: FieldPath, written: object, cast: Cast) -> Action | None:
    """Return an action of the protocol; an account that it makes is named by its user and id."""
    try:
        action = decode_action(written)
    except WireError as error:
        reading.refuse(path, str(error))
        return None
    if isinstance(action, CreateAccount) and action.account not in cast.accounts.values():
        cast.users.setdefault(str(action.user), action.user)
        cast.accounts.setdefault(f"{action.user}/{action.account}", action.account)
    return action
