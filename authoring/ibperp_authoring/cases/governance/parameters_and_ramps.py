"""Cases of the parameters of assets and markets, and of ramps (GV-2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    AdvanceTime,
    Borrow,
    CreateAccount,
    ListAsset,
    SetAssetParameters,
    SetPrice,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import HaircutKind, HaircutParameters
from ibperp_authoring.cases.builder import Case, Group, Refused, Why
from ibperp_authoring.cases.governance.steps import coin_with
from ibperp_authoring.cases.liquidation.setups import (
    DOLLAR,
    STEP,
    coin,
    deposit,
    price,
    system_with,
)
from ibperp_authoring.cases.settlement.setups import contract_with
from ibperp_authoring.cases.setups import COIN, PERCENT, POOL, USD, USDC

_PLAIN: Final = Group("liquidation")
_HOUR: Final = 3600
_SIZED: Final = replace(
    coin(90 * PERCENT),
    haircut=HaircutParameters(HaircutKind.INVERSE_SQRT, 90 * PERCENT, RATIO, 10 * PERCENT),
)
_SLOW: Final = Group("liquidation", (system_with(ramp_interval=_HOUR),))
_COIN: Final = coin(90 * PERCENT)


def weight(percents: int) -> SetAssetParameters:
    """Change what SOL counts for."""
    return SetAssetParameters("SOL", coin(percents * PERCENT))


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
    Group(
        "liquidation_borrowed",
        (SetAssetParameters("SOL", _SIZED), system_with(ramp_interval=_HOUR)),
    ).trace(
        "GV-2-016",
        "base and penalty of a haircut move over the ramp",
        SetAssetParameters(
            "SOL",
            replace(
                _SIZED, haircut=replace(_SIZED.haircut, base=80 * PERCENT, penalty=30 * PERCENT)
            ),
        ),
        AdvanceTime(_HOUR // 2),
    ),
    _SLOW.trace(
        "GV-2-017",
        "a perpetual's ramp is over in its last second",
        contract_with(imf_base=40 * PERCENT, mmf_base=20 * PERCENT),
        AdvanceTime(_HOUR),
        why=Why.BOUNDARY,
    ),
    Group("strained", clauses=("MM-9",)).accept(
        "GV-2-018",
        "a throttle bound outside the new limits is moved into them",
        SetAssetParameters(
            "USDC", replace(USDC, pool=replace(POOL, throttle_utilization=90 * PERCENT))
        ),
    ),
)


CASES: Final[tuple[Case, ...]] = (*_RAMPS,)
