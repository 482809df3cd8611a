"""Theorems about postings, for all integers: what is held less what is owed never moves (CU-1)."""

from ibperp import posting
from ibperp.events import Posting, Reason
from ibperp.state import Account, Pool, State, Token
from ibperp_invariants.proofs.states import asset_of, state_of

SIDES = (
    posting.custody(0),
    posting.custody(1),
    posting.IN_TRANSIT,
    posting.free(0),
    posting.free(1),
    posting.POOL,
    posting.pending(0),
    posting.pending(1),
)
"""Every kind of balance, twice where there can be two of a kind."""


def books(balances: tuple[int, int, int, int, int, int, int, int]) -> State:
    """Return a state with one asset on two chains and two accounts, in the order of `SIDES`."""
    tokens = (Token(balances[0], balances[6]), Token(balances[1], balances[7]))
    asset = asset_of(tokens=tokens, in_transit=balances[2], pool=Pool(cash=balances[5]))
    return state_of((asset,), (Account(0, (balances[3],)), Account(0, (balances[4],))))


def worth(state: State) -> int:
    """Return what is held less what is owed, over every balance."""
    balances = [posting.balance_of(state, 0, side) for side in SIDES]
    return sum(balances[:3]) - sum(balances[3:])


def t_debit_and_credit_cancel(
    balance: int, other: int, amount: int, *, held: bool, other_held: bool
) -> None:
    """A debit of one balance and a credit of another leave held less owed as it was (CU-1)."""
    assert amount > 0
    debited = posting.debited(balance, amount, is_held=held)
    credited = posting.credited(other, amount, is_held=other_held)
    first = debited - balance if held else balance - debited
    second = credited - other if other_held else other - credited
    assert first + second == 0


def t_credit_undoes_debit(balance: int, amount: int, *, held: bool) -> None:
    """A credit of the same amount undoes a debit (CU-1)."""
    assert amount > 0
    debited = posting.debited(balance, amount, is_held=held)
    assert posting.credited(debited, amount, is_held=held) == balance


def t_debit_moves_towards_the_holder(balance: int, amount: int) -> None:
    """A debit raises what is held and lowers what is owed by exactly the amount (CU-1)."""
    assert amount > 0
    raised = posting.debited(balance, amount, is_held=True)
    lowered = posting.debited(balance, amount, is_held=False)
    assert all((raised == balance + amount, lowered == balance - amount))


def t_post_conserves(
    balances: tuple[int, int, int, int, int, int, int, int], amount: int, debit: int, credit: int
) -> None:
    """One posting between any two balances leaves held less owed as it was (CU-1)."""
    assert all((amount > 0, debit >= 0, debit < len(SIDES), credit >= 0, credit < len(SIDES)))
    assert all(amount <= balance for balance in balances)
    state = books(balances)
    moved = Posting(SIDES[debit], SIDES[credit], 0, amount, Reason.TRANSFER)
    assert worth(posting.post(state, moved)) == worth(state)
