"""Cases of every level of a price with every class of action (GV-3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from ibperp.actions import (
    AcceptQuote,
    Action,
    AdvanceTime,
    AmendOrder,
    Borrow,
    CancelAllOrders,
    ConvertDust,
    Lend,
    ListAsset,
    ListMarket,
    Redeem,
    RegisterBackstop,
    Repay,
    SetPrice,
    Settle,
    Transfer,
)
from ibperp.orders import Side
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import SPOT, Case, Group, bid, long, settings, short, withdraw
from ibperp_authoring.cases.governance.steps import coin_with
from ibperp_authoring.cases.liquidation.bankruptcy_setups import gift
from ibperp_authoring.cases.liquidation.setups import (
    ETH,
    FREE_MARKET,
    STEP,
    book_with,
    coin,
    deposit,
    price,
    system_with,
)
from ibperp_authoring.cases.programs.steps import asked, quoted
from ibperp_authoring.cases.settlement.setups import OTHER, contract_with, mark
from ibperp_authoring.cases.setups import COIN, PERCENT, USD


@dataclass(frozen=True, slots=True)
class Row:
    """What asks for prices: where it happens, and the action that is the last one of each case."""

    title: str
    group: Group
    action: Action


@dataclass(frozen=True, slots=True)
class Level:
    """How a price comes to a level, and the code that refuses what asks for a better one."""

    title: str
    steps: tuple[Action, ...]
    code: R | None = None


_AGES: Final = system_with(
    order_price_age=60, borrow_price_age=60, withdrawal_price_age=60, liquidation_price_age=60
)
_LATER: Final = (AdvanceTime(61), SetPrice("USDC", USD), mark(USD), mark(USD, OTHER))
"""All prices are renewed after a minute, but that of SOL."""

_VALID: Final = "a price that is valid"
_DEVIATES: Final = "a price that its limits hold back"
_STALE: Final = "a price that is too old"
_FLOOR: Final = "a price at its floor"

_COIN_LEVELS: Final = (
    Level(_VALID, (price(101),)),
    Level(
        _DEVIATES,
        (coin_with(price_update_max=101 * PERCENT), price(1000)),
        R.PRICE_DEVIATING,
    ),
    Level(_STALE, _LATER, R.PRICE_STALE),
    Level(_FLOOR, (coin_with(price_floor=100 * USD),), R.PRICE_AT_FLOOR),
)
"""Of the collateral, at about 100 dollars."""

_FALLEN_LEVELS: Final = (
    Level(_VALID, (price(93),)),
    Level(_DEVIATES, (coin_with(price_update_min=99 * PERCENT), price(50)), R.PRICE_DEVIATING),
    Level(_STALE, _LATER, R.PRICE_STALE),
    Level(_FLOOR, (coin_with(price_floor=94 * USD),), R.PRICE_AT_FLOOR),
)
"""Of the collateral, from 94 dollars, at which its owner is due."""

_DEBTOR: Final = Group("liquidation_borrowed", (_AGES, deposit(2, 50 * USD)))
"""Account 2 owes 810 USDC against 10 SOL and 50 USDC."""

_DUE: Final = Group("liquidation_borrowed", (_AGES, price(94)))


def _after(group: Group, *steps: Action) -> Group:
    return replace(group, before=(*group.before, *steps))


_ORDERS: Final = (
    Row("an order of a spot market", _DEBTOR, bid(2, 1, 900_000)),
    Row("an order of a perpetual", _DEBTOR, long(2, 1, 900_000)),
    Row(
        "an order that is amended",
        _after(_DEBTOR, bid(2, 1, 900_000)),
        AmendOrder(2, 0, 1, 910_000),
    ),
    Row(
        "dust that is converted",
        _after(_DEBTOR, deposit(0, 2000 * USD, after=2), book_with(minimum_lots=2000)),
        ConvertDust(2, SPOT),
    ),
    Row("a request for quotes", _DEBTOR, asked(2, SPOT, side=Side.ASK, lots=1)),
    Row(
        "a quote that trades at once",
        _after(_DEBTOR, asked(7, SPOT, lots=1, immediate=True)),
        quoted(2),
    ),
    Row(
        "a quote that is accepted",
        _after(_DEBTOR, asked(2, SPOT, side=Side.ASK, lots=1), quoted(7)),
        AcceptQuote(2, 0, 7),
    ),
)
_LOANS: Final = (
    Row("a borrow", _DEBTOR, Borrow(2, "USDC", USD)),
    Row("a withdrawal", _DEBTOR, withdraw(2, "USDC", "solana", USD)),
    Row("a withdrawal that borrows", _DEBTOR, withdraw(2, "USDC", "solana", 51 * USD, borrow=True)),
    Row("a transfer", _DEBTOR, Transfer(2, 8, "USDC", USD)),
    Row("a gift to the insurance", _DEBTOR, gift(USD, account=2)),
)
_LIQUIDATIONS: Final = (
    Row("a liquidation", _DUE, STEP),
    Row("a quote for the collateral of who is due", _after(_DUE, STEP), quoted(6, 940_000)),
)

_MAKERS: Final = (
    Row(
        "an order that another one meets",
        _after(_DEBTOR, long(2, 1, 900_000)),
        short(3, 1, 900_000),
    ),
)
"""What its maker's prices do not admit ends; who meets it is not refused."""

_UNASKED: Final = (
    Row("a deposit", _DEBTOR, deposit(2, USD, after=2)),
    Row("a lend", _DEBTOR, Lend(2, "SOL", COIN)),
    Row("a redemption", _after(_DEBTOR, Lend(2, "SOL", COIN)), Redeem(2, "SOL", None)),
    Row("a repayment", _DEBTOR, Repay(2, "USDC", USD)),
    Row("a cancellation", _after(_DEBTOR, bid(2, 1, 900_000)), CancelAllOrders(2, SPOT)),
    Row("a settlement", _after(_DEBTOR, AdvanceTime(10)), Settle()),
    Row("other settings", _DEBTOR, settings(2, auto_repay_borrows=True)),
    Row("an offer to back others", _DEBTOR, RegisterBackstop(2, USD)),
)

_MARK_LEVELS: Final = (
    Level(_VALID, (mark(1_010_000),)),
    Level(
        _DEVIATES,
        (contract_with(price_update_max=101 * PERCENT), mark(5 * USD)),
        R.PRICE_DEVIATING,
    ),
    Level(_STALE, (AdvanceTime(61), SetPrice("USDC", USD), price(100)), R.PRICE_STALE),
)
"""Of the mark of a perpetual; it has no floor."""

_FALLEN_MARKS: Final = (
    Level(_VALID, (mark(890_000),)),
    Level(
        _DEVIATES,
        (contract_with(price_update_min=99 * PERCENT), mark(500_000)),
        R.PRICE_DEVIATING,
    ),
    Level(_STALE, (AdvanceTime(61), SetPrice("USDC", USD)), R.PRICE_STALE),
)
"""Of a mark of 0.9, at which who is long is due."""

_LONG: Final = Group("liquidation_long", (_AGES,))
_MARKED: Final = (
    Row("an order of who is long", _LONG, short(2, 1, 1_100_000)),
    Row("a borrow of who is long", _LONG, Borrow(2, "SOL", COIN // 100)),
    Row("a withdrawal of who is long", _LONG, withdraw(2, "USDC", "solana", USD)),
)
_MARKED_DUE: Final = (Row("a liquidation of who is long", _after(_LONG, mark(900_000)), STEP),)


def _matrix(
    first: int, rows: tuple[Row, ...], levels: tuple[Level, ...], refused: frozenset[R]
) -> tuple[Case, ...]:
    """Return a case for each row and level: ten numbers a row, those of `refused` are rejected."""
    cases = []
    for place, row in enumerate(rows):
        number = first + 10 * place
        for step, level in enumerate(levels):
            name, title = f"GV-3-{number + step}", f"SC-18: {row.title}: {level.title}"
            steps = (*level.steps, row.action)
            if level.code in refused:
                twin = f"GV-3-{number}"
                cases.append(row.group.reject(name, title, *steps, code=level.code, twin=twin))
            else:
                cases.append(row.group.accept(name, title, *steps))
    return tuple(cases)


_WORSE: Final = frozenset({R.PRICE_STALE, R.PRICE_AT_FLOOR})
"""What an order and a liquidation do not admit."""

_ALL: Final = _WORSE | {R.PRICE_DEVIATING}
"""What a borrow and a withdrawal do not admit."""

_LISTED: Final = _after(
    _DEBTOR,
    ListAsset("ETH", coin(90 * PERCENT)),
    ListMarket(ETH, replace(FREE_MARKET, base="ETH")),
    deposit(7, COIN, "ETH", 2),
    Lend(7, "ETH", COIN),
    deposit(2, COIN, "ETH", 3),
)

_UNKNOWN: Final[tuple[Case, ...]] = (
    *_LISTED.pair(
        ("GV-3-300", "GV-3-301"),
        (
            "SC-18: an order, both prices of the market are known",
            "SC-18: an order, a price of the market is unknown",
        ),
        accepted=bid(2, 1, 900_000),
        refused=bid(2, 1, 900_000, market=ETH),
        code=R.PRICE_UNKNOWN,
    ),
    *_after(_LISTED, withdraw(2, "ETH", "solana", COIN)).pair(
        ("GV-3-302", "GV-3-303"),
        (
            "SC-18: a borrow of what has a price",
            "SC-18: a borrow of what has none",
        ),
        accepted=Borrow(2, "USDC", USD),
        refused=Borrow(2, "ETH", 1),
        code=R.PRICE_UNKNOWN,
    ),
    _LISTED.accept(
        "GV-3-304",
        "SC-18: a withdrawal: collateral without a price backs nothing, and holds nothing back",
        withdraw(2, "ETH", "solana", COIN // 2),
    ),
    _after(_LISTED, Transfer(2, 8, "USDC", 50 * USD), price(94)).accept(
        "GV-3-305", "SC-18: a liquidation: collateral without a price does not stop it", STEP
    ),
)

CASES: Final[tuple[Case, ...]] = (
    *_matrix(100, _ORDERS, _COIN_LEVELS, _WORSE),
    *_matrix(170, _LOANS, _COIN_LEVELS, _ALL),
    *_matrix(220, _LIQUIDATIONS, _FALLEN_LEVELS, _WORSE),
    *_matrix(240, _MAKERS, _COIN_LEVELS, frozenset()),
    *_UNKNOWN,
    *_matrix(400, _MARKED[:1], _MARK_LEVELS, _WORSE),
    *_matrix(410, _MARKED[1:], _MARK_LEVELS, _ALL),
    *_matrix(430, _MARKED_DUE, _FALLEN_MARKS, _WORSE),
    *_matrix(500, _UNASKED, _COIN_LEVELS, frozenset()),
)
