/** Answers to the questions that change nothing. */
import { loadDescriptions } from '../api/schema/descriptions.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { shownFrom } from '../cluster/selecting.ts'
import { actorAnswer, actorsOf, beliefsOf, timerSummary } from './actor-answers.ts'
import { readPath } from './calls.ts'
import { target, wrong } from './commands.ts'
import { completionsAt } from './complete.ts'
import { fieldChanges } from './diff.ts'
import { checkManifest } from './manifest-check.ts'
import { changesOf, type Found, foundByUid, type Past, pastAt, seqOf, timersAt, type When } from './past.ts'
import type { Answers, MomentAnswer, ObjectAnswer, ObjectName, Question, Questions } from './questions.ts'
import { faultText } from './records.ts'
import { schedulingOf } from './scheduling.ts'
import { summaryOf } from './summary.ts'
import type { Tape } from './tape.ts'
import { trafficOf } from './traffic.ts'
import type { Watched } from './watched.ts'
import { blameOf, whyOf } from './why.ts'
import { yamlOf } from './yaml-text.ts'

/** Removed objects a moment tells of at most: the last ones. */
const goneLimit = 5000

type Reader<Q extends Question> = (watched: Watched, given: Questions[Q]) => Answers[Q] | Promise<Answers[Q]>

/** The questions that one cluster answers by itself. */
export const readers = {
  kinds: ({ cluster }) =>
    cluster.kinds.map(({ kind, resource, apiVersion, shortNames, namespaced, life }) => ({
      kind,
      resource,
      apiVersion,
      shortNames,
      namespaced,
      ...(life === undefined ? {} : { machine: life }),
    })),
  clock: (watched) => watched.clock,
  moment: (watched, when) => momentOf(watched, when),
  object: (watched, name) => objectOf(watched, name),
  history: ({ tape, cluster }, name) =>
    changesOf(tape, uidOf(cluster, tape, name)).map(({ revision, time, change, saw }) => ({
      revision,
      time,
      change: change.type,
      cause: change.cause,
      ...(saw === undefined ? {} : { saw }),
      status: summaryOf(cluster.registry, change.object).status,
      diff: change.type === 'MODIFIED' ? fieldChanges(change.previous, change.object) : [],
    })),
  why: ({ tape }, { revision }) => whyOf(tape, revision),
  blame(watched, name) {
    const { found, past } = foundAt(watched, name)
    return blameOf(watched.tape, found.object, past.seq)
  },
  scheduling(watched, name) {
    const { found, past } = foundAt(watched, name)
    return schedulingOf(watched.cluster.registry, past, found.object)
  },
  faults: ({ cluster }) =>
    cluster.plane.world.store.faults.armed.map(({ id, rule, hits, since }) => ({
      id,
      text: faultText(rule),
      hits,
      since,
    })),
  beliefs: ({ cluster }) => beliefsOf(cluster),
  actors: (watched, when) => actorsOf(watched.tape, pastOf(watched, when)),
  actor: (watched, { id, revision }) =>
    actorAnswer(watched.tape, watched.cluster.plane.world, pastOf(watched, { revision }), id),
  timers: ({ tape, cluster }, when) => {
    const { world } = cluster.plane
    return timersAt(tape, world, seqOf(tape, world, when)).map(timerSummary)
  },
  check: ({ cluster }, { text }) => checkManifest(cluster, text),
  complete: async ({ cluster }, { text, offset }) => completionsAt(cluster, text, offset, await loadDescriptions()),
  read: ({ cluster }, given) => readPath(cluster, given),
  traffic: (watched, when) => trafficOf(watched.cluster, watched.tape, pastOf(watched, when)),
  log({ cluster }, { pod, container, previous }) {
    const { object } = target(cluster, pod)
    const { name, namespace = 'default' } = object.metadata
    const where = { namespace, ...(container === undefined ? {} : { container }) }
    return cluster.logs(name, previous === true ? { ...where, previous } : where)
  },
} satisfies { readonly [Q in Question]?: Reader<Q> }

function pastOf({ tape, cluster }: Watched, when: When): Past {
  const { world } = cluster.plane
  return pastAt(tape, world, seqOf(tape, world, when))
}

function momentOf(watched: Watched, when: When): MomentAnswer {
  const { tape, cluster } = watched
  const { registry } = cluster
  const { world } = cluster.plane
  const past = pastOf(watched, when)
  const objects = [...past.objects().values()].flat()
  const present = new Set(objects.map(({ metadata }) => metadata.uid))
  const removals = tape.commits(({ type, object }) => type === 'DELETED' && !present.has(object.metadata.uid), past.seq)
  return {
    revision: past.revision,
    time: past.time,
    objects: objects.map((object) => summaryOf(registry, object)),
    actors: actorsOf(tape, past),
    timers: timersAt(tape, world, past.seq).map(timerSummary),
    gone: removals.slice(-goneLimit).map(({ change, time, revision }) => ({
      object: summaryOf(registry, change.object),
      time,
      revision,
    })),
    nextSeq: past.seq,
  }
}

function objectOf(watched: Watched, name: ObjectName & When): ObjectAnswer {
  const { found, past } = foundAt(watched, name)
  const { registry } = watched.cluster
  const kind = registry.byKind(found.object.apiVersion, found.object.kind)
  const object = kind === undefined ? found.object : shownFrom(kind, found.object)
  const revision = Number(object.metadata.resourceVersion ?? 0)
  return {
    object,
    summary: summaryOf(registry, found.object),
    yaml: yamlOf(object),
    revision,
    time: watched.tape.commitAt(revision)?.time ?? past.time,
    gone: found.gone,
  }
}

/** The object that is meant, at its moment. Throws KYB-INSPECT-ASK when there is none. */
function foundAt(watched: Watched, name: ObjectName & When): { found: Found; past: Past } {
  const { tape, cluster } = watched
  const past = pastOf(watched, 'revision' in name ? { revision: name.revision } : {})
  const found = 'uid' in name ? foundByUid(tape, past, name.uid) : foundByName(cluster, past, name)
  if (found === undefined)
    throw wrong(`there is no ${'uid' in name ? `object ${name.uid}` : `${name.kind} ${name.name}`} at that moment`)
  return { found, past }
}

function foundByName(
  { registry }: Cluster,
  past: Past,
  { kind: word, name, namespace = 'default' }: Exclude<ObjectName, { uid: string }>,
): Found | undefined {
  const kind = registry.find(word)
  if (kind === undefined) throw wrong(`the cluster serves no kind "${word}"`)
  const object = past.get(kind.resource, kind.namespaced ? `${namespace}/${name}` : name)
  return object === undefined ? undefined : { object, resource: kind.resource, gone: false }
}

function uidOf(cluster: Cluster, tape: Tape, name: ObjectName): string {
  if ('uid' in name) return name.uid
  const now = cluster.registry.find(name.kind)
  const found = foundByName(cluster, pastAt(tape, cluster.plane.world, tape.next), name)
  if (now === undefined || found === undefined) throw wrong(`there is no ${name.kind} ${name.name}`)
  return found.object.metadata.uid ?? ''
}
