/** What a real kubectl reads: tables, forms, descriptions, watches, logs. */
import { describe, expect, test } from 'vitest'
import { kubectlPath } from '../support/kubectl.ts'
import { refusal, rows, useServedCluster } from '../support/served.ts'

const served = useServedCluster()
const { deployed, kubectl, prints } = served

describe.skipIf(kubectlPath === undefined)('kubectl reading', () => {
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

  test('get -w shows what changes as it changes', async () => {
    await deployed()
    const watching = served.starts('get', 'deploy', '-w', '--no-headers')
    await watching.says(/3\/3/)
    await prints('scale', 'deployment', 'nginx-deployment', '--replicas=4')
    await watching.says(/4\/4/)
    await watching.end()
    const seen = rows(watching.stdout()).map((row) => row[1])
    expect(seen[0]).toBe('3/3')
    expect(seen).toContain('3/4')
    expect(seen.at(-1)).toBe('4/4')
  })

  test('logs of a pod and of a deployment', async () => {
    await deployed()
    expect(await prints('logs', 'deployment/nginx-deployment')).toContain('ready for start up')
    const [pod = ''] = (await prints('get', 'pods', '-o', 'name')).split('\n')
    expect((await prints('logs', pod, '--tail=1')).trimEnd().split('\n')).toHaveLength(1)
    expect(await refusal(kubectl('logs', 'nosuch'))).toBe(
      `error: error from server (NotFound): pods "nosuch" not found in namespace "${served.namespace}"\n`,
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
