"""Cases of listing an asset (CU-2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import ListAsset
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import TokenParameters
from ibperp_authoring.cases.builder import Case, Group, Why
from ibperp_authoring.cases.setups import MAX, PERCENT, SOL, USD, USDC

_GENESIS: Final = Group("genesis")
_LISTED: Final = Group("listed")

_EDGE: Final = Group("genesis", why=Why.BOUNDARY)


def _list(**changes: Any) -> ListAsset:
    return ListAsset("USDC", replace(USDC, **changes))


def _list_token(**changes: Any) -> ListAsset:
    return _list(tokens=(replace(USDC.tokens[0], **changes), USDC.tokens[1]))


def _list_pool(**changes: Any) -> ListAsset:
    return _list(pool=replace(USDC.pool, **changes))


def _list_haircut(**changes: Any) -> ListAsset:
    return _list(haircut=replace(USDC.haircut, **changes))


LISTING: Final[tuple[Case, ...]] = (
    _GENESIS.accept("CU-2-001", "an asset is listed with an empty pool", _list()),
    _LISTED.reject(
        "CU-2-002",
        "a listed symbol is not listed again",
        _list(),
        code=R.ASSET_EXISTS,
        twin="CU-2-001",
    ),
    _GENESIS.reject(
        "CU-2-003",
        "an asset has a name",
        ListAsset("", USDC),
        code=R.ASSET_NAME_INVALID,
        twin="CU-2-001",
    ),
    _GENESIS.accept(
        "CU-2-004", "a second asset shares the chains of the first", _list(), ListAsset("SOL", SOL)
    ),
    _GENESIS.reject(
        "CU-2-005",
        "a missing name goes before a broken law",
        ListAsset("", replace(USDC, decimals=25)),
        code=R.ASSET_NAME_INVALID,
        twin="CU-2-001",
        why=Why.PRECEDENCE,
    ),
    _LISTED.reject(
        "CU-2-006",
        "a broken law goes before a taken symbol",
        _list(decimals=25),
        code=R.PARAMETER_INVALID,
        twin="CU-2-001",
        why=Why.PRECEDENCE,
    ),
    _EDGE.accept("CU-2-007", "decimals may be 24", _list(decimals=24)),
    _EDGE.accept("CU-2-008", "decimals may be 0", _list(decimals=0)),
    _EDGE.accept("CU-2-009", "a collateral weight of zero is allowed", _list_haircut(weight=0)),
    _EDGE.accept(
        "CU-2-010",
        "a pool may be closed to all growth by a limit of zero",
        _list_pool(open_borrow_lend_limit=0),
    ),
    _EDGE.accept(
        "CU-2-011",
        "the three utilizations may be equal",
        _list_pool(throttle_utilization=80 * PERCENT, max_utilization=80 * PERCENT),
    ),
    _EDGE.accept(
        "CU-2-012",
        "the largest rates a curve may have",
        _list_pool(base_rate=100 * RATIO, slope_low=100 * RATIO, slope_high=100 * RATIO),
    ),
    *_EDGE.refusals(
        "CU-2-001",
        ("CU-2-020", "decimals above 24", _list(decimals=25), R.PARAMETER_INVALID),
        ("CU-2-021", "decimals below zero", _list(decimals=-1), R.PARAMETER_INVALID),
        ("CU-2-022", "a lot of no atoms", _list(lot_atoms=0), R.PARAMETER_INVALID),
        ("CU-2-023", "a lot above 10^24", _list(lot_atoms=10**24 + 1), R.PARAMETER_INVALID),
        ("CU-2-024", "a weight above one", _list_haircut(weight=RATIO + 1), R.PARAMETER_INVALID),
        ("CU-2-025", "no initial margin", _list(imf_base=0), R.PARAMETER_INVALID),
        (
            "CU-2-026",
            "maintenance not below initial margin",
            _list(mmf_base=10 * PERCENT),
            R.PARAMETER_INVALID,
        ),
        (
            "CU-2-027",
            "a maintenance factor above the initial",
            _list(mmf_factor=1),
            R.PARAMETER_INVALID,
        ),
        ("CU-2-028", "an asset without a chain", _list(tokens=()), R.PARAMETER_INVALID),
        (
            "CU-2-029",
            "a chain named twice",
            _list(tokens=(USDC.tokens[0], USDC.tokens[0])),
            R.PARAMETER_INVALID,
        ),
        ("CU-2-030", "a chain without a name", _list_token(chain=""), R.PARAMETER_INVALID),
        ("CU-2-031", "a native unit of zero", _list_token(native_unit=0), R.PARAMETER_INVALID),
        (
            "CU-2-032",
            "a smallest deposit of zero",
            _list_token(minimum_deposit=0),
            R.PARAMETER_INVALID,
        ),
        (
            "CU-2-033",
            "a fee that the chain cannot express",
            _list_token(native_unit=7),
            R.PARAMETER_INVALID,
        ),
        (
            "CU-2-034",
            "a fee as high as the smallest withdrawal",
            _list_token(withdrawal_fee=1 * USD),
            R.PARAMETER_INVALID,
        ),
        (
            "CU-2-035",
            "a largest withdrawal below the smallest",
            _list_token(maximum_withdrawal=1 * USD - 1),
            R.PARAMETER_INVALID,
        ),
        ("CU-2-036", "a base rate below zero", _list_pool(base_rate=-1), R.PARAMETER_INVALID),
        (
            "CU-2-037",
            "a slope above 100",
            _list_pool(slope_high=100 * RATIO + 1),
            R.PARAMETER_INVALID,
        ),
        ("CU-2-038", "a knot at zero", _list_pool(optimal_utilization=0), R.PARAMETER_INVALID),
        (
            "CU-2-039",
            "a knot at one",
            _list_pool(
                optimal_utilization=RATIO, throttle_utilization=RATIO, max_utilization=RATIO
            ),
            R.PARAMETER_INVALID,
        ),
        (
            "CU-2-040",
            "a throttle below the knot",
            _list_pool(throttle_utilization=80 * PERCENT - 1),
            R.PARAMETER_INVALID,
        ),
        (
            "CU-2-041",
            "a throttle above the maximum",
            _list_pool(throttle_utilization=95 * PERCENT + 1),
            R.PARAMETER_INVALID,
        ),
        (
            "CU-2-042",
            "a reserve fee above one",
            _list_pool(reserve_fee=RATIO + 1),
            R.PARAMETER_INVALID,
        ),
        (
            "CU-2-043",
            "a limit beyond the range of amounts",
            _list_pool(open_borrow_lend_limit=MAX + 1),
            R.PARAMETER_INVALID,
        ),
        (
            "CU-2-044",
            "a maximum utilization above one",
            _list_pool(max_utilization=RATIO + 1),
            R.PARAMETER_INVALID,
        ),
    ),
    _EDGE.accept(
        "CU-2-045",
        "the most that leaves at once may be the least",
        ListAsset("USDC", replace(USDC, tokens=(TokenParameters("solana", 1, 1, 5, 5, 2),))),
    ),
)


CASES: Final[tuple[Case, ...]] = (*LISTING,)
