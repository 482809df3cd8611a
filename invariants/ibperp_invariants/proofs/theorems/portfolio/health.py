"""Theorems about health, and what an action may do to it, for all integers (portfolio)."""

from dataclasses import replace

from ibperp import margin
from ibperp.margin import Health


def counted(health: Health) -> int:
    """Return the equity that counts, less the loss of open orders."""
    return health.equity - health.uncounted_gain - health.order_loss


def t_order_loss_is_never_a_gain(delivered: int, received: int) -> None:
    """An order's loss is at least zero and at least delivered less received (PF-5)."""
    assert all((delivered >= 0, received >= 0))
    loss = margin.order_loss(delivered, received)
    assert all((loss >= 0, loss >= delivered - received, loss <= delivered))


def t_orders_never_offset_each_other(first: int, second: int, gain: int, other_gain: int) -> None:
    """The losses of two orders are never below the loss of both at once (PF-5)."""
    assert all((first >= 0, second >= 0, gain >= 0, other_gain >= 0))
    losses = margin.order_loss(first, gain) + margin.order_loss(second, other_gain)
    assert losses >= margin.order_loss(first + second, gain + other_gain)


def t_meeting_the_initial_requirement_suffices(before: Health, after: Health) -> None:
    """Who meets the initial requirement after the loss of open orders is admissible (PF-8)."""
    assert counted(after) >= after.initial
    allowed = margin.is_admissible(before, after)
    assert allowed


def t_unchanged_health_is_admissible(health: Health) -> None:
    """What leaves a health as it was is admissible, however bad it is (PF-8)."""
    assert health.initial > counted(health)
    allowed = margin.is_admissible(health, health)
    assert allowed


def t_more_equity_is_admissible(before: Health, gain: int) -> None:
    """Equity added, at any health and else unchanged, is admissible (PF-8)."""
    assert all((gain >= 0, before.maintenance >= 0))
    after = replace(before, equity=before.equity + gain)
    assert margin.is_admissible(before, after)


def t_no_riskier_is_transitive(first: Health, second: Health, third: Health) -> None:
    """Steps below zero that are each no riskier are no riskier together (PF-8)."""
    assert all((counted(first) < 0, counted(second) < 0, counted(third) < 0))
    assert all((first.equity < 0, second.equity < 0, third.equity < 0))
    assert margin.is_no_riskier(first, second)
    assert margin.is_no_riskier(second, third)
    together = margin.is_no_riskier(first, third)
    assert together


def t_reductions_below_zero_cost_at_most_a_tenth(before: Health, after: Health) -> None:
    """Below zero, no riskier steps cost at most a tenth of the maintenance released (PF-8)."""
    assert all((counted(before) <= 0, before.maintenance >= 0, after.maintenance >= 0))
    allowed = margin.is_no_riskier(before, after)
    cost, released = counted(before) - counted(after), before.maintenance - after.maintenance
    assert any((not allowed, cost * 10 <= released))


def t_a_tenth_of_what_is_released_suffices(before: Health, after: Health) -> None:
    """A cost of at most a tenth of the maintenance released is admissible at any equity (PF-8)."""
    assert after.maintenance <= before.maintenance
    assert (counted(before) - counted(after)) * 10 <= before.maintenance - after.maintenance
    assert (before.equity - after.equity) * 10 <= before.maintenance - after.maintenance
    allowed = margin.is_admissible(before, after)
    assert allowed


def t_no_equity_leaves_a_bad_account(before: Health, after: Health) -> None:
    """With maintenance as it was, no equity may leave below the initial requirement (PF-8)."""
    assert all((before.maintenance > 0, after.maintenance == before.maintenance))
    assert counted(after) < after.initial
    allowed = margin.is_admissible(before, after)
    kept = all((counted(after) >= counted(before), after.equity >= before.equity))
    assert any((not allowed, kept))


def t_more_maintenance_needs_the_initial_requirement(before: Health, after: Health) -> None:
    """Maintenance may rise only if the initial requirement is met after it (PF-8)."""
    assert after.maintenance > before.maintenance
    allowed = margin.is_admissible(before, after)
    assert any((not allowed, counted(after) >= after.initial))


def t_admissible_stays_above_maintenance(before: Health, after: Health) -> None:
    """No admissible action leads from above maintenance to below it (PF-7, PF-8)."""
    assert all((before.maintenance > 0, after.maintenance >= 0, after.initial > after.maintenance))
    assert all((before.equity > before.maintenance, after.order_loss >= 0))
    assert after.uncounted_gain >= 0
    assert any((after.exposure == 0, after.maintenance > 0))
    assert margin.is_admissible(before, after)
    closed = margin.is_liquidatable(after)
    assert not closed


def t_nothing_owed_becomes_due_by_no_admissible_change(before: Health, after: Health) -> None:
    """Without an exposure before it, no admissible change leads below maintenance (PF-7, PF-8)."""
    assert all((before.maintenance == 0, after.maintenance > 0, after.maintenance < after.initial))
    assert all((after.order_loss >= 0, after.uncounted_gain >= 0))
    allowed = margin.is_admissible(before, after)
    due = margin.is_liquidatable(after)
    assert any((not allowed, not due))


def t_liquidatable_is_below_the_initial_requirement(health: Health) -> None:
    """Nobody who meets the initial requirement is liquidatable (PF-7)."""
    assert all((health.initial > health.maintenance, health.order_loss >= 0))
    assert health.uncounted_gain >= 0
    closed = margin.is_liquidatable(health)
    assert any((not closed, counted(health) < health.initial))


def t_nothing_owed_is_never_liquidatable(health: Health) -> None:
    """An account without exposure is never liquidatable, whatever it is worth (PF-7)."""
    assert health.exposure == 0
    closed = margin.is_liquidatable(health)
    assert not closed
