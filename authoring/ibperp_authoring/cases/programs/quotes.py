"""Cases of quotes (PG-3)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, WithdrawQuote
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import SPOT, Case, Group, Why
from ibperp_authoring.cases.programs.steps import asked, quoted
from ibperp_authoring.cases.setups import MAX, USD

_PLAIN: Final = Group("liquidation")
_ASKED: Final = Group("liquidation", (asked(),))
_QUOTED: Final = Group("liquidation", (asked(), quoted(4), quoted(5, USD + 1)))
_SPOT: Final = Group("liquidation", (asked(3, SPOT),))

_QUOTES: Final[tuple[Case, ...]] = (
    _ASKED.accept("PG-3-001", "an account quotes", quoted(4)),
    _ASKED.accept("PG-3-002", "a new quote replaces one's own", quoted(4), quoted(4, USD - 1)),
    _ASKED.accept("PG-3-003", "quotes stand by account", quoted(5), quoted(4)),
    *_ASKED.refusals(
        "PG-3-001",
        ("PG-3-004", "an account does not quote its own request", quoted(3), R.SAME_ACCOUNT),
        ("PG-3-005", "a quote has a price", quoted(4, 0), R.PRICE_INVALID),
        ("PG-3-006", "a price beyond the range", quoted(4, MAX + 1), R.OUT_OF_RANGE),
        ("PG-3-007", "no such request", quoted(4, request=1), R.REQUEST_UNKNOWN),
        ("PG-3-008", "no such account", quoted(99), R.ACCOUNT_UNKNOWN),
        ("PG-3-009", "the insurance quotes nothing", quoted(1), R.ACCOUNT_RESERVED),
    ),
    _SPOT.reject(
        "PG-3-010",
        "a quote beyond the band of limit orders",
        quoted(6, 11 * USD),
        code=R.PRICE_OUT_OF_BOUNDS,
        twin="PG-4-006",
    ),
    _PLAIN.reject(
        "PG-3-011",
        "who was not named may not quote",
        asked(counterparty=4),
        quoted(5),
        code=R.COUNTERPARTY_MISMATCH,
        twin="PG-3-012",
    ),
    _PLAIN.accept("PG-3-012", "who was named may quote", asked(counterparty=4), quoted(4)),
    _PLAIN.reject(
        "PG-3-013",
        "an account of the same user may not quote",
        asked(2),
        quoted(8),
        code=R.COUNTERPARTY_MISMATCH,
        twin="PG-3-001",
    ),
    _PLAIN.accept("PG-3-014", "a quote at the worst price serves", asked(price=USD), quoted(4)),
    _PLAIN.reject(
        "PG-3-015",
        "an atom beyond the worst price it does not",
        asked(price=USD),
        quoted(4, USD + 1),
        code=R.PRICE_OUT_OF_BOUNDS,
        twin="PG-3-014",
        why=Why.BOUNDARY,
    ),
    _ASKED.reject(
        "PG-3-016",
        "what is over is not quoted",
        AdvanceTime(300),
        quoted(4),
        code=R.REQUEST_NOT_OPEN,
        twin="PG-3-001",
    ),
    _QUOTED.accept("PG-3-017", "a quote is taken back", WithdrawQuote(4, 0)),
    *_QUOTED.refusals(
        "PG-3-017",
        ("PG-3-018", "who quoted nothing takes nothing back", WithdrawQuote(6, 0), R.QUOTE_UNKNOWN),
        ("PG-3-019", "no such request to quote", WithdrawQuote(4, 7), R.REQUEST_UNKNOWN),
    ),
)


CASES: Final[tuple[Case, ...]] = (*_QUOTES,)
