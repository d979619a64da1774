/**
 * The paths of a kind in an OpenAPI v3 document: operations with their kind and their query parameters, by which kubectl
 * sees that the server supports server-side field validation and dry runs.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
 */
import { definitionName } from './schema.ts'

/** What the document must know of a kind. `subresources` are names (`status`, `scale`, `log`). */
export interface OpenApiKind {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  readonly subresources?: readonly string[]
  /** All verbs of objects when absent. */
  readonly verbs?: readonly string[]
  /** The OpenAPI v3 schema of a custom kind. */
  readonly schema?: Readonly<Record<string, unknown>>
}

interface Target {
  readonly group: string
  readonly version: string
  readonly kind: string
}

type Json = Record<string, unknown>

/** The schema's name: the built-in definition, or the reversed group, version and kind (`com.example.v1.Widget`). */
export function schemaNameOf(kind: Target): string {
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
  const builtIn = definitionName(apiVersion, kind.kind)
  return builtIn ?? [...kind.group.split('.').reverse(), kind.version, kind.kind].join('.')
}

/** All paths of a kind as entries of the document's `paths`: the operations that it has. */
export function pathsOf(kind: OpenApiKind): [string, Json][] {
  return allPathsOf(kind).flatMap(([path, item]): [string, Json][] => {
    const served = Object.entries(item).filter(([, operation]) => isServed(kind, operation as Json))
    return served.some(([name]) => name !== 'parameters') ? [[path, Object.fromEntries(served)]] : []
  })
}

const verbs: Readonly<Record<string, string>> = { post: 'create', put: 'update' }

/** False for operations on the objects themselves with a verb the kind does not have. */
function isServed({ verbs: known }: OpenApiKind, { 'x-kubernetes-action': action, operationId }: Json): boolean {
  if (known === undefined || typeof action !== 'string' || !String(operationId).endsWith('_')) return true
  return known.includes(verbs[action] ?? action)
}

function allPathsOf(kind: OpenApiKind): [string, Json][] {
  const base = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
  const collection = kind.namespaced ? `${base}/namespaces/{namespace}/${kind.plural}` : `${base}/${kind.plural}`
  const scope = kind.namespaced ? [pathParameter('namespace')] : []
  const named = [pathParameter('name'), ...scope]
  const list = { ...kind, kind: `${kind.kind}List` }
  const paths: [string, Json][] = [
    [
      collection,
      {
        get: operation('list', kind, list),
        post: operation('post', kind, kind),
        delete: operation('deletecollection', kind, statusKind),
        parameters: [...scope, query('pretty')],
      },
    ],
    [
      `${collection}/{name}`,
      {
        get: operation('get', kind, kind),
        put: operation('put', kind, kind),
        patch: operation('patch', kind, kind),
        delete: operation('delete', kind, statusKind),
        parameters: [...named, query('pretty')],
      },
    ],
  ]
  if (kind.namespaced) {
    paths.push([`${base}/${kind.plural}`, { get: operation('list', kind, list), parameters: [query('pretty')] }])
  }
  for (const subresource of kind.subresources ?? []) {
    paths.push([`${collection}/{name}/${subresource}`, subresourcePath(kind, subresource, named)])
  }
  return paths
}

const statusKind: Target = { group: '', version: 'v1', kind: 'Status' }

const otherKinds: Readonly<Record<string, Target>> = {
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction' },
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  binding: { group: '', version: 'v1', kind: 'Binding' },
}

const connectors: Readonly<Record<string, readonly string[]>> = {
  eviction: ['post'],
  token: ['post'],
  binding: ['post'],
  log: ['get'],
  exec: ['get', 'post'],
  attach: ['get', 'post'],
  portforward: ['get', 'post'],
  proxy: ['get', 'post', 'put', 'patch', 'delete'],
}

function subresourcePath(kind: OpenApiKind, subresource: string, parameters: Json[]): Json {
  const target = otherKinds[subresource] ?? kind
  const verbs = connectors[subresource] ?? ['get', 'put', 'patch']
  const operations = verbs.map((verb) => [verb, operation(verb, target, target, subresource)] as const)
  return { ...Object.fromEntries(operations), parameters }
}

const patchTypes = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]

/** One operation on a kind: what it takes, what it answers, of which kind it is. */
function operation(action: string, kind: Target, answer: Target, subresource = ''): Json {
  const writes = action === 'post' || action === 'put' || action === 'patch'
  const deletes = action === 'delete' || action === 'deletecollection'
  const body = action === 'patch' ? patchBody : writes ? jsonBody(kind) : deletes ? jsonBody(deleteOptions) : undefined
  return {
    operationId: `${action}_${kind.group}_${kind.version}_${kind.kind}_${subresource}`.replace(/\W+/g, '_'),
    parameters: parametersOf(action),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { 200: { description: 'OK', content: { 'application/json': { schema: schemaRef(answer) } } } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: kind.group, kind: kind.kind, version: kind.version },
  }
}

const deleteOptions: Target = { group: '', version: 'v1', kind: 'DeleteOptions' }

const patchBody: Json = {
  required: true,
  content: Object.fromEntries(
    patchTypes.map((type) => [
      type,
      { schema: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.Patch' } },
    ]),
  ),
}

function jsonBody(kind: Target): Json {
  return { required: kind !== deleteOptions, content: { '*/*': { schema: schemaRef(kind) } } }
}

function schemaRef(kind: Target): Json {
  return { $ref: `#/components/schemas/${schemaNameOf(kind)}` }
}

function parametersOf(action: string): Json[] {
  switch (action) {
    case 'post':
    case 'put':
      return [query('dryRun'), query('fieldManager'), query('fieldValidation')]
    case 'patch':
      return [query('dryRun'), query('fieldManager'), query('fieldValidation'), query('force', 'boolean')]
    case 'list':
      return [
        'allowWatchBookmarks:boolean',
        'continue',
        'fieldSelector',
        'labelSelector',
        'limit:integer',
        'resourceVersion',
      ]
        .concat('resourceVersionMatch', 'sendInitialEvents:boolean', 'timeoutSeconds:integer', 'watch:boolean')
        .map((each) => query(...(each.split(':') as [string, string?])))
    case 'delete':
      return [query('dryRun'), query('gracePeriodSeconds', 'integer'), query('propagationPolicy')]
    case 'deletecollection':
      return [query('dryRun'), query('fieldSelector'), query('labelSelector'), query('propagationPolicy')]
    default:
      return []
  }
}

function query(name: string, type = 'string'): Json {
  return { name, in: 'query', schema: { type, uniqueItems: true } }
}

function pathParameter(name: string): Json {
  return { name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } }
}
