/** Server-side apply: who owns what, conflicts, force, taking over from updates, lists of every type, status. */
import type { Step, Suite } from '../suite.ts'

const namespace = 'wire-apply'
const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`
const services = `/api/v1/namespaces/${namespace}/services`
const type = 'application/apply-patch+yaml'

const applies = (name: string, path: string, manager: string, body: unknown, query = ''): Step => ({
  name,
  method: 'PATCH',
  path: `${path}?fieldManager=${manager}${query}`,
  type,
  body,
})

const base = (spec: object, metadata: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', ...metadata },
  spec,
})
const pod = (containers: object[], more: object = {}): object => ({
  template: { metadata: { labels: { app: 'web' } }, spec: { containers, ...more } },
})
const selector = { matchLabels: { app: 'web' } }
const one = { name: 'one', image: 'one:1', ports: [{ containerPort: 80, protocol: 'TCP' }] }
const web = `${deployments}/web`
const service = (ports: object[]): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports },
})

export const apply: Suite = {
  name: 'apply',
  namespaces: [namespace],
  steps: [
    applies('creates', web, 'alpha', base({ replicas: 1, selector, ...pod([one]) }, { labels: { owner: 'alpha' } })),
    applies(
      'again, nothing new',
      web,
      'alpha',
      base({ replicas: 1, selector, ...pod([one]) }, { labels: { owner: 'alpha' } }),
    ),
    applies('another manager, the same value', web, 'beta', base({ replicas: 1 })),
    applies('another manager, another value', web, 'beta', base({ replicas: 2 })),
    applies('another manager by force', web, 'beta', base({ replicas: 2 }), '&force=true'),
    applies(
      'the first one in conflict',
      web,
      'alpha',
      base({ replicas: 1, selector, ...pod([{ ...one, image: 'one:2' }]) }, { labels: { owner: 'alpha' } }),
    ),
    applies(
      'the first one gives replicas up',
      web,
      'alpha',
      base({ selector, ...pod([{ ...one, image: 'one:2' }]) }, { labels: { owner: 'alpha' } }),
    ),
    applies('the other gives replicas up', web, 'beta', base({})),
    applies(
      'two conflicts with one manager',
      web,
      'gamma',
      base(pod([{ name: 'one', image: 'x' }]), { labels: { owner: 'gamma' } }),
    ),
    applies('a second container', web, 'gamma', base(pod([{ name: 'two', image: 'two:1' }]))),
    applies('the second container without its key', web, 'gamma', base(pod([{ image: 'two:1' }]))),
    applies(
      'the same key twice',
      web,
      'gamma',
      base(
        pod([
          { name: 'two', image: 'two:1' },
          { name: 'two', image: 'two:2' },
        ]),
      ),
    ),
    applies('the second container goes', web, 'gamma', base({})),
    {
      name: 'an update changes an applied field',
      method: 'PATCH',
      path: `${web}?fieldManager=hand`,
      type: 'application/merge-patch+json',
      body: {
        spec: {
          template: {
            spec: { containers: [{ name: 'one', image: 'one:3', ports: [{ containerPort: 80, protocol: 'TCP' }] }] },
          },
        },
      },
    },
    applies(
      'conflict with the update',
      web,
      'alpha',
      base({ selector, ...pod([{ ...one, image: 'one:4' }]) }, { labels: { owner: 'alpha' } }),
    ),
    applies(
      'force over the update',
      web,
      'alpha',
      base({ selector, ...pod([{ ...one, image: 'one:4' }]) }, { labels: { owner: 'alpha' } }),
      '&force=true',
    ),
    applies('a set of values', web, 'delta', base({}, { finalizers: ['wire.example.com/delta'] })),
    applies('another of the same set', web, 'epsilon', base({}, { finalizers: ['wire.example.com/epsilon'] })),
    applies('one leaves the set', web, 'delta', base({}, { annotations: { by: 'delta' } })),
    applies('an atomic list', web, 'delta', base(pod([], { tolerations: [{ key: 'a', operator: 'Exists' }] }))),
    applies('another atomic list', web, 'epsilon', base(pod([], { tolerations: [{ key: 'b', operator: 'Exists' }] }))),
    applies('an atomic struct in conflict', web, 'epsilon', base({ selector: { matchLabels: { app: 'other' } } })),
    applies('a null', web, 'zeta', base({ replicas: null } as object)),
    applies('no manager', web, '', base({ replicas: 1 })),
    applies('a manager too long', web, 'x'.repeat(129), base({ replicas: 1 })),
    applies(
      'managedFields in the patch',
      web,
      'zeta',
      base({}, { managedFields: [{ manager: 'x', operation: 'Apply' }] }),
    ),
    applies('a name that is another', web, 'zeta', { ...base({}), metadata: { name: 'other' } }),
    applies('no kind', web, 'zeta', { apiVersion: 'apps/v1', metadata: { name: 'web' } }),
    applies('no apiVersion', web, 'zeta', { kind: 'Deployment', metadata: { name: 'web' } }),
    applies('another kind', web, 'zeta', { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web' } }),
    applies('an unknown field', web, 'zeta', base({ unheardOf: 1 })),
    applies('an unknown field, strictly', web, 'zeta', base({ unheardOf: 1 }), '&fieldValidation=Strict'),
    applies('a wrong type', web, 'zeta', base({ replicas: 'many' })),
    applies('an old version', web, 'zeta', base({}, { resourceVersion: '1' })),
    applies('a uid that is another', web, 'zeta', base({}, { uid: 'other' })),
    applies('a dry run', web, 'eta', base({ minReadySeconds: 5 }), '&dryRun=All'),
    applies('force without apply', web, 'eta', base({ minReadySeconds: 5 }), '&force=maybe'),
    {
      name: 'force with a merge patch',
      method: 'PATCH',
      path: `${web}?force=true`,
      type: 'application/merge-patch+json',
      body: {},
    },
    applies(
      'text as YAML',
      web,
      'yaml',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  minReadySeconds: 7\n',
    ),
    applies(
      'YAML with the same key twice',
      web,
      'yaml',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  minReadySeconds: 7\n  minReadySeconds: 8\n',
    ),
    applies('broken YAML', web, 'yaml', 'apiVersion: [\n'),
    applies('the status', `${web}/status`, 'theta', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      status: {
        replicas: 4,
        conditions: [
          {
            type: 'Available',
            status: 'True',
            lastTransitionTime: '2026-01-01T00:00:00Z',
            lastUpdateTime: '2026-01-01T00:00:00Z',
            reason: 'x',
            message: 'y',
          },
        ],
      },
    }),
    applies('the status, another condition', `${web}/status`, 'iota', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      status: {
        conditions: [
          {
            type: 'Progressing',
            status: 'True',
            lastTransitionTime: '2026-01-01T00:00:00Z',
            lastUpdateTime: '2026-01-01T00:00:00Z',
          },
        ],
      },
    }),
    applies('the status of nothing', `${deployments}/none/status`, 'iota', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'none' },
      status: { replicas: 1 },
    }),
    applies('the scale', `${web}/scale`, 'scaler', {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'web' },
      spec: { replicas: 8 },
    }),
    applies(
      'replicas against the scaler',
      web,
      'alpha',
      base({ replicas: 3, selector, ...pod([{ ...one, image: 'one:4' }]) }, { labels: { owner: 'alpha' } }),
    ),
    {
      name: 'a client clears managedFields',
      method: 'PATCH',
      path: web,
      type: 'application/merge-patch+json',
      body: { metadata: { managedFields: [{}] } },
    },
    applies('after the clearing', web, 'kappa', base({ revisionHistoryLimit: 3 })),
    {
      name: 'create by kubectl',
      path: `${services}?fieldManager=kubectl-client-side-apply`,
      body: {
        ...service([{ name: 'http', port: 80 }]),
        metadata: {
          name: 'web',
          annotations: {
            'kubectl.kubernetes.io/last-applied-configuration':
              '{"apiVersion":"v1","kind":"Service","metadata":{"annotations":{},"name":"web","namespace":"wire-apply"},"spec":{"ports":[{"name":"http","port":80}],"selector":{"app":"web"}}}\n',
          },
        },
      },
    },
    applies('kubectl moves to server-side apply', `${services}/web`, 'kubectl', service([{ name: 'http', port: 80 }])),
    applies(
      'ports by port and protocol',
      `${services}/web`,
      'second',
      service([{ name: 'dns', port: 53, protocol: 'UDP' }]),
    ),
    applies('a port without its default key', `${services}/web`, 'second', service([{ name: 'other', port: 53 }])),
    applies('a port in conflict', `${services}/web`, 'second', service([{ name: 'web', port: 80 }])),
    { name: 'the end', path: web },
  ],
}
