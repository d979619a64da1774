/**
 * Small clusters, smallest first: every way to put nodes into zones, up to names. A scenario explored over them is
 * explored over the shape of the cluster too.
 */
import { KybernError } from '../lib/coded-error.ts'
import type { NodeSpec } from '../node/node-spec.ts'
import { type ExploreOptions, explore } from './explore/explore.ts'
import type { Report } from './explore/report.ts'
import type { Property } from './property.ts'
import type { Scenario } from './scenario.ts'

export interface TopologyBounds {
  /** At most so many nodes. Default 4. */
  readonly nodes?: number
  /** At most so many zones. Default 3. */
  readonly zones?: number
}

/** The layouts: nodes `a-1`, `a-2` … of zone `a`, then those of `b`. Throws KYB-NODES for bounds below 1. */
export function topologies({ nodes = 4, zones = 3 }: TopologyBounds = {}): NodeSpec[][] {
  if (!(nodes >= 1 && zones >= 1)) throw new KybernError('KYB-NODES', `${nodes} nodes in ${zones} zones are no bounds`)
  const layouts: NodeSpec[][] = []
  for (let count = 1; count <= nodes; count++) {
    for (const sizes of partitions(count, Math.min(zones, count))) layouts.push(sizes.flatMap(zoneOf))
  }
  return layouts
}

/** Explores a scenario of each layout until a property is violated; answers the last report and its layout. */
export async function exploreTopologies(
  of: (nodes: readonly NodeSpec[]) => Scenario,
  properties: readonly Property[],
  { bounds = {}, ...options }: ExploreOptions & { readonly bounds?: TopologyBounds } = {},
): Promise<{ readonly report: Report; readonly nodes: readonly NodeSpec[]; readonly explored: number }> {
  const layouts = topologies(bounds)
  for (const [i, nodes] of layouts.entries()) {
    const report = await explore(of(nodes), properties, options)
    if (report.verdict === 'violated' || i === layouts.length - 1) return { report, nodes, explored: i + 1 }
  }
  throw new KybernError('KYB-NODES', 'there is no layout within these bounds')
}

function zoneOf(size: number, index: number): NodeSpec[] {
  const zone = String.fromCharCode(97 + index)
  return Array.from({ length: size }, (_, i) => ({
    name: `${zone}-${i + 1}`,
    labels: { 'topology.kubernetes.io/zone': zone, 'topology.kubernetes.io/region': 'region-1' },
  }))
}

/** Ways to write a sum as at most `parts` positive numbers, larger ones first. */
function partitions(sum: number, parts: number, most = sum): number[][] {
  if (sum === 0) return [[]]
  if (parts === 0) return []
  return Array.from({ length: Math.min(most, sum) }, (_, i) => i + 1).flatMap((first) =>
    partitions(sum - first, parts - 1, first).map((rest) => [first, ...rest]),
  )
}
