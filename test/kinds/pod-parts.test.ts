/** The subresources ephemeralcontainers and resize: what they change, what they refuse. Messages compared with kube-apiserver 1.36. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Cluster, createCluster } from '../../src/index.ts'

let cluster: Cluster
beforeEach(async () => {
  cluster = await createCluster({ nodes: 1 })
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: {
      schedulerName: 'none',
      initContainers: [{ name: 'i', image: 'x' }],
      containers: [
        { name: 'm', image: 'x', resources: { requests: { cpu: '100m', memory: '64Mi' } } },
        { name: 'n', image: 'x' },
      ],
    },
  })
})
afterEach(() => cluster.close())

const patch = (subresource: string, spec: object, type?: 'merge') =>
  cluster.patch('Pod', 'a', { metadata: { labels: { not: 'mine' } }, spec }, { subresource, ...(type ? { type } : {}) })
const refusal = (subresource: string, spec: object, type?: 'merge') =>
  patch(subresource, spec, type).then(
    () => 'accepted',
    (error: Error) => error.message,
  )

describe('ephemeralcontainers', () => {
  const add = (container: object) =>
    refusal('ephemeralcontainers', { hostNetwork: true, ephemeralContainers: [container] })

  test('adds containers and nothing else', async () => {
    expect(await add({ name: 'd', image: 'busybox', targetContainerName: 'm' })).toBe('accepted')
    const pod = cluster.get('Pod', 'a')
    expect(pod?.spec.ephemeralContainers).toMatchObject([{ name: 'd', imagePullPolicy: 'Always' }])
    expect(pod?.spec.hostNetwork).toBeUndefined()
    expect(pod?.metadata.labels).toBeUndefined()
    expect(pod?.metadata.generation).toBe(2)
  })

  test.each([
    [{ name: 'm', image: 'x' }, 'spec.ephemeralContainers[0].name: Duplicate value: "m"'],
    [
      { name: 'e', image: 'x', targetContainerName: 'zz' },
      'spec.ephemeralContainers[0].targetContainerName: Not found: "zz"',
    ],
    [
      { name: 'e', image: 'x', resources: { requests: { cpu: '1' } } },
      'spec.ephemeralContainers[0].resources: Forbidden: cannot be set for an Ephemeral Container',
    ],
    [
      { name: 'e', image: 'x', restartPolicy: 'Always' },
      'spec.ephemeralContainers[0].restartPolicy: Forbidden: cannot be set for an Ephemeral Container',
    ],
  ])('refuses %j', async (container, why) => {
    expect(await add(container)).toBe(`Pod "a" is invalid: ${why}`)
  })

  test('keeps those that are there', async () => {
    await add({ name: 'd', image: 'busybox' })
    expect(await refusal('ephemeralcontainers', { ephemeralContainers: [] }, 'merge')).toBe(
      'Pod "a" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "d" may not be removed\n',
    )
    expect(await add({ name: 'd', image: 'other' })).toContain('existing ephemeral containers "d" may not be changed\n')
  })
})

describe('resize', () => {
  const of = (name: string, resources: object) => ({ containers: [{ name, image: 'ignored', resources }] })

  test('changes cpu and memory and nothing else', async () => {
    expect(await refusal('resize', of('m', { requests: { cpu: '200m' } }))).toBe('accepted')
    expect(await refusal('resize', of('n', { requests: { cpu: '1' } }))).toBe('accepted')
    expect(await refusal('resize', { initContainers: [{ name: 'i', resources: { requests: { cpu: '1' } } }] })).toBe(
      'accepted',
    )
    const pod = cluster.get('Pod', 'a')
    expect(pod?.spec.containers[0]).toMatchObject({
      image: 'x',
      resources: { requests: { cpu: '200m', memory: '64Mi' } },
    })
    expect(pod?.metadata.generation).toBe(4)
    expect(pod?.metadata.labels).toBeUndefined()
  })

  test.each([
    [
      of('m', { requests: { cpu: null } }),
      'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    ],
    [
      of('m', { requests: { cpu: '200m' }, limits: { cpu: '100m' } }),
      'spec.containers[0].resources.requests: Invalid value: "200m": must be less than or equal to cpu limit of 100m',
    ],
    [
      of('m', { requests: { 'ephemeral-storage': '1Gi' } }),
      'spec: Forbidden: only cpu and memory resources are mutable',
    ],
  ])('refuses %j', async (spec, why) => {
    expect(await refusal('resize', spec)).toBe(`Pod "a" is invalid: ${why}`)
  })

  test('refuses a changed class', async () => {
    const amounts = { cpu: '1', memory: '64Mi' }
    const both = { requests: amounts, limits: amounts }
    const spec = {
      containers: [
        { name: 'm', resources: both },
        { name: 'n', resources: both },
      ],
      initContainers: [{ name: 'i', resources: both }],
    }
    expect(await refusal('resize', spec)).toBe(
      'Pod "a" is invalid: spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
    )
  })
})
