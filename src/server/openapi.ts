/**
 * `/openapi/v2` and `/openapi/v3`: the index and one document for each group version, made from the schema table when
 * asked for; with entity tags, and unchanging for those who ask by hash.
 * Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition
 */
import type { Kind } from '../api/kind.ts'
import { loadDescriptions } from '../api/schema/descriptions.ts'
import { openApiV3 } from '../api/schema/openapi.ts'
import { openApiV2 } from '../api/schema/openapi-v2.ts'
import { openApiV2Bytes } from '../api/schema/openapi-v2-protobuf.ts'
import { toRfc1123 } from '../api/time.ts'
import { digest } from '../lib/digest.ts'
import { goJson, text } from './answer.ts'
import type { Call } from './context.ts'
import { groupsOf } from './discovery.ts'
import { pageNotFound } from './plain-paths.ts'

const jsonType = 'application/json'
const v2Type = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
/** How long who asked by hash may keep a document. */
const keptMs = 365 * 24 * 60 * 60 * 1000

/** One group version: what its document is made of, and a text that changes with it. */
interface Part {
  readonly groupVersion: string
  readonly kinds: readonly Kind[]
  readonly hash: string
}

/** Answers the paths below `/openapi`. */
export async function openApi(call: Call, path: readonly string[]): Promise<Response> {
  const parts = partsOf(call)
  if (path[0] === 'v2' && path.length === 1) return documentV2(call, [...parts.values()])
  if (path[0] !== 'v3') return pageNotFound()
  if (path.length === 1 && !call.info.path.endsWith('/')) return index(parts)
  const part = parts.get(path.slice(1).join('/'))
  return part === undefined ? empty(404, {}) : documentV3(call, path.slice(1).join('/'), part)
}

function partsOf(call: Call): Map<string, Part> {
  const parts = new Map<string, Part>()
  for (const [group, versions] of groupsOf(call.cluster.registry.served)) {
    for (const [version, kinds] of versions) {
      const groupVersion = group === '' ? version : `${group}/${version}`
      // The kinds of the group version and the schemas of custom ones: all that changes in a document.
      const hash = digest([groupVersion, kinds.map((kind) => kind.custom?.structural ?? kind.kind)]).toUpperCase()
      parts.set(group === '' ? `api/${version}` : `apis/${groupVersion}`, { groupVersion, kinds, hash })
    }
  }
  return parts
}

function index(parts: ReadonlyMap<string, Part>): Response {
  const paths = [...parts].map(([name, { hash }]) => [name, { serverRelativeURL: urlOf(name, hash) }])
  return text(goJson({ paths: Object.fromEntries(paths) }))
}

function urlOf(name: string, hash: string): string {
  return `/openapi/v3/${name}?hash=${hash}`
}

async function documentV3(call: Call, name: string, part: Part): Promise<Response> {
  const asked = call.info.query.get('hash')
  const headers = { etag: `"${part.hash}"`, vary: 'Accept' }
  if (!accepts(call, [jsonType])) return empty(406, { vary: 'Accept' })
  if (asked !== null && asked !== part.hash) return empty(301, { ...headers, location: urlOf(name, part.hash) })
  const expires = toRfc1123(call.clock.now() + keptMs)
  const kept: Record<string, string> = asked === null ? {} : { 'cache-control': 'public, immutable', expires }
  if (isKnown(call, headers.etag)) return empty(304, { ...headers, ...kept })
  return text(goJson(await made(part)), jsonType, { headers: { ...headers, ...kept } })
}

async function documentV2(call: Call, parts: readonly Part[]): Promise<Response> {
  const etag = `"${digest(parts.map(({ hash }) => hash)).toUpperCase()}"`
  const headers = { etag, vary: 'Accept' }
  const isProtobuf = /proto-openapi\.spec\.v2/.test(call.request.headers.get('accept') ?? '')
  if (!isProtobuf && !accepts(call, [jsonType])) return empty(406, { vary: 'Accept' })
  if (isKnown(call, etag)) return empty(304, headers)
  const document = openApiV2(await Promise.all(parts.map(made)))
  if (!isProtobuf) return text(goJson(document), jsonType, { headers })
  const bytes = openApiV2Bytes(document) as Uint8Array<ArrayBuffer>
  return new Response(bytes, { headers: { ...headers, 'content-type': v2Type, 'cache-control': 'no-cache, private' } })
}

async function made({ groupVersion, kinds }: Part): Promise<object> {
  const shown = kinds.map(({ schema: _schema, custom, ...kind }) => ({
    ...kind,
    subresources: Object.keys(kind.subresources),
    ...(custom === undefined ? {} : { schema: custom.structural as Readonly<Record<string, unknown>> }),
  }))
  return openApiV3(groupVersion, shown, await loadDescriptions())
}

function accepts(call: Call, types: readonly string[]): boolean {
  const header = call.request.headers.get('accept') ?? ''
  if (header === '') return true
  const named = header.split(',').map((one) => (one.split(';')[0] as string).trim())
  return named.some((type) => type === '*/*' || type === 'application/*' || types.includes(type))
}

function isKnown(call: Call, etag: string): boolean {
  const known = (call.request.headers.get('if-none-match') ?? '').split(',').map((one) => one.trim())
  return known.includes(etag) || known.includes('*')
}

function empty(status: number, headers: Readonly<Record<string, string>>): Response {
  return new Response(null, { status, headers: { 'cache-control': 'no-cache, private', ...headers } })
}
