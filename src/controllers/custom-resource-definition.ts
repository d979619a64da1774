/**
 * CustomResourceDefinitions: their names are accepted when nobody has them, then they are established; one that is being
 * deleted takes its objects with it.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */
import { getCondition, isTrue, setCondition } from '../api/conditions.ts'
import type { Kind } from '../api/kind.ts'
import { type KubeObject, resourceKey } from '../api/object.ts'
import { toRfc3339 } from '../api/time.ts'
import { cleanupFinalizer } from '../kinds/apiextensions/custom-resource-definition.ts'
import { CustomResourceDefinition } from '../kinds/index.ts'
import { customKind } from '../store/custom-kinds.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { type Controller, controller } from './controller.ts'
import { deleteOf, statusOf, updateOf } from './writes.ts'

type Names = Readonly<Record<string, unknown>>

/** Accepts names, establishes, and cleans up. */
export function reconcile(view: View, key: string): Transition[] {
  const crd = view.get(CustomResourceDefinition, '', key)
  if (crd === undefined) return []
  return crd.metadata.deletionTimestamp === undefined ? named(view, crd) : cleaned(view, crd)
}

function named(view: View, crd: KubeObject): Transition[] {
  const names = crd.spec.names as Names
  const taken = conflictOf(view, crd)
  const now = toRfc3339(view.now)
  const accepted =
    taken === undefined
      ? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
      : { type: 'NamesAccepted', status: 'False', reason: taken.reason, message: taken.message }
  let conditions = setCondition(crd.status?.conditions ?? [], accepted as never, now)
  if (getCondition(conditions, 'Established') === undefined || taken === undefined) {
    const established =
      taken === undefined
        ? {
            type: 'Established',
            status: 'True',
            reason: 'InitialNamesAccepted',
            message: 'the initial names have been accepted',
          }
        : { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
    if (!isTrue(conditions, 'Established')) conditions = setCondition(conditions, established as never, now)
  }
  const acceptedNames = taken === undefined ? names : (crd.status?.acceptedNames ?? { plural: '', kind: '' })
  const status = { ...crd.status, conditions, acceptedNames }
  const same =
    conditions === crd.status?.conditions && JSON.stringify(acceptedNames) === JSON.stringify(crd.status?.acceptedNames)
  return same ? [] : [statusOf(CustomResourceDefinition, { ...crd, status })]
}

/** A name of the same group that another definition has. */
function conflictOf(view: View, crd: KubeObject): { reason: string; message: string } | undefined {
  const { group, names } = crd.spec
  const others = view
    .list(CustomResourceDefinition)
    .filter(
      (one) =>
        one.metadata.name !== crd.metadata.name &&
        one.spec.group === group &&
        isTrue(one.status?.conditions, 'NamesAccepted'),
    )
    .map((one) => one.status?.acceptedNames as Record<string, unknown>)
  const words = others.flatMap((one) => [one.plural, one.singular, ...((one.shortNames as string[]) ?? [])])
  const kinds = others.flatMap((one) => [one.kind, one.listKind])
  const inUse = (reason: string, name: string) => ({ reason, message: `"${name}" is already in use` })
  if (words.includes(names.plural)) return inUse('PluralConflict', names.plural)
  if (words.includes(names.singular)) return inUse('SingularConflict', names.singular)
  const short = (names.shortNames ?? []).find((name: string) => words.includes(name))
  if (short !== undefined) return inUse('ShortNamesConflict', short)
  if (kinds.includes(names.kind)) return inUse('KindConflict', names.kind)
  return kinds.includes(names.listKind) ? inUse('ListKindConflict', names.listKind) : undefined
}

function cleaned(view: View, crd: KubeObject): Transition[] {
  const kind = customKind(crd)
  const left = kind === undefined ? [] : view.list(resourceKey(kind.group, kind.plural))
  if (kind !== undefined && left.length > 0) {
    return left
      .filter((object) => object.metadata.deletionTimestamp === undefined)
      .map((object) => deleteOf(kind, object))
  }
  const finalizers = (crd.metadata.finalizers ?? []).filter((one) => one !== cleanupFinalizer)
  if (finalizers.length === (crd.metadata.finalizers ?? []).length) return []
  return [updateOf(CustomResourceDefinition, { ...crd, metadata: { ...crd.metadata, finalizers } })]
}

/** The controller of a cluster with these kinds: the objects of custom ones wake the definition that waits for them. */
export function customResourceDefinitionControllerOf(kinds: readonly Kind[]): Controller {
  const waiting = kinds
    .filter((kind) => kind.custom !== undefined)
    .map((kind) => ({ kind, keys: (_object: KubeObject, view: View) => goingDefinition(view, kind) }))
  return controller({
    name: 'crd',
    of: CustomResourceDefinition,
    watches: [{ kind: CustomResourceDefinition, keys: unnamed }, ...waiting],
    reconcile,
  })
}

/** A name that comes free is for those who wait for it. */
function unnamed(changed: KubeObject, view: View): string[] {
  return view
    .list(CustomResourceDefinition)
    .filter((one) => one.spec.group === changed.spec.group && !isTrue(one.status?.conditions, 'NamesAccepted'))
    .map((one) => one.metadata.name)
}

function goingDefinition(view: View, { plural, group }: Kind): string[] {
  const name = `${plural}.${group}`
  return view.get(CustomResourceDefinition, '', name)?.metadata.deletionTimestamp === undefined ? [] : [name]
}

export const customResourceDefinitionController = customResourceDefinitionControllerOf([])
