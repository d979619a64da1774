/**
 * Is everybody woken by what he reads? A step that changes nothing may be taken at once, whatever else may happen, when
 * this holds: a key that nobody queued would change nothing. It is checked with the recorded reads: after every step,
 * the keys that read what it changed, and are not queued, are asked what they would do.
 * Why that is enough: let a step that changes nothing be due, and others come before it. Had it been taken first, it would
 * either be due again at the end, or not be due and change nothing: the same state both ways.
 * Source: ample sets of one step (Clarke, Grumberg and Peled, Model Checking, ch. 10)
 */
import type { Cells, Vector } from './cells.ts'
import { firstSlot } from './cells.ts'
import type { Op, Segment } from './draft.ts'
import type { Local } from './local.ts'
import type { System } from './system.ts'
import type { Read } from './trace.ts'

/** A key that would act though nobody woke it. */
export interface Unwoken {
  /** The step that nobody takes. */
  readonly name: string
  /** What it would do, in words. */
  readonly would: string
  /** After which action. */
  readonly after: string
}

/** Who reads what, as far as it was recorded. */
export class Readers {
  readonly #bySlot = new Map<number, Set<Local>>()
  readonly #byResource = new Map<string, Set<Local>>()

  /** Notes what a reconcile read. */
  note(local: Local, reads: readonly Read[]): void {
    for (const { slot, resource } of reads) {
      if (slot >= 0) addTo(this.#bySlot, slot, local)
      else addTo(this.#byResource, resource ?? anything, local)
    }
  }

  /** Everybody who reads one of the cells in which two states differ. */
  ofChanges(cells: Cells, from: Vector, to: Vector): Set<Local> {
    const readers = new Set<Local>()
    for (let slot = firstSlot; slot < to.length; slot++) {
      if (to[slot] === (from[slot] ?? 0)) continue
      addAll(readers, this.#bySlot.get(slot))
      const { kind, of } = cells.slotAt(slot)
      if (kind !== 'object') continue
      addAll(readers, this.#byResource.get(of))
      addAll(readers, this.#byResource.get(anything))
    }
    return readers
  }
}

const anything = '*'

export class Wakes {
  /** How many keys were asked. */
  checked = 0
  readonly #system: System

  constructor(system: System) {
    this.#system = system
  }

  /** A key that would act in `to` though the step that led there did not wake it. */
  unwoken(
    from: Vector,
    to: Vector,
    taken: { readonly name: string; readonly local: Local | undefined },
  ): Unwoken | undefined {
    const { cells } = this.#system.base.ground
    const readers = this.#system.readers.ofChanges(cells, from, to)
    if (taken.local !== undefined && isReconcile(taken.local)) readers.add(taken.local)
    for (const local of readers) {
      if ((to[local.pending] ?? 0) !== 0 || this.#failed(local, to)) continue
      this.checked++
      const { segments } = this.#system.step(local, to).result
      const change = changeOf(segments, local, to)
      if (change !== undefined) return { name: local.name, would: whatIs(change, cells), after: taken.name }
    }
    return undefined
  }

  /** A key that failed is tried again without being woken; one that changed nothing has not failed. */
  #failed({ pending }: Local, vector: Vector): boolean {
    const { cells } = this.#system.base.ground
    const { of, key } = cells.slotAt(pending)
    return (vector[cells.slot('failure', of, key)] ?? 0) !== 0
  }
}

/** Is it the reconcile of a key? */
export const isReconcile = ({ pending, actor }: Local): boolean => pending >= 0 && actor.startsWith('controller/')

/** The first segment of a step that changes anything but the step's own place in the queue. */
export function changeOf(segments: readonly Segment[], { pending }: Local, vector: Vector): Segment | undefined {
  return segments.find(
    ({ ops, written }) => written !== undefined || ops.some((op) => op.slot !== pending && isChange(op, vector)),
  )
}

function isChange({ slot, value, append }: Op, vector: Vector): boolean {
  return append || (vector[slot] ?? 0) !== value
}

function whatIs({ ops, written }: Segment, cells: Cells): string {
  if (written !== undefined) return `${written.verb} ${written.resource} ${written.key}`
  return `change ${ops.map(({ slot }) => cells.slotAt(slot).name.trim()).join(', ')}`
}

function addTo<K>(map: Map<K, Set<Local>>, key: K, local: Local): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, new Set([local]))
  else known.add(local)
}

function addAll(to: Set<Local>, locals: ReadonlySet<Local> | undefined): void {
  for (const local of locals ?? []) to.add(local)
}
