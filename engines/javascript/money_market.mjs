// Money market: time (MM-6), the steps in a pool with their refusals (MM-11 to MM-14), the sweep (MM-15), the funding (MM-18).

import { ceilDivide, isBetween, isInRange, LARGEST, max, min, RATIO } from './numbers.mjs';
import { stage, violatedBy } from './outcomes.mjs';
import {
  accrue, borrowMinted, borrowShares, burnBorrow, burnLend, changePrepaid, charge, claim, claimOf, debt, debtOf, entryFee,
  isBookClosed, lendMinted, lendShares, mintLend, repayBurned, throttle, usePrepaid, utilizationConditions,
} from './pool.mjs';
import { health, meetsInitial } from './portfolio.mjs';
import { marginStage } from './relevance.mjs';
import { moveRamps } from './ramps.mjs';
import { available, byId, firstStage, isReserved, moveShares, post } from './state.mjs';

/** MM-6 */
export function advanceTime(run, { time }) {
  const { state } = run;
  stage({ out_of_range: !isInRange(time), time_not_later: time <= state.time });
  const since = state.time;
  const { throttle_interval } = state.system;
  const steps = time / throttle_interval - since / throttle_interval;
  state.time = time;
  moveRamps(state);
  for (const [symbol, asset] of state.assets) {
    accrue(run, symbol, asset, since);
    if (steps > 0n) throttle(asset, steps);
  }
}

/** What a step of an account in a pool reads. */
function view(state, id, symbol) {
  const account = byId(state.accounts, id);
  const asset = state.assets.get(symbol);
  const [lending, owing] = [lendShares(account, symbol), borrowShares(account, symbol)];
  return { account, asset, pool: asset.pool, lending, owing };
}

// MM-11
export function lendConditions(state, id, symbol, amount) {
  const { account, asset, pool, lending, owing } = view(state, id, symbol);
  const minted = lendMinted(pool, amount);
  const after = { lent: pool.lent + amount, lend_shares: pool.lend_shares + minted };
  return {
    book_closed: isBookClosed('lend', asset), lend_requires_borrow_repay: owing > 0n,
    insufficient_funds: available(account, symbol) < amount,
    amount_too_small: minted === 0n || claim(lending + minted, after) === 0n,
    lend_limit: after.lent > asset.poolParameters.open_borrow_lend_limit,
  };
}

function doLend(run, id, symbol, amount, reason) {
  const { pool } = run.state.assets.get(symbol);
  moveShares(run, id, symbol, mintLend(pool, amount), reason);
  post(run, `free:${id}`, 'pool', symbol, amount, reason);
}

// MM-12
export function redeemConditions(state, id, symbol, amount) {
  const { asset, pool, lending } = view(state, id, symbol);
  const exceeds = amount > claim(lending, pool);
  return {
    book_closed: isBookClosed('redeem', asset), insufficient_lend: exceeds, amount_too_small: amount === 0n,
    insufficient_supply: pool.cash < amount,
    ...(exceeds ? {} : utilizationConditions(asset, pool.borrowed, pool.lent + pool.unearned - amount)),
  };
}

export function doRedeem(run, id, symbol, amount, reason) {
  const { pool, lending } = view(run.state, id, symbol);
  moveShares(run, id, symbol, -burnLend(lending, pool, amount), reason);
  post(run, 'pool', `free:${id}`, symbol, amount, reason);
}

// MM-13
export function borrowConditions(state, id, symbol, amount) {
  const { account, asset, pool, lending } = view(state, id, symbol);
  const fee = entryFee(state, account, symbol, amount);
  const toReserve = ceilDivide(fee * asset.poolParameters.reserve_fee, RATIO);
  const borrowed = pool.borrowed + fee + amount;
  return {
    book_closed: isBookClosed('borrow', asset), borrow_requires_lend_redeem: lending > 0n, price_unknown: asset.price === 0n,
    borrow_limit: borrowed > asset.poolParameters.open_borrow_lend_limit, insufficient_supply: pool.cash < amount,
    ...utilizationConditions(asset, borrowed, pool.lent + pool.unearned + fee - toReserve),
  };
}

/** A borrow without its posting. */
export function takeBorrow(run, id, symbol, amount, reason) {
  const { account, asset, pool } = view(run.state, id, symbol);
  const fee = entryFee(run.state, account, symbol, amount);
  usePrepaid(run.state, account, symbol, amount);
  const minted = borrowMinted(pool, amount + fee);
  charge(run, symbol, asset, fee);
  pool.borrowed += amount;
  pool.borrow_shares += minted;
  moveShares(run, id, symbol, -minted, reason);
}

function doBorrow(run, id, symbol, amount, reason) {
  takeBorrow(run, id, symbol, amount, reason);
  post(run, 'pool', `free:${id}`, symbol, amount, reason);
}

// MM-14
export function repayConditions(state, id, symbol, amount) {
  const { account, pool, owing } = view(state, id, symbol);
  const exceeds = amount > debt(owing, pool) || amount === 0n;
  return {
    insufficient_funds: available(account, symbol) < amount, repay_exceeds_debt: exceeds,
    amount_too_small: !exceeds && repayBurned(owing, pool, amount) === 0n,
  };
}

/** A repayment without its posting: what it paid for until the next boundary stays the account's. */
export function takeRepay(run, id, symbol, amount, reason) {
  const { account, pool, owing } = view(run.state, id, symbol);
  const { borrowed } = pool;
  const burned = burnBorrow(owing, pool, amount);
  changePrepaid(run.state, account, symbol, borrowed - pool.borrowed);
  moveShares(run, id, symbol, burned, reason);
}

export function doRepay(run, id, symbol, amount, reason) {
  takeRepay(run, id, symbol, amount, reason);
  post(run, `free:${id}`, 'pool', symbol, amount, reason);
}

/** The four actions of MM-11 to MM-14: stage 1, `all`, stage 2, the effect; only a borrow is held to the margin. */
const owned = (reason, conditions, perform, whole) => (run, action) => {
  firstStage(run.state, action, true);
  const { account: id, asset: symbol } = action;
  const amount = action.amount === 'all' ? whole(view(run.state, id, symbol)) : action.amount;
  stage(conditions(run.state, id, symbol, amount));
  perform(run, id, symbol, amount, reason);
  if (reason === 'borrow') marginStage(run, id, 'borrow_price_age');
};
export const lend = owned('lend', lendConditions, doLend);
export const redeem = owned('redeem', redeemConditions, doRedeem, ({ lending, pool }) => claim(lending, pool));
export const borrow = owned('borrow', borrowConditions, doBorrow);
export const repay = owned('repay', repayConditions, doRepay, ({ owing, pool }) => debt(owing, pool));

// MM-15
export function setAccountSettings(run, { type, account: id, ...settings }) {
  const { leverage_limit } = settings;
  const { state } = run;
  const account = byId(state.accounts, id);
  stage({
    out_of_range: !isInRange(leverage_limit), leverage_invalid: leverage_limit < RATIO, account_unknown: !account,
    account_reserved: isReserved(id),
  });
  const { leverage_limit: previous, auto_realize } = account.settings;
  const isAsked = leverage_limit < previous || (auto_realize && !settings.auto_realize);
  account.settings = settings;
  stage({ insufficient_margin: isAsked && !meetsInitial(health(state, id)) });
  for (const symbol of state.assets.keys()) sweep(run, id, symbol);
}

/** Repays, then lends, what is available if the account's settings say so, else up to the limits, if the step would pass. */
export function sweep(run, id, symbol, limits = { repay: 0n, lend: 0n }) {
  const { state } = run;
  const { account, pool } = view(state, id, symbol);
  const passes = (conditions) => violatedBy(conditions).length === 0;
  const { auto_repay_borrows, auto_lend } = account.settings;
  const payable = min(available(account, symbol), debtOf(account, symbol, pool));
  const payment = auto_repay_borrows ? payable : min(payable, limits.repay);
  const repays = passes(repayConditions(state, id, symbol, payment));
  if (repays) doRepay(run, id, symbol, payment, 'auto_repay');
  const lendable = available(account, symbol);
  const amount = auto_lend ? lendable : min(lendable, max(limits.lend - (repays ? payment : 0n), 0n));
  if (amount > 0n && passes(lendConditions(state, id, symbol, amount))) doLend(run, id, symbol, amount, 'auto_lend');
}

// MM-16
export const isPoolLawful = (pool) => // CU-2
  [pool.base_rate, pool.slope_low, pool.slope_high].every((rate) => isBetween(0n, rate, 100n * RATIO)) &&
  isBetween(1n, pool.optimal_utilization, RATIO - 1n) &&
  isBetween(pool.optimal_utilization, pool.throttle_utilization, pool.max_utilization) &&
  isBetween(1n, pool.max_utilization, RATIO) && isBetween(0n, pool.throttle_fraction, RATIO) &&
  isBetween(0n, pool.reserve_fee, RATIO) && isBetween(0n, pool.open_borrow_lend_limit, LARGEST);

export function setPoolParameters({ state }, { asset: symbol, parameters }) {
  const asset = state.assets.get(symbol);
  stage({ parameter_invalid: !isPoolLawful(parameters), asset_unknown: !asset });
  replacePool(asset, parameters);
}

/** Also of GV-2. */
export function replacePool(asset, parameters) {
  asset.poolParameters = parameters;
  const { throttle_utilization, max_utilization } = parameters;
  asset.pool.throttle_bound = min(max(asset.pool.throttle_bound, throttle_utilization), max_utilization);
}

// MM-18
/** `caller` begins the reasons: `withdrawal` or `order`. */
export function fund(run, id, symbol, amount, { auto_lend_redeem, auto_borrow }, caller) {
  const { account, pool } = view(run.state, id, symbol);
  const missing = amount - available(account, symbol);
  if (missing <= 0n) return;
  const part = auto_lend_redeem ? min(missing, claimOf(account, symbol, pool)) : 0n;
  const rest = missing - part;
  if (part > 0n) stage(redeemConditions(run.state, id, symbol, part)); // stage 1
  stage({ insufficient_funds: rest > 0n && !auto_borrow }); // stage 2
  if (part > 0n) doRedeem(run, id, symbol, part, `${caller}_redeem`);
  if (rest > 0n) {
    stage(borrowConditions(run.state, id, symbol, rest)); // stage 3
    doBorrow(run, id, symbol, rest, `${caller}_borrow`);
  }
}
