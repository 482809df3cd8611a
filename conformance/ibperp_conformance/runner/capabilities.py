"""Which actions an engine needs a capability for (CF-1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

SPOT_MARGIN_ACTIONS: Final = frozenset(
    (
        "list_market",
        "set_market_parameters",
        "set_market_reference",
        "place_order",
        "cancel_order",
        "cancel_all_orders",
        "amend_order",
        "convert_dust",
    )
)
"""The actions that only an engine with the capability `spot_margin` has (CF-1)."""

ORDER_ACTIONS: Final = frozenset(
    ("place_order", "cancel_order", "cancel_all_orders", "amend_order", "convert_dust")
)
"""The actions that need a book; an engine with `fills` answers the others of `spot_margin`."""

PERPETUALS_ACTIONS: Final = frozenset(
    (
        "list_perpetual",
        "set_perpetual_parameters",
        "update_mark",
        "apply_funding",
        "settle_market",
    )
)
"""The actions that only an engine with the capability `perpetuals` has (CF-1)."""

SETTLEMENT_ACTIONS: Final = frozenset(("settle",))
"""The actions that only an engine with the capability `settlement` has (CF-1)."""

LIQUIDATION_ACTIONS: Final = frozenset(
    ("convert_collateral", "liquidate", "resolve_bankruptcy", "run_risk", "fund_insurance")
)
"""The actions that only an engine with the capability `liquidation` has (CF-1)."""

PROGRAMS_ACTIONS: Final = frozenset(
    (
        "register_backstop",
        "request_quote",
        "submit_quote",
        "withdraw_quote",
        "accept_quote",
        "refresh_request",
        "cancel_request",
    )
)
"""The actions that only an engine with the capability `programs` has (CF-1)."""

GOVERNANCE_ACTIONS: Final = frozenset(
    ("set_system_parameters", "set_asset_parameters", "halt", "resume")
)
"""The actions that only an engine with the capability `governance` has (CF-1)."""

FILLS: Final = "fills"
"""The capability of an engine that has no book: trades arrive there as actions (CF-11)."""

FILLS_ACTIONS: Final = frozenset(("fill",))
"""The action that only an engine with the capability `fills` has (CF-11)."""

NEEDED: Final[Mapping[str, frozenset[str]]] = {
    "spot_margin": SPOT_MARGIN_ACTIONS,
    "perpetuals": PERPETUALS_ACTIONS,
    "settlement": SETTLEMENT_ACTIONS,
    "liquidation": LIQUIDATION_ACTIONS,
    "programs": PROGRAMS_ACTIONS,
    "governance": GOVERNANCE_ACTIONS,
    FILLS: FILLS_ACTIONS,
}
"""The capabilities that a vector needs if it uses one of their actions (CF-1)."""


def needed_for(used: Collection[str], claimed: Collection[str] = ()) -> frozenset[str]:
    """Return the capabilities that some actions need; with `fills`, markets need no book (CF-1)."""
    kinds = {*used}
    if FILLS in claimed and not kinds & ORDER_ACTIONS:
        kinds -= SPOT_MARGIN_ACTIONS
    return frozenset(name for name, own in NEEDED.items() if kinds & own)
