/**
 * Policy rules: what one allows, and whether some cover others.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole
 */

/** One rule of a Role or ClusterRole; it speaks of resources or of paths. */
export interface PolicyRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/** What somebody wants to do. `resource` is '' for paths that are not about objects. */
export interface Action {
  readonly verb: string
  readonly namespace: string
  readonly group: string
  readonly resource: string
  readonly subresource: string
  readonly name: string
  readonly path: string
  /** The terms of the field selector, for lists and watches. */
  readonly selected?: readonly { readonly field: string; readonly op: string; readonly value: string }[]
}

/** Whether a rule allows an action. */
export function ruleAllows(rule: PolicyRule, action: Action): boolean {
  if (!hasOrAll(rule.verbs, action.verb)) return false
  if (action.resource === '') return (rule.nonResourceURLs ?? []).some((url) => url === '*' || covers(url, action.path))
  return (
    hasOrAll(rule.apiGroups, action.group) &&
    namesResource(rule.resources, action) &&
    ((rule.resourceNames?.length ?? 0) === 0 || (rule.resourceNames ?? []).includes(action.name))
  )
}

function hasOrAll(list: readonly string[] | undefined, word: string): boolean {
  return list?.some((one) => one === '*' || one === word) === true
}

function namesResource(resources: readonly string[] | undefined, { resource, subresource }: Action): boolean {
  const whole = subresource === '' ? resource : `${resource}/${subresource}`
  const anyOf = subresource === '' ? undefined : `*/${subresource}`
  return resources?.some((one) => one === '*' || one === whole || one === anyOf) === true
}

/** Whether a path of a rule, which may end in `*`, is or includes another one. */
function covers(url: string, path: string): boolean {
  return url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, '')))
}

/** The rules of `wanted`, broken down to single verbs, resources and names, that none of `held` covers. */
export function uncovered(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(brokenDown).filter((rule) => !held.some((one) => coversRule(one, rule)))
}

function brokenDown(rule: PolicyRule): PolicyRule[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule
  const names = resourceNames.length === 0 ? [{}] : resourceNames.map((name) => ({ resourceNames: [name] }))
  const ofResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        names.map((named) => ({ apiGroups: [group], resources: [resource], verbs: [verb], ...named })),
      ),
    ),
  )
  const ofPaths = nonResourceURLs.flatMap((url) => verbs.map((verb) => ({ nonResourceURLs: [url], verbs: [verb] })))
  return [...ofResources, ...ofPaths]
}

/** Whether a held rule covers one that was broken down. */
function coversRule(held: PolicyRule, wanted: PolicyRule): boolean {
  const all = (list: readonly string[] | undefined, words: readonly string[] | undefined): boolean =>
    list?.includes('*') === true || (words ?? []).every((word) => list?.includes(word) === true)
  const names = held.resourceNames ?? []
  const resources = (wanted.resources ?? []).every((resource) => {
    const slash = resource.indexOf('/')
    const anyOf = slash < 0 ? undefined : `*${resource.slice(slash)}`
    return held.resources?.some((one) => one === '*' || one === resource || one === anyOf) === true
  })
  const urls = (wanted.nonResourceURLs ?? []).every((url) => held.nonResourceURLs?.some((one) => covers(one, url)))
  const named =
    names.length === 0 ||
    ((wanted.resourceNames?.length ?? 0) > 0 && (wanted.resourceNames ?? []).every((name) => names.includes(name)))
  return all(held.verbs, wanted.verbs) && all(held.apiGroups, wanted.apiGroups) && resources && urls && named
}

/** Rules of one resource each that differ only in their verbs, as one. */
export function compacted(rules: readonly PolicyRule[]): PolicyRule[] {
  const joined = new Map<string, PolicyRule>()
  for (const rule of rules) {
    const { verbs, ...rest } = rule
    const isSimple = rule.nonResourceURLs === undefined
    const key = JSON.stringify(isSimple ? rest : [rule, joined.size])
    const before = joined.get(key)
    joined.set(key, before === undefined ? rule : { ...before, verbs: [...before.verbs, ...verbs] })
  }
  return [...joined.values()]
}
