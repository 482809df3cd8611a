"""Planted faults in margins on their way."""

from dataclasses import fields, replace
from typing import Final

from ibperp import ramps as kernel
from ibperp.numbers import mul_div_down, mul_div_up
from ibperp.parameters import AssetParameters, Margins
from ibperp.state import Ramp
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault

_margins_at, _on_ramp = kernel.margins_at, kernel.on_ramp

Changed = tuple[AssetParameters, Ramp | None]


def _a_second_ahead(ramp: Ramp, time: int) -> Margins:
    return _margins_at(ramp, time + 1)


def _without_an_end(ramp: Ramp, time: int) -> Margins:
    """Go on beyond the target as if there was no end."""
    return Margins(
        *(
            getattr(ramp.origin, part.name)
            + mul_div_down(
                getattr(ramp.target, part.name) - getattr(ramp.origin, part.name),
                time - ramp.start,
                ramp.end - ramp.start,
            )
            for part in fields(Margins)
        )
    )


def _back_when_unlucky(ramp: Ramp, time: int) -> Margins:
    return ramp.origin if time == UNLUCKY else _margins_at(ramp, time)


def _rounded_the_other_way(ramp: Ramp, time: int) -> Margins:
    margins, passed, span = _margins_at(ramp, time), time - ramp.start, ramp.end - ramp.start
    if passed >= span:
        return margins
    low, high = ramp.origin, ramp.target
    return replace(
        margins,
        imf_base=low.imf_base + mul_div_down(high.imf_base - low.imf_base, passed, span),
        mmf_base=low.mmf_base + mul_div_up(high.mmf_base - low.mmf_base, passed, span),
    )


def _at_once(origin: Margins, asked: AssetParameters, time: int, interval: int) -> Changed:
    return asked, _on_ramp(origin, asked, time, interval)[1]


def _always_a_ramp(origin: Margins, asked: AssetParameters, time: int, interval: int) -> Changed:
    ramp = Ramp(origin, kernel.margins_of(asked), time, time + interval)
    return kernel.with_margins(asked, origin), ramp


_KERNEL: Final = kernel.__name__

FAULTS: Final = {
    "t_ramp_begins_at_its_origin": Fault(_KERNEL, "margins_at", "a second ahead", _a_second_ahead),
    "t_ramp_ends_at_its_target": Fault(
        _KERNEL, "margins_at", "goes on beyond its end", _without_an_end
    ),
    "t_ramp_stays_between_its_ends": Fault(
        _KERNEL, "margins_at", "goes on beyond its end", _without_an_end
    ),
    "t_ramp_never_turns_back": Fault(
        _KERNEL, "margins_at", "at its origin at 777", _back_when_unlucky
    ),
    "t_ramp_is_in_proportion_to_time": Fault(
        _KERNEL, "margins_at", "a second ahead", _a_second_ahead
    ),
    "t_ramp_between_lawful_fractions_is_lawful": Fault(
        _KERNEL, "margins_at", "rounded the other way", _rounded_the_other_way
    ),
    "t_change_moves_no_margin_at_once": Fault(_KERNEL, "on_ramp", "at once, and a ramp", _at_once),
    "t_change_without_time_holds_at_once": Fault(
        _KERNEL, "on_ramp", "a ramp always", _always_a_ramp
    ),
}
"""The planted fault of every theorem about ramps."""
