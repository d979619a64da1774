/** POST bindings and POST pods/<name>/binding: what schedulers send to give a pod its node. */
import { amongOptional, filled } from '../api/checks.ts'
import { aggregateText, path } from '../api/field-error.ts'
import type { Kind } from '../api/kind.ts'
import type { ObjectMeta } from '../api/object.ts'
import { badRequest, plainError } from '../api/status-error.ts'
import { json } from './answer.ts'
import { objectIn } from './body.ts'
import type { Call } from './context.ts'
import { writeOptions } from './options.ts'
import { sent } from './write.ts'

interface Binding {
  readonly metadata?: Pick<ObjectMeta, 'labels' | 'annotations'> & { readonly name?: string; readonly uid?: string }
  readonly target?: { readonly kind?: string; readonly name?: string }
}

/** 201 with a Status; 400 for a binding without a pod, 500 for a target that is no node, 409 for a pod that is bound. */
export async function bindPod(call: Call, pods: Kind): Promise<Response> {
  const binding = ((await objectIn(call.request, 'Binding')) ?? {}) as Binding
  const name = binding.metadata?.name ?? ''
  if (call.info.name !== '' && call.info.name !== name)
    throw badRequest('name in URL does not match name in Binding object')
  if (name === '') throw badRequest('Name parameter required.')
  const { kind, name: node = '' } = binding.target ?? {}
  const at = path('target')
  const wrong = [
    ...amongOptional(kind || undefined, ['Node', '<empty>'], at.child('kind')),
    ...filled(node, at.child('name')),
  ]
  if (wrong.length > 0) throw plainError(aggregateText(wrong))
  const ref = { resource: 'pods', namespace: call.info.namespace, name }
  const uid = binding.metadata?.uid === undefined ? {} : { uid: binding.metadata.uid }
  const { labels, annotations } = binding.metadata ?? {}
  const metadata = {
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  }
  await sent(call, { ...writeOptions(call, pods), type: 'pod.bind', ref, node, ...uid, metadata })
  return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, { code: 201 })
}
