// Numbers: NT-1 to NT-7. All are BigInt, so no product is ever rounded or wrapped.

export const RATIO = 10n ** 18n; // NT-3
export const MILLION = 10n ** 6n * RATIO; // the largest ratio that a law admits
export const YEAR = 31536000n; // NT-5
export const LARGEST = 2n ** 127n - 1n; // NT-7

export const isInRange = (value) => -LARGEST <= value && value <= LARGEST; // NT-7
export const isBetween = (low, value, high) => low <= value && value <= high;
export const min = (...values) => values.reduce((left, right) => (left < right ? left : right));
export const max = (...values) => values.reduce((left, right) => (left > right ? left : right));
export const sum = (values) => values.reduce((left, right) => left + right, 0n);

/** floor(a / b), b > 0 (NT-4); BigInt division truncates toward zero. */
export function floorDivide(a, b) {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** ceil(a / b), b > 0 (NT-4). */
export const ceilDivide = (a, b) => -floorDivide(-a, b);

export const absolute = (value) => (value < 0n ? -value : value);
export const median = (a, b, c) => max(min(a, b), min(max(a, b), c));

/** The largest r >= 0 with r * r <= x (NT-6). */
function isqrt(x) {
  if (x <= 1n) return x;
  let root = 1n << BigInt(Math.ceil(x.toString(2).length / 2)); // at or above the root
  for (;;) {
    const next = (root + x / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

/** The smallest r >= 0 with r * r >= x (NT-6). */
export function isqrtUp(x) {
  const root = isqrt(x);
  return root * root === x ? root : root + 1n;
}

/** The smallest r >= 0 with r * r * divisor >= (scale * RATIO)^2 * value (NT-6): first the digits of RATIO, then those of scale. */
export function scaledIsqrtUp(scale, value, divisor) {
  const square = value * RATIO * RATIO;
  const part = scale * scale;
  const coarse = isqrt(square / divisor);
  const rest = (square % divisor) * part;
  const root = coarse * scale;
  const left = (square / divisor - coarse * coarse) * part + rest / divisor;
  let more = scale; // too much at first; each step comes nearer, and none goes below
  while (more * (2n * root + more) > left) more = (left + more * more) / (2n * (root + more));
  const isExact = more * (2n * root + more) === left && rest % divisor === 0n;
  return root + more + (isExact ? 0n : 1n);
}
