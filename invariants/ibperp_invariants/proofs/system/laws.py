"""What each law of the system rests on, part by part.

A law is proved when four things hold together, and each is checked by machine:

1. the census: nothing but the functions named here writes a field that the law is about;
2. for each of them theorems about the function itself, confirmed by the checkers;
3. a theorem in Coq, over the kernels as translated, that any run of such steps by any number of
   accounts keeps the law;
4. no lost update: a record is put back only where it was read (`freshness`).

What is trusted is that the step of the Coq model named beside a writer is what the writer does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ibperp_invariants.proofs.system.fields import FIELD_LAWS
from ibperp_invariants.proofs.system.flows import FLOW_LAWS
from ibperp_invariants.proofs.system.fund import FUND_LAWS
from ibperp_invariants.proofs.system.governance import GOVERNANCE_LAWS
from ibperp_invariants.proofs.system.law import Law
from ibperp_invariants.proofs.system.liveness import LIVENESS_LAWS
from ibperp_invariants.proofs.system.pools import POOL_LAWS
from ibperp_invariants.proofs.system.prices import PRICE_LAWS
from ibperp_invariants.proofs.system.signs import SIGN_LAWS
from ibperp_invariants.proofs.system.told import CAUSES, ISOLATION, TOLD

_OPERATIONS: Final = "ibperp.operations"
_CLEARING: Final = f"{_OPERATIONS}.settlement.clearing.Clearing"

STARTS: Final = frozenset(
    {
        "ibperp.state.genesis",
        f"{_OPERATIONS}.custody.accounts.create_account",
        f"{_OPERATIONS}.custody.assets.list_asset",
        f"{_OPERATIONS}.perpetuals.markets.list_perpetual",
        f"{_OPERATIONS}.spot_margin.markets.list_market",
        "ibperp.state.position_of",
        f"{_CLEARING}.position",
    }
)
"""Functions that make a new record, every sum of which is zero: `Open` in the models."""

FRESH_ALL_THE_SAME: Final[Mapping[str, str]] = {
    f"{_OPERATIONS}.effect.Effect.claimed": (
        "the pool is an argument; the moves that make it are theorems (t_lent_keeps_the_books)"
    ),
    f"{_OPERATIONS}.money_market.moves.repaid": "the account is of that state, given its prepaid",
    f"{_OPERATIONS}.liquidation.handover.position_moved": (
        "what it does in between writes accounts and no market"
    ),
    f"{_OPERATIONS}.perpetuals.markets.set_perpetual_parameters": "read by `_perpetual`, unchanged",
    f"{_OPERATIONS}.perpetuals.markets.update_mark": "read by `_perpetual`, unchanged",
    f"{_OPERATIONS}.perpetuals.markets.settle_market": "read after all positions are closed",
    f"{_CLEARING}.written": "a settlement writes its state once, from sheets of that state",
    f"{_CLEARING}._seen_by": "a state that is looked at and dropped",
}
"""Functions that put a record where the syntax does not show that they read it, with reasons."""


LAWS: Final[tuple[Law, ...]] = (
    *POOL_LAWS,
    *FUND_LAWS,
    *PRICE_LAWS,
    *FIELD_LAWS,
    *FLOW_LAWS,
    *GOVERNANCE_LAWS,
    *SIGN_LAWS,
    TOLD,
    ISOLATION,
    CAUSES,
    *LIVENESS_LAWS,
)
"""The laws that are composed from writers to any run; what they lack is told by `gaps`."""
