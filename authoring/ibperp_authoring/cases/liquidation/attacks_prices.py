"""Cases of incidents in which a price was wrong, stood still, or was written by hand."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    ApplyFunding,
    Borrow,
    Redeem,
    Repay,
    SetPrice,
    SettleMarket,
    Transfer,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import (
    PERP,
    Case,
    Group,
    Refused,
    Why,
    bid,
    flags,
    long,
    short,
    withdraw,
)
from ibperp_authoring.cases.governance.rules import coin_with
from ibperp_authoring.cases.liquidation.bankruptcy_setups import ALL_STEPS
from ibperp_authoring.cases.liquidation.setups import STEP, deposit, price, system_with
from ibperp_authoring.cases.settlement.setups import contract_with, mark, settled
from ibperp_authoring.cases.setups import COIN, HOUR, PERCENT, USD


def _attack(setup: str, *before: Action) -> Group:
    return Group(setup, before, Why.ATTACK)


_BOUND: Final = coin_with(price_update_min=99 * PERCENT, price_update_max=101 * PERCENT)
"""An update moves the price of SOL by one percent."""

_SAFE: Final = Refused(STEP, R.NOT_LIQUIDATABLE)

_OUTLIERS: Final[tuple[Case, ...]] = (
    _attack("liquidation", _BOUND, deposit(2, COIN, "SOL", 0)).trace(
        "PF-10-900",
        "incident 4, Synthetix: a feed a thousandfold wrong moves the price by its limit, and "
        "nothing is lent at it; failing lends all 1,000 of a pool against one coin",
        price(100_000),
        Refused(Borrow(2, "USDC", 50 * USD), R.PRICE_DEVIATING),
        Refused(withdraw(2, "USDC", "solana", 50 * USD, borrow=True), R.PRICE_DEVIATING),
        price(100),
        Borrow(2, "USDC", 50 * USD),
    ),
    _attack("liquidation_owed", _BOUND).trace(
        "LQ-1-902",
        "incident 5, Compound: an outlier of 1.3 in one update makes nobody due; failing pays the "
        "lenders 992 for what is worth 763",
        price(130),
        _SAFE,
        ALL_STEPS,
        price(100),
        _SAFE,
    ),
    _attack("liquidation_owed", _BOUND).trace(
        "LQ-1-903",
        "incident 5, Compound: what five updates say is the price; failing never liquidates",
        *(price(130),) * 4,
        _SAFE,
        price(130),
        STEP,
    ),
    _attack("liquidation_borrowed", _BOUND).trace(
        "PF-10-901",
        "incident 42, Moonwell: a price that lost a factor of two thousand moves by its limit; "
        "failing lends nine coins for half a dollar, and takes ten of who pledged them",
        SetPrice("SOL", USD // 20),
        _SAFE,
        Refused(Borrow(4, "SOL", 9 * COIN), R.PRICE_DEVIATING),
        *(price(100),) * 2,
        Borrow(4, "SOL", COIN),
    ),
    _attack("liquidation_borrowed", price(97)).trace(
        "GV-2-900",
        "incident 43, Aave: a change of a price's bounds moves no price; failing takes 2.85 % off "
        "it, and an account of 63 that is not due",
        coin_with(price_update_min=RATIO, price_update_max=RATIO),
        _SAFE,
        price(100),
        _SAFE,
        _BOUND,
        price(98),
        _SAFE,
    ),
)

_AT_FLOOR: Final = coin_with(price_floor=100 * USD)
_NO_FLOOR: Final = coin_with(price_floor=0)

_FLOORS: Final[tuple[Case, ...]] = (
    _attack("liquidation", _AT_FLOOR, deposit(2, 20 * COIN, "SOL", 0)).trace(
        "GV-3-900",
        "incident 11, Venus: a feed stands at its floor while the market falls, and nothing is "
        "lent on it; failing lends 1,000 against coins that are worth 20",
        Refused(Borrow(2, "USDC", 1000 * USD), R.PRICE_AT_FLOOR),
        Refused(withdraw(2, "USDC", "solana", 1000 * USD, borrow=True), R.PRICE_AT_FLOOR),
        Refused(bid(2, 1000, USD, flags=flags(borrow=True)), R.PRICE_AT_FLOOR),
        price(100),
        Refused(Borrow(2, "USDC", 1000 * USD), R.PRICE_AT_FLOOR),
        _NO_FLOOR,
        price(1),
        Refused(Borrow(2, "USDC", 1000 * USD), R.INSUFFICIENT_MARGIN),
    ),
    _attack("liquidation_borrowed", coin_with(price_floor=94 * USD), price(94)).trace(
        "GV-3-901",
        "incident 11, Blizz: at its floor a coin liquidates nobody, and pays nobody; the loss is "
        "told with the first price; failing pays lenders of 810 with eight coins",
        Refused(STEP, R.PRICE_AT_FLOOR),
        Refused(withdraw(2, "SOL", "solana", COIN), R.PRICE_AT_FLOOR),
        Transfer(8, 2, "USDC", 10 * USD),
        Repay(2, "USDC", 10 * USD),
        Refused(STEP, R.PRICE_AT_FLOOR),
        _NO_FLOOR,
        price(1),
        ALL_STEPS,
    ),
    _attack(
        "liquidation_borrowed", system_with(borrow_price_age=60, withdrawal_price_age=60)
    ).trace(
        "PF-9-900",
        "incident 39, Stream: a price that is written once serves no loan when its age is over; "
        "lenders leave with the cash there is, the others bear the loss when it is told; "
        "failing lends what they leave",
        AdvanceTime(61),
        SetPrice("USDC", USD),
        Refused(Borrow(2, "USDC", USD), R.PRICE_STALE),
        Refused(withdraw(2, "SOL", "solana", COIN), R.PRICE_STALE),
        Redeem(5, "USDC", 190 * USD),
        AdvanceTime(601),
        SetPrice("USDC", USD),
        Refused(STEP, R.PRICE_STALE),
        price(50),
        ALL_STEPS,
        Refused(Redeem(9, "USDC", 1), R.INSUFFICIENT_LEND),
    ),
)

_NARROW: Final = contract_with(price_update_min=98 * PERCENT, price_update_max=102 * PERCENT)
_OUT: Final = Refused(withdraw(3, "USDC", "solana", 1000 * USD), R.PRICE_DEVIATING)
"""What a winner would take out at a mark that its limits hold back."""

_MARKS: Final[tuple[Case, ...]] = (
    _attack("liquidation_short", contract_with(mark_threshold=5 * PERCENT)).trace(
        "PP-6-900",
        "incident 32, Hyperliquid: trades at four times the index move the mark by its threshold; "
        "failing closes a short of 1,000 and asks 2,845 of its winners",
        short(6, 10, 4 * USD),
        long(7, 10, 4 * USD),
        UpdateMark(PERP, USD, has_basis=True, basis=3 * USD),
        _SAFE,
    ),
    _attack("liquidation_short", _NARROW).trace(
        "PP-6-901",
        "incident 32, Hyperliquid: without an index the own book moves the mark by its limit, and "
        "no gain leaves; failing closes the short at the price of one trade",
        short(6, 10, 4 * USD),
        long(7, 10, 4 * USD),
        mark(0),
        _SAFE,
        _OUT,
        mark(USD),
        _SAFE,
    ),
    _attack("liquidation_short", _NARROW).trace(
        "PP-6-902",
        "incident 34, Aster: an index of four times, set by hand, moves index and mark by their "
        "limit; failing closes a short of 1,000 at four times the price",
        mark(4 * USD),
        _SAFE,
        _OUT,
        mark(USD),
        _SAFE,
    ),
    _attack("liquidation_long", AdvanceTime(HOUR), ApplyFunding(PERP, 8 * PERCENT)).trace(
        "PP-8-901",
        "incident 41, Paradex: no price, mark or index can be written as zero, and new parameters "
        "leave them as they are; failing marks 1,000 lots at nothing",
        Refused(SetPrice("SOL", 0), R.AMOUNT_NOT_POSITIVE),
        Refused(SettleMarket(PERP, 0), R.AMOUNT_NOT_POSITIVE),
        mark(0),
        contract_with(funding_cap=PERCENT),
        SetPrice("USDC", USD),
        _SAFE,
        *settled(HOUR + 10),
        *settled(HOUR + 20),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_OUTLIERS, *_FLOORS, *_MARKS)
