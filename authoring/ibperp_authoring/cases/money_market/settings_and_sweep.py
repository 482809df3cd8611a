"""Cases of account settings and the sweep (MM-15)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Borrow, Deposit, Redeem, SetAccountSettings, SetPrice, Transfer
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, settings
from ibperp_authoring.cases.setups import COIN, MAX, USD

_MARKET: Final = Group("market")
_EDGE: Final = Group("market", why=Why.BOUNDARY)
_ORDER: Final = Group("market", why=Why.PRECEDENCE)
_AGED: Final = Group("aged", why=Why.ROUNDING, clauses=("MM-2",))
_LEVER: Final = Group("market", why=Why.BOUNDARY, clauses=("PF-7", "PF-8"))


def _settings(
    account: int, leverage: int = 10 * RATIO, *, lend: bool = False, repay: bool = False
) -> SetAccountSettings:
    return settings(account, auto_lend=lend, auto_repay_borrows=repay, leverage_limit=leverage)


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
        settings(2, auto_lend=True),
    ),
    Group("automatic").accept(
        "MM-15-021",
        "switching off lends nothing more",
        _settings(2),
        Deposit(2, "USDC", "solana", 3, USD),
    ),
)

CASES: Final[tuple[Case, ...]] = (
    *SETTINGS,
    Group("automatic").accept(
        "CU-10-034", "what arrives is lent at once", Transfer(3, 2, "USDC", 5 * USD)
    ),
)
