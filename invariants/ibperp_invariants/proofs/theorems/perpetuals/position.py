"""Theorems about fills, marking and funding of a position, for all integers (perpetuals)."""

from dataclasses import replace

from ibperp import position as kernel
from ibperp.position import Position


def bought(position: Position) -> int:
    """Return what a position paid for its lots, less what it realized by closing others."""
    return position.entry_cost - position.realized


def t_fill_keeps_what_price_says(position: Position, lots: int, price: int) -> None:
    """What a fill realizes, less what it adds to the cost, is minus lots x price (PP-4)."""
    assert price > 0
    after, gain = kernel.filled(position, lots, price)
    assert gain - (after.cost - position.cost) == -lots * price


def t_fill_keeps_the_entry_cost_so_too(position: Position, lots: int, price: int) -> None:
    """What is realized since the entry and the entry cost add up to lots x price (PP-4, PP-10)."""
    assert price > 0
    after, _ = kernel.filled(position, lots, price)
    assert bought(after) - bought(position) == lots * price


def t_fill_at_the_mark_is_worth_nothing(position: Position, lots: int, mark: int) -> None:
    """A fill at the mark leaves unrealized and realized gain together as they were (PP-3, PP-4)."""
    assert mark > 0
    after, gain = kernel.filled(position, lots, mark)
    worth = gain + kernel.unrealized(after, mark)
    assert worth == kernel.unrealized(position, mark)


def t_fill_adds_its_lots_and_nothing_else(position: Position, lots: int, price: int) -> None:
    """A fill adds lots, and changes neither funding nor virtual shares (PP-4)."""
    assert price > 0
    after, _ = kernel.filled(position, lots, price)
    assert all(
        (
            after.lots == position.lots + lots,
            after.market == position.market,
            after.funding_index == position.funding_index,
            after.virtual == position.virtual,
            after.virtual_value == position.virtual_value,
        )
    )


def t_two_sides_of_a_trade_sum_to_zero(
    buyer: Position, seller: Position, lots: int, price: int, mark: int
) -> None:
    """What one side of a trade wins at any mark, realized or not, the other loses (PP-4)."""
    assert lots > 0
    bought_in, gain = kernel.filled(buyer, lots, price)
    sold, other = kernel.filled(seller, -lots, price)
    before = kernel.unrealized(buyer, mark) + kernel.unrealized(seller, mark)
    after = kernel.unrealized(bought_in, mark) + kernel.unrealized(sold, mark)
    assert gain + other + after == before


def t_closing_all_leaves_no_cost(position: Position, price: int) -> None:
    """Who closes all lots has neither lots nor cost left, and realized all of the gain (PP-4)."""
    assert position.lots != 0
    after, gain = kernel.filled(position, -position.lots, price)
    is_flat = all((after.lots == 0, after.cost == 0, after.entry_cost == 0))
    assert all((is_flat, gain == kernel.unrealized(position, price)))


def t_opening_costs_its_price(position: Position, lots: int, price: int) -> None:
    """Lots added to a position cost what was paid for them, and realize nothing (PP-4)."""
    assert all((position.lots >= 0, lots > 0, price > 0))
    after, gain = kernel.filled(position, lots, price)
    added = all((after.cost == position.cost + lots * price, after.realized == position.realized))
    assert all((added, gain == 0))


def t_flip_opens_at_the_price(position: Position, lots: int, price: int) -> None:
    """A fill beyond the position leaves the other side, at the price of the fill (PP-4)."""
    assert all((position.lots < 0, lots > -position.lots, price > 0))
    after, gain = kernel.filled(position, lots, price)
    cost = (position.lots + lots) * price
    assert all(
        (
            after.cost == cost,
            after.entry_cost == cost,
            gain == position.lots * price - position.cost,
        )
    )


def t_closed_lots_take_their_share_of_the_cost(position: Position, lots: int, price: int) -> None:
    """Lots that close take their share of the cost, rounded down by less than an atom (PP-4)."""
    assert all((position.lots > 0, lots > 0, lots < position.lots))
    after, _ = kernel.filled(position, -lots, price)
    taken = position.cost - after.cost
    exact = position.cost * lots
    assert all((taken * position.lots <= exact, exact < (taken + 1) * position.lots))


def t_opposite_positions_pay_each_other(lots: int, since: int, index: int) -> None:
    """Funding that as many lots long and short settle sums to zero (PP-8)."""
    assert lots > 0
    long = Position(0, lots=lots, funding_index=since)
    short = Position(0, lots=-lots, funding_index=since)
    assert kernel.funding_due(long, index) + kernel.funding_due(short, index) == 0


def t_longs_pay_when_the_index_rises(position: Position, index: int) -> None:
    """A long position pays when the index rose, and receives when it fell (PP-8)."""
    assert position.lots > 0
    due = kernel.funding_due(position, index)
    assert (due > 0) == (index > position.funding_index)


def t_funding_may_be_settled_at_any_time(position: Position, between: int, index: int) -> None:
    """Funding settled in two steps is exactly that of one step (PP-8)."""
    assert between != index
    first = kernel.funding_due(position, between)
    second = kernel.funding_due(kernel.funded(position, between), index)
    assert first + second == kernel.funding_due(position, index)


def t_funded_notes_what_it_paid(position: Position, index: int) -> None:
    """Settled funding is noted, and nothing else of a position changes (PP-8)."""
    assert index != position.funding_index
    after = kernel.funded(position, index)
    noted = position.funding + kernel.funding_due(position, index)
    assert after == replace(position, funding_index=index, funding=noted)


def t_settled_takes_exactly_the_gain(
    position: Position, mark: int, index: int, worth: int, later: int
) -> None:
    """Settling takes out the gain at its mark, no more and no less at any later mark (ST-2)."""
    assert mark > 0
    after = kernel.settled(position, mark, index, worth)
    taken = kernel.unrealized(position, mark)
    assert kernel.unrealized(after, later) + taken == kernel.unrealized(position, later)


def t_settled_leaves_no_gain_and_no_funding(
    position: Position, mark: int, index: int, worth: int
) -> None:
    """Right after a settlement nothing is unrealized and no funding is due (ST-2)."""
    assert mark > 0
    after = kernel.settled(position, mark, index, worth)
    due = kernel.funding_due(after, index)
    assert all((kernel.unrealized(after, mark) == 0, due == 0))


def t_settled_realizes_the_gain_and_keeps_the_entry(
    position: Position, mark: int, index: int, worth: int
) -> None:
    """Settling moves the gain into what is realized; lots, shares and entry stay (ST-2, PP-10)."""
    assert mark > 0
    after = kernel.settled(position, mark, index, worth)
    realized = kernel.pnl_realized(after) - kernel.pnl_realized(position)
    kept = all(
        (
            after.lots == position.lots,
            after.virtual == position.virtual,
            after.entry_cost == position.entry_cost,
        )
    )
    assert all((kept, realized == kernel.unrealized(position, mark)))


def t_settled_notes_interest_and_funding(
    position: Position, mark: int, index: int, worth: int
) -> None:
    """Interest is what the shares gained since they moved; funding is what was due (ST-6, PP-8)."""
    assert mark > 0
    after = kernel.settled(position, mark, index, worth)
    interest = position.interest + worth - position.virtual_value
    paid = after.funding - position.funding
    assert all((after.interest == interest, paid == kernel.funding_due(position, index)))
