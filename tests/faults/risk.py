"""Faults planted in liquidations, programs and governance, by the invariant that must find them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    AcceptQuote,
    AdvanceTime,
    ConvertCollateral,
    Deposit,
    Halt,
    Lend,
    Liquidate,
    ListAsset,
    RegisterBackstop,
    ResolveBankruptcy,
    RunRisk,
    SetAssetParameters,
    SetSystemParameters,
    Transfer,
)
from ibperp.events import LiquidationStage, SettlementSource
from ibperp.numbers import RATIO
from ibperp.ordered import Ordered
from ibperp.orders import Side
from ibperp.outcomes import RejectionCode
from ibperp.programs import Backstop, Quote, RequestKind
from ibperp.state import State, with_asset, with_pool
from ibperp_authoring.cases import lived_in
from ibperp_authoring.fill import replayed
from ibperp_invariants.step.liquidation_facts import (
    LiquidationFacts,
    MoveFact,
    ResolvedFact,
    SpreadFact,
    StepFact,
)
from ibperp_invariants.step.step import Step
from ibperp_invariants.view.view import PositionView
from worlds.failing import FAILING, WIDE, bankrupt, due, indebted, requested, ruined, stepped, taken
from worlds.tiny import NO_FLAGS, asset, order, run

PROVIDER: Final = 3
BACKED: Final = RegisterBackstop(PROVIDER, 10**6)
SLOW: Final = replace(WIDE, ramp_interval=100)


def holder(step: Step, account: int, *, is_after: bool = True, **changes: Any) -> Step:
    """Change an account in one of the views of a step."""
    view = step.after if is_after else step.before
    accounts = {index: view.accounts[index] for index in view.accounts}
    accounts[account] = replace(accounts[account], **changes)
    changed = replace(view, accounts=accounts)
    return replace(step, after=changed) if is_after else replace(step, before=changed)


def owned(step: Step, account: int, market: str, **changes: Any) -> Step:
    """Change a position after a step."""
    positions = dict(step.after.accounts[account].positions)
    positions[market] = replace(positions[market], **changes)
    return holder(step, account, positions=positions)


def told(step: Step, kind: type, **changes: Any) -> Step:
    """Change all facts of a kind."""
    told = step.facts.liquidation.all
    facts = tuple(replace(of, **changes) if isinstance(of, kind) else of for of in told)
    assert facts != told
    return with_facts(step, *facts)


def extended(step: Step, *facts: Any) -> Step:
    return with_facts(step, *step.facts.liquidation.all, *facts)


def with_facts(step: Step, *facts: Any) -> Step:
    return replace(step, facts=replace(step.facts, liquidation=LiquidationFacts(facts)))


def pooled(step: Step, symbol: str = "USD", **changes: int) -> Step:
    """Change a pool after a step by the given amounts."""
    assets = dict(step.after.assets)
    old = assets[symbol].pool
    new = {name: getattr(old, name) + change for name, change in changes.items()}
    assets[symbol] = replace(assets[symbol], pool=replace(old, **new))
    return replace(step, after=replace(step.after, assets=assets))


def before(step: Step, **changes: Any) -> Step:
    return replace(step, before=replace(step.before, **changes))


def after(step: Step, **changes: Any) -> Step:
    return replace(step, after=replace(step.after, **changes))


def credited(step: Step, account: int, source: SettlementSource, amount: int) -> Step:
    changed = {**step.facts.credited, (account, "", source): amount}
    return replace(step, facts=replace(step.facts, credited=changed))


def on_book() -> Step:
    return stepped(LiquidationStage.ON_BOOK, offered=True)


def on_adl() -> Step:
    return stepped(LiquidationStage.ON_ADL)


def on_backstop() -> Step:
    return stepped(LiquidationStage.ON_BACKSTOP, BACKED)


def bankruptcy() -> Step:
    return taken(bankrupt(), ResolveBankruptcy(FAILING))


def blocked() -> Step:
    return taken(requested(), AcceptQuote(2, 0, FAILING))


def wrong_traffic() -> list[Step]:
    """A sound account liquidated, a due one refused, and two in the wrong order."""
    step, sound = on_adl(), taken(due(), Lend(2, "USD", 1))
    code = RejectionCode.NOT_LIQUIDATABLE.value
    refused = replace(taken(due(), Liquidate(FAILING)), code=code, violated=(code,))
    return [
        replace(sound, action=Liquidate(2)),
        told(step, StepFact, account=2),
        refused,
    ]


def untold() -> list[Step]:
    """No event of the step; of another account; and one that an owner's action tells."""
    step, silent = on_adl(), LiquidationFacts(())
    lent = taken(due(), Lend(2, "USD", 1))
    return [
        replace(step, facts=replace(step.facts, liquidation=silent)),
        told(step, StepFact, account=2),
        replace(lent, facts=replace(lent.facts, liquidation=step.facts.liquidation)),
        told(step, StepFact, stage=LiquidationStage.PAY_OWN),
    ]


def idle() -> list[Step]:
    """A step that changes nothing, one that costs equity, and one that adds exposure."""
    step = on_adl()
    free = {"ORE": 1, "USD": 0}
    return [
        replace(step, after=step.before),
        holder(step, FAILING, free=free),
        owned(step, FAILING, "GEM_PERP", lots=-60),
    ]


def dear() -> list[Step]:
    """A trade on the book at twice the price, and one below auto-close."""
    step = on_book()
    trades = tuple(replace(trade, price=2 * trade.price) for trade in step.facts.trades)
    poor = holder(step, FAILING, is_after=False, free={"ORE": 1})
    return [replace(step, facts=replace(step.facts, trades=trades)), poor]


def greedy() -> list[Step]:
    """A fee above its ratio, one that goes to nobody, and one of an owner's action."""
    step, source = on_book(), SettlementSource.TRADING_FEES_SYSTEM
    wrong = {
        (FAILING, "GEM_PERP", source): -(10**6),
        (1, "GEM_PERP", source): 10**6,
    }
    lent = taken(due(), Lend(2, "USD", 1))
    return [
        replace(step, facts=replace(step.facts, credited=wrong)),
        credited(step, 1, source, 7),
        credited(lent, 1, source, 7),
    ]


def dusty() -> list[Step]:
    """An order of the system that leaves one lot where two are the minimum."""
    step = on_book()
    markets = dict(step.before.markets)
    symbol = step.facts.trades[0].market
    limits = markets[symbol].parameters
    assert limits is not None
    markets[symbol] = replace(markets[symbol], parameters=replace(limits, minimum_lots=9))
    return [before(step, markets=markets)]


def cashed() -> list[Step]:
    return [pooled(on_adl(), cash=-1), pooled(on_backstop(), "ORE", cash=1)]


def spendthrift() -> list[Step]:
    """The owner of an account below zero gives something away."""
    step = taken(ruined(), Deposit(FAILING, "USD", "south", 1, 10))
    less = holder(step, FAILING, free={"USD": 0})
    return [replace(less, action=Lend(FAILING, "USD", 1))]


def unsafe_provider() -> list[Step]:
    """A provider that fails its margin, is of the same user, or offered nothing."""
    step = on_backstop()
    same = holder(step, PROVIDER, is_after=False, user=step.before.accounts[FAILING].user)
    return [holder(step, PROVIDER, free={}), same, before(step, backstops={2: 10**6})]


def overfull() -> list[Step]:
    """A provider that took more than it offered, lost no capacity, or paid another price."""
    step = on_backstop()
    return [
        before(step, backstops={PROVIDER: 1}),
        after(step, backstops={PROVIDER: 10**6}),
        told(step, MoveFact, price=1),
    ]


def same_side() -> list[Step]:
    """Lots that are not the position's, or went to an account on the same side."""
    step = on_adl()
    return [told(step, MoveFact, lots=1), told(step, MoveFact, counterparty=PROVIDER)]


def mispriced() -> list[Step]:
    return [told(on_adl(), MoveFact, price=price) for price in (1, 10**6)]


def out_of_order() -> list[Step]:
    return [told(on_adl(), MoveFact, counterparty=PROVIDER)]


def harmed() -> list[Step]:
    """Who was deleveraged lost what it had, without orders of its own."""
    step = holder(on_adl(), 2, is_after=False, orders=())
    return [holder(step, 2, unsettled=-(10**6), orders=())]


def flat_payer() -> list[Step]:
    return [holder(on_adl(), PROVIDER, free={"USD": 1})]


def too_early() -> list[Step]:
    """A position, and a debt, while one provider of several could take over all of it."""
    state = run(indebted(), Liquidate(2))
    debt = before(taken(state, Liquidate(2)), backstops={FAILING: 10**6})
    return [before(on_adl(), backstops={2: 1, PROVIDER: 10**6}), debt]


def not_whole() -> list[Step]:
    """More or less borne than was owed, and a reserve that pays untold."""
    step = bankruptcy()
    return [
        told(step, ResolvedFact, spread=1),
        told(step, ResolvedFact, insurance=-1),
        extended(step, SpreadFact(2, "ORE_PERP", 5)),
        pooled(step, reserve=-1),
    ]


def not_bankrupt() -> list[Step]:
    """An account with means, one with a position, one that still owes or has a position."""
    step = bankruptcy()
    positions = {"GEM_PERP": PositionView(lots=5)}
    return [
        holder(step, FAILING, is_after=False, free={"USD": 10**6}),
        holder(step, FAILING, is_after=False, positions=positions),
        holder(step, FAILING, unsettled=-5),
        holder(step, FAILING, positions=positions),
    ]


def unfair() -> list[Step]:
    """One claim bears what several should; one that claims nothing bears some."""
    step = bankruptcy()
    return [extended(step, SpreadFact(PROVIDER, "ORE_PERP", 9))]


def lavish() -> list[Step]:
    return [holder(bankruptcy(), 1, unsettled=-(10**6))]


def forgotten() -> list[Step]:
    """A reserve that falls, and a transfer of claims, in an owner's action."""
    lent = taken(due(), Lend(2, "USD", 1))
    transfer = credited(lent, 2, SettlementSource.SYSTEM_LIABILITY_TRANSFER, -5)
    return [pooled(lent, reserve=-1), transfer]


def misindexed() -> list[Step]:
    step, lent = taken(due(), RunRisk(1)), taken(due(), Lend(2, "USD", 1))
    assert step.index is not None
    assert lent.index is not None
    wrong = Ordered([(1, 2), (2, FAILING)])
    return [
        replace(step, index=replace(step.index, due=wrong)),
        replace(lent, index=replace(lent.index, due=wrong)),
    ]


def fallen() -> list[Step]:
    """An owner's action after which its account owes more than it has."""
    lent = taken(requested(), Lend(2, "USD", 1))
    return [holder(lent, 2, free={}, shares={})]


def misquoted() -> list[Step]:
    """A trade of other lots, at a price that does not serve, at other fees, or after the end."""
    step = blocked()
    (block,) = step.facts.blocks
    return [
        replace(step, facts=replace(step.facts, blocks=(replace(block, lots=1),))),
        replace(step, facts=replace(step.facts, blocks=(replace(block, price=10**6),))),
        replace(step, facts=replace(step.facts, blocks=(replace(block, quoter_fee=10**6),))),
        before(step, time=10**6),
        after(step, requests=step.before.requests),
    ]


def blind() -> list[Step]:
    """Liquidations, an order and a transfer at prices that are too old or were cut."""
    step, sent = on_adl(), taken(due(), Transfer(2, PROVIDER, "USD", 1))
    assets = dict(sent.after.assets)
    assets["USD"] = replace(assets["USD"], is_limited=True)
    return [
        before(step, time=10**9),
        before(taken(due(), RunRisk(1)), time=10**9),
        before(taken(due(), order(2, "ORE_USD", Side.BID, 4, 24)), time=10**9),
        after(taken(due(), order(2, "ORE_USD", Side.BID, 4, 24)), time=10**9),
        after(sent, assets=assets),
    ]


def shielded() -> list[Step]:
    """A liquidation and a resolution that are refused for prices on which nothing depends."""
    step = replace(on_adl(), after=on_adl().before, code="price_stale", violated=("price_stale",))
    return [step, replace(step, action=ResolveBankruptcy(FAILING))]


def jumped() -> list[Step]:
    """Margins that pass their target, a ramp that outlives its end, and margins that jump."""
    state = run(due(), SetSystemParameters(SLOW))
    limits = state.assets[1].parameters
    haircut = replace(limits.haircut, weight=RATIO // 2)
    changed = replace(limits, haircut=haircut, mmf_base=RATIO // 200)
    state = run(state, SetAssetParameters("ORE", changed))
    step = taken(state, AdvanceTime(state.time + 50))
    assets = dict(step.after.assets)
    ramp = assets["ORE"].ramp
    assert ramp is not None
    past = replace(ramp, current=replace(ramp.current, mmf_base=RATIO))
    assets["ORE"] = replace(assets["ORE"], ramp=past)
    lent = taken(state, Lend(2, "USD", 1))
    moved = dict(lent.after.assets)
    moved["ORE"] = replace(moved["ORE"], ramp=past)
    end = taken(state, AdvanceTime(state.time + 100))
    late = dict(end.after.assets)
    late["ORE"] = replace(late["ORE"], ramp=ramp)
    return [after(step, assets=assets), after(lent, assets=moved), after(end, assets=late)]


def unhalted() -> list[Step]:
    """A lend in a halt, a deposit refused in one, and a halt that does not halt."""
    lent, stop = taken(due(), Lend(2, "USD", 1)), taken(due(), Halt())
    gift, code = taken(due(), Deposit(2, "USD", "south", 1, 10)), RejectionCode.HALTED.value
    refused = replace(gift, after=gift.before, code=code, violated=(code,))
    return [
        after(before(lent, is_halted=True), is_halted=True),
        after(before(refused, is_halted=True), is_halted=True),
        after(stop, is_halted=False),
    ]


def hasty() -> list[Step]:
    step = on_adl()
    return [before(step, liquidation_time=step.before.time + 1), before(step, is_halted=True)]


def instant() -> list[Step]:
    step = taken(run(due(), SetSystemParameters(SLOW)), ListAsset("NEW", asset()))
    assets = dict(step.after.assets)
    assets["NEW"] = replace(assets["NEW"], ramp=None, parameters=asset())
    return [after(step, assets=assets)]


def converted() -> list[Step]:
    """Conversions where nothing is owed, of too much, too far from the mark, and of nothing."""
    step = taken(replayed(lived_in.SETUPS[0]), ConvertCollateral(7))
    (trade,) = step.facts.trades
    cheap, large = replace(trade, price=trade.price // 2), replace(trade, lots=trade.lots + 1)
    facts = [replace(step.facts, trades=trades) for trades in ((cheap,), (large,), ())]
    return [
        holder(step, 7, is_after=False, unsettled=0),
        *(replace(step, facts=fact) for fact in facts),
    ]


OTHER_FAULTS: Final[dict[str, Callable[[], list[Step]]]] = {
    "liquidates_only_the_due": wrong_traffic,
    "liquidation_step_told": untold,
    "liquidation_makes_progress": idle,
    "liquidation_price_bounded": dear,
    "liquidation_fee_bounded": greedy,
    "no_dust_left": dusty,
    "claims_move_not_cash": cashed,
    "negative_account_waits": spendthrift,
    "backstop_provider_safe": unsafe_provider,
    "backstop_within_capacity": overfull,
    "deleveraged_were_opposite": same_side,
    "deleveraging_price_between": mispriced,
    "deleveraging_in_order": out_of_order,
    "deleveraging_leaves_no_riskier": harmed,
    "flat_accounts_never_pay": flat_payer,
    "deleveraging_is_last": too_early,
    "bankruptcy_adds_up": not_whole,
    "bankrupt_means_nothing_left": not_bankrupt,
    "loss_spread_in_proportion": unfair,
    "insurance_within_limit": lavish,
    "bad_debt_falls_only_by_resolution": forgotten,
    "index_agrees": misindexed,
    "healthy_to_due_only_by_price_time_parameters": fallen,
    "requests_trade_balance": misquoted,
    "conversions_pay_what_is_owed": converted,
    "feeds_admit_by_level": blind,
    "prices_stand_where_they_matter": shielded,
    "ramp_is_monotone": jumped,
    "halt_admits_only": unhalted,
    "liquidation_waits_for_grace": hasty,
    "new_collateral_starts_at_zero": instant,
}


def unlawful(state: State) -> State:
    limits = state.assets[0].parameters
    return with_asset(state, 0, replace(state.assets[0], parameters=replace(limits, mmf_base=-1)))


def self_quoted(state: State) -> State:
    wrong = replace(state.requests[0], quotes=(Quote(2, 5, NO_FLAGS),))
    return replace(state, requests=state.requests.set(0, wrong))


def asked_twice(state: State) -> State:
    first, second = (
        replace(request, kind=RequestKind.CONVERSION, immediate=True, quotes=())
        for request in state.requests
    )
    return replace(state, requests=state.requests.set(0, first).set(1, second))


BAD_STATES: Final[dict[str, Callable[[State], State]]] = {
    "due_list_complete": lambda state: replace(state, exposed=Ordered([(2,), (3,)])),
    "lenders_shares_stay_defined": lambda state: with_pool(
        state, 0, replace(state.assets[0].pool, borrowed=5, borrow_shares=0)
    ),
    "quotes_name_open_requests": self_quoted,
    "one_conversion_an_account": asked_twice,
    "backstops_have_capacity": lambda state: replace(state, backstops=(Backstop(2, 0),)),
    "ramp_keeps_laws": unlawful,
}
