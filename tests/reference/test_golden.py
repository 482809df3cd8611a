"""Numbers that the exchange or its clients published, and that the reference must come to."""

from dataclasses import replace

import pytest

from ibperp import book as book_kernel
from ibperp import pool as pool_kernel
from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CreateAccount,
    Deposit,
    Lend,
    ListMarket,
    PlaceOrder,
    SetMarketReference,
    SetPrice,
)
from ibperp.events import InterestCharged, OrderEnd, OrderEnded, Posting, Reason, Traded
from ibperp.margin import collateral_value, requirement
from ibperp.numbers import RATIO
from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import Accepted
from ibperp.parameters import MarketParameters
from ibperp.portfolio import health
from ibperp.state import Pool, Reference, State, genesis
from ibperp.transition import transition
from ibperp.valuation import held_atoms, owed_atoms
from ibperp_conformance.presets.preset import load_preset
from ibperp_conformance.presets.units import format_units, integer_of, ratio_of
from ibperp_conformance.protocol.observation import flatten, observe
from ibperp_invariants.worlds import market_of

LAUNCH = load_preset("launch")
USDC = 10**14
COIN = 10**10
TEN_MINUTES = 600
HOUR = 3600
HOURS_PER_YEAR = 8760


def after(*actions: Action, quote_decimals: int = 14) -> State:
    """The launch preset and `actions`; its prices are written with 14 decimals or more."""
    state = genesis(replace(LAUNCH.system, quote_unit=10**quote_decimals))
    finer = 10 ** (quote_decimals - 14)
    preset = (
        replace(action, price=action.price * finer) if isinstance(action, SetPrice) else action
        for action in LAUNCH.actions
    )
    for action in (*preset, *actions):
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted), action
        state = outcome.state
    return state


def test_e4_utilization__800_of_1000_is_80_percent() -> None:
    """Help page on utilization: of 1,000 USDT lent 800 are borrowed, the utilization is 80 %."""
    assert pool_kernel.utilization(Pool(lent=1000 * USDC, borrowed=800 * USDC)) == ratio_of("0.8")


@pytest.mark.parametrize("rate", ["0.0876", "0.0523"])
def test_e5_entry_fee__is_ten_minutes_of_the_hourly_interest(rate: str) -> None:
    """Help page of questions on borrowing: 2,000 USDC borrowed at 12:50, next interest at 1:00.

    The hourly interest is amount x rate / 365 / 24, the entry fee ten minutes of it.
    """
    yearly = ratio_of(rate)
    hourly = -(-2000 * USDC * yearly // (RATIO * HOURS_PER_YEAR))
    fee = pool_kernel.entry_fee(2000 * USDC, yearly, TEN_MINUTES)
    assert fee == -(-2000 * USDC * yearly // (RATIO * HOURS_PER_YEAR * 6))
    assert 0 <= 6 * fee - hourly < 6
    borrowed = Pool(lent=2000 * USDC, borrowed=2000 * USDC)
    charged = pool_kernel.accrue(borrowed, yearly * HOUR, 0).borrowed - borrowed.borrowed
    assert charged == 2000 * USDC * yearly // (RATIO * HOURS_PER_YEAR)


def test_e5_entry_fee__is_charged_at_ten_to_one_and_the_next_interest_at_one() -> None:
    """Help page of questions on borrowing: the same borrow, through the transition."""
    lender, borrower = 2, 3
    before = after(
        CreateAccount(lender, 1),
        CreateAccount(borrower, 2),
        Deposit(lender, "USDC", "solana", 1, 10_000 * USDC),
        Lend(lender, "USDC", 10_000 * USDC),
        Deposit(borrower, "SOL", "solana", 2, 50 * COIN),
        AdvanceTime(12 * HOUR + 50 * 60),
        *(action for action in LAUNCH.actions if isinstance(action, SetPrice)),
    )
    rate = LAUNCH.listings[0].parameters.pool.base_rate
    borrowed = transition(before, Borrow(borrower, "USDC", 2000 * USDC))
    assert isinstance(borrowed, Accepted)
    (fee,) = [event for event in borrowed.events if isinstance(event, InterestCharged)]
    assert fee.interest == pool_kernel.entry_fee(2000 * USDC, rate, TEN_MINUTES)
    early = transition(borrowed.state, AdvanceTime(13 * HOUR - 1))
    assert isinstance(early, Accepted)
    assert not early.events
    due = transition(borrowed.state, AdvanceTime(13 * HOUR))
    assert isinstance(due, Accepted)
    assert [type(event) for event in due.events] == [InterestCharged]


def test_r6_lend_interest__is_an_hour_of_a_365_day_year_at_10_decimals() -> None:
    """Interest history of 2025-11-11 08:00: Lend, +0.0000888885 USDC at the rate 0.0194655.

    The principal is not recorded; the one that the formula implies is about 40.0022 USDC.
    """
    rate, paid = ratio_of("0.0194655"), integer_of("0.0000888885", COIN)
    principal = -(-paid * HOURS_PER_YEAR * RATIO // rate)
    assert format_units(principal // 10**6, 4) == "40.0022"
    pool = Pool(lent=principal, borrowed=principal)
    assert pool_kernel.accrue(pool, rate * HOUR, 0).unearned == paid
    shorter = replace(pool, lent=principal - 1, borrowed=principal - 1)
    assert pool_kernel.accrue(shorter, rate * HOUR, 0).unearned == paid - 1


@pytest.mark.parametrize(
    ("quote_decimals", "sol_value", "net_equity"),
    [
        (18, "9.630096779592616743", "20.282501237292616743"),
        (14, "9.63009677959261", "20.28250123729261"),
    ],
    ids=["as_recorded", "floor_of_the_preset"],
)
def test_r5_collateral__is_the_sum_of_the_weighted_values_of_what_is_lent(
    quote_decimals: int, sol_value: str, net_equity: str
) -> None:
    """Collateral summary of June 2025: USDC 10.6524044577 at weight 1, SOL 0.0699302874 at 0.95.

    Recorded with 18 decimals; with the 14 of the preset the same values are rounded down.
    """
    usdc, sol = integer_of("10.6524044577", USDC), integer_of("0.0699302874", COIN)
    account = 2
    state = after(
        CreateAccount(account, 1),
        Deposit(account, "USDC", "solana", 1, integer_of("10.652405", USDC)),
        Deposit(account, "SOL", "solana", 2, integer_of("0.069930288", COIN)),
        Lend(account, "USDC", usdc),
        Lend(account, "SOL", sol),
        quote_decimals=quote_decimals,
    )
    listed = state.assets[2]
    limits, unit = listed.parameters, state.system.quote_unit
    value = collateral_value(limits.haircut, sol, listed.price, limits.lot_atoms, unit)
    assert format_units(value, quote_decimals) == sol_value
    lent_only = replace(state.accounts[account], free=())
    assert format_units(health(state, lent_only).equity, quote_decimals) == net_equity


def test_r12_balance__is_free_after_a_deposit_on_ethereum() -> None:
    """Balance of the ccxt client: after 120 USDC over Ethereum, available 120, locked 0."""
    state = after(CreateAccount(2, 1), Deposit(2, "USDC", "ethereum", 1, 120 * USDC))
    leaves = flatten(observe(state))
    assert leaves["accounts/2/free/USDC"] == str(120 * USDC)
    assert leaves["assets/USDC/tokens/ethereum/custody"] == str(120 * USDC)
    assert not [path for path in leaves if path.startswith("accounts/2/shares")]


CHAINS = {
    "solana": ("0.7", "1.4", "0.7"),
    "ethereum": ("3.1", "6.2", "3.1"),
    **dict.fromkeys(("tron", "arbitrum", "sei", "monad", "stable", "bsc"), ("0.6", "1.2", "0.6")),
    **dict.fromkeys(("optimism", "aptos", "plasma", "hyperevm"), ("0.2", "0.4", "0.2")),
    "polygon": ("0.1", "0.2", "0.1"),
}


def test_chain_table__is_that_of_the_launch_preset() -> None:
    """Token rows of USDT in the ccxt client: minimum deposit, minimum withdrawal, fee per chain."""
    listing = next(listing for listing in LAUNCH.listings if listing.asset == "USDT")
    decimals = listing.parameters.decimals
    rows = {
        token.chain: tuple(
            format_units(amount, decimals)
            for amount in (token.minimum_deposit, token.minimum_withdrawal, token.withdrawal_fee)
        )
        for token in listing.parameters.tokens
    }
    assert rows == CHAINS


def test_chain_table__least_withdrawal_is_twice_the_fee() -> None:
    """The same rows: the least withdrawal is twice the fee on every chain."""
    listing = next(listing for listing in LAUNCH.listings if listing.asset == "USDT")
    assert all(
        token.minimum_withdrawal == 2 * token.withdrawal_fee for token in listing.parameters.tokens
    )


BUYER, SELLER, LENDER = 2, 3, 4
MARGIN = OrderFlags(
    auto_lend=False, auto_lend_redeem=True, auto_borrow=True, auto_borrow_repay=True
)


def market(base: str) -> MarketParameters:
    """A market of our own, without fees or bands, in lots of a hundredth of a coin."""
    return market_of(base=base, lot_atoms=COIN // 100, maker_fee=0, taker_fee=0)


def limit_order(account: int, side: Side, lots: int, price: int) -> PlaceOrder:
    return PlaceOrder(
        account=account,
        market="MARGIN",
        side=side,
        kind=OrderKind.LIMIT,
        lots=lots,
        price=price,
        time_in_force=TimeInForce.GTC,
        post_only=False,
        reduce_only=False,
        self_trade_prevention=SelfTradePrevention.REJECT_TAKER,
        flags=MARGIN,
    )


def exchange(base: str, lent: str, chain: str, amount: int) -> State:
    """The preset with a market for `base`, three users, and one asset lent."""
    return after(
        ListMarket("MARGIN", market(base)),
        *(CreateAccount(account, account) for account in (BUYER, SELLER, LENDER)),
        Deposit(LENDER, lent, chain, 1, amount),
        Lend(LENDER, lent, amount),
    )


def accepted(state: State, *actions: Action) -> Accepted:
    """Apply actions that must all be accepted; return the last outcome."""
    outcome = Accepted(state, ())
    for action in actions:
        reached = transition(outcome.state, action)
        assert isinstance(reached, Accepted), (action, reached)
        outcome = reached
    return outcome


def borrowed_in(outcome: Accepted) -> list[tuple[int, int]]:
    postings = (event for event in outcome.events if isinstance(event, Posting))
    return [
        (event.asset, event.amount) for event in postings if event.reason is Reason.ORDER_BORROW
    ]


def test_e2_margin_buy__borrows_the_half_that_is_missing() -> None:
    """Help page on spot margin: with 1,000 USDC, 2,000 USDC of SOL are bought with margin.

    1,000 USDC are borrowed automatically, the account is long SOL. 20 SOL at 100 are our choice.
    """
    price = USDC
    done = accepted(
        exchange("SOL", "USDC", "solana", 100_000 * USDC),
        Deposit(BUYER, "USDC", "solana", 2, 1000 * USDC),
        Deposit(SELLER, "SOL", "solana", 3, 20 * COIN),
        limit_order(SELLER, Side.ASK, 2000, price),
        limit_order(BUYER, Side.BID, 2000, price),
    )
    usdc, sol = 0, 2
    assert borrowed_in(done) == [(usdc, 1000 * USDC)]
    buyer = done.state.accounts[BUYER]
    assert held_atoms(done.state, buyer, sol) == 20 * COIN
    assert held_atoms(done.state, buyer, usdc) == 0
    fees = [event for event in done.events if isinstance(event, InterestCharged)]
    owed = 1000 * USDC + sum(event.interest for event in fees)
    assert owed_atoms(done.state, buyer, usdc) == owed
    assert done.state.accounts[SELLER].free == (2000 * USDC,)


def test_e11_margin_sale__borrows_the_eth_that_is_not_held() -> None:
    """Help page on borrowing: without ETH, an ETH sale with margin borrows the ETH."""
    price = 25 * USDC
    done = accepted(
        exchange("ETH", "ETH", "ethereum", 100 * COIN),
        Deposit(BUYER, "USDC", "solana", 1, 10_000 * USDC),
        Deposit(SELLER, "USDC", "solana", 2, 10_000 * USDC),
        limit_order(BUYER, Side.BID, 100, price),
        limit_order(SELLER, Side.ASK, 100, price),
    )
    eth = next(i for i, asset in enumerate(done.state.assets) if asset.symbol == "ETH")
    assert borrowed_in(done) == [(eth, COIN)]
    seller = done.state.accounts[SELLER]
    assert held_atoms(done.state, seller, eth) == 0
    assert owed_atoms(done.state, seller, eth) >= COIN
    assert seller.free == (12_500 * USDC,)


RECORDED = {
    "BTC": ("0.01333333", "0.00002494", "0.00666667", "0.00001496"),
    "SOL": ("0.02", "0.00006", "0.0135", "0.000036"),
    "ETH": ("0.02", "0.0000935", "0.0125", "0.0000561"),
}
"""IMF base and factor, MMF base and factor of the perpetual markets, as their clients recorded."""

LEAVES_BASE = [
    ("BTC", 0, "285814.57"),
    ("BTC", 2, "198588.79"),
    ("SOL", 0, "111111.11"),
    ("SOL", 2, "140625"),
    ("ETH", 0, "45754.81"),
    ("ETH", 2, "49647.15"),
]


@pytest.mark.parametrize(("symbol", "place", "dollars"), LEAVES_BASE)
def test_fractions__leave_their_base_at_the_recorded_parameters(
    symbol: str, place: int, dollars: str
) -> None:
    """Adapter notes of August 2026 (BTC), Rust client test (SOL), ccxt client of July 2025 (ETH).

    The notional is where factor times its root reaches the base, to the nearest cent.
    """
    base, factor = map(ratio_of, RECORDED[symbol][place : place + 2])
    cent, notional = USDC // 100, integer_of(dollars, USDC)

    def by_base(amount: int) -> int:
        return -(-amount * base // RATIO)

    below, above = notional - cent, notional + cent
    assert requirement(below, base, factor, USDC) == by_base(below)
    assert requirement(above, base, factor, USDC) > by_base(above)


@pytest.mark.parametrize(
    ("symbol", "initial", "maintenance"),
    [("BTC", "0.02494", "0.01496"), ("SOL", "0.06", "0.036"), ("ETH", "0.0935", "0.0561")],
)
def test_fractions__at_a_million_dollars(symbol: str, initial: str, maintenance: str) -> None:
    """The same recorded parameters: a thousand times the factor, beyond every base."""
    million = 10**6 * USDC
    parameters = [ratio_of(text) for text in RECORDED[symbol]]
    for place, expected in ((0, initial), (2, maintenance)):
        base, factor = parameters[place : place + 2]
        required = requirement(million, base, factor, USDC)
        assert format_units(required, 14) == format_units(10**6 * ratio_of(expected), 18)


@pytest.mark.parametrize(
    ("premium", "tolerance", "side", "bound"),
    [
        ("0.03", "0.01", Side.BID, "104"),
        ("-0.03", "0.01", Side.ASK, "96"),
        ("0.05", "0.05", Side.BID, "110"),
    ],
    ids=["e9_up", "e9_down", "e10"],
)
def test_premium_band__is_the_mean_premium_and_its_tolerance(
    premium: str, tolerance: str, side: Side, bound: str
) -> None:
    """Futures specifications (3 % and 1 %), API description (5 % and 0.05); the index is 100."""
    limits = replace(market("SOL"), premium_tolerance=ratio_of(tolerance))
    reference = Reference(100 * USDC, 100 * USDC, ratio_of(premium))
    assert book_kernel.taker_bound(limits, reference, side, 100 * USDC) == integer_of(bound, USDC)


def test_e9_premium_band__a_taker_fills_up_to_four_percent_and_no_further() -> None:
    """Futures specifications: mean premium 3 %, tolerance 1 %; the same through the transition."""
    price = USDC
    limits = replace(market("SOL"), premium_tolerance=ratio_of("0.01"))
    state = after(
        ListMarket("MARGIN", limits),
        SetMarketReference("MARGIN", price, price, ratio_of("0.03")),
        *(CreateAccount(account, account) for account in (BUYER, SELLER)),
        Deposit(BUYER, "USDC", "solana", 1, 1000 * USDC),
        Deposit(SELLER, "SOL", "solana", 2, COIN),
    )
    top = integer_of("1.04", USDC)
    done = accepted(
        state,
        limit_order(SELLER, Side.ASK, 1, top),
        limit_order(SELLER, Side.ASK, 1, top + 1),
        limit_order(BUYER, Side.BID, 2, 2 * price),
    )
    assert [event.price for event in done.events if isinstance(event, Traded)] == [top]
    ended = [event for event in done.events if isinstance(event, OrderEnded)]
    assert [(event.lots, event.reason) for event in ended] == [(1, OrderEnd.PRICE_BAND)]
