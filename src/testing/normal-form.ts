/**
 * Objects without what differs from run to run and means nothing: uids, generated names, addresses, times, versions. Two
 * runs ended alike when their normal forms are equal.
 */
import type { KubeObject } from '../api/object.ts'

/** What else is left out. */
export interface NormalFormOptions {
  /** True forgets on which node a pod is: for runs in which equal nodes may be chosen differently. */
  readonly anyNode?: boolean
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
const address = /^(10\.\d+|172\.18)\.\d+\.\d+$/
const token = /^kube-api-access-[a-z0-9]{5}$/
const dropped = new Set([
  'uid',
  'resourceVersion',
  'managedFields',
  'generation',
  'observedGeneration',
  'creationTimestamp',
])

/** The normal form of a set of objects, as sorted lines of text: one line an object. */
export function normalForm(objects: readonly KubeObject[], { anyNode = false }: NormalFormOptions = {}): string[] {
  const names = new Map<string, string>()
  for (const { metadata } of objects) {
    if (metadata.uid !== undefined) names.set(metadata.uid, `<${metadata.generateName ?? metadata.name}>`)
    if (metadata.generateName !== undefined) names.set(metadata.name, `${metadata.generateName}*`)
  }
  const nodes = anyNode
    ? new Set(objects.filter(({ kind }) => kind === 'Node').map(({ metadata }) => metadata.name))
    : undefined
  const plain = (value: unknown): unknown => {
    if (typeof value === 'string') {
      if (time.test(value)) return 'T'
      if (address.test(value)) return 'A'
      if (value.startsWith('simulated://')) return 'C'
      if (token.test(value)) return 'kube-api-access-*'
      if (nodes?.has(value) === true) return 'N'
      return names.get(value) ?? value
    }
    if (Array.isArray(value)) return value.map(plain)
    if (value === null || typeof value !== 'object') return value
    const record = value as Record<string, unknown>
    const keys = Object.keys(record).filter(
      (key) =>
        record[key] !== undefined &&
        !dropped.has(key) &&
        !(nodes !== undefined && key.startsWith('topology.kubernetes.io/')),
    )
    return Object.fromEntries(keys.sort().map((key) => [key, plain(record[key])]))
  }
  return objects.map((object) => JSON.stringify(plain(object))).sort()
}
