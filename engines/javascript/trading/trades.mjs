// What a trade on or off the book does in both kinds of market: SM-9 steps 4 to 6, PP-4 steps 4 to 8. A trade has a market, a
// price, lots, and a maker and a taker with account, side, flags and fee.

import { isPerpetual } from './book.mjs';
import { admitMaker, admitTaker, tradePositions } from '../positions.mjs';
import { fundParty, tradeAssets } from '../spot_margin.mjs';

const inPerpetual = ({ state }, { market }) => isPerpetual(state.markets.get(market));

/** What the maker, then what the taker needs for the trade: each is refused in a stage of its own. */
export const prepareMaker = (run, trade) =>
  (inPerpetual(run, trade) ? admitMaker(run, trade) : fundParty(run, trade, trade.maker));
export const prepareTaker = (run, trade) =>
  (inPerpetual(run, trade) ? admitTaker(run, trade) : fundParty(run, trade, trade.taker));
export const exchange = (run, trade) => (inPerpetual(run, trade) ? tradePositions : tradeAssets)(run, trade);
