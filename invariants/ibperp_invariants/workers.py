"""What does tasks elsewhere: processes of this machine, or the workers of a Dask cluster.

A task whose process dies is done again, so that its function has to give the same each time.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

Task = TypeVar("Task")
Result = TypeVar("Result", covariant=True)  # noqa: PLC0105 - read as the name of what a task gives

DEATHS: Final = 3
"""How often the processes may die at one task before the campaign ends."""

AHEAD: Final = 2
"""How many tasks are under way for each worker, so that none waits for the next one."""


class DeathsError(Exception):
    """The processes died each time at one task or were told to end; a cluster gave it up."""


class NoClusterError(Exception):
    """No Dask cluster can be used: the package is missing, or nothing answers."""


class Answer(Protocol[Result]):
    """What a task is going to give."""

    def result(self) -> Result:
        """Wait for what the task gives; raise DeathsError if its processes always die."""
        ...


class Pool(Protocol):
    """What does tasks elsewhere."""

    def size(self) -> int:
        """Return how many workers there are now."""
        ...

    def submit(self, function: Callable[[Task], Result], task: Task) -> Answer[Result]:
        """Begin a task on some worker."""
        ...


def each(
    pool: Pool | None, function: Callable[[Task], Result], tasks: Iterable[Task]
) -> Iterator[Result]:
    """Yield what a function gives for each task, in their order; without a pool, done here.

    A task is taken when a worker is about to need it.
    """
    if pool is None:
        yield from map(function, tasks)
        return
    left, waiting = iter(tasks), deque[Answer[Result]]()
    while True:
        free = AHEAD * max(pool.size(), 1) - len(waiting)
        waiting.extend(pool.submit(function, task) for task in islice(left, max(free, 0)))
        if not waiting:
            return
        yield waiting.popleft().result()


class Processes:
    """Processes; when one dies, all are replaced, and what they had not told is done again.

    `is_ending`: they were told to end, and none is replaced any more.
    """

    def __init__(self, jobs: int, prepare: Callable[[], None] | None = None) -> None:
        """Start as many processes, each of which calls `prepare` first."""
        self._jobs, self._prepare = jobs, prepare
        self.is_ending = False
        self.pool = self._started()

    def _started(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._jobs, mp_context=context, initializer=self._prepare)

    def size(self) -> int:
        """Return how many processes there are."""
        return self._jobs

    def submit(self, function: Callable[[Task], Result], task: Task) -> Answer[Result]:
        """Begin a task in some process."""
        return _Repeated(self, function, task)

    def replace(self, broken: ProcessPoolExecutor) -> None:
        """Start new processes, unless another task has had them started already."""
        if self.pool is broken:
            broken.shutdown(wait=False, cancel_futures=True)
            self.pool = self._started()

    def end(self) -> None:
        """Ask the processes to end; of a task that one of them has not told, nothing is known."""
        self.is_ending = True
        for process in multiprocessing.active_children():
            process.terminate()


class _Repeated:
    """What a task is going to give; new processes do it again if its own died."""

    def __init__(self, processes: Processes, function: Callable[[Any], Any], task: Any) -> None:
        self._processes, self._function, self._task = processes, function, task
        self._begin()

    def _begin(self) -> None:
        self._pool = self._processes.pool
        try:
            self._future = self._pool.submit(self._function, self._task)
        except BrokenProcessPool:
            self._processes.replace(self._pool)
            self._pool = self._processes.pool
            self._future = self._pool.submit(self._function, self._task)

    def result(self) -> Any:
        for left in reversed(range(DEATHS)):
            try:
                return self._future.result()
            except (BrokenProcessPool, CancelledError):
                if self._processes.is_ending:
                    raise DeathsError("the processes were told to end") from None
                self._processes.replace(self._pool)
                if left:  # A task that is given up is not begun again: it would end the others.
                    self._begin()
        raise DeathsError(f"the processes died {DEATHS} times at one task")


class Cluster:
    """A Dask client as a pool; the cluster does a task again itself if a worker dies."""

    def __init__(self, client: Any) -> None:
        """Send tasks through `client`."""
        self._client = client

    def size(self) -> int:
        """Return how many threads the workers have now; raise DeathsError without a scheduler."""
        try:
            return sum(self._client.nthreads().values())
        except OSError as error:
            raise DeathsError(f"the scheduler of the cluster is gone: {error}") from None

    def submit(self, function: Callable[[Task], Result], task: Task) -> Answer[Result]:
        """Begin a task on some machine, also if the same one was done before."""
        return _Sent(self._client.submit(function, task, pure=False))


class _Sent:
    """What a task is going to give that a cluster was sent."""

    def __init__(self, future: Any) -> None:
        self._future = future

    def result(self) -> Any:
        from distributed import KilledWorker  # noqa: PLC0415 - an extra that few need

        try:
            return self._future.result()
        except (KilledWorker, CancelledError) as error:
            raise DeathsError(f"the cluster gave a task up: {error}") from None


def leave(_number: int, _frame: FrameType | None) -> NoReturn:
    """End this process at once and without a word."""
    os._exit(1)


def prepare() -> None:
    """Let an interrupt end this process at once: its parent says what is to be said."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)


@contextlib.contextmanager
def processes(jobs: int, prepare: Callable[[], None] = prepare) -> Iterator[Pool | None]:
    """Give processes that do tasks, None for this one alone; an interrupt ends them."""
    if jobs <= 1:
        yield None
        return
    found = Processes(jobs, prepare)
    try:
        yield found
    except KeyboardInterrupt:
        found.end()
        found.pool.shutdown(wait=True)
        raise
    finally:
        found.pool.shutdown(wait=False, cancel_futures=True)


@contextlib.contextmanager
def cluster(address: str, timeout: float = 10.0) -> Iterator[Pool]:
    """Give the cluster of a Dask scheduler; raise NoClusterError if it does not answer."""
    try:
        from distributed import Client  # noqa: PLC0415 - an extra that few need
    except ImportError:
        message = "--dask needs the extra dask: pip install 'ibperp[dask]'"
        raise NoClusterError(message) from None
    try:
        client = Client(address, timeout=timeout)
    except (OSError, ValueError) as error:
        raise NoClusterError(f"no Dask scheduler at {address}: {error}") from None
    with client:
        yield Cluster(client)
