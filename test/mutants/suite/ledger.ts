/**
 * What has to be remembered over a run to be judged: which pods of a Job ever ended, so that none is counted twice, and
 * which machines died, for what they killed nobody else did.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers
 */
import { controllerOf } from '../../../src/api/owner.ts'
import { parseTime } from '../../../src/api/time.ts'
import type { KubeObject } from '../../../src/index.ts'
import type { Monitor } from './monitor.ts'
import type { Rig } from './rig.ts'

/** Counts along with the Jobs of a cluster. */
export function keepLedger({ cluster, everDown }: Rig, monitor: Monitor): void {
  const ended = new Map<string, Set<string>>()
  const of = (phase: string, job: string): Set<string> => {
    const key = `${phase} ${job}`
    const known = ended.get(key) ?? new Set()
    ended.set(key, known)
    return known
  }
  cluster.transition$.subscribe(({ change: { resource, object, type, time, previous } }) => {
    const end = object.metadata.deletionTimestamp
    if (resource === 'pods' && end !== undefined && !everDown.has(object.spec?.nodeName) && type === 'MODIFIED') {
      const early = killed(object) > killed(previous) && time + 1000 < parseTime(end)
      if (early)
        monitor.fail(
          'N5 containers are not killed before their grace is over',
          `Pod ${object.metadata.name} was killed ${(parseTime(end) - time) / 1000} s too soon`,
        )
    }
    const { uid = '', name } = object.metadata
    if (resource === 'pods') {
      const owner = controllerOf(object)
      const phase = object.status?.phase
      // A pod that goes before it could end counts as failed.
      const counts =
        phase === 'Succeeded' ? phase : phase === 'Failed' || object.metadata.deletionTimestamp ? 'Failed' : ''
      if (owner?.kind === 'Job' && counts !== '') of(counts, owner.uid).add(uid)
    }
    if (resource !== 'jobs.batch' || type === 'DELETED') return
    const { succeeded = 0, failed = 0 } = object.status ?? {}
    const [good, bad] = [of('Succeeded', uid).size, of('Failed', uid).size]
    if (succeeded > good)
      monitor.fail(
        'J1 every pod is counted once',
        `Job ${name} counts ${succeeded} successes and ${good} pods succeeded`,
      )
    if (failed > bad)
      monitor.fail('J1 every pod is counted once', `Job ${name} counts ${failed} failures and ${bad} pods failed`)
  })
}

interface ContainerStatus {
  readonly state?: {
    readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly startedAt?: string }
  }
}

/** How many containers ended by being killed. */
function killed(pod: KubeObject | undefined): number {
  const statuses: readonly ContainerStatus[] = pod?.status?.containerStatuses ?? []
  return statuses.filter(
    ({ state }) =>
      state?.terminated?.exitCode === 137 &&
      state.terminated.startedAt !== undefined &&
      state.terminated.reason !== 'ContainerStatusUnknown',
  ).length
}
