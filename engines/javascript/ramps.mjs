// Margins on their way: GV-2. An asset or a perpetual has the margins in force in its parameters, and a `ramp` while they move.

import { ceilDivide, floorDivide } from './numbers.mjs';

const UP = ['imf_base', 'imf_factor', 'penalty'];
const HAIRCUT = ['weight', 'base', 'penalty'];

/** The margins of parameters; those of a perpetual have no haircut. */
export function marginsOf({ imf_base, imf_factor, mmf_base, mmf_factor, haircut }) {
  const ofHaircut = haircut ? HAIRCUT.map((name) => [name, haircut[name]]) : [];
  return { imf_base, imf_factor, mmf_base, mmf_factor, ...Object.fromEntries(ofHaircut) };
}

function putInForce(owner, { weight, base, penalty, ...fractions }) {
  const { haircut } = owner.parameters;
  Object.assign(owner.parameters, fractions, haircut ? { haircut: { kind: haircut.kind, weight, base, penalty } } : {});
}

/** What was `origin` until now goes to the margins of the parameters, or is replaced by them at once. */
export function startRamp({ system, time }, owner, origin) {
  const target = marginsOf(owner.parameters);
  const { ramp_interval } = system;
  delete owner.ramp;
  if (ramp_interval === 0n || Object.keys(target).every((name) => target[name] === origin[name])) return;
  owner.ramp = { origin, target, start: time, end: time + ramp_interval };
  putInForce(owner, origin);
}

function marginsAt(time, { origin, target, start, end }) {
  const on = (name) => {
    const divide = UP.includes(name) ? ceilDivide : floorDivide;
    return origin[name] + divide((target[name] - origin[name]) * (time - start), end - start);
  };
  return Object.fromEntries(Object.keys(origin).map((name) => [name, on(name)]));
}

/** Every running ramp is moved to the time that it is. */
export function moveRamps({ time, assets, markets }) {
  for (const owner of [...assets.values(), ...markets.values()].filter(({ ramp }) => ramp)) {
    const { target, end } = owner.ramp;
    putInForce(owner, time < end ? marginsAt(time, owner.ramp) : target);
    if (time >= end) delete owner.ramp;
  }
}
