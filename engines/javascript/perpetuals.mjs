// Perpetuals: their markets (PP-1, PP-2), mark (PP-6), funding (PP-7, PP-8), final settlement (PP-9).

import { best, endAll, isBookLawful, isPerpetual, newBook } from './trading/book.mjs';
import { ceilDivide, floorDivide, isBetween, isInRange, LARGEST, max, median, MILLION, min, RATIO, sum } from './numbers.mjs';
import { stage } from './outcomes.mjs';
import { limitedPrice, settlementAsset } from './portfolio.mjs';
import { lotsOf, touch } from './positions.mjs';
import { marginsOf, startRamp } from './ramps.mjs';
import { isName } from './state.mjs';

// PP-1, PP-2
const isPerpetualLawful = (parameters) =>
  isBookLawful(parameters) && isBetween(1n, parameters.lots_per_unit, 10n ** 24n) &&
  isBetween(1n, parameters.imf_base, RATIO) && isBetween(0n, parameters.imf_factor, RATIO) &&
  isBetween(1n, parameters.mmf_base, parameters.imf_base - 1n) && isBetween(0n, parameters.mmf_factor, parameters.imf_factor) &&
  isBetween(0n, parameters.open_interest_limit, LARGEST) && isBetween(0n, parameters.position_limit, LARGEST) &&
  isBetween(1n, parameters.funding_interval, 86400n) &&
  isBetween(-RATIO, parameters.interest_rate, RATIO) && isBetween(0n, parameters.interest_clamp, RATIO) &&
  isBetween(-RATIO, parameters.funding_floor, parameters.funding_cap) && parameters.funding_cap <= RATIO &&
  isBetween(0n, parameters.mark_threshold, RATIO) &&
  isBetween(0n, parameters.price_update_min, RATIO) && isBetween(RATIO, parameters.price_update_max, MILLION);

export function listPerpetual({ state }, { market: symbol, parameters }) {
  stage({
    market_name_invalid: !isName(symbol), parameter_invalid: !isPerpetualLawful(parameters),
    asset_unknown: !settlementAsset(state), market_exists: state.markets.has(symbol),
  });
  state.markets.set(symbol, {
    ...newBook(parameters), index_price: 0n, mark_price: 0n, mark_time: state.time, funding_index: 0n,
    funding_time: state.time, funding_parts: [], open_interest: 0n, is_limited: false,
  });
}

export function setPerpetualParameters(run, { market: symbol, parameters }) {
  const market = run.state.markets.get(symbol);
  stage({ parameter_invalid: !isPerpetualLawful(parameters), market_unknown: !market });
  stage({ market_kind: !isPerpetual(market) });
  const origin = marginsOf(market.parameters);
  changeTerms(run.state, market, parameters);
  market.parameters = parameters;
  startRamp(run.state, market, origin);
  if (parameters.order_book_state === 'closed') endAll(run, market);
}

/** The perpetual of an operator's action, which has a stage of its own for it. */
function perpetualOf(state, symbol) {
  const market = state.markets.get(symbol);
  stage({ market_unknown: !market, market_kind: market && !isPerpetual(market) });
  return market;
}

// PP-6
/** Step 2; undefined if no row applies. */
function unboundedMark(state, market, index, { has_basis, basis }) {
  if (index > 0n) return has_basis && market.parameters.order_book_state !== 'post_only' ? max(index + basis, 1n) : index;
  const [bid, ask] = ['bid', 'ask'].map((side) => best(state, market, side)?.price);
  const last = market.last_price === 0n ? undefined : market.last_price;
  if (bid === undefined || ask === undefined) return last;
  return last === undefined ? floorDivide(bid + ask, 2n) : median(bid, ask, last);
}

/** Step 3 */
function withinThreshold(mark, index, { mark_threshold }) {
  if (index === 0n) return mark;
  const lowest = max(ceilDivide(index * (RATIO - mark_threshold), RATIO), 1n);
  return min(max(mark, lowest), floorDivide(index * (RATIO + mark_threshold), RATIO));
}

export function updateMark({ state, events }, { market: symbol, index_price, has_basis, basis }) {
  stage({ amount_not_positive: index_price < 0n, out_of_range: !isInRange(index_price) || !isInRange(basis) });
  const market = perpetualOf(state, symbol);
  const { parameters } = market;
  const limited = (price, asked) => limitedPrice({ price, parameters }, asked);
  const index = index_price > 0n ? limited(market.index_price, index_price) : 0n;
  const mark = unboundedMark(state, market, index, { has_basis, basis });
  stage({ price_unknown: mark === undefined });
  const bounded = withinThreshold(mark, index, parameters);
  market.mark_price = limited(market.mark_price, bounded);
  market.is_limited = index !== index_price || market.mark_price !== bounded;
  market.mark_time = state.time;
  if (index > 0n) market.index_price = index;
  events.push({
    type: 'mark_updated', market: symbol, index_price: String(market.index_price), mark_price: String(market.mark_price),
  });
}

// PP-7
const EIGHT_HOURS = 28800n;

/** What a part of an interval is charged, in ratios of eight hours times seconds. */
function partDue(premium, { seconds, interest_rate, interest_clamp, funding_interval, funding_floor, funding_cap }) {
  const pull = min(max(interest_rate - premium, -interest_clamp), interest_clamp);
  const low = ceilDivide(funding_floor * EIGHT_HOURS * seconds, funding_interval);
  const high = floorDivide(funding_cap * EIGHT_HOURS * seconds, funding_interval);
  return min(max((premium + pull) * seconds, low), high);
}

const fundingRate = (premium, parts) => floorDivide(sum(parts.map((part) => partDue(premium, part))), EIGHT_HOURS);

// PP-8
const TERMS = ['funding_interval', 'interest_rate', 'interest_clamp', 'funding_floor', 'funding_cap'];
const isSameTerms = (one, other) => TERMS.every((name) => one[name] === other[name]);

/** The multiple of the interval that ends what runs: after `funding_time`, or at it where parts wait. */
function intervalEnd({ funding_time, funding_parts, parameters: { funding_interval } }) {
  const since = funding_parts.length > 0 ? funding_time - 1n : funding_time;
  return since - (since % funding_interval) + funding_interval;
}

/** The seconds since `funding_time`; of whole intervals that nobody ended only the first. */
function uncharged({ time }, market) {
  const last = time - (time % market.parameters.funding_interval);
  return time - market.funding_time - max(last - intervalEnd(market), 0n);
}

/** What is not charged of the running interval, `seconds` of it at the terms in force. */
function partsWith({ funding_parts, parameters }, seconds) {
  if (seconds === 0n) return funding_parts;
  const terms = Object.fromEntries(TERMS.map((name) => [name, parameters[name]]));
  const last = funding_parts.at(-1);
  if (last === undefined || !isSameTerms(last, terms)) return [...funding_parts, { seconds, ...terms }];
  return [...funding_parts.slice(0, -1), { ...last, seconds: last.seconds + seconds }];
}

/** The time that passed under the old terms of the rate is set aside. */
function changeTerms(state, market, parameters) {
  if (isSameTerms(market.parameters, parameters)) return;
  market.funding_parts = partsWith(market, uncharged(state, market));
  market.funding_time = state.time;
}

/** Funding is charged up to `time`. */
function chargeFunding({ events }, symbol, market, rate, time) {
  const step = market.open_interest === 0n ? 0n : floorDivide(market.mark_price * rate, RATIO);
  market.funding_index += step;
  market.funding_time = time;
  market.funding_parts = [];
  events.push({ type: 'funding_applied', market: symbol, rate: String(rate), step: String(step) });
}

export function applyFunding(run, { market: symbol, premium }) {
  const { time } = run.state;
  stage({ out_of_range: !isInRange(premium) });
  const market = perpetualOf(run.state, symbol);
  const { funding_interval } = market.parameters;
  const end = intervalEnd(market);
  stage({ price_unknown: market.mark_price === 0n, too_early: time < end });
  const rate = fundingRate(premium, partsWith(market, end - market.funding_time));
  chargeFunding(run, symbol, market, rate, time - (time % funding_interval));
}

// PP-9
/** The running interval is charged up to now, at the premium of the moment. */
function lastFunding(run, symbol, market) {
  const { index_price, mark_price, open_interest } = market;
  const parts = partsWith(market, uncharged(run.state, market));
  if (open_interest === 0n || parts.length === 0) return;
  const premium = index_price === 0n ? 0n : floorDivide((mark_price - index_price) * RATIO, index_price);
  chargeFunding(run, symbol, market, fundingRate(premium, parts), run.state.time);
}

export function settleMarket(run, { market: symbol, price }) {
  const { state } = run;
  stage({ amount_not_positive: price <= 0n, out_of_range: !isInRange(price) });
  const market = perpetualOf(state, symbol);
  stage({ market_not_closed: market.parameters.order_book_state !== 'closed' });
  lastFunding(run, symbol, market);
  state.accounts.forEach((account, id) => {
    const lots = lotsOf(account, symbol);
    if (lots !== 0n) touch(run, BigInt(id), symbol, -lots, price);
  });
  market.open_interest = 0n;
}
