"""Theorems that a settlement charges an account for its own position or debt (ST-1, ST-10)."""

from collections.abc import Sequence

from ibperp.events import SettlementSource, Unsettled
from ibperp.operations.settlement import settle, unpaid
from ibperp.operations.settlement.clearing import Clearing
from ibperp.pool import CARRY_UNIT
from ibperp.position import Position, funding_due, unrealized
from ibperp.records import replace
from ibperp.state import Account, Settings
from ibperp.unpaid import Unpaid
from ibperp_invariants.proofs.states import asset_of, perpetual_of, state_of
from ibperp_invariants.proofs.theorems.settlement.flows import given, taken

OTHER, HOLDER, MARKET = 0, 1, 1


def shared(available: int, amounts: Sequence[int]) -> list[int]:
    """Share among two, none below zero, and nothing to who has no claim: `parts`, as a sum."""
    first = min(available, amounts[0])
    return [first, available - first]


CONTRACTS = {
    "ibperp.operations.settlement.unpaid._shared": shared,
    "ibperp.operations.settlement.clearing.Clearing.take_virtually": taken,
    "ibperp.operations.settlement.clearing.Clearing.give_virtually": given,
}
"""What is called, as the theorems of parts and of the settlement's books say of it."""


def t_a_settlement_charges_for_the_own_position(
    position: Position, unsettled: int, mark: int, index: int, *, is_automatic: bool
) -> None:
    """What marking charges is of the account's own position, and at most what it lost (ST-2)."""
    assert position.lots != 0
    held = replace(position, market=MARKET, virtual=0, virtual_value=0)
    settings = Settings(auto_realize=is_automatic)
    holder = Account(1, (), (), settings, unsettled=unsettled, positions=(held,))
    other = Account(2, unsettled=unsettled, positions=(replace(held, market=0),))
    market = perpetual_of(mark_price=mark, funding_index=index, open_interest=1)
    state = replace(state_of((asset_of(),), (other, holder)), markets=(market, market))
    clearing = Clearing(state, 0)
    sheet = clearing.sheet(HOLDER)
    settle._marked(clearing, sheet)  # noqa: SLF001
    notes = [own for own in clearing.events if isinstance(own, Unsettled)]
    own_alone = all(all((own.account == HOLDER, own.market == MARKET)) for own in notes)
    of_funding = SettlementSource.FUNDING_PAYMENT
    funding = sum(own.amount for own in notes if own.source is of_funding)
    charged = sum(min(own.amount, 0) for own in notes if own.source is not of_funding)
    paid = funding == -funding_due(held, index)
    assert all((own_alone, paid, charged >= min(unrealized(held, mark), -max(unsettled, 0), 0)))


def t_interest_is_charged_to_who_owed_the_fund(
    amount: int, unsettled: int, interest: int, carry: int, waiting: int, *, rate_time: int
) -> None:
    """Who is charged interest had a debt left; what it carries is again within an atom (ST-10)."""
    assert all((interest >= 0, carry > -CARRY_UNIT, waiting > 0, rate_time >= 0))
    debtor = Account(1, unsettled=unsettled, unpaid=Unpaid(amount, interest, carry))
    claimant = Account(2, unsettled=waiting, unpaid=Unpaid(waiting, 0, 0))
    state = replace(state_of((asset_of(),), (debtor, claimant)), unpaid_rate_time=rate_time)
    clearing = Clearing(state, 0)
    sheets = [clearing.sheet(place) for place in (0, 1)]
    unpaid.charge(clearing, sheets)
    booked = sheets[0].unsettled - unsettled
    is_known = all(own.account in {0, 1} for own in clearing.events if isinstance(own, Unsettled))
    kept = all(sheet.account.unpaid.carry > -CARRY_UNIT for sheet in sheets)
    assert all((any((booked >= 0, amount < 0)), sheets[1].unsettled >= waiting, kept, is_known))
