"""Cases of the initial and the maintenance requirement (PF-4)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Borrow, Deposit, Lend, ListAsset, SetAccountSettings, SetPrice
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameter_laws import MULTIPLIER_MAX
from ibperp.parameters import AssetParameters, HaircutKind, HaircutParameters, TokenParameters
from ibperp_authoring.cases.builder import Case, Group, Why, settings, withdraw
from ibperp_authoring.cases.setups import COIN, MAX, POOL, SOL, USD

_MARKET: Final = Group("market", why=Why.BOUNDARY)
_RICH: Final = Group(
    "market",
    (Lend(3, "SOL", 9 * COIN), Deposit(2, "USDC", "solana", 3, 10_000 * USD)),
    why=Why.BOUNDARY,
)
"""SOL can be borrowed by account 2: 20 % and 10 % up to 400 dollars, then more by the root."""

BASE: Final[tuple[Case, ...]] = (
    _MARKET.accept("PF-4-001", "400 dollars of USDC: 40 and 20", Borrow(3, "USDC", 10)),
    _MARKET.accept("PF-4-002", "both requirements are rounded up", Borrow(3, "USDC", 11)),
    _MARKET.accept(
        "PF-4-003", "20 atoms more need one atom more of maintenance", Borrow(3, "USDC", 20)
    ),
    _MARKET.accept("PF-4-004", "21 atoms more need two", Borrow(3, "USDC", 21)),
    _RICH.accept(
        "PF-4-005", "a debt of one atom requires one atom of both margins", Borrow(2, "SOL", 1)
    ),
)

ROOTS: Final[tuple[Case, ...]] = (
    _RICH.accept(
        "PF-4-006", "at 400 dollars base and root ask the same", Borrow(2, "SOL", 4 * COIN)
    ),
    _RICH.accept(
        "PF-4-007", "three atoms above, both still round to one", Borrow(2, "SOL", 4 * COIN + 30)
    ),
    _RICH.accept(
        "PF-4-008",
        "four atoms above, the root asks for two atoms where the base asks for one",
        Borrow(2, "SOL", 4 * COIN + 40),
    ),
    _RICH.accept(
        "PF-4-009",
        "900 dollars: 30 % and 15 %, by a root of 30",
        SetPrice("SOL", 225 * USD),
        Borrow(2, "SOL", 4 * COIN),
    ),
    Group("market", why=Why.BOUNDARY, clauses=("NT-6",)).accept(
        "PF-4-010",
        "the requirement grows with the root of the size",
        Lend(3, "SOL", 9 * COIN),
        Deposit(2, "USDC", "solana", 3, 10_000 * USD),
        Borrow(2, "SOL", 5 * COIN),
    ),
    _RICH.accept(
        "PF-4-011",
        "each asset has a root of its own: two debts of 300 dollars stay at their base",
        Lend(4, "USDC", 200 * USD),
        ListAsset("JUP", SOL),
        SetPrice("JUP", 100 * USD),
        Deposit(4, "JUP", "solana", 4, 9 * COIN),
        Lend(4, "JUP", 9 * COIN),
        Borrow(2, "SOL", 3 * COIN),
        Borrow(2, "JUP", 3 * COIN),
        why=Why.RULE,
    ),
    _RICH.accept(
        "PF-4-012",
        "two debts of one asset share a root: what is added costs more than it would alone",
        Borrow(2, "SOL", 4 * COIN),
        Borrow(2, "SOL", 3 * COIN),
        why=Why.RULE,
    ),
    _RICH.accept(
        "PF-4-013",
        "beyond 10,000 dollars a debt requires more than it is worth",
        Borrow(2, "SOL", 7 * COIN),
        SetPrice("SOL", 2000 * USD),
    ),
    _RICH.accept(
        "PF-4-014",
        "a debt whose price falls is required by its base again",
        Borrow(2, "SOL", 7 * COIN),
        SetPrice("SOL", 10 * USD),
    ),
)


def _settings(account: int, leverage: int) -> SetAccountSettings:
    return settings(account, leverage_limit=leverage)


_TOKEN: Final = AssetParameters(
    decimals=0,
    lot_atoms=1,
    haircut=HaircutParameters(HaircutKind.IDENTITY, RATIO, RATIO, 0),
    imf_base=2,
    imf_factor=1,
    mmf_base=1,
    mmf_factor=0,
    price_update_min=0,
    price_update_max=MULTIPLIER_MAX,
    price_floor=0,
    tokens=(TokenParameters("solana", 1, 1, 1, 100, 0),),
    pool=POOL,
)


# A debt of 10^19 quote atoms (10^13 USD) requires 10 atoms for each unit of the rounded-up root,
# 3,162,278; rounded down, it would require 31,622,770 atoms and not 31,622,780.
def _debt_of(price: int) -> Group:
    """Let account 2 borrow one TOK, which is worth `price`, at any leverage."""
    return Group(
        "funded",
        (
            ListAsset("TOK", _TOKEN),
            SetPrice("TOK", price),
            Deposit(4, "TOK", "solana", 3, 10),
            Lend(4, "TOK", 10),
            _settings(2, MAX),
        ),
        why=Why.ROUNDING,
        clauses=("NT-6", "NT-4"),
    )


_ROOT: Final = _debt_of(10**19)
# An atom above 9 * 10^12 USD the root is 3,000,001: 27,000,009 and a rest, where 3,000,000 would
# require 27,000,001.
_SQUARE: Final = _debt_of(9 * 10**18 + 1)

ROUNDED: Final[tuple[Case, ...]] = (
    _ROOT.accept(
        "PF-4-020",
        "the root of the size is rounded up: its margin is just kept",
        withdraw(2, "USDC", "solana", 1000 * USD - 31_622_780),
        Borrow(2, "TOK", 1),
    ),
    _ROOT.reject(
        "PF-4-021",
        "one atom short of the margin by the rounded-up root",
        withdraw(2, "USDC", "solana", 1000 * USD - 31_622_779),
        Borrow(2, "TOK", 1),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-4-020",
    ),
    _SQUARE.accept(
        "PF-4-022",
        "a size just above a square has the next root: its margin is just kept",
        withdraw(2, "USDC", "solana", 1000 * USD - 27_000_010),
        Borrow(2, "TOK", 1),
    ),
    _SQUARE.reject(
        "PF-4-023",
        "one atom short of the margin by the next root",
        withdraw(2, "USDC", "solana", 1000 * USD - 27_000_009),
        Borrow(2, "TOK", 1),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-4-022",
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *BASE,
    *ROOTS,
    *ROUNDED,
)
