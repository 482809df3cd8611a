// The pool of one asset: MM-2 to MM-10.

import { ceilDivide, floorDivide, max, min, RATIO, YEAR } from './numbers.mjs';
import { entry } from './state.mjs';

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

/** MM-3 */
function utilization(borrowed, lent) {
  if (lent === 0n) return borrowed === 0n ? 0n : RATIO;
  return ceilDivide(borrowed * RATIO, lent);
}

/** MM-4, at the utilization of the pool now. */
export function borrowRate({ pool, poolParameters }) {
  const { base_rate, slope_low, slope_high, optimal_utilization: optimal } = poolParameters;
  const v = min(utilization(pool.borrowed, pool.lent), RATIO);
  if (v <= optimal) return base_rate + ceilDivide(slope_low * v, optimal);
  return base_rate + slope_low + ceilDivide(slope_high * (v - optimal), RATIO - optimal);
}

/** Adds interest to the debts, lenders and the reserve (MM-6 step 4, MM-7), with its event. */
export function charge({ events }, symbol, { pool, poolParameters }, interest) {
  const toReserve = ceilDivide(interest * poolParameters.reserve_fee, RATIO);
  pool.borrowed += interest;
  pool.lent += interest - toReserve;
  pool.reserve += toReserve;
  if (interest > 0n) {
    events.push({ type: 'interest_charged', asset: symbol, interest: String(interest), reserve: String(toReserve) });
  }
}

/** The entry fee of a borrow (MM-7). */
export function entryFee({ system, time }, asset, amount) {
  if (!system.entry_fee) return 0n;
  const rest = system.accrual_interval - (time % system.accrual_interval);
  return ceilDivide(amount * borrowRate(asset) * rest, RATIO * YEAR);
}

/** MM-8: the two bounds on the utilization of the pool as it would be after. */
export function utilizationConditions({ pool, poolParameters }, borrowed, lent) {
  const after = utilization(borrowed, lent);
  return { max_utilization: after > poolParameters.max_utilization, utilization_throttled: after > pool.throttle_bound };
}

/** MM-9 */
export function throttle({ pool, poolParameters }, steps) {
  const { throttle_utilization, max_utilization, throttle_fraction } = poolParameters;
  if (utilization(pool.borrowed, pool.lent) < throttle_utilization) {
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
