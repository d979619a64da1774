/** Ranges of sizes and costs. */

/** At least and at most. `max` saturates at 2^64 - 1, which stands for "without a bound". */
export interface Estimate {
  readonly min: number
  readonly max: number
}

export const unbounded = 2 ** 64
export const unknownSize: Estimate = { min: 0, max: unbounded }

const saturated = (value: number) => Math.min(value, unbounded)

export function fixed(value: number): Estimate {
  return { min: value, max: value }
}

export function add(a: Estimate, b: Estimate): Estimate {
  return { min: saturated(a.min + b.min), max: saturated(a.max + b.max) }
}

export function times(a: Estimate, b: Estimate): Estimate {
  return { min: saturated(a.min * b.min), max: saturated(a.max * b.max) }
}

/** Multiplied and rounded up. */
export function scaled(a: Estimate, factor: number): Estimate {
  return { min: saturated(Math.ceil(a.min * factor)), max: saturated(Math.ceil(a.max * factor)) }
}

export function union(a: Estimate, b: Estimate): Estimate {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) }
}
