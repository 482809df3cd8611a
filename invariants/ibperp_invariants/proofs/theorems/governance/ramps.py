"""Theorems about margins on their way, for all integers (chapter governance)."""

from dataclasses import astuple, fields, replace

from ibperp import ramps as kernel
from ibperp.numbers import RATIO
from ibperp.parameters import Margins
from ibperp.state import Ramp
from ibperp_invariants.proofs.states import asset_of

MARGINS = len(fields(Margins))


def between(origin: int, value: int, target: int) -> bool:
    """Tell whether a value lies between two others, whichever is larger."""
    return any((all((origin <= value, value <= target)), all((target <= value, value <= origin))))


def alone(place: int, value: int) -> Margins:
    """Return margins that are all zero except the one at a place."""
    return Margins(*(value if place == other else 0 for other in range(MARGINS)))


def lawful(margins: Margins) -> bool:
    """Tell whether the fractions are what an asset or a perpetual may have (CU-2, PP-1)."""
    bases = (margins.mmf_base > 0, margins.mmf_base < margins.imf_base, margins.imf_base <= RATIO)
    factors = (margins.mmf_factor >= 0, margins.mmf_factor <= margins.imf_factor)
    return all((*bases, *factors, margins.imf_factor <= RATIO))


def t_ramp_begins_at_its_origin(origin: Margins, target: Margins, start: int, span: int) -> None:
    """At its start a ramp is where the margins were (GV-2)."""
    assert span > 0
    margins = kernel.margins_at(Ramp(origin, target, start, start + span), start)
    assert margins == origin


def t_ramp_ends_at_its_target(
    origin: Margins, target: Margins, start: int, span: int, later: int
) -> None:
    """From its end on a ramp is at its target, whatever the time (GV-2)."""
    assert all((span > 0, later >= 0))
    ramp = Ramp(origin, target, start, start + span)
    assert kernel.margins_at(ramp, ramp.end + later) == target


def t_ramp_stays_between_its_ends(
    place: int, origin: int, target: int, start: int, span: int, *, passed: int
) -> None:
    """Each margin lies between its origin and its target, at every time (GV-2)."""
    assert all((place >= 0, place < MARGINS, span > 0, passed >= 0))
    ramp = Ramp(alone(place, origin), alone(place, target), start, start + span)
    value = astuple(kernel.margins_at(ramp, start + passed))[place]
    assert between(origin, value, target)


def t_ramp_never_turns_back(
    place: int, origin: int, target: int, span: int, passed: int, *, more: int
) -> None:
    """On the way each margin lies between what it was earlier and its target (GV-2)."""
    assert all((place >= 0, place < MARGINS, passed >= 0, more >= 0, passed + more < span))
    ramp = Ramp(alone(place, origin), alone(place, target), 0, span)
    early = astuple(kernel.margins_at(ramp, passed))[place]
    late = astuple(kernel.margins_at(ramp, passed + more))[place]
    assert between(early, late, target)


def t_ramp_is_in_proportion_to_time(
    place: int, origin: int, target: int, span: int, passed: int
) -> None:
    """Each margin is less than one from its exact place on the way (GV-2)."""
    assert all((place >= 0, place < MARGINS, passed >= 0, passed < span))
    ramp = Ramp(alone(place, origin), alone(place, target), 0, span)
    value = astuple(kernel.margins_at(ramp, passed))[place]
    error = (value - origin) * span - (target - origin) * passed
    assert all((error < span, -error < span))


def t_ramp_between_lawful_fractions_is_lawful(
    origin: tuple[int, int, int, int], target: tuple[int, int, int, int], span: int, passed: int
) -> None:
    """Fractions that obey their laws at both ends of a ramp do so at every time (GV-2)."""
    assert all((span > 0, passed >= 0, lawful(Margins(*origin)), lawful(Margins(*target))))
    ramp = Ramp(Margins(*origin), Margins(*target), 0, span)
    assert lawful(kernel.margins_at(ramp, passed))


def t_change_moves_no_margin_at_once(
    origin: Margins, target: Margins, floor: int, time: int, interval: int
) -> None:
    """Where changes take time margins stay, a ramp leads on, the rest changes at once (GV-2)."""
    assert all((interval > 0, origin != target))
    asked = replace(kernel.with_margins(asset_of().parameters, target), price_floor=floor)
    now, ramp = kernel.on_ramp(origin, asked, time, interval)
    leads = ramp == Ramp(origin, target, time, time + interval)
    assert all((leads, kernel.margins_of(now) == origin, now.price_floor == floor))


def t_change_without_time_holds_at_once(
    origin: Margins, target: Margins, time: int, interval: int
) -> None:
    """Where changes take no time, or change nothing, the new values are in force (GV-2)."""
    assert all((interval >= 0, any((interval == 0, origin == target))))
    asked = kernel.with_margins(asset_of().parameters, target)
    now, ramp = kernel.on_ramp(origin, asked, time, interval)
    assert all((now == asked, ramp is None))
