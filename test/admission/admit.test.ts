/** cluster.admit: what a write would be answered, with nothing written. */
import { describe, expect, it } from 'vitest'
import { createCluster, type KubeObject } from '../../src/index.ts'

const pod = (more: object = {}): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'a', image: 'nginx' }], ...more },
  }) as unknown as KubeObject

describe('cluster.admit', () => {
  it('answers the object as it would be stored, and stores nothing', async () => {
    await using cluster = await createCluster({ nodes: 0 })
    await cluster.settle()
    const before = cluster.hash()
    const { object, warnings, error } = await cluster.admit(pod())
    expect(error).toBeUndefined()
    expect(warnings).toEqual([])
    expect(object?.spec.tolerations).toHaveLength(2)
    expect(object?.spec.serviceAccountName).toBe('default')
    expect(cluster.get('Pod', 'a')).toBeUndefined()
    expect(cluster.hash()).toBe(before)
  })

  it('answers the refusal and what is warned of', async () => {
    await using cluster = await createCluster({ nodes: 0 })
    await cluster.settle()
    const labels = { 'pod-security.kubernetes.io/enforce': 'baseline', 'pod-security.kubernetes.io/warn': 'restricted' }
    await cluster.patch('Namespace', 'default', { metadata: { labels } })
    const refused = await cluster.admit(pod({ hostNetwork: true }))
    expect(refused.object).toBeUndefined()
    expect(refused.error?.message).toBe(
      'pods "a" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    )
    const warned = await cluster.admit({ ...pod(), unheardOf: 1 } as never)
    expect(warned.error).toBeUndefined()
    expect(warned.warnings[0]).toBe('unknown field "unheardOf"')
    expect(warned.warnings[1]).toContain('would violate PodSecurity "restricted:latest"')
  })

  it('replaces what exists, and asks webhooks as a dry run', async () => {
    const seen: unknown[] = []
    await using cluster = await createCluster({
      nodes: 0,
      webhooks: {
        'default/hooks': async (review) => {
          const { operation, dryRun, userInfo } = review.request as Record<string, unknown>
          seen.push([operation, dryRun, (userInfo as { username: string }).username])
          return { allowed: true, warnings: ['mind the step'] }
        },
      },
    })
    await cluster.apply(`
apiVersion: v1
kind: ConfigMap
metadata: { name: a }
data: { a: '1' }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: hooks }
webhooks:
  - name: hooks.example.com
    clientConfig: { service: { namespace: default, name: hooks } }
    rules: [{ apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: [configmaps] }]
    sideEffects: None
    admissionReviewVersions: [v1]
`)
    const next = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      data: { a: '2' },
    } as unknown as KubeObject
    const { object, warnings } = await cluster.admit(next, { user: { username: 'alice', groups: ['dev'] } })
    expect(object?.data).toEqual({ a: '2' })
    expect(warnings).toEqual(['mind the step'])
    expect(seen).toEqual([['UPDATE', true, 'alice']])
    expect(cluster.get('ConfigMap', 'a')?.data).toEqual({ a: '1' })
  })
})
