"""A tiny system for tests, and strategies for actions on it and for anything that is well typed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CompleteRebalance,
    ConfirmWithdrawal,
    CreateAccount,
    Deposit,
    FailWithdrawal,
    Lend,
    ListAsset,
    Redeem,
    Repay,
    RequestWithdrawal,
    SetAccountSettings,
    SetPoolParameters,
    SetPrice,
    StartRebalance,
    Transfer,
)
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.outcomes import Accepted
from ibperp.parameters import (
    AssetParameters,
    BookState,
    PoolParameters,
    SystemParameters,
    TokenParameters,
)
from ibperp.state import genesis
from ibperp.transition import transition

if TYPE_CHECKING:
    from ibperp.state import State

UNIT: Final = 10
CHAINS: Final = ("north", "south")
SYMBOLS: Final = ("USD", "ORE")
AMOUNTS: Final = (1, 2, UNIT - 1, UNIT, UNIT + 1, 100, 1000, INT128_MAX)
TIME_STEPS: Final = (1, 9, 59, 60, 61, 3599, 3600, 31_536_000)
SYSTEM: Final = SystemParameters(
    quote_unit=100, accrual_interval=60, throttle_interval=60, entry_fee=True
)
POOL: Final = PoolParameters(
    book_state=BookState.OPEN,
    base_rate=RATIO // 50,
    slope_low=RATIO // 10,
    slope_high=2 * RATIO,
    optimal_utilization=RATIO * 8 // 10,
    throttle_utilization=RATIO * 85 // 100,
    throttle_fraction=RATIO // 4,
    max_utilization=RATIO,
    reserve_fee=RATIO // 10,
    open_borrow_lend_limit=5000,
)


def token(chain: str, unit: int = 1) -> TokenParameters:
    return TokenParameters(
        chain=chain,
        native_unit=unit,
        minimum_deposit=unit,
        minimum_withdrawal=2 * unit,
        maximum_withdrawal=2000,
        withdrawal_fee=unit,
    )


def asset(weight: int = RATIO, unit: int = 1, pool: PoolParameters = POOL) -> AssetParameters:
    return AssetParameters(
        decimals=2,
        lot_atoms=100,
        collateral_weight=weight,
        imf_base=RATIO // 50,
        imf_factor=RATIO // 1000,
        mmf_base=RATIO // 100,
        mmf_factor=RATIO // 2000,
        tokens=(token(CHAINS[0]), token(CHAINS[1], unit)),
        pool=pool,
    )


def run(state: State, *steps: Action) -> State:
    """Apply actions that must all be accepted."""
    for action in steps:
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted), (action, outcome)
        state = outcome.state
    return state


@cache
def listed(system: SystemParameters = SYSTEM) -> State:
    """Two assets with a price, and the accounts 2, 3 of user 7 and 4 of user 8, without funds."""
    return run(
        genesis(system),
        ListAsset("USD", asset(unit=UNIT)),
        ListAsset("ORE", asset(weight=RATIO * 9 // 10)),
        SetPrice("USD", 100),
        SetPrice("ORE", 250),
        CreateAccount(2, 7),
        CreateAccount(3, 7),
        CreateAccount(4, 8),
    )


@cache
def funded(system: SystemParameters = SYSTEM) -> State:
    """The listed system, with 1000 atoms of each asset in the accounts 2 to 4 and 50 in fees."""
    state, sequence = listed(system), 0
    for account, amount in ((0, 50), (2, 1000), (3, 1000), (4, 1000)):
        for symbol in SYMBOLS:
            sequence += 1
            state = run(state, Deposit(account, symbol, CHAINS[0], sequence, amount))
    return state


amounts = st.sampled_from(AMOUNTS)
symbols = st.sampled_from(SYMBOLS)
chains = st.sampled_from(CHAINS)
owners = st.sampled_from((2, 3, 4))
wholes = st.one_of(st.none(), amounts)

INTEGERS: Final = st.one_of(
    st.integers(-2, 6),
    st.sampled_from((0, 1, RATIO, INT128_MAX, INT128_MAX + 1, -INT128_MAX, 10**60, -(10**60))),
    st.integers(),
)
NAMES: Final = st.one_of(st.sampled_from((*SYMBOLS, *CHAINS, "", "?")), st.text(max_size=4))
_POOLS = st.builds(
    PoolParameters,
    book_state=st.sampled_from(BookState),
    **dict.fromkeys(
        (
            "base_rate",
            "slope_low",
            "slope_high",
            "optimal_utilization",
            "throttle_utilization",
            "throttle_fraction",
            "max_utilization",
            "reserve_fee",
            "open_borrow_lend_limit",
        ),
        INTEGERS,
    ),
)
_TOKENS = st.builds(TokenParameters, NAMES, INTEGERS, INTEGERS, INTEGERS, INTEGERS, INTEGERS)
_ASSETS = st.builds(
    AssetParameters,
    *[INTEGERS] * 7,
    st.lists(_TOKENS, max_size=2).map(tuple),
    st.one_of(st.just(POOL), _POOLS),
)
_AMOUNT_OR_ALL = st.one_of(st.none(), INTEGERS)

any_action: Final[st.SearchStrategy[Action]] = st.one_of(
    st.builds(CreateAccount, INTEGERS, INTEGERS),
    st.builds(Deposit, INTEGERS, NAMES, NAMES, INTEGERS, INTEGERS),
    st.builds(RequestWithdrawal, INTEGERS, NAMES, NAMES, INTEGERS, st.booleans(), st.booleans()),
    st.builds(ConfirmWithdrawal, INTEGERS),
    st.builds(FailWithdrawal, INTEGERS),
    st.builds(StartRebalance, NAMES, NAMES, NAMES, INTEGERS),
    st.builds(CompleteRebalance, INTEGERS, INTEGERS),
    st.builds(Transfer, INTEGERS, INTEGERS, NAMES, INTEGERS),
    st.builds(Lend, INTEGERS, NAMES, INTEGERS),
    st.builds(Redeem, INTEGERS, NAMES, _AMOUNT_OR_ALL),
    st.builds(Borrow, INTEGERS, NAMES, INTEGERS),
    st.builds(Repay, INTEGERS, NAMES, _AMOUNT_OR_ALL),
    st.builds(SetAccountSettings, INTEGERS, st.booleans(), st.booleans(), INTEGERS),
    st.builds(SetPrice, NAMES, INTEGERS),
    st.builds(AdvanceTime, INTEGERS),
    st.builds(ListAsset, NAMES, _ASSETS),
    st.builds(SetPoolParameters, NAMES, _POOLS),
)
