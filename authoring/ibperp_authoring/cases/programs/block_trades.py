"""Cases of the block trade (PG-4)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AcceptQuote, Deposit, Lend, ListMarket
from ibperp.orders import OrderFlags, Side
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import SPOT, Case, Group, Refused, Why
from ibperp_authoring.cases.programs.steps import asked, quoted
from ibperp_authoring.cases.settlement.setups import contract_with, opened
from ibperp_authoring.cases.setups import COIN, MARKET, PERCENT, USD

_CREDIT: Final = OrderFlags(
    auto_lend=False, auto_lend_redeem=True, auto_borrow=True, auto_borrow_repay=True
)

_QUOTED: Final = Group("liquidation", (asked(), quoted(4), quoted(5, USD + 1)))
_SPOT: Final = Group("liquidation", (asked(3, SPOT),))

_TRADES: Final[tuple[Case, ...]] = (
    _QUOTED.accept("PG-4-001", "a quote is accepted: all lots at its price", AcceptQuote(3, 0, 5)),
    *_QUOTED.refusals(
        "PG-4-001",
        ("PG-4-002", "nobody else accepts", AcceptQuote(4, 0, 5), R.REQUEST_NOT_OWNED),
        ("PG-4-003", "no such quote", AcceptQuote(3, 0, 6), R.QUOTE_UNKNOWN),
        ("PG-4-004", "no such request to accept", AcceptQuote(3, 9, 5), R.REQUEST_UNKNOWN),
    ),
    _QUOTED.reject(
        "PG-4-005",
        "a request is filled once",
        AcceptQuote(3, 0, 5),
        AcceptQuote(3, 0, 4),
        code=R.REQUEST_NOT_OPEN,
        twin="PG-4-001",
    ),
    _SPOT.accept(
        "PG-4-006",
        "in a spot market both deliver, and the last price stays",
        quoted(6, USD),
        AcceptQuote(3, 0, 6),
    ),
    Group("liquidation", (asked(3, SPOT, lots=2000),)).trace(
        "PG-4-007",
        "who quotes more than it has may borrow it, if it said so",
        quoted(6, USD),
        Refused(AcceptQuote(3, 0, 6), R.INSUFFICIENT_FUNDS),
    ),
    Group("liquidation", (asked(3, SPOT, flags=_CREDIT, lots=1500),)).trace(
        "PG-4-008",
        "a requester may borrow what it pays, within its margin",
        quoted(5, USD, flags=_CREDIT),
        AcceptQuote(3, 0, 5),
    ),
    Group("liquidation", (asked(lots=12_000),)).trace(
        "PG-4-009",
        "the margin of both is checked: a position too large for the requester",
        quoted(5),
        Refused(AcceptQuote(3, 0, 5), R.INSUFFICIENT_MARGIN),
    ),
    Group("liquidation", (contract_with(position_limit=99), asked())).trace(
        "PG-4-010",
        "the limits of positions hold off the book too",
        quoted(4),
        Refused(AcceptQuote(3, 0, 4), R.POSITION_LIMIT),
    ),
    Group("liquidation", (contract_with(open_interest_limit=99), asked())).trace(
        "PG-4-011",
        "the limit of open interest holds off the book too",
        quoted(4),
        Refused(AcceptQuote(3, 0, 4), R.OPEN_INTEREST_LIMIT),
    ),
    Group("liquidation", (contract_with(maker_fee=-PERCENT, taker_fee=PERCENT), asked())).trace(
        "PG-4-012",
        "the quoter is the maker: it gets the rebate, the requester pays the fee",
        quoted(4),
        AcceptQuote(3, 0, 4),
    ),
    Group("liquidation", (*opened(3, 4, 50), asked(side=Side.ASK))).trace(
        "PG-4-013",
        "a block trade closes a position and opens the other side",
        quoted(4),
        AcceptQuote(3, 0, 4),
    ),
    Group("liquidation", (asked(immediate=True, price=USD),), Why.RULE).accept(
        "PG-4-014", "an immediate request trades with the first quote that serves", quoted(4)
    ),
    _QUOTED.reject(
        "PG-4-015",
        "a market that closed meanwhile is not traded",
        contract_with(order_book_state=OrderBookState.CANCEL_ONLY),
        AcceptQuote(3, 0, 5),
        code=R.TRADING_PAUSED,
        twin="PG-4-001",
    ),
    Group("liquidation", (asked(3, SPOT), Lend(6, "SOL", 10 * COIN)), Why.RULE).trace(
        "PG-4-016",
        "a quoter redeems what it delivers",
        quoted(6, USD, flags=_CREDIT),
        AcceptQuote(3, 0, 6),
    ),
    Group(
        "hourly",
        (ListMarket(SPOT, MARKET), Deposit(4, "SOL", "solana", 3, 5 * COIN)),
        clauses=("MM-7",),
    ).trace(
        "PG-4-017",
        "a quoter that borrows pays the entry fee, of which a requester that lends has a part",
        asked(4, SPOT, side=Side.ASK, lots=500),
        quoted(3, flags=_CREDIT),
        AcceptQuote(4, 0, 3),
    ),
)


CASES: Final[tuple[Case, ...]] = (*_TRADES,)
