"""Theorems about portfolios and valuations of small states, for all integers (portfolio)."""

from ibperp import open_orders
from ibperp import portfolio as kernel
from ibperp.numbers import RATIO
from ibperp.operations.spot_margin import checks, resting
from ibperp.orders import Side
from ibperp.state import Account, Pool, Settings
from ibperp_invariants.proofs.states import asset_of, market_of, order_of, spot_of, state_of


def t_exposure_is_never_below_the_debt(
    free: int, reserved: int, debt: int, price: int, lot_atoms: int
) -> None:
    """What is exposed if all orders fill counts for no less than what is owed (PF-1, PF-5)."""
    assert all((free >= 0, reserved >= 0, debt > 0, price >= 0, lot_atoms > 0))
    pool = Pool(borrowed=debt, borrow_shares=debt)
    state = state_of((asset_of(price=price, lot_atoms=lot_atoms, pool=pool),), ())
    (line,) = kernel.portfolio(state, Account(2, (free,), (-debt,), reserved=(reserved,)))
    assert all(
        (line.owed == debt, line.exposed >= line.owed, line.required.notional >= line.liability)
    )


def t_reserved_beyond_what_is_held_is_exposed(free: int, lent: int, reserved: int) -> None:
    """What orders deliver and is not held would be owed, to the atom (PF-1)."""
    assert all((free > 0, lent >= 0, reserved >= 0))
    pool = Pool(lent=lent, lend_shares=lent * 10**6)
    state = state_of((asset_of(pool=pool),), ())
    account = Account(2, (free,), (lent * 10**6,), reserved=(reserved,))
    (line,) = kernel.portfolio(state, account)
    assert all((line.held == free + lent, line.exposed == max(reserved - free - lent, 0)))


def t_requirements_are_ordered(free: int, debt: int, price: int, lot_atoms: int) -> None:
    """Auto-close is at most maintenance, which is at most initial (PF-4, PF-6, PF-7)."""
    assert all((free >= 0, debt > 0, price >= 0, lot_atoms > 0))
    pool = Pool(borrowed=debt, borrow_shares=debt)
    state = state_of((asset_of(price=price, lot_atoms=lot_atoms, pool=pool),), ())
    health = kernel.health(state, Account(2, (free,), (-debt,)))
    assert all(
        (
            health.auto_close >= 0,
            health.auto_close <= health.maintenance,
            health.maintenance <= health.initial,
        )
    )


def t_leverage_limit_bounds_the_exposure(debt: int, price: int, limit: int) -> None:
    """Exposure is at most the leverage limit times the initial requirement (PF-7)."""
    assert all((debt > 0, price >= 0, limit > 0))
    pool = Pool(borrowed=debt, borrow_shares=debt)
    state = state_of((asset_of(price=price, pool=pool),), ())
    settings = Settings(leverage_limit=limit)
    health = kernel.health(state, Account(2, (), (-debt,), settings))
    assert health.exposure * RATIO <= health.initial * limit


def t_nothing_owed_has_no_requirement(free: int, price: int, weight: int, lot_atoms: int) -> None:
    """An account that owes nothing has no exposure, no requirement, no loss (PF-7)."""
    assert all((free >= 0, price >= 0, weight >= 0, weight <= RATIO, lot_atoms > 0))
    state = state_of((asset_of(price=price, weight=weight, lot_atoms=lot_atoms),), ())
    health = kernel.health(state, Account(2, (free,)))
    assert all(
        (
            health.equity >= 0,
            health.exposure == 0,
            health.initial == 0,
            health.maintenance == 0,
            health.order_loss == 0,
        )
    )


def t_borrowing_never_raises_equity(
    free: int, amount: int, price: int, weight: int, lot_atoms: int
) -> None:
    """Atoms borrowed and held never raise equity, whatever the weight (PF-7)."""
    assert all((free >= 0, amount > 0, price >= 0, weight >= 0, weight <= RATIO, lot_atoms > 0))
    pool = Pool(borrowed=amount, borrow_shares=amount)
    state = state_of((asset_of(price=price, weight=weight, lot_atoms=lot_atoms, pool=pool),), ())
    before = kernel.health(state, Account(2, (free,)))
    after = kernel.health(state, Account(2, (free + amount,), (-amount,)))
    assert after.equity <= before.equity


def t_order_loss_is_within_what_is_reserved(
    base: int, quote: int, lots: int, free: int, reserved: int
) -> None:
    """Filling a bid takes from nothing to the value of what it reserves (PF-5)."""
    assert all((base >= 0, quote >= 0, lots > 0, free >= 0, reserved > 0))
    assets = (asset_of(price=base, weight=RATIO), asset_of(price=quote, weight=RATIO))
    bid = order_of(2, Side.BID, 1, lots, reserved)
    state = state_of(assets, (), market_of(), (bid,))
    account = Account(2, (0, free), reserved=(0, reserved), orders=(0,))
    loss = open_orders.open_order_loss(state, account)
    assert all((loss >= 0, loss <= reserved * quote))


def t_filling_an_order_takes_at_most_its_loss(
    weight: int, lots: int, kept: int, reserved: int
) -> None:
    """A bid that fills leaves at least the equity less the loss of open orders (PF-5, PF-7)."""
    assert all((weight >= 0, weight <= RATIO, lots > 0, kept >= 0, reserved > 0))
    assets = (asset_of(price=1, weight=weight), asset_of(price=1, weight=RATIO))
    bid = order_of(2, Side.BID, 1, lots, reserved)
    state = state_of(assets, (), market_of(), (bid,))
    resting = Account(2, (0, kept + reserved), reserved=(0, reserved), orders=(0,))
    before = kernel.health(state, resting)
    after = kernel.health(state, Account(2, (lots, kept)))
    assert after.equity >= before.equity - before.order_loss


def t_maker_proceeds_are_within_the_price(lots: int, price: int, maker_fee: int) -> None:
    """An ask receives from nothing to its price: no rebate is counted on (PF-5)."""
    assert all((lots > 0, price > 0, maker_fee >= -RATIO, maker_fee <= RATIO))
    state = state_of((), (), market_of(maker_fee=maker_fee))
    received = open_orders.proceeds(state, order_of(2, Side.ASK, price, lots))
    assert all((received >= 0, received <= lots * price))


def t_conversion_is_never_overstated(
    amount: int, price: int, other: int, lot_atoms: int, quote_lot_atoms: int
) -> None:
    """What base converts to in quote is its exact worth rounded down (SM-6, SM-12)."""
    assert all((amount >= 0, price > 0, other > 0, lot_atoms > 0, quote_lot_atoms > 0))
    assets = (
        asset_of(price=price, lot_atoms=lot_atoms),
        asset_of(price=other, lot_atoms=quote_lot_atoms),
    )
    state = state_of(assets, (), market_of())
    value = checks.converted(state, spot_of(state), amount) * other * lot_atoms
    exact = amount * price * quote_lot_atoms
    assert all((value <= exact, exact < value + other * lot_atoms))


def t_reducible_lots_never_pass_zero(free: int, debt: int, lot_atoms: int) -> None:
    """Lots that a side may reduce by are never more than the net position holds (SM-4)."""
    assert all((free >= 0, debt > 0, lot_atoms > 0))
    pool = Pool(borrowed=debt, borrow_shares=debt)
    holder = Account(2, (free,), (-debt,))
    state = state_of((asset_of(pool=pool), asset_of()), (holder,), market_of(lot_atoms=lot_atoms))
    bought = resting.reducible_lots(state, 0, 0, Side.BID)
    sold = resting.reducible_lots(state, 0, 0, Side.ASK)
    assert all((bought * lot_atoms <= max(debt - free, 0), sold * lot_atoms <= max(free - debt, 0)))
