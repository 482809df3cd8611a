"""Theorems that a step of a liquidation lowers the rank of its account, stage by stage (LQ-10).

A rank is compared part by part, the first that differs deciding: open orders, lots of positions,
positions, then what is owed and held. So it is enough to look at the first parts of these stages;
`debts` has those that leave orders and positions as they are.
Other accounts, positions and orders stand for any number of their kind.
"""

from collections.abc import Sequence

from ibperp import book
from ibperp import pool as kernel
from ibperp.events import OrderEnd, PositionMoved, Reason, SettlementSource
from ibperp.margin import Health
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import backstop, bankruptcy, handover, ladder
from ibperp.operations.liquidation import book as on_book
from ibperp.operations.perpetuals.perpetual_trade import placed_position
from ibperp.operations.spot_margin import matching, resting
from ibperp.operations.spot_margin.resting import with_order
from ibperp.operations.spot_margin.trade import Trade
from ibperp.ordered import Ordered
from ibperp.orders import Side, TimeInForce
from ibperp.persistent import Vector
from ibperp.position import Position
from ibperp.programs import Backstop
from ibperp.ranking import Rankings
from ibperp.records import replace
from ibperp.risk import Exposure, Failing
from ibperp.state import Account, Order, Perpetual, Pool, State, at, position_of
from ibperp_invariants.proofs.states import (
    asset_of,
    order_of,
    perpetual_of,
    side_of,
    state_of,
)
from ibperp_invariants.proofs.theorems.money_market.moves import sound

FAILED, FIRST, SECOND = 2, 3, 4
MARKET, OTHER = 0, 1
OWN, RESTING = 0, 1
ELSEWHERE = 5
HEALTHY = Health(1, 0, 0, 1, 0, 0, 0)


def signed(side: Side, lots: int) -> int:
    """Return lots with the sign of a side: a bid adds."""
    return lots if side is Side.BID else -lots


def moved_lots(effect: Effect, account: int, lots: int) -> Effect:
    """Add signed lots to a position, as the theorems about fills say: lots alone."""
    held = position_of(effect.state.accounts[account], MARKET)
    return placed_position(effect, account, replace(held, lots=held.lots + lots))


def worked(effect: Effect, index: int, order: Order, how: TimeInForce) -> Effect:
    """Work an order at once: it trades any part of its lots, as many as the clock says.

    What it trades is off the order and in the position: `t_a_trade_takes_its_lots_off_the_order`.
    """
    del how
    lots = min(effect.state.time, order.lots)
    state = with_order(effect.state, index, replace(order, lots=order.lots - lots))
    return moved_lots(effect.noted(state), order.account, signed(order.side, lots))


def exchanged(effect: Effect, market: Perpetual, trade: Trade) -> Effect:
    """Fill both positions of a trade, as far as lots know of it."""
    del market
    for party in (trade.maker, trade.taker):
        effect = moved_lots(effect, party.account, signed(party.side, trade.lots))
    return effect


def handed(effect: Effect, move: PositionMoved, source: SettlementSource) -> Effect:
    """Move lots between two accounts, as the theorem about a handover says."""
    del source
    return moved_lots(moved_lots(effect, move.account, -move.lots), move.counterparty, move.lots)


def uncharged(effect: Effect, account: int, market: int, value: int) -> Effect:
    """Take no fee: what is unsettled comes later in the rank."""
    del account, market, value
    return effect


def some_price(*arguments: object, is_long: bool = True) -> int:
    """Return a price, on which no lot depends."""
    del arguments, is_long
    return 1


def the_mark(state: State, market: object) -> int:
    """Return a mark, on which no lot depends."""
    del state, market
    return 1


def used(effect: Effect, provider: Backstop, notional: int) -> Effect:
    """Take nothing off a capacity, which is no part of a rank."""
    del provider, notional
    return effect


def is_safe(state: State, account: int) -> bool:
    """Tell that a provider bears its part: a round in which one does not is dropped."""
    del state, account
    return True


def nobody(before: State, after: State, maker: int) -> None:
    """Refuse no maker: one that is refused ends, and nothing is traded."""
    del before, after, maker


def replaced(state: State, index: int, account: Account) -> State:
    """Return the state with one account replaced: `with_account` without its lists."""
    return replace(state, accounts=state.accounts.set(index, account))


def any_part(size: int, fraction: int, minimum: int) -> int:
    """Return any lots of a step: they are within the size, as the theorems about steps say."""
    del minimum
    return min(fraction, size)


def any_share(amount: int, times: int, divisor: int) -> int:
    """Return any part of what is shared out, and no more: capacities are within the notional."""
    del divisor
    return min(amount, times)


def any_portions(total: int, weights: Sequence[int]) -> list[int]:
    """Return any two portions that are all there is, as the theorem about portions says."""
    first = min(weights[0] - 1, total) if len(weights) > 1 else total
    return [first, total - first][: len(weights)]


def joined(pool: Pool, first: int, second: int) -> tuple[Pool, int]:
    """Join shares, which come later in a rank than positions."""
    return pool, first + second


def nothing_paid(effect: Effect, account: int, asset: int, budget: int) -> tuple[Effect, int]:
    """Let the insurance pay nothing: what it pays is off the debt before."""
    del account, asset, budget
    return effect, 0


def borne(effect: Effect, loss: int) -> Effect:
    """Spread a loss, of which its debtor bears nothing."""
    del loss
    return effect


_BOOK, _BACKSTOP = (f"ibperp.operations.liquidation.{name}" for name in ("book", "backstop"))
CONTRACTS = {
    f"{_BOOK}.worked_order": worked,
    f"{_BOOK}._charged": uncharged,
    f"{_BOOK}.step_size": any_part,
    f"{_BACKSTOP}.mul_div_down": any_share,
    f"{_BACKSTOP}.portions": any_portions,
    f"{_BACKSTOP}._used": used,
    "ibperp.operations.liquidation.handover.merged": joined,
    "ibperp.operations.liquidation.bankruptcy._insurance_paid": nothing_paid,
    "ibperp.operations.liquidation.bankruptcy._spread": borne,
    "ibperp.operations.effect.with_account": replaced,
    "ibperp.operations.spot_margin.resting.with_account": replaced,
    "ibperp.operations.perpetuals.perpetual_trade.with_account": replaced,
    f"{_BOOK}.limit_price": some_price,
    f"{_BOOK}.mark_price": the_mark,
    f"{_BACKSTOP}.position_moved": handed,
    f"{_BACKSTOP}.zero_price": some_price,
    f"{_BACKSTOP}._is_safe": is_safe,
    "ibperp.operations.spot_margin.matching._maker_rejection": nobody,
    "ibperp.operations.perpetuals.perpetual_trade.exchanged_positions": exchanged,
}
"""What is called, as other theorems say of it, and what no part of a rank here depends on."""


def failing(size: int, *, other: int = ELSEWHERE, orders: tuple[int, ...] = ()) -> State:
    """Return a state in which an account with two positions fails; two others are in the market."""
    held = (Position(MARKET, lots=size), Position(OTHER, lots=other))
    accounts = (
        Account(0),
        Account(0),
        Account(1, positions=held, orders=orders),
        Account(2, positions=(Position(MARKET, lots=-size),)),
        Account(3, positions=(Position(MARKET, lots=1),)),
    )
    market = perpetual_of(mark_price=1, funding_index=0, open_interest=1)
    return replace(state_of((asset_of(price=1),), accounts), markets=(market, market))


def rank(state: State) -> tuple[int, int, int]:
    """Return the first three parts of the rank: open orders, lots, positions (LQ-10)."""
    holder = state.accounts[FAILED]
    lots = sum(abs(own.lots) for own in holder.positions)
    return len(holder.orders), lots, len(holder.positions)


def is_lower(after: Sequence[int], before: Sequence[int]) -> bool:
    """Tell whether one rank is lower than another: the first part that differs is less (LQ-10)."""
    return any(
        all((*(after[n] == before[n] for n in range(place)), after[place] < before[place]))
        for place in range(len(before))
    )


def t_an_order_that_ends_lowers_the_rank(
    price: int, lots: int, reserved: int, *, is_bid: bool
) -> None:
    """An order of a failing account that ends is no longer open, and it gets no other (LQ-3)."""
    assert all((price > 0, lots > 0, reserved >= 0))
    side = side_of(is_bid=is_bid)
    own = order_of(FAILED, side, price, lots, reserved)
    other = replace(own, market=OTHER, lots=1)
    before = replace(failing(1, orders=(OWN, RESTING)), orders=Vector((own, other)))
    placed = tuple(
        replace(market, book=book.rested(market.book, index, order))
        for index, (market, order) in enumerate(zip(before.markets, (own, other), strict=True))
    )
    before = replace(before, markets=placed)
    after = resting.ended_order(Effect(before), OWN, OrderEnd.LIQUIDATION).state
    last = ladder.step(after, FAILED)
    none = last is not None and rank(last.state)[0] == 0
    assert all((is_lower(rank(after), rank(before)), is_lower((0,), rank(after)), none))


def t_virtual_shares_that_become_own_lower_the_rank(
    pool: Pool, virtual: int, held: int, lots: int
) -> None:
    """A position without lots ends when its shares become the account's own (LQ-3)."""
    assert all((sound(pool), pool.borrowed > 0, pool.borrow_shares > 0, virtual != 0, lots != 0))
    before = failing(0, other=lots)
    holder = before.accounts[FAILED]
    positions = (Position(MARKET, virtual=virtual), holder.positions[1])
    holder = replace(holder, shares=(held,), positions=positions)
    before = replace(before, accounts=before.accounts.set(FAILED, holder))
    before = replace(before, assets=(asset_of(price=1, pool=pool),))
    listed = Ordered(((FAILED,),) if held < 0 else ())
    effect = Effect(replace(before, exposed=listed, active=Ordered(((FAILED,),))))
    after = handover.assumed_shares(effect, FAILED, Reason.LIQUIDATION_REPAY).state
    assert is_lower(rank(after), rank(before))


def t_a_debt_to_the_fund_that_is_paid_lowers_the_rank(owed: int, own: int, more: int) -> None:
    """What a failing account has of the settlement asset pays its debt to the fund (LQ-3)."""
    assert all((owed > 0, own >= 0, more >= 0))
    pool = Pool(cash=own, lent=own, lend_shares=own)
    state = failing(1)
    holder = replace(state.accounts[FAILED], free=(own,), unsettled=-owed, orders=())
    state = replace(state, accounts=state.accounts.set(FAILED, holder))
    state = replace(state, assets=(asset_of(price=1, pool=pool),))
    everybody = Ordered((place,) for place in range(1, 5))
    begun = Effect(replace(state, active=everybody))
    after = ladder._paid_own(begun, FAILED)  # noqa: SLF001
    paid, left = after.state.accounts[FAILED], min(own, owed)
    lower = is_lower((-paid.unsettled,), (owed,))
    idle = all((left == 0, len(after.events) == 0))
    same = rank(after.state) == rank(state)
    assert all((same, any((idle, lower)), paid.unsettled <= 0))


def t_a_position_on_its_book_lowers_the_rank(size: int, fraction: int, traded: int) -> None:
    """A position that trades a lot on its book is smaller, and nothing else is larger (LQ-4)."""
    assert all((size != 0, fraction > 0, traded >= 0))
    state = failing(size)
    system = replace(state.system, liquidation_fraction=fraction)
    state = replace(state, time=traded, system=system)
    account = Failing(FAILED, HEALTHY, Rankings())
    exposure = Exposure(MARKET, size, 0, abs(size), is_position=True)
    done = on_book.reduce_on_book(Effect(state), account, exposure)
    lower = done is not None and is_lower(rank(done.state), rank(state))
    assert any((done is None, lower))


def t_a_trade_takes_its_lots_off_the_order(
    size: int, lots: int, other: int, price: int, *, is_bid: bool
) -> None:
    """Of two orders that meet what one lost of its lots its account's position has (SM-7, PP-4)."""
    assert all((size != 0, lots > 0, other > 0, price > 0))
    side = side_of(is_bid=is_bid)
    own = order_of(FAILED, side, price, lots)
    maker = order_of(FIRST, book.opposite(side), price, other)
    state = replace(failing(size), orders=Vector((own, maker)))
    holder = replace(state.accounts[FIRST], orders=(RESTING,))
    market = state.markets[MARKET]
    placed = replace(market, book=book.rested(market.book, RESTING, maker))
    accounts = state.accounts.set(FIRST, holder)
    state = replace(state, accounts=accounts, markets=(placed, state.markets[OTHER]))
    done = matching._met(Effect(state), OWN, RESTING)  # noqa: SLF001
    after = done.state if isinstance(done, Effect) else state
    taken = lots - after.orders[OWN].lots
    moved = position_of(after.accounts[FAILED], MARKET).lots - size
    kept = position_of(after.accounts[FAILED], OTHER).lots == ELSEWHERE
    sides = all((taken > 0, taken <= lots, moved == signed(side, taken)))
    assert all((sides, kept, rank(after)[0] == 0))


def t_a_position_that_providers_take_lowers_the_rank(
    size: int, notional: int, first: int, second: int
) -> None:
    """What providers take of a position is off it, and never more than it is (LQ-6)."""
    assert all((size != 0, notional > 0, first > 0, second > 0))
    state = failing(size)
    offers = [Backstop(FIRST, first), Backstop(SECOND, second)]
    account, begun = Failing(FAILED, HEALTHY, Rankings()), Effect(state)
    exposure = Exposure(MARKET, size, 0, notional, is_position=True)
    after, bearing = backstop._shared(begun, account, exposure, offers)  # noqa: SLF001
    lower = is_lower(rank(after.state), rank(state))
    assert all((any((after is begun, lower)), bearing == offers))


def t_a_debt_that_is_repaid_in_part_is_never_more(pool: Pool, shares: int, burned: int) -> None:
    """Shares that are repaid leave a debt that is no larger; shares decide the rank (LQ-3)."""
    assert all((pool.borrowed > 0, shares > 0, shares <= pool.borrow_shares))
    assert all((burned >= 0, burned < shares))
    left = kernel.repay(pool, 1, burned)
    assert kernel.debt(left, shares - burned) <= kernel.debt(pool, shares)


def t_a_debt_to_a_pool_that_is_resolved_is_gone(pool: Pool, owed: int, budget: int) -> None:
    """Of a debt to a pool that is resolved no share is left, and no order or lot changes (LQ-9)."""
    assert all((sound(pool), pool.borrowed > 0, owed > 0, owed <= pool.borrow_shares))
    state = replace(failing(1), assets=(asset_of(price=1, pool=pool),))
    holder = replace(state.accounts[FAILED], shares=(-owed,))
    state = replace(state, accounts=state.accounts.set(FAILED, holder))
    done, _ = bankruptcy._pool_debt_ended(Effect(state), FAILED, 0, budget)  # noqa: SLF001
    left = at(done.state.accounts[FAILED].shares, 0)
    same = rank(done.state) == rank(state)
    assert all((left == 0, is_lower((0,), (kernel.debt(pool, owed),)), same))


def t_a_debt_to_the_fund_that_is_resolved_is_gone(owed: int, insured: int, budget: int) -> None:
    """Of a debt to the fund that is resolved nothing is left; no order or lot changes (LQ-9)."""
    assert all((owed > 0, insured >= 0, budget >= 0))
    state = failing(1)
    accounts = state.accounts.set(1, replace(state.accounts[1], unsettled=insured))
    holder = replace(state.accounts[FAILED], unsettled=-owed)
    state = replace(state, accounts=accounts.set(FAILED, holder))
    after = bankruptcy._fund_debt_ended(Effect(state), FAILED, budget).state  # noqa: SLF001
    assert all((after.accounts[FAILED].unsettled == 0, rank(after) == rank(state)))
