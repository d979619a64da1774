/**
 * The rules of containers, init containers and ephemeral containers.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container
 */
import { among, amongRequired, dnsLabel, each, filled, isFilled, isSet, listOf, type Part, when } from '../checks.ts'
import {
  duplicate,
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  type Path,
  required,
  tooMany,
  valueNotFound,
} from '../field-error.ts'
import { environmentFaults, environmentFromFaults } from './environment.ts'
import { mountFaults } from './mounts.ts'
import { containerPortFaults, hostPortConflicts } from './ports.ts'
import { lifecycleFaults, probesFaults } from './probes.ts'
import { resourceFaults } from './resources.ts'
import { containerSecurityFaults } from './security.ts'

type Volumes = ReadonlyMap<string, Part>

const messagePolicies = ['File', 'FallbackToLogsOnError']
const pullPolicies = ['Always', 'IfNotPresent', 'Never']
const restartPolicies = ['Always', 'Never', 'OnFailure']
const mostRules = 20
const mostExitCodes = 255

/** The faults of `containers`. */
export function containersFaults(spec: Part, volumes: Volumes, place: Path): FieldError[] {
  const { containers } = spec
  if (!isFilled(containers)) return [required(place)]
  const names = new Set<string>()
  return [
    ...each(containers, place, (container, at) => {
      const again = names.has(container.name)
      names.add(container.name)
      return [
        ...commonFaults(container, spec, volumes, at),
        ...when(again, duplicate(at.child('name'), container.name)),
        ...lifecycleFaults(container, spec.terminationGracePeriodSeconds, spec, at.child('lifecycle')),
        ...probesFaults(container, at),
        ...restartFaults(container, at),
      ]
    }),
    ...hostPortConflicts(containers, place),
  ]
}

/** The faults of `initContainers`; those that restart always are sidecars and may have probes and hooks. */
export function initContainersFaults(spec: Part, volumes: Volumes, place: Path): FieldError[] {
  const names = new Set<string>(listOf(spec.containers).map((container) => container.name))
  return each(spec.initContainers, place, (container, at) => {
    const again = names.has(container.name)
    if (isFilled(container.name)) names.add(container.name)
    return [
      ...commonFaults(container, spec, volumes, at),
      ...restartFaults(container, at),
      ...when(again, duplicate(at.child('name'), container.name)),
      ...hostPortConflicts([container], place),
      ...(container.restartPolicy === 'Always' ? sidecarFaults(container, spec, at) : onceFaults(container, at)),
    ]
  })
}

function sidecarFaults(container: Part, spec: Part, place: Path): FieldError[] {
  return [
    ...lifecycleFaults(container, spec.terminationGracePeriodSeconds, spec, place.child('lifecycle')),
    ...probesFaults(container, place),
  ]
}

function onceFaults(container: Part, place: Path): FieldError[] {
  const why = 'may not be set for init containers without restartPolicy=Always'
  const given = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'].filter((field) =>
    isSet(container[field]),
  )
  return [
    ...given.map((field) => forbiddenValue(place.child(field), why)),
    ...each(container.resizePolicy, place.child('resizePolicy'), ({ restartPolicy }, at) =>
      when(
        restartPolicy === 'RestartContainer',
        invalidValue(
          at.child('restartPolicy'),
          restartPolicy,
          "must not be set to 'RestartContainer' for non-sidecar initContainers",
        ),
      ),
    ),
  ]
}

const neverEphemeral = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
]

/** The faults of `ephemeralContainers`. */
export function ephemeralContainersFaults(spec: Part, volumes: Volumes, place: Path): FieldError[] {
  const others = [...listOf(spec.containers), ...listOf(spec.initContainers)].map(({ name }) => name)
  const names = new Set<string>(others)
  const why = 'cannot be set for an Ephemeral Container'
  return [
    ...each(spec.ephemeralContainers, place, (container, at) => {
      const again = names.has(container.name)
      names.add(container.name)
      const target = container.targetContainerName ?? ''
      const lost = target !== '' && !others.includes(target)
      return [
        ...commonFaults(container, spec, volumes, at),
        ...imageSpaceFaults(container, at.child('image')),
        ...when(again, duplicate(at.child('name'), container.name)),
        ...when(lost, valueNotFound(at.child('targetContainerName'), target)),
        ...neverEphemeral
          .filter((field) => isFilled(container[field]))
          .map((field) => forbiddenValue(at.child(field), why)),
      ]
    }),
  ]
}

/** An image's name has no space around it. */
export function imageSpaceFaults({ image = '' }: Part, place: Path): FieldError[] {
  return when(image !== image.trim(), invalidValue(place, image, 'must not have leading or trailing whitespace'))
}

function commonFaults(container: Part, spec: Part, volumes: Volumes, place: Path): FieldError[] {
  const name: string = container.name ?? ''
  return [
    ...(name === '' ? [required(place.child('name'))] : dnsLabel(name, place.child('name'))),
    ...filled(container.image, place.child('image')),
    ...amongRequired(container.terminationMessagePolicy, messagePolicies, place.child('terminationMessagePolicy')),
    ...containerPortFaults(container.ports, place.child('ports')),
    ...environmentFaults(container.env, place.child('env')),
    ...environmentFromFaults(container.envFrom, place.child('envFrom')),
    ...mountFaults(container, volumes, place),
    ...amongRequired(container.imagePullPolicy, pullPolicies, place.child('imagePullPolicy')),
    ...resourceFaults(container.resources, place.child('resources')),
    ...resizeFaults(container.resizePolicy, spec.restartPolicy, place.child('resizePolicy')),
    ...containerSecurityFaults(container.securityContext, spec, place.child('securityContext')),
  ]
}

function resizeFaults(policies: unknown, podRestarts: string, place: Path): FieldError[] {
  const seen = new Set<string>()
  return each(policies, place, ({ resourceName = '', restartPolicy = '' }, at) => {
    const again = seen.has(resourceName)
    seen.add(resourceName)
    const never = podRestarts === 'Never' && restartPolicy !== 'NotRequired'
    return [
      ...when(again, duplicate(at, resourceName)),
      ...amongRequired(resourceName, ['cpu', 'memory'], place),
      ...amongRequired(restartPolicy, ['NotRequired', 'RestartContainer'], place),
      ...when(never, invalidValue(place, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'")),
    ]
  })
}

function restartFaults({ restartPolicy, restartPolicyRules }: Part, place: Path): FieldError[] {
  const rules = listOf(restartPolicyRules)
  const at = place.child('restartPolicy')
  const rulesAt = place.child('restartPolicyRules')
  const alone = !isSet(restartPolicy) && rules.length > 0
  const unknown = isSet(restartPolicy) && !restartPolicies.includes(restartPolicy)
  return [
    ...when(alone, required(at, 'must specify restartPolicy when restart rules are used')),
    ...when(unknown, notSupported(at, restartPolicy, restartPolicies)),
    ...when(rules.length > mostRules, tooMany(rulesAt, rules.length, mostRules)),
    ...each(rules, rulesAt, restartRuleFaults),
  ]
}

function restartRuleFaults({ action, exitCodes }: Part, place: Path): FieldError[] {
  const actions = among(action, ['Restart', 'RestartAllContainers'], place.child('action'))
  const at = place.child('exitCodes')
  if (!isSet(exitCodes)) return [...actions, required(at, 'must be specified')]
  const count = listOf(exitCodes.values).length
  return [
    ...actions,
    ...among(exitCodes.operator, ['In', 'NotIn'], at.child('operator')),
    ...when(count > mostExitCodes, tooMany(at.child('values'), count, mostExitCodes)),
  ]
}
