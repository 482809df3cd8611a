"""The whole state of the system: frozen records of integers, tuples and persistent vectors."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ibperp.numbers import RATIO
from ibperp.ordered import Ordered
from ibperp.persistent import Vector
from ibperp.position import Position, placed
from ibperp.records import field, record, replace
from ibperp.unpaid import NOTHING_UNPAID, Unpaid

if TYPE_CHECKING:
    from ibperp.orders import OrderFlags, SelfTradePrevention, Side
    from ibperp.parameters import (
        AssetParameters,
        FundingPart,
        Margins,
        MarketParameters,
        PerpetualParameters,
        SystemParameters,
    )
    from ibperp.programs import Backstop, QuoteRequest

FEES: Final = 0
"""The account that earns fees and pays the cost of moving custody; owned by nobody (CU-3)."""

INSURANCE: Final = 1
"""The account that covers bankruptcies (LQ-8); owned by nobody (CU-3)."""

NOBODY: Final = 0
"""The user of the system accounts."""

LEVERAGE_DEFAULT: Final = 10 * RATIO
"""The leverage limit of a new account (MM-15)."""


@record
class Pool:
    """A lending pool: atoms, shares, and the fraction of an atom not yet charged (MM-1).

    `unearned`: interest charged for time to come. `rate_time`: the sum of rate times seconds since
    the last boundary (MM-6).
    """

    cash: int = 0
    lent: int = 0
    lend_shares: int = 0
    borrowed: int = 0
    borrow_shares: int = 0
    reserve: int = 0
    unearned: int = 0
    interest_carry: int = 0
    rate_time: int = 0
    throttle_bound: int = 0


@record
class Token:
    """An asset on one chain: atoms really held there, and atoms of pending withdrawals (CU-1)."""

    custody: int = 0
    pending: int = 0


@record
class Ramp:
    """Margins on their way from `origin` to `target` between two times, in seconds (GV-2)."""

    origin: Margins
    target: Margins
    start: int
    end: int


@record
class Asset:
    """A listed asset; `tokens` stand in the order of `parameters.tokens`; price 0 is no price.

    `is_limited`: whether the last update was limited (GV-3).
    """

    symbol: str
    parameters: AssetParameters
    price: int
    price_time: int
    in_transit: int
    tokens: tuple[Token, ...]
    pool: Pool
    is_limited: bool = False
    ramp: Ramp | None = None


@record
class Settings:
    """The automatic steps and the leverage limit (ratio of 10^18) of an account (MM-15)."""

    auto_lend: bool = False
    auto_repay_borrows: bool = False
    auto_borrow_settlements: bool = False
    auto_realize: bool = True
    leverage_limit: int = LEVERAGE_DEFAULT


@record
class Account:
    """Free atoms, signed pool shares and reserved atoms per asset id; what is missing is zero.

    `reserved`: what the open orders would deliver (SM-5); `orders`: their ids, ascending.
    `unsettled`: signed atoms of the settlement asset, a claim on the liquidity fund or a debt to it
    (ST-1). `positions`: in ascending order of markets, without empty ones (PP-3). `conversion`: the
    last request that the system made for its collateral, if any (PG-6). `prepaid`: atoms,
    not owed now, with interest paid until `prepaid_until` (MM-7). `unpaid`: left so (ST-10).
    """

    user: int
    free: tuple[int, ...] = ()
    shares: tuple[int, ...] = ()
    settings: Settings = field(default_factory=Settings)
    reserved: tuple[int, ...] = ()
    orders: tuple[int, ...] = ()
    unsettled: int = 0
    positions: tuple[Position, ...] = ()
    conversion: int | None = None
    prepaid: tuple[int, ...] = ()
    prepaid_until: int = 0
    unpaid: Unpaid = NOTHING_UNPAID


class RequestStatus(StrEnum):
    """The life of a withdrawal and of a rebalance."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


@record
class Withdrawal:
    """A withdrawal: account, token, the debited atoms and the fee inside them (CU-5)."""

    account: int
    asset: int
    token: int
    amount: int
    fee: int
    status: RequestStatus


@record
class Rebalance:
    """Atoms on their way from one token of an asset to another (CU-8)."""

    asset: int
    source: int
    destination: int
    amount: int
    status: RequestStatus


class OrderStatus(StrEnum):
    """The life of an order: `open` as long as it rests in its book."""

    OPEN = "open"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@record
class Order:
    """An order: `lots` not yet filled at `price`, and the atoms it reserves for them (SM-5).

    `sequence`: its place among orders of the same price.
    """

    account: int
    market: int
    side: Side
    price: int
    lots: int
    self_trade_prevention: SelfTradePrevention
    flags: OrderFlags
    post_only: bool = False
    reduce_only: bool = False
    reserved: int = 0
    sequence: int = 0
    status: OrderStatus = OrderStatus.OPEN


@record
class Book:
    """The resting orders of a market as (rank, sequence, order), best first (SM-5).

    `last_price`: of the last trade, in quote atoms per lot, or 0.
    """

    bids: Ordered = field(default_factory=Ordered)
    asks: Ordered = field(default_factory=Ordered)
    next_sequence: int = 0
    last_price: int = 0


@record
class Reference:
    """The inputs of the taker bands: quote atoms per lot, a signed ratio; all 0: none (SM-3)."""

    index_price: int = 0
    mean_mark_price: int = 0
    mean_premium: int = 0


@record
class Market:
    """A spot market between two listed assets, by their ids."""

    symbol: str
    parameters: MarketParameters
    base: int
    quote: int
    book: Book
    reference: Reference


@record
class Perpetual:
    """A perpetual market, settled in the settlement asset; prices in quote atoms per lot (PP-1).

    `mark_time`: of the last update. `funding_index`: what a lot long has paid since the listing.
    `funding_time`: up to which funding is charged, or waits in `funding_parts`: seconds that passed
    under terms that changed since (PP-8). `open_interest`: lots long, which is lots short.
    """

    symbol: str
    parameters: PerpetualParameters
    book: Book
    reference: Reference
    index_price: int = 0
    mark_price: int = 0
    mark_time: int = 0
    funding_index: int = 0
    funding_time: int = 0
    funding_parts: tuple[FundingPart, ...] = ()
    open_interest: int = 0
    is_limited: bool = False
    ramp: Ramp | None = None


@record
class Chain:
    """A chain and the sequence number that its next deposit must carry (CU-4)."""

    name: str
    next_sequence: int


@record
class State:
    """Everything the rules depend on; `time` in seconds.

    `active`: accounts that a settlement touches; `exposed`: accounts that owe a pool or have
    orders; both as keys of one id. `liquidation_time`: no account is liquidated before it (GV-4).
    `unpaid`: atoms of debts left; `unpaid_rate_time`: rate times seconds on them (ST-10).
    """

    system: SystemParameters
    time: int
    chains: tuple[Chain, ...]
    assets: tuple[Asset, ...]
    markets: tuple[Market | Perpetual, ...]
    accounts: Vector[Account]
    withdrawals: Vector[Withdrawal]
    rebalances: Vector[Rebalance]
    orders: Vector[Order]
    active: Ordered
    exposed: Ordered
    settlement_time: int
    backstops: tuple[Backstop, ...] = ()
    requests: Vector[QuoteRequest] = field(default_factory=Vector)
    is_halted: bool = False
    liquidation_time: int = 0
    unpaid: int = 0
    unpaid_rate_time: int = 0


def genesis(system: SystemParameters, time: int = 0) -> State:
    """Return the state before any action: the two system accounts alone (CU-3, NT-8)."""
    accounts = Vector((Account(user=NOBODY), Account(user=NOBODY)))
    return State(
        system=system,
        time=time,
        chains=(),
        assets=(),
        markets=(),
        accounts=accounts,
        withdrawals=Vector(),
        rebalances=Vector(),
        orders=Vector(),
        active=Ordered(),
        exposed=Ordered(),
        settlement_time=time,
    )


def at(values: tuple[int, ...], index: int) -> int:
    """Return the entry of a per-asset tuple; zero where it is missing."""
    return values[index] if index < len(values) else 0


def put(values: tuple[int, ...], index: int, value: int) -> tuple[int, ...]:
    """Return a per-asset tuple with one entry replaced, without zeros at its end."""
    padded = values + (0,) * (index + 1 - len(values))
    changed = (*padded[:index], value, *padded[index + 1 :])
    length = len(changed)
    while length and changed[length - 1] == 0:
        length -= 1
    return changed[:length]


def find_asset(state: State, symbol: str) -> int | None:
    """Return the id of a listed asset, or None."""
    for index, asset in enumerate(state.assets):
        if asset.symbol == symbol:
            return index
    return None


def find_market(state: State, symbol: str) -> int | None:
    """Return the id of a listed market, or None."""
    symbols = [market.symbol for market in state.markets]
    return symbols.index(symbol) if symbol in symbols else None


def find_token(asset: Asset, chain: str) -> int | None:
    """Return the place of a chain among an asset's tokens, or None."""
    tokens = enumerate(asset.parameters.tokens)
    return next((index for index, token in tokens if token.chain == chain), None)


def find_chain(state: State, name: str) -> int | None:
    """Return the place of a chain in the state, or None."""
    chains = enumerate(state.chains)
    return next((index for index, chain in chains if chain.name == name), None)


def with_asset(state: State, index: int, asset: Asset) -> State:
    """Return the state with one asset replaced."""
    return replace(state, assets=(*state.assets[:index], asset, *state.assets[index + 1 :]))


def with_pool(state: State, index: int, pool: Pool) -> State:
    """Return the state with the pool of one asset replaced."""
    return with_asset(state, index, replace(state.assets[index], pool=pool))


def with_market(state: State, index: int, market: Market | Perpetual) -> State:
    """Return the state with one market replaced."""
    return replace(state, markets=(*state.markets[:index], market, *state.markets[index + 1 :]))


def with_account(state: State, index: int, account: Account) -> State:
    """Return the state with one account replaced, in the sets of accounts that it belongs to."""
    before, accounts = state.accounts[index], state.accounts.set(index, account)
    active, exposed = state.active, state.exposed
    active = moved(active, index, is_settled(before), is_settled(account))
    if account.shares is not before.shares or account.orders is not before.orders:
        exposed = moved(exposed, index, is_exposed(before), is_exposed(account))
    return replace(state, accounts=accounts, active=active, exposed=exposed)


def moved(among: Ordered, index: int, was_in: bool, is_in: bool) -> Ordered:  # noqa: FBT001
    """Return a set of accounts into which, or out of which, an account may have moved."""
    if was_in == is_in:
        return among
    return among.add((index,)) if is_in else among.remove((index,))


def is_exposed(account: Account) -> bool:
    """Tell whether an account owes a pool, or has orders that may make it (LQ-10)."""
    return account.orders != () or min(account.shares, default=0) < 0


def is_settled(account: Account) -> bool:
    """Tell whether a settlement touches an account: what it has there is not nothing (ST-2)."""
    return account.positions != () or account.unsettled != 0 or account.unpaid != NOTHING_UNPAID


def position_of(account: Account, market: int) -> Position:
    """Return an account's position in a market; an empty one if it has none (PP-3)."""
    for position in account.positions:
        if position.market == market:
            return position
    return Position(market)


def with_position(account: Account, position: Position) -> Account:
    """Return the account with one position replaced; one without lots and shares is dropped."""
    return replace(account, positions=placed(account.positions, position))
