/**
 * What has to be remembered over a run to be judged: which pods of a Job ever ended, so that none is counted twice.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers
 */
import { controllerOf } from '../../../src/api/owner.ts'
import type { Cluster } from '../../../src/index.ts'
import type { Monitor } from './monitor.ts'

/** Counts along with the Jobs of a cluster. */
export function keepLedger(cluster: Cluster, monitor: Monitor): void {
  const ended = new Map<string, Set<string>>()
  const of = (phase: string, job: string): Set<string> => {
    const key = `${phase} ${job}`
    const known = ended.get(key) ?? new Set()
    ended.set(key, known)
    return known
  }
  cluster.transition$.subscribe(({ change: { resource, object, type } }) => {
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
