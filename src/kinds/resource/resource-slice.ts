/**
 * ResourceSlice: resource.k8s.io/v1, the devices of one driver in one pool.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/resource-slice-v1/
 */
import { dnsLabel, dnsSubdomain, isFilled, isSet, listOf, type Part, when } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { type FieldError, invalidValue, type Path, path, required } from '../../api/field-error.ts'
import { defineKind, type PrepareContext } from '../../api/kind.ts'
import { validateImmutable } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { nodeSelectorFaults } from '../../api/pod-spec/affinity.ts'
import { csiDriverFaults } from '../../api/pod-spec/volumes.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { toRfc3339 } from '../../api/time.ts'
import { boundedSet, poolNameFaults } from './common-rules.ts'
import { countersFaults, deviceFaults, isAdvanced } from './device-rules.ts'

const mostDevices = 128
const mostAdvancedDevices = 64
const mostCounterSets = 8
const place = path('spec')

function validate({ spec = {} }: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const before = previous?.spec
  const nameOf = ({ name = '' }: Part): string => name
  const byDevice = spec.perDeviceNodeSelection === true
  const both = isSet(spec.sharedCounters) && isSet(spec.devices)
  return [
    ...csiDriverFaults(spec.driver, place.child('driver')),
    ...poolFaults(spec.pool ?? {}, place.child('pool')),
    ...(before === undefined ? [] : changeFaults(spec, before)),
    ...nodeFaults(spec),
    ...when(both, invalidValue(place, '', 'only one of `sharedCounters` or `devices` is allowed')),
    ...boundedSet(
      spec.devices,
      isAdvanced(spec.devices) ? mostAdvancedDevices : mostDevices,
      place.child('devices'),
      (device, at) => {
        const old = listOf(before?.devices).find((one) => nameOf(one) === nameOf(device))
        return deviceFaults(device, old, byDevice, at)
      },
      nameOf,
    ),
    ...boundedSet(
      spec.sharedCounters,
      mostCounterSets,
      place.child('sharedCounters'),
      ({ name, counters }, at) => [
        ...(isFilled(name) ? dnsLabel(name, at.child('name')) : [required(at.child('name'))]),
        ...countersFaults(counters, at.child('counters')),
      ],
      nameOf,
    ),
  ]
}

function poolFaults({ name, resourceSliceCount = 0, generation = 0 }: Part, at: Path): FieldError[] {
  return [
    ...poolNameFaults(name, at.child('name')),
    ...when(
      resourceSliceCount <= 0,
      invalidValue(at.child('resourceSliceCount'), resourceSliceCount, 'must be greater than zero'),
    ),
    ...when(generation < 0, invalidValue(at.child('generation'), generation, 'must be greater than or equal to zero')),
  ]
}

function changeFaults(spec: Part, before: Part): FieldError[] {
  return [
    ...validateImmutable(spec.pool?.name ?? '', before.pool?.name ?? '', place.child('pool', 'name')),
    ...validateImmutable(spec.driver ?? '', before.driver ?? '', place.child('driver')),
    ...validateImmutable(spec.nodeName ?? null, before.nodeName ?? null, place.child('nodeName')),
  ]
}

function nodeFaults({ nodeName, nodeSelector, allNodes, perDeviceNodeSelection: byDevice }: Part): FieldError[] {
  const [nameAt, selectorAt] = [place.child('nodeName'), place.child('nodeSelector')]
  const terms = nodeSelector?.nodeSelectorTerms
  const why = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'
  const set = [
    ...(isFilled(nodeName) ? ['`nodeName`'] : []),
    ...(isSet(nodeSelector) ? ['`nodeSelector`'] : []),
    ...(allNodes === true ? ['`allNodes`'] : []),
    ...(byDevice === true ? ['`perDeviceNodeSelection`'] : []),
  ]
  const unset = (value: unknown, field: string) =>
    when(value === false, invalidValue(place.child(field), false, 'must be either unset or set to true'))
  return [
    ...(isFilled(nodeName) ? dnsSubdomain(nodeName, nameAt) : []),
    ...when(nodeName === '', invalidValue(nameAt, '', 'must be either unset or set to a non-empty string')),
    ...(isSet(nodeSelector) ? nodeSelectorFaults(nodeSelector, selectorAt) : []),
    ...when(
      isSet(nodeSelector) && listOf(terms).length !== 1,
      invalidValue(
        selectorAt.child('nodeSelectorTerms'),
        shownTerms(terms),
        'must have exactly one node selector term',
      ),
    ),
    ...unset(allNodes, 'allNodes'),
    ...unset(byDevice, 'perDeviceNodeSelection'),
    ...when(set.length === 0, required(place, why)),
    ...when(set.length > 1, invalidValue(place, `{${set.join(', ')}}`, `${why}, but multiple fields are set`)),
  ]
}

function shownTerms(terms: unknown): unknown {
  const requirement = ({ key = '', operator = '', values = null }: Part): Part => ({
    Key: key,
    Operator: operator,
    Values: values,
  })
  if (!isSet(terms)) return null
  return listOf(terms).map(({ matchExpressions, matchFields }) => ({
    MatchExpressions: isSet(matchExpressions) ? listOf(matchExpressions).map(requirement) : null,
    MatchFields: isSet(matchFields) ? listOf(matchFields).map(requirement) : null,
  }))
}

/** Taints get their time; attributes and mappings that are not there by default go. */
function prepared(slice: KubeObject, now: number): KubeObject {
  if (!isFilled(slice.spec?.devices)) return slice
  const lists = ['bools', 'ints', 'strings', 'versions']
  const devices = listOf(slice.spec.devices).map(({ nodeAllocatableResourceMappings: _mappings, ...device }) => ({
    ...device,
    ...(isSet(device.attributes)
      ? {
          attributes: Object.fromEntries(
            Object.entries(device.attributes as Record<string, Part>).map(([name, attribute]) => [
              name,
              Object.fromEntries(Object.entries(attribute ?? {}).filter(([field]) => !lists.includes(field))),
            ]),
          ),
        }
      : {}),
    ...(isSet(device.taints)
      ? { taints: listOf(device.taints).map((taint) => ({ ...taint, timeAdded: taint.timeAdded ?? toRfc3339(now) })) }
      : {}),
  }))
  return { ...slice, spec: { ...slice.spec, devices } }
}

const warnings = ({ spec }: KubeObject): string[] => {
  const driver: string = spec?.driver ?? ''
  if (driver === driver.toLowerCase()) return []
  return [`spec.driver: driver names should be lowercase; "${driver}" contains uppercase characters`]
}

export const ResourceSlice = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  namespaced: false,
  schema: 'io.k8s.api.resource.v1.ResourceSlice',
  hasGeneration: true,
  prepare: {
    create: (slice, { now }: PrepareContext) => prepared(slice, now),
    update: (slice, _previous, { now }) => prepared(slice, now),
  },
  answersDeleted: true,
  validate,
  warnings,
  fields: {
    'spec.nodeName': ({ spec }) => spec?.nodeName ?? '',
    'spec.driver': ({ spec }) => spec?.driver ?? '',
  },
  columns: [
    nameColumn,
    column('Node', ({ spec }) => spec?.nodeName ?? ''),
    column('Driver', ({ spec }) => spec?.driver ?? ''),
    column('Pool', ({ spec }) => spec?.pool?.name ?? ''),
    ageColumn,
  ],
})
