/**
 * The rules of metadata that hold for every kind.
 * Sources: k8s.io/apimachinery pkg/api/validation and pkg/apis/meta/v1/validation;
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/
 */
import { equal } from '../lib/equal.ts'
import { type FieldError, forbiddenValue, invalidValue, type Path, path, required, tooLong } from './field-error.ts'
import { byteLength, goQuote } from './go-text.ts'
import { isQualifiedName, isValidLabelValue, type NameRule, nameIsDnsLabel, nameIsDnsSubdomain } from './names.ts'
import type { ObjectMeta, OwnerReference } from './object.ts'
import type { LabelSelector } from './selector.ts'

/** All annotations of one object together, keys and values, in bytes. */
export const annotationsLimitBytes = 256 * 1024

/** What a field says that may not change. */
export const immutableMessage = 'field is immutable'

/**
 * The faults of metadata on creation, after the server has generated a name and set the namespace.
 * `nameRule` is the kind's rule for names; most have DNS subdomains.
 */
export function validateObjectMeta(
  meta: ObjectMeta,
  namespaced: boolean,
  nameRule: NameRule = nameIsDnsSubdomain,
  place: Path = path('metadata'),
): FieldError[] {
  return [
    ...validateName(meta, nameRule, place),
    ...validateNamespace(meta.namespace ?? '', namespaced, place.child('namespace')),
    ...((meta.generation ?? 0) < 0
      ? [invalidValue(place.child('generation'), meta.generation, 'must be greater than or equal to 0')]
      : []),
    ...validateLabels(meta.labels, place.child('labels')),
    ...validateAnnotations(meta.annotations, place.child('annotations')),
    ...validateOwnerReferences(meta.ownerReferences, place.child('ownerReferences')),
    ...validateFinalizers(meta.finalizers, place.child('finalizers')),
  ]
}

function validateName(meta: ObjectMeta, nameRule: NameRule, place: Path): FieldError[] {
  const { name = '', generateName = '' } = meta
  const base = generateName === '' ? [] : nameRule(generateName, true)
  const faults = base.map((fault) => invalidValue(place.child('generateName'), generateName, fault))
  if (name === '') return [...faults, required(place.child('name'), 'name or generateName is required')]
  return [...faults, ...nameRule(name, false).map((fault) => invalidValue(place.child('name'), name, fault))]
}

function validateNamespace(namespace: string, namespaced: boolean, place: Path): FieldError[] {
  if (!namespaced) return namespace === '' ? [] : [forbiddenValue(place, 'not allowed on this type')]
  if (namespace === '') return [required(place)]
  return nameIsDnsLabel(namespace, false).map((fault) => invalidValue(place, namespace, fault))
}

/** Fields of metadata that no update may change. */
const immutableFields = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const

/**
 * The faults of metadata on update. Identity and times are immutable, generation does not fall, and an object being
 * deleted gains no finalizers. The resourceVersion must be there, as it is after the server has filled it in.
 */
export function validateObjectMetaUpdate(
  next: ObjectMeta,
  previous: ObjectMeta,
  place: Path = path('metadata'),
): FieldError[] {
  const errors: FieldError[] = []
  if (previous.deletionTimestamp !== undefined) {
    errors.push(...validateNoNewFinalizers(next.finalizers, previous.finalizers, place.child('finalizers')))
  }
  if ((next.resourceVersion ?? '') === '') {
    errors.push(invalidValue(place.child('resourceVersion'), '', 'must be specified for an update'))
  }
  const generation = next.generation ?? 0
  if (generation < (previous.generation ?? 0)) {
    errors.push(invalidValue(place.child('generation'), generation, 'must not be decremented'))
  }
  for (const field of immutableFields) {
    errors.push(...validateImmutable(shown(field, next), shown(field, previous), place.child(field)))
  }
  return [
    ...errors,
    ...validateLabels(next.labels, place.child('labels')),
    ...validateAnnotations(next.annotations, place.child('annotations')),
    ...validateOwnerReferences(next.ownerReferences, place.child('ownerReferences')),
  ]
}

// The texts are empty rather than absent in the server's types, the times and the grace period are null.
function shown(field: (typeof immutableFields)[number], meta: ObjectMeta): unknown {
  const isText = field === 'name' || field === 'namespace' || field === 'uid'
  return meta[field] ?? (isText ? '' : null)
}

/** One fault when the two values are not the same JSON. */
export function validateImmutable(next: unknown, previous: unknown, place: Path): FieldError[] {
  return equal(next, previous) ? [] : [invalidValue(place, next, immutableMessage)]
}

/** The faults of labels; keys and values are both named at the map's own path. Keys are visited in sorted order. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, place: Path): FieldError[] {
  return sortedEntries(labels).flatMap(([key, value]) => [
    ...validateLabelName(key, place),
    ...isValidLabelValue(value).map((fault) => invalidValue(place, value, fault)),
  ])
}

/** The faults of one label key. */
export function validateLabelName(key: string, place: Path): FieldError[] {
  return isQualifiedName(key).map((fault) => invalidValue(place, key, fault))
}

/** The faults of annotations: keys as for labels but in any case, and the size of all together. */
export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  place: Path,
): FieldError[] {
  const entries = sortedEntries(annotations)
  const errors = entries.flatMap(([key]) =>
    isQualifiedName(key.toLowerCase()).map((fault) => invalidValue(place, key, fault)),
  )
  const size = entries.reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0)
  return size > annotationsLimitBytes ? [...errors, tooLong(place, annotationsLimitBytes)] : errors
}

function sortedEntries(map: Readonly<Record<string, string>> | undefined): [string, string][] {
  return Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** The faults of owner references: complete ones, no Event as owner, at most one controller. */
export function validateOwnerReferences(references: readonly OwnerReference[] | undefined, place: Path): FieldError[] {
  const errors: FieldError[] = []
  let controller: string | undefined
  for (const reference of references ?? []) {
    errors.push(...validateOwnerReference(reference, place))
    if (reference.controller !== true) continue
    const current = `${reference.kind}/${reference.name}`
    const two = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${current}`
    if (controller === undefined) controller = current
    else errors.push(invalidValue(place, references, two))
  }
  return errors
}

function validateOwnerReference(reference: OwnerReference, place: Path): FieldError[] {
  const { apiVersion = '', kind = '', name = '', uid = '' } = reference
  const errors: FieldError[] = []
  if (versionOf(apiVersion) === '') {
    errors.push(invalidValue(place.child('apiVersion'), apiVersion, 'version must not be empty'))
  }
  for (const [field, value] of Object.entries({ kind, name, uid })) {
    if (value === '') errors.push(invalidValue(place.child(field), value, 'must not be empty'))
  }
  if (apiVersion === 'v1' && kind === 'Event') {
    errors.push(invalidValue(place, reference, '/v1, Kind=Event is disallowed from being an owner'))
  }
  return errors
}

// More than one slash is no group and version at all.
function versionOf(apiVersion: string): string {
  const parts = apiVersion.split('/')
  return parts.length > 2 ? '' : (parts.at(-1) ?? '')
}

/** The faults of finalizers: qualified names, and not both of the garbage collector's. */
export function validateFinalizers(finalizers: readonly string[] | undefined, place: Path): FieldError[] {
  const list = finalizers ?? []
  const errors = list.flatMap((name) => isQualifiedName(name).map((fault) => invalidValue(place, name, fault)))
  if (!list.includes('orphan') || !list.includes('foregroundDeletion')) return errors
  return [...errors, invalidValue(place, list, 'finalizer orphan and foregroundDeletion cannot be both set')]
}

function validateNoNewFinalizers(
  next: readonly string[] | undefined,
  previous: readonly string[] | undefined,
  place: Path,
): FieldError[] {
  const known = new Set(previous ?? [])
  const added = [...new Set(next ?? [])].filter((name) => !known.has(name)).sort()
  if (added.length === 0) return []
  const list = `[]string{${added.map(goQuote).join(', ')}}`
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`
  return [forbiddenValue(place, why)]
}

/** The faults of a label selector. An absent one has none; whether it may be absent is the kind's rule. */
export function validateLabelSelector(selector: LabelSelector | undefined, place: Path): FieldError[] {
  const expressions = selector?.matchExpressions ?? []
  return [
    ...validateLabels(selector?.matchLabels, place.child('matchLabels')),
    ...expressions.flatMap((expression, i) => validateExpression(expression, place.child('matchExpressions').index(i))),
  ]
}

function validateExpression(
  expression: NonNullable<LabelSelector['matchExpressions']>[number],
  place: Path,
): FieldError[] {
  const { key, operator, values = [] } = expression
  return [
    ...operatorFaults(operator, values.length, place),
    ...validateLabelName(key ?? '', place.child('key')),
    ...values.flatMap((value, i) =>
      isValidLabelValue(value).map((fault) => invalidValue(place.child('values').index(i), value, fault)),
    ),
  ]
}

function operatorFaults(operator: string, count: number, place: Path): FieldError[] {
  const values = place.child('values')
  if (operator === 'In' || operator === 'NotIn') {
    return count > 0 ? [] : [required(values, "must be specified when `operator` is 'In' or 'NotIn'")]
  }
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
    return count === 0 ? [] : [forbiddenValue(values, why)]
  }
  return [invalidValue(place.child('operator'), operator ?? '', 'not a valid selector operator')]
}
