// Portfolio: PF-1 to PF-10, PF-12.

import { delivers, isFirm, isPerpetual, openOrders, receives } from './trading/book.mjs';
import { absolute, ceilDivide, floorDivide, isqrtUp, max, min, RATIO, scaledIsqrtUp, sum } from './numbers.mjs';
import { claimOf, debtOf } from './pool.mjs';
import { due, lotsOf, positionsOf, unrealized, worth } from './positions.mjs';
import { byId, changeEntry, entry } from './state.mjs';

export const settlementAsset = ({ assets, system }) => assets.get(system.settlement_asset); // CU-2; not always listed

// PF-1
/** What an account has of one asset, in atoms. */
export function holding(account, symbol, { pool }) {
  const held = entry(account.free, symbol) + claimOf(account, symbol, pool);
  const owed = debtOf(account, symbol, pool);
  const reserved = entry(account.reserved, symbol);
  return { held, owed, reserved };
}

export function assetLines(state, account) {
  const lines = [...state.assets].map(([symbol, asset]) => {
    const { held, owed, reserved } = holding(account, symbol, asset);
    const { unpaid, ended } = symbol === state.system.settlement_asset ? fundDebt(state, account) : NO_FUND_DEBT;
    return { symbol, asset, held, owed, reserved, exposed: owed + max(reserved + unpaid - held, 0n) + ended };
  });
  return lines.filter(({ held, exposed }) => held > 0n || exposed > 0n); // what is owed is in what is exposed
}

// PF-2
export function collateralValue({ quote_unit }, { price, parameters }, amount) {
  const { lot_atoms, haircut: { kind, weight, base, penalty } } = parameters;
  const listed = floorDivide(amount * price * weight, lot_atoms * RATIO);
  if (kind === 'identity') return listed;
  const root = scaledIsqrtUp(penalty, amount * price, lot_atoms * quote_unit);
  return min(listed, floorDivide(amount * price * base * RATIO, lot_atoms * (RATIO ** 2n + root)));
}

// PF-3
export const owedValue = ({ price, parameters }, amount) => ceilDivide(amount * price, parameters.lot_atoms);

// PF-4
export function requirement({ quote_unit }, base, factor, notional) {
  const bySize = isqrtUp(ceilDivide(factor * factor * notional, quote_unit));
  return ceilDivide(notional * max(base, bySize), RATIO);
}

// PF-5
/** What delivering all that is reserved of an asset takes: the firm orders have their part for sure, the others the rest. */
function deliveryCosts(state, account, symbol) {
  const asset = state.assets.get(symbol);
  const { held, reserved } = holding(account, symbol, asset);
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
  const { held } = holding(account, symbol, asset);
  return collateralValue(state.system, asset, held + total) - collateralValue(state.system, asset, held);
}

function spotLoss(state, account, spotOrders) {
  const orders = spotOrders.map((order) => {
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

function perpetualLoss(state, { side, lots, price, market: symbol }) {
  const { mark_price, parameters: { maker_fee } } = state.markets.get(symbol);
  const worse = max(side === 'bid' ? price - mark_price : mark_price - price, 0n);
  return owedValue(settlementAsset(state), lots * worse + ceilDivide(lots * price * max(maker_fee, 0n), RATIO));
}

function orderLoss(state, account) {
  const orders = [...account.orders].map((id) => byId(state.orders, id));
  const ofPerpetuals = ({ market }) => isPerpetual(state.markets.get(market));
  return spotLoss(state, account, orders.filter((order) => !ofPerpetuals(order))) +
    sum(orders.filter(ofPerpetuals).map((order) => perpetualLoss(state, order)));
}

// PF-6
const autoCloseRequirement = ({ auto_close_divisor, auto_close_offset }, notional, maintenance) =>
  max(ceilDivide(maintenance * RATIO, auto_close_divisor), maintenance - floorDivide(notional * auto_close_offset, RATIO));

// PF-12
export function positionLines(state, account) {
  return [...state.markets].filter(([, market]) => isPerpetual(market)).map(([symbol, market]) => {
    const orders = openOrders(state, account, symbol);
    const lots = lotsOf(account, symbol);
    const ofSide = (side) => sum(orders.filter((order) => order.side === side).map((order) => order.lots));
    const exposed = max(absolute(lots + ofSide('bid')), absolute(lots - ofSide('ask')));
    return { symbol, market, exposed, isThere: account.positions.has(symbol) || orders.length > 0 };
  }).filter(({ isThere }) => isThere);
}

const NO_FUND_DEBT = { unpaid: 0n, ended: 0n };

/** What an account owes the fund without a position to show for it: not yet paid, and of virtual debts without lots. */
function fundDebt(state, account) {
  const { pool } = settlementAsset(state);
  const flat = positionsOf(state, account).filter(({ position: { lots, virtual } }) => lots === 0n && virtual < 0n);
  return { unpaid: max(-account.unsettled, 0n), ended: -sum(flat.map(({ position }) => worth(position.virtual, pool))) };
}

/** The gains of positions in quote atoms; in some markets a loss may not count (LQ-1). */
export function gainValue(state, account, lossless = []) {
  const asset = settlementAsset(state);
  if (!asset) return 0n; // then there is no perpetual (PP-1)
  const atoms = sum(positionsOf(state, account).map(({ symbol, market, position }) => {
    const gain = unrealized(position, market) - due(position, market);
    return (lossless.includes(symbol) ? max(gain, 0n) : gain) + worth(position.virtual, asset.pool);
  }));
  return floorDivide(atoms * asset.price, asset.parameters.lot_atoms);
}

/** The gains in quote atoms, and the part of them that does not count for what an owner may do. */
function gains(state, account) {
  const asset = settlementAsset(state);
  if (!asset) return { value: 0n, uncounted: 0n }; // then there is no perpetual (PP-1)
  const { unrealized_weight, unrealized_cap, unsettled_weight, unsettled_cap } = state.system;
  const valued = (atoms) => floorDivide(atoms * asset.price, asset.parameters.lot_atoms);
  const counts = (value, weight, cap) => (value <= 0n ? value : min(floorDivide(value * weight, RATIO), cap));
  const gain = gainValue(state, account);
  const unsettled = valued(account.unsettled);
  const counted = counts(gain, unrealized_weight, unrealized_cap) + counts(unsettled, unsettled_weight, unsettled_cap);
  return { value: gain + unsettled, uncounted: gain + unsettled - counted };
}

/** The lines with what each requires of which notional: an asset and a perpetual have fractions of the same names. */
export function requiring(state, assets, positions) {
  const ofAssets = assets.map(({ asset, exposed }) => ({ parameters: asset.parameters, notional: owedValue(asset, exposed) }));
  const ofPositions = positions.map(({ market, exposed }) =>
    ({ parameters: market.parameters, notional: owedValue(settlementAsset(state), exposed * market.mark_price) }));
  return [...ofAssets, ...ofPositions];
}

// PF-7
export function health(state, id) {
  const { system } = state;
  const account = byId(state.accounts, id);
  const { value, uncounted } = gains(state, account);
  const [assets, positions] = [assetLines(state, account), positionLines(state, account)];
  const ofAssets = sum(assets.map(({ asset, held, owed }) => collateralValue(system, asset, held) - owedValue(asset, owed)));
  const result = {
    equity: ofAssets + value, uncounted_gain: uncounted, order_loss: orderLoss(state, account), exposure: 0n, initial: 0n,
    maintenance: 0n, auto_close: 0n,
  };
  for (const { parameters: { imf_base, imf_factor, mmf_base, mmf_factor }, notional } of requiring(state, assets, positions)) {
    const maintenance = requirement(system, mmf_base, mmf_factor, notional);
    result.exposure += notional;
    result.initial += requirement(system, imf_base, imf_factor, notional);
    result.maintenance += maintenance;
    result.auto_close += autoCloseRequirement(system, notional, maintenance);
  }
  result.initial = max(result.initial, ceilDivide(result.exposure * RATIO, account.settings.leverage_limit));
  return result;
}

const counted = ({ equity, uncounted_gain, order_loss }) => equity - uncounted_gain - order_loss;
export const meetsInitial = (of) => counted(of) >= of.initial;
export const isLiquidatable = ({ exposure, equity, maintenance }) => exposure > 0n && equity <= maintenance;

// PF-8
export function isNoRiskier(before, after) {
  const released = before.maintenance - after.maintenance;
  const isKept = (was, is) =>
    (was - is) * 10n <= released || (is >= 0n && is * before.maintenance >= was * after.maintenance);
  return released >= 0n && isKept(counted(before), counted(after)) && isKept(before.equity, after.equity);
}
export const isAdmissible = (before, after) => meetsInitial(after) || isNoRiskier(before, after);

// GV-3
function levelOf(price, seconds, age, floor, isLimited) {
  if (price === 0n) return 'unknown';
  if (price <= floor) return 'at_floor';
  if (seconds > age) return 'stale';
  return isLimited ? 'deviating' : 'valid';
}

/** The level of an asset's price, or of a perpetual's mark, for the name of a price age. */
export const assetLevel = ({ system, time }, { price, price_time, is_limited, parameters }, age) =>
  levelOf(price, time - price_time, system[age], parameters.price_floor, is_limited);
export const markLevel = ({ system, time }, { mark_price, mark_time, is_limited }, age) =>
  levelOf(mark_price, time - mark_time, system[age], 0n, is_limited);

const ADMIT_DEVIATING = ['order_price_age', 'liquidation_price_age'];

export const isAdmitted = (level, age) => level === 'valid' || (level === 'deviating' && ADMIT_DEVIATING.includes(age));

/** What levels refuse; `unknown` is the code of a missing price. */
export const levelConditions = (levels, age, unknown) => {
  const has = (level) => levels.includes(level);
  return {
    price_at_floor: has('at_floor'), price_deviating: !ADMIT_DEVIATING.includes(age) && has('deviating'),
    price_stale: has('stale'), ...(has('unknown') ? { [unknown]: true } : {}),
  };
};

// PF-10
/** Also of an index and of a mark (PP-6). */
export function limitedPrice({ price: previous, parameters }, asked) {
  if (previous === 0n) return asked;
  const floorPrice = max(floorDivide(previous * parameters.price_update_min, RATIO), 1n);
  const ceilingPrice = ceilDivide(previous * parameters.price_update_max, RATIO);
  return min(max(asked, floorPrice), ceilingPrice);
}
