"""Theorems about what all actions have in common: refusals, halts, and the lists of accounts."""

from dataclasses import replace

from ibperp.actions import CreateAccount, Halt, Resume
from ibperp.operations import effect
from ibperp.operations.custody.accounts import create_account
from ibperp.operations.governance import halts
from ibperp.operations.settlement.clearing import Clearing
from ibperp.ordered import Ordered
from ibperp.outcomes import Accepted, Rejected, RejectionCode
from ibperp.position import Position
from ibperp.state import Account, State, is_exposed, is_settled, with_account
from ibperp.transition import OPERATIONS, transition
from ibperp.unpaid import Unpaid
from ibperp_invariants.proofs.states import asset_of, state_of

BYSTANDER, HOLDER, NEW = 0, 1, 2
CODES = tuple(RejectionCode)
FIRST, SECOND, THIRD, FOURTH = CODES[3], CODES[11], CODES[17], CODES[29]


def listed(account: Account) -> State:
    """Return a state with a bystander in both lists, and an account where it belongs."""
    bystander = Account(1, orders=(0,), unsettled=1)
    state = state_of((asset_of(),), (bystander, account))
    active = ((BYSTANDER,), (HOLDER,)) if is_settled(account) else ((BYSTANDER,),)
    exposed = ((BYSTANDER,), (HOLDER,)) if is_exposed(account) else ((BYSTANDER,),)
    return replace(state, active=Ordered(active), exposed=Ordered(exposed))


def is_listed(state: State) -> bool:
    """Tell whether both lists are what `listed` would make of the account now."""
    expected = listed(state.accounts[HOLDER])
    return all((state.active == expected.active, state.exposed == expected.exposed))


def t_a_refusal_names_the_first_broken_rule(
    *, fourth: bool, second: bool, first: bool, third: bool
) -> None:
    """A refusal tells each broken rule once, by precedence, and is named by the first (NT-9)."""
    assert not all((first, second, third, fourth))
    checks = ((fourth, FOURTH), (second, SECOND), (first, FIRST), (third, THIRD), (second, SECOND))
    refused = effect.rejection(*checks)
    by_rank = ((first, FIRST), (second, SECOND), (third, THIRD), (fourth, FOURTH))
    broken = tuple(code for holds, code in by_rank if not holds)
    assert refused == Rejected(broken[0], broken)


def t_nothing_broken_is_no_refusal(*, first: bool, second: bool) -> None:
    """An action is refused if and only if a rule is broken (NT-9)."""
    assert any((first, second, not first))
    refused = effect.rejection((first, FIRST), (second, SECOND))
    assert (refused is None) == all((first, second))


def t_a_halt_refuses_what_it_does_not_admit(time: int) -> None:
    """A halted system refuses every action that is not admitted, whatever it asks (GV-4)."""
    assert time >= 0
    state = replace(state_of((), ()), is_halted=True, time=time)
    kinds = [kind for kind in OPERATIONS if kind not in halts.ADMITTED_WHILE_HALTED]
    outcomes = [transition(state, object.__new__(kind)) for kind in kinds]
    refused = Rejected(RejectionCode.HALTED, (RejectionCode.HALTED,))
    assert all(outcome == refused for outcome in outcomes)


def t_halt_and_resume_turn_the_halt(time: int, grace: int) -> None:
    """A halt begins, a resumption ends it and sets the end of the grace (GV-4)."""
    assert all((time >= 0, grace >= 0))
    state = state_of((), ())
    state = replace(state, time=time, system=replace(state.system, liquidation_grace=grace))
    halted = halts.halt(state, Halt())
    begun = halted.state if isinstance(halted, Accepted) else state
    resumed = halts.resume(begun, Resume())
    ended = resumed.state if isinstance(resumed, Accepted) else begun
    again = halts.resume(ended, Resume())
    assert all(
        (
            begun == replace(state, is_halted=True),
            ended == replace(state, liquidation_time=time + grace),
            isinstance(again, Rejected),
        )
    )


def t_a_replaced_account_is_listed_where_it_belongs(
    unsettled: int, shares: int, *, unsettled_after: int, shares_after: int, left: int
) -> None:
    """An account that is replaced is in each list if and only if it belongs there (ST-2, LQ-10)."""
    assert any((unsettled == 0, unsettled != 0))
    state = listed(Account(1, shares=(shares,), unsettled=unsettled))
    unpaid = Unpaid(left)
    changed = Account(1, shares=(shares_after,), unsettled=unsettled_after, unpaid=unpaid)
    after = with_account(state, HOLDER, changed)
    assert all((is_listed(after), after.accounts[HOLDER] is changed))


def t_a_position_or_an_order_lists_its_account(unsettled: int, shares: int) -> None:
    """With a position an account is to be settled, with an order it is looked at (ST-2, LQ-10)."""
    assert any((unsettled == 0, unsettled != 0))
    state = listed(Account(1, shares=(shares,), unsettled=unsettled))
    traded = Account(1, orders=(0,), positions=(Position(0, lots=1),))
    after = with_account(state, HOLDER, traded)
    back = with_account(after, HOLDER, state.accounts[HOLDER])
    assert all((is_listed(after), is_listed(back)))


def t_a_settlement_lists_its_accounts_where_they_belong(
    unsettled: int, shares: int, *, unsettled_after: int, shares_after: int
) -> None:
    """A settlement leaves an account in each list if it belongs there now (ST-2, LQ-10)."""
    assert unsettled != 0
    clearing = Clearing(listed(Account(1, shares=(shares,), unsettled=unsettled)), 0)
    sheet = clearing.sheet(HOLDER)
    sheet.shares, sheet.unsettled = shares_after, unsettled_after
    assert is_listed(clearing.written())


def t_a_new_account_is_in_no_list(user: int, unsettled: int) -> None:
    """A new account has nothing, and leaves the others and both lists as they are (CU-3)."""
    assert all((user > 0, user < 10**30))
    state = listed(Account(1, unsettled=unsettled))
    outcome = create_account(state, CreateAccount(NEW, user))
    after = outcome.state if isinstance(outcome, Accepted) else state
    kept = all(after.accounts[place] is state.accounts[place] for place in (BYSTANDER, HOLDER))
    same = all((after.active is state.active, after.exposed is state.exposed))
    assert all((tuple(after.accounts)[NEW:] == (Account(user),), kept, same))
