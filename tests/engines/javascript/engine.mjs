// An engine written from the specification alone: spec/README.md, notation, custody, money-market, conformance.
// Node.js 20 or later, no dependencies. Sections follow the chapters; comments name the clauses.

// ---------------------------------------------------------------------------------------------- notation: numbers

const RATIO = 10n ** 18n; // NT-3
const YEAR = 31536000n; // NT-5
const LARGEST = 2n ** 127n - 1n; // NT-7
const VIRTUAL_SHARES = 10n ** 6n; // MM-2
const RESERVED = 2n; // CU-3: accounts 0 and 1

const isInRange = (value) => -LARGEST <= value && value <= LARGEST; // NT-7
const isBetween = (low, value, high) => low <= value && value <= high;
const min = (left, right) => (left < right ? left : right);
const max = (left, right) => (left > right ? left : right);

/** floor(a / b), b > 0 (NT-4); BigInt division truncates toward zero. */
function floorDivide(a, b) {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** ceil(a / b), b > 0 (NT-4). */
const ceilDivide = (a, b) => -floorDivide(-a, b);

/** The smallest r >= 0 with r * r >= x (NT-6). */
function isqrtUp(x) {
  if (x <= 1n) return x;
  let root = 1n << BigInt(Math.ceil(x.toString(2).length / 2)); // at or above the root
  for (;;) {
    const next = (root + x / root) / 2n;
    if (next >= root) break;
    root = next;
  }
  return root * root === x ? root : root + 1n;
}

// ---------------------------------------------------------------------------------------------- notation: state

const NAME = /^[A-Za-z0-9._-]{1,32}$/; // NT-8

const newAccount = (user) => ({
  user, free: new Map(), shares: new Map(),
  settings: { auto_lend: false, auto_repay_borrows: false, leverage_limit: 10n * RATIO },
});

/** NT-8: accounts, withdrawals and rebalances are arrays, their index is the id; Maps keep the order of listing. */
const genesis = (system) => ({
  system, time: 0n, chains: new Map(), assets: new Map(), accounts: [newAccount(0n), newAccount(0n)], withdrawals: [],
  rebalances: [],
});

const entry = (map, symbol) => map.get(symbol) ?? 0n;

function setEntry(map, symbol, value) {
  if (value === 0n) map.delete(symbol);
  else map.set(symbol, value);
}

/** The record with that id, or undefined. */
const byId = (records, id) => (0n <= id && id < BigInt(records.length) ? records[Number(id)] : undefined);

// ---------------------------------------------------------------------------------------------- notation: outcomes

const CODES = [
  'amount_not_positive', 'out_of_range', 'same_account', 'same_chain', 'time_not_later', 'user_invalid', 'leverage_invalid',
  'asset_name_invalid', 'parameter_invalid', 'account_unknown', 'account_exists', 'account_reserved', 'asset_unknown',
  'asset_exists', 'chain_unknown', 'withdrawal_unknown', 'withdrawal_not_pending', 'rebalance_unknown', 'rebalance_not_pending',
  'received_exceeds_sent', 'sequence_replayed', 'sequence_skipped', 'user_mismatch', 'amount_not_native',
  'deposit_below_minimum', 'withdrawal_below_minimum', 'withdrawal_above_maximum', 'book_closed', 'lend_requires_borrow_repay',
  'borrow_requires_lend_redeem', 'price_unknown', 'insufficient_funds', 'insufficient_lend', 'repay_exceeds_debt',
  'amount_too_small', 'lend_limit', 'borrow_limit', 'insufficient_supply', 'max_utilization', 'utilization_throttled',
  'custody_insufficient', 'insufficient_margin',
];

class Rejection extends Error {
  constructor(violated) {
    super(violated[0]);
    this.violated = violated;
  }
}

/** The codes of the conditions that hold, in precedence order (NT-9). `conditions` maps codes to booleans. */
const violatedBy = (conditions) => CODES.filter((code) => conditions[code]);

/** One stage of preconditions (NT-9). */
function stage(conditions) {
  const violated = violatedBy(conditions);
  if (violated.length > 0) throw new Rejection(violated);
}

/** The range of everything that an accepted action would store (NT-7). */
function isStorable(state) {
  for (const { pool, in_transit, tokens } of state.assets.values()) {
    if (!isInRange(in_transit) || !Object.values(pool).every(isInRange)) return false;
    for (const token of tokens.values()) if (!isInRange(token.custody) || !isInRange(token.pending)) return false;
  }
  return state.accounts.every(({ free, shares }) => [...free.values(), ...shares.values()].every(isInRange));
}

/** One transition (NT-9): the next state and the events, or a Rejection; `before` is never changed, the copy freely. */
function transition(before, action) {
  const run = { before, state: structuredClone(before), events: [] };
  ACTIONS.get(action.type).perform(run, action);
  stage({ out_of_range: !isStorable(run.state) });
  return run;
}

// ---------------------------------------------------------------------------------------------- custody

/** Adds `change` to the balance with that wire name (CU-1). */
function changeBalance(state, symbol, name, change) {
  const asset = state.assets.get(symbol);
  const [kind, owner] = name.split(':');
  if (kind === 'in_transit') asset.in_transit += change;
  else if (kind === 'pool') asset.pool.cash += change;
  else if (kind === 'free') {
    const { free } = state.accounts[Number(owner)];
    setEntry(free, symbol, entry(free, symbol) + change);
  } else asset.tokens.get(owner)[kind] += change;
}

/** One posting (CU-1): held balances grow by a debit, owed ones by a credit. */
function post({ state, events }, debit, credit, symbol, amount, reason) {
  if (amount === 0n) return;
  const isHeld = (name) => name === 'in_transit' || name.startsWith('custody:');
  changeBalance(state, symbol, debit, isHeld(debit) ? amount : -amount);
  changeBalance(state, symbol, credit, isHeld(credit) ? -amount : amount);
  events.push({ type: 'posting', debit, credit, asset: symbol, amount: String(amount), reason });
}

const available = (token) => token.custody - token.pending;

// CU-2
const isPoolLawful = (pool) =>
  [pool.base_rate, pool.slope_low, pool.slope_high].every((rate) => isBetween(0n, rate, 100n * RATIO)) &&
  isBetween(1n, pool.optimal_utilization, RATIO - 1n) &&
  isBetween(pool.optimal_utilization, pool.throttle_utilization, pool.max_utilization) &&
  isBetween(1n, pool.max_utilization, RATIO) && isBetween(0n, pool.throttle_fraction, RATIO) &&
  isBetween(0n, pool.reserve_fee, RATIO) && isBetween(0n, pool.open_borrow_lend_limit, LARGEST);

const isTokenLawful = (token) =>
  NAME.test(token.chain) &&
  isBetween(1n, token.native_unit, 10n ** 24n) && // before the division below
  isBetween(1n, token.minimum_deposit, LARGEST) &&
  token.withdrawal_fee >= 0n && token.withdrawal_fee % token.native_unit === 0n &&
  token.minimum_withdrawal > token.withdrawal_fee &&
  isBetween(token.minimum_withdrawal, token.maximum_withdrawal, LARGEST);

function isAssetLawful(parameters) {
  const { tokens, pool } = parameters;
  return (
    isBetween(0n, parameters.decimals, 24n) && isBetween(1n, parameters.lot_atoms, 10n ** 24n) &&
    isBetween(0n, parameters.collateral_weight, RATIO) && isBetween(1n, parameters.imf_base, RATIO) &&
    isBetween(0n, parameters.imf_factor, RATIO) && isBetween(1n, parameters.mmf_base, parameters.imf_base - 1n) &&
    isBetween(0n, parameters.mmf_factor, parameters.imf_factor) && tokens.length > 0 &&
    new Set(tokens.map((token) => token.chain)).size === tokens.length && tokens.every(isTokenLawful) && isPoolLawful(pool)
  );
}

const isSystemLawful = (system) =>
  isBetween(1n, system.quote_unit, 10n ** 24n) && isBetween(1n, system.accrual_interval, 86400n) &&
  isBetween(1n, system.throttle_interval, 86400n);

function listAsset({ state }, { asset, parameters }) {
  stage({
    asset_name_invalid: !NAME.test(asset), parameter_invalid: !isAssetLawful(parameters),
    asset_exists: state.assets.has(asset),
  });
  const { tokens, pool, ...rest } = parameters;
  for (const { chain } of tokens) if (!state.chains.has(chain)) state.chains.set(chain, 1n);
  state.assets.set(asset, {
    parameters: rest,
    poolParameters: pool,
    price: 0n,
    price_time: state.time,
    in_transit: 0n,
    tokens: new Map(tokens.map((token) => [token.chain, { parameters: token, custody: 0n, pending: 0n }])),
    pool: {
      cash: 0n, lent: 0n, lend_shares: 0n, borrowed: 0n, borrow_shares: 0n, reserve: 0n, interest_carry: 0n,
      throttle_bound: pool.throttle_utilization,
    },
  });
}

// CU-3
const isReserved = (id) => 0n <= id && id < RESERVED;

function createAccount({ state }, { account, user }) {
  const next = BigInt(state.accounts.length);
  stage({
    out_of_range: !isInRange(user), user_invalid: user < 1n, account_unknown: account < 0n || account > next,
    account_exists: 0n <= account && account < next,
  });
  state.accounts.push(newAccount(user));
}

/** Stage 1 of CU-4, CU-5 and MM-11 to MM-14, of which those of an owner are refused to a reserved account. */
function firstStage(state, { account: id, asset: symbol, chain, amount }, isOwners) {
  const account = byId(state.accounts, id);
  const asset = state.assets.get(symbol);
  const token = asset?.tokens.get(chain);
  stage({
    amount_not_positive: amount !== 'all' && amount <= 0n, out_of_range: amount !== 'all' && !isInRange(amount),
    account_unknown: !account, account_reserved: isOwners && isReserved(id), asset_unknown: !asset,
    chain_unknown: chain !== undefined && asset && !token,
  });
  return { account, asset, token };
}

// CU-4
function deposit(run, action) {
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
function requestWithdrawal(run, action) {
  const { state, before } = run;
  const { account: id, asset: symbol, chain, amount, auto_lend_redeem, auto_borrow } = action;
  const { account, asset, token } = firstStage(state, action, true);
  const missing = () => amount - entry(account.free, symbol);
  const redeemable = auto_lend_redeem ? claimOf(account, symbol, asset.pool) : 0n;
  stage({
    amount_not_native: amount % token.parameters.native_unit !== 0n,
    withdrawal_below_minimum: amount < token.parameters.minimum_withdrawal,
    withdrawal_above_maximum: amount > token.parameters.maximum_withdrawal,
    insufficient_funds: !auto_borrow && missing() > redeemable,
  });
  const part = min(missing(), redeemable);
  if (part > 0n) {
    stage(redeemConditions(state, id, symbol, part)); // stage 3
    doRedeem(run, id, symbol, part, 'withdrawal_redeem');
  }
  if (missing() > 0n) {
    stage(borrowConditions(state, id, symbol, missing())); // stage 4
    doBorrow(run, id, symbol, missing(), 'withdrawal_borrow');
  }
  stage({ custody_insufficient: available(token) < amount }); // stage 5: no step so far moved the token
  post(run, `free:${id}`, `pending:${chain}`, symbol, amount, 'withdrawal_request');
  const fee = token.parameters.withdrawal_fee;
  state.withdrawals.push({ account: id, asset: symbol, chain, amount, fee, status: 'pending' });
  stage({ insufficient_margin: !isAdmissible(before, state, id) }); // stage 6
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

function confirmWithdrawal(run, { withdrawal }) {
  const { asset, chain, amount, fee } = settle(run.state, withdrawal, 'done');
  post(run, `pending:${chain}`, `custody:${chain}`, asset, amount - fee, 'withdrawal_paid');
  post(run, `pending:${chain}`, 'free:0', asset, fee, 'withdrawal_fee');
}

function failWithdrawal(run, { withdrawal }) {
  const { account, asset, chain, amount } = settle(run.state, withdrawal, 'failed');
  post(run, `pending:${chain}`, `free:${account}`, asset, amount, 'withdrawal_refund');
  sweep(run, account, asset);
}

// CU-8, CU-9
function startRebalance(run, { asset: symbol, source, destination, amount }) {
  const { state } = run;
  const asset = state.assets.get(symbol);
  const token = asset?.tokens.get(source);
  stage({
    amount_not_positive: amount <= 0n, out_of_range: !isInRange(amount), same_chain: source === destination,
    asset_unknown: !asset, chain_unknown: asset && !(token && asset.tokens.has(destination)),
  });
  stage({ amount_not_native: amount % token.parameters.native_unit !== 0n, custody_insufficient: available(token) < amount });
  state.rebalances.push({ asset: symbol, source, destination, amount, status: 'pending' });
  post(run, 'in_transit', `custody:${source}`, symbol, amount, 'rebalance_start');
}

function completeRebalance(run, { rebalance: id, received }) {
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
function transfer(run, { sender, receiver, asset: symbol, amount }) {
  const { state, before } = run;
  const from = byId(state.accounts, sender);
  const to = byId(state.accounts, receiver);
  stage({
    amount_not_positive: amount <= 0n, out_of_range: !isInRange(amount), same_account: sender === receiver,
    account_unknown: !from || !to, account_reserved: isReserved(sender) || isReserved(receiver),
    asset_unknown: !state.assets.has(symbol),
  });
  stage({ user_mismatch: from.user !== to.user, insufficient_funds: entry(from.free, symbol) < amount });
  post(run, `free:${sender}`, `free:${receiver}`, symbol, amount, 'transfer');
  stage({ insufficient_margin: !isAdmissible(before, state, sender) });
  sweep(run, receiver, symbol);
}

// CU-11
function setPrice({ state }, { asset: symbol, price }) {
  const asset = state.assets.get(symbol);
  stage({ amount_not_positive: price <= 0n, out_of_range: !isInRange(price), asset_unknown: !asset });
  asset.price = price;
  asset.price_time = state.time;
}

// ---------------------------------------------------------------------------------------------- money market: the pool

/** The claim of lend shares (MM-2). */
const claim = (shares, pool) => floorDivide(shares * (pool.lent + 1n), pool.lend_shares + VIRTUAL_SHARES);
/** The debt of borrow shares (MM-2). */
const debt = (shares, pool) => (shares === 0n ? 0n : ceilDivide(shares * pool.borrowed, pool.borrow_shares));

const lendShares = (account, symbol) => max(entry(account.shares, symbol), 0n);
const borrowShares = (account, symbol) => max(-entry(account.shares, symbol), 0n);
const claimOf = (account, symbol, pool) => claim(lendShares(account, symbol), pool);
const debtOf = (account, symbol, pool) => debt(borrowShares(account, symbol), pool);

/** MM-3 */
function utilization(borrowed, lent) {
  if (lent === 0n) return borrowed === 0n ? 0n : RATIO;
  return ceilDivide(borrowed * RATIO, lent);
}

/** MM-4, at the utilization of the pool now. */
function borrowRate({ pool, poolParameters }) {
  const { base_rate, slope_low, slope_high, optimal_utilization: optimal } = poolParameters;
  const v = min(utilization(pool.borrowed, pool.lent), RATIO);
  if (v <= optimal) return base_rate + ceilDivide(slope_low * v, optimal);
  return base_rate + slope_low + ceilDivide(slope_high * (v - optimal), RATIO - optimal);
}

/** Adds interest to the debts, lenders and the reserve (MM-6 step 4, MM-7), with its event. */
function charge({ events }, symbol, { pool, poolParameters }, interest) {
  const toReserve = ceilDivide(interest * poolParameters.reserve_fee, RATIO);
  pool.borrowed += interest;
  pool.lent += interest - toReserve;
  pool.reserve += toReserve;
  if (interest > 0n) {
    events.push({ type: 'interest_charged', asset: symbol, interest: String(interest), reserve: String(toReserve) });
  }
}

/** MM-6 */
function advanceTime(run, { time }) {
  const { state } = run;
  stage({ out_of_range: !isInRange(time), time_not_later: time <= state.time });
  const { accrual_interval, throttle_interval } = state.system;
  const seconds = (time / accrual_interval - state.time / accrual_interval) * accrual_interval;
  const steps = time / throttle_interval - state.time / throttle_interval;
  state.time = time;
  for (const [symbol, asset] of state.assets) {
    const { pool } = asset;
    if (seconds > 0n && pool.borrowed > 0n) {
      const due = pool.borrowed * borrowRate(asset) * seconds + pool.interest_carry;
      pool.interest_carry = due % (RATIO * YEAR);
      charge(run, symbol, asset, due / (RATIO * YEAR));
    }
    if (steps > 0n) throttle(asset, steps);
  }
}

/** The entry fee of a borrow (MM-7). */
function entryFee({ system, time }, asset, amount) {
  if (!system.entry_fee) return 0n;
  const rest = system.accrual_interval - (time % system.accrual_interval);
  return ceilDivide(amount * borrowRate(asset) * rest, RATIO * YEAR);
}

// ---------------------------------------------------------------------------------------------- money market: refusals

/** MM-8: the two bounds on the utilization of the pool as it would be after. */
function utilizationConditions({ pool, poolParameters }, borrowed, lent) {
  const after = utilization(borrowed, lent);
  return { max_utilization: after > poolParameters.max_utilization, utilization_throttled: after > pool.throttle_bound };
}

/** MM-9 */
function throttle({ pool, poolParameters }, steps) {
  const { throttle_utilization, max_utilization, throttle_fraction } = poolParameters;
  if (utilization(pool.borrowed, pool.lent) < throttle_utilization) {
    pool.throttle_bound = throttle_utilization;
    return;
  }
  for (let left = min(steps, 64n); left > 0n; left -= 1n) {
    pool.throttle_bound += floorDivide((max_utilization - pool.throttle_bound) * throttle_fraction, RATIO);
  }
}

/** MM-10: the book states that admit a step; a repayment is always admitted. */
const BOOKS = { lend: ['open'], redeem: ['open', 'repay_only'], borrow: ['open'] };
const isBookClosed = (step, { poolParameters }) => !BOOKS[step].includes(poolParameters.book_state);

/** Changes the signed shares of an account, with the event. */
function moveShares({ state, events }, id, symbol, change, reason) {
  if (change === 0n) return; // CF-5: never 0
  const { shares } = state.accounts[Number(id)];
  setEntry(shares, symbol, entry(shares, symbol) + change);
  events.push({ type: 'shares_moved', account: String(id), asset: symbol, shares: String(change), reason });
}

/** What a step of an account in a pool reads. */
function view(state, id, symbol) {
  const account = state.accounts[Number(id)];
  const asset = state.assets.get(symbol);
  const [lending, owing] = [lendShares(account, symbol), borrowShares(account, symbol)];
  return { account, asset, pool: asset.pool, free: entry(account.free, symbol), lending, owing };
}

// MM-11
const lendMinted = (pool, amount) => floorDivide(amount * (pool.lend_shares + VIRTUAL_SHARES), pool.lent + 1n);

function lendConditions(state, id, symbol, amount) {
  const { asset, pool, free, lending, owing } = view(state, id, symbol);
  const minted = lendMinted(pool, amount);
  const after = { lent: pool.lent + amount, lend_shares: pool.lend_shares + minted };
  return {
    book_closed: isBookClosed('lend', asset), lend_requires_borrow_repay: owing > 0n, insufficient_funds: free < amount,
    amount_too_small: minted === 0n || claim(lending + minted, after) === 0n, lend_limit: after.lent > asset.poolParameters.open_borrow_lend_limit,
  };
}

function doLend(run, id, symbol, amount, reason) {
  const { pool } = run.state.assets.get(symbol);
  const minted = lendMinted(pool, amount);
  pool.lent += amount;
  pool.lend_shares += minted;
  moveShares(run, id, symbol, minted, reason);
  post(run, `free:${id}`, 'pool', symbol, amount, reason);
}

// MM-12
function redeemConditions(state, id, symbol, amount) {
  const { asset, pool, lending } = view(state, id, symbol);
  const exceeds = amount > claim(lending, pool);
  return {
    book_closed: isBookClosed('redeem', asset), insufficient_lend: exceeds, amount_too_small: amount === 0n,
    insufficient_supply: pool.cash < amount,
    ...(exceeds ? {} : utilizationConditions(asset, pool.borrowed, pool.lent - amount)),
  };
}

function redeemBurned(shares, pool, amount) {
  if (amount === claim(shares, pool)) return shares;
  const burned = ceilDivide(amount * (pool.lend_shares + VIRTUAL_SHARES), pool.lent + 1n);
  const rest = claim(shares - burned, { lent: pool.lent - amount, lend_shares: pool.lend_shares - burned });
  return rest === 0n ? shares : burned;
}

function doRedeem(run, id, symbol, amount, reason) {
  const { pool, lending } = view(run.state, id, symbol);
  const burned = redeemBurned(lending, pool, amount);
  pool.lent -= amount;
  pool.lend_shares -= burned;
  moveShares(run, id, symbol, -burned, reason);
  post(run, 'pool', `free:${id}`, symbol, amount, reason);
}

// MM-13
function borrowConditions(state, id, symbol, amount) {
  const { asset, pool, lending } = view(state, id, symbol);
  const fee = entryFee(state, asset, amount);
  const toReserve = ceilDivide(fee * asset.poolParameters.reserve_fee, RATIO);
  const borrowed = pool.borrowed + fee + amount;
  return {
    book_closed: isBookClosed('borrow', asset), borrow_requires_lend_redeem: lending > 0n, price_unknown: asset.price === 0n,
    borrow_limit: borrowed > asset.poolParameters.open_borrow_lend_limit, insufficient_supply: pool.cash < amount,
    ...utilizationConditions(asset, borrowed, pool.lent + fee - toReserve),
  };
}

function doBorrow(run, id, symbol, amount, reason) {
  const { asset, pool } = view(run.state, id, symbol);
  const fee = entryFee(run.state, asset, amount);
  const owed = amount + fee;
  const minted = pool.borrow_shares === 0n ? owed * 10n ** 6n : ceilDivide(owed * pool.borrow_shares, pool.borrowed);
  charge(run, symbol, asset, fee);
  pool.borrowed += amount;
  pool.borrow_shares += minted;
  moveShares(run, id, symbol, -minted, reason);
  post(run, 'pool', `free:${id}`, symbol, amount, reason);
}

// MM-14
/** The borrow shares that a payment of at most the debt burns. */
const repayBurned = (shares, pool, amount) =>
  amount === debt(shares, pool) ? shares : floorDivide(amount * pool.borrow_shares, pool.borrowed);

function repayConditions(state, id, symbol, amount) {
  const { pool, free, owing } = view(state, id, symbol);
  const exceeds = amount > debt(owing, pool) || amount === 0n;
  return {
    insufficient_funds: free < amount, repay_exceeds_debt: exceeds,
    amount_too_small: !exceeds && repayBurned(owing, pool, amount) === 0n,
  };
}

function doRepay(run, id, symbol, amount, reason) {
  const { pool, owing } = view(run.state, id, symbol);
  const burned = repayBurned(owing, pool, amount);
  const principal = floorDivide(burned * pool.borrowed, pool.borrow_shares);
  pool.borrowed -= principal;
  pool.borrow_shares -= burned;
  pool.reserve += amount - principal;
  moveShares(run, id, symbol, burned, reason);
  post(run, `free:${id}`, 'pool', symbol, amount, reason);
}

/** The four actions of MM-11 to MM-14: stage 1, `all`, stage 2, the effect; only a borrow is held to the margin. */
const owned = (reason, conditions, perform, whole) => (run, action) => {
  firstStage(run.state, action, true);
  const { account: id, asset: symbol } = action;
  const amount = action.amount === 'all' ? whole(view(run.state, id, symbol)) : action.amount;
  stage(conditions(run.state, id, symbol, amount));
  perform(run, id, symbol, amount, reason);
  if (reason === 'borrow') stage({ insufficient_margin: !isAdmissible(run.before, run.state, id) });
};
const lend = owned('lend', lendConditions, doLend);
const redeem = owned('redeem', redeemConditions, doRedeem, ({ lending, pool }) => claim(lending, pool));
const borrow = owned('borrow', borrowConditions, doBorrow);
const repay = owned('repay', repayConditions, doRepay, ({ owing, pool }) => debt(owing, pool));

// MM-15
function setAccountSettings(run, { account: id, auto_lend, auto_repay_borrows, leverage_limit }) {
  const { state } = run;
  const account = byId(state.accounts, id);
  stage({
    out_of_range: !isInRange(leverage_limit), leverage_invalid: leverage_limit < RATIO, account_unknown: !account,
    account_reserved: isReserved(id),
  });
  const isLower = leverage_limit < account.settings.leverage_limit;
  account.settings = { auto_lend, auto_repay_borrows, leverage_limit };
  const { equity, initial } = health(state, id);
  stage({ insufficient_margin: isLower && equity < initial });
  for (const symbol of state.assets.keys()) sweep(run, id, symbol);
}

/** Repays, then lends what is free, if the account wants it and the step would pass; refuses nothing. */
function sweep(run, id, symbol) {
  const { state } = run;
  const { account, pool } = view(state, id, symbol);
  const free = () => entry(account.free, symbol);
  const passes = (conditions) => violatedBy(conditions).length === 0;
  if (account.settings.auto_repay_borrows) {
    const amount = min(free(), debtOf(account, symbol, pool));
    if (passes(repayConditions(state, id, symbol, amount))) doRepay(run, id, symbol, amount, 'auto_repay');
  }
  if (account.settings.auto_lend && free() > 0n && passes(lendConditions(state, id, symbol, free()))) {
    doLend(run, id, symbol, free(), 'auto_lend');
  }
}

// MM-16
function setPoolParameters({ state }, { asset: symbol, parameters }) {
  const asset = state.assets.get(symbol);
  stage({ parameter_invalid: !isPoolLawful(parameters), asset_unknown: !asset });
  asset.poolParameters = parameters;
  const { throttle_utilization, max_utilization } = parameters;
  asset.pool.throttle_bound = min(max(asset.pool.throttle_bound, throttle_utilization), max_utilization);
}

// MM-17
function health(state, id) {
  const { quote_unit } = state.system;
  const account = state.accounts[Number(id)];
  const fraction = (base, factor, notional) => max(base, isqrtUp(ceilDivide(factor * factor * notional, quote_unit)));
  const required = (base, factor, notional) => ceilDivide(notional * fraction(base, factor, notional), RATIO);
  let [collateral, exposure, initial, maintenance] = [0n, 0n, 0n, 0n];
  for (const [symbol, { parameters, price, pool }] of state.assets) {
    const { lot_atoms, collateral_weight, imf_base, imf_factor, mmf_base, mmf_factor } = parameters;
    const owned = entry(account.free, symbol) + claimOf(account, symbol, pool);
    const notional = ceilDivide(debtOf(account, symbol, pool) * price, lot_atoms);
    collateral += floorDivide(owned * price * collateral_weight, lot_atoms * RATIO);
    exposure += notional;
    initial += required(imf_base, imf_factor, notional);
    maintenance += required(mmf_base, mmf_factor, notional);
  }
  initial = max(initial, ceilDivide(exposure * RATIO, account.settings.leverage_limit));
  return { equity: collateral - exposure, initial, maintenance };
}

function isAdmissible(stateBefore, stateAfter, id) {
  const after = health(stateAfter, id);
  if (after.equity >= after.initial) return true;
  const before = health(stateBefore, id);
  return (
    after.maintenance <= before.maintenance && after.equity * before.maintenance >= before.equity * after.maintenance
  );
}

// ---------------------------------------------------------------------------------------------- conformance: the format

class Malformed extends Error {}

const INTEGER = /^(?:0|-?[1-9][0-9]{0,59})$/; // CF-2

/** Readers of wire values (CF-2): each takes a parsed JSON value and gives the value that the rules use. */
function int(value) {
  if (typeof value !== 'string' || !INTEGER.test(value)) throw new Malformed('expected a decimal string');
  return BigInt(value);
}
const intOrAll = (value) => (value === 'all' ? value : int(value));
function oneOf(isRight, expected) {
  return (value) => {
    if (!isRight(value)) throw new Malformed(`expected ${expected}`);
    return value;
  };
}
const string = oneOf((value) => typeof value === 'string', 'a string');
const boolean = oneOf((value) => typeof value === 'boolean', 'true or false');
const bookState = oneOf((value) => ['open', 'repay_only', 'closed'].includes(value), 'a book state');
const array = oneOf(Array.isArray, 'an array');
const anything = (value) => value;
const isObject = (value) => value instanceof Map;
const object = (fields) => (value) => {
  if (!isObject(value)) throw new Malformed('expected an object');
  const names = Object.keys(fields);
  for (const name of names) if (!value.has(name)) throw new Malformed(`the field ${name} is missing`);
  if (value.size !== names.length) throw new Malformed('there is an unknown field');
  return Object.fromEntries(names.map((name) => [name, fields[name](value.get(name))]));
};

const TOKEN = object({
  chain: string, native_unit: int, minimum_deposit: int, minimum_withdrawal: int, maximum_withdrawal: int, withdrawal_fee: int,
});
const POOL = object({
  book_state: bookState, base_rate: int, slope_low: int, slope_high: int, optimal_utilization: int, throttle_utilization: int,
  throttle_fraction: int, max_utilization: int, reserve_fee: int, open_borrow_lend_limit: int,
});
const ASSET = object({
  decimals: int, lot_atoms: int, collateral_weight: int, imf_base: int, imf_factor: int, mmf_base: int, mmf_factor: int,
  tokens: (value) => array(value).map(TOKEN), pool: POOL,
});
const SYSTEM = object({ quote_unit: int, accrual_interval: int, throttle_interval: int, entry_fee: boolean });

const form = (perform, fields) => ({ perform, read: object({ type: string, ...fields }) });
const OWNED = { account: int, asset: string };
const ACTIONS = new Map(Object.entries({ // CF-3
  create_account: form(createAccount, { account: int, user: int }),
  deposit: form(deposit, { ...OWNED, chain: string, sequence: int, amount: int }),
  request_withdrawal: form(requestWithdrawal, {
    ...OWNED, chain: string, amount: int, auto_lend_redeem: boolean, auto_borrow: boolean,
  }),
  confirm_withdrawal: form(confirmWithdrawal, { withdrawal: int }),
  fail_withdrawal: form(failWithdrawal, { withdrawal: int }),
  start_rebalance: form(startRebalance, { asset: string, source: string, destination: string, amount: int }),
  complete_rebalance: form(completeRebalance, { rebalance: int, received: int }),
  transfer: form(transfer, { sender: int, receiver: int, asset: string, amount: int }),
  set_price: form(setPrice, { asset: string, price: int }),
  list_asset: form(listAsset, { asset: string, parameters: ASSET }),
  advance_time: form(advanceTime, { time: int }),
  lend: form(lend, { ...OWNED, amount: int }),
  redeem: form(redeem, { ...OWNED, amount: intOrAll }),
  borrow: form(borrow, { ...OWNED, amount: int }),
  repay: form(repay, { ...OWNED, amount: intOrAll }),
  set_account_settings: form(setAccountSettings, {
    account: int, auto_lend: boolean, auto_repay_borrows: boolean, leverage_limit: int,
  }),
  set_pool_parameters: form(setPoolParameters, { asset: string, parameters: POOL }),
}));

function readAction(value) {
  const known = isObject(value) && ACTIONS.get(value.get('type'));
  if (!known) throw new Malformed('unknown action');
  return known.read(value);
}

const HIDDEN = ['system', 'parameters', 'poolParameters'];

/** The observation (CF-4) of any part of the state; without a prototype, so that the lawful name `__proto__` is a field too. */
function observation(part) {
  if (typeof part === 'bigint') return String(part);
  if (typeof part !== 'object') return part;
  const result = Object.create(null);
  for (const [name, value] of part instanceof Map ? part : Object.entries(part)) {
    if (part instanceof Map || !HIDDEN.includes(name)) result[name] = observation(value); // a chain may be called `system`
  }
  return result;
}

/** JSON with objects as Maps, integers as BigInts, and a field named twice as an error (CF-2), none of which JSON.parse gives. */
function parseJson(text) {
  JSON.parse(text); // throws on what is no JSON, so the tokens below are in a right order
  const tokens = text.match(/[{}[\]:,]|"(?:[^"\\]|\\.)*"|[^\s"{}[\]:,]+/g).filter((token) => token !== ',' && token !== ':');
  let next = 0;
  const value = () => {
    const token = tokens[next++];
    if (token === '{') {
      const fields = new Map();
      while (tokens[next] !== '}') {
        const name = JSON.parse(tokens[next++]);
        if (fields.has(name)) throw new Malformed('a field is named twice');
        fields.set(name, value());
      }
      next += 1;
      return fields;
    }
    if (token === '[') {
      const items = [];
      while (tokens[next] !== ']') items.push(value());
      next += 1;
      return items;
    }
    return /^-?\d+$/.test(token) ? BigInt(token) : JSON.parse(token);
  };
  return value();
}

// ---------------------------------------------------------------------------------------------- conformance: the protocol

let current; // the state, after the first reset

function apply(action) {
  try {
    const { state, events } = transition(current, action);
    current = state;
    return { accepted: { events } };
  } catch (problem) {
    if (!(problem instanceof Rejection)) throw problem;
    return { rejected: { code: problem.violated[0], violated: problem.violated } };
  }
}

const afterReset = () => {
  if (!current) throw new Malformed('no reset so far');
};
const request = (fields) => object({ id: anything, op: string, ...fields });
const OPERATIONS = new Map(Object.entries({ // CF-6
  hello: (value) => {
    const { protocol } = request({ protocol: string })(value);
    if (protocol !== '1') throw new Malformed('this engine speaks protocol 1');
    return { ok: { protocol: '1', name: 'javascript', version: '1', capabilities: ['custody', 'money_market', 'events'] } };
  },
  reset: (value) => {
    const { system } = request({ system: SYSTEM })(value);
    if (!isSystemLawful(system)) throw new Malformed('a system parameter breaks its law');
    current = genesis(system);
    return { ok: {} };
  },
  apply: (value) => {
    const { action } = request({ action: readAction })(value);
    afterReset();
    return apply(action);
  },
  observe: (value) => {
    request({})(value);
    afterReset();
    return { observation: observation(current) };
  },
}));

const written = (id, body) => `{"id":${id},${JSON.stringify(body).slice(1)}`;

/** The text of the reply to one request; `isInner` inside a batch. */
function reply(value, isInner) {
  const id = isObject(value) && typeof value.get('id') === 'bigint' ? value.get('id') : null;
  try {
    if (id === null) throw new Malformed('no request with an integer id');
    const op = value.get('op');
    if (!isInner && op === 'batch') {
      const { requests } = request({ requests: array })(value);
      return `{"id":${id},"replies":[${requests.map((inner) => reply(inner, true)).join(',')}]}`;
    }
    if (!isInner && op === 'bye') {
      request({})(value);
      return written(id, { ok: {} });
    }
    if (!OPERATIONS.has(op)) throw new Malformed('unknown operation');
    return written(id, OPERATIONS.get(op)(value));
  } catch (problem) {
    return written(id, { errored: { message: problem.message } });
  }
}

/** Answers one line; true after `bye`. */
function answer(line) {
  let value;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
    if (/^[ \t\r\n]*$/.test(text)) return false;
    value = parseJson(text);
  } catch (problem) {
    process.stdout.write(`${written(null, { errored: { message: problem.message } })}\n`);
    return false;
  }
  const text = reply(value, false);
  process.stdout.write(`${text}\n`);
  return isObject(value) && value.get('op') === 'bye' && text.endsWith('"ok":{}}');
}

async function serve() {
  let parts = [];
  for await (const chunk of process.stdin) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      start = end + 1;
      if (answer(Buffer.concat(parts))) return;
      parts = [];
    }
    parts.push(chunk.subarray(start));
  }
  answer(Buffer.concat(parts));
}

await serve();
process.exitCode = 0;
process.stdin.destroy();
