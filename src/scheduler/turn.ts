/** The working set of one turn: what it knows, what it may change, and what it has decided so far. */
import type { TurnInput } from '../actors/agent.ts'
import { type KubeObject, splitKey } from '../api/object.ts'
import { isPodFinished } from '../api/pod-status.ts'
import type { Ordered } from '../lib/ordered.ts'
import type { Transition } from '../store/transition.ts'
import type { Columns } from './columns.ts'
import type { Nominated } from './desk.ts'
import { factsOf, type PodFacts } from './facts.ts'
import type { Tools } from './judge.ts'
import type { Policy } from './policies/policy.ts'
import { Queue } from './queue.ts'
import { type SoftSpread, softSpread } from './scores/pod-topology-spread.ts'
import type { Assumed, Queued, SchedulerState } from './state.ts'

export class Turn {
  readonly input: TurnInput
  readonly policies: readonly Policy[]
  readonly queue: Queue
  readonly assumed: Ordered<Assumed>
  readonly promised: Ordered<Assumed>
  readonly tools: Tools
  readonly intents: Transition[] = []
  readonly nominated = new Map<string, Nominated>()
  #columns: Columns | undefined

  constructor(state: SchedulerState, input: TurnInput, policies: readonly Policy[]) {
    const { view, chance } = input
    this.input = input
    this.policies = policies
    this.queue = new Queue(state, view.now)
    this.assumed = state.assumed.clone() as Ordered<Assumed>
    this.promised = state.nominated.clone() as Ordered<Assumed>
    const namespaces = (name: string) => view.get('namespaces', '', name)?.metadata.labels ?? {}
    this.tools = { view, chance, namespaces, softSpread: remembered((facts) => softSpread(facts, view)) }
    for (const [key, { uid, node }] of this.promised.entries()) {
      const pod = this.podAt(key)
      if (pod === undefined || pod.metadata.uid !== uid || !isPending(pod)) this.promised.delete(key)
      else this.nominated.set(key, { facts: factsOf(pod), node })
    }
  }

  get now(): number {
    return this.input.view.now
  }

  get columns(): Columns {
    return this.#columns as Columns
  }

  set columns(columns: Columns) {
    columns.namespaces = this.tools.namespaces
    columns.chance = this.tools.chance
    this.#columns = columns
  }

  podAt(key: string): KubeObject | undefined {
    const { namespace, name } = splitKey(key)
    return this.input.view.get('pods', namespace, name)
  }

  policyOf(pod: KubeObject): Policy | undefined {
    return this.policies.find((policy) => policy.claims(pod))
  }

  /** Counts the pod on the node from now on. */
  assume(facts: PodFacts, node: string, queued: Queued): void {
    this.columns.addPod(facts, node)
    this.assumed.set(facts.key, { uid: facts.uid, node, attempts: queued.attempts + 1, order: queued.order })
  }

  /** Takes an assumption back. */
  forget(key: string): Assumed | undefined {
    const assumed = this.assumed.get(key)
    if (assumed === undefined) return undefined
    this.assumed.delete(key)
    this.columns.removePod(key)
    const pod = this.podAt(key)
    if (pod?.spec?.nodeName && !isPodFinished(pod)) this.columns.addPod(factsOf(pod), pod.spec.nodeName)
    return assumed
  }

  nominate(facts: PodFacts, node: string): void {
    if (node === '') {
      this.nominated.delete(facts.key)
      this.promised.delete(facts.key)
      return
    }
    this.nominated.set(facts.key, { facts, node })
    this.promised.set(facts.key, { uid: facts.uid, node, attempts: 0, order: 0 })
  }
}

/** A pod that a scheduler may still give a node. */
export function isPending(pod: KubeObject): boolean {
  return !pod.spec?.nodeName && pod.metadata.deletionTimestamp === undefined && !isPodFinished(pod)
}

/** A pod whose gates are all lifted. */
export function isGated(pod: KubeObject): boolean {
  return (pod.spec?.schedulingGates?.length ?? 0) > 0
}

/** The default constraints of pods that look alike and have the same owner are worked out once per turn. */
function remembered(work: (facts: PodFacts) => SoftSpread): (facts: PodFacts) => SoftSpread {
  const known = new Map<string, SoftSpread>()
  return (facts) => {
    if ((facts.pod.spec?.topologySpreadConstraints?.length ?? 0) > 0) return work(facts)
    const owners = facts.pod.metadata.ownerReferences
    const key = `${owners?.find((one) => one.controller === true)?.uid ?? ''} ${facts.groupKey}`
    const found = known.get(key) ?? work(facts)
    known.set(key, found)
    return found
  }
}
