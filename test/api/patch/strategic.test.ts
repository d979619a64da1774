/** Strategic merge patches as kubectl sends them, and the directives one by one. */
import { describe, expect, test } from 'vitest'
import { PatchError } from '../../../src/api/patch/patch-error.ts'
import { strategicMergePatch } from '../../../src/api/patch/strategic.ts'

const deploymentName = 'io.k8s.api.apps.v1.Deployment'
const podSpecName = 'io.k8s.api.core.v1.PodSpec'

function deployment(containers: unknown[], more: object = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: { replicas: 1, template: { spec: { containers, ...more } } },
  }
}

const merged = (original: unknown, patch: unknown) => strategicMergePatch(podSpecName, original, patch)

describe('bodies of kubectl', () => {
  test('kubectl set image changes one container and keeps the other', () => {
    const live = deployment([
      { name: 'nginx', image: 'nginx:1.24', ports: [{ containerPort: 80, protocol: 'TCP' }] },
      { name: 'sidecar', image: 'busybox' },
    ])
    const patch = {
      spec: {
        template: {
          spec: {
            '$setElementOrder/containers': [{ name: 'nginx' }, { name: 'sidecar' }],
            containers: [{ image: 'nginx:1.25', name: 'nginx' }],
          },
        },
      },
    }
    const after = strategicMergePatch(deploymentName, live, patch)
    expect(after.spec.template.spec.containers).toEqual([
      { name: 'nginx', image: 'nginx:1.25', ports: [{ containerPort: 80, protocol: 'TCP' }] },
      { name: 'sidecar', image: 'busybox' },
    ])
    expect(after.metadata).toBe(live.metadata)
    expect(after.spec.template.spec.containers[1]).toBe(live.spec.template.spec.containers[1])
    expect(live.spec.template.spec.containers[0]).toMatchObject({ image: 'nginx:1.24' })
  })

  test('kubectl apply removes a container, adds another and sets their order', () => {
    const live = deployment([
      { name: 'a', image: 'a:1' },
      { name: 'b', image: 'b:1' },
      { name: 'injected', image: 'mesh' },
    ])
    const patch = {
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}\n' } },
      spec: {
        replicas: null,
        template: {
          spec: {
            '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }],
            containers: [
              { image: 'c:1', name: 'c' },
              { $patch: 'delete', name: 'b' },
            ],
          },
        },
      },
    }
    const after = strategicMergePatch(deploymentName, live, patch)
    const names = after.spec.template.spec.containers.map((container) => (container as { name: string }).name)
    expect(names).toEqual(['c', 'a', 'injected'])
    expect(after.spec).not.toHaveProperty('replicas')
    expect(after.metadata).toHaveProperty(['annotations', 'kubectl.kubernetes.io/last-applied-configuration'], '{}\n')
  })

  test('kubectl set env merges variables by name', () => {
    const live = {
      containers: [
        {
          name: 'web',
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
      ],
    }
    const patch = {
      '$setElementOrder/containers': [{ name: 'web' }],
      containers: [
        {
          name: 'web',
          '$setElementOrder/env': [{ name: 'B' }, { name: 'C' }],
          env: [
            { name: 'B', value: '3' },
            { name: 'C', value: '4' },
            { $patch: 'delete', name: 'A' },
          ],
        },
      ],
    }
    expect(merged(live, patch)).toEqual({
      containers: [
        {
          name: 'web',
          env: [
            { name: 'B', value: '3' },
            { name: 'C', value: '4' },
          ],
        },
      ],
    })
  })

  test('kubectl apply of a Service changes a port by its merge key', () => {
    const live = {
      spec: { ports: [{ port: 80, protocol: 'TCP', targetPort: 80, nodePort: 30001 }], clusterIP: '10.0.0.1' },
    }
    const patch = {
      spec: {
        '$setElementOrder/ports': [{ port: 80 }, { port: 443 }],
        ports: [{ port: 80, targetPort: 8080 }, { port: 443 }],
      },
    }
    expect(strategicMergePatch('io.k8s.api.core.v1.Service', live, patch)).toEqual({
      spec: {
        ports: [{ port: 80, protocol: 'TCP', targetPort: 8080, nodePort: 30001 }, { port: 443 }],
        clusterIP: '10.0.0.1',
      },
    })
  })

  test('kubectl taint replaces the list because taints have no merge key', () => {
    const live = { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }], podCIDR: '10.0.0.0/24' } }
    const patch = { spec: { taints: [{ key: 'b', effect: 'NoExecute' }] } }
    expect(strategicMergePatch('io.k8s.api.core.v1.Node', live, patch)).toEqual({
      spec: { taints: [{ key: 'b', effect: 'NoExecute' }], podCIDR: '10.0.0.0/24' },
    })
  })

  test('kubectl apply changes a volume source by retaining keys', () => {
    const live = {
      volumes: [
        { name: 'data', emptyDir: {} },
        { name: 'other', emptyDir: {} },
      ],
    }
    const patch = {
      '$setElementOrder/volumes': [{ name: 'data' }, { name: 'other' }],
      volumes: [{ $retainKeys: ['name', 'hostPath'], name: 'data', hostPath: { path: '/x' }, emptyDir: null }],
    }
    expect(merged(live, patch)).toEqual({
      volumes: [
        { name: 'data', hostPath: { path: '/x' } },
        { name: 'other', emptyDir: {} },
      ],
    })
  })

  test('a Deployment changes its strategy to Recreate by retaining keys', () => {
    const live = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } } } }
    const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }
    expect(strategicMergePatch(deploymentName, live, patch)).toEqual({ spec: { strategy: { type: 'Recreate' } } })
  })

  test('removing a finalizer names it in a delete list', () => {
    const live = { metadata: { name: 'x', finalizers: ['a', 'b', 'c'] } }
    const patch = {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['b'], '$setElementOrder/finalizers': ['c', 'a'] },
    }
    const after = strategicMergePatch('io.k8s.api.core.v1.ConfigMap', live, patch)
    expect(after.metadata.finalizers).toEqual(['c', 'a'])
  })
})

describe('directives', () => {
  test('$patch: replace replaces a map', () => {
    const live = { securityContext: { runAsUser: 1, fsGroup: 2 } }
    expect(merged(live, { securityContext: { $patch: 'replace', runAsUser: 3 } })).toEqual({
      securityContext: { runAsUser: 3 },
    })
  })

  test('$patch: replace replaces a keyed list', () => {
    const live = { containers: [{ name: 'a' }, { name: 'b' }] }
    const patch = { containers: [{ name: 'c' }, { $patch: 'replace' }] }
    expect(merged(live, patch)).toEqual({ containers: [{ name: 'c' }] })
  })

  test('$patch: delete empties a map', () => {
    expect(merged({ securityContext: { runAsUser: 1 } }, { securityContext: { $patch: 'delete' } })).toEqual({
      securityContext: {},
    })
  })

  test('lists of scalars with the merge strategy are joined without duplicates', () => {
    const live = { metadata: { finalizers: ['a', 'b'] } }
    const after = strategicMergePatch('io.k8s.api.core.v1.Pod', live, { metadata: { finalizers: ['b', 'c'] } })
    expect(after.metadata.finalizers).toEqual(['a', 'b', 'c'])
  })

  test('nulls and directives in what is new are dropped', () => {
    const patch = { affinity: { podAffinity: null, nodeAffinity: { $patch: 'replace', x: 1 } } }
    expect(merged({}, patch)).toEqual({ affinity: { nodeAffinity: { x: 1 } } })
  })

  test('a new element comes before what only the server has and after what precedes it', () => {
    const live = { containers: [{ name: 'a' }, { name: 'mesh' }] }
    expect(merged(live, { containers: [{ name: 'b' }] })).toEqual({
      containers: [{ name: 'b' }, { name: 'a' }, { name: 'mesh' }],
    })
  })

  test('a patch that changes nothing gives the same reference', () => {
    const live = { containers: [{ name: 'a', env: [{ name: 'X', value: '1' }] }], nodeSelector: { a: 'b' } }
    const patch = {
      '$setElementOrder/containers': [{ name: 'a' }],
      containers: [{ name: 'a', env: [{ name: 'X', value: '1' }] }],
      nodeSelector: { c: null },
    }
    expect(merged(live, patch)).toBe(live)
  })

  test('a field called __proto__ stays a field', () => {
    const patch = JSON.parse('{"nodeSelector":{"__proto__":"x"}}') as object
    const after = merged({ nodeSelector: { a: 'b' } }, patch) as { nodeSelector: object }
    expect(Object.keys(after.nodeSelector)).toEqual(['a', '__proto__'])
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })
})

describe('refusals', () => {
  const refusal = (original: unknown, patch: unknown): PatchError => {
    try {
      merged(original, patch)
    } catch (error) {
      if (error instanceof PatchError) return error
      throw error
    }
    throw new Error('was accepted')
  }

  test('an element without its merge key', () => {
    const error = refusal({ containers: [{ name: 'a' }] }, { containers: [{ image: 'x' }] })
    expect(error.message).toBe('map: map[image:x] does not contain declared merge key: name')
    expect(error.reason).toBe('InternalError')
  })

  test('an unknown directive', () => {
    const error = refusal({ securityContext: {} }, { securityContext: { $patch: 'burn' } })
    expect(error.message).toBe('unknown patch type: burn in map: map[$patch:burn]')
  })

  test('a key that is set but not retained', () => {
    const patch = { volumes: [{ $retainKeys: ['name'], name: 'a', emptyDir: {} }] }
    expect(refusal({ volumes: [{ name: 'a' }] }, patch)).toMatchObject({
      reason: 'BadRequest',
      message: 'invalid patch format of retainKeys list',
    })
  })

  test('an order that does not match the list', () => {
    const patch = { '$setElementOrder/containers': [{ name: 'a' }], containers: [{ name: 'b' }] }
    expect(refusal({ containers: [] }, patch).message).toContain("doesn't match $setElementOrder list")
  })
})
