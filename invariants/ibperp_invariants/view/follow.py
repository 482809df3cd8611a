"""Follows what an engine observes, decoded from JSON: whole, or by what changed.

A record is read again only if its entry changed, so that a step costs what it changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ibperp.records import replace
from ibperp_invariants.view.from_json import EMPTY, NAMES, NOTHING, SHORT, Reading
from ibperp_invariants.view.leaves import (
    OF_PORTFOLIO,
    OF_POSITIONS,
    PORTFOLIO,
    Entry,
    Leaf,
    Places,
    leaf_at,
    with_leaves,
)
from ibperp_invariants.view.listed import LISTS, Listed
from ibperp_invariants.view.live import ABSENT, Former, Live
from ibperp_invariants.view.node import Node, ViewError
from ibperp_invariants.view.observed import missing_of, names_of, observed, with_parts
from ibperp_invariants.view.owned import Owned
from ibperp_invariants.view.parts import BY_NAME, MAPS, OF_MEMBERS, SCALARS, TOP, UNTOLD
from ibperp_invariants.view.portfolios import Portfolios
from ibperp_invariants.view.shown import Shown
from ibperp_invariants.view.view import Known, View, limited, listed

if TYPE_CHECKING:
    from ibperp.margin import Health
    from ibperp_invariants.view.view import AccountView


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
    view, and the keys of their entries, that they may have changed in more than leaves that were
    there (`leaves`). `fingerprint`: a number that
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
        self._lives = (*self._live.values(), self._health)
        self._scalars: dict[str, Any] = {}
        self._missing: dict[str, str] = {}
        self._listed = Listed()
        self._owned = Owned(f"{path}/orders")
        self._before = self._latest = observed(View, {}, dict.fromkeys(names_of(View), path))
        self.touched: dict[tuple[str, Any], str] = {}
        self._leaves: list[Leaf] | None = None
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
        told = self._leaves = list[Leaf]()
        entries: dict[tuple[str, str], set[str]] = {}
        leaves: dict[Entry, Places] = {}
        for path, value in wanted.items():
            leaf = leaf_at(path)
            number = None
            if leaf is not None and leaf.name not in self._missing:
                number = self._shown.put_leaf(leaf, value)
            if leaf is None or number is None:
                self._change_any(path, value, entries)
                continue
            told.append(leaf)
            if not leaf.member:
                self._scalars[leaf.name] = number
            elif leaf.entry in leaves:
                leaves[leaf.entry].setdefault(leaf.within, {})[leaf.member] = number
            else:
                leaves[leaf.entry] = {leaf.within: {leaf.member: number}}
        self._shown.settle()
        for (name, own), places in leaves.items():
            shown = name, str(own)
            if shown in entries or not self._put_leaves(name, own, places):
                read = {*places.pop((), ()), *(within[0] for within in places)}
                entries.setdefault(shown, set()).update(read)
        for (name, key), parts in entries.items():
            if not self._read_again(name, key, parts):
                self._read(name, key)
        self._finish()

    def _change_any(
        self, path: str, value: object, entries: dict[tuple[str, str], set[str]]
    ) -> None:
        """Change what stands at a path, and note which members of which entry are to be read."""
        member, _, rest = path.partition("/")
        name, where = TOP.get(member), f"{self.path}/{path}"
        if name is None:
            self.problems.append(f"{where}: an observation has no such member")
        elif rest and name in MAPS:
            key, _, within = rest.partition("/")
            self._missing.pop(name, None)
            if self._shown.change(name, rest, value):
                own = name, key.replace("~1", "/")
                entries.setdefault(own, set()).add(within.partition("/")[0])
            else:
                self.problems.append(f"{where}: nothing stands there that could be changed")
        elif value is None or rest:
            self.problems.append(f"{where}: the member itself can only be given a value")
        else:
            self._take(name, Node(value, where))

    def _put_leaves(self, name: str, own: Any, places: Places) -> bool:
        """Set an entry with other leaves; tell whether it is whole, so that this can be done."""
        live = self._live[name]
        old = live.get(own)
        if old is None or own in live.partial or missing_of(old):
            return False
        if OF_PORTFOLIO in places:
            if own not in self._health or own in self._health.partial:
                return False
            reported = self._health[own]
            self._health.change(own, reported, replace(reported, **places.pop(OF_PORTFOLIO)))
            if not places:
                return True
        new = with_leaves(old, places)
        if name == "accounts" and any(within[:1] != OF_POSITIONS for within in places):
            self._listed.note(own, new)
        live.change(own, old, new)
        return True

    @property
    def leaves(self) -> Sequence[Leaf] | None:
        """Return the leaves that the last changes are; None where they may be something else.

        That is so as well where something is not observed.
        """
        if self._missing or self._leaves is None:
            return None
        for live in self._lives:
            if live.partial:
                return None
        return self._leaves

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
        """Return the view before the last changes, of which there was one."""
        missing, former = missing_of(self._before), dict[str, Any]()
        for name, live in self._live.items():
            if live.was and name not in missing:
                former[name] = Former(live, live.was)
        if "accounts" not in missing:
            former["portfolios"] = self._portfolios(self._health.before(), missing, former)
        return with_parts(self._before, **former)

    def after(self) -> View:
        """Return the view after the last changes."""
        values, missing = {**self._scalars, **self._listed.lists}, {**self._missing}
        for name, value in (("system", self._known.system), ("next_order", self._known.next_order)):
            if value is None:
                missing[name] = UNTOLD[name]
            else:
                values[name] = value
        if "accounts" in missing:
            missing["portfolios"] = f"{self.path}/accounts"
            values |= dict.fromkeys(LISTS)
        else:
            values["portfolios"] = self._portfolios(self._health, missing, {})
        if missing or missing_of(self._before):
            values |= {name: live for name, live in self._live.items() if name not in missing}
            self._latest = observed(View, values, missing)
        else:
            self._latest = with_parts(self._before, **values)
        return self._latest

    def _portfolios(
        self, health: Mapping[int, Health], missing: Mapping[str, str], former: Mapping[str, Any]
    ) -> Portfolios:
        """Return the health of accounts, given what the maps were that are not as they were."""
        accounts = former.get("accounts", self._live["accounts"])
        assets = None if "assets" in missing else former.get("assets", self._live["assets"])
        return Portfolios(health, f"{self.path}/accounts", accounts, assets)

    def _begin(self) -> None:
        self.problems.clear()
        self.touched.clear()
        self._leaves = None
        self.former, self.is_new = self.fingerprint, False
        self._before = self._latest
        for live in self._lives:
            if live.was:
                live.settle()

    def _take(self, name: str, node: Node) -> None:
        """Take the whole value of a member."""
        self._leaves = None
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
        self._leaves = None
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
        self._leaves = None
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
        self._leaves = None
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
            self._put_account(own, entry and self._owned.given(own, entry), is_whole=is_whole)
        else:
            live.put(own, entry, is_whole=is_whole and not missing_of(entry))
        if name == "orders":
            self._give_orders(self._owned.note(own, old, entry))

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

    def _finish(self) -> None:
        """Give all accounts their orders again, if these are observed now, or no longer."""
        self._shown.begin()
        are_shown = not self._owned.ownerless and "orders" not in self._missing
        if are_shown != self._owned.are_shown:
            self._owned.are_shown = are_shown
            self._give_orders(list(self._live["accounts"]))

    def _give_orders(self, owners: Iterable[int]) -> None:
        """Give accounts the ids of their open orders again."""
        accounts = self._live["accounts"]
        for owner in owners:
            if owner in accounts:
                self._put_account(owner, self._owned.given(owner, accounts[owner]))

    def _put_account(
        self, index: int, account: AccountView | None, *, is_whole: bool = False
    ) -> None:
        """Set an account, and keep up who is settled and who owes or trades, as far as is known."""
        self._live["accounts"].put(index, account, is_whole=is_whole and not missing_of(account))
        self._listed.note(index, account)
