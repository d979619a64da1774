/**
 * The roles and bindings every cluster begins with, as objects. Their parts are made once and shared by all clusters;
 * a cluster adds identity and time.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
 */
import { deepFreeze } from '../../lib/deep-freeze.ts'
import type { KubeObject } from '../object.ts'
import { aggregatedRules } from './aggregate.ts'
import { bootstrapText } from './data/bootstrap.ts'
import { rbacGroup } from './resolve.ts'
import type { PolicyRule } from './rules.ts'

const apiVersion = `${rbacGroup}/v1`
const aggregateTo = `${rbacGroup}/aggregate-to-`
const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }
const bootstrapping = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
/** Aggregated roles in the order in which each one's parts are complete. */
const aggregated = ['view', 'edit', 'admin']

let known: readonly KubeObject[] | undefined

/** All of them without uid, time and version; frozen. Read when first asked, the same constants ever after. */
export function bootstrapPolicy(): readonly KubeObject[] {
  known ??= deepFreeze(withAggregated(parsed(bootstrapText)))
  return known
}

/** The same objects in a cluster: made at a time (RFC 3339), with uids and one version for all. Frozen. */
export function bootstrapObjects(time: string, uid: () => string, resourceVersion: string): KubeObject[] {
  const stamp = { creationTimestamp: time, resourceVersion }
  return bootstrapPolicy().map((object) => {
    const { managedFields = [], ...meta } = object.metadata
    const managed = managedFields.map((entry) => ({ ...(entry as object), time }))
    return deepFreeze({ ...object, metadata: { ...meta, ...stamp, uid: uid(), managedFields: managed } })
  })
}

function parsed(text: string): KubeObject[] {
  const blocks = text.trim().split(/\n(?! )/)
  return blocks.map((block) => {
    const [head = '', ...lines] = block.split('\n')
    const parts = lines.map((line) => line.trimStart())
    const [kind = '', place = '', ...words] = head.split(' ')
    return kind.endsWith('Binding') ? binding(kind, place, words, parts) : role(kind, place, words, parts)
  })
}

function role(kind: string, place: string, words: readonly string[], lines: readonly string[]): KubeObject {
  const listed = (word: string): string[] => (words.includes(word) ? wordAfter(words, word).split(',') : [])
  const labels = Object.fromEntries(listed('to').map((name) => [aggregateTo + name, 'true']))
  const selectors = listed('from').map((name) => ({ matchLabels: { [aggregateTo + name]: 'true' } }))
  const rules = lines.map(rule)
  if (selectors.length === 0) return object(kind, place, labels, { rules })
  return object(kind, place, labels, { aggregationRule: { clusterRoleSelectors: selectors }, rules })
}

function wordAfter(words: readonly string[], word: string): string {
  return words[words.indexOf(word) + 1] ?? ''
}

function rule(line: string): PolicyRule {
  const [verbs = '', urls] = line.split(' > ')
  if (urls !== undefined) return { verbs: verbs.split(','), nonResourceURLs: urls.split(',') }
  const [first = [], apiGroups = [], resources = [], resourceNames] = line.split('|').map((part) => part.split(','))
  const named = resourceNames === undefined ? {} : { resourceNames }
  return { apiGroups, ...named, resources, verbs: first }
}

function binding(kind: string, place: string, words: readonly string[], lines: readonly string[]): KubeObject {
  const roleRef = { apiGroup: rbacGroup, kind: words.includes('(Role)') ? 'Role' : 'ClusterRole', name: words[1] }
  const subjects = lines.map((line) => {
    const [type = '', who = ''] = line.split(' ')
    if (type !== 'ServiceAccount') return { apiGroup: rbacGroup, kind: type, name: who }
    const [namespace, name] = who.split('/')
    return { kind: type, name, namespace }
  })
  return object(kind, place, {}, subjects.length === 0 ? { roleRef } : { roleRef, subjects })
}

function object(kind: string, place: string, labels: Record<string, string>, body: Record<string, unknown>) {
  const [name = '', namespace] = place.split('/').reverse()
  const all: Record<string, string> = { ...bootstrapping, ...labels }
  const owned = Object.keys(body).filter((field) => field !== 'rules' || body.aggregationRule === undefined)
  const managedFields = [managedBy('kube-apiserver', 'Update', fieldsOf(all, owned))]
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), labels: all, annotations, managedFields }
  return { apiVersion, kind, metadata, ...body } as KubeObject
}

function fieldsOf(labels: Record<string, string>, owned: readonly string[]): object {
  const keys = (map: object): object => ({
    '.': {},
    ...Object.fromEntries(Object.keys(map).map((key) => [`f:${key}`, {}])),
  })
  const own = owned.map((field) => [`f:${field}`, field === 'aggregationRule' ? keys({ clusterRoleSelectors: 0 }) : {}])
  return { ...Object.fromEntries(own), 'f:metadata': { 'f:annotations': keys(annotations), 'f:labels': keys(labels) } }
}

function managedBy(manager: string, operation: string, fieldsV1: object): object {
  return { apiVersion, fieldsType: 'FieldsV1', fieldsV1, manager, operation }
}

/** What the aggregation controller makes of them, so that it finds nothing to do. */
function withAggregated(objects: KubeObject[]): KubeObject[] {
  const entry = managedBy('clusterrole-aggregation-controller', 'Apply', { 'f:rules': {} })
  let all = objects
  for (const name of aggregated) {
    const roles = all.filter(({ kind }) => kind === 'ClusterRole')
    all = all.map((one) => {
      if (one.kind !== 'ClusterRole' || one.metadata.name !== name) return one
      const managedFields = [entry, ...(one.metadata.managedFields ?? [])]
      return { ...one, metadata: { ...one.metadata, managedFields }, rules: aggregatedRules(one, roles) }
    })
  }
  return all
}
