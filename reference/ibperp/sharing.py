"""How an amount is shared among claims in proportion, without a rest (chapter settlement)."""

from ibperp.numbers import mul_div_down


def share(available: int, claimed: int, total: int, shared: int) -> int:
    """Return the part of the claim that brings the sum of claims so far to `claimed` (ST-3).

    All claims so far together get `claimed / total` of what is `available`, rounded down; `shared`
    is what those before got. `total` is positive.
    """
    return mul_div_down(available, claimed, total) - shared
