"""Checks one log: what it breaks, told line by line and at the end by invariant."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ibperp_conformance.json_text import on_one_line
from ibperp_conformance.protocol.profile import DIGITS, Beyond, beyond, leaves_of
from ibperp_conformance.traces.files import DamagedError, EndlessError, lines_of, opened
from ibperp_invariants.check.trace import MALFORMED, TraceChecker, TraceViolation
from ibperp_invariants.step.step import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ibperp_invariants.check.trace import Unchecked


LARGE: Final = re.compile(rb"\d{%d}" % DIGITS)
"""A number that may leave the profile of widths."""

UNREAD_MAX: Final = 10_000
"""After so many lines of which none could be read, the file is no log."""

LONG_NUMBER: Final = re.compile(r"\d{61,}")
"""A number that nobody reads: twice as many digits as a stored value may have."""


@dataclass(slots=True)
class LogReport:
    """What a log came to: its lines, findings by invariant, and what was not checkable.

    `is_whole`: it was read to its end, and not interrupted. `wide`: what leaves the profile of
    widths, by bound and name: how often, the first line, and the leaf there.
    """

    name: str
    lines: int = 0
    read: int = 0
    found: Counter[str] = field(default_factory=Counter)
    unchecked: dict[str, Unchecked] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    is_whole: bool = True
    wide: dict[tuple[str, str], tuple[int, int, Beyond]] = field(default_factory=dict)


def check_log(
    name: str,
    most: int,
    say: Callable[[str], None],
    on_line: Callable[[], None] = lambda: None,
) -> LogReport:
    """Check a log, `-` for standard input; `say` each finding, of an invariant at most so many.

    `most` 0: all. `on_line` is called after each line. Raise WrongUseError if it cannot be read.
    """
    report, checker = LogReport(name), TraceChecker()
    with opened(name) as stream:
        try:
            for finding in findings(report, checker, lines_of(stream), on_line):
                tell(report, finding, most, say)
        except KeyboardInterrupt:
            report.is_whole = False
    note(report, checker)
    return report


def findings(
    report: LogReport,
    checker: TraceChecker,
    lines: Iterable[tuple[bytes, int]],
    on_line: Callable[[], None] = lambda: None,
) -> Iterator[TraceViolation]:
    """Yield what the lines of a log break, and count those that could be read.

    `lines`: as `lines_of` has them. Nothing is read on after many lines of which none is of a log.
    """
    try:
        for line, lost in lines:
            found = checker.feed(line, lost)
            yield from found
            unread = bool(found) and any(own.violation.invariant == MALFORMED for own in found)
            report.read += not unread and bool(line.strip())
            if not unread and LARGE.search(line):
                _note_beyond(report, checker.lines, checker.value)
            on_line()
            if not report.read and checker.lines >= UNREAD_MAX:
                yield _unread(checker, f"none of the first {UNREAD_MAX} lines is one of a trace")
                return
    except (DamagedError, EndlessError) as error:
        yield _unread(checker, str(error), isinstance(error, DamagedError))


def _unread(checker: TraceChecker, message: str, lines: int = 0) -> TraceViolation:
    """Return the finding that a log is not read on, so many lines after the last one."""
    broken = Violation(MALFORMED, ("CF-1",), f"{message}; the rest is not read")
    return TraceViolation(checker.lines + lines, broken, checker.bytes)


def note(report: LogReport, checker: TraceChecker) -> None:
    """Note what the lines that a checker read come to beside its findings."""
    report.lines, report.unchecked = checker.lines, checker.unchecked
    report.notes = checker.notes


def _note_beyond(report: LogReport, number: int, value: object) -> None:
    """Count what of a decoded line leaves the profile by the name of a leaf, and keep the first."""
    for own in beyond(leaves_of(value)) if isinstance(value, dict) else ():
        key = own.bound, own.path.rpartition("/")[2]
        count, first, kept = report.wide.get(key, (0, number, own))
        report.wide[key] = count + 1, first, kept


def tell(report: LogReport, finding: TraceViolation, most: int, say: Callable[[str], None]) -> None:
    """Count a finding, and say it if not `most` of its invariant were said."""
    broken = finding.violation
    report.found[broken.invariant] += 1
    count = report.found[broken.invariant]
    if most and count > most:
        return
    where = f"{report.name}, line {finding.line}, byte {finding.byte}"
    clauses = ", ".join(broken.clauses)
    message = LONG_NUMBER.sub(_shortened, broken.message)
    say(on_one_line(f"{where}: {broken.invariant} [{clauses}]: {message}"))
    if count == most:
        say(f"{report.name}: more of {broken.invariant} is only counted; --all shows each")


def _shortened(number: re.Match[str]) -> str:
    return f"{number[0][:12]}... ({len(number[0])} digits)"


def summary(report: LogReport) -> list[str]:
    """Return what was not checkable, by what is missing, and what a log came to."""
    if not report.lines and not report.is_whole:
        return [f"{report.name}: not checked, interrupted"]
    lines = [on_one_line(f"{report.name}: note: {note}") for note in report.notes]
    for count, line, own in report.wide.values():
        often = f" (in {count} places)" if count > 1 else ""
        lines.append(on_one_line(f"{report.name}: note: line {line}: {own}{often}"))
    for name, lacking in report.unchecked.items():
        where = f"in {lacking.lines} lines, first in line {lacking.line}"
        lines.append(on_one_line(f"{name}: not checkable {where}: missing {lacking.missing}"))
    where = f"{report.lines} lines{'' if report.is_whole else ', interrupted there'}"
    if report.found:
        counts = ", ".join(f"{count} {name}" for name, count in report.found.most_common())
        total = sum(report.found.values())
        lines.append(f"{report.name}: {total} findings in {where}: {counts}")
    else:
        checked = "that could be checked " if report.unchecked else ""
        lines.append(f"{report.name}: every invariant {checked}holds in {where}")
    return lines
