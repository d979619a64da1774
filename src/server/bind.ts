/** POST pods/<name>/binding, and what other schedulers send there. */
import type { Kind } from '../api/kind.ts'
import { badRequest } from '../api/status-error.ts'
import { json } from './answer.ts'
import { objectIn } from './body.ts'
import type { Call } from './context.ts'
import { sent } from './write.ts'

interface Binding {
  readonly metadata?: { readonly uid?: string }
  readonly target?: { readonly kind?: string; readonly name?: string }
}

/** 201 with a Status; 400 for a target that is no node, 409 for a pod that is bound. */
export async function bindPod(call: Call, kind: Kind): Promise<Response> {
  const binding = ((await objectIn(call.request, 'Binding')) ?? {}) as Binding
  const { kind: target = 'Node', name: node = '' } = binding.target ?? {}
  if (target !== 'Node' || node === '') throw badRequest('target.kind: Unsupported value: must be Node, with a name')
  const ref = { resource: kind.resource, namespace: call.info.namespace, name: call.info.name }
  const uid = binding.metadata?.uid === undefined ? {} : { uid: binding.metadata.uid }
  const cause = { why: 'request', by: call.user.name, key: `${call.request.method} ${call.info.path}` } as const
  await sent(call, { type: 'pod.bind', ref, node, ...uid, cause })
  return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, { code: 201 })
}
