"""What a settlement leaves of claims on the fund and of debts to it (chapter settlement)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.records import record

if TYPE_CHECKING:
    from collections.abc import Iterable


@record
class Unpaid:
    """What the last settlement left of an account's claim on the fund, or of its debt (ST-10).

    `amount`: signed atoms, its positions' gains included. `interest`: atoms of a debt that are
    interest, and bear no interest. `carry`: signed interest that is not booked, in parts of an
    atom.
    """

    amount: int = 0
    interest: int = 0
    carry: int = 0


NOTHING_UNPAID: Final = Unpaid()


def bearing(unpaid: Unpaid, unsettled: int) -> int:
    """Return the atoms of a debt that bear interest: left unpaid, still owed, no interest (ST-10).

    `unsettled`: what is unsettled now.
    """
    return max(min(-unpaid.amount, -unsettled) - unpaid.interest, 0)


def debts_left(unpaid: Iterable[Unpaid]) -> int:
    """Return what the last settlement left of debts, in atoms, without their interest (ST-10)."""
    return sum([max(-own.amount, 0) - own.interest for own in unpaid if own is not NOTHING_UNPAID])
