"""Cases of orders that repay and lend what they received (SM-9)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, Borrow, Repay
from ibperp.numbers import RATIO
from ibperp_authoring.cases.builder import Case, Group, Why, ask, bid, flags, settings, withdraw
from ibperp_authoring.cases.setups import COIN, USD, market_with

_SPOT: Final = Group("spot", clauses=("MM-15",))
_ROUND: Final = Group("spot", why=Why.ROUNDING, clauses=("MM-15",))

_FLAG: Final = flags(repay=True)
_LEND: Final = flags(lend=True)
_TWO: Final = flags(repay=True, lend=True)
_BASIS_POINT: Final = RATIO // 10_000
_CHARGED: Final = market_with(maker_fee=2 * _BASIS_POINT, taker_fee=5 * _BASIS_POINT)

_BID: Final = bid(3, 100, USD)
_ASK: Final = ask(3, 100, USD)
_SHORT: Final = Borrow(4, "SOL", 5 * COIN)
_OWES: Final = Borrow(4, "USDC", 500 * USD)
_OWES_LITTLE: Final = Borrow(4, "USDC", 30 * USD)
"""Account 4 owes less than it sells 100 lots for."""


def _settings(*, lend: bool = False, repay: bool = False) -> Action:
    return settings(4, auto_lend=lend, auto_repay_borrows=repay)


_REPAID: Final[tuple[Case, ...]] = (
    _SPOT.accept(
        "SM-9-220",
        "the flag repays the 100 lots that were bought, of 500 owed and 1500 free",
        _SHORT,
        _ASK,
        bid(4, 100, USD, flags=_FLAG),
    ),
    _SPOT.accept(
        "SM-9-221",
        "the setting repays all 500 lots",
        _settings(repay=True),
        _SHORT,
        _ASK,
        bid(4, 100, USD),
    ),
    _SPOT.accept(
        "SM-9-222",
        "beside the setting the flag sets no limit",
        _settings(repay=True),
        _SHORT,
        _ASK,
        bid(4, 100, USD, flags=_FLAG),
    ),
    _ROUND.accept(
        "SM-9-223",
        "a taker that sells repays what is left of it after its fee",
        _OWES,
        bid(3, 7, 990_100),
        ask(4, 7, 990_100, flags=_FLAG),
    ),
    _ROUND.accept(
        "SM-9-224",
        "a maker that sells repays what is left of it after its fee",
        _CHARGED,
        _OWES,
        ask(4, 7, 990_100, flags=_FLAG),
        bid(3, 7, 990_100),
    ),
    _ROUND.accept(
        "SM-9-225",
        "a rebate is no receipt: it stays free",
        _OWES,
        ask(4, 7, 990_100, flags=_FLAG),
        bid(3, 7, 990_100),
    ),
    _ROUND.accept(
        "SM-9-226",
        "a buyer's fee takes nothing from the base that it repays with",
        _CHARGED,
        _SHORT,
        bid(4, 7, 990_100, flags=_FLAG),
        ask(3, 7, 990_100),
    ),
    _SPOT.trace(
        "SM-9-227",
        "each fill repays its part, and no more than is owed",
        _OWES_LITTLE,
        ask(4, 100, USD, flags=_FLAG),
        bid(3, 20, USD),
        bid(3, 20, USD),
        bid(5, 60, USD),
    ),
    _SPOT.accept(
        "SM-9-228",
        "a fee of all that is paid leaves nothing to repay with",
        market_with(maker_fee=0, taker_fee=RATIO),
        _OWES,
        _BID,
        ask(4, 100, USD, flags=_TWO),
        why=Why.BOUNDARY,
    ),
)

_LENT: Final[tuple[Case, ...]] = (
    _SPOT.accept(
        "SM-9-230",
        "both flags: 30 USDC repaid, 69.9 lent, and 1030 stay free",
        _OWES_LITTLE,
        _BID,
        ask(4, 100, USD, flags=_TWO),
    ),
    _SPOT.accept(
        "SM-9-231",
        "the setting repays 500, more than was received: the flag lends nothing",
        _settings(repay=True),
        _OWES,
        _BID,
        ask(4, 100, USD, flags=_LEND),
    ),
    _SPOT.accept(
        "SM-9-232",
        "the setting repays 30: the flag lends what that leaves of what was received",
        _settings(repay=True),
        _OWES_LITTLE,
        _BID,
        ask(4, 100, USD, flags=_LEND),
    ),
    _SPOT.accept(
        "SM-9-233",
        "the flag repays 30: the setting lends all that is free",
        _OWES_LITTLE,
        _settings(lend=True),
        _BID,
        ask(4, 100, USD, flags=flags(redeem=True, repay=True)),
    ),
    _SPOT.accept(
        "SM-9-234",
        "a seller lends what is left of it after its fee, of 1000 free beside it",
        _CHARGED,
        ask(4, 7, 990_100, flags=_LEND),
        bid(3, 7, 990_100),
        why=Why.ROUNDING,
    ),
    _SPOT.trace(
        "SM-9-235",
        "each fill lends its part",
        bid(4, 100, USD, flags=_LEND),
        ask(3, 30, USD),
        ask(5, 70, USD),
    ),
    _SPOT.trace(
        "SM-9-236",
        "beside a firm order of all that was free, what is received is lent",
        ask(4, 1000, 1_010_000),
        _ASK,
        bid(4, 100, USD, flags=_LEND),
        bid(5, 100, 1_010_000),
        why=Why.CONSERVATION,
    ),
    _SPOT.accept(
        "SM-9-237",
        "both sides of a trade lend what each received",
        ask(3, 100, USD, flags=_LEND),
        bid(4, 100, USD, flags=_LEND),
    ),
    _SPOT.trace(
        "SM-9-238",
        "what was free before stays free, and repays and leaves when its owner says so",
        _SHORT,
        _ASK,
        bid(4, 100, USD, flags=_TWO),
        Repay(4, "SOL", None),
        withdraw(4, "SOL", "solana", 11 * COIN),
        why=Why.CONSERVATION,
    ),
)

CASES: Final[tuple[Case, ...]] = (*_REPAID, *_LENT)
