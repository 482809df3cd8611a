// Settlement: ST-2 to ST-6. Atoms are those of the settlement asset, the pool is its pool. The run gets a `fund`: what was paid
// into the liquidity fund less what it paid out.

import { borrowConditions, lendConditions, takeBorrow, takeRepay } from './money_market.mjs';
import { floorDivide, max, min, RATIO, sum, YEAR } from './numbers.mjs';
import { stage, violatedBy } from './outcomes.mjs';
import { borrowMinted, burnBorrow, burnLend, claim, claimOf, debtOf, lendShares, mintLend } from './pool.mjs';
import { health, isAdmissible, isLiquidatable, settlementAsset } from './portfolio.mjs';
import { dropIfEmpty, isActive, positionsOf, settleFunding, unrealized, worth } from './positions.mjs';
import { available, byId, credit, moveShares, post } from './state.mjs';

const symbolOf = ({ system }) => system.settlement_asset;
const poolOf = (state) => settlementAsset(state).pool;
/** The positions of an account as they are now: a step may have dropped some. */
const positionsNow = ({ state }, id) => positionsOf(state, byId(state.accounts, id));

// ST-2
export function settle(run) {
  const { state } = run;
  const { settlement_interval } = state.system;
  stage({ asset_unknown: !settlementAsset(state), too_early: state.time - state.settlement_time < settlement_interval });
  state.settlement_time = state.time;
  const ids = state.accounts.flatMap((account, id) => (isActive(account) ? [BigInt(id)] : []));
  run.fund = 0n;
  chargeUnpaid(run, ids);
  const waiting = ids.flatMap((id) => mark(run, id));
  for (const id of ids) {
    release(run, id);
    collect(run, id);
  }
  distribute(run, ids, waiting);
  cull(run, ids);
  for (const id of ids) noteUnpaid(state, id);
}

// ST-10
/** What stayed unpaid pays for the time since the last settlement, and whole atoms of it go to those who waited. */
function chargeUnpaid({ state, events }, ids) {
  const accounts = ids.map((id) => byId(state.accounts, id));
  const owed = accounts.map(({ unpaid, unsettled }) => max(min(-unpaid.amount, -unsettled) - unpaid.interest, 0n) * state.unpaid_rate_time);
  const earned = inProportion(sum(owed), accounts.map(({ unpaid }) => max(unpaid.amount, 0n)));
  const carries = accounts.map(({ unpaid }, place) => unpaid.carry - owed[place] + earned[place]);
  const charged = carries.map((carry) => max(-carry, 0n) / (RATIO * YEAR));
  const gained = inProportion(sum(charged), carries.map((carry) => max(carry, 0n)));
  for (const [place, account] of accounts.entries()) {
    const booked = gained[place] - charged[place];
    account.unpaid.interest += charged[place];
    account.unpaid.carry = carries[place] - booked * RATIO * YEAR;
    credit({ state, events }, ids[place], '', booked, 'UnpaidInterest');
  }
  state.unpaid_rate_time = 0n;
}

function noteUnpaid(state, id) {
  const account = byId(state.accounts, id);
  const amount = account.unsettled + sum(positionsOf(state, account).map(({ market, position }) => unrealized(position, market)));
  account.unpaid.amount = amount;
  account.unpaid.interest = min(account.unpaid.interest, max(-amount, 0n));
}

/** To each amount what the running total of the shares, rounded down, grows by (ST-3). */
function inProportion(available, amounts) {
  const total = sum(amounts);
  let soFar = 0n;
  return amounts.map((amount) => {
    if (available === 0n) return 0n;
    soFar += amount;
    return floorDivide(available * soFar, total) - floorDivide(available * (soFar - amount), total);
  });
}

/** Step 1; the gains that wait for step 3. */
function mark(run, id) {
  const { auto_realize } = byId(run.state.accounts, id).settings;
  const gains = positionsNow(run, id).map(({ symbol, market, position }) => {
    noteInterest(run, id, symbol, position);
    settleFunding(run, id, symbol);
    const gain = unrealized(position, market);
    position.cost += gain;
    if (auto_realize) credit(run, id, symbol, gain, 'CulledRealizePnlAuto');
    return { id, symbol, claim: gain };
  });
  return auto_realize ? [] : waitingOf(run, id, gains);
}

/** A virtual account takes its losses; what it won and lost itself meets first. */
function waitingOf(run, id, gains) {
  let own = 0n; // of its losses, what its gains may still get
  for (const { symbol, claim: gain } of gains) {
    const loss = offset(run, id, symbol, min(gain, 0n), 'VirtualLoss') - min(gain, 0n);
    if (loss > 0n) loseVirtually(run, id, symbol, loss, 'VirtualLoss');
    own += loss;
  }
  return gains.flatMap(({ symbol, claim: gain }) => {
    const part = min(own, max(gain, 0n));
    gainVirtually(run, id, symbol, part, 'VirtualGain');
    own -= part;
    const left = max(gain, 0n) - part;
    const waiting = left - offset(run, id, symbol, left, 'VirtualGain');
    return waiting > 0n ? [{ id, symbol, claim: waiting }] : [];
  });
}

/** Sets a gain, or below zero a loss, against what is unsettled of the other sign; the part of it. */
function offset(run, id, symbol, gain, source) {
  const { unsettled } = byId(run.state.accounts, id);
  const part = min(max(gain, min(-unsettled, 0n)), max(-unsettled, 0n));
  credit(run, id, symbol, part, source);
  return part;
}

// ST-6
function noteInterest({ state, events }, id, market, position) {
  const earned = worth(position.virtual, poolOf(state)) - position.virtual_value;
  if (earned === 0n) return;
  position.interest += earned;
  position.virtual_value += earned;
  events.push({ type: 'virtual_interest', account: String(id), market, amount: String(earned) });
}

// ST-4
/** Changes the virtual shares of a position, with the event, also of shares worth no atom; the pool has moved before. */
export function moveVirtual({ state, events }, id, market, shares, amount, source) {
  const account = byId(state.accounts, id);
  const position = account.positions.get(market);
  position.virtual += shares;
  position.virtual_value = worth(position.virtual, poolOf(state));
  events.push({
    type: 'virtual_moved', account: String(id), market, shares: String(shares), amount: String(amount), source,
  });
  dropIfEmpty(account, market);
}

/** A virtual loss: paid into the fund. */
function loseVirtually(run, id, symbol, amount, source) {
  const pool = poolOf(run.state);
  const lending = max(byId(run.state.accounts, id).positions.get(symbol).virtual, 0n);
  const part = min(amount, claim(lending, pool));
  const burned = burnLend(lending, pool, part);
  const borrowed = amount - part;
  const minted = borrowed > 0n ? borrowMinted(pool, borrowed) : 0n;
  pool.borrowed += borrowed;
  pool.borrow_shares += minted;
  run.fund += amount;
  moveVirtual(run, id, symbol, -burned - minted, -amount, source);
}

/** A virtual gain: paid out of the fund. */
function gainVirtually(run, id, symbol, amount, source) {
  if (amount === 0n) return;
  const pool = poolOf(run.state);
  const { virtual } = byId(run.state.accounts, id).positions.get(symbol);
  const part = min(amount, max(-worth(virtual, pool), 0n));
  const burned = part > 0n ? burnBorrow(-virtual, pool, part) : 0n;
  const minted = amount > part ? mintLend(pool, amount - part) : 0n;
  run.fund -= amount;
  moveVirtual(run, id, symbol, burned + minted, amount, source);
}

/** The source with which the virtual shares of a position end, or undefined. */
function endingSource({ state }, id, { lots }) {
  if (lots === 0n) return 'RealizePnl';
  return byId(state.accounts, id).settings.auto_realize ? 'CulledRealizePnlAuto' : undefined;
}

/** Virtual lends that end repay the account's own debt, the rest becomes its own lend. */
function release(run, id) {
  const { state } = run;
  const account = byId(state.accounts, id);
  const asset = symbolOf(state);
  const pool = poolOf(state);
  for (const { symbol, position } of positionsNow(run, id)) {
    const source = endingSource(run, id, position);
    if (position.virtual <= 0n || !source) continue;
    const part = min(debtOf(account, asset, pool), worth(position.virtual, pool));
    if (part > 0n) {
      moveVirtual(run, id, symbol, -burnLend(position.virtual, pool, part), -part, source);
      takeRepay(run, id, asset, part, 'settlement_repay');
    }
    if (position.virtual > 0n && worth(position.virtual, pool) === 0n) {
      pool.lend_shares -= position.virtual;
      moveVirtual(run, id, symbol, -position.virtual, 0n, source); // a lend without a claim would stand in the way of a borrow
    } else if (position.virtual > 0n && debtOf(account, asset, pool) === 0n) {
      const shares = position.virtual;
      moveVirtual(run, id, symbol, -shares, -worth(shares, pool), source);
      moveShares(run, id, asset, shares, 'settlement_lend');
    }
  }
}

// ST-3
/** An account pays up to `amount` into the fund; what it paid. */
function pay(run, id, amount, mayBorrow) {
  const { state } = run;
  const account = byId(state.accounts, id);
  const asset = symbolOf(state);
  const pool = poolOf(state);
  const cash = min(available(account, asset), amount);
  post(run, `free:${id}`, 'pool', asset, cash, 'settlement');
  const redeemed = min(claimOf(account, asset, pool), amount - cash);
  if (amount > cash && lendShares(account, asset) > 0n) { // a lend without a claim would stand in the way of the borrow
    moveShares(run, id, asset, -burnLend(lendShares(account, asset), pool, redeemed), 'settlement_redeem');
  }
  const rest = amount - cash - redeemed;
  const { auto_borrow_settlements } = account.settings;
  const borrows = rest > 0n && mayBorrow && (auto_borrow_settlements || isOfferedInVain(state, id)) &&
    mayTake(state, id, rest, amount);
  if (borrows) takeBorrow(run, id, asset, rest, 'settlement_borrow');
  const paid = borrows ? amount : cash + redeemed;
  run.fund += paid;
  return paid;
}

// ST-9
/** Whether quotes for the collateral were asked for and none came, and that is not longer ago than it lasted. */
function isOfferedInVain({ time, requests, system: { request_lifetime } }, id) {
  const last = requests.findLast(({ account, kind }) => account === id && kind === 'CollateralConversion');
  return last?.status === 'open' && last.expires <= time && time < last.expires + request_lifetime;
}

/** What a settlement now could not take from an account; nothing of one that is due. */
export function owedBeyondDollars(state, id) {
  const owed = max(-byId(state.accounts, id).unsettled, 0n);
  if (owed === 0n || isLiquidatable(health(state, id))) return 0n;
  const trial = { state: structuredClone(state), events: [], fund: 0n };
  return owed - pay(trial, id, owed, true);
}

// ST-3
/** Whether the account may borrow the `rest` of the `amount` that it is to pay: judged as if what it pays were settled. */
function mayTake(state, id, rest, amount) {
  const asset = symbolOf(state);
  const { insufficient_supply, ...conditions } = borrowConditions(state, id, asset, rest);
  if (violatedBy(conditions).length > 0) return false;
  const trial = { state: structuredClone(state), events: [] };
  const { uncounted_gain } = health(trial.state, id);
  const before = creditedHealth(trial.state, id, amount - rest, uncounted_gain);
  takeBorrow(trial, id, asset, rest, 'settlement_borrow');
  const after = creditedHealth(trial.state, id, amount, uncounted_gain);
  return after.equity >= 0n && isAdmissible(before, after);
}

/** The health with that much more unsettled, and a given part of the gains that does not count. */
function creditedHealth(state, id, credited, uncounted_gain) {
  const account = byId(state.accounts, id);
  account.unsettled += credited;
  const result = { ...health(state, id), uncounted_gain };
  account.unsettled -= credited;
  return result;
}

/** The fund was paid by an account, or paid it, and `unsettled` follows, with the event. */
function settleAccount({ state, events }, id, amount) {
  const account = byId(state.accounts, id);
  account.unsettled -= amount;
  events.push({ type: 'settled', account: String(id), amount: String(amount), unpaid: String(account.unsettled) });
}

/** An account pays what it owes the fund and the virtual debts that end. */
function collect(run, id) {
  const pool = poolOf(run.state);
  const owed = max(-byId(run.state.accounts, id).unsettled, 0n);
  const ending = positionsNow(run, id).filter(({ position }) => position.virtual < 0n && endingSource(run, id, position))
    .map(({ symbol, position }) => ({ symbol, debt: -worth(position.virtual, pool), source: endingSource(run, id, position) }));
  const amount = owed + sum(ending.map(({ debt }) => debt));
  if (amount === 0n) return;
  const paid = pay(run, id, amount, true);
  if (owed > 0n) settleAccount(run, id, -min(paid, owed));
  let left = paid - min(paid, owed);
  for (const { symbol, debt, source } of ending) {
    gainVirtually(run, id, symbol, min(left, debt), source);
    left -= min(left, debt);
  }
}

/** All that the fund holds goes to the claims. */
function distribute(run, ids, waiting) {
  const claims = ids.flatMap((id) => {
    const { unsettled } = byId(run.state.accounts, id);
    const own = unsettled > 0n ? [{ id, claim: unsettled }] : [];
    return [...own, ...waiting.filter((claimed) => claimed.id === id)];
  });
  const parts = inProportion(run.fund, claims.map((claimed) => claimed.claim));
  for (const [place, { id, symbol, claim: claimed }] of claims.entries()) {
    const part = parts[place];
    if (symbol === undefined) receive(run, id, part);
    else {
      gainVirtually(run, id, symbol, part, 'VirtualGain');
      byId(run.state.accounts, id).positions.get(symbol).cost -= claimed - part;
    }
  }
}

/** An account is paid its part. */
function receive(run, id, part) {
  const { state } = run;
  const account = byId(state.accounts, id);
  const asset = symbolOf(state);
  const pool = poolOf(state);
  const repaid = min(part, debtOf(account, asset, pool));
  if (repaid > 0n) takeRepay(run, id, asset, repaid, 'settlement_repay');
  const rest = part - repaid;
  const { insufficient_funds, ...conditions } = lendConditions(state, id, asset, rest);
  const lends = account.settings.auto_lend && violatedBy(conditions).length === 0;
  const cash = lends ? 0n : min(rest, pool.cash);
  post(run, 'pool', `free:${id}`, asset, cash, 'settlement');
  if (rest > cash) moveShares(run, id, asset, mintLend(pool, rest - cash), 'settlement_lend');
  run.fund -= part;
  settleAccount(run, id, part);
}

// ST-5
/** The virtual debts of these accounts, the largest first; a stable sort leaves equal ones by account and market. */
function virtualDebts(run, ids) {
  const debts = ids.flatMap((id) => positionsNow(run, id).map(({ symbol, position }) =>
    ({ id, symbol, debt: -worth(position.virtual, poolOf(run.state)) })));
  const bySize = (left, right) => (left.debt > right.debt ? -1 : Number(left.debt < right.debt));
  return debts.filter(({ debt }) => debt > 0n).sort(bySize);
}

/** The account pays up to `amount` of a virtual debt, valued by now; what it paid. */
function realize(run, { id, symbol }, amount, mayBorrow, source) {
  const held = positionsNow(run, id).find((own) => own.symbol === symbol);
  const asked = min(amount, held ? -worth(held.position.virtual, poolOf(run.state)) : 0n);
  if (asked <= 0n) return 0n;
  const paid = pay(run, id, asked, mayBorrow);
  gainVirtually(run, id, symbol, paid, source);
  return paid;
}

function cullAbove(run, ids, limit, source) {
  const debts = virtualDebts(run, ids);
  let excess = sum(debts.map(({ debt }) => debt)) - limit;
  for (const owed of debts) excess -= realize(run, owed, excess, true, source);
}

function cull(run, ids) {
  const { account_virtual_limit, system_virtual_limit, book_utilization_limit } = run.state.system;
  for (const id of ids) cullAbove(run, [id], account_virtual_limit, 'CulledRealizePnlAccountThreshold');
  cullAbove(run, ids, system_virtual_limit, 'CulledRealizePnlSystemThreshold');
  const pool = poolOf(run.state);
  for (const owed of virtualDebts(run, ids)) {
    const allowed = floorDivide((pool.lent + pool.unearned) * book_utilization_limit, RATIO);
    realize(run, owed, pool.borrowed - allowed, false, 'CulledRealizePnlBookUtilisation');
  }
}
