// Spot margin: SM-1 to SM-4, SM-7 to SM-12.

import {
  best, delivers, feeOf, finish, leave, limitBand, opposite, reaches, receives, reservation, rest, shrink, takerBound,
} from './book.mjs';
import { doRedeem, fund, redeemConditions, sweep } from './money_market.mjs';
import { floorDivide, isBetween, isInRange, LARGEST, max, MILLION, min, RATIO, sum } from './numbers.mjs';
import { codeOf, stage } from './outcomes.mjs';
import { claimOf } from './pool.mjs';
import { health, isAdmissible, isFresh, marginStage, position } from './portfolio.mjs';
import { available, byId, entry, isName, isReserved, post } from './state.mjs';

const marketOf = (state, order) => state.markets.get(order.market);
const assetsOf = (state, { parameters: { base, quote } }) => [state.assets.get(base), state.assets.get(quote)];

// SM-1, SM-2, SM-3
const isMarketLawful = (parameters) =>
  parameters.base !== parameters.quote &&
  isBetween(1n, parameters.lot_atoms, 10n ** 24n) && isBetween(1n, parameters.tick, 10n ** 24n) &&
  isBetween(1n, parameters.minimum_lots, LARGEST) &&
  isBetween(-RATIO, parameters.maker_fee, RATIO) && isBetween(0n, parameters.taker_fee, RATIO) &&
  parameters.maker_fee + parameters.taker_fee >= 0n &&
  ['limit', 'impact', 'mean_mark'].every((band) =>
    isBetween(0n, parameters[`${band}_min`], RATIO) && isBetween(RATIO, parameters[`${band}_max`], MILLION)) &&
  isBetween(0n, parameters.premium_tolerance, MILLION);

export function listMarket({ state }, { market: symbol, parameters }) {
  stage({
    market_name_invalid: !isName(symbol), parameter_invalid: !isMarketLawful(parameters),
    asset_unknown: !state.assets.has(parameters.base) || !state.assets.has(parameters.quote),
    market_exists: state.markets.has(symbol),
  });
  state.markets.set(symbol, {
    parameters, bids: [], asks: [], last_price: 0n, index_price: 0n, mean_mark_price: 0n, mean_premium: 0n,
  });
}

export function setMarketParameters(run, { market: symbol, parameters }) {
  const { state } = run;
  const market = state.markets.get(symbol);
  const isKept = (name) => !market || parameters[name] === market.parameters[name];
  stage({
    parameter_invalid: !isMarketLawful(parameters) || !['base', 'quote', 'lot_atoms'].every(isKept), market_unknown: !market,
  });
  market.parameters = parameters;
  if (parameters.order_book_state !== 'closed') return;
  for (const id of [...market.bids, ...market.asks]) end(run, id, 'expired', 'market_closed');
}

export function setMarketReference({ state }, { market: symbol, index_price, mean_mark_price, mean_premium }) {
  const market = state.markets.get(symbol);
  stage({
    amount_not_positive: index_price <= 0n || mean_mark_price <= 0n,
    out_of_range: ![index_price, mean_mark_price, mean_premium].every(isInRange), market_unknown: !market,
  });
  Object.assign(market, { index_price, mean_mark_price, mean_premium });
}

// SM-4
const isAdmitted = ({ parameters: { order_book_state } }, order) =>
  order_book_state === 'open' || (order_book_state === 'limit_only' && order.price !== 0n) ||
  (order_book_state === 'post_only' && order.post_only);

/** The lots by which an order of that side would bring the net base position to zero. */
function reducible(state, account, market, side) {
  const { base, lot_atoms } = market.parameters;
  const { held, owed } = position(account, base, state.assets.get(base));
  return floorDivide(max(side === 'ask' ? held - owed : owed - held, 0n), lot_atoms);
}

/** Stage 2 of SM-4 without `order_limit`, for an order that is in no book. */
function orderConditions(state, order) {
  const { account: id, side, price, lots } = order;
  const account = byId(state.accounts, id);
  const market = marketOf(state, order);
  const assets = assetsOf(state, market);
  const isPriced = assets.every((asset) => asset.price > 0n);
  const isInBand = () => {
    const [lowest, highest] = limitBand(state, market);
    return isBetween(lowest, price, highest);
  };
  const reducing = [...account.orders].map((resting) => byId(state.orders, resting))
    .filter((resting) => resting.reduce_only && resting.market === order.market && resting.side === side);
  const opposed = best(state, market, opposite(side));
  return {
    trading_paused: !isAdmitted(market, order), price_off_tick: price % market.parameters.tick !== 0n,
    lots_below_minimum: lots < market.parameters.minimum_lots, price_unknown: !isPriced,
    price_stale: assets.some((asset) => asset.price > 0n && !isFresh(state, asset, state.system.order_price_age)),
    price_out_of_bounds: price !== 0n && isPriced && !isInBand(),
    reduce_only_not_reduced: order.reduce_only &&
      lots > reducible(state, account, market, side) - sum(reducing.map((resting) => resting.lots)),
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

/** A resting order ends. */
function end(run, id, status, reason) {
  const order = byId(run.state.orders, id);
  leave(run.state, order);
  finishUnfilled(run, order, status, reason);
}

function finishUnfilled({ state, events }, order, status, reason) {
  finish(state, order, status);
  events.push({ type: 'order_ended', order: String(order.id), lots: String(order.lots), reason });
}

/** An order is looked up anew at each turn, since a trade that is undone brings back another copy of the state. */
function work(run, id, timeInForce) {
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

/** SM-5 */
function isBacked(state, order) {
  const market = marketOf(state, order);
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

// SM-9
/** They trade, or everything is undone and the maker ends; a taker that cannot deliver refuses the whole order. */
function meet(run, takerId, makerId) {
  const before = structuredClone(run.state); // B
  const count = run.events.length;
  const reason = trade(run, before, takerId, makerId);
  if (!reason) return;
  run.state = before;
  run.events.length = count;
  end(run, makerId, 'expired', reason);
}

/** The reason for which the maker must end, or undefined. */
function trade(run, before, takerId, makerId) {
  const { state, events } = run;
  const maker = byId(state.orders, makerId);
  const taker = byId(state.orders, takerId);
  const { flags: makerFlags, account: makerAccount, side: makerSide, price } = maker;
  const market = marketOf(state, maker);
  const { base, quote, lot_atoms, maker_fee, taker_fee } = market.parameters;

  const most = maker.reduce_only ? reducible(before, byId(before.accounts, makerAccount), market, makerSide) : maker.lots;
  const lots = min(maker.lots, taker.lots, most);
  if (lots === 0n) return 'reduce_only_not_reduced';

  const [sold, paid] = [lots * lot_atoms, lots * price];
  const [makerFee, takerFee] = [feeOf(paid, maker_fee), feeOf(paid, taker_fee)];
  const delivery = (side, fee) => (side === 'bid' ? paid + max(fee, 0n) : sold);

  shrink(state, maker, maker.lots - lots);
  if (maker.lots === 0n) {
    leave(state, maker);
    finish(state, maker, 'filled');
  }
  taker.lots -= lots;
  market.last_price = price;
  events.push({
    type: 'traded', market: taker.market, maker_order: String(makerId), taker_order: String(takerId), price: String(price),
    lots: String(lots), maker_fee: String(makerFee), taker_fee: String(takerFee),
  });

  const refused = codeOf(() =>
    fund(run, makerAccount, delivers(market, makerSide), delivery(makerSide, makerFee), makerFlags, 'order'));
  if (refused) return refused;
  fund(run, taker.account, delivers(market, taker.side), delivery(taker.side, takerFee), taker.flags, 'order');

  const [of, from] = [`free:${makerAccount}`, `free:${taker.account}`];
  const [buyer, seller] = makerSide === 'bid' ? [of, from] : [from, of];
  post(run, seller, buyer, base, sold, 'trade');
  post(run, buyer, seller, quote, paid, 'trade');
  post(run, from, 'free:0', quote, takerFee, 'trade_fee');
  if (makerFee > 0n) post(run, of, 'free:0', quote, makerFee, 'trade_fee');
  else post(run, 'free:0', of, quote, -makerFee, 'trade_rebate');

  const limits = (side, fee, flags) => {
    const received = side === 'bid' ? sold : paid - max(fee, 0n);
    return { repay: flags.auto_borrow_repay ? received : 0n, lend: flags.auto_lend ? received : 0n };
  };
  sweep(run, makerAccount, receives(market, makerSide), limits(makerSide, makerFee, makerFlags));
  sweep(run, taker.account, receives(market, taker.side), limits(taker.side, takerFee, taker.flags));
  const judged = (of) => ({ ...health(of, makerAccount), order_loss: 0n });
  return isAdmissible(judged(before), judged(state)) ? undefined : 'insufficient_margin';
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
  const ids = [...account.orders].filter((orderId) => byId(state.orders, orderId).market === symbol);
  for (const orderId of ids.sort((left, right) => (left < right ? -1 : 1))) end(run, orderId, 'cancelled', 'cancelled');
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

// SM-12
export function convertDust(run, { account: id, market: symbol }) {
  const { state } = run;
  const account = byId(state.accounts, id);
  const market = state.markets.get(symbol);
  stage({ account_unknown: !account, account_reserved: isReserved(id), market_unknown: !market });

  const { base, quote, minimum_lots, lot_atoms } = market.parameters;
  const assets = assetsOf(state, market);
  const [sold, bought] = assets;
  const isPriced = assets.every((asset) => asset.price > 0n);
  const claim = claimOf(account, base, sold.pool);
  const amount = available(account, base) + claim;
  const paid = isPriced
    ? floorDivide(amount * sold.price * bought.parameters.lot_atoms, sold.parameters.lot_atoms * bought.price)
    : 1n;
  stage({
    ...(claim > 0n ? redeemConditions(state, id, base, claim) : {}),
    price_unknown: !isPriced,
    price_stale: assets.some((asset) => asset.price > 0n && !isFresh(state, asset, state.system.order_price_age)),
    not_dust: amount === 0n || amount >= minimum_lots * lot_atoms,
    insufficient_funds: paid > entry(state.accounts[0].free, quote), amount_too_small: paid === 0n,
  });
  if (claim > 0n) doRedeem(run, id, base, claim, 'dust_redeem');
  post(run, `free:${id}`, 'free:0', base, amount, 'dust');
  post(run, 'free:0', `free:${id}`, quote, paid, 'dust');
  sweep(run, id, quote);
  marginStage(run, id, 'order_price_age');
}
