/** States and writes that never were: what a property must not let pass. */

import { keyOf } from '../../src/api/object.ts'
import { createRegistry } from '../../src/api/registry.ts'
import type { KubeObject } from '../../src/index.ts'
import { kinds } from '../../src/kinds/index.ts'
import { Moment } from '../../src/testing/moment.ts'
import { type Held, type Property, type Write, whyNot } from '../../src/testing/property.ts'
import { t0, viewOf } from '../support/view.ts'

const registry = createRegistry(kinds)

/** A few objects as a moment, so many ms after the beginning. */
export const state = (objects: readonly KubeObject[], after = 0): Moment =>
  new Moment(viewOf(objects, t0 + after), (kind) => registry.find(kind)?.resource)

/** RFC 3339, so many ms after the beginning. */
export const at = (ms: number): string => new Date(t0 + ms).toISOString().replace('.000Z', 'Z')

type Meta = Partial<KubeObject['metadata']>

export function made(apiVersion: string, kind: string, name: string, parts: object = {}, meta: Meta = {}): KubeObject {
  const namespaced = registry.byKind(apiVersion, kind)?.namespaced === true
  const metadata = {
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    ...(namespaced ? { namespace: 'default' } : {}),
    ...meta,
  }
  return { apiVersion, kind, metadata, ...parts } as KubeObject
}

export const gone = { deletionTimestamp: at(0) }

export const ownedBy = (owner: KubeObject, more: object = {}): Meta => ({
  ownerReferences: [
    {
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      name: owner.metadata.name,
      uid: owner.metadata.uid ?? '',
      controller: true,
      ...more,
    },
  ],
})

const ready = [{ type: 'Ready', status: 'True' }]

export interface PodParts extends Meta {
  readonly node?: string
  readonly app?: string
  readonly up?: boolean
  readonly phase?: string
  readonly spec?: object
  readonly status?: object
}

/** A pod; `up` is running and ready. */
export function pod(
  name: string,
  { node = 'node-1', app = 'web', up = true, phase, spec = {}, status = {}, ...meta }: PodParts = {},
): KubeObject {
  const at = node === '' ? {} : { nodeName: node }
  const said = {
    phase: phase ?? (node === '' ? 'Pending' : 'Running'),
    ...(up ? { conditions: ready } : {}),
    ...status,
  }
  return made('v1', 'Pod', name, { spec: { ...at, ...spec }, status: said }, { labels: { app }, ...meta })
}

export const node = (
  name: string,
  spec: object = {},
  status: object = {},
  labels: Record<string, string> = {},
): KubeObject =>
  made(
    'v1',
    'Node',
    name,
    { spec, status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' }, conditions: ready, ...status } },
    { labels },
  )

const selector = (app: string) => ({
  selector: { matchLabels: { app } },
  template: { metadata: { labels: { app } }, spec: {} },
})

export const workload = (
  kind: string,
  name: string,
  spec: object = {},
  status: object = {},
  meta: Meta = {},
): KubeObject => made('apps/v1', kind, name, { spec: { ...selector('web'), ...spec }, status }, meta)

export interface Doctored {
  readonly write: Partial<Omit<Write, 'believed'>> & { readonly object: KubeObject }
  readonly before?: readonly KubeObject[]
  readonly believed?: readonly KubeObject[]
  /** Everything after the write; by default what was before, with its object. */
  readonly after?: readonly KubeObject[]
  /** ms after the beginning. */
  readonly now?: number
}

function writeOf({ write, before = [], believed = before, now = 0 }: Doctored): Write {
  const { object, previous } = write
  const resource = registry.byKind(object.apiVersion, object.kind)?.resource ?? ''
  const type = write.type ?? (previous === undefined ? 'ADDED' : 'MODIFIED')
  return {
    verb: type === 'ADDED' ? 'create' : type === 'DELETED' ? 'delete' : 'update',
    resource,
    key: keyOf(object),
    previous,
    by: 'user',
    reconciled: '',
    cause: { why: 'reconcile', by: '' },
    ...write,
    type,
    believed: state(believed, now),
  }
}

/** Why the write breaks the property; undefined when it does not. */
export function whyBroken(property: Property, doctored: Doctored): string | undefined {
  const { formula } = property
  if (formula.type !== 'step') throw new Error(`${property.name} is not about writes`)
  const { write, before = [], now = 0 } = doctored
  const others = before.filter((one) => one.metadata.uid !== write.object.metadata.uid)
  const after = doctored.after ?? (write.type === 'DELETED' ? others : [...others, write.object])
  const held = formula.write(writeOf(doctored), state(before, now), state(after, now))
  return held === undefined ? undefined : whyNot(held)
}

/** Why the state breaks the property; undefined when it does not. */
export function whyFalse(property: Property, objects: readonly KubeObject[], after = 0): string | undefined {
  const { formula } = property
  if (formula.type !== 'settled' && formula.type !== 'always') throw new Error(`${property.name} is not about states`)
  const held: Held = formula.at(state(objects, after))
  return whyNot(held)
}
