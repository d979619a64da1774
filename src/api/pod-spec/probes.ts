/**
 * The rules of probes and of lifecycle hooks.
 * Source: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
 */
import { among, each, faults, filled, isSet, nonNegative, type Part, when } from '../checks.ts'
import { type FieldError, forbiddenValue, invalidValue, type Path, required } from '../field-error.ts'
import { isHttpHeaderName } from '../names.ts'
import { portFaults } from './ports.ts'

type Handler = 'exec' | 'httpGet' | 'tcpSocket' | 'grpc' | 'sleep'

const probeHandlers: readonly Handler[] = ['exec', 'httpGet', 'tcpSocket', 'grpc']
const hookHandlers: readonly Handler[] = ['exec', 'httpGet', 'tcpSocket', 'sleep']
const counts = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']

/** The faults of all three probes of a container. */
export function probesFaults(container: Part, place: Path): FieldError[] {
  return [
    ...thresholdFaults(container.livenessProbe, place.child('livenessProbe')),
    ...readinessFaults(container.readinessProbe, place.child('readinessProbe')),
    ...thresholdFaults(container.startupProbe, place.child('startupProbe')),
  ]
}

/** Liveness and startup probes: one success is enough. */
function thresholdFaults(probe: Part, place: Path): FieldError[] {
  if (!isSet(probe)) return []
  const successes: number = probe.successThreshold ?? 0
  return [
    ...probeFaults(probe, place),
    ...when(successes !== 1, invalidValue(place.child('successThreshold'), successes, 'must be 1')),
  ]
}

function readinessFaults(probe: Part, place: Path): FieldError[] {
  if (!isSet(probe)) return []
  const seconds = probe.terminationGracePeriodSeconds
  const at = place.child('terminationGracePeriodSeconds')
  const refusal = invalidValue(at, seconds, 'must not be set for readinessProbes')
  return [...probeFaults(probe, place), ...when(isSet(seconds), refusal)]
}

function probeFaults(probe: Part, place: Path): FieldError[] {
  const grace = probe.terminationGracePeriodSeconds
  const tooShort = isSet(grace) && grace <= 0
  return [
    ...handlerFaults(probe, probeHandlers, undefined, place),
    ...counts.flatMap((field) => nonNegative(probe[field], place.child(field))),
    ...when(tooShort, invalidValue(place.child('terminationGracePeriodSeconds'), grace, 'must be greater than 0')),
  ]
}

/** The faults of postStart and preStop. `graceSeconds` bounds how long a hook may sleep. */
export function lifecycleFaults(
  container: Part,
  graceSeconds: number | undefined,
  spec: Part,
  place: Path,
): FieldError[] {
  const { lifecycle } = container
  if (!isSet(lifecycle)) return []
  const errors = (['postStart', 'preStop'] as const).flatMap((hook) =>
    isSet(lifecycle[hook]) ? handlerFaults(lifecycle[hook], hookHandlers, graceSeconds, place.child(hook)) : [],
  )
  const noSystem = isSet(lifecycle.stopSignal) && !isSet(spec.os)
  const why = 'may not be set for containers with empty `spec.os.name`'
  return [...errors, ...when(noSystem, forbiddenValue(place.child('stopSignal'), why))]
}

function handlerFaults(given: Part, kinds: readonly Handler[], graceSeconds: number | undefined, place: Path) {
  const found = kinds.filter((kind) => isSet(given[kind]))
  if (found.length === 0) return [required(place, 'must specify a handler type')]
  return found.flatMap((kind, index) => {
    const at = place.child(kind)
    if (index > 0) return [forbiddenValue(at, 'may not specify more than 1 handler type')]
    return actionFaults(kind, given[kind], graceSeconds, at)
  })
}

function actionFaults(kind: Handler, action: Part, graceSeconds: number | undefined, place: Path): FieldError[] {
  switch (kind) {
    case 'exec':
      return filled(action.command, place.child('command'))
    case 'httpGet':
      return httpFaults(action, place)
    case 'sleep':
      return sleepFaults(action.seconds ?? 0, graceSeconds, place)
    default:
      return portFaults(action.port, place.child('port'))
  }
}

function httpFaults(action: Part, place: Path): FieldError[] {
  return [
    ...filled(action.path, place.child('path')),
    ...portFaults(action.port, place.child('port')),
    ...among(action.scheme, ['HTTP', 'HTTPS'], place.child('scheme')),
    ...each(action.httpHeaders, place, ({ name }) =>
      faults(place.child('httpHeaders'), name, isHttpHeaderName(name ?? '')),
    ),
  ]
}

function sleepFaults(seconds: number, graceSeconds: number | undefined, place: Path): FieldError[] {
  if (graceSeconds === undefined || (seconds >= 0 && seconds <= graceSeconds)) return []
  const why = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`
  return [invalidValue(place, seconds, why)]
}
