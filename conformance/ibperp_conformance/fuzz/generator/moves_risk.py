"""Single steps of liquidation, programs and governance, drawn from the state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ibperp.actions import (
    AcceptQuote,
    Action,
    CancelRequest,
    ConvertCollateral,
    FundInsurance,
    Halt,
    Liquidate,
    RefreshRequest,
    RegisterBackstop,
    RequestQuote,
    ResolveBankruptcy,
    Resume,
    RunRisk,
    SetAssetParameters,
    SetSystemParameters,
    SubmitQuote,
    WithdrawQuote,
)
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.orders import Side
from ibperp.portfolio import health
from ibperp.programs import QuoteStatus
from ibperp.risk import due_accounts, resources
from ibperp_conformance.fuzz.generator.moves_markets import flags, market_of, priced

if TYPE_CHECKING:
    from ibperp.programs import QuoteRequest
    from ibperp_conformance.fuzz.generator.run import Run

BITS = (False, True)
FEW_REQUESTS = 6
"""So many of the newest requests are looked at for quotes."""


def worked(run: Run) -> Action:
    """Work on an account that is due, on one that owes without assets, or on all."""
    due = due_accounts(run.state)
    account = run.pick(due) if due and not run.chance(12) else run.owner()
    owing = [own for own in run.owners() if run.account(own).unsettled < 0]
    kinds: tuple[Action, ...] = (
        *[Liquidate(account)] * 5,
        *[ResolveBankruptcy(account)] * 2,
        *[ConvertCollateral(run.pick(owing) if owing else account)] * 2,
        RunRisk(run.pick((1, 1, 2, 3, 5, 100))),
    )
    return run.pick(kinds)


def insured(run: Run) -> Action:
    """Pay into the insurance, with what it owes in mind."""
    account, index = run.owner(), run.asset()
    free = run.holds(account, index)
    return FundInsurance(account, run.state.assets[index].symbol, run.near(run.pick((1, 10, free))))


def backed(run: Run) -> Action:
    """Offer to take failing accounts over, up to about what one of them is worth."""
    exposures = [health(run.state, run.account(own)).exposure for own in run.owners()]
    size = run.near(max(exposures, default=1))
    return RegisterBackstop(run.owner(), run.pick((0, size, size, 10**9, INT128_MAX)))


def asked(run: Run) -> Action | None:
    """Request quotes of any account or of one account."""
    if not run.state.markets:
        return None
    place, side = market_of(run), run.pick(tuple(Side))
    lifetime = run.state.system.request_lifetime
    return RequestQuote(
        account=run.owner(),
        market=run.state.markets[place].symbol,
        side=side,
        lots=run.pick((1, 2, 5, 20)),
        price=run.pick((0, 0, priced(run, place, side))),
        counterparty=run.pick((0, 0, 0, run.owner())),
        immediate=run.chance(3),
        expires=run.state.time + run.pick((lifetime, lifetime, 1, 0, lifetime + 1)),
        flags=flags(run),
    )


def quoted(run: Run) -> Action | None:
    """Quote, accept, withdraw, refresh or cancel one of the newest requests."""
    first = max(len(run.state.requests) - FEW_REQUESTS, 0)
    ids = range(first, len(run.state.requests))
    live = [index for index in ids if run.state.requests[index].status is QuoteStatus.OPEN]
    if not live:
        over = list(ids)
        return CancelRequest(run.owner(), run.pick(over)) if over and run.chance(8) else None
    index = run.pick(live)
    request = run.state.requests[index]
    own = request.account if not run.chance(10) else run.owner()
    quoter = run.pick(request.quotes).account if request.quotes else run.owner()
    expires = run.state.time + run.pick((1, run.state.system.request_lifetime))
    kinds: tuple[Action, ...] = (
        CancelRequest(own, index),
        RefreshRequest(own, index, expires),
        WithdrawQuote(quoter, index),
        *[AcceptQuote(own, index, quoter)] * (9 if request.quotes else 1),
        *[SubmitQuote(*_offer(run, index, request), flags(run))] * 9,
    )
    return run.pick(kinds)


def _offer(run: Run, index: int, request: QuoteRequest) -> tuple[int, int, int]:
    """Return who quotes, the request, and a price at its bound or near the mark."""
    bound = request.price
    near = priced(run, request.market, request.side)
    price = run.pick((bound, bound, bound + 1, max(bound - 1, 1), near)) if bound else near
    return request.counterparty or run.owner(), index, price


def resystemed(run: Run) -> Action:
    """Change the system: ages, limits, weights, each alone, some to where the state stands."""
    system = run.state.system
    borrowed = sum(
        -own.virtual_value
        for account in run.state.accounts
        for own in account.positions
        if own.virtual < 0
    )
    covered = resources(run.state)
    changes: tuple[dict[str, object], ...] = (
        {"liquidation_fraction": run.pick((1, 10, 33, 50, 100)) * RATIO // 100},
        {"liquidation_fee": run.pick((0, 1, 5, 30)) * RATIO // 1000},
        {
            "insurance_limit": run.pick(
                (0, 1, max(covered - 1, 0), covered, covered + 1, INT128_MAX)
            )
        },
        {"non_recourse": run.pick(BITS)},
        {"ramp_interval": run.pick((0, 60, 600))},
        {"request_lifetime": run.pick((0, 300, 10**6))},
        {"account_virtual_limit": run.pick((0, 1, borrowed, borrowed + 1, INT128_MAX))},
        {"system_virtual_limit": run.pick((0, max(borrowed - 1, 0), borrowed, INT128_MAX))},
        {"book_utilization_limit": run.pick((0, 10, 50, 100)) * RATIO // 100},
        {"unrealized_weight": run.pick((0, 50, 100)) * RATIO // 100, "unrealized_cap": INT128_MAX},
        {"unsettled_weight": run.pick((0, 50, 100)) * RATIO // 100, "unsettled_cap": 50},
        {"unrealized_cap": run.pick((0, 10, 1000))},
        {"liquidation_price_age": run.pick((0, 60, 10**8)), "order_price_age": 10**8},
        {"borrow_price_age": run.pick((0, 60, 10**8)), "withdrawal_price_age": 10**8},
        {"liquidation_grace": run.pick((0, 60)), "order_limit": run.pick((1, 2, 20))},
        {"auto_close_offset": run.pick((0, 6)) * RATIO // 100, "entry_fee": run.pick(BITS)},
        {"quote_unit": system.quote_unit + 1},
    )
    return SetSystemParameters(replace(system, **run.pick(changes)))  # type: ignore[arg-type]


def reassessed(run: Run) -> Action:
    """Change what an asset counts for, its margins, its limits or its floor."""
    asset = run.state.assets[run.asset()]
    limits = asset.parameters
    imf = run.pick((2, 4, 10, 30)) * RATIO // 100
    weight = run.pick((0, 50, 90, 100)) * RATIO // 100
    changes: tuple[dict[str, object], ...] = (
        {"haircut": replace(limits.haircut, weight=weight)},
        {"haircut": replace(limits.haircut, base=RATIO, penalty=run.near(RATIO // 100))},
        {"imf_base": imf, "mmf_base": imf // 2},
        {"imf_factor": limits.imf_factor + RATIO // 10**6},
        {"price_floor": run.pick((0, 0, asset.price, max(asset.price - 1, 0)))},
        {"price_update_min": 90 * RATIO // 100, "price_update_max": 110 * RATIO // 100},
        {"price_update_min": 0, "price_update_max": 10**4 * RATIO},
        {"lot_atoms": limits.lot_atoms + 1},
    )
    changed = replace(limits, **run.pick(changes))  # type: ignore[arg-type]
    return SetAssetParameters(asset.symbol, changed)


def halted(run: Run) -> Action:
    """Resume if the system is halted; else halt it, seldom resume it."""
    return Resume() if run.state.is_halted or run.chance(8) else Halt()
