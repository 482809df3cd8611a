"""Invariants of every action: that a refusal touches nothing, and that values fit ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from ibperp.numbers import INT128_MAX
from ibperp.outcomes import RejectionCode
from ibperp.state import FEES, Pool, Settings
from ibperp.unpaid import NOTHING_UNPAID
from ibperp_invariants.step.step import independently, state_invariant, step_invariant
from ibperp_invariants.view.observed import NotObserved, different_leaves, first_missing
from ibperp_invariants.view.once import kept_for_last, once_for_a_view
from ibperp_invariants.view.view import PerpetualView, View, changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.state import Token
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import AccountView

PRECEDENCE: Final = {code.value: place for place, code in enumerate(RejectionCode)}
SYSTEM_ACCOUNTS: Final = 2
PRICES: Final = ("last_price", "index_price", "mean_mark_price")
PERPETUAL_PARTS: Final = (
    "reference_index_price",
    "mark_price",
    "mark_time",
    "funding_time",
    "open_interest",
)
OF_SPOT: Final = attrgetter(*PRICES)
OF_PERPETUALS: Final = attrgetter(*PRICES, *PERPETUAL_PARTS)
POOL_PARTS: Final = attrgetter(*(part.name for part in fields(Pool)))
UNPAID_PARTS: Final = ("amount", "interest", "carry")
OF_UNPAID: Final = attrgetter(*UNPAID_PARTS)
OF_POSITIONS: Final = ("lots", "cost", "entry_cost", "virtual", "virtual_value")
SIGNED: Final = attrgetter(*OF_POSITIONS)


def non_negative(view: View, totals: Totals) -> Iterator[str]:
    """Check that no balance, total, price or time is below zero (CU-1, MM-1)."""
    for symbol, amount in totals.free.items():
        if amount < 0:
            yield f"{symbol}: free balances sum to {amount}"
    for name, value in _stored(view) if _lowest_and_highest(view)[0] < 0 else ():
        if value < 0:
            yield f"{name} is {value}"


def stored_values_in_range(view: View, totals: Totals) -> Iterator[str]:
    """Check that every stored value is at most 2^127 - 1 (NT-7)."""
    del totals
    for name, value in _stored(view) if _lowest_and_highest(view)[1] > INT128_MAX else ():
        if value > INT128_MAX:
            yield f"{name} is {value}, above {INT128_MAX}"
    for symbol, market in view.markets.items():
        if isinstance(market, PerpetualView) and abs(market.funding_index) > INT128_MAX:
            yield f"{symbol} funding index is {market.funding_index}"


def no_negative_free(step: Step) -> Iterator[str]:
    """Check the free and reserved balances, and the orders, that changed (CU-1, NT-7, SM-5)."""
    for index in step.changed_accounts():
        account = step.after.accounts.get(index)
        if account is None:
            continue
        for name, held in (("free", account.free), ("reserved", account.reserved)):
            for symbol, amount in held.items():
                if not 0 <= amount <= INT128_MAX:
                    yield f"account {index}, {symbol}: {name} is {amount}"
        for name, amount in _signed(account) if _may_be_beyond(account) else ():
            if not -INT128_MAX <= amount <= INT128_MAX:
                yield f"account {index}: {name} is {amount}"
    for index in step.changed_orders():
        order = step.after.orders.get(index)
        if order and not (min(order.price, order.lots) > 0 and order.reserved >= 0):
            yield (
                f"order {index}: {order.lots} lots at {order.price} reserve {order.reserved}, "
                f"which is not 1 or more"
            )


def _may_be_beyond(account: AccountView) -> bool:
    """Tell whether something of an account that may be below zero is out of range, or unknown."""
    try:
        values = [account.unsettled]
        if account.unpaid is not NOTHING_UNPAID:
            values += OF_UNPAID(account.unpaid)
        for own in account.positions.values():
            values += SIGNED(own)
    except NotObserved:
        return True
    return min(values) < -INT128_MAX or max(values) > INT128_MAX


def _signed(account: AccountView) -> Iterator[tuple[str, int]]:
    """Yield what an account has that may be below zero."""
    yield "what is unsettled", account.unsettled
    if account.unpaid is not NOTHING_UNPAID:
        yield from ((f"unpaid {part}", getattr(account.unpaid, part)) for part in UNPAID_PARTS)
    for symbol, own in account.positions.items():
        for part, amount in zip(OF_POSITIONS, SIGNED(own), strict=True):
            yield f"{symbol}: {part}", amount


def rejection_is_no_op(step: Step) -> Iterator[str]:
    """Check that a refused action left everything, and named the first broken rule (NT-9)."""
    if step.is_accepted():
        return
    names = (part.name for part in fields(View) if part.compare and part.name != "next_order")
    changes = (_difference(step, name) for name in names if step.before is not step.after)
    yield from independently((*changes, _misordered(step)))


def _misordered(step: Step) -> Iterator[str]:
    places = [PRECEDENCE.get(code, -1) for code in step.violated]
    if step.violated and (step.violated[0] != step.code or places != sorted(set(places))):
        yield f"{step.code} is not the first by precedence of {', '.join(step.violated)}"


def _difference(step: Step, name: str) -> Iterator[str]:
    """Yield what a refused action changed of a part of the view, with its values."""
    old, new = getattr(step.before, name), getattr(step.after, name)
    if isinstance(old, Mapping):
        for key in changed(old, new):
            for leaf in different_leaves(f"{name}/{key}", old.get(key), new.get(key)):
                yield f"{step.code} changed {leaf}"
    elif old != new:
        yield f"{step.code} changed {name} from {old} to {new}"


def system_accounts_are_nobodys(view: View, totals: Totals) -> Iterator[str]:
    """Check that the accounts 0 and 1 exist, with user 0, and only hold (CU-3)."""
    del totals
    for index in range(SYSTEM_ACCOUNTS):
        account = view.accounts.get(index)
        if account is None:
            yield f"account {index} is missing"
        elif not _only_holds(index, account):
            held = dict(account.shares)
            yield (
                f"account {index}: user {account.user}, shares {held}, "
                f"orders {list(account.orders)}, or its settings"
            )


def _only_holds(index: int, account: AccountView) -> bool:
    """Tell whether a system account does nothing of its own.

    The fees account lends what the pool's cash does not cover, or what a liquidation pays it. The
    insurance takes over lends and debts.
    """
    is_idle = account.settings == Settings() and not (account.orders or account.positions)
    owes = min(account.shares.values(), default=0) < 0
    return is_idle and account.user == 0 and not (index == FEES and owes)


def determinism(step: Step) -> Iterator[str]:
    """Check that the same action on the same state led to the same outcome again (NT-9)."""
    missing = first_missing(step.before) if step.repeat else None
    if missing is not None:
        raise NotObserved(missing)
    if step.repeat:
        yield step.repeat


@once_for_a_view
def _lowest_and_highest(view: View) -> tuple[int, int]:
    """Return the bounds of all that `_stored` yields, without naming it."""
    try:
        values = [view.time, view.settlement_time, view.unpaid_rate_time, view.liquidation_time]
        values += view.chains.values()
        values += view.backstops.values()
        for asset in view.assets.values():
            values += (asset.price, asset.in_transit, *POOL_PARTS(asset.pool))
            values += _of_tokens(asset.tokens)
        for market in view.markets.values():
            values += (
                OF_PERPETUALS(market) if isinstance(market, PerpetualView) else OF_SPOT(market)
            )
    except NotObserved:
        return -1, INT128_MAX + 1
    return min(values), max(values)


@kept_for_last(1 << 8)
def _of_tokens(tokens: Mapping[str, Token]) -> tuple[int, ...]:
    """Return the least and the most of what an asset has on its chains."""
    values = [own for token in tokens.values() for own in (token.custody, token.pending)]
    return (min(values), max(values)) if values else ()


def _stored(view: View) -> Iterator[tuple[str, int]]:
    yield "time", view.time
    for name, sequence in view.chains.items():
        yield f"next sequence of {name}", sequence
    for symbol, asset in view.assets.items():
        yield f"{symbol} price", asset.price
        yield f"{symbol} in transit", asset.in_transit
        for chain, token in asset.tokens.items():
            yield f"{symbol} custody on {chain}", token.custody
            yield f"{symbol} pending on {chain}", token.pending
        for part in fields(Pool):
            yield f"{symbol} pool {part.name}", getattr(asset.pool, part.name)
    for symbol, market in view.markets.items():
        for name in (*PRICES, *(PERPETUAL_PARTS if isinstance(market, PerpetualView) else ())):
            yield f"{symbol} {name}", getattr(market, name)
    yield "settlement time", view.settlement_time
    yield "rate and time of what is unpaid", view.unpaid_rate_time
    yield "liquidation time", view.liquidation_time
    for account, capacity in view.backstops.items():
        yield f"backstop of account {account}", capacity


SYSTEM: Final[tuple[Invariant, ...]] = (
    state_invariant(
        non_negative, "CU-1 MM-1", "No balance, pool total, price or time is below zero."
    ),
    state_invariant(stored_values_in_range, "NT-7", "Every stored value is at most 2^127 - 1."),
    state_invariant(
        system_accounts_are_nobodys,
        "CU-3 ST-3 LQ-8",
        "The accounts 0 and 1 belong to user 0; they neither trade nor borrow, and the account 0 "
        "owes no pool.",
    ),
    step_invariant(
        no_negative_free,
        "CU-1 NT-7 SM-5",
        "No free and no reserved balance falls below zero or leaves the range; open orders have "
        "lots and a price.",
    ),
    step_invariant(
        rejection_is_no_op,
        "NT-9",
        "A refused action changes nothing, and its code is the first broken rule by precedence.",
    ),
    step_invariant(
        determinism, "NT-9", "The same action on the same state has the same outcome, every time."
    ),
)
