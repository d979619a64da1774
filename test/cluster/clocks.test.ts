/** The cluster's clock as others' clocks: XState actors and RxJS operators live on cluster time. */
import { interval, map, take, timer } from 'rxjs'
import { expect, it } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { createCluster } from '../../src/index.ts'

it('drives delays of an XState actor of the embedding program', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const states = { waiting: { after: { 300000: 'done' } }, done: {} } as const
  const actor = createActor(createMachine({ initial: 'waiting', states }), { clock: cluster.clock as never }).start()
  await cluster.advance('299s')
  expect(actor.getSnapshot().value).toBe('waiting')
  await cluster.advance('1s')
  expect(actor.getSnapshot().value).toBe('done')
})

it('drives RxJS operators, in order and with their own time', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const seen: string[] = []
  const start = cluster.now.getTime()
  const at = map((name: string) => `${name} ${cluster.now.getTime() - start}`)
  interval(2000, cluster.scheduler)
    .pipe(
      take(3),
      map((i) => `tick ${i}`),
      at,
    )
    .subscribe((text) => seen.push(text))
  timer(5000, cluster.scheduler)
    .pipe(
      map(() => 'timer'),
      at,
    )
    .subscribe((text) => seen.push(text))
  await cluster.advance('10s')
  expect(seen).toEqual(['tick 0 2000', 'tick 1 4000', 'timer 5000', 'tick 2 6000'])
})

it('forgets what was unsubscribed, and does not call back in a fork', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const seen: string[] = []
  timer(1000, cluster.scheduler).subscribe(() => seen.push('kept'))
  timer(1000, cluster.scheduler)
    .subscribe(() => seen.push('dropped'))
    .unsubscribe()
  const other = cluster.fork()
  await other.advance('2s')
  expect(seen).toEqual([])
  await cluster.advance('2s')
  expect(seen).toEqual(['kept'])
  await other.close()
})
