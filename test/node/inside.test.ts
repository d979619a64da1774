/** What is inside simulated pods: files in volumes, commands, variables, logs; what is missing keeps them waiting. */
import { afterEach, describe, expect, test } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { createCluster } from '../../src/cluster.ts'
import { containerOf, eventsOf, phaseOf, podNamed } from '../support/node-scene.ts'

let cluster: Cluster
afterEach(() => cluster.close())

const sh = (line: string, pod = 'web') => cluster.exec(pod, ['sh', '-c', line])
const withVolume = (volume: object, mount: object = {}, more: object = {}) => ({
  volumes: [{ name: 'v', ...volume }],
  containers: [{ name: 'main', image: 'app:1', volumeMounts: [{ name: 'v', mountPath: '/data', ...mount }], ...more }],
})
const configMap = (name: string, data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })
const secret = (name: string, data: object) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, data })

async function running(spec: object, ...before: object[]): Promise<void> {
  cluster = await createCluster({ nodes: 2 })
  for (const object of before) await cluster.apply(object)
  await cluster.apply(podNamed('web', { spec }))
  await cluster.settle()
  expect(phaseOf(cluster, 'web')).toBe('Running')
}

describe('volumes', () => {
  test('an emptyDir outlives a container and dies with its pod', async () => {
    await running({ ...withVolume({ emptyDir: {} }) })
    sh('echo hi > /data/x && echo ho >> /data/x')
    expect(sh('cat /data/x').stdout).toBe('hi\nho\n')
    expect(sh('ls /data').stdout).toBe('x\n')
    cluster.fault({ kill: 'node-1' })
    cluster.fault({ restore: 'node-1' })
    await cluster.settle()
    expect(containerOf(cluster, 'web').restartCount).toBe(1)
    expect(sh('cat /data/x').stdout).toBe('hi\nho\n')
    await cluster.delete('Pod', 'web')
    await cluster.settle()
    await cluster.apply(podNamed('web', { spec: withVolume({ emptyDir: {} }) }))
    await cluster.settle()
    expect(sh('cat /data/x')).toMatchObject({ code: 1, stderr: 'cat: /data/x: No such file or directory\n' })
  })

  test('what a container writes beside its volumes is gone when it restarts', async () => {
    await running({})
    sh('echo hi > /tmp/x')
    expect(sh('cat /tmp/x').stdout).toBe('hi\n')
    cluster.fault({ kill: 'node-1' })
    cluster.fault({ restore: 'node-1' })
    await cluster.settle()
    expect(sh('cat /tmp/x').code).toBe(1)
  })

  test('a hostPath is the node’s', async () => {
    const spec = withVolume({ hostPath: { path: '/var/shared' } })
    await running(spec)
    sh('echo node > /data/x')
    await cluster.apply([podNamed('near', { spec }), podNamed('far', { spec, node: 'node-2' })])
    await cluster.settle()
    expect(sh('cat /data/x', 'near').stdout).toBe('node\n')
    expect(sh('cat /data/x', 'far').code).toBe(1)
  })

  test('ConfigMaps, Secrets and the pod’s own fields show as files, read-only', async () => {
    const items = [{ path: 'labels', fieldRef: { fieldPath: 'metadata.name' } }]
    const sources = [
      { configMap: { name: 'c' } },
      { secret: { name: 's', items: [{ key: 'password', path: 'deep/pw' }] } },
      { downwardAPI: { items } },
    ]
    await running(
      withVolume({ projected: { sources } }),
      configMap('c', { a: '1' }),
      secret('s', { password: 'aHVudGVyMg==' }),
    )
    expect(sh('cat /data/a').stdout).toBe('1')
    expect(sh('cat /data/deep/pw').stdout).toBe('hunter2')
    expect(sh('cat /data/labels').stdout).toBe('web')
    expect(sh('echo x > /data/a').stderr).toContain('Read-only file system')
  })

  test('a changed ConfigMap shows in the files', async () => {
    await running(withVolume({ configMap: { name: 'c' } }), configMap('c', { a: '1' }))
    await cluster.apply(configMap('c', { a: '2' }))
    expect(sh('cat /data/a').stdout).toBe('2')
  })

  test('a claim’s data survives its pod', async () => {
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }
    const spec = withVolume({ persistentVolumeClaim: { claimName: 'data' } })
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply([claim, podNamed('web', { spec, node: '' })])
    await cluster.settle()
    expect(phaseOf(cluster, 'web')).toBe('Running')
    sh('echo kept > /data/x')
    await cluster.delete('Pod', 'web')
    await cluster.settle()
    await cluster.apply(podNamed('web', { spec, node: '' }))
    await cluster.settle()
    expect(sh('cat /data/x').stdout).toBe('kept\n')
  })

  test('files belong to a fork alone', async () => {
    await running(withVolume({ emptyDir: {} }))
    const other = cluster.fork()
    other.exec('web', ['touch', '/data/there'])
    expect(sh('ls /data').stdout).toBe('')
    expect(other.exec('web', ['ls', '/data']).stdout).toBe('there\n')
    await other.close()
  })
})

describe('what is missing', () => {
  test('a ConfigMap keeps the pod waiting until it is there', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply(podNamed('web', { spec: withVolume({ configMap: { name: 'late' } }) }))
    await cluster.settle()
    expect(containerOf(cluster, 'web').state.waiting.reason).toBe('ContainerCreating')
    expect(eventsOf(cluster, 'web').join('\n')).toContain(
      'FailedMount: MountVolume.SetUp failed for volume "v" : configmap "late" not found',
    )
    await cluster.apply(configMap('late', {}))
    await cluster.settle()
    expect(phaseOf(cluster, 'web')).toBe('Running')
  })

  test('a key of the environment is a CreateContainerConfigError until it is there', async () => {
    const env = [{ name: 'PW', valueFrom: { secretKeyRef: { name: 's', key: 'pw' } } }]
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply(podNamed('web', { spec: { containers: [{ name: 'main', image: 'app:1', env }] } }))
    await cluster.settle()
    expect(containerOf(cluster, 'web').state.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'secret "s" not found',
    })
    expect(eventsOf(cluster, 'web')).toContain('Failed: Error: secret "s" not found')
    await cluster.apply(secret('s', { other: 'eA==' }))
    await cluster.settle()
    expect(containerOf(cluster, 'web').state.waiting.message).toBe("couldn't find key pw in Secret default/s")
    await cluster.apply(secret('s', { pw: 'eA==' }))
    await cluster.settle()
    expect(phaseOf(cluster, 'web')).toBe('Running')
    expect(sh('printenv PW').stdout).toBe('x\n')
  })

  test('one that waits for its environment still does when its machine has died and is back', async () => {
    const env = [{ name: 'PW', valueFrom: { secretKeyRef: { name: 's', key: 'pw' } } }]
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply(podNamed('web', { spec: { containers: [{ name: 'main', image: 'app:1', env }] } }))
    await cluster.settle()
    cluster.fault({ kill: 'node-1' })
    cluster.fault({ restore: 'node-1' })
    await cluster.settle()
    expect(containerOf(cluster, 'web').state).toEqual({
      waiting: { reason: 'CreateContainerConfigError', message: 'secret "s" not found' },
    })
    await cluster.apply(secret('s', { pw: 'eA==' }))
    await cluster.settle()
    expect(phaseOf(cluster, 'web')).toBe('Running')
  })

  test('optional sources do not keep anybody waiting', async () => {
    await running(withVolume({ configMap: { name: 'none', optional: true } }))
    expect(sh('ls /data').stdout).toBe('')
  })
})

describe('commands', () => {
  test('see the variables of the pod', async () => {
    const env = [
      { name: 'A', value: 'one' },
      { name: 'B', value: '$(A)-two' },
      { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    ]
    const envFrom = [{ prefix: 'C_', configMapRef: { name: 'c' } }]
    await running({ containers: [{ name: 'main', image: 'app:1', env, envFrom }] }, configMap('c', { x: '1' }))
    const lines = sh('env').stdout.split('\n')
    for (const line of ['A=one', 'B=one-two', 'NODE=node-1', 'C_x=1', 'HOSTNAME=web']) expect(lines).toContain(line)
    expect(lines.find((line) => line.startsWith('KUBERNETES_SERVICE_HOST='))).toBe('KUBERNETES_SERVICE_HOST=10.96.0.1')
    expect(sh('hostname').stdout).toBe('web\n')
  })

  test('stop at && after a failure and go on at ;', async () => {
    await running({})
    expect(sh('false && echo no; echo yes').stdout).toBe('yes\n')
    expect(cluster.exec('web', ['false']).code).toBe(1)
  })

  test('that nobody understands are refused', async () => {
    await running({})
    expect(() => cluster.exec('web', ['gcc'])).toThrow('KYB-EXEC')
  })

  test('need a running container', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply(podNamed('web'))
    expect(() => cluster.exec('web', ['true'])).toThrow('is not running')
  })
})

describe('logs', () => {
  test('nginx says that it starts', async () => {
    await running({ containers: [{ name: 'main', image: 'nginx:1.27' }] })
    expect(cluster.logs('web')).toContain('ready for start up')
  })

  test('come as the script says, up to now', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply(podNamed('web', { script: 'log "up"\nlog "warm" after 2s\nlog "tick" every 10s' }))
    await cluster.settle()
    expect(cluster.logs('web')).toBe('up\n')
    await cluster.advance('25s')
    expect(cluster.logs('web')).toBe('up\nwarm\ntick\ntick\n')
    const pod = cluster.get('Pod', 'web')
    if (pod === undefined) throw new Error('the pod is gone')
    expect(cluster.logLines(pod, 'main', { tail: 1 })).toEqual(['tick'])
    const [first] = cluster.logLines(pod, 'main', { timestamps: true })
    expect(first).toMatch(/^2026-01-01T00:00:0\d\.\d{9}Z up$/)
  })

  test('of the run before are kept', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply(podNamed('web', { script: 'log "bye" after 1s; exit 1 after 2s' }))
    await cluster.settle()
    expect(cluster.logs('web', { previous: true })).toBe('bye\n')
  })

  test('of echo are its words', async () => {
    const containers = [
      { name: 'main', image: 'busybox', command: ['sh', '-c', 'echo one; sleep 1; echo "two three"'] },
    ]
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply(podNamed('web', { spec: { restartPolicy: 'Never', containers } }))
    await cluster.settle()
    expect(cluster.logs('web')).toBe('one\ntwo three\n')
  })
})
