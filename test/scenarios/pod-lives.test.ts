/** Lives of pods that ended too early, too late or not at all. */
import { describe, expect, it } from 'vitest'
import { getCondition } from '../../src/api/conditions.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { type Cluster, createCluster } from '../../src/index.ts'

const podOf = (spec: string) => `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {${spec}}}`
const slow = 'lifecycle: {preStop: {sleep: {seconds: 15}}}'
const states = ({ status }: KubeObject): string[] =>
  [...(status.initContainerStatuses ?? []), ...status.containerStatuses].map(
    ({ name, state, restartCount }) => `${name} ${Object.keys(state)[0]} ${restartCount}`,
  )

async function started(spec: string, seconds = 5): Promise<Cluster> {
  const cluster = await createCluster({ nodes: 1 })
  await cluster.apply(podOf(spec))
  await cluster.advance(seconds * 1000)
  return cluster
}
const pod = (cluster: Cluster) => cluster.get('Pod', 'a') as KubeObject

describe('a pod whose time is over', () => {
  const deadline = `activeDeadlineSeconds: 10, containers: [{name: c, image: nginx, ${slow}}]`

  it('has not failed before its containers have stopped', async () => {
    await using cluster = await started(deadline, 12)
    expect([pod(cluster).status.phase, pod(cluster).status.reason]).toEqual(['Running', 'DeadlineExceeded'])
    expect(states(pod(cluster))).toEqual(['c running 0'])
    await cluster.advance('15s')
    expect([pod(cluster).status.phase, pod(cluster).status.reason]).toEqual(['Failed', 'DeadlineExceeded'])
    expect(states(pod(cluster))).toEqual(['c terminated 0'])
  })

  it('and that is deleted is there until they have', async () => {
    await using cluster = await started(deadline, 12)
    await cluster.delete('Pod', 'a')
    await cluster.advance('5s')
    expect(states(pod(cluster))).toEqual(['c running 0'])
    await cluster.advance('10s')
    expect(cluster.get('Pod', 'a')).toBeUndefined()
  })

  it('may hear of its deadline while it runs; it counts from the start', async () => {
    await using cluster = await started('containers: [{name: c, image: nginx}]', 20)
    await cluster.patch('Pod', 'a', { spec: { activeDeadlineSeconds: 60 } })
    await cluster.advance('39s')
    expect(pod(cluster).status.phase).toBe('Running')
    await cluster.patch('Pod', 'a', { spec: { activeDeadlineSeconds: 30 } })
    await cluster.advance('2s')
    expect(pod(cluster).status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' })
  })
})

describe('a pod that cannot begin', () => {
  const containers = 'containers: [{name: c, image: nginx}]'
  const helper = `{name: s, image: nginx, restartPolicy: Always, ${slow}}`
  const broken = '{name: i, image: busybox, command: [sh, -c, "exit 1"]}'

  it('stops its sidecars, and then has failed', async () => {
    await using cluster = await started(
      `restartPolicy: Never, initContainers: [${helper}, ${broken}], ${containers}`,
      8,
    )
    expect([pod(cluster).status.phase, ...states(pod(cluster)).slice(0, 2)]).toEqual([
      'Pending',
      's running 0',
      'i terminated 0',
    ])
    await cluster.advance('15s')
    expect([pod(cluster).status.phase, states(pod(cluster))[0]]).toEqual(['Failed', 's terminated 0'])
  })

  it('says of every container that the pod is being initialized', async () => {
    await using cluster = await started(
      `initContainers: [{name: i, image: busybox, command: [sleep, "60"]}], ${containers}`,
    )
    expect(pod(cluster).status.containerStatuses[0].state).toEqual({ waiting: { reason: 'PodInitializing' } })
  })
})

describe('containers with a policy of their own', () => {
  const failing = (code: number) => `image: busybox, command: [sh, -c, "sleep 1; exit ${code}"]`

  it('are started again in a pod that starts nothing again', async () => {
    await using cluster = await started(
      `restartPolicy: Never, containers: [{name: c, ${failing(3)}, restartPolicy: OnFailure}, {name: d, ${failing(3)}}]`,
      8,
    )
    expect(states(pod(cluster))).toEqual(['c waiting 1', 'd terminated 0'])
    expect(pod(cluster).status.phase).toBe('Running')
  })

  it('are not when they say so, and the pod is over', async () => {
    await using cluster = await started(`containers: [{name: c, ${failing(3)}, restartPolicy: Never}]`, 8)
    expect([pod(cluster).status.phase, ...states(pod(cluster))]).toEqual(['Failed', 'c terminated 0'])
  })

  it.each([
    [42, 'In', 'c waiting 1'],
    [41, 'In', 'c terminated 0'],
    [42, 'NotIn', 'c terminated 0'],
    [41, 'NotIn', 'c waiting 1'],
  ])('with a rule: exit code %i, %s [42]', async (code, operator, state) => {
    const rules = `[{action: Restart, exitCodes: {operator: ${operator}, values: [42]}}]`
    await using cluster = await started(
      `containers: [{name: c, ${failing(code)}, restartPolicy: Never, restartPolicyRules: ${rules}}]`,
      8,
    )
    expect(states(pod(cluster))).toEqual([state])
  })
})

it('a pod with readiness gates says of each why it is closed', async () => {
  await using cluster = await started(
    'readinessGates: [{conditionType: x/a}, {conditionType: x/b}], containers: [{name: c, image: nginx}]',
  )
  const conditions = [{ type: 'x/a', status: 'False' }]
  await cluster.patch('Pod', 'a', { status: { conditions } }, { subresource: 'status' })
  await cluster.advance('1s')
  expect(getCondition(pod(cluster).status.conditions, 'Ready')).toMatchObject({
    reason: 'ReadinessGatesNotReady',
    message:
      'the status of pod readiness gate "x/a" is not "True", but False, corresponding condition of pod readiness gate "x/b" does not exist.',
  })
})
