from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from authoring import docs_site
from ibperp_authoring.site.browser import AbsentError, package_of
from pages.test_browser import DESKTOP, STILL, console_errors, requested, resized

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PATIENCE_SECONDS = 240
AXE = """
const done = arguments[arguments.length - 1];
const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
axe.run({runOnly, resultTypes: ["violations"]})
  .then(({violations}) => done(violations.flatMap(({id, nodes}) =>
    nodes.map(({target, failureSummary}) => `${id}: ${target} ${failureSummary}`))));
"""


SCHEME = "document.body.setAttribute('data-md-color-scheme', arguments[0])"


def press(browser: webdriver.Chrome, place: WebElement, name: str) -> None:
    buttons = place.find_elements(By.TAG_NAME, "button")
    button = next(button for button in buttons if button.text == name)
    browser.execute_script("arguments[0].focus(); arguments[0].click()", button)


def value(editor: WebElement) -> str:
    return str(editor.get_property("value"))


def example(
    browser: webdriver.Chrome, address: str, words: str, *, is_fresh: bool = False
) -> WebElement:
    """An example of a chapter; the page that is open stays so, with an engine that is loaded."""
    page = f"{address}spec/custody/"
    if is_fresh or browser.current_url != page:
        browser.get(page)
    place = browser.find_element(By.CSS_SELECTOR, f".play[data-name*='{words}']")
    wait(browser, lambda: bool(place.find_elements(By.TAG_NAME, "button")), "no buttons")
    return place


def wait(browser: webdriver.Chrome, holds: Any, problem: str) -> None:
    WebDriverWait(browser, PATIENCE_SECONDS).until(lambda _: holds(), problem)


def test_example__runs_in_the_page__and_both_engines_agree(
    browser: webdriver.Chrome, address: str
) -> None:
    place = example(browser, address, "deposit 250 native units", is_fresh=True)
    before = requested(browser)
    assert not [url for url in before if "/made/" in url and not url.endswith((".css", "s.json"))]
    press(browser, place, "Run")
    wait(browser, lambda: "invariants hold" in place.text, "the reference did not answer")
    assert "the reference agrees, in every outcome and leaf" in place.text
    assert "accounts/2/free/USDC 100000 125000" in place.text
    links = place.find_elements(By.LINK_TEXT, "CU-4")
    assert [link.get_property("href") for link in links] == [f"{address}spec/custody/#CU-4"]
    assert console_errors(browser) == []
    assert [url for url in requested(browser) if not url.startswith(address)] == []


def test_example__that_is_edited__shows_every_violated_precondition_and_its_clause__also_by_link(
    browser: webdriver.Chrome, address: str
) -> None:
    place = example(browser, address, "deposit 250 native units")
    press(browser, place, "Edit")
    editor = place.find_element(By.TAG_NAME, "textarea")
    wait(browser, lambda: "ethereum" in value(editor), "nothing to edit")
    edited = value(editor).replace('"25000"', '"0"').replace('"2"', '"77"')
    browser.execute_script("arguments[0].value = arguments[1]", editor, edited)
    press(browser, place, "Run the edit")
    wait(browser, lambda: "rejected as amount_not_positive" in place.text, "no rejection")
    assert "account_unknown CU-4" in place.text
    press(browser, place, "Link to this edit")
    wait(browser, lambda: "#run=" in browser.current_url, "no link")
    link = browser.current_url
    browser.get("about:blank")
    browser.get(link)
    again = browser.find_element(By.CSS_SELECTOR, ".play[data-name*='deposit 250 native units']")
    wait(browser, lambda: "rejected as amount_not_positive" in again.text, "the link lost it")


def test_example__that_is_no_json__says_so(browser: webdriver.Chrome, address: str) -> None:
    place = example(browser, address, "open account 5")
    press(browser, place, "Edit")
    editor = place.find_element(By.TAG_NAME, "textarea")
    wait(browser, lambda: "create_account" in value(editor), "nothing to edit")
    browser.execute_script("arguments[0].value = '<b>no'", editor)
    press(browser, place, "Run the edit")
    wait(browser, lambda: "the steps: not JSON" in place.text, "no message")


def test_vector__opens_at_its_address_with_its_sheet(
    browser: webdriver.Chrome, address: str
) -> None:
    browser.get(f"{address}vectors/CU-4/#CU-4-003")
    place = browser.find_element(By.CSS_SELECTOR, ".vector[data-name='CU-4-003']")
    wait(browser, lambda: "deposit_below_minimum" in place.text, "no sheet")
    press(browser, place, "Run")
    wait(browser, lambda: "rejected as deposit_below_minimum" in place.text, "it does not run")
    assert console_errors(browser) == []


def test_playground__the_slider_moves_tables_and_charts__by_keyboard(
    browser: webdriver.Chrome, address: str
) -> None:
    browser.get(f"{address}playground/october-2025/")
    slider = browser.find_element(By.CSS_SELECTOR, ".run-slider input")
    shown = browser.find_element(By.CSS_SELECTOR, ".run-moment")
    cursor = browser.find_element(By.CSS_SELECTOR, ".chart-cursor")
    wait(browser, lambda: shown.text.startswith("Step 25"), "no last step")
    last, place = shown.text, cursor.get_attribute("x1")
    slider.send_keys("\ue011")
    assert shown.text.startswith("Step 1,")
    assert (shown.text, cursor.get_attribute("x1")) != (last, place)
    assert console_errors(browser) == []


PAGES = {
    "": ("default", "slate"),
    "pictures/five-minutes/": ("slate",),
    "spec/custody/": ("default",),
    "vectors/CU-4/#CU-4-003": ("default",),
    "playground/october-2025/": ("slate", "default"),
}


@pytest.mark.parametrize("page", PAGES)
def test_page__has_nothing_that_axe_objects_to(
    browser: webdriver.Chrome, address: str, page: str
) -> None:
    try:
        axe = package_of(docs_site.ROOT, "axe-core") / "axe.min.js"
    except AbsentError as problem:
        pytest.fail(str(problem))
    resized(browser, DESKTOP)
    browser.get(f"{address}{page}")
    if "#" in page:
        wait(browser, lambda: bool(browser.find_elements(By.CSS_SELECTOR, ".play-button")), "?")
    browser.execute_script(STILL)
    browser.execute_script(Path(axe).read_text(encoding="utf-8"))
    for scheme in PAGES[page]:
        browser.execute_script(SCHEME, scheme)
        assert (scheme, browser.execute_async_script(AXE)) == (scheme, [])
