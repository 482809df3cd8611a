"""Theorems that a step of a liquidation that is about a debt lowers the rank (LQ-10).

Such a step leaves orders and positions as they are, so that the next parts of the rank decide: the
shares owed and the atoms held of other assets than that of settlement, then what is owed of that
one, then whether quotes are requested. One asset beside the settlement asset stands for all of
them, and one provider, lender or maker for each.
"""

from ibperp import pool as kernel
from ibperp.events import Reason
from ibperp.margin import Health
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import backstop, bankruptcy, deleveraging, ladder
from ibperp.operations.liquidation import book as on_book
from ibperp.operations.liquidation.handover import Handover
from ibperp.operations.spot_margin.resting import with_order
from ibperp.orders import Side, TimeInForce
from ibperp.persistent import Vector
from ibperp.programs import Backstop, RequestKind
from ibperp.ranking import Rankings
from ibperp.records import replace
from ibperp.risk import Exposure, Failing
from ibperp.state import INSURANCE, Account, Order, Pool, State, at, put
from ibperp_invariants.proofs.states import request_of
from ibperp_invariants.proofs.theorems.liquidation.payments import (
    LENT,
    OTHER,
    SETTLED,
    lending,
    owes,
    owing,
    rank,
)
from ibperp_invariants.proofs.theorems.liquidation.rank import (
    FAILED,
    FIRST,
    is_lower,
    joined,
    replaced,
    some_price,
    the_mark,
    uncharged,
    used,
)
from ibperp_invariants.proofs.theorems.money_market.moves import sound

OF = Failing(FAILED, Health(1, 0, 0, 1, 0, 0, 0), Rankings())


def with_free(effect: Effect, account: int, asset: int, change: int) -> Effect:
    """Add atoms to a free balance."""
    holder = effect.state.accounts[account]
    free = put(holder.free, asset, at(holder.free, asset) + change)
    return effect.noted(replaced(effect.state, account, replace(holder, free=free)))


def fewer(effect: Effect, account: int, asset: int, shares: int) -> Effect:
    """Burn shares of a debt: at least one, and no more than there are."""
    holder = effect.state.accounts[account]
    owed = -at(holder.shares, asset)
    left = put(holder.shares, asset, min(max(shares, 1), owed) - owed)
    return effect.noted(replaced(effect.state, account, replace(holder, shares=left)))


def worked(effect: Effect, index: int, order: Order, how: TimeInForce) -> Effect:
    """Trade any lots of an order on a spot book, as many as the clock says.

    What is bought repays: `t_what_is_bought_back_lowers_a_debt`. What is sold leaves its account:
    `t_what_is_sold_leaves_its_account`.
    """
    del how
    lots, account = min(effect.state.time, order.lots), order.account
    state = with_order(effect.state, index, replace(order, lots=order.lots - lots))
    effect = effect.noted(state)
    if order.side is Side.ASK:
        return with_free(effect, account, OTHER, -lots)
    return fewer(with_free(effect, account, OTHER, lots), account, OTHER, lots) if lots else effect


def cancelled(effect: Effect, asset: int, amount: int, between: Handover) -> Effect:
    """Pass a lend to its debtor: `t_a_lend_that_passes_to_a_debtor_lowers_its_debt`."""
    if amount <= 0:
        return effect
    return fewer(effect, between.taker, asset, effect.state.time)


def paid(effect: Effect, value: int, between: Handover) -> tuple[Effect, int]:
    """Pay with any part of all that a giver has: `t_what_pays_in_kind_is_no_longer_held`."""
    del value
    giver = effect.state.accounts[between.giver]
    most, shares = effect.state.time, at(giver.shares, OTHER)
    effect = with_free(effect, between.giver, OTHER, -min(most, at(giver.free, OTHER)))
    holder = effect.state.accounts[between.giver]
    left = put(holder.shares, OTHER, shares - min(most, max(shares, 0)))
    fund = holder.unsettled - min(most, max(holder.unsettled, 0))
    holder = replace(holder, shares=left, unsettled=fund)
    return effect.noted(replaced(effect.state, between.giver, holder)), 0


def one_lender(state: State, debtor: int, asset: int) -> list[int]:
    """Return one lender: what is true of each of them is true of all, one after another."""
    del state, debtor, asset
    return [FIRST]


def never(state: State, account: int) -> bool:
    """Tell that no lender becomes due: with one that does nothing happens."""
    del state, account
    return False


def any_part(state: State, account: int, asset: int, amount: int) -> int:
    """Return any part of what is owed, as much as the clock says."""
    del account, asset
    return min(amount, state.time)


def one_sale(state: State, failing: Failing, exposure: Exposure) -> list[on_book.Sale]:
    """Return one sale for all: a book takes the one of the best health, a request the first."""
    del failing
    lots = min(exposure.size, at(state.accounts[FAILED].free, OTHER))
    return [on_book.Sale(OTHER, 0, lots)] if lots > 0 else []


def any_health(state: State, account: Account) -> Health:
    """Return a health, which chooses among sales alone."""
    del state, account
    return OF.health


_LIQUIDATION = "ibperp.operations.liquidation"
CONTRACTS = {
    "ibperp.operations.effect.with_account": replaced,
    "ibperp.operations.money_market.moves.with_account": replaced,
    "ibperp.operations.perpetuals.perpetual_trade.with_account": replaced,
    f"{_LIQUIDATION}.book.with_account": replaced,
    f"{_LIQUIDATION}.book.worked_order": worked,
    f"{_LIQUIDATION}.book._charged": uncharged,
    f"{_LIQUIDATION}.book.limit_price": some_price,
    f"{_LIQUIDATION}.book.mark_price": the_mark,
    f"{_LIQUIDATION}.book.conversions": one_sale,
    f"{_LIQUIDATION}.book.solvency": any_health,
    f"{_LIQUIDATION}.backstop.paid_in_kind": paid,
    f"{_LIQUIDATION}.backstop._used": used,
    f"{_LIQUIDATION}.handover.merged": joined,
    f"{_LIQUIDATION}.deleveraging.paid_in_kind": paid,
    f"{_LIQUIDATION}.bankruptcy.claim_moved": cancelled,
    f"{_LIQUIDATION}.deleveraging.claim_moved": cancelled,
    f"{_LIQUIDATION}.deleveraging._lenders": one_lender,
    f"{_LIQUIDATION}.deleveraging._is_due": never,
    f"{_LIQUIDATION}.deleveraging._affordable": any_part,
}
"""What is called, as other theorems say of it, and what no part of a rank here depends on."""


def insured(state: State, cash: int) -> State:
    """Return the state in which the insurance has atoms of the settlement asset."""
    return replaced(
        state, INSURANCE, replace(state.accounts[INSURANCE], free=put((), SETTLED, cash))
    )


def t_a_debt_to_a_pool_that_is_paid_lowers_the_rank(
    pool: Pool, cash: int, free: int, owed: int
) -> None:
    """What a failing account has of an asset that it owes pays its debt to the pool (LQ-3)."""
    assert all((sound(pool), pool.borrowed > 0, owed > 0, owed <= pool.borrow_shares))
    assert all((cash >= 0, free >= 0))
    state = owing((free, cash), (-owed, 0), pool, LENT)
    after = ladder._paid_own(Effect(state), FAILED)  # noqa: SLF001
    assert any((len(after.events) == 0, is_lower(rank(after.state), rank(state))))


def t_a_debt_of_the_settlement_asset_that_is_paid_lowers_the_rank(
    pool: Pool, cash: int, free: int, owed: int
) -> None:
    """What it has of the settlement asset pays what it owes to the pool of that asset (LQ-3)."""
    assert all((sound(pool), pool.borrowed > 0, owed > 0, owed <= pool.borrow_shares))
    assert all((cash >= 0, free >= 0))
    state = owing((free, cash), (0, -owed), LENT, pool)
    after = ladder._paid_own(Effect(state), FAILED)  # noqa: SLF001
    assert any((len(after.events) == 0, is_lower(rank(after.state), rank(state))))


def t_a_debt_on_the_books_lowers_the_rank(pool: Pool, cash: int, owed: int, traded: int) -> None:
    """A debt of which a lot is bought back owes fewer shares (LQ-5)."""
    assert all((owes(pool, owed), cash >= 0, traded >= 0))
    state = replace(owing((0, cash), (-owed, 0), pool, LENT), time=traded)
    exposure = Exposure(OTHER, kernel.debt(pool, owed), 0, 1)
    done = on_book._bought_back(Effect(state), OF, exposure)  # noqa: SLF001
    assert any((done is None, is_lower(rank((done or Effect(state)).state), rank(state))))


def t_collateral_that_is_sold_lowers_the_rank(
    pool: Pool, free: int, lots: int, traded: int, owed: int
) -> None:
    """Collateral of which a lot is sold is held no longer, and nothing more is owed (LQ-5)."""
    assert all((owes(pool, owed), free >= 0, lots > 0, traded >= 0))
    state = replace(owing((free, 0), (0, -owed), LENT, pool), time=traded)
    exposure = Exposure(SETTLED, lots, 0, 1)
    done = on_book._converted(Effect(state), OF, exposure)  # noqa: SLF001
    assert any((done is None, is_lower(rank((done or Effect(state)).state), rank(state))))


def is_asked(state: State) -> bool:
    """Tell whether quotes for an account's collateral are requested: the last part of a rank."""
    return any(
        all((own.account == FAILED, own.kind is RequestKind.CONVERSION, own.expires > state.time))
        for own in state.requests
    )


def t_a_request_for_quotes_lowers_the_rank(
    time: int, expires: int, lifetime: int, lots: int, free: int
) -> None:
    """Quotes for collateral are requested where they were not, and nothing else changes (LQ-5)."""
    assert all((free > 0, lots > 0, lifetime >= 0))
    state = owing((free, 0), (0, 0), LENT, LENT)
    last = replace(
        request_of(FAILED, Side.ASK, 1, expires),
        price=1,
        immediate=True,
        kind=RequestKind.CONVERSION,
    )
    state = replaced(state, FAILED, replace(state.accounts[FAILED], conversion=0))
    system = replace(state.system, request_lifetime=lifetime)
    state = replace(state, time=time, system=system, requests=Vector((last,)))
    done = on_book.request_conversion(Effect(state), OF, Exposure(SETTLED, lots, 0, 1))
    after = (done or Effect(state)).state
    told = all((not is_asked(state), is_asked(after), rank(after) == rank(state)))
    assert any((done is None, told))


def t_a_debt_that_a_provider_takes_lowers_the_rank(
    pool: Pool, free: int, owed: int, amount: int, most: int
) -> None:
    """Of a debt that a provider takes over fewer shares owe (LQ-6)."""
    assert all((owes(pool, owed), free >= 0, amount > 0, most >= 0))
    state = replace(owing((free, 0), (-owed, 0), pool, LENT), time=most)
    exposure = Exposure(OTHER, kernel.debt(pool, owed), 0, 1)
    done = backstop._debt_taken(  # noqa: SLF001
        Effect(state), OF, exposure, Backstop(FIRST, 1), amount
    )
    assert all((done is not None, is_lower(rank((done or Effect(state)).state), rank(state))))


def t_a_debt_of_the_settlement_asset_that_a_provider_takes_lowers_the_rank(
    pool: Pool, owed: int, fund: int, amount: int, most: int
) -> None:
    """Of a debt of the settlement asset less is owed after a provider took it over (LQ-6)."""
    assert all((owes(pool, owed), fund >= 0, amount > 0, most >= 0))
    assert amount <= kernel.debt(pool, owed) + fund
    state = replace(owing((most, 0), (0, -owed), LENT, pool), time=most)
    state = replaced(state, FAILED, replace(state.accounts[FAILED], unsettled=-fund))
    exposure = Exposure(SETTLED, kernel.debt(pool, owed), fund, 1)
    done = backstop._debt_taken(  # noqa: SLF001
        Effect(state), OF, exposure, Backstop(FIRST, 1), amount
    )
    assert all((done is not None, is_lower(rank((done or Effect(state)).state), rank(state))))


def t_a_debt_that_lenders_close_lowers_the_rank(
    pool: Pool, owed: int, lent: int, value: int, most: int
) -> None:
    """Of a debt that is closed against a lend fewer shares owe (LQ-7)."""
    assert all((owes(pool, owed), lent > 0, lent <= pool.lend_shares, value >= 0, most >= 0))
    state = replace(owing((0, 0), (-owed, 0), pool, LENT), time=most)
    begun = Effect(lending(state, FIRST, OTHER, lent))
    between = Handover(FAILED, FAILED, Reason.LIQUIDATION_ADL)
    after = deleveraging.lenders_paid(begun, OTHER, value, between)
    assert any((after is begun, is_lower(rank(after.state), rank(state))))


def t_a_debt_of_the_settlement_asset_that_lenders_close_lowers_the_rank(
    pool: Pool, owed: int, lent: int, value: int, most: int
) -> None:
    """Of a debt of the settlement asset that is closed against a lend fewer shares owe (LQ-7)."""
    assert all((owes(pool, owed), lent > 0, lent <= pool.lend_shares, value >= 0, most >= 0))
    state = replace(owing((most, 0), (0, -owed), LENT, pool), time=most)
    begun = Effect(lending(state, FIRST, SETTLED, lent))
    between = Handover(FAILED, FAILED, Reason.LIQUIDATION_ADL)
    after = deleveraging.lenders_paid(begun, SETTLED, value, between)
    assert any((after is begun, is_lower(rank(after.state), rank(state))))


def t_a_debt_that_the_insurance_takes_lowers_the_rank(
    pool: Pool, free: int, owed: int, most: int
) -> None:
    """Of a debt that the insurance takes over for assets fewer shares owe (LQ-7)."""
    assert all((owes(pool, owed), free >= 0, most >= 0))
    state = replace(owing((free, 0), (-owed, 0), pool, LENT), time=most)
    exposure = Exposure(OTHER, kernel.debt(pool, owed), 0, 1)
    done = deleveraging._insured(Effect(state), OF, exposure)  # noqa: SLF001
    assert any((done is None, is_lower(rank((done or Effect(state)).state), rank(state))))


def t_a_debt_of_the_settlement_asset_that_the_insurance_takes_lowers_the_rank(
    pool: Pool, free: int, owed: int, fund: int, most: int
) -> None:
    """Of a debt of the settlement asset less is owed after the insurance took it over (LQ-7)."""
    assert all((owes(pool, owed), free >= 0, fund >= 0, most >= 0))
    state = replace(owing((free, 0), (0, -owed), LENT, pool), time=most)
    state = replaced(state, FAILED, replace(state.accounts[FAILED], unsettled=-fund))
    exposure = Exposure(SETTLED, kernel.debt(pool, owed), fund, 1)
    done = deleveraging._insured(Effect(state), OF, exposure)  # noqa: SLF001
    assert any((done is None, is_lower(rank((done or Effect(state)).state), rank(state))))


def t_a_debt_that_the_insurance_pays_lowers_the_rank(
    pool: Pool, owed: int, cash: int, budget: int, lent: int
) -> None:
    """Of a debt for which the insurance pays lenders in kind fewer shares owe (LQ-8, LQ-9)."""
    assert all((owes(pool, owed), lent > 0, lent <= pool.lend_shares, cash >= 0, budget >= 0))
    state = insured(owing((0, 0), (-owed, 0), pool, LENT), cash)
    begun = Effect(lending(state, FIRST, OTHER, lent))
    after, _ = bankruptcy._insurance_paid(begun, FAILED, OTHER, budget)  # noqa: SLF001
    assert any((after is begun, is_lower(rank(after.state), rank(state))))


def t_a_debt_of_the_settlement_asset_that_the_insurance_pays_lowers_the_rank(
    pool: Pool, owed: int, cash: int, budget: int
) -> None:
    """Of a debt of the settlement asset for which the insurance pays fewer shares owe (LQ-8)."""
    assert all((owes(pool, owed), cash >= 0, budget >= 0))
    begun = Effect(insured(owing((0, 0), (0, -owed), LENT, pool), cash))
    after, _ = bankruptcy._insurance_paid(begun, FAILED, SETTLED, budget)  # noqa: SLF001
    assert any((after is begun, is_lower(rank(after.state), rank(begun.state))))


def t_a_debt_to_the_fund_that_is_resolved_in_part_lowers_the_rank(
    owed: int, cash: int, budget: int
) -> None:
    """With recourse less is owed to the fund after the insurance paid, or all stays (LQ-9)."""
    assert all((owed > 0, cash >= 0, budget >= 0))
    state = insured(owing((0, 0), (0, 0), LENT, LENT), cash)
    state = replaced(state, FAILED, replace(state.accounts[FAILED], unsettled=-owed))
    begun = Effect(replace(state, system=replace(state.system, non_recourse=False)))
    after = bankruptcy._fund_debt_ended(begun, FAILED, budget)  # noqa: SLF001
    idle = all((len(after.events) == 0, rank(after.state) == rank(state)))
    assert any((idle, is_lower(rank(after.state), rank(state))))
