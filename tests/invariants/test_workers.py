"""A worker that dies costs its work, not the campaign."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import Mock

import pytest

from ibperp_invariants import workers
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
    own = Processes(1)
    with pytest.raises(DeathsError, match=f"died {DEATHS} times"):
        own.submit(killed, None).result()
    own.pool.shutdown(wait=False, cancel_futures=True)


def test_processes__told_to_end_are_not_replaced() -> None:
    own = Processes(1)
    begun = own.pool
    answer = own.submit(time.sleep, 5)
    own.end()
    with pytest.raises(DeathsError, match="told to end"):
        answer.result()
    assert own.pool is begun
    begun.shutdown()


class Fated:
    """Processes whose tasks end as it is fated, each as an exception or with what it gives."""

    fates: ClassVar[list[Exception | int]] = []
    begun: ClassVar[list[Any]] = []

    def __init__(self, *_: object, **__: object) -> None:
        """Start none."""

    def submit(self, _: object, task: object) -> Future[int]:
        self.begun.append(task)
        future, fate = Future[int](), self.fates.pop(0)
        if isinstance(fate, CancelledError):
            assert future.cancel()
        elif isinstance(fate, Exception):
            future.set_exception(fate)
        else:
            future.set_result(fate)
        return future

    def shutdown(self, **_: object) -> None:
        """Leave none."""


@pytest.fixture
def fated(monkeypatch: pytest.MonkeyPatch) -> type[Fated]:
    monkeypatch.setattr(workers, "ProcessPoolExecutor", Fated)
    monkeypatch.setattr(Fated, "begun", [])
    return Fated


def test_processes__task_that_is_given_up_is_not_begun_again(fated: type[Fated]) -> None:
    fated.fates = [BrokenProcessPool() for _ in range(DEATHS)]
    with pytest.raises(DeathsError, match=f"died {DEATHS} times"):
        Processes(1).submit(abs, -1).result()
    assert fated.begun == [-1] * DEATHS


def test_processes__task_that_was_cancelled_with_others_is_done_again(fated: type[Fated]) -> None:
    fated.fates = [CancelledError(), 1]
    assert Processes(1).submit(abs, -1).result() == 1
    assert fated.begun == [-1, -1]


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
