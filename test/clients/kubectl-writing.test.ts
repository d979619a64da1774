/** What a real kubectl writes, and what becomes of it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { script } from '../support/cli.ts'
import { kubectlPath } from '../support/kubectl.ts'
import { nginx, refusal, rows, useServedCluster } from '../support/served.ts'

const served = useServedCluster()
const { deployed, kubectl, prints } = served
const env = () => ({ KUBECONFIG: join(served.bench.folder, 'kubeconfig') })

describe.skipIf(kubectlPath === undefined)('kubectl writing', () => {
  test('apply twice changes nothing', async () => {
    expect(await deployed()).toBe('deployment.apps/nginx-deployment created\n')
    expect(await deployed()).toBe('deployment.apps/nginx-deployment unchanged\n')
    const { metadata } = served.cluster.get('Deployment', 'nginx-deployment', served.namespace) as {
      metadata: { generation: number }
    }
    expect(metadata.generation).toBe(1)
  })

  test('diff shows what apply would change, with exit code 1', async () => {
    await deployed()
    const changed = await served.bench.run(
      'sh',
      ['-c', `sed s/1.14.2/1.16.1/ ${nginx} | kubectl -n ${served.namespace} diff -f -`],
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
    expect(served.cluster.get('Deployment', 'nginx-deployment', served.namespace)).toMatchObject({
      metadata: { labels: { tier: 'web' }, annotations: { note: 'hello' } },
      spec: { replicas: 4 },
      status: { readyReplicas: 4 },
    })
  })

  test('edit with an editor', async () => {
    await deployed()
    const editor = script(join(served.bench.folder, 'editor'), 'sed -i "s/replicas: 3/replicas: 2/" "$1"')
    const { code, stdout } = await served.bench.run(
      'kubectl',
      ['-n', served.namespace, 'edit', 'deployment', 'nginx-deployment'],
      {
        env: { ...env(), EDITOR: editor },
      },
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'deployment.apps/nginx-deployment edited\n' })
    expect(served.cluster.get('Deployment', 'nginx-deployment', served.namespace)?.spec.replicas).toBe(2)
  })

  test('create deployment, configmap, secret and namespace in protobuf', async () => {
    expect(await prints('create', 'deployment', 'web', '--image=nginx', '--replicas=2')).toBe(
      'deployment.apps/web created\n',
    )
    expect(await prints('create', 'configmap', 'settings', '--from-literal=a=b')).toBe('configmap/settings created\n')
    expect(await prints('create', 'secret', 'generic', 'keys', '--from-literal=k=v')).toBe('secret/keys created\n')
    expect(await prints('create', 'namespace', `${served.namespace}-more`)).toBe(
      `namespace/${served.namespace}-more created\n`,
    )
    expect(served.cluster.get('Deployment', 'web', served.namespace)?.status.readyReplicas).toBe(2)
    expect(served.cluster.get('ConfigMap', 'settings', served.namespace)?.data).toEqual({ a: 'b' })
    expect(served.cluster.get('Secret', 'keys', served.namespace)?.data).toEqual({ k: btoa('v') })
  })

  test('replace, delete by label, delete of what is not there', async () => {
    await deployed()
    await prints('create', 'configmap', 'settings', '--from-literal=a=b')
    const settings = (await prints('get', 'configmap', 'settings', '-o', 'yaml')).replace('a: b', 'a: c')
    writeFileSync(join(served.bench.folder, 'settings.yaml'), settings)
    expect(await prints('replace', '-f', join(served.bench.folder, 'settings.yaml'))).toBe(
      'configmap/settings replaced\n',
    )
    expect(await prints('delete', 'deployment', '-l', 'app=nginx')).toBe('deployment.apps "nginx-deployment" deleted\n')
    expect(await refusal(kubectl('delete', 'deployment', 'nginx-deployment'))).toBe(
      'Error from server (NotFound): deployments.apps "nginx-deployment" not found\n',
    )
    expect((await kubectl('get', 'pods')).stderr).toBe(`No resources found in ${served.namespace} namespace.\n`)
  })

  test('cordon, drain, uncordon', async () => {
    await deployed()
    expect(await prints('cordon', 'node-2')).toBe('node/node-2 cordoned\n')
    expect(rows(await prints('get', 'node', 'node-2', '--no-headers'))[0]?.[1]).toBe('Ready,SchedulingDisabled')
    expect(await prints('drain', 'node-2', '--ignore-daemonsets', '--force')).toMatch(/node\/node-2 drained\n$/)
    const nodes = served.cluster.list('Pod', { namespace: served.namespace }).map((pod) => pod.spec.nodeName)
    expect(nodes).toHaveLength(3)
    expect(nodes).not.toContain('node-2')
    expect(await prints('uncordon', 'node-2')).toBe('node/node-2 uncordoned\n')
  })

  test('a namespace goes with all it holds', async () => {
    await prints('create', 'namespace', 'doomed')
    await prints('-n', 'doomed', 'create', 'deployment', 'web', '--image=nginx')
    expect(await prints('delete', 'namespace', 'doomed')).toBe('namespace "doomed" deleted\n')
    expect(served.cluster.list('Pod', { namespace: 'doomed' })).toEqual([])
    expect(served.cluster.get('Namespace', 'doomed')).toBeUndefined()
  })
})
