// Portfolio: PF-1 to PF-10.

import { delivers, isFirm, receives } from './book.mjs';
import { ceilDivide, floorDivide, isqrtUp, max, min, RATIO, sum } from './numbers.mjs';
import { stage } from './outcomes.mjs';
import { claimOf, debtOf } from './pool.mjs';
import { byId, changeEntry, entry } from './state.mjs';

// PF-1
/** What an account has of one asset, in atoms. */
export function position(account, symbol, { pool }) {
  const held = entry(account.free, symbol) + claimOf(account, symbol, pool);
  const owed = debtOf(account, symbol, pool);
  const reserved = entry(account.reserved, symbol);
  return { held, owed, reserved, exposed: owed + max(reserved - held, 0n) };
}

const lines = (state, account) =>
  [...state.assets].map(([symbol, asset]) => ({ asset, ...position(account, symbol, asset) }))
    .filter(({ held, exposed }) => held > 0n || exposed > 0n); // what is owed is in what is exposed

// PF-2
function collateralValue({ quote_unit }, { price, parameters }, amount) {
  const { lot_atoms, haircut: { kind, weight, base, penalty } } = parameters;
  const listed = floorDivide(amount * price * weight, lot_atoms * RATIO);
  if (kind === 'identity') return listed;
  const root = isqrtUp(ceilDivide((penalty * RATIO) ** 2n * amount * price, lot_atoms * quote_unit));
  return min(listed, floorDivide(amount * price * base * RATIO, lot_atoms * (RATIO ** 2n + root)));
}

// PF-3
const owedValue = ({ price, parameters }, amount) => ceilDivide(amount * price, parameters.lot_atoms);

// PF-4
function requirement({ quote_unit }, base, factor, notional) {
  const bySize = isqrtUp(ceilDivide(factor * factor * notional, quote_unit));
  return ceilDivide(notional * max(base, bySize), RATIO);
}

// PF-5
/** What delivering all that is reserved of an asset takes: the firm orders have their part for sure, the others the rest. */
function deliveryCosts(state, account, symbol) {
  const asset = state.assets.get(symbol);
  const { held, reserved } = position(account, symbol, asset);
  const firm = entry(account.firm, symbol);
  const other = reserved - firm;
  const kept = max(held - other, firm);
  const counts = (amount) => collateralValue(state.system, asset, amount);
  return {
    firm: { reserved: firm, cost: counts(kept) - counts(kept - firm) },
    other: { reserved: other, cost: counts(held) - counts(kept) + owedValue(asset, max(reserved - held, 0n)) },
  };
}

/** What receiving `total` of an asset adds. */
function receiptGain(state, account, symbol, total) {
  const asset = state.assets.get(symbol);
  const { held } = position(account, symbol, asset);
  return collateralValue(state.system, asset, held + total) - collateralValue(state.system, asset, held);
}

function orderLoss(state, account) {
  const orders = [...account.orders].map((id) => {
    const order = byId(state.orders, id);
    const market = state.markets.get(order.market);
    const { lot_atoms, maker_fee } = market.parameters;
    const paid = order.lots * order.price;
    return {
      delivered: delivers(market, order.side), received: receives(market, order.side), out: order.reserved,
      in: order.side === 'bid' ? order.lots * lot_atoms : paid - ceilDivide(paid * max(maker_fee, 0n), RATIO),
      kind: isFirm(order) ? 'firm' : 'other',
    };
  });
  const costs = new Map(orders.map(({ delivered }) => [delivered, deliveryCosts(state, account, delivered)]));
  const totals = new Map();
  for (const order of orders) changeEntry(totals, order.received, order.in);
  const gains = new Map([...totals].map(([symbol, total]) => [symbol, receiptGain(state, account, symbol, total)]));
  const losses = orders.map((order) => {
    const { cost, reserved } = costs.get(order.delivered)[order.kind];
    const total = entry(totals, order.received);
    const share = total === 0n ? 0n : floorDivide(gains.get(order.received) * order.in, total);
    return max(ceilDivide(cost * order.out, reserved) - share, 0n);
  });
  return min(sum(losses), sum([...costs.values()].map(({ firm, other }) => firm.cost + other.cost)));
}

// PF-6
const autoCloseRequirement = ({ auto_close_divisor, auto_close_offset }, notional, maintenance) =>
  max(ceilDivide(maintenance * RATIO, auto_close_divisor), maintenance - floorDivide(notional * auto_close_offset, RATIO));

// PF-7
export function health(state, id) {
  const { system } = state;
  const account = byId(state.accounts, id);
  const result = {
    equity: 0n, order_loss: orderLoss(state, account), exposure: 0n, initial: 0n, maintenance: 0n, auto_close: 0n,
  };
  for (const { asset, held, owed, exposed } of lines(state, account)) {
    const { imf_base, imf_factor, mmf_base, mmf_factor } = asset.parameters;
    const notional = owedValue(asset, exposed);
    const maintenance = requirement(system, mmf_base, mmf_factor, notional);
    result.equity += collateralValue(system, asset, held) - owedValue(asset, owed);
    result.exposure += notional;
    result.initial += requirement(system, imf_base, imf_factor, notional);
    result.maintenance += maintenance;
    result.auto_close += autoCloseRequirement(system, notional, maintenance);
  }
  result.initial = max(result.initial, ceilDivide(result.exposure * RATIO, account.settings.leverage_limit));
  return result;
}

const counted = ({ equity, order_loss }) => equity - order_loss;
export const meetsInitial = (of) => counted(of) >= of.initial;

// PF-8
export function isAdmissible(before, after) {
  if (meetsInitial(after)) return true;
  const [was, is] = [counted(before), counted(after)];
  return after.maintenance <= before.maintenance &&
    (is >= was || (is >= 0n && is * before.maintenance >= was * after.maintenance));
}

// PF-9
export const isFresh = ({ time }, { price, price_time }, age) => price > 0n && time - price_time <= age;

function hasFreshPrices(state, id, age) {
  const own = lines(state, byId(state.accounts, id));
  return own.every(({ exposed }) => exposed === 0n) ||
    own.every(({ asset, exposed }) => (exposed === 0n && asset.price === 0n) || isFresh(state, asset, age));
}

/** The last stage of an owner's action (PF-8), with the name of the price age. */
export function marginStage({ before, state }, id, age) {
  stage({
    price_stale: !hasFreshPrices(state, id, state.system[age]),
    insufficient_margin: !isAdmissible(health(before, id), health(state, id)),
  });
}

// PF-10
export function limitedPrice({ price: previous, parameters }, asked) {
  if (previous === 0n) return asked;
  const floorPrice = max(floorDivide(previous * parameters.price_update_min, RATIO), 1n);
  const ceilingPrice = ceilDivide(previous * parameters.price_update_max, RATIO);
  return min(max(asked, floorPrice), ceilingPrice);
}
