"""What one step does to many is shown with more members than any cap that a programmer chooses."""

from collections import Counter
from typing import Final

import pytest

from ibperp_conformance.runner.vectors import Suite
from worlds.shipped import shipped_suite

CAP: Final = 64

LOOPS: Final = (
    ("advance_time", "interest_charged"),
    ("cancel_all_orders", "order_ended"),
    ("liquidate", "order_ended"),
    ("liquidate", "position_moved"),
    ("liquidate", "posting"),
    ("liquidate", "shares_moved"),
    ("liquidate", "traded"),
    ("place_order", "order_ended"),
    ("place_order", "traded"),
    ("refresh_request", "quote_withdrawn"),
    ("run_risk", "liquidation_step"),
    ("run_risk", "unsettled"),
    ("set_market_parameters", "order_ended"),
    ("settle", "settled"),
    ("settle", "shares_moved"),
    ("settle", "virtual_moved"),
    ("settle_market", "unsettled"),
)
"""An action, and an event that it has for each account, order, asset or market that it meets."""


@pytest.fixture(scope="module")
def suite() -> Suite:
    return shipped_suite()


def test_vectors__pass_every_cap_of_a_loop(suite: Suite) -> None:
    most: Counter[tuple[str, str]] = Counter()
    for vector in suite.vectors.values():
        for step in vector.steps:
            events = Counter(str(each["type"]) for each in step.expect.events)
            for event, number in events.items():
                place = str(step.action["type"]), event
                most[place] = max(most[place], number)
    assert {loop: most[loop] for loop in LOOPS if most[loop] <= CAP} == {}
