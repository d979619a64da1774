/** Pod: core/v1. */
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { podColumns } from './pod-columns.ts'
import { ownedPart, preparePod, preparePodUpdate } from './pod-prepare.ts'
import { validatePod } from './pod-validate.ts'

export const Pod = defineKind({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  answersDeleted: true,
  schema: 'io.k8s.api.core.v1.Pod',
  subresources: {
    attach: { group: '', version: 'v1', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
    binding: { group: '', version: 'v1', kind: 'Binding', verbs: ['create'] },
    ephemeralcontainers: { group: '', version: 'v1', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
    eviction: { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
    exec: { group: '', version: 'v1', kind: 'PodExecOptions', verbs: ['create', 'get'] },
    log: { group: '', version: 'v1', kind: 'Pod', verbs: ['get'] },
    portforward: { group: '', version: 'v1', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
    proxy: { group: '', version: 'v1', kind: 'PodProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    resize: { group: '', version: 'v1', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
    status: true,
  },
  life: 'pod',
  graceSeconds(pod, requested) {
    const over = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    if (over || !pod.spec?.nodeName) return 0
    return requested ?? pod.spec.terminationGracePeriodSeconds ?? 30
  },
  indexes: {
    node: (pod) => (pod.spec?.nodeName ? [pod.spec.nodeName] : []),
    orphan: (pod) =>
      pod.metadata.ownerReferences?.some((owner) => owner.controller) ? [] : [pod.metadata.namespace ?? ''],
    ip: (pod) => (pod.status?.podIP ? [pod.status.podIP] : []),
    // Pods that a Job has yet to count, by the key of the Job that controls them or, when nobody does, made them.
    tracked: (pod) => {
      if (pod.metadata.finalizers?.includes('batch.kubernetes.io/job-tracking') !== true) return []
      const { namespace, labels, ownerReferences } = pod.metadata
      const owner = ownerReferences?.find(({ controller }) => controller === true)
      const name = owner === undefined ? (labels?.['batch.kubernetes.io/job-name'] ?? labels?.['job-name']) : owner.name
      return name === undefined || (owner !== undefined && owner.kind !== 'Job') ? [] : [`${namespace}/${name}`]
    },
    starting: (pod) => (pod.status?.phase === 'Pending' && pod.spec?.nodeName ? [pod.metadata.namespace ?? ''] : []),
  },
  fields: {
    'spec.nodeName': (pod) => pod.spec?.nodeName ?? '',
    'spec.restartPolicy': (pod) => pod.spec?.restartPolicy ?? '',
    'spec.schedulerName': (pod) => pod.spec?.schedulerName ?? '',
    'spec.serviceAccountName': (pod) => pod.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': (pod) => String(pod.spec?.hostNetwork ?? false),
    'status.phase': (pod) => pod.status?.phase ?? '',
    'status.podIP': (pod) => pod.status?.podIP ?? '',
    'status.nominatedNodeName': (pod) => pod.status?.nominatedNodeName ?? '',
  },
  prepare: {
    create: preparePod,
    update: (next, previous, { subresource }) => preparePodUpdate(next, previous, subresource),
  },
  owned: ownedPart,
  validate: withFinalizerRule(validatePod),
  defaultPropagation: 'Background',
  columns: podColumns,
})
