/**
 * Discovery: which groups, versions and resources there are, in the aggregated forms (v2, v2beta1) and the legacy one.
 * Everything follows from the registry.
 * Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
import type { Kind, SubresourceSpec } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { notAcceptable } from '../api/status-error.ts'
import { compareVersions } from '../api/version-order.ts'
import { digest } from '../lib/digest.ts'
import { remoteDiscovery, remoteGroups } from './aggregate.ts'
import { document, json } from './answer.ts'
import type { Call } from './context.ts'
import { type Accepted, formOf, isPlain, mediaTypes } from './negotiate.ts'

interface Subresource {
  readonly name: string
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly verbs: readonly string[]
}

/** Groups in Kubernetes' order of priority; others after them by name. */
const groupOrder = [
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
]

/** The group versions served, grouped: group → version → kinds. Metrics and other internal kinds are served like any. */
export function groupsOf(kinds: readonly Kind[]): Map<string, Map<string, Kind[]>> {
  const groups = new Map<string, Map<string, Kind[]>>()
  for (const kind of kinds) {
    const versions = groups.get(kind.group) ?? new Map<string, Kind[]>()
    versions.set(kind.version, [...(versions.get(kind.version) ?? []), kind])
    groups.set(kind.group, versions)
  }
  for (const [group, versions] of groups)
    groups.set(group, new Map([...versions].sort(([a], [b]) => compareVersions(a, b))))
  const rank = (group: string): number => groupOrder.indexOf(group) + 1 || groupOrder.length + 1
  const sorted = new Map([...groups].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1)))
  for (const versions of sorted.values())
    for (const list of versions.values()) list.sort((a, b) => (a.plural < b.plural ? -1 : 1))
  return sorted
}

function subresourcesOf(kind: Kind): Subresource[] {
  const named = Object.entries(kind.subresources).sort(([a], [b]) => (a < b ? -1 : 1))
  return named.flatMap(([name, spec]): Subresource[] => {
    if (spec === undefined) return []
    const own = { name, group: kind.group, version: kind.version, kind: kind.kind, verbs: ['get', 'patch', 'update'] }
    if (name === 'scale') return [{ ...own, group: 'autoscaling', version: 'v1', kind: 'Scale' }]
    return spec === true ? [own] : [{ ...own, ...(spec as SubresourceSpec), name }]
  })
}

/** `/api` and `/apis`. */
export async function discoveryRoot(call: Call, core: boolean): Promise<Response> {
  const kinds = call.cluster.registry.served.filter((kind) => (kind.group === '') === core)
  const form = formOf(call.request.headers.get('accept'), isDiscoveryForm)
  if (form === undefined) throw notAcceptable(mediaTypes)
  if (form.as !== '') return aggregated(call, kinds, form.version, core ? [] : await remoteDiscovery(call))
  const versions = { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [addressOf(call)] }
  if (core) return document(call.request, versions)
  const own = [...groupsOf(kinds)].map(([group, versions]) => groupDocument(group, [...versions.keys()]))
  const groups = [...own, ...[...remoteGroups(call)].map(([group, list]) => remoteDocument(group, list))]
  return document(call.request, { kind: 'APIGroupList', apiVersion: 'v1', groups })
}

function isDiscoveryForm(form: Accepted): boolean {
  if (isPlain(form)) return true
  const { as, group, version } = form
  return as === 'APIGroupDiscoveryList' && group === 'apidiscovery.k8s.io' && version === 'v2'
}

/** Where every client reaches this server. */
function addressOf(call: Call): object {
  return { clientCIDR: '0.0.0.0/0', serverAddress: call.request.headers.get('host') ?? new URL(call.request.url).host }
}

function aggregated(call: Call, kinds: readonly Kind[], version: string, remote: readonly object[]): Response {
  const own = [...groupsOf(kinds)].map(([group, versions]) => ({
    metadata: group === '' ? {} : { name: group },
    versions: [...versions].map(([name, list]) => ({
      version: name,
      resources: list.map(aggregatedResource),
      freshness: 'Current',
    })),
  }))
  const items = [...own, ...remote]
  const body = { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items }
  const etag = `"${digest(body)}"`
  const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`
  const headers = { 'content-type': type, etag, vary: 'Accept', 'cache-control': 'public' }
  if (call.request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  return json(body, { headers })
}

interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** Built-in resources leave the group version out where it is the one they stand under. */
function answered(kind: Kind, gvk: GroupVersionKind): GroupVersionKind {
  const own = kind.schema !== undefined && gvk.group === kind.group && gvk.version === kind.version
  return own ? { group: '', version: '', kind: gvk.kind } : gvk
}

function sorted(verbs: readonly string[]): string[] {
  return [...verbs].sort()
}

function aggregatedResource(kind: Kind): object {
  const subresources = subresourcesOf(kind).map(({ name, verbs, ...gvk }) => ({
    subresource: name,
    responseKind: answered(kind, gvk),
    verbs: sorted(verbs),
  }))
  return {
    resource: kind.plural,
    responseKind: answered(kind, { group: kind.group, version: kind.version, kind: kind.kind }),
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.custom === undefined ? sorted(kind.verbs) : kind.verbs,
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  }
}

function groupDocument(group: string, versions: readonly string[]): object {
  const named = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions: named, preferredVersion: named[0] }
}

function remoteDocument(group: string, services: readonly KubeObject[]): object {
  return groupDocument(
    group,
    services.map(({ spec }) => spec.version),
  )
}

/** `/apis/<group>`, or undefined when there is no such group. */
export function discoveryGroup(call: Call, group: string): Response | undefined {
  const versions = groupsOf(call.cluster.registry.served).get(group)
  const remote = remoteGroups(call).get(group)
  const documented = versions === undefined ? undefined : groupDocument(group, [...versions.keys()])
  const found = documented ?? (remote && remoteDocument(group, remote))
  if (found === undefined) return undefined
  return document(call.request, { kind: 'APIGroup', apiVersion: 'v1', ...found })
}

/** `/api/v1` and `/apis/<group>/<version>`, or undefined when it is not served. */
export function discoveryVersion(call: Call, group: string, version: string): Response | undefined {
  const kinds = groupsOf(call.cluster.registry.served).get(group)?.get(version)
  if (kinds === undefined) return undefined
  const resources = kinds.flatMap((kind) => [
    legacyResource(kind),
    ...subresourcesOf(kind).map((sub) => legacySubresource(kind, sub)),
  ])
  const groupVersion = group === '' ? version : `${group}/${version}`
  const apiVersion = group === '' ? {} : { apiVersion: 'v1' }
  return document(call.request, { kind: 'APIResourceList', ...apiVersion, groupVersion, resources })
}

function legacyResource(kind: Kind): object {
  return {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: kind.custom === undefined ? sorted(kind.verbs) : kind.verbs,
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    ...(kind.verbs.includes('watch') ? { storageVersionHash: hashOf(kind) } : {}),
  }
}

/** Changes when objects are stored in another version; opaque to clients. */
function hashOf(kind: Kind): string {
  return `${btoa(digest(`${kind.storedGroup}/${kind.resource}`).slice(0, 8))}`
}

function legacySubresource(kind: Kind, sub: Subresource): object {
  const foreign =
    sub.group === kind.group && sub.version === kind.version ? {} : { group: sub.group, version: sub.version }
  return {
    name: `${kind.plural}/${sub.name}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...foreign,
    kind: sub.kind,
    verbs: sorted(sub.verbs),
  }
}
