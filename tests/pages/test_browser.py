import re
from functools import partial

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from ibperp_conformance.specification.chapters import CHAPTERS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PHONE = (390, 844)
DESKTOP = (1280, 900)
PATIENCE_SECONDS = 120
PARTS = 2
RESULT = ".md-search-result__link"
FIRST_RESULTS = 5


SEEN = """
const links = [...document.querySelectorAll(arguments[0])];
return links.filter(link => link.closest("details:not([open]) > :not(summary)") === null)
  .map(link => link.href);
"""


def console_errors(browser: webdriver.Chrome) -> list[str]:
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in log if entry["level"] in {"SEVERE", "WARNING"}]


def requested(browser: webdriver.Chrome) -> list[str]:
    """The address of everything that the page has loaded, itself included."""
    script = "return [location.href, ...performance.getEntriesByType('resource').map(e => e.name)]"
    addresses: list[str] = browser.execute_script(script)
    return addresses


def results(browser: webdriver.Chrome) -> list[str]:
    """The addresses of the first results that are seen; read at once, since they change."""
    addresses: list[str] = browser.execute_script(SEEN, RESULT)
    return addresses[:FIRST_RESULTS]


def navigation(browser: webdriver.Chrome, address: str) -> list[str]:
    """The pages that the menu leads to; of those of vectors, which are alike, every twentieth."""
    browser.get(address)
    links = browser.find_elements(By.CSS_SELECTOR, ".md-nav--primary a.md-nav__link")
    addresses = (str(link.get_property("href")).partition("#")[0] for link in links)
    pages = list(dict.fromkeys(page for page in addresses if page.startswith(address)))
    alike = [page for page in pages if page.startswith(f"{address}vectors/")]
    return [page for page in pages if page not in alike or page in alike[::20]]


def resized(browser: webdriver.Chrome, size: tuple[int, int]) -> None:
    screen = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)


# Without the theme's transitions a page is at once as it will be.
STILL = """
document.head.insertAdjacentHTML("beforeend", "<style>* { transition: none !important; }</style>");
"""

# A page that is left is not laid out again for the next screen.
LEFT = "document.documentElement.style.display = 'none'"

# How wide the page is, and the first words of every table that a phone cannot show.
WIDE = """
const room = document.querySelector("article").clientWidth;
const wide = [...document.querySelectorAll("article table:not([class])")]
  .filter((table) => table.scrollWidth > room + 1);
return [document.documentElement.scrollWidth, wide.map((table) => table.innerText.slice(0, 40))];
"""


@pytest.mark.parametrize("part", range(PARTS))
def test_navigation__every_page_opens_without_errors__and_fits_both_screens(
    browser: webdriver.Chrome, address: str, part: int
) -> None:
    resized(browser, DESKTOP)
    pages = navigation(browser, address)
    assert {f"{address}spec/{name}/" for name in CHAPTERS} < set(pages)
    too_wide: list[tuple[str, int, list[str]]] = []
    for page in pages[part::PARTS]:
        resized(browser, PHONE)
        browser.get(page)
        assert browser.find_element(By.CSS_SELECTOR, "article h1").text
        assert console_errors(browser) == []
        assert [url for url in requested(browser) if not url.startswith(address)] == []
        width, tables = browser.execute_script(WIDE)
        too_wide += [(page, width, tables)] if width > PHONE[0] or tables else []
        browser.execute_script(STILL)
        resized(browser, DESKTOP)
        width, _ = browser.execute_script(WIDE)
        too_wide += [(page, width, [])] if width > DESKTOP[0] else []
        browser.execute_script(LEFT)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert too_wide == []


CLAUSES = ("NT-4", "CU-4", "MM-6", "PF-5", "SM-7", "CF-2")
SOUGHT = {
    **{clause: f"#{clause}" for clause in CLAUSES},
    "ST-3-104": "vectors/ST-3/#ST-3-104",
    "LQ-9-053": "vectors/LQ-9/#LQ-9-053",
    "deposit_below_minimum": "map/codes/",
    "virtual_moved": "map/events/",
    "place_order": "map/actions/#place_order",
    "bankruptcy": "spec/liquidation/",
    "lender at full utilization": "questions/",
    "scenario with a perpetual": "questions/#how-is-a-scenario-with-a-perpetual-written",
    "proved fund": "proofs/#fund",
}
# All at once, as a paste; what was found before is gone first.
TYPED = """
document.querySelectorAll(".md-search-result__item").forEach((item) => item.remove());
arguments[0].value = arguments[1];
arguments[0].dispatchEvent(new KeyboardEvent("keyup", {bubbles: true}));
"""
QUERY = re.compile(r"\?[^#]*")


def leading_to(expected: str, browser: webdriver.Chrome) -> list[str]:
    return [url for url in results(browser) if expected in QUERY.sub("", url)]


def test_search__finds_a_clause__a_vector__a_code__an_event_and_what_a_stranger_asks(
    browser: webdriver.Chrome, searched: str
) -> None:
    resized(browser, DESKTOP)
    browser.get(searched)
    box = browser.find_element(By.CSS_SELECTOR, "input.md-search__input")
    browser.execute_script("arguments[0].focus()", box)
    targets = []
    for words, expected in SOUGHT.items():
        browser.execute_script(TYPED, box, words)
        problem = f"{words}: no {expected} among the first {FIRST_RESULTS} results"
        found = partial(leading_to, expected)
        targets += WebDriverWait(browser, PATIENCE_SECONDS).until(found, problem)[:1]
    for clause, target in zip(CLAUSES, targets, strict=False):
        browser.get(target)
        assert browser.find_element(By.ID, clause).text.startswith(clause)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert console_errors(browser) == []


INSIDE = """
const frame = arguments[0].getBoundingClientRect();
return [...arguments[0].querySelectorAll("text")].map(text => [text, text.getBoundingClientRect()])
  .filter(([, box]) => box.left < frame.left - 1 || box.right > frame.right + 1
    || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
  .map(([text]) => text.textContent)
"""
PICTURES = [("rate-curve", 2), ("haircut-curves", 5), ("margin-curves", 2)]


@pytest.mark.parametrize(("page", "lines"), PICTURES, ids=[page for page, _ in PICTURES])
def test_charts__each_line_has_a_pattern_of_its_own__and_no_word_is_cut_off_on_a_phone(
    browser: webdriver.Chrome, address: str, page: str, lines: int
) -> None:
    resized(browser, PHONE)
    browser.get(f"{address}pictures/{page}/")
    pictures = browser.find_elements(By.CSS_SELECTOR, "svg.chart")
    assert pictures[0].size["height"] > 100
    drawn = pictures[0].find_elements(By.CSS_SELECTOR, "polyline")
    patterns = {line.value_of_css_property("stroke-dasharray") for line in drawn}
    assert len(drawn) == len(patterns) == lines
    cut_off = [words for picture in pictures for words in browser.execute_script(INSIDE, picture)]
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert cut_off == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts__stand_out_from_the_page__in_both_schemes(
    browser: webdriver.Chrome, address: str, scheme: str
) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    browser.get(f"{address}pictures/haircut-curves/")
    # A page remembers the scheme that it had: of an earlier test, maybe the other one.
    browser.execute_script("localStorage.clear()")
    browser.refresh()
    page = lightness(browser.find_element(By.TAG_NAME, "body"), "background-color")
    picture = browser.find_element(By.CSS_SELECTOR, "svg.chart")
    words = lightness(picture.find_element(By.TAG_NAME, "text"), "fill")
    lines = picture.find_elements(By.CSS_SELECTOR, "polyline")
    strokes = [lightness(line, "stroke") for line in lines]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert (page > 128) is (scheme == "light")
    assert all(abs(page - shade) > 80 for shade in (words, *strokes))


def lightness(element: WebElement, name: str) -> float:
    """How light a colour is, 0 to 255, its opacity left out."""
    numbers = re.findall(r"[0-9.]+", element.value_of_css_property(name))
    return sum(map(float, numbers[:3])) / 3
