"""The table of setups that were explored breadth first, with the actions that were tried."""

from __future__ import annotations

from ibperp_invariants.search.exhausted import read_exhausted


def exhausted_table() -> str:
    """Return for every setup how far it was explored, as Markdown."""
    figures = read_exhausted()
    if figures is None:
        return "Nothing was explored yet: `make exhaust`.\n"
    steps = sum(entry.steps for entry in figures.setups.values())
    stale = ", before the code changed" if figures.is_stale() else ""
    beside = f" and gave the same answers as `{figures.engine}`" if figures.engine else ""
    total = f"{len(figures.setups)} setups, {steps:,} steps"
    deep = f"every run of at most {figures.least()} actions broke no invariant{beside}"
    lines = [
        f"{total}: {deep} ({figures.date()}{stale}).",
        "",
        "| setup | depth | actions | states | steps | accepted | date |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{name}` | {own.depth} | {own.actions} | {own.states:,} | {own.steps:,} "
        f"| {own.accepted:,} | {own.date} |"
        for name, own in figures.setups.items()
    ]
    return "\n".join(lines) + "\n"
