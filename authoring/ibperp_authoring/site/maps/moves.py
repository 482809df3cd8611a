"""The table of pool moves: which rule makes one, under which reason, with which checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ibperp.events import Reason, SettlementSource
from ibperp_authoring.markdown import rows
from ibperp_authoring.site.maps.observed import observed
from ibperp_authoring.site.maps.text import linked

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD: Final = ("reason", "move", "clause", "checks", "posting", "change of shares", "actions")
SOURCES_HEAD: Final = ("source", "events", "actions")
NO_SHARES: Final = "-"


class Move(NamedTuple):
    """A move of atoms or of pool shares: what it is, its clause, and what it checks."""

    move: str
    clause: str
    checks: str


POOL_MOVES: Final = {
    Reason.LEND: Move("lend", "MM-11", "stage 2 of MM-11"),
    Reason.REDEEM: Move("redeem", "MM-12", "stage 2 of MM-12"),
    Reason.BORROW: Move("borrow", "MM-13", "stage 2 of MM-13, then margin (PF-8)"),
    Reason.REPAY: Move("repay", "MM-14", "stage 2 of MM-14"),
    Reason.AUTO_LEND: Move("lend in a sweep", "MM-15", "stage 2 of MM-11; skipped if refused"),
    Reason.AUTO_REPAY: Move("repay in a sweep", "MM-15", "stage 2 of MM-14; skipped if refused"),
    Reason.WITHDRAWAL_REDEEM: Move("redeem in a funding", "MM-18", "stage 2 of MM-12"),
    Reason.WITHDRAWAL_BORROW: Move("borrow in a funding", "MM-18", "stage 2 of MM-13"),
    Reason.ORDER_REDEEM: Move("redeem in a funding", "MM-18", "stage 2 of MM-12"),
    Reason.ORDER_BORROW: Move("borrow in a funding", "MM-18", "stage 2 of MM-13"),
    Reason.DUST_REDEEM: Move("redeem all", "SM-12", "stage 3 of SM-12"),
    Reason.SETTLEMENT_REDEEM: Move("redeem without cash", "ST-3", "none"),
    Reason.SETTLEMENT_BORROW: Move(
        "borrow without cash", "ST-3", "stage 2 of MM-13 except `insufficient_supply`, then margin"
    ),
    Reason.SETTLEMENT_REPAY: Move("repay without cash", "ST-3", "none, also for less than a share"),
    Reason.SETTLEMENT_LEND: Move(
        "lend without cash", "ST-3", "stage 2 of MM-11 if `auto_lend` asks for it, otherwise none"
    ),
    Reason.LIQUIDATION_REPAY: Move(
        "repay (MM-14); a lend or virtual shares pass", "LQ-3", "stage 2 of MM-14 for the repayment"
    ),
    Reason.LIQUIDATION_REDEEM: Move("redeem what a step raises", "LQ-5", "the cash of the pool"),
    Reason.LIQUIDATION_BACKSTOP: Move(
        "a debt passes to a provider; payment in kind", "LQ-6", "margin of the provider (PF-8)"
    ),
    Reason.LIQUIDATION_ADL: Move(
        "a lend passes and cancels; payment in kind", "LQ-7", "a safe lender stays safe (PF-7)"
    ),
    Reason.LIQUIDATION_IN_KIND: Move(
        "a debt passes to the insurance; payment in kind", "LQ-7", "none"
    ),
    Reason.INSURANCE: Move(
        "repay from account `1`; a lend passes; payment in kind", "LQ-9", "`insurance_limit`"
    ),
    Reason.INSURANCE_FUNDED: Move(
        "a gift; the insurance repays (MM-14)", "LQ-8", "margin of the giver (PF-8)"
    ),
    Reason.BANKRUPTCY: Move("a debt is written off", "LQ-9", "`non_recourse`"),
}
"""The reasons of moves that change pool shares. A lend or a debt that passes: LQ-3."""


def move_table() -> str:
    """Return the table of moves that change pool shares, then of the other postings."""
    pool = rows(HEAD, (_row(reason, *POOL_MOVES[reason]) for reason in POOL_MOVES))
    others = (reason for reason in Reason if reason not in POOL_MOVES)
    postings = rows(("reason", "posting", "actions"), map(_posting, others))
    sources = rows(SOURCES_HEAD, map(_source, SettlementSource))
    return (
        f"{pool}\n## Postings that change no shares\n\n{postings}\n"
        f"## Sources of settlements\n\n{linked('ST-1')} says when each occurs.\n\n{sources}"
    )


def _row(reason: Reason, move: str, clause: str, checks: str) -> tuple[str, ...]:
    shares = observed().shares[reason.value]
    return (
        f"`{reason.value}`{{#{reason.value}}}",
        linked(move),
        linked(clause),
        linked(checks),
        _sides(reason),
        ", ".join(sorted(shares)) or NO_SHARES,
        _actions(observed().reasons[reason.value]),
    )


def _posting(reason: Reason) -> tuple[str, ...]:
    actions = _actions(observed().reasons[reason.value])
    return f"`{reason.value}`{{#{reason.value}}}", _sides(reason), actions


def _source(source: SettlementSource) -> tuple[str, ...]:
    seen = observed().sources[source.value]
    events = ", ".join(
        f"[`{kind}`](events.md#{kind})" for kind in sorted({kind for kind, _ in seen})
    )
    return f"`{source.value}`{{#{source.value}}}", events, _actions({action for _, action in seen})


def _sides(reason: Reason) -> str:
    pairs = sorted(observed().postings[reason.value])
    return "; ".join(f"`{debit}` to `{credit}`" for debit, credit in pairs) or "none"


def _actions(names: Iterable[str]) -> str:
    return ", ".join(f"[`{name}`](actions.md#{name})" for name in sorted(names))
