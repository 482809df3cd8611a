"""One log in pieces that are checked at the same time, each from a whole state on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ibperp.records import record, replace
from ibperp_conformance.traces.check import LogReport, findings, note, tell
from ibperp_conformance.traces.files import is_plain, lines_of, opened
from ibperp_invariants.check.trace import Told, TraceChecker, TraceViolation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TELLING: Final = (
    b'"list_',
    b'_parameters"',
    b'"place_order"',
    b'"order_accepted"',
    b'"run_risk"',
    b'"liquidate"',
    b'"convert_collateral"',
)
"""What a line has in it if it tells of parameters, or of the id of the next order."""

WHOLE: Final = b'"observation"'
LEAST: Final = 1 << 20
"""The fewest bytes of a piece: a smaller one is checked before another process has begun."""


@record
class Piece:
    """A part of a log, in bytes; `told`, `whole`: what it goes on from, None at the beginning.

    `whole` is the line with the state after which the piece begins.
    """

    begins: int
    ends: int | None = None
    told: Told | None = None
    whole: bytes = b""


@record
class Found:
    """What a piece came to, with the findings that may have to be shown."""

    report: LogReport
    shown: list[TraceViolation]

    def join(self, whole: LogReport, most: int, say: Callable[[str], None]) -> None:
        """Add what the next piece of a log came to to what those before it did."""
        own = self.report
        for finding in self.shown:
            own.found[finding.violation.invariant] -= 1
            tell(whole, finding, most, say)
        whole.found += own.found
        whole.lines, whole.read = own.lines, whole.read + own.read
        whole.notes += own.notes
        whole.is_whole = own.is_whole
        for key, (count, line, leaf) in own.wide.items():
            before, at, kept = whole.wide.get(key, (0, line, leaf))
            whole.wide[key] = before + count, at, kept
        for name, lacking in own.unchecked.items():
            first = whole.unchecked.get(name)
            lines = lacking.lines + (first.lines if first else 0)
            whole.unchecked[name] = replace(first or lacking, lines=lines)


def pieces_of(name: str, count: int, on_line: Callable[[], None] = lambda: None) -> list[Piece]:
    """Return a plain log in at most so many pieces of about the same size.

    A single piece where the log is short or packed, or where its header, or a line that the later
    pieces would have to know, cannot be read. After any other line that cannot be read, one after
    another would have lost the id of the next order, which a later piece knows. `on_line` is called
    after each line.
    """
    size = Path(name).stat().st_size if is_plain(name) else 0
    count = min(count, size // LEAST)
    if count <= 1:
        return [Piece(0)]
    pieces, checker = [Piece(0)], TraceChecker()
    try:
        for line, lost in _lines(name, 0, None):
            on_line()
            if lost:
                return [Piece(0)]
            if not checker.has_begun or b'"action"' not in line:
                if checker.feed(line):
                    return [Piece(0)]
                continue
            checker.learn(line, is_read=any(word in line for word in TELLING))
            is_due = len(pieces) < count and checker.bytes * count >= size * len(pieces)
            if is_due and WHOLE in line:
                pieces[-1] = replace(pieces[-1], ends=checker.bytes)
                pieces.append(Piece(checker.bytes, None, checker.told(), line))
                if len(pieces) == count:
                    break  # What comes after the beginning of the last piece is no other's concern.
    except ValueError:
        return [Piece(0)]
    return pieces


def check_piece(
    name: str, most: int, piece: Piece, on_line: Callable[[], None] = lambda: None
) -> Found:
    """Check a piece of a log; of an invariant as many findings are kept as of a whole log."""
    checker = TraceChecker.resumed(piece.told, piece.whole) if piece.told else TraceChecker()
    report, shown = LogReport(name), list[TraceViolation]()
    try:
        for finding in findings(report, checker, _lines(name, piece.begins, piece.ends), on_line):
            report.found[finding.violation.invariant] += 1
            if not most or report.found[finding.violation.invariant] <= most:
                shown.append(finding)
    except KeyboardInterrupt:
        report.is_whole = False
    note(report, checker)
    return Found(report, shown)


def _lines(name: str, begins: int, ends: int | None) -> Iterator[tuple[bytes, int]]:
    """Yield the lines of a plain log between two bytes, as `lines_of` has them."""
    with opened(name) as stream:
        stream.seek(begins)
        for line, lost in lines_of(stream):
            yield line, lost
            begins += len(line) + lost
            if begins == ends:
                return
