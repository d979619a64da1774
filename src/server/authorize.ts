/**
 * Who may do what. Callers in `system:masters` may do everything; anybody else gets Kubernetes' 403 until RBAC is served.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/
 */
import { forbidden, StatusError } from '../api/status-error.ts'
import type { User } from './context.ts'
import type { RequestInfo } from './request-info.ts'

/** Paths everybody who is authenticated may read, as the bootstrap role system:discovery allows. */
const openPaths = ['/api', '/apis', '/openapi', '/version', '/healthz', '/livez', '/readyz']

/** Throws 403 when the caller may not do this. */
export function authorize(user: User, info: RequestInfo): void {
  if (user.groups.includes('system:masters')) return
  if (info.resource === '') {
    if (info.verb === 'get' && openPaths.some((path) => info.path === path || info.path.startsWith(`${path}/`))) return
    const message = `forbidden: User "${user.name}" cannot ${info.verb} path "${info.path}"`
    throw new StatusError({ code: 403, reason: 'Forbidden', message, details: {} })
  }
  const subresource = info.subresource === '' ? '' : `/${info.subresource}`
  const scope = info.namespace === '' ? 'at the cluster scope' : `in the namespace "${info.namespace}"`
  const what = `User "${user.name}" cannot ${info.verb} resource "${info.resource}${subresource}" in API group "${info.group}" ${scope}`
  throw forbidden({ group: info.group, resource: info.resource }, info.name, what)
}
