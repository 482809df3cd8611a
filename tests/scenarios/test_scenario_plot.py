import json
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ibperp_conformance.files import WrongUseError
from ibperp_conformance.page.document import run_page
from ibperp_conformance.pictures.frames import FRAMES_MAX, course_of
from ibperp_conformance.pictures.plot import pictures, stairs
from ibperp_conformance.run_command import main_run
from ibperp_conformance.scenario.run import run_scenario
from worlds.perpetual_story import HEAD, RISE, TRADE, YEAR, exact, ran, written


class Page(HTMLParser):
    """What a page holds: its tags, its links and ids, its data, and whether each tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.shown = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "input", "br"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.shown += data

    def values(self, name: str) -> list[str]:
        return [value or "" for key, value in self.attributes if key == name]


def moments(page: str) -> dict[str, Any]:
    opening = '<script type="application/json" class="run-data">'
    found: dict[str, Any] = json.loads(page.split(opening)[1].split("</script>", maxsplit=1)[0])
    return found


def test_html__is_one_page_that_needs_nothing_else__and_links_only_to_its_own_clauses(
    tmp_path: Path,
) -> None:
    page_file = tmp_path / "page.html"
    path = written(tmp_path, HEAD + TRADE + RISE + YEAR)
    assert main_run(path, True, None, page_file) == 0
    text = page_file.read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert page.values("src") == []
    links = set(page.values("href"))
    assert "#SM-4" in links
    assert links <= {f"#{name}" for name in page.values("id")}
    assert "http" not in text
    assert "prefers-color-scheme: dark" in text
    assert "Every outcome as expected, every invariant holds." in page.shown


def test_html__text_of_a_file_is_never_markup(tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script><b> & [red]more"
    path = written(tmp_path, (HEAD + TRADE + RISE).replace("Test", json.dumps(evil)))
    result = run_scenario(path)
    steps = tuple(replace(step, label=evil) for step in result.steps)
    names = dict.fromkeys(result.names, evil)
    spoilt = replace(result, steps=steps, names=names, orders=dict.fromkeys(result.orders, evil))
    text = "".join(run_page(spoilt))
    page = Page(text)
    assert page.tags.count("script") == 2
    assert page.tags.count("b") == 0
    assert page.shown.count(evil) > len(steps)
    assert moments(text)["moments"][0]["label"] == evil


def test_html__a_moment_shows_the_state_after_its_step(tmp_path: Path) -> None:
    result = ran(tmp_path, TRADE + RISE)
    data = moments("".join(run_page(result)))
    assert [moment["number"] for moment in data["moments"]] == list(range(1, len(result.steps) + 1))
    first, last = (data["moments"][place]["tables"] for place in (0, -1))
    assert data["rows"][first[0][0]][0] == "lena/main"
    lent = {data["rows"][row][0]: data["rows"][row] for row in last[-1]}
    assert lent["USDC"][3] == "604"


def test_html__a_broken_expectation_is_told_in_it(tmp_path: Path) -> None:
    broken = TRADE.replace("  - ", "  - expect_rejected: price_stale\n    ", 1)
    text = Page("".join(run_page(ran(tmp_path, broken)))).shown
    assert "expected to be rejected as price_stale, was accepted" in text
    assert "Every outcome as expected" not in text


def test_charts__draw_and_list_a_line_for_all_that_is_not_zero(tmp_path: Path) -> None:
    found = {own.heading: own for own in pictures(course_of(ran(tmp_path, TRADE + RISE)))}
    for heading, names in (
        ("Equity of each account", ("lena/main", "ana/main", "bob/main", "vera/main")),
        ("Pool of USDC", ("lent", "borrowed", "virtually borrowed")),
        ("Utilization of USDC", ("utilization",)),
        ("Rates of USDC", ("borrow rate", "lend rate")),
    ):
        chart = found[heading]
        assert chart.svg.count("<polyline") == len(names)
        assert tuple(series.name for series in chart.series) == names
        assert all(f">{name}</text>" in chart.svg for name in names)
        assert all(len(series.values) == len(chart.across) for series in chart.series)


def test_stairs__a_value_holds_until_the_next_one() -> None:
    assert stairs(((0, 5), (10, 7), (10, 8), (12, 3))) == (
        *((0, 5), (10, 5), (10, 7), (10, 7), (10, 8)),
        *((12, 8), (12, 3)),
    )


@pytest.mark.parametrize("steps", ["", TRADE, "  - advance_time: {by: 1h}\n"])
def test_html__has_a_page_for_any_run(tmp_path: Path, steps: str) -> None:
    assert Page("".join(run_page(ran(tmp_path, steps or "  []\n")))).open == []


def test_html__that_cannot_be_written_is_wrong_use(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + TRADE)
    with pytest.raises(WrongUseError, match="cannot write the page"):
        main_run(path, False, None, tmp_path / "no" / "page.html")


def test_course__of_many_times_keeps_every_step_outside_a_repeat__and_thins_the_rest(
    tmp_path: Path,
) -> None:
    steps = TRADE + "  - repeat: {every: 10s, for: 2h, steps: [settle: {}]}\n"
    course = course_of(ran(tmp_path, steps))
    times = [frame.at for frame in course.frames]
    assert course.is_timed
    assert (len(times), times[0], times[-1]) == (FRAMES_MAX, 0, 7200)
    assert {later - earlier for earlier, later in pairwise(times)} <= {0, 10, 30, 40}
    assert course.frames[0].equity["lena/main"] == 10000


def test_course__of_few_times_is_shown_step_by_step(tmp_path: Path) -> None:
    result = ran(tmp_path, TRADE + RISE)
    course = course_of(result)
    assert not course.is_timed
    assert [frame.at for frame in course.frames] == list(range(1, len(result.steps) + 1))
    last = course.frames[-1].pools["USDC"]
    assert [last.borrowed, last.virtually_borrowed, last.virtually_lent] == exact(404, 200, 0)
