"""A run as one self-contained page, and the part of it that a page of the site holds."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ibperp_conformance.json_text import visible
from ibperp_conformance.page.clauses import clauses_html, clauses_of_step
from ibperp_conformance.page.moments import moments_json
from ibperp_conformance.page.tables import table_html, written
from ibperp_conformance.pictures.chart import LINE_STYLES
from ibperp_conformance.pictures.frames import course_of
from ibperp_conformance.pictures.plot import COLOURS, pictures
from ibperp_conformance.pictures.waterfall_chart import waterfall_cells, waterfall_picture
from ibperp_conformance.report.report import (
    ALL_WELL,
    final_tables,
    legends,
    state_tables,
    warnings,
)
from ibperp_conformance.report.steps_table import NO_STEPS, complaints, step_rows
from ibperp_conformance.report.waterfall import waterfall_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ibperp_conformance.pictures.frames import Course
    from ibperp_conformance.pictures.plot import Picture
    from ibperp_conformance.report.steps_table import StepRow
    from ibperp_conformance.scenario.result import ScenarioResult

HERE: Final = Path(__file__).parent
UNCHECKED: Final = "every outcome as expected; the invariants were not checked in this run"
CLAUSES_MAX: Final = 12
"""The most clauses that are named beside a row of the story."""


def style() -> str:
    """Return the style sheet of the view."""
    return (HERE / "view.css").read_text(encoding="utf-8")


def script() -> str:
    """Return the script of the view: its slider."""
    return (HERE / "view.js").read_text(encoding="utf-8")


def run_page(result: ScenarioResult) -> Iterator[str]:
    """Yield the page of a run: it needs no network and no other file, clauses included."""
    title = escape(visible(result.title, 400))
    used = dict.fromkeys(
        clause for row in step_rows(result) for clause in _clauses(row)[:CLAUSES_MAX]
    )
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{_page_style()}{style()}</style>\n</head>\n<body>\n"
        f'<main class="run-page">\n<h1>{title}</h1>\n'
    )
    yield from run_body(result, "#{}".format)
    yield f'<h2 id="clauses">Clauses</h2>\n<div class="run-clauses">\n{clauses_html(used)}</div>\n'
    yield f"</main>\n<script>\n{script()}</script>\n</body>\n</html>\n"


def run_body(
    result: ScenarioResult, href: Callable[[str], str], *, is_checked: bool = True
) -> Iterator[str]:
    """Yield the view of a run below its title; `href` says where a clause is to be read.

    `is_checked`: the invariants were checked in this run.
    """
    course = course_of(result)
    charts = list(pictures(course))
    yield '<div class="run-view">\n'
    yield from _verdict(result, is_checked=is_checked)
    yield from _slider(result, course)
    yield from _charts(charts)
    if waterfall_of(result.steps).accounts():
        caption = "in USD; every row sums to zero"
        yield f'<h2 id="who-paid-what">Who paid what</h2>\n{waterfall_picture(result)}'
        yield written(caption, *waterfall_cells(result))
    yield from _story(result, href)
    yield from _ending(result)
    yield (
        f'<script type="application/json" class="run-data">'
        f"{moments_json(result, course, charts)}</script>\n</div>\n"
    )


def _verdict(result: ScenarioResult, *, is_checked: bool) -> Iterator[str]:
    count = len(result.steps)
    told = f"Preset {result.preset.name}, {count:,} {'step' if count == 1 else 'steps'}."
    yield f"<p>{escape(told)}</p>\n"
    if result.is_ok:
        told = ALL_WELL if is_checked else UNCHECKED
        yield f'<p class="run-good">{told.capitalize()}.</p>\n'
    lines = [
        f"{line}{f' ({times} times)' if times > 1 else ''}"
        for line, times in complaints((*result.scene, *result.steps)).items()
    ]
    if lines:
        yield '<div class="run-bad"><p>Failed:</p><ul>\n'
        yield from (f"<li>{escape(visible(line))}</li>\n" for line in lines)
        yield "</ul></div>\n"
    for line in warnings(result):
        yield f'<p class="run-warning">{escape(visible(line))}</p>\n'


def _slider(result: ScenarioResult, course: Course) -> Iterator[str]:
    """Yield the slider with the tables of the last moment; a script shows those of the others."""
    last = len(course.frames) - 1
    yield '<h2 id="step-by-step">Step by step</h2>\n'
    if result.steps:
        yield (
            '<div class="run-slider" hidden>'
            '<button type="button" data-move="-1" aria-label="one step back">&#8249;</button>'
            f'<input type="range" min="0" max="{last}" value="{last}" aria-label="moment">'
            '<button type="button" data-move="1" aria-label="one step on">&#8250;</button></div>\n'
            '<div class="run-moment" aria-live="polite"></div>\n'
        )
    for place, table in enumerate(state_tables(result.final, result)):
        yield f'<div data-rows="{place}"{"" if table.row_count else " hidden"}>'
        yield f"{table_html(table)}</div>\n"


def _charts(charts: Sequence[Picture]) -> Iterator[str]:
    for chart in charts:
        yield (
            f'<section class="run-chart"><h2>{escape(chart.heading)}</h2>\n{chart.svg}'
            f'<div class="run-scroll" role="group" aria-label="{escape(chart.heading)}, values"'
            f' tabindex="0"><table class="run-table"><caption>in {escape(chart.unit)}</caption>'
            "<thead><tr>"
            '<th scope="col">line</th><th scope="col" class="number">at the step</th>'
            '<th scope="col" class="number">lowest</th><th scope="col" class="number">highest</th>'
            '<th scope="col" class="number">at the end</th></tr></thead>\n<tbody>'
        )
        for place, series in enumerate(chart.series):
            ends = (series.values[-1] or "", series.low, series.high, series.values[-1] or "")
            cells = "".join(f'<td class="number">{escape(value)}</td>' for value in ends)
            swatch = (
                f'<svg class="run-swatch series-{1 + place % COLOURS}" viewBox="0 0 36 8" '
                f'aria-hidden="true"><line class="chart-line chart-line-{1 + place % LINE_STYLES}" '
                'x1="0" x2="36" y1="4" y2="4"/></svg>'
            )
            yield f"<tr><td>{swatch} {escape(visible(series.name, 80))}</td>{cells}</tr>\n"
        yield "</tbody></table></div></section>\n"


def _story(result: ScenarioResult, href: Callable[[str], str]) -> Iterator[str]:
    if not result.steps:
        yield f'<h2 id="steps">Steps</h2>\n<p>{NO_STEPS}</p>\n'
        return
    yield (
        '<h2 id="steps">Steps</h2>\n<div class="run-scroll" role="group" aria-label="steps" '
        'tabindex="0"><table class="run-table run-steps"><thead><tr>'
        '<th scope="col" class="number">line</th>'
        '<th scope="col">time</th><th scope="col">step</th><th scope="col">what came of it</th>'
        '<th scope="col">clauses</th></tr></thead>\n<tbody>'
    )
    for row in step_rows(result):
        came = "<br>".join(escape(visible(line, 400)) for line in row.came)
        clauses = " ".join(
            f'<a href="{escape(href(clause))}">{clause}</a>'
            for clause in _clauses(row)[:CLAUSES_MAX]
        )
        failed = ' class="run-failed"' if row.is_failed else ""
        yield (
            f'<tr{failed}><td class="number">{row.line}</td>'
            f"<td>{escape(result.moment(row.steps[-1].after.time))}</td>"
            f"<td>{escape(visible(row.label, 400))}</td><td>{came}</td><td>{clauses}</td></tr>\n"
        )
    yield "</tbody></table></div>\n"


def _clauses(row: StepRow) -> tuple[str, ...]:
    named = (clauses_of_step(step.action, step.outcome) for step in row.steps)
    return tuple(dict.fromkeys(clause for clauses in named for clause in clauses))


def _ending(result: ScenarioResult) -> Iterator[str]:
    shown = {str(table.title) for table in state_tables(result.final, result)}
    yield '<h2 id="at-the-end">At the end</h2>\n'
    yield from (
        table_html(table) for table in final_tables(result) if str(table.title) not in shown
    )
    yield from (f"<p><small>{escape(line)}</small></p>\n" for line in legends(result))


def _page_style() -> str:
    return (HERE / "page.css").read_text(encoding="utf-8")
