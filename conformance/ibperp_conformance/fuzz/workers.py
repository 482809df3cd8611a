"""What does the tasks of a campaign elsewhere: processes of this machine, or a Dask cluster."""

from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any, Final

from ibperp_conformance.protocol.client import EngineFailureError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ProcessPoolExecutor

DEATHS: Final = 3
"""How often the processes may die at one task before the campaign ends."""


class Workers:
    """Processes; when one dies, all are replaced, and what they had not told is done again."""

    def __init__(self, start: Callable[[], ProcessPoolExecutor]) -> None:
        """Do tasks in the processes that `start` starts."""
        self._start, self.pool = start, start()

    def submit(self, function: Callable[[Any], Any], task: Any) -> Any:
        """Begin a task in some process."""
        return Answer(self, function, task)

    def replace(self, broken: ProcessPoolExecutor) -> None:
        """Start new processes, unless another task has had them started already."""
        if self.pool is broken:
            broken.shutdown(wait=False, cancel_futures=True)
            self.pool = self._start()


class Answer:
    """What a task is going to give; new processes do it again if its own died."""

    def __init__(self, workers: Workers, function: Callable[[Any], Any], task: Any) -> None:
        """Begin the task."""
        self._workers, self._function, self._task = workers, function, task
        self._begin()

    def _begin(self) -> None:
        self._pool = self._workers.pool
        try:
            self._future = self._pool.submit(self._function, self._task)
        except BrokenProcessPool:
            self._workers.replace(self._pool)
            self._pool = self._workers.pool
            self._future = self._pool.submit(self._function, self._task)

    def result(self) -> Any:
        """Wait for what the task gives; raise EngineFailureError if its processes always die."""
        for _ in range(DEATHS):
            try:
                return self._future.result()
            except BrokenProcessPool:
                self._workers.replace(self._pool)
                self._begin()
        raise EngineFailureError(f"the processes of the campaign died {DEATHS} times at one task")


class Remote:
    """A Dask client as a pool of processes: a task that was done is done again on request."""

    def __init__(self, client: Any) -> None:
        """Send tasks through `client`."""
        self._client = client

    def submit(self, function: Any, task: Any) -> Any:
        """Begin a task on some machine."""
        return self._client.submit(function, task, pure=False)
