// Which account is due for liquidation: LQ-1.

import { feedConditions, health, isLiquidatable } from './portfolio.mjs';

export const dueConditions = (state, id) => ({
  ...feedConditions(state, id, 'liquidation_price_age'), liquidation_paused: state.time < state.liquidation_time,
  not_liquidatable: !isLiquidatable(health(state, id)),
});
