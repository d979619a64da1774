/** Standard base64 with padding, as Go writes `[]byte` in JSON. Source: https://www.rfc-editor.org/rfc/rfc4648 */
import { ProtobufError } from './error.ts'

const pieceSize = 0x6000

export function toBase64(bytes: Uint8Array): string {
  // Pieces are multiples of three bytes, so that their texts join; apply() takes a limited number of arguments.
  let text = ''
  for (let at = 0; at < bytes.byteLength; at += pieceSize)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + pieceSize)))
  return text
}

/** Throws ProtobufError for what is not base64. */
export function fromBase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw new ProtobufError('illegal base64 data')
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}
