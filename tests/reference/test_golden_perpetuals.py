"""Numbers about positions, funding and settlement that the exchange or its clients published."""

from dataclasses import replace
from fractions import Fraction

import pytest

from ibperp.actions import (
    Action,
    AdvanceTime,
    CreateAccount,
    Deposit,
    ListPerpetual,
    PlaceOrder,
    RequestWithdrawal,
    SetPrice,
    Settle,
    UpdateMark,
)
from ibperp.funding import bounded_mark, funding_rate, premium_of
from ibperp.numbers import RATIO
from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import Accepted
from ibperp.parameters import FundingPart, PerpetualParameters
from ibperp.portfolio import position_lines
from ibperp.position import Position, filled
from ibperp.state import State, genesis, position_of, with_account
from ibperp.transition import transition
from ibperp_conformance.presets.preset import load_preset
from ibperp_conformance.presets.units import integer_of, ratio_of, truncated
from ibperp_conformance.report.positions import PositionStanding, position_standings
from ibperp_invariants.worlds import perpetual_of

LAUNCH = load_preset("launch")
USDC = 10**14
HOUR, EIGHT_HOURS, DAY = 3600, 28_800, 86_400
LONG, SHORT = 2, 3
INTEREST, CLAMP = ratio_of("0.0001"), ratio_of("0.0005")
"""Of the page on funding: 0.03 % a day, and 0.05 %, both for eight hours."""

SHOWN = 6
"""Decimals of the gains that the exchange shows."""


def perpetual(lots_per_unit: int, *, imf: str = "0.02", mmf: str = "0.0125") -> PerpetualParameters:
    """A market of our own, without fees, bands or limits."""
    return perpetual_of(
        lots_per_unit=lots_per_unit,
        maker_fee=0,
        taker_fee=0,
        imf_base=ratio_of(imf),
        mmf_base=ratio_of(mmf),
        open_interest_limit=10**12,
        position_limit=10**12,
        funding_interval=HOUR,
        interest_rate=INTEREST,
        interest_clamp=CLAMP,
        funding_floor=-RATIO,
        funding_cap=RATIO,
        mark_threshold=ratio_of("0.05"),
    )


def per_lot(price: str, lots_per_unit: int) -> int:
    """Return a price in USDC a unit as quote atoms a lot, exactly."""
    atoms = Fraction(price) * USDC / lots_per_unit
    assert atoms.denominator == 1
    return int(atoms)


def applied(state: State, *actions: Action) -> State:
    for action in actions:
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted), (action, outcome)
        state = outcome.state
    return state


def listed(parameters: PerpetualParameters, index: int) -> State:
    """The launch preset with one perpetual, marked at its index, and two accounts with USDC."""
    return applied(
        genesis(LAUNCH.system),
        *LAUNCH.actions,
        ListPerpetual("GOLDEN", parameters),
        UpdateMark("GOLDEN", index, has_basis=False, basis=0),
        *(CreateAccount(account, account) for account in (LONG, SHORT)),
        Deposit(LONG, "USDC", "solana", 1, 100_000 * USDC),
        Deposit(SHORT, "USDC", "solana", 2, 100_000 * USDC),
    )


def shown(parameters: PerpetualParameters, mark: int, position: Position) -> PositionStanding:
    """Return what one position shows at a mark."""
    state = listed(parameters, mark)
    market = len(state.markets) - 1
    holder = replace(state.accounts[LONG], positions=(replace(position, market=market),))
    (standing,) = position_standings(with_account(state, LONG, holder), {})
    return standing


def test_r1_eth_long__entry_notional_gain_and_break_even() -> None:
    """Position of the ccxt client, July 2025: 0.0036 ETH for 13.7768 USDC, mark 3787.46813304.

    Two fills of ours make the recorded cost; fees 0.006889 and funding 0.009218 are as recorded.
    """
    law, lots, cost = perpetual(10_000), 36, integer_of("13.7768", USDC)
    price = cost // lots
    position, _ = filled(Position(0), lots - 1, price)
    position, _ = filled(position, 1, cost - (lots - 1) * price)
    fees, funding = integer_of("0.006889", USDC), integer_of("0.009218", USDC)
    position = replace(position, fees=fees, funding=funding)
    row = shown(law, per_lot("3787.46813304", 10_000), position)
    assert row.entry == Fraction("13.7768") / Fraction("0.0036")
    assert abs(row.entry - Fraction("3826.8888888888888888888888889")) < Fraction(1, 10**25)
    assert row.break_even is not None
    assert abs(row.break_even - Fraction("3831.3630555555555555555555556")) < Fraction(1, 10**25)
    assert row.notional == Fraction("13.634885278944")
    assert row.unrealized == Fraction("-0.141914721056")
    assert truncated(row.unrealized, SHOWN) == "-0.141914"
    assert row.realized == 0


def test_r2_sol_long__gain_is_truncated_toward_zero() -> None:
    """Position of the Hummingbot connector, April 2025: 0.1 SOL at 117.97, mark 117.97904761."""
    law = perpetual(100)
    position, _ = filled(Position(0), 10, per_lot("117.97", 100))
    row = shown(law, per_lot("117.97904761", 100), position)
    assert (row.entry, row.break_even) == (Fraction("117.97"), Fraction("117.97"))
    assert row.notional == Fraction("11.797904761")
    assert row.unrealized == Fraction("0.000904761")
    assert truncated(row.unrealized, SHOWN) == "0.000904"
    assert row.realized == 0


@pytest.mark.parametrize(
    ("text", "expected"), [("-0.141914721056", "-0.141914"), ("0.000904761", "0.000904")]
)
def test_shown_gains__are_truncated_not_rounded(text: str, expected: str) -> None:
    """The gains of R1 and R2: rounded to the nearest, both would end in a 5."""
    assert truncated(Fraction(text), SHOWN) == expected
    assert f"{float(text):.6f}" != expected


def test_r2_requirements__are_the_recorded_fractions() -> None:
    """The same position was recorded with IMF 0.02 and MMF 0.0125."""
    position, _ = filled(Position(0), 10, per_lot("117.97", 100))
    state = listed(perpetual(100), per_lot("117.97904761", 100))
    market = len(state.markets) - 1
    holder = replace(state.accounts[LONG], positions=(replace(position, market=market),))
    (line,) = position_lines(with_account(state, LONG, holder), holder)
    notional = Fraction("11.797904761") * USDC
    assert line.required.notional == notional
    assert line.required.initial == notional / 50
    assert line.required.maintenance == notional / 80


def order(account: int, side: Side, lots: int, price: int) -> PlaceOrder:
    return PlaceOrder(
        account=account,
        market="GOLDEN",
        side=side,
        kind=OrderKind.LIMIT,
        lots=lots,
        price=price,
        time_in_force=TimeInForce.GTC,
        post_only=False,
        reduce_only=False,
        self_trade_prevention=SelfTradePrevention.REJECT_TAKER,
        flags=OrderFlags(
            auto_lend=False, auto_lend_redeem=False, auto_borrow=False, auto_borrow_repay=False
        ),
    )


def traded(law: PerpetualParameters, lots: int, price: int) -> State:
    """Let LONG buy `lots` from SHORT."""
    state = listed(law, price)
    return applied(state, order(SHORT, Side.ASK, lots, price), order(LONG, Side.BID, lots, price))


def settled_at(state: State, mark: int, *, settles: bool = True) -> State:
    """Ten seconds later, mark the market and settle."""
    prices = [replace(action) for action in LAUNCH.actions if isinstance(action, SetPrice)]
    steps: list[Action] = [AdvanceTime(state.time + 10), *prices]
    steps.append(UpdateMark("GOLDEN", mark, has_basis=False, basis=0))
    return applied(state, *steps, *([Settle()] if settles else []))


def test_r4_sol_short__realized_and_unrealized_add_up_to_the_move_since_entry() -> None:
    """Stream event of the Hummingbot connector, January 2026: -0.01 SOL, entry 126.97, mark 120.96.

    Automatic realization at 121.05 leaves the entry and moves 0.0592 to realized. The recorded
    break-even is that of a fee of 0.000254 and funding of 0.000139.
    """
    state = traded(perpetual(100, mmf="0.0135"), 1, per_lot("126.97", 100))
    state = settled_at(state, per_lot("121.05", 100))
    state = settled_at(state, per_lot("120.96", 100), settles=False)
    market = len(state.markets) - 1
    holder = state.accounts[SHORT]
    fees, funding = integer_of("0.000254", USDC), integer_of("0.000139", USDC)
    own = replace(position_of(holder, market), fees=fees, funding=funding)
    state = with_account(state, SHORT, replace(holder, positions=(own,)))
    (row,) = [row for row in position_standings(state, {}) if row.account == str(SHORT)]
    assert (row.side, row.size, row.notional) == ("short", Fraction("0.01"), Fraction("1.2096"))
    assert row.entry == Fraction("126.97")
    assert (row.realized, row.unrealized) == (Fraction("0.0592"), Fraction("0.0009"))
    assert row.realized + row.unrealized == -row.size * (row.mark - row.entry)
    assert row.break_even == Fraction("126.9307")


RECORDED_FUNDING = [
    ("-0.0000117704808946259223127855", "64620.4597227", "64575.6", HOUR, "-0.000694"),
    ("-0.0000039641039274236048482914", "173.44031179", "173.35998175", EIGHT_HOURS, "-0.000463"),
]


def rate_over(premium: int, interest: int, seconds: int) -> int:
    """The rate of one whole interval, within a floor and a cap that nothing reaches."""
    part = FundingPart(seconds, seconds, interest, CLAMP, -RATIO, RATIO)
    return funding_rate(premium, (part,))


@pytest.mark.parametrize(("rate", "index", "mark", "interval", "premium"), RECORDED_FUNDING)
def test_r7_funding__recorded_rate_needs_a_mean_premium_near_the_one_of_the_moment(
    rate: str, index: str, mark: str, interval: int, premium: str
) -> None:
    """Recorded rates: BTC on 2026-08-05 by the hour, SOL on 2025-05-15 by eight hours.

    The mean premium was not recorded; the rate determines it, within 0.01 % of the last one.
    """
    unit = 10**8
    instant = premium_of(integer_of(mark, unit), integer_of(index, unit))
    assert truncated(Fraction(instant, RATIO), SHOWN) == premium
    recorded = Fraction(rate) * RATIO // 1
    mean = recorded * EIGHT_HOURS // interval - CLAMP
    assert rate_over(mean, INTEREST, interval) == recorded
    assert abs(mean - instant) <= ratio_of("0.000101")


@pytest.mark.parametrize("premium", ["-0.0004", "0", "0.0001", "0.0006"])
def test_r10_quiet_funding__is_0_0000125_an_hour(premium: str) -> None:
    """Rates of September 2026: 0.0000125 on 32 and 33 of 92 markets, an eighth of 0.01 %."""
    rate = rate_over(ratio_of(premium), INTEREST, HOUR)
    assert rate == ratio_of("0.0000125")


@pytest.mark.parametrize("premium", ["-0.00040001", "0.00060001"])
def test_r10_quiet_funding__ends_where_the_clamp_does(premium: str) -> None:
    """The same rates: a premium further from the interest is paid."""
    rate = rate_over(ratio_of(premium), INTEREST, HOUR)
    assert rate != ratio_of("0.0000125")


def test_e7_funding__of_a_day_is_a_third_in_eight_hours_and_a_24th_in_one() -> None:
    """Page on funding: 0.24 % a day is 0.08 % per eight hours, and 0.01 % per hour."""
    eighth = ratio_of("0.0008")
    rates = [rate_over(eighth, eighth, interval) for interval in (DAY, EIGHT_HOURS, HOUR)]
    assert rates == [ratio_of("0.0024"), ratio_of("0.0008"), ratio_of("0.0001")]


@pytest.mark.parametrize(
    ("basis", "mark"), [("-20", "95"), ("-5", "95"), ("2", "102"), ("5", "105"), ("20", "105")]
)
def test_e8_mark__is_within_the_threshold_of_the_index(basis: str, mark: str) -> None:
    """Futures specifications: index 100, threshold 5 %, the mark is within 95 and 105."""
    index, threshold = 100 * USDC, ratio_of("0.05")
    asked = index + int(Fraction(basis) * USDC)
    assert bounded_mark(asked, index, threshold) == integer_of(mark, USDC)
    first = listed(perpetual(1), index)
    update = UpdateMark("GOLDEN", index, has_basis=True, basis=asked - index)
    market = applied(first, update).markets[-1]
    assert getattr(market, "mark_price", None) == integer_of(mark, USDC)


def test_r9_btc_long__realizes_0_027158() -> None:
    """Fill history of November 2025: 0.00037 BTC from 106235.4 to 106308.8, shown as +0.03."""
    step = 10**5
    position, _ = filled(Position(0), 37, per_lot("106235.4", step))
    flat, gain = filled(position, -37, per_lot("106308.8", step))
    assert gain == integer_of("0.027158", USDC)
    assert f"{gain / USDC:+.2f}" == "+0.03"
    assert (flat.lots, flat.cost, flat.realized) == (0, 0, gain)


def test_r9_btc_short__closed_in_two_fills_realizes_minus_0_068138() -> None:
    """The same history: 0.00037 BTC sold at 103593.2, closed at 103776.6 and 103778.0, -0.07."""
    step = 10**5
    position, _ = filled(Position(0), -37, per_lot("103593.2", step))
    position, first = filled(position, 17, per_lot("103776.6", step))
    flat, second = filled(position, 20, per_lot("103778.0", step))
    assert first + second == -integer_of("0.068138", USDC)
    assert f"{(first + second) / USDC:+.2f}" == "-0.07"
    assert (flat.lots, flat.cost, flat.realized) == (0, 0, first + second)


def test_e6_gain__is_credited_in_ten_seconds__can_be_withdrawn__and_keeps_the_size() -> None:
    """Help pages on settlement: 1,000 USDC unrealized are credited within ten seconds."""
    price, moved = per_lot("100", 100), per_lot("101", 100)
    before = traded(perpetual(100), 100_000, price)
    market = len(before.markets) - 1
    size = position_of(before.accounts[LONG], market).lots
    after = settled_at(before, moved)
    assert after.settlement_time - before.time == 10
    winner, loser = after.accounts[LONG], after.accounts[SHORT]
    assert winner.free[0] - before.accounts[LONG].free[0] == 1000 * USDC
    assert loser.free[0] - before.accounts[SHORT].free[0] == -1000 * USDC
    assert position_of(winner, market).lots == size == 100_000
    assert (winner.unsettled, loser.unsettled) == (0, 0)
    request = RequestWithdrawal(
        LONG, "USDC", "solana", 1000 * USDC, auto_lend_redeem=False, auto_borrow=False
    )
    assert isinstance(transition(after, request), Accepted)
