"""Stories: several steps with one aim, drawn from the state, that reach what chance does not.

A story looks ahead with the reference's own transition: for how much is accepted, and for the
smallest move of a price that makes an account fail.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ibperp.actions import (
    AdvanceTime,
    Borrow,
    Halt,
    Lend,
    Liquidate,
    RequestWithdrawal,
    Resume,
    RunRisk,
    SetAccountSettings,
    SetAssetParameters,
    SetPerpetualParameters,
    SetPrice,
    SetSystemParameters,
    Settle,
    SettleMarket,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.parameters import OrderBookState, PerpetualParameters
from ibperp.risk import due_accounts
from ibperp.state import Perpetual
from ibperp_conformance.fuzz.generator.moves_funds import again
from ibperp_conformance.fuzz.generator.moves_risk import asked, quoted
from ibperp_conformance.fuzz.generator.stories_holding import (
    capped,
    firm,
    funding,
    insured,
    received,
    reducing,
    reordered,
)
from ibperp_conformance.fuzz.generator.stories_risk import (
    crisis,
    drained,
    emptied,
    paused,
    providers,
    twins,
    work,
)
from ibperp_conformance.fuzz.generator.stories_trading import fresh, queued, traded

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.actions import Action
    from ibperp_conformance.fuzz.generator.run import Run

BITS: Final = (False, True)


def settlements(run: Run) -> None:
    """Let marks move and settle, several times, by accounts that pay in all ways."""
    places = run.perpetuals()
    if not places:
        return
    traded(run)
    if run.chance(2):
        for account in run.random.sample(run.owners(), min(3, len(run.owners()))):
            lend, repay, borrow = (run.pick(BITS) for _ in range(3))
            realize = run.chance(3)
            run.act(SetAccountSettings(account, lend, repay, borrow, realize, 10 * RATIO))
    for _ in range(run.random.randint(1, 4)):
        market = run.state.markets[run.pick(places)]
        assert isinstance(market, Perpetual)
        moved = run.share(run.mark(run.state.markets.index(market)), 80, 95, 99, 100, 101, 105, 120)
        run.act(UpdateMark(market.symbol, moved + run.pick((0, 1)), False, 0))
        run.act(AdvanceTime(run.state.time + run.state.system.settlement_interval))
        run.act(Settle())


def culled(run: Run) -> None:
    """Set the limits of virtual debt to where it stands, and settle: one side, the other."""
    debts = [
        -own.virtual_value
        for account in run.state.accounts
        for own in account.positions
        if own.virtual < 0
    ]
    if not debts:
        accounts = run.random.sample(run.owners(), min(3, len(run.owners())))
        for account in accounts:
            run.act(SetAccountSettings(account, False, False, True, False, 10 * RATIO))
        settlements(run)
        return
    total = sum(debts)
    limits: tuple[dict[str, Any], ...] = (
        {"account_virtual_limit": max(max(debts) + run.pick((-1, 0, 1)), 0)},
        {"system_virtual_limit": max(total + run.pick((-1, 0, 1)), 0)},
        {"system_virtual_limit": total // 2},
        {"book_utilization_limit": run.pick((0, 1, 10, 50)) * RATIO // 100},
    )
    changed = replace(run.state.system, **run.pick(limits))
    run.act(SetSystemParameters(changed))
    run.act(AdvanceTime(run.state.time + run.state.system.settlement_interval))
    run.act(Settle())


def halts(run: Run) -> None:
    """Halt, try this and that, resume, and try a liquidation within the grace and after it."""
    run.act(Halt())
    tried: tuple[Action, ...] = (
        Settle(),
        RunRisk(1),
        Lend(run.owner(), run.state.assets[0].symbol, 1),
    )
    run.act(run.pick(tried))
    if run.chance(2):
        run.act(AdvanceTime(run.state.time + 7))
    run.act(Resume())
    account = run.pick(due_accounts(run.state) or (run.owner(),))
    end = run.state.liquidation_time
    run.act(Liquidate(account))
    if end - 1 > run.state.time:
        run.act(AdvanceTime(end - 1))
        run.act(Liquidate(account))
    if end > run.state.time:
        run.act(AdvanceTime(end))
        run.act(Liquidate(account))


def ramps(run: Run) -> None:
    """Let margins or a haircut go to other values over time, and act on the way."""
    run.act(SetSystemParameters(replace(run.state.system, ramp_interval=run.pick((60, 607)))))
    if run.chance(2) and run.perpetuals():
        market = run.state.markets[run.pick(run.perpetuals())]
        assert isinstance(market.parameters, PerpetualParameters)
        imf = run.pick((3, 7, 21)) * RATIO // 100
        limits = replace(market.parameters, imf_base=imf, mmf_base=imf // 2 + 1)
        run.act(SetPerpetualParameters(market.symbol, limits))
    else:
        asset = run.state.assets[run.asset()]
        haircut = replace(asset.parameters.haircut, weight=run.pick((33, 71, 100)) * RATIO // 100)
        parameters = replace(asset.parameters, haircut=haircut, imf_base=RATIO // 7)
        if parameters.mmf_base < parameters.imf_base:
            run.act(SetAssetParameters(asset.symbol, parameters))
    for _ in range(run.random.randint(1, 3)):
        run.act(AdvanceTime(run.state.time + run.pick((1, 17, 59, 300, 700))))
        if run.chance(2):
            traded(run)


def cut(run: Run) -> None:
    """Ask for a price far beyond its limit, and act at what was set: the other way, then again."""
    asset = run.state.assets[run.asset()]
    price = max(asset.price, 1)
    run.act(SetPrice(asset.symbol, run.pick((price * 100, max(price // 100, 1)))))
    account = run.owner()
    for _ in range(2):
        run.offer(lambda: Borrow(account, asset.symbol, run.near(10)))
        run.offer(
            lambda: RequestWithdrawal(
                account, asset.symbol, asset.parameters.tokens[0].chain, run.near(10), True, True
            )
        )
    due = due_accounts(run.state)
    if due:
        work(run, run.pick(due))
    run.act(
        again(
            run.state.assets[run.state.assets.index(asset)]
            if asset in run.state.assets
            else run.state.assets[0]
        )
    )


def delisting(run: Run) -> None:
    """Close a perpetual market with positions and settle it at a price."""
    places = [place for place in run.perpetuals() if _perpetual(run, place).open_interest]
    if not places:
        traded(run)
        return
    market = _perpetual(run, run.pick(places))
    mark = max(market.mark_price, 1)
    closed = replace(market.parameters, order_book_state=OrderBookState.CLOSED)
    run.act(SettleMarket(market.symbol, mark))
    run.act(SetPerpetualParameters(market.symbol, closed))
    run.act(SettleMarket(market.symbol, run.pick((mark, mark + 1, mark * 9 // 10 + 1))))
    if run.chance(2):
        opened = replace(market.parameters, order_book_state=OrderBookState.OPEN)
        run.act(SetPerpetualParameters(market.symbol, opened))
    run.act(AdvanceTime(run.state.time + run.state.system.settlement_interval))
    run.act(Settle())


def _perpetual(run: Run, place: int) -> Perpetual:
    market = run.state.markets[place]
    assert isinstance(market, Perpetual)
    return market


def dealt(run: Run) -> None:
    """Ask for quotes and go through with one of them."""
    fresh(run)
    run.offer(lambda: asked(run))
    for _ in range(run.random.randint(2, 4)):
        run.offer(lambda: quoted(run))


STORIES: Final[tuple[tuple[int, Callable[[Run], None]], ...]] = (
    (8, traded),
    (5, queued),
    (12, crisis),
    (3, emptied),
    (2, paused),
    (5, settlements),
    (5, drained),
    (4, culled),
    (2, halts),
    (2, ramps),
    (2, cut),
    (2, delisting),
    (4, twins),
    (3, dealt),
    (2, providers),
    (3, firm),
    (4, funding),
    (3, reducing),
    (2, reordered),
    (3, received),
    (4, insured),
    (1, capped),
)
"""What a run may tell, by weight."""
