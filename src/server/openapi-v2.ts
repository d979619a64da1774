/**
 * `/openapi/v2`: a document with a head and no definitions, in the two encodings clients ask for. kubectl asks for it only
 * after version 3 has told it that a kind is not served, and then goes on to say so; all schemas are in version 3.
 * Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v2 and gnostic's openapiv2/OpenAPIv2.proto
 */
import { json } from './answer.ts'

const protobufType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
const head = { swagger: '2.0', info: { title: 'Kubernetes', version: 'v1.36.0' }, paths: {}, definitions: {} }

/** The document, as protobuf for those who accept it, else as JSON. */
export function openApiV2(accept: string | null): Response {
  if (accept?.includes('proto-openapi.spec.v2') !== true) return json(head)
  return new Response(headBytes(), { status: 200, headers: { 'content-type': protobufType } })
}

/** Fields of Document: swagger 1, info 2 (title 1, version 2), paths 8, definitions 9; all are length-delimited. */
function headBytes(): Uint8Array<ArrayBuffer> {
  const text = (field: number, value: string): number[] => message(field, [...new TextEncoder().encode(value)])
  const info = [...text(1, head.info.title), ...text(2, head.info.version)]
  return Uint8Array.from([...text(1, head.swagger), ...message(2, info), ...message(8, []), ...message(9, [])])
}

/** A length-delimited field of fewer than 128 bytes. */
function message(field: number, bytes: readonly number[]): number[] {
  return [(field << 3) | 2, bytes.length, ...bytes]
}
