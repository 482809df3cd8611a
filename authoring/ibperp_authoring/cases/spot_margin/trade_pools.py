"""Cases of a trade that delivers from the pools and receives into them (SM-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CancelAllOrders,
    ConvertDust,
    CreateAccount,
    Deposit,
    Lend,
    Redeem,
    Repay,
    SetPoolParameters,
    Transfer,
)
from ibperp.orders import Side
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import (
    SPOT,
    Case,
    Group,
    Refused,
    Why,
    ask,
    bid,
    flags,
    market,
    settings,
)
from ibperp_authoring.cases.setups import COIN, SOL, USD, YEAR, pool_with

_SPOT: Final = Group("spot", why=Why.ATTACK)

_REDEEM: Final[dict[str, Any]] = {"flags": flags(redeem=True)}

_DUST: Final[tuple[Case, ...]] = (
    _SPOT.trace(
        "SM-9-202",
        "SC-24: many redemptions of a lot for trades, after interest, give nobody an atom",
        Lend(4, "SOL", 10 * COIN),
        Borrow(3, "SOL", 7 * COIN),
        AdvanceTime(YEAR // 3 + 7),
        bid(2, 8, USD),
        *(ask(4, 1, USD, **_REDEEM),) * 8,
        Redeem(4, "SOL", None),
    ),
)

_BORROW: Final[dict[str, Any]] = {"flags": flags(borrow=True)}
_ALL: Final[dict[str, Any]] = {"flags": flags(lend=True, redeem=True, borrow=True, repay=True)}

_UNDER: Final[tuple[Case, ...]] = (
    _SPOT.trace(
        "SM-9-205",
        "SC-6: at full utilization a buyer on credit waits for a repayment",
        Redeem(5, "USDC", 9000 * USD),
        Borrow(4, "USDC", 850 * USD),
        ask(5, 1000, USD),
        Refused(bid(3, 1000, USD, **_BORROW), R.UTILIZATION_THROTTLED),
        Repay(4, "USDC", USD),
        bid(3, 1000, USD, **_BORROW),
    ),
    Group(
        "spot", (CreateAccount(6, 4), Deposit(6, "USDC", "solana", 9, 100 * USD)), Why.CONSERVATION
    ).trace(
        "SM-9-206",
        "four accounts trade through the pools, and every atom is still there",
        ask(6, 40, 1_010_000, **_ALL),
        bid(3, 25, 1_010_000),
        bid(4, 30, 1_010_000, **_ALL),
        ask(5, 60, 1_000_000, **_REDEEM),
        AdvanceTime(YEAR),
        ask(3, 20, 990_000, **_ALL),
        market(6, Side.BID, 45, **_ALL),
        Refused(ConvertDust(6, SPOT), R.NOT_DUST),
        CancelAllOrders(5, SPOT),
        CancelAllOrders(4, SPOT),
    ),
)

_BID: Final = bid(3, 100, USD)
_ASK: Final = ask(3, 100, USD)

_SIXTH: Final = (CreateAccount(6, 4), Deposit(6, "USDC", "solana", 9, 1000 * USD))
"""Account 6 holds 1000 USDC and no SOL."""

_SEVENTH: Final = (CreateAccount(6, 4), Deposit(6, "SOL", "solana", 9, 10 * COIN))
"""Account 6 holds 10 SOL and no USDC."""

_FREE: Final = Group("spot")
_LENT: Final = Group("spot_lent")

_DELIVERED: Final[tuple[Case, ...]] = (
    _FREE.accept("SM-9-001", "a seller delivers what is free", _BID, ask(4, 100, USD)),
    _FREE.accept("SM-9-002", "a buyer delivers what is free", _ASK, bid(4, 100, USD)),
    _LENT.accept(
        "SM-9-003",
        "a seller redeems and delivers",
        _BID,
        ask(4, 100, USD, flags=flags(redeem=True)),
    ),
    _LENT.reject(
        "SM-9-004",
        "a seller may not redeem",
        _BID,
        ask(4, 100, USD),
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-9-003",
    ),
    _LENT.accept(
        "SM-9-005", "a buyer redeems and delivers", _ASK, bid(4, 100, USD, flags=flags(redeem=True))
    ),
    _LENT.reject(
        "SM-9-006",
        "a buyer may not redeem",
        _ASK,
        bid(4, 100, USD),
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-9-005",
    ),
    Group("spot", _SIXTH).accept(
        "SM-9-007",
        "a seller borrows and delivers what it does not own",
        _BID,
        ask(6, 100, USD, flags=flags(borrow=True)),
    ),
    Group("spot", _SIXTH).reject(
        "SM-9-008",
        "a seller may not borrow",
        _BID,
        ask(6, 100, USD),
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-9-007",
    ),
    Group("spot", _SEVENTH).accept(
        "SM-9-009", "a buyer borrows the quote", _ASK, bid(6, 100, USD, flags=flags(borrow=True))
    ),
    Group("spot", _SEVENTH).reject(
        "SM-9-010",
        "a buyer may not borrow",
        _ASK,
        bid(6, 100, USD),
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-9-009",
    ),
    Group("spot", (Lend(4, "SOL", 4 * COIN), bid(3, 1000, USD), bid(5, 200, USD))).accept(
        "SM-9-011",
        "a seller delivers 6 free, 4 redeemed, 1 borrowed",
        ask(4, 1100, USD, flags=flags(redeem=True, borrow=True)),
    ),
    Group("spot", (Lend(4, "SOL", 4 * COIN), bid(3, 1000, USD), bid(5, 200, USD))).reject(
        "SM-9-012",
        "a seller that may not redeem may not borrow beside its lend",
        ask(4, 1100, USD, flags=flags(borrow=True)),
        code=R.BORROW_REQUIRES_LEND_REDEEM,
        twin="SM-9-011",
    ),
    Group("spot", (Lend(4, "SOL", 4 * COIN), bid(3, 1000, USD), bid(5, 200, USD))).reject(
        "SM-9-013",
        "a seller that may not borrow lacks the last",
        ask(4, 1100, USD, flags=flags(redeem=True)),
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-9-011",
    ),
    _LENT.accept(
        "SM-9-014",
        "with enough free nothing is redeemed or borrowed",
        _BID,
        ask(5, 100, USD, flags=flags(redeem=True, borrow=True)),
    ),
    _LENT.accept(
        "SM-9-015",
        "makers redeem as takers do: an ask",
        ask(4, 100, USD, flags=flags(redeem=True)),
        bid(3, 100, USD),
    ),
    _LENT.accept(
        "SM-9-016",
        "makers redeem as takers do: a bid",
        bid(4, 100, USD, flags=flags(redeem=True)),
        ask(3, 100, USD),
    ),
    Group("spot", _SIXTH).accept(
        "SM-9-017",
        "makers borrow as takers do: an ask",
        ask(6, 100, USD, flags=flags(borrow=True)),
        bid(3, 100, USD),
    ),
    Group("spot", _SEVENTH).accept(
        "SM-9-018",
        "makers borrow as takers do: a bid",
        bid(6, 100, USD, flags=flags(borrow=True)),
        ask(3, 100, USD),
    ),
    Group("spot", _SIXTH).trace(
        "SM-9-019",
        "each partial fill borrows its part",
        ask(6, 100, USD, flags=flags(borrow=True)),
        bid(3, 30, USD),
        bid(4, 30, USD),
        bid(3, 40, USD),
    ),
    _LENT.accept(
        "SM-9-020",
        "both sides redeem in one trade",
        ask(4, 100, USD, flags=flags(redeem=True)),
        bid(2, 100, USD, flags=flags(redeem=True)),
    ),
)


def _sol_pool(**changes: Any) -> SetPoolParameters:
    return SetPoolParameters("SOL", replace(SOL.pool, **changes))


_OWES: Final = (Borrow(4, "SOL", COIN), Transfer(3, 2, "USDC", 100 * USD), _ASK)
"""Account 4 owes 100 lots, as many as account 3 sells."""

_DEBTOR: Final = Group("spot", _OWES)


def _settings(*, lend: bool = False, repay: bool = False) -> Action:
    return settings(4, auto_lend=lend, auto_repay_borrows=repay)


_BUY: Final = bid(4, 100, USD)

_RECEIVED: Final[tuple[Case, ...]] = (
    _DEBTOR.accept("SM-9-030", "what is bought stays free beside a debt", _BUY),
    _DEBTOR.accept(
        "SM-9-031",
        "a lot that is bought repays a lot of the debt, though more is free",
        bid(4, 1, USD, flags=flags(repay=True)),
    ),
    Group("spot", (Borrow(4, "SOL", COIN), ask(4, 1100, 1_500_000), _ASK)).accept(
        "SM-9-032",
        "what is bought repays the debt beside a firm order of all else",
        bid(4, 60, USD, flags=flags(repay=True)),
    ),
    _FREE.accept(
        "SM-9-033", "what is bought is lent", _ASK, bid(4, 100, USD, flags=flags(lend=True))
    ),
    _FREE.accept(
        "SM-9-034", "what is sold for is lent", _BID, ask(4, 100, USD, flags=flags(lend=True))
    ),
    _DEBTOR.accept(
        "SM-9-035",
        "what is bought repays the debt first; the rest is lent",
        Repay(4, "SOL", COIN // 2),
        bid(4, 100, USD, flags=flags(repay=True, lend=True)),
    ),
    _DEBTOR.accept(
        "SM-9-036", "beside a debt nothing is lent", bid(4, 100, USD, flags=flags(lend=True))
    ),
    _FREE.accept(
        "SM-9-037",
        "without a debt nothing is repaid",
        _ASK,
        bid(4, 100, USD, flags=flags(repay=True)),
    ),
    Group("spot", (_settings(lend=True), _ASK)).reject(
        "SM-9-038",
        "an account that lends by its settings must redeem to buy",
        _BUY,
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-9-041",
    ),
    Group("spot", (*_OWES, _settings(repay=True))).accept(
        "SM-9-039", "the account's setting repays before anything is bought", _BUY
    ),
    Group("spot", (_settings(repay=True), Borrow(4, "SOL", COIN), _ASK)).accept(
        "SM-9-040", "the account's setting repays when something is bought", _BUY
    ),
    Group("spot", (_settings(lend=True), _ASK)).accept(
        "SM-9-041",
        "the account's setting lends what is bought without the flag",
        bid(4, 100, USD, flags=flags(redeem=True)),
    ),
    _FREE.accept(
        "SM-9-042",
        "a maker lends what it receives",
        bid(4, 100, USD, flags=flags(lend=True)),
        ask(3, 100, USD),
    ),
    Group("spot", (Borrow(4, "USDC", 50 * USD),)).accept(
        "SM-9-043",
        "a maker repays what it receives",
        ask(4, 100, USD, flags=flags(repay=True)),
        bid(3, 100, USD),
    ),
    _FREE.accept(
        "SM-9-044",
        "a pool at its limit takes no lend, and the trade goes on",
        _sol_pool(open_borrow_lend_limit=0),
        _ASK,
        bid(4, 100, USD, flags=flags(lend=True)),
    ),
    _FREE.accept(
        "SM-9-045",
        "a closed pool takes no lend, and the trade goes on",
        pool_with(book_state=BookState.CLOSED),
        _BID,
        ask(4, 100, USD, flags=flags(lend=True)),
    ),
    Group("spot", _SIXTH).trace(
        "SM-9-046",
        "sell short, then buy back: the debt is gone",
        bid(3, 100, USD),
        ask(6, 100, USD, flags=flags(borrow=True)),
        ask(4, 100, 990_000),
        market(6, Side.BID, 100, flags=flags(repay=True)),
        why=Why.CONSERVATION,
    ),
    Group("spot", _SIXTH).trace(
        "SM-9-047",
        "sell short, a year of interest, buy back: the debt is more",
        bid(3, 100, USD),
        ask(6, 100, USD, flags=flags(borrow=True)),
        AdvanceTime(YEAR),
        ask(4, 110, USD),
        bid(6, 100, USD, flags=flags(repay=True, lend=True)),
        bid(6, 10, USD, flags=flags(repay=True, lend=True)),
        why=Why.CONSERVATION,
    ),
    Group("spot_lent").trace(
        "SM-9-048",
        "one order turns a lend of SOL into a lend of USDC, another turns it back",
        bid(3, 100, USD),
        ask(4, 100, USD, flags=flags(redeem=True, lend=True)),
        ask(3, 100, USD),
        bid(4, 100, USD, flags=flags(redeem=True, lend=True)),
        why=Why.CONSERVATION,
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_DUST,
    *_UNDER,
    *_DELIVERED,
    *_RECEIVED,
)
