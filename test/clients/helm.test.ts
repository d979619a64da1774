/** The whole life of a release, by real helms of two majors: install with hooks, upgrade, roll back, test, uninstall. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Layer, unpacked } from '../support/kubectl.ts'
import { useServedCluster } from '../support/served.ts'

const served = useServedCluster()

const hook = `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-before
  annotations: {"helm.sh/hook": pre-install}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox, command: [sh, -c, "exit 0"]}]
`
const settings = `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-settings}
data: {replicas: {{ .Values.replicaCount | quote }}}
`
const helms: [string, Layer][] = [
  ['helm 3.17', 'v32'],
  ['helm 4.1', 'v34'],
]

describe.each(helms)('%s', (_name, layer) => {
  const helmPath = unpacked('helm', layer)

  /** What helm prints; it must succeed. */
  async function helm(...args: string[]): Promise<string> {
    const env = { KUBECONFIG: join(served.bench.folder, 'kubeconfig') }
    const ran = await served.bench.run(helmPath as string, ['-n', served.namespace, ...args], { env })
    expect({ args, ...ran }).toMatchObject({ code: 0 })
    return ran.stdout
  }
  const releases = async (): Promise<unknown> => JSON.parse(await helm('list', '-o', 'json'))
  const revisions = async (): Promise<unknown[]> => JSON.parse(await helm('history', 'shop', '-o', 'json'))

  /** What the release has in the world now. */
  function world(): object {
    const get = (kind: string, name: string) => served.cluster.get(kind, name, served.namespace)
    const pods = served.cluster.list('Pod', { namespace: served.namespace })
    return {
      wanted: get('Deployment', 'shop-web')?.spec.replicas,
      ready: get('Deployment', 'shop-web')?.status.readyReplicas,
      running: pods.filter(
        ({ metadata, status }) => metadata.name.startsWith('shop-web-') && status.phase === 'Running',
      ).length,
      setting: get('ConfigMap', 'shop-settings')?.data.replicas,
      kept: served.cluster.list('Secret', { namespace: served.namespace }).map(({ metadata }) => metadata.name),
    }
  }
  const holds = (replicas: number, releaseCount: number): object => ({
    wanted: replicas,
    ready: replicas,
    running: replicas,
    setting: String(replicas),
    kept: Array.from({ length: releaseCount }, (_, at) => `sh.helm.release.v1.shop.v${at + 1}`),
  })

  test.skipIf(helmPath === undefined)(
    'a release is installed, upgraded, rolled back, tested and taken away',
    async () => {
      const folder = `chart-${layer}`
      mkdirSync(join(served.bench.folder, folder))
      await helm('create', `${folder}/web`)
      const chart = join(served.bench.folder, folder, 'web')
      writeFileSync(join(chart, 'templates/before.yaml'), hook)
      writeFileSync(join(chart, 'templates/settings.yaml'), settings)

      expect(await helm('install', 'shop', chart, '--wait', '--timeout', '20s')).toMatch(
        /STATUS: deployed\nREVISION: 1\n/,
      )
      expect(world()).toEqual(holds(1, 1))
      const job = served.cluster.get('Job', 'shop-before', served.namespace)
      expect(job?.status).toMatchObject({ succeeded: 1 })
      expect(await releases()).toMatchObject([{ name: 'shop', revision: '1', status: 'deployed', chart: 'web-0.1.0' }])

      await helm('upgrade', 'shop', chart, '--set', 'replicaCount=3', '--wait', '--timeout', '20s')
      expect(world()).toEqual(holds(3, 2))
      expect(await helm('get', 'manifest', 'shop')).toContain('\n  replicas: 3\n')

      await helm('rollback', 'shop', '1', '--wait', '--timeout', '20s')
      expect(world()).toEqual(holds(1, 3))
      expect(await revisions()).toMatchObject([
        { revision: 1, status: 'superseded', description: 'Install complete' },
        { revision: 2, status: 'superseded', description: 'Upgrade complete' },
        { revision: 3, status: 'deployed', description: 'Rollback to 1' },
      ])
      expect(await helm('status', 'shop')).toContain('STATUS: deployed\nREVISION: 3\n')

      expect(await helm('test', 'shop', '--timeout', '20s')).toMatch(
        /TEST SUITE: +shop-web-test-connection\n[\s\S]*Succeeded/,
      )
      const tester = served.cluster.get('Pod', 'shop-web-test-connection', served.namespace)
      expect(tester?.status.phase).toBe('Succeeded')

      expect(await helm('uninstall', 'shop')).toBe('release "shop" uninstalled\n')
      await served.cluster.settle()
      expect(world()).toEqual({ wanted: undefined, ready: undefined, running: 0, setting: undefined, kept: [] })
      expect(served.cluster.get('Service', 'shop-web', served.namespace)).toBeUndefined()
      expect(await releases()).toEqual([])
    },
  )
})
