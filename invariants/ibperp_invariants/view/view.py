"""What the invariants look at: the published observation of a state, with its integers read once.

A view is made from a state of the reference or from the observation of any engine. The accounts of
a state are read when they are looked at, so that a view costs nothing however many there are.
Parameters are no part of an observation: a view has them where they are known from actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ibperp.parameters import FundingPart, MarketParameters, PerpetualParameters
from ibperp.ramps import with_margins
from ibperp.records import record
from ibperp.state import RequestStatus
from ibperp.unpaid import NOTHING_UNPAID
from ibperp_invariants.view.live import Live
from ibperp_invariants.view.observed import (
    Named,
    NotObserved,
    Unsure,
    missing_of,
    observed,
    values_of,
    with_parts,
)

if TYPE_CHECKING:
    from ibperp.margin import Health
    from ibperp.ordered import Ordered
    from ibperp.orders import OrderFlags, SelfTradePrevention, Side
    from ibperp.parameters import AssetParameters, Margins, SystemParameters, TradingParameters
    from ibperp.persistent import Vector
    from ibperp.programs import RequestKind
    from ibperp.state import Pool, Settings, Token
    from ibperp.unpaid import Unpaid

T = TypeVar("T")
S = TypeVar("S")
K = TypeVar("K", int, str)


@dataclass(frozen=True, slots=True)
class RampView:
    """Margins on their way between two times, in seconds, and where they are (GV-2)."""

    start: int
    end: int
    origin: Margins
    current: Margins
    target: Margins


@record
class AssetView:
    """An asset's price, custody by chain and pool; its parameters where they are known."""

    price: int
    price_time: int
    in_transit: int
    tokens: Mapping[str, Token]
    pool: Pool
    parameters: AssetParameters | None = None
    is_limited: bool = False
    ramp: RampView | None = None


@dataclass(frozen=True, slots=True)
class MarketView:
    """A market's prices and the ids in its book, best first; its parameters where known."""

    last_price: int
    index_price: int
    mean_mark_price: int
    mean_premium: int
    bids: Sequence[int]
    asks: Sequence[int]
    parameters: TradingParameters | None = None


@dataclass(frozen=True, slots=True)
class PerpetualView(MarketView):
    """A perpetual market: `index_price` is its own, `reference_index_price` bounds takers."""

    reference_index_price: int = 0
    mark_price: int = 0
    mark_time: int = 0
    funding_index: int = 0
    funding_time: int = 0
    open_interest: int = 0
    is_limited: bool = False
    ramp: RampView | None = None
    funding_parts: Sequence[FundingPart] = ()


@record
class PositionView:
    """A position of an account, its market by name beside it; fields as in the reference."""

    lots: int = 0
    cost: int = 0
    entry_cost: int = 0
    funding_index: int = 0
    virtual: int = 0
    virtual_value: int = 0
    realized: int = 0
    fees: int = 0
    funding: int = 0
    interest: int = 0


@record
class AccountView:
    """The free, signed pool and reserved amounts of an account by symbol; what misses is zero.

    `orders`: the ids of its open orders, ascending. `unsettled`: atoms of the settlement asset.
    `prepaid`: atoms that it may owe again without a fee until the next boundary (MM-7). `unpaid`:
    what the last settlement left (ST-10).
    """

    user: int
    free: Mapping[str, int]
    shares: Mapping[str, int]
    settings: Settings
    reserved: Mapping[str, int] = field(default_factory=dict)
    orders: tuple[int, ...] = ()
    unsettled: int = 0
    positions: Mapping[str, PositionView] = field(default_factory=dict)
    prepaid: Mapping[str, int] = field(default_factory=dict)
    unpaid: Unpaid = NOTHING_UNPAID


@dataclass(frozen=True, slots=True)
class OrderView:
    """An open order, with its market by name."""

    account: int
    market: str
    side: Side
    price: int
    lots: int
    reserved: int
    post_only: bool
    reduce_only: bool
    self_trade_prevention: SelfTradePrevention
    flags: OrderFlags

    def is_firm(self) -> bool:
        """Tell whether the order may deliver free atoms alone: neither redeem nor borrow (SM-5)."""
        return not (self.flags.auto_lend_redeem or self.flags.auto_borrow)


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
class QuoteView:
    """What an account offers for a request, in quote atoms per lot (PG-3)."""

    price: int
    flags: OrderFlags


@dataclass(frozen=True, slots=True)
class QuoteRequestView:
    """An open request for quotes, its market by name, its quotes by account (PG-2)."""

    account: int
    market: str
    side: Side
    lots: int
    price: int
    counterparty: int
    immediate: bool
    expires: int
    kind: RequestKind
    flags: OrderFlags
    quotes: Mapping[int, QuoteView]


@record
class View:
    """A whole state as the invariants see it; amounts in atoms, `time` in seconds.

    `portfolios`: the health of accounts as it is reported. `orders` and `requests` are the open
    ones; `backstops`: capacities in quote atoms by account. `next_order` is the id of the next,
    `active` holds the accounts that a settlement looks at, `exposed` those that owe a pool or have
    orders; None where it is not known.
    """

    time: int
    chains: Mapping[str, int]
    assets: Mapping[str, AssetView]
    accounts: Mapping[int, AccountView]
    withdrawals: Mapping[int, WithdrawalView]
    rebalances: Mapping[int, RebalanceView]
    markets: Mapping[str, MarketView] = field(default_factory=dict)
    orders: Mapping[int, OrderView] = field(default_factory=dict)
    portfolios: Mapping[int, Health] = field(default_factory=dict)
    system: SystemParameters | None = None
    next_order: int | None = None
    settlement_time: int = 0
    active: Ordered | None = field(default=None, compare=False)
    is_halted: bool = False
    liquidation_time: int = 0
    backstops: Mapping[int, int] = field(default_factory=dict)
    requests: Mapping[int, QuoteRequestView] = field(default_factory=dict)
    exposed: Ordered | None = field(default=None, compare=False)
    unpaid_rate_time: int = 0


class Entries(Mapping[int, T], Generic[S, T]):
    """The entries of a persistent vector, each read once, when it is first looked at.

    An entry that reads as None does not exist. Entries of one run share what was `read_already`, by
    id with the item that it was read from; of an item that is not `is_lasting` nothing is shared.
    """

    def __init__(
        self,
        vector: Vector[S],
        read: Callable[[S], T | None],
        read_already: dict[int, tuple[S, T | None]] | None = None,
        is_lasting: Callable[[S], bool] = lambda _: True,
    ) -> None:
        self.vector, self._read, self._is_lasting = vector, read, is_lasting
        self.read_already = {} if read_already is None else read_already
        self._seen: dict[int, T | None] = {}

    def __getitem__(self, key: int) -> T:
        entry: T | None = self.get(key)
        if entry is None:
            raise KeyError(key)
        return entry

    def get(self, key: int, default: Any = None) -> Any:
        """Return an entry, or the default if it does not exist."""
        if key not in self._seen:
            is_there = 0 <= key < len(self.vector)
            self._seen[key] = self._entry(key, self.vector[key]) if is_there else None
        entry = self._seen[key]
        return default if entry is None else entry

    def _entry(self, key: int, item: S) -> T | None:
        found = self.read_already.get(key)
        if found is not None and found[0] is item:
            return found[1]
        entry = self._read(item)
        if self._is_lasting(item):
            self.read_already[key] = item, entry
        return entry

    def __iter__(self) -> Iterator[int]:
        items = enumerate(self.vector)
        return (index for index, item in items if self._read(item) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def changed(before: Mapping[K, T], after: Mapping[K, T]) -> Sequence[K]:
    """Return the ids whose entries differ; of states, what they share is not looked at.

    Where it is not observed whether entries differ, the end of what is returned is not either.
    """
    if isinstance(after, Live) and getattr(before, "live", before) is after:
        return after.changed_since(before)
    if isinstance(before, Entries) and isinstance(after, Entries):
        ids = (index for index, _, _ in after.vector.changed(before.vector))
        return tuple(index for index in ids if before.get(index) != after.get(index))
    found, missing = list[K](), ""
    for key in sorted(before.keys() | after.keys()):
        try:
            if before.get(key) != after.get(key):
                found.append(key)
        except NotObserved as error:
            missing = missing or str(error)
    return Unsure(found, missing) if missing else tuple(found)


def touched(before: Mapping[K, T], after: Mapping[K, T]) -> Sequence[K]:
    """Return the keys after a step whose entries may differ, or are not wholly observed.

    Costs nothing for what the entries hold.
    """
    if isinstance(after, Live) and getattr(before, "live", before) is after:
        return [key for key in {**after.was, **after.partial} if key in after]
    return [key for key, entry in after.items() if before.get(key) is not entry]


def limits_of(view: View, market: str) -> MarketParameters | None:
    """Return the parameters of a spot market, None where they are not known."""
    found = view.markets.get(market)
    limits = found.parameters if found else None
    return limits if isinstance(limits, MarketParameters) else None


def perpetual_of(view: View, market: str) -> PerpetualView | None:
    """Return a perpetual market, None if there is none of that name."""
    found = view.markets.get(market)
    return found if isinstance(found, PerpetualView) else None


def virtual_shares(view: View, account: int, market: str) -> int:
    """Return the signed virtual shares of a position, zero if there is none (ST-4)."""
    holder = view.accounts.get(account)
    position = holder.positions.get(market) if holder else None
    return position.virtual if position else 0


def settlement_asset(view: View) -> str | None:
    """Return the symbol of the settlement asset, None where it is not known or not listed."""
    symbol = view.system.settlement_asset if view.system else None
    return symbol if symbol in view.assets else None


def in_force(limits: AssetParameters | None, ramp: RampView | None) -> AssetParameters | None:
    """Return the parameters of a change, with the margins that a ramp is at (GV-2)."""
    return with_margins(limits, ramp.current) if limits and ramp else limits


def _traded(limits: TradingParameters | None, market: MarketView) -> TradingParameters | None:
    ramp = market.ramp if isinstance(market, PerpetualView) else None
    if ramp is None or not isinstance(limits, PerpetualParameters):
        return limits
    return with_margins(limits, ramp.current)


@record
class Known:
    """What a run has told that observations do not: parameters, and the id of the next order.

    The parameters of an asset or a market are those of its last change.
    """

    system: SystemParameters | None = None
    assets: Mapping[str, AssetParameters] = field(default_factory=dict)
    markets: Mapping[str, TradingParameters] = field(default_factory=dict)
    next_order: int | None = None


def with_known(view: View, known: Known) -> View:
    """Return the view with what is known beside it; what is not known is not observed."""
    told: dict[str, Any] = {"system": known.system, "next_order": known.next_order}
    missing = missing_of(view)
    if "assets" not in missing:
        told["assets"] = _named(view.assets, lambda symbol, asset: limited(asset, known, symbol))
    if "markets" not in missing:
        told["markets"] = _named(view.markets, lambda symbol, of: listed(of, known, symbol))
    return with_parts(view, **{name: value for name, value in told.items() if value is not None})


def _named(entries: Mapping[str, T], told: Callable[[str, T], T]) -> Named[str, T]:
    changed = {symbol: told(symbol, entry) for symbol, entry in entries.items()}
    return Named(changed, getattr(entries, "path", ""))


def limited(asset: AssetView, known: Known, symbol: str) -> AssetView:
    """Return an asset with its parameters, if they are known."""
    limits = known.assets.get(symbol)
    return asset if limits is None else with_parts(asset, parameters=in_force(limits, asset.ramp))


def listed(market: MarketView, known: Known, symbol: str) -> MarketView:
    """Return a market with its parameters: a perpetual, even where it shows no part of one."""
    limits = known.markets.get(symbol)
    if limits is None:
        return market
    if isinstance(limits, PerpetualParameters) and not isinstance(market, PerpetualView):
        names = sorted(part.name for part in fields(PerpetualView))
        missing = {name: f"observation/markets/{symbol}/{name}" for name in names}
        seen = {**values_of(market), "ramp": None, "funding_parts": ()}
        unseen = {name: path for name, path in missing.items() if name not in seen}
        market = observed(PerpetualView, seen, unseen)
    return with_parts(market, parameters=_traded(limits, market))
