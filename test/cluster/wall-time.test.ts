/** Time that follows the wall, with a wall of the test's own: it flows, advance skips ahead, close stops it. */
import { expect, it } from 'vitest'
import { createCluster, type WallClock } from '../../src/index.ts'

/** A wall clock whose hands the test moves. */
function wall() {
  let now = 1_800_000_000_000
  let waiting: { at: number; fire: () => void }[] = []
  const clock: WallClock = {
    now: () => now,
    after(ms, fire) {
      const one = { at: now + ms, fire }
      waiting.push(one)
      return {
        cancel: () => {
          waiting = waiting.filter((other) => other !== one)
        },
      }
    },
  }
  const pass = (ms: number) => {
    const end = now + ms
    for (;;) {
      const [next] = waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      waiting = waiting.filter((other) => other !== next)
      now = Math.max(now, next.at)
      next.fire()
    }
    now = end
  }
  return { clock, pass, waiting: () => waiting.length, now: () => now }
}

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: { containers: [{ name: 'c', image: 'x' }] },
}

it.each([
  ['real', 1],
  ['60x', 60],
] as const)('%s', async (time, pace) => {
  const hands = wall()
  const cluster = await createCluster({ nodes: 1, time, clock: hands.clock })
  const start = cluster.now.getTime()
  expect(start).toBe(hands.now())
  await cluster.apply(pod)
  expect(cluster.get('Pod', 'a')?.status.phase).toBe('Pending')
  hands.pass(30_000 / pace)
  expect(cluster.get('Pod', 'a')?.status.phase).toBe('Running')
  expect(Math.abs(cluster.now.getTime() - start - 30_000)).toBeLessThanOrEqual(1000 * pace)
  const before = cluster.now.getTime()
  await cluster.advance('10m')
  expect(cluster.now.getTime()).toBe(before + 600_000)
  hands.pass(5000)
  expect(Math.abs(cluster.now.getTime() - before - 600_000 - 5000 * pace)).toBeLessThanOrEqual(1000 * pace)
  expect(hands.waiting()).toBe(1)
  await using fork = cluster.fork()
  await cluster.close()
  expect(hands.waiting()).toBe(0)
  const [ended, forked] = [cluster.now.getTime(), fork.now.getTime()]
  hands.pass(60_000)
  expect([cluster.now.getTime(), fork.now.getTime()]).toEqual([ended, forked])
})
