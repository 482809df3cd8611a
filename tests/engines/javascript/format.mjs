// The format: CF-2 (reading), CF-3 (actions), CF-4 (observation).

import * as custody from './custody.mjs';
import * as moneyMarket from './money_market.mjs';
import { health } from './portfolio.mjs';
import * as spotMargin from './spot_margin.mjs';

export class Malformed extends Error {}

const INTEGER = /^(?:0|-?[1-9][0-9]{0,59})$/; // CF-2

/** Readers of wire values (CF-2): each takes a parsed JSON value and gives the value that the rules use. */
function int(value) {
  if (typeof value !== 'string' || !INTEGER.test(value)) throw new Malformed('expected a decimal string');
  return BigInt(value);
}
const intOrAll = (value) => (value === 'all' ? value : int(value));
function oneOf(isRight, expected) {
  return (value) => {
    if (!isRight(value)) throw new Malformed(`expected ${expected}`);
    return value;
  };
}
export const string = oneOf((value) => typeof value === 'string', 'a string');
const boolean = oneOf((value) => typeof value === 'boolean', 'true or false');
const choice = (...values) => oneOf((value) => values.includes(value), `one of ${values.join(', ')}`);
export const array = oneOf(Array.isArray, 'an array');
export const isObject = (value) => value instanceof Map;
export const object = (fields) => (value) => {
  if (!isObject(value)) throw new Malformed('expected an object');
  const names = Object.keys(fields);
  for (const name of names) if (!value.has(name)) throw new Malformed(`the field ${name} is missing`);
  if (value.size !== names.length) throw new Malformed('there is an unknown field');
  return Object.fromEntries(names.map((name) => [name, fields[name](value.get(name))]));
};

export const SYSTEM = object({
  quote_unit: int, accrual_interval: int, throttle_interval: int, entry_fee: boolean, auto_close_divisor: int,
  auto_close_offset: int, order_price_age: int, borrow_price_age: int, withdrawal_price_age: int, order_limit: int,
});
const TOKEN = object({
  chain: string, native_unit: int, minimum_deposit: int, minimum_withdrawal: int, maximum_withdrawal: int, withdrawal_fee: int,
});
const POOL = object({
  book_state: choice('open', 'repay_only', 'closed'), base_rate: int, slope_low: int, slope_high: int,
  optimal_utilization: int, throttle_utilization: int, throttle_fraction: int, max_utilization: int, reserve_fee: int,
  open_borrow_lend_limit: int,
});
const ASSET = object({
  decimals: int, lot_atoms: int,
  haircut: object({ kind: choice('identity', 'inverse_sqrt'), weight: int, base: int, penalty: int }),
  imf_base: int, imf_factor: int, mmf_base: int, mmf_factor: int, price_update_min: int, price_update_max: int,
  tokens: (value) => array(value).map(TOKEN), pool: POOL,
});
const MARKET = object({
  base: string, quote: string, lot_atoms: int, tick: int, minimum_lots: int, maker_fee: int, taker_fee: int,
  order_book_state: choice('open', 'post_only', 'limit_only', 'cancel_only', 'closed'), limit_min: int, limit_max: int,
  impact_min: int, impact_max: int, mean_mark_min: int, mean_mark_max: int, premium_tolerance: int,
});
const FLAGS = object({ auto_lend: boolean, auto_lend_redeem: boolean, auto_borrow: boolean, auto_borrow_repay: boolean });

// CF-3
const form = (perform, fields) => ({ perform, read: object({ type: string, ...fields }) });
const OWNED = { account: int, asset: string };
export const ACTIONS = new Map(Object.entries({
  create_account: form(custody.createAccount, { account: int, user: int }),
  deposit: form(custody.deposit, { ...OWNED, chain: string, sequence: int, amount: int }),
  request_withdrawal: form(custody.requestWithdrawal, {
    ...OWNED, chain: string, amount: int, auto_lend_redeem: boolean, auto_borrow: boolean,
  }),
  confirm_withdrawal: form(custody.confirmWithdrawal, { withdrawal: int }),
  fail_withdrawal: form(custody.failWithdrawal, { withdrawal: int }),
  start_rebalance: form(custody.startRebalance, { asset: string, source: string, destination: string, amount: int }),
  complete_rebalance: form(custody.completeRebalance, { rebalance: int, received: int }),
  transfer: form(custody.transfer, { sender: int, receiver: int, asset: string, amount: int }),
  set_price: form(custody.setPrice, { asset: string, price: int }),
  list_asset: form(custody.listAsset, { asset: string, parameters: ASSET }),
  advance_time: form(moneyMarket.advanceTime, { time: int }),
  lend: form(moneyMarket.lend, { ...OWNED, amount: int }),
  redeem: form(moneyMarket.redeem, { ...OWNED, amount: intOrAll }),
  borrow: form(moneyMarket.borrow, { ...OWNED, amount: int }),
  repay: form(moneyMarket.repay, { ...OWNED, amount: intOrAll }),
  set_account_settings: form(moneyMarket.setAccountSettings, {
    account: int, auto_lend: boolean, auto_repay_borrows: boolean, leverage_limit: int,
  }),
  set_pool_parameters: form(moneyMarket.setPoolParameters, { asset: string, parameters: POOL }),
  list_market: form(spotMargin.listMarket, { market: string, parameters: MARKET }),
  set_market_parameters: form(spotMargin.setMarketParameters, { market: string, parameters: MARKET }),
  set_market_reference: form(spotMargin.setMarketReference, {
    market: string, index_price: int, mean_mark_price: int, mean_premium: int,
  }),
  place_order: form(spotMargin.placeOrder, {
    account: int, market: string, side: choice('bid', 'ask'), kind: choice('limit', 'market'), lots: int, price: int,
    time_in_force: choice('gtc', 'ioc', 'fok'), post_only: boolean, reduce_only: boolean,
    self_trade_prevention: choice('reject_taker', 'reject_maker', 'reject_both'), flags: FLAGS,
  }),
  cancel_order: form(spotMargin.cancelOrder, { account: int, order: int }),
  cancel_all_orders: form(spotMargin.cancelAllOrders, { account: int, market: string }),
  amend_order: form(spotMargin.amendOrder, { account: int, order: int, lots: int, price: int }),
  convert_dust: form(spotMargin.convertDust, { account: int, market: string }),
}));

export function readAction(value) {
  const known = isObject(value) && ACTIONS.get(value.get('type'));
  if (!known) throw new Malformed('unknown action');
  return known.read(value);
}

// CF-4
/** A part of the state as JSON; objects without a prototype, so that the lawful name `__proto__` is a field too. */
function wire(part) {
  if (typeof part === 'bigint') return String(part);
  if (typeof part !== 'object') return part;
  if (Array.isArray(part)) return part.map(wire);
  const result = Object.create(null);
  for (const [name, value] of part instanceof Map ? part : Object.entries(part)) result[name] = wire(value);
  return result;
}

const mapped = (map, change) => new Map([...map].map(([name, value]) => [name, change(value)]));
const indexed = (records) => new Map(records.map((record, id) => [String(id), record]));

function observedAccount(state, { orders, firm, promised, ...rest }, id) {
  const portfolio = health(state, BigInt(id));
  return portfolio.exposure > 0n || orders.size > 0 ? { ...rest, portfolio } : rest;
}

export function observation(state) {
  const openOrders = state.orders.filter(({ status }) => status === 'open');
  return wire({
    time: state.time,
    chains: state.chains,
    assets: mapped(state.assets, ({ parameters, poolParameters, tokens, ...rest }) =>
      ({ ...rest, tokens: mapped(tokens, ({ custody: held, pending }) => ({ custody: held, pending })) })),
    markets: mapped(state.markets, ({ parameters, ...rest }) => rest),
    accounts: indexed(state.accounts.map((account, id) => observedAccount(state, account, id))),
    orders: new Map(openOrders.map(({ id, status, ...rest }) => [String(id), rest])),
    withdrawals: indexed(state.withdrawals),
    rebalances: indexed(state.rebalances),
  });
}

/** JSON with objects as Maps, integers as BigInts, and a field named twice as an error (CF-2): JSON.parse gives none of it. */
export function parseJson(text) {
  JSON.parse(text); // throws on what is no JSON, so the tokens below are in a right order
  const tokens = text.match(/[{}[\]:,]|"(?:[^"\\]|\\.)*"|[^\s"{}[\]:,]+/g).filter((token) => token !== ',' && token !== ':');
  let next = 0;
  const value = () => {
    const token = tokens[next++];
    if (token === '{') {
      const fields = new Map();
      while (tokens[next] !== '}') {
        const name = JSON.parse(tokens[next++]);
        if (fields.has(name)) throw new Malformed('a field is named twice');
        fields.set(name, value());
      }
      next += 1;
      return fields;
    }
    if (token === '[') {
      const items = [];
      while (tokens[next] !== ']') items.push(value());
      next += 1;
      return items;
    }
    return /^-?\d+$/.test(token) ? BigInt(token) : JSON.parse(token);
  };
  return value();
}
