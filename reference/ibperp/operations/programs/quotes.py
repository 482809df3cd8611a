"""Requests for quotes: ask, quote, accept, and what ends them (chapter programs)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.book import reaches
from ibperp.events import Quoted, QuoteWithdrawn, RequestEnd, RequestOpened, RequestRefreshed
from ibperp.numbers import in_range
from ibperp.operations.effect import Effect, account_exists, due_checks, not_reserved, rejection
from ibperp.operations.programs.block_trade import (
    block_traded,
    ended_request,
    trade_checks,
    with_request,
)
from ibperp.operations.programs.conversion_terms import (
    conversion_limit,
    conversion_lots,
    owed_beyond_dollars,
)
from ibperp.operations.spot_margin.checks import limit_price
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.portfolio import health
from ibperp.programs import Quote, QuoteRequest, QuoteStatus, RequestKind
from ibperp.records import replace
from ibperp.state import Market, find_market

if TYPE_CHECKING:
    from ibperp.actions import (
        AcceptQuote,
        CancelRequest,
        RefreshRequest,
        RequestQuote,
        SubmitQuote,
        WithdrawQuote,
    )
    from ibperp.operations.effect import Check
    from ibperp.outcomes import Outcome
    from ibperp.state import State


def request_quote(state: State, action: RequestQuote) -> Outcome:
    """Ask for quotes, of anyone or of one account, to trade all lots off the book (PG-2, PG-5)."""
    # PRECONDITIONS
    account, counterparty = action.account, action.counterparty
    market = find_market(state, action.market)
    is_named = counterparty != 0
    refused = rejection(
        (action.lots > 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (
            in_range(action.lots) and in_range(action.price) and in_range(action.expires),
            RejectionCode.OUT_OF_RANGE,
        ),
        (not is_named or counterparty != account, RejectionCode.SAME_ACCOUNT),
        (action.price >= 0, RejectionCode.PRICE_INVALID),
        _is_lasting(state, action.expires),
        account_exists(state, account),
        not_reserved(account),
        *((account_exists(state, counterparty), not_reserved(counterparty)) if is_named else ()),
        (market is not None, RejectionCode.MARKET_UNKNOWN),
    )
    if refused:
        return refused
    assert market is not None
    is_other = not is_named or not _are_of_one_user(state, account, counterparty)
    opened = sum(
        _is_own(request, account) and is_open(state, request) for request in state.requests
    )
    refused = rejection(
        (is_other, RejectionCode.COUNTERPARTY_MISMATCH),
        (opened < state.system.order_limit, RejectionCode.ORDER_LIMIT),
        *trade_checks(state, market, action.price, action.lots),
    )
    if refused:
        return refused

    # EFFECT
    request = QuoteRequest(
        account=account,
        market=market,
        side=action.side,
        lots=action.lots,
        price=action.price,
        counterparty=counterparty,
        immediate=action.immediate,
        expires=action.expires,
        flags=action.flags,
        kind=RequestKind.USER,
        status=QuoteStatus.OPEN,
        quotes=(),
    )
    effect = opened_request(Effect(state), request)

    # POSTCONDITIONS
    assert is_open(effect.state, effect.state.requests[len(state.requests)])
    return effect.accepted()


def refresh_request(state: State, action: RefreshRequest) -> Outcome:
    """Leave one's request open until another time; quotes for the time before it end (PG-2)."""
    # PRECONDITIONS
    malformed = rejection(
        (in_range(action.expires), RejectionCode.OUT_OF_RANGE),
        _is_lasting(state, action.expires),
        *_named_checks(state, action.account, action.request),
    )
    refused = malformed or rejection(*_own_checks(state, action.account, action.request))
    if refused:
        return refused

    # EFFECT
    effect, request = Effect(state), state.requests[action.request]
    for quote in request.quotes:
        effect = effect.noted(effect.state, QuoteWithdrawn(action.request, quote.account))
    changed = replace(request, expires=action.expires, quotes=())
    refreshed = RequestRefreshed(action.request, action.expires)
    effect = effect.noted(with_request(state, action.request, changed), refreshed)

    # POSTCONDITIONS
    assert is_open(effect.state, effect.state.requests[action.request])
    return effect.accepted()


def cancel_request(state: State, action: CancelRequest) -> Outcome:
    """Take one's request back, with its quotes (PG-2)."""
    # PRECONDITIONS
    unknown = rejection(*_named_checks(state, action.account, action.request))
    refused = unknown or rejection(*_own_checks(state, action.account, action.request))
    if refused:
        return refused

    # EFFECT
    index = action.request
    effect = ended_request(Effect(state), index, QuoteStatus.CANCELLED, RequestEnd.CANCELLED)

    # POSTCONDITIONS
    assert not is_open(effect.state, effect.state.requests[index])
    return effect.accepted()


def submit_quote(state: State, action: SubmitQuote) -> Outcome:
    """Offer a price for a request; an immediate request trades at it at once (PG-3, PG-4)."""
    # PRECONDITIONS
    account, index = action.account, action.request
    refused = rejection(
        (in_range(action.price), RejectionCode.OUT_OF_RANGE),
        (action.price > 0, RejectionCode.PRICE_INVALID),
        *_named_checks(state, account, index),
    )
    if refused:
        return refused
    request = state.requests[index]
    is_own = account == request.account
    is_meant = is_own or not _are_of_one_user(state, account, request.account)
    refused = rejection(
        (not is_own, RejectionCode.SAME_ACCOUNT),
        (is_open(state, request), RejectionCode.REQUEST_NOT_OPEN),
        (
            is_meant and request.counterparty in {0, account},
            RejectionCode.COUNTERPARTY_MISMATCH,
        ),
    )
    if refused:
        return refused
    is_system = request.kind is RequestKind.CONVERSION
    serves = request.price == 0 or reaches(request.side, request.price, action.price)
    if is_system:
        serves = serves and _serves_now(state, request, action.price)
    refused = rejection(
        *trade_checks(state, request.market, action.price, request.lots),
        (serves, RejectionCode.PRICE_OUT_OF_BOUNDS),
        *(_system_checks(state, request) if is_system else ()),
    )
    if refused:
        return refused

    # EFFECT
    quote = Quote(account, action.price, action.flags)
    quoted = Effect(state).noted(state, Quoted(index, account, action.price))
    if request.immediate:
        traded = block_traded(quoted, index, quote)
        return traded if isinstance(traded, Rejected) else traded.accepted()
    others = (other for other in request.quotes if other.account != account)
    quotes = tuple(sorted((*others, quote), key=lambda each: each.account))
    after = with_request(state, index, replace(request, quotes=quotes))

    # POSTCONDITIONS
    assert quote_of(after.requests[index], account) == quote
    return quoted.noted(after).accepted()


def withdraw_quote(state: State, action: WithdrawQuote) -> Outcome:
    """Take one's quote back (PG-3)."""
    # PRECONDITIONS
    account, index = action.account, action.request
    refused = rejection(*_named_checks(state, account, index))
    if refused:
        return refused
    request = state.requests[index]
    refused = rejection(
        (is_open(state, request), RejectionCode.REQUEST_NOT_OPEN),
        (quote_of(request, account) is not None, RejectionCode.QUOTE_UNKNOWN),
    )
    if refused:
        return refused

    # EFFECT
    quotes = tuple(quote for quote in request.quotes if quote.account != account)
    after = with_request(state, index, replace(request, quotes=quotes))

    # POSTCONDITIONS
    assert quote_of(after.requests[index], account) is None
    return Effect(state).noted(after, QuoteWithdrawn(index, account)).accepted()


def accept_quote(state: State, action: AcceptQuote) -> Outcome:
    """Trade one's request with one of its quotes (PG-4)."""
    # PRECONDITIONS
    account, index = action.account, action.request
    refused = rejection(*_named_checks(state, account, index))
    if refused:
        return refused
    request = state.requests[index]
    quote = quote_of(request, action.quoter)
    refused = rejection(
        *_own_checks(state, account, index),
        (quote is not None, RejectionCode.QUOTE_UNKNOWN),
    )
    if refused:
        return refused
    assert quote is not None
    refused = rejection(*trade_checks(state, request.market, quote.price, request.lots))
    if refused:
        return refused

    # EFFECT
    traded = block_traded(Effect(state), index, quote)
    if isinstance(traded, Rejected):
        return traded

    # POSTCONDITIONS
    assert not is_open(traded.state, traded.state.requests[index])
    return traded.accepted()


def opened_request(effect: Effect, request: QuoteRequest) -> Effect:
    """Take a request on under the next id, of an account or of the system (PG-2, PG-6)."""
    index = len(effect.state.requests)
    state = replace(effect.state, requests=effect.state.requests.append(request))
    event = RequestOpened(
        request=index,
        account=request.account,
        market=request.market,
        side=request.side,
        lots=request.lots,
        price=request.price,
        counterparty=request.counterparty,
        expires=request.expires,
    )
    return effect.noted(state, event)


def is_open(state: State, request: QuoteRequest) -> bool:
    """Tell whether a request may still be quoted; the clock alone ends it too (PG-2)."""
    return request.status is QuoteStatus.OPEN and state.time < request.expires


def quote_of(request: QuoteRequest, account: int) -> Quote | None:
    """Return the quote of an account for a request, or None (PG-3)."""
    return next((quote for quote in request.quotes if quote.account == account), None)


def _system_checks(state: State, request: QuoteRequest) -> tuple[Check, ...]:
    """Check that an account is due, or still owes the fund what a request is to pay (PG-6)."""
    *feeds, (is_due, code) = due_checks(state, request.account)
    return (*feeds, (is_due or _pays_fund(state, request), code))


def _pays_fund(state: State, request: QuoteRequest) -> bool:
    """Tell whether all lots of a request pay what its account owes the fund by now (ST-9)."""
    owed, market = owed_beyond_dollars(state, request.account), state.markets[request.market]
    assert isinstance(market, Market)
    return owed > 0 and request.lots <= conversion_lots(state, market, owed, 0)


def _serves_now(state: State, request: QuoteRequest, price: int) -> bool:
    """Tell whether a quote reaches the bound as it is now, and not only as it was (PG-6, ST-9)."""
    found, market = health(state, state.accounts[request.account]), state.markets[request.market]
    if isinstance(market, Market) and _pays_fund(state, request):
        return price >= conversion_limit(state, market)
    if found.exposure == 0:
        return True
    return reaches(request.side, limit_price(state, found, request.market, request.side), price)


def _is_lasting(state: State, expires: int) -> Check:
    lasts = state.time < expires <= state.time + state.system.request_lifetime
    return lasts, RejectionCode.EXPIRY_INVALID


def _named_checks(state: State, account: int, request: int) -> tuple[Check, ...]:
    is_known = 0 <= request < len(state.requests)
    return (
        account_exists(state, account),
        not_reserved(account),
        (is_known, RejectionCode.REQUEST_UNKNOWN),
    )


def _own_checks(state: State, account: int, index: int) -> tuple[Check, ...]:
    """Check that a request is open and the account's to decide on; one of the system is not."""
    request = state.requests[index]
    return (
        (_is_own(request, account), RejectionCode.REQUEST_NOT_OWNED),
        (is_open(state, request), RejectionCode.REQUEST_NOT_OPEN),
    )


def _is_own(request: QuoteRequest, account: int) -> bool:
    return request.account == account and request.kind is RequestKind.USER


def _are_of_one_user(state: State, account: int, other: int) -> bool:
    return state.accounts[account].user == state.accounts[other].user
