/**
 * PodSecurity: the labels of a namespace say what its pods may be. Pods are refused, workloads whose pods would be are
 * warned of, and a namespace that becomes stricter names the pods it already has.
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
import type { KubeObject } from '../../../api/object.ts'
import { controllerOf } from '../../../api/owner.ts'
import { internal, invalid } from '../../../api/status-error.ts'
import { equal } from '../../../lib/equal.ts'
import { type AdmissionCheck, type AdmissionRequest, type AdmissionTools, refusal } from '../../admission-step.ts'
import type { View } from '../../view.ts'
import type { Fault, Part } from './checks.ts'
import { compareLevels, faultsOf, type LevelVersion, levelText, type Policy, policyOf, sameLevel } from './levels.ts'

const audit = 'pod-security.kubernetes.io/'
/** Pods of a namespace that are looked at when it becomes stricter. */
const podLimit = 3000
const harmlessSubresources = ['exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status']
const templated = [
  'replicationcontrollers',
  'podtemplates',
  'replicasets.apps',
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
]

export const podSecurity: AdmissionCheck = (request, view, tools) => {
  const { kind, operation } = request
  if (operation === 'DELETE' || operation === 'CONNECT') return
  if (kind.resource === 'namespaces') namespaceSecurity(request, view, tools)
  else if (kind.resource === 'pods') podChecked(request, view, tools)
  else if (templated.includes(kind.resource) && request.subresource === '') templateChecked(request, view, tools)
}

function podChecked(request: AdmissionRequest, view: View, tools: AdmissionTools): void {
  const { object, previous, subresource, namespace } = request
  if (harmlessSubresources.includes(subresource)) return
  const found = view.get('namespaces', '', namespace)
  if (found === undefined) throw internal(`failed to lookup namespace "${namespace}"`)
  const { policy, errors } = policyOf(found.metadata.labels)
  const modes = [policy.enforce, policy.audit, policy.warn]
  if (errors.length === 0 && modes.every(({ level }) => level === 'privileged')) {
    tools.audit(`${audit}enforce-policy`, 'privileged:latest')
    return
  }
  if (previous !== undefined && !isSignificant(object, previous)) return
  judged(request, policy, object.metadata.annotations, object.spec ?? {}, true, tools)
}

function templateChecked(request: AdmissionRequest, view: View, tools: AdmissionTools): void {
  const { policy, errors } = policyOf(view.get('namespaces', '', request.namespace)?.metadata.labels)
  if (errors.length === 0 && policy.warn.level === 'privileged' && policy.audit.level === 'privileged') return
  const template = templateOf(request.object)
  if (template === undefined) return
  judged(request, policy, template.metadata?.annotations, template.spec ?? {}, false, tools)
}

function templateOf({ kind, template, spec }: KubeObject): Part {
  if (kind === 'PodTemplate') return template
  return kind === 'CronJob' ? spec?.jobTemplate?.spec?.template : spec?.template
}

function judged(
  request: AdmissionRequest,
  policy: Policy,
  annotations: Readonly<Record<string, string>> | undefined,
  spec: Part,
  enforces: boolean,
  tools: AdmissionTools,
): void {
  const why = (mode: LevelVersion): string => detailed(faultsOf(mode, spec, annotations))
  const refused = enforces ? why(policy.enforce) : ''
  if (enforces) tools.audit(`${audit}enforce-policy`, levelText(policy.enforce))
  const audited = why(policy.audit)
  if (audited !== '')
    tools.audit(`${audit}audit-violations`, `would violate PodSecurity "${levelText(policy.audit)}": ${audited}`)
  if (refused !== '') throw refusal(request, `violates PodSecurity "${levelText(policy.enforce)}": ${refused}`)
  const warned = why(policy.warn)
  if (warned !== '') tools.warn(`would violate PodSecurity "${levelText(policy.warn)}": ${warned}`)
}

function detailed(faults: readonly Fault[]): string {
  return faults.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')
}

/** Only what an update may change and what matters here: containers and their images. */
function isSignificant(pod: KubeObject, before: KubeObject): boolean {
  const images = (of: KubeObject, list: string): string[] => (of.spec?.[list] ?? []).map((one: Part) => one.image)
  return ['containers', 'initContainers', 'ephemeralContainers'].some(
    (list) => !equal(images(pod, list), images(before, list)),
  )
}

function namespaceSecurity(request: AdmissionRequest, view: View, tools: AdmissionTools): void {
  const { object, previous, operation, subresource } = request
  if (subresource !== '') return
  const now = policyOf(object.metadata.labels)
  const refused = (): Error => invalid({ group: '', kind: 'Namespace' }, object.metadata.name, now.errors)
  if (operation === 'CREATE' || previous === undefined) {
    if (now.errors.length > 0) throw refused()
    return
  }
  const then = policyOf(previous.metadata.labels)
  if (now.errors.length > 0 && !equal(now.errors, then.errors)) throw refused()
  const [next, before] = [now.policy.enforce, then.policy.enforce]
  if (sameLevel(next, before) || next.level === 'privileged') return
  if (next.minor === before.minor && compareLevels(next.level, before.level) < 1) return
  for (const warning of warningsFor(view, object.metadata.name, next)) tools.warn(warning)
}

/** One pod of each controller first: those of a workload are alike. */
function prioritized(pods: readonly KubeObject[]): KubeObject[] {
  const seen = new Set<string>()
  const first: KubeObject[] = []
  const others: KubeObject[] = []
  for (const pod of pods) {
    const owner = controllerOf(pod)?.uid
    if (owner !== undefined && seen.has(owner)) others.push(pod)
    else first.push(pod)
    if (owner !== undefined) seen.add(owner)
  }
  return [...first, ...others]
}

function warningsFor(view: View, namespace: string, enforce: LevelVersion): string[] {
  const all = prioritized(view.list('pods', namespace))
  const pods = all.slice(0, podLimit)
  const names = new Map<string, string[]>()
  for (const pod of pods) {
    const faults = faultsOf(enforce, pod.spec ?? {}, pod.metadata.annotations)
    if (faults.length === 0) continue
    const why = faults.map(({ reason }) => reason).join(', ')
    names.set(why, [...(names.get(why) ?? []), pod.metadata.name])
  }
  const lines = [...names].map(([why, found]) => {
    const others = found.length - 1
    const more = others === 0 ? '' : others === 1 ? ' (and 1 other pod)' : ` (and ${others} other pods)`
    return `${[...found].sort()[0]}${more}: ${why}`
  })
  const some = `new PodSecurity enforce level only checked against the first ${pods.length} of ${all.length} existing pods`
  const opening = `existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${levelText(enforce)}"`
  return [...(pods.length < all.length ? [some] : []), ...(lines.length > 0 ? [opening] : []), ...lines.sort()]
}
