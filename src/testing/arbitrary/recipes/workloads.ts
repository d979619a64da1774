/** Workloads: selectors that match their templates, strategies that can move, and the restart policies each one takes. */
import fc from 'fast-check'
import type { Recipes, Value } from '../recipe.ts'
import * as words from '../words.ts'

const app = fc.constantFrom('web', 'db').map((value) => ({ app: value }))

/** Selector and template agree, whatever else the template is labelled with; pods of a set run for good. */
function matching({ selector, template, ...rest }: Value): Value {
  const { activeDeadlineSeconds: _no, restartPolicy: _always, ...spec } = template.spec
  const labels = { ...template.metadata?.labels, ...selector.matchLabels }
  return { ...rest, selector, template: { ...template, metadata: { ...template.metadata, labels }, spec } }
}

const selector = app.map((matchLabels) => ({ matchLabels }))
const movable = fc.tuple(words.share, words.share)
const isNothing = (share: unknown): boolean => Number.parseInt(String(share), 10) === 0

const deploymentStrategy = fc.oneof(
  fc.constant({ type: 'Recreate' }),
  movable.map(([maxSurge, unavailable]) => {
    const maxUnavailable = isNothing(maxSurge) && isNothing(unavailable) ? 1 : unavailable
    return { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } }
  }),
)
const daemonStrategy = fc.oneof(
  fc.constant({ type: 'OnDelete' }),
  fc
    .constantFrom({ maxUnavailable: 1 }, { maxUnavailable: '50%' }, { maxSurge: 1, maxUnavailable: 0 })
    .map((rollingUpdate) => ({ type: 'RollingUpdate', rollingUpdate })),
)
const statefulStrategy = fc.oneof(
  fc.constant({ type: 'OnDelete' }),
  words.count.map((partition) => ({ type: 'RollingUpdate', rollingUpdate: { partition } })),
)
const keepOrDelete = fc.constantFrom('Retain', 'Delete')

const failurePolicy = fc.constantFrom(
  { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1, 2] } }] },
  { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] },
)

/** Pods of a job end: they are not restarted for good, and rules for their ends need that they are not restarted at all. */
function job({ template, completionMode, podFailurePolicy, backoffLimitPerIndex, ...rest }: Value): Value {
  const { restartPolicy, ...spec } = template.spec
  const never = podFailurePolicy !== undefined || restartPolicy !== 'OnFailure'
  const indexed = completionMode === 'Indexed'
  return {
    ...rest,
    ...(podFailurePolicy !== undefined && { podFailurePolicy, podReplacementPolicy: 'Failed' }),
    ...(indexed && { completionMode, completions: rest.completions ?? 2 }),
    ...(indexed && never && backoffLimitPerIndex !== undefined && { backoffLimitPerIndex }),
    template: { ...template, spec: { ...spec, restartPolicy: never ? 'Never' : 'OnFailure' } },
  }
}

export const workloadRecipes: Recipes = (tie) => {
  const always = { selector, template: tie('core.v1.PodTemplateSpec') }
  const claim = fc
    .tuple(fc.constantFrom('data', 'logs'), tie('core.v1.PersistentVolumeClaimSpec'))
    .map(([name, spec]) => ({ metadata: { name }, spec }))
  return {
    'apps.v1.Deployment': { always: { spec: tie('apps.v1.DeploymentSpec') } },
    'apps.v1.DeploymentSpec': {
      always,
      fields: {
        replicas: words.count,
        strategy: deploymentStrategy,
        minReadySeconds: fc.constantFrom(0, 5, 30),
        progressDeadlineSeconds: fc.constantFrom(60, 600),
        revisionHistoryLimit: words.count,
      },
      refine: matching,
    },
    'apps.v1.ReplicaSet': { always: { spec: tie('apps.v1.ReplicaSetSpec') } },
    'apps.v1.ReplicaSetSpec': {
      always,
      fields: { replicas: words.count, minReadySeconds: fc.constantFrom(0, 5) },
      refine: matching,
    },
    'apps.v1.DaemonSet': { always: { spec: tie('apps.v1.DaemonSetSpec') } },
    'apps.v1.DaemonSetSpec': {
      always,
      fields: {
        updateStrategy: daemonStrategy,
        minReadySeconds: fc.constantFrom(0, 5),
        revisionHistoryLimit: words.count,
      },
      refine: matching,
    },
    'apps.v1.StatefulSet': { always: { spec: tie('apps.v1.StatefulSetSpec') } },
    'apps.v1.StatefulSetSpec': {
      always: { ...always, serviceName: words.name },
      fields: {
        replicas: words.count,
        updateStrategy: statefulStrategy,
        minReadySeconds: fc.constantFrom(0, 5),
        revisionHistoryLimit: words.count,
        volumeClaimTemplates: fc.uniqueArray(claim, {
          minLength: 1,
          maxLength: 2,
          selector: ({ metadata }) => metadata.name,
        }),
        persistentVolumeClaimRetentionPolicy: fc.record({ whenDeleted: keepOrDelete, whenScaled: keepOrDelete }),
        ordinals: words.count.map((start) => ({ start })),
      },
      refine: matching,
    },
    'core.v1.ReplicationController': { always: { spec: tie('core.v1.ReplicationControllerSpec') } },
    'core.v1.ReplicationControllerSpec': {
      always: { selector: app, template: tie('core.v1.PodTemplateSpec') },
      fields: { replicas: words.count, minReadySeconds: fc.constantFrom(0, 5) },
      refine: ({ selector: labels, ...rest }) => ({
        ...matching({ ...rest, selector: { matchLabels: labels } }),
        selector: labels,
      }),
    },
    'core.v1.PodTemplate': { always: { template: tie('core.v1.PodTemplateSpec') } },
    'batch.v1.Job': { always: { spec: tie('batch.v1.JobSpec') } },
    'batch.v1.JobSpec': {
      always: { template: tie('core.v1.PodTemplateSpec') },
      only: [
        'parallelism',
        'completions',
        'backoffLimit',
        'backoffLimitPerIndex',
        'activeDeadlineSeconds',
        'ttlSecondsAfterFinished',
        'suspend',
        'completionMode',
        'podFailurePolicy',
      ],
      fields: {
        parallelism: words.count,
        completions: words.count,
        backoffLimit: words.count,
        podFailurePolicy: failurePolicy,
      },
      refine: job,
    },
    'batch.v1.CronJob': { always: { spec: tie('batch.v1.CronJobSpec') } },
    'batch.v1.CronJobSpec': {
      always: { schedule: fc.constantFrom('*/5 * * * *', '@hourly', '0 3 * * 1-5') },
      fields: {
        timeZone: fc.constantFrom('Etc/UTC', 'Europe/Berlin'),
        successfulJobsHistoryLimit: words.count,
        failedJobsHistoryLimit: words.count,
      },
    },
    'batch.v1.JobTemplateSpec': { always: { spec: tie('batch.v1.JobSpec') } },
    'apps.v1.ControllerRevision': {
      always: { revision: words.positive, data: fc.record({ spec: fc.record({ a: words.text }) }) },
    },
    'policy.v1.PodDisruptionBudgetSpec': {
      oneOf: ['minAvailable', 'maxUnavailable'],
      always: { selector: tie('meta.v1.LabelSelector') },
    },
    'policy.v1.PodDisruptionBudget': { always: { spec: tie('policy.v1.PodDisruptionBudgetSpec') } },
    'autoscaling.v2.HorizontalPodAutoscaler': { always: { spec: tie('autoscaling.v2.HorizontalPodAutoscalerSpec') } },
    'autoscaling.v2.HorizontalPodAutoscalerSpec': {
      always: { maxReplicas: fc.integer({ min: 3, max: 9 }) },
      fields: {
        minReplicas: words.positive,
        metrics: fc.uniqueArray(tie('autoscaling.v2.MetricSpec'), {
          minLength: 1,
          maxLength: 2,
          selector: JSON.stringify,
        }),
      },
    },
    'autoscaling.v2.CrossVersionObjectReference': {
      whole: words.name.map((name) => ({ apiVersion: 'apps/v1', kind: 'Deployment', name })),
    },
    'autoscaling.v2.MetricSpec': { whole: metric(words.positive) },
    'autoscaling.v2.HPAScalingRules': {
      only: ['policies', 'selectPolicy', 'stabilizationWindowSeconds'],
      fields: {
        selectPolicy: fc.constantFrom('Max', 'Min', 'Disabled'),
        stabilizationWindowSeconds: fc.constantFrom(0, 60),
      },
    },
    'autoscaling.v2.HPAScalingPolicy': {
      always: {
        type: fc.constantFrom('Pods', 'Percent'),
        value: words.positive,
        periodSeconds: fc.constantFrom(15, 60),
      },
    },
  }
}

function metric(amount: fc.Arbitrary<number>): fc.Arbitrary<unknown> {
  const resource = fc.constantFrom('cpu', 'memory')
  const utilization = amount.map((n) => ({ type: 'Utilization', averageUtilization: n * 25 }))
  const average = amount.map((n) => ({ type: 'AverageValue', averageValue: `${n}` }))
  return fc.oneof(
    fc
      .record({ name: resource, target: fc.oneof(utilization, average) })
      .map((one) => ({ type: 'Resource', resource: one })),
    fc
      .record({ container: words.name, name: resource, target: utilization })
      .map((one) => ({ type: 'ContainerResource', containerResource: one })),
    average.map((target) => ({ type: 'Pods', pods: { metric: { name: 'requests' }, target } })),
    average.map((target) => ({ type: 'External', external: { metric: { name: 'queue' }, target } })),
  )
}
