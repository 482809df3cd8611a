// Which accounts are due for liquidation (LQ-1, LQ-10), and what they are exposed by (LQ-2).

import { markPrice } from '../trading/book.mjs';
import { ceilDivide, floorDivide, max, min, RATIO } from '../numbers.mjs';
import { stage, violatedBy } from '../outcomes.mjs';
import {
  assetLevel, assetLines, health, isAdmitted, isLiquidatable, markLevel, owedValue, positionLines, requirement, settlementAsset,
} from '../portfolio.mjs';
import { lotsOf } from '../positions.mjs';
import { dueFeedConditions } from '../relevance.mjs';
import { byId, isReserved } from '../state.mjs';

// LQ-1
/** Stage 2 */
export function dueConditions(state, id) {
  const found = health(state, id);
  return {
    ...dueFeedConditions(state, id, found), liquidation_paused: state.time < state.liquidation_time,
    not_liquidatable: !isLiquidatable(found),
  };
}

/** Whether a liquidation works on what is owed of an asset. */
export const isPriced = (state, asset) => isAdmitted(assetLevel(state, asset, 'liquidation_price_age'), 'liquidation_price_age');
export const isDue = (state, id) => violatedBy(dueConditions(state, id)).length === 0;

export function dueStages(state, id) {
  stage({ account_unknown: !byId(state.accounts, id), account_reserved: isReserved(id) });
  stage(dueConditions(state, id));
}

/** The price at which what is sold, or bought, takes its share of the equity. */
export function zeroPrice(price, { equity, exposure }, isSold) {
  const share = floorDivide(price * equity, exposure);
  return max(isSold ? price - share : price + share, 1n);
}

// LQ-4
/** The zero price of what a system order trades, the taker's fee included. */
export function limitPrice(state, market, side, judged) {
  const { taker_fee } = market.parameters;
  const zero = zeroPrice(markPrice(state, market), judged, side === 'ask');
  if (side === 'ask') return ceilDivide(zero * RATIO, max(RATIO - taker_fee, 1n));
  return max(floorDivide(zero * RATIO, RATIO + taker_fee), 1n);
}

// LQ-2
/** The targets of an account, in their order: debts have an asset, positions a market. */
export function targets(state, id) {
  const account = byId(state.accounts, id);
  const isOwed = ({ asset, exposed }) => exposed > 0n && isPriced(state, asset);
  const debts = assetLines(state, account).filter(isOwed).map(({ symbol, asset, owed, exposed }) => ({
    symbol, asset, size: owed, fund: exposed - owed, notional: owedValue(asset, exposed), parameters: asset.parameters,
  }));
  const isMarked = (market) => isAdmitted(markLevel(state, market, 'liquidation_price_age'), 'liquidation_price_age');
  const positions = positionLines(state, account).filter(({ symbol, market }) => lotsOf(account, symbol) !== 0n && isMarked(market))
    .map(({ symbol, market, exposed }) => ({
      symbol, market, size: lotsOf(account, symbol), fund: 0n, parameters: market.parameters,
      notional: owedValue(settlementAsset(state), exposed * market.mark_price),
    }));
  const lines = [...debts, ...positions].map(({ parameters: { mmf_base, mmf_factor }, ...line }) =>
    ({ ...line, maintenance: requirement(state.system, mmf_base, mmf_factor, line.notional) }));
  return lines.sort((left, right) => (left.maintenance > right.maintenance ? -1 : Number(left.maintenance < right.maintenance)));
}

// LQ-10
const isCandidate = ({ positions, unsettled, orders, shares }) =>
  positions.size > 0 || unsettled !== 0n || orders.size > 0 || min(0n, ...shares.values()) < 0n;

export const urgencyOf = ({ equity, maintenance }) => floorDivide(equity * RATIO, max(maintenance, 1n));

/** The accounts that are liquidatable, the most urgent first; a stable sort leaves equal ones by id. */
export function dueList(state) {
  const candidates = state.accounts.flatMap((account, id) =>
    (!isReserved(BigInt(id)) && isCandidate(account) ? [{ id: BigInt(id), ...health(state, BigInt(id)) }] : []));
  const urgencies = candidates.filter(isLiquidatable).map((found) => ({ id: found.id, urgency: urgencyOf(found) }));
  return urgencies.sort((left, right) => (left.urgency < right.urgency ? -1 : Number(left.urgency > right.urgency)))
    .map(({ id }) => id);
}
