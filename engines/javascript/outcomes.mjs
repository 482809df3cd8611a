// Outcomes: NT-9.

const CODES = [
  'halted', 'amount_not_positive', 'out_of_range', 'same_account', 'same_chain', 'time_not_later', 'user_invalid',
  'leverage_invalid', 'asset_name_invalid', 'market_name_invalid', 'parameter_invalid', 'price_invalid', 'order_invalid',
  'expiry_invalid', 'account_unknown', 'account_exists', 'account_reserved', 'asset_unknown', 'asset_exists',
  'market_unknown', 'market_exists', 'market_kind', 'chain_unknown', 'withdrawal_unknown', 'withdrawal_not_pending',
  'rebalance_unknown', 'rebalance_not_pending', 'order_unknown', 'order_not_owned', 'order_not_open', 'request_unknown',
  'request_not_owned', 'request_not_open', 'quote_unknown', 'counterparty_mismatch', 'received_exceeds_sent',
  'sequence_replayed', 'sequence_skipped', 'user_mismatch', 'amount_not_native', 'deposit_below_minimum',
  'withdrawal_below_minimum', 'withdrawal_above_maximum', 'book_closed', 'trading_paused', 'price_off_tick',
  'lots_below_minimum', 'lend_requires_borrow_repay', 'borrow_requires_lend_redeem', 'price_unknown', 'price_stale',
  'price_at_floor', 'price_deviating', 'price_out_of_bounds', 'order_limit', 'reduce_only_not_reduced', 'post_only_taker',
  'not_dust', 'market_not_closed', 'too_early', 'liquidation_paused', 'not_liquidatable', 'nothing_to_liquidate',
  'not_bankrupt', 'not_halted', 'insufficient_funds', 'insufficient_lend', 'repay_exceeds_debt', 'amount_too_small',
  'lend_limit', 'borrow_limit', 'insufficient_supply', 'max_utilization', 'utilization_throttled', 'custody_insufficient',
  'fill_or_kill', 'open_interest_limit', 'position_limit', 'insufficient_margin', 'nothing_to_convert',
];

export class Rejection extends Error {
  constructor(violated) {
    super(violated[0]);
    this.violated = violated;
  }
}

/** The codes of the conditions that hold, in precedence order. `conditions` maps codes to booleans. */
export const violatedBy = (conditions) => CODES.filter((code) => conditions[code]);

/** One stage of preconditions. */
export function stage(conditions) {
  const violated = violatedBy(conditions);
  if (violated.length > 0) throw new Rejection(violated);
}

/** The code with which `perform` is refused, or undefined. What it did before the refusal is the caller's to undo. */
export function codeOf(perform) {
  try {
    perform();
  } catch (problem) {
    if (!(problem instanceof Rejection)) throw problem;
    return problem.violated[0];
  }
}
