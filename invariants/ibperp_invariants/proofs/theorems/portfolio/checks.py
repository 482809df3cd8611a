"""Theorems about what the margin checks of an owner's action admit, for all integers (portfolio).

The healths are any that an account may have; how they follow from a state is not spoken of.
"""

from collections.abc import Iterable, Mapping

from ibperp import margin
from ibperp.feeds import ActionClass, PriceLevel
from ibperp.margin import Health
from ibperp.operations.effect import change_checks, rejection
from ibperp.portfolio import Valuation
from ibperp.records import replace
from ibperp.state import Account, State
from ibperp_invariants.proofs.states import asset_of, state_of

OWNER = 2


def no_levels(state: State, now: Valuation, of: ActionClass) -> frozenset[PriceLevel]:
    """Return no level: a price that is not admitted refuses more, and never less."""
    del state, now, of
    return frozenset()


def some_collateral(state: State, now: Valuation, of: ActionClass) -> Mapping[int, PriceLevel]:
    """Return a doubtful asset where the state has one."""
    del now, of
    return {0: PriceLevel.STALE} if state.is_halted else {}


def some_value(state: State, holder: Account, assets: Iterable[int]) -> int:
    """Return what doubtful collateral counts for, which may be anything."""
    del holder, assets
    return state.liquidation_time


def admissible(before: Health, after: Health) -> bool:
    """Tell whether the initial requirement is met, or else whether something holds."""
    met = margin.counted_equity(after) >= after.initial
    return met or before.auto_close <= after.auto_close


def admissible_without(healths: tuple[Health, Health], uncounted: tuple[int, int]) -> bool:
    """Tell whether something else holds."""
    del healths
    return uncounted[0] <= uncounted[1]


CONTRACTS = {
    "ibperp.operations.effect.is_admissible": admissible,
    "ibperp.operations.effect.is_admissible_without": admissible_without,
    "ibperp.operations.effect.needed_levels": no_levels,
    "ibperp.operations.effect.doubtful_collateral": some_collateral,
    "ibperp.operations.effect.held_value": some_value,
}
"""What is admissible, of which other theorems speak, and prices, which may only refuse."""


def t_the_margin_checks_admit_what_is_admissible_alone(
    before: Health, after: Health, was: int, held: int, *, is_doubtful: bool
) -> None:
    """Whatever collateral is doubtful, what passes the checks is admissible (PF-8, PF-9)."""
    assert all((was >= 0, held >= 0))
    state = state_of((asset_of(),), (Account(0), Account(0), Account(1)))
    old = replace(state, liquidation_time=was, is_halted=bool(is_doubtful))
    new = replace(old, liquidation_time=held)

    def valued(state: State, account: Account) -> Valuation:
        del account
        return Valuation((), (), after if state is new else before)

    refused = rejection(*change_checks((old, new), OWNER, valued, ActionClass.ORDER))
    assert any((refused is not None, admissible(before, after)))
