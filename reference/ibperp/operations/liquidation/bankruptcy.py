"""Bankruptcy: which accounts bear the debts that an account can never pay (LQ-8, LQ-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp import pool
from ibperp.events import (
    BankruptcyResolved,
    Event,
    Liability,
    LiquidationHeldBack,
    LossSpread,
    Reason,
    SettlementSource,
)
from ibperp.feeds import ActionClass
from ibperp.numbers import in_range
from ibperp.operations.effect import Effect, account_exists, margin_checks, not_reserved, rejection
from ibperp.operations.liquidation.conversion import conversion_rejection, converted
from ibperp.operations.liquidation.deleveraging import lenders_paid
from ibperp.operations.liquidation.handover import Handover, claim_moved, unsettled_moved
from ibperp.operations.liquidation.ladder import liquidation_rejection, step
from ibperp.operations.money_market.moves import (
    available_of,
    claim_of,
    debt_of,
    free_of,
    owed_shares_of,
    repaid,
    repay_checks,
)
from ibperp.operations.perpetuals.perpetual_trade import credited_unsettled, placed_position
from ibperp.outcomes import Accepted, RejectionCode
from ibperp.portfolio import valuation
from ibperp.position import funding_due, unrealized
from ibperp.posting import POOL, free
from ibperp.ranking import Rankings
from ibperp.records import replace
from ibperp.relevance import is_priced
from ibperp.risk import due_accounts, owing_accounts, resources
from ibperp.sharing import parts
from ibperp.state import INSURANCE, Perpetual, find_asset
from ibperp.valuation import held_atoms, settlement_asset, settlement_value

if TYPE_CHECKING:
    from ibperp.actions import FundInsurance, ResolveBankruptcy, RunRisk
    from ibperp.outcomes import Outcome
    from ibperp.position import Position
    from ibperp.state import State

STEPS_MAX: Final = 10_000
"""The most steps that one action may ask for (LQ-10)."""


def resolve_bankruptcy(state: State, action: ResolveBankruptcy) -> Outcome:
    """End each debt of an account for which no step is possible: insurance, then claimants (LQ-9).

    Without `non_recourse` only the insurance pays, and the rest stays with the account.
    """
    # PRECONDITIONS
    refused = liquidation_rejection(state, action.account)
    if refused:
        return refused
    is_over = not has_lots(state, action.account) and step(state, action.account) is None
    refused = rejection((is_over, RejectionCode.NOT_BANKRUPT))
    if refused:
        return refused

    # EFFECT
    effect = resolved_bankruptcy(state, action.account)
    refused = rejection((effect.events != (), RejectionCode.NOTHING_TO_LIQUIDATE))
    if refused:
        return refused

    # POSTCONDITIONS
    after = effect.state.accounts[action.account]
    unpaid = (shares for asset, shares in enumerate(after.shares) if is_priced(state, asset))
    assert not state.system.non_recourse or min((0, *unpaid, after.unsettled)) == 0
    return effect.accepted()


def run_risk(state: State, action: RunRisk) -> Outcome:
    """Do up to `steps` steps for the accounts that are due now, one account after another (LQ-10).

    Steps are taken for an account until it is no longer due, no step is possible, or quotes are
    requested, which have time until the next run. Then collateral of accounts that owe the fund is
    converted in the same way (ST-9). An account that a price holds back has an event.
    """
    # PRECONDITIONS
    refused = rejection(
        (action.steps > 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (action.steps <= STEPS_MAX, RejectionCode.OUT_OF_RANGE),
    ) or rejection((state.time >= state.liquidation_time, RejectionCode.LIQUIDATION_PAUSED))
    if refused:
        return refused

    # EFFECT
    after, events, left, rankings = state, list[Event](), action.steps, Rankings()
    due = dict.fromkeys(due_accounts(state))
    for account in due:
        while left and (done := worked_account(after, account, rankings)) is not None:
            is_asked = _is_asked(after, done)
            after, left = done.state, left - 1
            events += done.events
            if is_asked:
                break
        else:
            events += _held_back(after, account) if left else ()
    for account in owing_accounts(after) if left else ():
        refused = conversion_rejection(after, account) if left else None
        if refused and account not in due:
            events.append(LiquidationHeldBack(account, refused.code))
        while left and not refused and (done := converted(after, account)) is not None:
            is_asked = _is_asked(after, done)
            after, left = done.state, left - 1
            events += done.events
            if is_asked:
                break

    # POSTCONDITIONS
    assert 0 <= left <= action.steps
    return Accepted(after, tuple(events))


def worked_account(state: State, account: int, rankings: Rankings) -> Effect | None:
    """Return the next step for an account, or else what resolves it; None without both (LQ-10)."""
    found = valuation(state, state.accounts[account])
    if liquidation_rejection(state, account, found):
        return None
    done = step(state, account, rankings, found)
    if done is None and not has_lots(state, account):
        done = resolved_bankruptcy(state, account)
    return done if done and done.events else None


def _is_asked(before: State, done: Effect) -> bool:
    """Tell whether a step has requested quotes."""
    return len(done.state.requests) > len(before.requests)


def has_lots(state: State, account: int) -> bool:
    """Tell whether an account has a position: then it is not bankrupt, whatever the mark (LQ-9)."""
    return any(own.lots for own in state.accounts[account].positions)


def _held_back(state: State, account: int) -> tuple[Event, ...]:
    """Return what tells that a price holds an account back that would be due else (LQ-10).

    A position that is left of one that is due waits for its mark.
    """
    refused = liquidation_rejection(state, account)
    if refused is None and has_lots(state, account):
        return (LiquidationHeldBack(account, RejectionCode.PRICE_STALE),)
    if refused is None or RejectionCode.NOT_LIQUIDATABLE in refused.violated:
        return ()
    return (LiquidationHeldBack(account, refused.code),)


def fund_insurance(state: State, action: FundInsurance) -> Outcome:
    """Give free atoms to the insurance, within the giver's own margin (LQ-8).

    What the insurance owes of the asset is repaid from them first.
    """
    # PRECONDITIONS
    account, asset = action.account, find_asset(state, action.asset)
    refused = rejection(
        (action.amount > 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (in_range(action.amount), RejectionCode.OUT_OF_RANGE),
        account_exists(state, account),
        not_reserved(account),
        (asset is not None, RejectionCode.ASSET_UNKNOWN),
    )
    if refused:
        return refused
    assert asset is not None
    available = available_of(state, account, asset)
    refused = rejection((available >= action.amount, RejectionCode.INSUFFICIENT_FUNDS))
    if refused:
        return refused

    # EFFECT
    reason = Reason.INSURANCE_FUNDED
    debit, credit = free(account), free(INSURANCE)
    effect = Effect(state).moved(asset, action.amount, reason, debit=debit, credit=credit)
    owed = min(debt_of(effect.state, INSURANCE, asset), free_of(effect.state, INSURANCE, asset))
    if owed and all(holds for holds, _ in repay_checks(effect.state, INSURANCE, asset, owed)):
        effect = repaid(effect, INSURANCE, asset, owed, reason)
    refused = rejection(*margin_checks(state, effect.state, account, ActionClass.WITHDRAWAL))
    if refused:
        return refused

    # POSTCONDITIONS
    assert free_of(effect.state, account, asset) == free_of(state, account, asset) - action.amount
    return effect.accepted()


def resolved_bankruptcy(state: State, account: int) -> Effect:
    """Return what resolving a bankruptcy does: its debts to pools by asset, then to the fund."""
    effect, budget = Effect(state), state.system.insurance_limit
    for asset in range(len(state.accounts[account].shares)):
        if debt_of(state, account, asset) and is_priced(state, asset):
            effect, budget = _pool_debt_ended(effect, account, asset, budget)
    if effect.state.accounts[account].unsettled < 0:
        effect = _fund_debt_ended(effect, account, budget)
    return effect


def _pool_debt_ended(effect: Effect, account: int, asset: int, budget: int) -> tuple[Effect, int]:
    """End a debt to a pool: the insurance pays lenders, then reserve and lenders lose (LQ-9)."""
    before, owed = effect, debt_of(effect.state, account, asset)
    effect, spent = _insurance_paid(effect, account, asset, budget)
    covered, by_reserve, by_lenders = owed - debt_of(effect.state, account, asset), 0, 0
    shares = owed_shares_of(effect.state, account, asset)
    if shares and effect.state.system.non_recourse:
        pool_state = effect.state.assets[asset].pool
        after, by_reserve, by_lenders = pool.written_off(pool_state, shares)
        effect = effect.claimed(account, asset, shares, after, Reason.BANKRUPTCY)
    if effect is before:
        return effect, budget
    told = BankruptcyResolved(account, asset, Liability.POOL, owed, covered, by_reserve, by_lenders)
    return effect.noted(effect.state, told), budget - spent


def _insurance_paid(effect: Effect, account: int, asset: int, budget: int) -> tuple[Effect, int]:
    """Let the insurance pay for a debt in the settlement asset; return what it spent (LQ-8)."""
    settlement = find_asset(effect.state, effect.state.system.settlement_asset)
    if settlement is None:
        return effect, 0
    allowed = min(budget, resources(effect.state))
    if asset == settlement:
        held = held_atoms(effect.state, effect.state.accounts[INSURANCE], asset)
        part = min(allowed, held, debt_of(effect.state, account, asset))
        return _paid_back(effect, account, asset, part), part
    between = Handover(INSURANCE, account, Reason.INSURANCE)
    after = lenders_paid(effect, asset, settlement_value(effect.state, allowed), between)
    spent = resources(effect.state) - resources(after.state)
    return after, min(spent, budget)


def _paid_back(effect: Effect, account: int, asset: int, amount: int) -> Effect:
    """Repay a debt with the insurance's cash, then with its lend."""
    cash = min(amount, free_of(effect.state, INSURANCE, asset))
    if cash:
        pool_state = effect.state.assets[asset].pool
        shares = pool.shares_to_repay(
            pool_state, owed_shares_of(effect.state, account, asset), cash
        )
        after = pool.repay(pool_state, cash, shares)
        effect = effect.claimed(account, asset, shares, after, Reason.INSURANCE)
        effect = effect.moved(asset, cash, Reason.INSURANCE, debit=free(INSURANCE), credit=POOL)
    lent = min(amount - cash, claim_of(effect.state, INSURANCE, asset))
    if lent:
        between = Handover(INSURANCE, account, Reason.INSURANCE)
        effect = claim_moved(effect, asset, lent, between)
    return effect


def _fund_debt_ended(effect: Effect, account: int, budget: int) -> Effect:
    """End a debt to the fund: the insurance takes it over, then claims on the fund fall (LQ-9)."""
    state = effect.state
    asset, owed = settlement_asset(state), -state.accounts[account].unsettled
    covered = min(owed, budget, resources(state))
    effect = unsettled_moved(effect, -covered, account, INSURANCE)
    rest = owed - covered
    if rest and state.system.non_recourse:
        source = SettlementSource.SYSTEM_LIABILITY_TRANSFER
        effect = credited_unsettled(effect, account, None, rest, source)
        effect = _spread(effect, rest)
    else:
        rest = 0
    if covered == rest == 0:
        return effect
    told = BankruptcyResolved(account, asset, Liability.FUND, owed, covered, 0, rest)
    return effect.noted(effect.state, told)


def _spread(effect: Effect, loss: int) -> Effect:
    """Take a loss from all claims on the fund in proportion, exactly (LQ-9).

    A claim is the total gain of an account. Debts and claims are equal in sum (ST-7), so there are
    claims for every loss, whichever accounts still have a position.
    """
    claims = _claims(effect.state)
    assert loss <= sum(claims.values())
    for account, part in zip(claims, parts(loss, list(claims.values())), strict=True):
        effect = _borne(effect, account, part)
    return effect


def _borne(effect: Effect, account: int, loss: int) -> Effect:
    """Take a part of a loss from an account: what is unsettled, then its gains by market (LQ-9)."""
    holder = effect.state.accounts[account]
    unsettled = min(loss, max(holder.unsettled, 0))
    source = SettlementSource.SYSTEM_LIABILITY_TRANSFER
    effect, left = credited_unsettled(effect, account, None, -unsettled, source), loss - unsettled
    for position in holder.positions:
        part = min(left, max(_gain(effect.state, position), 0))
        if part:
            effect = placed_position(effect, account, replace(position, cost=position.cost + part))
            effect = effect.noted(effect.state, LossSpread(account, position.market, part))
            left -= part
    assert left == 0
    return effect


def _claims(state: State) -> dict[int, int]:
    """Return what each account that won has won in all, its losses taken off (LQ-9)."""
    found: dict[int, int] = {}
    for (account,) in state.active:
        holder = state.accounts[account]
        gains = sum([_gain(state, position) for position in holder.positions])
        if holder.unsettled + gains > 0:
            found[account] = holder.unsettled + gains
    return found


def _gain(state: State, position: Position) -> int:
    """Return what a position has won since the last settlement, less its funding, signed."""
    market = state.markets[position.market]
    assert isinstance(market, Perpetual)
    return unrealized(position, market.mark_price) - funding_due(position, market.funding_index)
