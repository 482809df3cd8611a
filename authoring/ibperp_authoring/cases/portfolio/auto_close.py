"""Cases of auto-close (PF-6)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Borrow, Deposit, Lend, Repay
from ibperp_authoring.cases.builder import Case, Group, Why, ask, flags
from ibperp_authoring.cases.setups import COIN, USD

_MARKET: Final = Group("market", why=Why.BOUNDARY)
_RICH: Final = Group(
    "market",
    (Lend(3, "SOL", 9 * COIN), Deposit(2, "USDC", "solana", 3, 10_000 * USD)),
    why=Why.BOUNDARY,
)
"""SOL can be borrowed by account 2: 20 % and 10 % up to 400 dollars, then more by the root."""

AUTO_CLOSE: Final[tuple[Case, ...]] = (
    _MARKET.accept("PF-6-001", "half of the maintenance margin", Repay(3, "USDC", 200 * USD)),
    _MARKET.accept("PF-6-002", "half of an odd margin is rounded up", Borrow(3, "USDC", 1)),
    _RICH.accept(
        "PF-6-003", "at 576 dollars half and offset agree", Borrow(2, "SOL", 5_760_000_000)
    ),
    _RICH.accept(
        "PF-6-004",
        "an atom below, the offset is rounded down and takes an atom less",
        Borrow(2, "SOL", 5_759_999_990),
    ),
    _RICH.accept(
        "PF-6-005",
        "two atoms above, both agree once more",
        Borrow(2, "SOL", 5_760_000_020),
    ),
    _RICH.accept(
        "PF-6-006", "ten atoms above, the offset is the larger one", Borrow(2, "SOL", 5_760_000_100)
    ),
    _RICH.accept(
        "PF-6-007", "700 dollars: the margin less 6 % of the debt", Borrow(2, "SOL", 7 * COIN)
    ),
    _RICH.accept(
        "PF-6-008",
        "each asset takes the larger of its own two: 7 SOL by offset, 100 dollars by half",
        Deposit(4, "USDC", "solana", 4, 400 * USD),
        Lend(4, "USDC", 400 * USD),
        Borrow(2, "SOL", 7 * COIN),
        Borrow(2, "USDC", 100 * USD),
        why=Why.RULE,
    ),
    Group("spot", why=Why.BOUNDARY).accept(
        "PF-6-009",
        "what an open order would borrow is closed with the rest",
        ask(3, 2000, 1_000_000, flags=flags(borrow=True)),
    ),
)


CASES: Final[tuple[Case, ...]] = (*AUTO_CLOSE,)
