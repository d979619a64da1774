/** A real kubectl against one served cluster in eager time: what it prints and how it ends. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiEndpoint, serve } from '../../src/edge/server.ts'
import { type Cluster, createCluster } from '../../src/index.ts'
import { type Ran, script, useBench } from '../support/cli.ts'
import { kubectlPath } from '../support/kubectl.ts'

const bench = useBench()
const nginx = `${process.cwd()}/fixtures/nginx-deployment.yaml`
let cluster: Cluster
let server: ApiEndpoint
let at = 0

/** Each test has a namespace of its own, so that none waits for another's objects. */
let namespace = ''

const env = () => ({ KUBECONFIG: join(bench.folder, 'kubeconfig') })
const kubectl = (...args: string[]): Promise<Ran> => bench.run('kubectl', ['-n', namespace, ...args], { env: env() })
const applied = (input: string): Promise<Ran> =>
  bench.run('kubectl', ['-n', namespace, 'apply', '-f', '-'], { env: env(), input })

/** What a command that succeeds prints. */
async function prints(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await kubectl(...args)
  expect({ args, code, stderr }).toMatchObject({ code: 0 })
  return stdout
}

/** What a command that fails says. */
async function refusal(ran: Promise<Ran>): Promise<string> {
  const { code, stderr } = await ran
  expect(code).toBe(1)
  return stderr
}

const rows = (table: string): string[][] =>
  table
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/))
const deployed = (): Promise<string> => prints('apply', '-f', nginx)

describe.skipIf(kubectlPath === undefined)('kubectl', () => {
  beforeAll(async () => {
    cluster = await createCluster({ time: 'eager', nodes: 3 })
    server = await serve(cluster)
    mkdirSync(bench.folder, { recursive: true })
    writeFileSync(join(bench.folder, 'kubeconfig'), server.kubeconfig, { mode: 0o600 })
  })
  afterAll(async () => {
    await server.close()
    await cluster.close()
  })
  beforeEach(async () => {
    namespace = `test-${++at}`
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
    await cluster.settle()
  })

  describe('reading', () => {
    test('get in every form', async () => {
      await deployed()
      expect(rows(await prints('get', 'deploy', '-o', 'wide'))[0]).toEqual([
        'NAME',
        'READY',
        'UP-TO-DATE',
        'AVAILABLE',
        'AGE',
        'CONTAINERS',
        'IMAGES',
        'SELECTOR',
      ])
      expect(rows(await prints('get', 'deploy', '-o', 'wide'))[1]?.slice(5)).toEqual([
        'nginx',
        'nginx:1.14.2',
        'app=nginx',
      ])
      expect(await prints('get', 'deploy', '-o', 'yaml')).toMatch(
        /^apiVersion: v1\nitems:\n- apiVersion: apps\/v1\n {2}kind: Deployment\n/,
      )
      expect(JSON.parse(await prints('get', 'deploy', 'nginx-deployment', '-o', 'json'))).toMatchObject({
        kind: 'Deployment',
        spec: { replicas: 3 },
        status: { readyReplicas: 3 },
      })
      expect(await prints('get', 'deploy', '-o', 'name')).toBe('deployment.apps/nginx-deployment\n')
      expect(await prints('get', 'deploy', 'nginx-deployment', '-o', 'jsonpath={.status.readyReplicas}')).toBe('3')
      expect(await prints('get', 'pods', '-o', 'custom-columns=P:.status.phase', '--no-headers')).toBe(
        'Running\nRunning\nRunning\n',
      )
    })

    test('pods, services, nodes and events as tables', async () => {
      await deployed()
      await prints('expose', 'deployment', 'nginx-deployment', '--port=80')
      const pods = rows(await prints('get', 'pods', '-o', 'wide'))
      expect(pods[0]).toEqual([
        'NAME',
        'READY',
        'STATUS',
        'RESTARTS',
        'AGE',
        'IP',
        'NODE',
        'NOMINATED NODE',
        'READINESS GATES',
      ])
      expect(pods.slice(1).map((row) => row.slice(1, 4))).toEqual(Array(3).fill(['1/1', 'Running', '0']))
      const services = rows(await prints('get', 'svc'))
      expect(services[0]).toEqual(['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE'])
      expect(services[1]?.[1]).toBe('ClusterIP')
      expect(services[1]?.slice(3, 5)).toEqual(['<none>', '80/TCP'])
      const nodes = rows(await prints('get', 'nodes'))
      expect(nodes[0]).toEqual(['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION'])
      expect(nodes.slice(1).map((row) => row.slice(0, 2))).toEqual([
        ['node-1', 'Ready'],
        ['node-2', 'Ready'],
        ['node-3', 'Ready'],
      ])
      const events = await prints('events')
      expect(events).toContain('Scaled up replica set')
      expect(events).toMatch(/Normal\s+Scheduled\s+Pod\/nginx-deployment-/)
      expect(rows(await prints('get', 'events'))[0]).toEqual(['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'])
    })

    test('selectors narrow lists', async () => {
      await deployed()
      await prints('run', 'lone', '--image=busybox')
      expect(rows(await prints('get', 'pods', '-l', 'app=nginx', '--no-headers'))).toHaveLength(3)
      expect(rows(await prints('get', 'pods', '-l', 'app notin (nginx)', '-o', 'name'))).toEqual([['pod/lone']])
      expect(rows(await prints('get', 'pods', '--field-selector', 'metadata.name=lone', '-o', 'name'))).toEqual([
        ['pod/lone'],
      ])
    })

    test('describe deployment, pod, node and service', async () => {
      await deployed()
      await prints('expose', 'deployment', 'nginx-deployment', '--port=80')
      const deployment = await prints('describe', 'deployment', 'nginx-deployment')
      expect(deployment).toContain(
        'Replicas:               3 desired | 3 updated | 3 total | 3 available | 0 unavailable',
      )
      expect(deployment).toMatch(/NewReplicaSet:\s+nginx-deployment-\S+ \(3\/3 replicas created\)/)
      expect(deployment).toMatch(/ScalingReplicaSet .*deployment-controller/)
      const pod = await prints('describe', 'pods', '-l', 'app=nginx')
      expect(pod).toMatch(/Status:\s+Running/)
      expect(pod).toMatch(/Successfully assigned \S+ to node-\d/)
      expect(await prints('describe', 'node', 'node-1')).toMatch(/Ready\s+True .*KubeletReady/)
      expect(await prints('describe', 'service', 'nginx-deployment')).toMatch(/Endpoints:\s+10\.\d+\.\d+\.\d+:80,10/)
    })

    test('get -w shows each change once', async () => {
      await deployed()
      const watching = bench.run(
        'kubectl',
        ['-n', namespace, 'get', 'deploy', '-w', '--request-timeout=3s', '--no-headers'],
        { env: env() },
      )
      await cluster.until((c) => c.get('Deployment', 'nginx-deployment', namespace) !== undefined)
      const patching = new Promise<void>((resolve) => {
        const subscription = cluster.trouble$.subscribe()
        subscription.unsubscribe()
        resolve()
      })
      await patching
      await prints('scale', 'deployment', 'nginx-deployment', '--replicas=4')
      const seen = rows((await watching).stdout).map((row) => row[1])
      expect(seen[0]).toMatch(/^[34]\/[34]$/)
      expect(seen.at(-1)).toBe('4/4')
    })

    test('logs of a pod and of a deployment', async () => {
      await deployed()
      expect(await prints('logs', 'deployment/nginx-deployment')).toContain('ready for start up')
      const [pod = ''] = (await prints('get', 'pods', '-o', 'name')).split('\n')
      expect((await prints('logs', pod, '--tail=1')).trimEnd().split('\n')).toHaveLength(1)
      expect(await refusal(kubectl('logs', 'nosuch'))).toBe(
        `error: error from server (NotFound): pods "nosuch" not found in namespace "${namespace}"\n`,
      )
    })

    test('wait and rollout status', async () => {
      await deployed()
      expect(await prints('wait', '--for=condition=Available', 'deployment/nginx-deployment')).toBe(
        'deployment.apps/nginx-deployment condition met\n',
      )
      expect(await prints('rollout', 'status', 'deployment/nginx-deployment')).toBe(
        'deployment "nginx-deployment" successfully rolled out\n',
      )
    })

    test('explain and api-resources', async () => {
      expect(await prints('explain', 'deployment.spec.replicas')).toMatch(/FIELD: replicas <integer>/)
      expect(await prints('api-resources', '--api-group=apps')).toMatch(
        /deployments\s+deploy\s+apps\/v1\s+true\s+Deployment/,
      )
    })
  })

  describe('writing', () => {
    test('apply twice changes nothing', async () => {
      expect(await deployed()).toBe('deployment.apps/nginx-deployment created\n')
      expect(await deployed()).toBe('deployment.apps/nginx-deployment unchanged\n')
      const { metadata } = cluster.get('Deployment', 'nginx-deployment', namespace) as {
        metadata: { generation: number }
      }
      expect(metadata.generation).toBe(1)
    })

    test('diff shows what apply would change, with exit code 1', async () => {
      await deployed()
      const changed = await bench.run(
        'sh',
        ['-c', `sed s/1.14.2/1.16.1/ ${nginx} | kubectl -n ${namespace} diff -f -`],
        { env: env() },
      )
      expect(changed.code).toBe(1)
      expect(changed.stdout).toContain('-      - image: nginx:1.14.2\n+      - image: nginx:1.16.1\n')
      expect((await kubectl('diff', '-f', nginx)).code).toBe(0)
    })

    test('set image, pause, resume, restart, undo', async () => {
      await deployed()
      expect(await prints('set', 'image', 'deployment/nginx-deployment', 'nginx=nginx:1.16.1')).toBe(
        'deployment.apps/nginx-deployment image updated\n',
      )
      expect(await prints('rollout', 'pause', 'deployment/nginx-deployment')).toBe(
        'deployment.apps/nginx-deployment paused\n',
      )
      await prints('set', 'image', 'deployment/nginx-deployment', 'nginx=nginx:1.17')
      expect(rows(await prints('get', 'rs', '--no-headers'))).toHaveLength(2)
      expect(await prints('rollout', 'resume', 'deployment/nginx-deployment')).toBe(
        'deployment.apps/nginx-deployment resumed\n',
      )
      expect(rows(await prints('get', 'rs', '--no-headers'))).toHaveLength(3)
      expect(await prints('rollout', 'restart', 'deployment/nginx-deployment')).toBe(
        'deployment.apps/nginx-deployment restarted\n',
      )
      expect(rows(await prints('get', 'rs', '--no-headers'))).toHaveLength(4)
      expect(await prints('rollout', 'undo', 'deployment/nginx-deployment', '--to-revision=1')).toBe(
        'deployment.apps/nginx-deployment rolled back\n',
      )
      expect(
        await prints('get', 'deploy', 'nginx-deployment', '-o', 'jsonpath={.spec.template.spec.containers[0].image}'),
      ).toBe('nginx:1.14.2')
    })

    test('scale, label, annotate, patch', async () => {
      await deployed()
      expect(await prints('scale', 'deployment/nginx-deployment', '--replicas=1')).toBe(
        'deployment.apps/nginx-deployment scaled\n',
      )
      expect(rows(await prints('get', 'pods', '--no-headers'))).toHaveLength(1)
      expect(await prints('label', 'deployment', 'nginx-deployment', 'tier=web')).toBe(
        'deployment.apps/nginx-deployment labeled\n',
      )
      expect(await prints('annotate', 'deployment', 'nginx-deployment', 'note=hello')).toBe(
        'deployment.apps/nginx-deployment annotated\n',
      )
      for (const [type, patch] of [
        ['strategic', '{"spec":{"replicas":2}}'],
        ['merge', '{"spec":{"replicas":3}}'],
        ['json', '[{"op":"replace","path":"/spec/replicas","value":4}]'],
      ] as const) {
        expect(await prints('patch', 'deployment', 'nginx-deployment', `--type=${type}`, '-p', patch)).toBe(
          'deployment.apps/nginx-deployment patched\n',
        )
      }
      expect(cluster.get('Deployment', 'nginx-deployment', namespace)).toMatchObject({
        metadata: { labels: { tier: 'web' }, annotations: { note: 'hello' } },
        spec: { replicas: 4 },
        status: { readyReplicas: 4 },
      })
    })

    test('edit with an editor', async () => {
      await deployed()
      const editor = script(join(bench.folder, 'editor'), 'sed -i "s/replicas: 3/replicas: 2/" "$1"')
      const { code, stdout } = await bench.run('kubectl', ['-n', namespace, 'edit', 'deployment', 'nginx-deployment'], {
        env: { ...env(), EDITOR: editor },
      })
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'deployment.apps/nginx-deployment edited\n' })
      expect(cluster.get('Deployment', 'nginx-deployment', namespace)?.spec.replicas).toBe(2)
    })

    test('create deployment, configmap, secret and namespace in protobuf', async () => {
      expect(await prints('create', 'deployment', 'web', '--image=nginx', '--replicas=2')).toBe(
        'deployment.apps/web created\n',
      )
      expect(await prints('create', 'configmap', 'settings', '--from-literal=a=b')).toBe('configmap/settings created\n')
      expect(await prints('create', 'secret', 'generic', 'keys', '--from-literal=k=v')).toBe('secret/keys created\n')
      expect(await prints('create', 'namespace', `${namespace}-more`)).toBe(`namespace/${namespace}-more created\n`)
      expect(cluster.get('Deployment', 'web', namespace)?.status.readyReplicas).toBe(2)
      expect(cluster.get('ConfigMap', 'settings', namespace)?.data).toEqual({ a: 'b' })
      expect(cluster.get('Secret', 'keys', namespace)?.data).toEqual({ k: btoa('v') })
    })

    test('replace, delete by label, delete of what is not there', async () => {
      await deployed()
      await prints('create', 'configmap', 'settings', '--from-literal=a=b')
      const settings = (await prints('get', 'configmap', 'settings', '-o', 'yaml')).replace('a: b', 'a: c')
      writeFileSync(join(bench.folder, 'settings.yaml'), settings)
      expect(await prints('replace', '-f', join(bench.folder, 'settings.yaml'))).toBe('configmap/settings replaced\n')
      expect(await prints('delete', 'deployment', '-l', 'app=nginx')).toBe(
        'deployment.apps "nginx-deployment" deleted\n',
      )
      expect(await refusal(kubectl('delete', 'deployment', 'nginx-deployment'))).toBe(
        'Error from server (NotFound): deployments.apps "nginx-deployment" not found\n',
      )
      expect((await kubectl('get', 'pods')).stderr).toBe(`No resources found in ${namespace} namespace.\n`)
    })

    test('cordon, drain, uncordon', async () => {
      await deployed()
      expect(await prints('cordon', 'node-2')).toBe('node/node-2 cordoned\n')
      expect(rows(await prints('get', 'node', 'node-2', '--no-headers'))[0]?.[1]).toBe('Ready,SchedulingDisabled')
      expect(await prints('drain', 'node-2', '--ignore-daemonsets', '--force')).toMatch(/node\/node-2 drained\n$/)
      const nodes = cluster.list('Pod', { namespace }).map((pod) => pod.spec.nodeName)
      expect(nodes).toHaveLength(3)
      expect(nodes).not.toContain('node-2')
      expect(await prints('uncordon', 'node-2')).toBe('node/node-2 uncordoned\n')
    })

    test('a namespace goes with all it holds', async () => {
      await prints('create', 'namespace', 'doomed')
      await prints('-n', 'doomed', 'create', 'deployment', 'web', '--image=nginx')
      expect(await prints('delete', 'namespace', 'doomed')).toBe('namespace "doomed" deleted\n')
      expect(cluster.list('Pod', { namespace: 'doomed' })).toEqual([])
      expect(cluster.get('Namespace', 'doomed')).toBeUndefined()
    })
  })

  describe('refusing', () => {
    const deployment = (spec: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: bad }
spec: ${spec}
`
    const template = '{ metadata: { labels: { app: b } }, spec: { containers: [{ name: c, image: x }] } }'

    test('YAML that is none', async () => {
      expect(await refusal(applied('a: b: c'))).toBe(
        'error: error parsing STDIN: error converting YAML to JSON: yaml: mapping values are not allowed in this context\n',
      )
    })

    test('an unknown field', async () => {
      const text = deployment(`{ replicaz: 3, selector: { matchLabels: { app: b } }, template: ${template} }`)
      expect(await refusal(applied(text))).toBe(
        'Error from server (BadRequest): error when creating "STDIN": Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replicaz"\n',
      )
    })

    test('an unknown kind', async () => {
      expect(await refusal(applied('{ apiVersion: example.com/v1, kind: Foo, metadata: { name: x } }'))).toBe(
        'error: resource mapping not found for name: "x" namespace: "" from "STDIN": no matches for kind "Foo" in version "example.com/v1"\nensure CRDs are installed first\n',
      )
      expect(await refusal(kubectl('get', 'nosuch'))).toBe('error: the server doesn\'t have a resource type "nosuch"\n')
    })

    test('a selector that does not match the template', async () => {
      const text = deployment(`{ selector: { matchLabels: { app: a } }, template: ${template} }`)
      expect(await refusal(applied(text))).toBe(
        'The Deployment "bad" is invalid: spec.template.metadata.labels: Invalid value: map[string]string{"app":"b"}: `selector` does not match template `labels`\n',
      )
    })

    test('a name that is none', async () => {
      expect(await refusal(applied('{ apiVersion: v1, kind: ConfigMap, metadata: { name: Bad_Name } }'))).toMatch(
        /^The ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of/,
      )
    })

    test('a stale resourceVersion', async () => {
      await prints('create', 'configmap', 'settings', '--from-literal=a=b')
      const old = await prints('get', 'configmap', 'settings', '-o', 'yaml')
      await prints('label', 'configmap', 'settings', 'x=y')
      writeFileSync(join(bench.folder, 'old.yaml'), old)
      expect(await refusal(kubectl('replace', '-f', join(bench.folder, 'old.yaml')))).toBe(
        `Error from server (Conflict): error when replacing "${join(bench.folder, 'old.yaml')}": Operation cannot be fulfilled on configmaps "settings": the object has been modified; please apply your changes to the latest version and try again\n`,
      )
    })

    test('what exists already, and what does not exist', async () => {
      await prints('create', 'configmap', 'settings')
      expect(await refusal(kubectl('create', 'configmap', 'settings'))).toBe(
        'error: failed to create configmap: configmaps "settings" already exists\n',
      )
      expect(await refusal(kubectl('get', 'pod', 'nosuch'))).toBe(
        'Error from server (NotFound): pods "nosuch" not found\n',
      )
      expect(await refusal(kubectl('-n', 'nowhere', 'create', 'deployment', 'web', '--image=x'))).toBe(
        'error: failed to create deployment: namespaces "nowhere" not found\n',
      )
    })

    test('callers without a name', async () => {
      const anonymous = [
        'get',
        'pods',
        `--server=${server.url}`,
        '--insecure-skip-tls-verify',
        '--kubeconfig=/dev/null',
        '--token=wrong',
      ]
      expect(await refusal(kubectl(...anonymous))).toMatch(/You must be logged in to the server/)
    })
  })
})
