"""The health of accounts as an engine reports it, and where it should and does not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ibperp_invariants.view.live import Live
from ibperp_invariants.view.observed import NotObserved

if TYPE_CHECKING:
    from ibperp.margin import Health
    from ibperp_invariants.view.view import AccountView, AssetView


class Portfolios(Mapping[int, "Health"]):
    """The health of accounts as it is reported; not observed where it should be, and is not.

    `accounts`, `assets`: those of the same view, None where the assets are not observed.
    """

    def __init__(
        self,
        reported: Mapping[int, Health],
        path: str,
        accounts: Mapping[int, AccountView],
        assets: Mapping[str, AssetView] | None,
    ) -> None:
        self.reported, self.path = reported, path
        self._accounts, self._assets = accounts, assets

    def __getitem__(self, key: int) -> Health:
        """Return what is reported; raise NotObserved if nothing is."""
        return self.reported[key]

    def get(self, key: int, default: Any = None) -> Any:
        """Return what is reported, or what is given if nothing is."""
        return self.reported.get(key, default)

    def __contains__(self, key: object) -> bool:
        """Tell whether an account has one; raise NotObserved if it should."""
        if key in self.reported:
            return True
        if isinstance(key, int) and self._is_shown(key):
            raise NotObserved(f"{self.path}/{key}/portfolio")
        return False

    def __iter__(self) -> Iterator[int]:
        """Yield the accounts that have one; raise NotObserved at last if others should."""
        yield from self.reported
        for key in self._accounts:
            _ = key in self

    def __len__(self) -> int:
        """Return how many are reported."""
        return len(self.reported)

    def changed_since(self, before: Mapping[int, Health]) -> Collection[int]:
        """Return the accounts of which another health is reported than before the last changes."""
        old, new = getattr(before, "reported", None), self.reported
        if not isinstance(new, Live) or getattr(old, "live", old) is not new:
            return ()
        return [key for key in new.moved(old) if key in new]

    def _is_shown(self, key: int) -> bool:
        """Tell whether an account shows its health; if that is not known, it does."""
        if key not in self._accounts:
            return False
        if self._assets is None:
            return True
        try:
            account, assets = self._accounts[key], self._assets
            debts = (symbol for symbol, shares in account.shares.items() if shares < 0)
            is_exposed = any(assets[symbol].price > 0 for symbol in debts)
            return bool(account.orders or account.positions or account.unsettled) or is_exposed
        except NotObserved:
            return True
