/**
 * Writes that did not come through a session, as steps that repeat them: what the embedding program did by `apply`, `patch`
 * and `delete` as these calls again, everything else as the transition it was.
 */
import type { Registry } from '../api/registry.ts'
import { lastApplied } from '../cluster/apply.ts'
import type { Change, Delete, Patch, Transition } from '../store/transition.ts'
import { plain } from './calls.ts'
import type { Call, RunStep } from './run-file.ts'
import { yamlText } from './yaml-text.ts'

/** What cluster.apply writes with. */
const applier = 'kubectl-client-side-apply'

/** The step, but for its time. */
export function outsideStep(
  registry: Registry,
  transition: Transition,
  change: Change,
): Pick<RunStep, 'do' | 'text' | 'calls'> {
  const { object, key, cause } = change
  const by = cause.by === 'embedder' ? '' : `${cause.by}: `
  const text = `${by}${wordOf(transition)} ${object.kind.toLowerCase()}/${key}`
  const call = embedderCall(registry, transition) ?? { call: 'dispatch', transition: plainTransition(transition) }
  return { do: 'dispatch', text, calls: [call] }
}

function wordOf(transition: Transition): string {
  const applies = 'manager' in transition && transition.manager === applier
  return applies ? 'apply' : transition.type
}

function plainTransition(transition: Transition): Transition {
  return plain(transition) as unknown as Transition
}

/** The call of the public surface that made the transition, when there is one that makes the same again. */
function embedderCall(registry: Registry, transition: Transition): Call | undefined {
  if (transition.cause?.by !== 'embedder' || transition.outside !== undefined) return undefined
  if (transition.type === 'patch') return patchCall(registry, transition)
  if (transition.type === 'delete') return deleteCall(registry, transition)
  if ((transition.type !== 'create' && transition.type !== 'update') || transition.manager !== applier) return undefined
  const text = transition.object.metadata.annotations?.[lastApplied]
  if (text === undefined) return undefined
  // The order of fields is kept: the annotation is compared as text.
  const applied = JSON.parse(text)
  const { annotations, ...metadata } = applied.metadata
  const own = Object.keys(annotations ?? {}).length === 0 ? metadata : applied.metadata
  return { call: 'apply', manifest: yamlText({ ...applied, metadata: own }) }
}

function patchCall(
  registry: Registry,
  { ref, patchType, patch, subresource, uid, force, manager }: Patch,
): Call | undefined {
  const kind = registry.kinds.find(({ resource }) => resource === ref.resource)
  if (kind === undefined || uid !== undefined || force !== undefined || manager !== undefined) return undefined
  const place = ref.namespace === '' ? {} : { namespace: ref.namespace }
  const type = patchType === 'strategic' ? {} : { type: patchType }
  const options = { ...place, ...type, ...(subresource === undefined || subresource === '' ? {} : { subresource }) }
  return { call: 'patch', kind: kind.kind, name: ref.name, patch: plain(patch), options }
}

function deleteCall(
  registry: Registry,
  { ref, graceSeconds, propagation, uid, resourceVersion }: Delete,
): Call | undefined {
  const kind = registry.kinds.find(({ resource }) => resource === ref.resource)
  if (kind === undefined || uid !== undefined || resourceVersion !== undefined) return undefined
  const place = ref.namespace === '' ? {} : { namespace: ref.namespace }
  const grace = graceSeconds === undefined ? {} : { graceSeconds }
  return {
    call: 'delete',
    kind: kind.kind,
    name: ref.name,
    options: { ...place, ...grace, ...(propagation === undefined ? {} : { propagation }) },
  }
}
