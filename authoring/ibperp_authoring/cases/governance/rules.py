"""Cases of the governance chapter: parameters and ramps, levels of prices, halts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CancelAllOrders,
    CreateAccount,
    FundInsurance,
    Halt,
    Lend,
    Liquidate,
    ListAsset,
    Redeem,
    RegisterBackstop,
    Repay,
    Resume,
    RunRisk,
    SetAssetParameters,
    SetPrice,
    SetSystemParameters,
    Settle,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import HaircutKind, HaircutParameters
from ibperp_authoring.cases.builder import PERP, Case, Group, Refused, Why
from ibperp_authoring.cases.liquidation.setups import (
    DOLLAR,
    STEP,
    coin,
    deposit,
    price,
    system_with,
)
from ibperp_authoring.cases.settlement.setups import contract_with, mark, opened
from ibperp_authoring.cases.setups import COIN, CONTINUOUS, PERCENT, USD

_PLAIN: Final = Group("liquidation")
_HOUR: Final = 3600
_SLOW: Final = Group("liquidation", (system_with(ramp_interval=_HOUR),))
_COIN: Final = coin(90 * PERCENT)


def coin_with(**changes: Any) -> SetAssetParameters:
    """Change some parameters of SOL."""
    return SetAssetParameters("SOL", replace(_COIN, **changes))


def weight(percents: int) -> SetAssetParameters:
    """Change what SOL counts for."""
    return SetAssetParameters("SOL", coin(percents * PERCENT))


_SYSTEM: Final[tuple[Case, ...]] = (
    _PLAIN.accept("GV-1-001", "a limit of the system changes at once", system_with(order_limit=3)),
    *_PLAIN.refusals(
        "GV-1-001",
        (
            "GV-1-002",
            "a law of the system parameters is broken",
            system_with(liquidation_fraction=0),
            R.PARAMETER_INVALID,
        ),
        (
            "GV-1-003",
            "the unit of all values stays",
            system_with(quote_unit=10 * USD),
            R.PARAMETER_INVALID,
        ),
        (
            "GV-1-004",
            "the settlement asset stays",
            system_with(settlement_asset="SOL"),
            R.PARAMETER_INVALID,
        ),
        (
            "GV-1-005",
            "the accrual interval stays: some have paid the running one",
            system_with(accrual_interval=CONTINUOUS.accrual_interval + 1),
            R.PARAMETER_INVALID,
        ),
    ),
    Group("genesis").accept(
        "GV-1-006",
        "before anything is listed the identity may still change",
        SetSystemParameters(replace(CONTINUOUS, quote_unit=10 * USD, settlement_asset="SOL")),
    ),
)

_RAMPS: Final[tuple[Case, ...]] = (
    _PLAIN.accept("GV-2-001", "without a ramp new margins count at once", weight(60)),
    *_PLAIN.refusals(
        "GV-2-001",
        ("GV-2-002", "margins in the wrong order", coin_with(mmf_base=RATIO), R.PARAMETER_INVALID),
        ("GV-2-003", "decimals stay", coin_with(decimals=8), R.PARAMETER_INVALID),
        ("GV-2-004", "the priced lot stays", coin_with(lot_atoms=COIN // 10), R.PARAMETER_INVALID),
        ("GV-2-005", "tokens stay", coin_with(tokens=DOLLAR.tokens[:1]), R.PARAMETER_INVALID),
        ("GV-2-006", "no such asset", SetAssetParameters("X", _COIN), R.ASSET_UNKNOWN),
    ),
    _SLOW.reject(
        "GV-2-007",
        "a kind of haircut has no way to another one",
        coin_with(haircut=HaircutParameters(HaircutKind.INVERSE_SQRT, RATIO, RATIO, 1)),
        code=R.PARAMETER_INVALID,
        twin="GV-2-008",
    ),
    _SLOW.accept("GV-2-008", "with a ramp margins stay as they are for now", weight(60)),
    _SLOW.trace(
        "GV-2-009",
        "a ramp: half-way at half its time, at its target at the end",
        weight(60),
        AdvanceTime(_HOUR // 2),
        AdvanceTime(_HOUR - 1),
        AdvanceTime(_HOUR),
        why=Why.BOUNDARY,
    ),
    _SLOW.trace(
        "GV-2-010",
        "a second change starts from what is in force then",
        weight(60),
        AdvanceTime(_HOUR // 3),
        weight(90),
        AdvanceTime(_HOUR),
    ),
    _SLOW.trace(
        "GV-2-011",
        "requirements round up on their way, maintenance down",
        coin_with(imf_base=7, mmf_base=5, imf_factor=3, mmf_factor=3),
        AdvanceTime(7),
        AdvanceTime(_HOUR - 7),
        why=Why.ROUNDING,
    ),
    _SLOW.trace(
        "GV-2-012",
        "the margins of a perpetual move too",
        contract_with(imf_base=40 * PERCENT, mmf_base=20 * PERCENT),
        AdvanceTime(_HOUR // 4),
        AdvanceTime(2 * _HOUR),
    ),
    _SLOW.accept(
        "GV-2-013",
        "pool, price limits and floor change at once, beside a ramp of the margins",
        coin_with(price_floor=7 * USD, price_update_max=3 * RATIO, imf_base=20 * PERCENT),
    ),
    Group("liquidation_borrowed", (system_with(ramp_interval=_HOUR),)).trace(
        "GV-2-014",
        "incident 42, Moonwell (SC-21): a lower weight makes nobody due at once, and somebody on "
        "its way; failing sells its coins in that second",
        weight(80),
        Refused(STEP, R.NOT_LIQUIDATABLE),
        AdvanceTime(300),
        Refused(STEP, R.NOT_LIQUIDATABLE),
        AdvanceTime(_HOUR),
        price(100),
        SetPrice("USDC", USD),
        STEP,
        why=Why.ATTACK,
    ),
    _SLOW.trace(
        "GV-2-015",
        "incident 45, Drift (SC-20): listed, weighed and borrowed against in one go: new "
        "collateral counts for nothing; failing lends 900 against it",
        ListAsset("FAKE", _COIN),
        SetPrice("FAKE", 100 * USD),
        CreateAccount(10, 10),
        deposit(10, 1000 * COIN, "FAKE", 0),
        Refused(Borrow(10, "USDC", 900 * USD), R.INSUFFICIENT_MARGIN),
        SetAssetParameters("FAKE", coin(100 * PERCENT)),
        Refused(Borrow(10, "USDC", 900 * USD), R.INSUFFICIENT_MARGIN),
        why=Why.ATTACK,
    ),
)

_OWING: Final = Group("liquidation", (Borrow(6, "USDC", 100 * USD),))
_FLOORED: Final[tuple[Action, ...]] = (coin_with(price_floor=100 * USD),)
_OUT: Final = Transfer(2, 8, "USDC", USD)
_HELD: Final = Group(
    "liquidation_borrowed", (deposit(2, 50 * USD), coin_with(price_update_max=2 * RATIO))
)
_CUT: Final[tuple[Action, ...]] = (price(1000),)
"""An update that asks for more than its limits let it."""

_LEVELS: Final[tuple[Case, ...]] = (
    _HELD.accept("GV-3-001", "a valid price: a transfer by a debtor", price(101), _OUT),
    _HELD.reject(
        "GV-3-002",
        "a price that its limits hold lets nothing out",
        *_CUT,
        _OUT,
        code=R.PRICE_DEVIATING,
        twin="GV-3-001",
    ),
    _HELD.accept(
        "GV-3-003",
        "the next update that is taken as it comes frees it",
        *_CUT,
        price(200),
        _OUT,
    ),
    _HELD.reject(
        "GV-3-004",
        "incident 11, Venus: a price at its floor is none: nothing leaves; failing pays out what "
        "backs a debt",
        *_FLOORED,
        _OUT,
        code=R.PRICE_AT_FLOOR,
        twin="GV-3-005",
        why=Why.ATTACK,
    ),
    _HELD.accept(
        "GV-3-005",
        "an atom above its floor it is one",
        coin_with(price_floor=100 * USD - 1),
        _OUT,
        why=Why.BOUNDARY,
    ),
    _HELD.reject(
        "GV-3-006",
        "nobody is liquidated at a floor",
        coin_with(price_floor=94 * USD),
        Transfer(2, 8, "USDC", 50 * USD),
        price(94),
        STEP,
        code=R.PRICE_AT_FLOOR,
        twin="GV-3-007",
    ),
    _HELD.accept(
        "GV-3-007",
        "a price that its limits hold does not stop a liquidation",
        Transfer(2, 8, "USDC", 50 * USD),
        coin_with(price_update_min=94 * PERCENT),
        price(50),
        STEP,
    ),
    _HELD.trace(
        "GV-3-008",
        "borrowing needs a valid price, depositing and repaying none",
        *_CUT,
        Refused(Borrow(2, "SOL", COIN), R.PRICE_DEVIATING),
        Refused(FundInsurance(2, "USDC", USD), R.PRICE_DEVIATING),
        Repay(2, "USDC", 10 * USD),
        deposit(2, USD, after=2),
    ),
    _OWING.reject(
        "GV-3-009",
        "a borrow at the floor of the collateral",
        *_FLOORED,
        Borrow(6, "USDC", USD),
        code=R.PRICE_AT_FLOOR,
        twin="GV-3-010",
    ),
    _OWING.accept("GV-3-010", "a borrow above the floor", Borrow(6, "USDC", USD)),
)

_HALTED: Final = Group("liquidation_borrowed", (Halt(),))
_RESUMED: Final = Group("liquidation_borrowed", (Halt(), AdvanceTime(10), Resume()))

_HALTS: Final[tuple[Case, ...]] = (
    _PLAIN.accept("GV-4-001", "the system halts", Halt()),
    _HALTED.reject("GV-4-002", "it does not halt twice", Halt(), code=R.HALTED, twin="GV-4-001"),
    _HALTED.accept("GV-4-003", "it resumes, with a grace for those who are due", Resume()),
    _PLAIN.reject(
        "GV-4-004", "what runs is not resumed", Resume(), code=R.NOT_HALTED, twin="GV-4-003"
    ),
    _HALTED.trace(
        "GV-4-005",
        "in a halt money comes in, debts are paid, orders end, prices and the clock go on",
        deposit(2, 10 * USD),
        Repay(2, "USDC", 10 * USD),
        CancelAllOrders(2, PERP),
        price(99),
        mark(990_000),
        AdvanceTime(60),
        FundInsurance(3, "USDC", USD),
        weight(85),
        system_with(order_limit=5),
        Resume(),
    ),
    *_HALTED.refusals(
        "GV-4-005",
        ("GV-4-006", "nothing is lent in a halt", Lend(3, "USDC", USD), R.HALTED),
        ("GV-4-007", "nothing is redeemed in a halt", Redeem(5, "USDC", USD), R.HALTED),
        ("GV-4-008", "nothing is borrowed in a halt", Borrow(6, "USDC", USD), R.HALTED),
        ("GV-4-009", "nothing is moved in a halt", _OUT, R.HALTED),
        ("GV-4-010", "nothing is settled in a halt", Settle(), R.HALTED),
        ("GV-4-011", "nobody is liquidated in a halt", STEP, R.HALTED),
        ("GV-4-012", "the risk is not run in a halt", RunRisk(1), R.HALTED),
        ("GV-4-013", "nobody offers a backstop in a halt", RegisterBackstop(3, USD), R.HALTED),
        ("GV-4-014", "no trade in a halt", opened(3, 4, 1)[0], R.HALTED),
        ("GV-4-015", "a halt stands before every other code", Liquidate(99), R.HALTED),
    ),
    _RESUMED.reject(
        "GV-4-016",
        "within the grace nobody is liquidated",
        price(94),
        AdvanceTime(69),
        STEP,
        code=R.LIQUIDATION_PAUSED,
        twin="GV-4-017",
        why=Why.BOUNDARY,
    ),
    _RESUMED.accept(
        "GV-4-017",
        "incident 36, dYdX v4: when the grace is over, who is due is liquidated; failing waits "
        "without end",
        price(94),
        AdvanceTime(70),
        STEP,
        why=Why.BOUNDARY,
    ),
    _RESUMED.reject(
        "GV-4-018",
        "within the grace the risk is not run",
        price(94),
        RunRisk(5),
        code=R.LIQUIDATION_PAUSED,
        twin="GV-4-019",
    ),
    _RESUMED.accept("GV-4-019", "then it is", price(94), AdvanceTime(70), RunRisk(5)),
    _RESUMED.accept(
        "GV-4-020",
        "the grace is for saving oneself: what is paid in time heals",
        price(94),
        deposit(2, 100 * USD),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_SYSTEM, *_RAMPS, *_LEVELS, *_HALTS)
