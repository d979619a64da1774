/** What the eight cases of Kivi (USENIX ATC 2024) share: manifests, and how one variant is explored. */
import type { KubeObject } from '../../src/api/object.ts'
import type { NodeSpec } from '../../src/node/node-spec.ts'
import { type ExploreOptions, explore, type Property, type Report, type Scenario } from '../../src/testing/index.ts'

/** A Deployment `web` of one container; `pod` is added to the pod's spec. */
export function deployment(replicas: number | undefined, pod: object = {}, spec: object = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'c', image: 'nginx' }], terminationGracePeriodSeconds: 0, ...pod },
      },
      ...spec,
    },
  }
}

/** A topology spread constraint over pods of `web`. */
export const spread = (topologyKey: string, whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway', maxSkew = 1) => ({
  maxSkew,
  topologyKey: topologyKey === 'zone' ? 'topology.kubernetes.io/zone' : 'kubernetes.io/hostname',
  whenUnsatisfiable,
  labelSelector: { matchLabels: { app: 'web' } },
})

/** A node in a zone. */
export const node = (name: string, zone: string, more: Partial<NodeSpec> = {}): NodeSpec => ({
  ...more,
  name,
  labels: { 'topology.kubernetes.io/zone': zone, ...more.labels },
})

/** What is explored, in every order unless `options` say otherwise. */
export interface Variant {
  readonly of: Scenario
  readonly properties: readonly Property[]
  readonly options?: ExploreOptions
}

/** Explores one variant of a case. */
export const explored = ({ of, properties, options = {} }: Variant): Promise<Report> =>
  explore(of, properties, { mode: 'exhaustive', agesMs: 10_000, ...options })
