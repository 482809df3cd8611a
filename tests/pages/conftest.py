import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from authoring import docs_site

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

LOADS = 5


def found(*names: str) -> str:
    for name in names:
        if path := shutil.which(name):
            return path
    pytest.fail(
        f"there is no {' or '.join(names)}; install Chromium and its driver "
        "(Debian and Ubuntu: apt-get install chromium chromium-driver)"
    )


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return docs_site.built(tmp_path_factory)


@pytest.fixture(scope="session")
def address(built: Path) -> Iterator[str]:
    """The site with an index of nothing, for all that does not search."""
    with docs_site.served(built) as address:
        yield address


@pytest.fixture(scope="session")
def searched(built: Path) -> Iterator[str]:
    """The site as it is."""
    with docs_site.served(built, docs_site.QuietHandler) as address:
        yield address


class Browser(webdriver.Chrome):
    """Loads a page again where it shows an error of its own: its network may have just begun."""

    def get(self, url: str) -> None:
        for _ in range(LOADS):
            super().get(url)
            if self.execute_script("return location.protocol") != "chrome-error:":
                return


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = found("chromium", "chromium-browser", "google-chrome")
    for flag in FLAGS:
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Browser(options, webdriver.ChromeService(found("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()
