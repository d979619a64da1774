/** Objects of every kind: valid ones are created, nearly valid ones refused, and no body of any sort breaks the API. */
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type Cluster, createCluster, handle } from '../../src/index.ts'
import { kinds } from '../../src/kinds/index.ts'
import { arbitrary } from '../../src/testing/arbitrary.ts'

const world = createCluster({ nodes: 1 })

async function posted(
  cluster: Cluster,
  name: string,
  body: unknown,
  query = '',
): Promise<{ code: number; answer: unknown }> {
  const kind = cluster.registry.find(name) as NonNullable<ReturnType<typeof cluster.registry.find>>
  const base = kind.group === '' ? '/api/v1' : `/apis/${kind.apiVersion}`
  const url = `https://x${base}${kind.namespaced ? '/namespaces/default' : ''}/${kind.plural}?${query}`
  const headers = { 'content-type': 'application/json' }
  const response = await handle(cluster, new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }))
  return { code: response.status, answer: await response.json() }
}

const runs = { seed: 2026, endOnFailure: false }

test('there are objects of every kind that is created', () => {
  const created = kinds.filter((kind) => kind.virtual !== true && kind.verbs.includes('create')).map(({ kind }) => kind)
  expect(arbitrary.kinds).toEqual(created)
})

describe.each(arbitrary.kinds.map((kind) => [kind]))('%s', (kind) => {
  it('valid ones are created as they are', async () => {
    const cluster = await world
    const property = fc.asyncProperty(arbitrary.object(kind, { valid: true }), async (object) => {
      await using fork = cluster.fork()
      const { code, answer } = await posted(fork, kind, object, 'fieldValidation=Strict')
      expect(code, JSON.stringify(answer)).toBe(201)
      const { name } = object.metadata
      expect(fork.get(kind, name)?.metadata.name).toBe(name)
    })
    await fc.assert(property, { ...runs, numRuns: 10 })
  })

  it('nearly valid ones are refused, and nothing is written', async () => {
    const cluster = await world
    const property = fc.asyncProperty(arbitrary.nearlyValid(kind), async ({ object, broken }) => {
      const { revision } = cluster.snapshot
      const { code, answer } = await posted(cluster, kind, object)
      const said = `${broken.how} at ${broken.path}: ${JSON.stringify(answer)}`
      expect([code >= 400 && code < 500, said]).toEqual([true, said])
      expect(cluster.snapshot.revision).toBe(revision)
    })
    await fc.assert(property, { ...runs, numRuns: 25 })
  })

  it('whatever is sent is answered', async () => {
    const cluster = await world
    const property = fc.asyncProperty(arbitrary.invalid(kind), async (body) => {
      const { revision } = cluster.snapshot
      const { code, answer } = await posted(cluster, kind, body, 'dryRun=All')
      expect(code, JSON.stringify(answer)).toBeLessThan(500)
      expect(cluster.snapshot.revision).toBe(revision)
    })
    await fc.assert(property, { ...runs, numRuns: 25 })
  })
})

/** What a claim that is never true of a kind's objects shrinks to. */
function smallest<T>(values: fc.Arbitrary<T>, holds: (value: T) => boolean = () => false): T | undefined {
  return fc.check(fc.property(values, holds), { seed: 5, numRuns: 500 }).counterexample?.[0]
}

describe('shrinking', () => {
  it('ends at the smallest manifest', () => {
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'nginx:1' }] } }
    expect(smallest(arbitrary.object('Deployment'))).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a' },
      spec: { selector: { matchLabels: { app: 'web' } }, template },
    })
    expect(smallest(arbitrary.object('ConfigMap', { namespace: 'shop', name: 'settings' }))).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'shop' },
    })
  })

  it('keeps only what matters', () => {
    const found = smallest(arbitrary.object('Pod'), (pod) => pod.spec.hostNetwork !== true)
    expect(found?.spec).toEqual({ containers: [{ name: 'a', image: 'nginx:1' }], hostNetwork: true })
    const broken = smallest(arbitrary.nearlyValid('Deployment'), (one) => one.broken.path !== 'spec.replicas')
    expect(Object.keys(broken?.object.spec).sort()).toEqual(['replicas', 'selector', 'template'])
    expect(broken?.broken.how).toMatch(/./)
  })

  it.each(arbitrary.kinds.map((kind) => [kind]))('the smallest %s has nothing that could be left out', (kind) => {
    const object = smallest(arbitrary.object(kind))
    expect(Object.keys(object?.metadata ?? {})).toEqual(['name'])
    expect(JSON.stringify(object).length).toBeLessThan(1400)
  })
})

test('kinds that nobody creates are refused by name', () => {
  expect(() => arbitrary.object('Zebra')).toThrow(/KYB-ARBITRARY|Zebra/)
  expect(() => arbitrary.nearlyValid('TokenReview')).toThrow(/not created/)
})
