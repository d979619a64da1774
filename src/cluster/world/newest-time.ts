/** When a list of objects was written down: the newest time that the API or a kubelet put into them. */
import type { KubeObject } from '../../api/object.ts'
import { parseTime } from '../../api/time.ts'

/** Fields that are set to the present, wherever they stand. Others (when a certificate ends) may lie in the future. */
const presents = new Set([
  'acquireTime',
  'creationTimestamp',
  'eventTime',
  'finishedAt',
  'firstTimestamp',
  'lastHeartbeatTime',
  'lastObservedTime',
  'lastProbeTime',
  'lastScaleTime',
  'lastScheduleTime',
  'lastSuccessfulTime',
  'lastTimestamp',
  'lastTransitionTime',
  'lastUpdateTime',
  'renewTime',
  'startTime',
  'startedAt',
  'time',
])

/** In ms, rounded up to whole seconds; undefined when no time is in them. */
export function newestTime(objects: readonly KubeObject[]): number | undefined {
  const newest = objects.reduce((time, object) => Math.max(time, newestIn(object)), Number.NEGATIVE_INFINITY)
  return newest === Number.NEGATIVE_INFINITY ? undefined : Math.ceil(newest / 1000) * 1000
}

function newestIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return Number.NEGATIVE_INFINITY
  let newest = Number.NEGATIVE_INFINITY
  for (const [key, inner] of Object.entries(value)) {
    const isTime = typeof inner === 'string' && presents.has(key)
    const time = isTime ? parseTime(inner) : newestIn(inner)
    if (time > newest) newest = time
  }
  return newest
}
