/** Probes of simulated containers: when they are ready, and when they are restarted. */
import { afterEach, expect, test } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { createCluster } from '../../src/cluster.ts'
import { conditionOf, containerOf, eventsOf, phaseOf, podNamed } from '../support/node-scene.ts'

let cluster: Cluster
afterEach(() => cluster.close())

const http = { httpGet: { path: '/', port: 80 } }

async function podWith(container: object, script?: string, spec: object = {}): Promise<void> {
  cluster = await createCluster({ nodes: 1 })
  const containers = [{ name: 'main', image: 'app:1', ...container }]
  await cluster.apply(podNamed('web', { ...(script === undefined ? {} : { script }), spec: { containers, ...spec } }))
}

/** Seconds from the container's start to the pod's readiness. */
function readyAfter(): number {
  const conditions: { type: string; lastTransitionTime: string }[] = cluster.get('Pod', 'web')?.status.conditions
  const ready = conditions.find((condition) => condition.type === 'Ready')?.lastTransitionTime ?? ''
  return (Date.parse(ready) - Date.parse(containerOf(cluster, 'web').state.running.startedAt)) / 1000
}

test('a readiness probe with initialDelaySeconds is honoured', async () => {
  await podWith({ readinessProbe: { ...http, initialDelaySeconds: 30 } })
  await cluster.until((c) => containerOf(c, 'web').state?.running !== undefined)
  expect(conditionOf(cluster, 'web', 'Ready')).toBe('False')
  expect(containerOf(cluster, 'web')).toMatchObject({ ready: false, started: true })
  await cluster.settle()
  expect(conditionOf(cluster, 'web', 'Ready')).toBe('True')
  expect(readyAfter()).toBeGreaterThanOrEqual(30)
  expect(readyAfter()).toBeLessThanOrEqual(31)
})

test('an application that needs 25 s is found ready at the next probe', async () => {
  await podWith({ readinessProbe: { ...http, periodSeconds: 10 } }, 'ready after 25s')
  await cluster.settle()
  expect(readyAfter()).toBeGreaterThanOrEqual(29)
  expect(readyAfter()).toBeLessThanOrEqual(31)
})

test('one that never gets ready is no reason to wait for ever', async () => {
  await podWith({ readinessProbe: http }, 'never ready')
  await cluster.settle()
  expect(phaseOf(cluster, 'web')).toBe('Running')
  expect(conditionOf(cluster, 'web', 'Ready')).toBe('False')
  expect(eventsOf(cluster, 'web').join('\n')).toContain('Unhealthy: Readiness probe failed')
})

test('without a readiness probe a container that runs is ready', async () => {
  await podWith({}, 'never ready')
  await cluster.settle()
  expect(conditionOf(cluster, 'web', 'Ready')).toBe('True')
})

test('a liveness probe that fails three times restarts the container', async () => {
  await podWith({ livenessProbe: { ...http, periodSeconds: 5 } }, 'live until 60s')
  await cluster.until((c) => containerOf(c, 'web').restartCount === 1)
  await cluster.until((c) => containerOf(c, 'web').state?.running !== undefined)
  const { startedAt, finishedAt } = containerOf(cluster, 'web').lastState.terminated
  const ran = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
  expect(ran).toBeGreaterThanOrEqual(70)
  expect(ran).toBeLessThanOrEqual(72)
  const events = eventsOf(cluster, 'web').join('\n')
  expect(events).toContain('Unhealthy: Liveness probe failed')
  expect(events).toContain('Killing: Container main failed liveness probe, will be restarted')
})

test('a container that ignores TERM is given the grace period of its pod, then killed', async () => {
  const spec = { terminationGracePeriodSeconds: 7 }
  await podWith({ livenessProbe: { ...http, periodSeconds: 1 } }, 'live until 10s; ignore TERM', spec)
  await cluster.until((c) => containerOf(c, 'web').restartCount === 1)
  expect(containerOf(cluster, 'web').lastState.terminated).toMatchObject({ exitCode: 137, reason: 'Error' })
  const { startedAt, finishedAt } = containerOf(cluster, 'web').lastState.terminated
  const ran = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
  expect(ran).toBeGreaterThanOrEqual(19)
  expect(ran).toBeLessThanOrEqual(20)
})

test('a startup probe keeps the others waiting', async () => {
  const startupProbe = { ...http, periodSeconds: 10, failureThreshold: 30 }
  await podWith({ startupProbe, livenessProbe: { ...http, periodSeconds: 1 } }, 'ready after 45s')
  await cluster.until((c) => containerOf(c, 'web').state?.running !== undefined)
  await cluster.advance('30s')
  expect(containerOf(cluster, 'web')).toMatchObject({ started: false, ready: false, restartCount: 0 })
  await cluster.settle()
  expect(containerOf(cluster, 'web')).toMatchObject({ started: true, ready: true, restartCount: 0 })
})

test('a startup probe that never succeeds restarts the container', async () => {
  await podWith({ startupProbe: { ...http, periodSeconds: 1, failureThreshold: 3 } }, 'never ready')
  await cluster.settle()
  expect(containerOf(cluster, 'web').state.waiting.reason).toBe('CrashLoopBackOff')
  expect(eventsOf(cluster, 'web').join('\n')).toContain(
    'Killing: Container main failed startup probe, will be restarted',
  )
})

test('a readiness gate keeps the pod unready until somebody sets its condition', async () => {
  await podWith({}, undefined, { readinessGates: [{ conditionType: 'example.com/ok' }] })
  await cluster.settle()
  expect(conditionOf(cluster, 'web', 'ContainersReady')).toBe('True')
  expect(conditionOf(cluster, 'web', 'Ready')).toBe('False')
  const pod = cluster.get('Pod', 'web')
  const conditions = [...(pod?.status.conditions ?? []), { type: 'example.com/ok', status: 'True' }]
  await cluster.patch('Pod', 'web', { status: { conditions } }, { subresource: 'status' })
  await cluster.settle()
  expect(conditionOf(cluster, 'web', 'Ready')).toBe('True')
})

test('a postStart hook holds the start up', async () => {
  await podWith({ lifecycle: { postStart: { sleep: { seconds: 20 } } } })
  await cluster.advance('15s')
  expect(phaseOf(cluster, 'web')).toBe('Pending')
  await cluster.settle()
  expect(phaseOf(cluster, 'web')).toBe('Running')
})

test('an application that stops answering is taken out of service before it is restarted', async () => {
  const livenessProbe = { ...http, periodSeconds: 10, failureThreshold: 6 }
  await podWith({ readinessProbe: { ...http, periodSeconds: 2 }, livenessProbe }, 'live until 60s')
  await cluster.until((c) => conditionOf(c, 'web', 'Ready') === 'True')
  await cluster.until((c) => conditionOf(c, 'web', 'Ready') === 'False')
  expect(containerOf(cluster, 'web')).toMatchObject({ restartCount: 0, ready: false, started: true })
  expect(cluster.actor('Container', 'web/main').getSnapshot().value).toEqual({ running: 'failing' })
  await cluster.until((c) => containerOf(c, 'web').restartCount === 1)
  await cluster.until((c) => conditionOf(c, 'web', 'Ready') === 'True')
})

test('an exec probe follows the file it reads', async () => {
  const args = ['/bin/sh', '-c', 'touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600']
  const exec = { command: ['cat', '/tmp/healthy'] }
  await podWith({ image: 'busybox', args, livenessProbe: { exec, initialDelaySeconds: 5, periodSeconds: 5 } })
  await cluster.until((c) => containerOf(c, 'web').restartCount === 1)
  const { startedAt, finishedAt } = containerOf(cluster, 'web').lastState.terminated
  const ran = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
  expect(ran).toBeGreaterThanOrEqual(40)
  expect(ran).toBeLessThanOrEqual(46)
})
