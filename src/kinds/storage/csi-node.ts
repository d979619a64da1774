/**
 * CSINode: storage.k8s.io/v1, the drivers of one node.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/csi-node-v1/
 */
import { each, isSet, listOf, nonNegative, type Part, qualifiedName, when } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { duplicate, type FieldError, invalidValue, type Path, path, required } from '../../api/field-error.ts'
import { byteLength } from '../../api/go-text.ts'
import { defineKind } from '../../api/kind.ts'
import { immutableMessage } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { csiDriverFaults } from '../../api/pod-spec/volumes.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'

const place = path('spec', 'drivers')
const longestNodeId = 256

function validate({ spec }: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const drivers = listOf(spec?.drivers)
  const names = drivers.map(({ name = '' }) => name)
  return [
    ...each(drivers, place, (driver, at, index) => [
      ...csiDriverFaults(driver.name, at.child('name')),
      ...nodeIdFaults(driver.nodeID ?? '', at.child('nodeID')),
      ...nonNegative(driver.allocatable?.count, at.child('allocatable', 'count')),
      ...when(names.indexOf(names[index]) < index, duplicate(at.child('name'), names[index])),
      ...keyFaults(listOf(driver.topologyKeys), at),
    ]),
    ...listOf(previous?.spec?.drivers).flatMap((old) => changeFaults(drivers, old)),
  ]
}

function nodeIdFaults(id: string, at: Path): FieldError[] {
  const long = byteLength(id) > longestNodeId
  return [
    ...when(id === '', required(at)),
    ...when(long, invalidValue(at, id, `must be ${longestNodeId} characters or less`)),
  ]
}

function keyFaults(keys: readonly string[], at: Path): FieldError[] {
  return keys.flatMap((key, index) => [
    ...when(key === '', required(at, key)),
    ...when(keys.indexOf(key) < index, duplicate(at, key)),
    ...qualifiedName(key, at),
  ])
}

/** Of a driver that is there, only how many volumes it may have changes. */
function changeFaults(drivers: readonly Part[], old: Part): FieldError[] {
  const { allocatable: _before, ...fixed } = old
  return drivers
    .filter((driver) => driver.name === old.name)
    .flatMap(({ allocatable: _now, ...driver }) =>
      when(!semanticEqual(driver, fixed), invalidValue(place, shown(driver), immutableMessage)),
    )
}

function shown({ name = '', nodeID = '', topologyKeys }: Part): unknown {
  const keys = isSet(topologyKeys) ? topologyKeys : null
  return { Name: name, NodeID: nodeID, TopologyKeys: keys, Allocatable: null }
}

export const CSINode = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  namespaced: false,
  schema: 'io.k8s.api.storage.v1.CSINode',
  hasGeneration: false,
  updateNeedsVersion: true,
  answersDeleted: true,
  validate,
  columns: [nameColumn, column('Drivers', ({ spec }) => listOf(spec?.drivers).length, 'integer'), ageColumn],
})
