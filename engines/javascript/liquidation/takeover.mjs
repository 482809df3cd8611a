// What passes from one account to another: shares and debts to the fund (LQ-3), lots (LQ-6), payment in kind (LQ-7).

import { isPriced } from './due.mjs';
import { ceilDivide, floorDivide, max, min, RATIO, sum } from '../numbers.mjs';
import { borrowShares, claim, claimOf, debt, debtOf, lendShares, repayBurned, VIRTUAL_SHARES } from '../pool.mjs';
import { collateralValue, settlementAsset } from '../portfolio.mjs';
import { lotsOf, resize, touch } from '../positions.mjs';
import { byId, credit, entry, moveShares, post } from '../state.mjs';

export const INSURANCE = 1n; // LQ-8

// LQ-3
/** The lend shares that stand for an amount. */
const lendNumber = (shares, pool, amount) => {
  const { lend_shares, lent } = pool;
  return amount === claim(shares, pool) ? shares : ceilDivide(amount * (lend_shares + VIRTUAL_SHARES), lent + 1n);
};

/** What is left of signed shares that come together: both sides cancel without cash. */
function joined(pool, left, right) {
  if (left * right >= 0n) return left + right;
  const [lending, owing] = [max(left, right), -min(left, right)];
  const part = min(claim(lending, pool), debt(owing, pool));
  const burned = lendNumber(lending, pool, part);
  const repaid = repayBurned(owing, pool, part);
  pool.lent -= part;
  pool.lend_shares -= burned;
  const principal = floorDivide(repaid * pool.borrowed, pool.borrow_shares);
  pool.borrowed -= principal;
  pool.borrow_shares -= repaid;
  pool.reserve += part - principal;
  return lending - burned - (owing - repaid);
}

/** Shares that nobody holds any more join those of an account, with the event. */
export function joinShares(run, id, symbol, shares, reason) {
  const own = entry(byId(run.state.accounts, id).shares, symbol);
  moveShares(run, id, symbol, joined(run.state.assets.get(symbol).pool, own, shares) - own, reason);
}

function passShares(run, { from, to, symbol, reason }, shares) {
  if (shares === 0n) return;
  moveShares(run, from, symbol, -shares, reason);
  joinShares(run, to, symbol, shares, reason);
}

/** A lend worth `amount` passes. */
export function passLend(run, way, amount) {
  const { pool } = run.state.assets.get(way.symbol);
  const shares = lendShares(byId(run.state.accounts, way.from), way.symbol);
  if (amount > 0n) passShares(run, way, lendNumber(shares, pool, amount));
}

/** `amount` of a debt to the pool passes. */
export function passDebt(run, way, amount) {
  const { pool } = run.state.assets.get(way.symbol);
  const shares = borrowShares(byId(run.state.accounts, way.from), way.symbol);
  if (amount > 0n) passShares(run, way, -repayBurned(shares, pool, amount));
}

/** `amount` of a debt to the fund passes; below zero, of a claim on it. */
export function passFund(run, from, to, amount) {
  credit(run, from, '', amount, 'SystemLiabilityTransfer');
  credit(run, to, '', -amount, 'SystemLiabilityTransfer');
}

// LQ-8
/** What the insurance can pay with, in atoms of the settlement asset. */
export function resources(state) {
  const asset = settlementAsset(state);
  if (!asset) return 0n;
  const { settlement_asset: symbol } = state.system;
  const insurance = byId(state.accounts, INSURANCE);
  const held = entry(insurance.free, symbol) + claimOf(insurance, symbol, asset.pool);
  return max(held - debtOf(insurance, symbol, asset.pool) + insurance.unsettled, 0n);
}

/** What atoms of the settlement asset are worth at least, in quote atoms. */
export function quoteWorth(state, atoms) {
  const asset = settlementAsset(state);
  return asset ? worthOf(asset, atoms) : 0n;
}

// LQ-6
/** `n` signed lots, what the taker receives, pass at a price. */
export function passLots(run, { symbol, from, to, source }, n, price) {
  const { state } = run;
  const market = state.markets.get(symbol);
  run.events.push({
    type: 'position_moved', market: symbol, account: String(from), counterparty: String(to), lots: String(n),
    price: String(price),
  });
  const long = () => sum([from, to].map((id) => max(lotsOf(byId(state.accounts, id), symbol), 0n)));
  const before = long();
  touch(run, from, symbol, -n, price, { source });
  touch(run, to, symbol, n, price, { source });
  market.open_interest += long() - before;
  resize(run, from, symbol);
  resize(run, to, symbol);
}

// LQ-7
export const worthOf = ({ price, parameters }, amount) => floorDivide(amount * price, parameters.lot_atoms);

/** What an account has of an asset to pay with: as cash, as a lend, as a claim on the fund. */
function having(state, id, symbol) {
  const account = byId(state.accounts, id);
  const ofFund = symbol === state.system.settlement_asset ? max(account.unsettled, 0n) : 0n;
  return { cash: entry(account.free, symbol), lend: claimOf(account, symbol, state.assets.get(symbol).pool), ofFund };
}

const payable = (state, id, symbol) =>
  sum(Object.values(having(state, id, symbol)).map((amount) => worthOf(state.assets.get(symbol), amount)));

/** The symbols of the assets with which an account can pay a quote atom or more, in their order. */
export function holdings(state, id) {
  const listed = [...state.assets.keys()].filter((symbol) => payable(state, id, symbol) > 0n);
  const rank = (symbol) => {
    const asset = state.assets.get(symbol);
    const { cash, lend } = having(state, id, symbol);
    return floorDivide(collateralValue(state.system, asset, cash + lend) * RATIO, max(worthOf(asset, cash + lend), 1n));
  };
  const isSettlement = (symbol) => symbol === state.system.settlement_asset;
  const others = listed.filter((symbol) => !isSettlement(symbol)).map((symbol) => ({ symbol, rank: rank(symbol) }))
    .sort((left, right) => (left.rank > right.rank ? -1 : Number(left.rank < right.rank))).map(({ symbol }) => symbol);
  const hasPrice = (symbol) => isPriced(state, state.assets.get(symbol));
  return [
    ...listed.filter(isSettlement), ...others.filter(hasPrice), ...others.filter((symbol) => !hasPrice(symbol)),
  ];
}

/** All that an account can pay in kind, in quote atoms. */
export const means = (state, id) => sum(holdings(state, id).map((symbol) => payable(state, id, symbol)));

/** The atoms of an asset that `value` quote atoms pay for. */
export const affordable = ({ price, parameters }, value) => floorDivide(value * parameters.lot_atoms, price);

/** Pays `value` quote atoms in kind; what it could not pay. */
export function payInKind(run, { from, to, reason }, value) {
  const { state } = run;
  let left = value;
  for (const symbol of holdings(state, from)) {
    const asset = state.assets.get(symbol);
    const { cash, lend, ofFund } = having(state, from, symbol);
    const pay = (have, pass) => {
      const amount = min(have, ceilDivide(left * asset.parameters.lot_atoms, asset.price));
      const worth = worthOf(asset, amount);
      if (worth === 0n) return;
      pass(amount);
      left = max(left - worth, 0n);
    };
    pay(cash, (amount) => post(run, `free:${from}`, `free:${to}`, symbol, amount, reason));
    pay(lend, (amount) => passLend(run, { from, to, symbol, reason }, amount));
    pay(ofFund, (amount) => passFund(run, from, to, -amount));
  }
  return left;
}


/** What atoms of the settlement asset are worth, rounded up (PF-12). */
export const quoteValue = (state, atoms) => {
  const { price, parameters } = settlementAsset(state);
  return ceilDivide(atoms * price, parameters.lot_atoms);
};
