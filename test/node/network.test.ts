/** The simulated network: names, addresses, who answers. */
import { afterEach, describe, expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { createCluster } from '../../src/cluster.ts'
import { parseUrl } from '../../src/node/network/request.ts'
import { candidates, resolve, resolveSrv } from '../../src/node/network/resolve.ts'
import { destinations, outsideClient, route } from '../../src/node/network/route.ts'
import { podNamed } from '../support/node-scene.ts'
import { viewOf } from '../support/view.ts'

const service = (name: string, spec: object, status: object = {}, namespace = 'default'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, uid: name },
  spec: { type: 'ClusterIP', ports: [{ port: 80, targetPort: 8080 }], ...spec },
  status,
})

interface Wish {
  readonly ip: string
  readonly ready?: boolean
  readonly terminating?: boolean
  readonly node?: string
  readonly hostname?: string
}

const slice = (of: string, wishes: readonly Wish[], name = ''): KubeObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${of}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': of } },
  addressType: 'IPv4',
  ports: [{ name, port: 8080, protocol: 'TCP' }],
  endpoints: wishes.map(({ ip, ready = true, terminating = false, node = 'node-1', hostname }) => ({
    addresses: [ip],
    conditions: { ready, serving: ready || terminating, terminating },
    nodeName: node,
    ...(hostname === undefined ? {} : { hostname }),
  })),
})

const node = (name: string, address: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: { addresses: [{ type: 'InternalIP', address }] },
})

describe('names', () => {
  const view = viewOf([
    service('web', { clusterIP: '10.96.0.10' }),
    service('db', { clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] }),
    service('other', { clusterIP: '10.96.0.11' }, {}, 'shop'),
    service('alias', { type: 'ExternalName', externalName: 'other.shop.svc.cluster.local' }),
    service('outside', { type: 'ExternalName', externalName: 'example.com' }),
    service('empty', { clusterIP: 'None' }),
    slice(
      'db',
      [{ ip: '10.244.0.5', hostname: 'db-0' }, { ip: '10.244.0.6' }, { ip: '10.244.0.7', ready: false }],
      'sql',
    ),
  ])

  test.each([
    ['web', ['10.96.0.10']],
    ['WEB', ['10.96.0.10']],
    ['web.default', ['10.96.0.10']],
    ['web.default.svc', ['10.96.0.10']],
    ['web.default.svc.cluster.local', ['10.96.0.10']],
    ['web.default.svc.cluster.local.', ['10.96.0.10']],
    ['other.shop', ['10.96.0.11']],
    ['db', ['10.244.0.5', '10.244.0.6']],
    ['db-0.db', ['10.244.0.5']],
    ['10-244-0-6.db', ['10.244.0.6']],
    ['10-244-9-9.default.pod.cluster.local', ['10.244.9.9']],
    ['alias', ['10.96.0.11']],
    ['outside', []],
    ['10.1.2.3', ['10.1.2.3']],
  ])('%s', (name, ips) => {
    expect(resolve(view, name, 'default')?.ips).toEqual(ips)
  })

  test.each(['other', 'nothing', 'web.', 'web.shop', 'empty', 'db-0.web', 'x.db-0.db', 'example.com'])(
    '%s is no host',
    (name) => {
      expect(resolve(view, name, 'default')).toBeUndefined()
    },
  )

  test('are seen from the namespace of the pod that asks', () => {
    expect(resolve(view, 'other', 'shop')?.ips).toEqual(['10.96.0.11'])
    expect(resolve(view, 'web', 'shop')).toBeUndefined()
  })

  test('go through the search list, those with five dots first as they are', () => {
    expect(candidates('a.b', 'ns')).toEqual([
      'a.b.ns.svc.cluster.local',
      'a.b.svc.cluster.local',
      'a.b.cluster.local',
      'a.b',
    ])
    expect(candidates('a.b.c.d.e.f', 'ns')[0]).toBe('a.b.c.d.e.f')
  })

  test('of ports have SRV records', () => {
    const full = 'db.default.svc.cluster.local'
    expect(resolveSrv(view, '_sql._tcp.db', 'default')).toEqual([
      { target: `db-0.${full}`, port: 8080 },
      { target: `10-244-0-6.${full}`, port: 8080 },
    ])
    expect(resolveSrv(view, '_sql._udp.db', 'default')).toBeUndefined()
  })
})

describe('routes', () => {
  const ready = [
    { ip: '10.244.0.5', node: 'node-1' },
    { ip: '10.244.1.5', node: 'node-2' },
  ]
  const ips = (view: ReturnType<typeof viewOf>, address: string, port: number, from = outsideClient): string[] => {
    const found = destinations(view, from, address, port)
    return 'error' in found ? [found.error] : found.targets.map((target) => `${target.ip}:${target.port}`)
  }

  test('a cluster address leads to ready endpoints in turn', () => {
    const view = viewOf([
      service('web', { clusterIP: '10.96.0.10' }),
      slice('web', [...ready, { ip: '10.244.0.9', ready: false }]),
    ])
    const way = (turn: number) => route(view, outsideClient, '10.96.0.10', 80, turn)
    expect([0, 1, 2].map((turn) => way(turn))).toMatchObject([
      { target: { ip: '10.244.0.5', port: 8080 } },
      { target: { ip: '10.244.1.5' } },
      { target: { ip: '10.244.0.5' } },
    ])
    expect(ips(view, '10.96.0.10', 81)).toEqual(['refused'])
    expect(ips(view, '10.96.9.9', 80)).toEqual(['timeout'])
  })

  test('without ready endpoints those that are being stopped still serve; without any it is refused', () => {
    const web = service('web', { clusterIP: '10.96.0.10' })
    const stopping = [{ ip: '10.244.0.5', ready: false, terminating: true }]
    expect(ips(viewOf([web, slice('web', stopping)]), '10.96.0.10', 80)).toEqual(['10.244.0.5:8080'])
    expect(ips(viewOf([web, slice('web', [])]), '10.96.0.10', 80)).toEqual(['refused'])
  })

  test('session affinity keeps a client with its endpoint while that is there', () => {
    const web = service('web', { clusterIP: '10.96.0.10', sessionAffinity: 'ClientIP' })
    const many = Array.from({ length: 8 }, (_, i) => ({ ip: `10.244.0.${i + 2}` }))
    const chosen = (wishes: readonly Wish[], ip: string, turn = 0): string => {
      const way = route(viewOf([web, slice('web', wishes)]), { ...outsideClient, ip }, '10.96.0.10', 80, turn)
      return 'error' in way ? way.error : way.target.ip
    }
    const clients = Array.from({ length: 20 }, (_, i) => `203.0.113.${i}`)
    expect(new Set(clients.map((client) => chosen(many, client))).size).toBeGreaterThan(2)
    for (const client of clients) {
      const first = chosen(many, client)
      expect(chosen(many, client, 5)).toBe(first)
      const others = many.filter(({ ip }, i) => ip === first || i % 2 === 0)
      expect(chosen(others, client)).toBe(first)
    }
  })

  test('a node port is open on every node, with Local traffic only where an endpoint is', () => {
    const spec = { type: 'NodePort', clusterIP: '10.96.0.10', ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }
    const nodes = [node('node-1', '172.18.0.2'), node('node-3', '172.18.0.4')]
    const open = viewOf([...nodes, service('web', spec), slice('web', ready)])
    expect(ips(open, '172.18.0.4', 30080)).toEqual(['10.244.0.5:8080', '10.244.1.5:8080'])
    expect(ips(open, '172.18.0.4', 30081)).toEqual(['refused'])
    const local = viewOf([...nodes, service('web', { ...spec, externalTrafficPolicy: 'Local' }), slice('web', ready)])
    expect(ips(local, '172.18.0.2', 30080)).toEqual(['10.244.0.5:8080'])
    expect(ips(local, '172.18.0.4', 30080)).toEqual(['timeout'])
  })

  test('internal traffic policy Local stays on the client’s node', () => {
    const view = viewOf([
      service('web', { clusterIP: '10.96.0.10', internalTrafficPolicy: 'Local' }),
      slice('web', ready),
    ])
    const from = { namespace: 'default', ip: '10.244.1.7', node: 'node-2' }
    expect(ips(view, '10.96.0.10', 80, from)).toEqual(['10.244.1.5:8080'])
  })

  test('a load balancer’s address leads to its service', () => {
    const status = { loadBalancer: { ingress: [{ ip: '198.51.100.7' }] } }
    const view = viewOf([
      service('web', { type: 'LoadBalancer', clusterIP: '10.96.0.10' }, status),
      slice('web', ready),
    ])
    expect(ips(view, '198.51.100.7', 80)).toHaveLength(2)
  })
})

test.each([
  ['web', { scheme: 'http', host: 'web', port: 80, path: '/' }],
  ['https://web.shop/x?y=1', { scheme: 'https', host: 'web.shop', port: 443, path: '/x?y=1' }],
  ['http://10.0.0.1:8080', { scheme: 'http', host: '10.0.0.1', port: 8080, path: '/' }],
  ['http://[fd00::1]:81/a#b', { scheme: 'http', host: 'fd00::1', port: 81, path: '/a' }],
  ['http://web?q', { scheme: 'http', host: 'web', port: 80, path: '/?q' }],
])('the URL %s', (url, parts) => {
  expect(parseUrl(url)).toEqual(parts)
})

describe('in a cluster', () => {
  let cluster: Cluster
  afterEach(() => cluster.close())
  const web = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
  }
  const pod = (name: string, script?: string, port = 8080) => {
    const probe = { readinessProbe: { tcpSocket: { port } } }
    const spec = { containers: [{ name: 'main', image: 'app:1', ports: [{ containerPort: port }], ...probe }] }
    return podNamed(name, { labels: { app: 'web' }, spec, ...(script === undefined ? {} : { script }) })
  }

  test('requests go round the ready pods of a service, which answer with their script’s text', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply([web, pod('a'), pod('b', 'serve "hello"'), pod('c', 'never ready')])
    await cluster.settle()
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await cluster.network.request('http://web'))
    expect(answers.map(({ pod: name, body }) => `${name}: ${body}`.trim()).sort()).toEqual([
      'a: a',
      'a: a',
      'b: hello',
      'b: hello',
    ])
    expect(answers[0]).toMatchObject({ status: 200, node: 'node-1', container: 'main' })
  })

  test('nobody answers where no container listens, no name leads, or nothing runs', async () => {
    cluster = await createCluster({ nodes: 1 })
    await cluster.apply([web, pod('a', undefined, 9090)])
    await cluster.settle()
    await expect(cluster.network.request('http://web')).rejects.toThrow('connection refused')
    await expect(cluster.network.request('http://nothing')).rejects.toThrow('no such host')
    await expect(cluster.network.request('ftp://web')).rejects.toThrow('unsupported protocol scheme')
    const ip = cluster.get('Pod', 'a')?.status.podIP
    expect((await cluster.network.request(`http://${ip}:9090`)).pod).toBe('a')
    cluster.fault({ kill: 'node-1' })
    await expect(cluster.network.request(`http://${ip}:9090`)).rejects.toThrow('connection refused')
  })
})
