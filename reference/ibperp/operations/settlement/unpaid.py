"""Interest on unpaid amounts: debts to the fund pay it, claims on it earn it (ST-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.events import SettlementSource
from ibperp.numbers import div_down
from ibperp.pool import CARRY_UNIT
from ibperp.position import unrealized
from ibperp.records import replace
from ibperp.sharing import parts
from ibperp.state import Perpetual
from ibperp.unpaid import NOTHING_UNPAID, Unpaid, bearing, debts_left

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibperp.operations.settlement.clearing import Clearing, Sheet


def charge(clearing: Clearing, sheets: list[Sheet]) -> None:
    """Charge debts for the time since the settlement before, and book it to claims (ST-10).

    Whole atoms are booked, and the rest is carried on both sides, so frequent settlements lose
    nothing. An account without an unpaid amount has no part in it.
    """
    sheets = [sheet for sheet in sheets if sheet.account.unpaid is not NOTHING_UNPAID]
    carries = _carried(clearing, sheets)
    charged = [div_down(max(-carry, 0), CARRY_UNIT) for carry in carries]
    earned = _shared(sum(charged), [max(carry, 0) for carry in carries])
    for sheet, carry, paid, gained in zip(sheets, carries, charged, earned, strict=True):
        left, booked = sheet.account.unpaid, gained - paid
        clearing.note(sheet, None, booked, SettlementSource.UNPAID_INTEREST)
        rest = carry - booked * CARRY_UNIT
        _put(sheet, Unpaid(left.amount, left.interest + paid, rest))


def note_unpaid(clearing: Clearing, sheets: list[Sheet]) -> int:
    """Note what the settlement leaves of each claim and debt; return the sum of debts (ST-10).

    A payment ends what was lost before it ends the interest.
    """
    markets = clearing.state.markets
    for sheet in sheets:
        amount, left = sheet.unsettled, sheet.account.unpaid
        for position in sheet.positions:
            market = markets[position.market]
            assert isinstance(market, Perpetual)
            amount += unrealized(position, market.mark_price)
        if amount or left is not NOTHING_UNPAID:
            _put(sheet, Unpaid(amount, min(left.interest, max(-amount, 0)), left.carry))
    return debts_left([sheet.account.unpaid for sheet in sheets])


def _put(sheet: Sheet, unpaid: Unpaid) -> None:
    if unpaid != sheet.account.unpaid:
        sheet.account = replace(sheet.account, unpaid=unpaid)


def _carried(clearing: Clearing, sheets: list[Sheet]) -> list[int]:
    """Return the carries with the current interest: less what debts owe, more what claims earn."""
    left = [sheet.account.unpaid for sheet in sheets]
    rate_time = clearing.state.unpaid_rate_time
    owed = [bearing(sheet.account.unpaid, sheet.unsettled) * rate_time for sheet in sheets]
    earned = _shared(sum(owed), [max(unpaid.amount, 0) for unpaid in left])
    return [unpaid.carry - due + gain for unpaid, due, gain in zip(left, owed, earned, strict=True)]


def _shared(available: int, amounts: Sequence[int]) -> list[int]:
    """Return the parts of what is shared in proportion; zeros of nothing (ST-3)."""
    return parts(available, amounts) if available else [0] * len(amounts)
