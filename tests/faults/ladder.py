"""Faults planted in the ladder, the ways out and the prices, by the invariant that finds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from faults.risk import PROVIDER, after, bankruptcy, before, holder, on_adl, on_book, told
from ibperp.actions import (
    AdvanceTime,
    CancelAllOrders,
    CancelOrder,
    Deposit,
    Halt,
    Liquidate,
    RegisterBackstop,
    Repay,
    RequestWithdrawal,
    ResolveBankruptcy,
    RunRisk,
    SetPerpetualParameters,
    SetPrice,
    SettleMarket,
    UpdateMark,
)
from ibperp.events import LiquidationStage, SettlementSource
from ibperp.orders import SelfTradePrevention, Side
from ibperp.outcomes import RejectionCode
from ibperp.parameters import OrderBookState
from ibperp.state import INSURANCE, State
from ibperp_invariants.step.step import Step
from ibperp_invariants.view.view import OrderView, PositionView, perpetual_of
from worlds.failing import FAILING, bankrupt, due, indebted, ruined, stepped, taken
from worlds.perpetual import PERPETUALS, perpetual
from worlds.pledged import pledged
from worlds.tiny import NO_FLAGS, run

DEBTOR: Final = 2
CLOSED: Final = replace(PERPETUALS["GEM_PERP"], order_book_state=OrderBookState.CLOSED)


def refused(step: Step, code: RejectionCode) -> Step:
    """The same action, refused."""
    return replace(step, after=step.before, code=code.value, violated=(code.value,))


def priced(step: Step, symbol: str, **changes: Any) -> Step:
    """Change an asset after a step."""
    assets = dict(step.after.assets)
    assets[symbol] = replace(assets[symbol], **changes)
    return after(step, assets=assets)


def marketed(step: Step, symbol: str, *, is_after: bool = True, **changes: Any) -> Step:
    """Change a perpetual market in one of the views of a step."""
    view = step.after if is_after else step.before
    markets = dict(view.markets)
    markets[symbol] = replace(markets[symbol], **changes)
    return after(step, markets=markets) if is_after else before(step, markets=markets)


def asked() -> Step:
    """Account 2 owes USD, and quotes are asked for its ORE."""
    return taken(indebted(), Liquidate(DEBTOR))


def lends_deleveraged() -> Step:
    return taken(asked_state(), Liquidate(DEBTOR))


def asked_state() -> State:
    return run(indebted(), Liquidate(DEBTOR))


def taken_over() -> Step:
    """A provider takes over the debt of account 2, after quotes were asked for."""
    offered = RegisterBackstop(FAILING, 10**6)
    return taken(run(indebted(offered), Liquidate(DEBTOR)), Liquidate(DEBTOR))


def paid_own() -> Step:
    return stepped(LiquidationStage.PAY_OWN)


def paid_in_kind() -> Step:
    return stepped(LiquidationStage.IN_KIND)


def hoarded() -> list[Step]:
    """An order of the system, and a request, for more than the fraction."""
    step, request = on_book(), asked()
    order = step.facts.accepted[0]
    requests = dict(request.after.requests.items())
    (index,) = requests
    requests[index] = replace(requests[index], lots=requests[index].lots * 9)
    return [
        replace(step, facts=replace(step.facts, ended={order: 9})),
        after(request, requests=requests),
    ]


def sold_wrongly() -> list[Step]:
    """A sale of ORE that lowers health, beside a bid for GEM that would raise it."""
    offered = taken(pledged(), Liquidate(DEBTOR))
    step = taken(run(pledged(), CancelOrder(5, 1)), Liquidate(DEBTOR))
    return [replace(step, before=offered.before)]


def skipped() -> list[Step]:
    """A deleveraging while money or a lend pays, virtual shares are left, or the book serves."""
    step = on_adl()
    flat = {**step.before.accounts[FAILING].positions, "GEM_PERP": PositionView(virtual=5)}
    owing = holder(step, FAILING, is_after=False, unsettled=-5)
    debts = holder(lends_deleveraged(), DEBTOR, is_after=False, free={"USD": 10, "ORE": 1000})
    market = perpetual_of(step.before, "GEM_PERP")
    assert market is not None
    order = OrderView(
        PROVIDER,
        "GEM_PERP",
        Side.ASK,
        market.mark_price,
        1,
        0,
        post_only=False,
        reduce_only=False,
        self_trade_prevention=SelfTradePrevention.REJECT_TAKER,
        flags=NO_FLAGS,
    )
    served = before(step, orders={99: order})
    return [
        owing,
        holder(owing, FAILING, is_after=False, free={}, shares={"USD": 9 * 10**6}),
        holder(step, FAILING, is_after=False, positions=flat),
        debts,
        marketed(served, "GEM_PERP", is_after=False, asks=(99,)),
    ]


def underpaid() -> list[Step]:
    """Whoever pays, is paid, or takes over is richer or poorer by it."""
    lent, kind, own, over = lends_deleveraged(), paid_in_kind(), paid_own(), taken_over()
    return [
        holder(lent, DEBTOR, free={"ORE": 10**4}),
        holder(lent, 3, free={}),
        holder(kind, INSURANCE, free={}, unsettled=-(10**4)),
        holder(own, INSURANCE, unsettled=-(10**4)),
        holder(over, DEBTOR, free={}),
        holder(over, FAILING, free={"ORE": 10**4}),
    ]


def ruined_lender() -> list[Step]:
    """A lender who is paid in kind owes more than it has afterwards."""
    return [holder(lends_deleveraged(), 3, free={}, shares={}, unsettled=-(10**4))]


def enriched() -> list[Step]:
    """The failing account, or another one of its user, has more after it."""
    step = on_adl()
    mine = holder(step, 3, is_after=False, user=step.before.accounts[FAILING].user)
    return [
        holder(step, FAILING, unsettled=10**4),
        holder(mine, 3, unsettled=10**4),
        holder(bankruptcy(), FAILING, free={"USD": 500}),
    ]


def kept_waiting() -> list[Step]:
    """Nothing is left, and it is not resolved; something is left, and nothing is done."""
    lost = taken(bankrupt(), ResolveBankruptcy(FAILING))
    return [
        refused(lost, RejectionCode.NOT_BANKRUPT),
        refused(lost, RejectionCode.NOTHING_TO_LIQUIDATE),
        refused(on_adl(), RejectionCode.NOTHING_TO_LIQUIDATE),
    ]


def charged_first() -> list[Step]:
    """Claims fall before the debt does, or before the insurance pays."""
    step, source = bankruptcy(), SettlementSource.SYSTEM_LIABILITY_TRANSFER
    credited = step.facts.credited
    insured = told(step, type(step.facts.liquidation.all[0]), insurance=5, spread=17)
    late = {**credited, (INSURANCE, "", source): -5}
    return [
        replace(step, facts=replace(step.facts, credited=dict(reversed(list(credited.items()))))),
        replace(insured, facts=replace(insured.facts, credited=late)),
    ]


def run_otherwise() -> list[Step]:
    """A run that ends where it began."""
    step = taken(ruined(), RunRisk(3))
    assert step.index is not None
    assert step.origin is not None
    return [replace(step, index=replace(step.index, state=step.origin))]


def barred() -> list[Step]:
    """A repayment and a withdrawal refused, a debt left, and a state that lets nobody out."""
    owing = run(indebted(), Deposit(DEBTOR, "USD", "south", 1, 2000))
    repaid = taken(owing, Repay(DEBTOR, "USD", None))
    leaving = RequestWithdrawal(PROVIDER, "USD", "north", 10, True, True)
    left = taken(run(perpetual(), CancelAllOrders(PROVIDER, "ORE_PERP")), leaving)
    assert repaid.index is not None
    halted = run(repaid.index.state, Halt())
    return [
        refused(repaid, RejectionCode.INSUFFICIENT_MARGIN),
        holder(repaid, DEBTOR, shares={"USD": 1}),
        refused(left, RejectionCode.PRICE_STALE),
        replace(repaid, index=replace(repaid.index, state=halted)),
    ]


def unclosed() -> list[Step]:
    """A closed market that is not settled, as a whole or at all."""
    closing = SetPerpetualParameters("GEM_PERP", CLOSED)
    closed = taken(perpetual(), closing)
    ended = taken(run(perpetual(), closing), SettleMarket("GEM_PERP", 250))
    assert closed.index is not None
    halted = run(closed.index.state, Halt())
    return [
        refused(ended, RejectionCode.MARKET_NOT_CLOSED),
        marketed(ended, "GEM_PERP", open_interest=1),
        replace(closed, index=replace(closed.index, state=halted)),
    ]


def growing() -> list[Step]:
    step = taken(run(perpetual(), SetPerpetualParameters("GEM_PERP", CLOSED)), AdvanceTime(10**6))
    return [marketed(step, "GEM_PERP", open_interest=10**3)]


def forgotten_price() -> list[Step]:
    step = taken(due(), AdvanceTime(10**6))
    return [priced(step, "ORE", price=0), marketed(step, "GEM_PERP", mark_price=0)]


def backward() -> list[Step]:
    """A clock that stands, times ahead of it or behind, and updates of another time."""
    state = due()
    step, mark = taken(state, AdvanceTime(10**6)), UpdateMark("GEM_PERP", 250, False, 0)
    return [
        after(step, time=step.before.time),
        priced(step, "ORE", price_time=10**9),
        marketed(step, "GEM_PERP", funding_time=-1),
        after(step, settlement_time=-1),
        priced(taken(run(state, AdvanceTime(10**6)), SetPrice("ORE", 250)), "ORE", price_time=0),
        marketed(taken(run(state, AdvanceTime(10**6)), mark), "GEM_PERP", mark_time=0),
    ]


def mismarked() -> list[Step]:
    """A mark that is another, one beyond its limits, and one that hides that it was cut."""
    state = perpetual()
    step = taken(state, UpdateMark("GEM_PERP", 10**6, has_basis=True, basis=5))
    kept = taken(state, UpdateMark("GEM_PERP", 0, has_basis=False, basis=0))
    return [
        marketed(step, "GEM_PERP", mark_price=251),
        marketed(step, "GEM_PERP", is_limited=False),
        marketed(kept, "GEM_PERP", mark_price=10**6),
        marketed(kept, "GEM_PERP", index_price=1),
    ]


def uncut() -> list[Step]:
    """A price that was cut and does not say so."""
    return [priced(taken(perpetual(), SetPrice("ORE", 10**6)), "ORE", is_limited=False)]


def dearer() -> list[Step]:
    """Who holds ORE is worth less after its price rose, or more after it fell."""
    state = perpetual()
    steps = [taken(state, SetPrice("ORE", price)) for price in (260, 240)]
    return [
        holder(step, FAILING, free={"ORE": lots})
        for step, lots in zip(steps, (1, 10**5), strict=True)
    ]


LADDER_FAULTS: Final[dict[str, Callable[[], list[Step]]]] = {
    "liquidation_takes_its_fraction": hoarded,
    "rungs_in_order": skipped,
    "sales_help": sold_wrongly,
    "handed_over_at_worth": underpaid,
    "liquidation_enriches_no_user": enriched,
    "lenders_stay_sound": ruined_lender,
    "bankruptcy_open_at_once": kept_waiting,
    "relief_before_loss": charged_first,
    "run_is_its_steps": run_otherwise,
    "exits_are_open": barred,
    "closed_market_settles": unclosed,
    "winding_down_only_shrinks": growing,
    "prices_stay_known": forgotten_price,
    "clocks_run_forward": backward,
    "mark_update_limited": mismarked,
    "price_update_limited": uncut,
    "dearer_collateral_helps": dearer,
}
