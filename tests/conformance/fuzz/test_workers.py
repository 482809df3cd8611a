"""A process of a campaign that dies costs its work, not the campaign."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from ibperp_conformance.fuzz.workers import DEATHS, Workers
from ibperp_conformance.protocol.client import EngineFailureError


def squared(task: tuple[int, Path | None]) -> int:
    """Return a square; where a file is named and not there yet, write it and die."""
    number, file = task
    if file is not None and not file.exists():
        file.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def killed(_: object) -> None:
    """Die."""
    os.kill(os.getpid(), signal.SIGKILL)


def processes() -> Workers:
    context = multiprocessing.get_context("spawn")
    return Workers(lambda: ProcessPoolExecutor(2, mp_context=context))


def test_workers__one_that_is_killed_is_replaced_and_nothing_is_lost(tmp_path: Path) -> None:
    workers = processes()
    files = {3: tmp_path / "died"}
    answers = [workers.submit(squared, (number, files.get(number))) for number in range(8)]
    assert [answer.result() for answer in answers] == [number * number for number in range(8)]
    assert files[3].exists()
    workers.pool.shutdown()


def test_workers__task_that_always_kills_ends_the_campaign() -> None:
    workers = processes()
    with pytest.raises(EngineFailureError, match=f"died {DEATHS} times"):
        workers.submit(killed, None).result()
    workers.pool.shutdown(wait=False, cancel_futures=True)
