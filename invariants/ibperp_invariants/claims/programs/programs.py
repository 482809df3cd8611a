"""Invariants of the market makers' programs: backstops, requests, quotes and their trades."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from ibperp import book as kernel
from ibperp.actions import AcceptQuote, SubmitQuote
from ibperp.programs import RequestKind
from ibperp.state import FEES, INSURANCE
from ibperp_invariants.step.step import state_invariant, step_invariant
from ibperp_invariants.view.view import changed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import QuoteRequestView, View


def requests_trade_balance(step: Step) -> Iterator[str]:
    """Check a trade off the book against its request: lots, price, quoter, fees (PG-4, PG-6)."""
    blocks = step.facts.blocks
    if blocks and not (isinstance(step.action, SubmitQuote | AcceptQuote) and len(blocks) == 1):
        yield f"{type(step.action).__name__} traded {len(blocks)} requests"
        return
    for fact in blocks:
        request = step.before.requests.get(fact.request)
        if request is None or step.before.time >= request.expires:
            yield f"request {fact.request} was not open at {step.before.time}: {request}"
            continue
        serves = request.price == 0 or kernel.reaches(request.side, request.price, fact.price)
        same = (request.market, request.lots) == (fact.market, fact.lots)
        if not (serves and same) or request.counterparty not in {0, fact.quoter}:
            yield f"request {fact.request}: {fact} does not serve {request}"
        quote = request.quotes.get(fact.quoter)
        if isinstance(step.action, AcceptQuote) and (quote is None or quote.price != fact.price):
            yield f"request {fact.request}: {fact} is not the quote {quote}"
        if fact.request in step.after.requests:
            yield f"request {fact.request} is still open"
        expected = _fees(step, request, fact.lots * fact.price)
        if expected and (fact.quoter_fee, fact.requester_fee) != expected:
            yield f"request {fact.request}: the fees of {fact} should be {expected}"


def quotes_name_open_requests(view: View, totals: Totals) -> Iterator[str]:
    """Check who quotes each open request, and at what price (PG-2, PG-3)."""
    del totals
    yield from _misquoted(view, view.requests)


def one_conversion_an_account(view: View, totals: Totals) -> Iterator[str]:
    """Check that no account has two open requests of the system (LQ-5, PG-6)."""
    del totals
    yield from _asked_twice(view, view.requests)


def backstops_have_capacity(view: View, totals: Totals) -> Iterator[str]:
    """Check that every provider is an account of a user, with capacity left (PG-1, LQ-6)."""
    del totals
    for account, capacity in view.backstops.items():
        if account not in view.accounts or account in {FEES, INSURANCE} or capacity <= 0:
            yield f"provider {account} has a capacity of {capacity}"


def _fees(step: Step, request: QuoteRequestView, paid: int) -> tuple[int, int] | None:
    """Return the fees of quoter and requester; a conversion pays none, and no rebate (PG-6)."""
    market = step.before.markets.get(request.market)
    limits = market.parameters if market else None
    if limits is None:
        return None
    fees = kernel.fee(paid, limits.maker_fee), kernel.fee(paid, limits.taker_fee)
    return (max(fees[0], 0), 0) if request.kind is RequestKind.CONVERSION else fees


def _misquoted(view: View, requests: Iterable[int]) -> Iterator[str]:
    for index in requests:
        request = view.requests.get(index)
        if request is None:
            continue
        asker = view.accounts.get(request.account)
        if asker is None or request.lots <= 0 or request.price < 0:
            yield f"request {index} of account {request.account} asks for {request.lots} lots"
            continue
        for account, quote in request.quotes.items():
            quoter = view.accounts.get(account)
            is_other = quoter is not None and quoter.user != asker.user
            is_meant = request.counterparty in {0, account} and not request.immediate
            serves = request.price == 0 or kernel.reaches(request.side, request.price, quote.price)
            if not (is_other and is_meant and serves) or quote.price <= 0:
                yield f"request {index}: account {account} quotes {quote.price}: {request}"


def _asked_twice(view: View, requests: Collection[int]) -> Iterator[str]:
    asked = Counter(
        request.account
        for request in (view.requests.values() if requests else ())
        if request.kind is RequestKind.CONVERSION and view.time < request.expires
    )
    for account, count in asked.items():
        if count > 1:
            yield f"account {account} has {count} open requests for its collateral"


PROGRAMS: Final[tuple[Invariant, ...]] = (
    step_invariant(
        requests_trade_balance,
        "PG-3 PG-4 PG-5 PG-6",
        "A request trades once, as a whole, with an account that it admits, at a price that "
        "serves it and at the fees of its market; a conversion pays none.",
    ),
    state_invariant(
        quotes_name_open_requests,
        "PG-2 PG-3 PG-5",
        "Only open requests have quotes, of accounts of other users that they admit, at prices "
        "that serve.",
        lambda step: _misquoted(step.after, changed(step.before.requests, step.after.requests)),
    ),
    state_invariant(
        one_conversion_an_account,
        "LQ-5 PG-6",
        "The system asks for an account's collateral once at a time: no account has two open "
        "requests of the system.",
        lambda step: _asked_twice(step.after, changed(step.before.requests, step.after.requests)),
    ),
    state_invariant(
        backstops_have_capacity,
        "PG-1 LQ-6",
        "Every registered provider is an account of a user, and has capacity left.",
    ),
)
