/** Kubernetes' url library. Sources: k8s.io/apiserver pkg/cel/library (urls), Go's net/url. */
import { parseUrl, queryOf, type Url, urlText } from '../../../lib/go-url.ts'
import { CelError, CelObject, noOverload, PlainList, PlainMap, type Value } from '../values.ts'
import type { Functions } from './dispatch.ts'

class CelUrl extends CelObject {
  readonly typeName = 'kubernetes.URL'
  readonly url: Url
  constructor(url: Url) {
    super()
    this.url = url
  }
  get text(): string {
    return urlText(this.url)
  }
  equals(other: Value): boolean | CelError {
    return other instanceof CelUrl ? urlText(other.url) === urlText(this.url) : noOverload
  }
}

function url(text: Value): CelUrl | CelError {
  if (typeof text !== 'string') return noOverload
  const strict = parseUrl(text, true)
  if ('fault' in strict) return new CelError(`URL parse error during conversion from string: ${strict.fault}`)
  const parsed = parseUrl(text, false)
  if ('fault' in parsed) return new CelError(`URL parse error during conversion from string: ${parsed.fault}`)
  return new CelUrl(parsed)
}

function onUrl(run: (url: Url) => Value) {
  return ([value = null]: readonly Value[]): Value => (value instanceof CelUrl ? run(value.url) : noOverload)
}

/** The host without its port and brackets. */
function hostname(host: string): string {
  const bracketed = /^\[(.*)\]/.exec(host)
  return bracketed ? (bracketed[1] ?? '') : host.replace(/:\d*$/, '')
}

function query(parsed: Url): Value {
  const map = new PlainMap()
  for (const [key, values] of queryOf(parsed)) map.set(key, new PlainList([...values]))
  return map
}

export const urls: Functions = {
  url: ([text = null]) => url(text),
  isURL: ([text = null]) => (typeof text === 'string' ? !('fault' in parseUrl(text, true)) : noOverload),
  getScheme: onUrl(({ scheme }) => scheme),
  getHost: onUrl(({ host }) => host),
  getHostname: onUrl(({ host }) => hostname(host)),
  getPort: onUrl(({ host }) => /:(\d*)$/.exec(host.replace(/^\[.*\]/, ''))?.[1] ?? ''),
  getEscapedPath: onUrl(({ path }) => path),
  getQuery: onUrl(query),
}
