"""Cases of the money market chapter: account settings, the sweep, and margin."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    Borrow,
    Deposit,
    Lend,
    ListAsset,
    Redeem,
    Repay,
    SetAccountSettings,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import AssetParameters, TokenParameters
from ibperp_conformance.authored.builder import Case, Group, Refused, Why, withdraw
from ibperp_conformance.authored.setups import COIN, MAX, POOL, SOL, USD

_MARKET: Final = Group("market")
_EDGE: Final = Group("market", why=Why.BOUNDARY)
_ORDER: Final = Group("market", why=Why.PRECEDENCE)
_AGED: Final = Group("aged", why=Why.ROUNDING, clauses=("MM-2",))
_LEVER: Final = Group("market", why=Why.BOUNDARY, clauses=("MM-17",))


def _settings(
    account: int, leverage: int = 10 * RATIO, *, lend: bool = False, repay: bool = False
) -> SetAccountSettings:
    return SetAccountSettings(account, lend, repay, leverage)


SETTINGS: Final[tuple[Case, ...]] = (
    _MARKET.accept("MM-15-001", "the automatic steps are switched on", _settings(2, lend=True)),
    *_EDGE.pair(
        ("MM-15-002", "MM-15-003"),
        ("a leverage of one", "a leverage just below one"),
        accepted=_settings(2, RATIO),
        refused=_settings(2, RATIO - 1),
        code=R.LEVERAGE_INVALID,
    ),
    *_EDGE.refusals(
        "MM-15-002",
        ("MM-15-004", "no leverage", _settings(2, 0), R.LEVERAGE_INVALID),
        ("MM-15-005", "a leverage below zero", _settings(2, -RATIO), R.LEVERAGE_INVALID),
        ("MM-15-006", "a leverage out of range", _settings(2, MAX + 1), R.OUT_OF_RANGE),
        ("MM-15-007", "an unknown account", _settings(7), R.ACCOUNT_UNKNOWN),
        ("MM-15-008", "the fees account has no settings", _settings(0), R.ACCOUNT_RESERVED),
        ("MM-15-009", "the insurance account has no settings", _settings(1), R.ACCOUNT_RESERVED),
    ),
    _EDGE.accept("MM-15-010", "the largest leverage that may be stored", _settings(2, MAX)),
    _ORDER.reject(
        "MM-15-011",
        "an invalid leverage goes before an unknown account",
        _settings(7, 0),
        code=R.LEVERAGE_INVALID,
        twin="MM-15-002",
    ),
    *_LEVER.pair(
        ("MM-15-012", "MM-15-013"),
        ("a leverage that the debt just keeps", "a leverage just too small for the debt"),
        Transfer(3, 2, "USDC", 400 * USD),
        Transfer(3, 2, "SOL", 3 * COIN),
        accepted=_settings(3, 1_739_130_434_782_608_696),
        refused=_settings(3, 1_739_130_434_782_608_695),
        code=R.INSUFFICIENT_MARGIN,
    ),
    _LEVER.accept(
        "MM-15-014",
        "a higher leverage is taken whatever the margin",
        SetPrice("SOL", 1),
        _settings(3, 11 * RATIO),
    ),
    _MARKET.accept("MM-15-015", "switching auto repay on repays at once", _settings(3, repay=True)),
    _MARKET.accept(
        "MM-15-016",
        "switching auto lend on lends every free asset without a debt",
        _settings(3, lend=True),
    ),
    _MARKET.accept(
        "MM-15-017",
        "switching both on repays, then lends",
        Transfer(2, 3, "USDC", 7 * USD),
        _settings(3, lend=True, repay=True),
    ),
    _MARKET.trace(
        "MM-15-018",
        "a transfer to an automatic account is swept",
        _settings(3, repay=True),
        Transfer(2, 3, "USDC", 3 * USD),
    ),
    _MARKET.trace(
        "MM-15-019",
        "a redemption is not swept back",
        _settings(4, lend=True),
        Redeem(4, "USDC", 5 * USD),
    ),
    _MARKET.trace(
        "MM-15-020",
        "a borrow is not swept back",
        _settings(3, repay=True),
        Borrow(3, "USDC", 5 * USD),
    ),
    Group("automatic", why=Why.REGRESSION).accept(
        "MM-15-022",
        "a lender with nothing free is swept without an event",
        SetAccountSettings(2, auto_lend=True, auto_repay_borrows=False, leverage_limit=10 * RATIO),
    ),
    Group("automatic").accept(
        "MM-15-021",
        "switching off lends nothing more",
        _settings(2),
        Deposit(2, "USDC", "solana", 3, USD),
    ),
)

MARGIN: Final[tuple[Case, ...]] = (
    *Group(
        "funded",
        (Lend(3, "SOL", 5 * COIN), withdraw(2, "USDC", "solana", 900 * USD)),
        why=Why.BOUNDARY,
    ).pair(
        ("MM-17-001", "MM-17-002"),
        ("borrowed and held: the margin is just kept", "one atom more is refused"),
        accepted=Borrow(2, "SOL", 3_333_333_300),
        refused=Borrow(2, "SOL", 3_333_333_301),
        code=R.INSUFFICIENT_MARGIN,
    ),
    Group("market", why=Why.BOUNDARY).accept(
        "MM-17-003",
        "the requirement grows with the root of the size",
        Lend(3, "SOL", 9 * COIN),
        Deposit(2, "USDC", "solana", 3, 10_000 * USD),
        Borrow(2, "SOL", 5 * COIN),
    ),
    _MARKET.accept(
        "MM-17-004",
        "below the margin what lowers risk is taken",
        SetPrice("SOL", 1 * USD),
        Repay(3, "USDC", 100 * USD),
    ),
    _MARKET.reject(
        "MM-17-005",
        "below the margin nothing leaves",
        SetPrice("SOL", 1 * USD),
        Transfer(3, 2, "SOL", 100),
        code=R.INSUFFICIENT_MARGIN,
        twin="CU-10-030",
    ),
    _MARKET.accept(
        "MM-17-006",
        "a lend is collateral as free balance is",
        Lend(3, "SOL", 10 * COIN),
        Borrow(3, "USDC", 100 * USD),
    ),
    Group(
        "funded",
        (
            ListAsset("JUP", SOL),
            Deposit(2, "JUP", "solana", 3, 100 * COIN),
            Lend(4, "USDC", 800 * USD),
            withdraw(2, "USDC", "solana", 1000 * USD),
        ),
    ).reject(
        "MM-17-007",
        "an asset without a price is no collateral",
        Borrow(2, "USDC", 100 * USD),
        code=R.INSUFFICIENT_MARGIN,
        twin="MM-17-008",
    ),
    Group(
        "funded",
        (
            ListAsset("JUP", SOL),
            Deposit(2, "JUP", "solana", 3, 100 * COIN),
            Lend(4, "USDC", 800 * USD),
            withdraw(2, "USDC", "solana", 1000 * USD),
        ),
    ).accept(
        "MM-17-008",
        "with a price it is collateral",
        SetPrice("JUP", 100 * USD),
        Borrow(2, "USDC", 100 * USD),
    ),
    _MARKET.trace(
        "MM-17-009",
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
)

_TOKEN: Final = AssetParameters(
    decimals=0,
    lot_atoms=1,
    collateral_weight=RATIO,
    imf_base=2,
    imf_factor=1,
    mmf_base=1,
    mmf_factor=0,
    tokens=(TokenParameters("solana", 1, 1, 1, 100, 0),),
    pool=POOL,
)
# A debt of 10^19 quote atoms (10^13 USD) requires 10 atoms for each unit of the rounded-up root,
# 3,162,278; rounded down, it would require 31,622,770 atoms and not 31,622,780.
_ROOT: Final = Group(
    "funded",
    (
        ListAsset("TOK", _TOKEN),
        SetPrice("TOK", 10**19),
        Deposit(4, "TOK", "solana", 3, 10),
        Lend(4, "TOK", 10),
        _settings(2, MAX),
    ),
    why=Why.ROUNDING,
    clauses=("NT-6", "NT-4"),
)

ROOTS: Final[tuple[Case, ...]] = (
    _ROOT.accept(
        "MM-17-010",
        "the root of the size is rounded up: its margin is just kept",
        withdraw(2, "USDC", "solana", 1000 * USD - 31_622_780),
        Borrow(2, "TOK", 1),
    ),
    _ROOT.reject(
        "MM-17-011",
        "one atom short of the margin by the rounded-up root",
        withdraw(2, "USDC", "solana", 1000 * USD - 31_622_779),
        Borrow(2, "TOK", 1),
        code=R.INSUFFICIENT_MARGIN,
        twin="MM-17-010",
    ),
)

_UNDER_WATER: Final = (SetPrice("SOL", 1), Deposit(3, "SOL", "solana", 3, 1000))
"""Steps after which account 3 misses its margin, and 1000 atoms of its SOL are worth nothing."""

RISK: Final[tuple[Case, ...]] = (
    *Group("market", _UNDER_WATER, why=Why.BOUNDARY).pair(
        ("MM-17-012", "MM-17-013"),
        ("under water, what is worth nothing may leave", "under water, one quote atom may not"),
        accepted=Transfer(3, 2, "SOL", 1000),
        refused=Transfer(3, 2, "SOL", 1001),
        code=R.INSUFFICIENT_MARGIN,
    ),
    Group("automatic").accept(
        "CU-10-034", "what arrives is lent at once", Transfer(3, 2, "USDC", 5 * USD)
    ),
)

CASES: Final[tuple[Case, ...]] = (*SETTINGS, *MARGIN, *ROOTS, *RISK)
