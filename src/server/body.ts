/** Reading request bodies: the limit, the content types, malformed text as 400, unknown types as 415. */
import { parse } from 'yaml'
import { decodeObject } from '../api/protobuf/index.ts'
import { badRequest, tooLarge, unsupportedMediaType } from '../api/status-error.ts'

/** As in a real API server: 3 MiB. */
export const bodyLimit = 3 * 1024 * 1024
/** JSON nested deeper than this is refused. */
const depthLimit = 10_000

export const protobufType = 'application/vnd.kubernetes.protobuf'
const readable = ['application/json', 'application/yaml', protobufType]

/** The media type without parameters, lower case; JSON when absent. */
export function mediaTypeOf(request: Request): string {
  const header = request.headers.get('content-type') ?? ''
  return header === '' ? 'application/json' : (header.split(';')[0] as string).trim().toLowerCase()
}

/** The whole body as bytes. Throws 413 past the limit. */
export async function bytesOf(request: Request): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > bodyLimit) throw tooLarge(`Request entity too large: limit is ${bodyLimit}`)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > bodyLimit) throw tooLarge(`Request entity too large: limit is ${bodyLimit}`)
    chunks.push(chunk)
  }
  const [only] = chunks
  if (chunks.length === 1 && only !== undefined) return only
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}

/** The object in a body of one of the object types; undefined for an empty body. Throws 400, 413, 415. */
export async function objectIn(request: Request): Promise<unknown> {
  const type = mediaTypeOf(request)
  if (!readable.includes(type)) throw unsupportedMediaType(readable)
  const bytes = await bytesOf(request)
  if (bytes.byteLength === 0) return undefined
  if (type === protobufType) return fromProtobuf(bytes)
  return type === 'application/yaml' ? yamlIn(bytes) : jsonIn(bytes)
}

function fromProtobuf(bytes: Uint8Array): unknown {
  try {
    return decodeObject(bytes)
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error))
  }
}

/** JSON from bytes, or a 400 that says where it broke. */
export function jsonIn(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes)
  try {
    refuseDeep(text)
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw badRequest(
      `the object provided is unrecognized (must be of type json, yaml or protobuf): couldn't get version/kind; json parse error: ${why}`,
    )
  }
}

function refuseDeep(text: string): void {
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (quoted) {
      if (c === 92) i++
      else if (c === 34) quoted = false
    } else if (c === 34) quoted = true
    else if (c === 91 || c === 123) {
      if (++depth > depthLimit) throw new Error('exceeded max depth')
    } else if (c === 93 || c === 125) depth--
  }
}

/** YAML from bytes; aliases may not multiply. */
export function yamlIn(bytes: Uint8Array): unknown {
  try {
    return parse(new TextDecoder().decode(bytes), { maxAliasCount: 100 })
  } catch (error) {
    throw badRequest(`error parsing YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
}
