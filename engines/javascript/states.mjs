// A whole state as `load` brings it: CF-10. Here every part of CF-4 is read back, and becomes a record as state.mjs makes them.

import { isFirm, delivers, newBook } from './trading/book.mjs';
import {
  array, ASSET, boolean, choice, FLAGS, int, isObject, Malformed, MARKET, object, PERPETUAL, SIDE, string, SYSTEM,
} from './format.mjs';
import { intervalEnd } from './pool.mjs';
import { changeEntry, genesis, newAccount } from './state.mjs';

const OPTIONAL = Symbol('optional');
/** An object of these members, of which those that stand in `defaults` may be left out. */
function members(fields, defaults = {}) {
  return (value) => {
    if (!isObject(value)) throw new Malformed('expected an object');
    const given = new Map(value);
    for (const name of Object.keys(defaults)) if (!given.has(name)) given.set(name, OPTIONAL);
    const read = (name) => (part) => (part === OPTIONAL ? defaults[name] : fields[name](part));
    return object(Object.fromEntries(Object.keys(fields).map((name) => [name, read(name)])))(given);
  };
}
/** An object whose members have the names of things: a Map of what `item` reads. */
const byName = (item) => (value) => {
  if (!isObject(value)) throw new Malformed('expected an object');
  return new Map([...value].map(([name, part]) => [name, item(part)]));
};
const each = (item) => (value) => array(value).map(item);
const amounts = byName(int);
const integers = (...names) => Object.fromEntries(names.map((name) => [name, int]));

const FRACTIONS = integers('imf_base', 'imf_factor', 'mmf_base', 'mmf_factor');
const rampOf = (more) => {
  const ends = object({ ...FRACTIONS, ...more });
  return object({ ...integers('start', 'end'), origin: ends, current: ends, target: ends });
};
const SHOWN_ASSET = members({
  ...integers('price', 'price_time', 'in_transit'), tokens: byName(object(integers('custody', 'pending'))),
  pool: object(integers(
    'cash', 'lent', 'lend_shares', 'borrowed', 'borrow_shares', 'reserve', 'unearned', 'interest_carry', 'rate_time',
    'throttle_bound',
  )),
  is_limited: boolean, ramp: rampOf(integers('weight', 'base', 'penalty')),
}, { ramp: undefined });
const TRADED = { ...integers('last_price', 'index_price', 'mean_mark_price', 'mean_premium'), bids: each(int), asks: each(int) };
const SPOT = object(TRADED);
const SHOWN_PERPETUAL = members({
  ...TRADED, ...integers('reference_index_price', 'mark_price', 'mark_time', 'funding_index', 'funding_time', 'open_interest'),
  is_limited: boolean, ramp: rampOf({}),
  funding_parts: each(object(integers(
    'seconds', 'funding_interval', 'interest_rate', 'interest_clamp', 'funding_floor', 'funding_cap',
  ))),
}, { ramp: undefined, funding_parts: [] });
const shownMarket = (value) => (isObject(value) && value.has('mark_price') ? SHOWN_PERPETUAL : SPOT)(value);
const POSITION = object(integers(
  'lots', 'cost', 'entry_cost', 'funding_index', 'virtual', 'virtual_value', 'realized', 'fees', 'funding', 'interest',
));
const shownAccount = (value) => members({
  user: int, free: amounts, shares: amounts, reserved: amounts, prepaid: amounts, unsettled: int, positions: byName(POSITION),
  unpaid: object(integers('amount', 'interest', 'carry')),
  settings: object({
    auto_lend: boolean, auto_repay_borrows: boolean, auto_borrow_settlements: boolean, auto_realize: boolean,
    leverage_limit: int,
  }),
}, { reserved: new Map(), prepaid: new Map(), unsettled: 0n, positions: new Map(), unpaid: { amount: 0n, interest: 0n, carry: 0n } })(value);
const ORDER = object({
  ...integers('account', 'price', 'lots', 'reserved'), market: string, side: SIDE,
  self_trade_prevention: choice('reject_taker', 'reject_maker', 'reject_both'), post_only: boolean, reduce_only: boolean,
  flags: FLAGS,
});
const STATUS = choice('pending', 'done', 'failed');
const WITHDRAWAL = object({ ...integers('account', 'amount', 'fee'), asset: string, chain: string, status: STATUS });
const REBALANCE = object({ amount: int, asset: string, source: string, destination: string, status: STATUS });
const KIND = choice('User', 'CollateralConversion');
const REQUEST = object({
  ...integers('account', 'lots', 'price', 'counterparty', 'expires'), market: string, side: SIDE, immediate: boolean,
  kind: KIND, flags: FLAGS, quotes: byName(object({ price: int, flags: FLAGS })),
});
const OBSERVATION = members({
  time: int, settlement_time: int, unpaid_rate_time: int, halted: boolean, liquidation_time: int, chains: amounts, assets: byName(SHOWN_ASSET),
  markets: byName(shownMarket), accounts: byName(shownAccount), orders: byName(ORDER), withdrawals: byName(WITHDRAWAL),
  rebalances: byName(REBALANCE), backstops: amounts, requests: byName(REQUEST),
}, { unpaid_rate_time: 0n });
const listedMarket = (value) => (isObject(value) && value.has('base') ? MARKET : PERPETUAL)(value);
const STATE = object({
  system: SYSTEM, assets: each(object({ symbol: string, parameters: ASSET })),
  markets: each(object({ symbol: string, parameters: listedMarket })), ended_orders: amounts,
  ended_requests: byName(object({ account: int, kind: KIND, counterparty: int })), observation: OBSERVATION,
});

/** What the map has under that name; a state that refers to nothing is refused. */
function found(map, name) {
  if (!map.has(name)) throw new Malformed(`there is no ${name}`);
  return map.get(name);
}

/** The entries of maps whose names are together the ids 0, 1, 2 and so on, each with its id. */
function inOrder(...maps) {
  const all = new Map(maps.flatMap((map) => [...map]));
  return [...all.keys()].map((_, id) => ({ id: BigInt(id), own: found(all, String(id)) }));
}

function loadedAsset({ parameters: { tokens, pool, ...parameters } }, { ramp, ...shown }) {
  if (ramp) delete ramp.current;
  return {
    ...shown, parameters, poolParameters: pool, ...(ramp ? { ramp } : {}),
    tokens: new Map(tokens.map((token) => [token.chain, { parameters: token, ...found(shown.tokens, token.chain) }])),
  };
}

function loadedMarket({ parameters }, { ramp, ...shown }) {
  if (!('mark_price' in shown)) {
    const { index_price: reference_index_price, ...rest } = shown;
    return { ...newBook(parameters), ...rest, reference_index_price };
  }
  if (ramp) delete ramp.current;
  return { ...newBook(parameters), ...shown, ...(ramp ? { ramp } : {}) };
}

/** The account as it was: what its open orders promise is in them. */
function loadedAccount(state, shown, id) {
  const account = { ...newAccount(shown.user), ...shown, prepaid_until: intervalEnd(state) };
  for (const order of state.orders.filter((own) => own.account === id && own.status === 'open')) {
    account.orders.add(order.id);
    const symbol = order.reserved === 0n ? undefined : delivers(found(state.markets, order.market), order.side);
    if (symbol === undefined) continue;
    if (isFirm(order)) changeEntry(account.firm, symbol, order.reserved);
    else if (!order.flags.auto_borrow) changeEntry(account.promised, symbol, order.reserved);
  }
  return account;
}

const ENDED = { lots: 0n, price: 0n, expires: 0n, status: 'cancelled' };

/** The state that `load` brings. */
export function readState(value) {
  const { system, assets, markets, ended_orders, ended_requests, observation } = STATE(value);
  const { accounts, orders, requests, withdrawals, rebalances, assets: held, markets: books, ...shown } = observation;
  const state = { ...genesis(system), ...shown };
  for (const own of assets) state.assets.set(own.symbol, loadedAsset(own, found(held, own.symbol)));
  for (const own of markets) state.markets.set(own.symbol, loadedMarket(own, found(books, own.symbol)));
  state.withdrawals = inOrder(withdrawals).map(({ own }) => own);
  state.rebalances = inOrder(rebalances).map(({ own }) => own);
  state.orders = inOrder(orders, ended_orders).map(({ id, own }) =>
    (typeof own === 'bigint' ? { id, account: own, status: 'cancelled' } : { id, ...own, status: 'open' }));
  state.requests = inOrder(requests, ended_requests).map(({ id, own }) =>
    ('market' in own ? { id, ...own, status: 'open' } : { ...ENDED, id, ...own, quotes: new Map() }));
  state.accounts = inOrder(accounts).map(({ id, own }) => loadedAccount(state, own, id));
  return state;
}
