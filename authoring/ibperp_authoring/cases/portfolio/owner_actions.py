"""Cases of what an owner may do to the margin, at its edge and below it (PF-8)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    Action,
    AmendOrder,
    Borrow,
    CancelOrder,
    ConvertDust,
    Deposit,
    Lend,
    Liquidate,
    ListAsset,
    Redeem,
    Repay,
    SetAccountSettings,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import (
    SPOT,
    Case,
    Group,
    Refused,
    Why,
    ask,
    bid,
    flags,
    settings,
    withdraw,
)
from ibperp_authoring.cases.setups import COIN, LOT, SOL, USD

_MARKET: Final = Group("market")
_DEBT: Final = Transfer(3, 2, "USDC", 400 * USD)
"""Account 3 then owes 400 dollars against 10 SOL."""


def _settings(leverage: int) -> SetAccountSettings:
    return settings(3, leverage_limit=leverage)


EDGE: Final[tuple[Case, ...]] = (
    Group("market", why=Why.ROUNDING, clauses=("PF-7", "LQ-1")).trace(
        "PF-8-105",
        "both requirements of an atom are an atom: who keeps just that is due, and pays",
        Lend(3, "SOL", COIN),
        Borrow(2, "SOL", 1),
        withdraw(2, "USDC", "solana", 1000 * USD - 2),
        Liquidate(2),
        Refused(Liquidate(2), R.NOT_LIQUIDATABLE),
    ),
    *Group(
        "funded",
        (Lend(3, "SOL", 5 * COIN), withdraw(2, "USDC", "solana", 900 * USD)),
        why=Why.BOUNDARY,
        clauses=("PF-11",),
    ).pair(
        ("PF-8-001", "PF-8-002"),
        ("borrowed and held: the margin is just kept", "one atom more is refused"),
        accepted=Borrow(2, "SOL", 3_333_333_300),
        refused=Borrow(2, "SOL", 3_333_333_301),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("market", (_DEBT,), why=Why.BOUNDARY, clauses=("CU-10",)).pair(
        ("PF-8-003", "PF-8-004"),
        ("a transfer to an equity equal to the margin", "a transfer to an atom below it"),
        accepted=Transfer(3, 2, "SOL", 5_111_111_111),
        refused=Transfer(3, 2, "SOL", 5_111_111_112),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("market", (_DEBT,), why=Why.BOUNDARY, clauses=("CU-5", "PF-11")).pair(
        ("PF-8-005", "PF-8-006"),
        ("a withdrawal to an equity equal to the margin", "a withdrawal to an atom below it"),
        accepted=withdraw(3, "SOL", "solana", 5_111_111_111),
        refused=withdraw(3, "SOL", "solana", 5_111_111_112),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group(
        "market", (_DEBT, SetPrice("SOL", 50 * USD)), why=Why.BOUNDARY, clauses=("CU-5", "MM-18")
    ).pair(
        ("PF-8-007", "PF-8-008"),
        ("what is borrowed and withdrawn keeps the margin", "an atom more does not"),
        accepted=withdraw(3, "USDC", "solana", 9_090_909, borrow=True),
        refused=withdraw(3, "USDC", "solana", 9_090_910, borrow=True),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group(
        "spot",
        (Borrow(3, "USDC", 4000 * USD), Transfer(3, 2, "USDC", 1400 * USD)),
        why=Why.BOUNDARY,
        clauses=("SM-4", "SM-11"),
    ).pair(
        ("PF-8-009", "PF-8-010"),
        ("an order whose loss leaves just the margin", "an order of a lot more"),
        accepted=bid(3, 1000, 1_000_000),
        refused=bid(3, 1001, 1_000_000),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group(
        "spot",
        (
            Borrow(3, "USDC", 4000 * USD),
            Transfer(3, 2, "USDC", 1400 * USD),
            bid(3, 500, 1_000_000),
        ),
        why=Why.BOUNDARY,
        clauses=("SM-11",),
    ).pair(
        ("PF-8-011", "PF-8-012"),
        ("an order amended to a loss that leaves just the margin", "amended by a tick more"),
        accepted=AmendOrder(3, 0, 500, 1_100_000),
        refused=AmendOrder(3, 0, 500, 1_100_100),
        code=R.INSUFFICIENT_MARGIN,
    ),
)

_SUNK: Final = Group("market", (SetPrice("SOL", 1), Deposit(3, "SOL", "solana", 3, 1000)))
"""The SOL of account 3 counts for nine atoms; 1000 atoms of it change nothing."""

_PRICED: Final = (ListAsset("JUP", SOL), Deposit(3, "JUP", "solana", 3, COIN))

BELOW: Final[tuple[Case, ...]] = (
    _MARKET.accept(
        "PF-8-020",
        "below the margin what lowers risk is taken",
        SetPrice("SOL", 1 * USD),
        Repay(3, "USDC", 100 * USD),
    ),
    _MARKET.reject(
        "PF-8-021",
        "below the margin nothing leaves",
        SetPrice("SOL", 1 * USD),
        Transfer(3, 2, "SOL", 100),
        code=R.INSUFFICIENT_MARGIN,
        twin="CU-10-030",
    ),
    _MARKET.trace(
        "PF-8-022",
        "a falling price closes the way out step by step",
        SetPrice("SOL", 50 * USD),
        Transfer(3, 2, "USDC", USD),
        SetPrice("SOL", 5 * USD),
        Transfer(3, 2, "USDC", USD),
        SetPrice("SOL", 1),
        Refused(Transfer(3, 2, "USDC", USD), R.INSUFFICIENT_MARGIN),
        Repay(3, "USDC", USD),
        why=Why.ATTACK,
    ),
    *Group("market", _SUNK.before, why=Why.BOUNDARY, clauses=("CU-10",)).pair(
        ("PF-8-023", "PF-8-024"),
        ("under water, what is worth nothing may leave", "under water, one quote atom may not"),
        accepted=Transfer(3, 2, "SOL", 1000),
        refused=Transfer(3, 2, "SOL", 1001),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group(
        "market",
        (SetPrice("SOL", 1), Deposit(3, "SOL", "solana", 3, 2 * COIN)),
        why=Why.BOUNDARY,
        clauses=("CU-5",),
    ).pair(
        ("PF-8-025", "PF-8-026"),
        ("under water, a worthless withdrawal", "under water, a withdrawal of one quote atom"),
        accepted=withdraw(3, "SOL", "solana", 888_888_888),
        refused=withdraw(3, "SOL", "solana", 888_888_889),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("market", (Borrow(3, "USDC", 1), SetPrice("SOL", 1)), why=Why.BOUNDARY).pair(
        ("PF-8-027", "PF-8-028"),
        (
            "under water, a borrow that is kept and stays within the rounding of its margin",
            "under water, a borrow that raises its margin by an atom",
        ),
        accepted=Borrow(3, "USDC", 19),
        refused=Borrow(3, "USDC", 20),
        code=R.INSUFFICIENT_MARGIN,
    ),
    Group("market", _PRICED, clauses=("CU-10", "PF-2")).accept(
        "PF-8-029",
        "under water, an asset without a price may leave",
        SetPrice("SOL", 1),
        Transfer(3, 2, "JUP", COIN),
    ),
    Group("market", _PRICED, clauses=("CU-10", "PF-2")).reject(
        "PF-8-030",
        "under water, an asset with a price may not leave",
        SetPrice("SOL", 1),
        SetPrice("JUP", 100 * USD),
        Transfer(3, 2, "JUP", COIN),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-8-029",
    ),
    Group("market", _SUNK.before, clauses=("CU-4", "MM-11", "MM-12")).accept(
        "PF-8-031",
        "under water, lending, redeeming and depositing stay open",
        Lend(3, "SOL", COIN),
        Redeem(3, "SOL", COIN),
        Deposit(3, "USDC", "solana", 4, USD),
    ),
    *Group("market", _SUNK.before, why=Why.BOUNDARY, clauses=("MM-15",)).pair(
        ("PF-8-032", "PF-8-033"),
        ("under water, the leverage may stay", "under water, a lower leverage is not met"),
        accepted=_settings(10 * RATIO),
        refused=_settings(10 * RATIO - 1),
        code=R.INSUFFICIENT_MARGIN,
    ),
    _MARKET.reject(
        "PF-8-034",
        "below the margin a withdrawal does not borrow",
        _DEBT,
        SetPrice("SOL", 48 * USD),
        withdraw(3, "USDC", "solana", 2 * USD, borrow=True),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-8-007",
    ),
)

_LOW: Final[tuple[Action, ...]] = (
    Borrow(3, "USDC", 4000 * USD),
    Transfer(3, 2, "USDC", 1500 * USD),
    SetPrice("SOL", 90 * USD),
)
"""Account 3 has an equity of 310 dollars where 400 are required; a lot of SOL counts for 0.81."""

_BIDDING: Final[tuple[Action, ...]] = (
    Borrow(3, "USDC", 4000 * USD),
    Transfer(3, 2, "USDC", 1480 * USD),
    bid(3, 100, 1_000_000),
    SetPrice("SOL", 90 * USD),
)
"""An equity of 330 dollars, and an order that may lose 19 of them."""

_ORDER: Final = Group("spot", _LOW, why=Why.BOUNDARY, clauses=("PF-5", "SM-4"))
_TRADE: Final = Group("spot", _LOW, clauses=("SM-9",))

_ZERO: Final = Group("spot", (*_LOW[:2], SetPrice("SOL", 50 * USD)), clauses=("SM-9",))
"""Account 3 owes 50 dollars more than it is worth; a lot of SOL counts for 0.45."""

ORDERS: Final[tuple[Case, ...]] = (
    *_ORDER.pair(
        ("PF-8-040", "PF-8-041"),
        ("below the margin, an ask that loses nothing", "an ask a tick lower"),
        accepted=ask(3, 100, 810_000),
        refused=ask(3, 100, 809_900),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *_ORDER.pair(
        ("PF-8-042", "PF-8-043"),
        ("below the margin, a bid that loses nothing", "a bid a tick higher"),
        accepted=bid(3, 100, 810_000),
        refused=bid(3, 100, 810_100),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *_ORDER.pair(
        ("PF-8-044", "PF-8-045"),
        ("below the margin, an ask of all that is held", "an ask that would borrow a lot"),
        accepted=ask(3, 1000, 900_000, flags=flags(borrow=True)),
        refused=ask(3, 1001, 900_000, flags=flags(borrow=True)),
        code=R.INSUFFICIENT_MARGIN,
    ),
    _TRADE.accept(
        "PF-8-046",
        "below the margin, a sale at a good price",
        bid(4, 100, 900_000),
        ask(3, 100, 900_000),
    ),
    _TRADE.reject(
        "PF-8-047",
        "below the margin, a sale at a bad price",
        bid(4, 100, 800_000),
        ask(3, 100, 800_000),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-8-048",
    ),
    _TRADE.accept(
        "PF-8-048",
        "below the margin, the same sale when it repays",
        bid(4, 100, 800_000),
        ask(3, 100, 800_000, flags=flags(repay=True)),
    ),
    _TRADE.accept(
        "PF-8-049",
        "below the margin, a purchase at a good price",
        ask(4, 100, 800_000),
        bid(3, 100, 800_000),
    ),
    _TRADE.reject(
        "PF-8-050",
        "below the margin, a purchase at the mark loses the weight",
        ask(4, 100, 900_000),
        bid(3, 100, 900_000),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-8-049",
    ),
    Group("spot", _BIDDING, clauses=("SM-11",)).accept(
        "PF-8-051",
        "below the margin, an order may shrink in its place",
        AmendOrder(3, 0, 99, 1_000_000),
    ),
    *Group("spot", _BIDDING, why=Why.BOUNDARY, clauses=("SM-11",)).pair(
        ("PF-8-052", "PF-8-053"),
        ("below the margin, an order may be amended to a smaller loss", "not to a larger one"),
        accepted=AmendOrder(3, 0, 100, 999_900),
        refused=AmendOrder(3, 0, 100, 1_000_100),
        code=R.INSUFFICIENT_MARGIN,
    ),
    Group("spot", _BIDDING, clauses=("SM-10",)).accept(
        "PF-8-054", "below the margin, an order may be cancelled", CancelOrder(3, 0)
    ),
    Group(
        "spot",
        (
            Borrow(3, "USDC", 4000 * USD),
            Transfer(3, 2, "SOL", 10 * COIN - LOT + 1),
            Transfer(3, 2, "USDC", 600_800_000),
            SetPrice("SOL", 10 * USD),
            Deposit(0, "USDC", "solana", 9, 10 * USD),
        ),
        clauses=("SM-12",),
    ).accept(
        "PF-8-055",
        "below the margin, dust that is sold at its price raises the equity",
        ConvertDust(3, SPOT),
    ),
    _ZERO.accept(
        "PF-8-056",
        "below zero, a sale that repays is taken though the equity per margin left is lower",
        bid(4, 100, 451_000),
        ask(3, 100, 451_000, flags=flags(repay=True)),
    ),
    _ZERO.accept(
        "PF-8-057",
        "below zero, a sale after its fee raises the equity by a hair",
        bid(4, 100, 450_500),
        ask(3, 100, 450_500),
        why=Why.BOUNDARY,
    ),
    _ZERO.accept(
        "PF-8-142",
        "below zero, a sale costs with its fee no more than a tenth of the margin that it releases",
        bid(4, 100, 448_300),
        ask(3, 100, 448_300, flags=flags(repay=True)),
        why=Why.BOUNDARY,
    ),
    _ZERO.reject(
        "PF-8-058",
        "below zero, a sale a tick lower costs more than a tenth of the margin that it releases",
        bid(4, 100, 448_200),
        ask(3, 100, 448_200, flags=flags(repay=True)),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-8-142",
        why=Why.BOUNDARY,
    ),
    *Group("spot", _ZERO.before, why=Why.BOUNDARY, clauses=("PF-5",)).pair(
        ("PF-8-059", "PF-8-066"),
        ("below zero, an ask that loses nothing", "below zero, an ask a tick lower"),
        accepted=ask(3, 100, 450_000),
        refused=ask(3, 100, 449_900),
        code=R.INSUFFICIENT_MARGIN,
    ),
)

CASES: Final[tuple[Case, ...]] = (*EDGE, *BELOW, *ORDERS)
