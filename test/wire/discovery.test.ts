/** Discovery against that of a real kube-apiserver 1.36: each resource with names, scope, verbs, subresources. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createCluster } from '../../src/index.ts'
import { ask } from '../support/requests.ts'

interface Subresource {
  readonly subresource: string
  readonly [field: string]: unknown
}

interface Resource {
  readonly resource: string
  readonly subresources?: readonly Subresource[]
  readonly [field: string]: unknown
}

interface Group {
  readonly metadata: { readonly name?: string }
  readonly versions: readonly { readonly version: string; readonly resources: readonly Resource[] }[]
}

const url = new URL('../../fixtures/wire/kubernetes-1.36/discovery.json', import.meta.url)
const { items: real } = JSON.parse(readFileSync(url, 'utf8')) as { items: readonly Group[] }

const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
const cluster = await createCluster({ nodes: 0 })
const answers = await Promise.all(['/api', '/apis'].map((path) => ask(cluster, 'GET', path, { accept })))
const ours = answers.flatMap(({ body }) => body.items as Group[])

/** By `group/version/resource`; subresources beside them, as they are built one by one. */
function rows(groups: readonly Group[]): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const { metadata, versions } of groups)
    for (const { version, resources } of versions)
      for (const { subresources = [], ...resource } of resources) {
        const name = `${metadata.name ?? ''}/${version}/${resource.resource}`
        found.set(name, resource)
        for (const one of subresources) found.set(`${name}/${one.subresource}`, one)
      }
  return found
}

const expected = rows(real)
const found = rows(ours)
/** What may be missing; what is there is compared all the same. */
const unserved = new Set(
  readFileSync(new URL('./unserved.txt', import.meta.url), 'utf8')
    .trim()
    .split('\n'),
)

describe('what is served is described as Kubernetes describes it', () => {
  test.each([...expected.keys()].filter((name) => found.has(name) || !unserved.has(name)))('%s', (name) => {
    expect(found.get(name)).toEqual(expected.get(name))
  })
})

test('groups come in Kubernetes order', () => {
  const names = (groups: readonly Group[]): string[] => groups.map(({ metadata }) => metadata.name ?? '')
  const there = new Set(names(ours))
  const known = names(real)
  expect(names(ours).filter((name) => known.includes(name))).toEqual(known.filter((name) => there.has(name)))
})
