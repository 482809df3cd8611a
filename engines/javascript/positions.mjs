// Positions of perpetuals: PP-3, the steps of a trade that are theirs (PP-4, PP-5), the funding that is due (PP-8), the worth
// of virtual shares (ST-4).

import { end, openOrders, reportEnded, shrink } from './trading/book.mjs';
import { absolute, floorDivide, max, min } from './numbers.mjs';
import { stage } from './outcomes.mjs';
import { claim, debt } from './pool.mjs';
import { byId, credit } from './state.mjs';

// PP-3
const NEW = {
  lots: 0n, cost: 0n, entry_cost: 0n, funding_index: 0n, virtual: 0n, virtual_value: 0n, realized: 0n, fees: 0n, funding: 0n,
  interest: 0n,
};
export const lotsOf = (account, symbol) => account.positions.get(symbol)?.lots ?? 0n;
export const unrealized = ({ lots, cost }, market) => lots * market.mark_price - cost;
export const hasUnsettled = ({ positions, unsettled }) => positions.size > 0 || unsettled !== 0n;
/** Whether something stands of what a settlement left (ST-10). */
export const hasUnpaid = ({ unpaid }) => Object.values(unpaid).some((part) => part !== 0n);
export const isActive = (account) => hasUnsettled(account) || hasUnpaid(account);

/** The positions of an account with their markets, in order of markets. */
export function positionsOf(state, account) {
  return [...state.markets].filter(([symbol]) => account.positions.has(symbol))
    .map(([symbol, market]) => ({ symbol, market, position: account.positions.get(symbol) }));
}

/** A position without lots and virtual shares is dropped. */
export function dropIfEmpty(account, symbol) {
  const { lots, virtual } = account.positions.get(symbol);
  if (lots === 0n && virtual === 0n) account.positions.delete(symbol);
}

// PP-8
export const due = ({ lots, funding_index }, market) => lots * (market.funding_index - funding_index);

export function settleFunding(run, id, symbol) {
  const position = byId(run.state.accounts, id).positions.get(symbol);
  const market = run.state.markets.get(symbol);
  const paid = due(position, market);
  position.funding += paid;
  position.funding_index = market.funding_index;
  credit(run, id, symbol, -paid, 'FundingPayment');
}

/** ST-4 */
export function worth(virtual, pool) {
  return virtual < 0n ? -debt(-virtual, pool) : claim(virtual, pool);
}

// PP-4
/** Fills a position by `n` lots and answers the gain. */
function fill(position, n, price) {
  const { lots, cost, entry_cost } = position;
  const closed = (lots > 0n) === (n > 0n) ? 0n : min(absolute(lots), absolute(n));
  const signed = lots > 0n ? closed : -closed;
  const opened = n + signed;
  const share = (of) => (closed === 0n ? 0n : floorDivide(of * closed, absolute(lots)));
  const [part, entry] = [share(cost), share(entry_cost)];
  position.lots += n;
  position.cost += opened * price - part;
  position.entry_cost += opened * price - entry;
  position.realized += signed * price - entry;
  return signed * price - part;
}

/** Touches the position of an account and fills it; what it gains is unsettled. */
export function touch(run, id, symbol, n, price, { fee = 0n, source = 'RealizePnl' } = {}) {
  const account = byId(run.state.accounts, id);
  if (!account.positions.has(symbol)) account.positions.set(symbol, { ...NEW });
  const position = account.positions.get(symbol);
  settleFunding(run, id, symbol);
  credit(run, id, symbol, fill(position, n, price), source);
  position.fees += fee;
  credit(run, id, symbol, -fee, 'TradingFees');
  dropIfEmpty(account, symbol);
}

function lotsAround(state, { market, lots }, { account, side }) {
  const before = lotsOf(byId(state.accounts, account), market);
  return { before, after: before + (side === 'bid' ? lots : -lots) };
}

function isBeyondLimit(state, trade, party) {
  const { position_limit } = state.markets.get(trade.market).parameters;
  const { before, after } = lotsAround(state, trade, party);
  return absolute(after) > position_limit && absolute(after) > absolute(before);
}

/** By how much a trade raises the open interest. */
function raisedInterest(state, trade) {
  const long = (lots) => max(lots, 0n);
  const [ofMaker, ofTaker] = [trade.maker, trade.taker].map((party) => lotsAround(state, trade, party));
  return long(ofMaker.after) - long(ofMaker.before) + long(ofTaker.after) - long(ofTaker.before);
}

/** Step 4, in two stages. */
export function admitMaker({ state }, trade) {
  stage({ position_limit: isBeyondLimit(state, trade, trade.maker) });
}

export function admitTaker({ state }, trade) {
  const { open_interest, parameters } = state.markets.get(trade.market);
  const raised = raisedInterest(state, trade);
  stage({
    open_interest_limit: open_interest + raised > parameters.open_interest_limit && raised > 0n,
    position_limit: isBeyondLimit(state, trade, trade.taker),
  });
}

/** Steps 5 to 8 */
export function tradePositions(run, trade) {
  const { market: symbol, maker, taker, lots, price } = trade;
  const market = run.state.markets.get(symbol);
  const openInterest = market.open_interest + raisedInterest(run.state, trade);
  for (const { account, side, fee } of [maker, taker]) touch(run, account, symbol, side === 'bid' ? lots : -lots, price, { fee });
  credit(run, 0n, symbol, maker.fee + taker.fee, 'TradingFees');
  market.open_interest = openInterest;
  resize(run, maker.account, symbol);
  resize(run, taker.account, symbol);
}

// PP-5
export function reducible(account, symbol, side) {
  const lots = lotsOf(account, symbol);
  return max(side === 'ask' ? lots : -lots, 0n);
}

/** Reduce-only orders stand for no more lots than can be reduced, the first ones for theirs. */
export function resize(run, id, symbol) {
  const account = byId(run.state.accounts, id);
  for (const side of ['bid', 'ask']) {
    let left = reducible(account, symbol, side);
    for (const order of openOrders(run.state, account, symbol).filter((open) => open.reduce_only && open.side === side)) {
      const over = max(order.lots - left, 0n);
      left -= order.lots - over;
      if (over === order.lots) end(run, order.id, 'expired', 'reduce_only_not_reduced');
      else if (over > 0n) {
        shrink(run.state, order, order.lots - over);
        reportEnded(run, order, over, 'reduce_only_not_reduced');
      }
    }
  }
}
