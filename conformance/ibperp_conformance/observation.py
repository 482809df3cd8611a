"""The full projection of a state: nested as the protocol sends it, flat as vectors compare it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ibperp.state import Account, Asset, Pool, State

Leaf: TypeAlias = str | bool
"""A value of an observation: integers are decimal strings."""

POOL_FIELDS = (
    "cash",
    "lent",
    "lend_shares",
    "borrowed",
    "borrow_shares",
    "reserve",
    "interest_carry",
    "throttle_bound",
)


def observe(state: State) -> dict[str, Any]:
    """Return all that actions may change, by symbol, chain and id, without balances of zero."""
    symbols = [asset.symbol for asset in state.assets]
    return {
        "time": str(state.time),
        "chains": {chain.name: str(chain.next_sequence) for chain in state.chains},
        "assets": {asset.symbol: _asset(asset) for asset in state.assets},
        "accounts": {
            str(index): _account(account, symbols) for index, account in enumerate(state.accounts)
        },
        "withdrawals": _withdrawals(state),
        "rebalances": _rebalances(state),
    }


def flatten(observation: Mapping[str, Any]) -> dict[str, Leaf]:
    """Return the leaves of a nested observation by path, such as `accounts/2/free/USDC`.

    A slash inside a name is written `~1`.
    """
    return dict(_leaves(observation, ""))


def difference(before: Mapping[str, Leaf], after: Mapping[str, Leaf]) -> dict[str, Leaf | None]:
    """Return the leaves of two flat observations that differ, as they are after; None is gone."""
    changed: dict[str, Leaf | None] = {
        path: value for path, value in after.items() if before.get(path) != value
    }
    return changed | {path: None for path in before if path not in after}


def apply_difference(
    before: Mapping[str, Leaf], changed: Mapping[str, Leaf | None]
) -> dict[str, Leaf]:
    """Return the flat observation that `difference` was taken with."""
    merged = {**before, **changed}
    return {path: value for path, value in merged.items() if value is not None}


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Leaf]]:
    if not isinstance(value, dict):
        yield path, value
        return
    for name, item in value.items():
        part = name.replace("/", "~1")
        yield from _leaves(item, f"{path}/{part}" if path else part)


def _asset(asset: Asset) -> dict[str, Any]:
    tokens = zip(asset.parameters.tokens, asset.tokens, strict=True)
    return {
        "price": str(asset.price),
        "price_time": str(asset.price_time),
        "in_transit": str(asset.in_transit),
        "tokens": {
            named.chain: {"custody": str(token.custody), "pending": str(token.pending)}
            for named, token in tokens
        },
        "pool": _pool(asset.pool),
    }


def _pool(pool: Pool) -> dict[str, str]:
    return {name: str(getattr(pool, name)) for name in POOL_FIELDS}


def _account(account: Account, symbols: list[str]) -> dict[str, Any]:
    settings = account.settings
    return {
        "user": str(account.user),
        "free": _nonzero(account.free, symbols),
        "shares": _nonzero(account.shares, symbols),
        "settings": {
            "auto_lend": settings.auto_lend,
            "auto_repay_borrows": settings.auto_repay_borrows,
            "leverage_limit": str(settings.leverage_limit),
        },
    }


def _nonzero(values: tuple[int, ...], symbols: list[str]) -> dict[str, str]:
    return {symbols[index]: str(value) for index, value in enumerate(values) if value}


def _withdrawals(state: State) -> dict[str, Any]:
    return {
        str(index): {
            "account": str(withdrawal.account),
            "asset": state.assets[withdrawal.asset].symbol,
            "chain": state.assets[withdrawal.asset].parameters.tokens[withdrawal.token].chain,
            "amount": str(withdrawal.amount),
            "fee": str(withdrawal.fee),
            "status": withdrawal.status.value,
        }
        for index, withdrawal in enumerate(state.withdrawals)
    }


def _rebalances(state: State) -> dict[str, Any]:
    described = {}
    for index, rebalance in enumerate(state.rebalances):
        asset = state.assets[rebalance.asset]
        tokens = asset.parameters.tokens
        described[str(index)] = {
            "asset": asset.symbol,
            "source": tokens[rebalance.source].chain,
            "destination": tokens[rebalance.destination].chain,
            "amount": str(rebalance.amount),
            "status": rebalance.status.value,
        }
    return described
