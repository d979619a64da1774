/** How the values of one definition are made beyond what its schema says. */
import type fc from 'fast-check'

/** Parts by definition: `tie('core.v1.Container')`. */
export type Tie = (definition: string) => fc.Arbitrary<unknown>

export type Fields = Readonly<Record<string, fc.Arbitrary<unknown>>>

// biome-ignore lint/suspicious/noExplicitAny: a struct of any definition
export type Value = any

export interface Recipe {
  /** Fields that are always there, beside the required ones of the schema, or how required ones look. */
  readonly always?: Fields
  /** How optional fields look. */
  readonly fields?: Fields
  /** The optional fields that may be there; all when absent. */
  readonly only?: readonly string[]
  /** Fields that are never there. */
  readonly never?: readonly string[]
  /** Exactly one of these fields is there. */
  readonly oneOf?: readonly string[]
  /** Fields that belong together, laid over the others. */
  readonly together?: fc.Arbitrary<object>
  /** What has to agree is made to agree. Pure. */
  readonly refine?: (value: Value) => Value
  /** Instead of everything else. */
  readonly whole?: fc.Arbitrary<unknown>
}

export type Recipes = (tie: Tie) => Readonly<Record<string, Recipe>>
