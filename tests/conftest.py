"""In which order the tests run, how often garbage is sought, which run without coverage."""

import gc
import sys
from collections.abc import Generator

import pytest

SITE = "built"
"""The fixture of those tests that need the site, which the first of them builds."""

GARBAGE = 100_000
"""So many new objects let Python look for garbage, instead of 700: there is hardly any.

Tests, vectors and states stay to the end, and each look goes through them again.
"""

gc.set_threshold(GARBAGE, 20, 20)


def pytest_collection_finish() -> None:
    """Look no more at what was collected."""
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker waits for another one at the end.

    Every worker is given an equal part of the list, and takes from others when it has finished.
    The first one builds the site, and those tests that need it follow its share of the slow ones:
    any other worker would wait for it.
    """
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    pages = [item for item in items if needs_site(item)]
    others = [item for item in items if not needs_site(item)]
    slow = sorted((item for item in others if seconds_of(item)), key=seconds_of, reverse=True)
    shares = [[*pages[:1]], *([] for _ in range(workers - 1))]
    for item in slow:
        min(shares, key=lambda share: sum(map(seconds_of, share))).append(item)
    shares[0] += pages[1:]
    rest, parts = [item for item in others if not seconds_of(item)], list[pytest.Item]()
    for worker, share in enumerate(shares, 1):
        parts += share
        taken = max(0, len(items) * worker // workers - len(parts))
        parts, rest = parts + rest[:taken], rest[taken:]
    items[:] = parts


def needs_site(item: pytest.Item) -> bool:
    """Tell whether a test asks for the site, itself or by way of a fixture."""
    return SITE in getattr(item, "fixturenames", ())


def seconds_of(item: pytest.Item) -> int:
    """Return about how long a slow test takes, and 0 for any other."""
    mark = item.get_closest_marker("slow")
    return int(mark.args[0]) if mark else 0


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Stop the tracer that is left: in a worker there are two, and the plugin pauses one."""
    tracer = sys.gettrace()
    if item.get_closest_marker("no_cover") is None or tracer is None:
        return (yield)
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)
