/**
 * What a request asks for, read off its method and URL: the one parser that routes, discovery, authorization and audit
 * share.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/ and …/access-authn-authz/authorization/#determine-the-request-verb
 */

/** `resource` is '' for paths that are not about objects (`/version`, `/healthz`, discovery). */
export interface RequestInfo {
  readonly verb: string
  readonly path: string
  readonly group: string
  readonly version: string
  readonly namespace: string
  readonly resource: string
  readonly name: string
  readonly subresource: string
  readonly query: URLSearchParams
}

const objectVerbs: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** Reads method and URL. Never throws; what is no resource path comes back with `resource: ''`. */
export function requestInfo(method: string, url: URL): RequestInfo {
  const path = url.pathname
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded)
  const query = url.searchParams
  const plain = {
    verb: method.toLowerCase(),
    path,
    group: '',
    version: '',
    namespace: '',
    resource: '',
    name: '',
    subresource: '',
    query,
  }
  const api = apiOf(parts)
  if (api === undefined) return plain
  const { group, version } = api
  // The old way to ask for a watch: a path of its own before the resource.
  const isOldWatch = method === 'GET' && api.rest[0] === 'watch' && api.rest.length > 1
  const rest = isOldWatch ? api.rest.slice(1) : api.rest
  const scoped = rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize'
  const namespace = scoped ? (rest[1] as string) : rest[0] === 'namespaces' ? (rest[1] ?? '') : ''
  const [resource = '', name = '', ...more] = scoped ? rest.slice(2) : rest
  if (resource === '') return { ...plain, group, version }
  // What follows `proxy` is the path of somebody else.
  const subresource = more[0] === 'proxy' ? 'proxy' : more.join('/')
  const verb = isOldWatch ? 'watch' : verbOf(method, name, query)
  return { verb, path, group, version, namespace, resource, name, subresource, query }
}

function apiOf(parts: readonly string[]): { group: string; version: string; rest: readonly string[] } | undefined {
  if (parts[0] === 'api' && parts.length > 1) return { group: '', version: parts[1] as string, rest: parts.slice(2) }
  if (parts[0] !== 'apis' || parts.length < 3) return undefined
  return { group: parts[1] as string, version: parts[2] as string, rest: parts.slice(3) }
}

function verbOf(method: string, name: string, query: URLSearchParams): string {
  const verb = objectVerbs[method] ?? method.toLowerCase()
  if (verb === 'delete' && name === '') return 'deletecollection'
  if (verb !== 'get') return verb
  if (name !== '') return 'get'
  return isTrue(query.get('watch')) ? 'watch' : 'list'
}

/** `1`, `true`, and an empty value (`?watch`) are true, as for the real server. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== '0' && value !== 'false'
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
