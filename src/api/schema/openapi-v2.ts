/**
 * The OpenAPI v2 document, made from the documents of version 3: the same definitions and operations in the older words.
 * Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v2
 */
type Json = Readonly<Record<string, unknown>>

interface Document {
  readonly paths: Json
  readonly components: { readonly schemas: Json }
}

const produced = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']

/** One v2 document of all v3 documents. */
export function openApiV2(documents: readonly object[]): Json {
  const paths: Record<string, unknown> = {}
  const definitions: Record<string, unknown> = {}
  for (const { paths: some, components } of documents as readonly Document[]) {
    for (const [path, item] of Object.entries(some)) paths[path] = pathItem(item as Json)
    for (const [name, schema] of Object.entries(components.schemas)) definitions[name] = schemaV2(schema as Json)
  }
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'v1.36.0' },
    paths: sorted(paths),
    definitions: sorted(definitions),
  }
}

function sorted(record: Json): Json {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** References stand bare, defaults and alternatives are not told. */
export function schemaV2(schema: Json): Json {
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'default' || key === 'oneOf' || key === 'nullable') continue
    if (key === 'allOf') Object.assign(out, ...(value as Json[]).map(schemaV2))
    else if (key === '$ref') out[key] = (value as string).replace('#/components/schemas/', '#/definitions/')
    else if (key === 'items' || key === 'additionalProperties')
      out[key] = typeof value === 'object' ? schemaV2(value as Json) : value
    else if (key === 'properties')
      out[key] = Object.fromEntries(Object.entries(value as Json).map(([name, one]) => [name, schemaV2(one as Json)]))
    else out[key] = value
  }
  if ('oneOf' in schema) out.type = 'string'
  return out
}

function pathItem(item: Json): Json {
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) =>
      key === 'parameters' ? [key, (value as Json[]).map(parameter)] : [key, operation(value as Json)],
    ),
  )
}

function parameter({ schema, ...rest }: Json): Json {
  return { ...(schema as Json), ...rest }
}

function operation({ requestBody, responses, parameters, ...rest }: Json): Json {
  const body = requestBody === undefined ? [] : [bodyParameter(requestBody as Json)]
  const answers = Object.entries(responses as Json).map(([code, answer]) => [code, response(answer as Json)])
  return {
    consumes: ['*/*'],
    produces: produced,
    schemes: ['https'],
    parameters: [...body, ...(parameters as Json[]).map(parameter)],
    responses: Object.fromEntries(answers),
    ...rest,
  }
}

function bodyParameter({ required, content }: Json): Json {
  const [first] = Object.values(content as Readonly<Record<string, Json>>)
  return {
    in: 'body',
    name: 'body',
    ...(required === true ? { required } : {}),
    schema: schemaV2(first?.schema as Json),
  }
}

function response({ description, content }: Json): Json {
  const [first] = Object.values((content ?? {}) as Readonly<Record<string, Json>>)
  return { description, ...(first === undefined ? {} : { schema: schemaV2(first.schema as Json) }) }
}
