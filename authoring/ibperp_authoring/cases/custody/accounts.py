"""Cases of the custody chapter: the listing of assets, accounts, transfers and prices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import CreateAccount, Lend, ListAsset, SetPrice, Transfer
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, withdraw
from ibperp_authoring.cases.setups import MAX, PERCENT, SOL, USD, USDC

_GENESIS: Final = Group("genesis")
_LISTED: Final = Group("listed")
_FUNDED: Final = Group("funded")
_MARKET: Final = Group("market")
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
)

ACCOUNTS: Final[tuple[Case, ...]] = (
    _GENESIS.accept("CU-3-001", "the first account has the id 2", CreateAccount(2, 1)),
    _LISTED.accept("CU-3-002", "ids are dense", CreateAccount(5, 1), CreateAccount(6, 3)),
    *_LISTED.refusals(
        "CU-3-002",
        ("CU-3-003", "an id that exists", CreateAccount(4, 2), R.ACCOUNT_EXISTS),
        ("CU-3-004", "an id that leaves a gap", CreateAccount(6, 2), R.ACCOUNT_UNKNOWN),
        ("CU-3-005", "the fees account exists", CreateAccount(0, 1), R.ACCOUNT_EXISTS),
        ("CU-3-006", "the insurance account exists", CreateAccount(1, 1), R.ACCOUNT_EXISTS),
        ("CU-3-007", "nobody opens no account", CreateAccount(5, 0), R.USER_INVALID),
        ("CU-3-008", "a user below zero", CreateAccount(5, -1), R.USER_INVALID),
    ),
    _LISTED.reject(
        "CU-3-009",
        "an invalid user goes before an id that exists",
        CreateAccount(4, 0),
        code=R.USER_INVALID,
        twin="CU-3-002",
        why=Why.PRECEDENCE,
    ),
    _LISTED.reject(
        "CU-3-010",
        "an invalid user goes before an id that leaves a gap",
        CreateAccount(9, 0),
        code=R.USER_INVALID,
        twin="CU-3-002",
        why=Why.PRECEDENCE,
    ),
)

TRANSFERS: Final[tuple[Case, ...]] = (
    *_FUNDED.pair(
        ("CU-10-001", "CU-10-002"),
        ("the whole balance is moved", "one atom more than the balance"),
        accepted=Transfer(2, 3, "USDC", 1000 * USD),
        refused=Transfer(2, 3, "USDC", 1000 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
        why=Why.BOUNDARY,
    ),
    _FUNDED.accept("CU-10-003", "one atom is moved", Transfer(2, 3, "USDC", 1), why=Why.BOUNDARY),
    *_FUNDED.refusals(
        "CU-10-003",
        (
            "CU-10-004",
            "an account does not transfer to itself",
            Transfer(2, 2, "USDC", 1),
            R.SAME_ACCOUNT,
        ),
        ("CU-10-005", "not to another user", Transfer(2, 4, "USDC", 1), R.USER_MISMATCH),
        ("CU-10-006", "no atoms", Transfer(2, 3, "USDC", 0), R.AMOUNT_NOT_POSITIVE),
        (
            "CU-10-007",
            "a negative amount does not pull",
            Transfer(2, 3, "USDC", -1),
            R.AMOUNT_NOT_POSITIVE,
        ),
        ("CU-10-008", "an amount out of range", Transfer(2, 3, "USDC", MAX + 1), R.OUT_OF_RANGE),
        ("CU-10-009", "an unknown sender", Transfer(9, 3, "USDC", 1), R.ACCOUNT_UNKNOWN),
        ("CU-10-010", "an unknown receiver", Transfer(2, 9, "USDC", 1), R.ACCOUNT_UNKNOWN),
        ("CU-10-011", "an unknown asset", Transfer(2, 3, "BTC", 1), R.ASSET_UNKNOWN),
        ("CU-10-012", "not from the fees account", Transfer(0, 2, "USDC", 1), R.ACCOUNT_RESERVED),
        (
            "CU-10-013",
            "not to the insurance account",
            Transfer(2, 1, "USDC", 1),
            R.ACCOUNT_RESERVED,
        ),
        (
            "CU-10-014",
            "the largest amount that may be stored",
            Transfer(2, 3, "USDC", MAX),
            R.INSUFFICIENT_FUNDS,
        ),
        ("CU-10-015", "an account id below zero", Transfer(-1, 3, "USDC", 1), R.ACCOUNT_UNKNOWN),
    ),
    *(
        Group("funded", why=Why.PRECEDENCE).reject(name, title, action, code=code, twin="CU-10-003")
        for name, title, action, code in (
            (
                "CU-10-020",
                "an amount of zero goes before one account",
                Transfer(2, 2, "USDC", 0),
                R.AMOUNT_NOT_POSITIVE,
            ),
            (
                "CU-10-021",
                "one account goes before an unknown asset",
                Transfer(2, 2, "BTC", 1),
                R.SAME_ACCOUNT,
            ),
            (
                "CU-10-022",
                "an unknown account goes before an unknown asset",
                Transfer(9, 3, "BTC", 1),
                R.ACCOUNT_UNKNOWN,
            ),
            (
                "CU-10-023",
                "a reserved account goes before an unknown asset",
                Transfer(2, 1, "BTC", 1),
                R.ACCOUNT_RESERVED,
            ),
            (
                "CU-10-024",
                "another user goes before a missing balance",
                Transfer(2, 4, "USDC", 1000 * USD + 1),
                R.USER_MISMATCH,
            ),
        )
    ),
    _MARKET.accept(
        "CU-10-030", "borrowed atoms move within the margin", Transfer(3, 2, "USDC", 400 * USD)
    ),
    _MARKET.trace(
        "CU-10-031",
        "moving atoms there and back changes no claim",
        Transfer(3, 2, "USDC", 400 * USD),
        Transfer(2, 3, "USDC", 400 * USD),
        why=Why.CONSERVATION,
    ),
    *_MARKET.pair(
        ("CU-10-032", "CU-10-033"),
        ("collateral moves until the margin is just kept", "one atom more breaks the margin"),
        Transfer(3, 2, "USDC", 400 * USD),
        accepted=Transfer(3, 2, "SOL", 5_111_111_111),
        refused=Transfer(3, 2, "SOL", 5_111_111_112),
        code=R.INSUFFICIENT_MARGIN,
        why=Why.BOUNDARY,
    ),
)

PRICES: Final[tuple[Case, ...]] = (
    _LISTED.accept("CU-11-001", "a price is set at the present time", SetPrice("SOL", 101 * USD)),
    _LISTED.accept("CU-11-002", "the smallest price", SetPrice("SOL", 1), why=Why.BOUNDARY),
    *_LISTED.refusals(
        "CU-11-002",
        ("CU-11-003", "a price of zero", SetPrice("SOL", 0), R.AMOUNT_NOT_POSITIVE),
        ("CU-11-004", "a price below zero", SetPrice("SOL", -1), R.AMOUNT_NOT_POSITIVE),
        ("CU-11-005", "a price out of range", SetPrice("SOL", MAX + 1), R.OUT_OF_RANGE),
        ("CU-11-006", "an unknown asset", SetPrice("BTC", 1), R.ASSET_UNKNOWN),
    ),
    _LISTED.reject(
        "CU-11-007",
        "a price of zero goes before an unknown asset",
        SetPrice("BTC", 0),
        code=R.AMOUNT_NOT_POSITIVE,
        twin="CU-11-002",
        why=Why.PRECEDENCE,
    ),
    _LISTED.accept(
        "CU-11-008",
        "the largest price",
        ListAsset("JUP", SOL),
        SetPrice("JUP", MAX),
        why=Why.BOUNDARY,
    ),
    _MARKET.accept(
        "CU-11-009", "a fall of the price is taken whatever it does to margins", SetPrice("SOL", 1)
    ),
    _MARKET.trace(
        "CU-11-010",
        "after a fall of the price only what lowers risk is taken",
        SetPrice("SOL", 1),
        Transfer(2, 3, "USDC", 1),
        Lend(2, "USDC", 1),
        withdraw(2, "USDC", "solana", 1 * USD),
    ),
)

CASES: Final[tuple[Case, ...]] = (*LISTING, *ACCOUNTS, *TRANSFERS, *PRICES)
