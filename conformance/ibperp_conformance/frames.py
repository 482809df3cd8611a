"""Runs and traces as tables, for polars or pandas: `pip install 'ibperp[frames]'`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from ibperp_conformance.api import Campaign, ScenarioResult, TraceLine, WrongUseError
from ibperp_conformance.protocol.observation import difference, flatten, observe
from ibperp_conformance.protocol.wire import encode_action, encode_outcome

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

Library: TypeAlias = Literal["polars", "pandas"]
Row: TypeAlias = dict[str, Any]

RESULT_COLUMNS = ("vector", "clause", "why", "outcome", "message", "seconds", "known")
CHANGE_COLUMNS = ("line", "time", "action", "outcome", "path", "value", "number")


@overload
def results_frame(campaign: Campaign, library: Literal["polars"] = "polars") -> pl.DataFrame: ...
@overload
def results_frame(campaign: Campaign, library: Literal["pandas"]) -> pd.DataFrame: ...
def results_frame(campaign: Campaign, library: Library = "polars") -> Any:
    """Return a row for each vector of a campaign: what became of it, and in how many seconds."""
    rows: list[Row] = [
        {
            "vector": result.vector.id,
            "clause": result.vector.clauses[0],
            "why": result.vector.why,
            "outcome": result.outcome.value,
            "message": result.message,
            "seconds": result.seconds,
            "known": result.known,
        }
        for result in campaign.results
    ]
    return _frame(rows, RESULT_COLUMNS, library)


@overload
def trace_frame(
    lines: Iterable[TraceLine], library: Literal["polars"] = "polars"
) -> pl.DataFrame: ...
@overload
def trace_frame(lines: Iterable[TraceLine], library: Literal["pandas"]) -> pd.DataFrame: ...
def trace_frame(lines: Iterable[TraceLine], library: Library = "polars") -> Any:
    """Return a row for each leaf that a line of a trace changed, and one for a line without.

    `outcome` is `accepted` or the rejection code, `path` the leaf (CF-4), `value` what it became as
    it is written, None where it is gone, and `number` the same as a float where it is an integer:
    exact to 53 bits, for pictures and sums that need no atom.
    """
    return _frame(_changes(lines), CHANGE_COLUMNS, library)


@overload
def run_frame(result: ScenarioResult, library: Literal["polars"] = "polars") -> pl.DataFrame: ...
@overload
def run_frame(result: ScenarioResult, library: Literal["pandas"]) -> pd.DataFrame: ...
def run_frame(result: ScenarioResult, library: Library = "polars") -> Any:
    """Return the steps of a scenario as `trace_frame` does; `line` is that of the file."""
    steps = (*result.scene, *result.steps)
    lines = [
        TraceLine(
            step.line,
            encode_action(step.action),
            encode_outcome(step.before, step.outcome),
            observe(step.after),
        )
        for step in steps
    ]
    return trace_frame([TraceLine(0, None, None, observe(result.start)), *lines], library)


def _changes(lines: Iterable[TraceLine]) -> list[Row]:
    rows: list[Row] = []
    before: Mapping[str, Any] = {}
    is_first = True
    for line in lines:
        after = before if line.observation is None else flatten(line.observation)
        changed = {} if is_first else difference(before, after)
        if line.action is not None:
            told = {
                "line": line.number,
                "time": int(after.get("time", 0)),
                "action": line.action.get("type"),
                "outcome": _outcome(line.outcome),
            }
            leaves = changed.items() or [(None, None)]
            rows += [
                {**told, "path": p, "value": _text(v), "number": _number(v)} for p, v in leaves
            ]
        before, is_first = after, False
    return rows


def _outcome(outcome: Mapping[str, Any] | None) -> str | None:
    if outcome is None:
        return None
    rejected = outcome.get("rejected")
    return rejected.get("code") if isinstance(rejected, Mapping) else next(iter(outcome), None)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower()


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, str) and value.lstrip("-").isdecimal() else None


def _frame(rows: Sequence[Row], columns: Sequence[str], library: Library) -> Any:
    table = {name: [row[name] for row in rows] for name in columns}
    try:
        if library == "polars":
            import polars as pl

            return pl.DataFrame(table, infer_schema_length=None)
        import pandas as pd

        return pd.DataFrame(table)
    except ImportError:
        raise WrongUseError(f"{library} is not installed: pip install 'ibperp[frames]'") from None
