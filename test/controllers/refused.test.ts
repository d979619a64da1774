/** What controllers tell of pods and ReplicaSets that were refused to them, and what a surging daemon does about a pod that ends. */
import { expect, it } from 'vitest'
import { createCluster } from '../../src/index.ts'

const labels = { app: 'web' }
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } }
const made = (kind: string, spec: object, apiVersion = 'apps/v1') => ({
  apiVersion,
  kind,
  metadata: { name: 'web' },
  spec,
})
const quota = (hard: object) => made('ResourceQuota', { hard }, 'v1')
const common = { selector: { matchLabels: labels }, template }
const claims = [
  {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
]
const job = { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } } }

it.each([
  [
    'DaemonSet',
    made('DaemonSet', common),
    { pods: '0' },
    /^Error creating: pods "web-\w+" is forbidden: exceeded quota/,
  ],
  ['Job', made('Job', job, 'batch/v1'), { pods: '0' }, /^Error creating: pods "web-\w+" is forbidden: exceeded quota/],
  [
    'StatefulSet',
    made('StatefulSet', { ...common, serviceName: 'web' }),
    { pods: '0' },
    /^Create Pod web-0 in StatefulSet web failed error: pods "web-0" is forbidden: exceeded quota/,
  ],
  [
    'a claim of a StatefulSet',
    made('StatefulSet', { ...common, serviceName: 'web', volumeClaimTemplates: claims }),
    { persistentvolumeclaims: '0' },
    /^Create Claim data-web-0 for Pod web-0 in StatefulSet web failed error: persistentvolumeclaims "data-web-0" is forbidden/,
  ],
])('%s: an event tells that the quota refused it', async (_what, object, hard, message) => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(quota(hard))
  await cluster.settle()
  await cluster.apply(object)
  await cluster.advance('2s')
  const events = cluster.list('Event').filter(({ reason }) => reason === 'FailedCreate')
  expect(events.map((one) => one.message)).toContainEqual(expect.stringMatching(message))
  expect(events.every(({ type }) => type === 'Warning')).toBe(true)
})

it('a Deployment whose ReplicaSet was refused says so, and goes on when there is room', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(quota({ 'count/replicasets.apps': '1' }))
  await cluster.settle()
  await cluster.apply(made('Deployment', common))
  await cluster.settle()
  const image = (name: string) => ({ spec: { template: { spec: { containers: [{ name: 'c', image: name }] } } } })
  await cluster.patch('Deployment', 'web', image('nginx:2'))
  await cluster.advance('2s')
  const progress = () =>
    cluster.get('Deployment', 'web')?.status.conditions.find((one: { type: string }) => one.type === 'Progressing')
  const message = expect.stringMatching(
    /^Failed to create new replica set "web-\w+": replicasets.apps "web-\w+" is forbidden: exceeded quota/,
  )
  expect(progress()).toMatchObject({ status: 'False', reason: 'ReplicaSetCreateError', message })
  const told = cluster.list('Event').filter(({ reason }) => reason === 'ReplicaSetCreateError')
  expect(told[0]).toMatchObject({ type: 'Warning', message })
  await cluster.apply(quota({ 'count/replicasets.apps': '2' }))
  await cluster.until((c) => c.get('Deployment', 'web')?.status.updatedReplicas === 1, { within: '20m' })
  await cluster.settle()
  expect(progress()).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' })
})

it('a surging DaemonSet makes the successor of a pod that ends at once, another one waits for its end', async () => {
  for (const [maxSurge, pods] of [
    [1, 2],
    [0, 1],
  ]) {
    await using cluster = await createCluster({ nodes: 1 })
    const updateStrategy = { rollingUpdate: { maxSurge, maxUnavailable: maxSurge === 0 ? 1 : 0 } }
    await cluster.apply(made('DaemonSet', { ...common, updateStrategy }))
    await cluster.settle()
    cluster.fault({ silence: 'node-1' })
    await cluster.delete('Pod', cluster.list('Pod')[0]?.metadata.name ?? '')
    await cluster.advance('5s')
    expect(cluster.list('Pod')).toHaveLength(pods as number)
  }
})
