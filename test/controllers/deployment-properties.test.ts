/** Properties of the Deployment controller under every order of its parts: D1, D2, D7. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { maxSurge, maxUnavailable } from '../../src/controllers/deployment/fenceposts.ts'
import { deploymentController } from '../../src/controllers/deployment.ts'
import { replicaSetController } from '../../src/controllers/replicaset.ts'
import { begun, deployment, key, rolling, setImage, sets, settled, sizes } from '../support/deployment-scene.ts'
import type { Workshop } from '../support/workshop.ts'

type Act = {
  readonly do: 'deployment' | 'replicasets' | 'one replicaset' | 'pods' | 'one pod' | 'break' | 'image' | 'scale'
  readonly n: number
}

const act: fc.Arbitrary<Act> = fc.record({
  do: fc.constantFrom(
    'deployment',
    'deployment',
    'replicasets',
    'replicasets',
    'pods',
    'pods',
    'break',
    'image',
    'scale',
  ),
  n: fc.nat(5),
})

/** Lets one part of the cluster act; the order of the parts is the property's input. */
function take(shop: Workshop, { do: what, n }: Act): void {
  if (what === 'deployment') deployed(shop)
  else if (what === 'replicasets')
    for (const set of sets(shop)) shop.reconcile(replicaSetController, `default/${set.metadata.name}`)
  else if (what === 'one replicaset') {
    const set = sets(shop)[n % sets(shop).length]
    if (set !== undefined) shop.reconcile(replicaSetController, `default/${set.metadata.name}`)
  } else if (what === 'one pod') {
    const pod = shop.list('Pod').find((one) => !one.spec.nodeName)
    if (pod !== undefined) shop.setPod(pod, { phase: 'Running', ready: true })
  } else if (what === 'pods') shop.runPods()
  else if (what === 'image') setImage(shop, `nginx:${n}`)
  else if (what === 'scale') shop.patch('Deployment', 'web', { spec: { replicas: n } })
  else {
    const pod = shop.list('Pod')[n]
    if (pod?.status?.phase === 'Running') shop.setPod(pod, { phase: 'Running', ready: false })
  }
}

const readyPods = (shop: Workshop, set: KubeObject) =>
  shop
    .list('Pod')
    .filter(
      (pod) =>
        pod.metadata.ownerReferences?.[0]?.uid === set.metadata.uid && pod.metadata.deletionTimestamp === undefined,
    )
    .filter((pod) =>
      pod.status?.conditions?.some(
        (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
      ),
    ).length

/** One reconcile of the Deployment, with D1 and D2 asked of what it wrote. */
function deployed(shop: Workshop): void {
  const before = new Map(sets(shop).map((set) => [set.metadata.name, set]))
  shop.reconcile(deploymentController, key)
  const now = shop.get('Deployment', 'web')
  const after = sets(shop)
  const grew = after.some((set) => set.spec.replicas > (before.get(set.metadata.name)?.spec.replicas ?? 0))
  const wanted = after.reduce((sum, set) => sum + set.spec.replicas, 0)
  if (grew) expect(wanted).toBeLessThanOrEqual(now.spec.replicas + maxSurge(now))
}

describe('properties', () => {
  const strategy = fc.constantFrom(rolling(1, 0), rolling(0, 1), rolling('50%', '50%'), rolling(3, 2), {
    strategy: { type: 'Recreate' },
  })

  it('never wants more pods than size and surge allow, and always completes (D2, D7)', () => {
    fc.assert(
      fc.property(strategy, fc.array(act, { maxLength: 40 }), (chosen, acts) => {
        const shop = begun(deployment(3, chosen))
        for (const one of acts) take(shop, one)
        settled(shop)
        const { spec, status, metadata } = shop.get('Deployment', 'web')
        expect(status.observedGeneration).toBe(metadata.generation)
        expect([status.updatedReplicas ?? 0, status.replicas ?? 0, status.availableReplicas ?? 0]).toEqual(
          Array(3).fill(spec.replicas),
        )
        expect(sets(shop).filter((set) => set.spec.replicas > 0).length).toBeLessThanOrEqual(1)
        const hashes = sets(shop).map((set) => set.metadata.labels?.['pod-template-hash'])
        expect(new Set(hashes).size).toBe(hashes.length)
      }),
      { numRuns: 60 },
    )
  })

  it('never takes an available pod below the minimum by its own shrinking, however late ReplicaSets act (D1)', () => {
    const late: fc.Arbitrary<Act> = fc.record({
      do: fc.constantFrom('deployment', 'deployment', 'one replicaset', 'one pod'),
      n: fc.nat(1),
    })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        fc.array(late, { minLength: 10, maxLength: 60 }),
        (replicas, surge, unavailable, acts) => {
          const shop = begun(deployment(replicas, rolling(surge, surge + unavailable === 0 ? 1 : unavailable)))
          setImage(shop, 'nginx:2')
          const least = replicas - maxUnavailable(shop.get('Deployment', 'web'))
          for (const one of acts) {
            take(shop, one)
            const promised = sets(shop).reduce((sum, set) => sum + Math.min(set.spec.replicas, readyPods(shop, set)), 0)
            expect(promised).toBeGreaterThanOrEqual(least)
          }
          settled(shop)
          expect(sizes(shop)).toEqual({ 'nginx:1': 0, 'nginx:2': replicas })
        },
      ),
      { numRuns: 60 },
    )
  })
})
