"""Theorems about who offers to take over failing accounts, for all integers (programs)."""

from dataclasses import replace

from ibperp.actions import RegisterBackstop
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import backstop
from ibperp.operations.programs.backstops import register_backstop
from ibperp.outcomes import Accepted
from ibperp.programs import Backstop
from ibperp.state import Account, State
from ibperp_invariants.proofs.states import asset_of, state_of

FIRST_USER = 2
OWNER, OTHER = 3, 4


def offering(own: int, other: int) -> State:
    """Return a state in which two accounts of users offer to take over."""
    accounts = tuple(Account(max(place - 1, 0)) for place in range(5))
    offers = (Backstop(OWNER, own), Backstop(OTHER, other))
    return replace(state_of((asset_of(price=1),), accounts), backstops=offers)


def offers_of(state: State) -> dict[int, int]:
    """Return what is offered, by account."""
    return {offer.account: offer.capacity for offer in state.backstops}


def t_an_offer_is_of_a_user_and_has_capacity(
    own: int, other: int, account: int, capacity: int
) -> None:
    """Who registers is an account of a user; it offers something, or is no provider (PG-1)."""
    assert all((own > 0, other > 0, account in range(6)))
    account, before = int(account), offering(own, other)
    outcome = register_backstop(before, RegisterBackstop(account, capacity))
    after = outcome.state if isinstance(outcome, Accepted) else before
    told = {**offers_of(before), **({} if after is before else {account: capacity})}
    kept = [offer for offer in after.backstops if offer.account != account]
    others = [offer for offer in before.backstops if offer.account != account]
    are_offers = all(
        all((offer.account >= FIRST_USER, offer.account <= OTHER, offer.capacity > 0))
        for offer in after.backstops
    )
    same = all(told[offer.account] == offer.capacity for offer in after.backstops)
    assert all((are_offers, same, kept == others))


def t_a_used_offer_has_capacity_left_or_ends(own: int, other: int, taken: int) -> None:
    """A takeover reduces the capacity of its provider; at zero it is no provider (PG-1, LQ-6)."""
    assert all((own > 0, other > 0, taken >= 0))
    before = offering(own, other)
    used = backstop._used(Effect(before), before.backstops[0], taken)  # noqa: SLF001
    after = offers_of(used.state)
    ended = (OWNER not in after) == (taken >= own)
    assert all((ended, after.get(OWNER, own - taken) == own - taken, after[OTHER] == other))
