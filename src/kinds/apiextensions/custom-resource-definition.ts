/**
 * CustomResourceDefinition: apiextensions.k8s.io/v1. A kind that is made at run time; what it means is in
 * store/custom-kinds.ts.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/
 */
import { column } from '../../api/column.ts'
import { setCondition } from '../../api/conditions.ts'
import { defineKind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { nameColumn, translateTimestamp } from '../../api/table.ts'
import { validateDefinition } from './custom-resource-definition-validate.ts'

/** Keeps a definition until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

/** Names follow from the kind where they are left out; objects are not converted unless something is said. */
function complete(crd: KubeObject): KubeObject {
  const { names = {}, conversion } = crd.spec ?? {}
  const kind: string = names.kind ?? ''
  const singular = names.singular || kind.toLowerCase()
  const listKind = names.listKind || (kind === '' ? '' : `${kind}List`)
  const all = { ...names, ...(singular ? { singular } : {}), ...(listKind ? { listKind } : {}) }
  return { ...crd, spec: { ...crd.spec, names: all, conversion: conversion ?? { strategy: 'None' } } }
}

function stored(crd: KubeObject): string[] {
  const versions: readonly { name: string; storage?: boolean }[] = crd.spec?.versions ?? []
  return versions.filter(({ storage }) => storage === true).map(({ name }) => name)
}

function create(crd: KubeObject): KubeObject {
  const status = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: stored(crd) }
  return { ...crd, status }
}

/** Every version that was ever stored is remembered until somebody says that nothing is left in it. */
function update(next: KubeObject, previous: KubeObject, { subresource }: { subresource: string }): KubeObject {
  if (subresource !== '') return next
  const before: readonly string[] = previous.status?.storedVersions ?? []
  const added = stored(next).filter((version) => !before.includes(version))
  const status = { ...previous.status, storedVersions: [...before, ...added] }
  return added.length === 0 ? next : { ...next, status }
}

/** The objects of the kind go first: the finalizer keeps the definition until they are gone. */
function terminating(crd: KubeObject, nowText: string): KubeObject {
  const others = (crd.metadata.finalizers ?? []).filter((one) => one !== cleanupFinalizer)
  const condition = {
    type: 'Terminating',
    status: 'True',
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  } as const
  const conditions = setCondition(crd.status?.conditions, condition, nowText)
  const metadata = { ...crd.metadata, finalizers: [...others, cleanupFinalizer] }
  return { ...crd, metadata, status: { ...crd.status, conditions } }
}

export const CustomResourceDefinition = defineKind({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
  subresources: { status: true },
  hasGeneration: true,
  marksDeletion: terminating,
  convert: complete,
  prepare: { create, update },
  validate: validateDefinition,
  defaultPropagation: 'Background',
  columns: [nameColumn, column('Created At', (crd, { now }) => createdAt(crd, now), 'date')],
})

function createdAt(crd: KubeObject, now: number): string {
  return crd.metadata.creationTimestamp ?? translateTimestamp(undefined, now)
}
