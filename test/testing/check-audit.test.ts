/** Properties over audit logs: of kybern itself, of a real cluster's shape, and of logs that do not tell everything. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { AuditEvent } from '../../src/api/audit.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { createCluster } from '../../src/index.ts'
import { createHandler } from '../../src/server/handle.ts'
import { checkAudit } from '../../src/testing/check-audit.ts'
import {
  always,
  eventually,
  implies,
  leadsTo,
  never,
  noOscillation,
  settled,
  sometimes,
  stable,
  step,
} from '../../src/testing/property.ts'

const image = (tag: string) => ({ containers: [{ name: 'web', image: `nginx:${tag}` }] })
const web = (replicas: number, tag = '1'): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: image(tag) },
  },
})
const deployments = '/apis/apps/v1/namespaces/default/deployments'

describe("kybern's own audit events", () => {
  /** What a client does, and what the cluster's audit stream tells of it at a level. */
  async function recorded(level: 'RequestResponse' | 'Metadata'): Promise<AuditEvent[]> {
    await using cluster = await createCluster({ nodes: 2 })
    const clock = { now: () => cluster.now.getTime(), after: () => ({ cancel: () => undefined }) }
    const handler = createHandler({ cluster, clock, acted: () => undefined, auditPolicy: { rules: [{ level }] } })
    const events: AuditEvent[] = []
    cluster.audit$.subscribe((event) => events.push(event))
    const user = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }
    const ask = async (method: string, path: string, body?: object, type = 'application/json') => {
      const init =
        body === undefined ? { method } : { method, headers: { 'content-type': type }, body: JSON.stringify(body) }
      expect((await handler(new Request(`https://x${path}`, init), user)).ok).toBe(true)
      await cluster.settle()
    }
    const merge = 'application/merge-patch+json'
    await ask('POST', deployments, web(2))
    await ask('GET', '/api/v1/pods')
    await ask('PATCH', `${deployments}/web/scale`, { spec: { replicas: 4 } }, merge)
    await ask('PATCH', `${deployments}/web`, { spec: { template: { spec: image('2') } } }, merge)
    await ask('GET', `${deployments}/web`)
    await ask('DELETE', `${deployments}/web`)
    return events
  }

  it('are judged write by write', async () => {
    const events = await recorded('RequestResponse')
    const log = events.map((event) => JSON.stringify(event)).join('\n')
    const report = checkAudit(log, [
      always((s) => s.deployment('web').replicas <= 4).as('at most four'),
      sometimes((s) => s.image('web') === 'nginx:2').as('the new image'),
      sometimes((s) => s.pods.length === 2).as('pods, as they were read'),
      never((s) => s.deployment('web').replicas === 4).as('never four'),
      step(({ by, verb }) => (verb.startsWith('patch') ? by === 'user' : undefined)).as('users patch'),
    ])
    const verdicts = report.properties.map(({ name, verdict }) => `${name}: ${verdict}`)
    expect(verdicts.slice(1)).toEqual([
      'the new image: holds',
      'pods, as they were read: holds',
      'never four: violated',
      'users patch: not decided',
    ])
    const scaled = report.properties[3]
    expect(events[(scaled?.event ?? 0) - 1]?.requestURI).toBe(`${deployments}/web/scale`)
    expect(scaled?.what).toBe('patch/scale deployments.apps default/web by kubernetes-admin')
    // The controllers inside write without asking over HTTP: the log does not have their writes, and says so.
    expect(report.gaps[0]?.what).toMatch(/^the creation of pods default\/web-/)
    expect(report.gaps.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/^writes of deployments.apps default\/web between/),
    )
    expect(verdicts[0]).toBe('at most four: not decided')
  })

  it('of the level Metadata tell too little', async () => {
    const report = checkAudit(await recorded('Metadata'), [
      always(() => true).as('anything'),
      sometimes(() => true).as('something'),
    ])
    expect(report.writes).toBe(0)
    expect(report.properties.map(({ verdict }) => verdict)).toEqual(['vacuous', 'vacuous'])
    expect(report.gaps[0]?.what).toBe(
      'create of deployments.apps default/web without its object: the level is Metadata',
    )
    expect(report.toString()).toMatch(/4 gaps/)
  })
})

/** A log as kube-apiserver 1.36 writes it, made by hand: each line one write. */
class Log {
  readonly events: AuditEvent[] = []
  #version = 100
  #second = 0

  wrote(
    verb: string,
    path: string,
    answer: object,
    more: { user?: string; sent?: object; level?: string; wait?: number } = {},
  ): this {
    const [resource = '', name = '', subresource = ''] = path.split('/')
    this.#second += more.wait ?? 1
    const at = `2026-11-23T10:${String(Math.floor(this.#second / 60)).padStart(2, '0')}:${String(this.#second % 60).padStart(2, '0')}.000000Z`
    const [plural = '', group = ''] = [resource.split('.')[0], resource.split('.').slice(1).join('.')]
    const isStatus = (answer as KubeObject).kind === 'Status'
    const metadata = { namespace: 'default', uid: `uid-${name}`, ...(answer as KubeObject).metadata, name }
    const object = isStatus
      ? answer
      : { ...answer, metadata: { ...metadata, resourceVersion: String(++this.#version) } }
    this.events.push({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: (more.level ?? 'RequestResponse') as 'Metadata',
      auditID: `id-${this.events.length + 1}`,
      stage: 'ResponseComplete',
      requestURI: `/x/${path}`,
      verb,
      user: { username: more.user ?? 'alice', groups: ['system:authenticated'] },
      objectRef: {
        resource: plural,
        namespace: 'default',
        name,
        apiVersion: 'v1',
        ...(group && { apiGroup: group }),
        ...(subresource && { subresource }),
      },
      responseStatus: { metadata: {}, code: verb === 'create' ? 201 : 200, ...(isStatus && { status: 'Success' }) },
      ...(more.level === 'Metadata' ? {} : { responseObject: object }),
      ...(more.sent === undefined ? {} : { requestObject: more.sent }),
      requestReceivedTimestamp: at,
      stageTimestamp: at,
    })
    return this
  }
}

const set = 'system:serviceaccount:kube-system:replicaset-controller'
const pod = (spec: object = {}, status: object = { phase: 'Running' }): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  spec: { containers: [], ...spec },
  status,
})
const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 200 }

describe('a log by hand', () => {
  const log = new Log()
    .wrote('create', 'deployments.apps/web', web(2), { sent: web(2) })
    .wrote('create', 'pods/web-1', pod({}, { phase: 'Pending' }), { user: set })
    .wrote('create', 'pods/web-1/binding', status, {
      user: 'system:kube-scheduler',
      sent: { apiVersion: 'v1', kind: 'Binding', target: { kind: 'Node', name: 'n1' } },
    })
    .wrote('patch', 'pods/web-1/status', pod({ nodeName: 'n1' }), { user: 'system:node:n1' })
    .wrote('create', 'pods/web-1/eviction', status, {
      sent: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web-1' } },
      wait: 90,
    })
    .wrote(
      'delete',
      'pods/web-1',
      {
        ...pod({ nodeName: 'n1' }),
        metadata: { deletionTimestamp: '2026-11-23T10:01:40Z', deletionGracePeriodSeconds: 0 },
      },
      { user: 'system:node:n1' },
    )
    .wrote('patch', 'deployments.apps/web', web(0))

  const judged = (property: Parameters<typeof checkAudit>[1][number]) =>
    checkAudit(log.events, [property]).properties[0]

  it('has no gaps', () => {
    const report = checkAudit(log.events, [])
    expect([report.gaps, report.writes, report.ok]).toEqual([[], 7, true])
  })

  it.each([
    ['holds', always((s) => s.pods.length <= 1), undefined],
    ['violated', always((s) => s.deployment('web').replicas === 2 || 'it was scaled down'), 7],
    ['violated', never((s) => s.pods.some((one) => one.metadata.deletionTimestamp !== undefined)), 5],
    [
      'violated',
      always((s) => s.activePods.length >= 0 && s.list('pods').every((one) => one.spec.nodeName === undefined)),
      3,
    ],
    ['holds', sometimes((s) => s.pods[0]?.status?.phase === 'Running'), 4],
    ['not decided', sometimes((s) => s.nodes.length > 0), undefined],
    [
      'holds',
      implies(
        (s) => s.pods[0]?.status?.phase === 'Running',
        (s) => s.pods[0]?.spec.nodeName === 'n1',
      ),
      undefined,
    ],
    [
      'vacuous',
      implies(
        (s) => s.nodes.length > 0,
        () => false,
      ),
      undefined,
    ],
    ['violated', stable((s) => s.pods.length === 1), 6],
    [
      'violated',
      step(({ by, verb }) => (verb === 'bind' ? by !== 'scheduler' || 'the scheduler binds' : undefined)),
      3,
    ],
    [
      'holds',
      step(({ by, type, resource }) =>
        resource === 'pods' && type === 'ADDED' ? by === 'controller/replicaset' : undefined,
      ),
      undefined,
    ],
    ['vacuous', step(() => undefined), undefined],
    ['not decided', settled(() => true), undefined],
    ['not decided', noOscillation((s) => s.pods.length), undefined],
    ['not decided', eventually((s) => s.pods.length === 0), undefined],
    [
      'not decided',
      leadsTo(
        (s) => s.deployment('web').replicas === 0,
        (s) => s.deployment('web').object === undefined,
      ),
      undefined,
    ],
    [
      'violated',
      leadsTo(
        (s) => s.pods[0]?.status?.phase === 'Running',
        (s) => s.pods.length === 0,
      ).within('30s'),
      4,
    ],
    [
      'not decided',
      leadsTo(
        (s) => s.pods[0]?.status?.phase === 'Running',
        (s) => s.pods.length === 0,
      ).within('3m'),
      undefined,
    ],
    [
      'vacuous',
      leadsTo(
        (s) => s.nodes.length > 0,
        () => true,
      ),
      undefined,
    ],
  ] as const)('%s', (verdict, property, event) => {
    const found = judged(property)
    expect([found?.verdict, found?.event]).toEqual([verdict, event])
  })

  it('tells where, who and why', () => {
    const found = judged(always((s) => s.deployment('web').replicas === 2 || 'it was scaled down').as('two'))
    expect(found).toMatchObject({
      auditID: 'id-7',
      what: 'patch deployments.apps default/web by alice',
      why: 'it was scaled down',
    })
    expect(checkAudit(log.events, [always(() => false).as('nothing')]).toString()).toMatch(
      /✗ nothing: violated at event 1 \(2026-11-23T10:00:01Z, create deployments.apps default\/web by alice\): it does not hold/,
    )
  })

  it('in another order of lines tells the same: versions count', () => {
    const [first, second, ...rest] = log.events as [AuditEvent, AuditEvent, ...AuditEvent[]]
    const report = checkAudit(
      [second, first, ...rest],
      [
        step(({ verb, resource }, before) =>
          resource === 'pods' && verb === 'create' ? before.deployment('web').replicas === 2 : undefined,
        ),
      ],
    )
    expect(report.properties[0]?.verdict).toBe('holds')
  })
})

it('a log of kube-apiserver 1.36', () => {
  const text = readFileSync(new URL('../../fixtures/wire/kubernetes-1.36/audit-log.jsonl', import.meta.url), 'utf8')
  const report = checkAudit(text, [
    always((s) => s.deployment('web').replicas <= 4 || `${s.deployment('web').replicas} replicas`),
    sometimes((s) => s.image('web') === 'nginx:2'),
    sometimes((s) => s.get('Pod', 'a')?.spec.nodeName === 'n1'),
    sometimes((s) => s.get('Pod', 'a')?.metadata.deletionTimestamp !== undefined),
    stable((s) => s.get('Pod', 'a') !== undefined),
    step(({ verb, by }) => (verb === 'bind' ? by === 'scheduler' : undefined)),
  ])
  const found = report.properties.map(({ verdict, what }) => `${verdict} ${what}`)
  const by = 'by kubernetes-admin'
  expect(report.gaps).toEqual([])
  expect(found).toEqual([
    `violated patch/scale deployments.apps default/web ${by}`,
    `holds patch deployments.apps default/web ${by}`,
    `holds bind pods default/a ${by}`,
    `holds create/eviction pods default/a ${by}`,
    `violated delete pods default/a ${by}`,
    `violated bind pods default/a ${by}`,
  ])
  expect(report.properties[0]?.why).toBe('5 replicas')
})

describe('what a log does not tell', () => {
  const verdictOf = (log: Log, options = {}) => checkAudit(log.events, [always(() => true)], options)

  it('objects from before the log, unless they are given', () => {
    const log = new Log().wrote('patch', 'deployments.apps/web', web(3))
    expect(verdictOf(log).gaps).toEqual([{ line: 1, what: 'how deployments.apps default/web was before' }])
    const from = [
      {
        ...web(2),
        metadata: { name: 'web', uid: 'uid-web', resourceVersion: '90', creationTimestamp: '2026-11-23T09:00:00Z' },
      },
    ]
    const report = checkAudit(log.events, [step(({ previous }) => previous?.spec.replicas === 2)], { from })
    expect([report.gaps, report.properties[0]?.verdict]).toEqual([[], 'holds'])
  })

  it('writes between two it has', () => {
    const sent = { ...web(3), metadata: { name: 'web', namespace: 'default', resourceVersion: '150' } }
    const log = new Log()
      .wrote('create', 'deployments.apps/web', web(1))
      .wrote('update', 'deployments.apps/web', web(3), { sent })
    const report = verdictOf(log)
    expect(report.gaps).toEqual([
      { line: 2, what: 'writes of deployments.apps default/web between versions 101 and 150' },
    ])
    expect(report.properties[0]).toMatchObject({
      verdict: 'not decided',
      why: expect.stringMatching(/held at all 2 .* 1 gaps/),
    })
  })

  it('objects of events of a lower level; a violation after a gap is told with a doubt', () => {
    const log = new Log()
      .wrote('update', 'deployments.apps/web', web(1), { level: 'Metadata' })
      .wrote('create', 'pods/a', pod())
    const report = checkAudit(log.events, [always((s) => s.pods.length === 0)])
    expect(report.properties[0]).toMatchObject({
      verdict: 'violated',
      event: 2,
      why: expect.stringMatching(/gaps before this/),
    })
    expect(report.ok).toBe(false)
  })

  it('which objects a deletecollection removed', () => {
    const log = new Log().wrote('create', 'pods/a', pod()).wrote('deletecollection', 'pods', status)
    expect(verdictOf(log).gaps).toEqual([{ line: 2, what: 'which pods a deletecollection removed' }])
  })

  it('refused requests and dry runs are no writes; other kinds are taken as they come', () => {
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', spec: { size: 3 } }
    const log = new Log()
      .wrote('create', 'widgets.example.com/w', widget)
      .wrote('create', 'pods/a', pod())
      .wrote('create', 'pods/b', pod())
    const [first, second, third] = log.events as [AuditEvent, AuditEvent, AuditEvent]
    const events = [
      first,
      { ...second, requestURI: `${second.requestURI}?dryRun=All` },
      { ...third, responseStatus: { code: 409 } },
    ]
    const report = checkAudit(events, [
      always((s) => s.get('widgets.example.com', 'w')?.spec.size === 3),
      never((s) => s.pods.length > 0),
    ])
    expect([report.writes, report.properties.map(({ verdict }) => verdict)]).toEqual([1, ['holds', 'holds']])
  })

  it('lines that are no events', () => {
    expect(() => checkAudit('{"kind":"Event"}', [])).toThrow(/line 1 of the log is no Event/)
    expect(() => checkAudit(`\n{"kind":`, [])).toThrow(/line 2 of the log is no JSON/)
  })
})

it('a log without events is an error, not a pass', () => {
  expect(() => checkAudit('', [always(() => true)])).toThrow(/KYB-AUDIT: there are no events in the log/)
})
