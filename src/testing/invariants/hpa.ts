/** HorizontalPodAutoscalers: what they may ask of their targets. */
import type { KubeObject } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { type Held, noOscillation, step, type Write } from '../property.ts'
import { isPodActive } from './documented.ts'
import { memoryOf } from './hpa-words.ts'
import { issue, kep, page, row } from './row.ts'
import { autoscalers, isBy, named, orElse, replicasOf, selects } from './words.ts'

const docs = page('tasks/run-application/horizontal-pod-autoscale/')

const minOf = ({ spec }: KubeObject): number => spec?.minReplicas ?? 1
const maxOf = ({ spec }: KubeObject): number => spec?.maxReplicas ?? Number.POSITIVE_INFINITY

/** The autoscaler behind a write of the size of something. */
function scalerBehind(write: Write): KubeObject | undefined {
  if (!isBy(write, 'horizontal-pod-autoscaler') || write.resource === autoscalers || write.resource === 'events')
    return undefined
  return write.believed.at(autoscalers, write.reconciled)
}

/** `[write_hpa ⇒ min ≤ replicas ≤ max]`. */
export const withinBounds = row(
  {
    id: 'H1',
    name: 'withinBounds',
    says: 'An autoscaler asks for no fewer than minReplicas and no more than maxReplicas.',
    class: 'C',
    source: docs,
  },
  step((write) => {
    const scaler = scalerBehind(write)
    if (scaler === undefined) return undefined
    const size = replicasOf(write.object)
    return orElse(size >= minOf(scaler) && size <= maxOf(scaler), () => `${named(scaler)} asked for ${size} pods`)
  }),
)

interface Reading {
  /** The average use of a pod as a percentage of its request, and the one that is wanted. */
  readonly is: number
  readonly wanted: number
}

/** The utilisations an autoscaler's status tells of; undefined when it goes by anything else. */
function readingsOf({ spec, status }: KubeObject): readonly Reading[] | undefined {
  const metrics = (spec?.metrics ?? []) as {
    type: string
    resource?: { name: string; target: { averageUtilization?: number } }
  }[]
  const current = (status?.currentMetrics ?? []) as {
    resource?: { name: string; current: { averageUtilization?: number } }
  }[]
  const readings = metrics.map(({ resource }, i) => {
    const wanted = resource?.target.averageUtilization
    const is = current[i]?.resource?.current.averageUtilization
    return wanted === undefined || is === undefined ? undefined : { is, wanted }
  })
  return readings.length === 0 || readings.includes(undefined) ? undefined : (readings as Reading[])
}

/** A percentage is told in whole numbers. */
const rounding = 0.5
const tolerance = 0.1

/** A write of its own status by the autoscaler: what it read, what there was and what it wants, all of one look. */
function lookBehind(write: Write): readonly Reading[] | undefined {
  if (write.resource !== autoscalers || write.type !== 'MODIFIED' || !isBy(write, 'horizontal-pod-autoscaler'))
    return undefined
  return readingsOf(write.object)
}

/** Where the autoscaler writes down what the metrics asked for, look by look, before windows, policies and limits. */
const memoryKey = 'autoscaling.kybern.dev/recommendations'

/**
 * What the metrics asked for at this look. Undefined when it is what they asked for at the one before, and where nobody writes
 * it down: the size an autoscaler settles for may still follow a recommendation of minutes ago.
 */
function askedFor({ object, previous }: Write): number | undefined {
  const marks = [object, previous].map((one) => {
    const text = one?.metadata.annotations?.[memoryKey]
    return text === undefined ? undefined : ((JSON.parse(text) as { r?: [number, number][] }).r ?? []).at(-1)
  })
  return marks[0]?.[0] === marks[1]?.[0] ? undefined : marks[0]?.[1]
}

/** `|ratio − 1| ≤ tolerance ⇒ replicas′ = replicas`. Readings are told in whole percent: what is that close to the edge is left out. */
export const tolerated = row(
  {
    id: 'H2',
    name: 'tolerated',
    says: 'While use is within a tenth of what is wanted, an autoscaler changes nothing.',
    class: 'C',
    source: `${docs}#algorithm-details`,
  },
  step((write) => {
    const readings = lookBehind(write)
    const from: number = write.object.status?.currentReplicas ?? 0
    const to = askedFor(write)
    if (readings === undefined || to === undefined || write.object.spec?.behavior !== undefined) return undefined
    if (from < minOf(write.object) || from > maxOf(write.object)) return undefined
    const isWithin = readings.every(({ is, wanted }) => Math.abs(is - wanted) + rounding <= tolerance * wanted)
    return isWithin
      ? orElse(from === to, () => `${named(write.object)} goes from ${from} to ${to} within the tolerance`)
      : undefined
  }),
)

/** Active pods of what the autoscaler scales. */
function podsOf(s: Moment, scaler: KubeObject): readonly KubeObject[] {
  const { kind, name } = scaler.spec?.scaleTargetRef ?? {}
  const { namespace = 'default' } = scaler.metadata
  const target = s.get(kind, name, namespace)
  if (target === undefined) return []
  return s.list('pods', { namespace }).filter((pod) => isPodActive(pod) && selects(target, pod))
}

/**
 * Rollout neutrality: what is asked for follows from what running pods use. Pods that start or end use nothing that counts: more
 * than the running ones' use calls for is never asked.
 */
export const rolloutsDoNotCount = row(
  {
    id: 'H3',
    name: 'rolloutsDoNotCount',
    says: 'An autoscaler asks for no more pods than the use of the running ones calls for, whatever starts or ends beside them.',
    class: 'C',
    source: `${issue(72775)}, ${issue(84142)}, ${issue(90461)}`,
  },
  step((write) => {
    const readings = lookBehind(write)
    const from: number = write.object.status?.currentReplicas ?? 0
    const to = askedFor(write)
    if (readings === undefined || to === undefined || to <= from || from < minOf(write.object)) return undefined
    const running = podsOf(write.believed, write.object).filter(({ status }) => status?.phase === 'Running').length
    const most = Math.max(...readings.map(({ is, wanted }) => Math.ceil(((is + 1) / wanted) * running)))
    return orElse(
      to <= Math.max(most, minOf(write.object)),
      () => `${named(write.object)} wants ${to} pods where the use of ${running} calls for ${most}`,
    )
  }),
)

interface Policy {
  readonly type: string
  readonly value: number
}

const usualUp: readonly Policy[] = [
  { type: 'Percent', value: 100 },
  { type: 'Pods', value: 4 },
]

/** How far one step may go by the policies of a direction; undefined when it may not go at all. */
function reach(
  rules: { selectPolicy?: string; policies?: readonly Policy[] } | undefined,
  usual: readonly Policy[],
  from: number,
  sign: 1 | -1,
) {
  if (rules?.selectPolicy === 'Disabled') return from
  const policies = rules?.policies ?? usual
  const ends = policies.map(({ type, value }) =>
    type === 'Pods'
      ? from + sign * value
      : sign > 0
        ? Math.ceil(from * (1 + value / 100))
        : Math.floor(from * (1 - value / 100)),
  )
  const farthest = rules?.selectPolicy !== 'Min'
  return farthest === sign > 0 ? Math.max(...ends) : Math.min(...ends)
}

/** The longest period of a policy. */
const longestPeriodMs = 1_800_000

/** Was it scaled the other way a short while ago? A period is counted from where it began, which was farther than here. */
function hasTurned(scaler: KubeObject, isUp: boolean, now: number): boolean {
  const { u = [], d = [] } = memoryOf(scaler) ?? {}
  return (isUp ? d : u).some(([at]) => at > now - longestPeriodMs)
}

function paceHeld(scaler: KubeObject, from: number, to: number, now: number): Held | undefined {
  if (from < minOf(scaler) || from > maxOf(scaler) || to === from || hasTurned(scaler, to > from, now)) return undefined
  const { scaleUp, scaleDown } = scaler.spec?.behavior ?? {}
  if (to > from) {
    const most = reach(scaleUp, usualUp, from, 1)
    return orElse(to <= most, () => `${named(scaler)} goes from ${from} to ${to}; its policies allow ${most}`)
  }
  const least = reach(scaleDown, [{ type: 'Percent', value: 100 }], from, -1)
  return orElse(to >= least, () => `${named(scaler)} goes from ${from} to ${to}; its policies allow ${least}`)
}

/**
 * `rate policies respected`: no single step is longer than its policies let a whole period be. H8 says it exactly, with what was
 * done within a period; here nothing is needed but the sizes.
 */
export const paceIsKept = row(
  {
    id: 'H4',
    name: 'paceIsKept',
    says: 'No step of an autoscaler is longer than its policies allow for a period.',
    class: 'C',
    source: `${docs}#scaling-policies (${kep(853)})`,
  },
  step((write) => {
    const scaler = scalerBehind(write)
    if (scaler === undefined || write.previous === undefined) return undefined
    return paceHeld(scaler, replicasOf(write.previous), replicasOf(write.object), write.believed.now)
  }),
)

/** `quiet(load) ⇒ ◇□ const(spec.replicas)`: what a user may want of a load that stays as it is. */
export const sizesComeToRest = row(
  {
    id: 'H5',
    name: 'sizesComeToRest',
    says: 'Under constant load the sizes that autoscalers ask for do not go round in a circle.',
    class: 'user',
    source: 'https://www.usenix.org/conference/atc24/presentation/liu-bingzhe (Kivi, case C1)',
  },
  noOscillation((s) =>
    s.list(autoscalers).map((scaler) => {
      const { kind, name } = scaler.spec?.scaleTargetRef ?? {}
      const target = s.get(kind, name, scaler.metadata.namespace)
      return target === undefined ? '' : replicasOf(target)
    }),
  ),
)

/** `no cycle of apply and HPA`: whoever else writes the size of a scaled target works against its autoscaler. */
export const oneSetsTheSize = row(
  {
    id: 'H6',
    name: 'oneSetsTheSize',
    says: 'Nobody but the autoscaler changes the size of what it scales. An apply that leaves replicas out of a new manifest does.',
    class: 'user',
    source: `${docs}#migrating-deployments-and-statefulsets-to-horizontal-autoscaling (${issue(25238)})`,
  },
  step((write, before) => {
    const { previous, object } = write
    if (
      write.by !== 'user' ||
      previous?.spec?.replicas === undefined ||
      previous.spec.replicas === object.spec?.replicas
    )
      return undefined
    const scaler = before
      .list(autoscalers, { namespace: object.metadata.namespace ?? '' })
      .find(
        ({ spec }) => spec?.scaleTargetRef?.kind === object.kind && spec.scaleTargetRef.name === object.metadata.name,
      )
    return scaler === undefined
      ? undefined
      : `${named(object)} was set to ${object.spec?.replicas} pods beside ${named(scaler)}`
  }),
)
