/**
 * A sample operator. A Site wants a pod and a record in another namespace, which no owner reference can reach. It comes in
 * three makes: as it should be, without the finalizer that keeps the Site until its record is gone, and with a pod made
 * whenever none is seen, under a new name each time.
 */
import {
  type Controller,
  controller,
  defineKind,
  type KubeObject,
  type Transition,
  type View,
} from '../../src/index.ts'
import { Pod } from '../../src/kinds/index.ts'

export const Site = defineKind({ group: 'example.com', version: 'v1', kind: 'Site', plural: 'sites', namespaced: true })

const finalizer = 'example.com/record'
const records = 'kube-public'

export type Make = 'sound' | 'without a finalizer' | 'trusting its cache'

export const site = (image = 'nginx:1'): KubeObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Site',
  metadata: { name: 'blog', namespace: 'default' },
  spec: { image },
})

function recordOf(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `record-${name}`, namespace: records },
    data: { name },
  }
}

function podOf(object: KubeObject, make: Make): KubeObject {
  const { name, uid = '' } = object.metadata
  const owner = { apiVersion: object.apiVersion, kind: 'Site', name, uid, controller: true, blockOwnerDeletion: true }
  const called = make === 'trusting its cache' ? { name: '', generateName: `${name}-` } : { name }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...called, namespace: 'default', ownerReferences: [owner] },
    spec: { containers: [{ name: 'web', image: object.spec.image }] },
  }
}

const recordRef = (name: string) => ({ resource: 'configmaps', namespace: records, name: `record-${name}` })

function reconcile(view: View, key: string, make: Make): Transition[] {
  const name = key.split('/')[1] as string
  const object = view.get(Site, 'default', name)
  const record = view.get('configmaps', records, `record-${name}`)
  const dropRecord: Transition[] =
    record === undefined ? [] : [{ type: 'delete', ref: recordRef(name), uid: record.metadata.uid as string }]
  if (object === undefined) return make === 'without a finalizer' ? dropRecord : []
  const ref = { resource: Site.resource, namespace: 'default', name }
  const finalizers = object.metadata.finalizers ?? []
  if (object.metadata.deletionTimestamp !== undefined) {
    if (!finalizers.includes(finalizer)) return []
    const without = { ...object, metadata: { ...object.metadata, finalizers: [] } }
    return [...dropRecord, { type: 'update', ref, object: without }]
  }
  if (make !== 'without a finalizer' && !finalizers.includes(finalizer))
    return [{ type: 'update', ref, object: { ...object, metadata: { ...object.metadata, finalizers: [finalizer] } } }]
  const writes: Transition[] = []
  if (record === undefined)
    writes.push({ type: 'create', resource: 'configmaps', namespace: records, object: recordOf(name) })
  const pods = view.by('pods', 'owner', object.metadata.uid ?? '')
  for (const pod of pods.filter(({ spec }) => spec.containers[0].image !== object.spec.image)) {
    const containers = [{ ...pod.spec.containers[0], image: object.spec.image }]
    const podRef = { resource: 'pods', namespace: 'default', name: pod.metadata.name }
    writes.push({ type: 'update', ref: podRef, object: { ...pod, spec: { ...pod.spec, containers } } })
  }
  if (pods.length === 0)
    writes.push({ type: 'create', resource: 'pods', namespace: 'default', object: podOf(object, make) })
  return writes
}

/** The operator in one of its makes. */
export function siteOperator(make: Make): Controller {
  return controller({
    name: 'sites',
    of: Site,
    owns: [Pod],
    reconcile: (view, key) => reconcile(view, key, make),
  })
}

/** For `kybern replay --use`. */
export const forgetful = siteOperator('without a finalizer')
