// Spot markets: SM-1 to SM-3, what a trade of assets moves (SM-9), SM-12.

import { delivers, endAll, isBookLawful, isPerpetual, newBook, receives } from './trading/book.mjs';
import { doRedeem, fund, redeemConditions, sweep } from './money_market.mjs';
import { floorDivide, isBetween, isInRange, max } from './numbers.mjs';
import { stage } from './outcomes.mjs';
import { claimOf } from './pool.mjs';
import { assetLevel, levelConditions } from './portfolio.mjs';
import { marginStage } from './relevance.mjs';
import { available, byId, entry, isName, isReserved, post } from './state.mjs';

export const assetsOf = (state, { parameters: { base, quote } }) => [state.assets.get(base), state.assets.get(quote)];

// SM-1, SM-2, SM-3
const isMarketLawful = (parameters) =>
  parameters.base !== parameters.quote &&
  isBetween(1n, parameters.lot_atoms, 10n ** 24n) && isBookLawful(parameters);

export function listMarket({ state }, { market: symbol, parameters }) {
  stage({
    market_name_invalid: !isName(symbol), parameter_invalid: !isMarketLawful(parameters),
    asset_unknown: !state.assets.has(parameters.base) || !state.assets.has(parameters.quote),
    market_exists: state.markets.has(symbol),
  });
  state.markets.set(symbol, newBook(parameters));
}

export function setMarketParameters(run, { market: symbol, parameters }) {
  const { state } = run;
  const market = state.markets.get(symbol);
  const isOther = market && isPerpetual(market);
  const isKept = (name) => !market || isOther || parameters[name] === market.parameters[name];
  stage({
    parameter_invalid: !isMarketLawful(parameters) || !['base', 'quote', 'lot_atoms'].every(isKept), market_unknown: !market,
    market_kind: isOther,
  });
  market.parameters = parameters;
  if (parameters.order_book_state === 'closed') endAll(run, market);
}

export function setMarketReference({ state }, { market: symbol, index_price, mean_mark_price, mean_premium }) {
  const market = state.markets.get(symbol);
  stage({
    amount_not_positive: index_price <= 0n || mean_mark_price <= 0n,
    out_of_range: ![index_price, mean_mark_price, mean_premium].every(isInRange), market_unknown: !market,
  });
  Object.assign(market, { reference_index_price: index_price, mean_mark_price, mean_premium });
}

// SM-9
/** Step 4: what a party of a trade delivers is funded, or refused. */
export function fundParty(run, { market: symbol, price, lots }, { account, side, fee, flags }) {
  const market = run.state.markets.get(symbol);
  const delivery = side === 'bid' ? lots * price + max(fee, 0n) : lots * market.parameters.lot_atoms;
  fund(run, account, delivers(market, side), delivery, flags, 'order');
}

/** Steps 5 and 6. */
export function tradeAssets(run, { market: symbol, price, lots, maker, taker }) {
  const market = run.state.markets.get(symbol);
  const { base, quote, lot_atoms } = market.parameters;
  const [sold, paid] = [lots * lot_atoms, lots * price];
  const [of, from] = [`free:${maker.account}`, `free:${taker.account}`];
  const [buyer, seller] = maker.side === 'bid' ? [of, from] : [from, of];
  post(run, seller, buyer, base, sold, 'trade');
  post(run, buyer, seller, quote, paid, 'trade');
  post(run, from, 'free:0', quote, taker.fee, 'trade_fee');
  if (maker.fee > 0n) post(run, of, 'free:0', quote, maker.fee, 'trade_fee');
  else post(run, 'free:0', of, quote, -maker.fee, 'trade_rebate');

  for (const { account, side, fee, flags } of [maker, taker]) {
    const received = side === 'bid' ? sold : paid - max(fee, 0n);
    const limits = { repay: flags.auto_borrow_repay ? received : 0n, lend: flags.auto_lend ? received : 0n };
    sweep(run, account, receives(market, side), limits);
  }
}

// SM-12
export function convertDust(run, { account: id, market: symbol }) {
  const { state } = run;
  const account = byId(state.accounts, id);
  const market = state.markets.get(symbol);
  stage({ account_unknown: !account, account_reserved: isReserved(id), market_unknown: !market });
  stage({ market_kind: isPerpetual(market) });

  const { base, quote, minimum_lots, lot_atoms } = market.parameters;
  const assets = assetsOf(state, market);
  const [sold, bought] = assets;
  const isPriced = assets.every((asset) => asset.price > 0n);
  const claim = claimOf(account, base, sold.pool);
  const amount = available(account, base) + claim;
  const paid = isPriced &&
    floorDivide(amount * sold.price * bought.parameters.lot_atoms, sold.parameters.lot_atoms * bought.price);
  stage({
    ...(claim > 0n ? redeemConditions(state, id, base, claim) : {}),
    ...levelConditions(
      assets.map((asset) => assetLevel(state, asset, 'order_price_age')), 'order_price_age', 'price_unknown',
    ),
    not_dust: amount === 0n || amount >= minimum_lots * lot_atoms,
    insufficient_funds: isPriced && paid > entry(state.accounts[0].free, quote), amount_too_small: paid === 0n,
  });
  if (claim > 0n) doRedeem(run, id, base, claim, 'dust_redeem');
  post(run, `free:${id}`, 'free:0', base, amount, 'dust');
  post(run, 'free:0', `free:${id}`, quote, paid, 'dust');
  sweep(run, id, quote);
  marginStage(run, id, 'order_price_age');
}
