/** A digest of a world, to compare clusters by. */
import type { World } from '../actors/world.ts'
import { digest } from '../lib/digest.ts'

/** Of all objects, all lives with their contexts, timers, clock, seed and faults: equal worlds, equal text. */
export function hashOf({ store, actors, timers, inboxes }: World): string {
  const objects = Object.entries(store.snapshot.collections).map(([name, tree]) => [name, tree.valuesArray()])
  const lives = [...actors].map(([id, { machine, snapshot }]) => [
    id,
    snapshot.value,
    machine === 'controller' ? '' : snapshot.context,
  ])
  const due = timers.all().map(({ id, at }) => [id, at])
  const late = Object.entries(inboxes).flatMap(([agent, box]) =>
    Object.entries(box.late).map(([resource, { changes }]) => [agent, resource, changes.map((one) => one.revision)]),
  )
  const faults = store.faults.armed.length + late.length === 0 ? {} : { faults: store.faults, late }
  const { revision } = store.snapshot
  return digest({ revision, now: store.now, objects, lives, due, random: store.prng.state, ...faults })
}
