/** Services, networking and what stands behind them. */
import fc from 'fast-check'
import type { Recipes, Value } from '../recipe.ts'
import * as words from '../words.ts'

const serviceType = fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName')
const protocol = fc.constantFrom('TCP', 'UDP')
const targetPort = fc.oneof(words.port, words.portName)

/** Several ports are told apart by name; a headless or external Service has no address to share. */
const service = fc
  .record({
    type: serviceType,
    headless: fc.boolean(),
    ports: fc.uniqueArray(fc.record({ port: words.port, protocol, targetPort, named: fc.boolean() }), {
      minLength: 1,
      maxLength: 2,
      selector: ({ port, protocol: over }) => `${port}/${over}`,
    }),
    selector: fc.option(words.someLabels, { nil: undefined }),
    affinity: fc.boolean(),
    policy: fc.constantFrom(undefined, 'Local', 'Cluster'),
    publishNotReadyAddresses: fc.constantFrom(undefined, true),
  })
  .map(({ type, headless, ports, selector, affinity, policy, publishNotReadyAddresses }) => {
    const named = ports.map(({ named: isNamed, ...one }, i) =>
      isNamed || ports.length > 1 ? { name: `p${i}`, ...one } : one,
    )
    const common = {
      ports: named,
      ...(selector && { selector }),
      ...(publishNotReadyAddresses && { publishNotReadyAddresses }),
    }
    if (type === 'ExternalName') return { type, externalName: 'db.example.com', ...common }
    if (type === 'ClusterIP' && headless) return { clusterIP: 'None', ...common }
    const outside = type !== 'ClusterIP' && policy !== undefined ? { externalTrafficPolicy: policy } : {}
    return {
      ...(type !== 'ClusterIP' && { type }),
      ...common,
      ...outside,
      ...(affinity && { sessionAffinity: 'ClientIP' }),
    }
  })

const backend = fc.oneof(
  fc
    .record({
      name: words.name,
      port: fc.oneof(
        words.port.map((number) => ({ number })),
        words.portName.map((name) => ({ name })),
      ),
    })
    .map((one) => ({ service: one })),
  words.name.map((name) => ({ resource: { apiGroup: 'example.com', kind: 'Bucket', name } })),
)
const ingressPath = fc.record({
  path: words.path,
  pathType: fc.constantFrom('Prefix', 'Exact', 'ImplementationSpecific'),
  backend,
})
const rule = fc.record(
  {
    host: fc.constantFrom('example.com', '*.example.com'),
    http: fc.array(ingressPath, { minLength: 1, maxLength: 2 }).map((paths) => ({ paths })),
  },
  { requiredKeys: ['http'] },
)
const ingress = fc
  .record(
    {
      defaultBackend: backend,
      rules: fc.array(rule, { minLength: 1, maxLength: 2 }),
      tls: fc.constant([{ hosts: ['example.com'], secretName: 'tls' }]),
      ingressClassName: words.name,
    },
    { requiredKeys: [] },
  )
  .map((spec) =>
    spec.defaultBackend === undefined && spec.rules === undefined
      ? { ...spec, defaultBackend: { service: { name: 'web', port: { number: 80 } } } }
      : spec,
  )

const peer = fc.oneof(
  fc.record(
    { podSelector: words.labels.map((matchLabels) => ({ matchLabels })), namespaceSelector: fc.constant({}) },
    { requiredKeys: ['podSelector'] },
  ),
  fc.constantFrom({ ipBlock: { cidr: '10.0.0.0/8' } }, { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }),
)
const policyPort = fc.constantFrom<object>(
  { port: 80 },
  { port: 'http', protocol: 'TCP' },
  { port: 8000, endPort: 9000, protocol: 'UDP' },
)
const policyRule = (side: 'from' | 'to') =>
  fc.record(
    {
      ports: fc.array(policyPort, { minLength: 1, maxLength: 2 }),
      [side]: fc.array(peer, { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: [] },
  )

const endpoints = fc
  .record({
    addressType: fc.constantFrom('IPv4', 'IPv6', 'FQDN'),
    count: fc.integer({ min: 0, max: 2 }),
    ready: fc.boolean(),
    ports: words.port,
  })
  .map(({ addressType, count, ready, ports }) => {
    const address = (i: number) =>
      ({ IPv4: `10.0.0.${i + 1}`, IPv6: `fd00::${i + 1}`, FQDN: `h${i}.example.com` })[addressType]
    const list = Array.from({ length: count }, (_, i) => ({ addresses: [address(i)], conditions: { ready } }))
    return { addressType, endpoints: list, ports: [{ name: 'http', port: ports, protocol: 'TCP' }] }
  })

export const serviceRecipes: Recipes = (tie) => ({
  'core.v1.Service': { always: { spec: tie('core.v1.ServiceSpec') } },
  'core.v1.ServiceSpec': { whole: service },
  'core.v1.Endpoints': { only: ['subsets'] },
  'core.v1.EndpointSubset': {
    only: ['notReadyAddresses'],
    always: {
      addresses: fc.uniqueArray(tie('core.v1.EndpointAddress'), {
        minLength: 1,
        maxLength: 2,
        selector: (one) => (one as Value).ip,
      }),
      ports: words.port.map((port) => [{ port }]),
    },
  },
  'core.v1.EndpointAddress': { always: { ip: words.address }, only: ['nodeName', 'hostname'] },
  'discovery.v1.EndpointSlice': { only: [], together: endpoints },
  'networking.v1.Ingress': { always: { spec: ingress } },
  'networking.v1.IngressClass': {
    always: { spec: fc.record({ controller: fc.constantFrom('example.com/ingress', 'example.com/other') }) },
  },
  'networking.v1.NetworkPolicy': { always: { spec: tie('networking.v1.NetworkPolicySpec') } },
  'networking.v1.NetworkPolicySpec': {
    always: { podSelector: words.labels.map((matchLabels) => ({ matchLabels })) },
    fields: {
      ingress: fc.array(policyRule('from'), { maxLength: 2 }),
      egress: fc.array(policyRule('to'), { maxLength: 2 }),
      policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
    },
    refine: ({ policyTypes, ...rest }) =>
      policyTypes === undefined || (rest.egress && !policyTypes.includes('Egress')) ? rest : { ...rest, policyTypes },
  },
  'networking.v1.IPAddress': {
    always: {
      metadata: fc.constantFrom('10.96.200.1', '10.96.200.2', 'fd00::7').map((name) => ({ name })),
      spec: words.name.map((name) => ({ parentRef: { resource: 'services', namespace: 'default', name } })),
    },
  },
  'networking.v1.ServiceCIDR': {
    always: { spec: fc.constantFrom(['10.97.0.0/16'], ['10.98.0.0/24', 'fd00:1::/112']).map((cidrs) => ({ cidrs })) },
  },
})
