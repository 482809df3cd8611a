"""The frame rule as a table: what each action may touch; no other change is admitted (NT-9)."""

from __future__ import annotations

from typing import Final

from ibperp import actions
from ibperp.fill import Fill
from ibperp_invariants.frame.touches import (
    CREATED,
    ENDED,
    Accounts,
    Assets,
    Markets,
    Orders,
    Others,
    Touches,
)

NEW: Final = (CREATED,)
OVER: Final = (ENDED,)
FREE: Final = ("free",)
HELD: Final = ("free", "shares", "prepaid")
RESTING: Final = ("reserved", "orders")
SETTLED: Final = ("positions", "unsettled")
CLEARED: Final = (*HELD, *SETTLED)
TRADED: Final = (*CLEARED, *RESTING)
LENT: Final = ("cash", "lent", "lend_shares")
OWED: Final = ("cash", "borrowed", "borrow_shares", "reserve")
UNEARNED: Final = ("unearned",)
POOL: Final = (*LENT, *OWED[1:], *UNEARNED)
TIMED: Final = ("interest_carry", "rate_time", "throttle_bound")
ACCRUED: Final = ("lent", "borrowed", "reserve", "unearned", *TIMED)
QUEUES: Final = ("bids", "asks")
BOOK: Final = (*QUEUES, "last_price", "open_interest")
TERMS: Final = ("funding_time", "funding_parts")
FUNDING: Final = ("funding_index", *TERMS)
LIMITS: Final = ("parameters", "ramp")
MEANS: Final = ("mean_mark_price", "mean_premium")
SHRUNK: Final = ("lots", "reserved", ENDED)

GROUPS: Final = {
    "balances": HELD,
    "settlement": SETTLED,
    "reservations": RESTING,
    "pool": POOL,
    "queues": QUEUES,
}
"""The names under which the table shows parts that mostly go together."""

OF_LENDS: Final = Touches(accounts={Accounts.OWNER: HELD}, assets={Assets.NAMED: LENT})

OF_NEW_MARKET: Final = Touches(markets={Markets.NAMED: NEW})

OF_ORDER: Final = Touches(
    accounts={
        Accounts.OWNER: TRADED,
        Accounts.ORDER_OWNERS: TRADED,
        Accounts.FEES_OF_TRADES: ("free", "unsettled"),
    },
    assets={Assets.OF_MARKET: POOL},
    markets={Markets.NAMED: BOOK},
    orders={Orders.OPPOSITE: SHRUNK, Orders.REDUCED: SHRUNK},
)

OF_QUOTE: Final = Touches(
    accounts={
        Accounts.PARTIES: (*CLEARED, "orders"),
        Accounts.FEES_OF_TRADES: ("free", "unsettled"),
    },
    assets={Assets.OF_MARKET: POOL},
    markets={Markets.NAMED: (), Markets.PERPETUAL: (*QUEUES, "open_interest")},
    orders={Orders.REDUCED: SHRUNK},
)

OF_LIQUIDATION: Final = Touches(
    accounts={
        Accounts.OWNER: TRADED,
        Accounts.INSURANCE: (*HELD, "unsettled"),
        Accounts.TRADERS: TRADED,
        Accounts.FEES_OF_TRADES: ("free", "unsettled"),
        Accounts.ORDER_OWNERS: TRADED,
        Accounts.TOLD: TRADED,
        Accounts.PROVIDERS: CLEARED,
        Accounts.LENDERS: CLEARED,
    },
    assets={Assets.ALL: POOL},
    markets={Markets.ALL: BOOK},
    orders={Orders.OF_LIQUIDATED: OVER, Orders.OF_TRADED: SHRUNK, Orders.REDUCED: SHRUNK},
    requests={Others.CONVERSIONS: NEW},
    backstops={Others.BACKSTOPS: ("capacity", ENDED)},
)

OF_BANKRUPTCY: Final = Touches(
    accounts={
        Accounts.OWNER: CLEARED,
        Accounts.INSURANCE: (*HELD, "unsettled"),
        Accounts.TOLD: CLEARED,
        Accounts.LENDERS: CLEARED,
        Accounts.CREDITED: CLEARED,
    },
    assets={Assets.ALL: POOL},
    markets={Markets.ALL: ()},
)

ALLOWED: Final[dict[type, Touches]] = {
    actions.CreateAccount: Touches(accounts={Accounts.NEW: NEW}),
    actions.Deposit: Touches(
        accounts={Accounts.OWNER: HELD},
        assets={Assets.NAMED: ("custody", *POOL)},
        chains={Others.CHAIN: ("next_sequence",)},
    ),
    actions.RequestWithdrawal: Touches(
        accounts={Accounts.OWNER: HELD},
        assets={Assets.NAMED: ("pending", *POOL)},
        withdrawals={Others.NEW_WITHDRAWAL: NEW},
    ),
    actions.ConfirmWithdrawal: Touches(
        accounts={Accounts.FEES: FREE},
        assets={Assets.OF_REQUEST: ("custody", "pending")},
        withdrawals={Others.WITHDRAWAL: ("status",)},
    ),
    actions.FailWithdrawal: Touches(
        accounts={Accounts.REQUESTER: HELD},
        assets={Assets.OF_REQUEST: ("pending", *POOL)},
        withdrawals={Others.WITHDRAWAL: ("status",)},
    ),
    actions.StartRebalance: Touches(
        assets={Assets.NAMED: ("custody", "in_transit")}, rebalances={Others.NEW_REBALANCE: NEW}
    ),
    actions.CompleteRebalance: Touches(
        accounts={Accounts.FEES: FREE},
        assets={Assets.OF_REQUEST: ("custody", "in_transit")},
        rebalances={Others.REBALANCE: ("status",)},
    ),
    actions.Transfer: Touches(
        accounts={Accounts.OWNER: FREE, Accounts.RECEIVER: HELD}, assets={Assets.NAMED: POOL}
    ),
    actions.Lend: OF_LENDS,
    actions.Redeem: OF_LENDS,
    actions.Borrow: Touches(
        accounts={Accounts.OWNER: HELD}, assets={Assets.NAMED: (*OWED, *UNEARNED)}
    ),
    actions.Repay: Touches(accounts={Accounts.OWNER: HELD}, assets={Assets.NAMED: OWED}),
    actions.SetAccountSettings: Touches(
        accounts={Accounts.OWNER: ("settings", *HELD)}, assets={Assets.ALL: POOL}
    ),
    actions.SetPrice: Touches(assets={Assets.NAMED: ("price", "price_time", "is_limited")}),
    actions.AdvanceTime: Touches(
        accounts={Accounts.PREPAID: ("prepaid",)},
        assets={Assets.ALL: ACCRUED, Assets.RAMPED: LIMITS},
        markets={Markets.RAMPED: LIMITS},
        system=("time", "unpaid_rate_time"),
    ),
    actions.ListAsset: Touches(assets={Assets.NAMED: NEW}, chains={Others.NEW_CHAINS: NEW}),
    actions.SetPoolParameters: Touches(
        assets={Assets.NAMED: ("pool_parameters", "throttle_bound")}
    ),
    actions.ListMarket: OF_NEW_MARKET,
    actions.SetMarketParameters: Touches(
        accounts={Accounts.ORDER_OWNERS: RESTING},
        markets={Markets.SPOT: ("parameters",), Markets.CLOSED: QUEUES},
        orders={Orders.OF_CLOSED: OVER},
    ),
    actions.SetMarketReference: Touches(
        markets={
            Markets.SPOT: ("index_price", *MEANS),
            Markets.PERPETUAL: ("reference_index_price", *MEANS),
        }
    ),
    actions.PlaceOrder: OF_ORDER | Touches(orders={Orders.NEW: NEW}),
    actions.AmendOrder: OF_ORDER | Touches(orders={Orders.NAMED: ("price", *SHRUNK)}),
    actions.CancelOrder: Touches(
        accounts={Accounts.OWNER: RESTING},
        markets={Markets.NAMED: QUEUES},
        orders={Orders.NAMED: OVER},
    ),
    actions.CancelAllOrders: Touches(
        accounts={Accounts.OWNER: RESTING},
        markets={Markets.NAMED: QUEUES},
        orders={Orders.OF_ACCOUNT: OVER},
    ),
    actions.ConvertDust: Touches(
        accounts={Accounts.OWNER: HELD, Accounts.FEES: FREE}, assets={Assets.OF_MARKET: POOL}
    ),
    actions.ListPerpetual: OF_NEW_MARKET,
    actions.SetPerpetualParameters: Touches(
        accounts={Accounts.ORDER_OWNERS: ("orders",)},
        markets={Markets.PERPETUAL: (*LIMITS, *TERMS), Markets.CLOSED: QUEUES},
        orders={Orders.OF_CLOSED: OVER},
    ),
    actions.UpdateMark: Touches(
        markets={Markets.PERPETUAL: ("index_price", "mark_price", "mark_time", "is_limited")}
    ),
    actions.ApplyFunding: Touches(markets={Markets.PERPETUAL: FUNDING}),
    actions.SettleMarket: Touches(
        accounts={Accounts.HOLDERS: SETTLED},
        markets={Markets.PERPETUAL: ("open_interest", *FUNDING)},
    ),
    actions.Settle: Touches(
        accounts={Accounts.UNSETTLED: (*CLEARED, "unpaid")},
        assets={Assets.SETTLEMENT: POOL},
        markets={Markets.ALL: ()},
        system=("settlement_time", "unpaid_rate_time"),
    ),
    actions.ConvertCollateral: Touches(
        accounts={
            Accounts.OWNER: TRADED,
            Accounts.TRADERS: TRADED,
            Accounts.FEES_OF_TRADES: ("free", "unsettled"),
            Accounts.ORDER_OWNERS: TRADED,
        },
        assets={Assets.ALL: POOL},
        markets={Markets.ALL: BOOK},
        orders={Orders.OF_TRADED: SHRUNK, Orders.REDUCED: SHRUNK},
        requests={Others.CONVERSIONS: NEW},
    ),
    actions.Liquidate: OF_LIQUIDATION,
    actions.ResolveBankruptcy: OF_BANKRUPTCY,
    actions.RunRisk: OF_LIQUIDATION | OF_BANKRUPTCY,
    actions.FundInsurance: Touches(
        accounts={Accounts.OWNER: FREE, Accounts.INSURANCE: HELD}, assets={Assets.NAMED: POOL}
    ),
    actions.RegisterBackstop: Touches(backstops={Others.BACKSTOP: (CREATED, "capacity", ENDED)}),
    actions.RequestQuote: Touches(requests={Others.NEW_REQUEST: NEW}),
    actions.SubmitQuote: OF_QUOTE
    | Touches(requests={Others.IMMEDIATE: OVER, Others.LASTING: ("quotes",)}),
    actions.AcceptQuote: OF_QUOTE | Touches(requests={Others.REQUEST: OVER}),
    actions.WithdrawQuote: Touches(requests={Others.REQUEST: ("quotes",)}),
    actions.RefreshRequest: Touches(requests={Others.REQUEST: ("expires", "quotes")}),
    actions.CancelRequest: Touches(requests={Others.REQUEST: OVER}),
    actions.SetSystemParameters: Touches(system=("parameters",)),
    actions.SetAssetParameters: Touches(
        assets={Assets.NAMED: (*LIMITS, "pool_parameters", "throttle_bound")}
    ),
    Fill: Touches(
        accounts={
            Accounts.TRADERS: CLEARED,
            Accounts.FEES_OF_TRADES: ("free", "unsettled"),
        },
        assets={Assets.OF_MARKET: POOL},
        markets={Markets.NAMED: ("last_price", "open_interest")},
    ),
    actions.Halt: Touches(system=("is_halted",)),
    actions.Resume: Touches(system=("is_halted", "liquidation_time")),
}
"""One row an action."""
