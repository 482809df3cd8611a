"""The reference served with exactly one fault: `python wrong_engine.py FAULT`."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from math import isqrt
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

from ibperp import actions, margin, pool
from ibperp.numbers import RATIO, div_down, mul_div_down, mul_div_up
from ibperp.operations import custody, effect, governance, lending, money_market, withdrawal
from ibperp.outcomes import Accepted, Outcome, Rejected, RejectionCode
from ibperp.posting import POOL
from ibperp.posting import free as free_ledger
from ibperp.state import FEES, at, put
from ibperp.transition import transition
from ibperp_conformance.engine import Engine, main_engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.actions import Action
    from ibperp.state import Pool, State

    Step = Callable[[State, Action], Outcome]

Patch = tuple[Any, str, Any]


def _minted_up(books: Pool, amount: int) -> int:
    return mul_div_up(amount, books.lend_shares + pool.SHARES_PER_ATOM, books.lent + 1)


def _debt_down(books: Pool, shares: int) -> int:
    return mul_div_down(shares, books.borrowed, books.borrow_shares) if shares else 0


def _charge_without_reserve(books: Pool, interest: int, reserve_fee: int) -> Pool:
    del reserve_fee
    return replace(books, lent=books.lent + interest, borrowed=books.borrowed + interest)


_redeem_checks = lending.redeem_checks
_repay_pool = pool.repay
_rejection = effect.rejection


def _capped_redeem_checks(
    state: State, account: int, asset: int, amount: int
) -> tuple[effect.Check, ...]:
    books = state.assets[asset]
    fits = books.pool.lent - amount <= books.parameters.pool.open_borrow_lend_limit
    checks = _redeem_checks(state, account, asset, amount)
    return (*checks, (fits, RejectionCode.LEND_LIMIT))


def _rejection_but_replay(*checks: effect.Check) -> Rejected | None:
    kept = (check for check in checks if check[1] is not RejectionCode.SEQUENCE_REPLAYED)
    return _rejection(*kept)


def _rejection_by_last(*checks: effect.Check) -> Rejected | None:
    refused = _rejection(*checks)
    return refused and Rejected(refused.violated[-1], refused.violated)


def _admissible_before(before: Any, after: Any) -> bool:
    del after
    return bool(before.equity >= before.initial)


def _accrue_without_carry(books: Pool, rate: int, seconds: int, reserve_fee: int) -> Pool:
    interest = div_down(books.borrowed * rate * seconds, pool.CARRY_UNIT)
    return pool.charge(books, interest, reserve_fee)


def _no_throttle(books: Pool, limits: Any, used: int) -> tuple[effect.Check, ...]:
    del books
    return ((used <= limits.max_utilization, RejectionCode.MAX_UTILIZATION),)


def _burned_down(books: Pool, amount: int) -> int:
    return mul_div_down(amount, books.lend_shares + pool.SHARES_PER_ATOM, books.lent + 1)


def _repaid_without_residue(books: Pool, amount: int, shares: int) -> Pool:
    after = _repay_pool(books, amount, shares)
    residue = after.reserve - books.reserve
    return replace(after, reserve=books.reserve, lent=after.lent + residue)


def _partly_repaid_shares(state: State, account: int, asset: int, amount: int) -> int:
    del account
    return pool.borrow_shares_burned(state.assets[asset].pool, amount)


def _redeemed_with_dust(
    eff: effect.Effect, account: int, asset: int, amount: int, reason: Any
) -> effect.Effect:
    books = eff.state.assets[asset].pool
    held = at(eff.state.accounts[account].shares, asset)
    shares = min(held, pool.lend_shares_burned(books, amount))
    eff = eff.claimed(account, asset, -shares, pool.redeem(books, amount, shares), reason)
    return eff.moved(asset, amount, reason, debit=POOL, credit=free_ledger(account))


def _optimal_excluded(parameters: Any, used: int) -> int:
    used = min(used, RATIO)
    optimal = parameters.optimal_utilization
    return int(parameters.base_rate + mul_div_up(parameters.slope_low, used, optimal))


def _fee_to_nobody(state: State, action: Action) -> Outcome:
    outcome = transition(state, action)
    if isinstance(outcome, Rejected) or not isinstance(action, actions.ConfirmWithdrawal):
        return outcome
    asked = outcome.state.withdrawals[action.withdrawal]
    fees = outcome.state.accounts[FEES]
    free = put(fees.free, asked.asset, at(fees.free, asked.asset) - asked.fee)
    accounts = outcome.state.accounts.set(FEES, replace(fees, free=free))
    return Accepted(replace(outcome.state, accounts=accounts), outcome.events)


class _LeakyEngine(Engine):
    """A refused deposit still uses up its sequence number."""

    def reply(self, request: object, *, nested: bool = False) -> dict[str, Any]:
        answer = super().reply(request, nested=nested)
        if "rejected" in answer and isinstance(request, dict) and self.state is not None:
            action = request["action"]
            chains = tuple(
                replace(chain, next_sequence=chain.next_sequence + 1)
                if chain.name == action.get("chain")
                else chain
                for chain in self.state.chains
            )
            if action["type"] == "deposit":
                self.state = replace(self.state, chains=chains)
        return answer


FAULTS: Final[dict[str, tuple[Patch, ...]]] = {
    "rounding_turned": ((pool, "lend_shares_minted", _minted_up),),
    "debt_rounded_down": ((pool, "debt", _debt_down),),
    "redemption_rounded_down": ((pool, "lend_shares_burned", _burned_down),),
    "reserve_forgotten": ((pool, "charge", _charge_without_reserve),),
    "cap_on_decrease": (
        (money_market, "redeem_checks", _capped_redeem_checks),
        (withdrawal, "redeem_checks", _capped_redeem_checks),
    ),
    "replayed_deposit_taken": ((custody, "rejection", _rejection_but_replay),),
    "check_before_write": (
        (custody, "is_admissible", _admissible_before),
        (money_market, "is_admissible", _admissible_before),
        (withdrawal, "is_admissible", _admissible_before),
    ),
    "carry_dropped": ((pool, "accrue", _accrue_without_carry),),
    "lower_precedence_code": tuple(
        (module, "rejection", _rejection_by_last)
        for module in (custody, governance, money_market, withdrawal)
    ),
    "rejection_changes_state": (),
    "throttle_ignored": ((lending, "_utilization_checks", _no_throttle),),
    "fee_to_nobody": (),
    "redeem_dust_left": (
        (money_market, "redeemed", _redeemed_with_dust),
        (withdrawal, "redeemed", _redeemed_with_dust),
    ),
    "repay_dust_left": ((lending, "_repaid_shares", _partly_repaid_shares),),
    "residue_to_lenders": ((pool, "repay", _repaid_without_residue),),
    "second_slope_ignored": ((pool, "borrow_rate", _optimal_excluded),),
    "root_rounded_down": ((margin, "isqrt_up", isqrt),),
}
"""What each wrong engine has replaced in the reference."""


def engine_of(fault: str) -> Engine:
    """Return the engine of a fault; without a known fault, the reference."""
    if fault == "rejection_changes_state":
        return _LeakyEngine(name=fault)
    if fault == "fee_to_nobody":
        return Engine(_fee_to_nobody, fault)
    return Engine(name=fault)


def serve_wrong(fault: str) -> int:
    """Serve the reference with one fault until the end of the input."""
    with ExitStack() as stack:
        for module, name, wrong in FAULTS.get(fault, ()):
            context: AbstractContextManager[Any] = mock.patch.object(module, name, wrong)
            stack.enter_context(context)
        return main_engine(engine_of(fault))


if __name__ == "__main__":
    sys.exit(serve_wrong(sys.argv[1]))
