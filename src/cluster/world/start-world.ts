/**
 * A snapshot that begins with a world somebody gives. Kinds of which it has objects are as it has them; of all others
 * there is what a new cluster has.
 */
import type { Kind } from '../../api/kind.ts'
import { keyOf } from '../../api/object.ts'
import type { Registry } from '../../api/registry.ts'
import { type Snapshot, withObject } from '../../store/snapshot.ts'
import type { Create } from '../../store/transition.ts'
import type { Manifest } from '../manifest.ts'
import { readWorld, type StartWorld } from './read-world.ts'

export type { StartWorld } from './read-world.ts'

/** What was given, read. */
export function startWorldOf(given: Manifest | StartWorld, kinds: readonly Kind[]): StartWorld {
  return isRead(given) ? given : readWorld(given as Manifest, { kinds })
}

function isRead(given: Manifest | StartWorld): given is StartWorld {
  return typeof given === 'object' && 'objects' in given && 'revision' in given && 'notes' in given
}

/** The boot snapshot with the world's objects in it, indexed, at the world's revision. */
export function worldSnapshot(boot: Snapshot, world: StartWorld, registry: Registry): Snapshot {
  const others = Object.entries(boot.collections).filter(([resource]) => world.objects[resource] === undefined)
  let snapshot: Snapshot = { ...boot, collections: Object.freeze(Object.fromEntries(others)) }
  for (const [resource, objects] of Object.entries(world.objects)) {
    const kind = registry.byResource(resource) as Kind
    for (const object of objects) snapshot = withObject(snapshot, kind, object, keyOf(object), world.now)
  }
  return Object.freeze({ ...snapshot, revision: Math.max(boot.revision, world.revision), time: world.now })
}

/** What a new cluster is given is left out where the world has objects of the kind. */
export function missingIn(world: StartWorld | undefined, boot: readonly Create[]): readonly Create[] {
  if (world === undefined) return boot
  const names = (resource: string): boolean => world.objects[resource] !== undefined
  return boot.filter(({ resource, object }) =>
    resource === 'namespaces'
      ? !world.objects.namespaces?.some(({ metadata }) => metadata.name === object.metadata.name)
      : !names(resource),
  )
}
