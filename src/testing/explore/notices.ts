/**
 * Who is told of a change: controllers whose keys it leads to, the scheduler, the kubelet it concerns; and who is not told
 * now because a watch lags.
 */
import type { KubeObject } from '../../api/object.ts'
import { changeKeys } from '../../controllers/agent.ts'
import type { Controller } from '../../controllers/controller.ts'
import type { Cause, Change } from '../../store/transition.ts'
import type { View } from '../../store/view.ts'
import type { Draft } from './draft.ts'
import type { Base } from './ground.ts'
import { viewThrough } from './reader.ts'
import type { Sees } from './sight.ts'

export class Notices {
  readonly base: Base
  readonly sees: Sees
  readonly #watchers = new Map<string, Controller[]>()
  readonly #byName = new Map<string, Controller>()

  constructor(base: Base, sees: Sees) {
    this.base = base
    this.sees = sees
    for (const one of base.controllers) {
      this.#byName.set(one.name, one)
      const resources = new Set(
        [one.of, ...one.owns, ...one.watches.map(({ kind }) => kind)].map((kind) => kind.resource),
      )
      for (const resource of resources) this.#watchers.set(resource, [...(this.#watchers.get(resource) ?? []), one])
    }
  }

  controller(name: string): Controller {
    return this.#byName.get(name) as Controller
  }

  /** Who watches what and may be behind. */
  watches(): readonly (readonly [agent: string, resource: string])[] {
    const watched = [...this.#watchers].flatMap(([resource, all]) =>
      all.flatMap(({ name, live }): [string, string][] => (live === true ? [] : [[`controller/${name}`, resource]])),
    )
    const agents = [this.base.scheduler, this.base.kubelet]
    return [...watched, ...agents.flatMap(({ id, watches }) => watches.map((one): [string, string] => [id, one]))]
  }

  /** Tells everybody who watches of a change. */
  notify(draft: Draft, change: Change): void {
    const { cells } = this.base.ground
    const view = (): View => viewThrough(draft)
    this.sees.remember(draft, change)
    for (const controller of this.#watchers.get(change.resource) ?? []) {
      const agent = `controller/${controller.name}`
      if (this.#heldBack(draft, agent, change)) continue
      for (const [key] of changeKeys(controller, view, change)) draft.set(cells.slot('queue', controller.name, key), 1)
    }
    this.#notifyScheduler(draft, change, view)
    if (this.base.kubelet.watches.includes(change.resource)) this.#notifyKubelets(draft, change)
  }

  /** True when the agent is not told of the change now. A watch that may be no further behind catches up. */
  #heldBack(draft: Draft, agent: string, change: Change): boolean {
    if (!this.sees.holdable(agent, change.resource)) return false
    if (!this.sees.catchesUp(draft, agent, change)) return this.sees.holds(draft, agent, change)
    this.release(draft, agent, change.resource)
    return false
  }

  /** Lets go of a held watch: the agent sees the truth again and is told what happened meanwhile; `newest`: only what it came to. */
  release(draft: Draft, agent: string, resource: string, newest = false): void {
    const { cells } = this.base.ground
    const slot = cells.slot('held', agent, resource)
    const waiting = this.sees.waiting(draft, agent, resource, newest)
    if (draft.at(slot) !== 0) draft.set(slot, 0)
    for (const change of waiting) {
      if (agent === 'scheduler') draft.append(cells.slot('inbox', agent), this.entryOf(draft, change))
      else if (agent === 'kubelet') {
        const node = nodeConcerned(change)
        if (node !== undefined) draft.append(cells.slot('inbox', `kubelet ${node}`), this.entryOf(draft, change))
      } else this.#mark(draft, agent.slice('controller/'.length), change)
    }
  }

  #mark(draft: Draft, name: string, change: Change): void {
    const { cells } = this.base.ground
    for (const [key] of changeKeys(this.controller(name), () => viewThrough(draft), change))
      draft.set(cells.slot('queue', name, key), 1)
  }

  #notifyScheduler(draft: Draft, change: Change, view: () => View): void {
    const { scheduler, ground } = this.base
    if (!scheduler.watches.includes(change.resource) || scheduler.wakes?.(change, view) === false) return
    if (this.#heldBack(draft, 'scheduler', change)) return
    draft.append(ground.cells.slot('inbox', 'scheduler'), this.entryOf(draft, change))
  }

  #notifyKubelets(draft: Draft, change: Change): void {
    const { cells } = this.base.ground
    const node = nodeConcerned(change)
    if (node === undefined || this.#heldBack(draft, 'kubelet', change)) return
    draft.append(cells.slot('inbox', `kubelet ${node}`), this.entryOf(draft, change))
  }

  /** The number of a change as an entry of an inbox. */
  entryOf(draft: Draft, change: Change): number {
    const { cells } = this.base.ground
    const { type, resource, key, object, previous } = change
    const at = draft.offset
    const ids = [cells.hash(cells.objectId(object)), cells.hash(cells.objectId(previous))]
    const cause: Cause = { why: 'reconcile', by: '' }
    return cells.named(
      { change: [type, resource, key, ids, at] },
      { change: { type, resource, key, object, previous, cause }, at },
    )
  }
}

/** Whose kubelet a change concerns: a node's name, `*` for what they share, undefined when it is nobody's business. */
function nodeConcerned({ resource, type, object, previous, cause }: Change): string | undefined {
  if (resource === 'nodes') return type === 'DELETED' ? undefined : object.metadata.name
  if (resource !== 'pods') return type === 'DELETED' ? undefined : '*'
  const node = (object.spec?.nodeName ?? previous?.spec?.nodeName) as string | undefined
  if (node === undefined) return undefined
  return type === 'MODIFIED' && previous !== undefined && !isNews(object, previous, cause.by) ? undefined : node
}

/** What a kubelet looks at in a changed pod: everything but what it wrote itself. */
function isNews(pod: KubeObject, previous: KubeObject, by: string): boolean {
  const [now, then] = [pod.metadata, previous.metadata]
  return (
    pod.spec !== previous.spec ||
    now.uid !== then.uid ||
    now.deletionTimestamp !== then.deletionTimestamp ||
    now.deletionGracePeriodSeconds !== then.deletionGracePeriodSeconds ||
    (pod.status !== previous.status && (by !== 'kubelet' || pod.spec?.readinessGates !== undefined))
  )
}
