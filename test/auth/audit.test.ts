/** Audit events, against those a kube-apiserver of 1.36 wrote for the same requests under the same policy. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type AuditEvent, auditDecision } from '../../src/api/audit.ts'
import { createCluster } from '../../src/index.ts'
import { createHandler } from '../../src/server/handle.ts'
import { normalised } from '../record/normalise.ts'

const file = 'fixtures/wire/kubernetes-1.36/audit.json'
const theirs = JSON.parse(readFileSync(file, 'utf8')) as AuditEvent[]

const policy = {
  rules: [
    { level: 'RequestResponse', resources: [{ group: '', resources: ['configmaps'] }] },
    { level: 'Request', resources: [{ group: '', resources: ['services'] }] },
    { level: 'Metadata' },
  ],
} as const

const everybody = 'system:authenticated'
const admin = { name: 'kubernetes-admin', uid: 'uid-admin', groups: ['system:masters', everybody] }
const alice = { name: 'alice', uid: 'uid-alice', groups: ['dev', everybody] }
const maps = '/api/v1/namespaces/default/configmaps'

async function scene() {
  const cluster = await createCluster({ nodes: 0 })
  const clock = { now: () => cluster.now.getTime(), after: () => ({ cancel: () => undefined }) }
  const sourceOf = (): string => '127.0.0.1'
  const handler = createHandler({ cluster, clock, acted: () => undefined, auditPolicy: policy, sourceOf })
  const events: AuditEvent[] = []
  cluster.audit$.subscribe((event) => events.push(event))
  const send = (method: string, path: string, user: typeof admin | undefined, body?: object, more: object = {}) => {
    const headers = { 'user-agent': 'curl/7.88.1', 'content-type': 'application/json', ...more }
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }
    return handler(new Request(`https://kubernetes.test${path}`, init), user)
  }
  return { cluster, events, send }
}

/** Identities and times are made equal; so is the order of keys. */
function comparable(events: readonly AuditEvent[]): unknown {
  const { body } = normalised({ status: 0, headers: {}, body: events })
  return (body as Record<string, unknown>[]).map((event) => ({ ...event, auditID: '<id>' }))
}

test('what a real server tells of the same requests', async () => {
  const { events, send } = await scene()
  await send('POST', maps, admin, { metadata: { name: 'a' }, data: { k: 'v' } })
  await send('GET', `${maps}/nosuch`, admin)
  await send('GET', '/api/v1/namespaces/default/pods', alice)
  await send('GET', '/api/v1/namespaces/default/pods', undefined)
  await send('GET', '/version', admin, undefined, { 'impersonate-user': 'bob' })
  const watch = await send('GET', `${maps}?watch=1&timeoutSeconds=1`, admin)
  await watch.body?.cancel()
  await send('DELETE', `${maps}/a`, admin)
  const same = theirs.filter(({ verb }) => verb !== 'patch')
  expect(comparable(events)).toEqual(comparable(same))
})

test('nobody listens, nothing is made; an id of the client is kept', async () => {
  const { cluster, events, send } = await scene()
  const answer = await send('GET', '/version', admin, undefined, { 'audit-id': 'mine' })
  expect(answer.headers.get('audit-id')).toBe('mine')
  expect(events.map(({ auditID, stage }) => [auditID, stage])).toEqual([
    ['mine', 'RequestReceived'],
    ['mine', 'ResponseComplete'],
  ])
  const other = await scene()
  expect(other.cluster.plane.audit$.observed).toBe(true)
  const quiet = await createCluster()
  expect(quiet.plane.audit$.observed).toBe(false)
  await cluster.close()
})

describe('policies', () => {
  const action = { verb: 'get', namespace: 'a', group: '', resource: 'pods', subresource: 'log', name: 'x', path: '' }
  const path = { ...action, resource: '', namespace: '', subresource: '', name: '', path: '/healthz/etcd' }
  const user = { username: 'bob', groups: ['ops'] }
  test.each([
    ['users', { users: ['alice'] }, action, 'None'],
    ['groups', { userGroups: ['ops'] }, action, 'Metadata'],
    ['verbs', { verbs: ['list'] }, action, 'None'],
    ['a subresource', { resources: [{ resources: ['pods/log'] }] }, action, 'Metadata'],
    ['a resource without its subresources', { resources: [{ resources: ['pods'] }] }, action, 'None'],
    ['all subresources', { resources: [{ resources: ['pods/*'] }] }, action, 'Metadata'],
    ['a subresource of anything', { resources: [{ resources: ['*/log'] }] }, action, 'Metadata'],
    ['a whole group', { resources: [{ group: '' }] }, action, 'Metadata'],
    ['another group', { resources: [{ group: 'apps' }] }, action, 'None'],
    ['names', { resources: [{ resources: ['pods/log'], resourceNames: ['y'] }] }, action, 'None'],
    ['namespaces', { namespaces: ['b'] }, action, 'None'],
    ['paths', { nonResourceURLs: ['/healthz*'] }, path, 'Metadata'],
    ['paths, for a resource', { nonResourceURLs: ['*'] }, action, 'None'],
    ['resources, for a path', { resources: [{ group: '' }] }, path, 'None'],
  ] as const)('%s', (_name, rule, asked, level) => {
    expect(auditDecision({ rules: [{ level: 'Metadata', ...rule }] }, user, asked).level).toBe(level)
  })
})
