"""Compare with a model in Quint: the same actions of custody and the money market, with invariants.

The model (`money.qnt`) does a fraction of what the reference does: one asset at one rate, without
margin, events and refusals, with five invariants. It is given the actions that the reference
accepted, and its last invariant is that it comes to the same state. Needs `quint` on PATH.
"""

from __future__ import annotations

import random
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ibperp import actions
from ibperp.numbers import RATIO
from ibperp.outcomes import Accepted
from ibperp.parameters import HaircutKind, HaircutParameters, TokenParameters
from ibperp.state import at, genesis
from ibperp.transition import transition
from ibperp_invariants import Monitor
from ibperp_invariants.worlds import asset_of, pool_of, system_of

if TYPE_CHECKING:
    from ibperp.actions import Action
    from ibperp.state import State

MODEL: Final = Path(__file__).with_name("money.qnt")
STEPS: Final = 3000
LENDERS, BORROWERS = range(2, 7), range(7, 12)
INTERVAL: Final = 60
RATE: Final = RATIO
"""The rate of the pool: 100 percent a year."""


def compared(steps: int = STEPS) -> dict[str, float]:
    """Return the steps a second of either, by CPU time, and the ratio; empty without Quint."""
    quint = shutil.which("quint")
    if quint is None:
        return {}
    start = begun()
    done = accepted(start, steps)
    own = reference_seconds(start, done)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "money.qnt"
        path.write_text(model_of(start, done), encoding="utf-8")
        other = model_seconds(quint, path, len(done)) - model_seconds(quint, path, 1)
    return {
        "reference_per_second": round(len(done) / own),
        "quint_per_second": round(len(done) / other),
        "times_as_fast": round(other / own, 1),
    }


def begun() -> State:
    """Return the world of the model: one asset without a withdrawal fee, at one rate."""
    flat = pool_of(base_rate=RATE, slope_low=0, slope_high=0, reserve_fee=0)
    token = TokenParameters("north", 1, 1, 1, 10**30, 0)
    asset = asset_of(
        haircut=HaircutParameters(HaircutKind.IDENTITY, RATIO, 0, 0), tokens=(token,), pool=flat
    )
    listed: tuple[Action, ...] = (
        actions.ListAsset("USDC", asset),
        actions.SetPrice("USDC", 10**6),
        *(actions.CreateAccount(owner, 1) for owner in (*LENDERS, *BORROWERS)),
    )
    state = genesis(system_of(accrual_interval=INTERVAL, throttle_interval=10**9))
    for action in listed:
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted), (action, outcome)
        state = outcome.state
    return state


def accepted(state: State, steps: int) -> list[Action]:
    """Return so many actions that the reference accepts, drawn by chance."""
    chance = random.Random(1)
    found: list[Action] = []
    while len(found) < steps:
        action = drawn(chance, state)
        outcome = transition(state, action)
        if isinstance(outcome, Accepted):
            state = outcome.state
            found.append(action)
    return found


def drawn(chance: random.Random, state: State) -> Action:
    """Return one action: half of the owners lend, the others borrow."""
    lender, borrower = chance.choice(LENDERS), chance.choice(BORROWERS)
    owner, amount = chance.choice((lender, borrower)), chance.randrange(1, 10**9)
    sequence = state.chains[0].next_sequence if len(state.chains) else 1
    makers = (
        lambda: actions.Deposit(owner, "USDC", "north", sequence, amount),
        lambda: actions.RequestWithdrawal(
            owner, "USDC", "north", amount, auto_lend_redeem=False, auto_borrow=False
        ),
        lambda: actions.ConfirmWithdrawal(len(state.withdrawals) - 1),
        lambda: actions.Transfer(lender, borrower, "USDC", amount),
        lambda: actions.Transfer(borrower, lender, "USDC", amount),
        lambda: actions.Lend(lender, "USDC", amount),
        lambda: actions.Redeem(lender, "USDC", amount),
        lambda: actions.Borrow(borrower, "USDC", amount),
        lambda: actions.Repay(borrower, "USDC", amount),
        lambda: actions.AdvanceTime(state.time + INTERVAL),
    )
    return chance.choice(makers)()


def reference_seconds(state: State, done: list[Action]) -> float:
    """Return the CPU seconds of the reference, with all invariants after each step."""
    monitor, started = Monitor(state), time.process_time()
    for action in done:
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted)
        assert monitor.check(action, outcome) == []
        state = outcome.state
    return time.process_time() - started


def model_seconds(quint: str, path: Path, steps: int) -> float:
    """Return the CPU seconds of Quint for so many steps; raise CalledProcessError if one differs.

    The backend in TypeScript computes with integers of any size.
    """
    options = ("--backend", "typescript", "--max-samples", "1", "--invariant", "holds")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        (quint, "run", *options, "--max-steps", str(steps), str(path)),
        check=True,
        capture_output=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def model_of(state: State, done: list[Action]) -> str:
    """Return the model with the actions, and the state that they come to."""
    lines: list[str] = []
    amounts: list[int] = []
    for action in done:
        if isinstance(action, actions.RequestWithdrawal):
            amounts.append(action.amount)
        lines.append(_told(action, amounts))
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted)
        state = outcome.state
    pool, owners = state.assets[0].pool, (*LENDERS, *BORROWERS)
    shares = {owner: at(state.accounts[owner].shares, 0) for owner in owners}
    held = {
        "FREE": {owner: at(state.accounts[owner].free, 0) for owner in owners},
        "LENDS": {owner: max(own, 0) for owner, own in shares.items()},
        "DEBTS": {owner: max(-own, 0) for owner, own in shares.items()},
    }
    ended = (
        f"{{ cash: {pool.cash}, lent: {pool.lent}, lendShares: {pool.lend_shares}, "
        f"borrowed: {pool.borrowed}, borrowShares: {pool.borrow_shares}, "
        f"unearned: {pool.unearned}, reserve: {pool.reserve}, carry: {pool.interest_carry} }}"
    )
    written = [
        f"  pure val OWNERS = Set({', '.join(map(str, owners))})",
        f"  pure val RATE = {RATE}",
        "  pure val SCRIPT: List[Action] = [\n" + ",\n".join(lines) + "\n  ]",
        *(f"  pure val {name} = Map({_pairs(of)})" for name, of in held.items()),
        f"  pure val POOL: Pool = {ended}",
    ]
    return MODEL.read_text(encoding="utf-8").replace("//SCRIPT", "\n".join(written))


def _pairs(of: dict[int, int]) -> str:
    return ", ".join(f"{owner} -> {amount}" for owner, amount in of.items())


def _told(action: Action, amounts: list[int]) -> str:
    """Return an action as the model has it; a confirmation with the amount of its request."""
    who = getattr(action, "account", getattr(action, "sender", 0))
    other = getattr(action, "receiver", 0)
    amount = getattr(action, "amount", 0)
    if isinstance(action, actions.ConfirmWithdrawal):
        amount = amounts[action.withdrawal]
    kind = KINDS[type(action)]
    return f'    {{ kind: "{kind}", who: {who}, other: {other}, amount: {amount} }}'


KINDS: Final = {
    actions.Deposit: "deposit",
    actions.RequestWithdrawal: "request_withdrawal",
    actions.ConfirmWithdrawal: "confirm_withdrawal",
    actions.Transfer: "transfer",
    actions.Lend: "lend",
    actions.Redeem: "redeem",
    actions.Borrow: "borrow",
    actions.Repay: "repay",
    actions.AdvanceTime: "advance_time",
}
