"""Numbers that the exchange or its clients published, and that the reference must come to."""

from dataclasses import replace

import pytest

from ibperp import pool as pool_kernel
from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CreateAccount,
    Deposit,
    Lend,
)
from ibperp.margin import collateral_value, health
from ibperp.numbers import RATIO
from ibperp.outcomes import Accepted, InterestCharged
from ibperp.state import Pool, State, genesis
from ibperp.transition import transition
from ibperp_conformance.observation import flatten, observe
from ibperp_conformance.presets import load_preset
from ibperp_conformance.units import format_units, integer_of, ratio_of

LAUNCH = load_preset("launch")
USDC = 10**14
COIN = 10**10
TEN_MINUTES = 600
HOUR = 3600
HOURS_PER_YEAR = 8760


def after(*actions: Action) -> State:
    state = genesis(LAUNCH.system)
    for action in (*LAUNCH.actions, *actions):
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
    charged = pool_kernel.accrue(borrowed, yearly, HOUR, 0).borrowed - borrowed.borrowed
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
    assert pool_kernel.accrue(pool, rate, HOUR, 0).lent - principal == paid
    shorter = replace(pool, lent=principal - 1, borrowed=principal - 1)
    assert pool_kernel.accrue(shorter, rate, HOUR, 0).lent - shorter.lent == paid - 1


def test_r5_collateral__is_the_sum_of_the_weighted_values_of_what_is_lent() -> None:
    """Collateral summary of June 2025: USDC 10.6524044577 at weight 1, SOL 0.0699302874 at 0.95.

    Recorded: SOL counts 9.630096779592616743, both together 20.282501237292616743 dollars; the
    ledger keeps 14 decimals and rounds down.
    """
    usdc, sol = integer_of("10.6524044577", USDC), integer_of("0.0699302874", COIN)
    account = 2
    state = after(
        CreateAccount(account, 1),
        Deposit(account, "USDC", "solana", 1, integer_of("10.652405", USDC)),
        Deposit(account, "SOL", "solana", 2, integer_of("0.069930288", COIN)),
        Lend(account, "USDC", usdc),
        Lend(account, "SOL", sol),
    )
    sol_value = collateral_value(state.assets[2], sol)
    assert format_units(sol_value, 14) == "9.63009677959261"
    lent_only = replace(state.accounts[account], free=())
    assert format_units(health(state, lent_only).equity, 14) == "20.28250123729261"


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
