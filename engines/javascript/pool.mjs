// The pool of one asset: MM-2 to MM-10.

import { ceilDivide, floorDivide, max, min, RATIO, YEAR } from './numbers.mjs';
import { changeEntry, entry } from './state.mjs';

export const VIRTUAL_SHARES = 10n ** 6n; // MM-2

/** The claim of lend shares (MM-2). */
export const claim = (shares, pool) => floorDivide(shares * (pool.lent + 1n), pool.lend_shares + VIRTUAL_SHARES);
/** The debt of borrow shares (MM-2). */
export const debt = (shares, pool) => (shares === 0n ? 0n : ceilDivide(shares * pool.borrowed, pool.borrow_shares));

export const lendShares = (account, symbol) => max(entry(account.shares, symbol), 0n);
export const borrowShares = (account, symbol) => max(-entry(account.shares, symbol), 0n);
export const claimOf = (account, symbol, pool) => claim(lendShares(account, symbol), pool);
export const debtOf = (account, symbol, pool) => debt(borrowShares(account, symbol), pool);

// What moves in the pool when shares do; each answers the shares. Whose they are, and the atoms, are the caller's.

/** The lend shares for an amount (MM-11). */
export const lendMinted = (pool, amount) => floorDivide(amount * (pool.lend_shares + VIRTUAL_SHARES), pool.lent + 1n);

export function mintLend(pool, amount) {
  const minted = lendMinted(pool, amount);
  pool.lent += amount;
  pool.lend_shares += minted;
  return minted;
}

/** Of `shares` those burned for an amount of at most their claim (MM-12). */
function redeemBurned(shares, pool, amount) {
  if (amount === claim(shares, pool)) return shares;
  const burned = ceilDivide(amount * (pool.lend_shares + VIRTUAL_SHARES), pool.lent + 1n);
  const rest = claim(shares - burned, { lent: pool.lent - amount, lend_shares: pool.lend_shares - burned });
  return rest === 0n ? shares : burned;
}

export function burnLend(shares, pool, amount) {
  const burned = redeemBurned(shares, pool, amount);
  pool.lent -= amount;
  pool.lend_shares -= burned;
  return burned;
}

/** The borrow shares for what is owed (MM-13). */
export const borrowMinted = (pool, owed) =>
  pool.borrow_shares === 0n ? owed * 10n ** 6n : ceilDivide(owed * pool.borrow_shares, pool.borrowed);

/** Of `shares` those burned for a payment of at most their debt (MM-14). */
export const repayBurned = (shares, pool, amount) =>
  amount === debt(shares, pool) ? shares : floorDivide(amount * pool.borrow_shares, pool.borrowed);

export function burnBorrow(shares, pool, amount) {
  const burned = repayBurned(shares, pool, amount);
  const principal = floorDivide(burned * pool.borrowed, pool.borrow_shares);
  pool.borrowed -= principal;
  pool.borrow_shares -= burned;
  pool.reserve += amount - principal;
  return burned;
}

/** MM-3; what is supplied is lent or not earned yet. */
function utilization(borrowed, supplied) {
  if (supplied === 0n) return borrowed === 0n ? 0n : RATIO;
  return ceilDivide(borrowed * RATIO, supplied);
}

/** MM-4, at the utilization of the pool now. */
export function borrowRate({ pool, poolParameters }) {
  const { base_rate, slope_low, slope_high, optimal_utilization: optimal } = poolParameters;
  const v = min(utilization(pool.borrowed, pool.lent + pool.unearned), RATIO);
  if (v <= optimal) return base_rate + ceilDivide(slope_low * v, optimal);
  return base_rate + slope_low + ceilDivide(slope_high * (v - optimal), RATIO - optimal);
}

/** Adds interest for time to come to the debts, its fee to the reserve (MM-6, MM-7), with its event. */
export function charge({ events }, symbol, { pool, poolParameters }, interest) {
  const toReserve = ceilDivide(interest * poolParameters.reserve_fee, RATIO);
  pool.borrowed += interest;
  pool.unearned += interest - toReserve;
  pool.reserve += toReserve;
  if (interest > 0n) {
    events.push({ type: 'interest_charged', asset: symbol, interest: String(interest), reserve: String(toReserve) });
  }
}

/** Lenders earn for some of the seconds that are paid for (MM-6); where nobody lends, the reserve. */
function earn(pool, seconds, left) {
  const earned = floorDivide(pool.unearned * seconds, left);
  pool.unearned -= earned;
  if (pool.lend_shares === 0n) pool.reserve += earned;
  else pool.lent += earned;
}

/** ST-10: rate and time on what the last settlement left unpaid, as if it were lent and borrowed too. */
function countUnpaid({ accounts, system, assets }, symbol, seconds) {
  if (symbol !== system.settlement_asset) return 0n;
  const unpaid = accounts.reduce((total, { unpaid: { amount, interest } }) => total + max(-amount, 0n) - interest, 0n);
  if (unpaid === 0n) return 0n;
  const { pool, poolParameters } = assets.get(symbol);
  return borrowRate({ pool: { ...pool, lent: pool.lent + unpaid, borrowed: pool.borrowed + unpaid }, poolParameters }) * seconds;
}

/** MM-6: from `since` to the time now. */
export function accrue(run, symbol, asset, since) {
  const { time, system: { accrual_interval } } = run.state;
  const { pool } = asset;
  const last = time - (time % accrual_interval);
  const end = since - (since % accrual_interval) + accrual_interval;
  const until = min(time, end);
  const rate = borrowRate(asset);
  run.state.unpaid_rate_time += countUnpaid(run.state, symbol, (time < end ? time : last) - since);
  pool.rate_time += rate * (until - since);
  earn(pool, until - since, end - since);
  if (time < end) return;
  const due = pool.borrowed * (pool.rate_time + rate * (last - end)) + pool.interest_carry;
  pool.interest_carry = due % (RATIO * YEAR);
  charge(run, symbol, asset, due / (RATIO * YEAR));
  earn(pool, time - end, last + accrual_interval - end);
  pool.rate_time = borrowRate(asset) * (time - last);
  run.state.unpaid_rate_time += countUnpaid(run.state, symbol, time - last);
}

// MM-7
export const intervalEnd = ({ time, system: { accrual_interval } }) => time - (time % accrual_interval) + accrual_interval;

/** The atoms that an account may owe again without a fee. */
const prepaid = ({ time }, account, symbol) => (account.prepaid_until > time ? entry(account.prepaid, symbol) : 0n);

export function changePrepaid(state, account, symbol, change) {
  if (change === 0n || !state.system.entry_fee) return;
  if (account.prepaid_until <= state.time) account.prepaid = new Map();
  account.prepaid_until = intervalEnd(state);
  changeEntry(account.prepaid, symbol, change);
}

/** What an account has paid for is borrowed first. */
export const usePrepaid = (state, account, symbol, amount) =>
  changePrepaid(state, account, symbol, -min(amount, prepaid(state, account, symbol)));

export function entryFee(state, account, symbol, amount) {
  if (!state.system.entry_fee) return 0n;
  const asset = state.assets.get(symbol);
  const fresh = max(amount - prepaid(state, account, symbol), 0n);
  return ceilDivide(fresh * borrowRate(asset) * (intervalEnd(state) - state.time), RATIO * YEAR);
}

/** MM-8: the two bounds on the utilization of the pool as it would be after. */
export function utilizationConditions({ pool, poolParameters }, borrowed, supplied) {
  const after = utilization(borrowed, supplied);
  return { max_utilization: after > poolParameters.max_utilization, utilization_throttled: after > pool.throttle_bound };
}

/** MM-9 */
export function throttle({ pool, poolParameters }, steps) {
  const { throttle_utilization, max_utilization, throttle_fraction } = poolParameters;
  if (utilization(pool.borrowed, pool.lent + pool.unearned) < throttle_utilization) {
    pool.throttle_bound = throttle_utilization;
    return;
  }
  for (let left = min(steps, 64n); left > 0n; left -= 1n) {
    pool.throttle_bound += floorDivide((max_utilization - pool.throttle_bound) * throttle_fraction, RATIO);
  }
}

/** MM-10: the book states that admit a step; a repayment is always admitted. */
const BOOKS = { lend: ['open'], redeem: ['open', 'repay_only'], borrow: ['open'] };
export const isBookClosed = (step, { poolParameters }) => !BOOKS[step].includes(poolParameters.book_state);
