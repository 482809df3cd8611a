// Liquidation: the ladder (LQ-2), its first two rungs (LQ-3). The rungs after them are in modules of their own.

import { handToBackstop } from './backstop.mjs';
import { end } from '../trading/book.mjs';
import { deleverage, deleverageLends, takeInKind } from './deleveraging.mjs';
import { dueStages, targets } from './due.mjs';
import { askForQuotes, beginStep, buyBack, convert, reducePosition } from './orders.mjs';
import { doRepay, repayConditions } from '../money_market.mjs';
import { max, min } from '../numbers.mjs';
import { stage, violatedBy } from '../outcomes.mjs';
import { claimOf, debtOf } from '../pool.mjs';
import { health, settlementAsset } from '../portfolio.mjs';
import { positionsOf, worth } from '../positions.mjs';
import { moveVirtual } from '../settlement.mjs';
import { attempt, byId, entry, post } from '../state.mjs';
import { INSURANCE, joinShares, passFund, passLend } from './takeover.mjs';

// LQ-3
function endOrders(run, id) {
  const ids = [...byId(run.state.accounts, id).orders].sort((left, right) => (left < right ? -1 : 1));
  if (ids.length === 0) return false;
  beginStep(run, id, 'CancelOrders');
  for (const order of ids) end(run, order, 'expired', 'liquidation');
  return true;
}

/** Virtual shares without lots become the account's own. */
function ownVirtual(run, id) {
  const { state } = run;
  for (const { symbol, position } of positionsOf(state, byId(state.accounts, id)).filter((own) => own.position.lots === 0n)) {
    const { settlement_asset } = state.system;
    const shares = position.virtual;
    moveVirtual(run, id, symbol, -shares, -worth(shares, settlementAsset(state).pool), 'SystemLiabilityTransfer');
    joinShares(run, id, settlement_asset, shares, 'liquidation_repay');
  }
}

/** What an account owes of an asset is repaid from what it has free. */
export function repayOwn(run, id, symbol, reason) {
  const { state } = run;
  const account = byId(state.accounts, id);
  const amount = min(debtOf(account, symbol, state.assets.get(symbol).pool), entry(account.free, symbol));
  if (amount === 0n || violatedBy(repayConditions(state, id, symbol, amount)).length > 0) return;
  doRepay(run, id, symbol, amount, reason);
}

/** What the account owes the fund goes to the insurance, with what pays it. */
function payFund(run, id) {
  const { state } = run;
  const { settlement_asset: symbol } = state.system;
  const account = byId(state.accounts, id);
  const owed = max(-account.unsettled, 0n);
  if (owed === 0n) return;
  const part = min(owed, entry(account.free, symbol));
  post(run, `free:${id}`, `free:${INSURANCE}`, symbol, part, 'liquidation_repay');
  const lent = min(owed - part, claimOf(account, symbol, settlementAsset(state).pool));
  passLend(run, { from: id, to: INSURANCE, symbol, reason: 'liquidation_repay' }, lent);
  passFund(run, id, INSURANCE, part + lent);
}

const payOwn = (run, id) => attempt(run, () => {
  beginStep(run, id, 'PayOwn');
  const count = run.events.length;
  ownVirtual(run, id);
  for (const symbol of run.state.assets.keys()) repayOwn(run, id, symbol, 'liquidation_repay');
  payFund(run, id);
  return run.events.length > count;
});

// LQ-2
/** Rungs 3 to 6: what each tries for a position, and for a debt. */
const BOOKS = [
  { position: [reducePosition], debt: [buyBack, convert] },
  { position: [], debt: [askForQuotes] },
];
const OTHERS = [
  { position: [handToBackstop], debt: [handToBackstop] },
  { position: [deleverage], debt: [deleverageLends, takeInKind] },
];

/** One step of the ladder; whether there is one. */
export function takeStep(run, id) {
  if (endOrders(run, id) || payOwn(run, id)) return true;
  const who = { id, judged: health(run.state, id) };
  const reduced = targets(run.state, id);
  const rungs = who.judged.equity > who.judged.auto_close ? [...BOOKS, ...OTHERS] : OTHERS;
  return rungs.some((rung) => reduced.some((target) =>
    rung[target.market ? 'position' : 'debt'].some((perform) => perform(run, who, target))));
}

export function liquidate(run, { account }) {
  dueStages(run.state, account);
  stage({ nothing_to_liquidate: !takeStep(run, account) });
}
