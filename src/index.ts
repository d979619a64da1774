/**
 * kybern: a Kubernetes-compatible control plane inside a TypeScript program. This is the front door; its manual:
 *
 *     import { createCluster } from 'kybern'
 *
 *     await using cluster = await createCluster({ nodes: 3, seed: 7 })
 *     await cluster.apply(`
 *       apiVersion: apps/v1
 *       kind: Deployment
 *       metadata: { name: web, labels: { app: web } }
 *       spec:
 *         replicas: 3
 *         selector: { matchLabels: { app: web } }
 *         template:
 *           metadata: { labels: { app: web } }
 *           spec: { containers: [{ name: web, image: nginx:1.14.2 }] }
 *     `)
 *     await cluster.settle()                                    // until nothing is left to do; takes no real time
 *     cluster.get('Deployment', 'web')?.status.readyReplicas    // 3
 *     cluster.fault({ kill: 'node-1' })
 *     await cluster.advance('10m')                              // its pods are elsewhere now
 *     await cluster.until((c) => c.list('Pod').every((pod) => pod.status?.phase === 'Running'), { within: '2m' })
 *
 * The control plane is real: API, controllers, scheduler. The nodes are simulated. Time is virtual unless
 * `createCluster({ time: 'real' })` says otherwise: it moves only by `settle`, `advance` and `until`, and the same seed
 * with the same calls gives the same cluster. State lives in memory and ends with the process.
 *
 * Every snapshot is an immutable value: `cluster.snapshot` is the one of now, `cluster.snapshot$` all of them in order,
 * `cluster.transition$` what was written, when and why; `cluster.fork()` is an independent cluster from this moment.
 * `cluster.admit(object)` answers what creating or replacing an object would: `{ object, warnings, error }`, nothing is
 * written. Admission webhooks are called over HTTPS, or are functions: `createCluster({ webhooks: { 'name': (review) =>
 * ({ allowed: true }) } })` by the webhook's name, URL or `namespace/service`.
 *
 * Own controllers and kinds come in by `cluster.use(controller({ … }))` and `defineKind({ … })`. Kubernetes' own kinds, for
 * `of`, `owns` and `watches`: `import { Pod } from 'kybern/kinds'`.
 *
 * The HTTP API without a socket: `handle(cluster, new Request('https://x/api/v1/pods'))` answers a `Response`.
 *
 * For kubectl: `import { serve } from 'kybern/server'`, or the command `kybern up`. For statecharts: `kybern/machines`.
 * Errors are Kubernetes' own (`StatusError`, with `status` and `code`) or kybern's (`KybernError`, with a stable `code`
 * that `kybern explain CODE` explains).
 */

import type { Cluster } from './cluster/cluster.ts'
import type { ClusterOptions } from './cluster/options.ts'
import { createCluster as create } from './cluster.ts'
import { wallClock } from './edge/wall-clock.ts'
import type { OutsidePort } from './ports.ts'
import type { User } from './server/context.ts'
import type { Handler } from './server/handle.ts'

export type { AuditEvent, AuditPolicy, AuditRule } from './api/audit.ts'
export type { Kind, KindSpec, VersionSpec } from './api/kind.ts'
export { defineKind } from './api/kind.ts'
export type { KubeObject, ObjectMeta, OwnerReference, Ref, ResourceKey } from './api/object.ts'
export { StatusError } from './api/status-error.ts'
export type { AdmitOptions, Admitted } from './cluster/admit.ts'
export type { Cluster } from './cluster/cluster.ts'
export type { Fault, OngoingFault } from './cluster/fault.ts'
export { fault } from './cluster/fault-rules.ts'
export type { Manifest } from './cluster/manifest.ts'
export type { ClusterOptions, TimeMode } from './cluster/options.ts'
export type { ListOptions } from './cluster/selecting.ts'
export type { Trouble } from './cluster.ts'
export type { Controller } from './controllers/controller.ts'
export { controller } from './controllers/controller.ts'
export { KybernError } from './lib/coded-error.ts'
export type {
  CertificateSigner,
  EncryptionAtRest,
  Logger,
  OutsideCall,
  OutsidePort,
  OutsideReply,
  OutsideTarget,
  TokenSigner,
  WallClock,
  WebhookFunction,
} from './ports.ts'
export type { User } from './server/context.ts'
export type { Snapshot } from './store/snapshot.ts'
export type { Cause, Committed, Outcome, Transition } from './store/transition.ts'
export type { View } from './store/view.ts'

/** Webhooks are called over HTTPS; the code for it is loaded when the first one is. */
const outside: OutsidePort = async (call, target) => (await import('./edge/webhook.ts')).callWebhook(call, target)

/**
 * A new cluster, booted: namespaces, classes and nodes are there. In `real` and scaled time it follows the wall clock
 * (`options.clock` replaces it). Throws KYB-TIME and KYB-START for options that make no sense.
 */
export function createCluster(options: ClusterOptions = {}): Promise<Cluster> {
  return create({ clock: wallClock, outside, ...options })
}

/** The user an embedder is unless it says otherwise. */
const embedder: User = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }
// One handler a cluster: it owns the counters of /metrics and of requests in flight.
const handlers = new WeakMap<Cluster, Handler>()

/**
 * Answers one HTTP request to the cluster's API, without a server: any path of the API with any body it takes. `user` is
 * who asks; an administrator when absent. Never throws for what a client may do wrong: refusals are Responses with a
 * Status. Source: https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
export async function handle(cluster: Cluster, request: Request, user: User = embedder): Promise<Response> {
  const { createHandler } = await import('./server/handle.ts')
  const handler = handlers.get(cluster) ?? createHandler({ cluster, clock: wallClock, acted: () => undefined })
  handlers.set(cluster, handler)
  return handler(request, user)
}
