// Liquidation on the books: positions (LQ-4), debts and collateral (LQ-5).

import { markPrice } from '../trading/book.mjs';
import { limitPrice, urgencyOf } from './due.mjs';
import { doRedeem } from '../money_market.mjs';
import { absolute, ceilDivide, floorDivide, isInRange, max, min, RATIO, sum } from '../numbers.mjs';
import { work } from '../trading/orders.mjs';
import { codeOf } from '../outcomes.mjs';
import { claimOf } from '../pool.mjs';
import { collateralValue, health, holding, settlementAsset } from '../portfolio.mjs';
import { isOpen, isTradedOff, open } from '../programs.mjs';
import { attempt, byId, credit, entry } from '../state.mjs';
import { holdings, INSURANCE, worthOf } from './takeover.mjs';

// LQ-2
export function beginStep({ events }, id, stage) {
  events.push({ type: 'liquidation_step', account: String(id), stage });
}

// LQ-4
const FLAGS = { auto_lend: false, auto_lend_redeem: false, auto_borrow: false, auto_borrow_repay: true };

/** Whether the book takes system orders. */
export const takesOrders = (state, { parameters }) => ['open', 'limit_only', 'reduce_only'].includes(parameters.order_book_state);

export function hasMark(state, market) {
  if ('mark_price' in market) return market.mark_price > 0n;
  const { base, quote } = market.parameters;
  return [base, quote].every((symbol) => state.assets.get(symbol).price > 0n);
}

/** Of a size in lots those of one step. */
function stepLots({ system }, size, { parameters: { minimum_lots } }) {
  const part = max(ceilDivide(size * system.liquidation_fraction, RATIO), minimum_lots);
  return size - part < minimum_lots ? size : part;
}

/** What a system order traded, in atoms of the quote: undefined if nothing, or if it is refused. */
export function workSystemOrder(run, order, flags = FLAGS) {
  const { orders } = run.state;
  const id = BigInt(orders.length);
  const from = run.events.length;
  orders.push({
    ...order, id, post_only: false, reduce_only: false, self_trade_prevention: 'reject_maker', flags, reserved: 0n,
    status: 'worked',
  });
  if (codeOf(() => work(run, id, 'ioc'))) return undefined;
  const trades = run.events.slice(from).filter(({ type, taker_order }) => type === 'traded' && taker_order === String(id));
  return trades.length === 0 ? undefined : sum(trades.map(({ lots, price }) => BigInt(lots) * BigInt(price)));
}

function chargeFee(run, id, market, value) {
  const { state } = run;
  const { price, parameters } = settlementAsset(state);
  const left = floorDivide(health(state, id).equity * parameters.lot_atoms, price);
  const fee = min(ceilDivide(value * state.system.liquidation_fee, RATIO), max(left, 0n));
  credit(run, id, market, -fee, 'TradingFeesSystem');
  credit(run, INSURANCE, market, fee, 'TradingFeesSystem');
}

/** One step by a system order, after `prepare`; whether a lot is traded. */
function trade(run, stage, order, prepare = () => {}) {
  return attempt(run, () => {
    beginStep(run, order.account, stage);
    prepare();
    const value = workSystemOrder(run, order);
    if (value === undefined) return false;
    chargeFee(run, order.account, order.market, value);
    return true;
  });
}

export function reducePosition(run, { id, judged }, { symbol, size }) {
  const { state } = run;
  const market = state.markets.get(symbol);
  if (!takesOrders(state, market) || !hasMark(state, market)) return false;
  const side = size > 0n ? 'ask' : 'bid';
  const [lots, price] = [stepLots(state, absolute(size), market), limitPrice(state, market, side, judged)];
  return trade(run, 'LiquidatePositionOnBook', { account: id, market: symbol, side, price, lots });
}

// LQ-5
/** The symbol of the market of an asset, or undefined. */
export const marketOf = ({ markets, system }, asset) => [...markets].find(([, { parameters: { base, quote } }]) =>
  base === asset && quote === system.settlement_asset)?.[0];

function reachable(state, id, symbol) {
  const account = byId(state.accounts, id);
  const { pool } = state.assets.get(symbol);
  return entry(account.free, symbol) + min(claimOf(account, symbol, pool), pool.cash);
}

function raise(run, id, symbol, amount) {
  const { state } = run;
  const account = byId(state.accounts, id);
  const { pool } = state.assets.get(symbol);
  const part = min(amount - entry(account.free, symbol), claimOf(account, symbol, pool), pool.cash);
  if (part > 0n) doRedeem(run, id, symbol, part, 'liquidation_redeem');
}

export function buyBack(run, { id, judged }, { symbol: asset, size }) {
  const { state } = run;
  const symbol = marketOf(state, asset);
  const market = state.markets.get(symbol);
  if (!market || size === 0n || !takesOrders(state, market) || !hasMark(state, market)) return false;
  const { lot_atoms, taker_fee } = market.parameters;
  const price = limitPrice(state, market, 'bid', judged);
  const cost = price + ceilDivide(price * taker_fee, RATIO);
  const { settlement_asset } = state.system;
  const money = floorDivide(reachable(state, id, settlement_asset), cost);
  const lots = min(stepLots(state, ceilDivide(size, lot_atoms), market), money);
  if (lots === 0n) return false;
  return trade(run, 'LiquidatePositionOnBook', { account: id, market: symbol, side: 'bid', price, lots },
    () => raise(run, id, settlement_asset, lots * cost));
}

/** The share of its worth by which a sale of held atoms at their price raises equity. */
export function freedShare(state, id, symbol, amount) {
  const asset = state.assets.get(symbol);
  const { held } = holding(byId(state.accounts, id), symbol, asset);
  const counts = (atoms) => collateralValue(state.system, asset, atoms);
  const worth = worthOf(asset, amount);
  return floorDivide((worth - counts(held) + counts(held - amount)) * RATIO, max(worth, 1n));
}

/** The orders by which collateral may be sold for a debt: what frees most of its worth first, then as listed. */
function conversions(state, { id, judged }, { notional }) {
  const { liquidation_fraction } = state.system;
  const value = ceilDivide(notional * liquidation_fraction, RATIO);
  const payable = new Set(holdings(state, id));
  const found = [...state.assets.keys()].filter((asset) => payable.has(asset)).flatMap((asset) => {
    const symbol = marketOf(state, asset);
    const market = state.markets.get(symbol);
    if (!market || !takesOrders(state, market) || markPrice(state, market) === 0n) return [];
    const { lot_atoms, minimum_lots } = market.parameters;
    const held = floorDivide(reachable(state, id, asset), lot_atoms);
    if (held === 0n) return [];
    const settled = settlementAsset(state);
    const atoms = ceilDivide(value * settled.parameters.lot_atoms, settled.price);
    const wanted = max(ceilDivide(atoms, markPrice(state, market)), minimum_lots);
    const lots = held - wanted < minimum_lots ? held : wanted;
    const price = limitPrice(state, market, 'ask', judged);
    const amount = lots * lot_atoms;
    const order = { account: id, market: symbol, side: 'ask', price, lots };
    return [{ asset, amount, order, share: freedShare(state, id, asset, amount) }];
  });
  return found.sort((left, right) => (left.share > right.share ? -1 : Number(left.share < right.share)));
}

/** The sale that leaves the most equity over maintenance; each is tried. */
export function convert(run, who, target) {
  const sell = ({ asset, amount, order }) => trade(run, 'CollateralConversion', order, () => raise(run, who.id, asset, amount));
  let best;
  for (const sale of conversions(run.state, who, target)) {
    let reached;
    attempt(run, () => {
      if (sell(sale)) reached = urgencyOf(health(run.state, who.id));
      return false;
    });
    if (reached !== undefined && (!best || reached > best.reached)) best = { sale, reached };
  }
  return best !== undefined && sell(best.sale);
}

export function askForQuotes(run, who, target) {
  const { state } = run;
  const { time, system: { request_lifetime }, requests } = state;
  const isAsked = requests.some((request) =>
    request.account === who.id && request.kind === 'CollateralConversion' && isOpen(state, request));
  const first = conversions(state, who, target).find(({ order }) => isTradedOff(state, order));
  if (request_lifetime === 0n || !isInRange(time + request_lifetime) || isAsked || !first) return false;
  beginStep(run, who.id, 'CollateralConversionRequest');
  open(run, {
    ...first.order, counterparty: 0n, immediate: true, expires: time + request_lifetime,
    flags: { ...FLAGS, auto_lend_redeem: true }, kind: 'CollateralConversion',
  });
  return true;
}
