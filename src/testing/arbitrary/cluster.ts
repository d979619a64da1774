/** Clusters to begin with: nodes over zones, of several sizes, some of them labelled or tainted. */
import fc from 'fast-check'
import type { ClusterOptions } from '../../cluster/options.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { NodeSpec, Taint } from '../../node/node-spec.ts'

/** From the first to the second, both included. */
export type Range = readonly [number, number]

export interface ClusterShape {
  /** How many nodes. Default [1, 5]. */
  readonly nodes?: Range
  /** Over how many zones. Default [1, 3]. */
  readonly zones?: Range
  /** CPUs of a node. Default ['4', '1', '16']. */
  readonly cpu?: readonly string[]
  /** Default ['16Gi', '2Gi']. */
  readonly memory?: readonly string[]
  /** Further labels a node may have. Default { disk: ['ssd', 'hdd'] }. */
  readonly labels?: Readonly<Record<string, readonly string[]>>
  /** Taints a node may have; most have none. Default dedicated:NoSchedule. */
  readonly taints?: readonly Taint[]
  /** Default: one of 1 to 1000. */
  readonly seed?: number
}

const usual = {
  nodes: [1, 5],
  zones: [1, 3],
  cpu: ['4', '1', '16'],
  memory: ['16Gi', '2Gi'],
  labels: { disk: ['ssd', 'hdd'] },
  taints: [{ key: 'dedicated', value: 'team', effect: 'NoSchedule' }],
} as const

/** Options for `createCluster`; shrinks to few plain nodes in one zone. Throws KYB-ARBITRARY for a range that has nothing in it. */
export function cluster(
  shape: ClusterShape = {},
): fc.Arbitrary<ClusterOptions & { readonly nodes: readonly NodeSpec[] }> {
  const { cpu = usual.cpu, memory = usual.memory, labels = usual.labels, taints = usual.taints } = shape
  const [least, most] = within(shape.nodes ?? usual.nodes, 0, 'nodes')
  const zones = within(shape.zones ?? usual.zones, 1, 'zones')
  const parts = fc.record({
    zone: fc.nat({ max: 0xff }),
    cpu: oneOf(cpu),
    memory: oneOf(memory),
    labels: fc.record(Object.fromEntries(Object.entries(labels).map(([key, values]) => [key, oneOf(values)])), {
      requiredKeys: [],
    }),
    taints:
      taints.length === 0
        ? fc.constant([])
        : fc.oneof(
            { arbitrary: fc.constant([]), weight: 4 },
            { arbitrary: fc.subarray([...taints], { minLength: 1 }), weight: 1 },
          ),
  })
  return fc
    .record({
      zones: fc.integer({ min: zones[0], max: zones[1] }),
      nodes: fc.array(parts, { minLength: least, maxLength: most }),
      seed: shape.seed === undefined ? fc.integer({ min: 1, max: 1000 }) : fc.constant(shape.seed),
    })
    .map(({ zones: count, nodes, seed }) => ({ seed, nodes: nodes.map((one, i) => nodeOf(one, i, count)) }))
}

interface Parts {
  readonly zone: number
  readonly cpu: string
  readonly memory: string
  readonly labels: object
  readonly taints: readonly Taint[]
}

/** Each of the first nodes is in a zone of its own, so that no zone is empty when there are nodes enough. */
function nodeOf({ zone, cpu, memory, labels, taints }: Parts, index: number, zones: number): NodeSpec {
  const place = `zone-${String.fromCharCode(97 + (index < zones ? index : zone % zones))}`
  const where = { 'topology.kubernetes.io/zone': place, 'topology.kubernetes.io/region': 'region-1' }
  return {
    name: `node-${index + 1}`,
    cpu,
    memory,
    labels: { ...where, ...labels },
    ...(taints.length > 0 && { taints }),
  }
}

function oneOf(values: readonly string[]): fc.Arbitrary<string> {
  if (values.length === 0) throw new KybernError('KYB-ARBITRARY', 'there is nothing to draw from an empty list')
  return fc.constantFrom(...values)
}

function within([from, to]: Range, least: number, what: string): Range {
  if (Number.isInteger(from) && Number.isInteger(to) && least <= from && from <= to) return [from, to]
  throw new KybernError('KYB-ARBITRARY', `${what}: [${from}, ${to}] is no range of whole numbers from ${least} on`)
}
