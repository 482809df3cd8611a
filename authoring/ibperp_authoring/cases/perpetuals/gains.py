"""Cases of gains and positions in the portfolio (PF-12)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    AmendOrder,
    Borrow,
    CancelOrder,
    Lend,
    ListMarket,
    ListPerpetual,
    SetPrice,
    Settle,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import (
    SPOT,
    Case,
    Group,
    Refused,
    Step,
    Why,
    bid,
    long,
    settings,
    short,
    withdraw,
)
from ibperp_authoring.cases.perpetuals.steps import CLOSED, funding, mark, sale, trade
from ibperp_authoring.cases.setups import COIN, MARKET, PERCENT, USD, perpetual_with

_FREE: Final = perpetual_with(maker_fee=0, taker_fee=0)


def _out(account: int, amount: int) -> Action:
    return withdraw(account, "USDC", "solana", amount, borrow=True)


def _most(number: int, words: str, account: int, amount: int, *before: Step) -> tuple[Case, Case]:
    """Return the most that an account can withdraw, and an atom more.

    Unrealized gains count half, up to 20 dollars, unsettled ones at 80 %, up to 10.
    """
    group = Group("perpetual_limited", before, Why.BOUNDARY, ("PF-8",))
    return group.pair(
        (f"PF-12-{number:03}", f"PF-12-{number + 1:03}"),
        (f"{words}: all that may be withdrawn", f"{words}: an atom more"),
        accepted=_out(account, amount),
        refused=_out(account, amount + 1),
        code=R.INSUFFICIENT_MARGIN,
    )


_GAINS: Final[tuple[Case, ...]] = (
    *_most(1, "a fee that was received counts at 80 %", 2, 1_809_098_181),
    *_most(3, "a gain below its cap counts half", 2, 1_823_280_000, mark(1_390_000)),
    *_most(5, "a gain of twice its cap", 2, 1_823_643_636, mark(1_400_000)),
    *_most(7, "a gain beyond it: no more counts", 2, 1_823_552_727, mark(1_410_000)),
    *_most(9, "a loss counts in full", 2, 1_800_916_363, mark(900_000)),
    *_most(11, "the loss of the other side", 3, 1_768_990_909, mark(1_400_000)),
    *_most(
        13,
        "an unsettled gain below its cap",
        2,
        1_827_207_272,
        _FREE,
        *sale(2, 6, 100, 1_124_000),
    ),
    *_most(
        15, "an unsettled gain at its cap", 2, 1_827_272_727, _FREE, *sale(2, 6, 100, 1_125_000)
    ),
    *_most(17, "and beyond", 2, 1_827_272_727, _FREE, *sale(2, 6, 100, 1_126_000)),
)

_OPEN: Final = Group("perpetual_open")
_ROUND: Final = Group("perpetual_open", why=Why.ROUNDING)
_SECOND: Final = (
    ListPerpetual("BTC_PERP", perpetual_with(imf_base=20 * PERCENT).parameters),
    mark(USD, market="BTC_PERP"),
)

_LINES: Final[tuple[Case, ...]] = (
    _ROUND.accept(
        "PF-12-020",
        "a gain and a loss in a cheaper dollar are rounded down",
        SetPrice("USDC", 999_999),
        mark(1_000_001),
    ),
    _ROUND.accept(
        "PF-12-021",
        "a notional in a dearer dollar is rounded up",
        SetPrice("USDC", 1_500_001),
        mark(1_000_001),
    ),
    Group("perpetual_limited").trace(
        "PF-12-022",
        "gains of one market meet losses of another before they are weighed",
        *_SECOND,
        long(3, 100, USD, market="BTC_PERP"),
        short(2, 100, USD, market="BTC_PERP"),
        mark(1_100_000),
        mark(1_050_000, market="BTC_PERP"),
    ),
    _OPEN.trace(
        "PF-12-023",
        "requirements of two markets add up, though the positions are opposed",
        *_SECOND,
        long(3, 100, USD, market="BTC_PERP"),
        short(2, 100, USD, market="BTC_PERP"),
    ),
    _OPEN.accept(
        "PF-12-024", "funding that is due is a loss before it is settled", *funding(PERCENT)
    ),
    _OPEN.accept("PF-12-025", "and for the other side a gain", *funding(-PERCENT)),
    _OPEN.accept(
        "PF-12-026",
        "the requirement grows with the root of the notional",
        perpetual_with(imf_factor=2 * PERCENT, mmf_factor=PERCENT),
    ),
    _OPEN.accept("PF-12-027", "an order beside a position: its worst lots", long(2, 50, USD)),
    _OPEN.accept(
        "PF-12-028",
        "a debt and a position: both are exposure",
        Lend(6, "USDC", 500 * USD),
        Borrow(2, "USDC", 100 * USD),
    ),
    Group("perpetual_limited").trace(
        "PF-12-029",
        "virtual shares count as the gains did that they were settled for",
        mark(1_010_000),
        AdvanceTime(10),
        Settle(),
    ),
)

_OWING: Final = Group(
    "perpetual_open",
    (_FREE, *sale(2, 4, 100, 500_000), withdraw(2, "USDC", "solana", 1000 * USD)),
    Why.BOUNDARY,
    ("PF-8", "ST-1"),
)
"""Account 2 has no position any more; it owes 49.99 dollars to the fund, and holds 10 SOL."""

_UNPAID: Final = 49_990_000
_ALL_COINS: Final = withdraw(2, "SOL", "solana", 10 * COIN)


def _holding(cash: int) -> Group:
    """Leave account 2 with so many atoms of cash beside the same debt."""
    before = (_FREE, *sale(2, 4, 100, 500_000), withdraw(2, "USDC", "solana", 1000 * USD - cash))
    return Group("perpetual_open", before, Why.BOUNDARY, ("PF-1", "PF-8"))


_NETTED: Final[tuple[Case, ...]] = (
    _holding(_UNPAID).accept(
        "PF-12-160", "cash that is there for what is owed to the fund: no exposure", _ALL_COINS
    ),
    _holding(_UNPAID - 1).reject(
        "PF-12-161",
        "an atom of cash less: an exposure, and nothing that maintains it",
        _ALL_COINS,
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-12-160",
    ),
    _holding(_UNPAID).accept(
        "PF-12-162",
        "an order that holds the same cash: what it delivers is an exposure",
        ListMarket(SPOT, MARKET),
        bid(2, 10, USD),
    ),
    _holding(_UNPAID).trace(
        "PF-12-163",
        "the settlement takes the cash: the exposure is what it was",
        AdvanceTime(10),
        Settle(),
    ),
)

_FULL: Final = Group("perpetual", (_FREE, *trade(2, 3, 18_000, USD)), Why.BOUNDARY, ("PF-8",))
"""Account 2 has 1900 dollars, and 18,000 lots that require 1800."""

_EDGES: Final[tuple[Case, ...]] = (
    *_OWING.pair(
        ("PF-12-055", "PF-12-056"),
        ("what is owed to the fund requires what a debt does", "an atom of collateral less"),
        accepted=withdraw(2, "SOL", "solana", 9_389_011_111),
        refused=withdraw(2, "SOL", "solana", 9_389_011_112),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *_FULL.pair(
        ("PF-12-040", "PF-12-041"),
        ("a withdrawal that leaves just the margin", "an atom more"),
        accepted=withdraw(2, "USDC", "solana", 100 * USD),
        refused=withdraw(2, "USDC", "solana", 100 * USD + 1),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *_FULL.pair(
        ("PF-12-042", "PF-12-043"),
        ("collateral that is withdrawn to the margin", "a thousand atoms more"),
        accepted=withdraw(2, "SOL", "solana", 1_111_111_000),
        refused=withdraw(2, "SOL", "solana", 1_111_112_000),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("perpetual", (_FREE, settings(2, leverage_limit=5 * RATIO)), Why.BOUNDARY).pair(
        ("PF-12-044", "PF-12-045"),
        ("a leverage of five: positions of five times the equity", "a lot more"),
        accepted=long(2, 9_500, USD),
        refused=long(2, 9_501, USD),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("perpetual", (_FREE, long(2, 9_500, USD)), Why.BOUNDARY).pair(
        ("PF-12-046", "PF-12-047"),
        ("the leverage limit is lowered to what orders have", "and below"),
        accepted=settings(2, leverage_limit=5 * RATIO),
        refused=settings(2, leverage_limit=5 * RATIO - 1),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group(
        "perpetual",
        (perpetual_with(maker_fee=0, taker_fee=0, imf_factor=PERCENT, mmf_factor=PERCENT // 2),),
        Why.BOUNDARY,
    ).pair(
        ("PF-12-048", "PF-12-049"),
        ("a factor of 0.01: 3304 lots", "a lot more"),
        accepted=long(2, 3304, USD),
        refused=long(2, 3305, USD),
        code=R.INSUFFICIENT_MARGIN,
    ),
    _FULL.trace(
        "PF-12-050",
        "below its margin an account reduces, and does nothing else",
        mark(985_000),
        Refused(long(2, 1, 980_000), R.INSUFFICIENT_MARGIN),
        Refused(withdraw(2, "USDC", "solana", USD), R.INSUFFICIENT_MARGIN),
        Refused(short(2, 36_001, 1_010_000), R.INSUFFICIENT_MARGIN),
        short(2, 18_000, 1_010_000, reduce_only=True),
        long(4, 100, 985_000),
        short(2, 100, 985_000),
    ),
    _FULL.trace(
        "PF-12-051",
        "below its margin an account does not reduce at a loss of health",
        mark(985_000),
        long(4, 100, 500_000),
        Refused(short(2, 100, 500_000), R.INSUFFICIENT_MARGIN),
        long(5, 100, 980_000),
        short(2, 100, 980_000),
    ),
    Group("perpetual", (_FREE, *trade(2, 3, 10_000, USD)), Why.BOUNDARY, ("PF-7",)).trace(
        "PF-12-052",
        "a mark at which equity is just what maintenance requires",
        withdraw(2, "USDC", "solana", 450 * USD),
        mark(900_001),
        mark(900_000),
    ),
)

_DATED: Final = Group("perpetual_dated", why=Why.BOUNDARY, clauses=("PF-9",))


def _fresh(time: int) -> tuple[Action, ...]:
    """Return a time with fresh prices of the assets, but not of the mark."""
    return AdvanceTime(time), SetPrice("USDC", USD), SetPrice("SOL", 100 * USD)


def _stale(number: int, words: str, age: int, action: Action, *before: Action) -> tuple[Case, ...]:
    """Return an action at the greatest age of the mark, and a second later."""
    return (
        _DATED.accept(f"PF-12-{number:03}", f"{words}: at its age", *before, *_fresh(age), action),
        _DATED.reject(
            f"PF-12-{number + 1:03}",
            f"{words}: a second older",
            *before,
            *_fresh(age + 1),
            action,
            code=R.PRICE_STALE,
            twin=f"PF-12-{number:03}",
        ),
    )


_LENT: Final = Lend(6, "USDC", 900 * USD)
_REST: Final = long(4, 1, 900_000)
_AGES: Final[tuple[Case, ...]] = (
    *_stale(60, "an order", 10, long(4, 1, USD)),
    *_stale(62, "an order that reduces", 10, short(2, 1, USD, reduce_only=True)),
    *_stale(64, "an order moved", 10, AmendOrder(4, 2, 1, 900_000), long(4, 1, 800_000)),
    *_stale(66, "a borrow beside a position", 60, Borrow(2, "USDC", USD), _LENT),
    *_stale(68, "a borrow beside an order", 60, Borrow(4, "USDC", USD), _LENT, long(4, 1, USD)),
    *_stale(70, "a withdrawal beside a position", 600, withdraw(2, "USDC", "solana", USD)),
    *_stale(72, "a withdrawal beside an order", 600, withdraw(4, "USDC", "solana", USD), _REST),
    _DATED.accept(
        "PF-12-074",
        "a tighter leverage looks at no age",
        *_fresh(601),
        settings(2, leverage_limit=9 * RATIO),
    ),
    _DATED.accept(
        "PF-12-080",
        "an account without positions and orders needs no mark",
        *_fresh(601),
        withdraw(6, "USDC", "solana", USD),
    ),
    _DATED.accept(
        "PF-12-081",
        "a mark of another market may be old",
        *_SECOND,
        *_fresh(11),
        mark(USD, market="BTC_PERP"),
        long(4, 1, USD, market="BTC_PERP"),
    ),
    _DATED.reject(
        "PF-12-082",
        "unless there is a position in it",
        *_SECOND,
        *_fresh(11),
        mark(USD, market="BTC_PERP"),
        long(2, 1, USD, market="BTC_PERP"),
        code=R.PRICE_STALE,
        twin="PF-12-081",
    ),
    _DATED.accept(
        "PF-12-083",
        "an order is cancelled at any age",
        long(4, 1, USD),
        *_fresh(999),
        CancelOrder(4, 2),
    ),
    _DATED.reject(
        "PF-12-084",
        "a price of the settlement asset grows old as well",
        AdvanceTime(11),
        mark(USD),
        SetPrice("SOL", 100 * USD),
        long(4, 1, USD),
        code=R.PRICE_STALE,
        twin="PF-12-060",
    ),
    Group("perpetual_dated", why=Why.PRECEDENCE).reject(
        "PF-12-085",
        "an old mark goes before a side that adds",
        *_fresh(11),
        long(2, 1, USD, reduce_only=True),
        code=R.PRICE_STALE,
        twin="PF-12-062",
    ),
    _DATED.accept(
        "PF-12-086",
        "the mark is renewed",
        *_fresh(11),
        mark(USD),
        long(4, 1, USD),
    ),
    _DATED.accept(
        "PF-12-087",
        "a closed market's mark ages beside its position",
        CLOSED,
        *_fresh(600),
        withdraw(2, "USDC", "solana", USD),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_GAINS, *_LINES, *_EDGES, *_NETTED, *_AGES)
