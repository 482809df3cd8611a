// Who bears the rest: the insurance (LQ-8), bankruptcies (LQ-9), the due list worked off (LQ-10).

import { conversionConditions, convert } from './conversion.mjs';
import { payLenders } from './deleveraging.mjs';
import { dueConditions, dueList, dueStages, isDue, isPriced } from './due.mjs';
import { repayOwn, takeStep } from './ladder.mjs';
import { floorDivide, max, min, sum } from '../numbers.mjs';
import { stage, violatedBy } from '../outcomes.mjs';
import { borrowShares, burnBorrow, claimOf, debtOf } from '../pool.mjs';
import { due, positionsOf, unrealized } from '../positions.mjs';
import { marginStage } from '../relevance.mjs';
import { attempt, available, byId, credit, entry, firstStage, moveShares, post } from '../state.mjs';
import { INSURANCE, passFund, passLend, quoteWorth, resources } from './takeover.mjs';

// LQ-8
export function fundInsurance(run, action) {
  const { account: id, asset: symbol, amount } = action;
  const { account } = firstStage(run.state, action, true);
  stage({ insufficient_funds: available(account, symbol) < amount });
  post(run, `free:${id}`, `free:${INSURANCE}`, symbol, amount, 'insurance_funded');
  repayOwn(run, INSURANCE, symbol, 'insurance_funded');
  marginStage(run, id, 'withdrawal_price_age');
}

// LQ-9
const owes = (state, id, symbol) => debtOf(byId(state.accounts, id), symbol, state.assets.get(symbol).pool);

/** The insurance pays of a debt in the settlement asset; what it takes from the budget. */
function coverSettlement(run, { id, symbol, allowed, owed }) {
  const { state } = run;
  const { pool } = state.assets.get(symbol);
  const insurance = byId(state.accounts, INSURANCE);
  const part = min(allowed, owed, entry(insurance.free, symbol) + claimOf(insurance, symbol, pool));
  const cash = min(part, entry(insurance.free, symbol));
  if (cash > 0n) {
    const shares = borrowShares(byId(state.accounts, id), symbol);
    moveShares(run, id, symbol, burnBorrow(shares, pool, cash), 'insurance');
    post(run, `free:${INSURANCE}`, 'pool', symbol, cash, 'insurance');
  }
  const lent = min(part - cash, claimOf(insurance, symbol, pool));
  passLend(run, { from: INSURANCE, to: id, symbol, reason: 'insurance' }, lent);
  return part;
}

/** The insurance pays lenders of another asset; what it takes from the budget. */
function coverOther(run, { id, symbol, allowed }) {
  const { state } = run;
  const before = resources(state);
  payLenders(run, { id, payer: INSURANCE, symbol, reason: 'insurance' }, quoteWorth(state, allowed));
  return before - resources(state);
}

/** The debt that is left is written off: the reserve bears it, then the lenders. */
function writeOff(run, id, symbol) {
  const { state } = run;
  const { pool } = state.assets.get(symbol);
  const shares = borrowShares(byId(state.accounts, id), symbol);
  if (shares === 0n || !state.system.non_recourse) return { reserve: 0n, spread: 0n };
  const principal = floorDivide(shares * pool.borrowed, pool.borrow_shares);
  const reserve = min(pool.reserve, principal);
  pool.borrowed -= principal;
  pool.borrow_shares -= shares;
  pool.reserve -= reserve;
  const atOnce = min(pool.lent, principal - reserve);
  pool.lent -= atOnce;
  pool.unearned -= principal - reserve - atOnce;
  moveShares(run, id, symbol, shares, 'bankruptcy');
  return { reserve, spread: principal - reserve };
}

function reportResolved({ events }, id, asset, liability, amounts) {
  const atoms = Object.entries(amounts).map(([name, amount]) => [name, String(amount)]);
  events.push({ type: 'bankruptcy_resolved', account: String(id), asset, liability, ...Object.fromEntries(atoms) });
}

/** A debt to a pool; what is left of the budget. */
function resolvePool(run, id, symbol, budget) {
  const { state, events } = run;
  const count = events.length;
  const owed = owes(state, id, symbol);
  const debt = { id, symbol, owed, allowed: min(budget, resources(state)) };
  const used = (symbol === state.system.settlement_asset ? coverSettlement : coverOther)(run, debt);
  const insurance = owed - owes(state, id, symbol);
  const borne = writeOff(run, id, symbol);
  if (events.length > count) reportResolved(run, id, symbol, 'pool', { owed, insurance, ...borne });
  return max(budget - used, 0n);
}

const gainOf = ({ market, position }) => unrealized(position, market) - due(position, market);

/** The claims on the fund: what accounts have won in all, their losses taken off. */
const claimsOf = (state) => state.accounts.map((account, place) => ({
  id: BigInt(place), amount: account.unsettled + sum(positionsOf(state, account).map(gainOf)),
})).filter(({ amount }) => amount > 0n);

/** An account bears its part: from what is unsettled, then from its gains in order of markets. */
function bear(run, id, part) {
  const { state, events } = run;
  const account = byId(state.accounts, id);
  const unsettled = min(part, max(account.unsettled, 0n));
  credit(run, id, '', -unsettled, 'SystemLiabilityTransfer');
  let left = part - unsettled;
  for (const own of positionsOf(state, account)) {
    const amount = min(left, max(gainOf(own), 0n));
    if (amount === 0n) continue;
    own.position.cost += amount;
    left -= amount;
    events.push({ type: 'loss_spread', account: String(id), market: own.symbol, amount: String(amount) });
  }
}

function spreadLoss(run, loss) {
  const claims = claimsOf(run.state);
  const total = sum(claims.map(({ amount }) => amount));
  let soFar = 0n;
  for (const { id, amount } of claims) {
    bear(run, id, floorDivide(loss * (soFar + amount), total) - floorDivide(loss * soFar, total));
    soFar += amount;
  }
}

function resolveFund(run, id, budget) {
  const { state } = run;
  const owed = -byId(state.accounts, id).unsettled;
  if (owed <= 0n) return;
  const covered = min(owed, budget, resources(state));
  passFund(run, id, INSURANCE, covered);
  const rest = state.system.non_recourse ? owed - covered : 0n;
  if (rest > 0n) {
    credit(run, id, '', rest, 'SystemLiabilityTransfer');
    spreadLoss(run, rest);
  }
  if (covered > 0n || rest > 0n) {
    const { settlement_asset } = state.system;
    reportResolved(run, id, settlement_asset, 'fund', { owed, insurance: covered, reserve: 0n, spread: rest });
  }
}

/** What an account owes ends; whether anything does. */
function resolve(run, id) {
  const { state, events } = run;
  const count = events.length;
  let budget = state.system.insurance_limit;
  for (const [symbol, asset] of state.assets) {
    if (owes(state, id, symbol) > 0n && isPriced(state, asset)) budget = resolvePool(run, id, symbol, budget);
  }
  resolveFund(run, id, budget);
  return events.length > count;
}

/** Whether a step is possible, of whatever range its result. */
function isSteppable(run, id) {
  let isPossible;
  attempt(run, () => {
    isPossible = takeStep(run, id);
    return false;
  });
  return isPossible;
}

const hasLots = (state, id) => [...byId(state.accounts, id).positions.values()].some(({ lots }) => lots !== 0n);

export function resolveBankruptcy(run, { account }) {
  dueStages(run.state, account);
  stage({ not_bankrupt: hasLots(run.state, account) || isSteppable(run, account) });
  stage({ nothing_to_liquidate: !resolve(run, account) });
}

// LQ-10
/** Tells of an account that would be due but for a price. */
function reportHeldBack({ state, events }, id) {
  const [code, ...others] = violatedBy(dueConditions(state, id));
  if (!code && hasLots(state, id)) events.push({ type: 'liquidation_held_back', account: String(id), code: 'price_stale' });
  if (code && ![code, ...others].includes('not_liquidatable')) {
    events.push({ type: 'liquidation_held_back', account: String(id), code });
  }
}

/** Who owes the fund, the largest debt first; a stable sort leaves equal ones by id. */
const owing = ({ accounts }) => accounts.map(({ unsettled }, place) => ({ id: BigInt(place), unsettled }))
  .filter(({ id, unsettled }) => id > INSURANCE && unsettled < 0n)
  .sort((left, right) => (left.unsettled < right.unsettled ? -1 : Number(left.unsettled > right.unsettled)))
  .map(({ id }) => id);

export function runRisk(run, { steps }) {
  stage({ amount_not_positive: steps <= 0n, out_of_range: steps > 10000n });
  stage({ liquidation_paused: run.state.time < run.state.liquidation_time });
  let left = steps;
  const due = dueList(run.state);
  for (const id of due) {
    let isAsking = false; // for quotes, which somebody else must give
    while (left > 0n && !isAsking && isDue(run.state, id) && (takeStep(run, id) || (!hasLots(run.state, id) && resolve(run, id)))) {
      left -= 1n;
      isAsking = run.events.at(-1).type === 'request_opened';
    }
    if (left > 0n && !isAsking) reportHeldBack(run, id);
  }
  for (const id of owing(run.state)) {
    const [code] = violatedBy(conversionConditions(run.state, id));
    if (code && left > 0n && !due.includes(id)) {
      run.events.push({ type: 'liquidation_held_back', account: String(id), code });
    }
    let isAsking = false;
    while (left > 0n && !code && !isAsking && convert(run, id)) {
      left -= 1n;
      isAsking = run.events.at(-1).type === 'request_opened';
    }
  }
}
