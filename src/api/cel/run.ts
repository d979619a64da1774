/** The state of one evaluation. */
import type { Value } from './values.ts'

export interface Context {
  /** The value of a variable, `undefined` when it has none. */
  readonly read: (name: string) => Value | undefined
  /** Variables of loops. */
  readonly slots: (Value | undefined)[]
  /** What was spent so far, and what may be spent, in cost units. */
  cost: number
  readonly limit: number
}

export type Run = (context: Context) => Value

/** Thrown when an evaluation costs more than it may. */
export class CostExceeded extends Error {}

/** Adds to the cost; throws `CostExceeded` past the limit. */
export function charge(context: Context, cost: number): void {
  context.cost += cost
  if (context.cost > context.limit) throw new CostExceeded('operation cancelled: actual cost limit exceeded')
}
