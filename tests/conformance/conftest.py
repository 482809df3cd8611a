"""The runner's clock stands still while an engine works: a busy machine decides nothing."""

from pathlib import Path

import pytest

from ibperp_conformance.protocol import client
from worlds.processes import is_running

HOUR = 3600.0
PATIENCE_SECONDS = 250.0


@pytest.fixture(autouse=True)
def hangs(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which a hanging engine leaves its process id; then time flies."""
    folder, now = tmp_path_factory.mktemp("hangs"), 0.0

    def monotonic() -> float:
        nonlocal now
        now += HOUR * any(is_running(int(file.name)) for file in folder.iterdir())
        return now

    monkeypatch.setenv("HANGS", str(folder))
    monkeypatch.setattr(client, "monotonic", monotonic)
    monkeypatch.setattr(client, "GRACE", PATIENCE_SECONDS)
    return folder
