"""The sums over accounts and requests that the invariants of every state compare with."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from ibperp.records import field, record
from ibperp.state import RequestStatus
from ibperp_invariants.view.live import Live
from ibperp_invariants.view.observed import NotObserved, with_parts, without
from ibperp_invariants.view.view import changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ibperp_invariants.view.view import AccountView, RebalanceView, View, WithdrawalView

S = TypeVar("S")
Sums: TypeAlias = dict[str, dict[Any, int]]
Add: TypeAlias = Callable[[Sums, Any, int], None]
"""What adds a record to sums, or with -1 subtracts it."""


class _Every(Container[Add]):
    def __contains__(self, _: object) -> bool:
        return True


EVERY: Final = _Every()
NO_SUM: Final[frozenset[Add]] = frozenset()
UNSETTLED: Final = ""
"""In place of a market: unsettled balances, in the sums of the fund."""


@record
class Totals:
    """Sums over accounts and requests, by symbol and by (symbol, chain).

    By perpetual market: `lots`, `long_lots`; `indexed`, of lots times the funding index up to which
    they are settled; `virtual_lends`, `virtual_borrows`, shares; `fund`, of costs below zero, with
    all that is unsettled under the name of no market. `unpaid`: of the amounts and of the carries
    of what the last settlement left (ST-10).
    """

    free: dict[str, int] = field(default_factory=dict)
    lend_shares: dict[str, int] = field(default_factory=dict)
    borrow_shares: dict[str, int] = field(default_factory=dict)
    pending: dict[tuple[str, str], int] = field(default_factory=dict)
    in_transit: dict[str, int] = field(default_factory=dict)
    lots: dict[str, int] = field(default_factory=dict)
    long_lots: dict[str, int] = field(default_factory=dict)
    indexed: dict[str, int] = field(default_factory=dict)
    fund: dict[str, int] = field(default_factory=dict)
    virtual_lends: dict[str, int] = field(default_factory=dict)
    virtual_borrows: dict[str, int] = field(default_factory=dict)
    unpaid: dict[str, int] = field(default_factory=dict)


def totals_of(view: View) -> Totals:
    """Return the sums over all accounts and requests of a view, as far as they are observed."""
    return _totals(Totals(), lambda kind: ((None, own) for own in getattr(view, kind).values()))


def totals_after(totals: Totals, before: View, after: View, sums: Container[Add] = EVERY) -> Totals:
    """Return the sums of `after` from those of `before`, at the cost of what changed.

    `sums`: those that may differ.
    """
    if sums == NO_SUM:
        return totals

    def moved(kind: str) -> Iterator[tuple[Any, Any]]:
        old, new = getattr(before, kind), getattr(after, kind)
        follows = isinstance(new, Live) and getattr(old, "live", old) is new
        for index in new.moved(old) if follows else changed(old, new):
            yield old.get(index), new.get(index)

    return _totals(totals, moved, sums)


def _totals(
    start: Totals,
    records: Callable[[str], Iterator[tuple[Any, Any]]],
    sums: Container[Add] = EVERY,
) -> Totals:
    """Return sums with what records of each kind add, or subtract; those that can be known."""
    values, missing = dict[str, Any](), dict[str, str]()
    for kind, every in SUMS.items():
        parts = {add: names for add, names in every.items() if add in sums}
        if not parts:
            continue
        try:
            found = list(records(kind))
        except NotObserved as error:
            missing |= {name: str(error) for names in parts.values() for name in names}
            continue
        for add, names in parts.items() if found else ():
            try:
                differing = [pair for pair in found if not _is_kept(*pair, PARTS[add])]
                if differing:
                    values |= _added(start, add, names, differing)
            except NotObserved as error:
                missing |= dict.fromkeys(names, str(error))
    if missing:
        return without(with_parts(start, **values), missing)
    return with_parts(start, **values) if values else start


def _added(
    start: Totals,
    add: Add,
    names: tuple[str, ...],
    pairs: list[tuple[Any, Any]],
) -> Sums:
    """Return the sums that one function adds up, with the new of each pair in place of the old."""
    sums = {name: dict(getattr(start, name)) for name in names}
    for pair in pairs:
        for own, sign in zip(pair, (-1, 1), strict=True):
            if own is not None:
                add(sums, own, sign)
    return sums


def _is_kept(old: Any, new: Any, parts: tuple[str, ...]) -> bool:
    """Tell whether two records are the same in the parts that a sum is over."""
    if old is None or new is None:
        return False
    return old is new or all(
        getattr(old, name) == getattr(new, name)
        if name not in OF_POSITIONS
        else old.positions is new.positions or _all_kept(old.positions, new.positions, name)
        for name in parts
    )


def _all_kept(old: Mapping[str, Any], new: Mapping[str, Any], name: str) -> bool:
    """Tell whether two sets of positions are of the same markets, and alike in one member."""
    return old.keys() == new.keys() and all(
        own is new[symbol] or getattr(own, name) == getattr(new[symbol], name)
        for symbol, own in old.items()
    )


def _add(sums: dict[S, int], key: S, amount: int) -> None:
    total = sums.get(key, 0) + amount
    sums[key] = total
    if total == 0:
        del sums[key]


def _add_free(sums: Sums, account: AccountView, sign: int) -> None:
    for symbol, amount in account.free.items():
        _add(sums["free"], symbol, sign * amount)


def _add_shares(sums: Sums, account: AccountView, sign: int) -> None:
    for symbol, shares in account.shares.items():
        side = sums["lend_shares" if shares > 0 else "borrow_shares"]
        _add(side, symbol, sign * abs(shares))


def _add_fund(sums: Sums, account: AccountView, sign: int) -> None:
    _add(sums["fund"], UNSETTLED, sign * account.unsettled)
    for symbol, own in account.positions.items():
        _add(sums["fund"], symbol, -sign * own.cost)


def _add_unpaid(sums: Sums, account: AccountView, sign: int) -> None:
    for name in ("amount", "carry"):
        _add(sums["unpaid"], name, sign * getattr(account.unpaid, name))


def _add_lots(sums: Sums, account: AccountView, sign: int) -> None:
    for symbol, own in account.positions.items():
        _add(sums["lots"], symbol, sign * own.lots)
        _add(sums["long_lots"], symbol, sign * max(own.lots, 0))


def _add_indexed(sums: Sums, account: AccountView, sign: int) -> None:
    for symbol, own in account.positions.items():
        _add(sums["indexed"], symbol, sign * own.lots * own.funding_index)


def _add_virtual(sums: Sums, account: AccountView, sign: int) -> None:
    for symbol, own in account.positions.items():
        side = sums["virtual_lends" if own.virtual > 0 else "virtual_borrows"]
        _add(side, symbol, sign * abs(own.virtual))


def _add_withdrawal(sums: Sums, withdrawal: WithdrawalView, sign: int) -> None:
    if withdrawal.status is RequestStatus.PENDING:
        _add(sums["pending"], (withdrawal.asset, withdrawal.chain), sign * withdrawal.amount)


def _add_rebalance(sums: Sums, rebalance: RebalanceView, sign: int) -> None:
    if rebalance.status is RequestStatus.PENDING:
        _add(sums["in_transit"], rebalance.asset, sign * rebalance.amount)


SUMS: Final[dict[str, dict[Add, tuple[str, ...]]]] = {
    "accounts": {
        _add_free: ("free",),
        _add_shares: ("lend_shares", "borrow_shares"),
        _add_fund: ("fund",),
        _add_unpaid: ("unpaid",),
        _add_lots: ("lots", "long_lots"),
        _add_indexed: ("indexed",),
        _add_virtual: ("virtual_lends", "virtual_borrows"),
    },
    "withdrawals": {_add_withdrawal: ("pending",)},
    "rebalances": {_add_rebalance: ("in_transit",)},
}
"""The sums by what they are over: those that one function adds are known together."""

PARTS: Final[dict[Add, tuple[str, ...]]] = {
    _add_free: ("free",),
    _add_shares: ("shares",),
    _add_fund: ("unsettled", "cost"),
    _add_unpaid: ("unpaid",),
    _add_lots: ("lots",),
    _add_indexed: ("lots", "funding_index"),
    _add_virtual: ("virtual",),
    _add_withdrawal: ("status", "asset", "chain", "amount"),
    _add_rebalance: ("status", "asset", "amount"),
}
"""The parts of a record, or of the positions of an account, that each of them looks at."""

OF_POSITIONS: Final = frozenset({"cost", "lots", "funding_index", "virtual"})
