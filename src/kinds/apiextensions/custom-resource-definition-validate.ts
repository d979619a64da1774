/**
 * What a CustomResourceDefinition must be: names, versions, structural schemas.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */
import { checkRules } from '../../api/cel/rules/check.ts'
import type { CelSchema } from '../../api/cel/schema.ts'
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  type Path,
  path,
  required,
} from '../../api/field-error.ts'
import { validateImmutable } from '../../api/meta.ts'
import { isDns1035Label, isDns1123Subdomain } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Structural } from '../../api/structural/schema.ts'
import { structuralFaults } from '../../api/structural/structural.ts'
import { equal } from '../../lib/equal.ts'

interface Version {
  readonly name?: string
  readonly served?: boolean
  readonly storage?: boolean
  readonly schema?: { readonly openAPIV3Schema?: Structural }
}

const spec = path('spec')

export function validateDefinition(
  crd: KubeObject,
  previous: KubeObject | undefined,
  subresource: string,
): FieldError[] {
  if (subresource === 'status') return []
  const { group = '', names = {}, scope = '', conversion, preserveUnknownFields } = crd.spec ?? {}
  // A list that is missing is written as null.
  const versions: readonly Version[] = crd.spec?.versions ?? []
  const name = crd.metadata.name
  return [
    ...(name === `${names.plural ?? ''}.${group}`
      ? []
      : [invalidValue(path('metadata', 'name'), name, 'must be spec.names.plural+"."+spec.group')]),
    ...groupFaults(group),
    ...(scope === 'Cluster' || scope === 'Namespaced'
      ? []
      : scope === ''
        ? [required(spec.child('scope'))]
        : [notSupported(spec.child('scope'), scope, ['Cluster', 'Namespaced'])]),
    ...(preserveUnknownFields === true
      ? [
          invalidValue(
            spec.child('preserveUnknownFields'),
            true,
            'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
          ),
        ]
      : []),
    ...versionFaults(versions, crd.spec?.versions),
    ...nameFaults(names),
    ...conversionFaults(conversion),
    ...storedFaults(crd, versions),
    ...(previous === undefined ? [] : changeFaults(crd, previous)),
  ]
}

function groupFaults(group: string): FieldError[] {
  const at = spec.child('group')
  if (group === '') return [required(at)]
  const why = isDns1123Subdomain(group)
  if (why.length > 0) return why.map((one) => invalidValue(at, group, one))
  return group.split('.').length < 2 ? [invalidValue(at, group, 'should be a domain with at least one dot')] : []
}

function versionFaults(versions: readonly Version[], given: unknown): FieldError[] {
  const at = spec.child('versions')
  const missing = versions.flatMap(({ schema }, index) =>
    schema?.openAPIV3Schema === undefined ? [required(at.index(index).child('schema', 'openAPIV3Schema'))] : [],
  )
  const each = versions.flatMap(({ name = '' }, index) =>
    isDns1035Label(name).map((why) => invalidValue(at.index(index).child('name'), name, why)),
  )
  const storage = versions.filter((one) => one.storage === true).length
  const unique = new Set(versions.map(({ name }) => name)).size === versions.length
  return [
    ...missing,
    ...each,
    ...schemaFaults(versions),
    ...(unique ? [] : [invalidValue(at, versions, 'must contain unique version names')]),
    ...(storage === 1
      ? []
      : [invalidValue(at, given ?? null, 'must have exactly one version marked as storage version')]),
  ]
}

/** A schema that all versions share is judged once, under the name it had before there were versions. */
function schemaFaults(versions: readonly Version[]): FieldError[] {
  const schemas = versions.map(({ schema }) => schema?.openAPIV3Schema)
  const [first] = schemas
  if (first !== undefined && schemas.every((one) => equal(one, first)))
    return oneSchemaFaults(first, spec.child('validation', 'openAPIV3Schema'))
  return schemas.flatMap((schema, index) =>
    schema === undefined
      ? []
      : oneSchemaFaults(schema, spec.child('versions').index(index).child('schema', 'openAPIV3Schema')),
  )
}

/** The form of a schema, and then the rules in it. */
function oneSchemaFaults(schema: Structural, at: Path): FieldError[] {
  const faults = structuralFaults(schema, at)
  const { schemaErrors, celErrors } = checkRules(schema as CelSchema, at, { schemaErrors: faults })
  return [...faults, ...schemaErrors, ...celErrors]
}

function nameFaults(names: Record<string, unknown>): FieldError[] {
  const at = spec.child('names')
  const label = (field: string, text: string): FieldError[] =>
    isDns1035Label(text.toLowerCase()).map((why) =>
      invalidValue(at.child(field), text, `may have mixed case, but should otherwise match: ${why}`),
    )
  const plural = String(names.plural ?? '')
  const kind = String(names.kind ?? '')
  const words = (field: 'shortNames' | 'categories'): FieldError[] =>
    ((names[field] ?? []) as string[]).flatMap((text, index) =>
      isDns1035Label(text).map((why) => invalidValue(at.child(field).index(index), text, why)),
    )
  return [
    ...(plural === ''
      ? [required(at.child('plural'))]
      : isDns1035Label(plural).map((why) => invalidValue(at.child('plural'), plural, why))),
    ...(names.singular
      ? isDns1035Label(String(names.singular)).map((why) => invalidValue(at.child('singular'), names.singular, why))
      : []),
    ...(kind === '' ? [required(at.child('kind'))] : label('kind', kind)),
    ...(names.listKind ? label('listKind', String(names.listKind)) : []),
    ...(kind !== '' && kind === names.listKind
      ? [invalidValue(at.child('listKind'), kind, 'kind and listKind may not be the same')]
      : []),
    ...words('shortNames'),
    ...words('categories'),
  ]
}

function conversionFaults(
  conversion:
    | { strategy?: string; webhook?: { clientConfig?: object; conversionReviewVersions?: readonly string[] } }
    | undefined,
): FieldError[] {
  const at = spec.child('conversion')
  if (conversion === undefined) return []
  const { strategy = '', webhook } = conversion
  if (strategy === '') return [required(at.child('strategy'))]
  if (strategy !== 'None' && strategy !== 'Webhook')
    return [notSupported(at.child('strategy'), strategy, ['None', 'Webhook'])]
  if (strategy === 'None')
    return webhook === undefined
      ? []
      : [forbiddenValue(at.child('webhook'), 'should not be set when strategy is not set to Webhook')]
  if (webhook?.clientConfig === undefined)
    return [
      required(at.child('webhookClientConfig'), 'required when strategy is set to Webhook'),
      ...reviewVersionFaults(webhook?.conversionReviewVersions, at),
    ]
  return reviewVersionFaults(webhook.conversionReviewVersions, at)
}

function reviewVersionFaults(versions: readonly string[] | undefined, at: Path): FieldError[] {
  return versions === undefined || versions.length === 0 ? [required(at.child('conversionReviewVersions'))] : []
}

function storedFaults(crd: KubeObject, versions: readonly Version[]): FieldError[] {
  const at = path('status', 'storedVersions')
  const stored: readonly string[] = crd.status?.storedVersions ?? []
  if (stored.length === 0) return [invalidValue(at, null, 'must have at least one stored version')]
  const current = versions.find(({ storage }) => storage === true)?.name
  return [
    ...(current === undefined || stored.includes(current)
      ? []
      : [invalidValue(at, stored, `must have the storage version ${current}`)]),
    ...stored.flatMap((name, index) =>
      versions.some((one) => one.name === name)
        ? []
        : [
            invalidValue(
              at.index(index),
              name,
              'missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions'.replaceAll(
                'v1',
                name,
              ),
            ),
          ],
    ),
  ]
}

function changeFaults(crd: KubeObject, previous: KubeObject): FieldError[] {
  const conditions: readonly { type: string; status: string }[] = previous.status?.conditions ?? []
  const established = conditions.some(({ type, status }) => type === 'Established' && status === 'True')
  if (!established) return []
  return [
    ...validateImmutable(crd.spec.scope, previous.spec.scope, spec.child('scope')),
    ...validateImmutable(crd.spec.names.kind, previous.spec.names.kind, spec.child('names', 'kind')),
    ...validateImmutable(crd.spec.group, previous.spec.group, spec.child('group')),
    ...validateImmutable(crd.spec.names.plural, previous.spec.names.plural, spec.child('names', 'plural')),
  ]
}
