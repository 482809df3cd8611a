"""A worker that dies costs its work, not the campaign."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from ibperp_invariants.workers import (
    AHEAD,
    DEATHS,
    Answer,
    DeathsError,
    NoClusterError,
    Pool,
    Processes,
    cluster,
    each,
    processes,
)
from worlds.processes import killed, squared

LAST = 8


def assert_nothing_lost(pool: Pool | None, file: Path) -> None:
    """Square numbers, of which one kills the process that squares it first."""
    tasks = [(number, {3: file}.get(number)) for number in range(LAST)]
    assert list(each(pool, squared, tasks)) == [number * number for number in range(LAST)]
    assert file.exists()


def test_processes__one_that_is_killed_is_replaced_and_nothing_is_lost(tmp_path: Path) -> None:
    with processes(2) as pool:
        assert_nothing_lost(pool, tmp_path / "died")


def test_processes__task_that_always_kills_ends_the_campaign() -> None:
    workers = Processes(1)
    with pytest.raises(DeathsError, match=f"died {DEATHS} times"):
        workers.submit(killed, None).result()
    workers.pool.shutdown(wait=False, cancel_futures=True)


def test_cluster__worker_that_is_killed_is_replaced_and_nothing_is_lost(tmp_path: Path) -> None:
    from distributed import LocalCluster  # noqa: PLC0415 - takes a second, and the others need none

    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as started,
        cluster(started.scheduler_address) as pool,
    ):
        assert pool.size() == 1
        assert_nothing_lost(pool, tmp_path / "died")


def test_cluster__without_a_scheduler_is_a_clear_error() -> None:
    with (
        pytest.raises(NoClusterError, match=r"no Dask scheduler at tcp://127\.0\.0\.1:9"),
        cluster("tcp://127.0.0.1:9", 0.2),
    ):
        pass


def test_each__takes_a_task_when_a_worker_is_about_to_need_it() -> None:
    class Two:
        """Two workers, whose tasks are done when somebody waits for them."""

        def size(self) -> int:
            return 2

        def submit(self, function: Callable[[Any], Any], task: Any) -> Answer[Any]:
            begun.append(task)
            return Mock(result=lambda: function(task))

    begun: list[int] = []
    results = each(Two(), abs, range(-9, 0))
    assert next(results) == 9
    assert begun == list(range(-9, -9 + 2 * AHEAD))
    assert list(results) == [8, 7, 6, 5, 4, 3, 2, 1]
