/**
 * Patience with pods that fail as soon as they are made, as when a kubelet refuses them: without it a ReplicaSet and a
 * kubelet make and refuse pods for ever (kubernetes#72593, which the real controller still does).
 */
import type { KubeObject } from '../../api/object.ts'
import { parseTime } from '../../api/time.ts'

/** Failed pods made within this time count. */
const memoryMs = 600_000
/** Every replica may fail once; then the wait is a second, doubling to five minutes. */
const firstMs = 1000
const longestMs = 300_000
/** From this many failures of each replica on, waiting is background work. */
const patientRounds = 5

export interface Wait {
  readonly until: number
  readonly background: boolean
}

/** Until when no further pod is to be made (ms); undefined when one may be made now. */
export function backoff(failed: readonly KubeObject[], replicas: number, now: number): Wait | undefined {
  const made = failed.map((pod) => parseTime(pod.metadata.creationTimestamp ?? '1970-01-01T00:00:00Z'))
  const recent = made.filter((at) => at > now - memoryMs)
  const rounds = Math.floor(recent.length / Math.max(1, replicas))
  if (rounds === 0) return undefined
  const newest = recent.reduce((latest, at) => Math.max(latest, at), 0)
  const until = newest + Math.min(firstMs * 2 ** (rounds - 1), longestMs)
  return until > now ? { until, background: rounds > patientRounds } : undefined
}
