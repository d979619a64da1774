/** Pod security: what each level refuses and warns of, and what namespaces' labels may say. */
import type { Step, Suite } from '../suite.ts'

const strict = 'wire-restricted'
const base = 'wire-baseline'
const told = 'wire-warned'
const old = 'wire-versioned'

const merge = { method: 'PATCH', type: 'application/merge-patch+json' } as const

function labelled(namespace: string, labels: object, name = 'labels', query = ''): Step {
  return {
    name: `${namespace}: ${name}`,
    ...merge,
    path: `/api/v1/namespaces/${namespace}${query}`,
    body: { metadata: { labels } },
    pauseMs: 300,
  }
}

const safe = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
}

interface Case {
  readonly pod?: object
  readonly container?: object
  readonly annotations?: object
  readonly more?: readonly object[]
}

/** Pods that break one thing each. */
const cases: Readonly<Record<string, Case>> = {
  plain: {},
  safe: { container: { securityContext: safe } },
  'safe as a whole': {
    pod: { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Localhost', localhostProfile: 'x' } } },
    container: {
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
    },
  },
  'the host': { pod: { hostNetwork: true, hostPID: true, hostIPC: true } },
  privileged: { container: { securityContext: { privileged: true } } },
  'capabilities added': {
    container: { securityContext: { capabilities: { add: ['NET_ADMIN', 'CHOWN', 'SYS_TIME'] } } },
  },
  'ports of the host': {
    container: {
      ports: [
        { containerPort: 80, hostPort: 8080 },
        { containerPort: 81, hostPort: 81 },
      ],
    },
  },
  'probes elsewhere': {
    container: {
      livenessProbe: { httpGet: { port: 80, host: 'example.com' } },
      lifecycle: { preStop: { tcpSocket: { port: 80, host: '10.0.0.1' } } },
    },
  },
  'paths of the host': {
    pod: {
      volumes: [
        { name: 'a', hostPath: { path: '/' } },
        { name: 'b', nfs: { server: 's', path: '/' } },
      ],
    },
  },
  'a masked proc': { pod: { hostUsers: false }, container: { securityContext: { procMount: 'Unmasked' } } },
  selinux: {
    pod: { securityContext: { seLinuxOptions: { user: 'u', type: 'odd_t' } } },
    container: { securityContext: { seLinuxOptions: { role: 'r' } } },
  },
  seccomp: {
    pod: { securityContext: { seccompProfile: { type: 'Unconfined' } } },
    container: { securityContext: { seccompProfile: { type: 'Unconfined' } } },
  },
  sysctls: {
    pod: {
      securityContext: {
        sysctls: [
          { name: 'kernel.msgmax', value: '1' },
          { name: 'net.ipv4.tcp_rmem', value: '1' },
        ],
      },
    },
  },
  apparmor: {
    pod: { securityContext: { appArmorProfile: { type: 'Unconfined' } } },
    annotations: { 'container.apparmor.security.beta.kubernetes.io/main': 'unconfined' },
  },
  root: {
    pod: { securityContext: { runAsUser: 0, runAsNonRoot: false } },
    container: { securityContext: { runAsUser: 0 } },
  },
  'two containers': { more: [{ name: 'second', image: 'nginx:1.25' }] },
  'a windows pod': { pod: { os: { name: 'windows' } }, container: { securityContext: { runAsNonRoot: true } } },
}

function podOf({ pod = {}, container = {}, annotations, more = [] }: Case, name = 'wire-pod'): object {
  const containers = [{ name: 'main', image: 'nginx:1.25', ...container }, ...more]
  const metadata = { name, ...(annotations === undefined ? {} : { annotations }) }
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers, ...pod } }
}

function tried(namespace: string): Step[] {
  return Object.entries(cases).map(([name, one]) => ({
    name: `${namespace}: ${name}`,
    path: `/api/v1/namespaces/${namespace}/pods?dryRun=All`,
    body: podOf(one),
  }))
}

const template = { metadata: { labels: { app: 'w' } }, spec: { containers: [{ name: 'main', image: 'nginx:1.25' }] } }
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'wire-web' },
  spec: { selector: { matchLabels: { app: 'w' } }, template },
}

const enforce = 'pod-security.kubernetes.io/enforce'

const steps: readonly Step[] = [
  labelled(strict, { [enforce]: 'restricted' }),
  ...tried(strict),
  { name: 'a workload', path: `/apis/apps/v1/namespaces/${strict}/deployments?dryRun=All`, body: deployment },
  labelled(base, { [enforce]: 'baseline' }),
  ...tried(base),
  labelled(told, { 'pod-security.kubernetes.io/warn': 'restricted', 'pod-security.kubernetes.io/audit': 'baseline' }),
  ...tried(told),
  labelled(old, { [enforce]: 'restricted', [`${enforce}-version`]: 'v1.18' }),
  ...tried(old),
  labelled(told, { [enforce]: 'strict' }, 'a level there is not'),
  labelled(told, { [`${enforce}-version`]: '1.20' }, 'a version there is not'),
  { name: 'a pod', path: `/api/v1/namespaces/${told}/pods`, body: podOf({}, 'wire-a') },
  { name: 'another pod', path: `/api/v1/namespaces/${told}/pods`, body: podOf({ pod: { hostPID: true } }, 'wire-b') },
  { name: 'a third pod', path: `/api/v1/namespaces/${told}/pods`, body: podOf({}, 'wire-c') },
  labelled(told, { [enforce]: 'baseline' }, 'stricter', '?dryRun=All'),
  labelled(told, { [enforce]: 'restricted' }, 'strictest', '?dryRun=All'),
  {
    name: 'a namespace with a wrong level',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'wire-wrong', labels: { [enforce]: 'none' } } },
  },
]

export const podSecurity: Suite = { name: 'admission-pod-security', namespaces: [strict, base, told, old], steps }
