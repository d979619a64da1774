/** The HorizontalPodAutoscaler over time: stabilization, policies, rest; H1, H4, H5. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryAnnotation } from '../../src/controllers/horizontal-pod-autoscaler/memory.ts'
import { condition, later, load, look, run, scene, size } from '../support/autoscaler-scene.ts'
import { wakesOf } from '../support/workshop.ts'

describe('behaviour over time (H4)', () => {
  it('waits five minutes before shrinking, and says why', () => {
    const shop = scene({ replicas: 4 })
    load(shop, 500)
    look(shop)
    later(shop, 285, () => 100)
    expect(size(shop)).toBe(4)
    expect(condition(shop, 'AbleToScale')).toMatchObject({
      status: 'True',
      reason: 'ScaleDownStabilized',
      message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
    })
    later(shop, 30, () => 100)
    expect(size(shop)).toBe(1)
  })

  it('grows no faster than to twice the size, or by four pods, at a time', () => {
    const shop = scene({ replicas: 1, spec: { maxReplicas: 30 } })
    load(shop, 5000)
    look(shop)
    expect(size(shop)).toBe(4)
    expect(condition(shop, 'ScalingLimited')).toMatchObject({
      status: 'True',
      reason: 'ScaleUpLimit',
      message: 'the desired replica count is increasing faster than the maximum scale rate',
    })
    run(shop)
    shop.now += 600_000
    load(shop, 5000)
    look(shop)
    expect(size(shop)).toBe(8)
  })

  it('follows policies: the defaults of behavior, then one pod a minute', () => {
    const shop = scene({ replicas: 1, spec: { maxReplicas: 30, behavior: { scaleDown: {} } } })
    load(shop, 9000)
    look(shop)
    expect(size(shop)).toBe(5)
    const slow = { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] }
    shop.patch('HorizontalPodAutoscaler', 'web', {
      spec: { behavior: { scaleDown: { ...slow, stabilizationWindowSeconds: 0 } } },
    })
    run(shop)
    shop.now += 600_000
    later(shop, 60, () => 10)
    expect(size(shop)).toBe(4)
    expect(condition(shop, 'ScalingLimited')?.reason).toBe('ScaleDownLimit')
    later(shop, 60, () => 10)
    expect(size(shop)).toBe(3)
  })

  it('never shrinks when shrinking is disabled', () => {
    const behavior = { scaleDown: { selectPolicy: 'Disabled', stabilizationWindowSeconds: 0 } }
    const shop = scene({ replicas: 4, spec: { behavior } })
    later(shop, 60, () => 10)
    expect(size(shop)).toBe(4)
  })

  it('holds growth back for the stabilization window asked for', () => {
    const behavior = { scaleUp: { stabilizationWindowSeconds: 60 } }
    const shop = scene({ replicas: 2, spec: { behavior } })
    load(shop, 500)
    look(shop)
    later(shop, 45, () => 1000)
    expect(size(shop)).toBe(2)
    expect(condition(shop, 'AbleToScale')?.reason).toBe('ScaleUpStabilized')
    later(shop, 30, () => 1000)
    expect(size(shop)).toBe(4)
  })

  it('asks again in 15 seconds in the background, and writes nothing while nothing changes (G2)', () => {
    const shop = scene()
    load(shop, 500)
    look(shop)
    shop.now += 15_000
    load(shop, 500)
    const intents = look(shop)
    expect(wakesOf(intents)).toEqual([{ type: 'wake', at: shop.now + 15_000, background: true }])
    expect(intents).toHaveLength(1)
    expect(shop.get('HorizontalPodAutoscaler', 'web').metadata.annotations?.[memoryAnnotation]).toBeDefined()
  })

  it('stays within its bounds and comes to rest under a constant load (H1, H5)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 0, max: 8000 }),
        (least, more, replicas, total) => {
          const shop = scene({ replicas, spec: { minReplicas: least, maxReplicas: least + more } })
          const share = (pods: number) => Math.round(total / Math.max(1, pods))
          for (let round = 0; round < 60; round++) {
            later(shop, 15, share)
            expect(size(shop)).toBeGreaterThanOrEqual(least)
            expect(size(shop)).toBeLessThanOrEqual(least + more)
          }
          const rest = size(shop)
          later(shop, 600, share)
          expect(size(shop)).toBe(rest)
        },
      ),
      { numRuns: 15 },
    )
  })
})
