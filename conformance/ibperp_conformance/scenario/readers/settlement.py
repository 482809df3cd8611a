"""The step of a scenario that settles."""

from typing import Final

from ibperp.actions import ConvertCollateral, Settle
from ibperp_conformance.scenario.readers.plain import Reader, plain

READERS: Final[dict[type, Reader]] = {
    Settle: plain(Settle),
    ConvertCollateral: plain(ConvertCollateral),
}
