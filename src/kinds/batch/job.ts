/**
 * Job: batch/v1.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
import { column, templateColumns, wideColumn } from '../../api/column.ts'
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { selectorToText } from '../../api/selector.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { humanDuration, parseTime } from '../../api/time.ts'
import { withoutStatus } from '../without-status.ts'
import { validateJob } from './job-validate.ts'

/** A Job selects its own pods by its uid, unless its author says otherwise. */
function selecting(job: KubeObject): KubeObject {
  const whole = withoutStatus(job)
  if (whole.spec?.manualSelector === true) return whole
  const uid = whole.metadata.uid ?? ''
  const { template = {} } = whole.spec ?? {}
  const labels = {
    ...template.metadata?.labels,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': whole.metadata.name,
    'controller-uid': uid,
    'job-name': whole.metadata.name,
  }
  const selector = { matchLabels: { ...whole.spec?.selector?.matchLabels, 'batch.kubernetes.io/controller-uid': uid } }
  const spec = {
    ...whole.spec,
    selector,
    manualSelector: whole.spec?.manualSelector ?? false,
    template: { ...template, metadata: { ...template.metadata, labels } },
  }
  return { ...whole, spec }
}

const is = (job: KubeObject, type: string): boolean =>
  ((job.status?.conditions ?? []) as { type: string; status: string }[]).some(
    (one) => one.type === type && one.status === 'True',
  )

function stateOf(job: KubeObject): string {
  if (is(job, 'Complete')) return 'Complete'
  if (is(job, 'Failed')) return 'Failed'
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating'
  if (is(job, 'Suspended')) return 'Suspended'
  if (is(job, 'FailureTarget')) return 'FailureTarget'
  return is(job, 'SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}

function completions(job: KubeObject): string {
  const done = job.status?.succeeded ?? 0
  const { completions: wanted, parallelism = 0 } = job.spec ?? {}
  if (wanted !== undefined) return `${done}/${wanted}`
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`
}

function duration(job: KubeObject, now: number): string {
  const { startTime, completionTime } = job.status ?? {}
  if (startTime === undefined) return ''
  const end = completionTime === undefined ? now : parseTime(completionTime)
  return humanDuration(end - parseTime(startTime))
}

export const Job = defineKind({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.batch.v1.Job',
  subresources: { status: true },
  fields: { 'status.successful': (job) => String(job.status?.succeeded ?? 0) },
  prepare: { create: selecting },
  validate: withFinalizerRule(validateJob),
  defaultPropagation: 'Orphan',
  warnsOfOrphans:
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  columns: [
    nameColumn,
    column('Status', stateOf),
    column('Completions', completions),
    column('Duration', (job, { now }) => duration(job, now)),
    ageColumn,
    ...templateColumns(),
    wideColumn('Selector', (job) => selectorToText(job.spec?.selector ?? {})),
  ],
})
