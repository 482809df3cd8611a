"""The steps of a scenario about liquidation and bankruptcy."""

from typing import Final

from ibperp.actions import FundInsurance, Liquidate, ResolveBankruptcy, RunRisk
from ibperp_conformance.scenario.readers.plain import Reader, plain

READERS: Final[dict[type, Reader]] = {
    Liquidate: plain(Liquidate),
    ResolveBankruptcy: plain(ResolveBankruptcy),
    RunRisk: plain(RunRisk),
    FundInsurance: plain(FundInsurance),
}
