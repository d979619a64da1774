/**
 * CronJob: batch/v1.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
 */
import { isSet, listOf, nonNegative, type Part, when } from '../../api/checks.ts'
import { column, wideColumn } from '../../api/column.ts'
import { type FieldError, invalidValue, notSupported, type Path, path, required } from '../../api/field-error.ts'
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { selectorToText } from '../../api/selector.ts'
import { ageColumn, nameColumn, translateTimestamp } from '../../api/table.ts'
import { whyNotCron, whyNotTimeZone } from '../../lib/cron.ts'
import { withoutStatus } from '../without-status.ts'
import { jobSpecFaults } from './job-validate.ts'

const policies = ['Allow', 'Forbid', 'Replace']

function validate(cronJob: KubeObject, previous: KubeObject | undefined, subresource: string): FieldError[] {
  if (subresource === 'status') return []
  const place = path('spec')
  const spec = cronJob.spec ?? {}
  const { concurrencyPolicy: policy = '', timeZone, jobTemplate } = spec
  const long = cronJob.metadata.name.length > 52
  return [
    ...scheduleFaults(spec.schedule ?? '', previous?.spec?.schedule),
    ...(timeZone === undefined ? [] : zoneFaults(timeZone)),
    ...nonNegative(spec.startingDeadlineSeconds, place.child('startingDeadlineSeconds')),
    ...(policy === ''
      ? [required(place.child('concurrencyPolicy'))]
      : when(!policies.includes(policy), notSupported(place.child('concurrencyPolicy'), policy, policies))),
    ...nonNegative(spec.successfulJobsHistoryLimit, place.child('successfulJobsHistoryLimit')),
    ...nonNegative(spec.failedJobsHistoryLimit, place.child('failedJobsHistoryLimit')),
    ...jobSpecFaults(jobTemplate?.spec ?? {}, place.child('jobTemplate', 'spec')),
    ...selectionFaults(jobTemplate?.spec ?? {}, place.child('jobTemplate', 'spec')),
    ...when(
      previous === undefined && long,
      invalidValue(path('metadata', 'name'), cronJob.metadata.name, 'must be no more than 52 characters'),
    ),
  ]
}

function scheduleFaults(schedule: string, before: string | undefined): FieldError[] {
  const at = path('spec', 'schedule')
  if (schedule === '') return [required(at)]
  const why = whyNotCron(schedule)
  if (why !== undefined) return [invalidValue(at, schedule, why)]
  const zoned = schedule.includes('TZ') && schedule !== before
  return when(zoned, invalidValue(at, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'))
}

function zoneFaults(zone: string): FieldError[] {
  const at = path('spec', 'timeZone')
  if (zone === '') return [invalidValue(at, zone, 'timeZone must be nil or non-empty string')]
  if (zone.toLowerCase() === 'local')
    return [
      invalidValue(at, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'),
    ]
  const why = whyNotTimeZone(zone)
  return why === undefined ? [] : [invalidValue(at, zone, why)]
}

const containers = (cronJob: KubeObject) => listOf(cronJob.spec?.jobTemplate?.spec?.template?.spec?.containers)

/** Jobs of a CronJob select their own pods. */
function selectionFaults({ selector, manualSelector: manual }: Part, place: Path): FieldError[] {
  return [
    ...when(isSet(selector), invalidValue(place.child('selector'), selector, '`selector` will be auto-generated')),
    ...when(manual === true, notSupported(place.child('manualSelector'), true, ['nil', 'false'])),
  ]
}

export const CronJob = defineKind({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.batch.v1.CronJob',
  subresources: { status: true },
  prepare: { create: withoutStatus },
  validate: withFinalizerRule(validate),
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    column('Schedule', (cronJob) => cronJob.spec?.schedule ?? ''),
    column('Timezone', (cronJob) => cronJob.spec?.timeZone ?? '<none>'),
    column('Suspend', (cronJob) => (cronJob.spec?.suspend === true ? 'True' : 'False'), 'boolean'),
    column('Active', (cronJob) => listOf(cronJob.status?.active).length, 'integer'),
    column('Last Schedule', (cronJob, { now }) => lastSchedule(cronJob, now)),
    ageColumn,
    wideColumn('Containers', (cronJob) =>
      containers(cronJob)
        .map((one) => one.name)
        .join(','),
    ),
    wideColumn('Images', (cronJob) =>
      containers(cronJob)
        .map((one) => one.image ?? '')
        .join(','),
    ),
    wideColumn('Selector', (cronJob) => selectorToText(cronJob.spec?.jobTemplate?.spec?.selector) || '<none>'),
  ],
})

function lastSchedule(cronJob: KubeObject, now: number): string {
  const at = cronJob.status?.lastScheduleTime
  return at === undefined ? '<none>' : translateTimestamp(at, now)
}
