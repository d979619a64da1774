/** Reading request bodies: the limit, the content types, malformed text as 400, unknown types as 415. */
import { LineCounter, parse, parseDocument } from 'yaml'
import { whyNotGoJson } from '../api/go-json.ts'
import { goWord } from '../api/patch/values.ts'
import { decodeObject } from '../api/protobuf/index.ts'
import { duplicateFields, fieldOrder } from '../api/schema/duplicates.ts'
import { badRequest, type StatusError, tooLarge, unsupportedMediaType } from '../api/status-error.ts'
import type { Repeats } from '../store/transition.ts'

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

/**
 * The object in a body of one of the object types; undefined for an empty body. `kind` is what it must be, for messages.
 * Throws 400, 413, 415.
 */
export async function objectIn(request: Request, kind: string): Promise<unknown> {
  return (await documentIn(request, kind)).object
}

/** The object in a body, and the keys that its text repeats. */
export async function documentIn(request: Request, kind: string): Promise<{ object: unknown; repeats?: Repeats }> {
  const type = mediaTypeOf(request)
  if (!readable.includes(type)) throw unsupportedMediaType(readable)
  const bytes = await bytesOf(request)
  if (bytes.byteLength === 0) return { object: undefined }
  if (type === protobufType) return { object: fromProtobuf(bytes) }
  const isYaml = type === 'application/yaml'
  const object = readIn(kind, bytes, isYaml ? yamlIn : jsonIn)
  const repeats = isYaml ? yamlRepeats(bytes) : jsonRepeats(bytes)
  return repeats === undefined ? { object } : { object, repeats }
}

function jsonRepeats(bytes: Uint8Array): Repeats | undefined {
  const text = new TextDecoder().decode(bytes)
  return duplicateFields(text).length === 0 ? undefined : { fields: fieldOrder(text) }
}

/** The same for YAML, in the words of its decoder. */
export function yamlRepeats(bytes: Uint8Array): Repeats | undefined {
  const counter = new LineCounter()
  const text = new TextDecoder().decode(bytes)
  const { errors } = parseDocument(text, { lineCounter: counter })
  const lines = errors
    .filter((error) => error.code === 'DUPLICATE_KEY')
    .map(({ pos: [start] }) => {
      const key = /^(?:"([^"]*)"|'([^']*)'|([^:\s,}]+))/.exec(text.slice(start))
      return `line ${counter.linePos(start).line}: key "${key?.[1] ?? key?.[2] ?? key?.[3] ?? ''}" already set in map`
    })
  return lines.length === 0 ? undefined : { lines }
}

/** What a JSON patch or a merge patch says twice. */
export function patchRepeats(bytes: Uint8Array, isJsonPatch: boolean): Repeats | undefined {
  const found = duplicateFields(new TextDecoder().decode(bytes))
  const word = isJsonPatch ? 'json patch duplicate field' : 'duplicate field'
  return found.length === 0 ? undefined : { texts: found.map((path) => `${word} "${path}"`) }
}

/** The 400 for a body that must hold an object and is empty. */
export function emptyBody(kind: string): StatusError {
  return unrecognized(
    kind,
    "couldn't get version/kind; json parse error: unexpected end of JSON input",
    new Uint8Array(),
  )
}

/** An object read by `read`, or a 400 that shows the beginning of the body. */
function readIn(kind: string, bytes: Uint8Array, read: (bytes: Uint8Array) => unknown): unknown {
  try {
    const value = read(bytes)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
    throw new BodyFault(`json: cannot unmarshal ${goWord(value)} into Go value of type ${typeMeta}`)
  } catch (error) {
    if (!(error instanceof BodyFault)) throw error
    throw unrecognized(
      kind,
      read === yamlIn ? error.message : `couldn't get version/kind; json parse error: ${error.message}`,
      bytes,
    )
  }
}

const typeMeta =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

function unrecognized(kind: string, why: string, bytes: Uint8Array): StatusError {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summary(bytes)})`)
}

const shownBytes = 30

/** The beginning of a body as Kubernetes shows it: text when it looks like JSON, hexadecimal otherwise. */
function summary(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return '<empty>'
  const head = bytes.subarray(0, shownBytes)
  const text =
    bytes[0] === 0x7b
      ? new TextDecoder().decode(head)
      : Array.from(head, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return bytes.byteLength > shownBytes ? `${text} ...` : text
}

function fromProtobuf(bytes: Uint8Array): unknown {
  try {
    return decodeObject(bytes)
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error))
  }
}

/** Text that cannot be read, in the words of Go's decoders. */
export class BodyFault extends Error {}

/** JSON from bytes. Throws a BodyFault that says where it broke. */
export function jsonIn(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes)
  refuseDeep(text)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new BodyFault(whyNotGoJson(text) ?? (error instanceof Error ? error.message : String(error)))
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
      if (++depth > depthLimit) throw new BodyFault('exceeded max depth')
    } else if (c === 93 || c === 125) depth--
  }
}

/** YAML from bytes; aliases may not multiply, of a key given twice the last one counts. Throws a BodyFault. */
export function yamlIn(bytes: Uint8Array): unknown {
  try {
    return parse(new TextDecoder().decode(bytes), { maxAliasCount: 100, uniqueKeys: false })
  } catch (error) {
    throw new BodyFault(`yaml: ${error instanceof Error ? error.message : String(error)}`)
  }
}
