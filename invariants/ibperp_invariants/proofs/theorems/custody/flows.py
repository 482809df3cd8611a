"""Theorems about what events tell: each writer of a balance tells what it writes, to the atom.

The balances are free atoms, the cash of a pool, and what is unsettled. What is said of the accounts
here is said of all: no other is touched.
"""

from collections.abc import Sequence

from ibperp.events import (
    Event,
    LedgerAccount,
    Posting,
    Reason,
    Settled,
    SettlementSource,
    Unsettled,
)
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import bankruptcy, handover
from ibperp.operations.money_market import moves
from ibperp.operations.perpetuals import perpetual_trade
from ibperp.operations.settlement.clearing import Clearing
from ibperp.ordered import Ordered
from ibperp.pool import debt, lend_claim
from ibperp.position import Position
from ibperp.posting import POOL, free
from ibperp.records import replace
from ibperp.state import Account, Pool, State, at
from ibperp_invariants.proofs.states import asset_of, state_of
from ibperp_invariants.proofs.theorems.custody.posting import SIDES, books
from ibperp_invariants.proofs.theorems.money_market.moves import sound

FIRST, SECOND = 0, 1
SOURCE = SettlementSource.REALIZE_PNL


def replaced(state: State, index: int, account: Account) -> State:
    """Return the state with one account replaced: `with_account` without its lists."""
    return replace(state, accounts=state.accounts.set(index, account))


def nothing_paid(effect: Effect, account: int, asset: int, budget: int) -> tuple[Effect, int]:
    """Let the insurance pay nothing: what it pays is another theorem's."""
    del account, asset, budget
    return effect, 0


CONTRACTS = {
    "ibperp.operations.liquidation.bankruptcy._insurance_paid": nothing_paid,
    "ibperp.posting.with_account": replaced,
    "ibperp.operations.effect.with_account": replaced,
    "ibperp.operations.money_market.moves.with_account": replaced,
    "ibperp.operations.perpetuals.perpetual_trade.with_account": replaced,
}
"""What is called: as theorems about the lists of accounts say of it, and what is another's."""


def world(pool: Pool, *accounts: Account) -> State:
    """Return a state with one asset, and these accounts."""
    everybody = Ordered((index,) for index in range(len(accounts)))
    return replace(state_of((asset_of(pool=pool, price=1),), accounts), active=everybody)


def posted(events: Sequence[Event], ledger: LedgerAccount) -> int:
    """Return the atoms that postings bring a balance, less those that they take."""
    flows = [event for event in events if isinstance(event, Posting)]
    got = sum(flow.amount for flow in flows if flow.credit == ledger)
    return got - sum(flow.amount for flow in flows if flow.debit == ledger)


def booked(events: Sequence[Event], account: int) -> int:
    """Return what events say of what is unsettled of an account."""
    noted = [own for own in events if isinstance(own, Unsettled) and own.account == account]
    paid = [own for own in events if isinstance(own, Settled) and own.account == account]
    return sum(own.amount for own in noted) - sum(own.amount for own in paid)


def is_told(before: State, effect: Effect) -> bool:
    """Tell whether balances of the only asset changed by what the events say, no more, no less."""
    after, events = effect.state, effect.events
    cash = after.assets[0].pool.cash - before.assets[0].pool.cash == posted(events, POOL)
    accounts = [
        all(
            (
                at(new.free, 0) - at(old.free, 0) == posted(events, free(place)),
                new.unsettled - old.unsettled == booked(events, place),
            )
        )
        for place, (old, new) in enumerate(zip(before.accounts, after.accounts, strict=True))
    ]
    return all((cash, *accounts))


def t_a_posting_moves_what_it_tells(
    balances: tuple[int, int, int, int, int, int, int, int], amount: int, debit: int, credit: int
) -> None:
    """A posting takes its amount from its debit, gives it its credit, no more, no less (CU-1)."""
    assert all((amount > 0, debit >= 0, debit < len(SIDES), credit >= 0, credit < len(SIDES)))
    assert all(amount <= balance for balance in balances)
    assert debit != credit
    state, sides = books(balances), (SIDES[debit], SIDES[credit])
    after = Effect(state).moved(0, amount, Reason.TRANSFER, debit=sides[0], credit=sides[1])
    assert is_told(state, after)


def t_a_credit_is_told(unsettled: int, other: int, amount: int) -> None:
    """What is added to an unsettled balance its event says, of the same account (ST-1)."""
    assert amount != 0
    state = world(Pool(), Account(1, unsettled=unsettled), Account(2, unsettled=other))
    after = perpetual_trade.credited_unsettled(Effect(state), FIRST, 0, amount, SOURCE)
    assert is_told(state, after)


def t_a_booked_position_tells_what_it_realizes(
    position: Position, unsettled: int, gain: int, fee: int
) -> None:
    """What a position realizes is told as it is booked, a gain and a fee each by itself (ST-1)."""
    assert position.lots != 0
    state = world(Pool(), Account(1, unsettled=unsettled), Account(2, unsettled=1))
    realized = (gain, SOURCE), (-fee, SettlementSource.TRADING_FEES)
    held = replace(position, market=0)
    after = perpetual_trade.booked_position(Effect(state), FIRST, held, *realized)
    assert is_told(state, after)


def t_a_lend_is_told(pool: Pool, own: int, shares: int, amount: int) -> None:
    """Atoms that are lent leave a free balance for the pool's cash, as is told (MM-11)."""
    assert all((sound(pool), shares >= 0, amount > 0, own >= amount))
    state = world(pool, Account(1, (own,), (shares,)))
    assert is_told(state, moves.lent(Effect(state), FIRST, 0, amount, Reason.LEND))


def t_a_redemption_is_told(pool: Pool, own: int, shares: int, amount: int) -> None:
    """Atoms that are redeemed leave the pool's cash for a free balance, as is told (MM-12)."""
    assert all((sound(pool), own >= 0, shares > 0, shares <= pool.lend_shares))
    assert all((amount > 0, amount <= pool.cash, amount <= lend_claim(pool, shares)))
    state = world(pool, Account(1, (own,), (shares,)))
    assert is_told(state, moves.redeemed(Effect(state), FIRST, 0, amount, Reason.REDEEM))


def t_a_borrow_is_told(pool: Pool, own: int, shares: int, amount: int) -> None:
    """Atoms that are borrowed leave the pool's cash for a free balance, as is told (MM-13)."""
    assert all((sound(pool), own >= 0, shares <= 0, amount > 0, amount <= pool.cash))
    assert any((pool.borrowed > 0, pool.borrow_shares == 0))
    state = world(pool, Account(1, (own,), (shares,)))
    assert is_told(state, moves.borrowed(Effect(state), FIRST, 0, amount, Reason.BORROW))


def t_a_repayment_is_told(pool: Pool, own: int, shares: int, amount: int) -> None:
    """Atoms that are repaid leave a free balance for the pool's cash, as is told (MM-14)."""
    assert all((sound(pool), pool.borrowed > 0, shares < 0, -shares <= pool.borrow_shares))
    assert all((amount > 0, amount <= own, amount <= debt(pool, -shares)))
    state = world(pool, Account(1, (own,), (shares,)))
    assert is_told(state, moves.repaid(Effect(state), FIRST, 0, amount, Reason.REPAY))


def t_shares_that_pass_move_no_balance(pool: Pool, given: int, taken: int, shares: int) -> None:
    """Shares that pass to another account, whatever they meet there, move no atom (LQ-3)."""
    assert all((sound(pool), pool.borrowed > 0, pool.borrow_shares > 0, shares != 0))
    state = world(pool, Account(1, (1,), (given,)), Account(2, (2,), (taken,)))
    between = handover.Handover(FIRST, SECOND, Reason.LIQUIDATION_BACKSTOP)
    assert is_told(state, handover.shares_moved(Effect(state), 0, shares, between))


def t_virtual_shares_become_own_without_an_atom(pool: Pool, virtual: int, held: int) -> None:
    """Virtual shares that become an account's own move no atom (LQ-3)."""
    assert all((sound(pool), pool.borrowed > 0, pool.borrow_shares > 0, virtual != 0))
    account = Account(1, (1,), (held,), positions=(Position(0, virtual=virtual),))
    state = world(pool, account, Account(2))
    assert is_told(state, handover.assumed_shares(Effect(state), FIRST, Reason.LIQUIDATION_REPAY))


def t_the_insurance_pays_as_is_told(pool: Pool, owed: int, cash: int, amount: int) -> None:
    """Cash that the insurance pays of a debt leaves it for the pool, as is told (LQ-8)."""
    assert all((sound(pool), pool.borrowed > 0, owed > 0, owed <= pool.borrow_shares))
    assert all((amount > 0, amount <= cash, amount <= debt(pool, owed)))
    state = world(pool, Account(0), Account(0, (cash,)), Account(1, (), (-owed,)))
    assert is_told(state, bankruptcy._paid_back(Effect(state), 2, 0, amount))  # noqa: SLF001


def t_a_write_off_moves_no_balance(pool: Pool, owed: int, budget: int) -> None:
    """A debt that is written off moves no atom of anybody (LQ-9)."""
    assert all((sound(pool), pool.borrowed > 0, owed > 0, owed <= pool.borrow_shares))
    state = world(pool, Account(0), Account(0), Account(1, (1,), (-owed,)))
    after, _ = bankruptcy._pool_debt_ended(Effect(state), 2, 0, budget)  # noqa: SLF001
    assert is_told(state, after)


def cleared(clearing: Clearing) -> Effect:
    """Return what a settlement has done so far."""
    return Effect(clearing.written(), tuple(clearing.events))


def t_a_settlement_tells_what_it_posts(
    pool: Pool, own: int, amount: int, *, is_debit: bool
) -> None:
    """Cash that a settlement moves between an account and the pool is told (ST-3)."""
    assert all((sound(pool), amount > 0, amount <= own, amount <= pool.cash))
    state = world(pool, Account(1, (own,)), Account(2, (1,)))
    clearing = Clearing(state, 0)
    clearing._post(  # noqa: SLF001
        clearing.sheet(FIRST), amount, Reason.SETTLEMENT, is_debit=is_debit
    )
    assert is_told(state, cleared(clearing))


def t_a_settlement_tells_what_it_notes(
    pool: Pool, unsettled: int, amount: int, paid: int, part: int
) -> None:
    """What a settlement notes, and pays of it, is told of the account, and is written (ST-3)."""
    assert amount != 0
    state = world(pool, Account(1, (1,), unsettled=unsettled), Account(2, unsettled=1))
    clearing = Clearing(state, 0)
    sheet = clearing.sheet(FIRST)
    clearing.note(sheet, None, amount, SOURCE)
    clearing.settle(sheet, paid)
    clearing.offset(sheet, 0, part, SOURCE)
    assert is_told(state, cleared(clearing))
