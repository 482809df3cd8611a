"""Writes the table of widths into its page: `python -m ibperp_authoring.widths`."""

from __future__ import annotations

from ibperp_authoring.widths.page import PAGE, written
from ibperp_conformance.files import write_atomically

if __name__ == "__main__":
    write_atomically(PAGE, [written(PAGE.read_text(encoding="utf-8"))])
