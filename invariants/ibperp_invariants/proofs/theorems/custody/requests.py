"""Theorems about what each action does to custody, pending and in transit (chapter custody).

The asset has two chains. Beside the request of an action there is another, which it must leave.
"""

from dataclasses import replace

from ibperp.actions import (
    CompleteRebalance,
    ConfirmWithdrawal,
    Deposit,
    FailWithdrawal,
    RequestWithdrawal,
    StartRebalance,
)
from ibperp.operations.custody import accounts, rebalances, withdrawals
from ibperp.outcomes import Accepted, Outcome
from ibperp.parameters import TokenParameters
from ibperp.persistent import Vector
from ibperp.state import (
    Account,
    Asset,
    Chain,
    Rebalance,
    RequestStatus,
    State,
    Token,
    Withdrawal,
    at,
)
from ibperp_invariants.proofs.states import asset_of, state_of

FEES, HOLDER = 0, 2
HERE, THERE = 0, 1
LIMIT = 10**30
TOKENS = tuple(TokenParameters(chain, 1, 1, 1, LIMIT, 1) for chain in ("C", "D"))


def world(tokens: tuple[Token, Token], free: int, in_transit: int = 0) -> State:
    """Return a state of one asset on two chains, and one account that has some of it free."""
    asset = asset_of(tokens=tokens, in_transit=in_transit)
    asset = replace(asset, parameters=replace(asset.parameters, tokens=TOKENS))
    state = state_of((asset,), (Account(0), Account(0), Account(1, (free,))))
    return replace(state, chains=(Chain("C", 1), Chain("D", 1)))


def withdrawal_of(amount: int) -> RequestWithdrawal:
    """Return the action that asks for a withdrawal of what is free."""
    return RequestWithdrawal(HOLDER, "A", "C", amount, auto_lend_redeem=False, auto_borrow=False)


def asked(amount: int, fee: int, token: int = HERE) -> Withdrawal:
    """Return a pending withdrawal."""
    return Withdrawal(HOLDER, 0, token, amount, fee, RequestStatus.PENDING)


def sent(amount: int) -> Rebalance:
    """Return a pending rebalance from one chain to the other."""
    return Rebalance(0, HERE, THERE, amount, RequestStatus.PENDING)


def asset_after(outcome: Outcome) -> Asset | None:
    """Return the asset after an accepted action."""
    return outcome.state.assets[0] if isinstance(outcome, Accepted) else None


def promised(state: State, token: int) -> int:
    """Return what the pending withdrawals of a token sum to."""
    return sum(
        one.amount
        for one in state.withdrawals
        if one.token == token and one.status is RequestStatus.PENDING
    )


def moving(state: State) -> int:
    """Return what the pending rebalances sum to."""
    return sum(one.amount for one in state.rebalances if one.status is RequestStatus.PENDING)


def is_kept(before: State, outcome: Outcome, custody: tuple[int, int]) -> bool:
    """Tell whether custody moved by so much, and pending and in transit with their requests."""
    if not isinstance(outcome, Accepted):
        return False
    old, new = before.assets[0], outcome.state.assets[0]
    by_token = [
        all(
            (
                new.tokens[token].custody == old.tokens[token].custody + custody[token],
                new.tokens[token].pending - promised(outcome.state, token)
                == old.tokens[token].pending - promised(before, token),
            )
        )
        for token in (HERE, THERE)
    ]
    transit = new.in_transit - moving(outcome.state) == old.in_transit - moving(before)
    return all((*by_token, transit))


def is_covered(outcome: Outcome) -> bool:
    """Tell whether after an accepted action each chain holds what it has promised."""
    asset = asset_after(outcome)
    return asset is not None and all(token.custody >= token.pending for token in asset.tokens)


def t_a_deposit_moves_custody_by_its_amount(here: Token, there: Token, amount: int) -> None:
    """A deposit adds its amount to the custody of its chain, and moves no request (CU-4)."""
    assert all((here.custody >= 0, here.pending >= 0, amount > 0, amount < LIMIT))
    state = world((here, there), 0)
    outcome = accounts.deposit(state, Deposit(HOLDER, "A", "C", 1, amount))
    assert is_kept(state, outcome, (amount, 0))


def t_a_request_is_pending_and_covered(here: Token, there: Token, free: int, amount: int) -> None:
    """A requested withdrawal is added to pending, and its chain holds what it promised (CU-5)."""
    assert all((here.pending >= 0, here.custody - here.pending >= amount, amount > 0))
    assert all((there.custody >= there.pending, free >= amount, amount < LIMIT))
    state = world((here, there), free)
    state = replace(state, withdrawals=Vector((asked(1, 0, THERE),)))
    outcome = withdrawals.request_withdrawal(state, withdrawal_of(amount))
    assert all((is_kept(state, outcome, (0, 0)), is_covered(outcome)))


def t_no_request_is_accepted_that_is_not_covered(here: Token, free: int, amount: int) -> None:
    """A withdrawal beyond what its chain holds and has not promised is refused (CU-5)."""
    assert all((here.custody - here.pending < amount, amount > 0, here.pending >= 0))
    state = world((here, here), free)
    outcome = withdrawals.request_withdrawal(state, withdrawal_of(amount))
    assert not isinstance(outcome, Accepted)


def t_a_confirmed_withdrawal_leaves_custody(
    here: Token, there: Token, amount: int, fee: int, other: int
) -> None:
    """A paid withdrawal leaves custody but for its fee, and pending as a whole (CU-6)."""
    assert all((fee >= 0, fee < amount, amount + other <= here.pending, other > 0))
    assert all((here.custody >= here.pending, there.custody >= there.pending))
    state = world((here, there), 0)
    state = replace(state, withdrawals=Vector((asked(amount, fee), asked(other, 0))))
    outcome = withdrawals.confirm_withdrawal(state, ConfirmWithdrawal(0))
    assert all((is_kept(state, outcome, (fee - amount, 0)), is_covered(outcome)))


def t_a_failed_withdrawal_leaves_custody_as_it_is(
    here: Token, there: Token, amount: int, fee: int, other: int
) -> None:
    """A failed withdrawal is no longer pending, and no custody moves (CU-7)."""
    assert all((fee >= 0, fee < amount, amount + other <= here.pending, other > 0))
    assert all((here.custody >= here.pending, there.custody >= there.pending))
    state = world((here, there), 0)
    state = replace(state, withdrawals=Vector((asked(amount, fee), asked(other, 0))))
    outcome = withdrawals.fail_withdrawal(state, FailWithdrawal(0))
    assert all((is_kept(state, outcome, (0, 0)), is_covered(outcome)))


def t_a_rebalance_starts_with_what_is_not_promised(
    here: Token, there: Token, in_transit: int, amount: int, other: int
) -> None:
    """A started rebalance leaves its chain, is in transit, and touches no promise (CU-8)."""
    assert all((amount > 0, amount < LIMIT, here.pending >= 0, in_transit >= 0, other > 0))
    assert all((here.custody - here.pending >= amount, there.custody >= there.pending))
    state = replace(world((here, there), 0, in_transit), rebalances=Vector((sent(other),)))
    outcome = rebalances.start_rebalance(state, StartRebalance("A", "C", "D", amount))
    assert all((is_kept(state, outcome, (-amount, 0)), is_covered(outcome)))


def t_no_rebalance_starts_with_what_is_promised(here: Token, there: Token, amount: int) -> None:
    """A rebalance of more than a chain holds and has not promised is refused (CU-8)."""
    assert all((here.custody - here.pending < amount, amount > 0, here.pending >= 0))
    state = world((here, there), 0)
    outcome = rebalances.start_rebalance(state, StartRebalance("A", "C", "D", amount))
    assert not isinstance(outcome, Accepted)


def t_a_completed_rebalance_adds_what_arrived(
    here: Token, there: Token, in_transit: int, amount: int, received: int, *, other: int
) -> None:
    """What arrived is added to custody, and all that was sent is no longer in transit (CU-9)."""
    assert all((received > 0, received <= amount, amount + other <= in_transit, other > 0))
    assert all((amount < LIMIT, here.custody >= here.pending, there.custody >= there.pending))
    assert there.pending >= 0
    state = replace(
        world((here, there), 0, in_transit), rebalances=Vector((sent(amount), sent(other)))
    )
    fees = replace(state.accounts[FEES], free=(amount,))
    state = replace(state, accounts=state.accounts.set(FEES, fees))
    outcome = rebalances.complete_rebalance(state, CompleteRebalance(0, received))
    paid = isinstance(outcome, Accepted) and (at(outcome.state.accounts[FEES].free, 0) == received)
    assert all((is_kept(state, outcome, (0, received)), is_covered(outcome), paid))
