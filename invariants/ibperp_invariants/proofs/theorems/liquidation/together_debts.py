"""Theorems that each step that is about a debt lowers the rank of the state (LQ-10).

Orders, capacities and positions stay as they are, so that the shares of pools that accounts have
decide, then what they hold. What the insurance takes over is no longer summed.
"""

from ibperp import pool as kernel
from ibperp.events import Reason
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import bankruptcy, deleveraging, handover, ladder
from ibperp.operations.liquidation.handover import Handover
from ibperp.ordered import Ordered
from ibperp.records import replace
from ibperp.risk import Exposure
from ibperp.state import INSURANCE, Pool, State, at, put
from ibperp_invariants.proofs.theorems.liquidation.debts import never, one_lender, with_free
from ibperp_invariants.proofs.theorems.liquidation.handover import meets
from ibperp_invariants.proofs.theorems.liquidation.payments import (
    LENT,
    OTHER,
    SETTLED,
    lending,
    owing,
)
from ibperp_invariants.proofs.theorems.liquidation.rank import (
    FAILED,
    FIRST,
    is_lower,
    nothing_paid,
    replaced,
)
from ibperp_invariants.proofs.theorems.liquidation.together import OF, rank
from ibperp_invariants.proofs.theorems.money_market.moves import sound


def met(pool: Pool, held: int, given: int) -> tuple[Pool, int]:
    """Join shares: what meets cancels until one side is used up, as much as the pool's cash says.

    `t_shares_of_one_side_add_up`, `t_cancelling_leaves_one_side`.
    """
    if held * given >= 0:
        return pool, held + given
    part = min(abs(pool.cash), abs(held), abs(given))
    if pool.reserve > 0:
        return pool, held + (part if held < 0 else -part)
    return pool, given + (part if given < 0 else -part)


def paid(effect: Effect, value: int, between: Handover) -> tuple[Effect, int]:
    """Pay in cash at a price of one: the whole value, or all the cash of the giver.

    `t_what_the_insurance_is_paid_lowers_the_rank_of_the_state` has cash, lends and claims.
    """
    part = min(value, at(effect.state.accounts[between.giver].free, SETTLED))
    effect = with_free(effect, between.giver, SETTLED, -part)
    return with_free(effect, between.taker, SETTLED, part), value - part


def payable(state: State, account: int) -> int:
    """Return what an account can pay in cash at a price of one."""
    return at(state.accounts[account].free, SETTLED)


def some_atoms(state: State, account: int, asset: int) -> int:
    """Return what shares claim or owe: above zero, and that alone decides whether a part closes."""
    return abs(at(state.accounts[account].shares, asset))


def some_shares(pool: Pool, owed: int, amount: int) -> int:
    """Return the shares of a debt that pass: any number, none where a share owes more atoms."""
    del amount
    return min(max(pool.cash, 0), owed)


def closed(effect: Effect, asset: int, amount: int, between: Handover) -> Effect:
    """Pass a lend to a debtor: its shares are off the giver, and any of the debt are burned.

    `t_a_lend_that_passes_for_a_debt_is_used_up`.
    """
    if amount <= 0:
        return effect
    giver, taker = (effect.state.accounts[own] for own in (between.giver, between.taker))
    most, lent, owed = effect.state.time, at(giver.shares, asset), at(taker.shares, asset)
    passed = min(max(most, 1), lent)
    left = put(giver.shares, asset, lent - passed)
    effect = effect.noted(replaced(effect.state, between.giver, replace(giver, shares=left)))
    left = put(taker.shares, asset, owed + min(max(-most, 0), -owed))
    return effect.noted(replaced(effect.state, between.taker, replace(taker, shares=left)))


_LIQUIDATION = "ibperp.operations.liquidation"
CONTRACTS = {
    "ibperp.operations.effect.with_account": replaced,
    "ibperp.operations.money_market.moves.with_account": replaced,
    "ibperp.operations.perpetuals.perpetual_trade.with_account": replaced,
    f"{_LIQUIDATION}.deleveraging.paid_in_kind": paid,
    f"{_LIQUIDATION}.deleveraging.claim_moved": closed,
    f"{_LIQUIDATION}.deleveraging._payable": payable,
    f"{_LIQUIDATION}.deleveraging.debt_of": some_atoms,
    f"{_LIQUIDATION}.deleveraging.claim_of": some_atoms,
    f"{_LIQUIDATION}.deleveraging.shares_to_repay": some_shares,
    f"{_LIQUIDATION}.deleveraging._lenders": one_lender,
    f"{_LIQUIDATION}.deleveraging._is_due": never,
    f"{_LIQUIDATION}.bankruptcy.claim_moved": closed,
    f"{_LIQUIDATION}.bankruptcy._insurance_paid": nothing_paid,
    f"{_LIQUIDATION}.handover.claim_moved": closed,
    f"{_LIQUIDATION}.handover.merged": met,
}
"""What is called, as other theorems say of it, and what no part of a rank here depends on."""


def t_a_debt_that_is_paid_lowers_the_rank_of_the_state(
    pool: Pool, cash: int, free: int, owed: int
) -> None:
    """What an account repays burns shares, whatever a share owes (LQ-3, LQ-10)."""
    assert all((sound(pool), pool.borrowed > 0, owed > 0, owed <= pool.borrow_shares))
    assert all((cash >= 0, free >= 0))
    state = owing((free, cash), (-owed, 0), pool, LENT)
    after = ladder._paid_own(Effect(state), FAILED)  # noqa: SLF001
    assert any((len(after.events) == 0, is_lower(rank(after.state), rank(state))))


def t_what_is_paid_to_the_fund_lowers_the_rank_of_the_state(
    pool: Pool, cash: int, lent: int, fund: int
) -> None:
    """Cash or a lend that the insurance gets for a debt to the fund is no account's (LQ-3)."""
    assert all((sound(pool), cash >= 0, lent >= 0, lent <= pool.lend_shares, fund > 0))
    state = owing((0, cash), (0, lent), LENT, pool)
    state = replaced(state, FAILED, replace(state.accounts[FAILED], unsettled=-fund))
    after = ladder._paid_own(Effect(state), FAILED)  # noqa: SLF001
    assert any((len(after.events) == 0, is_lower(rank(after.state), rank(state))))


def t_a_lend_that_passes_for_a_debt_is_used_up(
    pool: Pool, lent: int, owed: int, amount: int
) -> None:
    """A lend that passes to its debtor, for at most the debt, leaves the debtor no lend (LQ-7)."""
    assert all((meets(pool, lent, owed), lent <= pool.lend_shares, amount > 0))
    assert all((amount <= kernel.lend_claim(pool, lent), amount <= kernel.debt(pool, owed)))
    passed = kernel.shares_to_pass(pool, lent, amount)
    _, left = kernel.merged(pool, -owed, passed)
    assert all((passed > 0, left <= 0, -left <= owed))


def t_shares_that_pass_are_no_more_in_all(pool: Pool, lent: int, held: int, shares: int) -> None:
    """Shares that pass, and what they meet, are no more than giver and taker had (LQ-3, LQ-10)."""
    assert all((shares > 0, shares <= lent))
    state = lending(owing((0, 0), (lent, 0), pool, LENT), FIRST, OTHER, held)
    between = Handover(FAILED, FIRST, Reason.LIQUIDATION_IN_KIND)
    after = handover.shares_moved(Effect(state), OTHER, shares, between).state
    assert rank(after)[:5] <= rank(state)[:5]


def t_what_the_insurance_is_paid_lowers_the_rank_of_the_state(
    pool: Pool, free: int, lent: int, claim: int, value: int
) -> None:
    """What the insurance is paid in kind no other account has any longer (LQ-7, LQ-10)."""
    assert all((sound(pool), free >= 0, lent >= 0, lent <= pool.lend_shares, claim >= 0))
    assert all((value > 0, free + kernel.lend_claim(pool, lent) + claim > 0))
    state = owing((0, free), (0, lent), LENT, pool)
    state = replaced(state, FAILED, replace(state.accounts[FAILED], unsettled=claim))
    between = Handover(FAILED, INSURANCE, Reason.LIQUIDATION_IN_KIND)
    done, _ = handover._paid_in(Effect(state), SETTLED, value, between)  # noqa: SLF001
    assert is_lower(rank(done.state), rank(state))


def t_a_lend_that_is_closed_lowers_the_rank_of_the_state(
    pool: Pool, owed: int, lent: int, value: int, most: int, *, free: int
) -> None:
    """A lend that closes a debt leaves fewer shares in all, whatever a share owes (LQ-7)."""
    assert all((sound(pool), pool.borrowed > 0, owed > 0, owed <= pool.borrow_shares))
    assert all((lent > 0, lent <= pool.lend_shares, value >= 0, free >= 0))
    state = replace(owing((0, free), (-owed, 0), pool, LENT), time=most)
    begun = Effect(lending(state, FIRST, OTHER, lent))
    between = Handover(FAILED, FAILED, Reason.LIQUIDATION_ADL)
    after = deleveraging.lenders_paid(begun, OTHER, value, between)
    assert any((after is begun, is_lower(rank(after.state), rank(begun.state))))


def t_what_the_insurance_takes_lowers_the_rank_of_the_state(
    pool: Pool, owed: int, free: int
) -> None:
    """For a debt that the insurance takes something is paid, whatever a share owes (LQ-7)."""
    assert all((sound(pool), pool.borrowed > 0, owed > 0, owed <= pool.borrow_shares, free >= 0))
    state = owing((0, free), (-owed, 0), pool, LENT)
    exposure = Exposure(OTHER, kernel.debt(pool, owed), 0, 1)
    done = deleveraging._insured(Effect(state), OF, exposure)  # noqa: SLF001
    assert any((done is None, is_lower(rank((done or Effect(state)).state), rank(state))))


def t_a_debt_to_the_fund_that_the_insurance_takes_lowers_the_rank_of_the_state(
    fund: int, free: int
) -> None:
    """For a debt to the fund that the insurance takes something is paid (LQ-7, LQ-10)."""
    assert all((fund > 0, free >= 0))
    state = owing((free, 0), (0, 0), LENT, LENT)
    state = replaced(state, FAILED, replace(state.accounts[FAILED], unsettled=-fund))
    done = deleveraging._insured(Effect(state), OF, Exposure(SETTLED, 0, fund, 1))  # noqa: SLF001
    assert any((done is None, is_lower(rank((done or Effect(state)).state), rank(state))))


def t_a_debt_that_is_resolved_lowers_the_rank_of_the_state(
    pool: Pool, owed: int, budget: int, *, ends: bool
) -> None:
    """Of a debt that is written off no share is left, and nobody has more (LQ-9, LQ-10)."""
    assert all((sound(pool), pool.borrowed > 0, owed > 0, owed <= pool.borrow_shares))
    state = owing((0, 0), (0, -owed), LENT, pool)
    begun = Effect(replace(state, system=replace(state.system, non_recourse=ends)))
    after, _ = bankruptcy._pool_debt_ended(begun, FAILED, SETTLED, budget)  # noqa: SLF001
    assert any((after is begun, is_lower(rank(after.state), rank(state))))


def t_cash_of_the_insurance_that_pays_lowers_the_rank_of_the_state(
    pool: Pool, owed: int, cash: int, amount: int
) -> None:
    """Where the insurance pays a debt shares are burned, or it has less cash (LQ-8, LQ-10)."""
    assert all((sound(pool), pool.borrowed > 0, owed > 0, owed <= pool.borrow_shares, cash >= 0))
    assert all((amount >= 0, amount <= kernel.debt(pool, owed)))
    state = owing((0, 0), (0, -owed), LENT, pool)
    insurance = replace(state.accounts[INSURANCE], free=(0, cash))
    begun = Effect(replaced(state, INSURANCE, insurance))
    after = bankruptcy._paid_back(begun, FAILED, SETTLED, amount)  # noqa: SLF001
    assert any((after is begun, is_lower(rank(after.state), rank(begun.state))))


def t_a_lend_of_the_insurance_that_pays_lowers_the_rank_of_the_state(
    pool: Pool, owed: int, lent: int, amount: int, most: int
) -> None:
    """Where the insurance pays a debt with a lend it has fewer shares of it (LQ-8, LQ-10)."""
    assert all((sound(pool), pool.borrowed > 0, owed > 0, owed <= pool.borrow_shares))
    assert all((lent > 0, lent <= pool.lend_shares, amount >= 0))
    state = replace(owing((0, 0), (0, -owed), LENT, pool), time=most)
    begun = Effect(lending(state, INSURANCE, SETTLED, lent))
    after = bankruptcy._paid_back(begun, FAILED, SETTLED, amount)  # noqa: SLF001
    assert any((after is begun, is_lower(rank(after.state), rank(begun.state))))


def t_a_debt_to_the_fund_that_is_resolved_lowers_the_rank_of_the_state(
    fund: int, cash: int, budget: int, claim: int, *, ends: bool
) -> None:
    """Of a debt to the fund that is resolved something is gone, and no claim grows (LQ-9)."""
    assert all((fund > 0, cash >= 0, budget >= 0, claim >= fund))
    state = owing((0, 0), (0, 0), LENT, LENT)
    state = replaced(state, INSURANCE, replace(state.accounts[INSURANCE], free=(0, cash)))
    state = replaced(state, FAILED, replace(state.accounts[FAILED], unsettled=-fund))
    state = replaced(state, FIRST, replace(state.accounts[FIRST], unsettled=claim))
    state = replace(state, active=Ordered(((FAILED,), (FIRST,))))
    begun = Effect(replace(state, system=replace(state.system, non_recourse=ends)))
    after = bankruptcy._fund_debt_ended(begun, FAILED, budget)  # noqa: SLF001
    assert any((after is begun, is_lower(rank(after.state), rank(state))))
