"""One settlement under way: every way that atoms enter the fund and leave it (ST-3, ST-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp import pool
from ibperp.events import (
    InterestCharged,
    Reason,
    Settled,
    SettlementSource,
    SharesMoved,
    Unsettled,
    VirtualInterest,
    VirtualMoved,
)
from ibperp.margin import is_admissible
from ibperp.open_orders import firm_atoms
from ibperp.operations.money_market.moves import (
    borrow_checks,
    borrowing,
    entry_fee_of,
    lend_checks,
    with_prepaid,
)
from ibperp.outcomes import RejectionCode
from ibperp.portfolio import health
from ibperp.position import Position
from ibperp.posting import POOL, free, posted, posting
from ibperp.programs import QuoteStatus
from ibperp.records import replace
from ibperp.state import Account, at, is_exposed, is_settled, moved, put, with_account, with_pool
from ibperp.valuation import virtual_worth

if TYPE_CHECKING:
    from ibperp.events import Event
    from ibperp.state import Pool, State


def offered_in_vain(state: State, account: Account) -> bool:
    """Tell whether quotes for an account's collateral were asked for, and none came (ST-9).

    So it is for as long again as the request was open; then the collateral is offered again.
    """
    if account.conversion is None:
        return False
    request, lifetime = state.requests[account.conversion], state.system.request_lifetime
    is_over = request.expires <= state.time < request.expires + lifetime
    return request.status is QuoteStatus.OPEN and is_over


class Sheet:
    """What a settlement may change of one account, in the settlement asset; changed in place."""

    __slots__ = ("account", "asset", "firm", "free", "positions", "shares", "unsettled")

    def __init__(self, state: State, index: int, asset: int) -> None:
        self.account = state.accounts[index]
        self.asset = asset
        self.firm = firm_atoms(state, self.account, asset)
        self.free = at(self.account.free, asset)
        self.shares = at(self.account.shares, asset)
        self.unsettled = self.account.unsettled
        self.positions = {position.market: position for position in self.account.positions}

    def put_position(self, position: Position) -> None:
        """Replace a position; one without lots and shares is dropped."""
        if position.lots or position.virtual:
            self.positions[position.market] = position
        else:
            self.positions.pop(position.market, None)

    def written(self) -> Account:
        """Return the account as it is by now."""
        return replace(
            self.account,
            free=put(self.account.free, self.asset, self.free),
            shares=put(self.account.shares, self.asset, self.shares),
            unsettled=self.unsettled,
            positions=tuple(self.positions[market] for market in sorted(self.positions)),
        )


class Clearing:
    """A settlement under way, changed in place; `state` is the one before it.

    The state after is written once, at the end. `paid_in` and `paid_out` are atoms of the fund.
    """

    def __init__(self, state: State, asset: int) -> None:
        self.state = state
        self.asset = asset
        self.pool = state.assets[asset].pool
        self.sheets: dict[int, Sheet] = {}
        self.events: list[Event] = []
        self.paid_in = 0
        self.paid_out = 0

    def sheet(self, index: int) -> Sheet:
        """Return the sheet of an account that is to be settled."""
        sheet = self.sheets.get(index)
        if sheet is None:
            sheet = self.sheets[index] = Sheet(self.state, index, self.asset)
        return sheet

    def position(self, index: int, market: int) -> Position:
        """Return a position as it is by now; an empty one if it is dropped."""
        return self.sheet(index).positions.get(market) or Position(market)

    def debt(self, index: int) -> int:
        """Return what an account itself owes the pool (MM-2)."""
        return pool.debt(self.pool, max(-self.sheet(index).shares, 0))

    def written(self) -> State:
        """Return the state after: the pool, and every account that was looked at (ST-2)."""
        accounts, active, exposed = self.state.accounts, self.state.active, self.state.exposed
        for index, sheet in self.sheets.items():
            account = sheet.written()
            accounts = accounts.set(index, account)
            active = active if is_settled(account) else active.remove((index,))
            exposed = moved(exposed, index, is_exposed(sheet.account), is_exposed(account))
        state = replace(self.state, accounts=accounts, active=active, exposed=exposed)
        return with_pool(state, self.asset, self.pool)

    def note(self, index: int, market: int, amount: int, source: SettlementSource) -> None:
        """Note that what is unsettled of an account changed by signed atoms (ST-1)."""
        if amount:
            self.events.append(Unsettled(index, market, amount, source))

    def offset(self, index: int, market: int, gain: int, source: SettlementSource) -> int:
        """Set a signed gain against what is unsettled of the other sign; return the part (ST-2)."""
        sheet = self.sheet(index)
        low, high = min(-sheet.unsettled, 0), max(-sheet.unsettled, 0)
        part = min(max(gain, low), high)
        sheet.unsettled += part
        self.note(index, market, part, source)
        return part

    def note_interest(self, index: int, market: int, amount: int) -> None:
        """Note what the virtual shares of a position earned since they moved (ST-6)."""
        if amount:
            self.events.append(VirtualInterest(index, market, amount))

    def take_virtually(self, index: int, market: int, amount: int) -> None:
        """Take a loss from a position's virtual lend, then as a virtual borrow (ST-4)."""
        position, pool_state = self.position(index, market), self.pool
        held = max(position.virtual, 0)
        part = min(amount, pool.lend_claim(pool_state, held))
        burned = pool.shares_to_redeem(pool_state, held, part)
        pool_state = pool.redeem(pool_state, part, burned)
        minted = pool.borrow_shares_minted(pool_state, amount - part) if amount > part else 0
        pool_state = pool.borrow(pool_state, amount - part, minted)
        self.paid_in += amount
        source = SettlementSource.VIRTUAL_LOSS
        self._moved(
            index, position, pool_state, shares=-burned - minted, amount=-amount, source=source
        )

    def give_virtually(
        self, index: int, market: int, amount: int, source: SettlementSource
    ) -> None:
        """Repay a position's virtual borrow, then add to its virtual lend (ST-4)."""
        if amount == 0:
            return
        position, pool_state = self.position(index, market), self.pool
        owed_shares = max(-position.virtual, 0)
        part = min(amount, pool.debt(pool_state, owed_shares))
        burned = pool.shares_to_repay(pool_state, owed_shares, part)
        pool_state = pool.repay(pool_state, part, burned) if part else pool_state
        minted = pool.lend_shares_minted(pool_state, amount - part)
        pool_state = pool.lend(pool_state, amount - part, minted)
        self.paid_out += amount
        self._moved(
            index, position, pool_state, shares=burned + minted, amount=amount, source=source
        )

    def release(self, index: int, market: int, source: SettlementSource) -> None:
        """Turn a position's virtual lend into the account's own: repay its debt, then lend (ST-4).

        Shares move without being valued, so that nothing is rounded. Shares that claim no atom are
        burned: a lend that cannot be redeemed would stand in the way of borrowing.
        """
        position, pool_state = self.position(index, market), self.pool
        part = min(self.debt(index), virtual_worth(pool_state, position.virtual))
        if part:
            burned = pool.shares_to_redeem(pool_state, position.virtual, part)
            self.paid_in += part
            after = pool.redeem(pool_state, part, burned)
            self._moved(index, position, after, shares=-burned, amount=-part, source=source)
            self._repay(index, part)
            position = self.position(index, market)
        left = position.virtual
        if left == 0:
            return
        value = virtual_worth(self.pool, left)
        if value == 0:
            after = pool.redeem(self.pool, 0, left)
            self._moved(index, position, after, shares=-left, amount=0, source=source)
        elif self.debt(index) == 0:
            self._moved(index, position, self.pool, shares=-left, amount=-value, source=source)
            self._claim(index, left, self.pool, Reason.SETTLEMENT_LEND)

    def pay_in(self, index: int, due: int, *, may_borrow: bool) -> int:
        """Take up to `due` atoms from an account: free, then its lend, then a borrow (ST-3).

        A lend that claims nothing ends with it: left over, it would stand against the borrow.
        """
        sheet = self.sheet(index)
        part = min(sheet.free - sheet.firm, due)
        if part:
            self._post(index, part, Reason.SETTLEMENT, is_debit=True)
        paid = part
        held = max(sheet.shares, 0)
        part = min(pool.lend_claim(self.pool, held), due - paid)
        if held and paid < due:
            burned = pool.shares_to_redeem(self.pool, held, part)
            after = pool.redeem(self.pool, part, burned)
            self._claim(index, -burned, after, Reason.SETTLEMENT_REDEEM)
        paid += part
        if may_borrow and paid < due and self._borrows(index, due - paid, paid):
            paid = due
        self.paid_in += paid
        return paid

    def pay_out(self, index: int, amount: int) -> None:
        """Pay an account: repay its debt, lend if it asks for it, else in cash (ST-3).

        What the pool's cash does not cover becomes a lend claim.
        """
        part = min(amount, self.debt(index))
        if part:
            self._repay(index, part)
        rest = amount - part
        in_cash = 0 if self._lends(index, rest) else min(rest, self.pool.cash)
        if in_cash:
            self._post(index, in_cash, Reason.SETTLEMENT, is_debit=False)
        if rest > in_cash:
            minted = pool.lend_shares_minted(self.pool, rest - in_cash)
            after = pool.lend(self.pool, rest - in_cash, minted)
            self._claim(index, minted, after, Reason.SETTLEMENT_LEND)
        self.paid_out += rest
        self.settle(index, amount)

    def settle(self, index: int, amount: int) -> None:
        """Take signed atoms that were paid to an account out of what is unsettled (ST-3)."""
        sheet = self.sheet(index)
        sheet.unsettled -= amount
        self.events.append(Settled(index, amount, sheet.unsettled))

    def _moved(
        self,
        index: int,
        position: Position,
        pool_state: Pool,
        *,
        shares: int,
        amount: int,
        source: SettlementSource,
    ) -> None:
        """Change a position's virtual shares, and the pool they are in."""
        self.pool = pool_state
        virtual = position.virtual + shares
        worth = virtual_worth(pool_state, virtual)
        self.sheet(index).put_position(replace(position, virtual=virtual, virtual_value=worth))
        self.events.append(VirtualMoved(index, position.market, shares, amount, source))

    def _claim(self, index: int, shares: int, pool_state: Pool, reason: Reason) -> None:
        """Change an account's own shares, and the pool they are in."""
        self.pool = pool_state
        self.sheet(index).shares += shares
        self.events.append(SharesMoved(index, self.asset, shares, reason))

    def _repay(self, index: int, amount: int) -> None:
        burned = pool.shares_to_repay(self.pool, -self.sheet(index).shares, amount)
        after = pool.repay(self.pool, amount, burned)
        sheet, paid = self.sheet(index), self.pool.borrowed - after.borrowed
        sheet.account = with_prepaid(self.state, sheet.account, self.asset, paid)
        self.paid_out += amount
        self._claim(index, burned, after, Reason.SETTLEMENT_REPAY)

    def _borrows(self, index: int, amount: int, paid: int) -> bool:
        """Borrow `amount` for the fund if settings, pool and margin allow; no cash moves (ST-3).

        The margin is that of the account with the `paid` atoms credited to it, which left it before
        the debt that they pay is taken off. A credit is no gain. An account that is worth less than
        nothing borrows nothing: its loss would pass from the winners to the lenders.
        """
        owner = self.sheet(index).account
        if not (owner.settings.auto_borrow_settlements or offered_in_vain(self.state, owner)):
            return False
        before = self._seen_by(index)
        checks = borrow_checks(before, index, self.asset, amount)
        if any(
            not holds for holds, code in checks if code is not RejectionCode.INSUFFICIENT_SUPPLY
        ):
            return False
        fee = entry_fee_of(before, index, self.asset, amount)
        reserve_fee = before.assets[self.asset].parameters.pool.reserve_fee
        pool_state, shares = pool.borrow_with_fee(self.pool, amount, fee, reserve_fee)
        holder = before.accounts[index]
        held = put(holder.shares, self.asset, at(holder.shares, self.asset) - shares)
        after = with_pool(before, self.asset, pool_state)
        credited = replace(holder, unsettled=holder.unsettled + paid)
        borrowed = replace(credited, shares=held, unsettled=credited.unsettled + amount)
        uncounted = health(before, holder).uncounted_gain
        pairs = (before, credited), (after, borrowed)
        healths = (replace(health(*pair), uncounted_gain=uncounted) for pair in pairs)
        before_borrow, after_borrow = healths
        if after_borrow.equity < 0 or not is_admissible(before_borrow, after_borrow):
            return False
        if fee:
            to_reserve = pool_state.reserve - self.pool.reserve
            self.events.append(InterestCharged(self.asset, fee, to_reserve))
        sheet = self.sheet(index)
        sheet.account = borrowing(self.state, sheet.account, self.asset, amount)
        self._claim(index, -shares, pool_state, Reason.SETTLEMENT_BORROW)
        return True

    def _lends(self, index: int, amount: int) -> bool:
        """Tell whether a payment is lent: the account asks for it and the pool admits it (ST-3)."""
        if not self.sheet(index).account.settings.auto_lend:
            return False
        checks = lend_checks(self._seen_by(index), index, self.asset, amount)
        return all(holds for holds, code in checks if code is not RejectionCode.INSUFFICIENT_FUNDS)

    def _seen_by(self, index: int) -> State:
        """Return a state in which the pool and one account are as they are by now."""
        state = with_pool(self.state, self.asset, self.pool)
        return with_account(state, index, self.sheet(index).written())

    def _post(self, index: int, amount: int, reason: Reason, *, is_debit: bool) -> None:
        """Move cash from an account into the pool (a debit), or out of it."""
        sheet, own = self.sheet(index), free(index)
        debit, credit = (own, POOL) if is_debit else (POOL, own)
        entry = posting(self.asset, amount, reason, debit=debit, credit=credit)
        sheet.free = posted(sheet.free, entry, is_debit=is_debit)
        cash = posted(self.pool.cash, entry, is_debit=not is_debit)
        self.pool = replace(self.pool, cash=cash)
        self.events.append(entry)
