"""Theorems about the lists by which a liquidation finds other accounts (LQ-7, LQ-9, LQ-10, NT-9).

An action that takes an account from a list changes no account which is not on it.
"""

from ibperp import risk
from ibperp.margin import Health, is_liquidatable
from ibperp.operations.liquidation import bankruptcy, deleveraging
from ibperp.operations.money_market.moves import claim_of
from ibperp.ordered import Ordered
from ibperp.position import Position
from ibperp.ranking import ranking
from ibperp.records import replace
from ibperp.state import INSURANCE, Account, Pool, State
from ibperp_invariants.proofs.states import asset_of, perpetual_of, state_of

FIRST, SECOND, THIRD = 2, 3, 4


def judged(state: State, account: Account) -> Health:
    """Return a health of which what is unsettled is the equity: any there is."""
    del state
    return Health(account.unsettled, 0, 0, 1, 0, 0, 0)


def unranked(gain: int, cost: int, exposure: int, equity: int) -> tuple[int, int]:
    """Rank all alike: who comes first is the matter of other theorems."""
    del gain, cost, exposure, equity
    return 0, 0


CONTRACTS = {
    "ibperp.risk.solvency": judged,
    "ibperp.ranking.solvency": judged,
    "ibperp.ranking.deleverage_rank": unranked,
}
"""The health of an account may be any, and so may its rank."""


def settling(insurance: int, first: int, second: int) -> State:
    """Return a state in which the insurance and two accounts have something unsettled."""
    amounts = (0, insurance, first, second)
    accounts = tuple(Account(max(place - 1, 0), unsettled=own) for place, own in enumerate(amounts))
    active = Ordered((place,) for place in (INSURANCE, FIRST, SECOND))
    return replace(state_of((asset_of(price=1),), accounts), active=active)


def trading(first: int, second: int, cost: int) -> State:
    """Return a state in which two accounts have lots in a market, and one of them in another."""
    held = (Position(0, lots=first, cost=cost),), (Position(0, lots=second),)
    other = (Position(1, lots=1),)
    users = tuple(Account(place + 1, positions=own) for place, own in enumerate((*held, other)))
    market = perpetual_of(mark_price=1, funding_index=0, open_interest=1)
    state = state_of((asset_of(price=1),), (Account(0), Account(0), *users))
    return replace(state, markets=(market, replace(market, symbol="R")))


def t_who_owes_the_fund_is_listed_by_what_it_owes(insurance: int, first: int, second: int) -> None:
    """The accounts that owe the fund are those of users, the largest debt first (LQ-10, ST-9)."""
    assert insurance < 0
    found = risk.owing_accounts(settling(insurance, first, second))
    owing = {FIRST: first < 0, SECOND: second < 0}
    same = [(account in found) == is_owing for account, is_owing in owing.items()]
    is_sorted = found[:1] != (SECOND,) or not owing[FIRST] or second < first
    assert all((*same, len(found) == sum(owing.values()), is_sorted))


def t_who_is_due_is_liquidatable(insurance: int, first: int, second: int) -> None:
    """The accounts that are due are those of users that are liquidatable (LQ-1, LQ-10)."""
    assert insurance < 0
    state = settling(insurance, first, second)
    found = risk.due_accounts(state)
    due = {own: is_liquidatable(judged(state, state.accounts[own])) for own in (FIRST, SECOND)}
    same = [(account in found) == is_due for account, is_due in due.items()]
    assert all((*same, len(found) == sum(due.values())))


def t_a_claimant_has_won(first: int, second: int, cost: int, unsettled: int) -> None:
    """Who bears a spread loss has a claim, its gains and what is unsettled in sum (LQ-9)."""
    assert all((first != 0, second != 0))
    state = trading(first, second, cost)
    holder = replace(state.accounts[SECOND], unsettled=unsettled)
    state = replace(state, accounts=state.accounts.set(SECOND, holder))
    found = bankruptcy._claims(state)  # noqa: SLF001
    won = {FIRST: first - cost, SECOND: second + unsettled, THIRD: 1}
    assert found == {account: claim for account, claim in won.items() if claim > 0}


def t_who_is_deleveraged_has_an_opposite_position(first: int, second: int, cost: int) -> None:
    """Who gives lots in a deleveraging has some on that side of that market (LQ-7)."""
    assert cost >= 0
    lots = tuple(9 if sign > 0 else -9 if sign < 0 else 0 for sign in (first, second))
    state = trading(lots[0], lots[1], cost)
    found = [
        [account for *_, account in ranking(state, 0, is_long=is_long).keys]
        for is_long in (True, False)
    ]
    sides = [
        [FIRST + place for place, own in enumerate(lots) if own * sign > 0] for sign in (1, -1)
    ]
    assert found == sides


def t_a_lender_has_a_lend(first: int, second: int, debtor: int) -> None:
    """Who is paid for a lend has one of the asset, and is no debtor and no insurance (LQ-7)."""
    assert all((debtor >= FIRST, debtor <= THIRD))
    debtor = int(debtor)
    pool = Pool(cash=9, lent=10**6, lend_shares=10**12)
    shares = 0, 5, first, second, 10**7
    accounts = tuple(Account(max(place - 1, 0), shares=(own,)) for place, own in enumerate(shares))
    state = state_of((asset_of(price=1, pool=pool),), accounts)
    found = deleveraging._lenders(state, debtor, 0)  # noqa: SLF001
    claims = {own: claim_of(state, own, 0) for own in (FIRST, SECOND, THIRD) if own != debtor}
    same = [(own in found) == (claim > 0) for own, claim in claims.items()]
    assert all((*same, set(found) <= claims.keys()))
