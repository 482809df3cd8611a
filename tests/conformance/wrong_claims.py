"""The reference with every claim on a pool an atom too large, served as an engine."""

from typing import Any

from ibperp import pool
from ibperp.numbers import mul_div_down
from ibperp_conformance.protocol.server import main_server


def claim_up(books: Any, shares: int) -> int:
    rounded = mul_div_down(shares, books.lent + 1, books.lend_shares + pool.SHARES_PER_ATOM)
    return rounded + 1 if shares else 0


if __name__ == "__main__":
    setattr(pool, "lend_claim", claim_up)  # noqa: B010 - as another rule would have it
    main_server()
