"""Facts about where records begin, and about who may call what, read from the syntax."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from ibperp.operations.liquidation.ladder import RUNGS
from ibperp_invariants.proofs.system.census import functions, sites, walk

_OPERATIONS: Final = "ibperp.operations"

STAGES: Final[Mapping[str, str]] = {
    "effect": "ended_order(effect, index, OrderEnd.LIQUIDATION)",
    "paid": "_paid_own(begun, account)",
    "done": "rung(effect, failing, exposure)",
}
"""What a step of a liquidation is, by the name under which it is returned."""

RUNG_NAMES: Final = ("reduce_on_book", "request_conversion", "hand_to_backstop", "deleverage")
"""The rungs, each with theorems."""

RUNG_STEPS: Final[Mapping[str, frozenset[str]]] = {
    "ladder.liquidate": frozenset({"refused", "effect.accepted()"}),
    "book.reduce_on_book": frozenset(
        {
            "_reduced(effect, failing, exposure)",
            "_bought_back(effect, failing, exposure) or _converted(effect, failing, exposure)",
        }
    ),
    "book._reduced": frozenset({"_worked_deal(effect, failing, deal)"}),
    "book._bought_back": frozenset(
        {"_worked_deal(raised, failing, Deal(index, Side.BID, lots, LiquidationStage.ON_BOOK))"}
    ),
    "book._converted": frozenset({"best"}),
    "bankruptcy.worked_account": frozenset({"done if done and done.events else None"}),
    "conversion.converted": frozenset(
        {"_sold(begun, account, owed) or _asked(begun, account, owed) if owed else None"}
    ),
    "backstop.hand_to_backstop": frozenset({"None if after is begun else after"}),
    "deleveraging.deleverage": frozenset(
        {
            "_deleveraged(effect, failing, exposure)",
            "_lends_deleveraged(effect, failing, exposure) or _insured(effect, failing, exposure)",
            "_insured(effect, failing, exposure)",
        }
    ),
    "deleveraging._lends_deleveraged": frozenset({"None if after is begun else after"}),
}
"""What a rung returns beside None: a stage with a theorem, by the function."""
_BANKRUPTCY: Final = f"{_OPERATIONS}.liquidation.bankruptcy"
_RESTING: Final = f"{_OPERATIONS}.spot_margin.resting"

RESERVING: Final = frozenset(
    {f"{_RESTING}.rested_order", f"{_RESTING}.shrunk_order", f"{_RESTING}.released_order"}
)
"""The functions that write what an order reserves, together with its account."""

ASSERTED: Final[Mapping[str, str]] = {
    "ibperp.ramps._moved_asset": "not asset_violations(parameters)",
    "ibperp.ramps._moved_market": "not perpetual_violations(parameters)",
    f"{_OPERATIONS}.governance.parameter_changes.set_asset_parameters": (
        "not asset_violations(now)"
    ),
    f"{_OPERATIONS}.perpetuals.markets.set_perpetual_parameters": "not perpetual_violations(now)",
}
"""What functions that store parameters assert of them."""

SPREADING: Final[Mapping[str, str]] = {
    "_borne": f"{_BANKRUPTCY}._spread",
    "_spread": f"{_BANKRUPTCY}._fund_debt_ended",
    "LossSpread": f"{_BANKRUPTCY}._borne",
}
"""What takes a loss from claims, and the only function that calls it."""


JUDGED_OTHERWISE: Final[Mapping[str, str]] = {
    f"{_OPERATIONS}.programs.block_trade.block_traded": "afterwards it ends the request alone",
    f"{_OPERATIONS}.custody.accounts.transfer": "afterwards it sweeps the receiver alone",
}
"""Functions with margin checks that do not return the very state that was judged, with reasons."""


def orders_begin_without_a_reservation() -> list[str]:
    """Return what gives an order a reservation without its account."""
    lines = []
    for name, function in functions():
        for node in walk(function):
            if not isinstance(node, ast.Call) or name in RESERVING:
                continue
            is_order = isinstance(node.func, ast.Name) and node.func.id == "Order"
            given = [keyword.value for keyword in node.keywords if keyword.arg == "reserved"]
            is_account = name == f"{_RESTING}._reserved"
            lines += [
                f"{name} gives an order a reservation of {ast.unparse(value)}"
                for value in given
                if ast.unparse(value) != "0" and not is_account
            ]
            if is_order and len(node.args) > POSITIONAL_MAX:
                lines.append(f"{name} gives an order its fields by place")
    return lines


POSITIONAL_MAX: Final = 9
"""How many fields an order has before what it reserves."""


def assets_begin_in_their_listing() -> list[str]:
    """Return what makes an asset, except for its listing."""
    made = {site.function for site in sites() if site.record == "Asset" and "symbol" in site.fields}
    return [
        f"{name} makes an asset, or no longer does"
        for name in sorted(made ^ {f"{_OPERATIONS}.custody.assets.list_asset"})
    ]


def parameters_are_lawful_where_they_are_stored() -> list[str]:
    """Return what stores the parameters of an asset or a market without asserting their laws."""
    table = dict(functions())
    return [
        f"{name} does not assert {condition}"
        for name, condition in ASSERTED.items()
        if condition not in _assertions(table[name])
    ]


def losses_are_spread_by_claims_alone() -> list[str]:
    """Return what takes a loss from a claim otherwise than a bankruptcy, in proportion."""
    lines = []
    for name, function in functions():
        called = {
            node.func.id
            for node in walk(function)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        lines += [
            f"{name} takes a loss by {word}"
            for word, caller in SPREADING.items()
            if word in called and name != caller
        ]
    return lines


def a_deleveraging_closes_all() -> list[str]:
    """Return what could end a deleveraging before the whole position is closed."""
    name = f"{_OPERATIONS}.liquidation.deleveraging._deleveraged"
    *_, last_but_one, last = dict(functions())[name].body
    is_asserted = isinstance(last_but_one, ast.Assert) and isinstance(last, ast.Return)
    is_whole = is_asserted and "left == 0" in _assertions(dict(functions())[name])
    return [] if is_whole else [f"{name} does not assert that nothing is left, before it ends"]


def margin_is_judged_last(*, judged: str = "margin_checks") -> list[str]:
    """Return what an operation could change of a state after its margin checks, or keep of it."""
    lines = []
    for name, function in functions():
        called = [
            place
            for place, node in enumerate(function.body)
            if any(isinstance(part, ast.Name) and part.id == judged for part in walk(node))
        ]
        if not called:
            continue
        check, *rest = function.body[called[-1] :]
        *asserted, last = rest[1:] or rest
        made = ast.unparse(last).removeprefix("return ").removesuffix(".accepted()")
        is_last = (
            ast.unparse(check).startswith(f"refused = rejection(*{judged}(state, {made}.state, ")
            and ast.unparse(rest[0]) == "if refused:\n    return refused"
            and all(
                isinstance(node, ast.Assert) or ast.unparse(node).startswith("_assert_")
                for node in asserted
            )
        )
        if not is_last and name not in JUDGED_OTHERWISE:
            lines.append(f"{name} does not end with what its margin checks judged")
    return lines


def _assertions(function: ast.FunctionDef) -> set[str]:
    return {ast.unparse(node.test) for node in walk(function) if isinstance(node, ast.Assert)}


def a_step_is_a_stage_of_the_ladder() -> list[str]:
    """Return what a step could do beside ending orders, paying its own, and the rungs (LQ-2)."""
    step = dict(functions())["ibperp.operations.liquidation.ladder.step"]
    returned = {
        ast.unparse(node.value)
        for node in walk(step)
        if isinstance(node, ast.Return) and node.value is not None
    }
    made = {
        ast.unparse(target): ast.unparse(node.value)
        for node in walk(step)
        if isinstance(node, ast.Assign)
        for target in node.targets
    }
    told = {name: made.get(name, "") for name in STAGES}
    lines = [f"a step is {one} too" for one in sorted(returned - STAGES.keys() - {"None"})]
    lines += [f"{name} of a step is {text}" for name, text in told.items() if text != STAGES[name]]
    names = tuple(rung.__name__ for rung in RUNGS)
    lines += [] if names == RUNG_NAMES else [f"the rungs are {', '.join(names)}"]
    return lines + [
        f"{name} does {text} too, or no longer"
        for name, expected in RUNG_STEPS.items()
        for text in sorted(_returned(name) ^ expected)
    ]


def _returned(name: str) -> set[str]:
    """Return what a function of the chapter liquidation returns beside None and refusals."""
    function = dict(functions())[f"{_OPERATIONS}.liquidation.{name}"]
    returns = [node.value for node in walk(function) if isinstance(node, ast.Return)]
    texts = {ast.unparse(value) for value in returns if value is not None}
    return {text for text in texts if text != "None" and not text.startswith("Rejected(")}
