/**
 * A bench for controllers: real commits over a handful of objects, without clock and kernel. Reconciles run one after
 * the other over all keys until nobody writes any more.
 */
import type { KubeObject } from '../../src/api/object.ts'
import { keyOf } from '../../src/api/object.ts'
import { createRegistry } from '../../src/api/registry.ts'
import type { Controller } from '../../src/controllers/controller.ts'
import { kinds } from '../../src/kinds/index.ts'
import { prngOf } from '../../src/lib/prng.ts'
import type { AdmissionPlugin } from '../../src/store/admission-step.ts'
import { reduce } from '../../src/store/commit.ts'
import { viewOver } from '../../src/store/read.ts'
import { emptySnapshot, frozen, type Snapshot, withObject } from '../../src/store/snapshot.ts'
import type { Change, Outcome, Transition } from '../../src/store/transition.ts'
import type { View } from '../../src/store/view.ts'
import { t0 } from './view.ts'

export class Bench {
  now = t0
  readonly changes: Change[] = []
  readonly registry = createRegistry(kinds)
  readonly #prng = prngOf(1)
  readonly #admission: readonly AdmissionPlugin[]
  #snapshot: Snapshot = emptySnapshot(t0)

  constructor(objects: readonly KubeObject[] = [], admission: readonly AdmissionPlugin[] = []) {
    this.#admission = admission
    for (const object of objects) this.put(object)
  }

  get view(): View {
    return viewOver(this.#snapshot, this.registry, this.now)
  }

  get revision(): number {
    return this.#snapshot.revision
  }

  /** Puts an object as it is, uid and status included. */
  put(object: KubeObject): void {
    const kind = this.registry.byKind(object.apiVersion, object.kind)
    if (kind === undefined) throw new Error(`no kind ${object.apiVersion} ${object.kind}`)
    const resourceVersion = String(this.#snapshot.revision + 1)
    const metadata = { uid: `uid-${object.metadata.name}`, ...object.metadata, resourceVersion }
    this.#snapshot = withObject(this.#snapshot, kind, frozen({ ...object, metadata }), keyOf(object), this.now)
  }

  commit(transition: Transition): Outcome {
    const { snapshot, outcome } = reduce(
      {
        snapshot: this.#snapshot,
        registry: this.registry,
        now: this.now,
        prng: this.#prng,
        admission: this.#admission,
      },
      transition,
    )
    this.#snapshot = snapshot
    if (outcome.ok && outcome.change !== undefined) this.changes.push(outcome.change)
    return outcome
  }

  /** One key of one controller; answers the refusals' messages. `writes` stops after so many of them: a crash. */
  step(controller: Controller, key: string, writes = Number.POSITIVE_INFINITY): string[] {
    const refused: string[] = []
    for (const intent of controller.reconcile(this.view, key)) {
      if (intent.type === 'wake') continue
      if (intent.type !== 'report' && writes-- <= 0) break
      const outcome = this.commit(intent)
      if (!outcome.ok) return [...refused, outcome.error.message]
    }
    return refused
  }

  /** Runs the controllers until a whole round changes nothing. `keys` adds keys to those of their kinds. */
  settle(controllers: readonly Controller[], rounds = 50): void {
    for (let round = 0; round < rounds; round++) {
      const before = this.#snapshot.revision
      for (const controller of controllers) {
        const own = this.view.list(controller.of).map(keyOf)
        for (const key of [...own, ...(controller.starts?.(this.view) ?? [])]) this.step(controller, key)
      }
      if (this.#snapshot.revision === before) return
    }
    throw new Error('the controllers do not come to rest')
  }

  /** What a change would wake. */
  keysFor(controller: Controller, change: Change): string[] {
    return controller.watches
      .filter((watch) => watch.kind.resource === change.resource)
      .flatMap((watch) => [...watch.keys(change.object, this.view, change)])
  }
}
