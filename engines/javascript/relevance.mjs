// Which prices a verdict on an account depends on: PF-9.

import { floorDivide, sum } from './numbers.mjs';
import { stage } from './outcomes.mjs';
import {
  assetLevel, assetLines, collateralValue, gainValue, health, holding, isAdmissible, isAdmitted, isLiquidatable, isNoRiskier,
  levelConditions, markLevel, meetsInitial, owedValue, positionLines, requirement, requiring, settlementAsset,
} from './portfolio.mjs';
import { byId } from './state.mjs';

/** The levels that a change of an account depends on; `was` and `is` are its healths before and after. */
function changeLevels({ before, state }, id, { was, is }, age) {
  const account = byId(state.accounts, id);
  const [assets, positions] = [assetLines(state, account), positionLines(state, account)];
  if ([...assets, ...positions].every(({ exposed }) => exposed === 0n)) return [];
  const settlement = positions.length > 0 ? settlementAsset(state) : undefined;
  const isNeeded = ({ asset, exposed }) => exposed !== 0n || asset === settlement;
  const needed = new Set([...assets.filter(isNeeded).map(({ asset }) => asset), ...(settlement ? [settlement] : [])]);
  const levels = [
    ...[...needed].map((asset) => assetLevel(state, asset, age)), ...positions.map(({ market }) => markLevel(state, market, age)),
  ];
  const idle = assets.filter((line) => !isNeeded(line) && line.asset.price !== 0n &&
    !isAdmitted(assetLevel(state, line.asset, age), age));
  const uncounted = (of) => sum(idle.map(({ symbol }) => {
    const asset = of.assets.get(symbol);
    return collateralValue(of.system, asset, holding(byId(of.accounts, id), symbol, asset).held);
  }));
  const [wasLess, isLess] = [
    { ...was, equity: was.equity - uncounted(before) }, { ...is, equity: is.equity - uncounted(state) },
  ];
  const isCarried = meetsInitial(isLess) || (isNoRiskier(wasLess, isLess) && isNoRiskier(was, is));
  return isCarried ? levels : [...levels, ...idle.map(({ asset }) => assetLevel(state, asset, age))];
}

/** What an owner's change of an account must not be (PF-8), with the name of the price age. */
export const changeConditions = (run, id, healths, age) => ({
  ...levelConditions(changeLevels(run, id, healths, age), age, 'price_stale'),
  insufficient_margin: !isAdmissible(healths.was, healths.is),
});

/** The last stage of an owner's action (PF-8), with the name of the price age. */
export const marginConditions = (run, id, age) =>
  changeConditions(run, id, { was: health(run.before, id), is: health(run.state, id) }, age);
export const marginStage = (run, id, age) => stage(marginConditions(run, id, age));

/** What the prices refuse on which it depends whether an account is due (LQ-1). */
export function dueFeedConditions(state, id, found) {
  if (found.exposure === 0n) return {};
  const age = 'liquidation_price_age';
  const account = byId(state.accounts, id);
  const isSettled = account.positions.size > 0 || account.unsettled !== 0n;
  const settlement = isSettled ? settlementAsset(state) : undefined;
  const positions = positionLines(state, account).map((line) => ({ ...line, level: markLevel(state, line.market, age) }));
  const levels = [];
  if (isSettled) levels.push(assetLevel(state, settlement, age));
  const unmarked = positions.filter(({ level }) => !isAdmitted(level, age));
  const ofAssets = assetLines(state, account).map((line) => ({ ...line, level: assetLevel(state, line.asset, age) }))
    .filter(({ asset, level }) => asset !== settlement && !isAdmitted(level, age));
  const favored = { ...found };
  for (const { parameters: { mmf_base, mmf_factor }, notional } of requiring(state, ofAssets, unmarked)) {
    favored.exposure -= notional;
    favored.maintenance -= requirement(state.system, mmf_base, mmf_factor, notional);
  }
  favored.equity += gainValue(state, account, unmarked.map(({ symbol }) => symbol)) - gainValue(state, account);
  for (const { asset, held, owed } of ofAssets) {
    const worth = floorDivide(held * asset.price, asset.parameters.lot_atoms);
    favored.equity += worth - collateralValue(state.system, asset, held) + owedValue(asset, owed);
  }
  if (!isLiquidatable(favored)) {
    const counts = ofAssets.filter(({ exposed, level }) => exposed > 0n || level !== 'unknown');
    levels.push(...[...unmarked, ...counts].map(({ level }) => level));
  }
  return levelConditions(levels, age, 'price_stale');
}
