import re

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
RESULT = ".md-search-result__link"
FIRST_RESULTS = 4


def console_errors(browser: webdriver.Chrome) -> list[str]:
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in log if entry["level"] in {"SEVERE", "WARNING"}]


def requested(browser: webdriver.Chrome) -> list[str]:
    """The address of everything that the page has loaded, itself included."""
    script = "return [location.href, ...performance.getEntriesByType('resource').map(e => e.name)]"
    addresses: list[str] = browser.execute_script(script)
    return addresses


def results(browser: webdriver.Chrome) -> list[str]:
    """The addresses of the first results of a search; read at once, since they change on typing."""
    script = "return [...document.querySelectorAll(arguments[0])].map(link => link.href)"
    addresses: list[str] = browser.execute_script(script, RESULT)
    return addresses[:FIRST_RESULTS]


def navigation(browser: webdriver.Chrome, address: str) -> list[str]:
    """The pages that the menu leads to; of those of vectors, which are alike, every twentieth."""
    browser.get(address)
    links = browser.find_elements(By.CSS_SELECTOR, ".md-nav--primary a.md-nav__link")
    addresses = (str(link.get_property("href")).partition("#")[0] for link in links)
    pages = list(dict.fromkeys(page for page in addresses if page.startswith(address)))
    alike = [page for page in pages if page.startswith(f"{address}vectors/")]
    return [page for page in pages if page not in alike or page in alike[::20]]


@pytest.mark.slow
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_navigation__every_page_opens_without_errors__and_fits_the_screen(
    browser: webdriver.Chrome, address: str, size: tuple[int, int]
) -> None:
    screen = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    pages = navigation(browser, address)
    assert {f"{address}spec/{name}/" for name in CHAPTERS} < set(pages)
    too_wide = []
    for page in pages:
        browser.get(page)
        assert browser.find_element(By.CSS_SELECTOR, "article h1").text
        assert console_errors(browser) == []
        assert [url for url in requested(browser) if not url.startswith(address)] == []
        width = browser.execute_script("return document.documentElement.scrollWidth")
        too_wide += [(page, width)] if width > size[0] else []
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert too_wide == []


@pytest.mark.parametrize("clause", ["NT-4", "CU-4", "MM-6", "PF-5", "SM-7", "CF-2"])
def test_search__finds_a_clause_by_its_id_at_once(
    browser: webdriver.Chrome, address: str, clause: str
) -> None:
    browser.set_window_size(*DESKTOP)
    browser.get(address)
    box = browser.find_element(By.CSS_SELECTOR, "input.md-search__input")
    browser.execute_script("arguments[0].focus()", box)
    box.send_keys(clause)
    wait = WebDriverWait(browser, PATIENCE_SECONDS)
    target = wait.until(
        lambda _: next((url for url in results(browser) if url.endswith(f"#{clause}")), None),
        f"{clause} is not among the first {FIRST_RESULTS} results",
    )
    browser.get(str(target))
    assert browser.find_element(By.ID, clause).text.startswith(clause)
    assert console_errors(browser) == []


PICTURES = [("rate-curve", 2), ("haircut-curves", 5), ("margin-curves", 2)]


@pytest.mark.parametrize(("page", "lines"), PICTURES, ids=[page for page, _ in PICTURES])
def test_charts__are_drawn__each_line_with_a_pattern_of_its_own(
    browser: webdriver.Chrome, address: str, page: str, lines: int
) -> None:
    browser.get(f"{address}pictures/{page}/")
    picture = browser.find_element(By.CSS_SELECTOR, "svg.chart")
    assert picture.size["height"] > 100
    drawn = picture.find_elements(By.CSS_SELECTOR, "polyline")
    patterns = {line.value_of_css_property("stroke-dasharray") for line in drawn}
    assert len(drawn) == len(patterns) == lines


INSIDE = """
const frame = arguments[0].getBoundingClientRect();
return [...arguments[0].querySelectorAll("text")].map(text => [text, text.getBoundingClientRect()])
  .filter(([, box]) => box.left < frame.left - 1 || box.right > frame.right + 1
    || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
  .map(([text]) => text.textContent)
"""


@pytest.mark.parametrize("page", [page for page, _ in PICTURES])
def test_charts__no_word_is_cut_off__on_a_phone(
    browser: webdriver.Chrome, address: str, page: str
) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": PHONE[0], "height": PHONE[1], "deviceScaleFactor": 1, "mobile": False},
    )
    browser.get(f"{address}pictures/{page}/")
    pictures = browser.find_elements(By.CSS_SELECTOR, "svg.chart")
    cut_off = [words for picture in pictures for words in browser.execute_script(INSIDE, picture)]
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert pictures
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
    browser.execute_script("localStorage.clear()")
    browser.get(f"{address}pictures/haircut-curves/")
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
