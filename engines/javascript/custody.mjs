// Custody: CU-2 to CU-11.

import { fund, isPoolLawful, sweep } from './money_market.mjs';
import { isBetween, isInRange, LARGEST, MILLION, RATIO } from './numbers.mjs';
import { stage } from './outcomes.mjs';
import { claimOf } from './pool.mjs';
import { limitedPrice } from './portfolio.mjs';
import { marginStage } from './relevance.mjs';
import { marginsOf, startRamp } from './ramps.mjs';
import { available, byId, entry, firstStage, isName, isReserved, newAccount, post } from './state.mjs';

// CU-2
const isTokenLawful = (token) =>
  isName(token.chain) &&
  isBetween(1n, token.native_unit, 10n ** 24n) && // before the division below
  isBetween(1n, token.minimum_deposit, LARGEST) &&
  token.withdrawal_fee >= 0n && token.withdrawal_fee % token.native_unit === 0n &&
  token.minimum_withdrawal > token.withdrawal_fee &&
  isBetween(token.minimum_withdrawal, token.maximum_withdrawal, LARGEST);

const isHaircutLawful = ({ weight, base, penalty }) =>
  isBetween(0n, weight, RATIO) && isBetween(0n, base, MILLION) && isBetween(0n, penalty, RATIO);

export function isAssetLawful(parameters) {
  const { tokens, pool, haircut } = parameters;
  return (
    isBetween(0n, parameters.decimals, 24n) && isBetween(1n, parameters.lot_atoms, 10n ** 24n) && isHaircutLawful(haircut) &&
    isBetween(1n, parameters.imf_base, RATIO) && isBetween(0n, parameters.imf_factor, RATIO) &&
    isBetween(1n, parameters.mmf_base, parameters.imf_base - 1n) &&
    isBetween(0n, parameters.mmf_factor, parameters.imf_factor) &&
    isBetween(0n, parameters.price_update_min, RATIO) && isBetween(RATIO, parameters.price_update_max, MILLION) &&
    isBetween(0n, parameters.price_floor, LARGEST) &&
    tokens.length > 0 && new Set(tokens.map((token) => token.chain)).size === tokens.length && tokens.every(isTokenLawful) &&
    isPoolLawful(pool)
  );
}

export const isSystemLawful = (system) =>
  isBetween(1n, system.quote_unit, 10n ** 24n) && isBetween(1n, system.accrual_interval, 86400n) &&
  isBetween(1n, system.throttle_interval, 86400n) && isBetween(RATIO, system.auto_close_divisor, MILLION) &&
  isBetween(0n, system.auto_close_offset, RATIO) && isBetween(1n, system.order_limit, 10000n) &&
  isName(system.settlement_asset) && isBetween(1n, system.settlement_interval, 86400n) &&
  [system.order_price_age, system.borrow_price_age, system.withdrawal_price_age, system.unrealized_cap, system.unsettled_cap,
    system.account_virtual_limit, system.system_virtual_limit, system.liquidation_price_age, system.liquidation_grace,
    system.insurance_limit, system.ramp_interval, system.request_lifetime].every((value) => isBetween(0n, value, LARGEST)) &&
  isBetween(1n, system.liquidation_fraction, RATIO) &&
  [system.unrealized_weight, system.unsettled_weight, system.book_utilization_limit, system.liquidation_fee,
    system.conversion_distance].every((ratio) =>
    isBetween(0n, ratio, RATIO));

export function listAsset({ state }, { asset, parameters }) {
  stage({
    asset_name_invalid: !isName(asset), parameter_invalid: !isAssetLawful(parameters), asset_exists: state.assets.has(asset),
  });
  const { tokens, pool, ...rest } = parameters;
  for (const { chain } of tokens) if (!state.chains.has(chain)) state.chains.set(chain, 1n);
  const listed = {
    parameters: rest,
    poolParameters: pool,
    price: 0n,
    price_time: state.time,
    is_limited: false,
    in_transit: 0n,
    tokens: new Map(tokens.map((token) => [token.chain, { parameters: token, custody: 0n, pending: 0n }])),
    pool: {
      cash: 0n, lent: 0n, lend_shares: 0n, borrowed: 0n, borrow_shares: 0n, reserve: 0n, unearned: 0n, interest_carry: 0n,
      rate_time: pool.base_rate * (state.time % state.system.accrual_interval), throttle_bound: pool.throttle_utilization,
    },
  };
  state.assets.set(asset, listed);
  startRamp(state, listed, { ...marginsOf(rest), weight: 0n });
}

// CU-3
export function createAccount({ state }, { account, user }) {
  const next = BigInt(state.accounts.length);
  stage({
    out_of_range: !isInRange(user), user_invalid: user < 1n, account_unknown: account < 0n || account > next,
    account_exists: 0n <= account && account < next,
  });
  state.accounts.push(newAccount(user));
}

// CU-4
export function deposit(run, action) {
  const { state } = run;
  const { account, asset: symbol, chain, sequence, amount } = action;
  const { token } = firstStage(state, action, false);
  const next = state.chains.get(chain);
  stage({
    sequence_replayed: sequence < next, sequence_skipped: sequence > next,
    amount_not_native: amount % token.parameters.native_unit !== 0n,
    deposit_below_minimum: amount < token.parameters.minimum_deposit,
  });
  state.chains.set(chain, next + 1n);
  post(run, `custody:${chain}`, `free:${account}`, symbol, amount, 'deposit');
  sweep(run, account, symbol);
}

// CU-5
const lacksCustody = (token, amount) => token.custody - token.pending < amount;

export function requestWithdrawal(run, action) {
  const { state } = run;
  const { account: id, asset: symbol, chain, amount, auto_lend_redeem, auto_borrow } = action;
  const { account, asset, token } = firstStage(state, action, true);
  const redeemable = auto_lend_redeem ? claimOf(account, symbol, asset.pool) : 0n;
  stage({
    amount_not_native: amount % token.parameters.native_unit !== 0n,
    withdrawal_below_minimum: amount < token.parameters.minimum_withdrawal,
    withdrawal_above_maximum: amount > token.parameters.maximum_withdrawal,
    insufficient_funds: !auto_borrow && available(account, symbol) + redeemable < amount,
  });
  fund(run, id, symbol, amount, action, 'withdrawal'); // stages 3 and 4
  stage({ custody_insufficient: lacksCustody(token, amount) }); // stage 5: no step so far moved the token
  post(run, `free:${id}`, `pending:${chain}`, symbol, amount, 'withdrawal_request');
  const fee = token.parameters.withdrawal_fee;
  state.withdrawals.push({ account: id, asset: symbol, chain, amount, fee, status: 'pending' });
  marginStage(run, id, 'withdrawal_price_age');
}

// CU-6, CU-7
/** The pending withdrawal with that id, now with the given status. */
function settle(state, id, status) {
  const withdrawal = byId(state.withdrawals, id);
  stage({ withdrawal_unknown: !withdrawal });
  stage({ withdrawal_not_pending: withdrawal.status !== 'pending' });
  state.withdrawals[Number(id)] = { ...withdrawal, status };
  return withdrawal;
}

export function confirmWithdrawal(run, { withdrawal }) {
  const { asset, chain, amount, fee } = settle(run.state, withdrawal, 'done');
  post(run, `pending:${chain}`, `custody:${chain}`, asset, amount - fee, 'withdrawal_paid');
  post(run, `pending:${chain}`, 'free:0', asset, fee, 'withdrawal_fee');
}

export function failWithdrawal(run, { withdrawal }) {
  const { account, asset, chain, amount } = settle(run.state, withdrawal, 'failed');
  post(run, `pending:${chain}`, `free:${account}`, asset, amount, 'withdrawal_refund');
  sweep(run, account, asset);
}

// CU-8, CU-9
export function startRebalance(run, { asset: symbol, source, destination, amount }) {
  const { state } = run;
  const asset = state.assets.get(symbol);
  const token = asset?.tokens.get(source);
  stage({
    amount_not_positive: amount <= 0n, out_of_range: !isInRange(amount), same_chain: source === destination,
    asset_unknown: !asset, chain_unknown: asset && !(token && asset.tokens.has(destination)),
  });
  stage({
    amount_not_native: amount % token.parameters.native_unit !== 0n, custody_insufficient: lacksCustody(token, amount),
  });
  state.rebalances.push({ asset: symbol, source, destination, amount, status: 'pending' });
  post(run, 'in_transit', `custody:${source}`, symbol, amount, 'rebalance_start');
}

export function completeRebalance(run, { rebalance: id, received }) {
  const { state } = run;
  const rebalance = byId(state.rebalances, id);
  stage({ amount_not_positive: received < 0n, out_of_range: !isInRange(received), rebalance_unknown: !rebalance });
  const { asset: symbol, destination, amount, status } = rebalance;
  const cost = amount - received;
  stage({
    rebalance_not_pending: status !== 'pending', received_exceeds_sent: received > amount,
    amount_not_native: received % state.assets.get(symbol).tokens.get(destination).parameters.native_unit !== 0n,
    insufficient_funds: cost > entry(state.accounts[0].free, symbol),
  });
  state.rebalances[Number(id)] = { ...rebalance, status: 'done' };
  post(run, `custody:${destination}`, 'in_transit', symbol, received, 'rebalance_arrival');
  post(run, 'free:0', 'in_transit', symbol, cost, 'rebalance_cost');
}

// CU-10
export function transfer(run, { sender, receiver, asset: symbol, amount }) {
  const { state } = run;
  const from = byId(state.accounts, sender);
  const to = byId(state.accounts, receiver);
  stage({
    amount_not_positive: amount <= 0n, out_of_range: !isInRange(amount), same_account: sender === receiver,
    account_unknown: !from || !to, account_reserved: isReserved(sender) || isReserved(receiver),
    asset_unknown: !state.assets.has(symbol),
  });
  stage({ user_mismatch: from.user !== to.user, insufficient_funds: available(from, symbol) < amount });
  post(run, `free:${sender}`, `free:${receiver}`, symbol, amount, 'transfer');
  marginStage(run, sender, 'withdrawal_price_age');
  sweep(run, receiver, symbol);
}

// CU-11
export function setPrice({ state, events }, { asset: symbol, price: asked }) {
  const asset = state.assets.get(symbol);
  stage({ amount_not_positive: asked <= 0n, out_of_range: !isInRange(asked), asset_unknown: !asset });
  const price = limitedPrice(asset, asked);
  asset.is_limited = price !== asked;
  if (asset.is_limited) events.push({ type: 'price_limited', asset: symbol, asked: String(asked), price: String(price) });
  asset.price = price;
  asset.price_time = state.time;
}
