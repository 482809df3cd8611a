// Orders in the books of both kinds of market: SM-4, SM-7, SM-8, the shared steps of SM-9 and PP-4, SM-10, SM-11, with PP-5.

import {
  best, delivers, end, feeOf, finish, finishUnfilled, isPerpetual, leave, limitBand, openOrders, opposite, reaches, reservation,
  rest, shrink, takerBound,
} from './book.mjs';
import { floorDivide, isBetween, isInRange, max, min, sum } from '../numbers.mjs';
import { codeOf, stage, violatedBy } from '../outcomes.mjs';
import { claimOf } from '../pool.mjs';
import { assetLevel, health, holding, levelConditions, markLevel, settlementAsset } from '../portfolio.mjs';
import { reducible as reducibleLots } from '../positions.mjs';
import { changeConditions, marginStage } from '../relevance.mjs';
import { assetsOf } from '../spot_margin.mjs';
import { available, byId, entry, isReserved } from '../state.mjs';
import { exchange, prepareMaker, prepareTaker } from './trades.mjs';

const marketOf = (state, order) => state.markets.get(order.market);

// SM-4
const isAdmitted = ({ parameters: { order_book_state } }, order) =>
  order_book_state === 'open' || (order_book_state === 'limit_only' && order.price !== 0n) ||
  (order_book_state === 'post_only' && order.post_only) || (order_book_state === 'reduce_only' && order.reduce_only);

/** The lots by which an order of that side would bring the account to zero, with PP-5. */
function reducible(state, account, { market: symbol, side }) {
  const market = state.markets.get(symbol);
  if (isPerpetual(market)) return reducibleLots(account, symbol, side);
  const { base, lot_atoms } = market.parameters;
  const { held, owed } = holding(account, base, state.assets.get(base));
  return floorDivide(max(side === 'ask' ? held - owed : owed - held, 0n), lot_atoms);
}

/** What the prices behind a market make of an order in it, with PP-5. */
export function priceConditions(state, market, price) {
  const inPerpetual = isPerpetual(market);
  const assets = inPerpetual ? [settlementAsset(state)] : assetsOf(state, market);
  const levels = assets.map((asset) => assetLevel(state, asset, 'order_price_age'));
  if (inPerpetual) levels.push(markLevel(state, market, 'order_price_age'));
  const hasPrices = assets.every((asset) => asset.price > 0n);
  const hasMark = inPerpetual ? market.mark_price > 0n : hasPrices;
  const isInBand = () => {
    const [lowest, highest] = limitBand(state, market);
    return isBetween(lowest, price, highest);
  };
  return {
    ...levelConditions(levels, 'order_price_age', 'price_unknown'),
    price_out_of_bounds: price !== 0n && hasMark && !isInBand(),
  };
}

/** Stage 2 of SM-4 without `order_limit`, for an order that is in no book. */
function orderConditions(state, order) {
  const { account: id, side, price, lots } = order;
  const account = byId(state.accounts, id);
  const market = marketOf(state, order);
  const reducing = openOrders(state, account, order.market)
    .filter((resting) => resting.reduce_only && resting.side === side);
  const opposed = best(state, market, opposite(side));
  return {
    trading_paused: !isAdmitted(market, order), price_off_tick: price % market.parameters.tick !== 0n,
    lots_below_minimum: lots < market.parameters.minimum_lots, ...priceConditions(state, market, price),
    reduce_only_not_reduced: order.reduce_only &&
      lots > reducible(state, account, order) - sum(reducing.map((resting) => resting.lots)),
    post_only_taker: order.post_only && opposed && reaches(side, price, opposed.price),
  };
}

export function placeOrder(run, action) {
  const { state } = run;
  const { account: id, market: symbol, side, kind, lots, price, time_in_force, post_only, reduce_only, flags } = action;
  const account = byId(state.accounts, id);
  const rests = time_in_force === 'gtc';
  stage({
    amount_not_positive: lots <= 0n, out_of_range: !isInRange(lots) || !isInRange(price),
    price_invalid: kind === 'limit' ? price <= 0n : price !== 0n,
    order_invalid: (post_only && !rests) || (kind === 'market' && rests),
    account_unknown: !account, account_reserved: isReserved(id), market_unknown: !state.markets.has(symbol),
  });
  const order = {
    id: BigInt(state.orders.length), account: id, market: symbol, side, price, lots, post_only, reduce_only,
    self_trade_prevention: action.self_trade_prevention, flags, reserved: 0n, status: 'worked',
  };
  stage({
    ...orderConditions(state, order), order_limit: rests && BigInt(account.orders.size) >= state.system.order_limit,
  });
  state.orders.push(order);
  work(run, order.id, time_in_force); // stages 3 to 5
  marginStage(run, id, 'order_price_age');
}

// SM-7
function acceptOrder({ events }, { id, account, market, side, price, lots }) {
  events.push({
    type: 'order_accepted', order: String(id), account: String(account), market, side, price: String(price), lots: String(lots),
  });
}

/** An order is looked up anew at each turn, since a trade that is undone brings back another copy of the state. */
export function work(run, id, timeInForce) {
  const taker = () => byId(run.state.orders, id);
  const { side, price } = taker();
  acceptOrder(run, taker());
  const bound = takerBound(run.state, marketOf(run.state, taker()), side);
  let stopped;
  while (taker().lots > 0n && !stopped) {
    const maker = best(run.state, marketOf(run.state, taker()), opposite(side));
    if (!maker || (price !== 0n && !reaches(side, price, maker.price))) break;
    if (!reaches(side, bound, maker.price)) stopped = 'price_band';
    else if (isOfOneUser(run.state, taker(), maker)) stopped = preventSelfTrade(run, taker(), maker);
    else meet(run, id, maker.id);
  }
  handleLeft(run, taker(), timeInForce, stopped);
}

function handleLeft(run, order, timeInForce, stopped) {
  const { state } = run;
  if (order.lots === 0n) {
    finish(state, order, 'filled');
    return;
  }
  stage({ fill_or_kill: timeInForce === 'fok' }); // stage 4
  if (stopped || timeInForce === 'ioc') {
    finishUnfilled(run, order, 'expired', stopped ?? 'immediate_or_cancel');
    return;
  }
  stage({ insufficient_funds: !isBacked(state, order) }); // stage 5
  rest(state, order);
}

/** SM-5, PP-5 */
function isBacked(state, order) {
  const market = marketOf(state, order);
  if (isPerpetual(market)) return true;
  const symbol = delivers(market, order.side);
  const account = byId(state.accounts, order.account);
  const { auto_borrow, auto_lend_redeem } = order.flags;
  const redeemable = () => claimOf(account, symbol, state.assets.get(symbol).pool) - entry(account.promised, symbol);
  return auto_borrow || available(account, symbol) + (auto_lend_redeem ? redeemable() : 0n) >= reservation(market, order);
}

// SM-8
const userOf = (state, order) => byId(state.accounts, order.account).user;
const isOfOneUser = (state, taker, maker) => userOf(state, taker) === userOf(state, maker);

/** The reason with which the taker stops, or undefined. */
function preventSelfTrade(run, { self_trade_prevention }, maker) {
  if (self_trade_prevention !== 'reject_taker') end(run, maker.id, 'expired', 'self_trade_prevention');
  return self_trade_prevention === 'reject_maker' ? undefined : 'self_trade_prevention';
}

// SM-9, PP-4
/** They trade, or everything is undone and the maker ends; a taker that cannot trade refuses the whole order. */
function meet(run, takerId, makerId) {
  const before = structuredClone(run.state); // B
  const count = run.events.length;
  const reason = trade(run, before, takerId, makerId);
  if (!reason) return;
  run.state = before;
  run.events.length = count;
  end(run, makerId, 'expired', reason);
}

/** The steps that both kinds of market share. The reason for which the maker must end, or undefined. */
function trade(run, before, takerId, makerId) {
  const { state, events } = run;
  const maker = byId(state.orders, makerId);
  const taker = byId(state.orders, takerId);
  const { account, price } = maker;
  const market = marketOf(state, maker);
  const most = maker.reduce_only ? reducible(before, byId(before.accounts, account), maker) : maker.lots;
  const lots = min(maker.lots, taker.lots, most);
  if (lots === 0n) return 'reduce_only_not_reduced';

  const { maker_fee, taker_fee } = market.parameters;
  const party = ({ account: of, side, flags }, ratio) => ({ account: of, side, flags, fee: feeOf(lots * price, ratio) });
  const agreed = { market: maker.market, price, lots, maker: party(maker, maker_fee), taker: party(taker, taker_fee) };

  shrink(state, maker, maker.lots - lots);
  if (maker.lots === 0n) {
    leave(state, maker);
    finish(state, maker, 'filled');
  }
  taker.lots -= lots;
  market.last_price = price;
  events.push({
    type: 'traded', market: agreed.market, maker_order: String(makerId), taker_order: String(takerId), price: String(price),
    lots: String(lots), maker_fee: String(agreed.maker.fee), taker_fee: String(agreed.taker.fee),
  });
  const refused = codeOf(() => prepareMaker(run, agreed));
  if (refused) return refused;
  prepareTaker(run, agreed);
  exchange(run, agreed);
  const judged = (of) => ({ ...health(of, account), order_loss: 0n });
  const healths = { was: judged(before), is: judged(state) };
  return violatedBy(changeConditions({ before, state }, account, healths, 'order_price_age'))[0];
}

// SM-10
export function cancelOrder(run, { account: id, order: orderId }) {
  const { state } = run;
  const order = byId(state.orders, orderId);
  stage({ account_unknown: !byId(state.accounts, id), account_reserved: isReserved(id), order_unknown: !order });
  stage({ order_not_owned: order.account !== id, order_not_open: order.status !== 'open' });
  end(run, orderId, 'cancelled', 'cancelled');
}

export function cancelAllOrders(run, { account: id, market: symbol }) {
  const { state } = run;
  const account = byId(state.accounts, id);
  stage({ account_unknown: !account, account_reserved: isReserved(id), market_unknown: !state.markets.has(symbol) });
  for (const order of openOrders(state, account, symbol)) end(run, order.id, 'cancelled', 'cancelled');
}

// SM-11
export function amendOrder(run, { account: id, order: orderId, lots, price }) {
  const { state } = run;
  const order = byId(state.orders, orderId);
  stage({ amount_not_positive: lots <= 0n, out_of_range: !isInRange(lots) || !isInRange(price), price_invalid: price <= 0n });
  stage({ account_unknown: !byId(state.accounts, id), account_reserved: isReserved(id), order_unknown: !order });
  stage({ order_not_owned: order.account !== id, order_not_open: order.status !== 'open' });

  if (price === order.price && lots <= order.lots) {
    shrink(state, order, lots);
    acceptOrder(run, order);
    return;
  }
  leave(state, order);
  Object.assign(order, { lots, price, status: 'worked' });
  stage(orderConditions(state, order)); // stage 4
  work(run, orderId, 'gtc');
  marginStage(run, id, 'order_price_age');
}
