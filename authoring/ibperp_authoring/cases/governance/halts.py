"""Cases of halt, resumption and grace (GV-4)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    AdvanceTime,
    Borrow,
    CancelAllOrders,
    FundInsurance,
    Halt,
    Lend,
    Liquidate,
    Redeem,
    RegisterBackstop,
    Repay,
    Resume,
    RunRisk,
    SetAssetParameters,
    Settle,
    Transfer,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import PERP, Case, Group, Why
from ibperp_authoring.cases.liquidation.setups import STEP, coin, deposit, price, system_with
from ibperp_authoring.cases.settlement.setups import mark, opened
from ibperp_authoring.cases.setups import MAX, PERCENT, USD

_GENESIS: Final = Group("genesis", why=Why.BOUNDARY, clauses=("NT-7",))
_PLAIN: Final = Group("liquidation")


def weight(percents: int) -> SetAssetParameters:
    """Change what SOL counts for."""
    return SetAssetParameters("SOL", coin(percents * PERCENT))


_OUT: Final = Transfer(2, 8, "USDC", USD)

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
    _GENESIS.accept(
        "GV-4-021",
        "the grace ends at the last second there is",
        AdvanceTime(MAX - 60),
        Halt(),
        Resume(),
    ),
    _GENESIS.reject(
        "GV-4-022",
        "the grace would end a second after it",
        AdvanceTime(MAX - 59),
        Halt(),
        Resume(),
        code=R.OUT_OF_RANGE,
        twin="GV-4-021",
    ),
)


CASES: Final[tuple[Case, ...]] = (*_HALTS,)
