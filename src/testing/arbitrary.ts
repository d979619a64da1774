/**
 * Inputs for property-based tests, as fast-check arbitraries:
 *
 *     import fc from 'fast-check'
 *     import { arbitrary } from 'kybern/testing/arbitrary'
 *
 *     await fc.assert(fc.asyncProperty(arbitrary.cluster({ nodes: [1, 3] }), arbitrary.operations(), async (options, all) => {
 *       await using cluster = await createCluster(options)
 *       for (const one of all) await perform(cluster, one)
 *       await cluster.settle()
 *       …
 *     }))
 *
 * Objects of every kind come from the API's own schema and a few rules of what goes together. fast-check is the user's:
 * an optional peer. Source: https://fast-check.dev/docs/introduction/
 */
import type fc from 'fast-check'
import type { KubeObject } from '../api/object.ts'
import { invalid, type NearlyValid, nearlyValid } from './arbitrary/broken-object.ts'
import { cluster } from './arbitrary/cluster.ts'
import { creatable, kindNamed, type ObjectOptions, valid } from './arbitrary/object.ts'
import { operation, operations } from './arbitrary/operation.ts'

export type { Breakage } from './arbitrary/breakage.ts'
export type { NearlyValid } from './arbitrary/broken-object.ts'
export type { ClusterShape, Range } from './arbitrary/cluster.ts'
export type { ObjectOptions } from './arbitrary/object.ts'
export type { OperationName, OperationsShape } from './arbitrary/operation.ts'

export const arbitrary = {
  /** The kinds there are objects for: all that users create, by name. */
  kinds: creatable.map(({ kind }) => kind) as readonly string[],
  object,
  /** Objects that are refused for one field, and which: `{ object, broken: { path, how, value } }`. Throws KYB-ARBITRARY. */
  nearlyValid: (kind: string): fc.Arbitrary<NearlyValid> => nearlyValid(kindNamed(kind)),
  /** Any JSON: bodies that an API has to answer all the same. A few of them are valid by chance. Throws KYB-ARBITRARY. */
  invalid: (kind: string): fc.Arbitrary<unknown> => invalid(kindNamed(kind)),
  cluster,
  operation,
  operations,
} as const

/** Objects of a kind that a new cluster takes. Throws KYB-ARBITRARY for a kind that is not served or never created. */
function object(kind: string, options?: ObjectOptions & { readonly valid?: true }): fc.Arbitrary<KubeObject>
function object(kind: string, options: ObjectOptions): fc.Arbitrary<unknown>
function object(kind: string, options: ObjectOptions = {}): fc.Arbitrary<unknown> {
  const found = kindNamed(kind)
  return options.valid === false ? invalid(found) : valid(found, options)
}
