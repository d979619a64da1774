/** The twin: the live driver and the explorer run the same code and come to the same end. */
import { expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { Runner } from '../../src/testing/explore/run.ts'
import { setUp, withWorld } from '../../src/testing/explore/world.ts'
import {
  apply,
  cordon,
  drain,
  label,
  type Operation,
  perform,
  remove,
  scale,
  scenario,
  setImage,
  taint,
  undo,
} from '../../src/testing/index.ts'
import { normalForm } from '../../src/testing/normal-form.ts'

const template = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image, resources: { requests: { cpu: '100m' } } }] },
})
const selector = { matchLabels: { app: 'web' } }
const of = (kind: string, spec: object, apiVersion = 'apps/v1'): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web' },
  spec,
})
const deployment = of('Deployment', { replicas: 3, selector, template: template('nginx:1') })
const service = of('Service', { selector: { app: 'web' }, ports: [{ port: 80 }] }, 'v1')
const statefulSet = of('StatefulSet', { replicas: 2, serviceName: 'web', selector, template: template('nginx:1') })
const daemonSet = of('DaemonSet', { selector, template: template('nginx:1') })
const pod = { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['true'] }] }
const job = of('Job', { completions: 2, parallelism: 2, template: { spec: pod } }, 'batch/v1')
const budget = of('PodDisruptionBudget', { minAvailable: 2, selector }, 'policy/v1')

const cases: Record<string, { given?: KubeObject[]; inputs: Operation[] }> = {
  'a Deployment comes, rolls out, goes back, goes': {
    given: [service],
    inputs: [apply(deployment), setImage('web', 'nginx:2'), scale('web', 4), undo('web'), remove('Deployment', 'web')],
  },
  'a StatefulSet comes, rolls out, shrinks': {
    inputs: [apply(statefulSet), setImage('web', 'nginx:2', 'StatefulSet'), scale('web', 1, 'StatefulSet')],
  },
  'a DaemonSet comes and rolls out, a node is tainted': {
    inputs: [
      apply(daemonSet),
      setImage('web', 'nginx:2', 'DaemonSet'),
      taint('node-1', { key: 'k', effect: 'NoExecute' }),
    ],
  },
  'a Job runs to its end and goes': { inputs: [apply(job), remove('Job', 'web', { propagation: 'Background' })] },
  'a node is drained against a budget': { given: [deployment, budget], inputs: [drain('node-1'), cordon('node-2')] },
  'a pod is let go by its label': {
    given: [deployment],
    inputs: [label('Node', 'node-1', { x: 'y' }), remove('Deployment', 'web', { propagation: 'Orphan' })],
  },
}

const compared = [
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'Pod',
  'Service',
  'EndpointSlice',
  'Node',
]

/** Where two ends begin to differ, with a little of what stands there. */
function firstDifference(ours: readonly string[], theirs: readonly string[]): string {
  const one = ours.findIndex((line, i) => line !== theirs[i])
  if (one < 0) return ''
  const [a, b] = [ours[one] as string, theirs[one] ?? '']
  const at = [...a].findIndex((letter, i) => letter !== b[i])
  return `${a.slice(0, 60)} …${a.slice(at - 60, at + 60)}… ≠ …${b.slice(at - 60, at + 60)}…`
}

for (const [name, { given = [], inputs }] of Object.entries(cases)) {
  test(name, async () => {
    const one = scenario(name, (c) =>
      c
        .nodes(3)
        .apply(given)
        .do(...inputs)
        .inputs('quiet'),
    )
    await using live = await setUp(one)
    await using base = await setUp(one)
    for (const operation of inputs) {
      await perform(live, operation)
      await live.settle()
    }
    const [explored, steps] = withWorld(base, one, [], {}, (world) => {
      const { log, end } = new Runner(world).play(world.explorer.inputs.map((input) => input.name))
      const moment = world.judge.moment(end)
      return [compared.flatMap((kind) => moment.list(kind)), log.length] as const
    })
    expect(steps).toBeGreaterThan(5)
    const lived = compared.flatMap((kind) => live.list(kind, { namespace: '*' }))
    const [ours, theirs] = [normalForm(explored, { anyNode: true }), normalForm(lived, { anyNode: true })]
    expect(firstDifference(ours, theirs)).toBe('')
    expect(ours).toEqual(theirs)
  })
}
