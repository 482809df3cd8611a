// An engine written from the specification alone: spec/README.md and the chapters that it lists.
// Node.js 20 or later, no dependencies. The modules follow the chapters, comments name the clauses. Here: one transition (NT-9)
// and the protocol (CF-6), whatever carries its lines.

import { isSystemLawful } from './custody.mjs';
import { ACTIONS, array, isObject, Malformed, object, observation, parseJson, readAction, string, SYSTEM } from './format.mjs';
import { haltStage } from './governance.mjs';
import { Rejection, stage } from './outcomes.mjs';
import { genesis, isStorable } from './state.mjs';
import { readState } from './states.mjs';

/** The next state and the events, or a Rejection (NT-9); `before` is never changed, the copy freely. */
function transition(before, action) {
  const run = { before, state: structuredClone(before), events: [] };
  haltStage(before, action);
  ACTIONS.get(action.type).perform(run, action);
  stage({ out_of_range: !isStorable(run.state) });
  return run;
}

let current; // the state, after the first reset
const saved = new Map(); // CF-10

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
const request = (fields) => object({ id: (value) => value, op: string, ...fields });
const CAPABILITIES = [ // CF-1
  'custody', 'money_market', 'portfolio', 'spot_margin', 'perpetuals', 'settlement', 'liquidation', 'programs', 'governance',
  'events', 'states',
];
const OPERATIONS = new Map(Object.entries({ // CF-6
  hello: (value) => {
    const { protocol } = request({ protocol: string })(value);
    if (protocol !== '1') throw new Malformed('this engine speaks protocol 1');
    return { ok: { protocol: '1', name: 'javascript', version: '4', capabilities: CAPABILITIES } };
  },
  reset: (value) => {
    const given = value.get('system');
    if (isObject(given) && !given.has('conversion_distance')) given.set('conversion_distance', '0');
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
  save: (value) => {
    const { name } = request({ name: string })(value);
    afterReset();
    saved.set(name, current);
    return { ok: {} };
  },
  restore: (value) => {
    const { name } = request({ name: string })(value);
    if (!saved.has(name)) throw new Malformed('nothing is saved under that name');
    current = saved.get(name);
    return { ok: {} };
  },
  load: (value) => {
    const { state } = request({ state: readState })(value);
    if (!isSystemLawful(state.system)) throw new Malformed('a system parameter breaks its law');
    current = state;
    return { ok: {} };
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

/** The reply to one line of bytes: its text, none for an empty line, and whether the line was `bye`. */
export function answer(line) {
  let value;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
    if (/^[ \t\r\n]*$/.test(text)) return {};
    value = parseJson(text);
  } catch (problem) {
    return { text: written(null, { errored: { message: problem.message } }) };
  }
  const text = reply(value, false);
  return { text, isLast: isObject(value) && value.get('op') === 'bye' && text.endsWith('"ok":{}}') };
}
