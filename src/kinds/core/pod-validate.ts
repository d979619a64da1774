/**
 * The rules of pods beyond those of their spec: what may change once they exist.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement
 */
import { dnsSubdomain, each, isFilled, isSet, listOf, type Part, qualifiedName, when } from '../../api/checks.ts'
import { type FieldError, forbiddenValue, invalidValue, type Path, path, required } from '../../api/field-error.ts'
import { validateImmutable } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { annotationFaults } from '../../api/pod-spec/annotations.ts'
import { imageSpaceFaults } from '../../api/pod-spec/containers.ts'
import { podSpecFaults } from '../../api/pod-spec/pod-spec.ts'
import { deadlineFaults } from '../../api/pod-spec/security.ts'
import { addedTolerationFaults } from '../../api/pod-spec/tolerations.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { podAddressFaults } from './pod-addresses.ts'
import { ephemeralFaults } from './pod-ephemeral.ts'
import { gatedPlacement } from './pod-gated.ts'
import { resizeFaults } from './pod-resize.ts'

const specPath = path('spec')
const changeable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',')

/** The faults of a new pod, a changed one, or a changed status. */
export function validatePod(pod: KubeObject, previous: KubeObject | undefined, subresource: string): FieldError[] {
  if (previous === undefined) return [...wholeFaults(pod), ...creationFaults(pod.spec ?? {})]
  if (subresource === 'status') return statusFaults(pod, previous)
  if (subresource === 'ephemeralcontainers') return [...wholeFaults(pod), ...ephemeralFaults(pod, previous)]
  if (subresource === 'resize') return [...wholeFaults(pod), ...resizeFaults(pod, previous)]
  return [...wholeFaults(pod), ...updateFaults(pod.spec ?? {}, previous.spec ?? {})]
}

function wholeFaults({ metadata, spec = {} }: KubeObject): FieldError[] {
  const image = (container: Part, at: Path) => imageSpaceFaults(container, at.child('image'))
  return [
    ...annotationFaults(metadata.annotations, spec, path('metadata', 'annotations')),
    ...podSpecFaults(spec, { isPod: true, name: metadata.name }, specPath),
    ...(isFilled(spec.serviceAccountName) ? [] : tokenFaults(spec.volumes)),
    ...each(spec.containers, specPath.child('containers'), image),
    ...each(spec.initContainers, specPath.child('initContainers'), image),
  ]
}

function tokenFaults(volumes: unknown): FieldError[] {
  const why = 'must not be specified when serviceAccountName is not set'
  return each(volumes, specPath.child('volumes'), (volume, at) =>
    each(volume.projected?.sources, at.child('projected', 'sources'), (source, sourceAt) =>
      when(isSet(source.serviceAccountToken), forbiddenValue(sourceAt.child('serviceAccountToken'), why)),
    ),
  )
}

function creationFaults(spec: Part): FieldError[] {
  const placed = isFilled(spec.nodeName) && isFilled(spec.schedulingGates)
  const why = 'cannot be set until all schedulingGates have been cleared'
  return [
    ...when(
      isFilled(spec.ephemeralContainers),
      forbiddenValue(specPath.child('ephemeralContainers'), 'cannot be set on create'),
    ),
    ...when(placed, forbiddenValue(specPath.child('nodeName'), why)),
  ]
}

function updateFaults(next: Part, previous: Part): FieldError[] {
  const lists = ['containers', 'initContainers'] as const
  const errors: FieldError[] = []
  for (const list of lists) {
    const at = specPath.child(list)
    if (listOf(next[list]).length !== listOf(previous[list]).length) {
      return [...errors, forbiddenValue(at, 'pod updates may not add or remove containers')]
    }
    errors.push(...each(next[list], at, imageFaults))
  }
  const deadline = deadlineChange(next.activeDeadlineSeconds, previous.activeDeadlineSeconds)
  errors.push(...deadline.errors)
  if (deadline.ends) return errors
  errors.push(
    ...addedTolerationFaults(next.tolerations, previous.tolerations, specPath.child('tolerations')),
    ...gateFaults(next.schedulingGates, previous.schedulingGates),
  )
  if (semanticEqual(next, previous)) return errors
  const { spec: placed, errors: placement } = gatedPlacement(next, previous, specPath)
  const rest = withChangeableOf(placed, previous)
  const why = `pod updates may not change fields other than ${changeable}`
  return [...errors, ...placement, ...when(!semanticEqual(rest, previous), forbiddenValue(specPath, why))]
}

function imageFaults(container: Part, place: Path): FieldError[] {
  const at = place.child('image')
  return [...when(!isFilled(container.image), required(at)), ...imageSpaceFaults(container, at)]
}

function deadlineChange(next: Part, previous: Part): { errors: FieldError[]; ends: boolean } {
  const at = specPath.child('activeDeadlineSeconds')
  if (!isSet(next)) {
    const why = 'must not update from a positive integer to nil value'
    return { errors: when(isSet(previous), invalidValue(at, null, why)), ends: false }
  }
  const range = deadlineFaults(next, 0, at)
  if (range.length > 0) return { errors: range, ends: true }
  const grows = isSet(previous) && previous < next
  return { errors: when(grows, invalidValue(at, next, 'must be less than or equal to previous value')), ends: grows }
}

function gateFaults(next: unknown, previous: unknown): FieldError[] {
  const old = new Set(listOf(previous).map(({ name }) => name))
  return each(next, specPath.child('schedulingGates'), ({ name = '' }, at) => {
    const why = `only deletion is allowed, but found new scheduling gate '${name}'`
    return when(!old.has(name), forbiddenValue(at.child('name'), why))
  })
}

/** The spec with the old values of all that may change. */
function withChangeableOf(next: Part, previous: Part): Part {
  const images = (list: 'containers' | 'initContainers') =>
    isSet(next[list])
      ? { [list]: listOf(next[list]).map((one, index) => ({ ...one, image: previous[list]?.[index]?.image })) }
      : {}
  const { terminationGracePeriodSeconds: before } = previous
  const hurried = before < 0 && next.terminationGracePeriodSeconds === 1
  const { activeDeadlineSeconds, schedulingGates, tolerations } = previous
  return {
    ...next,
    ...images('containers'),
    ...images('initContainers'),
    ...(hurried && { terminationGracePeriodSeconds: before }),
    activeDeadlineSeconds,
    schedulingGates,
    tolerations,
  }
}

const ownConditions = ['PodScheduled', 'Ready', 'Initialized']

function statusFaults(pod: KubeObject, previous: KubeObject): FieldError[] {
  const at = path('status')
  const { status = {} } = pod
  const old = previous.status ?? {}
  const nominated: string = status.nominatedNodeName ?? ''
  const isNew = nominated !== '' && nominated !== (old.nominatedNodeName ?? '')
  const bound = isNew && isFilled(previous.spec?.nodeName)
  const nominatedAt = at.child('nominatedNodeName')
  return [
    ...each(status.conditions, at.child('conditions'), ({ type = '' }, conditionAt) =>
      ownConditions.includes(type) ? [] : qualifiedName(type, conditionAt.child('Type')),
    ),
    ...(isNew ? dnsSubdomain(nominated, nominatedAt) : []),
    ...when(bound, forbiddenValue(nominatedAt, 'may not be set on pods that are already bound to a node')),
    ...validateImmutable(status.qosClass ?? '', old.qosClass ?? '', at.child('qosClass')),
    ...revivalFaults(status, old, previous.spec ?? {}, at.child('containerStatuses')),
    ...podAddressFaults(status, old, at),
  ]
}

/** A container that ended and may not restart stays ended. */
function revivalFaults(status: Part, old: Part, spec: Part, place: Path): FieldError[] {
  const now = new Map(listOf(status.containerStatuses).map((one) => [one.name, one]))
  return each(old.containerStatuses, place, ({ name, state }, at) => {
    if (!isSet(state?.terminated) || !now.has(name) || isSet(now.get(name)?.state?.terminated)) return []
    const container = listOf(spec.containers).find((one) => one.name === name)
    const revives = mayRestart(container, spec, state.terminated.exitCode ?? 0)
    return when(!revives, forbiddenValue(at.child('state'), 'may not be transitioned to non-terminated state'))
  })
}

function mayRestart(container: Part, spec: Part, exitCode: number): boolean {
  if (container === undefined) return false
  for (const { action, exitCodes } of listOf(container.restartPolicyRules)) {
    const listed = listOf(exitCodes?.values).includes(exitCode)
    const holds = exitCodes?.operator === 'NotIn' ? !listed : listed
    if (holds && action === 'Restart') return true
  }
  const policy = container.restartPolicy ?? spec.restartPolicy
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}
