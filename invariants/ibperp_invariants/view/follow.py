"""Follows what an engine observes, decoded from JSON: whole, or by what changed.

A record is read again only if its entry changed, so that a step costs what it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from ibperp.ordered import Ordered
from ibperp.unpaid import NOTHING_UNPAID
from ibperp_invariants.view.from_json import EMPTY, NAMES, NOTHING, SHORT, Reading
from ibperp_invariants.view.live import ABSENT, Live
from ibperp_invariants.view.node import Node, ViewError
from ibperp_invariants.view.observed import NotObserved, missing_of, observed, with_parts, without
from ibperp_invariants.view.portfolios import Portfolios
from ibperp_invariants.view.shown import Shown
from ibperp_invariants.view.view import Known, View, limited, listed

if TYPE_CHECKING:
    from ibperp.margin import Health
    from ibperp_invariants.view.view import AccountView, OrderView

SCALARS: Final[Mapping[str, Callable[[Node], Any]]] = {
    "time": Node.integer,
    "settlement_time": Node.integer,
    "unpaid_rate_time": Node.integer,
    "is_halted": Node.boolean,
    "liquidation_time": Node.integer,
}
MAPS: Final = (
    "chains",
    "assets",
    "markets",
    "orders",
    "accounts",
    "withdrawals",
    "rebalances",
    "backstops",
    "requests",
)
"""The parts of a view with an entry for each name or id; accounts after what they go by."""

LISTS: Final[Mapping[str, Callable[[AccountView], bool]]] = {
    "active": lambda account: (
        account.unsettled != 0 or len(account.positions) > 0 or account.unpaid != NOTHING_UNPAID
    ),
    "exposed": lambda account: bool(account.orders) or min(account.shares.values(), default=0) < 0,
}
"""Which accounts a settlement looks at, and which owe a pool or have orders."""

OF_MEMBERS: Final = frozenset({"assets", "markets", "accounts"})
"""The parts of which entries are read member by member where only some of these change."""

PORTFOLIO: Final = "portfolio"
BY_NAME: Final = frozenset({"chains", "assets", "markets"})
UNTOLD: Final[Mapping[str, str]] = {
    "system": "the parameters of the system",
    "next_order": "the id of the next order",
}
TOP: Final = {NAMES.get(name, name): name for name in (*SCALARS, *MAPS)}
"""The parts of a view by the member that shows them."""


def view_of_observation(
    observation: object,
    path: str = "observation",
    capabilities: Collection[str] = frozenset(EMPTY),
) -> View:
    """Return the view of a decoded observation; raise ViewError where it is not one.

    What an engine without one of the `capabilities` may leave out is read as in a state that never
    had any; all else that is left out raises NotObserved when it is looked at.
    """
    followed = Followed(capabilities, path)
    followed.show(Node(observation, path))
    if followed.problems:
        raise ViewError(followed.problems[0])
    followed.know(Known())
    return followed.after()


class Followed:
    """What is observed, and the views before and after the last changes to it.

    `problems`: what of the last changes could not be read, by path. `touched`: the parts of the
    view, and the keys of their entries, that they may have changed. `fingerprint`: a number that
    two observations of the same values have in common, `former`: that of the one before. `is_new`:
    nothing has been observed yet. `later`: members that may be left out, with what they then are.
    """

    def __init__(
        self,
        capabilities: Collection[str] = frozenset(EMPTY),
        path: str = "observation",
        later: Mapping[str, object] = NOTHING,
    ) -> None:
        absent = {
            name: value
            for capability, members in EMPTY.items()
            if capability not in capabilities
            for name, value in members.items()
        } | dict(later)
        self.path, self.problems = path, list[str]()
        absent.setdefault("unpaid_rate_time", "0")
        self._absent, self._reading = absent, Reading(absent, self.problems)
        self._shown = Shown()
        self._known = Known()
        self._live: dict[str, Live[Any, Any]] = {name: Live(f"{path}/{name}") for name in MAPS}
        self._health: Live[int, Health] = Live(f"{path}/accounts")
        self._scalars: dict[str, Any] = {}
        self._missing: dict[str, str] = {}
        self._lists: dict[str, Ordered | None] = dict.fromkeys(LISTS, Ordered())
        self._listed: dict[str, set[tuple[int]]] = {name: set() for name in LISTS}
        self._owned: dict[int, dict[int, None]] = {}
        self._ownerless: dict[int, str] = {}
        self._before: tuple[dict[str, Any], dict[str, str]] = {}, {}
        self._latest: tuple[dict[str, Any], dict[str, str]] = {}, {}
        self._has_orders = True
        self.touched: dict[tuple[str, Any], str] = {}
        self.former = 0
        self.is_new = True

    def show(self, whole: Node) -> None:
        """Take a whole observation; raise ViewError if it is no object."""
        shown = whole.object()
        self._begin()
        for member, name in TOP.items():
            if member in shown or member in self._absent:
                value = shown[member] if member in shown else self._absent[member]
                self._take(name, Node(value, f"{self.path}/{member}"))
            else:
                self._lose(name, member)
        self._finish()

    def change(self, changes: Node) -> None:
        """Take changes: values by the path at which they stand now, null for what is gone."""
        wanted = changes.object()
        self._begin()
        entries: dict[tuple[str, str], set[str]] = {}
        for path, value in wanted.items():
            member, _, rest = path.partition("/")
            name = TOP.get(member)
            if name is None:
                self.problems.append(f"{self.path}/{path}: an observation has no such member")
            elif rest and name in MAPS:
                key, _, within = rest.partition("/")
                self._missing.pop(name, None)
                if self._shown.change(name, rest, value):
                    own = name, key.replace("~1", "/")
                    entries.setdefault(own, set()).add(within.partition("/")[0])
                else:
                    where = f"{self.path}/{path}"
                    self.problems.append(f"{where}: nothing stands there that could be changed")
            elif value is None or rest:
                where = f"{self.path}/{path}"
                self.problems.append(f"{where}: the member itself can only be given a value")
            else:
                self._take(name, Node(value, f"{self.path}/{path}"))
        self._shown.settle()
        for (name, key), parts in entries.items():
            if not self._read_again(name, key, parts):
                self._read(name, key)
        self._finish()

    @property
    def fingerprint(self) -> int:
        """Return the number of what is observed."""
        return self._shown.fingerprint

    def know(self, known: Known) -> None:
        """Take what the run has told beside the observations; part of the last changes."""
        old, self._known = self._known, known
        for name, parts in (("assets", known.assets), ("markets", known.markets)):
            was = getattr(old, name)
            for symbol in parts:
                if was.get(symbol) is not parts[symbol] and symbol in self._live[name]:
                    self._read(name, symbol)

    def before(self) -> View:
        """Return the view before the last changes."""
        values, missing = self._before
        maps = {name: live.before() for name, live in self._live.items() if name not in missing}
        return self._view({**values, **maps}, missing, self._health.before())

    def after(self) -> View:
        """Return the view after the last changes."""
        maps = {name: live for name, live in self._live.items() if name not in self._missing}
        told = {"system": self._known.system, "next_order": self._known.next_order}
        values = {
            **self._scalars,
            **self._lists,
            **{k: v for k, v in told.items() if v is not None},
        }
        missing = {**self._missing, **{k: p for k, p in UNTOLD.items() if k not in values}}
        self._latest = values, missing
        return self._view({**values, **maps}, missing, self._health)

    def _view(
        self, values: dict[str, Any], missing: Mapping[str, str], health: Mapping[int, Health]
    ) -> View:
        if "accounts" in missing:
            missing = {**missing, "portfolios": f"{self.path}/accounts"}
            return observed(View, {**values, **dict.fromkeys(LISTS)}, missing)
        told = Portfolios(health, f"{self.path}/accounts")
        told.view = observed(View, {"portfolios": told, **values}, missing)
        return told.view

    def _begin(self) -> None:
        self.problems.clear()
        self.touched.clear()
        self.former, self.is_new = self.fingerprint, False
        self._before = self._latest
        for live in (*self._live.values(), self._health):
            live.settle()

    def _take(self, name: str, node: Node) -> None:
        """Take the whole value of a member."""
        if name in SCALARS:
            try:
                self._scalars[name] = SCALARS[name](node)
                self._missing.pop(name, None)
            except ViewError as error:
                self._lose(name, NAMES.get(name, name), str(error))
            self.touched[name, ""] = ""
            self._shown.put(self._shown.members, name, name, node.value)
            return
        if not isinstance(node.value, dict):
            self._lose(name, NAMES.get(name, name), f"{node.path} must be an object")
            return
        old, new = self._shown.entries(name), node.value
        self._missing.pop(name, None)
        for key in [key for key, value in new.items() if key not in old or old[key] != value]:
            self._shown.put(old, key, f"{name}/{key}", new[key])
            self._read(name, key)
        for key in [key for key in old if key not in new]:
            self._shown.put(old, key, f"{name}/{key}", ABSENT)
            self._read(name, key)

    def _lose(self, name: str, member: str, problem: str = "") -> None:
        """Note that a member is not observed."""
        if problem:
            self.problems.append(problem)
        self._missing[name] = f"{self.path}/{member}"
        self._scalars.pop(name, None)
        lost = self._shown.members.get(name)
        self._shown.put(self._shown.members, name, name, ABSENT)
        for key in lost or () if name in MAPS else ():
            self._read(name, key)

    def _read_again(self, name: str, key: str, parts: set[str]) -> bool:
        """Read members of an entry again that it had before; tell whether that was all to read.

        Nothing is read in part where the entry is new, lacks something, or turns into another kind.
        """
        if name not in OF_MEMBERS:
            return False
        live, shown = self._live[name], self._shown.members[name]
        own: Any = int(key) if name == "accounts" and SHORT.fullmatch(key) else key
        old = live.get(own)
        if key not in shown or old is None or own in live.partial:
            return False
        node = Node(shown[key], f"{self.path}/{name}/{key}")
        new = self._reading.with_members(old, node, parts - {PORTFOLIO})
        if new is None:
            return False
        self.touched[name, own] = key
        if PORTFOLIO in parts:
            self._note_account(own, node.value, node.path)
        if new is old:
            return True
        if name == "accounts":
            self._put_account(own, new, is_whole=True)
        else:
            live.put(own, new, is_whole=True)
        return True

    def _read(self, name: str, key: str) -> None:
        """Read an entry again."""
        live, path = self._live[name], f"{self.path}/{NAMES.get(name, name)}/{key}"
        own: Any = key
        if name not in BY_NAME:
            try:
                own = Node(key, f"{path}, as an id,").integer()
            except ViewError as error:
                self.problems.append(str(error))
                return
        self.touched[name, own] = key
        raw = self._shown.members.get(name, {})
        entry: Any = None
        self._reading.is_whole = True
        if key in raw:
            try:
                entry = self._entry(name, key, Node(raw[key], path))
            except ViewError as error:
                self.problems.append(str(error))
        old, is_whole = live.get(own), self._reading.is_whole
        if name == "accounts":
            self._note_account(own, raw.get(key), path)
            self._put_account(own, entry and self._with_orders(own, entry), is_whole=is_whole)
        else:
            live.put(own, entry, is_whole=is_whole and not missing_of(entry))
        if name == "orders":
            self._note_order(own, old, entry)

    def _entry(self, name: str, key: str, node: Node) -> Any:
        match name:
            case "assets":
                return limited(self._reading.asset(node), self._known, key)
            case "markets":
                return listed(self._reading.market(node), self._known, key)
            case "orders":
                return self._reading.order(node)
            case "accounts":
                return self._reading.account(node)
            case "withdrawals":
                return self._reading.withdrawal(node)
            case "rebalances":
                return self._reading.rebalance(node)
            case "requests":
                return self._reading.request(node)
            case _:
                return node.integer()

    def _note_account(self, account: int, raw: object, path: str) -> None:
        """Read again the health that an account reports."""
        health, self._reading.is_whole = None, True
        if isinstance(raw, dict):
            try:
                health = self._reading.portfolio(Node(raw, path))
            except ViewError as error:
                self.problems.append(str(error))
        if health is not None or account in self._health:
            self._health.put(account, health, is_whole=self._reading.is_whole)

    def _note_order(self, index: int, old: OrderView | None, new: OrderView | None) -> None:
        """Give the owners of an order the ids of their open orders again."""
        owners = set()
        self._ownerless.pop(index, None)
        for order, is_there in ((old, False), (new, True)):
            if order is None:
                continue
            try:
                owner = order.account
            except NotObserved as error:
                if is_there:
                    self._ownerless[index] = str(error)
                continue
            owners.add(owner)
            held = self._owned.setdefault(owner, {})
            held.pop(index, None)
            if is_there:
                held[index] = None
        accounts = self._live["accounts"]
        for owner in sorted(owners):
            if owner in accounts:
                self._put_account(owner, self._with_orders(owner, accounts[owner]))

    def _finish(self) -> None:
        """Give all accounts their orders again, if these are observed now, or no longer."""
        self._shown.begin()
        has_orders = not self._ownerless and "orders" not in self._missing
        if has_orders != self._has_orders:
            self._has_orders = has_orders
            accounts = self._live["accounts"]
            for owner in list(accounts):
                self._put_account(owner, self._with_orders(owner, accounts[owner]))

    def _put_account(
        self, index: int, account: AccountView | None, *, is_whole: bool = False
    ) -> None:
        """Set an account, and keep up who is settled and who owes or trades, as far as is known."""
        self._live["accounts"].put(index, account, is_whole=is_whole and not missing_of(account))
        for name, is_one in LISTS.items():
            listed = self._lists[name]
            if listed is None:
                continue
            try:
                is_now = account is not None and is_one(account)
            except NotObserved:
                self._lists[name] = None
                continue
            if is_now != ((index,) in self._listed[name]):
                change, note = (
                    (listed.add, self._listed[name].add)
                    if is_now
                    else (listed.remove, self._listed[name].remove)
                )
                self._lists[name] = change((index,))
                note((index,))

    def _with_orders(self, owner: int, account: AccountView) -> AccountView:
        """Return an account with the ids of its open orders, as far as these are observed."""
        if not self._has_orders:
            path = next(iter(self._ownerless.values()), f"{self.path}/orders")
            return without(account, {"orders": path})
        owned = tuple(sorted(self._owned.get(owner, ())))
        is_same = "orders" not in missing_of(account) and account.orders == owned
        return account if is_same else with_parts(account, orders=owned)
