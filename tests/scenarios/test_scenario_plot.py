from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from ibperp_conformance.files import WrongUseError
from ibperp_conformance.pictures.frames import course_of
from ibperp_conformance.pictures.plot import plot_page
from ibperp_conformance.run_command import main_run
from worlds.perpetual_story import HEAD, RISE, TRADE, YEAR, exact, ran, written


class Page(HTMLParser):
    """What a page holds: its tags, and whether each is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def pictures(page: str) -> Iterator[tuple[str, str]]:
    for part in page.split("<h2>")[1:]:
        heading, _, picture = part.partition("</h2>")
        yield heading, picture


def test_plot__is_one_page_that_needs_nothing_else(tmp_path: Path) -> None:
    page_file = tmp_path / "page.html"
    path = written(tmp_path, (HEAD + TRADE + RISE + YEAR).replace("Test", '"<b> & more"'))
    assert main_run(path, True, None, page_file) == 0
    text = page_file.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert page.open == []
    assert {"src", "href"}.isdisjoint(name for name, _ in page.attributes)
    assert "http" not in text
    assert "prefers-color-scheme: dark" in text
    assert "<title>&lt;b&gt; &amp; more</title>" in text
    assert [heading for heading, _ in pictures(text)] == [
        "Equity of each account",
        "Pool of USDC",
        "Utilization of USDC",
        "Rates of USDC",
    ]


def test_plot__draws_a_line_for_all_that_is_not_zero(tmp_path: Path) -> None:
    found = dict(pictures("".join(plot_page(ran(tmp_path, TRADE + RISE)))))
    for heading, names in (
        ("Equity of each account", ("lena/main", "ana/main", "bob/main", "vera/main")),
        ("Pool of USDC", ("lent", "borrowed", "virtually borrowed")),
        ("Utilization of USDC", ("utilization",)),
        ("Rates of USDC", ("borrow rate", "lend rate")),
    ):
        assert found[heading].count("<polyline") == len(names)
        assert all(f">{name}</text>" in found[heading] for name in names)


@pytest.mark.parametrize("steps", ["", TRADE, "  - advance_time: {by: 1h}\n"])
def test_plot__has_a_page_for_any_run(tmp_path: Path, steps: str) -> None:
    result = ran(tmp_path, steps or "  []\n")
    page = Page()
    page.feed("".join(plot_page(result)))
    assert page.open == []


def test_plot__that_cannot_be_written_is_wrong_use(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + TRADE)
    with pytest.raises(WrongUseError, match="cannot write the charts"):
        main_run(path, False, None, tmp_path / "no" / "page.html")


def test_course__keeps_the_last_state_of_each_time_and_thins_evenly(tmp_path: Path) -> None:
    steps = TRADE + "  - repeat: {every: 10s, for: 2h, steps: [settle: {}]}\n"
    course = course_of(ran(tmp_path, steps))
    times = [frame.at for frame in course.frames]
    assert course.is_timed
    assert (len(times), times[0], times[-1]) == (300, 0, 7200)
    assert {later - earlier for earlier, later in pairwise(times)} <= {20, 30}
    assert course.frames[0].equity["lena/main"] == 10000


def test_course__of_few_times_is_shown_step_by_step(tmp_path: Path) -> None:
    result = ran(tmp_path, TRADE + RISE)
    course = course_of(result)
    assert not course.is_timed
    assert [frame.at for frame in course.frames] == list(range(1, len(result.steps) + 1))
    last = course.frames[-1].pools["USDC"]
    assert [last.borrowed, last.virtually_borrowed, last.virtually_lent] == exact(404, 200, 0)
