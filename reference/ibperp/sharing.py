"""How an amount is shared among claims in proportion, without a rest (chapter settlement)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.numbers import mul_div_down

if TYPE_CHECKING:
    from collections.abc import Sequence


def parts(available: int, amounts: Sequence[int]) -> list[int]:
    """Return what each of the claims gets of what is `available`, in their order (ST-3, LQ-9).

    The first i claims together get what is due to their sum, rounded down: the parts add up to
    `available`, and no claim waits for another.
    """
    total, claimed, shared = sum(amounts), 0, 0
    found = []
    for amount in amounts:
        claimed += amount
        part = share(available, claimed, total, shared)
        shared += part
        found.append(part)
    return found


def share(available: int, claimed: int, total: int, shared: int) -> int:
    """Return the part of the claim that brings the sum of claims so far to `claimed` (ST-3).

    All claims so far together get `claimed / total` of what is `available`, rounded down; `shared`
    is what those before got. `total` is positive.
    """
    return mul_div_down(available, claimed, total) - shared
