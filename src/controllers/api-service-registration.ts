/**
 * APIServices for the group versions of custom kinds: there while a definition serves the version, gone with it.
 * Source: https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/
 */
import type { KubeObject } from '../api/object.ts'
import { APIService, CustomResourceDefinition } from '../kinds/index.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller } from './controller.ts'
import { createOf, deleteOf } from './writes.ts'

/** Marks the APIServices that follow definitions; those of built-in groups are `onstart`. */
const automanaged = 'kube-aggregator.kubernetes.io/automanaged'
const groupPriorityMinimum = 1000
const versionPriority = 100

/** `key` is the name of an APIService: `v1.example.com`. */
export function reconcile(view: View, key: string): Transition[] {
  const at = key.indexOf('.')
  const [version, group] = [key.slice(0, at), key.slice(at + 1)]
  const wanted = view.list(CustomResourceDefinition).some((crd) => servedBy(crd).includes(`${version}.${group}`))
  const there = view.get(APIService, '', key)
  if (wanted && there === undefined) return [createOf(APIService, '', apiService(group, version))]
  const isOurs = there?.metadata.labels?.[automanaged] === 'true'
  return !wanted && there !== undefined && isOurs ? [deleteOf(APIService, there)] : []
}

function servedBy(crd: KubeObject): string[] {
  const versions: readonly { name: string; served?: boolean }[] = crd.spec?.versions ?? []
  return versions.filter(({ served }) => served === true).map(({ name }) => `${name}.${crd.spec.group}`)
}

function apiService(group: string, version: string): KubeObject {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}`, labels: { [automanaged]: 'true' } },
    spec: { group, version, groupPriorityMinimum, versionPriority },
  }
}

/** Every version a definition has or had: those that came must be registered, those that went may have to go. */
function versionsOf(crd: KubeObject): string[] {
  const versions: readonly { name: string }[] = crd.spec?.versions ?? []
  return versions.map(({ name }) => `${name}.${crd.spec.group}`)
}

export const apiServiceRegistrationController = controller({
  name: 'crd-autoregister',
  of: APIService,
  matters: ({ object }) => object.metadata.labels?.[automanaged] === 'true',
  watches: [
    {
      kind: CustomResourceDefinition,
      keys: (crd, _view, { previous }) => [
        ...new Set([...versionsOf(crd), ...(previous === undefined ? [] : versionsOf(previous))]),
      ],
    },
  ],
  reconcile,
})
