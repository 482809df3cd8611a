"""What the benchmark measures when many accounts fail at once, and of the due list."""

from __future__ import annotations

import gc
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp import actions
from ibperp.events import LiquidationStep
from ibperp.numbers import RATIO
from ibperp.ordered import Ordered
from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import Accepted
from ibperp.parameters import HaircutKind, HaircutParameters, OrderBookState
from ibperp.persistent import Vector
from ibperp.position import Position
from ibperp.risk import due_accounts
from ibperp.risk_index import followed_index, indexed
from ibperp.state import Account, Perpetual, State, Token, genesis
from ibperp.transition import transition
from ibperp_authoring.bench.settlement import MARK, PERPETUAL, POSITION_LOTS
from ibperp_authoring.bench.states import ASSET, FIRST, FREE, SYSTEM, UNIT, market

if TYPE_CHECKING:
    from ibperp.actions import Action

FALL: Final = MARK // 50
"""How far the mark falls."""

NOTIONAL: Final = POSITION_LOTS * MARK
MARGINS: Final = (100, 100, 30, 25)
"""Thousandths of their notional that the longs have, in turn.

After the fall two of four stay healthy, one is reduced on the book, and one is for the backstop.
"""

BANKRUPT: Final = 15
"""Thousandths of the notional that the first long has: the fall takes more than all."""

CROWDED, RARE = "SOL_PERP", "OLD_PERP"
"""A market with nearly all positions, and one with few."""

FEW: Final = 100
"""Accounts in the rare market."""

STEPS: Final = 10_000
FLAGS: Final = OrderFlags(
    auto_lend=False, auto_lend_redeem=False, auto_borrow=False, auto_borrow_repay=False
)


PLAIN: Final = replace(ASSET, haircut=HaircutParameters(HaircutKind.IDENTITY, RATIO, 0, 0))
"""What the dollars of these states count for: all of it."""

ROW_POSITIONS: Final = 240
ROW_REPEATS: Final = 5


def with_leverage(count: int, *, is_helped: bool = True) -> State:
    """Return a state with `count` positions, half of them long and leveraged, half short.

    If it is helped, a maker bids for all of them a little below, and a provider can take over all
    of them. The last `FEW` shorts and longs are in a market of their own.
    """
    state = _applied(
        genesis(SYSTEM),
        actions.ListAsset("USDC", PLAIN),
        actions.SetPrice("USDC", UNIT),
        actions.ListPerpetual(CROWDED, PERPETUAL),
        actions.ListPerpetual(RARE, PERPETUAL),
        actions.UpdateMark(CROWDED, MARK, has_basis=False, basis=0),
        actions.UpdateMark(RARE, MARK, has_basis=False, basis=0),
    )
    holders = tuple(_holder(index, count) for index in range(count))
    rich = (Account(count + 1, (FREE * count,)), Account(count + 2, (FREE * count,)))
    accounts = Vector((Account(0), Account(0), *holders, *rich))
    custody = sum(holder.free[0] for holder in (*holders, *rich))
    (asset,) = state.assets
    markets = tuple(
        replace(market, open_interest=_longs_in(holders, index) * POSITION_LOTS)
        for index, market in enumerate(state.markets)
        if isinstance(market, Perpetual)
    )
    state = replace(
        state,
        assets=(replace(asset, tokens=(Token(custody), *asset.tokens[1:])),),
        accounts=accounts,
        markets=markets,
        active=Ordered((FIRST + index,) for index in range(count)),
    )
    if not is_helped:
        return state
    maker, provider = FIRST + count, FIRST + count + 1
    bid = actions.PlaceOrder(
        account=maker,
        market=CROWDED,
        side=Side.BID,
        kind=OrderKind.LIMIT,
        lots=POSITION_LOTS * count,
        price=MARK - FALL - 1,
        time_in_force=TimeInForce.GTC,
        post_only=False,
        reduce_only=False,
        self_trade_prevention=SelfTradePrevention.REJECT_TAKER,
        flags=FLAGS,
    )
    return _applied(state, bid, actions.RegisterBackstop(provider, NOTIONAL * count))


def _holder(index: int, count: int) -> Account:
    """Return the holder of one position: every other one long."""
    lots = POSITION_LOTS if index % 2 == 0 else -POSITION_LOTS
    thousandths = MARGINS[index // 2 % len(MARGINS)] if lots > 0 else 1000
    thousandths = thousandths if index else BANKRUPT
    market = int(index >= count - FEW)
    position = Position(market, lots=lots, cost=lots * MARK, entry_cost=lots * MARK)
    return Account(1 + index, (NOTIONAL // 1000 * thousandths,), positions=(position,))


def _longs_in(holders: tuple[Account, ...], index: int) -> int:
    positions = (holder.positions[0] for holder in holders)
    return sum(position.lots > 0 for position in positions if position.market == index)


def rows(count: int) -> dict[str, tuple[tuple[Action, ...], Action]]:
    """Return, per row, what comes before and the action that is measured, on `with_leverage`."""
    fall = actions.UpdateMark(CROWDED, MARK - FALL, has_basis=False, basis=0)
    bankrupt, short, provider = FIRST, FIRST + 1, FIRST + count + 1
    request = actions.RequestQuote(
        account=short,
        market=CROWDED,
        side=Side.BID,
        lots=1,
        price=0,
        counterparty=0,
        immediate=False,
        expires=SYSTEM.request_lifetime,
        flags=FLAGS,
    )
    quote = actions.SubmitQuote(provider, 0, MARK, FLAGS)
    step = actions.Liquidate(bankrupt)
    closed = replace(PERPETUAL, order_book_state=OrderBookState.CLOSED)
    ended = (
        actions.SetPerpetualParameters(CROWDED, closed),
        actions.SettleMarket(CROWDED, MARK - FALL),
    )
    pledged = (
        actions.ListAsset("SOL", PLAIN),
        actions.SetPrice("SOL", UNIT),
        actions.ListMarket("SOL_USDC", market("SOL", "USDC")),
        actions.Deposit(bankrupt, "SOL", "solana", 1, FREE),
        fall,
        actions.AdvanceTime(SYSTEM.settlement_interval),
        actions.Settle(),
    )
    return {
        "convert_collateral": (pledged, actions.ConvertCollateral(bankrupt)),
        "liquidate": ((fall,), step),
        "resolve_bankruptcy": ((fall, *ended, step), actions.ResolveBankruptcy(bankrupt)),
        "run_risk": ((fall,), actions.RunRisk(1)),
        "fund_insurance": ((), actions.FundInsurance(provider, "USDC", 1)),
        "register_backstop": ((), actions.RegisterBackstop(provider, 1)),
        "request_quote": ((), request),
        "submit_quote": ((request,), quote),
        "withdraw_quote": ((request, quote), actions.WithdrawQuote(provider, 0)),
        "accept_quote": ((request, quote), actions.AcceptQuote(short, 0, provider)),
        "refresh_request": ((request,), actions.RefreshRequest(short, 0, 1)),
        "cancel_request": ((request,), actions.CancelRequest(short, 0)),
        "set_system_parameters": ((), actions.SetSystemParameters(SYSTEM)),
        "set_asset_parameters": ((), actions.SetAssetParameters("USDC", PLAIN)),
        "halt": ((), actions.Halt()),
        "resume": ((actions.Halt(),), actions.Resume()),
    }


def rates() -> dict[str, float]:
    """Return each row with its accepted transitions per second, the best of some runs."""
    state, found = with_leverage(ROW_POSITIONS), dict[str, float]()
    for row, (before, action) in rows(ROW_POSITIONS).items():
        start, best = _applied(state, *before), float("inf")
        for _ in range(ROW_REPEATS):
            begun = time.perf_counter()
            outcome = transition(start, action)
            best = min(best, time.perf_counter() - begun)
            assert isinstance(outcome, Accepted), (row, outcome)
        found[row] = round(1 / best)
    return found


def cascade(count: int, *, is_helped: bool) -> dict[str, float]:
    """Return what it takes from the fall until `RunRisk` finds nothing to do.

    The first long is bankrupt: it is deleveraged, and resolved by those who won from it. Without
    help, so are all that are due.
    """
    state = _applied(
        with_leverage(count, is_helped=is_helped),
        actions.UpdateMark(CROWDED, MARK - FALL, has_basis=False, basis=0),
    )
    failing, runs, steps = len(due_accounts(state)), 0, 0
    gc.freeze()
    start = time.process_time()
    while isinstance(outcome := transition(state, actions.RunRisk(STEPS)), Accepted):
        if not outcome.events:
            break
        state, runs = outcome.state, runs + 1
        steps += sum(isinstance(event, LiquidationStep) for event in outcome.events)
    seconds = time.process_time() - start
    gc.unfreeze()
    return {
        "accounts_due": failing,
        "runs": runs,
        "steps": steps,
        "seconds": round(seconds, 2),
        "microseconds_per_step": round(seconds / steps * 10**6, 1),
        "accounts_due_per_second": round(failing / seconds, 1),
        "accounts_per_second": round(count / seconds, 1),
    }


def due_list(count: int) -> dict[str, float]:
    """Return seconds: of scanning all for the due list, of its index, and of following a price."""
    state = with_leverage(count)
    start = time.perf_counter()
    index = indexed(state)
    built = time.perf_counter() - start
    fallen = _applied(state, actions.UpdateMark(RARE, MARK - FALL, has_basis=False, basis=0))
    gc.freeze()
    start = time.perf_counter()
    index = followed_index(index, fallen)
    follow = time.perf_counter() - start
    start = time.perf_counter()
    scanned = due_accounts(fallen)
    scan = time.perf_counter() - start
    gc.unfreeze()
    assert index.accounts() == scanned
    return {
        "accounts_touched": FEW,
        "accounts_due": len(scanned),
        "index_built": round(built, 3),
        "index_followed": round(follow, 5),
        "all_scanned": round(scan, 3),
        "scan_to_follow": round(scan / follow, 1),
    }


def _applied(state: State, *todo: Action) -> State:
    for action in todo:
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted), (action, outcome)
        state = outcome.state
    return state
