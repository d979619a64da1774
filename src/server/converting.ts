/**
 * Objects that a webhook converts are converted before they are answered: one question for all that are not in the
 * version asked for.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { internal } from '../api/status-error.ts'
import { conversionCall, convertedIn } from '../store/conversion.ts'
import type { Call } from './context.ts'

/** A kind that finds conversions which were asked for, and the way to ask. */
export interface Converter {
  readonly kind: Kind
  /** Asks for what is missing; undefined when nothing is. Rejects with a 500 when the webhook does not answer well. */
  readonly prepare: (objects: readonly KubeObject[], isList?: boolean) => Promise<void> | undefined
}

/** The converter of a kind; kinds that no webhook converts have nothing to ask for. */
export function converterOf(call: Call, asked: Kind): Converter {
  const conversion = asked.custom?.conversion
  if (conversion === undefined) return { kind: asked, prepare: () => undefined }
  const answers = new WeakMap<KubeObject, KubeObject>()
  const at = (stored: Kind): Kind =>
    [stored, ...stored.versions].find(({ apiVersion }) => apiVersion === asked.apiVersion) ?? stored
  const missingOf = (objects: readonly KubeObject[]): KubeObject[] => {
    const missing = new Set<KubeObject>()
    const probe = at(
      conversion.bind((object) => {
        if (!answers.has(object)) missing.add(object)
        return object
      }),
    )
    for (const object of objects) probe.fromStorage(object)
    return [...missing]
  }
  const kind = at(
    conversion.bind((object) => {
      const found = answers.get(object)
      if (found === undefined) throw internal(`${asked.kind} "${object.metadata.name}" was not converted`)
      return found
    }),
  )
  const prepare = (objects: readonly KubeObject[], isList = false): Promise<void> | undefined => {
    const wanted = missingOf(objects)
    if (wanted.length === 0) return undefined
    const question = conversionCall(conversion, wanted, asked.apiVersion)
    return call.cluster.questions.once(question).then((reply) => {
      const found = convertedIn(question, reply, wanted, isList)
      for (const [index, object] of wanted.entries()) answers.set(object, found[index] as KubeObject)
    })
  }
  return { kind, prepare }
}

/** The kind with these objects converted. */
export async function converted(
  call: Call,
  asked: Kind,
  objects: readonly KubeObject[],
  isList = false,
): Promise<Kind> {
  if (asked.custom?.conversion === undefined) return asked
  const { kind, prepare } = converterOf(call, asked)
  await prepare(objects, isList)
  return kind
}

/** The kind with all objects of the request's namespace, or of all namespaces, converted. */
export async function convertedList(call: Call, asked: Kind): Promise<Kind> {
  if (asked.custom?.conversion === undefined) return asked
  const { kind, prepare } = converterOf(call, asked)
  const namespace = asked.namespaced && call.info.namespace !== '' ? call.info.namespace : undefined
  // What came while the webhook was asked is asked for too.
  for (;;) {
    const asking = prepare(call.cluster.view.list(asked, namespace), true)
    if (asking === undefined) return kind
    await asking
  }
}
