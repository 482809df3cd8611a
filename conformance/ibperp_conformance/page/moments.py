"""What the slider of a page shows: the tables after each moment, equal rows written once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ibperp_conformance.json_text import visible
from ibperp_conformance.page.clauses import clauses_of_step
from ibperp_conformance.page.tables import cells_of
from ibperp_conformance.report.events import happened
from ibperp_conformance.report.report import state_tables
from ibperp_conformance.report.steps_table import verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibperp_conformance.pictures.frames import Course
    from ibperp_conformance.pictures.plot import Picture
    from ibperp_conformance.scenario.result import ScenarioResult

LINES_MAX = 12
"""The most lines of what happened that are told of a moment."""


def moments_json(result: ScenarioResult, course: Course, charts: Sequence[Picture]) -> str:
    """Return the moments of a course and the values of the charts, safe inside a script element."""
    rows: dict[tuple[str, ...], int] = {}
    moments = []
    for frame in course.frames if result.steps else ():
        step = result.steps[frame.step]
        tables = [
            [rows.setdefault(row, len(rows)) for row in cells_of(table)]
            for table in state_tables(step.after, result)
        ]
        told = happened(result, step) or [verdict(step)]
        more = [f"and {len(told) - LINES_MAX} more"] if len(told) > LINES_MAX else []
        moments.append(
            {
                "number": frame.step + 1,
                "line": step.line,
                "time": result.moment(step.after.time),
                "label": visible(step.label, 400),
                "came": [visible(line, 400) for line in told[:LINES_MAX]] + more,
                "clauses": clauses_of_step(step.action, step.outcome),
                "tables": tables,
            }
        )
    told_charts: list[dict[str, Any]] = [
        {
            "across": [round(x, 1) for x in chart.across],
            "series": [series.values for series in chart.series],
        }
        for chart in charts
    ]
    data = {"moments": moments, "rows": list(rows), "charts": told_charts}
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
