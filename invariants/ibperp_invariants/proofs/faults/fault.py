"""What a planted fault is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

UNLUCKY: Final = 777
"""An amount at which some faults are off by one, and right everywhere else."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`function` stands in for the function `name` of `module` while the theorem is checked."""

    module: str
    name: str
    defect: str
    function: Callable[..., Any]
