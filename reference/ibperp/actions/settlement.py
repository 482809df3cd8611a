"""What is asked of the settlement of gains and losses (chapter settlement)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settle:
    """Realize what positions gained and lost, and pay it, for all accounts at once (ST-2)."""
