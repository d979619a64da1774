/**
 * The rules of a container's environment and of references to fields, resources and keys.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/downward-api/ and
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables
 */
import { dnsSubdomain, each, faults, filled, isFilled, isSet, type Part, qualifiedName } from '../checks.ts'
import { type FieldError, invalidValue, notSupported, type Path, required } from '../field-error.ts'
import { isConfigMapKey, isEnvVarName } from '../names.ts'
import { formatQuantity, isQuantity } from '../quantity.ts'

const environmentFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
/** Fields a downward API volume may hold. */
export const volumeFields = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
]
const knownFields = [...environmentFields, ...volumeFields, 'spec.restartPolicy', 'spec.schedulerName', 'status.phase']
const resources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const sources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'] as const

/** The faults of `env`. */
export function environmentFaults(variables: unknown, place: Path): FieldError[] {
  return each(variables, place, (variable, at) => [
    ...(isFilled(variable.name)
      ? faults(at.child('name'), variable.name, isEnvVarName(variable.name))
      : [required(at.child('name'))]),
    ...(isSet(variable.valueFrom) ? valueFromFaults(variable, at.child('valueFrom')) : []),
  ])
}

function valueFromFaults({ value, valueFrom }: Part, place: Path): FieldError[] {
  const given = sources.filter((source) => isSet(valueFrom[source]))
  const errors = given.flatMap((source) => sourceFaults(source, valueFrom[source], place.child(source)))
  const refuse = (why: string) => [...errors, invalidValue(place, '', why)]
  if (given.length === 0)
    return refuse(
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    )
  if (isFilled(value)) return refuse('may not be specified when `value` is not empty')
  return given.length > 1 ? refuse('may not have more than one field specified at a time') : errors
}

function sourceFaults(source: (typeof sources)[number], value: Part, place: Path): FieldError[] {
  if (source === 'fieldRef') return fieldRefFaults(value, environmentFields, place)
  if (source === 'resourceFieldRef') return resourceRefFaults(value, false, place)
  if (source === 'fileKeyRef') return fileKeyFaults(value, place)
  const name: string = value.name ?? ''
  const key: string = value.key ?? ''
  return [
    ...dnsSubdomain(name, place.child('name')),
    ...(key === '' ? [required(place.child('key'))] : faults(place.child('key'), key, isConfigMapKey(key))),
  ]
}

function fileKeyFaults(value: Part, place: Path): FieldError[] {
  return [
    ...(isFilled(value.key)
      ? faults(place.child('key'), value.key, isEnvVarName(value.key))
      : [required(place.child('key'))]),
    ...filled(value.volumeName, place.child('volumeName')),
    ...filled(value.path, place.child('path')),
  ]
}

/** The faults of a reference to one of the pod's own fields. */
export function fieldRefFaults(reference: Part, allowed: readonly string[], place: Path): FieldError[] {
  if (!isFilled(reference.apiVersion)) return [required(place.child('apiVersion'))]
  if (!isFilled(reference.fieldPath)) return [required(place.child('fieldPath'))]
  const text: string = reference.fieldPath
  const subscript = /^(.*)\['(.*)'\]$/.exec(text)
  const field = subscript?.[1] ?? text
  const isKnown = subscript === null ? knownFields.includes(field) : /^metadata\.(labels|annotations)$/.test(field)
  if (!isKnown) {
    const why =
      subscript === null ? `field label not supported: ${text}` : `field label does not support subscript: ${text}`
    return [invalidValue(place.child('fieldPath'), text, `error converting fieldPath: ${why}`)]
  }
  const key = subscript?.[2]
  if (key !== undefined) return qualifiedName(field === 'metadata.annotations' ? key.toLowerCase() : key, place)
  return allowed.includes(field) ? [] : [notSupported(place.child('fieldPath'), field, allowed)]
}

const coreDivisors = ['1', '1m']
const byteDivisors = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((unit) => `1${unit}`)
const byteWords = '1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei'

/** The faults of a reference to a container's limit or request. */
export function resourceRefFaults(reference: Part, isVolume: boolean, place: Path): FieldError[] {
  const resource: string = reference.resource ?? ''
  return [
    ...resourceNameFaults(reference, resource, isVolume, place),
    ...divisorFaults(reference.divisor, resource, place),
  ]
}

function resourceNameFaults(reference: Part, resource: string, isVolume: boolean, place: Path): FieldError[] {
  if (isVolume && !isFilled(reference.containerName)) return [required(place.child('containerName'))]
  if (resource === '') return [required(place.child('resource'))]
  const isKnown = resources.includes(resource) || /^(limits|requests)\.hugepages-/.test(resource)
  return isKnown ? [] : [notSupported(place.child('resource'), resource, resources)]
}

function divisorFaults(divisor: unknown, resource: string, place: Path): FieldError[] {
  if (!isQuantity(divisor) || formatQuantity(divisor) === '0') return []
  const [, name = ''] = /^(?:limits|requests)\.(.*)$/.exec(resource) ?? []
  const refuse = (values: string, word: string) => [
    invalidValue(
      place.child('divisor'),
      resource,
      `only divisor's values ${values} are supported with the ${word} resource`,
    ),
  ]
  if (name === 'cpu') return coreDivisors.includes(formatQuantity(divisor)) ? [] : refuse('1m and 1', 'cpu')
  if (byteDivisors.includes(formatQuantity(divisor))) return []
  if (name === 'memory') return refuse(byteWords, 'memory')
  if (name === 'ephemeral-storage') return refuse(byteWords, 'local ephemeral storage')
  return name.startsWith('hugepages-') ? refuse(byteWords, 'hugepages') : []
}

/** The faults of `envFrom`. */
export function environmentFromFaults(list: unknown, place: Path): FieldError[] {
  return each(list, place, (source, at) => {
    const given = (['configMapRef', 'secretRef'] as const).filter((kind) => isSet(source[kind]))
    const errors = [
      ...(isFilled(source.prefix) ? faults(at.child('prefix'), source.prefix, isEnvVarName(source.prefix)) : []),
      ...given.flatMap((kind) => referenceFaults(source[kind], at.child(kind, 'name'))),
    ]
    if (given.length === 0) errors.push(invalidValue(place, '', 'must specify one of: `configMapRef` or `secretRef`'))
    if (given.length > 1) errors.push(invalidValue(place, '', 'may not have more than one field specified at a time'))
    return errors
  })
}

function referenceFaults(reference: Part, place: Path): FieldError[] {
  return isFilled(reference.name) ? dnsSubdomain(reference.name, place) : [required(place)]
}
