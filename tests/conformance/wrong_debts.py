"""The reference with every debt rounded down, served as an engine."""

from typing import Any

from ibperp import pool
from ibperp.numbers import mul_div_down
from ibperp_conformance.protocol.server import main_server


def debt_down(books: Any, shares: int) -> int:
    return mul_div_down(shares, books.borrowed, books.borrow_shares) if shares else 0


if __name__ == "__main__":
    setattr(pool, "debt", debt_down)  # noqa: B010 - as another rule would have it
    main_server()
