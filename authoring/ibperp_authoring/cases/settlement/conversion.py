"""Cases of the conversion of a solvent account's collateral (ST-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    CancelRequest,
    ConvertCollateral,
    Deposit,
    Halt,
    Lend,
    Resume,
    SetPrice,
    SetSystemParameters,
)
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState, OrderBookState
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, ask, bid, settings
from ibperp_authoring.cases.liquidation.setups import BTC, ETH
from ibperp_authoring.cases.programs.steps import quoted
from ibperp_authoring.cases.settlement.setups import mark, moved, opened, settled
from ibperp_authoring.cases.setups import (
    COIN,
    CONTINUOUS,
    PERCENT,
    USD,
    market_with,
    pool_with,
)

OWES: Final = (*opened(2, 5, 100), *moved(1_300_000, 10))
"""Account 5, with 10 SOL and no dollars, lost 30 dollars to account 2."""

_CONVERT: Final = ConvertCollateral(5)
_GROUP: Final = Group("settlement", OWES)
_ASKED: Final = Group("settlement", (*OWES, _CONVERT), clauses=("PG-6",))
"""Nobody bids, so that quotes were asked for."""


def _near(distance: int) -> SetSystemParameters:
    """Let collateral be converted so far below its mark."""
    return SetSystemParameters(replace(CONTINUOUS, conversion_distance=distance))


_BOOK: Final[tuple[Case, ...]] = (
    _GROUP.accept(
        "ST-9-001",
        "what is owed is sold for on the book, the taker's fee included",
        bid(4, 100, 990_000),
        _CONVERT,
    ),
    _GROUP.accept(
        "ST-9-002",
        "at the bound of 2 % below the mark",
        bid(4, 100, 980_000),
        _CONVERT,
        why=Why.BOUNDARY,
    ),
    _GROUP.accept(
        "ST-9-003",
        "a tick below the bound: quotes are asked for",
        bid(4, 100, 979_900),
        _CONVERT,
        why=Why.BOUNDARY,
    ),
    _GROUP.accept("ST-9-004", "a thin book sells a part", bid(4, 12, 990_000), _CONVERT),
    _GROUP.trace(
        "ST-9-005",
        "the next settlement takes what was sold for, and pays the winner",
        bid(4, 100, 990_000),
        _CONVERT,
        *settled(20),
        Refused(_CONVERT, R.NOTHING_TO_CONVERT),
    ),
    _GROUP.trace(
        "ST-9-006",
        "what a thin book left is converted after it",
        bid(4, 12, 990_000),
        _CONVERT,
        *settled(20),
        _CONVERT,
        quoted(4, 990_000),
        *settled(30),
    ),
    _GROUP.accept(
        "ST-9-007",
        "collateral that is lent is redeemed for it",
        Lend(5, "SOL", 10 * COIN),
        bid(4, 100, 990_000),
        _CONVERT,
    ),
    _GROUP.accept(
        "ST-9-008",
        "what a firm order holds is not sold",
        ask(5, 980, 1_040_000),
        bid(4, 100, 990_000),
        _CONVERT,
        why=Why.BOUNDARY,
    ),
    _GROUP.accept(
        "ST-9-009",
        "a lower distance from the mark binds at once",
        _near(PERCENT // 2),
        bid(4, 100, 990_000),
        _CONVERT,
    ),
    _GROUP.accept(
        "ST-9-010",
        "a minimum of lots is sold where less would pay",
        market_with(minimum_lots=50),
        bid(4, 100, 990_000),
        _CONVERT,
        why=Why.BOUNDARY,
    ),
    _GROUP.accept(
        "ST-9-011",
        "a book that takes no orders of takers: quotes are asked for",
        bid(4, 100, 990_000),
        market_with(order_book_state=OrderBookState.POST_ONLY),
        _CONVERT,
    ),
)

_CHEAP: Final = (
    _near(50 * PERCENT),
    market_with(impact_min=0, limit_min=0, mean_mark_min=0),
    bid(4, 100, 600_000),
)
"""A bid at three fifths of the mark, where collateral counts for nine tenths."""

PLEDGED: Final = Group(
    "liquidation_pledged", (*opened(2, 3, 20), *moved(USD // 2, 10)), clauses=("LQ-5",)
)
"""Account 2, which holds three assets, owes ten dollars."""

_ASSETS: Final[tuple[Case, ...]] = (
    _GROUP.accept(
        "ST-9-012", "a price below the haircut costs margin that is there", *_CHEAP, _CONVERT
    ),
    Group("settlement", (*opened(2, 5, 100), *moved(8_500_000, 10))).accept(
        "ST-9-013",
        "where it is not there, the sale would leave the account riskier: quotes are asked for",
        *_CHEAP,
        _CONVERT,
    ),
    PLEDGED.accept(
        "ST-9-014",
        "the assets are offered in the order of a liquidation",
        bid(3, 30, 990_000),
        bid(3, 30, 990_000, market=ETH),
        bid(3, 30, 990_000, market=BTC),
        ConvertCollateral(2),
    ),
    PLEDGED.accept(
        "ST-9-015",
        "the next asset is sold where no book takes the first",
        bid(3, 30, 990_000, market=ETH),
        ConvertCollateral(2),
    ),
    PLEDGED.accept(
        "ST-9-016",
        "quotes are asked for the first asset that is traded off the book",
        ConvertCollateral(2),
    ),
)

_DOLLARS: Final = (Deposit(5, "USDC", "solana", 7, 30 * USD), bid(4, 100, 990_000))
_SHORT_OF: Final = (Deposit(5, "USDC", "solana", 7, 30 * USD - 1), bid(4, 100, 990_000))

_WHO: Final[tuple[Case, ...]] = (
    _GROUP.accept(
        "ST-9-020",
        "an atom is owed beyond the dollars: a lot is sold",
        *_SHORT_OF,
        _CONVERT,
        why=Why.BOUNDARY,
    ),
    _GROUP.reject(
        "ST-9-021",
        "dollars that the next settlement takes pay all: nothing is sold",
        *_DOLLARS,
        _CONVERT,
        code=R.NOTHING_TO_CONVERT,
        twin="ST-9-020",
        why=Why.BOUNDARY,
    ),
    _GROUP.reject(
        "ST-9-022",
        "dollars that are lent pay as well",
        Deposit(5, "USDC", "solana", 7, 30 * USD),
        Lend(5, "USDC", 30 * USD),
        _CONVERT,
        code=R.NOTHING_TO_CONVERT,
        twin="ST-9-020",
    ),
    _GROUP.reject(
        "ST-9-023",
        "the setting exists so that collateral is not converted: the next settlement borrows",
        settings(5, auto_borrow_settlements=True),
        bid(4, 100, 990_000),
        _CONVERT,
        code=R.NOTHING_TO_CONVERT,
        twin="ST-9-024",
    ),
    _GROUP.accept(
        "ST-9-024",
        "where the pool refuses the borrow, it is converted all the same",
        settings(5, auto_borrow_settlements=True),
        pool_with(book_state=BookState.REPAY_ONLY),
        bid(4, 100, 990_000),
        _CONVERT,
    ),
    _GROUP.reject(
        "ST-9-025",
        "an account that is due is liquidated, not converted",
        SetPrice("SOL", 4 * USD),
        _CONVERT,
        code=R.NOTHING_TO_CONVERT,
        twin="ST-9-001",
    ),
    *_GROUP.refusals(
        "ST-9-001",
        ("ST-9-026", "a winner owes nothing", ConvertCollateral(2), R.NOTHING_TO_CONVERT),
        ("ST-9-027", "no such account", ConvertCollateral(99), R.ACCOUNT_UNKNOWN),
        ("ST-9-028", "the account of fees", ConvertCollateral(0), R.ACCOUNT_RESERVED),
    ),
    _GROUP.reject("ST-9-029", "in a halt", Halt(), _CONVERT, code=R.HALTED, twin="ST-9-001"),
    _GROUP.reject(
        "ST-9-030",
        "in the grace after one",
        Halt(),
        Resume(),
        _CONVERT,
        code=R.LIQUIDATION_PAUSED,
        twin="ST-9-001",
    ),
    _GROUP.reject(
        "ST-9-031",
        "a price is too old",
        bid(4, 100, 990_000),
        AdvanceTime(700),
        _CONVERT,
        code=R.PRICE_STALE,
        twin="ST-9-001",
    ),
)

_FRESH: Final[tuple[Action, ...]] = (
    SetPrice("USDC", USD),
    SetPrice("SOL", 100 * USD),
    mark(1_300_000),
)

_QUOTES: Final[tuple[Case, ...]] = (
    _ASKED.accept(
        "ST-9-040", "a quote at the bound takes it", quoted(4, 980_000), why=Why.BOUNDARY
    ),
    _ASKED.reject(
        "ST-9-041",
        "a tick below it does not",
        quoted(4, 979_900),
        code=R.PRICE_OUT_OF_BOUNDS,
        twin="ST-9-040",
        why=Why.BOUNDARY,
    ),
    _ASKED.reject(
        "ST-9-042",
        "the bound moves with the mark",
        SetPrice("SOL", 102 * USD),
        quoted(4, 980_000),
        code=R.PRICE_OUT_OF_BOUNDS,
        twin="ST-9-040",
    ),
    _ASKED.reject(
        "ST-9-043",
        "quotes are asked for once at a time",
        _CONVERT,
        code=R.NOTHING_TO_CONVERT,
        twin="ST-9-003",
    ),
    _ASKED.reject(
        "ST-9-044",
        "an account that has paid in the meantime sells nothing",
        Deposit(5, "USDC", "solana", 7, 30 * USD),
        quoted(4, 990_000),
        code=R.NOT_LIQUIDATABLE,
        twin="ST-9-040",
    ),
    _ASKED.reject(
        "ST-9-045",
        "nor more than is still owed",
        Deposit(5, "USDC", "solana", 7, 2 * USD),
        quoted(4, 990_000),
        code=R.NOT_LIQUIDATABLE,
        twin="ST-9-040",
    ),
    _ASKED.reject(
        "ST-9-046",
        "the request is not its account's to cancel",
        CancelRequest(5, 0),
        code=R.REQUEST_NOT_OWNED,
        twin="ST-9-040",
    ),
    _ASKED.trace(
        "ST-9-047",
        "a book that bids meanwhile is sold to, and the request is for too much then",
        bid(4, 100, 990_000),
        _CONVERT,
        *settled(20),
        Refused(quoted(4, 990_000), R.NOT_LIQUIDATABLE),
    ),
)

_WAY_OUT: Final[tuple[Case, ...]] = (
    _ASKED.trace(
        "ST-9-050",
        "a request without a quote: the settlement borrows, whatever the setting says",
        *settled(309),
        *settled(319),
        Refused(_CONVERT, R.NOTHING_TO_CONVERT),
    ),
    _ASKED.accept(
        "ST-9-051", "it does not while the request is open", *settled(309), why=Why.BOUNDARY
    ),
    _ASKED.accept(
        "ST-9-052", "it does in the second in which it expires", *settled(310), why=Why.BOUNDARY
    ),
    _ASKED.accept("ST-9-053", "it does for as long again", *settled(609), why=Why.BOUNDARY),
    _ASKED.trace(
        "ST-9-054",
        "after that it does not, and the collateral is offered again",
        *settled(610),
        *_FRESH,
        _CONVERT,
        why=Why.BOUNDARY,
    ),
    _ASKED.trace(
        "ST-9-055",
        "a pool that is closed lends nothing, so that the collateral is offered again",
        pool_with(book_state=BookState.CLOSED),
        *settled(310),
        _CONVERT,
    ),
    _ASKED.trace(
        "ST-9-056",
        "a request that was filled lets nobody borrow",
        quoted(4, 980_000),
        *settled(20),
        *moved(1_400_000, 320),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_BOOK, *_ASSETS, *_WHO, *_QUOTES, *_WAY_OUT)
