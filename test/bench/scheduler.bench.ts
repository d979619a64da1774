/** How many pods per second the scheduler places: the algorithm with its columns, without commits. */
import { bench, describe } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { chanceOf } from '../../src/lib/digest.ts'
import { emptyOrdered } from '../../src/lib/ordered.ts'
import { bestSlot } from '../../src/scheduler/best.ts'
import { factsOf } from '../../src/scheduler/facts.ts'
import { buildColumns } from '../../src/scheduler/holder.ts'
import { judgeOf, type Tools } from '../../src/scheduler/judge.ts'
import { softSpread } from '../../src/scheduler/scores/pod-topology-spread.ts'
import type { Assumed } from '../../src/scheduler/state.ts'
import { nodeIn, pod } from '../scheduler/scene.ts'
import { viewOf } from '../support/view.ts'

const nodeCount = 1000
const allNodes = Array.from({ length: nodeCount }, (_, i) => nodeIn(`zone-${i % 3}`, `node-${i}`, { memory: '32Gi' }))

/** Fresh pods, so that nothing is known of them. */
function podsOf(count: number, spec: object = {}): KubeObject[] {
  const labels = { app: 'web' }
  return Array.from({ length: count }, (_, i) => pod(`web-${i}`, { cpu: '100m', memory: '500Mi' }, spec, { labels }))
}

/** Places all pods, one after the other; answers how many found a node. */
function place(pods: readonly KubeObject[]): number {
  const view = viewOf(allNodes)
  const tools: Tools = {
    view,
    namespaces: () => ({}),
    chance: (site) => chanceOf(7, site),
    softSpread: (facts) =>
      facts.terms.softSpread.length > 0 ? softSpread(facts, view) : { constraints: [], strict: false },
  }
  const columns = buildColumns(view, emptyOrdered<Assumed>(), tools.chance, tools.namespaces)
  let placed = 0
  for (const one of pods) {
    const facts = factsOf(one)
    const slot = bestSlot(columns, judgeOf(columns, facts, tools), tools)
    if (slot < 0) continue
    columns.addPod(facts, columns.names[slot] as string)
    placed++
  }
  return placed
}

const selector = { matchLabels: { app: 'web' } }
const once = { iterations: 2, time: 0, warmupIterations: 0, warmupTime: 0 }

describe(`${nodeCount} nodes`, () => {
  bench('20,000 plain pods', () => void place(podsOf(20_000)), once)
  const term = { labelSelector: selector, topologyKey: 'kubernetes.io/hostname' }
  const apart = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
  bench('1,000 pods, each on a node of its own', () => void place(podsOf(1000, apart)), once)
  const zonal = { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', labelSelector: selector }
  const hard = { topologySpreadConstraints: [{ ...zonal, whenUnsatisfiable: 'DoNotSchedule' }] }
  bench('5,000 pods spread over zones', () => void place(podsOf(5000, hard)), once)
  const soft = { topologySpreadConstraints: [{ ...zonal, whenUnsatisfiable: 'ScheduleAnyway' }] }
  bench('5,000 pods that had better be spread', () => void place(podsOf(5000, soft)), once)
})
