"""A device that is always full, where the system has one."""

from pathlib import Path

import pytest

FULL = Path("/dev/full")

needs_full = pytest.mark.skipif(
    not FULL.is_char_device(),
    reason="Linux alone has a device that is always full; in CI each of these tests runs",
)
"""What writes to it cannot be tried elsewhere: a disk is not filled for a test."""
