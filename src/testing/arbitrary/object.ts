/** Whole objects of every kind that is created, and what becomes of them when one field is broken. */
import fc from 'fast-check'
import type { Kind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { shortName } from '../../api/schema/schema.ts'
import { KybernError } from '../../lib/coded-error.ts'
import { builtIn } from './judge.ts'
import { recipes } from './recipes/index.ts'
import { definitionArbitrary } from './schema.ts'
import * as words from './words.ts'

export interface ObjectOptions {
  /** False: anything, as `invalid` has it. */
  readonly valid?: boolean
  /** The name, when it is not to be drawn. Kinds whose names say something (CustomResourceDefinition) keep their own. */
  readonly name?: string
  /** The namespace; absent from the manifest when not given. */
  readonly namespace?: string
}

/** The kinds whose objects a user creates, in the order of the API's list. */
export const creatable: readonly Kind[] = builtIn.kinds.filter(
  ({ virtual, verbs, schema }) => virtual !== true && verbs.includes('create') && schema !== undefined,
)

/** The kind of this name. Throws KYB-ARBITRARY for one that nobody serves or that is never created. */
export function kindNamed(name: string): Kind {
  const kind = builtIn.find(name)
  const stored = creatable.find((one) => one.resource === kind?.resource)
  if (stored !== undefined) return stored
  const why = kind === undefined ? 'nobody serves it' : 'its objects are not created by users'
  throw new KybernError('KYB-ARBITRARY', `there are no objects of the kind "${name}" to make: ${why}`)
}

// Arbitraries of a kind's fields: made once each, as building them is what costs.
const made = new Map<string, fc.Arbitrary<unknown>>()

function fieldsOf({ schema = '' }: Kind): fc.Arbitrary<Record<string, unknown>> {
  const known = made.get(schema) ?? definitionArbitrary(shortName(schema) as string, recipes)
  made.set(schema, known)
  return known as fc.Arbitrary<Record<string, unknown>>
}

/** Objects that a new cluster creates when it is asked to. They shrink to the smallest manifest of the kind. */
export function valid(kind: Kind, { name, namespace }: ObjectOptions): fc.Arbitrary<KubeObject> {
  const { apiVersion } = kind
  const place = kind.namespaced && namespace !== undefined ? { namespace } : {}
  const metadata = fc.record(
    {
      name: name === undefined ? words.name : fc.constant(name),
      labels: words.someLabels,
      annotations: words.someLabels,
    },
    { requiredKeys: ['name'] },
  )
  return fc.tuple(fieldsOf(kind), metadata).map(([fields, drawn]) => {
    const own = fields.metadata as object | undefined
    return { apiVersion, kind: kind.kind, ...fields, metadata: { ...drawn, ...place, ...own } } as KubeObject
  })
}
