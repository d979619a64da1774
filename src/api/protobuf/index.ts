/** Protobuf bodies of built-in kinds: decoding, encoding, and the error of both. */
export { decodeObject } from './decode.ts'
export { type Encodable, encodeObject } from './encode.ts'
export { ProtobufError } from './error.ts'
