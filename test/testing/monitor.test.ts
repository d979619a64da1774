/** The monitor says what was violated, what held, and what nothing concerned; in virtual time. */
import { expect, test } from 'vitest'
import { createCluster } from '../../src/index.ts'
import {
  always,
  eventually,
  leadsTo,
  never,
  noOscillation,
  settled,
  sometimes,
  stable,
  step,
  watchOver,
} from '../../src/testing/index.ts'

const web = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
})

const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name)

test('each property is violated, held or vacuous', async () => {
  await using cluster = await createCluster({ nodes: 1, seed: 1 })
  const watch = watchOver(cluster, [
    always((s) => s.pods.length < 2).as('one pod at most'),
    never((s) => s.pods.length > 9).as('never ten'),
    sometimes((s) => s.deployment('web').available === 2).as('two available'),
    sometimes((s) => s.pods.length === 7).as('seven'),
    settled((s) => s.deployment('web').available === s.deployment('web').replicas).as('available at rest'),
    step((write) => (write.resource === 'pods' && write.verb === 'bind' ? write.by === 'scheduler' : undefined)).as(
      'bound by the scheduler',
    ),
    step((write) => (write.resource === 'secrets' ? true : undefined)).as('about secrets'),
    eventually((s) => s.deployment('web').available === 2).as('comes'),
    stable((s) => s.pods.length > 0).as('never none again'),
    step((write) =>
      write.type === 'ADDED' && write.resource === 'pods' ? write.believed.pods.length === 0 : undefined,
    ).as('made without seeing another'),
    always(() => {
      throw new Error('no')
    }).as('a formula that throws'),
  ])
  await cluster.apply(web(2) as never)
  await cluster.settle()
  const { violated, held, vacuous, witnesses, writes } = watch.report()
  expect(violated.map(({ property, why }) => [property.name, why])).toEqual([
    ['one pod at most', 'it does not hold'],
    ['a formula that throws', 'the formula threw: no'],
  ])
  expect(names(held)).toEqual([
    'never ten',
    'two available',
    'available at rest',
    'bound by the scheduler',
    'comes',
    'never none again',
    'made without seeing another',
  ])
  expect(names(vacuous)).toEqual(['seven', 'about secrets'])
  expect(witnesses.get('bound by the scheduler')).toBe(2)
  expect(writes).toBeGreaterThan(8)
  watch.stop()
  await cluster.delete('Deployment', 'web')
  expect(watch.report().writes).toBe(writes)
})

test('what is owed within a time is violated when that has passed', async () => {
  await using cluster = await createCluster({ nodes: 0, seed: 1 })
  const owed = leadsTo(
    (s) => s.pods.length > 0,
    (s) => s.deployment('web').available === 1,
  )
  const watch = watchOver(cluster, [owed.as('soon').within('1m'), owed.as('some day')])
  await cluster.apply(web(1) as never)
  await cluster.advance('30s')
  expect(watch.report().violated.map(({ property }) => property.name)).toEqual(['some day'])
  await cluster.advance('1m')
  expect(watch.report().violated.map(({ property, why }) => [property.name, why])[0]).toEqual([
    'soon',
    'it has not come to that within 60 s',
  ])
})

test('a value that comes back again and again while no user does anything goes round', async () => {
  await using cluster = await createCluster({ nodes: 0, seed: 1 })
  const value = noOscillation((s) => s.deployment('web').replicas).as('size')
  const [byUser, byOthers] = [watchOver(cluster, [value]), watchOver(cluster, [value])]
  await cluster.apply(web(1) as never)
  for (let i = 0; i < 5; i++) await cluster.patch('Deployment', 'web', { spec: { replicas: 2 - (i % 2) } })
  expect(byUser.report().violated).toEqual([])
  for (let i = 0; i < 8; i++)
    await cluster.dispatch({
      type: 'patch',
      ref: { resource: 'deployments.apps', namespace: 'default', name: 'web' },
      patchType: 'merge',
      patch: { spec: { replicas: 2 - (i % 2) } },
      cause: { why: 'reconcile', by: 'controller/mad' },
    })
  expect(byOthers.report().violated.map(({ property }) => property.name)).toEqual(['size'])
})
