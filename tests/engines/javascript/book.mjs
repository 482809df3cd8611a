// The book of a market and what is read of it: SM-5, SM-6. Both sides are arrays of order ids, best first.

import { ceilDivide, floorDivide, max, min, RATIO } from './numbers.mjs';
import { byId, changeEntry } from './state.mjs';

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

// SM-5
export const isFirm = ({ flags: { auto_lend_redeem, auto_borrow } }) => !auto_lend_redeem && !auto_borrow;

export function reservation({ parameters: { lot_atoms, maker_fee } }, { side, lots, price }) {
  return side === 'ask' ? lots * lot_atoms : lots * (price + max(feeOf(price, maker_fee), 0n));
}

function changeReserved(state, order, reserved) {
  const symbol = delivers(state.markets.get(order.market), order.side);
  const account = byId(state.accounts, order.account);
  const change = reserved - order.reserved;
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

// SM-6
function markPrice(state, { parameters }) {
  const [base, quote] = [state.assets.get(parameters.base), state.assets.get(parameters.quote)];
  const value = parameters.lot_atoms * base.price * quote.parameters.lot_atoms;
  return max(floorDivide(value, base.parameters.lot_atoms * quote.price), 1n);
}

function activePrice(state, market) {
  const mark = markPrice(state, market);
  const [bid, ask] = ['bid', 'ask'].map((side) => best(state, market, side)?.price ?? mark);
  const last = market.last_price === 0n ? mark : market.last_price;
  return max(min(bid, ask), min(max(bid, ask), last)); // the median of three
}

/** The lowest and the highest price of an order; both assets have a price. */
export function limitBand(state, market) {
  const active = activePrice(state, market);
  const { limit_min, limit_max } = market.parameters;
  return [ceilDivide(active * limit_min, RATIO), floorDivide(active * limit_max, RATIO)];
}

/** The last price at which an order of that side may trade; undefined without an opposite order, where nothing trades. */
export function takerBound(state, market, side) {
  const opposed = best(state, market, opposite(side));
  if (!opposed) return undefined;
  const { parameters, index_price, mean_mark_price, mean_premium } = market;
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
