/**
 * How the events of a watch stand in its stream: a line of JSON each, or a length and a WatchEvent message.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding-idl
 */
import { utf8, Writer } from '../api/protobuf/writer.ts'
import { goJson, protobufOf } from './answer.ts'
import type { Accepted } from './negotiate.ts'

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: object
}

/** The bytes of an event. */
export type Framer = (event: WatchEvent) => Uint8Array

export interface Frames {
  readonly contentType: string
  readonly frame: Framer
}

/** The frames of a stream in this form; kinds that have no protobuf messages come as JSON. `known` says which they are. */
export function framesOf(form: Accepted, known: boolean): Frames {
  if (form.media === 'application/vnd.kubernetes.protobuf' && known)
    return { contentType: `${form.media};stream=watch`, frame: protobufFrame }
  return { contentType: 'application/json', frame: jsonFrame }
}

const encoder = new TextEncoder()
// A memo over frozen stored objects: a thousand watchers of one change are sent the same bytes.
const written = new WeakMap<object, Map<WatchEvent['type'], Uint8Array>>()

function jsonFrame(event: WatchEvent): Uint8Array {
  const { type, object } = event
  if (!Object.isFrozen(object)) return encoder.encode(`${goJson(event)}\n`)
  const known = written.get(object) ?? new Map<WatchEvent['type'], Uint8Array>()
  const bytes = known.get(type) ?? encoder.encode(`${goJson(event)}\n`)
  written.set(object, known.set(type, bytes))
  return bytes
}

/** Four bytes of length, most significant first, and the message: type 1, object 2 with the encoded object as raw 1. */
function protobufFrame({ type, object }: WatchEvent): Uint8Array {
  const raw = new Writer()
  raw.bytes(1, protobufOf(object) ?? new Uint8Array())
  const event = new Writer()
  event.bytes(1, utf8(type))
  event.bytes(2, raw.finish())
  const message = event.finish()
  const frame = new Uint8Array(4 + message.byteLength)
  new DataView(frame.buffer).setUint32(0, message.byteLength)
  frame.set(message, 4)
  return frame
}
