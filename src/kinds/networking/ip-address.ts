/**
 * IPAddress: networking.k8s.io/v1. Its name is the address.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/ip-address-v1/
 */
import { dnsSubdomain, faults, isFilled, isSet } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { type FieldError, type Path, path, required } from '../../api/field-error.ts'
import { canonicalIpFaults } from '../../api/ip-range.ts'
import { defineKind } from '../../api/kind.ts'
import { validateImmutable } from '../../api/meta.ts'
import { isPathSegmentName } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { resourceKey } from '../../api/object.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'

const place = path('spec', 'parentRef')

function validate({ spec }: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const parent = spec?.parentRef
  const before = previous?.spec?.parentRef
  const changed = previous !== undefined && !semanticEqual(parent, before)
  return [
    ...(isSet(parent) ? parentFaults(parent) : [required(place)]),
    ...(changed ? validateImmutable(shown(parent), shown(before), place) : []),
  ]
}

function shown(parent: Readonly<Record<string, string>> | undefined | null): unknown {
  if (parent === undefined || parent === null) return null
  const { group = '', resource = '', namespace = '', name = '' } = parent
  return { Group: group, Resource: resource, Namespace: namespace, Name: name }
}

function parentFaults(parent: Readonly<Record<string, string | undefined>>): FieldError[] {
  const { group, resource, name, namespace } = parent
  const segment = (text: string | undefined, at: Path, isNeeded: boolean): FieldError[] => {
    if (isFilled(text)) return faults(at, text, isPathSegmentName(text as string))
    return isNeeded ? [required(at)] : []
  }
  return [
    ...(isFilled(group) ? dnsSubdomain(group as string, place.child('group')) : []),
    ...segment(resource, place.child('resource'), true),
    ...segment(name, place.child('name'), true),
    ...segment(namespace, place.child('namespace'), false),
  ]
}

function parentText({ spec }: KubeObject): string {
  const { group = '', resource = '', namespace = '', name = '' } = spec?.parentRef ?? {}
  if (spec?.parentRef === undefined) return '<none>'
  const inside = namespace === '' ? '' : `/${namespace}`
  return `${resourceKey(group, resource).toLowerCase()}${inside}/${name}`
}

export const IPAddress = defineKind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  shortNames: ['ip'],
  namespaced: false,
  schema: 'io.k8s.api.networking.v1.IPAddress',
  hasGeneration: false,
  nameRule: (name) => canonicalIpFaults(name, path()).map((fault) => fault.detail),
  validate,
  columns: [nameColumn, column('ParentRef', parentText), { ...ageColumn, undeclared: true }],
})
