"""Margins on their way: what a change of parameters does at once, and what over time (GV-2).

The kernel of ramps; every other rule reads the parameters that are in force and knows of no ramp.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from ibperp.numbers import mul_div_down, mul_div_up
from ibperp.parameters import AssetParameters, Margins, PerpetualParameters
from ibperp.state import Ramp

P = TypeVar("P", AssetParameters, PerpetualParameters)


def margins_of(limits: AssetParameters | PerpetualParameters) -> Margins:
    """Return what a ramp moves of the parameters of an asset or a perpetual (GV-2)."""
    own = (limits.imf_base, limits.imf_factor, limits.mmf_base, limits.mmf_factor)
    if isinstance(limits, PerpetualParameters):
        return Margins(*own)
    haircut = limits.haircut
    return Margins(*own, haircut.weight, haircut.base, haircut.penalty)


def with_margins(limits: P, margins: Margins) -> P:
    """Return the parameters with these margins in force (GV-2)."""
    changed = replace(
        limits,
        imf_base=margins.imf_base,
        imf_factor=margins.imf_factor,
        mmf_base=margins.mmf_base,
        mmf_factor=margins.mmf_factor,
    )
    if isinstance(changed, AssetParameters):
        weight, base, penalty = margins.weight, margins.base, margins.penalty
        haircut = replace(changed.haircut, weight=weight, base=base, penalty=penalty)
        return replace(changed, haircut=haircut)
    return changed


def margins_at(ramp: Ramp, time: int) -> Margins:
    """Return the margins at a time from the start of a ramp on (GV-2).

    Initial fractions and the penalty are rounded up, maintenance fractions and the other weights
    down: so a maintenance fraction that is below its initial one at both ends is so in between.
    """
    if time >= ramp.end:
        return ramp.target
    passed, span = time - ramp.start, ramp.end - ramp.start
    low, high = ramp.origin, ramp.target

    def down(origin: int, target: int) -> int:
        return origin + mul_div_down(target - origin, passed, span)

    def up(origin: int, target: int) -> int:
        return origin + mul_div_up(target - origin, passed, span)

    return Margins(
        imf_base=up(low.imf_base, high.imf_base),
        imf_factor=up(low.imf_factor, high.imf_factor),
        mmf_base=down(low.mmf_base, high.mmf_base),
        mmf_factor=down(low.mmf_factor, high.mmf_factor),
        weight=down(low.weight, high.weight),
        base=down(low.base, high.base),
        penalty=up(low.penalty, high.penalty),
    )


def on_ramp(origin: Margins, asked: P, time: int, interval: int) -> tuple[P, Ramp | None]:
    """Return the parameters that a change puts in force at once, and its ramp if it has one (GV-2).

    The ramp leads from `origin` to the margins that are asked for, over `interval` seconds.
    """
    target = margins_of(asked)
    if interval == 0 or origin == target:
        return asked, None
    return with_margins(asked, origin), Ramp(origin, target, time, time + interval)
