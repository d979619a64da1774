/** What a simulated node is: its name, size, labels, taints. */
import { isDns1123Subdomain } from '../api/names.ts'
import { KybernError } from '../lib/coded-error.ts'

export interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
}

/** Quantities as Kubernetes writes them. Capacity is allocatable: simulated nodes keep nothing for themselves. */
export interface NodeSpec {
  readonly name: string
  /** Default 4. */
  readonly cpu?: string
  /** Default 16Gi. */
  readonly memory?: string
  /** Default 110. */
  readonly pods?: number
  readonly ephemeralStorage?: string
  /** Extended resources, for example `{ 'example.com/gpu': '2' }`. */
  readonly resources?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  readonly taints?: readonly Taint[]
}

const zones = ['zone-a', 'zone-b', 'zone-c']

/** Node specs for a number (`node-1` … over three zones) or as given. Throws KYB-NODES for a number or name that is none. */
export function nodeSpecs(nodes: number | readonly NodeSpec[]): NodeSpec[] {
  if (typeof nodes !== 'number') return given(nodes)
  if (!Number.isInteger(nodes) || nodes < 0) throw new KybernError('KYB-NODES', `${nodes} is no number of nodes`)
  return Array.from({ length: nodes }, (_, i) => ({
    name: `node-${i + 1}`,
    labels: {
      'topology.kubernetes.io/zone': zones[i % zones.length] as string,
      'topology.kubernetes.io/region': 'region-1',
    },
  }))
}

function given(nodes: readonly NodeSpec[]): NodeSpec[] {
  if (!Array.isArray(nodes)) throw new KybernError('KYB-NODES', `${JSON.stringify(nodes)} is no list of nodes`)
  const names = new Set<string>()
  for (const { name } of nodes) {
    const [wrong] = isDns1123Subdomain(String(name))
    if (wrong !== undefined)
      throw new KybernError('KYB-NODES', `${JSON.stringify(name)} is no name of a node: ${wrong}`)
    if (names.has(name)) throw new KybernError('KYB-NODES', `two nodes have the name "${name}"`)
    names.add(name)
  }
  return [...nodes]
}

/** The node's address and the pod range's first two free octets follow from its index. */
export function nodeAddress(index: number): string {
  return `172.18.${Math.floor((index + 2) / 250)}.${((index + 2) % 250) + 1}`
}

/** The `n`th pod address of a node: /24 ranges out of 10.244.0.0/14 by node index. */
export function podCidr(index: number): string {
  const high = 244 + Math.floor(index / 256)
  return `10.${high}.${index % 256}.0/24`
}
