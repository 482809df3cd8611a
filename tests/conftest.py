"""In which order the tests run, and which of them run without coverage."""

import sys
from collections.abc import Generator

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin the part of each worker with its share of the slow tests, so that none is left last.

    Every worker is given an equal part of the list, and takes from others when it has finished.
    """
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    slow = [item for item in items if item.get_closest_marker("slow")]
    rest = [item for item in items if not item.get_closest_marker("slow")]
    parts: list[pytest.Item] = []
    for worker in range(workers):
        parts += slow[worker::workers]
        taken = len(items) * (worker + 1) // workers - len(parts)
        parts, rest = parts + rest[:taken], rest[taken:]
    items[:] = parts


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
