/**
 * What a controller decides. A reconcile of one's own is asked twice: whoever answers differently the second time (by memory,
 * a clock, a random number) is no function of what it sees, and nothing that is found with it would mean anything.
 */
import { toRfc3339 } from '../../api/time.ts'
import type { Controller, Intent, Refusal } from '../../controllers/controller.ts'
import { controllers } from '../../controllers/index.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { View } from '../../store/view.ts'

/** A controller that cannot be explored, and why. */
export class Unfit extends KybernError {}

const builtIn = new Set<Controller>(controllers)

/** The intents. Throws Unfit for a controller of one's own that answers no intents, or others when asked the same again. */
export function decidedBy(
  controller: Controller,
  view: View,
  key: string,
  refusal: Refusal | undefined,
): readonly Intent[] {
  const intents = controller.reconcile(view, key, refusal)
  if (builtIn.has(controller)) return intents
  const why = whyNoAnswer(intents)
  if (why !== undefined) throw new Unfit('KYB-EXPLORE', `${controller.name} answers ${why} when asked about ${key}`)
  const again = controller.reconcile(view, key, refusal)
  if (JSON.stringify(again) === JSON.stringify(intents)) return intents
  throw new Unfit(
    'KYB-REPLAY',
    `${controller.name} is no function of what it sees: asked about ${key}, it would ${inWords(intents)}; asked the same again, ${inWords(again)}. Memory between reconciles is lost in a restart: keep it in the cluster, and take the time from view.now`,
  )
}

const types = ['create', 'update', 'patch', 'delete', 'pod.bind', 'report', 'wake']

function whyNoAnswer(intents: unknown): string | undefined {
  if (intents instanceof Promise) return 'a promise: a reconcile is a plain function that answers its writes at once'
  if (!Array.isArray(intents)) return `${typeof intents}, no list of writes`
  const stranger = intents.find((one) => !types.includes(one?.type))
  return stranger && `a write of type "${stranger?.type}"; there are ${types.join(', ')}`
}

function inWords(intents: readonly Intent[]): string {
  if (intents.length === 0) return 'do nothing'
  return intents.map(wordsOf).join(', then ')
}

function wordsOf(intent: Intent): string {
  if (intent.type === 'wake') return `be woken at ${toRfc3339(intent.at)}`
  if (intent.type === 'report') return `report ${intent.reason}`
  if (intent.type !== 'create') return `${intent.type} ${intent.ref.resource} ${intent.ref.name}`
  const { name, generateName } = intent.object.metadata
  return `create ${intent.resource} ${name === '' ? `${generateName}…` : name}`
}
