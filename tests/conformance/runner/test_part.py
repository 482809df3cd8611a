"""A few vectors are read as the whole suite has them."""

from __future__ import annotations

import subprocess
import sys

from ibperp_conformance.runner.part import load_part
from ibperp_conformance.spec_files import spec_path
from worlds.shipped import shipped_suite

FOLDER = spec_path() / "vectors"


def test_load_part__reads_what_the_whole_suite_holds() -> None:
    whole, names = shipped_suite(), ["CU-4-003", "NT-7-123", "PF-2-010"]
    part = load_part(names, FOLDER)
    assert part is not None
    assert part.is_part
    assert dict(part.vectors) == {name: whole.vectors[name] for name in names}
    assert part.setups == {name: whole.setups[name] for name in ("listed", "edge", "thin")}


def test_load_part__leaves_what_is_no_whole_id_to_the_suite() -> None:
    for name in ("CU-4", "CU-4-0033", "CU-4-00.", 'CU-4-003"'):
        assert load_part([name, "CU-4-003"], FOLDER) is None


def test_engine__starts_without_the_invariants() -> None:
    script = (
        "import sys, ibperp_conformance.protocol.server;"
        "print([name for name in sys.modules if name.startswith('ibperp_invariants')])"
    )
    assert subprocess.check_output([sys.executable, "-c", script], text=True) == "[]\n"
