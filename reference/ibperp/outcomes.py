"""What an action leads to: acceptance with events, or a rejection with its code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ibperp.state import State


class RejectionCode(StrEnum):
    """Why an action is refused, in descending precedence; the strings are permanent (NT-9)."""

    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    OUT_OF_RANGE = "out_of_range"
    SAME_ACCOUNT = "same_account"
    SAME_CHAIN = "same_chain"
    TIME_NOT_LATER = "time_not_later"
    USER_INVALID = "user_invalid"
    LEVERAGE_INVALID = "leverage_invalid"
    ASSET_NAME_INVALID = "asset_name_invalid"
    PARAMETER_INVALID = "parameter_invalid"
    ACCOUNT_UNKNOWN = "account_unknown"
    ACCOUNT_EXISTS = "account_exists"
    ACCOUNT_RESERVED = "account_reserved"
    ASSET_UNKNOWN = "asset_unknown"
    ASSET_EXISTS = "asset_exists"
    CHAIN_UNKNOWN = "chain_unknown"
    WITHDRAWAL_UNKNOWN = "withdrawal_unknown"
    WITHDRAWAL_NOT_PENDING = "withdrawal_not_pending"
    REBALANCE_UNKNOWN = "rebalance_unknown"
    REBALANCE_NOT_PENDING = "rebalance_not_pending"
    RECEIVED_EXCEEDS_SENT = "received_exceeds_sent"
    SEQUENCE_REPLAYED = "sequence_replayed"
    SEQUENCE_SKIPPED = "sequence_skipped"
    USER_MISMATCH = "user_mismatch"
    AMOUNT_NOT_NATIVE = "amount_not_native"
    DEPOSIT_BELOW_MINIMUM = "deposit_below_minimum"
    WITHDRAWAL_BELOW_MINIMUM = "withdrawal_below_minimum"
    WITHDRAWAL_ABOVE_MAXIMUM = "withdrawal_above_maximum"
    BOOK_CLOSED = "book_closed"
    LEND_REQUIRES_BORROW_REPAY = "lend_requires_borrow_repay"
    BORROW_REQUIRES_LEND_REDEEM = "borrow_requires_lend_redeem"
    PRICE_UNKNOWN = "price_unknown"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    INSUFFICIENT_LEND = "insufficient_lend"
    REPAY_EXCEEDS_DEBT = "repay_exceeds_debt"
    AMOUNT_TOO_SMALL = "amount_too_small"
    LEND_LIMIT = "lend_limit"
    BORROW_LIMIT = "borrow_limit"
    INSUFFICIENT_SUPPLY = "insufficient_supply"
    MAX_UTILIZATION = "max_utilization"
    UTILIZATION_THROTTLED = "utilization_throttled"
    CUSTODY_INSUFFICIENT = "custody_insufficient"
    INSUFFICIENT_MARGIN = "insufficient_margin"


class LedgerKind(StrEnum):
    """The kinds of balances that postings move (CU-1)."""

    CUSTODY = "custody"
    IN_TRANSIT = "in_transit"
    FREE = "free"
    POOL = "pool"
    PENDING = "pending"


class Reason(StrEnum):
    """Why atoms or shares move."""

    DEPOSIT = "deposit"
    WITHDRAWAL_REQUEST = "withdrawal_request"
    WITHDRAWAL_PAID = "withdrawal_paid"
    WITHDRAWAL_FEE = "withdrawal_fee"
    WITHDRAWAL_REFUND = "withdrawal_refund"
    REBALANCE_START = "rebalance_start"
    REBALANCE_ARRIVAL = "rebalance_arrival"
    REBALANCE_COST = "rebalance_cost"
    TRANSFER = "transfer"
    LEND = "lend"
    REDEEM = "redeem"
    BORROW = "borrow"
    REPAY = "repay"
    AUTO_LEND = "auto_lend"
    AUTO_REPAY = "auto_repay"
    WITHDRAWAL_REDEEM = "withdrawal_redeem"
    WITHDRAWAL_BORROW = "withdrawal_borrow"


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """One balance of an asset; `index`: account id, or the chain's place in its tokens, or 0."""

    kind: LedgerKind
    index: int


@dataclass(frozen=True, slots=True)
class Posting:
    """`amount` atoms of `asset` from the credited to the debited side of the books (CU-1)."""

    debit: LedgerAccount
    credit: LedgerAccount
    asset: int
    amount: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class SharesMoved:
    """The signed pool shares of an account changed by `shares`."""

    account: int
    asset: int
    shares: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class InterestCharged:
    """A pool's debts grew by `interest` atoms, `reserve` of them its own (MM-6, MM-7)."""

    asset: int
    interest: int
    reserve: int


Event: TypeAlias = Posting | SharesMoved | InterestCharged


@dataclass(frozen=True, slots=True)
class Accepted:
    """The action took effect: the state after it, and what happened, in order."""

    state: State
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """The action is refused and the state stays as it was (NT-9).

    `violated`: every precondition that could be evaluated and failed, by precedence; `code` is the
    first of them.
    """

    code: RejectionCode
    violated: tuple[RejectionCode, ...]


Outcome: TypeAlias = Accepted | Rejected
