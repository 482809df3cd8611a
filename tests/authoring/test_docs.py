import json
import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from authoring import docs_site
from ibperp.numbers import RATIO
from ibperp.parameters import HaircutKind, HaircutParameters
from ibperp.pool import borrow_rate
from ibperp_authoring.site import build, margin_curve, rate_curve
from ibperp_conformance.pictures import chart
from ibperp_conformance.presets.preset import load_preset
from ibperp_conformance.specification import chapters
from ibperp_invariants import INVARIANTS
from ibperp_invariants.proofs.grades import Grade
from ibperp_invariants.worlds import pool_of

LOADING_TAGS = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
}
LOADING_RELATIONS = {"stylesheet", "preload", "prefetch", "preconnect", "icon", "modulepreload"}
REMOTE = re.compile(r"^(?:https?:)?//")
CSS_REFERENCE = re.compile(r"""(?:url\(\s*|@import\s+)["']?(?P<target>(?:https?:)?//[^"')\s]+)""")
MESSAGE = re.compile(r"^\{\"id\".*\}$", re.MULTILINE)
EMPTY = chapters.Evidence(grades={}, theorems={}, theorem_grades={}, vectors={})
PAGE_MAX = 500_000
POOL = pool_of(
    base_rate=0,
    slope_high=RATIO,
    throttle_utilization=RATIO * 9 // 10,
    throttle_fraction=0,
    reserve_fee=0,
    open_borrow_lend_limit=0,
)


class Page(HTMLParser):
    """Collects the ids of a page and the remote addresses that it would load by itself."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.remote: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.add(values["id"])
        loaded = values.get(LOADING_TAGS.get(tag, ""), "")
        if tag == "link" and LOADING_RELATIONS & set(values.get("rel", "").split()):
            loaded = values.get("href", "")
        if REMOTE.match(loaded):
            self.remote.append(f"{tag} {loaded}")
        self.remote += [
            f"style {found}" for found in CSS_REFERENCE.findall(values.get("style", ""))
        ]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return docs_site.built(tmp_path_factory)


@cache
def ids_of(path: Path) -> set[str]:
    return Page(path).ids


@pytest.mark.slow(50)
def test_site__every_clause_has_its_anchor(built: Path) -> None:
    found = chapters.clauses_in(docs_site.ROOT / "spec")
    assert set(found) == set(chapters.CHAPTERS)
    for chapter, clauses in found.items():
        ids = Page(built / "spec" / chapter / "index.html").ids
        assert clauses
        assert {clause.clause for clause in clauses} <= ids


def test_site__every_vector_and_invariant_has_its_anchor(built: Path) -> None:
    for vector in build.load_vectors(docs_site.ROOT):
        clause = vector["id"].rpartition("-")[0]
        assert vector["id"] in ids_of(built / "vectors" / clause / "index.html")
    invariants = {invariant.name for invariant in INVARIANTS}
    theorems = {theorem.name for theorem in build.load_theorems(docs_site.ROOT)}
    assert invariants | theorems <= Page(built / "proofs" / "index.html").ids


def test_site__loads_nothing_from_elsewhere(built: Path) -> None:
    remote = [
        f"{path.relative_to(built)}: {found}"
        for path in sorted(built.rglob("*.html"))
        for found in Page(path).remote
    ]
    remote += [
        f"{path.relative_to(built)}: {found}"
        for path in sorted(built.rglob("*.css"))
        for found in CSS_REFERENCE.findall(path.read_text(encoding="utf-8"))
    ]
    assert not remote


def test_site__starts_no_loader_of_scripts(built: Path) -> None:
    """The theme fetches a diagram library when a page has a diagram, and only then."""
    for path in built.rglob("*.html"):
        assert 'class="mermaid"' not in path.read_text(encoding="utf-8")
    own = {path.name for path in built.rglob("*.js") if "assets/javascripts" not in str(path)}
    assert own == {"examples.js", "run.js", "view.js"}


def test_site__no_page_is_heavy(built: Path) -> None:
    sizes = {path: path.stat().st_size for path in built.rglob("*.html")}
    assert {path: size for path, size in sizes.items() if size > PAGE_MAX} == {}


def test_adapter__answers_as_the_page_shows() -> None:
    page = (docs_site.ROOT / "docs" / "connect-an-engine.md").read_text(encoding="utf-8")
    lines = MESSAGE.findall(page)
    requests = [line for line in lines if "op" in json.loads(line)]
    replies = [line for line in lines if "op" not in json.loads(line)]
    done = subprocess.run(
        [sys.executable, docs_site.ROOT / "docs" / "examples" / "adapter.py"],
        input="\n".join(requests),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == replies


def test_adapter__answers_what_is_no_request() -> None:
    done = subprocess.run(
        [sys.executable, docs_site.ROOT / "docs" / "examples" / "adapter.py"],
        input='nonsense\n[1]\n\n{"id":3,"op":"reply"}\n{"id":4,"op":"observe"}\n',
        capture_output=True,
        text=True,
        check=True,
    )
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reply["id"] for reply in replies] == [None, None, 3, 4]
    assert all("errored" in reply for reply in replies)


def test_chapter_page__links_clauses_outside_code() -> None:
    text = "### XX-1 Title {#XX-1}\n\nSee NT-1 and `NT-1`.\n\n```text\nNT-1\n```\n"
    page = chapters.chapter_page(text, {"NT-1": "notation"}, EMPTY)
    assert "See [NT-1](notation.md#NT-1) and `NT-1`." in page
    assert page.count("[NT-1]") == 1


@pytest.mark.parametrize(("prefix", "chapter"), chapters.CHAPTER_OF.items())
def test_chapter_page__links_clauses_of_every_chapter(prefix: str, chapter: str) -> None:
    page = chapters.chapter_page(f"See {prefix}-1.", {f"{prefix}-1": chapter}, EMPTY)
    assert page == f"See [{prefix}-1]({chapter}.md#{prefix}-1).\n"


def test_chapters__each_has_a_prefix() -> None:
    assert tuple(chapters.CHAPTER_OF.values()) == chapters.CHAPTERS


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("See NT-99.", "NT-99 is named but no chapter has it"),
        (
            "### CU-1 A {#CU-1}\n<!-- function: ibperp.pool.nothing -->",
            "CU-1 .* ibperp.pool.nothing",
        ),
        ("### CU-1 A {#CU-1}\n<!-- invariants: nothing -->", "CU-1 names .* nothing"),
        ("<!-- function: ibperp.pool.debt -->", "before any clause"),
    ],
)
def test_chapter_page__names_the_gap(text: str, gap: str) -> None:
    with pytest.raises(LookupError, match=gap):
        chapters.chapter_page(text, {}, EMPTY)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("ibperp.pool.debt", "def debt("),
        ("ibperp.state.Pool", "@record"),
        ("ibperp.persistent.Vector.set", "def set("),
        ("ibperp.numbers.RATIO", "RATIO: Final"),
    ],
)
def test_source_of__finds_functions_classes_methods_and_constants(name: str, begins: str) -> None:
    assert chapters.source_of(name).startswith(begins)


@pytest.fixture
def ungraded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every invariant be claimed: to grade them takes as long as all that a gap says."""
    claimed = {invariant.name: Grade("claimed") for invariant in INVARIANTS}
    monkeypatch.setattr(build, "invariant_grades", lambda *_: claimed)
    monkeypatch.setattr(build, "laws_of", lambda _: {})


@pytest.mark.usefixtures("ungraded")
def test_generate__reports_every_gap_and_writes_nothing(tmp_path: Path) -> None:
    gaps = build.generate(tmp_path)
    assert "spec/custody.md is missing" in gaps
    assert "spec/vectors holds no vectors; run make fill" in gaps
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("ungraded")
def test_generate__writes_a_draft_with_gaps(tmp_path: Path) -> None:
    assert build.generate(tmp_path, is_draft=True)
    assert (tmp_path / "docs" / "spec" / "custody.md").is_file()


def test_main__refuses_an_unknown_argument(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--nonsense"]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [(0, "0 %"), (RATIO, "100 %"), (RATIO // 8, "12.5 %"), (RATIO // 3, "33.33 %")],
)
def test_percent__rounds_toward_zero(ratio: int, shown: str) -> None:
    assert chart.percent(ratio) == shown


def test_curve__bends_at_the_optimum() -> None:
    points = dict(rate_curve.sampled(POOL, borrow_rate))
    assert points[POOL.optimal_utilization] == POOL.slope_low
    assert points[RATIO] == POOL.slope_low + POOL.slope_high


def test_curve_svg__names_both_lines_and_sets_no_colour() -> None:
    picture = rate_curve.curve_svg("USDC", POOL)
    assert "borrow rate (MM-4)" in picture
    assert "lend rate (MM-5)" in picture
    assert "#" not in picture


def test_rate_table__names_the_bounds() -> None:
    table = rate_curve.rate_table(POOL)
    assert "| 80 % | 10 % | 8 % | optimal |" in table
    assert "| 100 % | 110 % | 110 % | maximum |" in table


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "$0"), (999, "$999"), (10**5, "$100k"), (4_575_481, "$4.57m"), (10**9, "$1b")],
)
def test_dollars__are_short_and_rounded_toward_zero(amount: int, shown: str) -> None:
    assert chart.dollars(amount) == shown


def test_dollar_axis__gives_each_decade_the_same_room() -> None:
    axis = chart.dollar_axis("held", 3, 9)
    shares = [axis.share(value) for value, _ in axis.ticks]
    assert shares == pytest.approx([place / 6 for place in range(7)])
    assert [words for _, words in axis.ticks] == [
        "$1k",
        "$10k",
        "$100k",
        "$1m",
        "$10m",
        "$100m",
        "$1b",
    ]


@pytest.mark.parametrize("largest", [0, RATIO // 100, RATIO, 3 * RATIO, 200 * RATIO])
def test_percent_axis__reaches_the_largest_value(largest: int) -> None:
    ticks = [value for value, _ in chart.percent_axis("a", largest).ticks]
    assert ticks[0] == 0
    assert ticks[-1] >= largest
    assert 2 <= len(ticks) <= 12


def test_spread__moves_words_apart_around_where_they_were() -> None:
    room = chart.LABEL_HEIGHT
    assert chart.spread([10.0, 200.0]) == [10.0, 200.0]
    assert chart.spread([100.0, 100.0]) == [100 - room / 2, 100 + room / 2]
    apart = chart.spread([100.0, 101.0, 120.0, 140.0])
    assert all(after - before >= room - 1e-9 for before, after in pairwise(apart))
    assert sum(apart) == pytest.approx(461.0)


HAIRCUTS = {
    "USDC": HaircutParameters(HaircutKind.IDENTITY, RATIO, 0, 0),
    "SOL": HaircutParameters(HaircutKind.INVERSE_SQRT, RATIO * 9 // 10, RATIO, RATIO // 1000),
}


def test_weight__is_that_of_the_reference() -> None:
    """1 / (1 + 0.001 * 1000) is a half, below the listed 0.9."""
    assert margin_curve.weight(HAIRCUTS["SOL"], 10**6) == RATIO // 2
    assert margin_curve.weight(HAIRCUTS["SOL"], 1) == RATIO * 9 // 10
    assert margin_curve.weight(HAIRCUTS["USDC"], 10**9) == RATIO


def test_haircut_svg__names_every_line_and_sets_no_colour() -> None:
    picture = margin_curve.haircut_svg(HAIRCUTS)
    assert picture.count("<polyline") == len(HAIRCUTS)
    assert all(f">{symbol}</text>" in picture for symbol in HAIRCUTS)
    assert "#" not in picture
    assert 'aria-label="Collateral weight from $1k to $1b held: USDC from 100 % to 100 %' in picture


def test_haircut_table__shows_each_decade() -> None:
    assert "| $1m | 100 % | 50 % |" in margin_curve.haircut_table(HAIRCUTS)


def test_margin_svg__marks_where_the_fractions_leave_their_bases() -> None:
    """ETH of the preset: (0.2 / 0.0000935)^2 and (0.1 / 0.0000561)^2 dollars."""
    listings = load_preset("launch").listings
    limits = next(listing.parameters for listing in listings if listing.asset == "ETH")
    picture = margin_curve.margin_svg("ETH", limits)
    assert "initial from $4.57m" in picture
    assert "maintenance from $3.17m" in picture
    assert picture.count("<polyline") == 2
    assert "#" not in picture
    table = margin_curve.margin_table(limits)
    assert "| $100k | 20 % | 10 % |  |" in table
    assert "| $100m | 93.5 % | 56.1 % |  |" in table
    assert "| $4.57m | 20 % | 11.99 % | initial leaves its base |" in table


def test_threshold__is_none__without_growth() -> None:
    assert margin_curve.threshold(RATIO // 10, 0) is None


@pytest.mark.parametrize("page", ["rate-curve", "haircut-curves", "margin-curves"])
def test_charts__are_described_in_words(built: Path, page: str) -> None:
    text = (built / "pictures" / page / "index.html").read_text(encoding="utf-8")
    pictures = re.findall(r"<svg class=\"chart\"[^>]*>", text)
    assert pictures
    assert all('role="img"' in picture and 'aria-label="' in picture for picture in pictures)


def test_adapter__passes_the_smoke_test() -> None:
    adapter = docs_site.ROOT / "docs" / "examples" / "adapter.py"
    done = subprocess.run(
        [Path(sys.executable).with_name("ibperp"), "smoke", "--", sys.executable, adapter],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
