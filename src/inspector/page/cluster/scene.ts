/** What the cluster view shows at a moment: nodes with the pods on them, pods that wait for one, services. */

import type { ObjectSummary } from '../../words.ts'
import type { ClusterModel } from '../model/cluster-model.ts'
import type { Tone } from '../model/tone.ts'
import { factAt, isThere, stateAt, type Track } from '../model/track.ts'

export interface ShownPod {
  readonly id: string
  readonly name: string
  readonly tone: Tone
  readonly state: string
  /** Requests a second that it gets. */
  readonly rate: number
}

export interface ShownNode {
  readonly id: string
  readonly name: string
  readonly tone: Tone
  readonly state: string
  readonly pods: ShownPod[]
  readonly capacity: { readonly cpuMilli: number; readonly memoryBytes: number; readonly pods: number }
  /** What its pods ask for. */
  cpuMilli: number
  memoryBytes: number
}

export interface ShownService {
  readonly id: string
  readonly name: string
  readonly namespace: string
  readonly ip: string
  readonly ports: string
  readonly endpoints: readonly { readonly pod: string; readonly ready: boolean; readonly rate: number }[]
}

export interface Scene {
  readonly nodes: readonly ShownNode[]
  readonly waiting: readonly ShownPod[]
  readonly services: readonly ShownService[]
  readonly pods: number
}

const noCapacity = { cpuMilli: 0, memoryBytes: 0, pods: 0 }

/** Requests a second by pod. */
export type Traffic = Readonly<Record<string, number>>
const noTraffic: Traffic = {}

/** Costs the number of nodes and pods there ever were. */
export function sceneAt(model: ClusterModel, seq: number, traffic: Traffic = noTraffic): Scene {
  const nodes = new Map<string, ShownNode>()
  for (const track of model.ofKind('Node')) {
    if (!isThere(track, seq)) continue
    const capacity = factAt(track, seq)?.node?.capacity ?? noCapacity
    const { tone, state } = nodeState(model, track, seq)
    nodes.set(track.name, {
      id: track.id,
      name: track.name,
      tone,
      state,
      pods: [],
      capacity,
      cpuMilli: 0,
      memoryBytes: 0,
    })
  }
  const waiting: ShownPod[] = []
  let pods = 0
  for (const track of model.ofKind('Pod')) {
    if (!isThere(track, seq)) continue
    pods++
    const fact = factAt(track, seq)
    const rate = traffic[track.id] ?? 0
    const pod = { id: track.id, name: track.name, rate, ...shownState(model, track, seq) }
    const node = nodes.get(fact?.pod?.node ?? '')
    if (node === undefined) waiting.push(pod)
    else settle(node, pod, fact)
  }
  return { nodes: [...nodes.values()], waiting, services: servicesAt(model, seq, traffic), pods }
}

function settle(node: ShownNode, pod: ShownPod, fact: ObjectSummary | undefined): void {
  node.pods.push(pod)
  if (fact?.health === 'done') return
  node.cpuMilli += fact?.pod?.requests.cpuMilli ?? 0
  node.memoryBytes += fact?.pod?.requests.memoryBytes ?? 0
}

/** What the node is, and what the API says of it where that is another matter. */
function nodeState(model: ClusterModel, track: Track, seq: number): { readonly tone: Tone; readonly state: string } {
  const { tone, state } = shownState(model, track, seq)
  const fact = factAt(track, seq)
  const ready = fact?.node?.ready === true
  const word = state.replace(/^ready\./, '').replace(/^schedulable$/, 'ready')
  const lives = /ready|schedulable|cordoned/.test(state)
  if (lives && ready) return { tone, state: word }
  return { tone: lives ? 'wait' : tone, state: `${word}, API says ${ready ? 'Ready' : (fact?.status ?? 'NotReady')}` }
}

function shownState(model: ClusterModel, track: Track, seq: number): { readonly tone: Tone; readonly state: string } {
  const state = model.states.at(stateAt(track, seq))
  return { tone: state?.tone ?? 'none', state: state?.label ?? '' }
}

function servicesAt(model: ClusterModel, seq: number, traffic: Traffic): ShownService[] {
  const byService = new Map<string, { pod: string; ready: boolean; rate: number }[]>()
  const podIds = new Map(model.thereAt(seq, 'Pod').map(({ namespace, name, id }) => [`${namespace}/${name}`, id]))
  for (const slice of model.ofKind('EndpointSlice')) {
    const endpoints = isThere(slice, seq) ? factAt(slice, seq)?.endpoints : undefined
    if (endpoints === undefined) continue
    const key = `${slice.namespace}/${endpoints.service}`
    const list = byService.get(key) ?? []
    for (const { pod: name, ready } of endpoints.to) {
      const pod = podIds.get(`${slice.namespace}/${name}`) ?? ''
      list.push({ pod, ready, rate: traffic[pod] ?? 0 })
    }
    byService.set(key, list)
  }
  return model.thereAt(seq, 'Service').flatMap((track) => {
    const service = factAt(track, seq)?.service
    if (service === undefined || (track.name === 'kubernetes' && track.namespace === 'default')) return []
    const endpoints = byService.get(`${track.namespace}/${track.name}`) ?? []
    const { ip, ports } = service
    const { id, name, namespace } = track
    return [{ id, name, namespace, ip, ports: ports.join(', '), endpoints }]
  })
}
