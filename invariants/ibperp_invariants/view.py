"""What the invariants look at: the published observation of a state, with its integers read once.

A view is made from a state of the reference or from the observation of any engine. The accounts of
a state are read when they are looked at, so that a view costs nothing however many there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from ibperp.state import Pool, RequestStatus, Settings, Token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.persistent import Vector
    from ibperp.state import Account, Rebalance, State, Withdrawal

T = TypeVar("T")
S = TypeVar("S")
K = TypeVar("K", int, str)

INTEGER: Final = re.compile(r"0|-?[1-9][0-9]*")
DIGITS_MAX: Final = 1_000
POOL_FIELDS: Final = (
    "cash",
    "lent",
    "lend_shares",
    "borrowed",
    "borrow_shares",
    "reserve",
    "interest_carry",
    "throttle_bound",
)


class ViewError(ValueError):
    """An observation lacks a field or holds a wrong value; the message names the path."""


@dataclass(frozen=True, slots=True)
class AssetView:
    """An asset's price, custody by chain and pool; the throttle's range where it is known."""

    price: int
    price_time: int
    in_transit: int
    tokens: Mapping[str, Token]
    pool: Pool
    throttle_range: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class AccountView:
    """The free atoms and the signed shares of an account by symbol; what is missing is zero."""

    user: int
    free: Mapping[str, int]
    shares: Mapping[str, int]
    settings: Settings


@dataclass(frozen=True, slots=True)
class WithdrawalView:
    """A withdrawal, with its asset and chain by name."""

    account: int
    asset: str
    chain: str
    amount: int
    fee: int
    status: RequestStatus


@dataclass(frozen=True, slots=True)
class RebalanceView:
    """A rebalance, with its asset and chains by name."""

    asset: str
    source: str
    destination: str
    amount: int
    status: RequestStatus


@dataclass(frozen=True, slots=True)
class View:
    """A whole state as the invariants see it; amounts in atoms, `time` in seconds."""

    time: int
    chains: Mapping[str, int]
    assets: Mapping[str, AssetView]
    accounts: Mapping[int, AccountView]
    withdrawals: Mapping[int, WithdrawalView]
    rebalances: Mapping[int, RebalanceView]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over accounts and requests, by symbol and by (symbol, chain)."""

    free: dict[str, int] = field(default_factory=dict)
    lend_shares: dict[str, int] = field(default_factory=dict)
    borrow_shares: dict[str, int] = field(default_factory=dict)
    pending: dict[tuple[str, str], int] = field(default_factory=dict)
    in_transit: dict[str, int] = field(default_factory=dict)


class Entries(Mapping[int, T], Generic[S, T]):
    """The entries of a persistent vector, each read when it is looked at."""

    def __init__(self, vector: Vector[S], read: Callable[[S], T]) -> None:
        self.vector, self._read = vector, read

    def __getitem__(self, key: int) -> T:
        if not 0 <= key < len(self.vector):
            raise KeyError(key)
        return self._read(self.vector[key])

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.vector)))

    def __len__(self) -> int:
        return len(self.vector)


def changed(before: Mapping[K, T], after: Mapping[K, T]) -> tuple[K, ...]:
    """Return the ids whose entries differ; of states, what they share is not looked at."""
    if isinstance(before, Entries) and isinstance(after, Entries):
        grown = after.vector.changed(before.vector)
        return tuple(index for index, new, old in grown if new != old)
    ids = sorted(before.keys() | after.keys())
    return tuple(index for index in ids if before.get(index) != after.get(index))


def totals_of(view: View) -> Totals:
    """Return the sums over all accounts and requests of a view."""
    totals = Totals()
    for account in view.accounts.values():
        _add_account(totals, account, 1)
    for withdrawal in view.withdrawals.values():
        _add_withdrawal(totals, withdrawal, 1)
    for rebalance in view.rebalances.values():
        _add_rebalance(totals, rebalance, 1)
    return totals


def totals_after(totals: Totals, before: View, after: View) -> Totals:
    """Return the sums of `after` from those of `before`, at the cost of what changed."""
    new = Totals(
        dict(totals.free),
        dict(totals.lend_shares),
        dict(totals.borrow_shares),
        dict(totals.pending),
        dict(totals.in_transit),
    )
    for sign, view in ((-1, before), (1, after)):
        for index in changed(before.accounts, after.accounts):
            if index in view.accounts:
                _add_account(new, view.accounts[index], sign)
        for index in changed(before.withdrawals, after.withdrawals):
            if index in view.withdrawals:
                _add_withdrawal(new, view.withdrawals[index], sign)
        for index in changed(before.rebalances, after.rebalances):
            if index in view.rebalances:
                _add_rebalance(new, view.rebalances[index], sign)
    return new


def _add(sums: dict[S, int], key: S, amount: int) -> None:
    total = sums.get(key, 0) + amount
    sums[key] = total
    if total == 0:
        del sums[key]


def _add_account(totals: Totals, account: AccountView, sign: int) -> None:
    for symbol, amount in account.free.items():
        _add(totals.free, symbol, sign * amount)
    for symbol, shares in account.shares.items():
        side = totals.lend_shares if shares > 0 else totals.borrow_shares
        _add(side, symbol, sign * abs(shares))


def _add_withdrawal(totals: Totals, withdrawal: WithdrawalView, sign: int) -> None:
    if withdrawal.status is RequestStatus.PENDING:
        _add(totals.pending, (withdrawal.asset, withdrawal.chain), sign * withdrawal.amount)


def _add_rebalance(totals: Totals, rebalance: RebalanceView, sign: int) -> None:
    if rebalance.status is RequestStatus.PENDING:
        _add(totals.in_transit, rebalance.asset, sign * rebalance.amount)


def view_of_state(state: State) -> View:
    """Return the view of a state of the reference."""
    symbols = [asset.symbol for asset in state.assets]
    chains = [[token.chain for token in asset.parameters.tokens] for asset in state.assets]

    def named(values: tuple[int, ...]) -> dict[str, int]:
        return {symbols[index]: value for index, value in enumerate(values) if value}

    def account(item: Account) -> AccountView:
        return AccountView(item.user, named(item.free), named(item.shares), item.settings)

    def withdrawal(item: Withdrawal) -> WithdrawalView:
        symbol, chain = symbols[item.asset], chains[item.asset][item.token]
        return WithdrawalView(
            item.account, symbol, chain, item.amount, item.fee, RequestStatus(item.status)
        )

    def rebalance(item: Rebalance) -> RebalanceView:
        source, destination = (chains[item.asset][n] for n in (item.source, item.destination))
        status = RequestStatus(item.status)
        return RebalanceView(symbols[item.asset], source, destination, item.amount, status)

    assets = {
        asset.symbol: AssetView(
            asset.price,
            asset.price_time,
            asset.in_transit,
            dict(zip(chains[index], asset.tokens, strict=True)),
            asset.pool,
            (asset.parameters.pool.throttle_utilization, asset.parameters.pool.max_utilization),
        )
        for index, asset in enumerate(state.assets)
    }
    return View(
        state.time,
        {chain.name: chain.next_sequence for chain in state.chains},
        assets,
        Entries(state.accounts, account),
        Entries(state.withdrawals, withdrawal),
        Entries(state.rebalances, rebalance),
    )


def with_throttle_ranges(view: View, ranges: Mapping[str, tuple[int, int]]) -> View:
    """Return the view with the throttle's range of each asset whose parameters are known."""
    assets = {
        symbol: replace(asset, throttle_range=ranges.get(symbol))
        for symbol, asset in view.assets.items()
    }
    return replace(view, assets=assets)


@dataclass(frozen=True, slots=True)
class Node:
    """A place in decoded JSON: reads what must stand there, or raises ViewError naming the path."""

    value: object
    path: str

    def get(self, name: str) -> Node:
        """Return the member `name` of an object."""
        members = self.members()
        if name not in members:
            raise ViewError(f"{self._at(name)} is missing")
        return members[name]

    def members(self) -> dict[str, Node]:
        """Return the members of an object."""
        if not isinstance(self.value, dict):
            raise ViewError(f"{self.path or 'the value'} must be an object, is {self._shown()}")
        return {str(key): Node(value, self._at(str(key))) for key, value in self.value.items()}

    def numbered(self) -> dict[int, Node]:
        """Return the members of an object whose keys are ids."""
        return {Node(key, node.path).integer(): node for key, node in self.members().items()}

    def items(self) -> list[Node]:
        """Return the items of an array."""
        if not isinstance(self.value, list):
            raise ViewError(f"{self.path or 'the value'} must be an array, is {self._shown()}")
        return [Node(value, self._at(str(index))) for index, value in enumerate(self.value)]

    def integer(self) -> int:
        """Return an integer written as a decimal string."""
        text = self.value
        if not isinstance(text, str) or not INTEGER.fullmatch(text) or len(text) > DIGITS_MAX:
            raise ViewError(f"{self.path} must be a decimal string, is {self._shown()}")
        return int(text)

    def boolean(self) -> bool:
        """Return a JSON boolean."""
        if not isinstance(self.value, bool):
            raise ViewError(f"{self.path} must be true or false, is {self._shown()}")
        return self.value

    def text(self) -> str:
        """Return a JSON string."""
        if not isinstance(self.value, str):
            raise ViewError(f"{self.path} must be a string, is {self._shown()}")
        return self.value

    def status(self) -> RequestStatus:
        """Return the status of a request."""
        known = {status.value: status for status in RequestStatus}
        status = known.get(self.text())
        if status is None:
            raise ViewError(f"{self.path} must be one of {', '.join(known)}, is {self._shown()}")
        return status

    def _at(self, name: str) -> str:
        return f"{self.path}/{name}" if self.path else name

    def _shown(self) -> str:
        shown = repr(self.value)
        return shown if len(shown) <= 40 else shown[:37] + "..."  # noqa: PLR2004


def view_of_observation(observation: object, path: str = "observation") -> View:
    """Return the view of a decoded observation; raise ViewError where it is not one."""
    root = Node(observation, path)
    return View(
        root.get("time").integer(),
        _integers(root.get("chains")),
        {name: _asset(node) for name, node in root.get("assets").members().items()},
        {index: _account(node) for index, node in root.get("accounts").numbered().items()},
        {index: _withdrawal(node) for index, node in root.get("withdrawals").numbered().items()},
        {index: _rebalance(node) for index, node in root.get("rebalances").numbered().items()},
    )


def _integers(node: Node) -> dict[str, int]:
    return {name: member.integer() for name, member in node.members().items()}


def _asset(node: Node) -> AssetView:
    pool = node.get("pool")
    return AssetView(
        node.get("price").integer(),
        node.get("price_time").integer(),
        node.get("in_transit").integer(),
        {
            chain: Token(token.get("custody").integer(), token.get("pending").integer())
            for chain, token in node.get("tokens").members().items()
        },
        Pool(**{name: pool.get(name).integer() for name in POOL_FIELDS}),
    )


def _account(node: Node) -> AccountView:
    settings = node.get("settings")
    return AccountView(
        node.get("user").integer(),
        _integers(node.get("free")),
        _integers(node.get("shares")),
        Settings(
            auto_lend=settings.get("auto_lend").boolean(),
            auto_repay_borrows=settings.get("auto_repay_borrows").boolean(),
            leverage_limit=settings.get("leverage_limit").integer(),
        ),
    )


def _withdrawal(node: Node) -> WithdrawalView:
    return WithdrawalView(
        node.get("account").integer(),
        node.get("asset").text(),
        node.get("chain").text(),
        node.get("amount").integer(),
        node.get("fee").integer(),
        node.get("status").status(),
    )


def _rebalance(node: Node) -> RebalanceView:
    return RebalanceView(
        node.get("asset").text(),
        node.get("source").text(),
        node.get("destination").text(),
        node.get("amount").integer(),
        node.get("status").status(),
    )
