/**
 * The OpenAPI v2 document as the protobuf message that client libraries ask for.
 * Source: https://github.com/google/gnostic-models/blob/main/openapiv2/OpenAPIv2.proto
 */
import { utf8, Writer } from '../protobuf/writer.ts'

type Json = Readonly<Record<string, unknown>>
/** Writes a value into a message. */
type Put = (writer: Writer, number: number, value: unknown) => void

const text: Put = (writer, number, value) => writer.bytes(number, utf8(String(value)))
const truth: Put = (writer, number, value) => {
  if (value === true) writer.integer(number, 1n)
}
const message =
  (fill: (writer: Writer, value: Json) => void): Put =>
  (writer, number, value) => {
    const part = new Writer()
    fill(part, value as Json)
    writer.bytes(number, part.finish())
  }
const each =
  (put: Put): Put =>
  (writer, number, value) => {
    for (const one of value as readonly unknown[]) put(writer, number, one)
  }

/** A message whose fields are known by name; names that begin with `x-` are vendor extensions. */
const fields = (known: Readonly<Record<string, readonly [number, Put]>>, extensions: number): Put =>
  message((writer, value) => {
    for (const [name, one] of Object.entries(value)) {
      const field = known[name]
      if (field !== undefined) field[1](writer, field[0], one)
      else if (name.startsWith('x-')) named(anyValue)(writer, extensions, [name, one])
    }
  })

/** A name and a value, as maps are written. */
const named = (put: Put): Put =>
  message((writer, pair) => {
    const [name, value] = pair as unknown as [string, unknown]
    text(writer, 1, name)
    put(writer, 2, value)
  })
const entries =
  (put: Put): Put =>
  (writer, number, value) =>
    each(named(put))(writer, number, Object.entries(value as Json))
const wrapped = (number: number, put: Put): Put => message((writer, value) => put(writer, number, value))

/** Any: its text as YAML in field 2; JSON is YAML. */
const anyValue: Put = message((writer, value) => text(writer, 2, JSON.stringify(value)))

const properties: Put = message((writer, value) => {
  for (const entry of Object.entries(value)) named(schema)(writer, 1, entry)
})
const typeItem: Put = message((writer, value) => text(writer, 1, value))
const itemsItem: Put = message((writer, value) => schema(writer, 1, value))
const additional: Put = message((writer, value) => schema(writer, 1, value))

function schema(writer: Writer, number: number, value: unknown): void {
  schemaFields(writer, number, value)
}
const schemaFields = fields(
  {
    $ref: [1, text],
    format: [2, text],
    title: [3, text],
    description: [4, text],
    default: [5, anyValue],
    uniqueItems: [16, truth],
    required: [19, each(text)],
    enum: [20, each(anyValue)],
    additionalProperties: [21, additional],
    type: [22, typeItem],
    items: [23, itemsItem],
    properties: [25, properties],
  },
  31,
)

const bodyParameter = fields(
  { description: [1, text], name: [2, text], in: [3, text], required: [4, truth], schema: [5, schema] },
  6,
)
const inQuery = fields(
  {
    required: [1, truth],
    in: [2, text],
    description: [3, text],
    name: [4, text],
    type: [6, text],
    format: [7, text],
    uniqueItems: [20, truth],
  },
  23,
)
const inPath = fields(
  {
    required: [1, truth],
    in: [2, text],
    description: [3, text],
    name: [4, text],
    type: [5, text],
    format: [6, text],
    uniqueItems: [19, truth],
  },
  22,
)

/** ParametersItem: parameter 1; Parameter: body 1, other 2; NonBodyParameter: query 3, path 4. */
const parameter: Put = (writer, number, value) => {
  const { in: place } = value as { in: string }
  const put =
    place === 'body'
      ? wrapped(1, bodyParameter)
      : wrapped(2, place === 'path' ? wrapped(4, inPath) : wrapped(3, inQuery))
  wrapped(1, put)(writer, number, value)
}
/** ResponseValue: response 1; the schema of a response: SchemaItem, schema 1. */
const response = wrapped(1, fields({ description: [1, text], schema: [2, wrapped(1, schema)] }, 5))
const responses: Put = message((writer, value) => {
  for (const entry of Object.entries(value)) named(response)(writer, 1, entry)
})
const operation = fields(
  {
    tags: [1, each(text)],
    description: [3, text],
    operationId: [5, text],
    produces: [6, each(text)],
    consumes: [7, each(text)],
    parameters: [8, each(parameter)],
    responses: [9, responses],
    schemes: [10, each(text)],
  },
  13,
)
const pathItem = fields(
  {
    get: [2, operation],
    put: [3, operation],
    post: [4, operation],
    delete: [5, operation],
    options: [6, operation],
    head: [7, operation],
    patch: [8, operation],
    parameters: [9, each(parameter)],
  },
  10,
)
const info = fields({ title: [1, text], version: [2, text] }, 7)
const paths: Put = message((writer, value) => entries(pathItem)(writer, 2, value))
const definitions: Put = message((writer, value) => entries(schema)(writer, 1, value))

/** The bytes of the Document. */
export function openApiV2Bytes(document: Json): Uint8Array {
  const writer = new Writer()
  text(writer, 1, document.swagger)
  info(writer, 2, document.info)
  paths(writer, 8, document.paths)
  definitions(writer, 9, document.definitions)
  return writer.finish()
}
