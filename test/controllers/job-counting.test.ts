/** Jobs count each pod once, whatever crash comes between two of their writes. */
import { expect, test } from 'vitest'
import { explore, scenario, settled } from '../../src/testing/index.ts'
import { invariants } from '../../src/testing/invariants/index.ts'

const job = (name: string, spec: object, command: readonly string[]) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    ...spec,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command }] } },
  },
})

const { J1, J2, J4, J7 } = invariants
const counts = (name: string, field: string, wanted: number) =>
  settled((s) => s.list('jobs.batch').every(({ status }) => status?.[field] === wanted)).as(
    `${name}: ${wanted} ${field}`,
  )

test('a success is counted once when the controller crashes at any write', async () => {
  const world = scenario('sum', (c) => c.nodes(1).do({ op: 'apply', object: job('sum', {}, ['true']) as never }))
  const report = await explore(world, [J1, J2, J4, J7, counts('sum', 'succeeded', 1)], {
    mode: 'random',
    runs: 60,
    faults: { crash: 2 },
    seed: 1,
  })
  expect(String(report)).not.toContain('✗')
})

test('a failure is counted once when the controller crashes at any write', async () => {
  const bad = job('bad', { backoffLimit: 0 }, ['false'])
  const world = scenario('bad', (c) => c.nodes(1).do({ op: 'apply', object: bad as never }))
  const report = await explore(world, [J1, J4, J7, counts('bad', 'failed', 1)], {
    mode: 'random',
    runs: 60,
    faults: { crash: 2 },
    seed: 1,
  })
  expect(String(report)).not.toContain('✗')
})
