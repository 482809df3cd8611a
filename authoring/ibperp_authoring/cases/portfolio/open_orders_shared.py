"""Cases of open orders: orders beside firm orders, and the cap of losses (PF-5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    Borrow,
    Deposit,
    ListAsset,
    ListMarket,
    SetAccountSettings,
    SetMarketParameters,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, ask, bid, flags, settings
from ibperp_authoring.cases.setups import COIN, MARKET, SOL, THIN_MARKET, USD

_BORROW: Final = flags(borrow=True)

_BESIDE: Final = Group("spot", (ask(3, 1000, USD),), clauses=("SM-5",))
"""Account 3 asks for all its SOL, without loss and firm."""

_BESIDE_BID: Final = Group("spot", (bid(3, 1000, USD),), clauses=("SM-5",))
"""Account 3 bids with all its USDC, firm, and loses 100 dollars."""

SPLIT: Final[tuple[Case, ...]] = (
    _BESIDE.accept(
        "PF-5-140",
        "beside firm asks of all that is held, an ask on credit costs a debt in full",
        ask(3, 500, 600_000, flags=_BORROW),
    ),
    _BESIDE.trace(
        "PF-5-141",
        "its fill takes from equity just what was counted",
        ask(3, 500, 600_000, flags=_BORROW),
        bid(4, 500, 600_000),
    ),
    *replace(_BESIDE, why=Why.BOUNDARY).pair(
        ("PF-5-142", "PF-5-143"),
        ("as many asks on credit as that loss allows", "one lot more"),
        accepted=ask(3, 2189, 600_000, flags=_BORROW),
        refused=ask(3, 2190, 600_000, flags=_BORROW),
        code=R.INSUFFICIENT_MARGIN,
    ),
    _BESIDE.accept(
        "PF-5-144",
        "an ask that may redeem is not firm either: it costs a debt",
        ask(3, 400, 600_000, flags=flags(borrow=True, redeem=True)),
    ),
    _BESIDE_BID.accept(
        "PF-5-145",
        "beside a firm bid, a bid on credit costs a debt in full",
        SetPrice("USDC", USD * 9 // 10),
        bid(3, 500, 1_400_000, flags=_BORROW),
    ),
)

_SOL_THIN: Final = "SOL_THIN"
_THIN_USDC: Final = "THIN_USDC"
_WIDE: Final[dict[str, Any]] = {"limit_min": 0, "limit_max": 10 * RATIO}
_THIN: Final = Group(
    "thin",
    (
        Deposit(3, "USDC", "solana", 3, 2000 * USD),
        Transfer(2, 3, "THIN", 1000 * USD),
        ListMarket(_SOL_THIN, replace(MARKET, quote="THIN", **_WIDE)),
        SetMarketParameters(_THIN_USDC, replace(THIN_MARKET, **_WIDE)),
    ),
    clauses=("PF-2", "SM-5"),
)
"""Account 3 holds 1000 dollars of thin collateral, the quote of one market, the base of another."""

_FIRM_ASK: Final = ask(3, 400, 200_000, market=_THIN_USDC)
_FIRM_BID: Final = bid(3, 100, 4_000_000, market=_SOL_THIN)

SIZED: Final[tuple[Case, ...]] = (
    _THIN.accept(
        "PF-5-146",
        "an ask on credit takes the cheap end of thin collateral, a firm one what is below",
        _FIRM_ASK,
        ask(3, 500, 100_000, market=_THIN_USDC, flags=_BORROW),
    ),
    _THIN.trace(
        "PF-5-147",
        "the ask on credit fills; what the firm one costs stays",
        _FIRM_ASK,
        ask(3, 500, 100_000, market=_THIN_USDC, flags=_BORROW),
        bid(4, 500, 100_000, market=_THIN_USDC),
    ),
    _THIN.accept(
        "PF-5-148",
        "asks beyond what is held: the firm one keeps its part, the other owes",
        _FIRM_ASK,
        ask(3, 900, 100_000, market=_THIN_USDC, flags=_BORROW),
    ),
    _THIN.accept(
        "PF-5-149",
        "bids that pay with thin collateral",
        _FIRM_BID,
        bid(3, 125, 4_000_000, market=_SOL_THIN, flags=_BORROW),
    ),
    _THIN.accept(
        "PF-5-150",
        "bids beyond what is held: the firm one keeps its part, the other owes",
        _FIRM_BID,
        bid(3, 180, 4_000_000, market=_SOL_THIN, flags=_BORROW),
    ),
    _THIN.accept(
        "PF-5-151",
        "a firm ask and a bid on credit deliver one asset",
        _FIRM_ASK,
        bid(3, 180, 4_000_000, market=_SOL_THIN, flags=_BORROW),
    ),
    _THIN.accept(
        "PF-5-152",
        "two of either class share the costs of their class",
        _FIRM_BID,
        _FIRM_ASK,
        bid(3, 50, 4_000_100, market=_SOL_THIN, flags=_BORROW),
        ask(3, 300, 100_000, market=_THIN_USDC, flags=_BORROW),
        why=Why.ROUNDING,
    ),
)

_VOID: Final = "VOID_USDC"
_SPENT: Final = Group(
    "spot",
    (
        ListAsset("VOID", replace(SOL, haircut=replace(SOL.haircut, weight=0))),
        SetPrice("VOID", 100 * USD),
        ListMarket(_VOID, replace(MARKET, base="VOID")),
        Transfer(3, 2, "SOL", 10 * COIN),
        SetPrice("USDC", 999_999),
        bid(3, 1, 1_000_100, market=_VOID),
        bid(3, 1, 999_900, market=_VOID),
    ),
    why=Why.ROUNDING,
)
"""Account 3 has 1000 USDC alone; what a part of it counts for is no whole number of atoms."""

_LAST: Final = bid(3, 998, USD, market=_VOID)

CAPPED: Final[tuple[Case, ...]] = (
    _SPENT.accept(
        "PF-5-153", "three bids spend everything on what counts for nothing: the costs cap", _LAST
    ),
    _SPENT.reject(
        "PF-5-154",
        "with an atom owed it is too much",
        Borrow(3, "SOL", 1),
        _LAST,
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-5-153",
    ),
)


def _leverage(limit: int) -> SetAccountSettings:
    return settings(3, leverage_limit=limit)


LEVERAGE: Final[tuple[Case, ...]] = (
    *Group("spot", why=Why.BOUNDARY, clauses=("MM-15", "PF-7")).pair(
        ("PF-5-155", "PF-5-156"),
        (
            "a lower leverage limit leaves room for what a bid above the mark may lose",
            "a limit of an atom less equity is refused",
        ),
        Borrow(3, "USDC", 5000 * USD),
        bid(3, 1000, 1_500_000),
        accepted=_leverage(3_846_153_846_153_846_154),
        refused=_leverage(3_846_153_846_153_846_153),
        code=R.INSUFFICIENT_MARGIN,
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *SPLIT,
    *SIZED,
    *CAPPED,
    *LEVERAGE,
)
