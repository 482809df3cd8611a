// Conversion of a solvent account's collateral into what it owes the fund (ST-9).

import { markPrice } from '../trading/book.mjs';
import { ceilDivide, floorDivide, isInRange, max, min, RATIO } from '../numbers.mjs';
import { stage, violatedBy } from '../outcomes.mjs';
import { claimOf } from '../pool.mjs';
import { health, isAdmissible } from '../portfolio.mjs';
import { isOpen, isTradedOff, open } from '../programs.mjs';
import { owedBeyondDollars } from '../settlement.mjs';
import { priceConditions } from '../trading/orders.mjs';
import { attempt, available, byId, isReserved } from '../state.mjs';
import { dueConditions } from './due.mjs';
import { freedShare, hasMark, marketOf, takesOrders, workSystemOrder } from './orders.mjs';
import { holdings } from './takeover.mjs';

const FLAGS = { auto_lend: false, auto_lend_redeem: true, auto_borrow: false, auto_borrow_repay: false };

/** The worst price of a conversion, by the mark of the moment. */
export const conversionLimit = (state, market) =>
  max(ceilDivide(markPrice(state, market) * (RATIO - state.system.conversion_distance), RATIO), 1n);

/** The fewest lots that pay what is owed at the mark, less a fee; none where a lot brings nothing. */
export function conversionLots(state, market, owed, fee) {
  const mark = markPrice(state, market);
  const net = mark - ceilDivide(mark * fee, RATIO);
  return net > 0n ? max(ceilDivide(owed, net), market.parameters.minimum_lots) : 0n;
}

/** What could be sold, what frees most of each dollar first; on a book the fee of a taker comes on top. */
function offers(state, id, owed, isOnBook) {
  const payable = new Set(holdings(state, id));
  const found = [...state.assets.keys()].filter((asset) => payable.has(asset)).flatMap((asset) => {
    const symbol = marketOf(state, asset);
    const market = state.markets.get(symbol);
    if (!market || !hasMark(state, market) || violatedBy(priceConditions(state, market, 0n)).length > 0) return [];
    const { lot_atoms, taker_fee } = market.parameters;
    const account = byId(state.accounts, id);
    const { pool } = state.assets.get(asset);
    const held = floorDivide(available(account, asset) + min(claimOf(account, asset, pool), pool.cash), lot_atoms);
    const lots = min(held, conversionLots(state, market, owed, isOnBook ? taker_fee : 0n));
    if (lots === 0n) return [];
    const order = { account: id, market: symbol, side: 'ask', price: conversionLimit(state, market), lots };
    return [{ order, share: freedShare(state, id, asset, lots * lot_atoms) }];
  });
  return found.sort((left, right) => (left.share > right.share ? -1 : Number(left.share < right.share)))
    .map(({ order }) => order);
}

const sell = (run, id, owed) => offers(run.state, id, owed, true).some((order) => attempt(run, () => {
  const { state } = run;
  const judged = health(state, id);
  return takesOrders(state, state.markets.get(order.market)) && workSystemOrder(run, order, FLAGS) !== undefined &&
    isAdmissible(judged, health(state, id));
}));

function ask(run, id, owed) {
  const { state } = run;
  const { time, system: { request_lifetime }, requests } = state;
  const isAsked = requests.some((request) =>
    request.account === id && request.kind === 'CollateralConversion' && isOpen(state, request));
  const first = offers(state, id, owed, false).find((order) => isTradedOff(state, order));
  if (isAsked || request_lifetime === 0n || !isInRange(time + request_lifetime) || !first) return false;
  open(run, {
    ...first, counterparty: 0n, immediate: true, expires: time + request_lifetime, flags: FLAGS, kind: 'CollateralConversion',
  });
  return true;
}

/** What keeps collateral from being converted: prices, and a grace. */
export function conversionConditions(state, id) {
  const { not_liquidatable, ...told } = dueConditions(state, id);
  return told;
}

/** One step of it; whether there is one. */
export function convert(run, id) {
  const owed = owedBeyondDollars(run.state, id);
  return owed > 0n && (sell(run, id, owed) || ask(run, id, owed));
}

export function convertCollateral(run, { account: id }) {
  const { state } = run;
  stage({ account_unknown: !byId(state.accounts, id), account_reserved: isReserved(id) });
  stage(conversionConditions(state, id));
  stage({ nothing_to_convert: !convert(run, id) });
}
