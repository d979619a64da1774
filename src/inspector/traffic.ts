/** The steady traffic of the simulated network at a moment: who gets how much of it. */
import type { AnyMachineSnapshot } from 'xstate'
import type { Cluster } from '../cluster/cluster.ts'
import type { KubeletMemory, Load } from '../node/memory.ts'
import { requestRates } from '../node/metrics.ts'
import type { Past } from './past.ts'
import { viewOfPast } from './past-view.ts'
import type { TrafficAnswer } from './questions.ts'
import type { Tape } from './tape.ts'

/** Resources that decide where a request goes. */
const looked = ['pods', 'nodes', 'services', 'endpointslices.discovery.k8s.io']

export function trafficOf(cluster: Cluster, tape: Tape, past: Past): TrafficAnswer {
  const loads = loadsAt(cluster, tape, past.seq)
  if (loads.length === 0) return { loads, pods: {} }
  return { loads, pods: Object.fromEntries(requestRates(viewOfPast(cluster.registry, past, looked), loads)) }
}

/** Those the kubelet knows of, with what the tape says of the moment. */
function loadsAt({ plane }: Cluster, tape: Tape, seq: number): readonly Load[] {
  const kubelet = plane.host.get('kubelet') as AnyMachineSnapshot | undefined
  const known = (kubelet?.context as { memory?: KubeletMemory } | undefined)?.memory?.loads ?? []
  const told = new Map<string, number>()
  for (let i = tape.oldest; i < tape.next; i++) {
    const entry = tape.at(i)
    if (entry?.type !== 'input' || entry.input.type !== 'load') continue
    const { url, requestsPerSecond } = entry.input
    if (i < seq) told.set(url, requestsPerSecond)
    else if (!told.has(url)) told.set(url, 0)
  }
  const then = [...told].map(([url, requestsPerSecond]) => ({ url, requestsPerSecond }))
  return [...known.filter(({ url }) => !told.has(url)), ...then.filter((one) => one.requestsPerSecond > 0)]
}
