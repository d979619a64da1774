/**
 * URLs as Go's net/url reads them: what is refused, and why, in its words. Paths stay escaped as they were written.
 * Source: https://pkg.go.dev/net/url
 */

export interface Url {
  readonly scheme: string
  /** With port and, for IPv6, brackets. */
  readonly host: string
  /** The path, escaped. */
  readonly path: string
  readonly query: string
  readonly fragment: string
  /** `user:password`, escaped, when given. */
  readonly user: string | undefined
  /** What follows the scheme when no slash does. */
  readonly opaque: string
}

const quoted = (text: string) => JSON.stringify(text)

function schemeOf(text: string): { scheme: string; rest: string } | { fault: string } {
  const colon = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)
  if (colon) return { scheme: (colon[1] ?? '').toLowerCase(), rest: text.slice(colon[0].length) }
  if (text.startsWith(':')) return { fault: 'missing protocol scheme' }
  return { scheme: '', rest: text }
}

/** The first bad percent escape, as Go shows it. */
function escapeFault(text: string): string | undefined {
  const at = text.search(/%(?![0-9a-fA-F]{2})/)
  return at < 0 ? undefined : `invalid URL escape ${quoted(text.slice(at, at + 3))}`
}

function hostFault(host: string): string | undefined {
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']')
    if (end < 0) return "missing ']' in host"
    const port = host.slice(end + 1)
    if (!/^(:\d*)?$/.test(port)) return `invalid port ${quoted(port)} after host`
    return undefined
  }
  const colon = host.lastIndexOf(':')
  const port = colon < 0 ? '' : host.slice(colon)
  if (!/^(:\d*)?$/.test(port)) return `invalid port ${quoted(port)} after host`
  const strange = /[\s"<>^`{|}\\]/.exec(host)
  if (strange) return `invalid character ${quoted(strange[0])} in host name`
  return escapeFault(host)
}

function pathOf(path: string): string {
  return path.replace(/[^A-Za-z0-9\-._~$&+,/:;=@!'()*%[\]]/gu, (each) => encodeURIComponent(each))
}

type Answer = Url | { readonly fault: string }

function authority(text: string): { host: string; user: string | undefined } | { fault: string } {
  const at = text.lastIndexOf('@')
  const user = at < 0 ? undefined : text.slice(0, at)
  const host = text.slice(at + 1)
  const fault = hostFault(host)
  if (fault !== undefined) return { fault }
  if (user !== undefined && !/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user))
    return { fault: 'net/url: invalid userinfo' }
  return { host, user }
}

function read(text: string, request: boolean): Answer {
  if ([...text].some((each) => each < ' ' || each === '\x7f'))
    return { fault: 'net/url: invalid control character in URL' }
  if (text === '' && request) return { fault: 'empty url' }
  const start = schemeOf(text)
  if ('fault' in start) return start
  const { scheme } = start
  const mark = start.rest.indexOf('?')
  const query = mark < 0 ? '' : start.rest.slice(mark + 1)
  const rest = mark < 0 ? start.rest : start.rest.slice(0, mark)
  const base = { scheme, host: '', path: '', query, fragment: '', user: undefined, opaque: '' }
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...base, opaque: rest }
    if (request) return { fault: 'invalid URI for request' }
    if ((rest.split('/')[0] ?? '').includes(':')) return { fault: 'first path segment in URL cannot contain colon' }
  }
  if ((scheme !== '' || !request) && rest.startsWith('//') && !rest.startsWith('///')) {
    const slash = rest.indexOf('/', 2)
    const found = authority(slash < 0 ? rest.slice(2) : rest.slice(2, slash))
    if ('fault' in found) return found
    const path = slash < 0 ? '' : rest.slice(slash)
    const fault = escapeFault(path)
    return fault === undefined ? { ...base, ...found, path: pathOf(path) } : { fault }
  }
  const fault = escapeFault(rest)
  return fault === undefined ? { ...base, path: pathOf(rest) } : { fault }
}

/** Reads a URL. `request` wants an absolute URL or path and knows no fragment. */
export function parseUrl(text: string, request: boolean): Answer {
  const hash = request ? -1 : text.indexOf('#')
  const found = read(hash < 0 ? text : text.slice(0, hash), request)
  if ('fault' in found) return { fault: `parse ${quoted(text)}: ${found.fault}` }
  return hash < 0 ? found : { ...found, fragment: text.slice(hash + 1) }
}

/** The values of the query by key, in order; what cannot be read is left out. */
export function queryOf(url: Url): Map<string, string[]> {
  const values = new Map<string, string[]>()
  for (const pair of url.query.split('&')) {
    if (pair === '' || pair.includes(';') || escapeFault(pair) !== undefined) continue
    const equals = pair.indexOf('=')
    const decoded = (part: string) => decodeURIComponent(part.replaceAll('+', ' '))
    const key = decoded(equals < 0 ? pair : pair.slice(0, equals))
    values.set(key, [...(values.get(key) ?? []), equals < 0 ? '' : decoded(pair.slice(equals + 1))])
  }
  return values
}

/** The URL as text. */
export function urlText(url: Url): string {
  const { scheme, host, path, query, fragment, user, opaque } = url
  const head = scheme === '' ? '' : `${scheme}:`
  const place =
    host === '' && user === undefined && scheme === '' ? '' : `//${user === undefined ? '' : `${user}@`}${host}`
  const body = opaque === '' ? `${place}${path}` : opaque
  return `${head}${body}${query === '' ? '' : `?${query}`}${fragment === '' ? '' : `#${fragment}`}`
}
