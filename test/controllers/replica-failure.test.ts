/** ReplicaFailure: what ReplicaSets, ReplicationControllers and Deployments say when pods are refused to them. */
import { expect, it } from 'vitest'
import type { TurnInput } from '../../src/actors/agent.ts'
import { getCondition } from '../../src/api/conditions.ts'
import { forbidden, StatusError } from '../../src/api/status-error.ts'
import { type ControllerMemory, controllerAgent } from '../../src/controllers/agent.ts'
import { controller, type Refusal } from '../../src/controllers/controller.ts'
import { replicaSetController } from '../../src/controllers/replicaset.ts'
import { type Cluster, createCluster, type KubeObject } from '../../src/index.ts'
import { Pod } from '../../src/kinds/index.ts'
import { t0, viewOf } from '../support/view.ts'
import { Workshop } from '../support/workshop.ts'

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }
const quota = (pods: string): object => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'limits' },
  spec: { hard: { pods } },
})
const replicaSet = (replicas: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'default' },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template },
})
const failureOf = (cluster: Cluster, kind: string) =>
  getCondition(cluster.list(kind)[0]?.status?.conditions, 'ReplicaFailure')
const refused = (type: 'create' | 'delete'): Refusal => ({ type, resource: 'pods', message: 'no' })

it('a quota that is used up shows in the ReplicaSet and the Deployment, until there is room', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(quota('2'))
  await cluster.settle()
  const spec = { replicas: 3, selector: { matchLabels: { app: 'web' } }, template }
  await cluster.apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec })
  await cluster.advance('1s')
  const said = {
    type: 'ReplicaFailure',
    status: 'True',
    reason: 'FailedCreate',
    message: expect.stringMatching(
      /^pods "web-[a-z0-9]+-[a-z0-9]+" is forbidden: exceeded quota: limits, requested: pods=1, used: pods=2, limited: pods=2$/,
    ),
    lastTransitionTime: '2026-01-01T00:00:00Z',
  }
  const first = failureOf(cluster, 'ReplicaSet')
  expect(first).toEqual(said)
  expect(failureOf(cluster, 'Deployment')).toMatchObject({ ...said, message: first?.message })
  const events = cluster.list('Event').filter(({ reason }) => reason === 'FailedCreate')
  expect(events.length).toBeGreaterThan(0)
  for (const { message, type } of events) {
    expect(message).toMatch(/Error creating: pods "web-/)
    expect(type).toBe('Warning')
  }
  await cluster.advance('30s')
  expect(failureOf(cluster, 'ReplicaSet')).toEqual(first)
  await cluster.apply(quota('5'))
  await cluster.until((c) => c.list('Pod').length === 3, { within: '20m' })
  await cluster.settle()
  expect(failureOf(cluster, 'ReplicaSet')).toBeUndefined()
  expect(failureOf(cluster, 'Deployment')).toBeUndefined()
})

it('a ReplicaSet that is made smaller than the quota is content', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(quota('1'))
  await cluster.settle()
  await cluster.apply(replicaSet(2))
  await cluster.advance('1s')
  expect(failureOf(cluster, 'ReplicaSet')?.reason).toBe('FailedCreate')
  await cluster.patch('ReplicaSet', 'web', { spec: { replicas: 1 } })
  await cluster.settle()
  expect(failureOf(cluster, 'ReplicaSet')).toBeUndefined()
})

it('a ReplicationController says the same', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(quota('1'))
  await cluster.settle()
  const spec = { replicas: 2, selector: { app: 'web' }, template }
  await cluster.apply({ apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'web' }, spec })
  await cluster.advance('1s')
  expect(failureOf(cluster, 'ReplicationController')).toMatchObject({ status: 'True', reason: 'FailedCreate' })
})

it('a fork in the middle of it goes on as the cluster does', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(quota('1'))
  await cluster.settle()
  await cluster.apply(replicaSet(2))
  await using other = cluster.fork()
  await cluster.advance('1s')
  await other.advance('1s')
  expect(failureOf(other, 'ReplicaSet')?.reason).toBe('FailedCreate')
  expect(other.hash()).toBe(cluster.hash())
})

it('a refusal is told once, and not that a namespace which goes takes nothing', () => {
  const told: (Refusal | undefined)[] = []
  const listening = controller({
    name: 'listening',
    of: Pod,
    reconcile: (_view, _key, refusal) => {
      told.push(refusal)
      return []
    },
  })
  const agent = controllerAgent(listening)
  const cause = { why: 'reconcile', by: 'controller/listening', key: 'default/web', because: 0 } as const
  const transition = {
    type: 'create',
    resource: 'pods',
    namespace: 'default',
    object: {} as KubeObject,
    cause,
  } as const
  const refusing = (error: StatusError) => [{ transition, outcome: { ok: false, error } as const }]
  const turn = (memory: ControllerMemory, answers: TurnInput['answers']) => {
    const fired = [{ id: 'retry default/web', at: t0, data: { key: 'default/web' } }]
    const input = { view: viewOf([]), changes: [], resync: false, fired, deliveries: [], answers }
    return agent.turn(memory, input as unknown as TurnInput).state
  }
  const full = forbidden('pods', 'web', 'exceeded quota')
  const causes = [{ reason: 'NamespaceTerminating', message: 'namespace default is being terminated' }]
  const going = new StatusError({ ...full.status, details: { ...full.status.details, causes } })
  turn(turn(turn(agent.initial, refusing(full)), []), refusing(going))
  const message = 'pods "web" is forbidden: exceeded quota'
  expect(told).toEqual([{ type: 'create', resource: 'pods', message }, undefined, undefined])
})

it('what was refused matters only while it is still asked for', () => {
  const shop = new Workshop()
  shop.create(replicaSet(1))
  const told = (refusal: Refusal) => {
    shop.commit(replicaSetController.reconcile(shop.view(), 'default/web', refusal))
    return getCondition(shop.get('ReplicaSet', 'web').status.conditions, 'ReplicaFailure')
  }
  expect(told(refused('delete'))).toBeUndefined()
  expect(shop.list('Pod')).toHaveLength(1)
  expect(told(refused('create'))).toBeUndefined()
  shop.patch('ReplicaSet', 'web', { spec: { replicas: 0 } })
  expect(told(refused('delete'))).toMatchObject({ reason: 'FailedDelete', message: 'unable to delete pods: no' })
  expect(shop.events()).toContain('FailedDelete: Error deleting: no')
})
