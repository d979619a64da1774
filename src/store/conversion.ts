/**
 * Conversion of custom resources by a webhook: the question, what its answer must be, and kinds whose conversions are
 * looked up among answers. A conversion that nobody asked for yet throws NeedsAnswers; a write then waits for it.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion
 */
import type { Conversion, Convert, Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import type { Registry } from '../api/registry.ts'
import { plainError } from '../api/status-error.ts'
import { digest, fnv32 } from '../lib/digest.ts'
import { prngOf, uuidFrom } from '../lib/prng.ts'
import type { OutsideCall, OutsideReply } from '../ports.ts'
import { NeedsAnswers, type OutsideAnswer } from './outside.ts'

const timeoutSeconds = 30
const known = ['v1', 'v1beta1']

/** The question for these objects in one other version. The same objects make the same question. */
export function conversionCall(conversion: Conversion, objects: readonly KubeObject[], desired: string): OutsideCall {
  const version = conversion.reviewVersions.find((one) => known.includes(one))
  if (version === undefined) throw plainError('no supported conversion review versions')
  const id = digest([conversion.name, desired, objects])
  const uid = uuidFrom(prngOf(fnv32(id)))
  return {
    id,
    hook: `conversion/${conversion.name}`,
    name: `conversion_webhook_for_${conversion.name}`,
    client: conversion.client,
    timeoutSeconds,
    body: {
      kind: 'ConversionReview',
      apiVersion: `apiextensions.k8s.io/${version}`,
      request: { uid, desiredAPIVersion: desired, objects },
    },
  }
}

interface Review {
  readonly apiVersion?: string
  readonly kind?: string
  readonly response?: {
    readonly uid?: string
    readonly convertedObjects?: readonly KubeObject[]
    readonly result?: { readonly status?: string; readonly message?: string }
  }
}

/** The converted objects of an answer, with the metadata that conversions may not touch; or a 500 in Kubernetes' words. */
export function convertedIn(
  call: OutsideCall,
  reply: OutsideReply,
  objects: readonly KubeObject[],
  isList: boolean,
): KubeObject[] {
  const [first] = objects as readonly [KubeObject]
  const of = `conversion webhook for ${gvk(first.apiVersion, isList ? `${first.kind}List` : first.kind)}`
  const { desiredAPIVersion, uid } = call.body.request as { desiredAPIVersion: string; uid: string }
  const why = reply.failure ?? whyRefused(reply.body as Review, call.body.apiVersion as string, uid)
  if (why !== undefined) throw plainError(`${of} failed: ${why}`)
  const converted = (reply.body as Review).response?.convertedObjects ?? []
  if (converted.length !== objects.length)
    throw plainError(`${of} returned ${converted.length} objects, expected ${objects.length}`)
  return converted.map((object, index) => {
    const original = objects[index] as KubeObject
    const fault = whyUnfit(original, object, desiredAPIVersion, isList, index)
    if (fault !== undefined) throw plainError(`${of} returned ${fault}`)
    const { labels: _labels, annotations: _annotations, ...metadata } = original.metadata
    const { labels, annotations } = object.metadata
    const own = { ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) }
    return { ...object, metadata: { ...metadata, ...own } }
  })
}

function gvk(apiVersion: string, kind: string): string {
  return `${apiVersion}, Kind=${kind}`
}

function whyRefused(review: Review | undefined, asked: string, uid: string): string | undefined {
  const { apiVersion = '', kind = '', response } = review ?? {}
  const strict = asked.endsWith('/v1')
  if (strict && (apiVersion !== asked || kind !== 'ConversionReview'))
    return `expected webhook response of ${gvk(asked, 'ConversionReview')}, got ${gvk(apiVersion, kind)}`
  if (response === undefined || response === null) return 'no response provided'
  if (strict && response.uid !== uid) return `expected response.uid="${uid}", got "${response.uid ?? ''}"`
  const { status = '', message = '' } = response.result ?? {}
  if (status === 'Success') return undefined
  return message === '' ? `response.result.status was '${status}', not 'Success'` : message
}

/** What is wrong with one converted object. */
function whyUnfit(
  original: KubeObject,
  object: KubeObject,
  desired: string,
  isList: boolean,
  index: number,
): string | undefined {
  const converted = `invalid ${isList ? 'converted ' : ''}object`
  const at = ` at index ${index}`
  if (object.apiVersion !== desired)
    return `${converted}${at}: invalid groupVersion (expected ${desired}, received ${object.apiVersion})`
  if (object.kind !== original.kind)
    return `${converted}${at}: invalid kind (expected ${original.kind}, received ${object.kind})`
  const where = isList ? at : ''
  const { metadata } = object
  const same = (what: string, field: 'name' | 'namespace' | 'uid'): string | undefined => {
    const [is, was] = [metadata?.[field] ?? '', original.metadata[field] ?? '']
    return is === was ? undefined : `${converted}${where}: must have the same ${what}: ${was} != ${is}`
  }
  const changed = same('name', 'name') ?? same('namespace', 'namespace') ?? same('UID', 'uid')
  if (changed !== undefined) return changed
  if (metadata !== undefined) return undefined
  return `invalid metadata${isList ? ` in object at index ${index}` : ''}: missing metadata in converted object`
}

/** Conversions that are looked up among the answers a write came with. */
export function convertBy(conversion: Conversion, answers: readonly OutsideAnswer[]): Convert {
  return (object, desired) => {
    const call = conversionCall(conversion, [object], desired)
    const answer = answers.find(({ id }) => id === call.id)
    if (answer === undefined) throw new NeedsAnswers([call])
    return convertedIn(call, answer, [object], false)[0] as KubeObject
  }
}

/** The registry in which kinds that a webhook converts find these answers. */
export function registryWith(registry: Registry, answers: readonly OutsideAnswer[]): Registry {
  const bound = registry.kinds.flatMap((kind): Kind[] => {
    const conversion = kind.custom?.conversion
    return conversion === undefined ? [] : [conversion.bind(convertBy(conversion, answers))]
  })
  return bound.length === 0 ? registry : registry.with(...bound)
}
