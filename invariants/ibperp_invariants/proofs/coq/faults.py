"""Planted faults in the translated kernels: each is a law whose proof must fail over it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ibperp_invariants.proofs.coq.run import check
from ibperp_invariants.proofs.coq.translate import Translation


@dataclass(frozen=True, slots=True)
class CoqFault:
    """In the definition `kernel` the text `shipped` becomes `defect`; `files` end in what fails."""

    law: str
    kernel: str
    shipped: str
    defect: str
    files: tuple[str, ...]


_LEDGER: Final = ("Sums", "Ledger")
_HOLDERS: Final = ("Sums", "Holders")
_POOLS: Final = ("Sums", "Holders", "Pools")
_FUND: Final = ("Sums", "Fund")
_CARRY: Final = ("Sums", "Carry")
_RANK: Final = ("Sums", "Rank")
_SHARES: Final = "Pool_lend_shares pool) + shares"
_FEE: Final = "Pool_reserve pool) + fee"
_OWED: Final = "Pool_borrow_shares pool) - shares"

FAULTS: Final = (
    CoqFault("custody_identity", "posting_credited", "(balance - amount)", "(balance)", _LEDGER),
    CoqFault("no_negative_free", "posting_debited", "(balance - amount)", "(balance)", _LEDGER),
    CoqFault("claims_at_most_lent", "pool_lend_claim", "mul_div_down", "mul_div_up", _HOLDERS),
    CoqFault("debts_at_least_borrowed", "pool_debt", "mul_div_up", "mul_div_down", _HOLDERS),
    CoqFault("loss_spread_in_proportion", "sharing_share", "mul_div_down", "mul_div_up", _HOLDERS),
    CoqFault("share_totals", "pool_lend", _SHARES, "Pool_lend_shares pool) + 0", _POOLS),
    CoqFault("share_totals", "pool_repay", _OWED, "Pool_borrow_shares pool) - 0", _POOLS),
    CoqFault("pool_identity", "pool_charge", _FEE, "Pool_reserve pool) + 0", _POOLS),
    CoqFault(
        "fund_is_flat", "position_filled", "(signed * price) - cost", "(signed * price)", _FUND
    ),
    CoqFault("lots_sum_to_zero", "position_filled", "(before + lots)", "(before)", _FUND),
    CoqFault("funding_is_zero_sum", "position_funding_due", "index - ", "index + ", _FUND),
    CoqFault("interest_carry_in_range", "numbers_remainder", "mod", "/", _CARRY),
    CoqFault("risk_ends", "liquidation_step_size", "mul_div_up", "mul_div_down", _RANK),
)
"""The planted faults."""


def defective(fault: CoqFault) -> str:
    """Return the translated kernels with one fault; raise LookupError if its text is not there."""
    definitions = Translation().text().split("\nDefinition ")
    for place, text in enumerate(definitions):
        if text.startswith(f"{fault.kernel} ") and fault.shipped in text:
            head, body = text.split(":=", 1)
            definitions[place] = f"{head}:={body.replace(fault.shipped, fault.defect, 1)}"
            return "\nDefinition ".join(definitions)
    raise LookupError(f"{fault.kernel} has no {fault.shipped}")


def is_found(fault: CoqFault) -> bool:
    """Tell whether the last of the files is not accepted over the faulty kernel, all others are."""
    with tempfile.TemporaryDirectory() as folder:
        checked = check(Path(folder), kernels=defective(fault), files=fault.files)
    return tuple(checked.theorems) == fault.files[:-1] and bool(checked.problems)
