/**
 * Writes of kubelets that were refused. One that came too early for what was stored is written again at once from what is
 * stored now; any other is tried again later, as a kubelet's own loops do.
 * Source: https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/ (--sync-frequency; statuses every 10 s)
 */
import type { Answer, TurnInput } from '../actors/agent.ts'
import { objectKey } from '../api/object.ts'
import { isFilledIn, writeStatus } from './heartbeat.ts'
import { fillIn, registerAgain } from './nodes.ts'
import type { KubeletTurn } from './turn.ts'

const againMs = 10_000
/** From this many refusals on, trying again is background work: `settle()` no longer waits for it. */
const patientTries = 12

/** Looks at the answers of the last turn. */
export function retryRefused(work: KubeletTurn, { answers, fired }: TurnInput): void {
  for (const answer of answers) answered(work, answer)
  for (const { id, data } of fired) {
    if (!id.startsWith('again ')) continue
    const { pod, node } = data as { pod?: string; node?: string }
    if (pod !== undefined) work.touch(pod)
    if (node !== undefined) registerAgain(work, node)
  }
}

function answered(work: KubeletTurn, { transition, outcome }: Answer): void {
  if (transition.type === 'create') {
    const { metadata } = transition.object
    const isNode = transition.resource === 'nodes' || transition.resource.startsWith('leases.')
    // AlreadyExists: somebody else, or an attempt whose answer was lost, has made it.
    if (isNode && (outcome.ok || outcome.error.code !== 409))
      told(work, `nodes ${metadata.name}`, outcome.ok, { node: metadata.name })
    return
  }
  if (!('ref' in transition)) return
  const { resource, namespace, name } = transition.ref
  if (resource === 'nodes' && transition.type === 'update' && !outcome.ok && outcome.error.code === 409)
    sayAgain(work, name, transition.subresource)
  if (resource !== 'pods') return
  const key = objectKey(namespace, name)
  if (!outcome.ok && outcome.error.code === 404) return
  if (!outcome.ok && outcome.error.code === 409 && isOutdated(work, transition, namespace, name)) return work.touch(key)
  told(work, `pods ${key}`, outcome.ok, { pod: key })
}

/** A node's status, or its registration, from what is stored now. */
function sayAgain(work: KubeletTurn, name: string, subresource: string | undefined): void {
  const node = work.view.get('nodes', '', name)
  if (node === undefined || !work.talks(name)) return
  if (subresource === 'status' && isFilledIn(node)) writeStatus(work, name)
  else fillIn(work, node)
}

/** True when something else is stored than what was written to. */
function isOutdated(work: KubeletTurn, transition: Answer['transition'], namespace: string, name: string): boolean {
  const stored = work.view.get('pods', namespace, name)?.metadata
  if ('object' in transition && transition.object.metadata?.resourceVersion !== undefined)
    return stored?.resourceVersion !== transition.object.metadata.resourceVersion
  return 'uid' in transition && stored?.uid !== transition.uid
}

function told(work: KubeletTurn, key: string, ok: boolean, data: { pod?: string; node?: string }): void {
  const { [key]: tries = 0, ...others } = work.memory.refused
  if (ok) {
    if (tries > 0) work.remember({ refused: others })
    return
  }
  work.remember({ refused: { ...others, [key]: tries + 1 } })
  const background = tries >= patientTries
  work.intents.push({ type: 'timer.set', id: `again ${key}`, at: work.now + againMs, background, data })
}
