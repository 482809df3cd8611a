"""Theorems about who bears a loss, and who is deleveraged, for all integers (liquidation).

Any number of claims and of positions is the matter of Coq; the few here stand for their kinds.
"""

from collections.abc import Iterator

from ibperp.events import PositionMoved, SettlementSource
from ibperp.margin import Health
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import bankruptcy, deleveraging
from ibperp.ordered import Ordered
from ibperp.position import Position, funding_due, unrealized
from ibperp.ranking import Rankings
from ibperp.records import replace
from ibperp.risk import Exposure, Failing
from ibperp.state import Account, Perpetual, State, position_of
from ibperp_invariants.proofs.states import asset_of, perpetual_of, state_of

FAILED, FIRST, SECOND, BYSTANDER = 2, 3, 4, 5
MARKET = 0


def ranked(rankings: Rankings, state: State, market: int, *, is_long: bool) -> Iterator[int]:
    """Return who is on the other side, in some order: who comes first is another theorem's."""
    del rankings, state, market, is_long
    return iter((FIRST, SECOND))


def some_health(state: State, account: Account) -> Health:
    """Return a health that sets the price of a deleveraging: lots do not depend on it."""
    del state, account
    return Health(0, 0, 0, 1, 0, 0, 0)


def moved(effect: Effect, move: PositionMoved, source: SettlementSource) -> Effect:
    """Move lots between two accounts, as far as lots and open interest know of it (LQ-7)."""
    del source
    state, market = effect.state, effect.state.markets[MARKET]
    assert isinstance(market, Perpetual)
    accounts, opened = state.accounts, market.open_interest
    for account, lots in ((move.account, -move.lots), (move.counterparty, move.lots)):
        held = position_of(accounts[account], MARKET)
        after = replace(held, lots=held.lots + lots)
        opened += max(after.lots, 0) - max(held.lots, 0)
        accounts = accounts.set(account, replace(accounts[account], positions=(after,)))
    changed = replace(market, open_interest=opened)
    return effect.noted(replace(state, accounts=accounts, markets=(changed,)))


def some_price(*arguments: object, is_long: bool) -> int:
    """Return a price of a deleveraging."""
    del arguments, is_long
    return 1


def whole_equity(state: State, account: Account, equity: int) -> int:
    """Return what an account lacks."""
    del state, account
    return equity


CONTRACTS = {
    "ibperp.ranking.Rankings.of": ranked,
    "ibperp.operations.liquidation.deleveraging.health": some_health,
    "ibperp.operations.liquidation.deleveraging.lacking": whole_equity,
    "ibperp.operations.liquidation.deleveraging.zero_price": some_price,
    "ibperp.operations.liquidation.deleveraging.borne_price": some_price,
    "ibperp.operations.liquidation.deleveraging.position_moved": moved,
}
"""What decides the order and the price of a deleveraging, of which these theorems do not speak, and
what a handover does to lots, as the theorem about it says.
"""


def claiming(*unsettled: int, gain: int = 0) -> State:
    """Return a state in which accounts claim what is unsettled of them; the first has a gain."""
    own = (Position(MARKET, lots=1, cost=-gain),) if gain else ()
    users = (Account(0), Account(0), Account(1))
    claimants = tuple(
        Account(2 + place, unsettled=amount, positions=() if place else own)
        for place, amount in enumerate(unsettled)
    )
    everybody = Ordered((index,) for index in range(len(users) + len(claimants)))
    market = perpetual_of(mark_price=0, funding_index=0, open_interest=1)
    state = state_of((asset_of(price=1),), (*users, *claimants))
    return replace(state, active=everybody, markets=(market,))


def worth_of(state: State, account: int) -> int:
    """Return what an account may claim of the fund: its gain less funding due, and unsettled."""
    holder, market = state.accounts[account], state.markets[MARKET]
    assert isinstance(market, Perpetual)
    gains = [
        unrealized(own, market.mark_price) - funding_due(own, market.funding_index)
        for own in holder.positions
    ]
    return holder.unsettled + sum(gains)


def t_each_claim_bears_its_proportion_of_a_loss(
    loss: int, first: int, second: int, debt: int
) -> None:
    """Two claims bear a loss within an atom of their proportion, and a debt none of it (LQ-9)."""
    assert all((loss > 0, first > 0, second > 0, debt >= 0, loss <= first + second))
    before = claiming(first, second, -debt)
    after = bankruptcy._spread(Effect(before), loss).state  # noqa: SLF001
    borne = [worth_of(before, own) - worth_of(after, own) for own in (FIRST, SECOND, BYSTANDER)]
    error = borne[0] * (first + second) - loss * first
    near = all((error < first + second, -error < first + second))
    assert all((near, borne[0] + borne[1] == loss, borne[0] >= 0, borne[1] >= 0, borne[2] == 0))


def t_a_claim_is_what_was_won_in_all(unsettled: int, gain: int, other: int) -> None:
    """Who owes less than its gain claims the difference, who owes more claims nothing (LQ-9)."""
    assert all((gain > 0, other > 0))
    amounts = bankruptcy._claims(claiming(unsettled, other, gain=gain))  # noqa: SLF001
    won = max(unsettled + gain, 0)
    assert all((amounts.get(FIRST, 0) == won, amounts[SECOND] == other, BYSTANDER not in amounts))


def opposed(size: int, first: int, second: int, interest: int) -> State:
    """Return a state in which a failing position has two opposite ones, and one like it."""
    sign = 1 if size > 0 else -1
    lots = {FAILED: size, FIRST: -sign * first, SECOND: -sign * second, BYSTANDER: sign}
    accounts = tuple(
        Account(place, positions=(Position(MARKET, lots=lots[place]),) if place in lots else ())
        for place in range(6)
    )
    market = perpetual_of(mark_price=1, funding_index=0, open_interest=interest)
    return replace(state_of((asset_of(price=1),), accounts), markets=(market,))


def t_a_deleveraging_takes_opposite_lots_alone(
    size: int, first: int, second: int, interest: int
) -> None:
    """A position is closed as a whole against opposite ones, and turns none of them (LQ-7)."""
    assert all((size != 0, first > 0, second > 0, size <= first + second, -size <= first + second))
    before = opposed(size, first, second, interest)
    failing = Failing(FAILED, Health(0, 0, 0, 1, 0, 0, 0), Rankings())
    exposure = Exposure(MARKET, size, 0, abs(size), is_position=True)
    after = deleveraging.deleverage(Effect(before), failing, exposure)
    sign, state = 1 if size > 0 else -1, before if after is None else after.state
    left = [-sign * position_of(state.accounts[own], MARKET).lots for own in (FIRST, SECOND)]
    taken = (first - left[0], second - left[1])
    market = state.markets[MARKET]
    closed = position_of(state.accounts[FAILED], MARKET).lots == 0
    sums = all((taken[0] + taken[1] == abs(size), taken[0] >= 0, taken[1] >= 0, min(left) >= 0))
    open_lots = isinstance(market, Perpetual) and market.open_interest == interest - abs(size)
    kept = state.accounts[BYSTANDER] is before.accounts[BYSTANDER]
    assert all((closed, sums, open_lots, kept))
