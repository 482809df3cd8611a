"""The position kernel: fills, marking and funding in exact integers (chapter perpetuals).

No function rounds a value that moves: what a division leaves in `cost` is missing from what is
realized, so that the value of a position and what it realized always add up (PP-4).
"""

from __future__ import annotations

from ibperp.numbers import mul_div_down
from ibperp.records import record, replace


@record
class Position:
    """Signed `lots` in one perpetual market, amounts in atoms of the settlement asset (PP-3).

    `cost`: what the lots stand at since the last settlement; `entry_cost`: what was paid for them.
    `funding_index`: the market's index up to which funding is settled. `virtual`: signed shares in
    the settlement asset's pool, above zero a virtual lend, below zero a virtual borrow (ST-4).
    `virtual_value`: what they were worth, in signed atoms, when they last changed. `realized`,
    `fees`, `funding`, `interest`: what the position realized by closing lots, paid in fees and in
    funding, and earned (signed) in interest since it was opened; no rule computes with them.
    """

    market: int
    lots: int = 0
    cost: int = 0
    entry_cost: int = 0
    funding_index: int = 0
    virtual: int = 0
    virtual_value: int = 0
    realized: int = 0
    fees: int = 0
    funding: int = 0
    interest: int = 0


def placed(positions: tuple[Position, ...], position: Position) -> tuple[Position, ...]:
    """Return positions in order of markets with one replaced, or dropped if it is empty (PP-3)."""
    below = [own for own in positions if own.market < position.market]
    above = [own for own in positions if own.market > position.market]
    return (*below, position, *above) if position.lots or position.virtual else (*below, *above)


def unrealized(position: Position, mark: int) -> int:
    """Return the gain since the last settlement at `mark` quote atoms per lot, signed (PP-3)."""
    return position.lots * mark - position.cost


def funding_due(position: Position, index: int) -> int:
    """Return the funding that a position owes up to `index`; below zero it receives (PP-8)."""
    return position.lots * (index - position.funding_index)


def funded(position: Position, index: int) -> Position:
    """Return the position with its funding settled up to `index` (PP-8)."""
    due = funding_due(position, index)
    return replace(position, funding_index=index, funding=position.funding + due)


def filled(position: Position, lots: int, price: int) -> tuple[Position, int]:
    """Return the position after a fill of signed `lots` at `price`, and what that realizes (PP-4).

    Lots of the same sign are added with what they cost. Opposite lots close first: their share of
    the cost, rounded down, leaves the position, and its difference to the price is realized. Lots
    beyond the position open the other side. The funding of the position is settled before.
    """
    before = position.lots
    is_adding = before * lots >= 0
    closed = 0 if is_adding else min(abs(before), abs(lots))
    signed = closed if before > 0 else -closed
    cost = mul_div_down(position.cost, closed, max(abs(before), 1))
    entry_cost = mul_div_down(position.entry_cost, closed, max(abs(before), 1))
    opened = lots + signed
    gain = signed * price - cost
    after = replace(
        position,
        lots=before + lots,
        cost=position.cost - cost + opened * price,
        entry_cost=position.entry_cost - entry_cost + opened * price,
        realized=position.realized + signed * price - entry_cost,
    )
    return after, gain


def settled(position: Position, mark: int, index: int, worth: int) -> Position:
    """Return the position with its gain and its funding taken out, its interest noted (ST-2, ST-6).

    `worth`: what its virtual shares are worth before anything moves, in signed atoms.
    """
    return replace(
        position,
        cost=position.lots * mark,
        funding_index=index,
        virtual_value=worth,
        funding=position.funding + funding_due(position, index),
        interest=position.interest + worth - position.virtual_value,
    )


def pnl_realized(position: Position) -> int:
    """Return what a position realized since it was opened, by closing and by settling (PP-10)."""
    return position.realized + position.cost - position.entry_cost
