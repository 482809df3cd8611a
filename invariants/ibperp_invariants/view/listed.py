"""The accounts that a settlement looks at, and those that owe a pool or have orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from ibperp.ordered import Ordered
from ibperp.unpaid import NOTHING_UNPAID
from ibperp_invariants.view.observed import NotObserved

if TYPE_CHECKING:
    from ibperp_invariants.view.view import AccountView

LISTS: Final[Mapping[str, Callable[[AccountView], bool]]] = {
    "active": lambda account: (
        account.unsettled != 0 or len(account.positions) > 0 or account.unpaid != NOTHING_UNPAID
    ),
    "exposed": lambda account: bool(account.orders) or min(account.shares.values(), default=0) < 0,
}
"""Which accounts a settlement looks at, and which owe a pool or have orders."""


class Listed:
    """Keeps up the lists as accounts change; `lists`: None where an account is not observed."""

    def __init__(self) -> None:
        self.lists: dict[str, Ordered | None] = dict.fromkeys(LISTS, Ordered())
        self._members: dict[str, set[tuple[int]]] = {name: set() for name in LISTS}

    def note(self, index: int, account: AccountView | None) -> None:
        """Take an account as it is now, None if it is gone."""
        for name, is_one in LISTS.items():
            listed = self.lists[name]
            if listed is None:
                continue
            try:
                is_now = account is not None and is_one(account)
            except NotObserved:
                self.lists[name] = None
                continue
            members = self._members[name]
            if is_now == ((index,) in members):
                continue
            self.lists[name] = (listed.add if is_now else listed.remove)((index,))
            (members.add if is_now else members.remove)((index,))
