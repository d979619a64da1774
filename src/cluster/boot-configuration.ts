/**
 * What an API server makes for itself before anybody asks: flow schemas and priority levels, the range of Service
 * addresses with its first address taken, and an APIService for each group version it serves.
 * Source: the objects a kube-apiserver of 1.36 lists right after its start
 */
import type { Part } from '../api/checks.ts'
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { componentStatuses } from '../kinds/core/component-status.ts'
import { flowControlObjects } from '../kinds/flowcontrol/bootstrap.ts'
import { deepFreeze } from '../lib/deep-freeze.ts'

/** Kubernetes' order of groups; a group that is not here has the least priority of a built-in one. */
const groupPriorities: Readonly<Record<string, number>> = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'apiextensions.k8s.io': 16_700,
  'admissionregistration.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'resource.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
}
const usualVersionPriority = 15
const versionPriorities: Readonly<Record<string, number>> = {
  v1: 1,
  'autoscaling/v2': 30,
  'resource.k8s.io/v1': 21,
  'flowcontrol.apiserver.k8s.io/v1': 21,
}

const condition = (type: string, time: string, reason: string, message: string): Part => ({
  type,
  status: 'True',
  lastTransitionTime: time,
  reason,
  message,
})

function apiServices(kinds: readonly Kind[], time: string): Part[] {
  const versions = new Map<string, Kind>()
  for (const kind of kinds) for (const one of [kind, ...kind.versions]) versions.set(one.apiVersion, one)
  const known = [...versions.values()].filter(({ group }) => groupPriorities[group] !== undefined)
  const available = condition('Available', time, 'Local', 'Local APIServices are always available')
  return known.map(({ group, version, apiVersion }) => ({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: {
      name: `${version}.${group}`,
      creationTimestamp: time,
      labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' },
    },
    spec: {
      ...(group === '' ? {} : { group }),
      version,
      groupPriorityMinimum: groupPriorities[group],
      versionPriority: versionPriorities[apiVersion] ?? usualVersionPriority,
    },
    status: { conditions: [available] },
  }))
}

function serviceRange(range: string, time: string): Part {
  const ready = condition('Ready', time, '', 'Kubernetes default Service CIDR is ready')
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes', creationTimestamp: time },
    spec: { cidrs: [range] },
    status: { conditions: [ready] },
  }
}

export interface BootFacts {
  /** RFC 3339. */
  readonly time: string
  readonly kinds: readonly Kind[]
  /** The range Services get addresses from. */
  readonly serviceRange: string
  readonly uid: () => string
  readonly resourceVersion: string
}

/** The objects by collection, frozen. */
export function configurationObjects(facts: BootFacts): Record<string, KubeObject[]> {
  const { time, kinds, uid, resourceVersion } = facts
  const flow = flowControlObjects(time)
  const whole = (objects: readonly Part[]): KubeObject[] =>
    objects.map((object) =>
      deepFreeze({ ...object, metadata: { ...object.metadata, uid: uid(), resourceVersion } } as KubeObject),
    )
  return {
    'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': whole(flow.levels),
    'flowschemas.flowcontrol.apiserver.k8s.io': whole(flow.schemas),
    componentstatuses: componentStatuses().map((object) => deepFreeze(object)),
    'servicecidrs.networking.k8s.io': whole([serviceRange(facts.serviceRange, time)]),
    'apiservices.apiregistration.k8s.io': whole(apiServices(kinds, time)),
  }
}
