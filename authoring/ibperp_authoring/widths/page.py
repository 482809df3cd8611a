"""The page of widths, whose tables come from the kernels."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Final

from ibperp_authoring.widths.kernels import LIMITS, widths
from ibperp_conformance.protocol.profile import VENUE

PAGE: Final = Path(__file__).parents[3] / "docs" / "widths.md"
BEGIN: Final = "<!-- from the kernels: make widths -->"
END: Final = "<!-- end -->"
MEANT: Final = {
    "atoms": "atoms of one balance, one pool, one action",
    "price": "a price, quote atoms a lot",
    "lots": "lots of a position or an order",
    "value": "what one holding, debt or position is worth, quote atoms",
    "unit": "atoms of a lot, quote atoms of a dollar",
    "fraction": "the fraction of a notional that is required, in 10^-18",
    "lines": "assets and markets in one account",
    "multiplier": "the widest band, the base of a haircut, in 10^-18",
    "penalty": "the penalty of a haircut, in 10^-18",
}


def written(text: str) -> str:
    """Return the page with its tables as they are now."""
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    return f"{head}{BEGIN}\n\n{_bounds()}\n\n{_widths()}\n\n{END}{tail}"


def _bounds() -> str:
    rows = ["| bound | limits of NT-7 and the laws | profile `venue` |", "|---|--:|--:|"]
    for own in (each.name for each in fields(LIMITS) if each.name != "name"):
        shown = (_shown(getattr(profile, own)) for profile in (LIMITS, VENUE))
        rows.append(f"| {MEANT[own]} | {' | '.join(shown)} |")
    return "\n".join(rows)


def _widths() -> str:
    rows = ["| clause | function | bits at the limits | bits in `venue` |", "|---|---|--:|--:|"]
    for at_most, own in zip(widths(LIMITS), widths(VENUE), strict=True):
        name = own.function.removeprefix("ibperp.")
        rows.append(f"| {own.clause} | `{name}` | {at_most.bits} | {own.bits} |")
    return "\n".join(rows)


def _shown(value: int) -> str:
    """Return a bound as a power, if it is near one, else in full."""
    bits = value.bit_length()
    for base, power in ((2, bits), (2, bits - 1), (10, len(str(value)) - 1)):
        if value == base**power:
            return f"{base}^{power}"
        if value == base**power - 1:
            return f"{base}^{power} - 1"
    return "2^254" if bits == 254 else f"{value:,}"  # noqa: PLR2004
