/**
 * A store and single controllers by hand, without the kernel: reconciles are committed as the kernel commits them (in
 * order, a refused write ends the rest), pods become what the test says. For tables and properties of reconciles.
 */
import type { Kind } from '../../src/api/kind.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { keyOf } from '../../src/api/object.ts'
import { createRegistry, type Registry } from '../../src/api/registry.ts'
import { toRfc3339 } from '../../src/api/time.ts'
import type { Controller, Intent, Wake } from '../../src/controllers/controller.ts'
import { kinds } from '../../src/kinds/index.ts'
import { prngOf } from '../../src/lib/prng.ts'
import { reduce } from '../../src/store/commit.ts'
import { viewOver } from '../../src/store/read.ts'
import { emptySnapshot } from '../../src/store/snapshot.ts'
import type { Change, Outcome, Transition } from '../../src/store/transition.ts'
import type { View } from '../../src/store/view.ts'
import { t0 } from './view.ts'

export class Workshop {
  now = t0
  readonly refused: string[] = []
  /** Every change, in order. */
  readonly changes: Change[] = []
  readonly registry: Registry
  #snapshot = emptySnapshot(t0)
  readonly #prng

  constructor(seed = 1, more: readonly Kind[] = []) {
    this.#prng = prngOf(seed)
    this.registry = createRegistry([...kinds, ...more])
  }

  view(): View {
    return viewOver(this.#snapshot, this.registry, this.now)
  }

  send(transition: Transition): Outcome {
    const context = {
      snapshot: this.#snapshot,
      registry: this.registry,
      now: this.now,
      prng: this.#prng,
      admission: [],
    }
    const { snapshot, outcome } = reduce(context, transition)
    this.#snapshot = snapshot
    if (outcome.ok && outcome.change !== undefined) this.changes.push(outcome.change)
    return outcome
  }

  /** Creates an object as a user would; throws when it is refused. */
  create(object: object): KubeObject {
    const given = object as KubeObject
    const kind = this.registry.byKind(given.apiVersion, given.kind)
    if (kind === undefined) throw new Error(`no kind ${given.kind}`)
    const namespace = kind.namespaced ? (given.metadata.namespace ?? 'default') : ''
    const outcome = this.send({ type: 'create', resource: kind.resource, namespace, object: given })
    if (!outcome.ok) throw new Error(outcome.error.message)
    return outcome.object
  }

  get(kind: string, name: string, namespace = 'default'): KubeObject {
    const place = this.registry.find(kind)?.namespaced === true ? namespace : ''
    const found = this.list(kind, place).find((object) => object.metadata.name === name)
    if (found === undefined) throw new Error(`${kind} ${name} is not there`)
    return found
  }

  list(kind: string, namespace?: string): KubeObject[] {
    const found = this.registry.find(kind)
    if (found === undefined) throw new Error(`no kind ${kind}`)
    return this.view().list(found, namespace)
  }

  /** Applies a merge patch as a user would; throws when it is refused. */
  patch(kind: string, name: string, patch: object, subresource = ''): KubeObject {
    const found = this.registry.find(kind)
    if (found === undefined) throw new Error(`no kind ${kind}`)
    const ref = { resource: found.resource, namespace: found.namespaced ? 'default' : '', name }
    const outcome = this.send({ type: 'patch', ref, patchType: 'merge', patch, subresource })
    if (!outcome.ok) throw new Error(outcome.error.message)
    return outcome.object
  }

  remove(kind: string, name: string, graceSeconds?: number): void {
    const found = this.registry.find(kind)
    if (found === undefined) throw new Error(`no kind ${kind}`)
    const ref = { resource: found.resource, namespace: found.namespaced ? 'default' : '', name }
    const outcome = this.send({ type: 'delete', ref, ...(graceSeconds !== undefined && { graceSeconds }) })
    if (!outcome.ok) throw new Error(outcome.error.message)
  }

  /** Reconciles one key and commits what it asks for; answers the intents. */
  reconcile(controller: Controller, key: string): readonly Intent[] {
    const intents = controller.reconcile(this.view(), key)
    this.commit(intents)
    return intents
  }

  /** Commits intents in order; a refused write ends the rest. Answers how many wrote something. */
  commit(intents: readonly Intent[]): number {
    let written = 0
    let last = ''
    for (const intent of intents) {
      if (intent.type === 'wake') continue
      const outcome = this.send(intent.type === 'report' ? named(intent, last) : intent)
      if (!outcome.ok) {
        this.refused.push(outcome.error.message)
        break
      }
      if (intent.type !== 'report') last = outcome.object.metadata.name
      if (outcome.change !== undefined) written++
    }
    return written
  }

  /** Reconciles every key of the controllers in turn until nothing is written; `between` runs after every round. */
  settle(controllers: readonly Controller[], between: () => void = () => {}, rounds = 500): void {
    for (let round = 0; round < rounds; round++) {
      const before = this.#snapshot.revision
      for (const controller of controllers)
        for (const object of this.view().list(controller.of)) this.reconcile(controller, keyOf(object))
      between()
      if (this.#snapshot.revision === before) return
    }
    throw new Error('it does not settle')
  }

  /** Makes pods that have no node run on `node-1` and be ready; pods being deleted go. */
  runPods(ready: (pod: KubeObject) => boolean = () => true): void {
    for (const pod of this.list('Pod')) {
      if (pod.metadata.deletionTimestamp !== undefined) this.remove('Pod', pod.metadata.name, 0)
      else this.setPod(pod, { phase: 'Running', ready: ready(pod) })
    }
  }

  setPod(pod: KubeObject, { phase, ready }: { phase: string; ready: boolean }): void {
    const status = ready ? 'True' : 'False'
    const found = pod.status?.conditions?.find((condition: { type: string }) => condition.type === 'Ready')
    if (pod.status?.phase === phase && found?.status === status) return
    const condition = { type: 'Ready', status, lastTransitionTime: toRfc3339(this.now) }
    const startTime = pod.status?.startTime ?? toRfc3339(this.now)
    if (!pod.spec?.nodeName) this.bind(pod, 'node-1')
    this.patch('Pod', pod.metadata.name, { status: { phase, startTime, conditions: [condition] } }, 'status')
  }

  bind(pod: KubeObject, node: string): void {
    const ref = { resource: 'pods', namespace: pod.metadata.namespace ?? '', name: pod.metadata.name }
    const outcome = this.send({ type: 'pod.bind', ref, node })
    if (!outcome.ok) throw new Error(outcome.error.message)
  }

  /** Reasons and messages of the events, oldest first. */
  events(): string[] {
    return this.list('Event')
      .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map((event) => `${event.reason}: ${event.message}`)
  }
}

function named(report: Transition, name: string): Transition {
  return report.type === 'report' ? { ...report, message: report.message.replaceAll('$(name)', name) } : report
}

/** The wishes to be asked again among intents. */
export function wakesOf(intents: readonly Intent[]): Wake[] {
  return intents.filter((intent): intent is Wake => intent.type === 'wake')
}
