/**
 * The rules of container ports and of ports given by number or name.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports
 */
import { amongRequired, each, faults, listOf, type Part } from '../checks.ts'
import { duplicate, type FieldError, invalidValue, type Path, required } from '../field-error.ts'
import { isValidPortName, isValidPortNumber } from '../names.ts'

export const protocols = ['SCTP', 'TCP', 'UDP'] as const

/** The faults of one container's ports. */
export function containerPortFaults(ports: unknown, place: Path): FieldError[] {
  const names = new Set<string>()
  return each(ports, place, (port, at) => [
    ...portNameFaults(port.name ?? '', names, at.child('name')),
    ...(port.containerPort
      ? faults(at.child('containerPort'), port.containerPort, isValidPortNumber(port.containerPort))
      : [required(at.child('containerPort'))]),
    ...(port.hostPort ? faults(at.child('hostPort'), port.hostPort, isValidPortNumber(port.hostPort)) : []),
    ...amongRequired(port.protocol, protocols, at.child('protocol')),
  ])
}

function portNameFaults(name: string, names: Set<string>, place: Path): FieldError[] {
  if (name === '') return []
  const wrong = isValidPortName(name)
  if (wrong.length > 0) return faults(place, name, wrong)
  if (names.has(name)) return [duplicate(place, name)]
  names.add(name)
  return []
}

/** The faults of a port that is a number or the name of one. */
export function portFaults(port: unknown, place: Path): FieldError[] {
  if (typeof port === 'string') return faults(place, port, isValidPortName(port))
  const number = typeof port === 'number' ? port : 0
  return faults(place, number, isValidPortNumber(number))
}

/** Host ports that two of the containers want. */
export function hostPortConflicts(containers: unknown, place: Path): FieldError[] {
  const taken = new Set<string>()
  return each(containers, place, (container: Part, at) =>
    each(container.ports, at.child('ports'), (port, portAt) => {
      if (!port.hostPort) return []
      const key = `${port.protocol ?? ''}/${port.hostIP ?? ''}/${port.hostPort}`
      if (taken.has(key)) return [duplicate(portAt.child('hostPort'), key)]
      taken.add(key)
      return []
    }),
  )
}

/** In the host's network a container's port is the host's. `isPod` is false for templates, whose host port may be unset. */
export function hostNetworkFaults(spec: Part, isPod: boolean, place: Path): FieldError[] {
  if (spec.hostNetwork !== true) return []
  const why = 'must match `containerPort` when `hostNetwork` is true'
  return listOf(spec.containers).flatMap((container, i) =>
    each(container.ports, place.child('containers').index(i).child('ports'), (port, at) => {
      const host = port.hostPort ?? 0
      const differs = (isPod || host !== 0) && host !== port.containerPort
      return differs ? [invalidValue(at.child('hostPort'), host, why)] : []
    }),
  )
}
