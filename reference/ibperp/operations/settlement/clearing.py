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
from ibperp.position import Position, placed
from ibperp.posting import POOL, free, posted, posting
from ibperp.programs import QuoteStatus
from ibperp.records import replace
from ibperp.state import Account, at, is_exposed, is_settled, moved, put, with_account, with_pool
from ibperp.valuation import virtual_worth

if TYPE_CHECKING:
    from ibperp.events import Event
    from ibperp.state import Pool, State


def offered_in_vain(state: State, account: Account) -> bool:
    """Tell whether quotes for an account's collateral were requested in vain (ST-9).

    So it is for as long again as the request was open; then the collateral is offered again.
    """
    if account.conversion is None:
        return False
    request, lifetime = state.requests[account.conversion], state.system.request_lifetime
    is_over = request.expires <= state.time < request.expires + lifetime
    return request.status is QuoteStatus.OPEN and is_over


class Sheet:
    """What a settlement may change of one account, in the settlement asset; changed in place."""

    __slots__ = (
        "account",
        "free",
        "index",
        "positions",
        "shares",
        "unsettled",
    )

    def __init__(self, account: Account, index: int, asset: int) -> None:
        self.account = account
        self.index = index
        self.free = at(account.free, asset)
        self.shares = at(account.shares, asset)
        self.unsettled = account.unsettled
        self.positions = account.positions

    def put_position(self, position: Position) -> None:
        """Replace a position; one without lots and shares is dropped."""
        self.positions = placed(self.positions, position)

    def written(self, asset: int) -> Account:
        """Return the account as it is by now: the same record if nothing of it changed."""
        account = self.account
        free, shares = account.free, account.shares
        if self.free != at(free, asset):
            free = put(free, asset, self.free)
        if self.shares != at(shares, asset):
            shares = put(shares, asset, self.shares)
        if (
            free is account.free
            and shares is account.shares
            and self.positions is account.positions
            and self.unsettled == account.unsettled
        ):
            return account
        return replace(
            account, free=free, shares=shares, unsettled=self.unsettled, positions=self.positions
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
            sheet = self.sheets[index] = Sheet(self.state.accounts[index], index, self.asset)
        return sheet

    def position(self, sheet: Sheet, market: int) -> Position:
        """Return a position as it is by now; an empty one if it is dropped."""
        for position in sheet.positions:
            if position.market == market:
                return position
        return Position(market)

    def debt(self, sheet: Sheet) -> int:
        """Return what an account itself owes the pool (MM-2)."""
        return pool.debt(self.pool, -sheet.shares) if sheet.shares < 0 else 0

    def written(self) -> State:
        """Return the state after: the pool, and every account that was looked at (ST-2)."""
        active, exposed = self.state.active, self.state.exposed
        for index, sheet in self.sheets.items():
            before, account = sheet.account, sheet.written(self.asset)
            if not is_settled(account):
                active = active.remove((index,))
            if account.shares is not before.shares:
                exposed = moved(exposed, index, is_exposed(before), is_exposed(account))
            sheet.account = account
        written = ((index, self.sheets[index].account) for index in sorted(self.sheets))
        after = self.state.accounts.updated(written)
        state = replace(self.state, accounts=after, active=active, exposed=exposed)
        return with_pool(state, self.asset, self.pool)

    def note(self, sheet: Sheet, market: int | None, amount: int, source: SettlementSource) -> None:
        """Change what is unsettled of an account by signed atoms (ST-1)."""
        if amount:
            sheet.unsettled += amount
            self.events.append(Unsettled(sheet.index, market, amount, source))

    def offset(self, sheet: Sheet, market: int, gain: int, source: SettlementSource) -> int:
        """Set a signed gain against what is unsettled of the other sign; return the part (ST-2)."""
        if sheet.unsettled == 0:
            return 0
        low, high = min(-sheet.unsettled, 0), max(-sheet.unsettled, 0)
        part = min(max(gain, low), high)
        self.note(sheet, market, part, source)
        return part

    def note_interest(self, sheet: Sheet, market: int, amount: int) -> None:
        """Note what the virtual shares of a position earned since they moved (ST-6)."""
        if amount:
            self.events.append(VirtualInterest(sheet.index, market, amount))

    def take_virtually(self, sheet: Sheet, market: int, amount: int) -> None:
        """Take a loss from a position's virtual lend, then as a virtual borrow (ST-4)."""
        if amount == 0:
            return
        position, pool_state = self.position(sheet, market), self.pool
        part = burned = minted = 0
        if position.virtual > 0:
            part = min(amount, pool.lend_claim(pool_state, position.virtual))
            burned = pool.shares_to_redeem(pool_state, position.virtual, part)
            pool_state = pool.redeem(pool_state, part, burned)
        if amount > part:
            minted = pool.borrow_shares_minted(pool_state, amount - part)
            pool_state = pool.borrow(pool_state, amount - part, minted)
        self.paid_in += amount
        source = SettlementSource.VIRTUAL_LOSS
        self._moved(
            sheet, position, pool_state, shares=-burned - minted, amount=-amount, source=source
        )

    def give_virtually(
        self, sheet: Sheet, market: int, amount: int, source: SettlementSource
    ) -> None:
        """Repay a position's virtual borrow, then add to its virtual lend (ST-4)."""
        if amount == 0:
            return
        position, pool_state = self.position(sheet, market), self.pool
        part = burned = minted = 0
        if position.virtual < 0:
            part = min(amount, pool.debt(pool_state, -position.virtual))
            burned = pool.shares_to_repay(pool_state, -position.virtual, part)
            pool_state = pool.repay(pool_state, part, burned)
        if amount > part:
            minted = pool.lend_shares_minted(pool_state, amount - part)
            pool_state = pool.lend(pool_state, amount - part, minted)
        self.paid_out += amount
        self._moved(
            sheet, position, pool_state, shares=burned + minted, amount=amount, source=source
        )

    def release(self, sheet: Sheet, market: int, source: SettlementSource) -> None:
        """Turn a position's virtual lend into the account's own: repay its debt, then lend (ST-4).

        Shares move without being valued, so that nothing is rounded. Shares that claim no atom are
        burned: a lend that cannot be redeemed would stand in the way of borrowing.
        """
        position, pool_state = self.position(sheet, market), self.pool
        part = min(self.debt(sheet), virtual_worth(pool_state, position.virtual))
        if part:
            burned = pool.shares_to_redeem(pool_state, position.virtual, part)
            self.paid_in += part
            after = pool.redeem(pool_state, part, burned)
            self._moved(sheet, position, after, shares=-burned, amount=-part, source=source)
            self._repay(sheet, part)
            position = self.position(sheet, market)
        left = position.virtual
        if left == 0:
            return
        value = virtual_worth(self.pool, left)
        if value == 0:
            after = pool.redeem(self.pool, 0, left)
            self._moved(sheet, position, after, shares=-left, amount=0, source=source)
        elif self.debt(sheet) == 0:
            self._moved(sheet, position, self.pool, shares=-left, amount=-value, source=source)
            self._claim(sheet, left, self.pool, Reason.SETTLEMENT_LEND)

    def pay_in(self, sheet: Sheet, due: int, *, may_borrow: bool) -> int:
        """Take up to `due` atoms from an account: free, then its lend, then a borrow (ST-3).

        A lend that claims nothing ends with it: left over, it would stand against the borrow.
        """
        firm = firm_atoms(self.state, sheet.account, self.asset)
        part = min(sheet.free - firm, due)
        if part:
            self._post(sheet, part, Reason.SETTLEMENT, is_debit=True)
        paid = part
        held = max(sheet.shares, 0)
        if held and paid < due:
            part = min(pool.lend_claim(self.pool, held), due - paid)
            burned = pool.shares_to_redeem(self.pool, held, part)
            after = pool.redeem(self.pool, part, burned)
            self._claim(sheet, -burned, after, Reason.SETTLEMENT_REDEEM)
            paid += part
        if may_borrow and paid < due and self._borrows(sheet, due - paid, paid):
            paid = due
        self.paid_in += paid
        return paid

    def pay_out(self, sheet: Sheet, amount: int) -> None:
        """Pay an account: repay its debt, lend if it asks for it, else in cash (ST-3).

        What the pool's cash does not cover becomes a lend claim.
        """
        part = min(amount, self.debt(sheet))
        if part:
            self._repay(sheet, part)
        rest = amount - part
        in_cash = 0 if self._lends(sheet, rest) else min(rest, self.pool.cash)
        if in_cash:
            self._post(sheet, in_cash, Reason.SETTLEMENT, is_debit=False)
        if rest > in_cash:
            minted = pool.lend_shares_minted(self.pool, rest - in_cash)
            after = pool.lend(self.pool, rest - in_cash, minted)
            self._claim(sheet, minted, after, Reason.SETTLEMENT_LEND)
        self.paid_out += rest
        self.settle(sheet, amount)

    def settle(self, sheet: Sheet, amount: int) -> None:
        """Take signed atoms that were paid to an account out of what is unsettled (ST-3)."""
        sheet.unsettled -= amount
        self.events.append(Settled(sheet.index, amount, sheet.unsettled))

    def _moved(
        self,
        sheet: Sheet,
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
        sheet.put_position(replace(position, virtual=virtual, virtual_value=worth))
        self.events.append(VirtualMoved(sheet.index, position.market, shares, amount, source))

    def _claim(self, sheet: Sheet, shares: int, pool_state: Pool, reason: Reason) -> None:
        """Change an account's own shares, and the pool they are in."""
        self.pool = pool_state
        sheet.shares += shares
        self.events.append(SharesMoved(sheet.index, self.asset, shares, reason))

    def _repay(self, sheet: Sheet, amount: int) -> None:
        burned = pool.shares_to_repay(self.pool, -sheet.shares, amount)
        after = pool.repay(self.pool, amount, burned)
        paid = self.pool.borrowed - after.borrowed
        sheet.account = with_prepaid(self.state, sheet.account, self.asset, paid)
        self.paid_out += amount
        self._claim(sheet, burned, after, Reason.SETTLEMENT_REPAY)

    def _borrows(self, sheet: Sheet, amount: int, paid: int) -> bool:
        """Borrow `amount` for the fund if settings, pool and margin allow; no cash moves (ST-3).

        The margin is that of the account with the `paid` atoms credited to it, which left it before
        the debt that they pay is taken off. A credit is no gain. An account that is worth less than
        nothing borrows nothing: its loss would pass from the winners to the lenders.
        """
        owner = sheet.account
        if not (owner.settings.auto_borrow_settlements or offered_in_vain(self.state, owner)):
            return False
        before = self._seen_by(sheet)
        checks = borrow_checks(before, sheet.index, self.asset, amount)
        if any(
            not holds for holds, code in checks if code is not RejectionCode.INSUFFICIENT_SUPPLY
        ):
            return False
        fee = entry_fee_of(before, sheet.index, self.asset, amount)
        reserve_fee = before.assets[self.asset].parameters.pool.reserve_fee
        pool_state, shares = pool.borrow_with_fee(self.pool, amount, fee, reserve_fee)
        holder = before.accounts[sheet.index]
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
        sheet.account = borrowing(self.state, sheet.account, self.asset, amount)
        self._claim(sheet, -shares, pool_state, Reason.SETTLEMENT_BORROW)
        return True

    def _lends(self, sheet: Sheet, amount: int) -> bool:
        """Tell whether a payment is lent: the account asks for it and the pool admits it (ST-3)."""
        if not sheet.account.settings.auto_lend:
            return False
        checks = lend_checks(self._seen_by(sheet), sheet.index, self.asset, amount)
        return all(holds for holds, code in checks if code is not RejectionCode.INSUFFICIENT_FUNDS)

    def _seen_by(self, sheet: Sheet) -> State:
        """Return a state in which the pool and one account are as they are by now."""
        state = with_pool(self.state, self.asset, self.pool)
        return with_account(state, sheet.index, sheet.written(self.asset))

    def _post(self, sheet: Sheet, amount: int, reason: Reason, *, is_debit: bool) -> None:
        """Move cash from an account into the pool (a debit), or out of it."""
        own = free(sheet.index)
        debit, credit = (own, POOL) if is_debit else (POOL, own)
        entry = posting(self.asset, amount, reason, debit=debit, credit=credit)
        sheet.free = posted(sheet.free, entry, is_debit=is_debit)
        cash = posted(self.pool.cash, entry, is_debit=not is_debit)
        self.pool = replace(self.pool, cash=cash)
        self.events.append(entry)
