"""What positions, virtual shares and unsettled balances of an account add up to, from a view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp import pool as pool_kernel
from ibperp.margin import counted_gain
from ibperp.numbers import RATIO, mul_div_down, mul_div_up
from ibperp.orders import Side
from ibperp.parameters import PerpetualParameters
from ibperp.pool import SHARES_PER_ATOM
from ibperp.records import record
from ibperp_invariants.step.step import wealth
from ibperp_invariants.view.once import once_for_a_view
from ibperp_invariants.view.view import PerpetualView, perpetual_of, settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.view.view import AccountView, OrderView, PositionView, View


@record
class Gains:
    """What gains add to equity, and the part that counts for initial margin, in quote atoms.

    `gain`: of positions and virtual shares; `unsettled`: what is not settled.
    """

    equity: int
    counted: int
    gain: int = 0
    unsettled: int = 0


def due_of(market: PerpetualView, own: PositionView) -> int:
    """Return the funding that a position owes, in signed atoms (PP-8)."""
    return own.lots * (market.funding_index - own.funding_index)


def gain_of(market: PerpetualView, own: PositionView) -> int:
    """Return the gain of a position at the mark after the funding that is due, signed (PF-12)."""
    return own.lots * market.mark_price - own.cost - due_of(market, own)


def marked(view: View, account: int) -> Iterator[tuple[str, PerpetualView, PositionView]]:
    """Yield the positions of an account with their markets."""
    holder = view.accounts.get(account)
    for symbol, own in holder.positions.items() if holder else ():
        market = perpetual_of(view, symbol)
        if market:
            yield symbol, market, own


@record
class Claim:
    """What a holder has to get from the fund, below zero what it owes it (ST-1).

    `rows`: its positions as symbol, market, gain and the funding that is due.
    """

    holder: AccountView | None = None
    amount: int = 0
    rows: tuple[tuple[str, PerpetualView, int, int], ...] = ()


NO_CLAIM: Final = Claim()
REMEMBERED: Final = 1 << 12
"""Of so many accounts it is remembered what the fund owes them."""

CLAIMS: Final[dict[int, Claim]] = {}


def claim_of(view: View, account: int) -> Claim:
    """Return what an account has to get from the fund, with what it consists of.

    What was found last is given again as long as the account and its markets are the same objects:
    most settlements find most of them so.
    """
    holder = view.accounts.get(account)
    if holder is None:
        return NO_CLAIM
    found = CLAIMS.get(account, NO_CLAIM)
    if found.holder is holder:
        for symbol, market, _, _ in found.rows:
            if view.markets.get(symbol) is not market:
                break
        else:
            return found
    amount, rows = holder.unsettled, []
    for symbol, market, own in marked(view, account):
        due = due_of(market, own)
        gain = own.lots * market.mark_price - own.cost - due  # as `gain_of`, with what is due once
        rows.append((symbol, market, gain, due))
        amount += gain
    found = Claim(holder, amount, tuple(rows))
    if len(rows) == len(holder.positions):
        if len(CLAIMS) >= REMEMBERED:
            CLAIMS.clear()
        CLAIMS[account] = found
    return found


def fund_claim(view: View, account: int) -> int:
    """Return what an account has to get from the fund, below zero what it owes it (ST-1)."""
    return claim_of(view, account).amount


def ended_debt(view: View, holder: AccountView) -> int:
    """Return the virtual debts that an account has no position to show for (PF-12)."""
    ended = 0
    for own in holder.positions.values():
        if own.lots == 0:
            ended += max(-shares_worth(view, own.virtual), 0)
    return ended


def shares_worth(view: View, shares: int) -> int:
    """Return what shares of the settlement asset are worth, a claim or below zero a debt (ST-4).

    Zero where the pool is not known, or out of its range.
    """
    symbol = settlement_asset(view)
    pool = view.assets[symbol].pool if symbol else None
    if pool is None or shares == 0:
        return 0
    if shares > 0:
        has_price = min(pool.lent, pool.lend_shares + SHARES_PER_ATOM - 1) >= 0
        return pool_kernel.lend_claim(pool, shares) if has_price else 0
    return -pool_kernel.debt(pool, -shares) if pool.borrow_shares > 0 else 0


def settled_wealth(view: View, account: int) -> int:
    """Return all that an account has of the settlement asset, in atoms, gains included."""
    symbol, holder = settlement_asset(view), view.accounts.get(account)
    own = wealth(view, account, symbol) if symbol else 0
    positions = holder.positions.values() if holder else ()
    worth = sum(shares_worth(view, position.virtual) for position in positions)
    return own + worth + fund_claim(view, account)


def valued(view: View, amount: int) -> int | None:
    """Return signed atoms of the settlement asset in quote atoms, None where it has no lot."""
    symbol = settlement_asset(view)
    asset = view.assets[symbol] if symbol else None
    if asset is None or asset.parameters is None:
        return None
    return mul_div_down(amount, asset.price, asset.parameters.lot_atoms)


@once_for_a_view
def gains_of(view: View, account: int) -> Gains | None:
    """Return what the gains of an account count for, None where that is not known (PF-12)."""
    holder, system = view.accounts.get(account), view.system
    if holder is None or not (holder.positions or holder.unsettled):
        return Gains(0, 0)
    claim = claim_of(view, account)
    if system is None or len(claim.rows) < len(holder.positions):
        return None
    worth = claim.amount - holder.unsettled
    for own in holder.positions.values():
        worth += shares_worth(view, own.virtual)
    gain, unsettled = valued(view, worth), valued(view, holder.unsettled)
    if gain is None or unsettled is None:
        return None
    counted = counted_gain(gain, system.unrealized_weight, system.unrealized_cap)
    counted += counted_gain(unsettled, system.unsettled_weight, system.unsettled_cap)
    return Gains(gain + unsettled, counted, gain, unsettled)


def exposed_lots(view: View, account: AccountView) -> dict[str, int]:
    """Return by market the lots of the larger side if all orders of one side are filled (PF-12)."""
    if not account.orders:
        return {symbol: abs(own.lots) for symbol, own in account.positions.items()}
    sides = {symbol: [own.lots, own.lots] for symbol, own in account.positions.items()}
    for index in account.orders:
        order = view.orders.get(index)
        if order and perpetual_of(view, order.market):
            pair = sides.setdefault(order.market, [0, 0])
            is_ask = order.side is Side.ASK
            pair[is_ask] += -order.lots if is_ask else order.lots
    return {symbol: max(map(abs, pair)) for symbol, pair in sides.items()}


def position_notionals(
    view: View, account: AccountView
) -> list[tuple[int, PerpetualParameters]] | None:
    """Return the notional of each perpetual of an account with its parameters (PF-12)."""
    found = []
    for symbol, lots in exposed_lots(view, account).items():
        market = perpetual_of(view, symbol)
        notional = valued(view, -lots * market.mark_price) if market else None
        limits = market.parameters if market else None
        if notional is None or not isinstance(limits, PerpetualParameters):
            return None
        found.append((-notional, limits))
    return found


def perpetual_order_loss(view: View, order: OrderView) -> int | None:
    """Return what a perpetual order loses at the mark if it fills, its fee included (PF-5)."""
    market = perpetual_of(view, order.market)
    if market is None or market.parameters is None:
        return None
    ahead = order.price - market.mark_price
    worse = max(ahead if order.side is Side.BID else -ahead, 0)
    fee = mul_div_up(order.lots * order.price, max(market.parameters.maker_fee, 0), RATIO)
    loss = valued(view, -(order.lots * worse + fee))
    return None if loss is None else -loss
