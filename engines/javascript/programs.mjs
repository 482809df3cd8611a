// Programs: backstop providers (PG-1), requests for quotes (PG-2), quotes (PG-3), block trades (PG-4, PG-5), with PG-6.

import { feeOf, opposite } from './trading/book.mjs';
import { conversionLimit, conversionLots } from './liquidation/conversion.mjs';
import { dueConditions, limitPrice } from './liquidation/due.mjs';
import { isBetween, isInRange, max } from './numbers.mjs';
import { priceConditions } from './trading/orders.mjs';
import { stage } from './outcomes.mjs';
import { owedBeyondDollars } from './settlement.mjs';
import { health, isLiquidatable, meetsInitial } from './portfolio.mjs';
import { marginConditions } from './relevance.mjs';
import { byId, isReserved } from './state.mjs';
import { exchange, prepareMaker, prepareTaker } from './trading/trades.mjs';

// PG-1
export function registerBackstop({ state }, { account: id, capacity }) {
  stage({
    out_of_range: !isInRange(capacity) || capacity < 0n, account_unknown: !byId(state.accounts, id),
    account_reserved: isReserved(id),
  });
  const ofAccount = health(state, id);
  stage({ insufficient_margin: capacity > 0n && (!meetsInitial(ofAccount) || isLiquidatable(ofAccount)) });
  setCapacity(state, id, capacity);
}

/** No provider has a capacity of zero. */
export function setCapacity({ backstops }, id, capacity) {
  if (capacity === 0n) backstops.delete(String(id));
  else backstops.set(String(id), capacity);
}

// PG-2
export const isOpen = ({ time }, { status, expires }) => status === 'open' && time < expires;
const isOwned = ({ account, kind }, id) => account === id && kind === 'User';
const userOf = (state, id) => byId(state.accounts, id).user;

const expiryConditions = ({ time, system }, expires) => ({
  expiry_invalid: !isBetween(time + 1n, expires, time + system.request_lifetime),
});

/** Whether the state of a market and its minimum let so many lots trade off the book. */
export function isTradedOff({ markets }, { market, lots }) {
  const { minimum_lots, order_book_state } = markets.get(market).parameters;
  return ['open', 'limit_only', 'post_only'].includes(order_book_state) && lots >= minimum_lots;
}

/** What the state of a market and its prices now make of so many lots at that price. */
function bookConditions(state, symbol, lots, price) {
  const market = state.markets.get(symbol);
  const { tick, minimum_lots, order_book_state } = market.parameters;
  return {
    trading_paused: !['open', 'limit_only', 'post_only'].includes(order_book_state), price_off_tick: price % tick !== 0n,
    lots_below_minimum: lots < minimum_lots, ...priceConditions(state, market, price),
  };
}

export function requestQuote(run, { type, ...asked }) {
  const { state } = run;
  const { account: id, market, lots, price, counterparty, expires } = asked;
  const isNamed = counterparty !== 0n;
  stage({
    amount_not_positive: lots <= 0n, out_of_range: ![lots, price, expires].every(isInRange),
    same_account: isNamed && counterparty === id, price_invalid: price < 0n, ...expiryConditions(state, expires),
    account_unknown: !byId(state.accounts, id) || (isNamed && !byId(state.accounts, counterparty)),
    account_reserved: isReserved(id) || counterparty === 1n, market_unknown: !state.markets.has(market),
  });
  stage({
    counterparty_mismatch: isNamed && userOf(state, counterparty) === userOf(state, id),
    ...bookConditions(state, market, lots, price),
    order_limit: state.requests.filter((each) => isOwned(each, id) && isOpen(state, each)).length >= state.system.order_limit,
  });
  open(run, { ...asked, kind: 'User' });
}

/** A request under the next id. */
export function open({ state, events }, asked) {
  const id = BigInt(state.requests.length);
  state.requests.push({ ...asked, id, status: 'open', quotes: new Map() });
  const { account, market, side, lots, price, counterparty, expires } = asked;
  events.push({
    type: 'request_opened', request: String(id), account: String(account), market, side, lots: String(lots),
    price: String(price), counterparty: String(counterparty), expires: String(expires),
  });
}

/** The request that an action names, after the stage that the actions on requests share. */
function firstStage(state, { account: id, request }, conditions = {}) {
  const named = byId(state.requests, request);
  stage({
    ...conditions, account_unknown: !byId(state.accounts, id), account_reserved: isReserved(id), request_unknown: !named,
  });
  return named;
}

const ownerConditions = (state, request, id) =>
  ({ request_not_owned: !isOwned(request, id), request_not_open: !isOpen(state, request) });

export function refreshRequest({ state, events }, action) {
  const { account, expires } = action;
  const request = firstStage(state, action, { out_of_range: !isInRange(expires), ...expiryConditions(state, expires) });
  stage(ownerConditions(state, request, account));
  const quoters = [...request.quotes.keys()].sort((left, right) => Number(left) - Number(right));
  for (const quoter of quoters) events.push({ type: 'quote_withdrawn', request: String(request.id), account: quoter });
  request.quotes.clear();
  request.expires = expires;
  events.push({ type: 'request_refreshed', request: String(request.id), expires: String(expires) });
}

export function cancelRequest(run, action) {
  const request = firstStage(run.state, action);
  stage(ownerConditions(run.state, request, action.account));
  close(run, request, 'cancelled');
}

function close({ events }, request, status) {
  request.status = status;
  request.quotes.clear();
  events.push({ type: 'request_ended', request: String(request.id), reason: status });
}

// PG-3
/** Whether the price of a quote is the request's or better for the requester. */
const serves = (request, price) =>
  request.price === 0n || (request.side === 'bid' ? price <= request.price : price >= request.price);

/** Whether all lots of a request pay what its account owes the fund by now (ST-9). */
function paysFund(state, { account, market, lots }) {
  const owed = owedBeyondDollars(state, account);
  return owed > 0n && lots <= conversionLots(state, state.markets.get(market), owed, 0n);
}

/** Of a request of the system also the limit of the moment (PG-6). */
function servesNow(state, request, price) {
  const { account, market, side } = request;
  if (paysFund(state, request)) return price >= conversionLimit(state, state.markets.get(market));
  const judged = health(state, account);
  return judged.exposure === 0n || price >= limitPrice(state, state.markets.get(market), side, judged);
}

const isConversion = ({ kind }) => kind === 'CollateralConversion';

/** Codes of two sets of conditions: each that holds in one. */
function either(...sets) {
  const result = {};
  for (const set of sets) for (const [code, holds] of Object.entries(set)) result[code] ||= holds;
  return result;
}

/** Whoever is asked for collateral is due, or owes the fund what the request is to pay. */
function systemConditions(state, request) {
  const { not_liquidatable, ...others } = dueConditions(state, request.account);
  return { ...others, not_liquidatable: not_liquidatable && !paysFund(state, request) };
}

export function submitQuote(run, action) {
  const { state, events } = run;
  const { account: id, price, flags } = action;
  const request = firstStage(state, action, { out_of_range: !isInRange(price), price_invalid: price <= 0n });
  const { account: requester, counterparty } = request;
  const isOfRequester = id === requester;
  stage({
    same_account: isOfRequester, request_not_open: !isOpen(state, request),
    counterparty_mismatch: (counterparty !== 0n && counterparty !== id) ||
      (!isOfRequester && userOf(state, id) === userOf(state, requester)),
  });
  stage(either(
    bookConditions(state, request.market, request.lots, price),
    { price_out_of_bounds: !serves(request, price) || (isConversion(request) && !servesNow(state, request, price)) },
    isConversion(request) ? systemConditions(state, request) : {},
  ));
  events.push({ type: 'quoted', request: String(request.id), account: String(id), price: String(price) });
  if (request.immediate) trade(run, request, id, { price, flags });
  else request.quotes.set(String(id), { price, flags });
}

export function withdrawQuote({ state, events }, action) {
  const { account } = action;
  const request = firstStage(state, action);
  stage({ request_not_open: !isOpen(state, request), quote_unknown: !request.quotes.has(String(account)) });
  request.quotes.delete(String(account));
  events.push({ type: 'quote_withdrawn', request: String(request.id), account: String(account) });
}

// PG-4
export function acceptQuote(run, action) {
  const { state } = run;
  const { account, quoter } = action;
  const request = firstStage(state, action);
  const quote = request.quotes.get(String(quoter));
  stage({ ...ownerConditions(state, request, account), quote_unknown: !quote });
  stage(bookConditions(state, request.market, request.lots, quote.price));
  trade(run, request, quoter, quote);
}

function feesOf({ parameters: { maker_fee, taker_fee } }, request, paid) {
  const fee = feeOf(paid, maker_fee);
  return isConversion(request) ? [max(fee, 0n), 0n] : [fee, feeOf(paid, taker_fee)];
}

/** The block trade: the quoter is the maker. */
function trade(run, request, quoter, { price, flags }) {
  const { state, events } = run;
  const { account: requester, market, lots, side } = request;
  const [quoterFee, requesterFee] = feesOf(state.markets.get(market), request, lots * price);
  events.push({
    type: 'block_traded', request: String(request.id), market, quoter: String(quoter), price: String(price), lots: String(lots),
    quoter_fee: String(quoterFee), requester_fee: String(requesterFee),
  });
  const agreed = {
    market, price, lots,
    maker: { account: quoter, side: opposite(side), flags, fee: quoterFee },
    taker: { account: requester, side, flags: request.flags, fee: requesterFee },
  };
  prepareMaker(run, agreed); // stage 4
  prepareTaker(run, agreed); // stage 5
  exchange(run, agreed);
  close(run, request, 'filled');
  const judged = (id) => marginConditions(run, id, 'order_price_age');
  const isOfDue = isConversion(request) && isLiquidatable(health(run.before, requester));
  stage(either(judged(quoter), isOfDue ? {} : judged(requester))); // stage 6
}
