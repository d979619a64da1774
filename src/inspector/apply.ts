/** Applying a text, with errors at the lines. */
import type { KubeObject } from '../api/object.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { planOf } from './commands.ts'
import { diagnosed } from './manifest-check.ts'
import type { ApplyAnswer, Diagnostic, Questions } from './questions.ts'
import type { Watched } from './watched.ts'
import { objectsIn, type TextObject } from './yaml-text.ts'

/** Applies every object of the text, or none when the text is no YAML. */
export async function applied(watched: Watched, given: Questions['apply']): Promise<ApplyAnswer> {
  const { objects, problems } = objectsIn(given.text)
  if (problems.length > 0) return { applied: [], problems, clock: watched.clock }
  const { cluster } = watched
  const before = new Map(objects.map((one) => [one, liveOf(cluster, one.value, given.namespace)]))
  const { results, errors } = await watched.do('apply', () => planOf(cluster, 'apply', given))
  const all = errors.flatMap((error) => (error instanceof AggregateError ? (error.errors as unknown[]) : [error]))
  const found: Diagnostic[] = all.flatMap((error) => diagnosed(concerned(objects, error), error))
  const done = results.flatMap((result) => result.objects)
  const refused = new Set(all.map((error) => concerned(objects, error)))
  const lines = objects
    .filter((one) => !refused.has(one) || done.length > 0)
    .flatMap((one) => {
      const was = before.get(one)
      const now = liveOf(cluster, one.value, given.namespace) ?? done.find(({ kind }) => kind === one.value.kind)
      if (now === undefined || (refused.has(one) && was?.metadata.resourceVersion === now.metadata.resourceVersion))
        return []
      return [{ ...placeOf(now), result: resultOf(was, now) }]
    })
  return { applied: lines, problems: found, clock: watched.clock }
}

function liveOf(cluster: Cluster, object: KubeObject, namespace = 'default'): KubeObject | undefined {
  const kind = cluster.registry.byKind(object.apiVersion, object.kind)
  const name = object.metadata?.name
  if (kind === undefined || name === undefined) return undefined
  return cluster.view.get(kind, kind.namespaced ? (object.metadata.namespace ?? namespace) : '', name)
}

function placeOf({ kind, metadata }: KubeObject): { kind: string; namespace: string; name: string } {
  return { kind, namespace: metadata.namespace ?? '', name: metadata.name }
}

function resultOf(was: KubeObject | undefined, now: KubeObject): 'created' | 'configured' | 'unchanged' {
  if (was === undefined || was.metadata.uid !== now.metadata.uid) return 'created'
  return was.metadata.resourceVersion === now.metadata.resourceVersion ? 'unchanged' : 'configured'
}

/** The object of the text that an error speaks of: by its name, else by its kind, else the first. */
function concerned(objects: readonly TextObject[], error: unknown): TextObject {
  const message = error instanceof Error ? error.message : String(error)
  const named = objects.filter(
    ({ value }) => value.metadata?.name !== undefined && message.includes(`"${value.metadata.name}"`),
  )
  const ofKind = objects.filter(({ value }) => message.includes(`"${value.kind}"`) || message.includes(value.kind))
  const both = named.find((one) => ofKind.includes(one))
  return both ?? named[0] ?? ofKind[0] ?? (objects[0] as TextObject)
}
