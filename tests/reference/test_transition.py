"""The transition covers every action, and refuses what would leave the range."""

from dataclasses import replace
from typing import get_args

from ibperp.actions import Action, AdvanceTime, Borrow, CreateAccount, Deposit, Lend, Transfer
from ibperp.margin import Health, is_admissible, requirement
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.operations.effect import rejection
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import Accepted, Rejected, RejectionCode
from ibperp.programs import QuoteRequest, QuoteStatus, RequestKind
from ibperp.state import State, put, with_account
from ibperp.transition import OPERATIONS, is_storable, transition
from ibperp_authoring.bench.states import populated
from worlds.tiny import ALL_FLAGS, order, quoted


def accepted(state: State, action: Action) -> State:
    """Return the state after an action that must be accepted."""
    outcome = transition(state, action)
    assert isinstance(outcome, Accepted), outcome
    return outcome.state


def test_operations__cover_every_action_once() -> None:
    assert set(OPERATIONS) == set(get_args(Action))


def test_rejection__names_first_code_by_precedence() -> None:
    codes = RejectionCode.INSUFFICIENT_MARGIN, RejectionCode.ACCOUNT_UNKNOWN
    refused = rejection(*((False, code) for code in codes))
    assert refused == Rejected(codes[1], (codes[1], codes[0]))


def test_deposit__refused_when_a_balance_would_leave_the_range() -> None:
    state = populated(4)
    asset = state.assets[0]
    full = replace(asset, tokens=(replace(asset.tokens[0], custody=INT128_MAX),))
    state = replace(state, assets=(full, *state.assets[1:]))
    outcome = transition(state, Deposit(2, "USDC", "solana", 1, 1))
    assert outcome == Rejected(RejectionCode.OUT_OF_RANGE, (RejectionCode.OUT_OF_RANGE,))


def test_lend__refused_when_shares_would_leave_the_range() -> None:
    state = populated(4)
    account = replace(state.accounts[2], free=(INT128_MAX,))
    limits = state.assets[0].parameters
    wide = replace(limits, pool=replace(limits.pool, open_borrow_lend_limit=INT128_MAX))
    assets = (replace(state.assets[0], parameters=wide), *state.assets[1:])
    state = replace(state, assets=assets, accounts=state.accounts.set(2, account))
    outcome = transition(state, Lend(2, "USDC", INT128_MAX - 10**15))
    assert isinstance(outcome, Rejected)
    assert outcome.code is RejectionCode.OUT_OF_RANGE


def test_advance_time__huge_gap_leaves_repayment_possible() -> None:
    state = accepted(populated(4), AdvanceTime(10**9))
    assert state.assets[1].pool.borrowed > 10**9


def test_transfer__to_unknown_account_is_refused() -> None:
    outcome = transition(populated(4), Transfer(2, 9, "USDC", 1))
    assert isinstance(outcome, Rejected)
    assert outcome.code is RejectionCode.ACCOUNT_UNKNOWN


def test_borrow__refused_by_margin_leaves_nothing_behind() -> None:
    state = accepted(populated(4), CreateAccount(4, 9))
    before = state
    assert isinstance(transition(state, Borrow(4, "SOL", 1000)), Rejected)
    assert state == before


def test_requirement__is_base_when_small_and_grows_with_the_root_of_size() -> None:
    unit, factor = 10**6, RATIO // 1000
    assert requirement(100 * unit, RATIO // 10, factor, unit) == 10 * unit
    assert requirement(10**6 * unit, RATIO // 10, factor, unit) == 10**6 * unit
    assert requirement(250_000 * unit, RATIO // 10, factor, unit) == 125_000 * unit


def test_is_admissible__lets_an_account_under_water_only_improve() -> None:
    worse = Health(
        equity=5,
        uncounted_gain=0,
        order_loss=0,
        exposure=100,
        initial=10,
        maintenance=6,
        auto_close=3,
    )
    better = Health(
        equity=5,
        uncounted_gain=0,
        order_loss=0,
        exposure=80,
        initial=8,
        maintenance=5,
        auto_close=3,
    )
    assert is_admissible(worse, better)
    assert not is_admissible(better, worse)
    assert not is_admissible(worse, replace(better, order_loss=1))


def test_is_storable__reserved_atoms_out_of_range_are_not() -> None:
    before, holder = quoted(), quoted().accounts[2]
    kept = replace(holder, reserved=(INT128_MAX,))
    lost = replace(holder, reserved=(INT128_MAX + 1,))
    assert is_storable(before, with_account(before, 2, kept))
    assert not is_storable(before, with_account(before, 2, lost))


def test_is_storable__request_that_expires_out_of_range_is_not() -> None:
    before = quoted()
    request = QuoteRequest(
        account=2,
        market=0,
        side=Side.ASK,
        lots=1,
        price=1,
        counterparty=0,
        immediate=True,
        expires=INT128_MAX,
        flags=ALL_FLAGS,
        kind=RequestKind.CONVERSION,
        status=QuoteStatus.OPEN,
        quotes=(),
    )
    late = replace(request, expires=INT128_MAX + 1)
    assert is_storable(before, replace(before, requests=before.requests.append(request)))
    assert not is_storable(before, replace(before, requests=before.requests.append(late)))


def test_place_order__refusal_after_a_trade_leaves_nothing_behind() -> None:
    state = quoted()
    before = state
    whole = order(2, "ORE_USD", Side.BID, 10, 0, time_in_force=TimeInForce.FOK, flags=ALL_FLAGS)
    outcome = transition(state, whole)
    assert outcome == Rejected(RejectionCode.FILL_OR_KILL, (RejectionCode.FILL_OR_KILL,))
    assert state == before
    assert isinstance(transition(state, replace(whole, lots=6)), Accepted)


def test_put__strips_zeros_at_the_end() -> None:
    assert put((1, 0, 3), 2, 0) == (1,)
    assert put((), 2, 7) == (0, 0, 7)
