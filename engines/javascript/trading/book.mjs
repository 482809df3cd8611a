// The book of a market and what is read of it: SM-5, SM-6, with PP-5. Both sides are arrays of order ids, best first.

import { ceilDivide, floorDivide, isBetween, LARGEST, max, median, MILLION, min, RATIO } from '../numbers.mjs';
import { byId, changeEntry } from '../state.mjs';

/** Of the two kinds of market, only a perpetual has a mark of its own (NT-8). */
export const isPerpetual = (market) => 'mark_price' in market;

export const opposite = (side) => (side === 'bid' ? 'ask' : 'bid');
export const delivers = ({ parameters: { base, quote } }, side) => (side === 'bid' ? quote : base);
export const receives = (market, side) => delivers(market, opposite(side));

/** Whether an order of that side with that limit reaches a price. */
export const reaches = (side, limit, price) => (side === 'bid' ? price <= limit : price >= limit);

const sideOf = (market, side) => (side === 'bid' ? market.bids : market.asks);

/** The best order of a side, or undefined. */
export function best(state, market, side) {
  const [id] = sideOf(market, side);
  return id === undefined ? undefined : byId(state.orders, id);
}

/** The fee of a trade or of a price, in quote atoms; below zero it is a rebate (SM-9). */
export const feeOf = (paid, ratio) => ceilDivide(paid * ratio, RATIO);

/** The open orders of an account in a market, in order of their ids. */
export const openOrders = (state, account, symbol) =>
  [...account.orders].sort((left, right) => (left < right ? -1 : 1)).map((id) => byId(state.orders, id))
    .filter(({ market }) => market === symbol);

/** The laws that both kinds of market share (SM-1, PP-1). */
export const isBookLawful = (parameters) =>
  isBetween(1n, parameters.tick, 10n ** 24n) && isBetween(1n, parameters.minimum_lots, LARGEST) &&
  isBetween(-RATIO, parameters.maker_fee, RATIO) && isBetween(0n, parameters.taker_fee, RATIO) &&
  parameters.maker_fee + parameters.taker_fee >= 0n &&
  ['limit', 'impact', 'mean_mark'].every((band) =>
    isBetween(0n, parameters[`${band}_min`], RATIO) && isBetween(RATIO, parameters[`${band}_max`], MILLION)) &&
  isBetween(0n, parameters.premium_tolerance, MILLION);

/** A market without orders, trades and reference (SM-3). */
export const newBook = (parameters) => ({
  parameters, bids: [], asks: [], last_price: 0n, reference_index_price: 0n, mean_mark_price: 0n, mean_premium: 0n,
});

// SM-5
export const isFirm = ({ flags: { auto_lend_redeem, auto_borrow } }) => !auto_lend_redeem && !auto_borrow;

export function reservation(market, { side, lots, price }) {
  if (isPerpetual(market)) return 0n; // PP-5
  const { lot_atoms, maker_fee } = market.parameters;
  return side === 'ask' ? lots * lot_atoms : lots * (price + max(feeOf(price, maker_fee), 0n));
}

function changeReserved(state, order, reserved) {
  const change = reserved - order.reserved;
  if (change === 0n) return;
  const symbol = delivers(state.markets.get(order.market), order.side);
  const account = byId(state.accounts, order.account);
  changeEntry(account.reserved, symbol, change);
  if (isFirm(order)) changeEntry(account.firm, symbol, change);
  else if (!order.flags.auto_borrow) changeEntry(account.promised, symbol, change);
  order.reserved = reserved;
}

/** The order comes to rest behind all of its price: the places stand for the sequence numbers, which nothing else reads. */
export function rest(state, order) {
  const market = state.markets.get(order.market);
  const ids = sideOf(market, order.side);
  const standsBefore = ({ price }) => (order.side === 'bid' ? price >= order.price : price <= order.price);
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (standsBefore(byId(state.orders, ids[middle]))) low = middle + 1;
    else high = middle;
  }
  ids.splice(low, 0, order.id);
  order.status = 'open';
  byId(state.accounts, order.account).orders.add(order.id);
  changeReserved(state, order, reservation(market, order));
}

/** Fewer lots of a resting order, which keeps its place. */
export function shrink(state, order, lots) {
  changeReserved(state, order, (order.reserved * lots) / order.lots);
  order.lots = lots;
}

/** The order leaves its book, its reservation is freed. */
export function leave(state, order) {
  const ids = sideOf(state.markets.get(order.market), order.side);
  ids.splice(ids.indexOf(order.id), 1);
  byId(state.accounts, order.account).orders.delete(order.id);
  changeReserved(state, order, 0n);
}

/** An order that is over: of it only account and status are read again (NT-8). */
export function finish(state, { id, account }, status) {
  state.orders[Number(id)] = { id, account, status };
}

/** A resting order ends. */
export function end(run, id, status, reason) {
  const order = byId(run.state.orders, id);
  leave(run.state, order);
  finishUnfilled(run, order, status, reason);
}

export function finishUnfilled(run, order, status, reason) {
  finish(run.state, order, status);
  reportEnded(run, order, order.lots, reason);
}

export function reportEnded({ events }, { id }, lots, reason) {
  events.push({ type: 'order_ended', order: String(id), lots: String(lots), reason });
}

/** SM-2, PP-2 */
export function endAll(run, market) {
  for (const id of [...market.bids, ...market.asks]) end(run, id, 'expired', 'market_closed');
}

// SM-6
/** The mark without raising it to one (LQ-4): 0 too if a price behind it is missing. */
export function markPrice(state, market) {
  if (isPerpetual(market)) return market.mark_price;
  const { parameters } = market;
  const [base, quote] = [state.assets.get(parameters.base), state.assets.get(parameters.quote)];
  const value = parameters.lot_atoms * base.price * quote.parameters.lot_atoms;
  return quote.price === 0n ? 0n : floorDivide(value, base.parameters.lot_atoms * quote.price);
}

function activePrice(state, market) {
  const mark = max(markPrice(state, market), 1n);
  const [bid, ask] = ['bid', 'ask'].map((side) => best(state, market, side)?.price ?? mark);
  const last = market.last_price === 0n ? mark : market.last_price;
  return median(bid, ask, last);
}

/** The lowest and the highest price of an order; there is a mark. */
export function limitBand(state, market) {
  const active = activePrice(state, market);
  const { limit_min, limit_max } = market.parameters;
  return [ceilDivide(active * limit_min, RATIO), floorDivide(active * limit_max, RATIO)];
}

/** The last price at which an order of that side may trade; undefined without an opposite order, where nothing trades. */
export function takerBound(state, market, side) {
  const opposed = best(state, market, opposite(side));
  if (!opposed) return undefined;
  const { parameters, reference_index_price: index_price, mean_mark_price, mean_premium } = market;
  const { impact_min, impact_max, mean_mark_min, mean_mark_max, premium_tolerance } = parameters;
  const hasReference = index_price > 0n;
  if (side === 'bid') {
    const bounds = [[opposed.price, impact_max]];
    if (hasReference) bounds.push([mean_mark_price, mean_mark_max], [index_price, RATIO + mean_premium + premium_tolerance]);
    return min(...bounds.map(([price, ratio]) => floorDivide(price * ratio, RATIO)));
  }
  const bounds = [[opposed.price, impact_min]];
  if (hasReference) bounds.push([mean_mark_price, mean_mark_min], [index_price, RATIO + mean_premium - premium_tolerance]);
  return max(...bounds.map(([price, ratio]) => ceilDivide(price * ratio, RATIO)));
}
