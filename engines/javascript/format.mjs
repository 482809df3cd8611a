// The format: CF-2 (reading), CF-3 (actions), CF-4 (observation).

import * as bankruptcy from './liquidation/bankruptcy.mjs';
import { isPerpetual } from './trading/book.mjs';
import * as custody from './custody.mjs';
import * as governance from './governance.mjs';
import { convertCollateral } from './liquidation/conversion.mjs';
import { liquidate } from './liquidation/ladder.mjs';
import * as moneyMarket from './money_market.mjs';
import * as orders from './trading/orders.mjs';
import * as perpetuals from './perpetuals.mjs';
import { health } from './portfolio.mjs';
import { hasUnpaid, hasUnsettled } from './positions.mjs';
import * as programs from './programs.mjs';
import { marginsOf } from './ramps.mjs';
import { settle } from './settlement.mjs';
import * as spotMargin from './spot_margin.mjs';

export class Malformed extends Error {}

const INTEGER = /^(?:0|-?[1-9][0-9]{0,59})$/; // CF-2

/** Readers of wire values (CF-2): each takes a parsed JSON value and gives the value that the rules use. */
export function int(value) {
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
export const boolean = oneOf((value) => typeof value === 'boolean', 'true or false');
export const choice = (...values) => oneOf((value) => values.includes(value), `one of ${values.join(', ')}`);
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
  settlement_asset: string, settlement_interval: int, unrealized_weight: int, unrealized_cap: int, unsettled_weight: int,
  unsettled_cap: int, account_virtual_limit: int, system_virtual_limit: int, book_utilization_limit: int,
  liquidation_price_age: int, liquidation_fraction: int, liquidation_fee: int, liquidation_grace: int, insurance_limit: int,
  non_recourse: boolean, ramp_interval: int, request_lifetime: int, conversion_distance: int,
});
const TOKEN = object({
  chain: string, native_unit: int, minimum_deposit: int, minimum_withdrawal: int, maximum_withdrawal: int, withdrawal_fee: int,
});
const POOL = object({
  book_state: choice('open', 'repay_only', 'closed'), base_rate: int, slope_low: int, slope_high: int,
  optimal_utilization: int, throttle_utilization: int, throttle_fraction: int, max_utilization: int, reserve_fee: int,
  open_borrow_lend_limit: int,
});
export const ASSET = object({
  decimals: int, lot_atoms: int,
  haircut: object({ kind: choice('identity', 'inverse_sqrt'), weight: int, base: int, penalty: int }),
  imf_base: int, imf_factor: int, mmf_base: int, mmf_factor: int, price_update_min: int, price_update_max: int,
  price_floor: int, tokens: (value) => array(value).map(TOKEN), pool: POOL,
});
const BOOK = {
  tick: int, minimum_lots: int, maker_fee: int, taker_fee: int,
  order_book_state: choice('open', 'post_only', 'limit_only', 'reduce_only', 'cancel_only', 'closed'),
  limit_min: int, limit_max: int, impact_min: int, impact_max: int, mean_mark_min: int, mean_mark_max: int,
  premium_tolerance: int,
};
export const MARKET = object({ base: string, quote: string, lot_atoms: int, ...BOOK });
export const PERPETUAL = object({
  lots_per_unit: int, ...BOOK, imf_base: int, imf_factor: int, mmf_base: int, mmf_factor: int, open_interest_limit: int,
  position_limit: int, funding_interval: int, interest_rate: int, interest_clamp: int, funding_floor: int, funding_cap: int,
  mark_threshold: int, price_update_min: int, price_update_max: int,
});
export const FLAGS = object({ auto_lend: boolean, auto_lend_redeem: boolean, auto_borrow: boolean, auto_borrow_repay: boolean });
export const SIDE = choice('bid', 'ask');

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
    account: int, auto_lend: boolean, auto_repay_borrows: boolean, auto_borrow_settlements: boolean, auto_realize: boolean,
    leverage_limit: int,
  }),
  set_pool_parameters: form(moneyMarket.setPoolParameters, { asset: string, parameters: POOL }),
  list_market: form(spotMargin.listMarket, { market: string, parameters: MARKET }),
  set_market_parameters: form(spotMargin.setMarketParameters, { market: string, parameters: MARKET }),
  set_market_reference: form(spotMargin.setMarketReference, {
    market: string, index_price: int, mean_mark_price: int, mean_premium: int,
  }),
  place_order: form(orders.placeOrder, {
    account: int, market: string, side: SIDE, kind: choice('limit', 'market'), lots: int, price: int,
    time_in_force: choice('gtc', 'ioc', 'fok'), post_only: boolean, reduce_only: boolean,
    self_trade_prevention: choice('reject_taker', 'reject_maker', 'reject_both'), flags: FLAGS,
  }),
  cancel_order: form(orders.cancelOrder, { account: int, order: int }),
  cancel_all_orders: form(orders.cancelAllOrders, { account: int, market: string }),
  amend_order: form(orders.amendOrder, { account: int, order: int, lots: int, price: int }),
  convert_dust: form(spotMargin.convertDust, { account: int, market: string }),
  list_perpetual: form(perpetuals.listPerpetual, { market: string, parameters: PERPETUAL }),
  set_perpetual_parameters: form(perpetuals.setPerpetualParameters, { market: string, parameters: PERPETUAL }),
  update_mark: form(perpetuals.updateMark, { market: string, index_price: int, has_basis: boolean, basis: int }),
  apply_funding: form(perpetuals.applyFunding, { market: string, premium: int }),
  settle_market: form(perpetuals.settleMarket, { market: string, price: int }),
  settle: form(settle, {}),
  convert_collateral: form(convertCollateral, { account: int }),
  liquidate: form(liquidate, { account: int }),
  fund_insurance: form(bankruptcy.fundInsurance, { ...OWNED, amount: int }),
  resolve_bankruptcy: form(bankruptcy.resolveBankruptcy, { account: int }),
  run_risk: form(bankruptcy.runRisk, { steps: int }),
  register_backstop: form(programs.registerBackstop, { account: int, capacity: int }),
  request_quote: form(programs.requestQuote, {
    account: int, market: string, side: SIDE, lots: int, price: int, counterparty: int, immediate: boolean, expires: int,
    flags: FLAGS,
  }),
  refresh_request: form(programs.refreshRequest, { account: int, request: int, expires: int }),
  cancel_request: form(programs.cancelRequest, { account: int, request: int }),
  submit_quote: form(programs.submitQuote, { account: int, request: int, price: int, flags: FLAGS }),
  withdraw_quote: form(programs.withdrawQuote, { account: int, request: int }),
  accept_quote: form(programs.acceptQuote, { account: int, request: int, quoter: int }),
  set_system_parameters: form(governance.setSystemParameters, { parameters: SYSTEM }),
  set_asset_parameters: form(governance.setAssetParameters, { asset: string, parameters: ASSET }),
  halt: form(governance.halt, {}),
  resume: form(governance.resume, {}),
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

function observedAccount(state, account, id) {
  const { orders: open, firm, promised, unsettled, prepaid, prepaid_until, unpaid, ...rest } = account;
  const observed = {
    ...rest, ...(unsettled === 0n ? {} : { unsettled }), ...(hasUnpaid(account) ? { unpaid } : {}),
    ...(prepaid_until > state.time && prepaid.size > 0 ? { prepaid } : {}),
  };
  const portfolio = health(state, BigInt(id));
  return portfolio.exposure > 0n || open.size > 0 || hasUnsettled(account) ? { ...observed, portfolio } : observed;
}

function observedAsset(asset) {
  const { parameters, poolParameters, tokens, ramp, ...rest } = asset;
  const held = mapped(tokens, ({ custody: inCustody, pending }) => ({ custody: inCustody, pending }));
  return { ...rest, ...observedRamp(asset), tokens: held };
}

/** What is in force between its ends is in the parameters. */
const observedRamp = ({ ramp, parameters }) => (ramp ? { ramp: { ...ramp, current: marginsOf(parameters) } } : {});

/** The one index of a spot market is that of the reference, a perpetual has one of its own too, and parts while it has any. */
function observedMarket(market) {
  const { parameters, ramp, funding_parts: parts, ...rest } = market;
  if (isPerpetual(market)) return { ...rest, ...(parts.length > 0 ? { funding_parts: parts } : {}), ...observedRamp(market) };
  const { reference_index_price: index_price, ...others } = rest;
  return { ...others, index_price };
}

export function observation(state) {
  const openOrders = state.orders.filter(({ status }) => status === 'open');
  const openRequests = state.requests.filter(({ status }) => status === 'open');
  return wire({
    time: state.time,
    settlement_time: state.settlement_time,
    unpaid_rate_time: state.unpaid_rate_time,
    chains: state.chains,
    halted: state.halted,
    liquidation_time: state.liquidation_time,
    assets: mapped(state.assets, observedAsset),
    markets: mapped(state.markets, observedMarket),
    accounts: indexed(state.accounts.map((account, id) => observedAccount(state, account, id))),
    orders: new Map(openOrders.map(({ id, status, ...rest }) => [String(id), rest])),
    withdrawals: indexed(state.withdrawals),
    rebalances: indexed(state.rebalances),
    backstops: state.backstops,
    requests: new Map(openRequests.map(({ id, status, ...rest }) => [String(id), rest])),
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
