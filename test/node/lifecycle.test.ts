/** The lives of pods on simulated nodes: start, init containers, sidecars, exits, restarts, deadlines. */
import { afterEach, describe, expect, test } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { createCluster } from '../../src/cluster.ts'
import { conditionOf, containerOf, eventsOf, phaseOf, podNamed, secondsIn } from '../support/node-scene.ts'

let cluster: Cluster
const clusterOf = async (...pods: object[]): Promise<Cluster> => {
  cluster = await createCluster({ nodes: 1 })
  for (const pod of pods) await cluster.apply(pod)
  return cluster
}
afterEach(() => cluster.close())

describe('a plain pod', () => {
  test('is Pending with its start time and address while the image is pulled, then Running and ready', async () => {
    await clusterOf(podNamed('web'))
    expect(cluster.get('Pod', 'web')?.status).toMatchObject({
      phase: 'Pending',
      startTime: '2026-01-01T00:00:00Z',
      podIP: '10.244.0.2',
      podIPs: [{ ip: '10.244.0.2' }],
      hostIP: cluster.get('Node', 'node-1')?.status.addresses[0].address,
      qosClass: 'BestEffort',
      observedGeneration: 1,
    })
    expect(containerOf(cluster, 'web')).toMatchObject({
      state: { waiting: { reason: 'ContainerCreating' } },
      ready: false,
      started: false,
      restartCount: 0,
    })
    await cluster.settle()
    expect(phaseOf(cluster, 'web')).toBe('Running')
    for (const type of ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']) {
      expect(conditionOf(cluster, 'web', type)).toBe('True')
    }
    expect(containerOf(cluster, 'web')).toMatchObject({ ready: true, started: true, image: 'app:1' })
    expect(containerOf(cluster, 'web').containerID).toMatch(/^simulated:\/\/[0-9a-f]{64}$/)
  })

  test('is told of in events', async () => {
    await clusterOf(podNamed('web'))
    await cluster.settle()
    const reasons = eventsOf(cluster, 'web').map((event) => event.split(':')[0])
    expect(reasons).toEqual(['Created', 'Pulled', 'Pulling', 'Started'])
    expect(eventsOf(cluster, 'web').join('\n')).toMatch(
      /Successfully pulled image "app:1" in [\d.]+s \([\d.]+s including waiting\)\. Image size: \d+ bytes\./,
    )
  })

  test('finds its image on the node the second time', async () => {
    await clusterOf(podNamed('one'))
    await cluster.settle()
    await cluster.apply(podNamed('two'))
    await cluster.settle()
    expect(eventsOf(cluster, 'two').join('\n')).toMatch(/Pulled: Container image "app:1" already present on machine/)
  })

  test('has an actor from its creation to its removal', async () => {
    await clusterOf()
    await cluster.apply(podNamed('web', { node: '', spec: { nodeSelector: { disk: 'none' } } }))
    expect(cluster.actor('Pod', 'web').getSnapshot().value).toBe('pending')
    await cluster.delete('Pod', 'web')
    expect(() => cluster.actor('Pod', 'web')).toThrow('KYB-ACTOR-NONE')
    await cluster.apply(podNamed('live'))
    await cluster.settle()
    expect(cluster.actor('Pod', 'live').getSnapshot().value).toEqual({ running: 'ready' })
    expect(cluster.actor('Container', 'live/main').getSnapshot().value).toEqual({ running: 'ready' })
  })

  test('gives every live pod of a node its own address', async () => {
    await clusterOf(...Array.from({ length: 20 }, (_, i) => podNamed(`p${i}`)))
    await cluster.settle()
    const ips = cluster.list('Pod').map((pod) => pod.status.podIP)
    expect(new Set(ips).size).toBe(20)
    expect(ips.every((ip) => ip.startsWith('10.244.0.'))).toBe(true)
  })
})

describe('ends', () => {
  test('a pod that never restarts succeeds, or fails with its exit code', async () => {
    await clusterOf(
      podNamed('good', { script: 'exit 0 after 5s', spec: { restartPolicy: 'Never' } }),
      podNamed('bad', { script: 'exit 3 after 5s', spec: { restartPolicy: 'Never' } }),
    )
    await cluster.settle()
    expect(phaseOf(cluster, 'good')).toBe('Succeeded')
    expect(phaseOf(cluster, 'bad')).toBe('Failed')
    expect(containerOf(cluster, 'bad').state.terminated).toMatchObject({ exitCode: 3, reason: 'Error' })
    expect(containerOf(cluster, 'good').state.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' })
    expect(conditionOf(cluster, 'good', 'Ready')).toBe('False')
  })

  test('OnFailure restarts failures only', async () => {
    const spec = { restartPolicy: 'OnFailure' }
    await clusterOf(podNamed('good', { script: 'exit 0', spec }), podNamed('bad', { script: 'exit 1', spec }))
    await cluster.settle()
    expect(phaseOf(cluster, 'good')).toBe('Succeeded')
    expect(phaseOf(cluster, 'bad')).toBe('Running')
    expect(containerOf(cluster, 'bad').state.waiting.reason).toBe('CrashLoopBackOff')
  })

  test('the first restart is at once, then back-off doubles from 10 s to 5 min', async () => {
    await clusterOf(podNamed('crash', { script: 'exit 1' }))
    await cluster.settle()
    expect(containerOf(cluster, 'crash')).toMatchObject({
      restartCount: 1,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1 } },
    })
    const waits: string[] = []
    for (let i = 0; i < 8; i++) {
      waits.push(/back-off (\d+)s/.exec(containerOf(cluster, 'crash').state.waiting.message)?.[1] ?? '')
      const restarts = containerOf(cluster, 'crash').restartCount
      await cluster.until(() => containerOf(cluster, 'crash').restartCount > restarts)
      await cluster.settle()
    }
    expect(waits).toEqual(['10', '20', '40', '80', '160', '300', '300', '300'])
    expect(eventsOf(cluster, 'crash').join('\n')).toMatch(
      /BackOff: Back-off restarting failed container main in pod crash_default/,
    )
  })

  test('ten minutes of running forgive the back-off: the next start comes at once', async () => {
    await clusterOf(podNamed('slow', { script: 'exit 1 after 11m' }))
    await cluster.until((c) => containerOf(c, 'slow').restartCount === 4, { within: '2h' })
    const { state, lastState } = containerOf(cluster, 'slow')
    const waitedMs = Date.parse(state.running.startedAt) - Date.parse(lastState.terminated.finishedAt)
    expect(waitedMs).toBeLessThan(5000)
  })

  test('activeDeadlineSeconds fails the pod and stops its containers', async () => {
    await clusterOf(podNamed('late', { spec: { activeDeadlineSeconds: 30 } }))
    await cluster.settle()
    expect(secondsIn(cluster)).toBeLessThan(32)
    expect(cluster.get('Pod', 'late')?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' })
    expect(containerOf(cluster, 'late').state.terminated).toBeDefined()
    expect(eventsOf(cluster, 'late').join('\n')).toContain(
      'DeadlineExceeded: Pod was active on the node longer than the specified deadline',
    )
  })

  test('a pod that ends before its deadline does not wait for it', async () => {
    await clusterOf(
      podNamed('quick', { script: 'exit 0', spec: { restartPolicy: 'Never', activeDeadlineSeconds: 3600 } }),
    )
    await cluster.settle()
    expect(phaseOf(cluster, 'quick')).toBe('Succeeded')
    expect(secondsIn(cluster)).toBeLessThan(10)
  })

  test('a changed image restarts the container with it', async () => {
    await clusterOf(podNamed('web'))
    await cluster.settle()
    await cluster.patch('Pod', 'web', { spec: { containers: [{ name: 'main', image: 'app:2' }] } })
    await cluster.settle()
    expect(containerOf(cluster, 'web')).toMatchObject({ image: 'app:2', ready: true, restartCount: 1 })
    expect(cluster.actor('Container', 'web/main').getSnapshot().context.image).toBe('app:2')
    expect(eventsOf(cluster, 'web').join('\n')).toContain('Container main definition changed, will be restarted')
  })
})

describe('init containers', () => {
  const init = (name: string, more: object = {}) => ({ name, image: `${name}:1`, ...more })

  test('run one after the other before the rest', async () => {
    const spec = { initContainers: [init('first'), init('second')] }
    await clusterOf(podNamed('web', { script: 'first: exit 0 after 3s\nsecond: exit 0 after 3s', spec }))
    await cluster.until((c) => containerOf(c, 'web', 'first').state?.running !== undefined)
    expect(containerOf(cluster, 'web', 'second').state.waiting.reason).toBe('PodInitializing')
    expect(containerOf(cluster, 'web', 'main').state.waiting.reason).toBe('PodInitializing')
    expect(conditionOf(cluster, 'web', 'Initialized')).toBe('False')
    await cluster.settle()
    expect(phaseOf(cluster, 'web')).toBe('Running')
    expect(conditionOf(cluster, 'web', 'Initialized')).toBe('True')
    const ended = containerOf(cluster, 'web', 'second').state.terminated
    expect(ended.exitCode).toBe(0)
    expect(containerOf(cluster, 'web').state.running.startedAt >= ended.finishedAt).toBe(true)
  })

  test('that fail make a pod that never restarts fail', async () => {
    const spec = { restartPolicy: 'Never', initContainers: [init('first')] }
    await clusterOf(podNamed('web', { script: 'first: exit 1', spec }))
    await cluster.settle()
    expect(phaseOf(cluster, 'web')).toBe('Failed')
    expect(containerOf(cluster, 'web').state.waiting ?? containerOf(cluster, 'web').state.terminated).toBeDefined()
    expect(containerOf(cluster, 'web').containerID).toBeUndefined()
  })

  test('that fail are tried again otherwise', async () => {
    await clusterOf(podNamed('web', { script: 'first: exit 1', spec: { initContainers: [init('first')] } }))
    await cluster.settle()
    expect(phaseOf(cluster, 'web')).toBe('Pending')
    expect(containerOf(cluster, 'web', 'first').state.waiting.reason).toBe('CrashLoopBackOff')
  })

  test('sidecars run beside the others and end after them', async () => {
    const spec = { restartPolicy: 'Never', initContainers: [init('proxy', { restartPolicy: 'Always' })] }
    await clusterOf(podNamed('job', { script: 'main: exit 0 after 10s', spec }))
    await cluster.until((c) => containerOf(c, 'job').state?.running !== undefined)
    expect(containerOf(cluster, 'job', 'proxy')).toMatchObject({ ready: true, started: true })
    await cluster.settle()
    expect(phaseOf(cluster, 'job')).toBe('Succeeded')
    const { finishedAt } = containerOf(cluster, 'job').state.terminated
    expect(containerOf(cluster, 'job', 'proxy').state.terminated.finishedAt >= finishedAt).toBe(true)
  })

  test('a sidecar that is not ready keeps its pod unready', async () => {
    const probe = { readinessProbe: { tcpSocket: { port: 80 } } }
    const spec = { initContainers: [init('proxy', { restartPolicy: 'Always', ...probe })] }
    await clusterOf(podNamed('web', { script: 'proxy: never ready', spec }))
    await cluster.settle()
    expect(phaseOf(cluster, 'web')).toBe('Running')
    expect(conditionOf(cluster, 'web', 'Ready')).toBe('False')
    expect(conditionOf(cluster, 'web', 'ContainersReady')).toBe('False')
  })
})

describe('images', () => {
  test('that do not exist are waited for in back-off, and settle does not wait along', async () => {
    await clusterOf(podNamed('typo', { spec: { containers: [{ name: 'main', image: 'nginx:1.161' }] } }))
    await cluster.until((c) => containerOf(c, 'typo').state?.waiting?.reason === 'ErrImagePull')
    await cluster.settle()
    expect(containerOf(cluster, 'typo').state.waiting.reason).toBe('ImagePullBackOff')
    expect(phaseOf(cluster, 'typo')).toBe('Pending')
    const events = eventsOf(cluster, 'typo').join('\n')
    expect(events).toContain('Failed: Failed to pull image "nginx:1.161"')
    expect(events).toContain('BackOff: Back-off pulling image "nginx:1.161"')
  })

  test('that may not be pulled must be there', async () => {
    const containers = [{ name: 'main', image: 'app:1', imagePullPolicy: 'Never' }]
    await clusterOf(podNamed('never', { spec: { containers } }))
    await cluster.settle()
    expect(containerOf(cluster, 'never').state.waiting.reason).toBe('ErrImageNeverPull')
  })
})

describe('commands', () => {
  const run = (name: string, image: string, command?: string[]) =>
    podNamed(name, {
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image, ...(command ? { command } : {}) }] },
    })

  test.each([
    ['a shell image without a command', run('p', 'busybox:1.36'), 'Succeeded', undefined],
    ['sleep', run('p', 'busybox', ['sleep', '7']), 'Succeeded', 7],
    ['a shell line', run('p', 'busybox', ['sh', '-c', 'sleep 2; exit 4']), 'Failed', 2],
    ['true', run('p', 'busybox', ['true']), 'Succeeded', 0],
    ['false', run('p', 'busybox', ['/bin/false']), 'Failed', 0],
  ])('%s', async (_name, pod, phase, seconds) => {
    await clusterOf(pod)
    await cluster.settle()
    expect(phaseOf(cluster, 'p')).toBe(phase)
    const { startedAt, finishedAt } = containerOf(cluster, 'p').state.terminated
    if (seconds !== undefined) expect((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toBe(seconds)
  })

  test('unknown commands run until they are stopped', async () => {
    await clusterOf(run('p', 'busybox', ['my-server', '--port=80']))
    await cluster.settle()
    expect(phaseOf(cluster, 'p')).toBe('Running')
  })
})
