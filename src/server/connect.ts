/**
 * Connections to pods, services and nodes pass admission as the operation CONNECT before anything is answered.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import type { Call } from './context.ts'
import { baseOf } from './options.ts'
import { isTrue } from './request-info.ts'

/** The options each connection carries, and which of them are yes or no, or lists. */
const connections: Readonly<Record<string, string>> = {
  'pods/exec': 'PodExecOptions',
  'pods/attach': 'PodAttachOptions',
  'pods/portforward': 'PodPortForwardOptions',
  'pods/proxy': 'PodProxyOptions',
  'services/proxy': 'ServiceProxyOptions',
  'nodes/proxy': 'NodeProxyOptions',
}
const switches = ['stdin', 'stdout', 'stderr', 'tty']

export function isConnection(kind: Kind, subresource: string): boolean {
  return connections[`${kind.resource}/${subresource}`] !== undefined
}

/** Throws what admission refuses the connection with. */
export async function admitConnection(call: Call, kind: Kind): Promise<void> {
  const { name, subresource, query } = call.info
  const namespace = kind.namespaced ? call.info.namespace : ''
  const flags = switches.filter((one) => isTrue(query.get(one))).map((one) => [one, true])
  const container = query.get('container')
  const command = query.getAll('command')
  const ports = query.getAll('ports').map(Number)
  const path = query.get('path')
  const object = {
    apiVersion: 'v1',
    kind: connections[`${kind.resource}/${subresource}`] ?? '',
    ...Object.fromEntries(flags),
    ...(container ? { container } : {}),
    ...(subresource === 'exec' ? { command } : {}),
    ...(ports.length > 0 ? { ports } : {}),
    ...(path ? { path } : {}),
  } as unknown as KubeObject
  const ref = { resource: kind.resource, namespace, name }
  const outcome = await call.cluster.dispatch({ ...baseOf(call, kind), type: 'connect', ref, subresource, object })
  if (!outcome.ok) throw outcome.error
}
