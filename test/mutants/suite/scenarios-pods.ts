/** Bare pods of every sort: init containers, sidecars, probes, restart policies, deadlines, slow ends. */
import type { Scenario } from './scenarios.ts'

const liveness = 'livenessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5, failureThreshold: 2}'
const readiness = 'readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5, failureThreshold: 1}'
const sleeps = (name: string, seconds: number, code = 0, more = '') =>
  `{name: ${name}, image: busybox, command: [sh, -c, "sleep ${seconds}; exit ${code}"]${more}}`
const serves = (name: string, more = '', image = 'nginx:1') => `{name: ${name}, image: "${image}"${more}}`

/** Name, then spec; `script` is what its containers do beside their commands. */
export const podSpecs: readonly { readonly name: string; readonly spec: string; readonly script?: string }[] = [
  { name: 'plain', spec: `containers: [${serves('a')}, ${serves('b')}]`, script: 'stop after 25s' },
  {
    name: 'begins',
    spec: `initContainers: [${sleeps('one', 5)}, ${sleeps('two', 5)}], containers: [${serves('main')}]`,
    script: 'main: stop after 25s',
  },
  {
    name: 'helped',
    spec: `initContainers: [${serves('side', `, restartPolicy: Always, ${readiness}`)}, ${sleeps('one', 5)}], containers: [${serves('main')}]`,
    script: 'main: stop after 12s\nside: ready after 20s',
  },
  {
    name: 'never-begins',
    spec: `restartPolicy: Never, initContainers: [${sleeps('one', 5, 1)}], containers: [${serves('main')}]`,
  },
  {
    name: 'hard-to-begin',
    spec: `restartPolicy: OnFailure, initContainers: [${sleeps('one', 5, 1)}], containers: [${serves('main')}]`,
  },
  { name: 'long-begin', spec: `initContainers: [${serves('one')}], containers: [${serves('main')}]` },
  { name: 'works', spec: `restartPolicy: OnFailure, containers: [${sleeps('c', 5)}]` },
  { name: 'fails', spec: `restartPolicy: OnFailure, containers: [${sleeps('c', 5, 1)}]` },
  { name: 'comes-back', spec: `containers: [${sleeps('c', 5)}, ${serves('d')}]` },
  { name: 'one-fails', spec: `restartPolicy: Never, containers: [${sleeps('a', 5)}, ${sleeps('b', 20, 1)}]` },
  { name: 'one-goes-on', spec: `restartPolicy: Never, containers: [${sleeps('a', 5, 1)}, ${sleeps('b', 60)}]` },
  {
    name: 'probed',
    spec: `containers: [${serves('a', `, ${liveness}`)}, ${serves('b')}]`,
    script: 'a: live until 40s',
  },
  {
    name: 'half-ready',
    spec: `containers: [${serves('a', `, ${readiness}`)}, ${serves('b')}]`,
    script: 'a: never ready',
  },
  {
    name: 'ready-late',
    spec: `containers: [${serves('a', `, ${readiness}`)}, ${serves('b')}]`,
    script: 'a: ready after 30s; stop after 25s',
  },
  {
    name: 'half-live',
    spec: `containers: [${serves('a', `, ${readiness}`)}, ${serves('b')}]`,
    script: 'a: live until 40s',
  },
  {
    name: 'slow-end',
    spec: `terminationGracePeriodSeconds: 300, containers: [${serves('a')}]`,
    script: 'stop after 200s',
  },
  { name: 'deaf', spec: `terminationGracePeriodSeconds: 20, containers: [${serves('a')}]`, script: 'ignore TERM' },
  { name: 'brief', spec: `activeDeadlineSeconds: 30, containers: [${serves('a')}]`, script: 'stop after 12s' },
  { name: 'not-there', spec: `containers: [${serves('a', '', 'nginx:does-not-exist')}]` },
  {
    name: 'port-tcp',
    spec: `nodeName: node-1, containers: [${serves('a', ', ports: [{containerPort: 53, hostPort: 53}]')}]`,
  },
  {
    name: 'port-udp',
    spec: `nodeName: node-1, containers: [${serves('a', ', ports: [{containerPort: 53, hostPort: 53, protocol: UDP}]')}]`,
  },
  {
    name: 'big',
    spec: `restartPolicy: Never, nodeName: node-1, containers: [${sleeps('a', 15, 0, ', resources: {requests: {cpu: "3"}}')}]`,
  },
  {
    name: 'big-too',
    spec: `restartPolicy: Never, nodeName: node-2, containers: [${sleeps('a', 15, 0, ', resources: {requests: {cpu: "3"}}')}]`,
  },
]

export const podText = ({ name, spec, script }: (typeof podSpecs)[number]): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: pods}${script === undefined ? '' : `, annotations: {kybern.dev/script: ${JSON.stringify(script)}}`}}
spec: {${spec}}
---`

export const podScenarios: readonly Scenario[] = [
  {
    name: 'pods',
    cluster: { nodes: 2 },
    manifest: podSpecs.map(podText).join(''),
    ops: [
      'pod',
      'pod',
      'pod',
      'pod',
      'end-pod',
      'end-pod',
      'end-pod',
      'edit-pod',
      'edit-pod',
      'taint',
      'kill',
      'wait',
      'cordon',
    ],
  },
]
