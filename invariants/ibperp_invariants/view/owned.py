"""The open orders of each account, by the owners that they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp_invariants.view.observed import NotObserved, missing_of, with_parts, without

if TYPE_CHECKING:
    from ibperp_invariants.view.view import AccountView, OrderView


class Owned:
    """Keeps up the ids of open orders by owner; `ownerless`: paths of owners not observed, by id.

    `are_shown`: the owners of all orders are observed.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._held: dict[int, dict[int, None]] = {}
        self.ownerless: dict[int, str] = {}
        self.are_shown = True

    def note(self, index: int, old: OrderView | None, new: OrderView | None) -> list[int]:
        """Take an order as it was and is; return the accounts that own it, or did."""
        owners = set[int]()
        self.ownerless.pop(index, None)
        for order, is_there in ((old, False), (new, True)):
            if order is None:
                continue
            try:
                owner = order.account
            except NotObserved as error:
                if is_there:
                    self.ownerless[index] = str(error)
                continue
            owners.add(owner)
            held = self._held.setdefault(owner, {})
            held.pop(index, None)
            if is_there:
                held[index] = None
        return sorted(owners)

    def given(self, owner: int, account: AccountView) -> AccountView:
        """Return an account with the ids of its open orders, as far as these are observed."""
        if not self.are_shown:
            path = next(iter(self.ownerless.values()), self._path)
            return without(account, {"orders": path})
        owned = tuple(sorted(self._held.get(owner, ())))
        is_same = "orders" not in missing_of(account) and account.orders == owned
        return account if is_same else with_parts(account, orders=owned)
