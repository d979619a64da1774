/**
 * Paths that are about no object: discovery, health, version, OpenAPI, metrics. A table of what answers where.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/ and …/using-api/health-checks/
 */
import { methodNotServed, resourceNotFound } from '../api/status-error.ts'
import { remoteGroups } from './aggregate.ts'
import { indentedJson, text } from './answer.ts'
import type { Call } from './context.ts'
import { control } from './control.ts'
import { discoveryGroup, discoveryRoot, discoveryVersion, groupsOf } from './discovery.ts'
import { healthAnswer, healthPaths } from './health.ts'
import { metricsText } from './metrics.ts'
import { refuseUnproducible } from './negotiate.ts'
import { openApi } from './openapi.ts'
import { keySet, openIdConfiguration } from './token-request.ts'
import { serverVersion } from './version.ts'

type Answer = Response | Promise<Response>

interface Route {
  /** Answers GET only, with 405 for other methods and 406 for other media types; else any method is answered. */
  readonly produces?: readonly string[]
  readonly answer: (call: Call) => Answer
}

const json = ['application/json']
const all = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']

const routes: Readonly<Record<string, Route>> = {
  '/': { answer: rootPaths },
  '/index.html': { answer: rootPaths },
  '/version': { produces: json, answer: () => indentedJson(serverVersion) },
  '/api': { produces: all, answer: (call) => discoveryRoot(call, true) },
  '/apis': { answer: (call) => discoveryRoot(call, false) },
  '/metrics': { answer: metricsText },
  '/openid/v1/jwks': { produces: ['application/jwk-set+json'], answer: keySet },
  '/.well-known/openid-configuration': { produces: json, answer: openIdConfiguration },
}

/** Answers a path without a resource. Throws 404, 405 and 406. */
export async function plainPath(call: Call): Promise<Response> {
  const { path } = call.info
  const parts = path.split('/').filter((part) => part !== '')
  if (parts[0] === 'kybern') return control(call, parts.slice(1))
  const route = Object.hasOwn(routes, withoutEnd(path)) ? routes[withoutEnd(path)] : grouped(call, parts)
  if (route !== undefined) return answered(call, route)
  if (parts[0] === 'openapi') return openApi(call, parts.slice(1))
  return healthAnswer(path, call.info.query) ?? pageNotFound()
}

function answered(call: Call, { produces, answer }: Route): Answer {
  if (produces !== undefined) {
    if (call.request.method !== 'GET') throw methodNotServed()
    refuseUnproducible(call.request.headers.get('accept'), produces)
  }
  return answer(call)
}

function withoutEnd(path: string): string {
  return path === '/' ? path : path.replace(/\/$/, '')
}

/** `/api/<version>`, `/apis/<group>` and `/apis/<group>/<version>`. */
function grouped(call: Call, [root, one = '', two, ...more]: readonly string[]): Route | undefined {
  if (one === '' || more.length > 0) return undefined
  if (root === 'api' && two === undefined) return versionRoute('', one)
  if (root !== 'apis') return undefined
  if (two !== undefined) return isServed(call, one) ? versionRoute(one, two) : undefined
  return isServed(call, one) || remoteGroups(call).has(one)
    ? { answer: () => discoveryGroup(call, one) ?? pageNotFound() }
    : undefined
}

function versionRoute(group: string, version: string): Route {
  return {
    produces: all,
    answer: (call) => {
      const found = discoveryVersion(call, group, version)
      if (found === undefined) throw resourceNotFound()
      return found
    },
  }
}

/** True for a group that has kinds; paths beside them do not exist at all. */
export function isServed(call: Call, group: string): boolean {
  return call.cluster.registry.served.some((kind) => kind.group === group)
}

/** What no handler knows. */
export function pageNotFound(): Response {
  const headers = { 'x-content-type-options': 'nosniff' }
  return text('404 page not found\n', 'text/plain; charset=utf-8', { code: 404, headers })
}

/** `/`: every path there is. */
function rootPaths(call: Call): Response {
  const groups = groupsOf(call.cluster.registry.served)
  const versions = [...groups].flatMap(([group, list]) =>
    group === '' ? ['/api/v1'] : [`/apis/${group}`, ...[...list.keys()].map((version) => `/apis/${group}/${version}`)],
  )
  const openapi = ['/openapi/v2', '/openapi/v3', '/openapi/v3/']
  const paths = [...Object.keys(routes), '/apis/', ...versions, ...healthPaths, ...openapi]
  return indentedJson({ paths: paths.filter((path) => path !== '/' && path !== '/index.html').sort() })
}
