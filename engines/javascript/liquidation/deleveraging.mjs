// Deleveraging: LQ-7.

import { zeroPrice } from './due.mjs';
import { beginStep } from './orders.mjs';
import { absolute, ceilDivide, floorDivide, max, min, RATIO, sum } from '../numbers.mjs';
import { claimOf, debtOf } from '../pool.mjs';
import { assetLines, collateralValue, health, isLiquidatable } from '../portfolio.mjs';
import { lotsOf } from '../positions.mjs';
import { attempt, byId } from '../state.mjs';
import {
  affordable, INSURANCE, means, passDebt, passFund, passLend, passLots, payInKind, quoteWorth, resources, worthOf,
} from './takeover.mjs';

// A position
/** Where a counterparty stands: the profit times the leverage comes first. */
function keyOf(state, id, symbol) {
  const { mark_price } = state.markets.get(symbol);
  const { lots, entry_cost } = byId(state.accounts, id).positions.get(symbol);
  const { equity, exposure } = health(state, id);
  const gain = lots * mark_price - entry_cost;
  const ratio = floorDivide(gain * RATIO, max(absolute(entry_cost), 1n));
  if (equity <= 0n) return [2n, 0n];
  return gain > 0n ? [0n, -floorDivide(ratio * exposure, equity)] : [1n, -ratio];
}

/** The counterparties of a position in their order; a stable sort leaves equal ones by id. */
function counterparties(state, symbol, size) {
  const opposite = state.accounts.flatMap((account, id) =>
    (lotsOf(account, symbol) * size < 0n ? [{ id: BigInt(id), key: keyOf(state, BigInt(id), symbol) }] : []));
  const compare = (left, right) => (left < right ? -1 : Number(left > right));
  return opposite.sort(({ key: left }, { key: right }) => compare(left[0], right[0]) || compare(left[1], right[1]))
    .map(({ id }) => id);
}

/** The price for a counterparty: the zero price, as far as it lies on its side of the mark or its own equity goes. */
function bornePrice(state, counterparty, mark, zero, isLong) {
  const bearable = () => zeroPrice(mark, health(state, counterparty), !isLong);
  if (isLong) return zero <= mark ? zero : max(mark, min(zero, bearable()));
  return zero >= mark ? zero : min(mark, max(zero, bearable()));
}

/** Equity; below zero what is missing with all that haircuts set aside. */
function lackingEquity(state, id, { equity }) {
  const lines = assetLines(state, byId(state.accounts, id));
  const aside = sum(lines.map(({ asset, held }) => worthOf(asset, held) - collateralValue(state.system, asset, held)));
  return equity >= 0n ? equity : min(equity + aside, 0n);
}

/** Equity below zero, with what the insurance would cover of it. */
function insuredEquity(state, { equity }) {
  const insured = quoteWorth(state, min(resources(state), state.system.insurance_limit));
  return equity >= 0n ? equity : min(equity + insured, 0n);
}

export function deleverage(run, { id, judged }, { symbol, size }) {
  const { state } = run;
  const { mark_price } = state.markets.get(symbol);
  const isLong = size > 0n;
  const lacking = { ...judged, equity: lackingEquity(state, id, judged) };
  const insured = { ...judged, equity: insuredEquity(state, lacking) };
  const userOf = (account) => byId(state.accounts, account).user;
  beginStep(run, id, 'LiquidatePositionOnAdl');
  let left = absolute(size);
  for (const counterparty of counterparties(state, symbol, size)) {
    const part = min(absolute(lotsOf(byId(state.accounts, counterparty), symbol)), left);
    if (part === 0n) break;
    const zero = zeroPrice(mark_price, userOf(counterparty) === userOf(id) ? lacking : insured, isLong);
    const price = bornePrice(state, counterparty, mark_price, zero, isLong);
    passLots(run, { symbol, from: id, to: counterparty, source: 'BackstopAdlLiquidation' }, isLong ? part : -part, price);
    left -= part;
  }
  return true;
}

// A debt to a pool
/** Whether an account that is not liquidatable becomes so by what is tried on a copy. */
function makesDue({ state }, id, perform) {
  const copy = { state: structuredClone(state), events: [] };
  perform(copy);
  return !isLiquidatable(health(state, id)) && isLiquidatable(health(copy.state, id));
}

/** Closes a debt against lends that `payer` pays for with up to `value` quote atoms; whether anything is closed. */
export function payLenders(run, { id, payer, symbol, reason }, value) {
  const { state } = run;
  const asset = state.assets.get(symbol);
  const { price, pool, parameters } = asset;
  const claimNow = (of) => claimOf(byId(state.accounts, of), symbol, pool);
  const lenders = state.accounts.map((_, place) => ({ lender: BigInt(place), lent: claimNow(BigInt(place)) }))
    .filter(({ lender, lent }) => lent > 0n && lender !== id && lender !== INSURANCE)
    .sort((left, right) => (left.lent > right.lent ? -1 : Number(left.lent < right.lent)));
  let left = value;
  for (const { lender } of lenders) {
    const part = min(debtOf(byId(state.accounts, id), symbol, pool), claimNow(lender), affordable(asset, left));
    if (part === 0n) break;
    const worth = ceilDivide(part * price, parameters.lot_atoms);
    const pay = (on) => {
      payInKind(on, { from: payer, to: lender, reason }, worth);
      passLend(on, { from: lender, to: id, symbol, reason }, part);
    };
    if (makesDue(run, lender, pay)) continue;
    pay(run);
    left -= worth;
  }
  return left < value;
}

export function deleverageLends(run, { id }, { symbol, size }) {
  if (size === 0n) return false;
  return attempt(run, () => {
    beginStep(run, id, 'LendingAdl');
    return payLenders(run, { id, payer: id, symbol, reason: 'liquidation_adl' }, means(run.state, id));
  });
}

/** The insurance takes over a debt to the pool and to the fund. */
export function takeInKind(run, { id }, { symbol, asset, size, fund }) {
  const amount = min(size + fund, affordable(asset, means(run.state, id)));
  if (amount === 0n) return false;
  const way = { from: id, to: INSURANCE, symbol, reason: 'liquidation_in_kind' };
  beginStep(run, id, 'InKind');
  payInKind(run, way, ceilDivide(amount * asset.price, asset.parameters.lot_atoms));
  const ofPool = min(amount, size);
  passDebt(run, way, ofPool);
  passFund(run, id, INSURANCE, amount - ofPool);
  return true;
}
