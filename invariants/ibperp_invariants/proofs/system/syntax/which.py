"""Which entries of its kind an operation can put back: every field of a state that has keys.

Of each entry that an operation may put into a state it is told which it is, and the row of the
operation has to name it. What a row names more narrowly than the syntax tells has a theorem.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from typing import Final

from ibperp.transition import OPERATIONS
from ibperp_invariants.frame.allowed import ALLOWED
from ibperp_invariants.frame.touches import Accounts, Assets, Markets, Orders, Others
from ibperp_invariants.proofs.system.census import writers
from ibperp_invariants.proofs.system.frames import reached_by
from ibperp_invariants.proofs.system.keys import (
    CLAIMANT,
    DUE,
    KEYLESS,
    LENDER,
    LISTED,
    OPPOSITE,
    OWING,
    STORED,
    accounts_put,
)
from ibperp_invariants.proofs.system.syntax.entries import FIELDS, SETTLEMENT, Entries
from ibperp_invariants.proofs.system.syntax.kinds import table
from ibperp_invariants.proofs.system.syntax.written import (
    CHANGED,
    NEW,
    UNREAD,
    WITHOUT,
    Key,
    balances_put,
    keys_written,
    positions_put,
    tokens_put,
)

SCOPED: Final = {"balances": "assets", "positions": "markets", "tokens": "assets"}
"""What an account has by the keys of another field, and an asset by its own: chains of custody."""

WHICH: Final = (*FIELDS, *SCOPED)

_GENESIS: Final = "ibperp.state.genesis"
STARTS: Final = {
    "State": {_GENESIS},
    "Account": {_GENESIS, "ibperp.operations.custody.accounts.create_account"},
}
"""What makes the first state, and new accounts."""

_CLEARING: Final = "ibperp.operations.settlement.clearing"
_ORDERS: Final = r"(one|the best) of the book of markets\[.*\]"
_MARKET: Final = r"(find_market\(action\.market\)|market of (orders|requests)\[action\.\w+\])"
_ITS: Final = (Markets.NAMED, Markets.SPOT, Markets.PERPETUAL, Markets.CLOSED)
_TOLD: Final[Mapping[str, Mapping[str, tuple[StrEnum, ...]]]] = {
    "accounts": {
        r"FEES": (Accounts.FEES, Accounts.FEES_OF_TRADES),
        r"INSURANCE": (Accounts.INSURANCE,),
        r"action\.account": (Accounts.OWNER, Accounts.PARTIES),
        r"action\.sender": (Accounts.OWNER,),
        r"action\.receiver": (Accounts.RECEIVER,),
        r"account of withdrawals\[action\.withdrawal\]": (Accounts.REQUESTER,),
        rf"account of orders\[{_ORDERS}\]": (Accounts.ORDER_OWNERS,),
        r"account of requests\[action\.request\]": (Accounts.PARTIES,),
        STORED["Quote"]: (Accounts.PARTIES,),
        STORED["Backstop"]: (Accounts.PROVIDERS,),
        LISTED: (Accounts.UNSETTLED,),
        rf"{DUE}|{OWING}": (Accounts.OWNER,),
        LENDER: (Accounts.LENDERS,),
        OPPOSITE: (Accounts.TOLD,),
        CLAIMANT: (Accounts.TOLD, Accounts.CREDITED),
        NEW: (Accounts.NEW,),
    },
    "chains": {
        r"find_chain\(action\.chain\)": (Others.CHAIN,),
        NEW: (Others.NEW_CHAINS,),
    },
    "assets": {
        r"find_asset\(action\.asset\)": (Assets.NAMED,),
        rf"(base|quote) of markets\[{_MARKET}\]": (Assets.OF_MARKET,),
        r"asset of (withdrawals|rebalances)\[action\.\w+\]": (Assets.OF_REQUEST,),
        SETTLEMENT: (Assets.SETTLEMENT,),
        CHANGED.format("_moved_asset"): (Assets.RAMPED,),
        NEW: (Assets.NAMED,),
    },
    "markets": {
        _MARKET: _ITS,
        CHANGED.format("_moved_market"): (Markets.RAMPED,),
        NEW: (Markets.NAMED,),
    },
    "orders": {
        r"action\.order": (Orders.NAMED,),
        rf"the best of the book of markets\[{_MARKET}\]": (Orders.OPPOSITE,),
        r"the best of the book of markets\[.*\]": (Orders.OF_TRADED,),
        rf"one of the book of markets\[{_MARKET}\]": (Orders.OF_CLOSED,),
        r"one of the orders of action\.account": (
            *(Orders.OF_ACCOUNT, Orders.OF_LIQUIDATED, Orders.REDUCED),
        ),
        r"one of the orders of an account that is due": (Orders.OF_LIQUIDATED,),
        r"one of the orders of .*": (Orders.REDUCED,),
        NEW: (Orders.NEW,),
    },
    "withdrawals": {
        r"action\.withdrawal": (Others.WITHDRAWAL,),
        NEW: (Others.NEW_WITHDRAWAL,),
    },
    "rebalances": {
        r"action\.rebalance": (Others.REBALANCE,),
        NEW: (Others.NEW_REBALANCE,),
    },
    "requests": {
        r"action\.request": (Others.REQUEST, Others.IMMEDIATE, Others.LASTING),
        NEW: (Others.NEW_REQUEST, Others.CONVERSIONS),
    },
    "tokens": {
        r"find_token\(action\.\w+\) of assets\[find_asset\(action\.asset\)\]": (Assets.NAMED,),
        r"token of withdrawals\[action\.withdrawal\]": (Assets.OF_REQUEST,),
        r"(source|destination) of rebalances\[action\.rebalance\]": (Assets.OF_REQUEST,),
    },
    "backstops": {
        r"action\.account": (Others.BACKSTOP,),
        r"a provider": (Others.BACKSTOPS,),
        WITHOUT.format("capacity"): (Others.BACKSTOPS,),
    },
}
"""What a row calls the entries of a field under the keys that the syntax tells, as patterns."""

ALL: Final = {"assets": Assets.ALL, "markets": Markets.ALL}
"""What a row says that names every entry of a field: then no key has to be told."""

KEPT_BY: Final[Mapping[str, str]] = {
    f"{_CLEARING}.Clearing.written": "of its sheets, which `sheet` names",
    f"{_CLEARING}.Sheet.written": "of a sheet: `put_position` and `_marked` put them there",
}
"""What writes entries under keys that another function names, which is followed instead."""

_RESIZED: Final = ("markets", r"market of orders\[one of the orders of .*\]")
_NEVER_RESTS: Final = ("orders", NEW)
_ITS_ORDER: Final = ("accounts", r"account of orders\[action\.order\]")
_HOLDER: Final = ("accounts", LISTED)
NARROWER: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    _RESIZED: {
        **dict.fromkeys(
            ("PlaceOrder", "AmendOrder", "SubmitQuote", "AcceptQuote"),
            "t_resized_orders_are_of_the_market_that_is_traded",
        ),
        "CancelAllOrders": "t_orders_of_another_market_are_not_cancelled",
    },
    _ITS_ORDER: dict.fromkeys(
        ("CancelOrder", "AmendOrder"), "t_nobody_cancels_an_order_of_another"
    ),
    _HOLDER: {"SettleMarket": "t_a_closing_market_leaves_who_has_no_position_in_it"},
    _NEVER_RESTS: dict.fromkeys(
        ("ConvertCollateral", "Liquidate", "RunRisk"), "t_an_order_of_the_system_never_rests"
    ),
}
"""The keys that a row names more narrowly than the syntax tells: by operation, the theorem."""


PROVED: Final[Mapping[str, str]] = {
    r".*find_\w+\(.*": "t_what_is_looked_up_has_its_name",
    r".*the best of the book of .*": "t_the_best_of_a_book_rests_on_its_side",
    r".*(one|the best) of the book of .*": "t_an_order_rests_in_the_book_of_its_market",
    r"one of the orders of .*": "t_a_resting_order_is_reserved_by_its_account",
    LISTED: "t_a_replaced_account_is_listed_where_it_belongs",
    DUE: "t_who_is_due_is_liquidatable",
    OWING: "t_who_owes_the_fund_is_listed_by_what_it_owes",
    CLAIMANT: "t_a_claimant_has_won",
    LENDER: "t_a_lender_has_a_lend",
    OPPOSITE: "t_who_is_deleveraged_has_an_opposite_position",
    STORED["Quote"]: "t_a_quote_is_found_by_its_account",
    CHANGED.format("_moved_market"): "t_a_market_without_a_ramp_stays",
    WITHOUT.format("capacity"): "t_a_used_offer_has_capacity_left_or_ends",
}
"""What a key that is read from a name, a book or a list can be: the theorem, by pattern."""

_OPERATIONS: Final = "ibperp.operations"
_SELLING: Final = ("liquidation.book._worked_deal", "liquidation.conversion._sold")
_ORDERING: Final = ("spot_margin.orders.place_order", *_SELLING)
_ASKING: Final = ("liquidation.book.request_conversion", "liquidation.conversion._asked")
KNOWN_BY: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("Order.account", "Order.market"), _ORDERING),
    **dict.fromkeys(
        ("QuoteRequest.account", "QuoteRequest.market"),
        ("programs.quotes.request_quote", *_ASKING),
    ),
    **dict.fromkeys(
        ("Withdrawal.account", "Withdrawal.asset", "Withdrawal.token"),
        ("custody.withdrawals.request_withdrawal",),
    ),
    **dict.fromkeys(
        ("Rebalance.asset", "Rebalance.source", "Rebalance.destination"),
        ("custody.rebalances.start_rebalance",),
    ),
    "Quote.account": ("programs.quotes.submit_quote",),
    "Backstop.account": ("programs.backstops.register_backstop",),
    "Asset.symbol": ("custody.assets.list_asset",),
    "Chain.name": ("custody.assets.list_asset", "custody.accounts.deposit"),
    **dict.fromkeys(
        ("Market.symbol", "Market.base", "Market.quote"), ("spot_margin.markets.list_market",)
    ),
    "Perpetual.symbol": ("perpetuals.markets.list_perpetual",),
}
"""What never changes of an entry, so that it can be told by it, and who makes new entries.

A deposit makes the record of its chain anew, under the name by which it found it.
"""

WRITTEN: Final[Mapping[str, Callable[[str], Iterable[Key]]]] = {
    **{f"State.{field}": partial(keys_written, field=field) for field in FIELDS},
    **dict.fromkeys(("Account.free", "Account.shares"), balances_put),
    "Account.positions": positions_put,
}
"""What has keys, by what reads those of one writer."""


def entries_are_those_of_the_row() -> list[str]:
    """Return the entries that an operation can put back, and its row does not name."""
    lines = [
        f"{name} writes {path} under {UNREAD}"
        for path, reader in WRITTEN.items()
        for name in sorted(writers(path) - STARTS[path.partition(".")[0]] - KEPT_BY.keys())
        if UNREAD in (list(reader(name)) or [UNREAD])
    ]
    lines += [
        f"{name} writes {path}, by which an entry is known, or no longer does"
        for path, makers in KNOWN_BY.items()
        for name in sorted(writers(path) ^ {f"{_OPERATIONS}.{maker}" for maker in makers})
    ]
    needed = set[tuple[str, str, str]]()
    for action, operation in OPERATIONS.items():
        row, name = ALLOWED[action], f"{operation.__module__}.{operation.__qualname__}"
        for field in WHICH:
            admitted = {*getattr(row, SCOPED.get(field, field))}
            if ALL.get(SCOPED.get(field, field)) in admitted:
                continue
            for source in sorted(put_back(name, field)):
                if not admitted & {*words(field, source)}:
                    narrower = _narrower(field, action.__name__, source)
                    needed |= narrower
                    if not narrower:
                        lines.append(f"{action.__name__} puts back {source} of {field}")
    listed = {(*key, action) for key, actions in NARROWER.items() for action in actions}
    return lines + [
        f"{action} puts back no {pattern} of {field}"
        for field, pattern, action in sorted(listed - needed)
    ]


def theorems() -> tuple[str, ...]:
    """Return the theorems that say which entries a key can be of."""
    narrower = (name for actions in NARROWER.values() for name in actions.values())
    return tuple(sorted({*PROVED.values(), *narrower}))


def told() -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Yield by action and field which entries it puts back, with theorems; none told if any."""
    for action, operation in OPERATIONS.items():
        row, name = ALLOWED[action], f"{operation.__module__}.{operation.__qualname__}"
        for field in WHICH:
            of = SCOPED.get(field, field)
            found = sorted(put_back(name, field))
            is_any = ALL.get(of) in {*getattr(row, of)}
            names = {
                theorem
                for source in found
                for pattern, theorem in (*PROVED.items(), *_narrowing(field, action.__name__))
                if re.fullmatch(pattern, source)
            }
            if found:
                yield (
                    action.__name__,
                    field,
                    () if is_any else tuple(found),
                    () if is_any else tuple(sorted(names)),
                )


def _narrowing(field: str, action: str) -> Iterator[tuple[str, str]]:
    """Yield the patterns of a field that an operation has a theorem of its own about."""
    for (of, pattern), actions in NARROWER.items():
        if of == field and action in actions:
            yield pattern, actions[action]


def words(field: str, source: str) -> Iterator[StrEnum]:
    """Yield what a row may call an entry of a field under a key."""
    for pattern, meant in (_TOLD.get(field) or _TOLD[SCOPED[field]]).items():
        if re.fullmatch(pattern, source):
            yield from meant


def _narrower(field: str, action: str, source: str) -> set[tuple[str, str, str]]:
    """Return the exception by which a key is one that the row names."""
    return {
        (*key, action)
        for key, actions in NARROWER.items()
        if field == key[0] and re.fullmatch(key[1], source) and action in actions
    }


def put_back(operation: str, field: str) -> frozenset[str]:
    """Return where the keys come from under which an operation may put entries of a field back."""
    reached = reached_by(operation)
    search = Entries(operation, reached, SCOPED.get(field, field))
    return frozenset(
        source
        for name in sorted(reached & table().keys())
        for key in _keys(name, field)
        for source in ([key] if isinstance(key, str) else search.sources(key, name))
    )


def _keys(name: str, field: str) -> Iterable[Key]:
    """Return the keys under which a function puts what is in a field, or an account's own."""
    match field:
        case "balances":
            return balances_put(name)
        case "positions":
            return positions_put(name)
        case "tokens":
            return tokens_put(name)
        case "accounts":
            put = () if name in KEYLESS else accounts_put(table()[name])
            return (*put, *(key for key in keys_written(name, field) if key == NEW))
        case _:
            return keys_written(name, field)
