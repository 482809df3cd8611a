"""The reference served with one fault at a time: `python -m zoo.wrong_engine`."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

from zoo.wrong_bankruptcy import BANKRUPTCY_FAULTS
from zoo.wrong_liquidation import LIQUIDATION_FAULTS
from zoo.wrong_orders import ORDER_FAULTS
from zoo.wrong_perpetuals import PERPETUAL_FAULTS
from zoo.wrong_readings import READING_FAULTS
from zoo.wrong_risk import RISK_FAULTS

from ibperp import actions, pool
from ibperp.numbers import RATIO, div_down, mul_div_down, mul_div_up
from ibperp.operations import effect
from ibperp.operations.custody import accounts, assets, rebalances, withdrawals
from ibperp.operations.money_market import lending, moves, pools, settings
from ibperp.operations.spot_margin import markets, orders
from ibperp.outcomes import Accepted, Outcome, Rejected, RejectionCode
from ibperp.posting import POOL
from ibperp.posting import free as free_ledger
from ibperp.state import FEES, at, put
from ibperp.transition import transition
from ibperp_conformance.protocol.server import Server, main_server

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


_charge, _earn = pool.charge, pool.earn
_redeem_checks = moves.redeem_checks
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


def _accrue_without_carry(books: Pool, rate_time: int, reserve_fee: int) -> Pool:
    interest = div_down(books.borrowed * rate_time, pool.CARRY_UNIT)
    return pool.charge(books, interest, reserve_fee)


def _charged_as_earned(books: Pool, interest: int, reserve_fee: int) -> Pool:
    charged = _charge(books, interest, reserve_fee)
    earned = charged.unearned - books.unearned
    return replace(charged, unearned=books.unearned, lent=books.lent + earned)


def _earn_in_all(books: Pool, _seconds: int, _left: int) -> Pool:
    return _earn(books, 1, 1)


def _nothing_prepaid(*_: Any) -> int:
    return 0


def _no_throttle(books: Pool, limits: Any, used: int) -> tuple[effect.Check, ...]:
    del books
    return ((used <= limits.max_utilization, RejectionCode.MAX_UTILIZATION),)


def _burned_down(books: Pool, amount: int) -> int:
    return mul_div_down(amount, books.lend_shares + pool.SHARES_PER_ATOM, books.lent + 1)


def _repaid_without_residue(books: Pool, amount: int, shares: int) -> Pool:
    after = _repay_pool(books, amount, shares)
    residue = after.reserve - books.reserve
    return replace(after, reserve=books.reserve, lent=after.lent + residue)


def _partly_repaid_shares(books: Pool, _owed: int, amount: int) -> int:
    return pool.borrow_shares_burned(books, amount)


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


_RANKS: Final = effect.PRECEDENCE
_EXCHANGED: Final = {
    RejectionCode.SAME_ACCOUNT: RejectionCode.ACCOUNT_RESERVED,
    RejectionCode.ACCOUNT_RESERVED: RejectionCode.SAME_ACCOUNT,
}

FAULTS: Final[dict[str, tuple[Patch, ...]]] = {
    "codes_exchanged": ((effect, "PRECEDENCE", {c: _RANKS[_EXCHANGED.get(c, c)] for c in _RANKS}),),
    "last_precondition": ((effect, "PRECEDENCE", {c: -rank for c, rank in _RANKS.items()}),),
    "rounding_turned": ((pool, "lend_shares_minted", _minted_up),),
    "debt_rounded_down": ((pool, "debt", _debt_down),),
    "redemption_rounded_down": ((pool, "lend_shares_burned", _burned_down),),
    "reserve_forgotten": ((pool, "charge", _charge_without_reserve),),
    "cap_on_decrease": (
        (lending, "redeem_checks", _capped_redeem_checks),
        (moves, "redeem_checks", _capped_redeem_checks),
        (orders, "redeem_checks", _capped_redeem_checks),
    ),
    "replayed_deposit_taken": ((accounts, "rejection", _rejection_but_replay),),
    "check_before_write": ((effect, "is_admissible", _admissible_before),),
    "carry_dropped": ((pool, "accrue", _accrue_without_carry),),
    "interest_earned_at_once": ((pool, "charge", _charged_as_earned),),
    "hour_earned_by_the_last": ((pool, "earn", _earn_in_all),),
    "entry_fee_again": ((moves, "prepaid_of", _nothing_prepaid),),
    "lower_precedence_code": tuple(
        (module, "rejection", _rejection_by_last)
        for module in (
            accounts,
            assets,
            lending,
            markets,
            moves,
            orders,
            pools,
            rebalances,
            settings,
            withdrawals,
        )
    ),
    "rejection_changes_state": (),
    "throttle_ignored": ((moves, "_utilization_checks", _no_throttle),),
    "fee_to_nobody": (),
    "redeem_dust_left": (
        (lending, "redeemed", _redeemed_with_dust),
        (moves, "redeemed", _redeemed_with_dust),
        (orders, "redeemed", _redeemed_with_dust),
    ),
    "repay_dust_left": ((pool, "shares_to_repay", _partly_repaid_shares),),
    "residue_to_lenders": ((pool, "repay", _repaid_without_residue),),
    "second_slope_ignored": ((pool, "borrow_rate", _optimal_excluded),),
    **ORDER_FAULTS,
    **BANKRUPTCY_FAULTS,
    **LIQUIDATION_FAULTS,
    **PERPETUAL_FAULTS,
    **READING_FAULTS,
    **RISK_FAULTS,
}
"""What each wrong engine has replaced in the reference."""


class WrongEngine(Server):
    """The reference, with the fault that the parameters of the last reset name beside their own."""

    def __init__(self) -> None:
        super().__init__(name="wrong")
        self._patches = ExitStack()
        self._leaks = False

    def reply(self, request: object, *, nested: bool = False) -> dict[str, Any]:
        if isinstance(request, dict) and request.get("op") == "reset":
            self._turn(request["system"].pop("fault"))
        answer = super().reply(request, nested=nested)
        if self._leaks and "rejected" in answer and isinstance(request, dict):
            self._leak(request["action"])
        return answer

    def _turn(self, fault: str) -> None:
        self._patches.close()
        for module, name, wrong in FAULTS[fault] if fault else ():
            self._patches.enter_context(mock.patch.object(module, name, wrong))
        self._leaks = fault == "rejection_changes_state"
        self.step = _fee_to_nobody if fault == "fee_to_nobody" else transition

    def _leak(self, action: dict[str, Any]) -> None:
        """Use up the sequence number of a refused deposit."""
        if self.state is None or action["type"] != "deposit":
            return
        chains = tuple(
            replace(chain, next_sequence=chain.next_sequence + 1)
            if chain.name == action["chain"]
            else chain
            for chain in self.state.chains
        )
        self.state = replace(self.state, chains=chains)


if __name__ == "__main__":
    sys.exit(main_server(WrongEngine()))
