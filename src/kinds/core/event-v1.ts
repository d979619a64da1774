/**
 * Events as events.k8s.io/v1 names their fields: the same objects as core/v1 Events.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
import type { VersionSpec } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { validateNewEvent } from './event-validate.ts'

const names: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
]
const toNew = new Map(names)
const toOld = new Map(names.map(([core, events]) => [events, core]))

function renamed(object: KubeObject, by: ReadonlyMap<string, string>): KubeObject {
  const fields = Object.entries(object).map(([name, value]) => [by.get(name) ?? name, value])
  return Object.fromEntries(fields)
}

const regarding = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const

export const eventsV1: VersionSpec = {
  group: 'events.k8s.io',
  version: 'v1',
  schema: 'io.k8s.api.events.v1.Event',
  fields: {
    ...Object.fromEntries(
      regarding.map((field) => [`regarding.${field}`, (event: KubeObject) => event.involvedObject?.[field] ?? '']),
    ),
    reason: (event) => event.reason ?? '',
    reportingController: (event) => event.reportingComponent ?? '',
    type: (event) => event.type ?? '',
  },
  validate: validateNewEvent,
  toStorage: (event) => renamed(event, toOld),
  fromStorage: (event) => renamed(event, toNew),
}
