// State: NT-7 (what is stored), NT-8, CU-1 (postings), CU-3 (reserved accounts), ST-1 (unsettled). A `run` is one transition
// under way: the state `before`, the `state` that is changed, the `events` so far.

import { isBetween, isInRange, RATIO } from './numbers.mjs';
import { stage } from './outcomes.mjs';

const RESERVED = 2n; // CU-3: accounts 0 and 1

export const isName = (text) => /^[A-Za-z0-9._-]{1,32}$/.test(text); // NT-8

/** `firm` and `promised` are the parts of `reserved` that SM-5 names; `orders` are the ids of the open orders. */
export const newAccount = (user) => ({
  user, free: new Map(), shares: new Map(), reserved: new Map(), firm: new Map(), promised: new Map(), orders: new Set(),
  settings: {
    auto_lend: false, auto_repay_borrows: false, auto_borrow_settlements: false, auto_realize: true,
    leverage_limit: 10n * RATIO,
  },
  unsettled: 0n, positions: new Map(), prepaid: new Map(), prepaid_until: 0n,
  unpaid: { amount: 0n, interest: 0n, carry: 0n },
});

/** NT-8: what has an id is in an array, its index is the id; Maps keep the order of listing. */
export const genesis = (system) => ({
  system, time: 0n, settlement_time: 0n, unpaid_rate_time: 0n, halted: false, liquidation_time: 0n,
  chains: new Map(), assets: new Map(), markets: new Map(),
  accounts: [newAccount(0n), newAccount(0n)], orders: [], withdrawals: [], rebalances: [], backstops: new Map(), requests: [],
});

export const isReserved = (id) => isBetween(0n, id, RESERVED - 1n);

/** The record with that id, or undefined. */
export const byId = (records, id) => (0n <= id && id < BigInt(records.length) ? records[Number(id)] : undefined);

export const entry = (map, symbol) => map.get(symbol) ?? 0n;

export function changeEntry(map, symbol, change) {
  const value = entry(map, symbol) + change;
  if (value === 0n) map.delete(symbol);
  else map.set(symbol, value);
}

/** SM-5 */
export const available = ({ free, firm }, symbol) => entry(free, symbol) - entry(firm, symbol);

/** The range of everything that an accepted action would store (NT-7). */
export function isStorable(state) {
  const ramps = [...state.assets.values(), ...state.markets.values()].map(({ ramp }) => ramp?.end ?? 0n);
  const asked = state.requests.flatMap(({ lots, price, expires }) => [lots, price, expires]);
  if (![...ramps, ...asked, state.liquidation_time, state.unpaid_rate_time].every(isInRange)) return false;
  for (const { pool, in_transit, tokens } of state.assets.values()) {
    if (!isInRange(in_transit) || !Object.values(pool).every(isInRange)) return false;
    for (const token of tokens.values()) if (!isInRange(token.custody) || !isInRange(token.pending)) return false;
  }
  for (const { index_price, mark_price, funding_index, open_interest } of state.markets.values()) {
    if (mark_price === undefined) continue; // a spot market
    if (![index_price, mark_price, funding_index, open_interest].every(isInRange)) return false;
  }
  return state.accounts.every(({ free, shares, reserved, unsettled, unpaid, positions }) =>
    [...free.values(), ...shares.values(), ...reserved.values(), unsettled, ...Object.values(unpaid)].every(isInRange) &&
    [...positions.values()].every((position) => Object.values(position).every(isInRange)));
}

/** Adds `change` to the balance with that wire name (CU-1). */
function changeBalance(state, symbol, name, change) {
  const asset = state.assets.get(symbol);
  const [kind, owner] = name.split(':');
  if (kind === 'in_transit') asset.in_transit += change;
  else if (kind === 'pool') asset.pool.cash += change;
  else if (kind === 'free') changeEntry(state.accounts[Number(owner)].free, symbol, change);
  else asset.tokens.get(owner)[kind] += change;
}

/** One posting (CU-1): held balances grow by a debit, owed ones by a credit. */
export function post({ state, events }, debit, credit, symbol, amount, reason) {
  if (amount === 0n) return;
  const isHeld = (name) => name === 'in_transit' || name.startsWith('custody:');
  changeBalance(state, symbol, debit, isHeld(debit) ? amount : -amount);
  changeBalance(state, symbol, credit, isHeld(credit) ? -amount : amount);
  events.push({ type: 'posting', debit, credit, asset: symbol, amount: String(amount), reason });
}

/** Changes the signed shares of an account (MM-2), with the event; only a settlement may move no share (CF-5). */
export function moveShares({ state, events }, id, symbol, change, reason) {
  changeEntry(state.accounts[Number(id)].shares, symbol, change);
  events.push({ type: 'shares_moved', account: String(id), asset: symbol, shares: String(change), reason });
}

/** Changes what an account has unsettled (ST-1), with the event. */
export function credit({ state, events }, id, market, amount, source) {
  if (amount === 0n) return;
  byId(state.accounts, id).unsettled += amount;
  events.push({ type: 'unsettled', account: String(id), market, amount: String(amount), source });
}

/** Whether `perform` does something, which it answers; if not, all is as it was. */
export function attempt(run, perform) {
  const [state, count] = [structuredClone(run.state), run.events.length];
  if (perform()) return true;
  run.state = state;
  run.events.length = count;
  return false;
}

/** Stage 1 of CU-4, CU-5 and MM-11 to MM-14, of which those of an owner are refused to a reserved account. */
export function firstStage(state, { account: id, asset: symbol, chain, amount }, isOwners) {
  const account = byId(state.accounts, id);
  const asset = state.assets.get(symbol);
  const token = asset?.tokens.get(chain);
  stage({
    amount_not_positive: amount !== 'all' && amount <= 0n, out_of_range: amount !== 'all' && !isInRange(amount),
    account_unknown: !account, account_reserved: isOwners && isReserved(id), asset_unknown: !asset,
    chain_unknown: chain !== undefined && asset && !token,
  });
  return { account, asset, token };
}
