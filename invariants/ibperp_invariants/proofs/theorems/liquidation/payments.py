"""Theorems about what pays a debt in a liquidation: on a book, as a lend, and in kind (LQ-10).

A rank is looked at from where orders and positions are the same: what is owed and held of one asset
beside the settlement asset, which stands for all others, and what is owed of the settlement asset.
"""

from ibperp import pool as kernel
from ibperp.events import Reason
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import book as on_book
from ibperp.operations.liquidation import handover
from ibperp.operations.liquidation.handover import Handover
from ibperp.operations.spot_margin import spot_trade
from ibperp.operations.spot_margin.trade import Trade, Trader
from ibperp.orders import Side
from ibperp.records import replace
from ibperp.state import Account, Pool, State, at, put
from ibperp_invariants.proofs.states import (
    BASE,
    FLAGS,
    QUOTE,
    asset_of,
    market_of,
    spot_of,
    state_of,
)
from ibperp_invariants.proofs.theorems.liquidation.rank import (
    FAILED,
    FIRST,
    is_lower,
    joined,
    replaced,
)
from ibperp_invariants.proofs.theorems.money_market.moves import sound

OTHER, SETTLED = BASE, QUOTE
LENT = Pool(cash=5, lent=5, lend_shares=5 * kernel.SHARES_PER_ATOM)
"""The pool of an asset of which a theorem says nothing."""

CONTRACTS = {
    "ibperp.operations.effect.with_account": replaced,
    "ibperp.operations.money_market.moves.with_account": replaced,
    "ibperp.operations.perpetuals.perpetual_trade.with_account": replaced,
    "ibperp.operations.liquidation.handover.merged": joined,
}
"""What is called, as other theorems say of it: the taker of a lend owes none of its asset."""


def owing(free: tuple[int, int], shares: tuple[int, int], *pools: Pool) -> State:
    """Return a state in which an account fails that holds and owes of two assets."""
    assets = tuple(
        replace(asset_of(price=1, pool=pool), symbol=symbol)
        for symbol, pool in zip("BA", pools, strict=True)
    )
    fails = Account(1, free, shares)
    return state_of(assets, (Account(0), Account(0), fails, Account(2), Account(3)), market_of())


def lending(state: State, account: int, asset: int, shares: int) -> State:
    """Return the state in which an account has a lend of an asset."""
    lends = replace(state.accounts[account], shares=put((), asset, shares))
    return replaced(state, account, lends)


def rank(state: State) -> tuple[int, int, int]:
    """Return the next parts of the rank: shares owed, atoms held, owed of the settlement asset."""
    holder, pool = state.accounts[FAILED], state.assets[OTHER].pool
    own, other = (at(holder.shares, asset) for asset in (SETTLED, OTHER))
    held = at(holder.free, OTHER) + kernel.lend_claim(pool, max(other, 0))
    return max(-other, 0), held, max(-own, 0) + max(-holder.unsettled, 0)


def owes(pool: Pool, shares: int) -> bool:
    """Tell whether a pool has a debt of so many shares, of which each owes at most an atom."""
    sides = (pool.borrowed > 0, pool.borrowed <= pool.borrow_shares)
    return all((sound(pool), *sides, shares > 0, shares <= pool.borrow_shares))


def t_what_is_bought_back_lowers_a_debt(
    pool: Pool, price: int, lots: int, free: int, owed: int
) -> None:
    """What a buyer that is to repay receives repays its debt: fewer shares owe (LQ-5, SM-9)."""
    assert all((owes(pool, owed), price > 0, lots > 0, free >= 0))
    state = owing((free, lots * price), (-owed, 0), pool, LENT)
    maker = replace(state.accounts[FIRST], free=(lots,))
    state = replaced(state, FIRST, maker)
    buyer = Trader(FAILED, Side.BID, on_book.FLAGS, 0)
    seller = Trader(FIRST, Side.ASK, FLAGS, 0)
    trade = Trade(0, price, lots, seller, buyer)
    done = spot_trade.exchanged_assets(Effect(state), spot_of(state), trade)
    after = done.state if isinstance(done, Effect) else None
    assert all((after is not None, is_lower(rank(after or state), rank(state))))


def t_what_is_sold_leaves_its_account(price: int, lots: int, free: int, lent: int) -> None:
    """What a seller delivers it holds no longer, and it owes no more of it (LQ-5, SM-9)."""
    assert all((price > 0, lots > 0, free >= lots, lent >= 0))
    state = owing((free, 0), (lent, 0), LENT, LENT)
    maker = replace(state.accounts[FIRST], free=(0, lots * price))
    state = replaced(state, FIRST, maker)
    seller = Trader(FAILED, Side.ASK, on_book.FLAGS, 0)
    buyer = Trader(FIRST, Side.BID, FLAGS, 0)
    trade = Trade(0, price, lots, buyer, seller)
    done = spot_trade.exchanged_assets(Effect(state), spot_of(state), trade)
    after = done.state if isinstance(done, Effect) else state
    sold = at(after.accounts[FAILED].free, OTHER) == free - lots
    assert all((sold, is_lower(rank(after), rank(state))))


def t_what_is_redeemed_is_held_no_more_than_before(pool: Pool, lent: int, amount: int) -> None:
    """What is redeemed of a lend to be sold, and what is left, claim no more than it did (LQ-5)."""
    assert all((sound(pool), lent > 0, lent <= pool.lend_shares, amount > 0))
    assert amount <= kernel.lend_claim(pool, lent)
    burned = kernel.shares_to_redeem(pool, lent, amount)
    after = kernel.redeem(pool, amount, burned)
    assert kernel.lend_claim(after, lent - burned) + amount <= kernel.lend_claim(pool, lent)


def t_what_pays_in_kind_is_no_longer_held(pool: Pool, free: int, lent: int, value: int) -> None:
    """Of an asset that pays in kind no more is held, none is owed, and nothing else is (LQ-7)."""
    assert all((sound(pool), free >= 0, lent >= 0, lent <= pool.lend_shares, value >= 0))
    state = owing((free, 0), (lent, 0), pool, LENT)
    between = Handover(FAILED, FIRST, Reason.LIQUIDATION_IN_KIND)
    done, _ = handover._paid_in(Effect(state), OTHER, value, between)  # noqa: SLF001
    before, after = rank(state), rank(done.state)
    assert all((after[0] == 0, after[1] <= before[1], after[2] == before[2]))


def t_a_lend_that_meets_a_debt_lowers_it(pool: Pool, lent: int, owed: int) -> None:
    """A lend that claims an atom burns a share at least of a debt that it meets (LQ-3, LQ-7)."""
    assert all((owes(pool, owed), lent > 0, lent <= pool.lend_shares))
    assert kernel.lend_claim(pool, lent) > 0
    _, left = kernel.merged(pool, lent, -owed)
    assert -left < owed


def t_a_lend_that_passes_on_claims_what_it_is_for(pool: Pool, lent: int, amount: int) -> None:
    """The shares that pass on for atoms of a lend claim as many, and are no more than it (LQ-7)."""
    assert all((sound(pool), lent > 0, lent <= pool.lend_shares, amount > 0))
    assert amount <= kernel.lend_claim(pool, lent)
    passed = kernel.shares_to_pass(pool, lent, amount)
    assert all((kernel.lend_claim(pool, passed) >= amount, passed <= lent))


def t_what_is_left_of_a_lend_claims_no_more(pool: Pool, held: int, lent: int, owed: int) -> None:
    """A lend of which a part cancels a debt of another is worth no more after, unrounded (LQ-7)."""
    assert all((owes(pool, owed), lent > 0, lent <= held, held <= pool.lend_shares))
    after, _ = kernel.merged(pool, lent, -owed)
    whole, rest = (side.lend_shares + kernel.SHARES_PER_ATOM for side in (pool, after))
    assert (held - lent) * (after.lent + 1) * whole <= held * (pool.lent + 1) * rest
