/**
 * The Deployment article of the Kubernetes documentation, word for word, through `kybern run` with a real kubectl.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
 */
import { describe, expect, test } from 'vitest'
import { script, useBench } from '../support/cli.ts'
import { kubectlPath } from '../support/kubectl.ts'

const bench = useBench()
const nginx = `${process.cwd()}/fixtures/nginx-deployment.yaml`

/** Runs shell lines inside a cluster of their own; answers what each line printed. */
async function inCluster(...lines: string[]): Promise<string[]> {
  const mark = '=====8<====='
  const path = script(`${bench.folder}/lines.sh`, lines.map((line) => `{ ${line}; } 2>&1\necho '${mark}'`).join('\n'))
  const { code, stdout } = await bench.kybern('run', '--', path)
  expect(code).toBe(0)
  return stdout.split(`${mark}\n`).slice(0, -1)
}

const words = (line: string | undefined): string[] => (line ?? '').trim().split(/\s+/)
const rows = (table: string | undefined): string[][] => (table ?? '').trim().split('\n').map(words)

describe.skipIf(kubectlPath === undefined)('the article', () => {
  test('create, update, roll back, scale, delete', { timeout: 60_000 }, async () => {
    const out = await inCluster(
      `kubectl apply -f ${nginx}`,
      'kubectl get deployments',
      'kubectl rollout status deployment/nginx-deployment',
      'kubectl get rs',
      'kubectl get pods --show-labels',
      `sed s/nginx:1.14.2/nginx:1.16.1/ ${nginx} | kubectl apply -f -`,
      'kubectl rollout status deployment/nginx-deployment',
      'kubectl get rs --sort-by=.metadata.creationTimestamp',
      'kubectl rollout history deployment/nginx-deployment',
      'kubectl rollout undo deployment/nginx-deployment',
      'kubectl get deployment nginx-deployment -o jsonpath="{.spec.template.spec.containers[0].image}"',
      'kubectl rollout history deployment/nginx-deployment',
      'kubectl scale deployment/nginx-deployment --replicas=10',
      'kubectl get deploy',
      'kubectl delete deployment nginx-deployment',
      'kubectl get deployments',
    )
    const at = (index: number): string => out[index] ?? ''
    expect(at(0)).toBe('deployment.apps/nginx-deployment created\n')
    expect(rows(at(1))[0]).toEqual(['NAME', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE'])
    expect(rows(at(1))[1]?.slice(0, 4)).toEqual(['nginx-deployment', '3/3', '3', '3'])
    expect(at(2)).toBe('deployment "nginx-deployment" successfully rolled out\n')
    expect(rows(at(3))[0]).toEqual(['NAME', 'DESIRED', 'CURRENT', 'READY', 'AGE'])
    const first = rows(at(3))[1] as string[]
    expect(first[0]).toMatch(/^nginx-deployment-[a-z0-9]+$/)
    expect(first.slice(1, 4)).toEqual(['3', '3', '3'])
    const hash = (first[0] as string).replace('nginx-deployment-', '')
    expect(
      rows(at(4))
        .slice(1)
        .map((row) => [row[1], row[2], row[5]?.split(',topology.')[0]]),
    ).toEqual(Array(3).fill(['1/1', 'Running', `app=nginx,pod-template-hash=${hash}`]))
    expect(at(5)).toBe('deployment.apps/nginx-deployment configured\n')
    expect(at(6)).toMatch(/deployment "nginx-deployment" successfully rolled out\n$/)
    expect(
      rows(at(7))
        .slice(1)
        .map((row) => row.slice(1, 4)),
    ).toEqual([
      ['0', '0', '0'],
      ['3', '3', '3'],
    ])
    expect(rows(at(7))[1]?.[0]).toBe(first[0])
    expect(rows(at(8)).map((row) => row[0])).toEqual(['deployment.apps/nginx-deployment', 'REVISION', '1', '2'])
    expect(at(9)).toBe('deployment.apps/nginx-deployment rolled back\n')
    expect(at(10)).toBe('nginx:1.14.2')
    expect(rows(at(11)).map((row) => row[0])).toEqual(['deployment.apps/nginx-deployment', 'REVISION', '2', '3'])
    expect(at(12)).toBe('deployment.apps/nginx-deployment scaled\n')
    expect(rows(at(13))[1]?.slice(0, 4)).toEqual(['nginx-deployment', '10/10', '10', '10'])
    expect(at(14)).toBe('deployment.apps "nginx-deployment" deleted\n')
    expect(at(15)).toBe('No resources found in default namespace.\n')
  })

  test('a rollout that cannot finish says so', { timeout: 60_000 }, async () => {
    const out = await inCluster(
      `kubectl apply -f ${nginx}`,
      'kubectl patch deployment nginx-deployment -p \'{"spec":{"progressDeadlineSeconds":60}}\'',
      'kubectl set image deployment/nginx-deployment nginx=nginx:does-not-exist',
      'kybern advance 2m 2>/dev/null',
      'kubectl rollout status deployment/nginx-deployment || echo "exit $?"',
    )
    expect(out[4]).toMatch(/error: deployment "nginx-deployment" exceeded its progress deadline\nexit 1\n$/)
  })

  test('a node dies and its pods come back elsewhere', { timeout: 60_000 }, async () => {
    const onNodes =
      "kubectl get pods -l app=nginx --field-selector=status.phase=Running -o jsonpath='{.items[*].spec.nodeName}'"
    const out = await inCluster(
      `kubectl apply -f ${nginx}`,
      onNodes,
      'kybern kill node-1 2>/dev/null',
      'kybern advance 10m 2>/dev/null',
      'kubectl get node node-1 -o jsonpath=\'{.status.conditions[?(@.type=="Ready")].status}\'',
      'kubectl get pods -l app=nginx -o json',
      'kubectl get deploy nginx-deployment --no-headers',
    )
    expect(words(out[1])).toContain('node-1')
    expect(out[4]).toBe('Unknown')
    const { items } = JSON.parse(out[5] as string) as {
      items: { spec: { nodeName: string }; metadata: { deletionTimestamp?: string } }[]
    }
    const living = items.filter((pod) => pod.metadata.deletionTimestamp === undefined)
    expect(living).toHaveLength(3)
    expect(living.map((pod) => pod.spec.nodeName)).not.toContain('node-1')
    expect(words(out[6])[1]).toBe('3/3')
  })
})
