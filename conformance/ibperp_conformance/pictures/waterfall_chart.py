"""The waterfall of failing accounts in pictures: a bar for everybody who got or paid (LQ-2)."""

from __future__ import annotations

from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Final

from ibperp_conformance.pictures.chart import WIDTH, text
from ibperp_conformance.presets.units import decimal_of
from ibperp_conformance.report.waterfall import Party, waterfall_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ibperp_conformance.report.waterfall import Waterfall
    from ibperp_conformance.scenario.result import ScenarioResult

ROW: Final = 26
BAR: Final = 16
NAMES: Final = 250
"""Where the bars begin, right of the names of the parties."""

AMOUNTS: Final = 90
"""The room for an amount at either end of a bar."""


def waterfall_picture(result: ScenarioResult) -> str:
    """Return a picture of who got (to the right) and who paid (to the left), per account."""
    found = waterfall_of(result.steps)
    rows = sum(1 + len(found.of(account)) for account in found.accounts())
    described = escape(f"Who paid what when accounts failed: {result.title}")
    opening = (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {ROW * (rows + 1)}" role="img" '
        f'aria-label="{described}">'
    )
    return "\n".join((opening, *_bars(found, result), "</svg>\n"))


def _bars(found: Waterfall, result: ScenarioResult) -> Iterator[str]:
    amounts = [abs(amount) for amount in found.flows.values()]
    scale = (WIDTH - NAMES - 2 * AMOUNTS) / 2 / max(amounts, default=1)
    zero, down = (NAMES + WIDTH) / 2, ROW
    for account in found.accounts():
        name = f'<tspan font-weight="bold">{_name(result, account)}</tspan>'
        yield text("chart-name", 0, down, name)
        down += ROW
        for party, amount in found.of(account).items():
            width = max(abs(amount) * scale, 1)
            left = zero if amount > 0 else zero - width
            colour = list(Party).index(party) + 1
            anchor = "start" if amount > 0 else "end"
            beside = zero + width + 6 if amount > 0 else zero - width - 6
            words = _dollars(result, amount)
            yield text("chart-name", 12, down, escape(party))
            yield (
                f'<g class="series-{colour}"><rect x="{left:.1f}" y="{down - BAR + 3}" '
                f'width="{width:.1f}" height="{BAR}" fill="currentcolor"/></g>'
                f'<text x="{beside:.1f}" y="{down}" text-anchor="{anchor}">{words}</text>'
            )
            down += ROW
    yield f'<line class="chart-grid" x1="{zero}" x2="{zero}" y1="0" y2="{down - ROW}"/>'


def waterfall_table(result: ScenarioResult) -> str:
    """Return the same as a Markdown table, with the account itself: every row sums to zero."""
    heads, rows = waterfall_cells(result)
    lines = ["| " + " | ".join(head for head, _ in heads) + " |"]
    lines.append("|---|" + "--:|" * (len(heads) - 1))
    lines += ["| " + " | ".join(map(escape, row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def waterfall_cells(
    result: ScenarioResult,
) -> tuple[list[tuple[str, bool]], list[tuple[str, ...]]]:
    """Return the heads of the table, each with whether it stands over numbers, and its rows."""
    found = waterfall_of(result.steps)
    parties = [party for party in Party if any(party in found.of(own) for own in found.accounts())]
    rows = []
    for account in found.accounts():
        flows: Mapping[Party, int] = found.of(account)
        amounts = (-sum(flows.values()), *(flows.get(party, 0) for party in parties))
        name = result.names.get(account, str(account))
        rows.append((name, *(_dollars(result, amount) for amount in amounts)))
    heads = [("USD", False), ("the account", True), *((str(party), True) for party in parties)]
    return heads, rows


def _name(result: ScenarioResult, account: int) -> str:
    return escape(result.names.get(account, str(account)))


def _dollars(result: ScenarioResult, amount: int) -> str:
    return decimal_of(Fraction(amount, result.final.system.quote_unit))
