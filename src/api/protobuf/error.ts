/** What is wrong with protobuf bytes, or with an object that cannot be written as such. */
export class ProtobufError extends Error {
  readonly code = 'KYB-PROTOBUF'

  constructor(message: string) {
    super(`protobuf: ${message}`)
    this.name = 'ProtobufError'
  }
}
