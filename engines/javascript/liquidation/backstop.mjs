// Takeover by the backstop: LQ-6.

import { zeroPrice } from './due.mjs';
import { beginStep } from './orders.mjs';
import { absolute, ceilDivide, floorDivide, max, min, sum } from '../numbers.mjs';
import { debtOf } from '../pool.mjs';
import { health, meetsInitial } from '../portfolio.mjs';
import { setCapacity } from '../programs.mjs';
import { attempt, byId } from '../state.mjs';
import { passDebt, passFund, passLots, payInKind, quoteValue } from './takeover.mjs';

/** The providers for an account in their order. */
function providersFor(state, id) {
  const userOf = (of) => byId(state.accounts, of).user;
  return [...state.backstops].map(([account, capacity]) => ({ provider: BigInt(account), capacity }))
    .filter(({ provider }) => userOf(provider) !== userOf(id))
    .sort((left, right) => (left.provider < right.provider ? -1 : 1));
}

/** What is taken in proportion to the capacities: the largest remainders get the units that rounding leaves. */
function portions(taken, capacities) {
  const total = sum(capacities);
  const parts = capacities.map((capacity) => floorDivide(taken * capacity, total));
  const remainder = (place) => (taken * capacities[place]) % total;
  const places = capacities.map((_, place) => place)
    .sort((left, right) => (remainder(left) > remainder(right) ? -1 : Number(remainder(left) < remainder(right))));
  for (const place of places.slice(0, Number(taken - sum(parts)))) parts[place] += 1n;
  return parts;
}

/** Lots of the position; the notional that is used up. */
function takeLots(run, { id, judged }, { symbol, size }, provider, part) {
  const { mark_price } = run.state.markets.get(symbol);
  const price = zeroPrice(mark_price, judged, size > 0n);
  passLots(run, { symbol, from: id, to: provider, source: 'BackstopProviderLiquidation' }, size > 0n ? part : -part, price);
  return quoteValue(run.state, part * mark_price);
}

/** A part of the debt, paid for in kind; the notional that is used up, undefined if it cannot be paid. */
function takeDebt(run, { id, judged }, { symbol, fund }, provider, part) {
  const { state } = run;
  const account = byId(state.accounts, id);
  const { price, pool, parameters } = state.assets.get(symbol);
  const ofPool = min(part, debtOf(account, symbol, pool));
  const ofFund = fund > 0n ? min(part - ofPool, max(-account.unsettled, 0n)) : 0n;
  const worth = ceilDivide((ofPool + ofFund) * price, parameters.lot_atoms);
  const value = worth + floorDivide(worth * judged.equity, judged.exposure);
  const way = { from: id, to: provider, symbol, reason: 'liquidation_backstop' };
  passDebt(run, way, ofPool);
  passFund(run, id, provider, ofFund);
  return payInKind(run, way, value) > 0n ? undefined : worth;
}

/** One round: everybody with a part bears it, or the accounts that cannot are added to `refusing`. */
function goRound(run, who, target, providers, refusing) {
  const { size, fund, notional } = target;
  const capacities = providers.map(({ capacity }) => capacity);
  const taken = floorDivide((absolute(size) + fund) * min(sum(capacities), notional), notional);
  const parts = portions(taken, capacities);
  beginStep(run, who.id, 'LiquidatePositionOnBackstop');
  providers.forEach(({ provider, capacity }, place) => {
    const bears = parts[place] === 0n || attempt(run, () => {
      const used = (target.market ? takeLots : takeDebt)(run, who, target, provider, parts[place]);
      if (used === undefined) return false;
      setCapacity(run.state, provider, max(capacity - used, 0n));
      return meetsInitial(health(run.state, provider));
    });
    if (!bears) refusing.add(provider);
  });
  return refusing.size === 0 && taken > 0n;
}

export function handToBackstop(run, who, target) {
  if (who.judged.equity <= 0n || target.notional === 0n) return false;
  let providers = providersFor(run.state, who.id);
  while (providers.length > 0) {
    const refusing = new Set();
    if (attempt(run, () => goRound(run, who, target, providers, refusing))) return true;
    if (refusing.size === 0) return false;
    providers = providers.filter(({ provider }) => !refusing.has(provider));
  }
  return false;
}
