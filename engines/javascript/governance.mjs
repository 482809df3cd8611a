// Governance: parameters (GV-1, GV-2), halts (GV-4). The ramps are in ramps.mjs, the levels of prices in portfolio.mjs.

import { isAssetLawful, isSystemLawful } from './custody.mjs';
import { replacePool } from './money_market.mjs';
import { stage } from './outcomes.mjs';
import { marginsOf, startRamp } from './ramps.mjs';

// GV-1
export function setSystemParameters({ state }, { parameters }) {
  const isKept = (name) => parameters[name] === state.system[name];
  const keepsIdentity = state.assets.size === 0 || ['quote_unit', 'settlement_asset', 'accrual_interval'].every(isKept);
  stage({ parameter_invalid: !isSystemLawful(parameters) || !keepsIdentity });
  state.system = parameters;
}

// GV-2
const isSameToken = (left, right) => Object.keys(right).every((field) => left[field] === right[field]);

function keepsAsset({ system }, asset, { decimals, lot_atoms, tokens, haircut }) {
  const listed = [...asset.tokens.values()];
  return decimals === asset.parameters.decimals && lot_atoms === asset.parameters.lot_atoms &&
    tokens.length === listed.length && tokens.every((token, place) => isSameToken(token, listed[place].parameters)) &&
    (system.ramp_interval === 0n || haircut.kind === asset.parameters.haircut.kind);
}

export function setAssetParameters({ state }, { asset: symbol, parameters }) {
  const asset = state.assets.get(symbol);
  stage({
    parameter_invalid: !isAssetLawful(parameters) || (asset && !keepsAsset(state, asset, parameters)), asset_unknown: !asset,
  });
  const { tokens, pool, ...rest } = parameters;
  const origin = marginsOf(asset.parameters);
  asset.parameters = rest;
  replacePool(asset, pool);
  startRamp(state, asset, origin);
}

// GV-4
const ADMITTED = new Set([
  'deposit', 'repay', 'cancel_order', 'cancel_all_orders', 'cancel_request', 'withdraw_quote', 'fund_insurance',
  'confirm_withdrawal', 'fail_withdrawal', 'complete_rebalance',
  'advance_time', 'set_price', 'update_mark', 'set_market_reference',
  'list_asset', 'list_market', 'list_perpetual', 'set_pool_parameters', 'set_market_parameters', 'set_perpetual_parameters',
  'set_asset_parameters', 'set_system_parameters',
  'resume',
]);

/** Stage 0 of every action. */
export function haltStage({ halted }, { type }) {
  stage({ halted: halted && !ADMITTED.has(type) });
}

export function halt({ state }) {
  state.halted = true;
}

export function resume({ state }) {
  stage({ not_halted: !state.halted });
  state.halted = false;
  state.liquidation_time = state.time + state.system.liquidation_grace;
}
