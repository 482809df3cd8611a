"""How far a long command is: on a terminal one line that changes, elsewhere a line at times."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from types import TracebackType
from typing import Final, Self, TextIO, TypeVar

QUIET: Final = 2.0
"""Seconds before anything is shown: a shorter run needs no progress."""

EVERY: Final = {True: 0.2, False: 10.0}
"""Seconds between two lines, on a terminal and elsewhere."""

_Item = TypeVar("_Item")


class Progress:
    """Counts `what` is done of `total`, if that is known, and says so now and then."""

    def __init__(
        self,
        what: str,
        total: int | None = None,
        stream: TextIO | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._what, self._total, self._clock = what, total, clock
        self._stream = sys.stderr if stream is None else stream
        self._is_terminal = self._stream.isatty()
        self._started = clock()
        self._due = self._started + QUIET
        self._done = 0
        self._is_shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._is_shown and self._is_terminal:
            self._write("\r\x1b[K")

    def step(self) -> None:
        """Count one more, and show it if it is time to."""
        self._done += 1
        now = self._clock()
        if now < self._due:
            return
        self._due = now + EVERY[self._is_terminal]
        self._is_shown = True
        line = f"ibperp: {self._text(now)}"
        self._write(f"\r{line}\x1b[K" if self._is_terminal else f"{line}\n")

    def over(self, items: Iterable[_Item]) -> Iterator[_Item]:
        """Yield the items, counting each when the next one is taken."""
        for item in items:
            yield item
            self.step()

    def _text(self, now: float) -> str:
        if self._total is None:
            return f"{self._done} {self._what}"
        left = (now - self._started) / self._done * (self._total - self._done)
        return f"{self._done} of {self._total} {self._what}, about {left:.0f} s left"

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:  # Nobody reads it; the work goes on.
            self._due = float("inf")
