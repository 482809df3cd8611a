"""Theorems that something is done about an account that is due (LQ-2, LQ-9, LQ-10).

What books, quotes and providers do may be anything, and the clock of the state chooses it: what is
shown is that the way which is always open is there.
"""

from collections.abc import Iterator
from typing import Any

from ibperp import book
from ibperp.events import LiquidationStage, LiquidationStep
from ibperp.margin import Health, is_liquidatable
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import bankruptcy, deleveraging, ladder
from ibperp.persistent import Vector
from ibperp.portfolio import PositionLine, Required, Valuation, valuation
from ibperp.position import Position
from ibperp.programs import Backstop
from ibperp.ranking import Rankings
from ibperp.records import replace
from ibperp.risk import Exposure, Failing
from ibperp.state import Account, Pool, State, at, position_of
from ibperp_invariants.proofs.states import asset_of, order_of, side_of, state_of
from ibperp_invariants.proofs.theorems.liquidation.payments import LENT, SETTLED, owing
from ibperp_invariants.proofs.theorems.liquidation.rank import (
    FAILED,
    FIRST,
    MARKET,
    OTHER,
    borne,
    failing,
    handed,
    nothing_paid,
    replaced,
    some_price,
)
from ibperp_invariants.proofs.theorems.money_market.moves import sound

NOBODY, BOOK, PROVIDERS = 0, 1, 2
TOLD = LiquidationStep(FAILED, LiquidationStage.ON_BOOK)


class Opposite(Rankings):
    """The holders of the other side of a market: lots sum to zero, so that there are enough."""

    def of(self, state: State, market: int, *, is_long: bool) -> Iterator[int]:
        """Return the account that holds the other side."""
        del state, market, is_long
        return iter((FIRST,))


def on_book(effect: Effect, failing: Failing, deal: Any) -> Effect | None:
    """Trade on a book, or not."""
    del failing, deal
    return effect.noted(effect.state, TOLD) if effect.state.time == BOOK else None


def shared(
    effect: Effect, failing: Failing, exposure: Exposure, providers: list[Backstop]
) -> tuple[Effect, list[Backstop]]:
    """Let providers take a part, or none."""
    del failing, exposure
    takes = effect.state.time == PROVIDERS
    return effect.noted(effect.state, TOLD) if takes else effect, providers


def counts(state: State, index: int) -> bool:
    """Tell that a price counts: an exposure that waits for its price is left out."""
    del state, index
    return True


def some_equity(state: State, *of: Any) -> int:
    """Return an equity, on which a price of a deleveraging depends and no lot."""
    del state, of
    return 0


def some_health(state: State, account: Account) -> Health:
    """Return the health of a counterparty, on which no lot depends."""
    del state, account
    return Health(1, 0, 0, 1, 0, 0, 0)


def not_refused(state: State, account: int, found: Valuation | None = None) -> None:
    """Refuse nothing: the account is due."""
    del state, account, found


def any_step(
    state: State, account: int, rankings: Rankings | None, found: Valuation | None
) -> Effect | None:
    """Do a step, or none where there is no position, as the theorem about positions says."""
    del rankings, found
    is_done = any((bankruptcy.has_lots(state, account), state.time == BOOK))
    return Effect(state, (TOLD,)) if is_done else None


_LIQUIDATION = "ibperp.operations.liquidation"
CONTRACTS = {
    "ibperp.operations.effect.with_account": replaced,
    "ibperp.operations.perpetuals.perpetual_trade.with_account": replaced,
    "ibperp.operations.spot_margin.resting.with_account": replaced,
    f"{_LIQUIDATION}.ladder.is_marked": counts,
    f"{_LIQUIDATION}.book._worked_deal": on_book,
    f"{_LIQUIDATION}.backstop._shared": shared,
    f"{_LIQUIDATION}.deleveraging.position_moved": handed,
    f"{_LIQUIDATION}.deleveraging.lacking": some_equity,
    f"{_LIQUIDATION}.deleveraging.insured_equity": some_equity,
    f"{_LIQUIDATION}.deleveraging.health": some_health,
    f"{_LIQUIDATION}.deleveraging.zero_price": some_price,
    f"{_LIQUIDATION}.deleveraging.borne_price": some_price,
    f"{_LIQUIDATION}.bankruptcy.is_priced": counts,
    f"{_LIQUIDATION}.bankruptcy.liquidation_rejection": not_refused,
    f"{_LIQUIDATION}.bankruptcy.step": any_step,
    f"{_LIQUIDATION}.bankruptcy._insurance_paid": nothing_paid,
    f"{_LIQUIDATION}.bankruptcy._spread": borne,
}
"""What is called, as other theorems say of it, and what no step depends on."""


def t_a_position_of_a_due_account_has_a_step(
    size: int, equity: int, notional: int, maintenance: int, chance: int
) -> None:
    """A due account with a position has a step, whatever books and providers do (LQ-2, LQ-10)."""
    assert all((size != 0, notional > 0, maintenance >= 0, equity <= maintenance))
    state = replace(failing(size), time=chance, backstops=(Backstop(FIRST, 1),))
    required = Required(notional, maintenance, maintenance, 0)
    line = PositionLine(MARKET, size, size, 0, 0, required)
    found = Valuation((), (line,), Health(equity, 0, 0, notional, 0, maintenance, 0))
    done = ladder.step(state, FAILED, Opposite(), found)
    assert all((done is not None, len((done or Effect(state)).events) > 0))


def t_a_debt_of_a_due_account_is_resolved(pool: Pool, owed: int, fund: int, budget: int) -> None:
    """Where nothing else can be done each debt ends, and its end is told (LQ-9)."""
    assert all((sound(pool), pool.borrowed > 0, owed >= 0, owed <= pool.borrow_shares))
    assert all((fund >= 0, owed + fund > 0, budget >= 0))
    state = replace(failing(0), assets=(asset_of(price=1, pool=pool),))
    debtor = replace(state.accounts[FAILED], shares=(-owed,), unsettled=-fund)
    system = replace(state.system, insurance_limit=budget)
    state = replace(state, accounts=state.accounts.set(FAILED, debtor), system=system)
    done = bankruptcy.resolved_bankruptcy(state, FAILED)
    assert len(done.events) > 0


def t_something_is_done_about_an_account_that_is_due(
    pool: Pool, size: int, owed: int, fund: int, chance: int
) -> None:
    """With a position or a debt there is a step for a due account, or its end (LQ-10)."""
    assert all((sound(pool), pool.borrowed > 0, owed >= 0, owed <= pool.borrow_shares))
    assert all((fund >= 0, any((size != 0, owed > 0, fund > 0))))
    state = failing(size)
    held = (Position(MARKET, lots=size),) if size != 0 else ()
    debtor = Account(1, shares=(-owed,), unsettled=-fund, positions=held)
    state = replace(state, assets=(asset_of(price=1, pool=pool),), time=chance)
    state = replace(state, accounts=state.accounts.set(FAILED, debtor))
    done = bankruptcy.worked_account(state, FAILED, Opposite())
    assert done is not None


def t_who_owes_and_trades_nothing_is_not_due(
    pool: Pool, free: int, lent: int, unsettled: int, price: int
) -> None:
    """An account without a position, an order or a debt is not due, whatever it has (PF-7)."""
    assert all((sound(pool), free >= 0, lent >= 0, lent <= pool.lend_shares))
    assert all((unsettled >= 0, price >= 0))
    state = state_of((asset_of(price=price, pool=pool),), (Account(0),))
    found = valuation(state, Account(1, (free,), (lent,), unsettled=unsettled))
    assert not is_liquidatable(found.health)


def t_all_open_orders_of_a_due_account_end_in_one_step(
    price: int, lots: int, *, is_bid: bool, is_next: bool
) -> None:
    """A step that ends orders leaves no order open, on any side of any market (LQ-3, LQ-10)."""
    assert all((price > 0, lots > 0))
    own = order_of(FAILED, side_of(is_bid=is_bid), price, lots)
    next_one = replace(own, market=OTHER, side=side_of(is_bid=is_next))
    state = replace(failing(1, orders=(0, 1)), orders=Vector((own, next_one)))
    markets = tuple(
        replace(market, book=book.rested(market.book, index, order))
        for index, (market, order) in enumerate(zip(state.markets, (own, next_one), strict=True))
    )
    done = ladder.step(replace(state, markets=markets), FAILED)
    assert all((done is not None, (done or Effect(state)).state.accounts[FAILED].orders == ()))


def t_what_an_account_pays_a_pool_itself_it_pays_in_one_step(
    pool: Pool, free: int, owed: int
) -> None:
    """After an account paid a pool what it has a second such step does nothing (LQ-3, LQ-10)."""
    assert all((sound(pool), pool.borrowed > 0, owed >= 0, owed <= pool.borrow_shares))
    assert free >= 0
    state = owing((free, 0), (-owed, 0), pool, LENT)
    once = ladder._paid_own(Effect(state), FAILED)  # noqa: SLF001
    again = ladder._paid_own(Effect(once.state), FAILED)  # noqa: SLF001
    assert len(again.events) == 0


def t_what_an_account_pays_the_fund_itself_it_pays_in_one_step(cash: int, fund: int) -> None:
    """After an account paid the fund its cash a second such step does nothing (LQ-3, LQ-10)."""
    assert all((cash >= 0, fund >= 0))
    state = owing((0, cash), (0, 0), LENT, LENT)
    debtor = replace(state.accounts[FAILED], unsettled=-fund)
    state = replace(state, accounts=state.accounts.set(FAILED, debtor))
    once = ladder._paid_own(Effect(state), FAILED)  # noqa: SLF001
    again = ladder._paid_own(Effect(once.state), FAILED)  # noqa: SLF001
    left = -once.state.accounts[FAILED].unsettled
    nothing = any((left == 0, at(once.state.accounts[FAILED].free, SETTLED) == 0))
    assert all((len(again.events) == 0, nothing))


def t_a_deleveraged_position_is_gone_in_one_step(size: int, equity: int) -> None:
    """A deleveraging closes its position as a whole, whatever prices are borne (LQ-7, LQ-10)."""
    assert size != 0
    account = Failing(FAILED, Health(equity, 0, 0, 1, 0, 0, 0), Opposite())
    exposure = Exposure(MARKET, size, 0, 1, is_position=True)
    done = deleveraging._deleveraged(Effect(failing(size)), account, exposure)  # noqa: SLF001
    assert position_of(done.state.accounts[FAILED], MARKET).lots == 0


def t_a_resolved_account_owes_nothing(pool: Pool, owed: int, fund: int, budget: int) -> None:
    """Without recourse a resolved account owes no pool and not the fund: it is done (LQ-9)."""
    assert all((sound(pool), pool.borrowed > 0, owed >= 0, owed <= pool.borrow_shares))
    assert all((fund >= 0, budget >= 0))
    state = replace(failing(0), assets=(asset_of(price=1, pool=pool),))
    debtor = replace(state.accounts[FAILED], shares=(-owed,), unsettled=-fund)
    system = replace(state.system, insurance_limit=budget)
    state = replace(state, accounts=state.accounts.set(FAILED, debtor), system=system)
    after = bankruptcy.resolved_bankruptcy(state, FAILED).state.accounts[FAILED]
    assert all((at(after.shares, 0) == 0, after.unsettled == 0))
